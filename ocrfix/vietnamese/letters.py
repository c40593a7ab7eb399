"""Vietnamese letters taken apart: base letter, shape mark, tone.

A Vietnamese vowel letter carries up to two marks: one of shape (breve, circumflex, horn) that makes
another letter, and one of the five tone marks. đ is d with a shape mark (stroke).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

__all__ = [
    "SHAPES",
    "TONES",
    "Letter",
    "compose",
    "is_vietnamese_letter",
    "letter",
    "set_tone",
    "strip_marks",
    "strip_tone",
]

TONES: Final = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""Combining tone marks: none (ngang), grave (huyền), hook (hỏi), tilde (ngã), acute (sắc), dot (nặng)."""
SHAPES: Final = ("", "\u0306", "\u0302", "\u031b", "\u0335")
"""Combining shape marks: none, breve (ă), circumflex (â ê ô), horn (ơ ư), stroke (đ)."""

_TONE_INDEX: Final = {mark: i for i, mark in enumerate(TONES) if mark}
_SHAPE_INDEX: Final = {mark: i for i, mark in enumerate(SHAPES) if mark}


class Letter(NamedTuple):
    """A letter taken apart: ``base`` (may be a capital), ``shape`` and ``tone`` (as in `SHAPES`, `TONES`)."""

    base: str
    shape: int
    tone: int


@lru_cache(maxsize=4096)
def letter(char: str) -> Letter:
    """Take one NFC character apart; marks that are not Vietnamese stay with the base.

    >>> letter("ế"), letter("Đ")
    (Letter(base='e', shape=2, tone=4), Letter(base='D', shape=4, tone=0))
    """
    if char in "đĐ":
        return Letter("d" if char == "đ" else "D", 4, 0)
    base, shape, tone = "", 0, 0
    for c in unicodedata.normalize("NFD", char):
        if c in _TONE_INDEX and not tone:
            tone = _TONE_INDEX[c]
        elif c in _SHAPE_INDEX and not shape:
            shape = _SHAPE_INDEX[c]
        else:
            base += c
    return Letter(base, shape, tone)


@lru_cache(maxsize=4096)
def compose(base: str, shape: int = 0, tone: int = 0) -> str:
    """The NFC character of a base letter, a shape and a tone.

    >>> compose("o", 3, 1)
    'ờ'
    """
    if shape == 4:
        return {"d": "đ", "D": "Đ"}.get(base, base)
    return unicodedata.normalize("NFC", base + SHAPES[shape] + TONES[tone])


@lru_cache(maxsize=65536)
def strip_marks(text: str) -> str:
    """The text with every tone and shape mark off.

    >>> strip_marks("Điều khoản")
    'Dieu khoan'
    """
    return "".join(letter(c).base for c in text)


@lru_cache(maxsize=65536)
def strip_tone(text: str) -> tuple[str, int]:
    """The text without its tone marks, and the (last) tone found in it.

    >>> strip_tone("người")
    ('ngươi', 1)
    """
    out, tone = [], 0
    for c in text:
        parts = letter(c)
        if parts.tone:
            tone = parts.tone
            c = compose(parts.base, parts.shape)  # noqa: PLW2901
        out.append(c)
    return "".join(out), tone


def set_tone(char: str, tone: int) -> str:
    """The letter with another tone.

    >>> set_tone("ơ", 1)
    'ờ'
    """
    parts = letter(char)
    return compose(parts.base, parts.shape, tone)


@lru_cache(maxsize=4096)
def is_vietnamese_letter(char: str) -> bool:
    """Whether the character is a letter of Vietnamese text, f, j, w and z included.

    >>> is_vietnamese_letter("ợ"), is_vietnamese_letter("ñ")
    (True, False)
    """
    parts = letter(char)
    if len(parts.base) != 1 or not ("a" <= parts.base.lower() <= "z"):
        return False
    allowed = {0: "abcdefghijklmnopqrstuvwxyz", 1: "a", 2: "aeo", 3: "ou", 4: "d"}[parts.shape]
    return parts.base.lower() in allowed and (not parts.tone or parts.base.lower() in "aeiouy")
