"""Paragraphs that come again, however badly read: found by the pairs of words that they share.

Two readings of one paragraph may have no four words in a row that are the same, which a seed needs
(`_duplicates_match`). Here every pair of neighbouring words votes for the earlier paragraph that has it
too, and the one with most votes is compared as a whole. Each copy is compared with the first of its kind
alone, which keeps the work linear in the number of copies.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrfix.detectors._duplicates_align import Match
from ocrfix.detectors._duplicates_gaps import Gap, gap_kind
from ocrfix.detectors._duplicates_readings import ROUNDS, one_sided, reworded, surely_misread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrfix.detectors._duplicates_layout import Layout

__all__ = ["paragraph_matches"]

_FIRST: Final = np.zeros(1, dtype=np.int64)
_LEAST: Final = 12
_MOST: Final = 1500
"""Words of a paragraph that is compared."""
_VOTES: Final = 0.12
_FEWEST_VOTES: Final = 3
"""Least share of a paragraph's pairs of words that the other has too, and their least number."""
_DEPTH: Final = 2
"""Earlier places of a pair of words that have a vote."""
_LETTERS: Final = 0.25
"""Share of the letters of the shorter copy that may be misread."""
_LOST: Final = 0.45
"""Share of the longer copy that the shorter may lack."""
_DIFFERING: Final = 0.3
"""Share of the words that may differ in copies which are not plainly misread."""
_AT_END: Final = 2
"""Words at the start or the end of one copy that may be other ones: more are the text that a passage was
set into."""
_LOOP: Final = 7
"""Rounds from which on what only one copy has is a loop, whatever its words are."""
_ISLAND: Final = 2
"""Words between two differences that may be the same by chance."""


def paragraph_matches(layout: Layout) -> list[Match]:
    """Paragraphs, or several in a row, that read nearly like earlier ones, in the order of the later copies.

    Copies that are all the same letter for letter are left to the seeds, which find them as well. The later
    copies do not overlap each other.
    """
    starts = _units(layout)
    if len(starts) < 2:
        return []
    compare = _Comparison(layout, starts)
    roots: dict[int, int] = {}
    near: set[int] = set()
    pairs: dict[int, int] = {}
    for q, p in _candidates(layout, starts):
        root = roots.get(p, p)
        alike = compare.alike(root, q)
        if not alike and root != p:
            root, alike = p, compare.alike(p, q)
        if alike and not compare.clause(q):
            roots[q] = root
            pairs[q] = root
            if compare.folded(root) != compare.folded(q):
                near.add(root)
    pairs = {q: p for q, p in pairs.items() if p in near}
    found: list[Match] = []
    ends: dict[int, int] = {}
    for first, last in _runs(compare, pairs):
        match = compare.run(first, last, pairs[first])
        if match is not None:
            found.append(replace(match, last=ends.get(match.p0, 0)))
            ends[match.p0] = match.q1
    return [match for match in _rounds(found) if match.rounds >= ROUNDS[0] or not reworded(layout, match)]


def _rounds(matches: list[Match]) -> list[Match]:
    """The matches, with the number of copies that follow directly on one another."""
    done: list[Match] = []
    chain: list[Match] = []
    for match in [*matches, None]:
        if match is None or not chain or match.apart or match.p0 != chain[-1].p0:
            done += [replace(m, rounds=len(chain) + 1) for m in chain]
            chain = []
        if match is not None:
            if chain or not match.apart:
                chain.append(match)
            else:
                done.append(match)
    return done


def _units(layout: Layout) -> NDArray[np.int64]:
    """The first words of the paragraphs: the blocks, and the lines of those whose lines are paragraphs."""
    lines, blocks = layout.unit_starts[0], layout.unit_starts[-1]
    if len(lines) < 2 or blocks is lines:
        return lines
    edges = layout.unit_edges
    if len(lines) < len(edges) and layout.line_words == edges[: len(lines)]:
        return lines  # each line is a paragraph
    parted = np.zeros(layout.count + 1, dtype=np.bool_)
    parted[edges] = True
    parted = parted.take(lines)
    block = np.searchsorted(blocks, lines, "right") - 1
    inner: NDArray[np.bool_] = blocks[block] != lines
    wrapped = np.bincount(block[inner & ~parted], minlength=len(blocks)) > 0
    long = np.diff(np.append(blocks, layout.count)) > _MOST
    units: NDArray[np.int64] = lines[~inner | (parted & (~wrapped | long)[block])]
    return units


