"""Files that say where every word stands on its page: hOCR, ALTO, PAGE-XML, with what they have in common."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from ocrfix.document import Document
from ocrfix.formats._markup import Markup, decode_markup
from ocrfix.formats._tree import Node
from ocrfix.formats.errors import FormatError
from ocrfix.model import Span
from ocrfix.report import Report, ReportedFinding, Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Box", "Cell", "Dialect", "LayoutSource", "Piece", "Word", "make_source"]


class Box(NamedTuple):
    """A rectangle on a page, in the file's own unit (mostly pixels), y downwards."""

    left: float
    top: float
    right: float
    bottom: float


class Piece(NamedTuple):
    """What a dialect reads: the text of one element, in reading order.

    ``node`` is the element, ``line`` and ``block`` those that it stands in, ``page`` the page's number
    from 0; ``confidence``, in [0, 1], one for all or one for each character, None when not told;
    ``extra``, further elements that belong to the same word (a hyphen, its second half); ``fixed``, whether
    it is to stay as it is (in a table).
    """

    text: str
    node: Node
    line: Node
    block: Node
    page: int
    confidence: float | Sequence[float] | None = None
    extra: tuple[Node, ...] = ()
    fixed: bool = False


class Cell(NamedTuple):
    """A piece with its place: ``[start, end)`` of the document's text."""

    start: int
    end: int
    piece: Piece


@dataclass(frozen=True)
class Word:
    """One word of a page: ``text``; ``span`` in the document; ``box``, None when the file gives none;
    ``confidence`` in [0, 1], None when not told; ``id`` of its element, or ""; ``page`` from 1.
    """

    text: str
    span: Span
    box: Box | None
    confidence: float | None
    id: str
    page: int


class Dialect(Protocol):
    """How one format marks pages, blocks, lines and words. Made for one file."""

    name: str
    """The format's name, for people."""
    notes: tuple[str, ...]
    """What people should know about how the file was read."""

    def __init__(self, markup: Markup, name: str) -> None: ...

    def pieces(self) -> Iterator[Piece]:
        """The words in reading order; lines or blocks where the file has no words."""
        ...

    def is_table(self, node: Node) -> bool:
        """Whether an element is a table: what is in it stays as it is."""
        ...

    def identity_of(self, node: Node) -> str:
        """The id of an element, or ""."""
        ...

    def fresh(self, identity: str) -> str:
        """An id like this one that the file does not have."""
        ...

    def box(self, node: Node) -> Box | None:
        """The box of an element."""
        ...

    def rewrite(
        self,
        piece: Piece,
        text: str,
        box: Box | None = None,
        identity: str | None = None,
        *,
        read: bool = False,
    ) -> str:
        """The markup of a piece's element with another text.

        ``box``, a new box, or None to keep its own; ``identity``, a new id for a copy; ``read``, whether
        the engine read just these letters, so that its confidence may stay.
        """
        ...

    def space(self, left: Box | None, right: Box | None) -> str:
        """The markup between two words that were one."""
        ...

    def shell(self, line: Node, box: Box | None) -> tuple[str, str]:
        """The start and the end of a new line element like this one, with a new id."""
        ...

    def hyphenate(self, first: Piece, second: Piece, text: str) -> list[tuple[int, int, str]] | None:
        """Changes that mark two pieces as halves of one word over a line end, where the format can."""
        ...

    def separate(
        self, piece: Piece, texts: Sequence[str], *, apart: bool
    ) -> list[tuple[int, int, str]] | None:
        """Changes that make the two halves of a hyphenated word words of their own; None for other words.

        ``apart`` says that the last word may stand where the second half does.
        """
        ...

    def companions(self, piece: Piece, text: str) -> list[tuple[int, int, str]]:
        """Changes to the elements besides a piece's own that a new text of it asks for."""
        ...

    def sync(self, node: Node, old: str, new: str) -> list[tuple[int, int, str]]:
        """Changes to a line's or a block's own copy of its text, given its words before and after."""
        ...

    def order(self, blocks: Sequence[Node]) -> list[tuple[int, int, str]] | None:
        """Changes to the reading order for the blocks of a page in a new order; None to move elements."""
        ...

    def renumber(self, lines: Sequence[Node | None]) -> list[tuple[int, int, str]]:
        """Changes to lines that carry a number for their order, for those of a block in a new order
        (None stands for a new line).
        """
        ...

    def kept(self) -> Iterator[Node]:
        """Elements that are no text and are never removed: pictures, rules, tables of lines."""
        ...

    def unlink(self, removed: Sequence[Node]) -> list[tuple[int, int, str]]:
        """Changes to what points to elements that are removed."""
        ...


