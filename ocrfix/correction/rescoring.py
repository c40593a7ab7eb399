"""The decoder's outcome, weighed anew with what the whole sentence says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocrfix.correction.context import ContextModel
from ocrfix.correction.decoder import Decoded, Place
from ocrfix.correction.features import is_name
from ocrfix.correction.reading import Reading
from ocrfix.vietnamese.syllable import is_syllable

__all__ = ["EVEN", "Choice", "evidence", "rescore"]

F32 = NDArray[np.float32]

_ASKED: Final = 0.002
"""Probability of some change from which a place is looked at."""
_OPTION: Final = 1e-5
"""Probability of an option from which it is looked at, beside the reading."""
_DECIDED: Final = 0.5
"""Probability from which a misread word around a place is taken for the word that was meant."""


class Choice(NamedTuple):
    """Weights of what speaks for an option (a conditional logit, McFadden 1974); all but ``own`` are of nats.

    ``narrow``: its log-probability by n-grams and channel; ``context``: its score by the context model;
    ``lm``, ``common``, ``cost``: by how much the n-grams, the word's own frequency and the channel are to
    count more or less beside it; ``own``: for the reading itself, and in addition ``strange`` where it is no
    syllable, ``name`` where it looks like one.
    """

    narrow: float
    context: float
    lm: float
    common: float
    cost: float
    own: float
    strange: float
    name: float


EVEN: Final = Choice(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
"""The context model is asked but not heeded."""


def rescore(reading: Reading, decoded: Decoded, model: ContextModel, unigram: F32, choice: Choice) -> Decoded:
    """Weigh the options of the doubtful places anew.

    Parameters: ``reading`` and its ``decoded`` places; ``unigram``, log-probabilities of words (nats);
    ``choice``, how the evidence is weighed. The words around a place are taken as they were decoded. Options
    that n-grams and channel rule out are not looked at again, nor are places where hardly
    anything will change.
    """
    asked = [k for k, p in enumerate(decoded.places) if len(p.options) > 1 and 1.0 - p.posterior[0] >= _ASKED]
    if not asked:
        return decoded
    some = [decoded.places[k] for k in asked]
    live = [_live(place) for place in some]
    sizes = [len(k) for k in live]
    cut = [
        p._replace(options=p.options[k], lm=p.lm[k], held=p.held[k], costs=p.costs[k], narrow=p.posterior[k])
        for p, k in zip(some, live, strict=True)
    ]
    options = np.concatenate([p.options for p in cut])
    counts = np.array(sizes)
    scores = model.score(_meant(reading, decoded), np.array([p.at for p in some]), options, counts)
    ends = np.cumsum(counts)
    spans = [slice(end - size, end) for end, size in zip(ends.tolist(), sizes, strict=True)]
    cut = [p._replace(context=scores[span]) for p, span in zip(cut, spans, strict=True)]
    score = np.einsum("ij,j->i", evidence(cut, reading, unigram), np.array(choice, dtype=np.float32))
    first = ends - counts
    posterior = np.exp(score - np.repeat(np.maximum.reduceat(score, first), counts))
    posterior /= np.repeat(np.add.reduceat(posterior, first), counts)
    places = list(decoded.places)
    for k, place, span in zip(asked, cut, spans, strict=True):
        places[k] = place._replace(posterior=posterior[span])
    return decoded._replace(places=places)


def evidence(places: Sequence[Place], reading: Reading, unigram: F32) -> F32:
    """One row an option of each of some places of a reading, one column a `Choice`'s weight.

    Raises ValueError when the context model was not asked about a place.
    """
    narrow = [p.narrow for p in places if p.narrow is not None]
    context = [p.context for p in places if p.context is not None]
    if len(narrow) < len(places) or len(context) < len(places):
        raise ValueError("the context model was not asked about this place")
    words = np.concatenate([p.options for p in places])
    rows = np.zeros((len(words), len(Choice._fields)), dtype=np.float32)
    rows[:, 0] = np.log(np.concatenate(narrow) + np.float32(1e-12))
    rows[:, 1] = np.concatenate(context)
    rows[:, 2] = np.concatenate([p.lm for p in places])
    rows[:, 3] = unigram.take(words)
    rows[:, 4] = np.concatenate([p.costs for p in places])
    counts = [len(p.options) for p in places]
    own = np.cumsum(counts) - counts
    rows[own, 5] = 1
    rows[own, 6] = [not is_syllable(reading.surfaces[p.at]) for p in places]
    rows[own, 7] = [is_name(reading, p.at) for p in places]
    return rows


def _live(place: Place) -> NDArray[np.int64]:
    alive = place.posterior >= _OPTION
    alive[0] = True
    return np.flatnonzero(alive)


def _meant(reading: Reading, decoded: Decoded) -> NDArray[np.int64]:
    """The text's words, each doubtful one as what it was most probably meant as."""
    ids = reading.ids.copy()
    for place in decoded.places:
        best = int(place.posterior.argmax())
        if best and place.posterior[best] > _DECIDED:
            ids[place.at] = place.options[best]
    return ids
