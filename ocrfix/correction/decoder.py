"""From a reading to the likeliest words: screen, score, decode.

All places are screened in bulk; only doubtful ones are looked at further. A doubtful place alone is
decided by the exact score of each candidate between its neighbours; doubtful places near each other are
decoded together with a beam. The outcome is a posterior probability for each candidate of each place.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocrfix.correction.candidates import Candidates
from ocrfix.correction.reading import REACH, Reading
from ocrfix.language_model import LanguageModel
from ocrfix.language_model.model import BOUNDARY_ID, UNKNOWN_ID
from ocrfix.language_model.passage import Options, Passage
from ocrfix.vietnamese.syllable import canonical

__all__ = ["Decoded", "Memory", "Place", "decode", "screen", "window"]

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

ALARM: Final = -1.0
"""Nats; places that fit their neighbours worse are looked at (98 % of the misread, 11 % of right words)."""
UNKNOWN_COST: Final = 6.0
"""Nats; a word outside the vocabulary is one of many that the model counts together."""
WEIGHT: Final = 0.85
"""Weight of the language model against the channel."""
BEAM: Final = 10
IN_CLUSTER: Final = 8
"""Candidates of a place that a beam tries."""
_FIRST: Final = 2
"""Tokens of the window that decide whether an option is looked at further."""
_HOPELESS: Final = 9.0
"""Nats; an option that is so far behind the best after `_FIRST` tokens is given up."""
_ALONE: Final = 15.0
"""Nats; more than what its neighbours give a word that is meant over what they give the reading.

Under 1 in 2,000 options of a probability over 0.002 are lost, and about half of all options are not looked
up (500 pages and 700 right paragraphs).
"""
_ROUNDING: Final = 0.01
"""Nats; far more than sums of single precision are off by."""
_PORTION: Final = 300
"""Doubtful places decided at a time, at least."""
_REMEMBERED: Final = 20_000
"""Neighbourhoods kept in memory at most, about 50 MB."""
_FAR: Final = 7.0
"""Nats; a place whose best candidate is farther behind the reading is not decoded with its neighbours."""


class Place(NamedTuple):
    """A doubtful place, decided.

    ``at``: index in the reading. ``options``: word ids, the reading's own first; ``posterior``: their
    probabilities; ``lm``: log-probability, nats, of the words from here to the end of the model's
    sight with each option; ``held``: how much of it rests on long n-grams (the sum of their lengths, 4 to
    16); ``costs``: channel cost of each (0 for the reading). ``crowd``: doubtful places decoded together.
    ``context``: scores by the context model (nats, up to a constant) where it was asked, and ``narrow`` the
    probabilities without it.
    """

    at: int
    options: I64
    posterior: F32
    lm: F32
    held: NDArray[np.int8]
    costs: F32
    crowd: int
    narrow: F32 | None = None
    context: F32 | None = None

    def moved(self, by: int) -> Place:
        """The same place, ``by`` tokens further on."""
        return Place(self.at + by, *self[1:])


class Decoded(NamedTuple):
    """The outcome for one reading: its doubtful places and the score of every token (nats)."""

    places: list[Place]
    scores: F32


class _Decided(NamedTuple):
    """The options of all doubtful places, one after the other."""

    words: I64
    costs: F32
    score: F32
    spans: list[slice]
    """Where each place's options are."""


def screen(reading: Reading, model: LanguageModel) -> tuple[I64, F32]:
    """Doubtful places, and the log-probability of every token after its three predecessors."""
    return _screen(reading, Passage(model, reading.ids))


def _screen(reading: Reading, passage: Passage) -> tuple[I64, F32]:
    ids = reading.ids
    scores = np.zeros(len(ids), dtype=np.float32)
    scores[REACH:] = passage.scores(REACH)
    gain = scores - passage.model.unigram.take(ids)
    boundary = ids == BOUNDARY_ID
    scores[boundary] = 0
    gain[boundary] = 0
    fit = gain + 0.5 * scores
    fit[:-1] = gain[:-1] + gain[1:] + 0.5 * scores[:-1]
    doubtful = reading.words & ((fit < ALARM) | (ids == UNKNOWN_ID))
    return doubtful.nonzero()[0], scores


