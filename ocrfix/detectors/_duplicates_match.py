"""Passages that come twice: seeds of equal words, joined and extended over reading errors.

Seed-and-extend as in sequence alignment (Altschul et al. 1990, BLAST: "Basic local alignment search
tool"): every run of four folded words that came before is a seed; seeds on one diagonal are joined;
the longest of them is extended both ways over small differences until the score has dropped too far.
Every word belongs to at most one later copy, which keeps the work near-linear however often a passage
comes again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ocrfix.detectors._duplicates_align import Aligner, Match
from ocrfix.detectors._duplicates_gaps import Gap
from ocrfix.detectors._duplicates_tokens import previous_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrfix.detectors._duplicates_tokens import Tokens

__all__ = ["GRAM", "GRAM_LETTERS", "find_matches"]

GRAM: Final = 4
"""Words in a seed."""
GRAM_LETTERS: Final = 7
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
_FIRST: Final = np.zeros(1, dtype=np.int64)
_ENDLESS: Final = np.iinfo(np.int64).max
_SEED: Final = np.uint64(0x9FB21C651E98DF25)
_BRIDGE: Final = 12
"""Most misread words over which two matches are one."""


def _seed_runs(
    tokens: Tokens,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Runs of seeds on one diagonal: first word, seeds in the run, and distance to the earlier copy.

    Of the earlier places of a seed the last `_DEPTH` count. Sorted by place, the longer run first.
    """
    empty = np.zeros(0, dtype=np.int64)
    if len(tokens.key) < GRAM + 1:
        return empty, empty, empty
    # All pairs of words in a seed that comes again come again as well: most seeds need not be looked at.
    pairs = tokens.earlier_pairs
    again = pairs >= 0
    again[pairs[again]] = True
    inner = again[: 1 - (GRAM - 1)].copy()
    for n in range(1, GRAM - 1):
        inner &= again[n : n + len(inner)]
    seeds = inner.nonzero()[0]
    previous = previous_places(_seed_keys(tokens, seeds))
    letters = np.zeros(len(seeds), dtype=np.int64)
    for n in range(GRAM):
        letters += tokens.sizes.take(seeds + n)
    place = ((previous >= 0) & (letters >= GRAM_LETTERS)).nonzero()[0]
    earlier = previous.take(place)
    runs = []
    for _ in range(_DEPTH):
        if len(place):
            at = seeds.take(place)
            runs.append(_diagonals(at, at - seeds.take(earlier)))
        older = previous.take(earlier)
        there = older >= 0
        place, earlier = place[there], older[there]
    if not runs:
        return empty, empty, empty
    if len(runs) == 1:
        return runs[0]
    first, length, distance = (np.concatenate(column) for column in zip(*runs, strict=True))
    order = np.lexsort((-length, first))
    return first.take(order), length.take(order), distance.take(order)


def _seed_keys(tokens: Tokens, seeds: NDArray[np.int64]) -> NDArray[np.uint64]:
    """One key for each seed, given by its first word, from those of its pairs of words."""
    keys = tokens.pairs.take(seeds)
    keys *= _SEED
    keys ^= keys >> np.uint64(29)
    keys += tokens.pairs.take(seeds + GRAM - 2)
    return keys


