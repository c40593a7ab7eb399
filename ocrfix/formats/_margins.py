"""What stands apart from the text at the top and the bottom of its page, by the places of its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrfix.formats.layout_source import Box, Cell

__all__ = ["margins"]

_ROWS: Final = 3
"""Rows at one edge of a page that can be its furniture (a header, a number and a rule read as signs)."""
_APART: Final = 1.5
"""Times the usual distance of rows from which on one stands apart; between paragraphs it is seldom more."""


class _Row(NamedTuple):
    """Words at one height: top and bottom in the file's unit, and the cells, by number."""

    top: float
    bottom: float
    cells: list[int]


def _rows(numbers: Sequence[int], cells: Sequence[Cell], boxes: Sequence[Box | None]) -> list[_Row]:
    """The rows of a page from the top down; words without a box are left out."""
    lines: dict[object, _Row] = {}
    for number in numbers:
        box = boxes[number]
        if box is None:
            continue
        line = cells[number].piece.line
        known = lines.get(line)
        if known is None:
            lines[line] = _Row(box.top, box.bottom, [number])
        else:
            known.cells.append(number)
            top, bottom = min(known.top, box.top), max(known.bottom, box.bottom)
            lines[line] = _Row(top, bottom, known.cells)
    rows: list[_Row] = []
    for line_row in sorted(lines.values(), key=lambda row: row.top + row.bottom):
        middle = (line_row.top + line_row.bottom) / 2
        if rows and rows[-1].top <= middle <= rows[-1].bottom:
            rows[-1].cells.extend(line_row.cells)
        else:
            rows.append(line_row)
    return rows


def _edges(rows: Sequence[_Row], apart: float) -> Iterator[_Row]:
    """The rows at the top and the bottom of a page that stand apart from the others."""
    gaps = [below.bottom - above.bottom for above, below in pairwise(rows)]
    head = max((i + 1 for i in range(min(_ROWS, len(gaps))) if gaps[i] >= apart), default=0)
    foot = min(
        (i + 1 for i in range(max(0, len(gaps) - _ROWS), len(gaps)) if gaps[i] >= apart), default=len(rows)
    )
    yield from rows[:head]
    yield from rows[max(head, foot) :]


def margins(length: int, cells: Sequence[Cell], boxes: Sequence[Box | None]) -> NDArray[np.bool_] | None:
    """The characters that stand at the top or the bottom of their page, apart from its text.

    Parameters: ``length`` of the document's text; ``boxes``, the places of its ``cells``. None where nothing
    stands apart, or no places are known.
    """
    pages: dict[int, list[int]] = {}
    for number, cell in enumerate(cells):
        pages.setdefault(cell.piece.page, []).append(number)
    rows = [_rows(numbers, cells, boxes) for numbers in pages.values()]
    gaps = [b.bottom - a.bottom for page in rows for a, b in pairwise(page)]
    if not gaps:
        return None
    found = np.zeros(length, dtype=np.bool_)
    for page in rows:
        for row in _edges(page, _APART * median(gaps)):
            for number in row.cells:
                if not cells[number].piece.fixed:
                    found[cells[number].start : cells[number].end] = True
    return found if found.any() else None