@dataclass(frozen=True)
class LayoutSource:
    r"""A file with word boxes that was read.

    ``document`` has the words parted by spaces, lines by line ends, blocks by blank lines, pages by form
    feeds, and the engine's confidence for every character. ``data`` are the file's bytes; ``keep_removed``
    says that elements whose text is removed stay, with their boxes and without text.

    >>> from ocrfix.formats import read_data
    >>> page = '''<div class="ocr_page"><span class="ocr_line">
    ... <span class="ocrx_word" title="bbox 9 9 30 20; x_wconf 61">Quỹ</span>
    ... <span class="ocrx_word" title="bbox 35 9 50 20; x_wconf 40">Vi</span></span></div>'''
    >>> source = read_data(page.encode(), "a.hocr")
    >>> source.document.text, source.words[1].box, source.words[1].confidence
    ('Quỹ Vi\n', Box(left=35.0, top=9.0, right=50.0, bottom=20.0), 0.4)
    """

    document: Document
    data: bytes = field(repr=False)
    markup: Markup = field(repr=False)
    dialect: Dialect = field(repr=False)
    cells: tuple[Cell, ...] = field(repr=False)
    keep_removed: bool = False
    broken: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know about how the file was read; mostly nothing."""
        return self.dialect.notes

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of the file, in reading order; whole lines or blocks where the file has no words."""
        return tuple(map(self._word, self.cells))

    def _word(self, cell: Cell) -> Word:
        piece = cell.piece
        told = self.document.confidence
        value = float(np.mean(told[cell.start : cell.end])) if told is not None else float("nan")
        return Word(
            piece.text,
            Span(cell.start, cell.end),
            self.dialect.box(piece.node),
            None if np.isnan(value) else round(value, 4),
            self.dialect.identity_of(piece.node),
            piece.page + 1,
        )

    def words_at(self, span: Span) -> tuple[Word, ...]:
        """The words that a span of the document's text touches."""
        first = bisect_right(self.cells, span.start, key=lambda cell: cell.end)
        last = bisect_left(self.cells, max(span.end, span.start + 1), key=lambda cell: cell.start)
        return tuple(map(self._word, self.cells[first:last]))

    def locate(self, report: Report) -> Report:
        """The report with page and ids of the words of each finding as evidence, and a note on what
        could not be moved in the file.
        """
        from ocrfix.formats._writeback import astray  # noqa: PLC0415  (start-up time)

        number = astray(self, report)
        notes = report.notes
        if number:
            many = "s" if number > 1 else ""
            notes += (f"{number} word{many} moved to another page in the text; not so in the file",)
        return replace(report, findings=tuple(map(self._located, report.findings)), notes=notes)

    def _located(self, item: ReportedFinding) -> ReportedFinding:
        words = self.words_at(item.span)
        if not words:
            return item
        where: dict[str, Any] = {"page": words[0].page}
        names = [word.id for word in words if word.id]
        if names:
            where["elements"] = names if len(names) <= _MANY else [names[0], "…", names[-1]]
        finding = replace(item.finding, evidence={**item.finding.evidence, **where})
        return replace(item, finding=finding)

    def render(self, result: Result) -> bytes:
        """The file with the cleaned text in it; the same bytes when no word was changed.

        Words, lines and blocks are changed where they stand. Line and block ends stay those of the page,
        whatever became of them in the text. Raises FormatError when what would be written does not say the
        cleaned words, which happens where elements are left open or badly nested.
        """
        from ocrfix.formats._writeback import write_back  # noqa: PLC0415  (start-up time)

        changed = write_back(self, result)
        if changed is None:
            return self.data
        written = self.markup.encode(changed.markup)
        if self._words_in(written) != changed.words:
            raise FormatError(
                f"{self.document.name}: its markup is badly nested, so that repairs cannot be put in their "
                "places; mend the markup first, with tidy for instance"
            )
        return written

    def _words_in(self, written: bytes) -> list[str]:
        """What a file that was written says; nothing where it cannot be read again."""
        name = self.document.name
        try:
            markup = decode_markup(written, name, self.markup.encoding)
            dialect = type(self.dialect)(markup, name)
        except FormatError:
            return []
        return "".join(_put_together(dialect)[0]).split()


