"""The work on files with one text a row: rows through a pool of processes, in order, in bounded memory."""

from __future__ import annotations

import io
import os
import shutil
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from ocrfix._compressed import PackingError, packing_of, reader, split_suffix, writer
from ocrfix.cli._pool import make_pool
from ocrfix.config import Config
from ocrfix.formats.errors import FormatError
from ocrfix.formats.files import Output, reason, replacing
from ocrfix.formats.rows import Row
from ocrfix.formats.text import text_source
from ocrfix.report import Report

__all__ = ["RowOutcome", "RowTask", "row_place", "run_rows"]

_BATCH: Final = 64
"""Rows that are handed to a process at once, at most."""
_BATCH_TEXT: Final = 1 << 18
"""Characters of such rows, beyond which the batch is full."""
_WAITING: Final = 3
"""Batches for each process that are read ahead of the one that is written."""


@dataclass(frozen=True)
class RowTask:
    """One file with rows to be cleaned.

    ``path`` is None for standard input; ``form`` is one of `ocrfix.formats.rows.ROW_FORMATS`; ``column``
    holds the texts, ``id_column`` the ids; ``output`` is None when nothing is written to a file, and then
    ``to_stdout`` says whether it goes to standard output; ``jobs`` is the number of processes;
    ``max_unpacked`` is as for `ocrfix.formats.read`; ``markdown`` says that the texts are Markdown.
    """

    path: Path | None
    form: str
    config: Config
    column: str
    id_column: str | None = None
    output: Path | None = None
    to_stdout: bool = False
    jobs: int = 1
    max_unpacked: int | None = None
    markdown: bool = False

    @property
    def name(self) -> str:
        """What messages and reports call the file."""
        return "-" if self.path is None else str(self.path)


@dataclass(frozen=True)
class RowOutcome:
    """What came of a row: ``text``, cleaned; ``report``, None when it was not cleaned; ``error``, why its
    cleaning failed, or "".
    """

    row: Row
    text: str | None = None
    report: Report | None = None
    error: str = ""

    @property
    def changed(self) -> bool:
        """Whether the text is another than before."""
        return self.report is not None and self.text != self.row.text


_Work = tuple[str | None, Report | None, str]
_Batch = Callable[[list[tuple[int, str | None]]], list[_Work]]


def run_rows(task: RowTask) -> Iterator[RowOutcome]:
    """Clean a file's rows and write it, yielding what came of every row, in order.

    The file is written when all rows have been taken. Raises FormatError when it cannot be read or
    written; the old one is then whole.
    """
    return _run_parquet(task) if task.form == "parquet" else _run_lines(task)


def _run_lines(task: RowTask) -> Iterator[RowOutcome]:
    from ocrfix.formats.jsonl import read_rows, with_text  # noqa: PLC0415  (start-up time)

    with ExitStack() as stack:
        file, packing = _opened(task, stack)
        output, out = _sink(task, packing, stack)
        pool = stack.enter_context(_pool(task.jobs))
        rows = _guarded(read_rows(file, task.name, task.column, task.id_column), task.name)
        changed = False
        for outcome in _cleaned(rows, task, pool):
            if out is not None:
                row = outcome.row
                out.write(with_text(row, task.column, outcome.text or "") if outcome.changed else row.data)
            changed = changed or outcome.changed
            yield outcome
        if out is not None and packing:
            out.close()
        if output is not None and not changed:
            _keep_bytes(task, output, same_packing=packing == _packing_of(task.path))


def _run_parquet(task: RowTask) -> Iterator[RowOutcome]:
    from ocrfix.formats.parquet import ParquetRows  # noqa: PLC0415

    if task.path is None or task.to_stdout:
        raise FormatError(f"{task.name}: Parquet is read from a file and written to one: name it, and -o")
    source = ParquetRows(task.path, task.column, task.id_column)
    with ExitStack() as stack:
        output = stack.enter_context(replacing(task.output)) if task.output else None
        pool = stack.enter_context(_pool(task.jobs))
        target = source.writer(output.file) if output else None
        changed = False
        for index, group in enumerate(source.rows()):
            texts: list[str | None] = []
            here = False
            for outcome in _cleaned(iter(group), task, pool):
                texts.append(outcome.text if outcome.changed else outcome.row.text)
                here = here or outcome.changed
                yield outcome
            changed = changed or here
            if target is not None:
                source.write(target, index, texts, here)
        if target is not None:
            target.close()
        if output is not None and not changed:
            _keep_bytes(task, output, same_packing=True)
        elif output is not None and output.file.seekable():
            output.file.flush()
            source.check(Path(output.file.name))


def _keep_bytes(task: RowTask, output: Output, *, same_packing: bool) -> None:
    """Let the output be the input, byte for byte."""
    if task.path is None or not same_packing:
        return
    if task.output is not None and task.output.exists() and task.output.samefile(task.path):
        output.wanted = False
        return
    if output.file.seekable():
        output.file.seek(0)
        output.file.truncate()
        with task.path.open("rb") as file:
            shutil.copyfileobj(file, output.file)


def _packing_of(path: Path | None) -> str:
    if path is None:
        return ""
    with path.open("rb") as file:
        return packing_of(file.read(10))


