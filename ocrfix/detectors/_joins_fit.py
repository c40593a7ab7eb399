"""How well one text goes on from another, for many pairs in one question to the language model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ocrfix.language_model.model import UNKNOWN_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrfix.language_model import LanguageModel

    Ids = NDArray[np.int64]

__all__ = ["Fit", "fits", "openness"]

REACH: Final = 3
"""Words on each side of a seam that are looked at."""
UNKNOWN_OPEN: Final = 3.0
"""The most that `Fit.open` says after a word that is not in the vocabulary, in nats."""
TAIL: Final = 48
"""Characters on each side that hold these words."""


class Fit(NamedTuple):
    """What the language model says of a seam, in nats.

    ``seam``: how much likelier the right text is after the left one than at a sentence start; ``open``: how
    unlikely a full stop is after the left text.
    """

    seam: float
    open: float

    @property
    def total(self) -> float:
        """Both together. On 12 MB of right text split by chance, 95 % of the true seams reach 4; of the
        neighbouring paragraphs without a closing sign between them 5 % reach 5.5.
        """
        return self.seam + self.open


def fits(pairs: Sequence[tuple[str, str]], language: LanguageModel) -> list[Fit]:
    """The fit of each pair of texts.

    Parameters: ``pairs`` of left and right text; ``language``, the model to ask, once for all of them.
    """
    if not pairs:
        return []
    count = len(pairs)
    before = np.zeros((count, REACH), dtype=np.int64)
    after = np.zeros((count, REACH), dtype=np.int64)
    held = np.zeros((count, REACH), dtype=bool)
    tails: dict[str, Ids] = {}
    heads: dict[str, Ids] = {}
    for row, (left, right) in enumerate(pairs):
        # The same half stands in many pairs.
        end, beginning = left[-TAIL:], right[:TAIL]
        if (tail := tails.get(end)) is None:
            tail = tails[end] = language.token_ids(end)[-REACH:]
        if (head := heads.get(beginning)) is None:
            head = heads[beginning] = language.token_ids(beginning)[:REACH]
        if len(tail):
            before[row, REACH - len(tail) :] = tail
        after[row, : len(head)] = head
        held[row, : len(head)] = True
    # One question for all: each of the right words after the left ones and alone, and the full stop.
    rows = np.concatenate((before, after), axis=1)
    alone = np.concatenate((np.zeros_like(before), after), axis=1)
    stop = np.full((count, 1), language.word_id("."), dtype=np.int64)
    closing = np.concatenate((before, stop), axis=1)
    places = [(rows, REACH + k) for k in range(REACH)] + [(alone, REACH + k) for k in range(REACH)]
    places.append((closing, REACH))
    words = np.concatenate([table[:, place] for table, place in places])
    context = [np.concatenate([table[:, place - REACH + k] for table, place in places]) for k in range(REACH)]
    scores = language.logp(words, context).reshape(len(places), count)
    # After a word that the model does not know, that it expects no full stop says little.
    ends = np.where(before[:, -1] == UNKNOWN_ID, np.minimum(-scores[-1], UNKNOWN_OPEN), -scores[-1])
    seam = np.where(held.T, scores[:REACH] - scores[REACH : 2 * REACH], 0.0).sum(axis=0)
    return [Fit(float(s), float(e)) for s, e in zip(seam, ends, strict=True)]


def openness(texts: Sequence[str], language: LanguageModel) -> list[float]:
    """How unlikely a full stop is after each text, in nats; `Fit.open` for many texts at little cost."""
    before = np.zeros((len(texts), REACH), dtype=np.int64)
    for row, text in enumerate(texts):
        tail = language.token_ids(text[-TAIL:])[-REACH:]
        if len(tail):
            before[row, REACH - len(tail) :] = tail
    stop = np.full(len(texts), language.word_id("."), dtype=np.int64)
    scores = -language.logp(stop, [before[:, k].copy() for k in range(REACH)])
    ends = np.where(before[:, -1] == UNKNOWN_ID, np.minimum(scores, UNKNOWN_OPEN), scores)
    return [float(end) for end in ends]
