"""Compressed files: what is in them, written back compressed in the same way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ocrfix._compressed import PackingError, pack, split_suffix
from ocrfix.document import Document
from ocrfix.formats.errors import FormatError
from ocrfix.formats.source import Source
from ocrfix.report import Report, Result

__all__ = ["PackedSource", "plain", "render_for"]


@dataclass(frozen=True)
class PackedSource:
    """A compressed file that was read: ``inner``, what is in it; ``data``, the file's bytes; ``packing``,
    what it is compressed by ("gzip", "bzip2", "xz", "zstd").
    """

    inner: Source
    data: bytes
    packing: str

    @property
    def document(self) -> Document:
        """The text of the file; offsets in reports count in it."""
        return self.inner.document

    @property
    def broken(self) -> int:
        """Characters that could not be decoded and became U+FFFD."""
        return self.inner.broken

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know about how the file was read; mostly nothing."""
        return self.inner.notes

    def render(self, result: Result) -> bytes:
        """The file with the cleaned text, compressed; the same bytes when nothing was changed."""
        return self.packed(self.inner.render(result), self.packing)

    def packed(self, cleaned: bytes, packing: str) -> bytes:
        """What is in the cleaned file, compressed (``packing``) or not (""). Raises FormatError."""
        if packing == self.packing and cleaned == self.inner.data:
            return self.data
        try:
            return pack(cleaned, packing) if packing else cleaned
        except PackingError as error:
            raise FormatError(f"{self.document.name}: {error}") from error

    def locate(self, report: Report) -> Report:
        """The report, with what the file knows of every finding's place as evidence."""
        return self.inner.locate(report)


def plain(source: Source) -> Source:
    """What is in a compressed file; any other source as it is."""
    return source.inner if isinstance(source, PackedSource) else source


def render_for(source: Source, cleaned: bytes, output: Path) -> bytes:
    """The bytes for an output file: compressed as its name says.

    Parameters: ``source``, what was read; ``cleaned``, `plain` of it rendered; ``output``. A name like the
    input's, without an ending that tells, means the input's compression. Raises FormatError when the
    library for zstd is missing.
    """
    packing = split_suffix(output.name)[1]
    if isinstance(source, PackedSource):
        same = output.name == Path(source.document.name).name
        return source.packed(cleaned, packing or (source.packing if same else ""))
    try:
        return pack(cleaned, packing) if packing else cleaned
    except PackingError as error:
        raise FormatError(f"{output}: {error}") from error
