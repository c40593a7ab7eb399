"""The networks in NumPy, as ocrfix would use them: some places at a time, only what these places need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from _networks.learned import Convolutions, Network, Query, Recurrent, Transformer
from ocrfix.correction.context import NEAR, WIDE

__all__ = ["state_of"]

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
W = Mapping[str, F32]
_FAR: Final = np.float32(-1e4)
_STEPS: Final = np.arange(-WIDE, WIDE + 1)
_NEAR: Final = np.flatnonzero((abs(_STEPS) <= NEAR) & (_STEPS != 0))


class Seen(NamedTuple):
    """What some places see: one row a place, one column a word."""

    words: I64
    vectors: F32
    boundary: NDArray[np.bool_]
    between: I64


def state_of(network: Network) -> Callable[[I64, I64], F32]:
    """The function from a text's ids and places in it, `WIDE` from its ends, to what is expected there."""
    w: dict[str, F32] = {k: v.detach().float().numpy() for k, v in network.state_dict().items()}
    order, asked = _order(network, w), _asked(network, w)

    def state(text: I64, places: I64) -> F32:
        blocks = np.cumsum(text == 0)
        window = places[:, None] + _STEPS
        words = text[window]
        seen = Seen(words, w["words"][words], words == 0, blocks[window] - blocks[places][:, None])
        across = np.where((seen.between != 0)[:, :, None], w["across"], np.float32(0))
        weight = _softmax(_hide(w["salience"][words] + w["distance"].T + across, seen), 1)
        means = np.matmul(weight.transpose(0, 2, 1), seen.vectors).reshape(len(places), -1)
        first = asked(np.maximum(order(seen) + means @ w["wide"] + w["bias"], 0), seen)
        first = first + np.maximum(first @ w["again"] + w["again_bias"], 0)
        return np.asarray(first @ w["out"])

    return state


def _softmax(x: F32, axis: int) -> F32:
    x = np.exp(x - x.max(axis, keepdims=True))
    x /= x.sum(axis, keepdims=True)
    return x


def _hide(weight: F32, seen: Seen) -> F32:
    """Weights (place, word, head) without what a place does not see."""
    weight[seen.boundary] = _FAR
    weight[:, WIDE] = _FAR
    return weight


def _sigmoid(x: F32) -> F32:
    return np.asarray(1 / (1 + np.exp(-x)))


def _asked(network: Network, w: W) -> Callable[[F32, Seen], F32]:
    if not isinstance(network, Query):
        return lambda first, _: first
    heads, width = network.heads, network.width
    keys, values = w["words"] @ w["key"], w["words"] @ w["value"]

    def ask(first: F32, seen: Seen) -> F32:
        n = len(first)
        query = (first @ w["query"]).reshape(n, heads, 1, width)
        key = keys[seen.words].reshape(n, -1, heads, width).transpose(0, 2, 3, 1)
        weight = (query @ key)[:, :, 0].transpose(0, 2, 1) * np.float32(width**-0.5) + w["asked_distance"].T
        weight += np.where((seen.between != 0)[:, :, None], w["asked_across"], np.float32(0))
        weight = _softmax(_hide(weight, seen), 1).transpose(0, 2, 1)[:, :, None]
        value = values[seen.words].reshape(n, -1, heads, width).transpose(0, 2, 1, 3)
        return np.asarray(first + (weight @ value).reshape(n, -1) @ w["answer"])

    return ask


def _order(network: Network, w: W) -> Callable[[Seen], F32]:
    match network:
        case Convolutions():
            return _towers(w, lambda side, seen: _convolutions(network, w, side, seen.vectors))
        case Recurrent():
            tables = [_by_word(w, side) for side in range(2)]
            return _towers(w, lambda side, seen: _recurrent(w, side, tables[side], seen.words))
        case Transformer():
            return _towers(w, lambda side, seen: _transformer(network, w, side, seen.vectors))

    def near(seen: Seen) -> F32:
        # a boundary is the last that is seen of its side; on the left, the count changes after it
        hidden = (seen.between - (seen.boundary & (_STEPS > 0))) != 0
        close = np.where(hidden[:, _NEAR, None], np.float32(0), seen.vectors[:, _NEAR])
        return np.asarray(close.reshape(len(close), -1) @ w["near"])

    return near


