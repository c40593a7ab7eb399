"""Which word of one text stands for which word of another."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz.distance import Indel

from ocrfix._alignment import Shape, cheapest, groups

__all__ = ["Group", "align_words", "fold", "normalise", "words_right"]

_SHAPES: Final = ((3, 1), (2, 2), (2, 1), (1, 3), (1, 2), (1, 1), (1, 0), (0, 1))
_STRAY_WORD: Final = 0.75
_STRAY_MARK: Final = 0.3
_SEAM: Final = 0.3
_MOST_CELLS: Final = 250_000


class Group(NamedTuple):
    """Words ``[a_start, a_end)`` of one list stand for words ``[b_start, b_end)`` of another.

    ``equal`` is true for one word and the same word. Several words on one side are a merge or a
    split; none, an insertion or a deletion.
    """

    equal: bool
    a_start: int
    a_end: int
    b_start: int
    b_end: int


def normalise(text: str) -> str:
    r"""NFC, every run of white space made one space, none at the ends.

    >>> normalise("Vì  người\n nghèo ")
    'Vì người nghèo'
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(word: str) -> str:
    """The word in lower case, letters, digits and marks alone.

    >>> fold("“TRIỆU”,")
    'triệu'
    """
    return "".join(c for c in word.casefold() if c.isalnum() or unicodedata.category(c).startswith("M"))


@lru_cache(maxsize=100_000)
def _difference(a: str, b: str) -> float:
    """From 0 (the same) to 1 (nothing in common)."""
    return Indel.normalized_distance(a, b)


def _cost(a: Sequence[str], b: Sequence[str]) -> float | None:
    """Cost of saying that these words stand for each other; None when they cannot."""
    if not a or not b:
        word = (a or b)[0]
        return _STRAY_WORD if any(c.isalnum() for c in word) else _STRAY_MARK
    if len(a) == len(b) == 1:
        return _difference(a[0], b[0])
    difference = _difference("".join(a), "".join(b))
    longer = max(len(a), len(b))
    if len(a) == len(b):
        return None if difference > 0.2 else difference * longer + _SEAM * longer
    return None if difference > 0.4 else difference * longer + _SEAM * (longer - 1)


def _pair_up(a: Sequence[str], b: Sequence[str]) -> list[Shape]:
    """Shapes, in order, that use up both lists at the least cost."""
    if len(a) == len(b) == 1:
        return [(1, 1)]
    if len(a) * len(b) > _MOST_CELLS:
        both = min(len(a), len(b))
        return [(1, 1)] * both + [(1, 0)] * (len(a) - both) + [(0, 1)] * (len(b) - both)
    return cheapest(a, b, _SHAPES, _cost)


def align_words(a: Sequence[str], b: Sequence[str]) -> Iterator[Group]:
    """Align two lists of words; the groups cover both lists, in order.

    First a unit-cost alignment, the one that the word error rate counts; then the words between its
    matches are grouped by how alike their letters are, merges and splits included.

    >>> [group[1:] for group in align_words("đỡ TRIỆU Chủ nhật".split(), "đỡ TRIỆUChủ nhật".split())]
    [(0, 1, 0, 1), (1, 3, 1, 2), (3, 4, 2, 3)]
    """
    for a_start, a_end, b_start, b_end in groups(a, b, _pair_up):
        equal = a_end - a_start == b_end - b_start == 1 and a[a_start] == b[b_start]
        yield Group(equal, a_start, a_end, b_start, b_end)


def words_right(gold: Sequence[str], read: Sequence[str]) -> tuple[list[bool], list[str]]:
    """For each gold word, whether it was read right, and the text that stands for it.

    >>> words_right("Vì người nghèo".split(), "Vi người nghèo".split())
    ([False, True, True], ['Vi', 'người', 'nghèo'])
    """
    right, text = [False] * len(gold), [""] * len(gold)
    for group in align_words(gold, read):
        for k in range(group.a_start, group.a_end):
            right[k], text[k] = group.equal, " ".join(read[group.b_start : group.b_end])
    return right, text
