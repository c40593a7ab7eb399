"""Pairs of truth and reading, aligned: words first, then their letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Indel

from ocrfix._alignment import Shape, cheapest, groups
from ocrfix.vietnamese.letters import letter

__all__ = ["align_letters", "align_words"]

_SAME_BASE = 0.4
_GAP = 1.0
_OTHER = 1.1

_SHAPES = ((3, 1), (2, 1), (1, 3), (1, 2), (1, 1), (1, 0), (0, 1))
_LOST_WORD = 0.75
_SPACE = 0.25
_LONGEST_BLOCK = 60


def align_words(gold: str, read: str) -> Iterator[tuple[list[str], list[str]]]:
    """Align two texts by words; yields (gold words, read words) from start to end.

    Equal words come one by one; between them stand one-to-one misreadings, merges (up to three
    gold words, one read), splits, lost words and added words, by likeness of letters.

    >>> list(align_words("quan hệ tình cảm", "quan hệtình cám"))
    [(['quan'], ['quan']), (['hệ', 'tình'], ['hệtình']), (['cảm'], ['cám'])]
    """
    a = unicodedata.normalize("NFC", gold).split()
    b = unicodedata.normalize("NFC", read).split()
    for a_start, a_end, b_start, b_end in groups(a, b, _pair_up):
        yield a[a_start:a_end], b[b_start:b_end]


def _pair_up(a: Sequence[str], b: Sequence[str]) -> list[Shape]:
    """Shapes, in order, that use up both lists at the least cost; one for both where they are long."""
    if not a and not b:
        return []
    if len(a) == len(b) == 1 or max(len(a), len(b)) > _LONGEST_BLOCK:
        return [(len(a), len(b))]
    return cheapest(a, b, _SHAPES, _words_cost)


def _words_cost(a: Sequence[str], b: Sequence[str]) -> float | None:
    """Cost of saying that these words stand for each other; None when they cannot."""
    if not a or not b:
        return _LOST_WORD
    far = Indel.normalized_distance("".join(a), "".join(b))
    if far > 0.5 and len(a) != len(b):
        return None
    return max(len(a), len(b)) * far + _SPACE * (len(a) + len(b) - 2)


def _cost(a: str, b: str) -> float:
    if a == b:
        return 0.0
    x, y = letter(a), letter(b)
    if x.base.lower() == y.base.lower():
        return _SAME_BASE
    return _OTHER


def align_letters(gold: str, read: str) -> list[tuple[str, str]]:
    """Align two words letter by letter; "" stands for a letter lost or added.

    >>> align_letters("nghèo", "nghco")
    [('n', 'n'), ('g', 'g'), ('h', 'h'), ('è', 'c'), ('o', 'o')]
    """
    n, m = len(gold), len(read)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(1, n + 1):
        best[i][0] = i * _GAP
    for j in range(1, m + 1):
        best[0][j] = j * _GAP
    for i in range(1, n + 1):
        row, above = best[i], best[i - 1]
        for j in range(1, m + 1):
            row[j] = min(above[j - 1] + _cost(gold[i - 1], read[j - 1]), above[j] + _GAP, row[j - 1] + _GAP)
    pairs, i, j = [], n, m
    while i or j:
        if i and j and abs(best[i][j] - best[i - 1][j - 1] - _cost(gold[i - 1], read[j - 1])) < 1e-9:
            i, j = i - 1, j - 1
            pairs.append((gold[i], read[j]))
        elif i and abs(best[i][j] - best[i - 1][j] - _GAP) < 1e-9:
            i -= 1
            pairs.append((gold[i], ""))
        else:
            j -= 1
            pairs.append(("", read[j]))
    return pairs[::-1]