def window(options: Options, begin: int, end: int) -> tuple[F32, NDArray[np.int8]]:
    """Log-probability of the tokens from ``begin`` to ``end`` places after that of each option.

    What a boundary costs is left out. The second array tells how long the n-grams are that it rests on.
    """
    part, orders, target = options.score(begin, end)
    inside = target != BOUNDARY_ID
    total = (part * inside).sum(0)
    ladder = np.arange(begin + 1, end + 1, dtype=np.int8)[:, None]
    held = np.where(inside, orders, ladder).sum(0, dtype=np.int8)
    return total, held


Memory = dict[tuple[str, ...], list[Place]]
"""Decided neighbourhoods by their tokens; places count from the first token."""


def decode(
    reading: Reading, model: LanguageModel, candidates: Candidates, memory: Memory | None = None
) -> Decoded:
    """Decide the doubtful places of a reading.

    Neighbourhoods found in ``memory`` are not decided again (a document is read again after every change);
    new ones are put there, up to a bound.
    """
    passage = Passage(model, reading.ids)
    doubtful, scores = _screen(reading, passage)
    memory = {} if memory is None else memory
    if len(memory) > _REMEMBERED:
        memory.clear()
    places: list[Place] = []
    part: list[I64] = []
    keys: list[tuple[int, tuple[str, ...]]] = []

    def decide() -> None:
        found = iter(_decide(reading, passage, scores, candidates, np.concatenate(part)))
        for members, (first, key) in zip(part, keys, strict=True):
            decided = [next(found) for _ in members]
            memory[key] = [p.moved(-first) for p in decided]
            places.extend(decided)
        part.clear()
        keys.clear()

    # Portions bound the memory, and keep the arrays small enough for the processor's cache.
    waiting = 0
    for begin, end in _clusters(doubtful) if len(doubtful) else []:
        first = int(doubtful[begin]) - REACH
        key = tuple(reading.surfaces[first : int(doubtful[end - 1]) + REACH + 1])
        known = memory.get(key)
        if known is not None:
            places += [p.moved(first) for p in known]
            continue
        part.append(doubtful[begin:end])
        keys.append((first, key))
        waiting += end - begin
        if waiting >= _PORTION:
            decide()
            waiting = 0
    if part:
        decide()
    places.sort(key=lambda p: p.at)
    return Decoded(places, scores)


def _decide(
    reading: Reading, passage: Passage, scores: F32, candidates: Candidates, doubtful: I64
) -> list[Place]:
    words, costs, counts = _candidates(reading, passage.model, scores, candidates, doubtful)
    free = counts > 0
    decided = iter(_decide_among(reading, passage, scores, doubtful[free], (words, costs, counts[free])))
    own = reading.ids[doubtful].tolist()
    return [
        next(decided) if some else _settled(at, word)
        for at, word, some in zip(doubtful.tolist(), own, free.tolist(), strict=True)
    ]


def _settled(at: int, own: int) -> Place:
    """A place at which nothing but what was read is possible."""
    none = np.zeros(1, dtype=np.float32)
    return Place(at, np.array([own]), none + 1, none, none.astype(np.int8), none, 1)


def _candidates(
    reading: Reading, model: LanguageModel, scores: F32, candidates: Candidates, doubtful: I64
) -> tuple[I64, F32, I64]:
    """Words that may stand at the places, their costs, and how many each place has."""
    choices = candidates.find([canonical(reading.surfaces[i]) for i in doubtful])
    of = np.repeat(np.arange(len(doubtful)), [len(c.ids) for c in choices])
    words = np.concatenate([c.ids for c in choices])
    costs = np.concatenate([c.costs for c in choices])
    after = reading.ids[doubtful + 1]
    gained = np.where(after == BOUNDARY_ID, np.float32(0), scores[doubtful + 1] - model.unigram.take(after))
    least = WEIGHT * (scores[doubtful] + gained) - _ALONE
    least[reading.ids[doubtful] == UNKNOWN_ID] = -np.inf
    near = WEIGHT * model.unigram.take(words) - costs > least[of]
    return words[near], costs[near], np.bincount(of[near], minlength=len(doubtful))


