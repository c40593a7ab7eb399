"""The rounds of a recognition loop: from where to where the same words go round, misread ones too."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from rapidfuzz.distance import Levenshtein

from ocrfix.detectors._duplicates_bounds import UNIT
from ocrfix.detectors._duplicates_gaps import unreadable

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_align import Match
    from ocrfix.detectors._duplicates_layout import Layout

__all__ = ["Rounds", "follow"]

_SHARE: Final = 0.34
"""Share of the letters of a round that may be misread."""
_READ: Final = 3
"""Letters of a round from which on one may be misread."""
_DRIFT: Final = 2
"""Words that a round may have more or fewer, from blanks lost or gained."""
_SAMPLE: Final = 64
"""Rounds among which the usual one is sought."""
_DIGITS: Final = re.compile(r"\d+")
_WORD: Final = re.compile(r"\w+")


class Rounds(NamedTuple):
    """Full rounds of a loop: how many, some of them as word ranges, the word after the unfinished end."""

    number: int
    first: tuple[int, int]
    kept: tuple[int, int]
    last: tuple[int, int]
    stop: int
    misread: int
    """Rounds that differ from the usual one."""


def follow(layout: Layout, match: Match) -> Rounds:
    """The rounds of a passage that comes again right after itself.

    Parameters: ``match``, whose two copies overlap, or touch. Every round is compared with the usual one,
    letter by letter without blanks; numbers must be the same, since what counts up is a list.
    The work is linear in the length of the loop.
    """
    if not match.gaps:
        return _even(layout, match)
    unit = _usual(layout, match)
    start = unit[0]
    while (before := _round_before(layout, unit, start)) is not None:
        start = before
    start, unit = _turned_back(layout, unit, start)
    rounds = _forward(layout, unit, start)
    while rounds and not _like(layout, rounds[-1][1] - 1, unit[1] - 1):
        rounds.pop()
    if not rounds:
        return Rounds(0, unit, unit, unit, unit[1], 0)
    kept = rounds[_best([layout.words(*r) for r in rounds])]
    usual = _letters(layout, *kept)
    misread = sum(_letters(layout, *r) != usual for r in rounds)
    stop = _unfinished(layout, kept, rounds[-1][1])
    return Rounds(len(rounds), rounds[0], kept, rounds[-1], stop, misread)


def _even(layout: Layout, match: Match) -> Rounds:
    """The rounds of a match without differences, and misread ones after it."""
    period = match.period
    count = (match.q1 - match.p0) // period
    first = (match.p0, match.p0 + period)
    last = (match.p0 + (count - 1) * period, match.p0 + count * period)
    more = _forward(layout, first, last[1])
    while more and not _like(layout, more[-1][1] - 1, first[1] - 1):
        more.pop()
    last = more[-1] if more else last
    return Rounds(count + len(more), first, first, last, _unfinished(layout, first, last[1]), len(more))


def _turned_back(layout: Layout, unit: tuple[int, int], start: int) -> tuple[int, tuple[int, int]]:
    """The loop's beginning, where words before the first full round end such a round; a round from there."""
    size, period = 0, unit[1] - unit[0]
    while size < period - 1 and start - size > 0 and _like(layout, start - size - 1, unit[1] - size - 1):
        size += 1
    while size and not _same(layout, start - size, unit[1] - size):
        size -= 1
    turned = unit[0] - size if unit[0] - size >= 0 else unit[0]
    return start - size, ((turned, turned + period) if size else unit)


def _same(layout: Layout, one: int, other: int) -> bool:
    return _letters(layout, one, one + 1) == _letters(layout, other, other + 1)


def _like(layout: Layout, one: int, other: int) -> bool:
    """Whether two words may be readings of one."""
    mine, theirs = _letters(layout, one, one + 1), _letters(layout, other, other + 1)
    if mine == theirs or (min(len(mine), len(theirs)) >= _READ and mine.endswith(theirs)):
        return True
    longest = max(len(mine), len(theirs))
    return longest >= _READ and Levenshtein.distance(mine, theirs) <= max(1, int(longest * _SHARE))


def _letters(layout: Layout, start: int, end: int) -> str:
    return layout.folded(start, end)


