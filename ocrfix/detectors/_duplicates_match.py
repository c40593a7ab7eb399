"""Passages that come twice: seeds of equal words, joined and extended over reading errors.

Seed-and-extend as in sequence alignment (Altschul et al. 1990, BLAST: "Basic local alignment search
tool"): every run of four folded words that came before is a seed; seeds on one diagonal are joined;
the longest of them is extended both ways over small differences until the score has dropped too far.
Every word belongs to at most one later copy, which keeps the work near-linear however often a passage
comes again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrfix.detectors._duplicates_tokens import Tokens, fold
from ocrfix.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GRAM", "Gap", "Match", "find_matches", "gap_kind", "garbled", "unreadable"]

GRAM: Final = 4
"""Words in a seed."""
_GRAM_LETTERS: Final = 7
"""Letters and digits in a seed: rows of single letters and figures, as in tables, are none."""
_LONG_RUN: Final = 5
"""Seeds in a row (8 words) that are worth an extension wherever they stand."""
_JOIN: Final = 24
"""Most words between two seeds of one diagonal that count together."""
_DEPTH: Final = 2
"""Earlier places of a seed that are looked at."""
_YIELDING: Final = 4
_SHORT_MATCH: Final = 40
"""Matches, and words in each, that may give way to a longer one which begins before their end: words that
many passages share."""
_BRIDGE: Final = 12
"""Most misread words over which two matches are one."""
_DROP: Final = 10.0
_READING_COST: Final = 0.8
_CONTENT_COST: Final = 4.0
_FACTOR: Final = np.uint64(0xD6E8FEB86659FD93)
_WORD: Final = re.compile(r"\w+")
_CODE: Final = re.compile(r"\b(?:[IVX]{2,5}|[A-ZĐ])\b")
_DIGITS: Final = re.compile(r"\d[\doil]*\d|\d")
_REACH: Final = 9
_STEPS: Final = tuple(
    sorted(
        ((x, y) for x in range(7) for y in range(7) if x or y),
        key=lambda s: (max(s), abs(s[0] - s[1]), s),
    )
)


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where two copies differ: word ranges ``[p0, p1)`` and ``[q0, q1)``, and in what way.

    ``kind`` is "reading" (as a misread word differs), "number" or "content".
    """

    p0: int
    p1: int
    q0: int
    q1: int
    kind: str


@dataclass(frozen=True, slots=True)
class Match:
    """An earlier copy, words ``[p0, p1)``, and a later one, ``[q0, q1)``, with their differences."""

    p0: int
    p1: int
    q0: int
    q1: int
    gaps: tuple[Gap, ...] = ()

    @property
    def period(self) -> int:
        """Words from the start of the one copy to the start of the other."""
        return self.q0 - self.p0


_SHORT_WORD: Final = 3
_SHARE: Final = 0.4
_SHARE_BROKEN: Final = 0.5
_SHARE_GARBLED: Final = 0.67
_AS_DIGITS: Final = str.maketrans("oilsb", "01158")
_AS_LETTERS: Final = str.maketrans("015689", "oisbbg")
_AS_LETTERS_EITHER: Final = (_AS_LETTERS, {**_AS_LETTERS, ord("1"): "l"})


def gap_kind(one: str, other: str) -> str:
    """How two stretches differ: "reading", "number" or "content".

    Two stretches are readings of one when at most two fifths of the letters differ; half of them where one
    has more words that are no Vietnamese syllables than the other, and two thirds where each is one
    word. Numbers are the same when they look alike.

    >>> gap_kind("Vi người", "Vl ngưòi"), gap_kind("khoản 1", "khoản 2"), gap_kind("ông An", "bà Hà")
    ('reading', 'number', 'content')
    """
    a, b = _folded_words(one), _folded_words(other)
    if _numbers(a, b) != _numbers(b, a) or _other_code(one, other):
        return "number"
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    left, right = "".join(a).translate(_AS_LETTERS), "".join(b).translate(_AS_LETTERS)
    if not left or not right:
        return "content" if left or right else "reading"
    longest = max(len(left), len(right))
    if longest <= _SHORT_WORD:
        allowed = 1
    else:
        broken = unreadable(one) != unreadable(other)
        share = _SHARE_GARBLED if broken and len(a) == len(b) == 1 else _SHARE_BROKEN if broken else _SHARE
        allowed = int(longest * share)
    near = longest > 1 and Levenshtein.distance(left, right, score_cutoff=allowed) <= allowed
    return "reading" if near else "content"