def _decide_among(
    reading: Reading,
    passage: Passage,
    scores: F32,
    doubtful: I64,
    candidates: tuple[I64, F32, I64],
) -> list[Place]:
    """Decide places that have candidates each."""
    if not len(doubtful):
        return []
    counts = candidates[2] + 1
    at = np.repeat(doubtful, counts)
    first = np.cumsum(counts) - counts
    own = np.zeros(len(at), dtype=bool)
    own[first] = True
    options = np.empty(len(at), dtype=np.int64)
    costs = np.zeros(len(at), dtype=np.float32)
    options[own] = reading.ids[doubtful]
    options[~own], costs[~own] = candidates[:2]
    asked = Options(passage, at, options)
    # Most options are hopeless whatever the longer n-grams say: the reading's own score is known already.
    least = WEIGHT * (scores[doubtful] + scores[doubtful + 1]) - _HOPELESS - _ROUNDING
    least[reading.ids[doubtful] == UNKNOWN_ID] -= WEIGHT * UNKNOWN_COST
    hopeful = own | (WEIGHT * asked.ceiling() - costs > np.repeat(least, counts))
    asked = asked.kept(hopeful)
    options, costs, own = options[hopeful], costs[hopeful], own[hopeful]
    counts = np.add.reduceat(hopeful, first, dtype=np.int64)
    first = np.cumsum(counts) - counts
    lm, held = window(asked, 0, _FIRST)
    lm[options == UNKNOWN_ID] -= UNKNOWN_COST
    score = WEIGHT * lm - costs
    near = own | (score > np.repeat(np.maximum.reduceat(score, first), counts) - _HOPELESS)
    options, costs, lm, held = options[near], costs[near], lm[near], held[near]
    counts = np.add.reduceat(near, first, dtype=np.int64)
    first = np.cumsum(counts) - counts
    further, more = window(asked.kept(near), _FIRST, REACH + 1)
    lm += further
    held += more
    score = WEIGHT * lm - costs
    spans = [slice(f, f + n) for f, n in zip(first.tolist(), counts.tolist(), strict=True)]
    posterior = np.exp(score - np.repeat(np.maximum.reduceat(score, first), counts))
    posterior /= np.repeat(np.add.reduceat(posterior, first), counts)
    crowd = np.ones(len(doubtful), dtype=np.int64)
    live = np.flatnonzero(_live(score, first, counts))
    clusters = [live[a:b] for a, b in _clusters(doubtful[live]) if b - a > 1]
    if clusters:
        beam(
            passage.model, reading.ids, doubtful, clusters, _Decided(options, costs, score, spans), posterior
        )
        for members in clusters:
            crowd[members] = len(members)
    return [
        Place(int(doubtful[k]), options[s], posterior[s], lm[s], held[s], costs[s], int(crowd[k]))
        for k, s in enumerate(spans)
    ]


