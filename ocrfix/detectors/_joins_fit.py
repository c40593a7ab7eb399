"""How well one text goes on from another, for many pairs in one question to the language model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrfix.language_model import LanguageModel

__all__ = ["Fit", "fits"]

REACH: Final = 3
"""Words on each side of a seam that are looked at."""
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
    for row, (left, right) in enumerate(pairs):
        tail = language.token_ids(left[-TAIL:])[-REACH:]
        head = language.token_ids(right[:TAIL])[:REACH]
        if len(tail):
            before[row, REACH - len(tail) :] = tail
        after[row, : len(head)] = head
        held[row, : len(head)] = True
    joined = _scores(np.concatenate((before, after), axis=1), language)
    alone = _scores(np.concatenate((np.zeros_like(before), after), axis=1), language)
    seam = np.where(held, joined - alone, 0.0).sum(axis=1)
    stop = np.full(count, language.word_id("."), dtype=np.int64)
    closing = language.logp(stop, [before[:, k].copy() for k in range(REACH)])
    return [Fit(float(s), -float(c)) for s, c in zip(seam, closing, strict=True)]


def _scores(words: NDArray[np.int64], language: LanguageModel) -> NDArray[np.float32]:
    """Log-probabilities of the last `REACH` columns of rows of ids, each after the columns before it."""
    columns = [
        language.logp(words[:, place].copy(), [words[:, place - REACH + k].copy() for k in range(REACH)])
        for place in range(REACH, 2 * REACH)
    ]
    return np.stack(columns, axis=1)