def _diagonals(
    place: NDArray[np.int64], distance: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    turns = ((place[1:] - place[:-1] != 1) | (distance[1:] != distance[:-1])).nonzero()[0]
    turns += 1
    ends = np.append(turns, len(place))
    first = np.concatenate((_FIRST, turns))
    return place.take(first), ends - first, distance.take(first)


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
        buckets, places, lengths = bucket.take(order), place.take(order), length.take(order)
        apart = (buckets[1:] != buckets[:-1]) | (places[1:] - places[:-1] - lengths[:-1] > _JOIN)
        firsts = np.concatenate((_FIRST, apart.nonzero()[0] + 1))
        enough = np.add.reduceat(lengths, firsts) >= _LONG_RUN + 2
        if enough.any():
            sizes = np.append(firsts[1:], len(places)) - firsts
            worthy[order] |= enough.repeat(sizes)
    # Short blocks: a run at the same place of two blocks of like length.
    earlier = place - distance
    for starts in units:
        here = starts.searchsorted(place, "right") - 1
        there = starts.searchsorted(earlier, "right") - 1
        offset = place - starts.take(here) - (earlier - starts.take(there))
        fitting = ((here != there) & (np.abs(offset) <= 2)).nonzero()[0]
        if not len(fitting):
            continue
        sizes = np.append(starts[1:], _ENDLESS) - starts
        a, b = sizes.take(here.take(fitting)), sizes.take(there.take(fitting))
        worthy[fitting] |= (np.abs(a - b) <= np.minimum(a, b) // 6) & (a >= 5)
    return worthy


def find_matches(
    text: str,
    tokens: Tokens,
    units: tuple[NDArray[np.int64], ...] = (),
    known: Sequence[Match] = (),
) -> list[Match]:
    """Passages of the text that come a second time, in the order of the later copy.

    Parameters: ``tokens`` of the text; ``units``, numbers of the words that begin a block or a line,
    each array sorted and beginning with 0: they let short blocks be found that are badly read;
    ``known``, matches that are there already, in the order of the later copies, which no other may touch.
    The later copies do not overlap each other; a copy may overlap its own earlier one, which is a loop.

    >>> from ocrfix.detectors._duplicates_tokens import tokenize
    >>> text = "một hai ba bốn năm sáu bảy tám chín, rồi một hai ba bốn nam sáu bảy tám"
    >>> [(m.p0, m.p1, m.q0, m.q1) for m in find_matches(text, tokenize(text))]
    [(0, 8, 10, 18)]
    """
    place, length, distance = _seed_runs(tokens)
    aligner = Aligner(text, tokens)
    walls = [*known, Match(aligner.count, aligner.count, aligner.count, aligner.count)]
    chosen = np.flatnonzero(_worthy(place, length, distance, units)) if len(place) else place
    out: list[Match] = []
    found: list[Match] = []
    low = wall = 0
    for n in chosen.tolist():
        q = int(place[n])
        stop = q + int(length[n]) + GRAM - 1
        while walls[wall].q1 <= q and wall + 1 < len(walls):
            out += [*_joined(found, aligner), walls[wall]]
            found, low = [], walls[wall].q1
            wall += 1
        high = walls[wall].q0
        covered = found[-1].q1 if found else low
        if stop <= covered or min(stop, high) - max(q, covered) < GRAM:
            continue
        q = max(q, covered)
        match = aligner.extend(q - int(distance[n]), q, max(low, _yielding(found)), high)
        gone = [m for m in found[-_YIELDING:] if m.q1 > match.q0]
        if gone and match.q1 - match.q0 <= sum(m.q1 - m.q0 for m in gone) + GRAM:
            match = aligner.extend(q - int(distance[n]), q, covered, high)
        elif gone:
            del found[-len(gone) :]
        if match.q1 - match.q0 >= GRAM:
            found.append(match)
    return [*out, *_joined(found, aligner), *walls[wall:-1]]


def _joined(matches: list[Match], aligner: Aligner) -> list[Match]:
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


def _bridge(last: Match, match: Match, aligner: Aligner) -> Gap | None:
    """What lies between two matches, when both copies read alike there."""
    p, q = match.p0 - last.p1, match.q0 - last.q1
    if not (0 < p <= _BRIDGE and 0 < q <= _BRIDGE and abs(p - q) <= max(1, _BRIDGE // 4)):
        return None
    if last.p1 > last.q0 or match.p1 > match.q0:
        return None
    gap = Gap(last.p1, match.p0, last.q1, match.q0, "reading")
    return gap if aligner.reading(gap) else None


def _yielding(found: list[Match]) -> int:
    """The first word that a new match may take: short matches right before give way to a longer one."""
    for match in found[: -_YIELDING - 1 : -1]:
        if match.q1 - match.q0 > _SHORT_MATCH:
            return match.q1
    return found[-_YIELDING - 1].q1 if len(found) > _YIELDING else 0
