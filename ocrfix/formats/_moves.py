"""Words whose order changed: which elements are moved, and where to."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from ocrfix.formats._splice import Moved
from ocrfix.formats._tree import Node
from ocrfix.formats.layout_source import Box

if TYPE_CHECKING:
    from ocrfix.formats._assign import Assignment
    from ocrfix.formats._splice import Splice
    from ocrfix.formats.layout_source import LayoutSource, Piece

__all__ = ["Layout", "Move", "arrange", "file_order", "lead", "settle"]


class Move(NamedTuple):
    """Where a cell went: ``cut``, the element that was moved; ``into``, the one that it is in now; its
    ``line`` (an object of its own for a new line) and ``block`` now.
    """

    cut: Node
    into: Node
    line: object
    block: Node


class Layout(NamedTuple):
    """The cells that stay, in the order in which the file has them now, and those that were moved."""

    order: list[int]
    moved: dict[int, Move]


def lead(text: str, node: Node) -> int:
    """Where an element of the file's ``text`` begins together with the white space before it."""
    start = node.start
    while start and text[start - 1].isspace():
        start -= 1
    return start


def arrange(source: LayoutSource, assignment: Assignment, splice: Splice) -> Layout:
    """Move elements so that words stand in the order of the cleaned text; returns where each word is then.

    Parameters: ``assignment``, which words of the ``source`` say what of the cleaned text; ``splice``, the
    file in the making, which takes the changes. Words stay on their page. As few words as can be are moved:
    whole blocks where a block goes between blocks, else lines, which then belong to the block that they come
    into.
    """
    order, _ = file_order(source, assignment)
    layout = Layout(order, {})
    for cells in _pages(source, assignment):
        _Page(source, splice, cells, layout).arrange()
    return layout


def _end(piece: Piece) -> int:
    """The end of a word's element, and of the hyphen element after it."""
    return max(node.end for node in (piece.node, *piece.extra) if node.parent is piece.node.parent)


def _words_of(piece: Piece) -> list[Node]:
    """A word's element, and that of its second half."""
    return [piece.node, *(node for node in piece.extra if node.kind == "word")]


def settle(source: LayoutSource, assignment: Assignment) -> None:
    """Give words to the element beside them where their own cannot go.

    No line can stand in a block that has no lines, and no such block in another block.
    """
    while _adopt_one(source, assignment):
        pass


def _adopt_one(source: LayoutSource, assignment: Assignment) -> bool:
    pieces = [cell.piece for cell in source.cells]
    for page in _pages(source, assignment):
        count = Counter(pieces[index].block for index in page)
        stay = _longest_rising(page)
        for at, index in enumerate(page):
            if index in stay:
                continue
            before = page[at - 1] if at else None
            after = next((i for i in page[at + 1 :] if i in stay), None)
            near = before if before is not None else after
            if near is None:
                continue
            block = [i for i in page if pieces[i].block is pieces[index].block]
            whole = page[at : at + len(block)] == block and not any(map(stay.__contains__, block))
            part = count[pieces[index].block] > 1 and not whole
            beside = pieces[near].line is pieces[near].block and pieces[near].node.kind != "word"
            inside = (
                before is not None and after is not None and _around(pieces[index], before, after, pieces)
            )
            if (part and beside) or inside:
                words = assignment.homes.pop(index)
                for word in words:
                    word.home = near
                old = assignment.homes[near]
                assignment.homes[near] = old + words if near == before else words + old
                return True
    return False


def _around(piece: Piece, before: int, after: int, pieces: Sequence[Piece]) -> bool:
    """Whether two words stand around a piece where its element cannot go: in a block, where it is a whole
    block's text, or in a line, where it is no word.
    """
    one, other = pieces[before], pieces[after]
    if piece.line is piece.block:
        return one.block is other.block
    return piece.node.kind != "word" and one.line is other.line


