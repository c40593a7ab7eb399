"""Who goes with whom: pairs chosen one to one, with the greatest sum of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["assign", "losses"]

LARGEST: Final = 60
"""The most left halves that are matched by their sum; of more that hang together the best pair goes first,
for the exact way takes time that grows with the cube."""


def assign(scores: Mapping[tuple[int, int], float]) -> set[tuple[int, int]]:
    """The pairs to choose, so that no left and no right is chosen twice and the sum is the greatest.

    Parameters: ``scores``, by left and right number; pairs of 0 or less are never chosen. Halves that share
    no pair, not even over others, are matched apart from each other. The exact method is the Hungarian
    one, by shortest augmenting paths (Jonker and Volgenant 1987).

    >>> sorted(assign({(1, 2): 3.0, (1, 4): 2.5, (3, 2): 2.0, (3, 4): 0.1}))
    [(1, 4), (3, 2)]
    """
    chosen: set[tuple[int, int]] = set()
    for part in _parts([pair for pair, score in scores.items() if score > 0]):
        if len(part) == 1:
            chosen.add(part[0])
            continue
        lefts = sorted({left for left, _ in part})
        if len(lefts) > LARGEST:
            chosen |= _greedy(part, scores)
        else:
            chosen |= _optimal(lefts, sorted({right for _, right in part}), scores)
    return chosen


def losses(
    scores: Mapping[tuple[int, int], float], chosen: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], float]:
    """By how much the sum of scores falls when a pair that was chosen may not be: how clear the choice is.

    Parameters: ``scores`` as of `assign`; ``chosen`` of them, one to one. The halves of such a pair may stay
    alone, go with others that are alone, or change with one other pair; longer rounds of exchange are not
    looked at.

    >>> losses({(1, 2): 3.0, (1, 4): 2.5, (3, 2): 2.0, (3, 4): 2.0}, [(1, 2), (3, 4)])
    {(1, 2): 0.5, (3, 4): 0.5}
    """
    right_of = dict(chosen)
    left_of = {right: left for left, right in right_of.items()}
    of_left: dict[int, list[int]] = {}
    of_right: dict[int, list[int]] = {}
    for left, right in scores:
        of_left.setdefault(left, []).append(right)
        of_right.setdefault(right, []).append(left)
    found = {}
    for left, right in right_of.items():
        free_right = max((scores[left, r] for r in of_left[left] if r not in left_of), default=0.0)
        free_left = max((scores[n, right] for n in of_right[right] if n not in right_of), default=0.0)
        best = max(0.0, free_right) + max(0.0, free_left)
        for other in of_left[left]:
            if other != right and other in left_of:
                parted = left_of[other]
                changed = scores[left, other] - scores[parted, other]
                best = max(best, changed + max(0.0, free_left, scores.get((parted, right), 0.0)))
        for other in of_right[right]:
            if other != left and other in right_of:
                parted = right_of[other]
                changed = scores[other, right] - scores[other, parted]
                best = max(best, changed + max(0.0, free_right, scores.get((left, parted), 0.0)))
        found[left, right] = scores[left, right] - best
    return found


def _parts(pairs: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The pairs, in groups that have no half in common."""
    root: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        root.setdefault(node, node)
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for left, right in pairs:
        root[find(("left", left))] = find(("right", right))
    groups: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for left, right in pairs:
        groups.setdefault(find(("left", left)), []).append((left, right))
    return list(groups.values())


def _greedy(part: list[tuple[int, int]], scores: Mapping[tuple[int, int], float]) -> set[tuple[int, int]]:
    chosen: set[tuple[int, int]] = set()
    lefts: set[int] = set()
    rights: set[int] = set()
    for left, right in sorted(part, key=lambda pair: (-scores[pair], pair[1] - pair[0], pair)):
        if left not in lefts and right not in rights:
            chosen.add((left, right))
            lefts.add(left)
            rights.add(right)
    return chosen


def _optimal(
    lefts: list[int], rights: list[int], scores: Mapping[tuple[int, int], float]
) -> set[tuple[int, int]]:
    # A column of its own for each left half stands for "with none", at no gain.
    width = len(rights) + len(lefts)
    cost = [
        [-max(0.0, scores.get((left, right), 0.0)) for right in rights] + [0.0] * len(lefts) for left in lefts
    ]
    of_row = [0.0] * (len(lefts) + 1)
    of_column = [0.0] * (width + 1)
    row_at = [0] * (width + 1)  # row of each column, rows and columns counted from 1
    for row in range(1, len(lefts) + 1):
        _augment(row, cost, of_row, of_column, row_at)
    return {
        (lefts[row_at[j] - 1], right)
        for j, right in enumerate(rights, 1)
        if row_at[j] and scores.get((lefts[row_at[j] - 1], right), 0.0) > 0
    }


def _augment(
    row: int, cost: list[list[float]], of_row: list[float], of_column: list[float], row_at: list[int]
) -> None:
    """Give one more row a column, by the shortest path of exchanges."""
    width = len(of_column) - 1
    row_at[0] = row
    column = 0
    least = [float("inf")] * (width + 1)
    before = [0] * (width + 1)
    used = [False] * (width + 1)
    while True:
        used[column] = True
        here, step, following = row_at[column], float("inf"), 0
        for j in range(1, width + 1):
            if used[j]:
                continue
            reduced = cost[here - 1][j - 1] - of_row[here] - of_column[j]
            if reduced < least[j]:
                least[j], before[j] = reduced, column
            if least[j] < step:
                step, following = least[j], j
        for j in range(width + 1):
            if used[j]:
                of_row[row_at[j]] += step
                of_column[j] -= step
            else:
                least[j] -= step
        column = following
        if row_at[column] == 0:
            break
    while column:
        row_at[column] = row_at[before[column]]
        column = before[column]