def _candidates(layout: Layout, starts: NDArray[np.int64]) -> list[tuple[int, int]]:
    """For paragraphs, by number, the earlier one that shares most pairs of words with it, if many."""
    sizes = np.concatenate((starts[1:], [layout.count])) - starts
    fitting = (sizes >= _LEAST) & (sizes <= _MOST)
    if int(np.count_nonzero(fitting)) < 2:
        return []
    previous = layout.tokens.earlier_pairs
    unit = np.arange(len(starts)).repeat(sizes)
    place = (previous >= 0).nonzero()[0]
    place = place[fitting.take(unit.take(place))]
    earlier = previous.take(place)
    votes = []
    for _ in range(_DEPTH):
        here, there = unit.take(place), unit.take(earlier)
        ours = (here != there) & fitting.take(there)
        votes.append((here * len(starts) + there)[ours])
        older = previous.take(earlier)
        known = older >= 0
        place, earlier = place[known], older[known]
    voted = np.concatenate(votes)
    voted.sort()
    few = _FEWEST_VOTES - 1
    several = voted[few:][voted[few:] == voted[:-few]]  # each pair once for every vote above the first two
    if not len(several):
        return []
    firsts = np.concatenate((_FIRST, (several[1:] != several[:-1]).nonzero()[0] + 1))
    number = np.concatenate((firsts[1:], [len(several)])) - firsts + few
    later, earlier = np.divmod(several.take(firsts), len(starts))
    enough = (number >= _VOTES * np.minimum(sizes.take(later), sizes.take(earlier))).nonzero()[0]
    best: dict[int, tuple[int, int]] = {}
    for q, p, times in zip(
        *(column.take(enough).tolist() for column in (later, earlier, number)), strict=True
    ):
        best[q] = max(best.get(q, (0, 0)), (times, p))
    return [(q, p) for q, (_, p) in sorted(best.items())]


def _runs(compare: _Comparison, pairs: dict[int, int]) -> list[tuple[int, int]]:
    """Paragraphs in a row that are copies of others in a row: the first and last number of each run.

    Short paragraphs between them, or at their ends, belong to the run when they read alike.
    """
    found: list[tuple[int, int]] = []
    done = -1
    for q in sorted(pairs):
        if q <= done:
            continue
        p = pairs[q]
        first = last = q
        while (
            last + 1 < compare.number
            and p + last + 1 - q < first
            and (
                pairs.get(last + 1) == p + last + 1 - q
                if last + 1 in pairs
                else compare.same(p + last + 1 - q, last + 1)
            )
        ):
            last += 1
        while (
            first - 1 > done
            and first - 1 > p + last - q
            and p + first - 1 - q >= 0
            and (first - 1 not in pairs and compare.same(p + first - 1 - q, first - 1))
        ):
            first -= 1
        if first != q:
            pairs[first] = p + first - q
        found.append((first, last))
        done = last
    return found


def _at_end(gap: Gap, match: Match) -> bool:
    """Whether the copies begin, or end, with other words or numbers."""
    ends = gap.p0 == match.p0 or gap.q0 == match.q0 or gap.p1 == match.p1 or gap.q1 == match.q1
    return ends and gap.kind != "reading" and max(gap.p1 - gap.p0, gap.q1 - gap.q0) > _AT_END


