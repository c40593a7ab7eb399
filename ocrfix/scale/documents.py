"""The documents of a corpus, one after the other, and the same with other texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from ocrfix.config import Config
from ocrfix.document import Document
from ocrfix.formats.files import read, write
from ocrfix.formats.packed import plain, render_for
from ocrfix.formats.rows import Row
from ocrfix.formats.text import text_source
from ocrfix.report import AppliedEdit, Report, Result, Step
from ocrfix.scale.files import Task
from ocrfix.scale.rows import RowTask, open_rows, row_place

__all__ = ["CorpusDocument", "read_documents", "rewrite"]


@dataclass(frozen=True)
class CorpusDocument:
    """A document of a corpus: ``place``, what findings say of where it stands, its text, its settings."""

    place: dict[str, Any]
    document: Document
    config: Config = field(default_factory=Config)

    @property
    def key(self) -> tuple[str, int]:
        """File and row (0 for a file with one text)."""
        return self.place["file"], self.place.get("row", 0)


def read_documents(
    task: Task | RowTask, passed: Callable[[Row], object] = lambda _row: None
) -> Iterator[CorpusDocument]:
    """The documents of one file.

    Parameters: ``task``; ``passed``, which is told of rows that have no text. Raises FormatError when the
    file cannot be read.
    """
    if isinstance(task, RowTask):
        with open_rows(task) as file:
            for row in file.rows():
                if row.text is not None:
                    yield _of_row(task, row)
                elif row.problem:
                    passed(row)
        return
    assert task.path is not None
    source = read(task.path, task.encoding, task.form, max_unpacked=task.max_unpacked)
    yield CorpusDocument({"file": task.name}, source.document, task.config)


def _of_row(task: RowTask, row: Row) -> CorpusDocument:
    source = text_source(row.text or "", f"{task.name}:{row.number}")
    return CorpusDocument(row_place(task, row), source.document, task.config)


def rewrite(
    task: Task | RowTask, edits: Callable[[CorpusDocument], Iterable[AppliedEdit]]
) -> Iterator[CorpusDocument]:
    """Write one file with its documents edited, and yield these as they were.

    Parameters: ``task``, with an output; ``edits``, of a document, sorted, none overlapping another.
    The output is written when all documents have been taken. Raises FormatError when the file cannot be
    read or written; an old output is then whole.
    """
    if isinstance(task, RowTask):
        with ExitStack() as stack:
            file = stack.enter_context(open_rows(task))
            for row in file.rows():
                text = None
                if row.text is not None:
                    found = _of_row(task, row)
                    if done := tuple(edits(found)):
                        source = text_source(row.text, found.document.name)
                        text = source.restore(_result(found.document, done))
                    yield found
                file.put([row], [text])
            file.finish()
        return
    assert task.path is not None
    assert task.output is not None
    source_file = read(
        task.path, task.encoding, task.form, keep_removed=task.keep_removed, max_unpacked=task.max_unpacked
    )
    found = CorpusDocument({"file": task.name}, source_file.document, task.config)
    done = tuple(edits(found))
    yield found
    inner = plain(source_file)
    data = inner.render(_result(found.document, done)) if done else inner.data
    write(task.output, render_for(source_file, data, task.output))


def _result(document: Document, edits: tuple[AppliedEdit, ...]) -> Result:
    text, pieces, at = document.text, [], 0
    for item in edits:
        pieces += [text[at : item.edit.span.start], item.edit.replacement]
        at = item.edit.span.end
    pieces.append(text[at:])
    return Result("".join(pieces), Report(document.name, steps=(Step("duplicates", edits),)))
