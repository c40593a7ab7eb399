"""How sure a change is: a regularised logistic model over named features."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocrfix._data import data_path
from ocrfix.correction.features import NAMES

__all__ = ["Confidence", "fit", "load_confidence"]


@dataclass(frozen=True)
class Confidence:
    """P(change is right) = logistic(weights · (features - mean) / scale + bias)."""

    weights: NDArray[np.float64]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    bias: float

    def __call__(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability of each row's change being right."""
        z = ((rows - self.mean) / self.scale) @ self.weights + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(z, -40, 40))))


def fit(
    rows: NDArray[np.float64], right: NDArray[np.bool_], weight: NDArray[np.float64] | None = None, ridge: float = 3.0
) -> Confidence:
    """Fit by Newton's method, with an L2 penalty ``ridge`` on the standardised weights."""
    mean, scale = rows.mean(0), rows.std(0)
    scale[scale < 1e-6] = 1.0
    x = np.hstack([(rows - mean) / scale, np.ones((len(rows), 1))])
    y = right.astype(float)
    w = np.ones(len(rows)) if weight is None else weight
    penalty = np.full(x.shape[1], ridge)
    penalty[-1] = 1e-6
    beta = np.zeros(x.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -40, 40)))
        gradient = x.T @ (w * (y - p)) - penalty * beta
        hessian = (x * (w * p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    return Confidence(beta[:-1], mean, scale, float(beta[-1]))


def write(path: Path, model: Confidence, note: str) -> None:
    """Write the weights as JSON that people can read, one line a feature."""
    table = {
        name: {"weight": round(float(w), 5), "mean": round(float(m), 5), "scale": round(float(s), 5)}
        for name, w, m, s in zip(NAMES, model.weights, model.mean, model.scale, strict=True)
    }
    body = {"note": note, "licence": "Apache-2.0", "bias": round(model.bias, 5), "features": table}
    text = json.dumps(body, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


@lru_cache(maxsize=2)
def load_confidence(path: str | None = None) -> Confidence:
    """The confidence model at ``path``, or the one that ocrfix carries.

    Raises ValueError when the file is none, or was made for other features.
    """
    file = Path(path) if path else data_path("vi", "confidence.json")
    try:
        body = json.loads(file.read_text(encoding="utf-8"))
        table = body["features"]
        columns = [np.array([table[name][key] for name in NAMES]) for key in ("weight", "mean", "scale")]
        return Confidence(*columns, float(body["bias"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{file} is not a confidence model for these features ({error})") from None
