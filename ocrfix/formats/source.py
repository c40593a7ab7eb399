"""What every kind of file gives when it is read."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from ocrfix.document import Document
from ocrfix.report import Report, Result

__all__ = ["Source"]


@runtime_checkable
class Source(Protocol):
    """A file that was read: its text, and how to write it back with that text cleaned.

    ``document`` is the text; ``data``, the bytes of the file; ``broken``, the number of characters that
    could not be decoded; ``notes``, what people should know about how the file was read.
    """

    @property
    def document(self) -> Document:
        """The text of the file; offsets in reports count in it."""
        ...

    @property
    def data(self) -> bytes:
        """The file as it was."""
        ...

    @property
    def broken(self) -> int:
        """Characters that could not be decoded and became U+FFFD."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know about how the file was read; mostly nothing."""
        ...

    def render(self, result: Result) -> bytes:
        """The file with the cleaned text; the same bytes when nothing was changed."""
        ...

    def locate(self, report: Report) -> Report:
        """The report, with what the file knows of every finding's place (page, words) as evidence."""
        ...
