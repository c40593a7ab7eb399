"""Runs over a corpus: shard by shard, in order, in bounded memory, and going on where one was cut off.

A shard is a file with rows, or a group of files with one text each. It gives its output, its findings as
JSON lines and, when both are written, a marker. The same inputs give the same bytes, however many
processes there are and however often the run was cut off.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from ocrfix.config import Config
from ocrfix.formats.errors import FormatError
from ocrfix.formats.files import reason, replacing, write
from ocrfix.formats.rows import Row
from ocrfix.reports.jsonl import failure_line, finding_lines
from ocrfix.scale._state import State, facts, settings_hash
from ocrfix.scale.batch import clean_text, prepare
from ocrfix.scale.counts import Counts
from ocrfix.scale.files import Task, explained, work
from ocrfix.scale.pool import BUDGET, Batch, Lost, Pool
from ocrfix.scale.rows import RowFile, RowTask, open_rows, row_batches, row_place

__all__ = ["Shard", "ShardDone", "make_shards", "run_shards"]

_GROUP: Final = 256
"""Text files of one shard, at most."""
_GROUP_SIZE: Final = 16 << 20
"""Bytes of such files, beyond which the shard is full."""
_FILES: Final = 16
"""Text files that are handed to a process at once, at most."""
_FILES_SIZE: Final = 1 << 18
"""Bytes of such files, beyond which the batch is full."""


@dataclass(frozen=True)
class Shard:
    """A file with rows (``rows``), or text files that are cleaned as one (``files``).

    ``name`` is the path of the (first) output in the output's folder.
    """

    name: str
    rows: RowTask | None = None
    files: tuple[Task, ...] = ()

    @property
    def paths(self) -> list[Path]:
        """The inputs."""
        tasks: Sequence[Task | RowTask] = [self.rows] if self.rows else self.files
        return [task.path for task in tasks if task.path is not None]

    @property
    def outputs(self) -> list[Path]:
        """What is written, besides findings and marker."""
        tasks: Sequence[Task | RowTask] = [self.rows] if self.rows else self.files
        return [task.output for task in tasks if task.output is not None]

    @property
    def config(self) -> Config:
        """The settings, which are one shard's own."""
        return self.rows.config if self.rows else self.files[0].config

    def options(self) -> dict[str, Any]:
        """What the outcome depends on besides inputs and config."""
        if self.rows:
            task = self.rows
            return {"form": task.form, "column": task.column, "id": task.id_column, "markdown": task.markdown}
        one = self.files[0]
        return {"form": one.form, "encoding": one.encoding, "keep": one.keep_removed}


@dataclass
class ShardDone:
    """What came of a shard: ``counts``; ``earlier``, whether an earlier run had done it; ``error``, why it
    could not be done, or ""; ``notes``, what there is to say of how files were read.
    """

    shard: Shard
    counts: Counts = field(default_factory=Counts)
    earlier: bool = False
    error: str = ""
    notes: list[str] = field(default_factory=list)


def make_shards(tasks: Iterable[Task | RowTask], folder: Path) -> list[Shard]:
    """The shards of tasks, in their order; text files stand together as long as their config is one.

    Parameters: ``tasks``, each with an output; ``folder``, the one that all outputs are in.
    """
    shards: list[Shard] = []

    def name(task: Task | RowTask) -> str:
        assert task.output is not None
        return Path(os.path.relpath(task.output, folder)).as_posix()

    for kind, found in groupby(tasks, lambda t: t.config if isinstance(t, Task) else None):
        if kind is None:
            shards += [Shard(name(task), rows=task) for task in found if isinstance(task, RowTask)]
            continue
        files = [task for task in found if isinstance(task, Task)]
        shards += [
            Shard(name(group[0]), files=tuple(group)) for group in _grouped(files, _GROUP, _GROUP_SIZE)
        ]
    return shards


def _grouped(tasks: Iterable[Task], most: int, size: int) -> Iterator[list[Task]]:
    group: list[Task] = []
    total = 0
    for task in tasks:
        group.append(task)
        found = facts(task.path) if task.path else None
        total += found[1] if found else 0
        if len(group) >= most or total >= size:
            yield group
            group, total = [], 0
    if group:
        yield group


