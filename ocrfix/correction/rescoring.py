"""The decoder's outcome, weighed anew with what the whole sentence says."""

from __future__ import annotations

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
    counts = np.array([len(k) for k in live])
    options = np.concatenate([p.options[k] for p, k in zip(some, live, strict=True)])
    scores = model.score(_meant(reading, decoded), np.array([p.at for p in some]), options, counts)
    places = list(decoded.places)
    end = 0
    weights = np.array(choice, dtype=np.float32)
    for k, place, kept, count in zip(asked, some, live, counts.tolist(), strict=True):
        new = place._replace(
            options=place.options[kept],
            lm=place.lm[kept],
            held=place.held[kept],
            costs=place.costs[kept],
            narrow=place.posterior[kept],
            context=scores[end : end + count],
        )
        score = evidence(new, reading, unigram) @ weights
        posterior = np.exp(score - score.max())
        places[k] = new._replace(posterior=posterior / posterior.sum())
        end += count
    return decoded._replace(places=places)


def evidence(place: Place, reading: Reading, unigram: F32) -> F32:
    """One row an option of a place of a reading, one column a `Choice`'s weight.

    Raises ValueError when the context model was not asked about the place.
    """
    if place.narrow is None or place.context is None:
        raise ValueError("the context model was not asked about this place")
    own = np.zeros((3, len(place.options)), dtype=np.float32)
    own[:, 0] = 1, not is_syllable(reading.surfaces[place.at]), is_name(reading, place.at)
    log = np.log(place.narrow + np.float32(1e-12))
    common = unigram[place.options]
    return np.stack((log, place.context, place.lm, common, place.costs, *own), axis=1)


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
