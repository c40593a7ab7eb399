"""One shard at work: its batches, and its output, findings and marker, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, Final

from ocrfix.config import Config
from ocrfix.formats.errors import FormatError
from ocrfix.formats.files import reason, replacing, write
from ocrfix.formats.rows import Row
from ocrfix.reports.jsonl import failure_line, finding_lines
from ocrfix.scale._shards import Shard, ShardDone, grouped
from ocrfix.scale._state import State, facts
from ocrfix.scale.batch import clean_text
from ocrfix.scale.counts import Counts
from ocrfix.scale.files import Task, explained, work
from ocrfix.scale.pool import Batch, Lost
from ocrfix.scale.rows import RowFile, open_rows, row_batches, row_place

__all__ = ["Compact", "Open", "open_shard"]

_FILES: Final = 16
"""Text files that are handed to a process at once, at most."""
_FILES_SIZE: Final = 1 << 18
"""Bytes of such files, beyond which the batch is full."""


@dataclass(frozen=True, slots=True)
class Compact:
    """What a process sends back of a document: the text where it was changed, findings, counts."""

    text: str | None
    lines: str
    counts: Counts
    notes: tuple[str, ...] = ()


def _clean_row(
    name: str, config: Config, markdown: bool, item: tuple[int, str | None, Mapping[str, Any]]
) -> Compact | None:
    number, text, place = item
    if text is None:
        return None
    done = clean_text(text, config, f"{name}:{number}", markdown=markdown)
    if done.report is None:
        failed = Counts(errors=1, first_error=f"row {number}: {done.error}")
        return Compact(None, failure_line(place, done.error), failed)
    changed = done.text if done.text != text else None
    return Compact(changed, finding_lines(done.report, place), Counts.of(done.report))


def _clean_file(task: Task) -> Compact:
    outcome = work(task)
    if outcome.file is None:
        error = outcome.error or ""
        failed = Counts(errors=1, first_error=error)
        return Compact(None, failure_line({"file": task.name}, error), failed)
    report = outcome.file.report
    return Compact(None, finding_lines(report), Counts.of(report), notes=report.notes)


class Open:
    """A shard that is being done."""

    def __init__(self, shard: Shard, mark: dict[str, Any], state: State, budget: float | None) -> None:
        self.shard = shard
        self._mark, self._state, self._budget = mark, state, budget
        self._done = ShardDone(shard)
        self._stack = ExitStack()
        self._findings: BinaryIO | None = None

    def batches(self) -> Iterator[Batch]:
        """What is to be done, each with a tag that is not None."""
        raise NotImplementedError

    def _open(self) -> None:
        self._findings = self._stack.enter_context(replacing(self._state.findings(self.shard.name))).file

    def take(self, items: Sequence[Any], results: Sequence[Any]) -> None:
        """Write what came of the shard's next items."""
        if not self._done.error:
            try:
                self._take(items, results)
            except Exception as error:  # noqa: BLE001
                self.fail(error)

    def _take(self, items: Sequence[Any], results: Sequence[Any]) -> None:
        raise NotImplementedError

    def _put(self, line: str) -> None:
        assert self._findings is not None
        try:
            self._findings.write(line.encode("utf-8", "surrogateescape"))  # a file's name may be no Unicode
        except OSError as error:
            name = self._state.findings(self.shard.name)
            raise FormatError(f"{name}: cannot be written: {reason(error)}") from error

    def _lost(self, place: Mapping[str, Any], where: str, why: str) -> None:
        self._put(failure_line(place, why))
        self._done.counts.add(Counts(errors=1, first_error=f"{where}{why}"))

    def fail(self, error: Exception) -> None:
        """Leave the shard undone."""
        self._done.error = self._done.error or explained(str(self.shard.paths[0]), error)
        self.drop()

    def drop(self) -> None:
        """Take away what is half written."""
        # closing what cannot be written fails once more
        with suppress(OSError, FormatError):
            self._stack.__exit__(_Abandoned, _Abandoned(), None)

    def close(self) -> ShardDone:
        """Let output and findings take their places, and say that the shard is done."""
        if not self._done.error:
            try:
                self._finish()
                self._stack.close()
                name, counts = self.shard.name, self._done.counts.to_dict()
                self._state.finish(name, self._mark, self._budget, self.shard.outputs, counts)
            except Exception as error:  # noqa: BLE001
                self.fail(error)
        return self._done

    def _finish(self) -> None:
        """Close the output."""


class _Abandoned(Exception):  # noqa: N818  (no error: the signal for what is being written to be dropped)
    pass


class _OpenRows(Open):
    _file: RowFile

    def batches(self) -> Iterator[Batch]:
        task = self.shard.rows
        assert task is not None
        self._open()
        self._file = self._stack.enter_context(open_rows(task))
        work = partial(_clean_row, task.name, task.config, task.markdown)
        yield from row_batches(
            self._file.rows(), work, lambda row: (row.number, row.text, row_place(task, row))
        )

    def _take(self, items: Sequence[Any], results: Sequence[Any]) -> None:
        task, counts = self.shard.rows, self._done.counts
        assert task is not None
        rows: Sequence[Row] = items
        texts: list[str | None] = []
        for row, result in zip(rows, results, strict=True):
            texts.append(None)
            where = f"row {row.number}: "
            if isinstance(result, Lost):
                self._lost(row_place(task, row), where, result.why)
            elif result is not None:
                texts[-1] = result.text
                self._put(result.lines)
                counts.add(result.counts)
            elif row.damaged:
                self._lost(row_place(task, row), where, row.problem)
            elif row.problem:
                self._put(failure_line(row_place(task, row), row.problem))
                counts.add(Counts(passed=1, first_passed=f"{where}{row.problem}"))
        self._file.put(rows, texts)

    def _finish(self) -> None:
        self._file.finish()


class _OpenFiles(Open):
    def batches(self) -> Iterator[Batch]:
        self._open()
        for group in grouped(self.shard.files, _FILES, _FILES_SIZE):
            size = sum(found[1] for task in group if task.path and (found := facts(task.path)))
            yield Batch(_clean_file, group, group, size)

    def _take(self, items: Sequence[Any], results: Sequence[Any]) -> None:
        counts = self._done.counts
        tasks: Sequence[Task] = items
        for task, result in zip(tasks, results, strict=True):
            if isinstance(result, Lost):
                self._lost({"file": task.name}, f"{task.name}: ", result.why)
                self._leave(task)
                continue
            self._put(result.lines)
            counts.add(result.counts)
            self._done.notes += [f"{task.name}: {note}" for note in result.notes]
            if result.counts.errors:
                self._leave(task)

    def _leave(self, task: Task) -> None:
        """Let the output be the input, where that can be read."""
        assert task.output is not None
        assert task.path is not None
        self._state.sweep([task.output])  # a process that died leaves what it had begun to write
        try:
            data = task.path.read_bytes()
        except OSError:
            return
        write(task.output, data)


def open_shard(shard: Shard, mark: dict[str, Any], state: State, budget: float | None) -> Open:
    """Begin a shard; nothing is opened before its first batch is asked for.

    Parameters: ``mark``, its settings and inputs, kept to tell whether it is done; ``state`` of the run;
    ``budget``, seconds that one document may take.
    """
    return (_OpenRows if shard.rows else _OpenFiles)(shard, mark, state, budget)
