"""Which words of one list stand for which words of another, at the least cost.

The frame is one for `ocrfix.evaluation.alignment` and `ocrfix.correction.alignment`; their costs differ. The
first follows what scorers count; by the second the channel was learned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from rapidfuzz.distance import Levenshtein

__all__ = ["Cost", "Shape", "cheapest", "groups"]

Shape = tuple[int, int]
"""How many words of the one list stand for how many of the other."""
Cost = Callable[[Sequence[str], Sequence[str]], float | None]
"""What it costs to say that words stand for each other, never below 0; None where they cannot."""
_EQUAL: Final = 1e-12
"""Differences in cost that are none."""


def groups(
    a: Sequence[str], b: Sequence[str], pair_up: Callable[[Sequence[str], Sequence[str]], Sequence[Shape]]
) -> Iterator[tuple[int, int, int, int]]:
    """Groups ``(a_start, a_end, b_start, b_end)`` that cover both lists, in order.

    First a unit-cost alignment, the one that the word error rate counts; its matches are groups of one word
    each. ``pair_up`` gives the shapes that use up the words between two matches (either list may be empty).

    >>> list(groups("Vì người nghèo".split(), "Vi người nghèo".split(), lambda a, b: [(len(a), len(b))]))
    [(0, 1, 0, 1), (1, 2, 1, 2), (2, 3, 2, 3), (3, 3, 3, 3)]
    """
    i = j = 0
    for block in Levenshtein.editops(a, b).as_matching_blocks():
        for di, dj in pair_up(a[i : block.a], b[j : block.b]):
            yield i, i + di, j, j + dj
            i, j = i + di, j + dj
        for _ in range(block.size):
            yield i, i + 1, j, j + 1
            i, j = i + 1, j + 1


def cheapest(a: Sequence[str], b: Sequence[str], shapes: Sequence[Shape], cost: Cost) -> list[Shape]:
    """The shapes, in order, that use up both lists at the least cost, in time as their lengths multiplied.

    Parameters: ``shapes`` that there may be, (1, 0) and (0, 1) among them; where two ways cost the same, the
    first listed is taken. Words that none of them can stand for must have a cost by these two.

    >>> shapes = ((2, 1), (1, 1), (1, 0), (0, 1))
    >>> cheapest(["quan", "hệ", "mẹ"], ["quanhệ", "mẹ"], shapes, lambda a, b: float("".join(a) != "".join(b)))
    [(2, 1), (1, 1)]
    """
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    step = [[(0, 0)] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if i == j == 0:
                continue
            least, shape = float("inf"), (0, 0)
            for di, dj in shapes:
                if di > i or dj > j or best[i - di][j - dj] >= least:
                    continue
                more = cost(a[i - di : i], b[j - dj : j])
                if more is not None and best[i - di][j - dj] + more < least - _EQUAL:
                    least, shape = best[i - di][j - dj] + more, (di, dj)
            best[i][j], step[i][j] = least, shape
    found, i, j = [], len(a), len(b)
    while i or j:
        di, dj = step[i][j]
        found.append((di, dj))
        i, j = i - di, j - dj
    return found[::-1]
