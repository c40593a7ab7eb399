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
_SAME_ENDS: Final = 5
"""Letters at an end of two rounds that are the same, however the words are parted."""
_MISREAD_END: Final = 2
"""Of these letters that may be misread, where the last word is none."""
_DRIFT: Final = 2
"""Words that a round may have more or fewer, from blanks lost or gained."""
_SAMPLE: Final = 64
"""Rounds among which the usual one is sought."""
_LONG_LOOP: Final = 4
"""Rounds, as the two copies are apart, from which on other sizes of a round are tried."""
_COMPARED: Final = 16
"""Rounds that are compared where no half of them are the same, for the one nearest to the others."""
_AGREEING: Final = 0.6
"""Share of the rounds in which each word of a loop stands where it does in the usual round."""
_MISREAD_SHARE: Final = 0.34
"""Share of the words of a round that may be no syllables where the usual round has syllables."""
_SURE: Final = 4
"""Words of a round from which on one of them may be another word at the end of a loop."""
_MARKUP: Final = re.compile(r"[<>{}\[\]\\]")
_MARKUP_SEEN: Final = 8
"""Rounds in which markup is looked at."""
_MIXED: Final = re.compile(r"\d[^\W\d_]|[^\W\d_]\d")
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
    agree: bool
    """Whether each of its words stands in most of them."""
    other: int
    """Rounds that have other words, none of them misread."""


def follow(layout: Layout, match: Match) -> Rounds:
    """The rounds of a passage that comes again right after itself.

    Parameters: ``match``, whose two copies overlap, or touch. Every round is compared with the usual one,
    letter by letter without blanks; numbers must be the same, since what counts up is a list.
    The work is linear in the length of the loop.
    """
    if not match.gaps:
        return _even(layout, match)
    best = _follow(layout, _at_edge(layout, _shortest(layout, _usual(layout, match, match.period))))
    if best.last[1] + match.period < match.q1 and match.q1 - match.p0 >= _LONG_LOOP * match.period:
        # A blank lost or gained in the round that was found first makes the period too short or too long.
        others = [_usual(layout, match, period) for period in _sizes(match.period)[1:] if period > 1]
        tried = [_follow(layout, _at_edge(layout, unit)) for unit in others]
        best = max([best, *tried], key=lambda r: (r.last[1] - r.first[0] if r.number else 0, -r.misread))
    return best


def _follow(layout: Layout, unit: tuple[int, int]) -> Rounds:
    """The rounds that read like this one, before it and after it."""
    start, unit = _turned_back(layout, unit, _back(layout, unit, unit[0]))
    rounds = _forward(layout, unit, start)
    if rounds:
        unit = rounds[_best(layout, rounds)]
        rounds = max(_forward(layout, unit, _back(layout, unit, start)), rounds, key=len)
    while rounds and (
        not _ends_alike(layout, rounds[-1], unit) or _other_words(layout, rounds[-1], unit, -1)
    ):
        rounds.pop()
    while rounds and _other_words(layout, rounds[0], unit, 0):
        del rounds[0]
    if not rounds:
        return Rounds(0, unit, unit, unit, unit[1], 0, agree=False, other=0)
    kept = rounds[_best(layout, rounds)]
    usual = _letters(layout, *kept)
    misread = sum(_letters(layout, *r) != usual for r in rounds)
    stop = _unfinished(layout, kept, rounds[-1][1])
    agree = 2 * misread <= len(rounds) or _agree(layout, rounds, kept)
    other = _others(layout, rounds, kept)
    return Rounds(len(rounds), rounds[0], kept, rounds[-1], stop, misread, agree, other)