def run_shards(
    shards: Sequence[Shard],
    folder: Path,
    *,
    jobs: int = 1,
    budget: float | None = BUDGET,
    findings: BinaryIO | None = None,
    method: str | None = None,
) -> Iterator[ShardDone]:
    """Clean shards, and yield what came of each, in order; those that are done already are passed over.

    Parameters: ``shards``, from `make_shards`; ``folder``, where the state is kept (in ``.ocrfix``);
    ``jobs``, processes; ``budget``, seconds that one document may take, None for no end; ``findings``, a
    stream that takes the findings of all shards in the end; ``method``, how processes are started. A
    document that fails, takes too long or makes its process die stays as it is, with an error among the
    findings. A shard that cannot be read or written gives an ``error`` and is tried again by the next run.
    Raises FormatError when the folder cannot be written, or another run is at work there.
    """
    state = State(folder)
    names = [shard.name for shard in shards]
    with state.locked(names):
        runner = _Runner(shards, state, budget)
        runner.sweep()
        first = shards[0].config if shards else Config()
        with Pool(jobs, budget, partial(prepare, first), method) as pool, runner:
            for batch in pool.run(runner.batches()):
                if isinstance(batch.tag, ShardDone):
                    yield batch.tag
                elif done := runner.take(batch):
                    yield done
        if findings is not None:
            state.copy_findings(names, findings)


class _Runner:
    """Which shards are done, and the batches of those that are not; what is open in the end is dropped."""

    def __init__(self, shards: Sequence[Shard], state: State, budget: float | None) -> None:
        self._state, self._budget = state, budget
        self._open: list[_Open] = []
        hashes: dict[tuple[Config, str], str] = {}
        self._work: list[tuple[Shard, dict[str, Any], Counts | None]] = []
        inputs: set[str] = set()
        for shard in shards:
            options = shard.options()
            key = shard.config, repr(options)
            if key not in hashes:
                hashes[key] = settings_hash(shard.config, options)
            found = [facts(path) for path in shard.paths]
            inputs.update(item[0] for item in found if item)
            mark = {"settings": hashes[key], "inputs": found}
            counts = state.done(shard.name, mark, budget)
            self._work.append((shard, mark, counts))
        state.drop_others({shard.name for shard in shards}, inputs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for opened in self._open:
            opened.drop()

    def take(self, batch: Batch) -> ShardDone | None:
        """Write what came of a batch; returns what came of its shard, when that is the last one."""
        opened: _Open
        opened, rows = batch.tag
        if rows is not None:
            opened.take(rows, batch.results)
            return None
        self._open.remove(opened)
        return opened.close()

    def sweep(self) -> None:
        """Make room for the shards that are to be done."""
        state = self._state
        names = [shard.name for shard, _, counts in self._work if counts is None]
        state.forget(names)
        if state.used:
            paths = [path for shard, _, counts in self._work if counts is None for path in shard.outputs]
            paths += [path for name in names for path in (state.findings(name), state.marker(name))]
            state.sweep(paths)

    def batches(self) -> Iterator[Batch]:
        for shard, mark, counts in self._work:
            if counts is not None:
                yield Batch(_nothing, (), ShardDone(shard, counts, earlier=True))
                continue
            opened: _Open = (_OpenRows if shard.rows else _OpenFiles)(shard, mark, self._state, self._budget)
            self._open.append(opened)
            try:
                for batch in opened.batches():
                    batch.tag = opened, batch.tag
                    yield batch
            except Exception as error:  # noqa: BLE001  (one bad shard must not stop the others)
                opened.fail(error)
            yield Batch(_nothing, (), (opened, None))


def _nothing(_item: object) -> None:
    """The work of a batch without items."""


@dataclass(frozen=True, slots=True)
class _Compact:
    """What a process sends back of a document: the text where it was changed, findings, counts."""

    text: str | None
    lines: str
    counts: Counts
    notes: tuple[str, ...] = ()


def _clean_row(
    name: str, config: Config, markdown: bool, item: tuple[int, str | None, Mapping[str, Any]]
) -> _Compact | None:
    number, text, place = item
    if text is None:
        return None
    done = clean_text(text, config, f"{name}:{number}", markdown=markdown)
    if done.report is None:
        failed = Counts(errors=1, first_error=f"row {number}: {done.error}")
        return _Compact(None, failure_line(place, done.error), failed)
    changed = done.text if done.text != text else None
    return _Compact(changed, finding_lines(done.report, place), Counts.of(done.report))


def _clean_file(task: Task) -> _Compact:
    outcome = work(task)
    if outcome.file is None:
        error = outcome.error or ""
        failed = Counts(errors=1, first_error=error)
        return _Compact(None, failure_line({"file": task.name}, error), failed)
    report = outcome.file.report
    return _Compact(None, finding_lines(report), Counts.of(report), notes=report.notes)


class _Open:
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


class _OpenRows(_Open):
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


class _OpenFiles(_Open):
    def batches(self) -> Iterator[Batch]:
        self._open()
        for group in _grouped(self.shard.files, _FILES, _FILES_SIZE):
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
