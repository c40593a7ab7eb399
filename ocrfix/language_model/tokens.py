"""Text to the tokens that the language model counts.

A token is a run of letters and digits, a number with its separators, or a run of one punctuation
mark. Quotation marks are left out: they stand anywhere and would hide the words behind them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from ocrfix.vietnamese.syllable import canonical

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "BOUNDARY",
    "NUMBER",
    "QUOTES",
    "SKIP",
    "SYMBOL",
    "TOKEN",
    "UNKNOWN",
    "normal_form",
    "piece_starts",
]

TOKEN: Final = re.compile(r"\d+(?:[.,:/]\d+)+|[^\W_]+|([^\w\s])\1*|_+")
"""One token; the text must be NFC."""

BOUNDARY: Final = "<s>"
UNKNOWN: Final = "<unk>"
NUMBER: Final = "<num>"
SYMBOL: Final = "<sym>"
SKIP: Final = ""
QUOTES: Final = frozenset("\"'“”„‟‘’‚‛«»‹›`´")

_IS_BLANK: Final = np.array([chr(code).isspace() for code in range(0x3002)])
"""Whether a character is white space; those beyond the table are not, as its last one."""
_MARKS: Final = {
    ",": ",", ".": ".", ":": ":", ";": ";", "?": "?", "!": "!", "(": "(", ")": ")", "-": "-", "–": "-",
    "—": "-", "…": "…", "..": "…", "...": "…", "/": "/", "%": "%", "&": "&", "[": "(", "]": ")",
}  # fmt: skip


def normal_form(token: str) -> str:
    """The form under which a token is counted; `SKIP` for a quotation mark.

    >>> normal_form("Hòa"), normal_form("1.200"), normal_form("80m"), normal_form("–")
    ('hoà', '<num>', '80m', '-')
    """
    first = token[0]
    if token.isalpha():
        return canonical(token)
    if first.isdigit() and not any(c.isalpha() for c in token):
        return NUMBER
    if first.isalnum():
        return token.lower()
    if first in QUOTES:
        return SKIP
    return _MARKS.get(token) or _MARKS.get(first, SYMBOL)


def piece_starts(text: str) -> NDArray[np.int64]:
    r"""Where each of the pieces that ``text.split()`` gives starts, in characters.

    >>> piece_starts("bà con  xã\n").tolist()
    [0, 3, 8]
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    inside = ~_IS_BLANK.take(codes, mode="clip")
    inside[1:] &= ~inside[:-1]
    return inside.nonzero()[0]
