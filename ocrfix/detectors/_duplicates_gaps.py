"""How two copies differ in a place: as a misread word, another number or other words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import Levenshtein

from ocrfix.detectors._duplicates_tokens import AS_LETTERS, fold
from ocrfix.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_tokens import Tokens

__all__ = ["Gap", "gap_kind", "garbled", "unlike", "unreadable"]

_WORD: Final = re.compile(r"\w+")
_CODE: Final = re.compile(r"\b(?:[IVX]{2,5}|[A-ZĐ])\b")
_DIGIT: Final = re.compile(r"\d")
_DIGITS: Final = re.compile(r"\d[\doil]*\d|\d")
_SHORT_WORD: Final = 3
_SHARE: Final = 0.4
_SHARE_BROKEN: Final = 0.5
_SHARE_GARBLED: Final = 0.67
_AS_DIGITS: Final = str.maketrans("oilsb", "01158")
_AS_LETTERS_EITHER: Final[tuple[Mapping[int, int | str], ...]] = (
    AS_LETTERS,
    {**AS_LETTERS, ord("1"): ord("l")},
)


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where two copies differ: word ranges ``[p0, p1)`` and ``[q0, q1)``, and in what way.

    ``kind`` is "reading" (as a misread word differs), "number" or "content".
    """

    p0: int
    p1: int
    q0: int
    q1: int
    kind: str


def gap_kind(one: str, other: str) -> str:
    """How two stretches differ: "reading", "number" or "content".

    Two stretches are readings of one when at most two fifths of the letters differ; half of them where one
    has more words that are no Vietnamese syllables than the other, and two thirds where each is one
    word. Numbers are the same when they look alike.

    >>> gap_kind("Vi người", "Vl ngưòi"), gap_kind("khoản 1", "khoản 2"), gap_kind("ông An", "bà Hà")
    ('reading', 'number', 'content')
    """
    a, b = _folded_words(one), _folded_words(other)
    digits = _DIGIT.search(one) or _DIGIT.search(other)
    if (digits and _numbers(a, b) != _numbers(b, a)) or _other_code(one, other):
        return "number"
    same, shorter = 0, min(len(a), len(b))
    while same < shorter and a[same] == b[same]:
        same += 1
    del a[:same], b[:same]
    while a and b and a[-1] == b[-1]:
        del a[-1], b[-1]
    left, right = "".join(a).translate(AS_LETTERS), "".join(b).translate(AS_LETTERS)
    if not left or not right:
        return "content" if left or right else "reading"
    longest = max(len(left), len(right))
    if longest <= _SHORT_WORD:
        near = longest > 1 and Levenshtein.distance(left, right, score_cutoff=1) <= 1
        return "reading" if near else "content"
    most = int(longest * (_SHARE_GARBLED if len(a) == len(b) == 1 else _SHARE_BROKEN))
    apart = Levenshtein.distance(left, right, score_cutoff=most)
    near = apart <= int(longest * _SHARE) or (apart <= most and unreadable(one) != unreadable(other))
    return "reading" if near else "content"


def unlike(tokens: Tokens, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two runs of words are surely no readings of one: `gap_kind` says so too, with more work.

    >>> from ocrfix.detectors._duplicates_tokens import tokenize
    >>> unlike(tokenize("bà Hà chủ tịch xã"), (0, 2), (2, 4)), unlike(tokenize("bà Hà ba hà"), (0, 2), (2, 4))
    (True, False)
    """
    if not tokens.plain and (tokens.any_odd(*one) or tokens.any_odd(*other)):
        return False
    left, right = tokens.looks(*one), tokens.looks(*other)
    longest = max(len(left), len(right))
    most = int(longest * _SHARE_GARBLED)
    return longest > _SHORT_WORD and Levenshtein.distance(left, right, score_cutoff=most) > most


def garbled(text: str) -> int:
    """How many words in small letters are no Vietnamese syllables.

    >>> garbled("lbuận với nhau"), garbled("thuận với Smith")
    (1, 0)
    """
    return sum(w.islower() and not is_syllable(w) for w in _WORD.findall(text))


def unreadable(text: str) -> int:
    """How many words without digits are no Vietnamese syllables, names among them.

    >>> unreadable("Ngnyễn Văn Bình"), unreadable("Nguyễn Văn Bình")
    (1, 0)
    """
    return sum(w.isalpha() and not is_syllable(w) for w in _WORD.findall(text))


def _folded_words(text: str) -> list[str]:
    return [w for w in map(_folded_word, _WORD.findall(text)) if w]


@lru_cache(maxsize=1 << 14)
def _folded_word(word: str) -> str:
    return fold(word)


def _other_code(one: str, other: str) -> bool:
    """Whether both have letters that stand for a number or name, and other ones: "Khu vực II", "nhóm A"."""
    mine = _CODE.findall(one)
    if not mine:
        return False
    theirs = _CODE.findall(other)
    return bool(theirs) and mine != theirs


def _numbers(words: list[str], others: list[str]) -> list[str]:
    """The numbers among the words, and in them ("200km", "6a").

    A word counts as a number where the others have one that looks like it; a word with a digit in it
    ("l1ên") counts as none where the others have no digit.
    """
    theirs = {w for w in others if w.isdigit()}
    digitless = not any(_DIGITS.search(w) for w in others)
    found = []
    for word in words:
        digits = _DIGITS.findall(word)
        as_digits = word.translate(_AS_DIGITS)
        if digits and not word.isdigit() and any(word.translate(t) in others for t in _AS_LETTERS_EITHER):
            continue
        if as_digits in theirs or (digits and as_digits.isdigit()):
            found.append(as_digits)
        elif digits and (not digitless or 2 * sum(map(len, digits)) >= len(word)):
            found += [d.translate(_AS_DIGITS) for d in digits] if len(word) >= _SHORT_WORD else [word]
    return found
