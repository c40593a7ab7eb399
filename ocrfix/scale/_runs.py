"""Pairs of numbers sorted on disk, in bounded memory: sorted runs, merged by ranges of keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["SortedRuns"]

U64 = NDArray[np.uint64]

_RUN: Final = 1 << 20
"""Pairs of a run: 16 MB."""
_PAIR: Final = 16
"""Bytes of a pair."""
_SAMPLE: Final = 1024
"""Pairs of a run, at most, for each key of it that stays in memory."""


class SortedRuns:
    """Pairs (key, value) of 64-bit numbers that come in any order and go sorted.

    Parameters: ``folder``, where the runs are written; ``name``, that of their files; ``run``, pairs that
    are held in memory. Merging holds about as many, and all pairs of one key.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     runs = SortedRuns(Path(folder), "example", run=2)
    ...     for key in (3, 1, 2):
    ...         runs.add(np.array([key], np.uint64), np.array([key * 10], np.uint64))
    ...     np.concatenate([values for _, values in runs.merged()]).tolist()
    [10, 20, 30]
    """

    def __init__(self, folder: Path, name: str, run: int = _RUN) -> None:
        self._folder, self._name, self._size = folder, name, run
        self._held: U64 = np.empty((run, 2), np.uint64)
        self._count = 0
        self._files: list[Path] = []
        self._lengths: list[int] = []
        self._every = max(1, min(_SAMPLE, run // 16))
        self._samples: list[U64] = []

    def add(self, keys: U64, values: U64) -> None:
        """Take pairs."""
        at = 0
        while at < len(keys):
            end = min(len(keys), at + self._size - self._count)
            room = self._held[self._count : self._count + end - at]
            room[:, 0], room[:, 1] = keys[at:end], values[at:end]
            self._count += end - at
            at = end
            if self._count == self._size:
                self._flush()

    def _flush(self) -> None:
        if not self._count:
            return
        pairs = _sorted(self._held[: self._count])
        path = self._folder / f"{self._name}-{len(self._files)}"
        pairs.tofile(path)
        self._files.append(path)
        self._lengths.append(self._count)
        self._samples.append(pairs[:: self._every, 0].copy())
        self._count = 0

    def merged(self) -> Iterator[tuple[U64, U64]]:
        """The keys and values, sorted, a portion at a time; all pairs of one key are in one portion."""
        self._flush()
        self._held = np.empty((0, 2), np.uint64)
        # keys that part what is there into portions of about one run's size
        step = max(1, self._size // self._every)
        samples = np.sort(np.concatenate([np.zeros(0, np.uint64), *self._samples]))
        at = [0] * len(self._files)
        for bound in [*np.unique(samples[step::step]), None]:
            parts = []
            for number, begin in enumerate(at):
                end = self._lengths[number] if bound is None else self._place(number, bound)
                if end > begin:
                    parts.append(self._read(number, begin, end))
                    at[number] = end
            if parts:
                pairs = _sorted(np.concatenate(parts))
                yield pairs[:, 0].copy(), pairs[:, 1].copy()
        for path in self._files:
            path.unlink()
        self._files = []

    def _place(self, number: int, bound: np.uint64) -> int:
        """How many pairs of a run have keys below the bound."""
        block = int(np.searchsorted(self._samples[number], bound))
        begin = max(0, block - 1) * self._every
        end = min(self._lengths[number], begin + self._every)
        return begin + int(np.searchsorted(self._read(number, begin, end)[:, 0], bound))

    def _read(self, number: int, begin: int, end: int) -> U64:
        # not mapped: what is mapped stays with the process
        pairs = np.fromfile(self._files[number], np.uint64, 2 * (end - begin), offset=_PAIR * begin)
        return pairs.reshape(-1, 2)


def _sorted(pairs: U64) -> U64:
    """Pairs by key, then by value."""
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