def file_order(source: LayoutSource, assignment: Assignment) -> tuple[list[int], int]:
    """The cells that have words, in the order in which the file is to have them, and how many are astray.

    That is the order of the words, but for those that moved to another page: they stay where they were.
    """
    homes = list(dict.fromkeys(word.home for word in assignment.words if word.home >= 0))
    pages = [source.cells[index].piece.page for index in homes]
    ranks = sorted(range(len(homes)), key=pages.__getitem__)  # stable
    if ranks == list(range(len(homes))):
        return homes, 0
    stay = _longest_rising(ranks)
    order = [homes[rank] for rank in sorted(stay, key=pages.__getitem__)]
    astray = sorted(homes[rank] for rank in ranks if rank not in stay)
    for index in astray:
        page = source.cells[index].piece.page
        before = [at for at, other in enumerate(order) if source.cells[other].piece.page < page]
        same = [(other, at) for at, other in enumerate(order) if source.cells[other].piece.page == page]
        place = max((pair for pair in same if pair[0] < index), default=None)
        order.insert(place[1] + 1 if place else len(before), index)
    return order, len(astray)


def _pages(source: LayoutSource, assignment: Assignment) -> Iterator[list[int]]:
    """For each page whose words have another order now, its cells in that order."""
    order, _ = file_order(source, assignment)
    for _, group in groupby(order, key=lambda index: source.cells[index].piece.page):
        cells = list(group)
        if any(a > b for a, b in pairwise(cells)):
            yield cells


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The numbers of a longest rising subsequence."""
    tails: list[int] = []
    ends: list[int] = []
    before: dict[int, int] = {}
    for number in numbers:
        place = bisect_left(ends, number)
        if place:
            before[number] = tails[place - 1]
        if place == len(ends):
            ends.append(number)
            tails.append(number)
        else:
            ends[place] = tails[place] = number
    found: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        found.add(last)
        last = before.get(last)
    return found


class _Page:
    """One page whose words have another order now."""

    def __init__(self, source: LayoutSource, splice: Splice, cells: list[int], layout: Layout) -> None:
        self.source, self.splice, self.cells, self.layout = source, splice, cells, layout
        self.text, self.dialect = source.markup.text, source.dialect
        self.pieces = {index: source.cells[index].piece for index in cells}
        self.count: Counter[Node] = Counter()
        for piece in self.pieces.values():
            for node in _words_of(piece):
                self.count.update(node.up())
        self.reordered = False

    def arrange(self) -> None:
        stay = _longest_rising(self.cells)
        anchor: int | None = None
        position = 0
        for stays, group in groupby(self.cells, key=stay.__contains__):
            run = list(group)
            position += len(run)
            if stays:
                anchor = run[-1]
                continue
            follow = self.cells[position] if position < len(self.cells) else None
            self._move(run, anchor, follow)
        if self.reordered:
            blocks = dict.fromkeys(self._block(index) for index in self.cells)
            for change in self.dialect.order(list(blocks)) or ():
                self.splice.replace(change[0], change[1], change[2])
        self._renumber()

    def _block(self, index: int) -> Node:
        move = self.layout.moved.get(index)
        return self.pieces[index].block if move is None else move.block

    def _renumber(self) -> None:
        changed = {move.block for i, move in self.layout.moved.items() if i in self.pieces}
        for block in changed:
            lines: dict[object, None] = {}
            for index in self.cells:
                if self._block(index) is block:
                    move = self.layout.moved.get(index)
                    lines[self.pieces[index].line if move is None else move.line] = None
            nodes = [line if isinstance(line, Node) else None for line in lines]
            for start, end, new in self.dialect.renumber(nodes):
                self.splice.replace(start, end, new)

    def _move(self, run: list[int], anchor: int | None, follow: int | None) -> None:
        """Put a run of words between two that stay."""
        if anchor is not None and follow is not None:
            one, other = self.pieces[anchor], self.pieces[follow]
            if one.line is other.line:
                self._words(run, anchor)
                return
            if one.block is other.block:
                self._lines(run, anchor, follow)
                return
        near = anchor
        for block, group in groupby(run, key=lambda index: self.pieces[index].block):
            part = list(group)
            if block.kind != "block" or self._weight(part, block) < self.count[block]:
                self._lines(part, near, follow)
            else:
                self._blocks(part, anchor, follow)
                near = part[-1]

    def _words(self, run: list[int], anchor: int) -> None:
        """Put words into the middle of a line."""
        target = self.pieces[anchor]
        place = _end(target)
        for index in run:
            piece = self.pieces[index]
            node = piece.node
            self.splice.cut(lead(self.text, node), _end(piece))
            self.splice.replace(place, place, self.dialect.space(None, None))
            self.splice.replace(place, place, Moved(lead(self.text, node), _end(piece)))
            self._second(piece, place)
            self.layout.moved[index] = Move(node, target.line, target.line, target.block)

    def _lines(self, run: list[int], anchor: int | None, follow: int | None) -> None:
        """Put lines into a block, after the line of the anchor or before that of what follows."""
        near = anchor if anchor is not None else follow
        assert near is not None
        target = self.pieces[near].line
        block = self._block(near)
        place = target.end if anchor is not None else lead(self.text, target)
        into = target.parent or target
        for line, group in groupby(run, key=lambda index: self.pieces[index].line):
            part = list(group)
            start = lead(self.text, line)
            if self._weight(part, line) == self.count[line]:
                self.splice.cut(start, line.end)
                self.splice.replace(place, place, Moved(start, line.end))
                for index in part:
                    self.layout.moved[index] = Move(line, into, line, block)
                    self._second(self.pieces[index], None, line)
                continue
            opening, closing = self.dialect.shell(line, self._around(part))
            self.splice.replace(place, place, self.text[start : line.start] + opening)
            key = object()
            for index in part:
                node = self.pieces[index].node
                begin, end = lead(self.text, node), _end(self.pieces[index])
                self.splice.cut(begin, end)
                self.splice.replace(place, place, Moved(begin, end))
                self._second(self.pieces[index], place)
                self.layout.moved[index] = Move(node, into, key, block)
            self.splice.replace(place, place, self.text[start : line.start] + closing)

    def _second(self, piece: Piece, place: int | None, unit: Node | None = None) -> None:
        """Let the second half of a word come after the first one, which was moved, alone or in a unit."""
        for node in _words_of(piece)[1:]:
            if unit is None or unit not in node.up():
                start = lead(self.text, node)
                where = _end(piece) if place is None else place
                self.splice.cut(start, node.end)
                self.splice.replace(where, where, self.dialect.space(None, None))
                self.splice.replace(where, where, Moved(start, node.end))

    def _blocks(self, run: list[int], anchor: int | None, follow: int | None) -> None:
        """Put a whole block between two blocks."""
        if self.dialect.order([]) is not None:
            self.reordered = True
            return
        near = self.pieces[anchor if anchor is not None else follow or 0].block
        other = self.pieces[follow].block if anchor is not None and follow is not None else None
        around = set(other.up()) if other is not None else set()
        target = self._top(near, lambda parent: parent not in around)
        place = target.end if anchor is not None else lead(self.text, target)
        block = self.pieces[run[0]].block
        unit = self._top(block, lambda parent: self.count[parent] == self._weight(run, parent))
        start = lead(self.text, unit)
        self.splice.cut(start, unit.end)
        self.splice.replace(place, place, Moved(start, unit.end))
        for index in run:
            piece = self.pieces[index]
            self._second(piece, None, unit)
            self.layout.moved[index] = Move(unit, target.parent or target, piece.line, piece.block)

    @staticmethod
    def _top(node: Node, allowed: Callable[[Node], bool]) -> Node:
        """The outermost element around a block, inside its page, all within which may go with it."""
        while node.parent is not None and node.parent.kind in ("block", "group") and allowed(node.parent):
            node = node.parent
        return node

    def _weight(self, cells: list[int], outer: Node) -> int:
        """How many word elements of some cells stand in an element."""
        words = (node for index in cells for node in _words_of(self.pieces[index]))
        return sum(outer in node.up() for node in words)

    def _around(self, cells: list[int]) -> Box | None:
        boxes = [box for index in cells if (box := self.dialect.box(self.pieces[index].node)) is not None]
        if not boxes:
            return None
        return Box(
            min(b.left for b in boxes),
            min(b.top for b in boxes),
            max(b.right for b in boxes),
            max(b.bottom for b in boxes),
        )
