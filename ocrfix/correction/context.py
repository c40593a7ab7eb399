"""The context model: which of some words fits among all the words around a place.

A small network over the words to both sides: the nearest in order, the farther ones as two weighted means
whose weights are learned (attention by what a word says and by where it stands). Its output is compared with
a vector of each word that may stand there. It sees a sentence where the n-grams see three words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocrfix._arrays import ArraysError, read_arrays, write_arrays
from ocrfix._blas import one_thread
from ocrfix._data import data_path
from ocrfix.language_model import LanguageModel
from ocrfix.language_model.model import BOUNDARY_ID, UNKNOWN_ID

__all__ = ["NEAR", "WIDE", "ContextModel", "Weights", "load_context", "vocabulary_digest", "write"]

MAGIC: Final = b"ocrfix context model 1\n"
WIDE: Final = 20
"""Words to each side that the model sees."""
NEAR: Final = 6
"""Words to each side whose order it sees."""
_OUT_OF_SIGHT: Final = -1e4
_PORTION: Final = 128
"""Places scored at a time: 2 MB of vectors."""

F16 = NDArray[np.float16]
F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
_STEPS: Final = np.arange(-WIDE, WIDE + 1)
_NEAR: Final = np.flatnonzero((abs(_STEPS) <= NEAR) & (_STEPS != 0))


class Weights(NamedTuple):
    """What is learned.

    Sizes: v words seen, V words that may be meant, d a word's vector, H means, h hidden units, o the output.
    """

    words: F32
    """(v, d) A word seen beside the place."""
    salience: F32
    """(v, H) How much it counts in each mean."""
    distance: F32
    """(H, 2 * WIDE + 1) How much a place counts."""
    across: F32
    """(H,) What is added where a boundary stands between."""
    near: F32
    """(2 * NEAR * d, h) From the nearest words, in order."""
    wide: F32
    """(H * d, h) From the means."""
    bias: F32
    """(h,)"""
    again: F32
    """(h, h) The second layer, added to the first."""
    again_bias: F32
    """(h,)"""
    out: F32
    """(h, o)"""
    meant: F32 | F16
    """(V, o) A word that may be meant."""
    common: F32
    """(V,) Its bias."""


_BYTES: Final = ("words", "meant")
"""Stored in 8 bits, with a scale for each row."""


def vocabulary_digest(model: LanguageModel) -> str:
    """What tells the vocabulary of one language model from another's."""
    return hashlib.sha256("\n".join(model.words).encode()).hexdigest()


class ContextModel:
    """Scores words by their context. Safe to share between threads.

    Parameters: ``load``, called when the weights are first needed.
    """

    def __init__(self, load: Callable[[], Weights]) -> None:
        self._load = load

    @cached_property
    def weights(self) -> Weights:
        """What was learned; loaded when it is first needed."""
        return self._load()

    def score(self, ids: I64, at: I64, options: I64, counts: I64) -> F32:
        """A score in nats, up to a constant for each place, of every option of every place.

        Parameters: ``ids``, a text's words with boundaries between blocks; ``at``, indexes of places in it,
        whose own words are not looked at; ``options``, word ids, place after place; ``counts``, how many
        options each place has. Time is in proportion to the places.
        """
        kept = np.ones(len(ids), dtype=bool)
        kept[1:] = (ids[1:] != BOUNDARY_ID) | (ids[:-1] != BOUNDARY_ID)
        edge = np.zeros(WIDE, dtype=np.int64)
        text = np.concatenate((edge, ids[kept], edge))
        text[text >= len(self.weights.words)] = UNKNOWN_ID
        blocks = np.cumsum(text == BOUNDARY_ID)
        places = np.cumsum(kept)[at] - 1 + WIDE
        out = np.empty(len(options), dtype=np.float32)
        ends = np.cumsum(counts)
        for begin in range(0, len(at), _PORTION):
            end = min(begin + _PORTION, len(at))
            with one_thread():
                state = self._state(text, blocks, places[begin:end])
            some = slice(int(ends[begin] - counts[begin]), int(ends[end - 1]))
            row = np.repeat(np.arange(end - begin), counts[begin:end])
            words = options[some]
            meant = self.weights.meant[words].astype(np.float32)
            out[some] = np.einsum("ij,ij->i", state[row], meant) + self.weights.common[words]
        return out

    def _state(self, text: I64, blocks: I64, places: I64) -> F32:
        """What is expected at each place."""
        w = self.weights
        window = places[:, None] + _STEPS
        words = text[window]
        boundary = words == BOUNDARY_ID
        between = blocks[window] - blocks[places][:, None]
        vectors = w.words[words]
        weight = (
            w.salience[words] + w.distance.T + np.where((between != 0)[:, :, None], w.across, np.float32(0))
        )
        weight[boundary] = _OUT_OF_SIGHT
        weight[:, WIDE] = _OUT_OF_SIGHT
        weight = np.exp(weight - weight.max(1, keepdims=True))
        weight /= weight.sum(1, keepdims=True)
        means = np.matmul(weight.transpose(0, 2, 1), vectors).reshape(len(places), -1)
        # a boundary is the last that is seen of its side; on the left, the count changes after it
        hidden = (between - (boundary & (_STEPS > 0))) != 0
        near = np.where(hidden[:, _NEAR, None], np.float32(0), vectors[:, _NEAR])
        first = np.maximum(near.reshape(len(places), -1) @ w.near + means @ w.wide + w.bias, 0)
        first += np.maximum(first @ w.again + w.again_bias, 0)
        return np.asarray(first @ w.out, dtype=np.float32)


