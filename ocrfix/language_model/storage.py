"""The file of a language model: written once, memory-mapped for use.

Layout: the magic line, a JSON header (vocabulary size, hashes, places of the arrays), then arrays at
offsets that are multiples of 64 bytes. It holds weights only: n-grams as `static_map` cells, words as
the vocabulary list.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocrfix._arrays import packed, write_packed
from ocrfix.language_model.estimation import Order
from ocrfix.language_model.static_map import build

__all__ = ["COST", "PROB_BITS", "TAG", "ModelFileError", "check", "read", "tagged", "write"]

MAGIC: Final = b"ocrfix language model 2\n"
PROB_BITS: Final = 7
BACKOFF_BITS: Final = 5
TAG: Final = 60
"""Bit from which the order of an n-gram below the highest stands in its key."""
COST: Final[dict[int, float]] = {2: 3 * 1.24, 3: 3 * 1.24, 4: 2 * 1.24}
"""Bytes that an n-gram of each order takes; orders below the highest carry a backoff weight."""


class ModelFileError(ValueError):
    """The file is not a language model of ocrfix, or it is damaged."""


def _codebook(values: NDArray[np.float64], bits: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Quantise to at most 2**bits levels, each the mean of an equal share of the values."""
    levels = 1 << bits
    if not len(values):
        return np.zeros(levels, dtype=np.float32), np.zeros(0, dtype=np.int64)
    edges = np.unique(np.quantile(values, np.linspace(0, 1, levels + 1)[1:-1]))
    codes = np.searchsorted(edges, values)
    total = np.bincount(codes, weights=values, minlength=levels)
    count = np.bincount(codes, minlength=levels)
    means = np.divide(total, count, out=np.zeros(levels), where=count > 0)
    return means.astype(np.float32), codes


def tagged(keys: NDArray[np.uint64], order: int) -> NDArray[np.uint64]:
    """Keys of n-grams below the highest order, told apart from those of another order.

    All of them share one map, so that one look serves several orders.
    """
    return keys | np.uint64(order << TAG)


def _store(
    arrays: dict[str, NDArray[Any]], name: str, keys: NDArray[np.uint64], codes: NDArray[np.int64], bits: int
) -> dict[str, int]:
    built = build(keys, codes, bits, wide=bits > PROB_BITS)
    arrays[f"{name}_cells"] = built.cells
    if built.high is not None:
        arrays[f"{name}_high"] = built.high
    return {"bits": bits, "seed": built.seed, "ngrams": len(keys)}


def write(path: Path, words: list[str], orders: list[Order], meta: dict[str, Any]) -> None:
    """Write a model whole or not at all."""
    arrays: dict[str, NDArray[Any]] = {
        "words": np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        "unigram": orders[0].logp.astype(np.float32),
        "backoff": orders[0].backoff.astype(np.float32),
    }
    maps: dict[str, Any] = {}
    highest = len(orders)
    lower_keys, lower_codes = [], []
    for n, order in enumerate(orders[1:], 2):
        book, codes = _codebook(order.logp, PROB_BITS)
        arrays[f"prob{n}"] = book
        if n == highest:
            maps["highest"] = _store(arrays, "highest", order.keys, codes, PROB_BITS)
        else:
            arrays[f"backoff{n}"], backoff_codes = _codebook(order.backoff, BACKOFF_BITS)
            lower_keys.append(tagged(order.keys, n))
            lower_codes.append(codes | (backoff_codes << PROB_BITS))
    if lower_keys:
        keys, codes = np.concatenate(lower_keys), np.concatenate(lower_codes)
        maps["lower"] = _store(arrays, "lower", keys, codes, PROB_BITS + BACKOFF_BITS)
    offsets, blob = packed(arrays)
    places = {name: [offsets[name], len(array), array.dtype.str] for name, array in arrays.items()}
    write_packed(path, MAGIC, {"order": highest, "maps": maps, "meta": meta, "arrays": places}, blob)


def read(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Map a model into memory: its header and its arrays.

    Raises ModelFileError for a file that is no model or is cut short, OSError when it cannot be read.
    """
    with path.open("rb") as file:
        if file.readline(len(MAGIC)) != MAGIC:
            raise ModelFileError(f"{path} is not a language model of ocrfix; build one with: ocrfix learn")
        line = file.readline(1 << 20)
        start = file.tell()
    try:
        header = json.loads(line)
        places = {
            name: (int(offset), int(length), np.dtype(kind))
            for name, (offset, length, kind) in header["arrays"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise ModelFileError(f"{path} is damaged (its header cannot be read)") from None
    blob = np.memmap(path, dtype=np.uint8, mode="r")
    arrays = {}
    for name, (offset, length, dtype) in places.items():
        begin, end = start + offset, start + offset + length * dtype.itemsize
        if end > len(blob):
            raise ModelFileError(f"{path} is damaged (cut short at byte {len(blob)})")
        if min(offset, length) < 0 or dtype.hasobject or not dtype.itemsize:
            raise ModelFileError(f"{path} is damaged (its header cannot be right)")
        arrays[name] = np.asarray(blob[begin:end].view(dtype))
    return header, arrays


def check(path: Path) -> None:
    """Compare a model's arrays with the hash in its header (14 ms for 24 MB that are in memory).

    Raises ModelFileError when they differ, and as `read` does.
    """
    header, _ = read(path)
    with path.open("rb") as file:
        file.readline()
        file.readline()
        if hashlib.file_digest(file, "sha256").hexdigest() != header.get("sha256"):
            raise ModelFileError(f"{path} is damaged (its hash is not the one in its header)")