def _towers(w: W, tower: Callable[[int, Seen], F32]) -> Callable[[Seen], F32]:
    """Both towers over what stands on their side, the nearest word last."""

    def order(seen: Seen) -> F32:
        left = Seen(*(part[:, :WIDE] for part in seen))
        right = Seen(*(part[:, :WIDE:-1] for part in seen))
        return np.asarray(np.concatenate((tower(0, left), tower(1, right)), 1) @ w["join"])

    return order


def _convolutions(network: Convolutions, w: W, side: int, x: F32) -> F32:
    kernels = network.kernels
    x = x[:, -(1 + sum(kernel - 1 for kernel in kernels)) :]
    for k, kernel in enumerate(kernels):
        at = 2 * (side * len(kernels) + k)
        length = x.shape[1] - kernel + 1
        window = np.concatenate([x[:, n : n + length] for n in range(kernel)], 2)
        both = window.reshape(len(x) * length, -1) @ w[f"gates.{at}"] + w[f"gates.{at + 1}"]
        found = both[:, : network.state] * _sigmoid(both[:, network.state :])
        found = found.reshape(len(x), length, -1)
        x = x[:, kernel - 1 :] + found if k else found
    return x[:, -1]


def _by_word(w: W, side: int) -> F32:
    """What each word says to the gates, which does not depend on the state."""
    name = f"units.{side}"
    return np.asarray(w["words"] @ w[f"{name}.weight_ih_l0"].T + w[f"{name}.bias_ih_l0"])


def _recurrent(w: W, side: int, table: F32, words: I64) -> F32:
    inner, bias = w[f"units.{side}.weight_hh_l0"].T, w[f"units.{side}.bias_hh_l0"]
    c = len(inner)
    state = np.zeros((len(words), c), dtype=np.float32)
    for step in range(words.shape[1]):
        said, held = table[words[:, step]], state @ inner + bias
        gates = _sigmoid(said[:, : 2 * c] + held[:, : 2 * c])
        new = np.tanh(said[:, 2 * c :] + gates[:, :c] * held[:, 2 * c :])
        state = new + gates[:, c:] * (state - new)
    return state


def _normal(x: F32, scale: F32) -> F32:
    return np.asarray(x / np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(1e-5)) * scale)


def _transformer(network: Transformer, w: W, side: int, x: F32) -> F32:
    x = x @ w[f"enter.{side}"]
    n, length, c = x.shape
    heads, width = network.heads, c // network.heads

    def parts(flat: Any) -> F32:  # noqa: ANN401
        return np.asarray(flat.reshape(n, -1, heads, width).transpose(0, 2, 1, 3))

    for k in range(network.layers):
        name = f"layer.{side * network.layers + k}"
        # of the last layer only the state beside the place is needed
        begin = length - 1 if k == network.layers - 1 else 0
        steps = np.arange(begin, length)[:, None] - np.arange(length)
        y = _normal(x, w[f"{name}.norm"])
        query, rest = parts(y[:, begin:] @ w[f"{name}.in"][:, :c]), y @ w[f"{name}.in"][:, c:]
        weight = query @ parts(rest[:, :, :c]).transpose(0, 1, 3, 2) * np.float32(width**-0.5)
        weight = np.where(steps < 0, _FAR, weight + w[f"{name}.distance"][:, steps.clip(0, WIDE)])
        found = (_softmax(weight, 3) @ parts(rest[:, :, c:])).transpose(0, 2, 1, 3)
        x = x[:, begin:] + found.reshape(n, -1, c) @ w[f"{name}.out"]
        inner = np.maximum(_normal(x, w[f"{name}.again"]) @ w[f"{name}.first"] + w[f"{name}.bias"], 0)
        x = x + inner @ w[f"{name}.second"]
    return _normal(x, w[f"leave.{side}"])[:, -1]
