"""Read evaluation data."""

from __future__ import annotations

from pathlib import Path

from ocrfix._pairs import DataError

__all__ = ["read_paragraphs"]


def read_paragraphs(path: Path) -> list[str]:
    """Right paragraphs from a text file, one a line; blank lines and form feeds are passed over.

    Raises DataError for a file without text or not in UTF-8; OSError when it cannot be read.
    """
    try:
        lines = path.read_text("utf-8").replace("\f", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from None
    paragraphs = [line.strip() for line in lines if line.strip()]
    if not paragraphs:
        raise DataError(f"{path}: no text")
    return paragraphs
