"""Small networks that say how sure a change is: read from a file of JSON, and asked.

`ocrfix._network_learning` makes them. The files lie under ``dictionaries/``: ``confidence.json`` and
``confidence-ngrams.json`` for changes of words, ``punctuation.json`` of marks, ``repeats.json`` for copies.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["F64", "FURTHEST", "STEEPEST", "Network", "read_network"]

F64 = NDArray[np.float64]
FURTHEST: Final = 6.0
"""Standard deviations from its mean that a feature is taken to lie at most."""
STEEPEST: Final = 40.0
"""Log-odds (nats) that are told at most."""


@dataclass(frozen=True)
class Network:
    """A probability, by one hidden layer of tanh units over standardised features.

    On held-out pages its log-loss for changes of words is a tenth under that of a logistic model on the same
    features, and near that of boosted trees.

    Parameters: ``names`` of the features, in the order of the columns; ``mean`` and ``scale`` of each;
    ``inner``, a row a feature and a column a hidden unit; ``inner_bias`` and ``outer``, one number a unit;
    ``outer_bias`` (nats).
    """

    names: tuple[str, ...]
    mean: F64
    scale: F64
    inner: F64
    inner_bias: F64
    outer: F64
    outer_bias: float

    def __call__(self, rows: F64) -> F64:
        """Probability, from 0 to 1, for each row of features."""
        x = ((rows - self.mean) / self.scale).clip(-FURTHEST, FURTHEST)
        # not BLAS: its threads wait for each other longer than such small products take
        hidden = np.tanh(np.einsum("ij,jk->ik", x, self.inner) + self.inner_bias)
        odds = np.clip(np.einsum("ij,j->i", hidden, self.outer) + self.outer_bias, -STEEPEST, STEEPEST)
        return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def read_network(path: Path, *known: tuple[str, ...]) -> tuple[Network, dict[str, Any]]:
    """The network in a file, and the whole of the file, which may hold more.

    Parameters: ``known``, the lists of features, in order, that whoever asks can compute. Raises ValueError,
    naming the file, when it is none or was made for other features; OSError when it cannot be read.

    >>> from ocrfix._data import data_path
    >>> read_network(data_path("vi", "repeats.json"), ("tên", "tuổi"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: ...repeats.json is no network for these features (other features)
    """
    try:
        body = json.loads(path.read_text("utf-8"))
        names = tuple(body["features"])
        if names not in known:
            raise ValueError("other features")  # noqa: TRY301
        table = np.array([body["features"][name] for name in names], dtype=np.float64)
        inner_bias, outer = np.array(body["inner_bias"]), np.array(body["outer"])
        columns = table[:, 0], table[:, 1], table[:, 2:]
        return Network(names, *columns, inner_bias, outer, float(body["outer_bias"])), body
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"{path} is no network for these features ({error})") from None
