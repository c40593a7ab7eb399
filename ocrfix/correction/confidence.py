"""How sure a change of a word is, and how the context model is heeded before that."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from ocrfix._data import data_path
from ocrfix._network import F64, Network, read_network
from ocrfix.correction.features import NAMES, NARROW
from ocrfix.correction.rescoring import EVEN, Choice

__all__ = ["UNFITTED", "Confidence", "load_confidence"]


@dataclass(frozen=True)
class Confidence:
    """P(change is right), by a ``network`` over the features of `ocrfix.correction.features`.

    ``choice``: how the context model is heeded before these features are taken.
    """

    network: Network
    choice: Choice = EVEN

    @property
    def names(self) -> tuple[str, ...]:
        """Of the features, in the order of the columns."""
        return self.network.names

    def __call__(self, rows: F64) -> F64:
        """Probability of each row's change being right."""
        return self.network(rows)


_NONE: Final = np.zeros(0)
UNFITTED: Final = Confidence(Network((), _NONE, _NONE, np.zeros((0, 0)), _NONE, _NONE, 0.0))
"""For a corrector that learns."""


@lru_cache(maxsize=2)
def load_confidence(path: str | None = None, *, context: bool = True) -> Confidence:
    """The confidence model at ``path``, or one that ocrfix carries: with the context model or without it.

    Raises ValueError when the file is none, or was made for other features; OSError when it cannot be read.

    >>> load_confidence(context=False).names == NARROW
    True
    """
    own = "confidence.json" if context else "confidence-ngrams.json"
    file = Path(path) if path else data_path("vi", own)
    network, body = read_network(file, NAMES, NARROW)
    try:
        return Confidence(network, Choice(**body["choice"]) if "choice" in body else EVEN)
    except TypeError as error:
        raise ValueError(f"{file}: the weights of the choice are others ({error})") from None
