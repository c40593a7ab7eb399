"""Runs over a corpus: shard by shard, in order, in bounded memory, and going on where one was cut off.

A shard is a file with rows, or a group of files with one text each. It gives its output, its findings as
JSON lines and, when both are written, a marker. The same inputs give the same bytes, however many
processes there are and however often the run was cut off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from ocrfix.config import Config
from ocrfix.scale._shard_work import Open, open_shard
from ocrfix.scale._shards import Shard, ShardDone, make_shards
from ocrfix.scale._state import State, facts, settings_hash
from ocrfix.scale.batch import prepare
from ocrfix.scale.counts import Counts
from ocrfix.scale.pool import BUDGET, Batch, Pool

__all__ = ["Shard", "ShardDone", "make_shards", "run_shards"]


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
        self._open: list[Open] = []
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
        opened: Open
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
            opened = open_shard(shard, mark, self._state, self._budget)
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
