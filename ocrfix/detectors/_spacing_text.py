"""Small readings of a text around a place, shared by the spacing detectors."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ocrfix.vietnamese.letters import letter

__all__ = ["WORD_CAP", "has_marks", "in_address", "line_of", "token_at", "word_after", "word_before"]

WORD_CAP: Final = 40
"""Letters looked at on each side of a place; longer runs are no words."""
_ADDRESS: Final = re.compile(
    r"://|www\.|@|\\|[#=<>{}~^|]|\w/\w+/|\w_\w|"
    r"\.(?:com|net|org|vn|edu|gov|info|html?|php|aspx?|jpe?g|png|gif|pdf|docx?|xlsx?|pptx?|mp[34]|zip|txt|exe)\b",
    re.IGNORECASE,
)
_OUTER: Final = ',;:!?()“”"…'
"""Marks around a token that make no address of it."""


@lru_cache(maxsize=65536)
def has_marks(word: str) -> bool:
    """Whether the word has a Vietnamese tone or shape mark.

    >>> has_marks("người"), has_marks("nam")
    (True, False)
    """
    return any(parts.shape or parts.tone for parts in map(letter, word))


def word_before(text: str, place: int) -> str:
    """The run of letters that ends at ``place`` (an offset in characters); at most `WORD_CAP` of them.

    >>> word_before("giấy tờ.Ông", 7)
    'tờ'
    """
    start, least = place, max(0, place - WORD_CAP)
    while start > least and text[start - 1].isalpha():
        start -= 1
    return text[start:place]


def word_after(text: str, place: int) -> str:
    """The run of letters that starts at ``place`` (an offset in characters); at most `WORD_CAP` of them.

    >>> word_after("giấy tờ.Ông", 8)
    'Ông'
    """
    end, most = place, min(len(text), place + WORD_CAP)
    while end < most and text[end].isalpha():
        end += 1
    return text[place:end]


def token_at(text: str, place: int) -> str:
    """The run of characters without white space around ``place``; at most 2·`WORD_CAP` of them.

    >>> token_at("xem baotinh.vn nhé", 8)
    'baotinh.vn'
    """
    before, after = text[max(0, place - WORD_CAP) : place], text[place : place + WORD_CAP]
    left = before.rsplit(maxsplit=1)[-1] if before and not before[-1].isspace() else ""
    right = after.split(maxsplit=1)[0] if after and not after[0].isspace() else ""
    return left + right


def in_address(text: str, place: int) -> bool:
    """Whether the place is in a web or e-mail address, a file name or path, a hashtag or code.

    >>> in_address("gửi về toasoan@baotinh.vn,Hà Nội", 10), in_address("giấy tờ.Ông", 7)
    (True, False)
    """
    token = token_at(text, place)
    return not token.strip(_OUTER).isalnum() and _ADDRESS.search(token) is not None


def line_of(text: str, place: int) -> tuple[int, int]:
    r"""Start and end of the line around ``place``, looking at most 2,000 characters each way.

    >>> line_of("Một\nHai ba", 6)
    (4, 10)
    """
    start = text.rfind("\n", max(0, place - 2000), place) + 1 or max(0, place - 2000)
    end = text.find("\n", place, place + 2000)
    return start, end if end >= 0 else min(len(text), place + 2000)
