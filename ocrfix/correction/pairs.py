"""Pairs of truth and OCR reading, as JSON lines."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Pair", "read_pairs"]


class Pair(NamedTuple):
    """One piece of text: ``gold``, what stands on the page; ``ocr``, what was read; ``engine``, if told."""

    gold: str
    ocr: str
    engine: str = ""


def read_pairs(path: Path) -> Iterator[Pair]:
    """The pairs of a JSON-lines file (bare, .xz, .gz, .bz2) with fields gold, ocr and maybe engine.

    Raises ValueError, naming file and line, for a line that is no pair; OSError when it cannot be read.
    """
    openers: dict[str, Any] = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}
    with openers.get(path.suffix, open)(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                yield Pair(row["gold"], row["ocr"], str(row.get("engine", "")))
            except (ValueError, KeyError, TypeError):
                raise ValueError(
                    f"{path}, line {number}: not a pair; every line must be a JSON object with 'gold' and 'ocr'"
                ) from None
