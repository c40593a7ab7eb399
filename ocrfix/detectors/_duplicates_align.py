"""Two copies side by side: a seed of equal words, extended both ways over small differences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._duplicates_gaps import Gap, gap_kind, unlike

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_tokens import Tokens

__all__ = ["Aligner", "Match"]

_DROP: Final = 10.0
_READING_COST: Final = 0.8
_CONTENT_COST: Final = 4.0
_REACH: Final = 9
_FEW: Final = 12
"""Words that are compared one by one before many are at once."""
_LONGEST_STEP: Final = 7
_STEPS: Final = {
    step: number
    for number, step in enumerate(
        sorted(
            ((x, y) for x in range(_LONGEST_STEP) for y in range(_LONGEST_STEP)),
            key=lambda s: (max(s), abs(s[0] - s[1]), s),
        )
    )
}
"""In which order words of the two copies are passed over, below `_LONGEST_STEP` each."""


@dataclass(frozen=True, slots=True)
class Match:
    """An earlier copy, words ``[p0, p1)``, and a later one, ``[q0, q1)``, with their differences."""

    p0: int
    p1: int
    q0: int
    q1: int
    gaps: tuple[Gap, ...] = ()
    whole: bool = False
    """Whether the copies are known to be whole paragraphs."""
    last: int = 0
    """The word after the last of several earlier copies, where there are more than one."""
    rounds: int = 0
    """How many copies follow directly on one another, the first among them, where that is known."""

    @property
    def period(self) -> int:
        """Words from the start of the one copy to the start of the other."""
        return self.q0 - self.p0

    @property
    def apart(self) -> int:
        """Words between the later copy and the nearest earlier one."""
        return self.q0 - max(self.p1, self.last)


class Aligner:
    """Extension of a seed over small differences."""

    def __init__(self, text: str, tokens: Tokens) -> None:
        self._text, self._tokens, self._key = text, tokens, tokens.key
        self._starts, self._ends, self._keys = tokens.start.data, tokens.end.data, tokens.key.data
        self.count = len(tokens.key)

    def words(self, start: int, end: int) -> str:
        """The text of a run of words."""
        if start >= end:
            return ""
        return self._text[self._starts[start] : self._ends[end - 1]]

    def _equal_run(self, p: int, q: int, limit: int) -> int:
        """Equal words from (p, q) on, at most ``limit``."""
        keys, short = self._keys, max(0, min(limit, _FEW))
        for done in range(short):
            if keys[p + done] != keys[q + done]:
                return done
        key, done, width = self._key, short, 32
        while done < limit:
            width = min(width * 2, limit - done, 1 << 16)
            same = key[p + done : p + done + width] == key[q + done : q + done + width]
            wrong = int(same.argmin())
            if not same[wrong]:
                return done + wrong
            done += width
        return done

    def _equal_run_back(self, p: int, q: int, limit: int) -> int:
        keys, short = self._keys, max(0, min(limit, _FEW))
        for done in range(short):
            if keys[p - done - 1] != keys[q - done - 1]:
                return done
        key, done, width = self._key, short, 32
        while done < limit:
            width = min(width * 2, limit - done, 1 << 16)
            same = (key[p - done - width : p - done] == key[q - done - width : q - done])[::-1]
            wrong = int(same.argmin())
            if not same[wrong]:
                return done + wrong
            done += width
        return done

    def _resync(self, p: int, q: int, end: int) -> tuple[int, int] | None:
        """Words to pass over on each side until the copies agree again, after (p, q)."""
        keys = self._keys
        ours, theirs = keys[p : min(p + _REACH, q)].tolist(), keys[q : min(q + _REACH, end)].tolist()
        return _agree(ours, theirs, q - p)

    def _resync_back(self, p: int, q: int, q_low: int) -> tuple[int, int] | None:
        """Words to pass over on each side until the copies agree again, before (p, q)."""
        ours = self._keys[max(0, p - _REACH) : p].tolist()[::-1]
        theirs = self._keys[max(q_low, q - _REACH) : q].tolist()[::-1]
        return _agree(ours, theirs, q - p)

    def _kind(self, gap: Gap) -> str:
        return gap_kind(self.words(gap.p0, gap.p1), self.words(gap.q0, gap.q1))

    def reading(self, gap: Gap) -> bool:
        """Whether the copies read alike there."""
        if unlike(self._tokens, (gap.p0, gap.p1), (gap.q0, gap.q1)):
            return False
        return self._kind(gap) == "reading"

    def _gap(self, p0: int, p1: int, q0: int, q1: int) -> Gap:
        """The difference, whose kind is not told yet where it is only known that it is no reading."""
        if unlike(self._tokens, (p0, p1), (q0, q1)):
            return Gap(p0, p1, q0, q1, "")
        return Gap(p0, p1, q0, q1, gap_kind(self.words(p0, p1), self.words(q0, q1)))

    def _told(self, gaps: list[Gap]) -> list[Gap]:
        """The differences with their kinds: most do not count in the end, and need none."""
        return [gap if gap.kind else replace(gap, kind=self._kind(gap)) for gap in gaps]

    def right(self, p: int, q: int, end: int) -> tuple[int, int, list[Gap]]:
        """The ends of the best extension to the right of the equal words before (p, q), to ``end`` in q."""
        score = best = 0.0
        best_at, kept = (p, q), 0
        gaps: list[Gap] = []
        while True:
            run = self._equal_run(p, q, end - q)
            p, q, score = p + run, q + run, score + run
            if score > best:
                best, best_at, kept = score, (p, q), len(gaps)
            step = self._resync(p, q, end)
            if step is None:
                break
            gap = self._gap(p, p + step[0], q, q + step[1])
            gaps.append(gap)
            score -= _READING_COST * max(step) if gap.kind == "reading" else _CONTENT_COST * max(step)
            p, q = gap.p1, gap.q1
            if score < best - _DROP:
                break
        return *best_at, self._told(gaps[:kept])

    def left(self, p: int, q: int, q_low: int) -> tuple[int, int, list[Gap]]:
        """The starts of the best extension to the left of (p, q), not below ``q_low`` in q."""
        score = best = 0.0
        best_at, kept = (p, q), 0
        gaps: list[Gap] = []
        while True:
            run = self._equal_run_back(p, q, min(p, q - q_low))
            p, q, score = p - run, q - run, score + run
            if score > best:
                best, best_at, kept = score, (p, q), len(gaps)
            step = self._resync_back(p, q, q_low)
            if step is None:
                break
            gap = self._gap(p - step[0], p, q - step[1], q)
            gaps.append(gap)
            score -= _READING_COST * max(step) if gap.kind == "reading" else _CONTENT_COST * max(step)
            p, q = gap.p0, gap.q0
            if score < best - _DROP:
                break
        return *best_at, self._told(gaps[:kept][::-1])

    def extend(self, p: int, q: int, q_low: int, q_high: int) -> Match:
        """The best match through the equal words at (p, q), whose later copy is in ``[q_low, q_high)``."""
        p_end, q_end, after = self.right(p, q, q_high)
        p_start, q_start, before = self.left(p, q, q_low)
        return Match(p_start, p_end, q_start, q_end, (*before, *after))


def _agree(ours: list[int], theirs: list[int], apart: int) -> tuple[int, int] | None:
    """The fewest words to pass over until two of three words are the same on both sides."""
    shared = set(ours).intersection(theirs)
    if not shared:
        return None
    if len(shared) == 1:
        (word,) = shared
        if ours.count(word) == 1 or theirs.count(word) == 1:
            return None
    one, other = len(ours), len(theirs)
    equal = [
        (_STEPS[x, y], x, y)
        for x, word in enumerate(ours[:_LONGEST_STEP])
        if word in shared
        for y, theirs_word in enumerate(theirs[:_LONGEST_STEP])
        if word == theirs_word and (x or y)
    ]
    for _, x, y in sorted(equal):
        if x + 1 >= one or y + 1 >= other or abs(x - y) >= apart:
            continue
        if ours[x + 1] == theirs[y + 1] or (x + 2 < one and y + 2 < other and ours[x + 2] == theirs[y + 2]):
            return x, y
    return None
