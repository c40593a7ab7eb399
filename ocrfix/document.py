"""A text, its lines and blocks, and the map from an edited text back to the original."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ocrfix.model import Edit, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Block", "Document", "SourceMap"]

_LINE = re.compile(r"\S(?:[^\n\f]*\S)?")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph-like run of lines that are not blank.

    ``span`` is without the surrounding white space and line ends; ``lines`` are the spans of its
    lines, each without white space at its ends. A heading, a caption, a list item are blocks too.
    Blank lines and form feeds (page breaks) part blocks.
    """

    span: Span
    lines: tuple[Span, ...]
    page: int = 0


@dataclass(frozen=True)
class Document:
    r"""One text and what is known of it. Immutable; its parts are computed on first use.

    Parameters: ``text``; ``name``, the file's name or "-", used in messages; ``confidence``, how sure the
    engine that read the page was of every character, in [0, 1] (float32, 1 is sure, NaN is not told), or
    None where nothing is known; ``fixed``, the characters that no edit may touch (bool, one for each), or
    None; ``intact``, a pure function that says of an edited text whether what must stay is there, or None;
    ``misplaced``, one that says of an offset and a span whether the page shows that the text at the span
    cannot follow that at the offset, or None; ``margin``, the characters that stand at the top or the bottom
    of their page, apart from its text (bool, one for each), or None where no places are known. Raises
    ValueError when there is not one confidence, or one mark, for each character.

    >>> document = Document("Chung tay giúp đỡ\n\nVì người\nnghèo")
    >>> [document.text[b.span.slice] for b in document.blocks]
    ['Chung tay giúp đỡ', 'Vì người\nnghèo']
    >>> document.position(22)
    (3, 4)
    """

    text: str
    name: str = "-"
    confidence: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    fixed: NDArray[np.bool_] | None = field(default=None, compare=False, repr=False)
    intact: Callable[[str], bool] | None = field(default=None, compare=False, repr=False)
    misplaced: Callable[[int, Span], bool] | None = field(default=None, compare=False, repr=False)
    margin: NDArray[np.bool_] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        for what, array in (("confidence", self.confidence), ("mark", self.fixed), ("mark", self.margin)):
            if array is not None and array.shape != (len(self.text),):
                raise ValueError(f"{self.name}: one {what} for each of {len(self.text)} characters is needed")

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        r"""Offsets of the first character of every line; lines end with "\n"."""
        return (0, *(m.end() for m in re.finditer("\n", self.text)))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1, the column in characters."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of the text, in order."""
        blocks: list[Block] = []
        lines: list[Span] = []
        text, last, page = self.text, 0, 0
        for match in _LINE.finditer(text):
            start, end = match.span()
            gap = text[last:start]
            if gap != "\n":
                turns = gap.count("\f") if gap != "\n\n" else 0
                if lines and (turns or gap.count("\n") > 1):
                    blocks.append(_block(lines, page))
                    lines = []
                page += turns
            lines.append(Span(start, end))
            last = end
        if lines:
            blocks.append(_block(lines, page))
        return tuple(blocks)

    def block_text(self, block: Block) -> str:
        """The text of a block, line ends inside it included."""
        return self.text[block.span.slice]


def _block(lines: list[Span], page: int) -> Block:
    """The block that is made of lines."""
    whole = lines[0] if len(lines) == 1 else Span(lines[0].start, lines[-1].end)
    return Block(whole, tuple(lines), page)


class SourceMap:
    """Where every character of an edited text came from in the original.

    A kept character points at itself; a replaced one at the character it stands for (by its place
    in the replaced span); an inserted one at the place of insertion. A moved one (`Edit.source`)
    points to where it was copied from.

    >>> source = SourceMap.identity(6).apply([Edit(Span(0, 2), "Vì"), Edit(Span(3, 4), "")])
    >>> source.original(Span(3, 5))
    Span(start=4, end=6)
    """

    __slots__ = ("_end", "_origin")

    def __init__(self, origin: NDArray[np.int64], end: int) -> None:
        self._origin = origin
        self._end = end

    @classmethod
    def identity(cls, length: int) -> SourceMap:
        """The map of a text of ``length`` characters that was not edited."""
        return cls(np.arange(length, dtype=np.int64), length)

    def apply(self, edits: Sequence[Edit]) -> SourceMap:
        """The map after sorted edits, none of which overlaps another."""
        pieces: list[NDArray[np.int64]] = []
        position = 0
        for edit in edits:
            start, end = edit.span.start, edit.span.end
            pieces.append(self._origin[position:start])
            size = len(edit.replacement)
            if edit.source is not None:
                pieces.append(self._origin[edit.source.slice])
            elif size:
                if end > start:
                    index = start + np.minimum(np.arange(size), end - start - 1)
                    pieces.append(self._origin[index])
                else:
                    pieces.append(np.full(size, self._at(start), dtype=np.int64))
            position = end
        pieces.append(self._origin[position:])
        return SourceMap(np.concatenate(pieces), self._end)

    def _at(self, offset: int) -> int:
        if offset < len(self._origin):
            return int(self._origin[offset])
        return int(self._origin[-1]) + 1 if len(self._origin) else self._end

    def original(self, span: Span) -> Span:
        """The span of the original that ``span`` of the edited text came from.

        Where moved text makes the origin jump, the span covers the first unbroken part.
        """
        if span.start == span.end:
            if span.start and span.start == len(self._origin):
                place = int(self._origin[-1]) + 1
            else:
                place = self._at(span.start)
            return Span(place, place)
        origin = self._origin[span.slice]
        falls = np.flatnonzero(np.diff(origin) < 0)
        last = int(falls[0]) if len(falls) else len(origin) - 1
        return Span(int(origin[0]), int(origin[last]) + 1)