def garbled(text: str) -> int:
    """How many words in small letters are no Vietnamese syllables.

    >>> garbled("lbuận với nhau"), garbled("thuận với Smith")
    (1, 0)
    """
    return sum(w.islower() and not is_syllable(w) for w in _WORD.findall(text))


def unreadable(text: str) -> int:
    """How many words without digits are no Vietnamese syllables, names among them.

    >>> unreadable("Ngnyễn Văn Bình"), unreadable("Nguyễn Văn Bình")
    (1, 0)
    """
    return sum(w.isalpha() and not is_syllable(w) for w in _WORD.findall(text))


def _folded_words(text: str) -> list[str]:
    return [w for w in (fold(part) for part in _WORD.findall(text)) if w]


def _other_code(one: str, other: str) -> bool:
    """Whether both have letters that stand for a number or name, and other ones: "Khu vực II", "nhóm A"."""
    mine, theirs = _CODE.findall(one), _CODE.findall(other)
    return bool(mine and theirs) and mine != theirs


def _numbers(words: list[str], others: list[str]) -> list[str]:
    """The numbers among the words, and in them ("200km", "6a").

    A word counts as a number where the others have one that looks like it; a word with a digit in it
    ("l1ên") counts as none where the others have no digit.
    """
    theirs = {w for w in others if w.isdigit()}
    digitless = not any(_DIGITS.search(w) for w in others)
    found = []
    for word in words:
        digits = _DIGITS.findall(word)
        as_digits = word.translate(_AS_DIGITS)
        if digits and not word.isdigit() and any(word.translate(t) in others for t in _AS_LETTERS_EITHER):
            continue
        if as_digits in theirs or (digits and as_digits.isdigit()):
            found.append(as_digits)
        elif digits and (not digitless or 2 * sum(map(len, digits)) >= len(word)):
            found += [d.translate(_AS_DIGITS) for d in digits] if len(word) >= _SHORT_WORD else [word]
    return found


class _Aligner:
    """Extension of a seed over small differences."""

    def __init__(self, text: str, tokens: Tokens) -> None:
        self._text, self._tokens, self._key = text, tokens, tokens.key
        self.count = len(tokens.key)

    def words(self, start: int, end: int) -> str:
        """The text of a run of words."""
        if start >= end:
            return ""
        return self._text[self._tokens.start[start] : self._tokens.end[end - 1]]

    def _equal_run(self, p: int, q: int, limit: int) -> int:
        """Equal words from (p, q) on, at most ``limit``."""
        key, done, width = self._key, 0, 32
        while done < limit:
            width = min(width * 2, limit - done, 1 << 16)
            same = key[p + done : p + done + width] == key[q + done : q + done + width]
            wrong = int(same.argmin())
            if not same[wrong]:
                return done + wrong
            done += width
        return done

    def _equal_run_back(self, p: int, q: int, limit: int) -> int:
        key, done, width = self._key, 0, 32
        while done < limit:
            width = min(width * 2, limit - done, 1 << 16)
            same = (key[p - done - width : p - done] == key[q - done - width : q - done])[::-1]
            wrong = int(same.argmin())
            if not same[wrong]:
                return done + wrong
            done += width
        return done

    def _resync(self, p: int, q: int) -> tuple[int, int] | None:
        """Words to pass over on each side until the copies agree again, after (p, q)."""
        ours, theirs = self._key[p : min(p + _REACH, q)].tolist(), self._key[q : q + _REACH].tolist()
        return _agree(ours, theirs, q - p)

    def _resync_back(self, p: int, q: int, q_low: int) -> tuple[int, int] | None:
        """Words to pass over on each side until the copies agree again, before (p, q)."""
        ours = self._key[max(0, p - _REACH) : p][::-1].tolist()
        theirs = self._key[max(q_low, q - _REACH) : q][::-1].tolist()
        return _agree(ours, theirs, q - p)

    def right(self, p: int, q: int) -> tuple[int, int, list[Gap]]:
        """The ends of the best extension to the right of the equal words before (p, q)."""
        end = len(self._key)
        score = best = 0.0
        best_at, kept = (p, q), 0
        gaps: list[Gap] = []
        while True:
            run = self._equal_run(p, q, end - q)
            p, q, score = p + run, q + run, score + run
            if score > best:
                best, best_at, kept = score, (p, q), len(gaps)
            step = self._resync(p, q)
            if step is None:
                break
            kind = gap_kind(self.words(p, p + step[0]), self.words(q, q + step[1]))
            gaps.append(Gap(p, p + step[0], q, q + step[1], kind))
            score -= _READING_COST * max(step) if kind == "reading" else _CONTENT_COST * max(step)
            p, q = p + step[0], q + step[1]
            if score < best - _DROP:
                break
        return *best_at, gaps[:kept]

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
            kind = gap_kind(self.words(p - step[0], p), self.words(q - step[1], q))
            gaps.append(Gap(p - step[0], p, q - step[1], q, kind))
            score -= _READING_COST * max(step) if kind == "reading" else _CONTENT_COST * max(step)
            p, q = p - step[0], q - step[1]
            if score < best - _DROP:
                break
        return *best_at, gaps[:kept][::-1]

    def extend(self, p: int, q: int, q_low: int) -> Match:
        """The best match through the equal words at (p, q), whose later copy begins at ``q_low`` or after."""
        p_end, q_end, after = self.right(p, q)
        p_start, q_start, before = self.left(p, q, q_low)
        return Match(p_start, p_end, q_start, q_end, (*before, *after))


