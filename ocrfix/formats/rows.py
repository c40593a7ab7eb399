"""Files with one text a row: which they are, and what a row is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ocrfix._compressed import split_suffix

__all__ = ["ROW_FORMATS", "Row", "row_format"]

ROW_FORMATS: Final = ("jsonl", "parquet")
"""The names of the formats that have a text in every row."""
_SUFFIXES: Final = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file.

    ``number`` counts from 1 (for JSON lines it is the line's number); ``text`` is None where there is
    nothing to be cleaned; ``id``, what the column of ids says; ``problem``, why there is no text, or "" when
    the row is blank; ``damaged``, whether the row itself could not be read; ``data``, the bytes of a line.
    """

    number: int
    text: str | None = None
    id: Any = None
    problem: str = ""
    damaged: bool = False
    data: bytes = b""


def row_format(path: Path | None, form: str = "auto") -> str:
    """The format of a file with rows, from its name unless ``form`` says it; "" for other files.

    >>> row_format(Path("bao.jsonl.zst")), row_format(Path("bao.txt")), row_format(None, "jsonl")
    ('jsonl', '', 'jsonl')
    """
    if form != "auto":
        return form if form in ROW_FORMATS else ""
    return "" if path is None else _SUFFIXES.get(Path(split_suffix(path.name.lower())[0]).suffix, "")
