"""The work on one file, and on many."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ocrfix._data import DataError
from ocrfix.config import Config
from ocrfix.formats import FormatError, Source, TextSource, read_data, write
from ocrfix.formats.files import read_bytes
from ocrfix.formats.packed import plain, render_for
from ocrfix.report import Result
from ocrfix.reports.model import Reviewed

__all__ = ["Outcome", "Task", "explained", "run", "work"]


@dataclass(frozen=True)
class Task:
    """One file to be cleaned.

    ``data`` are the bytes of standard input, read already, when ``path`` is None. ``in_place`` says
    that ``output`` is the input; ``texts``, whether the outcome is to hold the texts; ``form`` is the
    files' format, or "auto"; ``keep_removed``, whether elements whose text is removed stay;
    ``max_unpacked``, the bytes that a compressed file may unpack to.
    """

    path: Path | None
    config: Config
    data: bytes = b""
    encoding: str | None = None
    output: Path | None = None
    in_place: bool = False
    texts: bool = False
    form: str = "auto"
    keep_removed: bool = False
    max_unpacked: int | None = None

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
    except Exception as error:  # noqa: BLE001  (one bad file must not stop the others)
        return Outcome(task.name, error=explained(task.name, error))


def explained(name: str, error: Exception) -> str:
    """What is said of a file, by its ``name``, that could not be cleaned for an ``error``.

    >>> explained("bao.txt", MemoryError())
    'bao.txt: not enough memory; clean it in parts'
    """
    if isinstance(error, FormatError):
        return str(error)
    if isinstance(error, DataError):
        return f"{name}: {error}"
    if isinstance(error, MemoryError):
        return f"{name}: not enough memory; clean it in parts"
    if os.environ.get("OCRFIX_DEBUG"):
        traceback.print_exception(error)
    return (
        f"{name}: ocrfix itself failed: {type(error).__name__}: {error}; "
        "the file is as it was. Set OCRFIX_DEBUG=1 to see where, and please report it"
    )


def _work(task: Task) -> Reviewed:
    before = _state(task.path) if task.in_place else None
    source, result = _cleaned(task)
    inner = plain(source)
    cleaned = inner.render(result)
    if task.in_place and source.broken:
        raise FormatError(
            f"{task.name}: broken characters ({source.broken}) would be lost; "
            "name the right encoding with --encoding, or write elsewhere with -o"
        )
    if task.output is not None and not (task.in_place and cleaned == inner.data):
        if task.in_place and _state(task.path) != before:
            raise FormatError(
                f"{task.name}: it was changed while it was being cleaned, and stays so; clean it again"
            )
        write(task.output, render_for(source, cleaned, task.output))
    report = source.locate(result.report)
    report = replace(report, notes=report.notes + source.notes)
    if not task.texts:
        return Reviewed(report, "", "", min_confidence=task.config.min_confidence)
    # text files are shown decoded; others as their bytes are, whatever these mean
    raw = inner.raw if isinstance(inner, TextSource) else inner.data.decode("utf-8", "surrogateescape")
    texts = (source.document.text, result.text, raw, cleaned.decode("utf-8", "surrogateescape"))
    return Reviewed(report, *texts, task.config.min_confidence)


def _cleaned(task: Task) -> tuple[Source, Result]:
    """What was read, and what became of its text."""
    from ocrfix import clean  # noqa: PLC0415  (start-up time)
    from ocrfix.formats.book import clean_book  # noqa: PLC0415

    data = task.data if task.path is None else read_bytes(task.path)
    known = (task.encoding, task.form)
    keep, most = task.keep_removed, task.max_unpacked
    if (
        book := clean_book(data, task.name, task.config, *known, keep_removed=keep, max_unpacked=most)
    ) is not None:
        return book
    source = read_data(data, task.name, *known, keep_removed=keep, max_unpacked=most)
    return source, clean(source.document, task.config)


def _state(path: Path | None) -> tuple[int, int, int, int] | None:
    """What tells whether a file is still the same; None for none."""
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return found and (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def run(tasks: Sequence[Task], jobs: int, budget: float | None = None) -> Iterator[Outcome]:
    """The outcomes of all tasks, in their order whatever the number of processes.

    Parameters: ``tasks``; ``jobs``, how many processes; ``budget``, seconds that one file may take, None
    for no end. With one job, or one task, and no budget all is done in this process.
    """
    if budget is None and (jobs <= 1 or len(tasks) <= 1):
        yield from map(work, tasks)
        return
    from ocrfix.scale.pool import Batch, Lost, Pool  # noqa: PLC0415  (start-up time)

    with Pool(min(jobs, len(tasks)), budget) as pool:
        for batch in pool.run(Batch(work, [task]) for task in tasks):
            (result,) = batch.results
            if isinstance(result, Lost):
                name = batch.items[0].name
                result = Outcome(name, error=f"{name}: {result.why}")
            yield result
