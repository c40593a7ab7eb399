"""The bounds of a pair of copies: out to the edge of a block, back from words shared by chance."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._duplicates_align import Match
from ocrfix.detectors._duplicates_gaps import Gap
from ocrfix.detectors._duplicates_layout import UNIT

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_layout import Layout

__all__ = ["STRAY", "UNIT", "Places", "grown", "trimmed", "turned", "without_overlap"]

_LONGEST_TURN: Final = 400
"""Words over which the beginning of a round is sought."""
_SHARED: Final = 3
"""Words before the first sentence of a loop that may be those of its end by chance."""
_MISREAD: Final = 3
_MISREAD_LETTERS: Final = 3
"""Misread words that a match is carried over, and their least length."""
_TO_EDGE: Final = 10
"""Words at the edge of a block that may all be misread."""
_LOST_BLANKS: Final = 3
"""Blanks lost or gained in them."""
STRAY: Final = 6
"""Words beyond a block's or sentence's end that two texts may share by chance."""


@dataclass(frozen=True, slots=True)
class Places:
    """The edges of both copies: "block", "line", "sentence" or "" before and after."""

    p: tuple[str, str]
    q: tuple[str, str]

    @staticmethod
    def of(layout: Layout, match: Match) -> Places:
        """The edges of a match's copies."""
        return Places(
            (layout.edge(match.p0), layout.edge(match.p1)), (layout.edge(match.q0), layout.edge(match.q1))
        )

    @property
    def whole(self) -> tuple[bool, bool]:
        """Whether each copy is one or several whole blocks."""
        return (all(e in UNIT for e in self.p), all(e in UNIT for e in self.q))


def turned(layout: Layout, match: Match) -> Match:
    """A match that overlaps itself, turned so that its rounds begin where a block does.

    Where none does, words before the first round that are those of its end but for their marks, or that end
    a sentence and leave no unfinished round behind, are the text's own.
    """
    most = min(match.q1 - match.q0 - match.period, match.period - 1)
    edges = [layout.edge(match.p0 + turn) for turn in range(most + 1)[:_LONGEST_TURN]]
    for turn, edge in enumerate(edges):
        if edge in UNIT and layout.edge(match.q0 + turn) in UNIT:
            return _turn(match, turn)
    if match.gaps or most < 1:
        return match
    turn = 0
    while turn < min(_SHARED, most) and _other_marks(layout, match, match.p0 + turn):
        turn += 1
    for some in range(turn + 1, min(_SHARED, len(edges) - 1) + 1):
        whole = (match.q1 - match.p0 - some) % match.period == 0
        if whole and edges[some] == "sentence" and layout.edge(match.q0 + some) == "sentence":
            turn = some
    return _turn(match, turn) if turn else match


def _turn(match: Match, turn: int) -> Match:
    """The match that begins some words later."""
    gaps = tuple(g for g in match.gaps if g.p0 >= match.p0 + turn)
    return replace(match, p0=match.p0 + turn, q0=match.q0 + turn, gaps=gaps)


def _other_marks(layout: Layout, match: Match, word: int) -> bool:
    """Whether a word of the first round has other marks than it has in the next two."""
    period = match.period
    if word + 2 * period >= match.q1:
        return False
    first, *others = (layout.words(n, n + 1).casefold() for n in range(word, word + 2 * period + 1, period))
    return others[0] == others[1] != first


def without_overlap(match: Match) -> Match:
    """The match cut to one round, where what follows the second copy begins as the copies do."""
    extra = match.q1 - match.q0 - match.period
    gaps = tuple(g for g in match.gaps if g.q1 <= match.q1 - extra and g.p1 <= match.q0)
    return replace(match, p1=match.q0, q1=match.q1 - extra, gaps=gaps)


def grown(layout: Layout, match: Match) -> Match:
    """The match up to the edges of blocks, or over misread words at its ends if it has such words inside."""
    if match.whole:
        return match
    before, after = _to_edge(layout, match.p0, match.q0, -1), _to_edge(layout, match.p1, match.q1, 1)
    if match.gaps and before == (0, 0):
        before = _over_misread(layout, match.p0, match.q0, -1)
    if match.gaps and after == (0, 0):
        after = _over_misread(layout, match.p1, match.q1, 1)
    gaps = list(match.gaps)
    p0, q0, p1, q1 = match.p0 - before[0], match.q0 - before[1], match.p1 + after[0], match.q1 + after[1]
    if before != (0, 0):
        gaps.insert(0, Gap(p0, match.p0, q0, match.q0, "reading"))
    if after != (0, 0):
        gaps.append(Gap(match.p1, p1, match.q1, q1, "reading"))
    return replace(match, p0=p0, p1=p1, q0=q0, q1=q1, gaps=tuple(gaps)) if p1 <= q0 else match


