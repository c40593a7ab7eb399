"""Which element every word of a cleaned text goes to, and which box it gets."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from ocrfix.formats._origins import origins
from ocrfix.formats.layout_source import Box, LayoutSource

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrfix.report import Report

__all__ = ["Assignment", "Placed", "assign", "box_of"]

_WORD = re.compile(r"\S+")


@dataclass(slots=True)
class Placed:
    """A word of the cleaned text: ``text``; the white space ``gap`` before it; ``home``, the index of the
    cell whose element takes it; ``letters``, for each cell that letters of it were read in, the first and
    the last of these in that cell; ``read``, whether the engine read just these letters.
    """

    text: str
    gap: str
    home: int
    letters: dict[int, tuple[int, int]]
    read: bool


@dataclass(slots=True)
class Assignment:
    """All words of a cleaned text in order, the words of each cell, and the words that used its letters."""

    words: list[Placed]
    homes: dict[int, list[Placed]] = field(default_factory=dict)
    users: dict[int, list[Placed]] = field(default_factory=dict)


def assign(source: LayoutSource, text: str, report: Report) -> Assignment:
    """Find a home for every word of the cleaned text.

    A word goes to the cell that most of its letters were read in, of those on its first line; a word of
    which no letter was read goes with the word before it (the first one with the word after it).
    """
    cells = source.cells
    cell_of = np.full(len(source.document.text) + 1, -1, dtype=np.int64)
    for index, cell in enumerate(cells):
        cell_of[cell.start : cell.end] = index
    origin = origins(report)
    # the place after the text stands for "no cell", which index -1 finds
    where = cell_of[origin]
    found = Assignment([])
    end = 0
    for match in _WORD.finditer(text):
        gap = text[end : match.start()]
        end = match.end()
        read = origin[match.start() : end], where[match.start() : end]
        found.words.append(_unchanged(source, match[0], gap, *read) or _placed(source, match[0], gap, *read))
    if cells:
        _adopt(found.words)
    _gather(found.words)
    for word in found.words:
        if word.home >= 0:
            found.homes.setdefault(word.home, []).append(word)
        for index in word.letters:
            found.users.setdefault(index, []).append(word)
    return found


def _unchanged(
    source: LayoutSource, word: str, gap: str, origin: NDArray[np.int64], where: NDArray[np.int64]
) -> Placed | None:
    """A word that is all of one cell; None for others."""
    index = int(where[0])
    cell = source.cells[index] if index >= 0 else None
    if cell is None or word != cell.piece.text:
        return None
    if origin[0] != cell.start or origin[-1] != cell.end - 1:
        return None
    return Placed(word, gap, index, {index: (0, len(word) - 1)}, True)


def _placed(
    source: LayoutSource, word: str, gap: str, origin: NDArray[np.int64], where: NDArray[np.int64]
) -> Placed:
    """A word by the cells that its letters were read in."""
    letters: dict[int, tuple[int, int]] = {}
    count: Counter[int] = Counter()
    original, kept = source.document.text, True
    for char, offset, index in zip(word, origin.tolist(), where.tolist(), strict=True):
        if index < 0:
            kept = False
            continue
        place = offset - source.cells[index].start
        low, high = letters.get(index, (place, place))
        letters[index] = min(low, place), max(high, place)
        count[index] += 1
        kept = kept and original[offset] == char
    return Placed(word, gap, _home(source, letters, count), letters, kept)


def _home(source: LayoutSource, letters: dict[int, tuple[int, int]], count: Counter[int]) -> int:
    if not letters:
        return -1
    first = next(iter(letters))
    line = source.cells[first].piece.line
    # the first of equals: dictionaries keep the order of reading
    return max((i for i in letters if source.cells[i].piece.line is line), key=lambda i: count[i])


def _adopt(words: list[Placed]) -> None:
    """Give words of which no letter was read the home of their neighbour."""
    homes = [word.home for word in words]
    near = -1
    for word in words:
        near = word.home = word.home if word.home >= 0 else near
    near = -1
    for word, home in zip(reversed(words), reversed(homes), strict=True):
        near = home if home >= 0 else near
        if word.home < 0:
            word.home = max(near, 0)  # nothing that was read is left: the first element takes it


def _gather(words: list[Placed]) -> None:
    """Let the words of one cell stand together: the element has one place.

    Of a cell whose words were parted, the longest run stays; the others go with the word before them, the
    first ones with the word after them.
    """
    while True:
        runs = [list(group) for _, group in groupby(words, key=lambda word: word.home)]
        by_home: dict[int, list[int]] = {}
        for index, run in enumerate(runs):
            by_home.setdefault(run[0].home, []).append(index)
        parted = [places for home, places in by_home.items() if home >= 0 and len(places) > 1]
        if not parted:
            return
        for places in parted:
            longest = max(places, key=lambda index: len(runs[index]))
            for index in places:
                if index != longest:
                    near = runs[index - 1] if index else runs[index + 1]
                    for word in runs[index]:
                        word.home = near[0].home


def box_of(source: LayoutSource, word: Placed, assignment: Assignment) -> Box | None:
    """A word's new box, or None where that of its home still holds.

    Each cell that it has letters of, on the line of its home, gives the part of its box from the first to
    the last of these letters, all letters taken for equally wide; a cell that no other word has letters
    of gives its whole box.
    """
    cells = source.cells
    line = cells[word.home].piece.line
    parts = [i for i in word.letters if cells[i].piece.line is line]
    whole = all(len(assignment.users[i]) == 1 for i in parts)
    if parts == [word.home] and whole:
        return None
    found: list[Box] = []
    for index in parts:
        box = source.dialect.box(cells[index].piece.node)
        if box is None:
            continue
        if len(assignment.users[index]) > 1:
            low, high = word.letters[index]
            box = _share(box, low, high + 1, cells[index].end - cells[index].start)
        found.append(box)
    if not found:
        return None
    return Box(
        min(b.left for b in found),
        min(b.top for b in found),
        max(b.right for b in found),
        max(b.bottom for b in found),
    )


def _share(box: Box, start: int, end: int, length: int) -> Box:
    """The part of a box that the letters from ``start`` to ``end`` of ``length`` take up."""
    width, height = box.right - box.left, box.bottom - box.top
    if height > 2 * width and length > 2:  # set upright
        return box._replace(top=box.top + height * start / length, bottom=box.top + height * end / length)
    return box._replace(left=box.left + width * start / length, right=box.left + width * end / length)