def _opened(task: RowTask, stack: ExitStack) -> tuple[BinaryIO, str]:
    """The stream of unpacked lines, and the compression that the output is to have."""
    try:
        if task.path is None:
            file: BinaryIO = sys.stdin.buffer
            size = sys.maxsize >> 16  # not known; what is read as a stream takes little memory anyhow
        else:
            if task.path.is_dir():
                raise FormatError(f"{task.name}: this is a folder")
            file = stack.enter_context(task.path.open("rb"))
            size = os.fstat(file.fileno()).st_size
        buffered: Any = file if hasattr(file, "peek") else io.BufferedReader(cast("io.RawIOBase", file))
        found = packing_of(buffered.peek(10)[:10])
    except OSError as error:
        raise FormatError(f"{task.name}: cannot be read: {reason(error)}") from error
    packing = ""
    if task.output is not None:
        same = task.path is not None and task.output.name == task.path.name
        packing = split_suffix(task.output.name)[1] or (found if same else "")
    if not found:
        return buffered, packing
    try:
        return cast("BinaryIO", reader(buffered, found, size, task.max_unpacked)), packing
    except PackingError as error:
        raise FormatError(f"{task.name}: {error}") from error


def _sink(task: RowTask, packing: str, stack: ExitStack) -> tuple[Output | None, BinaryIO | None]:
    """The output file, and the stream that takes the lines."""
    if task.output is None:
        return None, sys.stdout.buffer if task.to_stdout else None
    output = stack.enter_context(replacing(task.output))
    if not packing:
        return output, output.file
    try:
        out = writer(output.file, packing)
    except PackingError as error:
        raise FormatError(f"{task.name}: {error}") from error
    stack.callback(out.close)
    return output, out


def _guarded(rows: Iterable[Row], name: str) -> Iterator[Row]:
    try:
        yield from rows
    except PackingError as error:
        raise FormatError(f"{name}: {error}") from error
    except OSError as error:
        raise FormatError(f"{name}: cannot be read: {reason(error)}") from error


# --- the pool ---


class _Pool:
    """Processes that come back when one dies."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._executor = make_pool(jobs)

    def submit(self, work: _Batch, rows: list[tuple[int, str | None]]) -> Future[list[_Work]]:
        """The work on a batch."""
        try:
            return self._executor.submit(work, rows)
        except BrokenProcessPool:
            self.close()
            self._executor = make_pool(self.jobs)
            return self._executor.submit(work, rows)

    def close(self) -> None:
        """Stop, without waiting for what is under way."""
        self._executor.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _pool(jobs: int) -> Iterator[_Pool | None]:
    if jobs <= 1:
        yield None
        return
    pool = _Pool(jobs)
    try:
        yield pool
    finally:
        pool.close()


def _cleaned(rows: Iterator[Row], task: RowTask, pool: _Pool | None) -> Iterator[RowOutcome]:
    """The outcomes of rows, in their order."""
    work = partial(_clean_batch, task.name, task.config, task.markdown)
    if pool is None:
        for row in rows:
            yield _outcome(row, work([(row.number, row.text)])[0])
        return
    waiting: deque[tuple[list[Row], Future[list[_Work]]]] = deque()
    batches = _batches(rows)
    while True:
        for batch in islice(batches, max(0, _WAITING * pool.jobs - len(waiting))):
            waiting.append((batch, pool.submit(work, [(row.number, row.text) for row in batch])))
        if not waiting:
            return
        batch, future = waiting.popleft()
        try:
            done = future.result()
        except BrokenProcessPool:
            done = _one_by_one(batch, work)
        yield from map(_outcome, batch, done)


def _one_by_one(batch: list[Row], work: _Batch) -> list[_Work]:
    """The work on rows one of which makes a process die: each in a process that may."""
    done: list[_Work] = []
    executor = make_pool(1)
    try:
        for row in batch:
            try:
                done += executor.submit(work, [(row.number, row.text)]).result()
            except BrokenProcessPool:
                done.append((None, None, "the process died, perhaps for want of memory"))
                executor = make_pool(1)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
    return done


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row.text or "")
        if len(batch) >= _BATCH or size >= _BATCH_TEXT:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _outcome(row: Row, work: _Work) -> RowOutcome:
    text, report, error = work
    return RowOutcome(row, text, report, error)


def _clean_batch(
    name: str, config: Config, markdown: bool, rows: list[tuple[int, str | None]]
) -> list[_Work]:
    return [_clean_row(f"{name}:{number}", config, markdown, text) for number, text in rows]


def _clean_row(name: str, config: Config, markdown: bool, text: str | None) -> _Work:
    from ocrfix import clean  # noqa: PLC0415  (start-up time)

    if text is None:
        return None, None, ""
    try:
        source = text_source(text, name)
        document = source.document
        if markdown:
            from ocrfix.formats.markdown import markdown_document  # noqa: PLC0415

            document = markdown_document(document)
        result = clean(document, config)
        return source.restore(result), result.report, ""
    except MemoryError:
        return None, None, "not enough memory"
    except Exception as error:  # noqa: BLE001  (one bad row must not stop the others)
        if os.environ.get("OCRFIX_DEBUG"):
            traceback.print_exc()
        return None, None, f"ocrfix itself failed: {type(error).__name__}: {error}"


def row_place(task: RowTask, row: Row) -> dict[str, Any]:
    """What a line of findings says of where a row stands."""
    place: dict[str, Any] = {"file": task.name, "row": row.number}
    if task.id_column is not None:
        place["id"] = row.id
    return place
