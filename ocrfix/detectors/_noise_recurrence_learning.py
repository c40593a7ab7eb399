"""Learns what speaks for lines being furniture of pages, from right text and lists of such lines.

``python -m ocrfix.detectors._noise_recurrence_learning news.txt.xz law.txt.xz … -o furniture.json``
"""

from __future__ import annotations

import argparse
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import numpy as np

from ocrfix._corpus import documents
from ocrfix.detectors._joins_learning import logistic
from ocrfix.detectors._noise_borders import weighed
from ocrfix.detectors._noise_lines import Sheet
from ocrfix.detectors._noise_recurrence import KINDS
from ocrfix.detectors._noise_recurrence_pages import (
    CONTENT,
    Entry,
    Laid,
    entries,
    lay_in,
    put_together,
    right_texts,
)
from ocrfix.document import Document

__all__ = ["Row", "learn", "main", "rows"]

_TIMES: Final = 8
"""How often each entry is laid into text."""
_CONTENT_TIMES: Final = 2
"""How many times as often one of content: to remove it is worse than to leave furniture."""
_CHARACTERS: Final = 8_000_000
"""Right text read of each file."""
_LONGEST: Final = 800
"""Paragraphs of a document that are kept together."""
_BODY: Final = (4, 1500)
"""Paragraphs and characters of an article that is cut into pages, at the fewest."""
_ARTICLES: Final = 400
"""Such articles of each file."""
_ROUNDS: Final = 3
"""What is sure by the weights of one round speaks for the lines beside it in the next."""
_MIXED: Final = 0.2
"""A candidate with more of its lines than this on either side teaches nothing."""
_UNSURE: Final = -40.0
"""The log-odds of everything in the first round, where nothing is sure."""


class Row(NamedTuple):
    """Lines that may be furniture: what speaks for it, and whether they are."""

    kind: str
    traits: dict[str, float]
    true: bool


def rows(laid: Laid, weights: Mapping[str, Mapping[str, float]]) -> Iterator[Row]:
    """The candidates of a text, those left out whose lines are partly furniture.

    Parameters: ``weights``, those by which lines are sure that speak for others.
    """
    sheet = Sheet(Document(laid.text))
    starts = [span.start for span in laid.furniture]

    def is_furniture(index: int) -> bool:
        line = sheet.lines[index]
        at = bisect_right(starts, line.start) - 1
        return at >= 0 and line.end <= laid.furniture[at].stop

    for candidate in weighed(sheet, set(), weights):
        share = sum(map(is_furniture, candidate.lines)) / len(candidate.lines)
        if not _MIXED < share < 1 - _MIXED:
            yield Row(candidate.kind, candidate.traits, share > _MIXED)


def _material(path: Path, listed: Sequence[Entry], rng: Random) -> Iterator[Laid]:
    """The texts made of one file, with each of the entries laid into some of it, and as it is."""
    found = list(documents(path, characters=_CHARACTERS, longest=_LONGEST))
    bodies = [a for a in found if len(a) >= _BODY[0] and sum(map(len, a)) > _BODY[1]][:_ARTICLES]
    if bodies:
        for entry in listed:
            if entry.kind in CONTENT:
                yield put_together(entry, bodies, rng)
            else:
                yield lay_in(entry, bodies, rng, bad=rng.random() < 0.5)
    yield from right_texts(found, rng)


def _fit(found: Sequence[Row], kind: str) -> dict[str, float]:
    own = [row for row in found if row.kind == kind]
    true = np.array([row.true for row in own], dtype=bool)
    if not true.any() or true.all():
        raise ValueError(f"too little text: no {kind} that is {'right' if true.any() else 'furniture'}")
    names = sorted({name for row in own for name in row.traits} - {"bias"})
    table = np.array([[row.traits.get(name, 0.0) for name in names] for row in own])
    weights, bias = logistic(table, true)
    named = dict(zip(names, map(float, weights), strict=True)) | {"bias": bias}
    return {name: round(named[name], 2) + 0.0 for name in sorted(named)}


def learn(
    paths: Sequence[Path], listed: Sequence[Entry], *, times: int = _TIMES, seed: int = 1
) -> dict[str, Any]:
    """The weights by kind of candidate, in natural logs, and a note of what they were learned from.

    Parameters: ``paths``, right text, a paragraph a line, documents parted by form feeds, also compressed;
    ``listed``, what is laid into it; ``times``, how often each, content more often. The same in the same
    order gives the same weights. Raises ValueError for too little text, OSError on files.
    """
    rng = Random(seed)  # noqa: S311  (nothing secret)
    shares = dict.fromkeys(CONTENT, times * _CONTENT_TIMES)
    every = [entry for entry in listed for _ in range(shares.get(entry.kind, times))]
    weights: Mapping[str, Mapping[str, float]] = {kind: {"bias": _UNSURE} for kind in KINDS}
    texts: list[Laid] = []
    found: list[Row] = []
    for number, path in enumerate(paths):
        for laid in _material(path, every[number :: len(paths)], rng):
            own = list(rows(laid, weights))
            if own:
                texts.append(laid)
                found += own
    weights = _fitted(found)
    for _ in range(_ROUNDS - 1):
        found = [row for laid in texts for row in rows(laid, weights)]
        weights = _fitted(found)
    names = ", ".join(path.name.partition(".")[0] for path in paths)
    note = (
        f"log-odds of furniture of pages, learned from {sum(row.true for row in found)} rows of it and "
        f"{sum(not row.true for row in found)} of other lines, with {len(listed)} entries, in text of {names}"
    )
    return {"note": note, "weights": weights}


def _fitted(found: Sequence[Row]) -> dict[str, dict[str, float]]:
    return {kind: _fit(found, kind) for kind in KINDS}


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn from files of right text and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args(arguments)
    data = learn(options.files, entries())
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    options.output.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