def _usual(layout: Layout, match: Match) -> tuple[int, int]:
    """A round that reads as most do."""
    period = match.period
    starts = range(match.p0, match.q1 - period + 1, period)
    shifts = {0, *(g.q1 - g.p1 - period for g in match.gaps[:_SAMPLE])}
    first = _letters(layout, match.p0, match.p0 + period)
    seen: Counter[str] = Counter()
    place: dict[str, int] = {}
    for start in islice(starts, _SAMPLE):
        for at in (start + d for d in shifts):
            if at < match.p0 or at + period > layout.count:
                continue
            letters = _letters(layout, at, at + period)
            if _near(first, letters):
                seen[letters] += 1
                place.setdefault(letters, at)
    usual = max(seen, key=lambda r: (seen[r], -place[r]), default=first)
    at = place.get(usual, match.p0)
    return at, at + period


def _best(texts: list[str]) -> int:
    """The round to keep: the first that reads as most do, or where no two do, as a Vietnamese text."""
    seen = Counter(t.casefold() for t in texts)
    usual = max(seen.values())
    if usual > 1:
        return next(n for n, t in enumerate(texts) if seen[t.casefold()] == usual)
    return min(range(len(texts)), key=lambda n: unreadable(texts[n]))


def _near(one: str, other: str) -> bool:
    if one == other:
        return True
    allowed = int(len(one) * _SHARE) if len(one) >= _READ else 0
    return Levenshtein.distance(one, other, score_cutoff=allowed) <= allowed


def _numbers(text: str) -> list[str]:
    found = []
    for word in _WORD.findall(text):
        digits = _DIGITS.findall(word)
        if word.isdigit() or (len(word) > _DRIFT and 2 * sum(map(len, digits)) >= len(word)):
            found += digits
    return found


def _sizes(period: int) -> list[int]:
    most = _DRIFT if period > _DRIFT else period - 1
    return [period, *(s for d in range(1, most + 1) for s in (period - d, period + d))]


def _forward(layout: Layout, unit: tuple[int, int], at: int) -> list[tuple[int, int]]:
    """The rounds like ``unit`` from word ``at`` on."""
    found: list[tuple[int, int]] = []
    usual, sizes = _letters(layout, *unit), _sizes(unit[1] - unit[0])
    while (fitting := _fitting(layout, unit, usual, [(at, at + s) for s in sizes])) is not None:
        found.append(fitting)
        at = fitting[1]
    return found


def _round_before(layout: Layout, unit: tuple[int, int], at: int) -> int | None:
    """The first word of the round before word ``at``, if there is one."""
    sizes = _sizes(unit[1] - unit[0])
    fitting = _fitting(layout, unit, _letters(layout, *unit), [(at - s, at) for s in sizes])
    return None if fitting is None else fitting[0]


def _fitting(
    layout: Layout, unit: tuple[int, int], usual: str, ranges: list[tuple[int, int]]
) -> tuple[int, int] | None:
    """The range that reads most like the usual round, if one does."""
    best, least = None, len(usual) + 1
    for start, end in ranges:
        if start < 0 or end > layout.count or layout.end(end) - layout.start(start) > 3 * len(usual) + 40:
            continue
        letters = _letters(layout, start, end)
        if letters == usual:
            return start, end
        if _near(usual, letters) and _one_text(layout, unit, (start, end)):
            distance = Levenshtein.distance(usual, letters, score_cutoff=least)
            if distance < least:
                best, least = (start, end), distance
    return best


def _one_text(layout: Layout, unit: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether a range that reads nearly like the unit has its numbers and edges, and ends as it does."""
    if _numbers(layout.words(*unit)) != _numbers(layout.words(*other)):
        return False
    if _inner_edges(layout, unit) != _inner_edges(layout, other):
        return False
    if not layout.reads_alike(unit, other):
        return False
    begins = _like(layout, other[0], unit[0])
    ends = _like(layout, other[1] - 1, unit[1] - 1)
    return (begins or ends) if other[1] - other[0] == unit[1] - unit[0] else (begins and ends)


def _inner_edges(layout: Layout, words: tuple[int, int]) -> int:
    return sum(edge in UNIT for edge in layout.inner_edges(*words))


def _unfinished(layout: Layout, unit: tuple[int, int], at: int) -> int:
    """The word after the beginning of one more round, when the text or block breaks off in it."""
    size, period = 0, unit[1] - unit[0]
    while at + size < layout.count and size < period and (not size or not _block(layout, at + size)):
        mine = _letters(layout, at + size, at + size + 1)
        theirs = _letters(layout, unit[0] + size, unit[0] + size + 1)
        if mine != theirs:
            if theirs.startswith(mine) and _block(layout, at + size + 1):
                size += 1
            break
        size += 1
    broken_off = size and _block(layout, at + size) and not _block(layout, at)
    return at + size if broken_off else at


def _block(layout: Layout, word: int) -> bool:
    return layout.edge(word) in UNIT