def write(path: Path, weights: Weights, vocabulary: str, meta: dict[str, Any]) -> None:
    """Write a model whole or not at all, its large tables in 8 bits and the others in 16."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, values in weights._asdict().items():
        if name in _BYTES:
            scale = np.maximum(abs(values).max(1), 1e-6) / 127
            arrays[name] = np.round(values / scale[:, None]).astype(np.int8)
            arrays[f"{name}_scale"] = scale.astype(np.float32)
        else:
            arrays[name] = values.astype(np.float16)
    write_arrays(path, MAGIC, {"vocabulary": vocabulary, "meta": meta}, arrays)


def _weights(arrays: dict[str, NDArray[Any]]) -> Weights:
    found = {name: np.array(arrays[name], dtype=np.float32) for name in Weights._fields if name not in _BYTES}
    words = arrays["words"] * arrays["words_scale"][:, None]
    # the largest table, of which a few rows are needed at a time
    meant = arrays["meant"] * arrays["meant_scale"].astype(np.float16)[:, None]
    return Weights(words=words, meant=meant, **found)


@lru_cache(maxsize=2)
def _load(path: str, vocabulary: str, _stamp: int) -> ContextModel | None:
    header, arrays = read_arrays(
        Path(path), MAGIC, "a context model of ocrfix; ocrfix learn --context makes one"
    )
    if header.get("vocabulary") != vocabulary:
        return None
    missing = [name for name in Weights._fields if name not in arrays]
    if missing:
        raise ArraysError(f"{path} is damaged ({missing[0]} is missing)")
    return ContextModel(partial(_weights, arrays))


def load_context(model: LanguageModel, path: str | None = None) -> ContextModel | None:
    """The context model at ``path``, or the one that ocrfix carries; None if it knows other words.

    It goes with the language model ``model``, whose words it scores. Raises `ArraysError` (a ValueError) when
    the file is no context model or is damaged, OSError when it cannot be read.

    >>> import numpy as np
    >>> from ocrfix.language_model import load
    >>> model = load()
    >>> words = "chiếc máy may mới để bà ? khăn cho cháu".split()
    >>> ids = np.array([0, *model.word_ids(words), 0])
    >>> options = np.array(model.word_ids(["may", "mây"]))
    >>> scores = load_context(model).score(ids, np.array([7]), options, np.array([2]))
    >>> bool(scores[0] > scores[1])
    True
    """
    file = Path(path) if path else data_path("vi", "context.model")
    return _load(str(file), vocabulary_digest(model), file.stat().st_mtime_ns)
