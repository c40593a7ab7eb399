"""Pairs of truth and OCR reading: read from JSON lines, and put together to paragraphs and pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from ocrfix._compressed import PackingError, open_text

__all__ = ["DataError", "Pair", "pages", "paragraphs", "read_pairs"]


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
    number = 0
    with open_text(path) as file:
        try:
            for number, line in enumerate(file, 1):
                if line.strip():
                    found = True
                    yield _pair(line, f"{path}, line {number}")
        except UnicodeDecodeError as error:
            raise DataError(f"{path}: not UTF-8 somewhere after line {number}: {error.reason}") from None
        except PackingError as error:
            raise DataError(str(error)) from None
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


def paragraphs(pairs: Iterable[Pair]) -> list[Pair]:
    r"""The paragraphs that pairs of lines make up; a pair that tells no page is one by itself.

    >>> lines = [Pair("Vì người", "Vi người", page="1", line=0), Pair("nghèo", "nghèo", page="1", line=1)]
    >>> [(p.gold, p.ocr) for p in paragraphs(lines)]
    [('Vì người nghèo', 'Vi người\nnghèo')]
    """
    every = list(pairs)
    alone = [p for p in every if not p.page]
    placed = sorted((p for p in every if p.page), key=lambda p: (p.engine, p.page, p.paragraph, p.line))
    joined = [
        _join(list(group), " ", "\n")
        for _, group in groupby(placed, key=lambda p: (p.engine, p.page, p.paragraph))
    ]
    return alone + joined


def pages(pairs: Iterable[Pair]) -> list[Pair]:
    """The pages that pairs of lines make up, paragraphs parted by blank lines."""
    placed = sorted((p for p in paragraphs(pairs) if p.page), key=lambda p: (p.engine, p.page, p.paragraph))
    return [
        _join(list(group), "\n\n", "\n\n") for _, group in groupby(placed, key=lambda p: (p.engine, p.page))
    ]


def _join(parts: Sequence[Pair], gold: str, ocr: str) -> Pair:
    first = parts[0]
    texts = gold.join(p.gold for p in parts), ocr.join(p.ocr for p in parts)
    return replace(first, gold=texts[0], ocr=texts[1], line=0)
