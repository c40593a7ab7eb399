"""Processes that clean in bounded memory and in order, and that come back when one dies or is stuck."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Final, Self, cast

from ocrfix.scale._process import Batch, Lost, Worker, result_of, undisturbed

__all__ = ["BUDGET", "Batch", "Lost", "Pool", "processors", "run"]

BUDGET: Final = 600.0
"""Seconds of one document in a corpus run, unless told otherwise: a page takes some hundredths."""
_READ_AHEAD: Final = 3
"""Batches for each process, at most, between the one that is taken and the last one read."""
_READ_AHEAD_SIZE: Final = 64 << 20
"""Characters of these batches, beyond which no more is read ahead."""
_STILLBORN: Final = 3
"""Processes in a row that end before they are ready, until it is no use to start another."""
_TRIES: Final = 2
"""Times an item is tried that a process died over: another process may have taken all memory."""


def processors() -> int:
    """Number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(batches: Iterable[Batch], pool: Pool | None) -> Iterator[Batch]:
    """The batches in their order, with results: from the pool, or from this process where there is none.

    >>> [batch.results for batch in run([Batch(str.upper, ["xã", "huyện"])], None)]
    [['XÃ', 'HUYỆN']]
    """
    if pool is not None:
        yield from pool.run(batches)
        return
    for batch in batches:
        batch.results = [result_of(batch.work, item) for item in batch.items]
        yield batch


class Pool:
    """Processes that work on batches, each on one item at a time.

    Parameters: ``jobs``, how many; ``budget``, seconds (of a wall clock) after which an item is given
    up and its process replaced, None for no end; ``prepare``, what a process is to do before its first
    item, outside of the budget; ``method``, how processes are started, as multiprocessing has it. The
    processes start with the first batch, and stay for the next `run`. A process that dies takes nothing
    with it but its item, which is tried once more.

    >>> with Pool(2) as pool:
    ...     [batch.results for batch in pool.run([Batch(str.upper, ["xã"]), Batch(len, ["huyện"])])]
    [['XÃ'], [5]]
    """

    def __init__(
        self,
        jobs: int,
        budget: float | None = None,
        prepare: Callable[[], object] | None = None,
        method: str | None = None,
    ) -> None:
        # not fork: it copies threads' locks, and other methods are the default from Python 3.14 on
        methods = multiprocessing.get_all_start_methods()
        self._context = multiprocessing.get_context(
            method or ("forkserver" if "forkserver" in methods else "spawn")
        )
        self.jobs = max(1, jobs)
        self.budget = budget
        self.prepare = prepare
        self._workers: list[Worker] = []
        self._stillborn = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all processes, without waiting for what is under way."""
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    @property
    def pids(self) -> list[int]:
        """The processes' numbers."""
        return [worker.process.pid for worker in self._workers]

    def run(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """The batches in their order, with results. Memory is bounded: no more is read than is taken soon.

        What is left undone when the iterator is closed is dropped.
        """
        source = iter(batches)
        window: deque[Batch] = deque()  # read and not yet taken, in order
        waiting: deque[Batch] = deque()  # of these, the ones that no process has
        try:
            while True:
                self._fill(source, window, waiting)
                if not window:
                    return
                self._assign(waiting)
                if window[0].done:
                    yield window.popleft()
                    self._collect(waiting, 0)
                else:
                    self._collect(waiting, self._patience())
        finally:
            for worker in [w for w in self._workers if w.batch is not None]:
                worker.end()  # at work on what nobody wants any more
                self._workers.remove(worker)

    def _fill(self, source: Iterator[Batch], window: deque[Batch], waiting: deque[Batch]) -> None:
        size = sum(batch.size for batch in window)
        while len(window) < _READ_AHEAD * self.jobs and (not window or size < _READ_AHEAD_SIZE):
            batch = next(source, None)
            if batch is None:
                return
            size += batch.size
            window.append(batch)
            if batch.items:
                waiting.append(batch)

    def _assign(self, waiting: deque[Batch]) -> None:
        while waiting:
            worker = next((w for w in self._workers if w.batch is None), None)
            if worker is None:
                if len(self._workers) >= self.jobs:
                    return
                with undisturbed():
                    worker = Worker(self._context, self._workers, self.budget, self.prepare)
                    self._workers.append(worker)
            batch = waiting.popleft()
            if not worker.give(batch):  # it died while it had nothing to do
                self._bury(worker, batch, waiting)

    def _patience(self) -> float | None:
        """Seconds until the first item is over the budget."""
        if self.budget is None:
            return None
        now = time.monotonic()
        left = [w.since + self.budget - now for w in self._workers if w.batch is not None and w.began]
        return max(0.0, min(left)) if left else None

    def _collect(self, waiting: deque[Batch], patience: float | None) -> None:
        """Take what the processes have sent, and replace those that died or are over the budget."""
        busy = {w.pipe: w for w in self._workers if w.batch is not None}
        if not busy:
            return
        for pipe in wait(list(busy), patience):
            self._receive(busy[cast("Connection", pipe)], waiting)
        if self.budget is None:
            return
        now = time.monotonic()
        for worker in [w for w in self._workers if w.batch is not None and w.began]:
            if now - worker.since >= self.budget and not worker.pipe.poll():
                self._give_up(worker, waiting, f"over the time budget of {self.budget:g} s")

    def _receive(self, worker: Worker, waiting: deque[Batch]) -> None:
        batch = cast("Batch", worker.batch)
        try:
            while not batch.done:
                message = worker.pipe.recv()
                if worker.began:
                    batch.results.append(message)
                    batch.tries = 0
                worker.began = worker.up
                worker.up = True
                worker.since = time.monotonic()
                self._stillborn = 0
                if not worker.pipe.poll():
                    break
        except (EOFError, OSError):
            self._bury(worker, batch, waiting)
            return
        if batch.done:
            worker.batch = None

    def _bury(self, worker: Worker, batch: Batch, waiting: deque[Batch]) -> None:
        """See to the item over which a process died. Raises RuntimeError when processes do not even start."""
        worker.process.join()
        code = worker.process.exitcode
        why = ""
        if not worker.up:
            self._stillborn += 1
            if self._stillborn >= _STILLBORN:
                raise RuntimeError(
                    f"processes end as soon as they are started (exit code {code}); "
                    'a script that cleans with several needs: if __name__ == "__main__":'
                )
        elif hasattr(signal, "SIGALRM") and code == -signal.SIGALRM:
            why = f"over the time budget of {self.budget:g} s"
        else:
            batch.tries += 1
            why = "the process died, perhaps for want of memory" if batch.tries >= _TRIES else ""
        self._give_up(worker, waiting, why)

    def _give_up(self, worker: Worker, waiting: deque[Batch], why: str) -> None:
        """Replace a process; with a reason ``why``, its item is lost, else it is tried again."""
        batch = cast("Batch", worker.batch)
        self._drop(worker)
        if why:
            batch.results.append(Lost(why))
            batch.tries = 0
        if not batch.done:
            waiting.appendleft(batch)

    def _drop(self, worker: Worker) -> None:
        worker.end()
        self._workers.remove(worker)
