"""Where a copy that was glued in begins and ends: the cut that leaves the likeliest text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import normalize

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrfix.detectors._duplicates_align import Match
from ocrfix.detectors._duplicates_bounds import STRAY, UNIT
from ocrfix.detectors._duplicates_gaps import Gap, gap_kind, unlike, unreadable
from ocrfix.detectors._duplicates_joints import CONTEXT, After, Bulk, Case, Side, signs_after

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_layout import Layout
    from ocrfix.detectors.base import Context

__all__ = ["Cut", "Seam", "best_cuts"]

_AROUND: Final = 8
"""Words on each side of a copy that are scored."""
_MOST: Final = 12.0
"""Nats at which a seam counts no further."""
_MISREAD: Final = -4.0
"""Nats for each letter or mark that is misread in words beyond the match."""
_FIRST_MISREAD: Final = -6.0
"""Nats for the first misread word of copies that are the same elsewhere."""
_BEYOND: Final = ((1, 1), (1, 2), (2, 1), (2, 2), (3, 3))
"""Words of this copy and of the other beyond the match that may be misread."""
_LEAST_LETTERS: Final = 3


class Seam(NamedTuple):
    """How well one stretch goes on from another, in nats.

    ``words``, as the language model tells, against the same stretch at the start of a paragraph; ``letter``,
    as the letter case of its first word tells, and the sign at the end of a paragraph.
    """

    words: float
    letter: float


class Cut(NamedTuple):
    """A way to take a copy out, and what becomes of its surroundings.

    Parameters: ``match`` with the bounds of the cut; ``before`` and ``after``, the seams at the copy's ends
    as the text is; ``healed``, the seam that its removal makes; ``score``, log-likelihood (nats) of what
    remains; ``margin``, by how many nats the next best cut is worse.
    """

    match: Match
    before: Seam
    after: Seam
    healed: Seam
    score: float
    margin: float


class _End(NamedTuple):
    """A place for an end of the cut: words of this copy and the other, gap beyond the match, nats."""

    word: int
    other: int
    gap: Gap | None
    cost: float


def best_cuts(layout: Layout, context: Context, match: Match, most: Match) -> tuple[Cut, Cut]:
    """The likeliest way to take the earlier copy out, and the likeliest to take out the later one.

    Words at the ends of the copies may stand around the glued one by chance as well, and words beyond them
    may be misread: of all cuts some words inwards and outwards the one counts that leaves the likeliest text.
    The words that go are explained by the other copy and cost nothing, but for the letters that one of them
    has misread.

    Parameters: ``most``, the same match with misread words at its ends.
    """
    # The model is asked once, for everything: what there is to score is little.
    bulk = Bulk(context.language)
    cutters = [_Cutter(layout, bulk, match, most, later=later) for later in (False, True)]
    bulk.answer()
    earlier, later = (cutter.cut() for cutter in cutters)
    return earlier, later


class _Cutter:
    """One of the copies: asks for what tells its cuts apart, weighs them, and tells the best."""

    def __init__(self, layout: Layout, bulk: Bulk, match: Match, most: Match, *, later: bool) -> None:
        self._layout, self._bulk = layout, bulk
        self._match, self._most, self._later = match, most, later
        self._start, self._end = (match.q0, match.q1) if later else (match.p0, match.p1)
        self._other = (match.p0, match.p1) if later else (match.q0, match.q1)
        self._case = Case(layout)
        self._heads, self._tails = self._ends(-1), self._ends(1)
        self._first, self._last = [e.word for e in self._heads], [e.word for e in self._tails]
        self._afters = [self._after(tail) for tail in self._tails]
        left, befores, heads = self._left()
        right, ends, tails = self._right()
        self._own = bulk.sequence(left.ids), bulk.sequence(right.ids)
        self._bounded = left.bounded, right.bounded
        nothing = [bulk.before([])]
        self._before = bulk.joints(befores, heads)
        self._begin = bulk.joints(nothing * len(heads), heads)
        self._behind = bulk.joints(ends, tails)
        self._alone = bulk.joints(nothing * len(tails), tails)
        self._healed = bulk.grid(self._before, self._alone)

    def _left(self) -> tuple[Side, list[list[int]], list[list[int]]]:
        """What stands before the first words that may go: tokens, contexts, and what each cut begins with."""
        layout, first = self._layout, self._first
        most = max(first)
        start = self._reach(min(first), -1)
        ids, starts, ends, bounded = self._bulk.side(layout, start, min(most + _AROUND, layout.count))
        limit = signs_after(layout, most) if most > start else 0
        self._lows = [bisect_right(ends, min(layout.start(word), limit)) for word in first]
        size = max(self._lows)
        befores = [self._bulk.before(ids[:low]) for low in self._lows]
        begins = [bisect_left(starts, layout.start(word)) for word in first]
        return (
            Side(ids[:size], starts[:size], ends[:size], bounded),
            befores,
            [ids[at : at + CONTEXT] for at in begins],
        )

    def _right(self) -> tuple[Side, list[list[int]], list[list[int]]]:
        """What stands behind the last words that may go: tokens, what each cut ends with, what goes on."""
        layout, last = self._layout, self._last
        least = min(last)
        ids, starts, ends, _ = self._bulk.side(layout, max(0, least - _AROUND), self._reach(max(last), 1))
        own = bisect_left(starts, layout.start(least)) if least < layout.count else len(ids)
        highs = [max(own, bisect_left(starts, after)) for after in self._afters]
        self._highs = [high - own for high in highs]
        return (
            Side(ids[own:], starts[own:], ends[own:], layout.edge(least) in UNIT),
            [self._bulk.before(ids[: bisect_right(ends, after)]) for after in self._afters],
            [ids[high : high + CONTEXT] for high in highs],
        )

    def cut(self) -> Cut:
        """The likeliest cut, when the model has answered."""
        bulk, layout = self._bulk, self._layout
        own_left, own_right = (
            self._sums(own, bounded=bounded) for own, bounded in zip(self._own, self._bounded, strict=True)
        )
        healed = bulk.crossed(self._healed)
        goes_on = [
            self._case.after(word, after) for word, after in zip(self._last, self._afters, strict=True)
        ]
        whole = len(own_right) - 1
        rests = [own_right[-1] - own_right[min(high + CONTEXT, whole)] for high in self._highs]
        scores = np.array([own_left[low] for low in self._lows])[:, None] + healed
        scores += rests
        letters = self._case.grid(self._first, goes_on)
        scores += letters
        scores += np.array([head.cost for head in self._heads])[:, None]
        scores += [tail.cost for tail in self._tails]
        short = np.array(self._last) - np.array(self._first)[:, None] < STRAY
        short[0, 0] = False
        scores[short] = -np.inf
        best = int(scores.argmax())
        i, k = divmod(best, len(self._last))
        score = float(scores[i, k])
        scores[i, k] = -np.inf
        other = float(scores.max())
        head, tail = self._heads[i], self._tails[k]
        alone, behind = bulk.totals(self._alone)[k], bulk.totals(self._behind)[k]
        before, begin = bulk.totals(self._before)[i], bulk.totals(self._begin)[i]
        return Cut(
            self._cut(head, tail),
            Seam(_within(before - begin), self._letter(self._case.after(head.word, layout.start(head.word)))),
            Seam(_within(behind - alone), self._letter(goes_on[k])),
            Seam(_within(float(healed[i, k]) - alone), float(letters[i, k])),
            score,
            score - other if other > -np.inf else _MOST,
        )

    def _sums(self, own: slice, *, bounded: bool) -> list[float]:
        """Sums of the log-probabilities of the first tokens, each after those before it."""
        scores = self._bulk.each(own)
        if not bounded:
            scores[:CONTEXT] = [0.0] * min(CONTEXT, len(scores))
        return list(accumulate(scores, initial=0.0))

    def _letter(self, after: After) -> float:
        return self._case.nats(self._case.before(after.word), after)

    def _cut(self, head: _End, tail: _End) -> Match:
        gaps = list(self._match.gaps)
        if head.gap is not None:
            gaps.insert(0, head.gap)
        if tail.gap is not None:
            gaps.append(tail.gap)
        if self._later:
            return replace(
                self._match, p0=head.other, q0=head.word, p1=tail.other, q1=tail.word, gaps=tuple(gaps)
            )
        return replace(
            self._match, p0=head.word, q0=head.other, p1=tail.word, q1=tail.other, gaps=tuple(gaps)
        )

    def _ends(self, way: int) -> list[_End]:
        """Places for the first word (``way`` -1) or for the word after the last, the match's own first."""
        layout = self._layout
        word, other = (self._start, self._other[0]) if way < 0 else (self._end, self._other[1])
        found = [_End(word, other, None, 0.0)]
        until = self._inner(way)
        sizes = [size for size in range(1, min(STRAY, until) + 1) if self._parted(word - way * size)]
        found += [_End(word - way * size, other - way * size, None, 0.0) for size in sizes]
        if not self._parted(word) and len(found) > 1:
            del found[0]
        if layout.edge(word) not in UNIT:
            found += self._beyond(word, other, way)
        return found

    def _inner(self, way: int) -> int:
        """Words from an end of the match to its nearest difference, or to its middle."""
        m, half = self._match, (self._end - self._start) // 2
        if not m.gaps:
            return half
        gap = m.gaps[0] if way < 0 else m.gaps[-1]
        size = (
            (gap.q0 - m.q0 if self._later else gap.p0 - m.p0)
            if way < 0
            else (m.q1 - gap.q1 if self._later else m.p1 - gap.p1)
        )
        return max(0, min(size, half))

    def _parted(self, word: int) -> bool:
        if not self._layout.apart(word):
            return True
        between = self._layout.between(word)
        return between != between.strip() or any(c.isspace() for c in between)

    def _beyond(self, word: int, other: int, way: int) -> list[_End]:
        """Ends beyond the match, over words that both copies may have but one has misread."""
        layout, found, sizes = self._layout, [], list(_BEYOND)
        most = self._most
        grown = (most.p0, most.q0) if way < 0 else (most.p1, most.q1)
        far, near = (grown[1], grown[0]) if self._later else grown
        sizes.append((abs(far - word), abs(near - other)))
        for mine, theirs in sizes:
            if not mine or not theirs:
                continue
            at, there = word + way * mine, other + way * theirs
            low, high = min(at, there), max(at, there)
            if low < 0 or high > layout.count or not self._parted(at):
                continue
            edges = [layout.edge(word + way * n) for n in range(1, mine)]
            if any(e in UNIT for e in edges) or self._collides(at, there):
                continue
            spans = (min(word, at), max(word, at)), (min(other, there), max(other, there))
            if unlike(layout.tokens, *spans):
                continue
            one, two = layout.words(*spans[0]), layout.words(*spans[1])
            short = min(len(one), len(two)) < _LEAST_LETTERS and unreadable(one) == unreadable(two)
            if short and one.isalpha() and two.isalpha():
                continue
            if gap_kind(one, two) != "reading":
                continue
            letters = Levenshtein.distance(normalize("NFD", one.lower()), normalize("NFD", two.lower()))
            p, q = (spans[1], spans[0]) if self._later else spans
            cost = _MISREAD * letters + (0.0 if self._match.gaps else _FIRST_MISREAD)
            found.append(_End(at, there, Gap(*p, *q, "reading"), cost))
        return found

    def _collides(self, at: int, there: int) -> bool:
        mine, theirs = (self._start, self._end), self._other
        return theirs[0] < at < theirs[1] or mine[0] < there < mine[1]

    def _reach(self, word: int, way: int) -> int:
        """The word `_AROUND` words away, or the end of the paragraph if that is nearer."""
        layout = self._layout
        for size in range(_AROUND + 1):
            at = word + way * size
            if at <= 0 or at >= layout.count or layout.edge(at) in UNIT:
                return max(0, min(at, layout.count))
        return word + way * _AROUND

    def _after(self, tail: _End) -> int:
        """The offset after the last word of the copy and the signs that the other copy has as well."""
        return self._layout.end(tail.word) + self._layout.shared_after(tail.word, tail.other)


def _within(nats: float) -> float:
    return max(-_MOST, min(_MOST, nats))
