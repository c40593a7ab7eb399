"""The work on files with one text a row: in order, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from ocrfix.config import Config
from ocrfix.formats.rows import Row
from ocrfix.report import Report
from ocrfix.scale._row_files import RowFile, open_rows
from ocrfix.scale.batch import Cleaned, clean_text
from ocrfix.scale.pool import Batch, Lost, Pool, run

__all__ = ["RowFile", "RowOutcome", "RowTask", "open_rows", "row_batches", "row_place", "run_rows"]

_BATCH: Final = 64
"""Rows that are handed to a process at once, at most."""
_BATCH_TEXT: Final = 1 << 18
"""Characters of such rows, beyond which the batch is full."""


@dataclass(frozen=True)
class RowTask:
    """One file with rows to be cleaned.

    ``path`` is None for standard input; ``form`` is one of `ocrfix.formats.rows.ROW_FORMATS`; ``column``
    holds the texts, ``id_column`` the ids; ``output`` is None when nothing is written to a file, and then
    ``to_stdout`` says whether it goes to standard output; ``jobs`` is the number of processes;
    ``max_unpacked`` is as for `ocrfix.formats.read`; ``budget``, the seconds that one row may take;
    ``markdown`` says that the texts are Markdown.
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
    budget: float | None = None

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


def run_rows(task: RowTask) -> Iterator[RowOutcome]:
    """Clean a file's rows and write it, yielding what came of every row, in order.

    The file is written when all rows have been taken. Raises FormatError when it cannot be read or
    written; the old one is then whole.
    """
    with ExitStack() as stack:
        file = stack.enter_context(open_rows(task))
        pool = None
        if task.jobs > 1 or task.budget is not None:
            pool = stack.enter_context(Pool(task.jobs, task.budget))
        work = partial(_clean_row, task.name, task.config, task.markdown)
        # without a pool one at a time, for who sends rows down a pipe waits for them
        most = _BATCH if pool else 1
        for batch in run(row_batches(file.rows(), work, most=most), pool):
            texts = []
            for row, result in zip(batch.tag, batch.results, strict=True):
                outcome = _outcome(row, result)
                texts.append(outcome.text if outcome.changed else None)
                yield outcome
            file.put(batch.tag, texts)
        file.finish()


def _clean_row(name: str, config: Config, markdown: bool, item: tuple[int, str | None]) -> Cleaned | None:
    number, text = item
    return None if text is None else clean_text(text, config, f"{name}:{number}", markdown=markdown)


def _outcome(row: Row, result: Cleaned | Lost | None) -> RowOutcome:
    if result is None:
        return RowOutcome(row)
    if isinstance(result, Lost):
        return RowOutcome(row, error=result.why)
    return RowOutcome(row, result.text, result.report, result.error)


def row_batches(
    rows: Iterable[Row],
    work: Callable[[Any], Any],
    item: Callable[[Row], Any] | None = None,
    most: int = _BATCH,
) -> Iterator[Batch]:
    """Rows by batches, each with its rows as the tag.

    Parameters: ``rows``; ``work``, what is done with each; ``item``, what of a row goes to the process that
    does it: by default its number and text.
    """
    batch: list[Row] = []
    size = 0

    def made() -> Batch:
        items = [item(row) if item else (row.number, row.text) for row in batch]
        return Batch(work, items, batch, size)

    for row in rows:
        batch.append(row)
        size += len(row.text or "")
        if len(batch) >= most or size >= _BATCH_TEXT:
            yield made()
            batch, size = [], 0
    if batch:
        yield made()


def row_place(task: RowTask, row: Row) -> dict[str, Any]:
    """What a line of findings says of where a row stands."""
    place: dict[str, Any] = {"file": task.name, "row": row.number}
    if task.id_column is not None:
        place["id"] = row.id
    return place
