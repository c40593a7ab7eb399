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
        path = self._folder / f"{self._name}-{len(self._files)}"
        _sorted(self._held[: self._count]).tofile(path)
        self._files.append(path)
        self._count = 0

    def merged(self) -> Iterator[tuple[U64, U64]]:
        """The keys and values, sorted, a portion at a time; all pairs of one key are in one portion."""
        self._flush()
        self._held = np.empty((0, 2), np.uint64)
        runs = [np.memmap(path, np.uint64, "r").reshape(-1, 2) for path in self._files]
        # keys that part what is there into portions of about one run's size
        step = max(1, self._size // max(1, len(runs)))
        bounds = np.unique(np.concatenate([run[step::step, 0] for run in runs])) if runs else np.zeros(0)
        bounds = bounds[len(runs) - 1 :: max(1, len(runs))]
        at = [0] * len(runs)
        for bound in [*bounds.tolist(), None]:
            parts = []
            for number, run in enumerate(runs):
                end = len(run) if bound is None else int(np.searchsorted(run[:, 0], np.uint64(bound)))
                if end > at[number]:
                    # read, not mapped: what is mapped stays with the process
                    count, begin = 2 * (end - at[number]), _PAIR * at[number]
                    parts.append(np.fromfile(self._files[number], np.uint64, count, offset=begin))
                    at[number] = end
            if parts:
                pairs = _sorted(np.concatenate(parts).reshape(-1, 2))
                yield pairs[:, 0].copy(), pairs[:, 1].copy()
        for path in self._files:
            path.unlink()
        self._files = []


def _sorted(pairs: U64) -> U64:
    """Pairs by key, then by value."""
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
