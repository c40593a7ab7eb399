"""Southern speech in writing: short forms that look like misreadings.

In the South a word and "ấy" run together to the word with the tone hỏi: "ông ấy" is said "ổng", "bên ấy"
"bển" (Thompson, A Vietnamese Grammar, 1965, on the demonstratives). Stories and letters write it so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

__all__ = ["SHORT_FORMS", "is_southern"]

_COMMON: Final = ("ảnh", "chỉ", "cổ", "thẳng")
"""Short forms that are common words of the standard language too."""
_OWN: Final = ("ổng", "bả", "bển", "trển", "ngoải", "trỏng", "hổm")
_SIGNS: Final = frozenset(
    ("má", "tía", "hổng", "nghen", "hen", "dìa", "vầy", "tụi", "tui", "mầy", "nẫy", "mần", "biểu", "xuồng")
).union(_OWN)
SHORT_FORMS: Final = frozenset((*_COMMON, *_OWN))
"""Forms with the tone hỏi for a word and "ấy"."""


def is_southern(words: Iterable[str], least: int = 2) -> bool:
    """Whether a text has ``least`` different words or more that tell of Southern speech.

    >>> is_southern("má nói nước ròng rồi mình chèo xuồng qua bển".split())
    True
    >>> is_southern("các ban ngành cùng ủng hộ quỹ".split())
    False
    """
    return len(_SIGNS.intersection(words)) >= least
