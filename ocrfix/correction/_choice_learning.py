"""From pairs to the weights of the choice between the options of a place (`rescoring.Choice`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocrfix.correction.rescoring import EVEN, Choice

__all__ = ["fit_choice"]

F64 = NDArray[np.float64]
_RIDGE: Final = 1e-4
_STEPS: Final = 30


def fit_choice(places: Sequence[tuple[NDArray[np.float32], int]]) -> Choice:
    """The likeliest weights, by Newton's method with a small ridge towards `EVEN`.

    Parameters: ``places``, for each the evidence of its options and the index of the right one.

    >>> rows = np.zeros((2, 8), dtype=np.float32)
    >>> rows[0, 1] = 2.0
    >>> fit_choice([(rows, 0)] * 3 + [(rows, 1)]).context > 0
    True
    """
    start = np.array(EVEN)
    weights = start.copy()
    every = np.concatenate([rows for rows, _ in places]).astype(np.float64)
    counts = np.array([len(rows) for rows, _ in places])
    first = np.cumsum(counts) - counts
    right = every[first + np.array([k for _, k in places])]
    for _ in range(_STEPS):
        score = every @ weights
        score -= np.repeat(np.maximum.reduceat(score, first), counts)
        chance = np.exp(score)
        chance /= np.repeat(np.add.reduceat(chance, first), counts)
        mean = np.add.reduceat(chance[:, None] * every, first)
        gradient = (right - mean).mean(0) - _RIDGE * (weights - start)
        spread = (every * chance[:, None]).T @ every - mean.T @ mean
        step = np.linalg.solve(spread / len(places) + _RIDGE * np.eye(len(weights)), gradient)
        weights = weights + step
        if abs(step).max() < 1e-6:
            break
    return Choice(*(float(w) for w in weights))