_MANY = 8
"""Of more elements than this, evidence names the first and the last."""


def make_source(
    dialect: Dialect, markup: Markup, data: bytes, name: str, *, keep_removed: bool = False
) -> LayoutSource:
    """Put a dialect's pieces together.

    Parameters: ``dialect``; ``markup``, the file decoded; ``data``, its bytes; ``name``, the file's;
    ``keep_removed`` as in `LayoutSource`.
    """
    parts, cells, told = _put_together(dialect)
    text = "".join(parts)
    confidence = None
    if told:
        confidence = np.full(len(text), np.nan, dtype=np.float32)
        for start, end, value in told:
            confidence[start:end] = value
        np.clip(confidence, 0.0, 1.0, out=confidence)
    from ocrfix.formats._margins import margins  # noqa: PLC0415  (they need the types of this module)
    from ocrfix.formats._places import places  # noqa: PLC0415

    boxes = [dialect.box(cell.piece.node) for cell in cells]
    document = Document(
        text,
        name,
        confidence,
        _fixed(text, cells),
        misplaced=places(cells, boxes),
        margin=margins(len(text), cells, boxes),
    )
    return LayoutSource(document, data, markup, dialect, tuple(cells), keep_removed)


def _fixed(text: str, cells: Sequence[Cell]) -> NDArray[np.bool_] | None:
    """The characters that no edit may touch: words in tables, and what stands between them."""
    if not any(cell.piece.fixed for cell in cells):
        return None
    fixed = np.zeros(len(text), dtype=np.bool_)
    last: Cell | None = None
    for cell in cells:
        if cell.piece.fixed:
            start = last.end if last is not None and last.piece.fixed else cell.start
            fixed[start : cell.end] = True
        last = cell
    return fixed


def _put_together(
    dialect: Dialect,
) -> tuple[list[str], list[Cell], list[tuple[int, int, float | Sequence[float]]]]:
    """The parts of the text, the places of the words in it, and the confidences that are told."""
    parts: list[str] = []
    cells: list[Cell] = []
    told: list[tuple[int, int, float | Sequence[float]]] = []
    length = page = 0
    last: Piece | None = None
    tables: dict[Node, bool] = {}
    for piece in dialect.pieces():
        if piece.block not in tables:
            tables[piece.block] = any(map(dialect.is_table, piece.block.up()))
        if piece.page > page:
            gap = "\n" * (last is not None) + "\f" * (piece.page - page)
        elif last is None:
            gap = ""
        elif piece.block is not last.block:
            gap = "\n\n"
        else:
            gap = " " if piece.line is last.line else "\n"
        start = length + len(gap)
        length = start + len(piece.text)
        parts += (gap, piece.text)
        cells.append(Cell(start, length, piece._replace(confidence=None, fixed=tables[piece.block])))
        if piece.confidence is not None:
            told.append((start, length, piece.confidence))
        last, page = piece, piece.page
    if parts:
        parts.append("\n")
    return parts, cells, told
