"""Pairs of truth and OCR reading, as JSON lines, and the documents that they make up."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Pair", "pages", "paragraphs", "read_pairs"]


class Pair(NamedTuple):
    """One piece of text: ``gold``, what stands on the page; ``ocr``, what was read.

    ``engine``, ``page``, ``paragraph`` and ``line`` tell where it stood, as far as the file says.
    """

    gold: str
    ocr: str
    engine: str = ""
    page: str = ""
    paragraph: int = 0
    line: int = 0


def read_pairs(path: Path) -> Iterator[Pair]:
    """The pairs of a JSON-lines file (bare, .xz, .gz, .bz2) with ``gold`` and ``ocr``.

    ``engine``, ``page``, ``par`` and ``line`` may be there too. Raises ValueError, naming file and line, for
    a line that is no pair; OSError when the file cannot be read.
    """
    openers: dict[str, Any] = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}
    with openers.get(path.suffix, open)(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield _pair(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                raise ValueError(
                    f"{path}, line {number}: not a pair; "
                    "every line must be a JSON object with the texts 'gold' and 'ocr'"
                ) from None


def _pair(row: dict[str, Any]) -> Pair:
    gold, ocr = row["gold"], row["ocr"]
    if not isinstance(gold, str) or not isinstance(ocr, str):
        raise TypeError
    place = (str(row.get("page", "")), int(row.get("par", 0) or 0), int(row.get("line", 0) or 0))
    return Pair(gold, ocr, str(row.get("engine", "")), *place)


def paragraphs(pairs: Iterable[Pair]) -> list[Pair]:
    r"""The paragraphs that pairs of lines make up; a pair that tells no page is one by itself.

    >>> lines = [Pair("Vì người", "Vi người", "x", "1", 0, 0), Pair("nghèo", "nghèo", "x", "1", 0, 1)]
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
    return Pair(*texts, first.engine, first.page, first.paragraph)
