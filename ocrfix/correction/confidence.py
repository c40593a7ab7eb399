"""How sure a change is: a small network over named features, whose output is a calibrated probability."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocrfix._data import data_path
from ocrfix.correction.features import NAMES, NARROW
from ocrfix.correction.rescoring import EVEN, Choice

__all__ = ["UNFITTED", "Confidence", "fit", "load_confidence", "write"]

HIDDEN: Final = 24
F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Confidence:
    """P(change is right), by one hidden layer of tanh units over standardised features.

    On held-out pages its log-loss is a tenth under that of a logistic model on the same features, and near
    that of boosted trees.
    """

    mean: F64
    scale: F64
    inner: F64
    inner_bias: F64
    outer: F64
    outer_bias: float
    names: tuple[str, ...] = ()
    """Of the features, in the order of the columns; empty where whoever asks knows them."""
    choice: Choice = EVEN
    """How the context model is heeded before these features are taken."""

    def __call__(self, rows: F64) -> F64:
        """Probability of each row's change being right."""
        hidden = np.tanh(((rows - self.mean) / self.scale).clip(-6, 6) @ self.inner + self.inner_bias)
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(hidden @ self.outer + self.outer_bias, -40, 40))))


_NONE: Final = np.zeros(0)
UNFITTED: Final = Confidence(_NONE, _NONE, np.zeros((0, 0)), _NONE, _NONE, 0.0)
"""For a corrector that learns."""


def fit(
    rows: F64,
    right: NDArray[np.bool_],
    *,
    decay: float = 0.2,
    epochs: int = 60,
    seed: int = 1,
    names: Sequence[str] = (),
) -> Confidence:
    """Fit by Adam (Kingma and Ba 2015) with decoupled weight decay; the same data give the same model."""
    rng = np.random.default_rng(seed)
    mean, scale = rows.mean(0), rows.std(0)
    scale[scale < 1e-6] = 1.0
    x = ((rows - mean) / scale).clip(-6, 6)
    y = right.astype(float)
    size = x.shape[1]
    weights = [
        rng.normal(0, size**-0.5, (size, HIDDEN)),
        np.zeros(HIDDEN),
        rng.normal(0, HIDDEN**-0.5, HIDDEN),
        np.zeros(1),
    ]
    first = [np.zeros_like(w) for w in weights]
    second = [np.zeros_like(w) for w in weights]
    averaged = [np.zeros_like(w) for w in weights]
    step, batch = 0, 256
    steps = epochs * (len(x) // batch + 1)
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for at in range(0, len(x), batch):
            step += 1
            some = order[at : at + batch]
            hidden = np.tanh(x[some] @ weights[0] + weights[1])
            p = 1 / (1 + np.exp(-np.clip(hidden @ weights[2] + weights[3], -40, 40)))
            error = (p - y[some]) / len(some)
            back = error[:, None] * weights[2] * (1 - hidden**2)
            gradients = [x[some].T @ back, back.sum(0), hidden.T @ error, np.array([error.sum()])]
            rate = 5e-3 * (1 - step / (steps + 1))
            for k, gradient in enumerate(gradients):
                first[k] += 0.1 * (gradient - first[k])
                second[k] += 0.001 * (gradient**2 - second[k])
                move = (first[k] / (1 - 0.9**step)) / (np.sqrt(second[k] / (1 - 0.999**step)) + 1e-8)
                shrink = decay * weights[k] if weights[k].size > 1 else 0.0
                weights[k] -= rate * (move + shrink)
            if step > steps // 2:
                for k in range(len(weights)):
                    averaged[k] += weights[k] / (steps - steps // 2)
    inner, inner_bias, outer, outer_bias = averaged
    return Confidence(mean, scale, inner, inner_bias, outer, float(outer_bias[0]), tuple(names))


def write(path: Path, model: Confidence, note: str) -> None:
    """Write the model as JSON, one line a feature."""

    def numbers(values: F64, digits: int = 4) -> list[float]:
        return [round(float(v), digits) for v in values]

    table = [
        f'  "{name}": {json.dumps([round(float(m), 5), round(float(s), 5), *numbers(w)])}'
        for name, m, s, w in zip(model.names, model.mean, model.scale, model.inner, strict=True)
    ]
    head = {"note": note, "licence": "Apache-2.0", "columns": "mean, scale, weight for each hidden unit"}
    lines = [f" {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}," for k, v in head.items()]
    if model.choice != EVEN:
        lines.append(f' "choice": {json.dumps({k: round(w, 4) for k, w in model.choice._asdict().items()})},')
    lines += [
        f' "inner_bias": {json.dumps(numbers(model.inner_bias))},',
        f' "outer": {json.dumps(numbers(model.outer))},',
        f' "outer_bias": {round(model.outer_bias, 4)},',
    ]
    path.write_text(
        "{\n" + "\n".join(lines) + '\n "features": {\n' + ",\n".join(table) + "\n }\n}\n", encoding="utf-8"
    )


@lru_cache(maxsize=2)
def load_confidence(path: str | None = None, *, context: bool = True) -> Confidence:
    """The confidence model at ``path``, or one that ocrfix carries: with the context model or without it.

    Raises ValueError when the file is none, or was made for other features.
    """
    own = "confidence.json" if context else "confidence-ngrams.json"
    file = Path(path) if path else data_path("vi", own)
    try:
        body = json.loads(file.read_text(encoding="utf-8"))
        names = tuple(body["features"])
        if names not in (NAMES, NARROW):
            raise ValueError("other features")  # noqa: TRY301
        table = np.array([body["features"][name] for name in names], dtype=np.float64)
        inner_bias, outer = np.array(body["inner_bias"]), np.array(body["outer"])
        bias = float(body["outer_bias"])
        choice = Choice(**body["choice"]) if "choice" in body else EVEN
        return Confidence(table[:, 0], table[:, 1], table[:, 2:], inner_bias, outer, bias, names, choice)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"{file} is not a confidence model for these features ({error})") from None