def _live(score: F32, first: I64, counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Places where some candidate comes near the reading; at the others nothing will change."""
    own = score[first]
    rest = score.copy()
    rest[first] = -np.inf
    return np.asarray((np.maximum.reduceat(rest, first) > own - _FAR) & (counts > 1))


def _clusters(doubtful: I64) -> list[tuple[int, int]]:
    """Runs of doubtful places no farther apart than the model sees."""
    breaks = np.flatnonzero(np.diff(doubtful) > REACH) + 1
    edges = [0, *breaks.tolist(), len(doubtful)]
    return [(a, b) for a, b in pairwise(edges)]


def beam(
    model: LanguageModel,
    ids: I64,
    doubtful: I64,
    clusters: list[I64],
    options: _Decided,
    posterior: F32,
) -> None:
    """Decode clusters of doubtful places, all at once, step by step; writes into ``posterior``.

    ``clusters`` hold indexes of ``doubtful``, whose options are ``options``; ``ids`` are the tokens.
    """
    places = [doubtful[c] for c in clusters]
    order = sorted(
        range(len(clusters)), key=lambda k: -len(places[k])
    )  # so that the active ones are a prefix
    starts = np.array([places[k][0] for k in order])
    count = np.array([len(places[k]) for k in order])
    size = len(order)
    history = np.repeat(
        np.stack([ids[starts - REACH + k] for k in range(REACH)], axis=1)[:, None, :], BEAM, axis=1
    )
    total = np.full((size, BEAM), -np.inf, dtype=np.float32)
    total[:, 0] = 0
    every = np.concatenate(clusters)
    row_of = np.full(len(doubtful), -1, dtype=np.int64)
    row_of[every] = np.arange(len(every))
    tables = _tried(model, options, every)
    steps = []
    for t in range(int(count[0])):
        active = int((count > t).sum())
        some = np.array([clusters[k][t] for k in order[:active]])
        words, costs, picks = (table[row_of[some]] for table in tables)
        new = total[:active, :, None] - costs[:, None, :]
        row, state, column = np.nonzero(np.isfinite(new))
        before = history[row, state]
        part = model.logp(words[row, column], [before[:, k] for k in range(REACH)])
        part[words[row, column] == UNKNOWN_ID] -= np.float32(UNKNOWN_COST)
        new[row, state, column] += WEIGHT * part
        flat = new.reshape(active, -1)
        best = np.argpartition(-flat, BEAM - 1, axis=1)[:, :BEAM]
        rows = np.arange(active)[:, None]
        parent, column = best // words.shape[1], best % words.shape[1]
        total[:active] = flat[rows, best]
        history[:active] = np.concatenate(
            (history[rows, parent, 1:], words[rows, column][:, :, None]), axis=2
        )
        steps.append((active, parent, picks[rows, column]))
        at = doubtful[some]
        last = count[:active] == t + 1
        until = np.array([at[k] + REACH + 1 if last[k] else places[order[k]][t + 1] for k in range(active)])
        _read_on(model, ids, at + 1, np.minimum(until, len(ids)), history[:active], total[:active])
    weight = np.exp(total - total.max(1, keepdims=True))
    weight /= weight.sum(1, keepdims=True)
    for k in every.tolist():
        posterior[options.spans[k]] = 0
    state = np.tile(np.arange(BEAM), (size, 1))
    for active, parent, picked in reversed(steps):
        rows = np.arange(active)[:, None]
        chosen = picked[rows, state[:active]]
        real = chosen >= 0
        np.add.at(posterior, chosen[real], weight[:active][real])
        state[:active] = parent[rows, state[:active]]


def _read_on(model: LanguageModel, ids: I64, begin: I64, end: I64, history: I64, total: F32) -> None:
    """Score the tokens that are not in doubt, from ``begin`` to ``end``, after each history; updates both."""
    longest = int((end - begin).max())
    if longest <= 0:
        return
    column = np.arange(longest)
    inside = column[None, :] < (end - begin)[:, None]
    row, step = np.nonzero(inside)
    ahead = ids[np.minimum(begin[:, None] + column, len(ids) - 1)]
    # The context of every token: what is left of the history, then the tokens before it.
    wide = np.concatenate((history, np.repeat(ahead[:, None, :], BEAM, axis=1)), axis=2)
    target = np.repeat(ahead[row, step], BEAM)
    context = [wide[row, :, step + k].ravel() for k in range(REACH)]
    part = model.logp(target, context)
    part[(target == BOUNDARY_ID)] = 0
    part[(target == UNKNOWN_ID)] -= np.float32(UNKNOWN_COST)
    np.add.at(total, row, WEIGHT * part.reshape(-1, BEAM))
    for k in np.flatnonzero(end > begin).tolist():
        reach = int(end[k] - begin[k])
        history[k] = wide[k, :, reach : reach + REACH]


def _tried(model: LanguageModel, options: _Decided, places: I64) -> tuple[I64, F32, I64]:
    """The options of places that the beam tries: the reading, the best here, the cheapest.

    Rows of words, costs (infinite for none) and indexes of options (-1 for none), one row a place.
    """
    begin = np.array([options.spans[k].start for k in places.tolist()])
    size = np.array([options.spans[k].stop for k in places.tolist()]) - begin
    column = np.arange(int(size.max()))
    real = column < size[:, None]
    at = np.where(real, begin[:, None] + column, begin[:, None])
    words, costs = options.words[at], options.costs[at]
    here = np.where(real, options.score[at], -np.inf)
    cheap = np.where(real, WEIGHT * model.unigram[words] - costs, -np.inf)
    chosen = np.zeros(real.shape, dtype=bool)
    chosen[:, 0] = True
    rows = np.arange(len(places))[:, None]
    chosen[rows, np.argsort(-here, axis=1)[:, :IN_CLUSTER]] = True
    chosen[rows, np.argsort(-cheap, axis=1)[:, : IN_CLUSTER // 2]] = True
    chosen &= real
    front = np.argsort(~chosen, axis=1, kind="stable")[:, : max(2, int(chosen.sum(1).max()))]
    chosen = chosen[rows, front]
    return (
        words[rows, front],
        np.where(chosen, costs[rows, front], np.float32(np.inf)),
        np.where(chosen, at[rows, front], -1),
    )
