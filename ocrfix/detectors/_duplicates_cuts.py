"""Where a copy that was glued in begins and ends: the cut that leaves the likeliest text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import normalize

from rapidfuzz.distance import Levenshtein

from ocrfix.detectors._duplicates_align import Match
from ocrfix.detectors._duplicates_bounds import STRAY, UNIT
from ocrfix.detectors._duplicates_gaps import Gap, gap_kind, unlike, unreadable
from ocrfix.detectors._duplicates_joints import CONTEXT, Bulk, Case, Side

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
_NOTHING: Final = Side([], [], [], bounded=True)


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
    # The model is asked twice, for everything at once: what there is to score is little each time.
    scored, seams = Bulk(context.language), Bulk(context.language)
    cutters = [_Cutter(layout, scored, match, most, later=later) for later in (False, True)]
    scored.answer()
    for cutter in cutters:
        cutter.weigh(seams)
    seams.answer()
    earlier, later = (cutter.cut() for cutter in cutters)
    return earlier, later


class _Cutter:
    """One of the copies: asks for what tells its cuts apart, weighs them, and tells the best."""

    def __init__(self, layout: Layout, scored: Bulk, match: Match, most: Match, *, later: bool) -> None:
        self._layout, self._scored = layout, scored
        self._match, self._most, self._later = match, most, later
        self._start, self._end = (match.q0, match.q1) if later else (match.p0, match.p1)
        self._other = (match.p0, match.p1) if later else (match.q0, match.q1)
        self._case = Case(layout)
        self._heads, self._tails = self._ends(-1), self._ends(1)
        first, last = [e.word for e in self._heads], [e.word for e in self._tails]
        self._left = left = scored.side(layout, self._reach(min(first), -1), max(first))
        self._right = right = scored.side(layout, min(last), self._reach(max(last), 1))
        self._afters = [self._after(t) for t in self._tails]
        self._lows = [bisect_right(left.ends, layout.start(word)) for word in first]
        self._highs = [bisect_left(right.starts, after) for after in self._afters]
        self._pairs = [
            (i, k)
            for i, head in enumerate(first)
            for k, tail in enumerate(last)
            if tail - head >= STRAY or not (i or k)
        ]
        self._own = scored.sequence(left.ids), scored.sequence(right.ids)
        self._joints = scored.grid(left, self._lows, right, self._highs)

    def weigh(self, seams: Bulk) -> None:
        """Choose the cut, and ask for the seams at its ends."""
        own_left, own_right = self._sums(self._own[0], self._left), self._sums(self._own[1], self._right)
        words = self._scored.totals(self._joints)
        begins = [self._case.before(head.word) for head in self._heads]
        goes_on = [
            self._case.after(tail.word, after) for tail, after in zip(self._tails, self._afters, strict=True)
        ]
        rests = [own_right[-1] - own_right[min(high + CONTEXT, len(self._right.ids))] for high in self._highs]
        width = len(self._tails)
        scores = [
            own_left[self._lows[i]]
            + words[i * width + k]
            + rests[k]
            + self._case.nats(begins[i], goes_on[k])
            + self._heads[i].cost
            + self._tails[k].cost
            for i, k in self._pairs
        ]
        best = max(range(len(scores)), key=scores.__getitem__)
        others = [*scores[:best], *scores[best + 1 :]]
        self._score = scores[best]
        self._margin = self._score - max(others) if others else _MOST
        i, k = self._chosen = self._pairs[best]
        self._healed = words[i * width + k]
        begin, stop = self._heads[i].word, self._tails[k].word
        start = seams.side(self._layout, begin, min(begin + _AROUND, stop))
        end = seams.side(self._layout, max(begin, stop - _AROUND), stop, self._afters[k])
        self._seams = (
            seams,
            seams.joints(
                [
                    (_NOTHING, 0, self._right, self._highs[k]),
                    (self._left, self._lows[i], start, 0),
                    (_NOTHING, 0, start, 0),
                    (end, -1, self._right, self._highs[k]),
                ]
            ),
        )

    def _sums(self, own: slice, side: Side) -> list[float]:
        """Sums of the log-probabilities of the first tokens, each after those before it."""
        scores = self._scored.each(own)
        if not side.bounded:
            scores[:CONTEXT] = [0.0] * min(CONTEXT, len(scores))
        return list(accumulate(scores, initial=0.0))

    def cut(self) -> Cut:
        """The chosen cut, when the seams are known."""
        i, k = self._chosen
        head, tail, after = self._heads[i], self._tails[k], self._afters[k]
        seams, asked = self._seams
        alone, before, begin, behind = seams.totals(asked)
        start = self._layout.start(head.word)
        return Cut(
            self._cut(head, tail),
            Seam(_within(before - begin), self._letter(head.word, head.word, start)),
            Seam(_within(behind - alone), self._letter(tail.word, tail.word, after)),
            Seam(_within(self._healed - alone), self._letter(head.word, tail.word, after)),
            self._score,
            self._margin,
        )

    def _letter(self, left: int, right: int, after: int) -> float:
        return self._case.nats(self._case.before(left), self._case.after(right, after))

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