class _Comparison:
    """Paragraphs, by number, side by side."""

    def __init__(self, layout: Layout, starts: NDArray[np.int64]) -> None:
        self._layout = layout
        self._bounds = [*starts.tolist(), layout.count]
        self._key = layout.tokens.key
        self.number = len(starts)

    def folded(self, unit: int) -> str:
        """The letters and digits of a paragraph, without marks."""
        return self._layout.folded(*self._bounds[unit : unit + 2])

    def clause(self, unit: int) -> bool:
        """Whether a paragraph stands among the clauses of a law or contract, which rightly recur."""
        start, end = self._bounds[unit : unit + 2]
        return self._layout.numbered(start, end) and self._layout.legal(start, end)

    def alike(self, p: int, q: int) -> bool:
        """Whether most letters of the shorter paragraph stand in the longer one in the same order."""
        one, other = self.folded(p), self.folded(q)
        if one == other:
            return True
        short, long = sorted((len(one), len(other)))
        if long - short > _LOST * long:
            return False
        allowed = int(long - short + _LETTERS * short)
        return Levenshtein.distance(one, other, score_cutoff=allowed) <= allowed

    def same(self, p: int, q: int) -> bool:
        """Whether two paragraphs next to copies are copies as well, of any length."""
        one, other = self._bounds[p : p + 2], self._bounds[q : q + 2]
        return self._layout.reads_alike((one[0], one[1]), (other[0], other[1]))

    def run(self, first: int, last: int, p: int) -> Match | None:
        """The match of the paragraphs ``first`` to ``last`` with as many from ``p`` on."""
        gaps: list[Gap] = []
        for q in range(first, last + 1):
            gaps += self._gaps(p + q - first, q)
        match = Match(
            self._bounds[p],
            self._bounds[p + last - first + 1],
            self._bounds[first],
            self._bounds[last + 1],
            tuple(gaps),
            whole=True,
        )
        if any(_at_end(gap, match) or self._looped(gap) for gap in gaps):
            return None
        differing = sum(max(g.p1 - g.p0, g.q1 - g.q0) for g in gaps if g.kind == "reading")
        if differing > _DIFFERING * (match.q1 - match.q0) and not surely_misread(self._layout, match):
            return None
        return match

    def _looped(self, gap: Gap) -> bool:
        """Whether what only one copy has are rounds of a loop, which goes before the copies are compared."""
        if not one_sided(gap):
            return False
        start, end = (gap.p0, gap.p1) if gap.p1 > gap.p0 else (gap.q0, gap.q1)
        key = self._key
        for period in range(1, (end - start) // _LOOP + 1):
            if (key[start : end - period] == key[start + period : end]).all():
                return True
        return False

    def _gaps(self, p: int, q: int) -> list[Gap]:
        p0, q0 = self._bounds[p], self._bounds[q]
        ours, theirs = (self._key[self._bounds[n] : self._bounds[n + 1]].tolist() for n in (p, q))
        found: list[Gap] = []
        for op in Levenshtein.opcodes(ours, theirs):
            if op.tag == "equal":
                continue
            p, q = p0 + op.src_start, q0 + op.dest_start
            if found and found[-1].p1 == p and found[-1].q1 == q:
                p, q = found[-1].p0, found[-1].q0
                del found[-1]
            found.append(Gap(p, p0 + op.src_end, q, q0 + op.dest_end, ""))
        return self._kinds(found)

    def _kinds(self, gaps: list[Gap]) -> list[Gap]:
        """The gaps with their kinds; two with a word between them that is the same by chance are made one."""
        done: list[Gap] = []
        for plain in gaps:
            gap = Gap(plain.p0, plain.p1, plain.q0, plain.q1, self._kind(plain))
            last = done[-1] if done else None
            if last is not None and gap.p0 - last.p1 <= _ISLAND and "reading" not in (last.kind, gap.kind):
                whole = Gap(last.p0, gap.p1, last.q0, gap.q1, "")
                if self._kind(whole) == "reading":
                    done[-1] = Gap(last.p0, gap.p1, last.q0, gap.q1, "reading")
                    continue
            done.append(gap)
        return done

    def _kind(self, gap: Gap) -> str:
        layout = self._layout
        if one_sided(gap):
            return "content"
        return gap_kind(layout.words(gap.p0, gap.p1), layout.words(gap.q0, gap.q1))
