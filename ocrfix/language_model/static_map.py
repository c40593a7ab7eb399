"""A static map from 64-bit keys to small numbers that does not hold its keys.

The value of a key is the exclusive or of three cells whose places are hashes of the key, as is a
fingerprint of the key that tells strangers apart with a known small probability of error. Method:
Chazelle et al., "The Bloomier filter" (2004); for language models, Talbot and Brants (2008).
A reader of the file cannot list the keys, so no text can be read back from it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["StaticMap", "build"]

LOAD: Final = 1.24
"""Cells per key; below 1.222 the construction is likely to fail (three hashes, random hypergraph)."""
_FIRST_SEED: Final = 0x9E3779B97F4A7C15
_TRIES: Final = 64
_SPARE: Final = 32
"""Cells more in each third: few keys are easily at odds with one another."""

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

# Made once: most questions are of a few keys, where making these would take as long as using them.
_FIRST_FACTOR: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND_FACTOR: Final = np.uint64(0x94D049BB133111EB)
_THIRD_FACTOR: Final = np.uint64(0x9FB21C651E98DF25)
_FINGERPRINT_FACTOR: Final = np.uint64(0xD6E8FEB86659FD93)
_16, _24, _29, _31, _32 = map(np.uint64, (16, 24, 29, 31, 32))
_LOW: Final = np.uint64(0xFFFFFFFF)


def _mix(keys: U64, seed: np.uint64) -> U64:
    """SplitMix64's finaliser (Steele et al. 2014)."""
    h = keys ^ seed
    h *= _FIRST_FACTOR
    h ^= h >> _31
    h *= _SECOND_FACTOR
    h ^= h >> _29
    return h


def _places(h: U64, segment: int) -> I64:
    """Places of the three cells of each key, one row a cell."""
    places = np.empty((3, len(h)), dtype=np.uint64)
    a, b, c = places
    np.bitwise_and(h, _LOW, out=a)
    np.right_shift(h, _32, out=b)
    np.multiply(h, _THIRD_FACTOR, out=c)
    c >>= _24
    c ^= h >> _16
    c &= _LOW
    size = np.uint64(segment)
    places *= size
    places >>= _32
    b += size
    c += size + size
    # Signed, since numpy copies unsigned indexes before it uses them.
    return places.view(np.int64)


def _fingerprint(h: U64, bits: int) -> U64:
    return (h * _FINGERPRINT_FACTOR) >> np.uint64(64 - bits)


class StaticMap:
    """A static map in use.

    Parameters: ``cells``, the low 16 bits of every cell; ``high``, the 8 bits above, or None;
    ``value_bits`` of a cell are value, ``fingerprint_bits`` fingerprint; ``seed`` of the hash.
    """

    __slots__ = ("_mask", "_seed", "cells", "fingerprint_bits", "high", "seed", "segment", "value_bits")

    def __init__(
        self,
        cells: NDArray[np.uint16],
        high: NDArray[np.uint8] | None,
        value_bits: int,
        seed: int,
    ) -> None:
        self.cells, self.high, self.value_bits, self.seed = cells, high, value_bits, seed
        self._seed, self._mask = np.uint64(seed), np.int32((1 << value_bits) - 1)
        self.segment = len(cells) // 3
        self.fingerprint_bits = (16 if high is None else 24) - value_bits

    def get(self, keys: U64) -> NDArray[np.int32]:
        """Values of the keys, -1 for a key that is not in the map.

        A stranger is taken for a member with probability 2 ** -fingerprint_bits.
        """
        if not len(keys) or not self.segment:
            return np.full(len(keys), -1, dtype=np.int32)
        h = _mix(keys, self._seed)
        places = _places(h, self.segment)
        a, b, c = self.cells.take(places)
        a ^= b
        a ^= c
        match = _fingerprint(h, self.fingerprint_bits)
        if self.high is None:
            cell = a.astype(np.int32)
        else:
            b, c, d = self.high.take(places)
            b ^= c
            b ^= d
            cell = b.astype(np.int32)
            cell <<= 16
            cell |= a
        value: NDArray[np.int32] = cell & self._mask
        cell >>= self.value_bits
        value[cell != match.view(np.int64)] = -1
        return value


def build(keys: U64, values: NDArray[np.integer], value_bits: int, *, wide: bool) -> StaticMap:
    """Build a static map; ``wide`` cells have 24 bits, others 16.

    Parameters: ``keys``, distinct; ``values`` below ``2 ** value_bits``. Raises RuntimeError if no
    seed works, which does not happen for distinct keys.
    """
    count = len(keys)
    # Large maps, which are what is shipped, have no use for the spare cells.
    segment = int(count * LOAD / 3) + 1 + (_SPARE if count < 100_000 else 0)
    for attempt in range(_TRIES):
        seed = (_FIRST_SEED * (2 * attempt + 1)) & 0xFFFFFFFFFFFFFFFF
        h = _mix(keys, np.uint64(seed))
        a, b, c = _places(h, segment)
        order = _peel((a, b, c), count, 3 * segment)
        if order is None:
            continue
        bits = (24 if wide else 16) - value_bits
        word = (_fingerprint(h, bits) << np.uint64(value_bits)) | values.astype(np.uint64)
        cells = np.zeros(3 * segment, dtype=np.uint32)
        word32 = word.astype(np.uint32)
        for members, own in reversed(order):
            i, j, k = a[members], b[members], c[members]
            cells[own] = word32[members] ^ cells[i] ^ cells[j] ^ cells[k] ^ cells[own]
        high = (cells >> np.uint32(16)).astype(np.uint8) if wide else None
        return StaticMap(cells.astype(np.uint16), high, value_bits, seed)
    raise RuntimeError("the keys of a static map must be distinct")


def _peel(
    columns: tuple[I64, I64, I64], count: int, size: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]] | None:
    """Order the keys so that each, when its turn comes, has a cell that no later one uses.

    Returns rounds of (key indexes, their own cells), or None if the keys cannot be peeled.
    """
    degree = np.zeros(size, dtype=np.int32)
    who = np.zeros(size, dtype=np.int64)
    index = np.arange(count, dtype=np.int64)
    for column in columns:
        np.add.at(degree, column, 1)
        np.bitwise_xor.at(who, column, index)
    rounds: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    own = np.flatnonzero(degree == 1)
    left = count
    while len(own):
        members, first = np.unique(who[own], return_index=True)
        cells = own[first]
        rounds.append((members, cells))
        left -= len(members)
        touched = []
        for column in columns:
            at = column[members]
            np.subtract.at(degree, at, 1)
            np.bitwise_xor.at(who, at, members)
            touched.append(at)
        near = np.unique(np.concatenate(touched))
        own = near[degree[near] == 1]
    return rounds if left == 0 else None
