"""Counts to probabilities: interpolated modified Kneser-Ney, pruned to a budget.

Chen and Goodman, "An empirical study of smoothing techniques for language modeling" (1998), for the
smoothing; Seymore and Rosenfeld, "Scalable backoff language models" (1996), for the pruning: an
n-gram is worth its count times what its loss costs in log-probability.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocrfix.language_model.counting import _runs, count_ngrams

__all__ = ["Order", "estimate"]

U64 = NDArray[np.uint64]
F64 = NDArray[np.float64]

_WORD: Final = np.uint64(16)
MIN_COUNT: Final = (1, 2, 2, 2, 2)
"""By order: n-grams seen in fewer places are not kept."""


@dataclass
class Order:
    """The n-grams of one order that are kept: sorted ``keys``, ``logp`` and ``backoff`` in nats."""

    keys: U64
    logp: F64
    backoff: F64


@dataclass
class _Level:
    """All that is known of one order before pruning; candidates are the n-grams that may be kept."""

    keys: U64
    counts: NDArray[np.int64]
    prob: F64
    gamma: F64
    """Weight of the lower order in the context of each candidate."""


def _discounts(counts: NDArray[np.int64]) -> tuple[float, float, float]:
    n1, n2, n3, n4 = (max(1, int((counts == k).sum())) for k in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    found = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    # In a small corpus the counts of counts are too rough for the estimate.
    d1, d2, d3 = (min(max(d, 0.1), float(k)) for k, d in enumerate(found, 1))
    return d1, d2, d3


def _suffix(keys: U64, order: int) -> U64:
    return keys & np.uint64((1 << (16 * (order - 1))) - 1)


def _lookup(keys: U64, wanted: U64) -> NDArray[np.int64]:
    """Index of each wanted key, -1 where missing."""
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int64)
    at = np.searchsorted(keys, wanted)
    at[at == len(keys)] = 0
    return np.where(keys[at] == wanted, at, -1)


def _adjusted(
    ids: NDArray[np.uint16], order: int, highest: int
) -> tuple[U64, NDArray[np.int64], NDArray[np.int64]]:
    """Distinct n-grams with their raw counts and their Kneser-Ney counts."""
    keys, raw = count_ngrams(ids, order)
    if order == highest:
        return keys, raw, raw
    longer, _ = count_ngrams(ids, order + 1)
    suffixes = _suffix(longer, order + 1)
    suffixes.sort()
    found, continuation = _runs(suffixes)
    adjusted = raw.copy()
    at = _lookup(found, keys)
    # An n-gram after a boundary only has no longer one to its left: its raw count stands.
    first = (keys >> np.uint64(16 * (order - 1))) == 0
    hit = (at >= 0) & ~first
    adjusted[hit] = continuation[at[hit]]
    return keys, raw, adjusted


def _level(ids: NDArray[np.uint16], order: int, highest: int, lower: _Level | None, words: int) -> _Level:
    keys, raw, adjusted = _adjusted(ids, order, highest)
    d1, d2, d3 = _discounts(adjusted)
    discount = np.select([adjusted == 1, adjusted == 2], [d1, d2], d3)
    if lower is None:
        total = adjusted.sum()
        prob = np.zeros(words)
        prob[:] = discount.sum() / total / words
        at = keys.astype(np.int64)
        prob[at] += np.maximum(adjusted - discount, 0) / total
        every = np.arange(words, dtype=np.uint64)
        full = np.zeros(words, dtype=np.int64)
        full[at] = raw
        return _Level(every, full, prob, np.ones(words))
    context = keys >> _WORD
    starts = np.flatnonzero(np.concatenate(([True], context[1:] != context[:-1])))
    sizes = np.diff(np.append(starts, len(keys)))
    total = np.add.reduceat(adjusted, starts)
    gamma = np.add.reduceat(discount, starts) / total
    candidates = raw >= MIN_COUNT[order - 1]
    which = np.repeat(np.arange(len(starts)), sizes)[candidates]
    keys, raw = keys[candidates], raw[candidates]
    own = np.maximum(adjusted[candidates] - discount[candidates], 0) / total[which]
    below = lower.prob[_lookup(lower.keys, _suffix(keys, order))]
    return _Level(keys, raw, own + gamma[which] * below, gamma[which])


def estimate(
    ids: NDArray[np.uint16],
    words: int,
    order: int,
    cost: dict[int, float],
    budget: float,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Order]:
    """Estimate a model of ``order`` and prune it to ``budget`` bytes.

    Parameters: ``ids``, the corpus (`counting.choose_vocabulary`); ``words``, size of the vocabulary;
    ``cost``, bytes that an n-gram of each order takes. Returns the orders from 1 up.
    """
    levels: list[_Level] = []
    for n in range(1, order + 1):
        progress(f"counting {n}-grams")
        levels.append(_level(ids, n, order, levels[-1] if levels else None, words))
    progress("pruning")
    keep = _prune(levels, cost, budget)
    orders = [
        Order(lv.keys[k], np.log(lv.prob[k]), np.zeros(int(k.sum())))
        for lv, k in zip(levels, keep, strict=True)
    ]
    for n in range(2, order + 1):
        _set_backoff(orders[n - 2], orders[n - 1], n)
    return orders


def _prune(levels: list[_Level], cost: dict[int, float], budget: float) -> list[NDArray[np.bool_]]:
    gains: list[F64] = []
    for n, level in enumerate(levels, 1):
        if n == 1:
            gains.append(np.full(len(level.keys), np.inf))
            continue
        lower = levels[n - 2]
        below = level.gamma * lower.prob[_lookup(lower.keys, _suffix(level.keys, n))]
        gains.append(level.counts * (np.log(level.prob) - np.log(below)) / cost[n])
    low, high = 0.0, 1000.0
    for _ in range(24):
        middle = (low + high) / 2
        keep = _closure(levels, [g > middle for g in gains])
        size = sum(cost.get(n, 0.0) * k.sum() for n, k in enumerate(keep, 1))
        low, high = (low, middle) if size <= budget else (middle, high)
    return _closure(levels, [g > high for g in gains])


def _closure(levels: list[_Level], keep: list[NDArray[np.bool_]]) -> list[NDArray[np.bool_]]:
    """Keep, with every n-gram, the two that it is made of, so that backing off is exact."""
    keep = [k.copy() for k in keep]
    for n in range(len(levels), 2, -1):
        keys = levels[n - 1].keys[keep[n - 1]]
        below = levels[n - 2].keys
        for parts in (keys >> _WORD, _suffix(keys, n)):
            at = _lookup(below, np.unique(parts))
            keep[n - 2][at[at >= 0]] = True
    return keep


def _set_backoff(lower: Order, upper: Order, n: int) -> None:
    """Weights of the lower order in every context of the kept n-grams."""
    context = upper.keys >> _WORD
    starts = (
        np.flatnonzero(np.concatenate(([True], context[1:] != context[:-1])))
        if len(context)
        else np.zeros(0, int)
    )
    if not len(starts):
        return
    below = np.exp(lower.logp[_lookup(lower.keys, _suffix(upper.keys, n))])
    kept = np.add.reduceat(np.exp(upper.logp), starts)
    kept_below = np.add.reduceat(below, starts)
    weight = np.clip(1 - kept, 1e-6, None) / np.clip(1 - kept_below, 1e-6, None)
    at = _lookup(lower.keys, context[starts])
    hit = at >= 0
    lower.backoff[at[hit]] = np.log(weight[hit])
