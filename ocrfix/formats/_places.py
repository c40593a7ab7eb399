"""Where blocks stand on their page, and what the places of two of them say about their order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocrfix.model import Span

if TYPE_CHECKING:
    from ocrfix.formats.layout_source import Box, Cell

__all__ = ["Places", "places"]

_BESIDE: Final = 0.15
"""The share of its width by which a column may reach into the next one: pages are scanned askew."""


@dataclass(frozen=True)
class Places:
    """The blocks of a file: ``starts``, the offset of every word; ``owners``, the number of its block;
    ``boxes``, the page and the rectangle around the words of every block, None where a word has no box.

    >>> from ocrfix.formats.layout_source import Box
    >>> known = Places((0, 9), (0, 1), ((0, Box(0, 500, 400, 900)), (0, Box(0, 50, 400, 450))))
    >>> known(8, Span(9, 20)), known(20, Span(0, 8))
    (True, False)
    """

    starts: tuple[int, ...]
    owners: tuple[int, ...]
    boxes: tuple[tuple[int, Box | None], ...]

    def __call__(self, anchor: int, moved: Span) -> bool:
        """Whether text cannot go on from one place to another: what is said to come after stands wholly
        above, or in the column to the left.

        Parameters: ``anchor``, the offset of a character of the first half; ``moved``, the second's span.
        """
        first, second = self._block(anchor), self._block(moved.start)
        if first is None or second is None or first == second:
            return False
        (page, one), (other_page, other) = self.boxes[first], self.boxes[second]
        if page != other_page:
            return other_page < page
        if one is None or other is None or other.left >= one.right - _BESIDE * (one.right - one.left):
            return False
        above = other.bottom <= one.top
        beside = other.right <= one.left and other.top < one.bottom
        return above or beside

    def _block(self, offset: int) -> int | None:
        index = bisect_right(self.starts, offset) - 1
        return self.owners[index] if index >= 0 else None


def places(cells: Sequence[Cell], places_of: Sequence[Box | None]) -> Places | None:
    """The places of the blocks of a file; None where no block has a place.

    Parameters: ``places_of``, the box of every cell, None where the file gives none.
    """
    numbers: dict[object, int] = {}
    owners: list[int] = []
    boxes: list[tuple[int, Box | None]] = []
    for cell, box in zip(cells, places_of, strict=True):
        number = numbers.setdefault(cell.piece.block, len(numbers))
        owners.append(number)
        if number == len(boxes):
            boxes.append((cell.piece.page, box))
            continue
        page, known = boxes[number]
        if box is None or known is None:
            boxes[number] = page, None
        else:
            around = known._replace(
                left=min(known.left, box.left),
                top=min(known.top, box.top),
                right=max(known.right, box.right),
                bottom=max(known.bottom, box.bottom),
            )
            boxes[number] = page, around
    if len(boxes) < 2 or all(box is None for _, box in boxes):
        return None
    return Places(tuple(cell.start for cell in cells), tuple(owners), tuple(boxes))
