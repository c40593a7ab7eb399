"""Many files at once, in a pool of processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import FrameType
from typing import NoReturn

from ocrfix.cli._work import Outcome, Task, work

__all__ = ["make_pool", "run_in_pool"]


def run_in_pool(tasks: Sequence[Task], jobs: int) -> Iterator[Outcome]:
    """The outcomes of all tasks, in their order, from ``jobs`` processes.

    A process that dies takes no file with it but its own.
    """
    executor = make_pool(min(jobs, len(tasks)))
    try:
        futures = [executor.submit(_work, task) for task in tasks]
        for task, future in zip(tasks, futures, strict=True):
            yield _outcome(task, future)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _outcome(task: Task, future: Future[Outcome]) -> Outcome:
    try:
        return future.result()
    except BrokenProcessPool:
        pass
    # some process died: try this file alone, to learn whether it is the one to blame
    with make_pool(1) as executor:
        try:
            return executor.submit(_work, task).result()
        except BrokenProcessPool:
            return Outcome(task.name, error=f"{task.name}: the process died, perhaps for want of memory")


def _work(task: Task) -> Outcome:
    """The work on one file; told to stop, the process ends, but leaves nothing half written behind."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        return work(task)
    except SystemExit:
        sys.stderr.flush()
        os._exit(1)
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(1)


def make_pool(jobs: int) -> ProcessPoolExecutor:
    """A pool of processes that leave Ctrl-C to their parent."""
    # not fork: it copies threads' locks, and other methods are the default from Python 3.14 on
    methods = multiprocessing.get_all_start_methods()
    method = "forkserver" if "forkserver" in methods else "spawn"
    context = multiprocessing.get_context(method)
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_ignore_interrupts)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent looks after Ctrl-C
