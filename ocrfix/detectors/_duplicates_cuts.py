"""Where a copy that was glued in begins and ends: the cut that leaves the likeliest text."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import normalize

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrfix.detectors._duplicates_align import Match
from ocrfix.detectors._duplicates_bounds import STRAY, UNIT
from ocrfix.detectors._duplicates_gaps import Gap, gap_kind, unreadable
from ocrfix.detectors._punctuation_capitals import Capitals, load_capitals
from ocrfix.language_model.tokens import TOKEN
from ocrfix.vietnamese.syllable import canonical

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_layout import Layout
    from ocrfix.detectors.base import Context

__all__ = ["Cut", "Seam", "best_cut"]

_CONTEXT: Final = 3
"""Tokens that a word of the model sees before it."""
_AROUND: Final = 8
"""Words on each side of a copy that are scored."""
_MOST: Final = 12.0
"""Nats at which a seam counts no further."""
_WRONG_CASE: Final = -6.0
"""Nats of a small letter after a stop, and the least for any letter."""
_OPEN_END: Final = -4.0
"""Nats of a paragraph that ends without a sign: about one in fifty does."""
_MISREAD: Final = -4.0
"""Nats for each letter or mark that is misread in words beyond the match."""
_FIRST_MISREAD: Final = -6.0
"""Nats for the first misread word of copies that are the same elsewhere."""
_BEYOND: Final = ((1, 1), (1, 2), (2, 1), (2, 2), (3, 3))
"""Words of this copy and of the other beyond the match that may be misread."""
_LEAST_LETTERS: Final = 3
_STOPS: Final = frozenset(".!?…")
_CLOSING: Final = '"”’»)'
_ABBREVIATION: Final = 3
"""Letters of a word that a stop may follow within a sentence."""
_UNSEEN: Final = Capitals(0, 0, 0, 0)


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


class _Side(NamedTuple):
    """Tokens around one end of a copy: ids, offsets, and whether the stretch starts or ends a paragraph."""

    ids: list[int]
    starts: list[int]
    ends: list[int]
    bounded: bool


def best_cut(layout: Layout, context: Context, match: Match, most: Match, *, later: bool) -> Cut:
    """The likeliest way to take the later (or the earlier) copy out.

    Words at the ends of the copies may stand around the glued one by chance as well, and words beyond them
    may be misread: of all cuts some words inwards and outwards the one counts that leaves the likeliest text.
    The words that go are explained by the other copy and cost nothing, but for the letters that one of them
    has misread.

    Parameters: ``most``, the same match with misread words at its ends.
    """
    return _Cutter(layout, context, match, most, later=later).best()


class _Cutter:
    def __init__(self, layout: Layout, context: Context, match: Match, most: Match, *, later: bool) -> None:
        self._layout, self._language = layout, context.language
        self._match, self._most, self._later = match, most, later
        self._start, self._end = (match.q0, match.q1) if later else (match.p0, match.p1)
        self._closing = self._language.word_ids(".!?…:;")
        self._other = (match.p0, match.p1) if later else (match.q0, match.q1)

    def best(self) -> Cut:
        heads, tails = self._ends(-1), self._ends(1)
        first, last = [e.word for e in heads], [e.word for e in tails]
        left = self._side(self._reach(min(first), -1), max(first))
        right = self._side(min(last), self._reach(max(last), 1))
        own = self._own_scores(left), self._own_scores(right)
        lows = [sum(end <= self._layout.start(h.word) for end in left.ends) for h in heads]
        highs = [sum(at < self._after(t) for at in right.starts) for t in tails]
        pairs = [
            (i, k)
            for i, h in enumerate(heads)
            for k, t in enumerate(tails)
            if t.word - h.word >= STRAY or not (i or k)
        ]
        joints = self._joints([(left, lows[i], right, highs[k]) for i, k in pairs])
        scores = []
        for (i, k), words in zip(pairs, joints, strict=True):
            rest = own[1][-1] - own[1][min(highs[k] + _CONTEXT, len(right.ids))]
            letter = self._letter(heads[i].word, tails[k].word, self._after(tails[k]))
            scores.append(own[0][lows[i]] + words + rest + letter + heads[i].cost + tails[k].cost)
        order = sorted(range(len(pairs)), key=lambda n: -scores[n])
        i, k = pairs[order[0]]
        head, tail = heads[i], tails[k]
        plain = self._joints(
            [
                (_Side([], [], [], bounded=True), 0, right, highs[k]),
                (left, lows[i], self._side(head.word, min(head.word + _AROUND, tail.word)), 0),
                (
                    _Side([], [], [], bounded=True),
                    0,
                    self._side(head.word, min(head.word + _AROUND, tail.word)),
                    0,
                ),
                (
                    self._side(max(head.word, tail.word - _AROUND), tail.word, self._after(tail)),
                    -1,
                    right,
                    highs[k],
                ),
            ]
        )
        after = self._after(tail)
        return Cut(
            self._cut(head, tail),
            Seam(
                _within(plain[1] - plain[2]),
                self._letter(head.word, head.word, self._layout.start(head.word)),
            ),
            Seam(_within(plain[3] - plain[0]), self._letter(tail.word, tail.word, after)),
            Seam(_within(joints[order[0]] - plain[0]), self._letter(head.word, tail.word, after)),
            scores[order[0]],
            scores[order[0]] - scores[order[1]] if len(order) > 1 else _MOST,
        )

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
            one = layout.words(min(word, at), max(word, at))
            two = layout.words(min(other, there), max(other, there))
            short = min(len(one), len(two)) < _LEAST_LETTERS and unreadable(one) == unreadable(two)
            if short and one.isalpha() and two.isalpha():
                continue
            if gap_kind(one, two) != "reading":
                continue
            letters = Levenshtein.distance(normalize("NFD", one.lower()), normalize("NFD", two.lower()))
            spans = (min(word, at), max(word, at)), (min(other, there), max(other, there))
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

    def _side(self, start: int, end: int, stop: int | None = None) -> _Side:
        """The tokens of the words ``[start, end)``, with the signs after them."""
        layout = self._layout
        if start >= end:
            return _Side([], [], [], layout.edge(start) in UNIT)
        low = layout.start(start)
        high = layout.end(end) if stop is None else stop
        if stop is None:
            between = layout.between(end).split("\n")[0].split("\f")[0]
            high += (
                len(between)
                if end >= layout.count or layout.edge(end) in UNIT
                else len(between.rstrip(' “"‘('))
            )
        ids, starts, ends = [], [], []
        for token in TOKEN.finditer(layout.text, low, high):
            number = self._language.word_id(token.group())
            if number >= 0:
                ids.append(number)
                starts.append(token.start())
                ends.append(token.end())
        return _Side(ids, starts, ends, layout.edge(start) in UNIT)

    def _own_scores(self, side: _Side) -> list[float]:
        """Sums of the log-probabilities of the first tokens, each after those before it."""
        if not side.ids:
            return [0.0]
        scores = self._language.score_ids(np.array(side.ids, dtype=np.int64)).tolist()
        if not side.bounded:
            scores[:_CONTEXT] = [0.0] * min(_CONTEXT, len(scores))
        return list(accumulate(scores, initial=0.0))

    def _joints(self, joints: list[tuple[_Side, int, _Side, int]]) -> list[float]:
        """Log-probability of the first tokens of a right side, after the first tokens of a left one."""
        words, contexts, sizes = [], [], []
        for left, low, right, high in joints:
            before = left.ids if low < 0 else left.ids[:low]
            history = [0] * _CONTEXT + before[-_CONTEXT:]
            after = right.ids[high : high + _CONTEXT]
            if not after and before and before[-1] not in self._closing:
                after = self._closing[:1]
            row = history[-_CONTEXT:] + after
            sizes.append(len(after))
            words += after
            contexts += [row[n : n + _CONTEXT] for n in range(len(after))]
        if not words:
            return [0.0] * len(joints)
        columns = np.array(contexts, dtype=np.int64).T
        scores = self._language.logp(
            np.array(words, dtype=np.int64), list(columns[-self._language.order + 1 :])
        )
        sums = [0.0, *np.cumsum(scores).tolist()]
        ends = [0, *accumulate(sizes)]
        return [sums[b] - sums[a] for a, b in pairwise(ends)]

    def _after(self, tail: _End) -> int:
        """The offset after the last word of the copy and the signs that the other copy has as well."""
        return self._layout.end(tail.word) + self._layout.shared_after(tail.word, tail.other)

    def _letter(self, left: int, right: int, after: int) -> float:
        """How well the first letter of the word ``right`` goes with what stands before the word ``left``.

        Parameters: ``after``, the offset from which the text stays.
        """
        layout, text = self._layout, self._layout.text
        starts_paragraph = left <= 0 or layout.edge(left) in UNIT
        ends_paragraph = right >= layout.count or layout.edge(right) in UNIT
        sign = "" if left <= 0 else layout.between(left).split("\n")[0].strip()
        if left != right and right < layout.count:
            sign += text[after : layout.start(right)].split("\n")[0].strip()
        sign = sign.rstrip(_CLOSING)[-1:]
        if ends_paragraph and right != left:
            return 0.0 if starts_paragraph or sign else _OPEN_END
        if right >= layout.count:
            return 0.0
        word = layout.words(right, right + 1)
        small = word[0].islower()
        if starts_paragraph:
            return _WRONG_CASE if small else 0.0 if sign or left <= 0 or left != right else _OPEN_END
        if sign in _STOPS and sign:
            last = layout.words(left - 1, left)
            if len(last) > _ABBREVIATION or last.islower():
                return _WRONG_CASE if small else 0.0
            return 0.0
        if not word[0].isalpha() or (sign and sign not in ",;"):
            return 0.0
        following = (
            text[layout.start(right + 1) : layout.start(right + 1) + 1] if right + 1 < layout.count else ""
        )
        share = load_capitals().get(canonical(word.lower()), _UNSEEN).share(before_lower=following.islower())
        return max(_WRONG_CASE, math.log(1.0 - share if small else share))


def _within(nats: float) -> float:
    return max(-_MOST, min(_MOST, nats))