def _over_misread(layout: Layout, p: int, q: int, way: int) -> tuple[int, int]:
    """Words beside (p, q) in both copies, within one sentence, that read like one another."""
    size = 0
    while size < _MISREAD and not layout.edge(p + way * size) and not layout.edge(q + way * size):
        i, j = p + way * size - (way < 0), q + way * size - (way < 0)
        if not 0 <= i < j < layout.count:
            break
        one, other = layout.words(i, i + 1), layout.words(j, j + 1)
        if min(len(one), len(other)) < _MISREAD_LETTERS or not layout.reads_alike((i, i + 1), (j, j + 1)):
            break
        size += 1
    return size, size


def _to_edge(layout: Layout, p: int, q: int, way: int) -> tuple[int, int]:
    """Words of both copies between (p, q) and the edge of a block, when they are readings of the same.

    Where one copy stands inside other text, the other's edge counts, and as many words in the first.
    """
    x, y = _edge_distance(layout, p, way), _edge_distance(layout, q, way)
    if x is None or y is None:
        found = _to_one_edge(layout, (p, q), (x, y), way)
        return found if found is not None else (0, 0)
    if not x or not y or abs(x - y) > _LOST_BLANKS or q + way * y <= p + way * x:
        return 0, 0
    return (x, y) if _readings(layout, (p, q), (x, y), way) else (0, 0)


def _to_one_edge(
    layout: Layout, at: tuple[int, int], size: tuple[int | None, int | None], way: int
) -> tuple[int, int] | None:
    near = size[0] if size[1] is None else size[1]
    if not near:
        return None
    for far in (near, near - 1, near + 1):
        both = (near, far) if size[1] is None else (far, near)
        p, q = at[0] + way * both[0], at[1] + way * both[1]
        if 0 <= p < q <= layout.count and far and _readings(layout, at, both, way):
            return both
    return None


def _readings(layout: Layout, at: tuple[int, int], size: tuple[int, int], way: int) -> bool:
    (p, q), (x, y) = at, size
    if way < 0:
        return layout.reads_alike((p - x, p), (q - y, q))
    return layout.reads_alike((p, p + x), (q, q + y))


def _edge_distance(layout: Layout, word: int, way: int) -> int | None:
    """Words to the next edge of a block on one side, if it is near."""
    edges = layout.unit_edges
    n = bisect_left(edges, word) if way > 0 else bisect_right(edges, word) - 1
    size = way * (edges[n] - word)
    return size if size <= _TO_EDGE else None


def trimmed(layout: Layout, match: Match, stray: Callable[[int, Match], bool]) -> Match:
    """The match without the few words that both texts share by chance beyond a common edge.

    Parameters: ``stray``, whether the words on both sides of a place in the later copy belong together,
    and those of the same place in the earlier one.
    """
    inner = [0, *(g.q1 for g in match.gaps)]
    low, high = match.q0, match.q1
    if not layout.edge(high):
        for q in range(high - 1, max(inner[-1], high - STRAY - 1, low), -1):
            edge = layout.edge(q)
            edges = edge, edge and layout.edge(match.p1 - (match.q1 - q))
            if all(edges) and (all(e in UNIT for e in edges) or stray(high, match)):
                high = q
                break
    if not layout.edge(low):
        until = min((match.gaps[0].q0 if match.gaps else high), low + STRAY)
        for q in range(low + 1, until):
            edge = layout.edge(q)
            edges = edge, edge and layout.edge(match.p0 + q - match.q0)
            if all(edges) and (all(e in UNIT for e in edges) or stray(low, match)):
                low = q
                break
    if (low, high) == (match.q0, match.q1):
        return match
    return replace(match, q0=low, q1=high, p0=match.p0 + low - match.q0, p1=match.p1 - (match.q1 - high))
