"""Small networks that say how sure a change is: fitted to examples, and written as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocrfix._network import F64, FURTHEST, STEEPEST, Network

__all__ = ["fit", "fit_several", "write_network"]

HIDDEN: Final = 24
"""Units in the hidden layer."""
_BATCH: Final = 256
_RATE: Final = 5e-3
"""How far a weight moves in the first step; less in each, down to nothing in the last."""


def fit(
    rows: F64,
    right: NDArray[np.bool_],
    names: Sequence[str],
    *,
    decay: float = 0.2,
    epochs: int = 60,
    seed: int = 1,
) -> Network:
    """Fit by Adam (Kingma and Ba 2015) with decoupled weight decay, the weights of the second half averaged.

    The same data give the same network.

    Parameters: ``rows`` of features; ``right``, whether each is an example of what is to be told; ``names``
    of the columns; ``decay``, the share of a weight that a step of rate 1 takes off; ``epochs``, how often
    each row is looked at; ``seed`` of the first weights and of the order.

    >>> sure = np.array([[0.0], [1.0]] * 300)
    >>> network = fit(sure, sure[:, 0] > 0, ["có dấu"])
    >>> bool(network(sure)[0] < 0.1), bool(network(sure)[1] > 0.9)
    (True, True)
    """
    rng = np.random.default_rng(seed)
    mean, scale = rows.mean(0), rows.std(0)
    scale[scale < 1e-6] = 1.0
    x = ((rows - mean) / scale).clip(-FURTHEST, FURTHEST)
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
    step = 0
    steps = epochs * (len(x) // _BATCH + 1)
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for at in range(0, len(x), _BATCH):
            step += 1
            some = order[at : at + _BATCH]
            rate = _RATE * (1 - step / (steps + 1))
            for k, gradient in enumerate(_gradients(weights, x[some], y[some])):
                first[k] += 0.1 * (gradient - first[k])
                second[k] += 0.001 * (gradient**2 - second[k])
                move = (first[k] / (1 - 0.9**step)) / (np.sqrt(second[k] / (1 - 0.999**step)) + 1e-8)
                shrink = decay * weights[k] if weights[k].size > 1 else 0.0
                weights[k] -= rate * (move + shrink)
            if step > steps // 2:
                for k in range(len(weights)):
                    averaged[k] += weights[k] / (steps - steps // 2)
    inner, inner_bias, outer, outer_bias = averaged
    return Network(tuple(names), mean, scale, inner, inner_bias, outer, float(outer_bias[0]))


def _gradients(weights: Sequence[F64], x: F64, y: F64) -> list[F64]:
    """How the mean log-loss of some rows changes with the weights."""
    inner, inner_bias, outer, outer_bias = weights
    hidden = np.tanh(x @ inner + inner_bias)
    p = 1 / (1 + np.exp(-np.clip(hidden @ outer + outer_bias, -STEEPEST, STEEPEST)))
    error = (p - y) / len(y)
    back = error[:, None] * outer * (1 - hidden**2)
    return [x.T @ back, back.sum(0), hidden.T @ error, np.array([error.sum()])]


def fit_several(
    rows: F64, right: NDArray[np.bool_], names: Sequence[str], count: int, *, decay: float = 0.2
) -> Network:
    """One network that gives the mean of the log-odds of several; one alone depends on its examples' order.

    Parameters: ``rows``, ``right``, ``names`` and ``decay`` as of `fit`; ``count`` of the networks, which
    differ by their seed alone. Asking it costs as much as asking all of them.
    """
    found = [fit(rows, right, names, decay=decay, seed=seed) for seed in range(count)]
    return Network(
        found[0].names,
        found[0].mean,
        found[0].scale,
        np.concatenate([n.inner for n in found], axis=1),
        np.concatenate([n.inner_bias for n in found]),
        np.concatenate([n.outer for n in found]) / count,
        sum(n.outer_bias for n in found) / count,
    )


def write_network(
    path: Path,
    network: Network,
    note: str,
    *,
    digits: tuple[int, int] = (5, 4),
    more: Mapping[str, Any] | None = None,
) -> None:
    """Write a network as JSON, one line a feature: its mean, its scale, its weight for each hidden unit.

    Parameters: ``note`` says what it was learned from; ``digits`` are kept after the point of means and
    scales, and of weights; ``more`` goes into the head of the file. Raises OSError.
    """
    fine, plain = digits
    head = {
        "note": note,
        "licence": "Apache-2.0",
        "columns": "mean, scale, weight for each hidden unit",
        **(more or {}),
        "inner_bias": _rounded(network.inner_bias, plain),
        "outer": _rounded(network.outer, plain),
        "outer_bias": round(network.outer_bias, plain),
    }
    table = [
        f"  {json.dumps(name)}: {json.dumps([*_rounded(known, fine), *_rounded(weights, plain)])}"
        for name, known, weights in zip(
            network.names, np.column_stack((network.mean, network.scale)), network.inner, strict=True
        )
    ]
    lines = [f" {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)},\n" for k, v in head.items()]
    path.write_text("{\n" + "".join(lines) + ' "features": {\n' + ",\n".join(table) + "\n }\n}\n", "utf-8")


def _rounded(values: F64, digits: int) -> list[float]:
    return [round(float(v), digits) for v in values]
