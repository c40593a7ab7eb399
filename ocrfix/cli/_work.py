"""The work on one file, and on many at once in a pool of processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path

from ocrfix.config import Config
from ocrfix.formats import FormatError, read, read_text, write
from ocrfix.reports.model import Reviewed

__all__ = ["Outcome", "Task", "run", "work"]


@dataclass(frozen=True)
class Task:
    """One file to be cleaned.

    ``data`` are the bytes of standard input, read already, when ``path`` is None. ``in_place`` says
    that ``output`` is the input; ``texts``, whether the outcome is to hold the texts.
    """

    path: Path | None
    config: Config
    data: bytes = b""
    encoding: str | None = None
    output: Path | None = None
    in_place: bool = False
    texts: bool = False

    @property
    def name(self) -> str:
        """What messages and reports call the file."""
        return "-" if self.path is None else str(self.path)


@dataclass(frozen=True)
class Outcome:
    """What came of a task: ``file``, or an ``error`` that says why there is none.

    The texts in ``file`` are empty unless they were asked for.
    """

    name: str
    file: Reviewed | None = None
    error: str | None = None


def work(task: Task) -> Outcome:
    """Read, clean and write one file; never raises but for an interrupt."""
    try:
        return Outcome(task.name, _work(task))
    except FormatError as error:
        return Outcome(task.name, error=str(error))
    except MemoryError:
        return Outcome(task.name, error=f"{task.name}: not enough memory; clean it in parts")
    except Exception as error:  # noqa: BLE001  (one bad file must not stop the others)
        if os.environ.get("OCRFIX_DEBUG"):
            traceback.print_exc()
        return Outcome(
            task.name,
            error=f"{task.name}: ocrfix itself failed: {type(error).__name__}: {error}; "
            "the file is as it was. Set OCRFIX_DEBUG=1 to see where, and please report it",
        )


def _work(task: Task) -> Reviewed:
    from ocrfix import clean  # noqa: PLC0415  (start-up time)

    path, encoding = task.path, task.encoding
    source = read_text(task.data, "-", encoding) if path is None else read(path, encoding)
    result = clean(source.document, task.config)
    cleaned = source.restore(result)
    if task.in_place and source.broken:
        raise FormatError(
            f"{task.name}: broken characters ({source.broken}) would be lost; "
            "name the right encoding with --encoding, or write elsewhere with -o"
        )
    same = cleaned == source.raw and source.encoding in ("utf-8", "ascii")
    if task.output is not None and not (task.in_place and same):
        write(task.output, cleaned.encode("utf-8"))
    report = replace(result.report, notes=result.report.notes + source.notes)
    if not task.texts:
        return Reviewed(report, "", "")
    return Reviewed(report, source.document.text, result.text, source.raw, cleaned)


def run(tasks: Sequence[Task], jobs: int) -> Iterator[Outcome]:
    """The outcomes of all tasks, in their order whatever the number of processes.

    A process that dies takes no file with it but its own.
    """
    if jobs <= 1 or len(tasks) <= 1:
        yield from map(work, tasks)
        return
    executor = _pool(min(jobs, len(tasks)))
    try:
        futures = [executor.submit(work, task) for task in tasks]
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
    with _pool(1) as executor:
        try:
            return executor.submit(work, task).result()
        except BrokenProcessPool:
            return Outcome(task.name, error=f"{task.name}: the process died, perhaps for want of memory")


def _pool(jobs: int) -> ProcessPoolExecutor:
    # not fork: it copies threads' locks, and other methods are the default from Python 3.14 on
    methods = multiprocessing.get_all_start_methods()
    method = "forkserver" if "forkserver" in methods else "spawn"
    context = multiprocessing.get_context(method)
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_ignore_interrupts)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent looks after Ctrl-C
