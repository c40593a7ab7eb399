"""Pairs of truth and OCR reading, as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocrfix._compressed import open_text

__all__ = ["DataError", "Pair", "read_pairs"]


class DataError(ValueError):
    """A file of pairs or paragraphs that cannot be used; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The right text of a passage (``gold``), and what an engine read (``ocr``).

    ``engine``, ``kind`` (of text or of page) and ``id`` are for grouping; ``page``, ``paragraph`` and
    ``line`` tell where it stood. All of these may be empty.

    >>> Pair(gold="Vì người nghèo", ocr="Vi người nghèo").engine
    ''
    """

    gold: str
    ocr: str
    engine: str = ""
    kind: str = ""
    id: str = ""
    page: str = ""
    paragraph: int = 0
    line: int = 0


def read_pairs(path: Path) -> Iterator[Pair]:
    """The pairs of a file of JSON lines (bare, .xz, .gz or .bz2) with the fields "gold" and "ocr".

    "engine", "kind" (or "category"), "id", "page", "par" and "line" may be there too. Raises DataError for
    a line that is no such object and for a file without pairs; OSError when the file cannot be read.
    """
    found = False
    with open_text(path) as file:
        try:
            for number, line in enumerate(file, 1):
                if line.strip():
                    found = True
                    yield _pair(line, f"{path}, line {number}")
        except UnicodeDecodeError as error:
            raise DataError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from None
    if not found:
        raise DataError(f'{path}: no pairs; one JSON object a line with "gold" and "ocr" is expected')


def _pair(line: str, place: str) -> Pair:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(f"{place}: not JSON: {error}") from None
    if not isinstance(row, dict):
        raise DataError(f'{place}: an object with "gold" and "ocr" is expected')
    for field in ("gold", "ocr"):
        if not isinstance(row.get(field), str):
            raise DataError(f'{place}: the field "{field}" is missing or no string')
    return Pair(
        row["gold"],
        row["ocr"],
        _text(row, "engine"),
        _text(row, "kind") or _text(row, "category"),
        _text(row, "id"),
        _text(row, "page"),
        _number(row, "par", place),
        _number(row, "line", place),
    )


def _text(row: dict[str, Any], field: str) -> str:
    value = row.get(field)
    return "" if value is None else str(value)


def _number(row: dict[str, Any], field: str, place: str) -> int:
    value = row.get(field) or 0
    try:
        return int(value)
    except (TypeError, ValueError):
        raise DataError(f'{place}: the field "{field}" is no number') from None
