"""How much each thing counts that speaks for or against two halves of a sentence, kept in a file.

The file is ``dictionaries/vi/seams.json``; `_joins_learning` makes it from right text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ocrfix._data import data_path
from ocrfix._network import read_network
from ocrfix._network_learning import write_network
from ocrfix.detectors._joins_features import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ocrfix._network import Network

__all__ = ["Weights", "load_weights", "weighed", "write_weights"]


@dataclass(frozen=True, slots=True)
class Weights:
    """What is learned; log-odds, in nats, for each unit of a thing.

    ``glance`` weighs a pair by form and seam, see `_joins_features.features`; ``alone`` by these and by what
    the paragraphs are about; ``network`` tells the probability among all other pairs, see
    `_joins_features.NAMES`; ``thresholds`` has the scores from which a pair is safe and unsafe, by class
    (`_joins_features.class_of`), for a first half that is surely none of heading, caption and entry
    ("strong") and for others ("weak").
    """

    glance: Mapping[str, float]
    alone: Mapping[str, float]
    network: Network
    thresholds: Mapping[str, Mapping[str, tuple[float, float]]]

    def threshold(self, kind: str, *, strong: bool) -> tuple[float, float]:
        """The scores, in nats, from which a pair of a class is safe and unsafe."""
        return self.thresholds[kind]["strong" if strong else "weak"]


def weighed(weights: Mapping[str, float], row: Mapping[str, float]) -> float:
    """The log-odds, in nats, that weights give to features."""
    return weights["always"] + sum(weights[name] * value for name, value in row.items())


def write_weights(path: Path, weights: Weights, note: str) -> None:
    """Write the weights as JSON; ``note`` says what they were learned from. Raises OSError."""
    more = {
        "glance": weights.glance,
        "alone": weights.alone,
        "thresholds": {kind: dict(table) for kind, table in weights.thresholds.items()},
    }
    write_network(path, weights.network, note, digits=(4, 3), more=more)


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The weights that ocrfix carries."""
    network, data = read_network(data_path("vi", "seams.json"), NAMES)
    thresholds = {
        kind: {name: (float(safe), float(unsafe)) for name, (safe, unsafe) in table.items()}
        for kind, table in data["thresholds"].items()
    }
    return Weights(data["glance"], data["alone"], network, thresholds)