def _agree(ours: list[int], theirs: list[int], apart: int) -> tuple[int, int] | None:
    """The fewest words to pass over until two of three words are the same on both sides."""
    if not set(ours) & set(theirs):
        return None
    one, other = len(ours), len(theirs)
    for x, y in _STEPS:
        if x + 1 >= one or y + 1 >= other or ours[x] != theirs[y] or abs(x - y) >= apart:
            continue
        if ours[x + 1] == theirs[y + 1] or (x + 2 < one and y + 2 < other and ours[x + 2] == theirs[y + 2]):
            return x, y
    return None


def _gram_keys(key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    count = len(key) - GRAM + 1
    grams = key[:count].copy()
    for k in range(1, GRAM):
        grams *= _FACTOR
        grams ^= grams >> np.uint64(31)
        grams += key[k : k + count]
    return grams


def _previous(grams: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The last place before each where the same value stands, or -1."""
    order = np.argsort(grams, kind="stable")
    ordered = grams[order]
    same = np.flatnonzero(ordered[1:] == ordered[:-1])
    found = np.full(len(grams), -1, dtype=np.int64)
    found[order[same + 1]] = order[same]
    return found


def _seed_runs(
    tokens: Tokens,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Runs of seeds on one diagonal: first word, seeds in the run, and distance to the earlier copy.

    Of the earlier places of a seed the last `_DEPTH` count. Sorted by place, the longer run first.
    """
    empty = np.zeros(0, dtype=np.int64)
    if len(tokens.key) < GRAM + 1:
        return empty, empty, empty
    previous = _previous(_gram_keys(tokens.key))
    letters = np.concatenate(([0], np.cumsum(tokens.end - tokens.start)))
    place = np.flatnonzero((previous >= 0) & (letters[GRAM:] - letters[:-GRAM] >= _GRAM_LETTERS))
    earlier = previous[place]
    runs = []
    for _ in range(_DEPTH):
        if len(place):
            runs.append(_diagonals(place, place - earlier))
        older = previous[earlier]
        place, earlier = place[older >= 0], older[older >= 0]
    if not runs:
        return empty, empty, empty
    first, length, distance = (np.concatenate(column) for column in zip(*runs, strict=True))
    order = np.lexsort((-length, first))
    return first[order], length[order], distance[order]


def _diagonals(
    place: NDArray[np.int64], distance: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    fresh = np.ones(len(place), dtype=bool)
    fresh[1:] = (np.diff(place) != 1) | (np.diff(distance) != 0)
    first = np.flatnonzero(fresh)
    return place[first], np.diff(np.append(first, len(place))), distance[first]


def _worthy(
    place: NDArray[np.int64],
    length: NDArray[np.int64],
    distance: NDArray[np.int64],
    units: tuple[NDArray[np.int64], ...],
) -> NDArray[np.bool_]:
    """Which runs are worth an extension."""
    worthy = (length >= _LONG_RUN) | (length + GRAM - 1 >= distance)
    # Several short runs beside each other on nearly one diagonal: a copy with many reading errors.
    for shift in (0, 4):
        bucket = (distance + shift) >> 3
        order = np.lexsort((place, bucket))
        near = (np.diff(bucket[order]) == 0) & (np.diff(place[order]) - length[order][:-1] <= _JOIN)
        group = np.concatenate(([0], np.cumsum(~near)))
        worthy[order] |= np.bincount(group, weights=length[order])[group] >= _LONG_RUN + 2
    # Short blocks: a run at the same place of two blocks of like length.
    earlier = place - distance
    for starts in units:
        here = np.searchsorted(starts, place, "right") - 1
        there = np.searchsorted(starts, earlier, "right") - 1
        sizes = np.diff(np.append(starts, np.iinfo(np.int64).max))
        offset = np.abs((place - starts[here]) - (earlier - starts[there]))
        a, b = sizes[here], sizes[there]
        worthy |= (here != there) & (offset <= 2) & (np.abs(a - b) <= np.minimum(a, b) // 6) & (a >= 5)
    return worthy


def find_matches(text: str, tokens: Tokens, units: tuple[NDArray[np.int64], ...] = ()) -> list[Match]:
    """Passages of the text that come a second time, in the order of the later copy.

    Parameters: ``tokens`` of the text; ``units``, numbers of the words that begin a block or a line,
    each array sorted and beginning with 0: they let short blocks be found that are badly read.
    The later copies do not overlap each other; a copy may overlap its own earlier one, which is a loop.

    >>> from ocrfix.detectors._duplicates_tokens import tokenize
    >>> text = "một hai ba bốn năm sáu bảy tám chín, rồi một hai ba bốn nam sáu bảy tám"
    >>> [(m.p0, m.p1, m.q0, m.q1) for m in find_matches(text, tokenize(text))]
    [(0, 8, 10, 18)]
    """
    place, length, distance = _seed_runs(tokens)
    if not len(place):
        return []
    chosen = np.flatnonzero(_worthy(place, length, distance, units))
    aligner = _Aligner(text, tokens)
    found: list[Match] = []
    for n in chosen.tolist():
        q = int(place[n])
        covered = found[-1].q1 if found else 0
        if q + int(length[n]) + GRAM - 1 <= covered:
            continue
        q = max(q, covered)
        match = aligner.extend(q - int(distance[n]), q, _yielding(found))
        gone = [m for m in found[-_YIELDING:] if m.q1 > match.q0]
        if gone and match.q1 - match.q0 <= sum(m.q1 - m.q0 for m in gone) + GRAM:
            match = aligner.extend(q - int(distance[n]), q, covered)
        elif gone:
            del found[-len(gone) :]
        if match.q1 - match.q0 >= GRAM:
            found.append(match)
    return _joined(found, aligner)


def _joined(matches: list[Match], aligner: _Aligner) -> list[Match]:
    """The matches, of which those that go on from each other over misread words are made one."""
    joined: list[Match] = []
    for match in matches:
        last = joined[-1] if joined else None
        gap = _bridge(last, match, aligner) if last is not None else None
        if last is None or gap is None:
            joined.append(match)
        else:
            gaps = (*last.gaps, gap, *match.gaps)
            joined[-1] = Match(last.p0, match.p1, last.q0, match.q1, gaps)
    return joined


def _bridge(last: Match, match: Match, aligner: _Aligner) -> Gap | None:
    """What lies between two matches, when both copies read alike there."""
    p, q = match.p0 - last.p1, match.q0 - last.q1
    if not (0 < p <= _BRIDGE and 0 < q <= _BRIDGE and abs(p - q) <= max(1, _BRIDGE // 4)):
        return None
    if last.p1 > last.q0 or match.p1 > match.q0:
        return None
    one, other = aligner.words(last.p1, match.p0), aligner.words(last.q1, match.q0)
    if gap_kind(one, other) != "reading":
        return None
    return Gap(last.p1, match.p0, last.q1, match.q0, "reading")


def _yielding(found: list[Match]) -> int:
    """The first word that a new match may take: short matches right before give way to a longer one."""
    for match in found[: -_YIELDING - 1 : -1]:
        if match.q1 - match.q0 > _SHORT_MATCH:
            return match.q1
    return found[-_YIELDING - 1].q1 if len(found) > _YIELDING else 0
