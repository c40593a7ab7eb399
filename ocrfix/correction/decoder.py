"""From a reading to the likeliest words: screen, score, decode.

All places are screened in bulk; only doubtful ones are looked at further. A doubtful place alone is
decided by the exact score of each candidate between its neighbours; doubtful places near each other are
decoded together with a beam. The outcome is a posterior probability for each candidate of each place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocrfix.correction.candidates import Candidates
from ocrfix.correction.reading import REACH, Reading
from ocrfix.language_model import LanguageModel
from ocrfix.language_model.model import BOUNDARY_ID, UNKNOWN_ID
from ocrfix.vietnamese.syllable import canonical

__all__ = ["Decoded", "Place", "decode", "screen"]

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

ALARM: Final = -1.0
"""Nats; places that fit their neighbours worse are looked at (98 % of misread syllables, 11 % of right words)."""
UNKNOWN_COST: Final = 6.0
"""Nats; a word outside the vocabulary is one of many that the model counts together."""
WEIGHT: Final = 0.85
"""Weight of the language model against the channel."""
BEAM: Final = 10
IN_CLUSTER: Final = 8
"""Candidates of a place that a beam tries."""


@dataclass(frozen=True)
class Place:
    """A doubtful place, decided.

    ``at``: index in the reading. ``options``: word ids, the reading's own first; ``posterior``: their
    probabilities; ``lm``: log-probability, nats, of the words from here to the end of the model's
    sight with each option; ``held``: how much of it rests on long n-grams (the sum of their lengths, 4 to
    16); ``costs``: channel cost of each (0 for the reading). ``crowd``: doubtful places decoded together.
    """

    at: int
    options: I64
    posterior: F32
    lm: F32
    held: NDArray[np.int8]
    costs: F32
    crowd: int


@dataclass(frozen=True)
class Decoded:
    """The outcome for one reading: its doubtful places and the score of every token (nats)."""

    places: list[Place]
    scores: F32


def screen(reading: Reading, model: LanguageModel) -> tuple[I64, F32]:
    """Doubtful places, and the log-probability of every token after its three predecessors."""
    ids = reading.ids
    size = len(ids)
    scores = np.zeros(size, dtype=np.float32)
    scores[REACH:] = model.logp(ids[REACH:], [ids[k : size - REACH + k] for k in range(REACH)])
    gain = scores - model.unigram[ids]
    boundary = ids == BOUNDARY_ID
    scores[boundary] = 0
    gain[boundary] = 0
    after = np.append(gain[1:], np.float32(0))
    fit = gain + after + 0.5 * scores
    doubtful = reading.words & ((fit < ALARM) | (ids == UNKNOWN_ID))
    return np.flatnonzero(doubtful), scores


def _window(model: LanguageModel, ids: I64, at: I64, words: I64) -> tuple[F32, NDArray[np.int8]]:
    """Log-probability of each word at its place and of the ``REACH`` tokens after it.

    What a boundary costs is left out. The second array tells how long the n-grams are that it rests on.
    """
    around = [ids[at + k] for k in range(-REACH, REACH + 1)]
    around[REACH] = words
    total = np.zeros(len(at), dtype=np.float32)
    held = np.zeros(len(at), dtype=np.int8)
    unknown = words == UNKNOWN_ID
    for k in range(REACH + 1):
        target = around[REACH + k]
        part, orders = model.logp_orders(target, around[k : k + REACH])
        inside = target != BOUNDARY_ID
        total += np.where(inside, part, np.float32(0))
        held += np.where(inside, orders, np.int8(k + 1))
    total[unknown] -= UNKNOWN_COST
    return total, held


def decode(reading: Reading, model: LanguageModel, candidates: Candidates, shift: float) -> Decoded:
    """Decide the doubtful places of a reading.

    ``shift``, nats, is added to the cost of every change: high where the document is well read.
    """
    doubtful, scores = screen(reading, model)
    if not len(doubtful):
        return Decoded([], scores)
    choices = candidates.find([canonical(reading.surfaces[i]) for i in doubtful])
    counts = np.array([1 + len(c.ids) for c in choices])
    at = np.repeat(doubtful, counts)
    first = np.cumsum(counts) - counts
    own = np.zeros(len(at), dtype=bool)
    own[first] = True
    options = np.empty(len(at), dtype=np.int64)
    costs = np.zeros(len(at), dtype=np.float32)
    options[own] = reading.ids[doubtful]
    options[~own] = np.concatenate([c.ids for c in choices])
    costs[~own] = np.concatenate([c.costs for c in choices])
    lm, held = _window(model, reading.ids, at, options)
    score = WEIGHT * lm - costs - np.where(own, np.float32(0), np.float32(shift))
    places = []
    for cluster in _clusters(doubtful):
        members = range(cluster[0], cluster[1])
        slices = [slice(first[k], first[k] + counts[k]) for k in members]
        if len(slices) == 1:
            s = slices[0]
            places.append(Place(int(doubtful[cluster[0]]), options[s], _softmax(score[s]), lm[s], held[s], costs[s], 1))
        else:
            places += _beam(reading, model, doubtful[cluster[0] : cluster[1]], slices, options, costs, lm, held, score, shift)
    return Decoded(places, scores)


def _clusters(doubtful: I64) -> list[tuple[int, int]]:
    """Runs of doubtful places no farther apart than the model sees."""
    breaks = np.flatnonzero(np.diff(doubtful) > REACH) + 1
    edges = [0, *breaks.tolist(), len(doubtful)]
    return [(a, b) for a, b in zip(edges, edges[1:], strict=False)]


def _softmax(score: F32) -> F32:
    weight = np.exp(score - score.max())
    return np.asarray(weight / weight.sum(), dtype=np.float32)


def _beam(
    reading: Reading,
    model: LanguageModel,
    places: I64,
    slices: Sequence[slice],
    options: I64,
    costs: F32,
    lm: F32,
    held: NDArray[np.int8],
    score: F32,
    shift: float,
) -> list[Place]:
    """Decode doubtful places that stand near each other."""
    ids = reading.ids
    tried: dict[int, NDArray[np.int64]] = {}
    for place, s in zip(places.tolist(), slices, strict=True):
        local = score[s]
        cheap = WEIGHT * model.unigram[options[s]] - costs[s]
        keep = set(np.argsort(-local)[:IN_CLUSTER].tolist()) | set(np.argsort(-cheap)[: IN_CLUSTER // 2].tolist())
        tried[place] = np.array([0, *sorted(keep - {0})], dtype=np.int64)
    begin, end = int(places[0]), min(int(places[-1]) + REACH + 1, len(ids))
    history = ids[begin - REACH : begin][None, :]
    total = np.zeros(1, dtype=np.float32)
    back: list[tuple[int, I64, I64]] = []
    where = dict(zip(places.tolist(), slices, strict=True))
    for position in range(begin, end):
        if position in tried:
            pick = tried[position]
            base = where[position]
            words = options[base][pick]
            cost = costs[base][pick] + np.where(pick > 0, np.float32(shift), np.float32(0))
        else:
            pick = np.zeros(1, dtype=np.int64)
            words, cost = ids[position : position + 1], np.zeros(1, dtype=np.float32)
        width = len(words)
        wide = np.repeat(history, width, axis=0)
        target = np.tile(words, len(history))
        part = model.logp(target, [wide[:, k] for k in range(REACH)])
        part = np.where(target == BOUNDARY_ID, np.float32(0), part)
        part = part - np.where(target == UNKNOWN_ID, np.float32(UNKNOWN_COST), np.float32(0))
        new = np.repeat(total, width) + WEIGHT * part - np.tile(cost, len(history))
        best = np.argpartition(-new, BEAM)[:BEAM] if len(new) > BEAM else np.arange(len(new))
        total = new[best]
        history = np.concatenate((wide[best, 1:], target[best, None]), axis=1)
        back.append((position, best // width, pick[best % width]))
    weight = _softmax(total)
    shares = {p: np.zeros(s.stop - s.start, dtype=np.float32) for p, s in where.items()}
    state = np.arange(len(total))
    for position, parent, pick in reversed(back):
        if position in shares:
            np.add.at(shares[position], pick[state], weight)
        state = parent[state]
    return [
        Place(p, options[s], shares[p], lm[s], held[s], costs[s], len(places)) for p, s in where.items()
    ]
