"""The shards of a corpus: a file with rows, or a group of files with one text each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from ocrfix.config import Config
from ocrfix.scale._state import facts
from ocrfix.scale.counts import Counts
from ocrfix.scale.files import Task
from ocrfix.scale.rows import RowTask

__all__ = ["Shard", "ShardDone", "grouped", "make_shards"]

_GROUP: Final = 256
"""Text files of one shard, at most."""
_GROUP_SIZE: Final = 16 << 20
"""Bytes of such files, beyond which the shard is full."""


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
        shards += [Shard(name(group[0]), files=tuple(group)) for group in grouped(files, _GROUP, _GROUP_SIZE)]
    return shards


def grouped(tasks: Iterable[Task], most: int, size: int) -> Iterator[list[Task]]:
    """Tasks in groups, in order: of at most ``most`` each, and full from ``size`` bytes of inputs on."""
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