def _even(layout: Layout, match: Match) -> Rounds:
    """The rounds of a match without differences, and misread ones after it."""
    period = match.period
    period *= _markup_rounds(layout, match.p0, period, (match.q1 - match.p0) // period)
    count = (match.q1 - match.p0) // period
    first = (match.p0, match.p0 + period)
    last = (match.p0 + (count - 1) * period, match.p0 + count * period)
    more = _forward(layout, first, last[1])
    while more and (not _ends_alike(layout, more[-1], first) or _other_words(layout, more[-1], first, -1)):
        more.pop()
    last = more[-1] if more else last
    stop = _unfinished(layout, first, last[1])
    agree = len(more) <= count or _agree(layout, more, first, count)
    other = _others(layout, more, first)
    return Rounds(count + len(more), first, first, last, stop, len(more), agree, other)


def _others(layout: Layout, rounds: list[tuple[int, int]], kept: tuple[int, int]) -> int:
    """How many rounds have other words than the kept one, and no more strange ones than any must have."""
    usual = _letters(layout, *kept)
    strange = {r: _strange(layout.words(*r)) for r in (*rounds, kept)}
    least = min(strange.values())
    return sum(_letters(layout, *r) != usual and strange[r] <= least for r in rounds)


def _strange(text: str) -> int:
    """How many words are no syllables, or are made of letters and digits."""
    return unreadable(text) + len(_MIXED.findall(text))


def _markup_rounds(layout: Layout, start: int, period: int, count: int) -> int:
    """How many rounds make one whose brackets are the same in the next, as ``<td></td>`` does; else one."""
    size = min(count * period, _MARKUP_SEEN * period)
    signs = [layout.between(start + n).strip() for n in range(1, size)]
    if not any(_MARKUP.search(sign) for sign in signs):
        return 1
    return next(
        (
            k
            for k in (1, 2, 3)
            if 2 * k <= count and signs[k * period :] == signs[: max(0, len(signs) - k * period)]
        ),
        1,
    )


def _agree(layout: Layout, rounds: list[tuple[int, int]], kept: tuple[int, int], same: int = 0) -> bool:
    """Whether one word stands in each place of most rounds, so that none is one thing of a list.

    Parameters: ``same``, how many rounds more are the same as the kept one.
    """
    size = kept[1] - kept[0]
    even = [start for start, end in rounds if end - start == size]
    if same + len(even) < _AGREEING * (same + len(rounds)):
        return False
    for n in range(size):
        seen = Counter(_letters(layout, start + n, start + n + 1) for start in even)
        seen[_letters(layout, kept[0] + n, kept[0] + n + 1)] += same
        if max(seen.values()) < _AGREEING * (same + len(even)):
            return False
    return True


def _at_edge(layout: Layout, unit: tuple[int, int]) -> tuple[int, int]:
    """The round itself, or the one that begins where a line in it does."""
    start, end = unit
    if _block(layout, start):
        return unit
    inner = next((n for n in range(start + 1, end) if _block(layout, n)), start)
    moved = inner + end - start
    return (inner, moved) if moved <= layout.count else unit


def _shortest(layout: Layout, unit: tuple[int, int]) -> tuple[int, int]:
    """The round itself, or the first of those that it is made of."""
    start, end = unit
    for size in range(1, (end - start) // 2 + 1):
        if _near(_letters(layout, start, start + size), _letters(layout, start + size, start + 2 * size)):
            rounds = _forward(layout, (start, start + size), start, end)
            if len(rounds) > 1 and rounds[-1][1] == end:
                return rounds[0]
    return unit


def _turned_back(layout: Layout, unit: tuple[int, int], start: int) -> tuple[int, tuple[int, int]]:
    """The loop's beginning, where words before the first full round end such a round; a round from there."""
    size, period = 0, unit[1] - unit[0]
    while (
        size < period - 1
        and start - size > 0
        and not layout.edge(start - size)
        and _like(layout, start - size - 1, unit[1] - size - 1)
    ):
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


def _usual(layout: Layout, match: Match, period: int) -> tuple[int, int]:
    """A round of so many words that reads as most do."""
    starts = range(match.p0, match.q1 - period + 1, period)
    shifts = {0, *(g.q1 - g.p1 - match.period for g in match.gaps[:_SAMPLE])}
    first = _letters(layout, match.p0, match.p0 + period)
    seen: Counter[str] = Counter()
    place: dict[str, int] = {}
    for start in islice(starts, _SAMPLE):
        for at in (start + d for d in shifts):
            if at < match.p0 or at + period > layout.count:
                continue
            letters = _letters(layout, at, at + period)
            if period != match.period or _near(first, letters):
                seen[letters] += 1
                place.setdefault(letters, at)
    usual = max(seen, key=lambda r: (seen[r], -place[r]), default=first)
    if 2 * seen[usual] <= sum(seen.values()):
        some = sorted(seen, key=lambda r: place[r])[:_COMPARED]
        usual = min(some, key=lambda r: sum(Levenshtein.distance(r, other) for other in some))
    at = place.get(usual, match.p0)
    return at, min(at + period, layout.count)


def _best(layout: Layout, rounds: list[tuple[int, int]]) -> int:
    """The round to keep: the first that reads as most do, or whose words most others have."""
    texts = [layout.words(*r).casefold() for r in rounds]
    seen = Counter(texts)
    usual, times = seen.most_common(1)[0]
    if 2 * times > len(texts):
        return texts.index(usual)
    words: Counter[str] = Counter()
    for text in texts:
        words.update(set(_WORD.findall(text)))
    shares = [[words[word] for word in _WORD.findall(text)] for text in texts]
    sizes = Counter(end - start for start, end in rounds)
    size = sizes.most_common(1)[0][0]
    return max(
        (n for n, (start, end) in enumerate(rounds) if end - start == size),
        key=lambda n: (sum(shares[n]) / len(shares[n]), -unreadable(texts[n]), seen[texts[n]], -n),
    )


def _near(one: str, other: str) -> bool:
    if one == other:
        return True
    allowed = int(len(one) * _SHARE) if len(one) >= _READ else 0
    return Levenshtein.distance(one, other, score_cutoff=allowed) <= allowed


def _numbers(text: str) -> list[str]:
    found: list[str] = []
    if not _DIGITS.search(text):
        return found
    for word in _WORD.findall(text):
        digits = _DIGITS.findall(word)
        if word.isdigit() or (len(word) > _DRIFT and 2 * sum(map(len, digits)) >= len(word)):
            found += digits
    return found


def _sizes(period: int) -> list[int]:
    most = _DRIFT if period > _DRIFT else period - 1
    return [period, *(s for d in range(1, most + 1) for s in (period - d, period + d))]


def _forward(layout: Layout, unit: tuple[int, int], at: int, end: int | None = None) -> list[tuple[int, int]]:
    """The rounds like ``unit`` from word ``at`` on, up to word ``end``."""
    found: list[tuple[int, int]] = []
    usual, sizes = _letters(layout, *unit), _sizes(unit[1] - unit[0])
    most = layout.count if end is None else end
    while (
        fitting := _fitting(layout, unit, usual, [(at, at + s) for s in sizes if at + s <= most])
    ) is not None:
        found.append(fitting)
        at = fitting[1]
    return found


def _back(layout: Layout, unit: tuple[int, int], at: int) -> int:
    """The first word of the rounds that end before word ``at``."""
    while (before := _round_before(layout, unit, at)) is not None:
        at = before
    return at


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
    if not layout.reads_alike(unit, other) and not _misread_words(layout, unit, other):
        return False
    mine, theirs = _letters(layout, *unit), _letters(layout, *other)
    begins = mine[:_SAME_ENDS] == theirs[:_SAME_ENDS] or _like(layout, other[0], unit[0])
    ends = _ends_alike(layout, other, unit)
    return (begins or ends) if other[1] - other[0] == unit[1] - unit[0] else (begins and ends)


def _ends_alike(layout: Layout, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two ranges end with readings of one word, or with the same letters."""
    mine, theirs = _letters(layout, *one), _letters(layout, *other)
    if mine[-_SAME_ENDS:] == theirs[-_SAME_ENDS:] or _like(layout, one[1] - 1, other[1] - 1):
        return True
    # A short word with a letter misread is no word; one that is may go on with the text.
    misread = unreadable(layout.words(one[1] - 1, one[1])) > unreadable(layout.words(other[1] - 1, other[1]))
    return misread and Levenshtein.distance(mine[-_SAME_ENDS:], theirs[-_SAME_ENDS:]) <= _MISREAD_END


def _other_words(layout: Layout, one: tuple[int, int], unit: tuple[int, int], outer: int) -> bool:
    """Whether a range at an end of a loop may be the text's own: it has other words, and none is misread.

    Parameters: ``outer``, 0 where the text stands before it, -1 where it stands behind it.
    """
    if _letters(layout, *one) == _letters(layout, *unit):
        return False
    if _strange(layout.words(*one)) > _strange(layout.words(*unit)):
        return False
    size = unit[1] - unit[0]
    if size < _SURE or one[1] - one[0] != size:
        return True
    same = [_same(layout, one[0] + n, unit[0] + n) for n in range(size)]
    return not same[outer] or same.count(False) > _MISREAD_SHARE * size


def _misread_words(layout: Layout, unit: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether a range has the words of the unit, but for a few of which it makes words that are none."""
    size = unit[1] - unit[0]
    if other[1] - other[0] != size:
        return False
    apart = [n for n in range(size) if not _same(layout, unit[0] + n, other[0] + n)]
    return len(apart) <= _MISREAD_SHARE * size and all(
        unreadable(layout.words(other[0] + n, other[0] + n + 1))
        and not unreadable(layout.words(unit[0] + n, unit[0] + n + 1))
        for n in apart
    )


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
