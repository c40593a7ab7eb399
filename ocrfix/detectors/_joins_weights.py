"""How much each thing counts that speaks for or against two halves of a sentence, kept in a file.

The file is ``dictionaries/vi/seams.json``; `_joins_learning` makes it from right text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ocrfix._data import data_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Weights", "load_weights", "write_weights"]


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds, in nats, for each unit of a thing.

    ``alone`` weighs a pair taken by itself, see `_joins_pairs.features`; ``rivals`` a pair among all others,
    by the class of the pair (`_joins_pairs.class_of`), see `_joins_pairs.rival_rows`; ``thresholds`` has
    the scores from which a pair is safe and unsafe, by class, for a first half that is surely none of
    heading, caption and entry ("strong") and for others ("weak").
    """

    alone: Mapping[str, float]
    rivals: Mapping[str, Mapping[str, float]]
    thresholds: Mapping[str, Mapping[str, tuple[float, float]]]

    def threshold(self, kind: str, *, strong: bool) -> tuple[float, float]:
        """The scores, in nats, from which a pair of a class is safe and unsafe."""
        return self.thresholds[kind]["strong" if strong else "weak"]


def write_weights(path: Path, weights: Weights, note: str) -> None:
    """Write the weights as JSON; ``note`` says what they were learned from. Raises OSError."""
    data = {
        "note": note,
        "alone": weights.alone,
        "rivals": weights.rivals,
        "thresholds": {kind: dict(table) for kind, table in weights.thresholds.items()},
    }
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The weights that ocrfix carries."""
    data = json.loads(data_path("vi", "seams.json").read_text("utf-8"))
    thresholds = {
        kind: {name: (float(safe), float(unsafe)) for name, (safe, unsafe) in table.items()}
        for kind, table in data["thresholds"].items()
    }
    return Weights(data["alone"], data["rivals"], thresholds)
