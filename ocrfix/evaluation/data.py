"""Read evaluation data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DataError", "Pair", "read_pairs", "read_paragraphs"]


class DataError(ValueError):
    """A file of evaluation data that cannot be used; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The right text of a passage, and what an engine read.

    ``engine``, ``kind`` (of text or of page) and ``id`` are for grouping and may be empty.

    >>> Pair(gold="Vì người nghèo", ocr="Vi người nghèo").engine
    ''
    """

    gold: str
    ocr: str
    engine: str = ""
    kind: str = ""
    id: str = ""


def read_pairs(path: Path) -> list[Pair]:
    """Pairs from JSON lines with the fields "gold" and "ocr"; "engine", "id", and "kind" or
    "category" are optional.

    Raises DataError for a line that is no such object and for a file without pairs; OSError when the
    file cannot be read.
    """
    pairs = []
    with path.open(encoding="utf-8") as file:
        try:
            for number, line in enumerate(file, 1):
                if line.strip():
                    pairs.append(_pair(line, f"{path}, line {number}"))
        except UnicodeDecodeError as error:
            raise DataError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from None
    if not pairs:
        raise DataError(f'{path}: no pairs; one JSON object a line with "gold" and "ocr" is expected')
    return pairs


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
    kind = next((row[name] for name in ("kind", "category") if row.get(name)), "")
    return Pair(row["gold"], row["ocr"], str(row.get("engine") or ""), str(kind), str(row.get("id") or ""))


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
