"""A cleaned text back into the file it came from, by changes to the file's own characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ocrfix.formats._assign import Assignment, Placed, assign, box_of
from ocrfix.formats._moves import Layout, arrange, file_order, lead, settle
from ocrfix.formats._splice import Splice
from ocrfix.formats._tree import Node

if TYPE_CHECKING:
    from ocrfix.formats.layout_source import Box, LayoutSource
    from ocrfix.report import Report, Result

__all__ = ["Written", "astray", "write_back"]


class Written(NamedTuple):
    """The markup with a cleaned text in it, and the words of the file in its order."""

    markup: str
    words: list[str]


def write_back(source: LayoutSource, result: Result) -> Written | None:
    """The markup with the cleaned text in it; None when nothing is to be changed."""
    if result.text == source.document.text:
        return None
    assignment = assign(source, result.text, result.report)
    writer = _Writer(source, assignment)
    if not writer.splice:
        return None
    # words that went to another page in the text stay on theirs in the file
    words = [word.text for index in writer.order for word in assignment.homes[index]]
    return Written(writer.splice.render(), words if writer.astray else result.text.split())


def astray(source: LayoutSource, report: Report) -> int:
    """How many words the report moves to a page that is not theirs."""
    moves = any(item.edit.source is not None for step in report.steps for item in step.edits)
    if not moves or len({cell.piece.page for cell in source.cells[:: max(1, len(source.cells) - 1)]}) < 2:
        return 0
    from ocrfix.repair import apply  # noqa: PLC0415  (start-up time)

    text = source.document.text
    for step in report.steps:
        text = apply(text, [item.edit for item in step.edits])
    return file_order(source, assign(source, text, report))[1]


class _Writer:
    """The changes to one file, collected."""

    def __init__(self, source: LayoutSource, assignment: Assignment) -> None:
        self.source = source
        self.cells = source.cells
        self.assignment = assignment
        self.dialect = source.dialect
        self.text = source.markup.text
        self.splice = Splice(self.text)
        self.halves: set[int] = set()
        """Cells that stay as second halves of a hyphenated word."""
        self.changed: set[int] = set()
        settle(source, assignment)
        self.order, self.astray = file_order(source, assignment)
        self.in_order = all(a < b for a, b in pairwise(self.order))
        for index, words in assignment.homes.items():
            self._change(index, words)
        removed = [i for i in range(len(self.cells)) if i not in assignment.homes and i not in self.halves]
        self.changed.update(removed)
        layout = arrange(source, assignment, self.splice)
        emptied = [i for i in removed if i not in assignment.users] if source.keep_removed else []
        for index in emptied:
            self._empty(index)
        kept = set(emptied)
        self._remove([i for i in removed if i not in kept], layout, emptied)
        self._sync(layout)

    # words

    def _change(self, index: int, words: list[Placed]) -> None:
        """Give an element its new words."""
        cell = self.cells[index]
        piece = cell.piece
        if piece.node.kind != "word":
            text = _joined(words, lines=piece.line is piece.block)
            if text != piece.text:
                self._rewrite(index, text)
            return
        text = " ".join(word.text for word in words)
        own = all(list(word.letters) == [index] for word in words if word.letters)
        alone = all(word in words for word in self.assignment.users.get(index, ()))
        if own and alone and text == piece.text:
            return
        if len(words) == 1 or (own and alone and len(words) <= len(piece.text.split())):
            whole = words[0] if len(words) == 1 else None
            if whole is not None and self._halved(index, whole):
                return
            box = box_of(self.source, whole, self.assignment) if whole is not None else None
            read = all(word.read for word in words)
            self._rewrite(index, text, self.dialect.rewrite(piece, text, box, read=read))
            return
        self._split(index, words)

    def _rewrite(self, index: int, text: str, markup: str | None = None) -> None:
        piece = self.cells[index].piece
        self.changed.add(index)
        if markup is None:
            markup = self.dialect.rewrite(piece, text)
        self.splice.replace(piece.node.start, piece.node.end, markup)
        self._all(self.dialect.companions(piece, text))

    def _halved(self, index: int, word: Placed) -> bool:
        """Mark two elements as the halves of one word, where the format knows such."""
        if len(word.letters) != 2 or word.home != next(iter(word.letters)):
            return False
        second = next(i for i in word.letters if i != index)
        one, other = self.cells[index].piece, self.cells[second].piece
        if second != index + 1 or one.line is other.line or second in self.assignment.homes:
            return False
        changes = self.dialect.hyphenate(one, other, word.text)
        if changes is None:
            return False
        self._all(changes)
        self.halves.add(second)
        self.changed.update((index, second))
        return True

    def _split(self, index: int, words: list[Placed]) -> None:
        """Make several elements of one."""
        piece = self.cells[index].piece
        self.changed.add(index)
        halves = self.dialect.separate(piece, [word.text for word in words], apart=self.in_order)
        if halves is not None:
            self._all(halves)
            return
        identity = self.dialect.identity_of(piece.node)
        boxes = [
            box_of(self.source, word, self.assignment) if index in word.letters else None for word in words
        ]
        home = self.dialect.box(piece.node)
        for at, word in enumerate(words):
            if index not in word.letters and home is not None:
                boxes[at] = self._between(index, home, boxes, at)
        parts: list[str] = []
        for at, (word, box) in enumerate(zip(words, boxes, strict=True)):
            if at:
                parts.append(self.dialect.space(boxes[at - 1] or home, box or home))
            name = self.dialect.fresh(identity) if at and identity else None
            # a hyphen element stays behind the last of the words
            part = piece if word is words[-1] else piece._replace(extra=())
            parts.append(self.dialect.rewrite(part, word.text, box, name, read=word.read))
        self.splice.replace(piece.node.start, piece.node.end, *parts)
        self._all(self.dialect.companions(piece, words[-1].text))

    def _between(self, index: int, home: Box, boxes: Sequence[Box | None], at: int) -> Box:
        """A box for a word that was not read: the gap between its neighbours."""
        left = (boxes[at - 1] or home).right if at else home.left
        line = self.cells[index].piece.line
        right = next((box.left for box in boxes[at + 1 :] if box is not None), None)
        if right is None and index + 1 < len(self.cells) and self.cells[index + 1].piece.line is line:
            after = self.dialect.box(self.cells[index + 1].piece.node)
            right = after.left if after is not None else None
        return home._replace(left=left, right=max(left, left if right is None else right))

    def _all(self, changes: Iterable[tuple[int, int, str]]) -> None:
        for start, end, new in changes:
            self.splice.replace(start, end, new)

    # elements

    def _empty(self, index: int) -> None:
        """Leave an element without its text."""
        self._rewrite(index, "")

    def _remove(self, removed: Sequence[int], layout: Layout, emptied: Sequence[int] = ()) -> None:
        """Take out elements, and those around them that have lost all their text."""
        alive = self._alive(layout, emptied)
        tops: dict[Node, None] = {}
        for index in removed:
            piece = self.cells[index].piece
            for node in (piece.node, *piece.extra):
                tops[self._outermost(node, alive)] = None
        if not self.source.keep_removed:
            for move in layout.moved.values():
                top = self._outermost(move.cut, alive)
                if top is not move.cut:
                    tops[top] = None
        for top in tops:
            self.splice.replace(lead(self.text, top), top.end)
        self._all(self.dialect.unlink(list(tops)))
        lines = {self.cells[i].piece.line for i in (*removed, *layout.moved)}
        gone = {*tops, *(move.cut for move in layout.moved.values())}
        for line in lines & alive:
            self._tidy(line, gone)

    @staticmethod
    def _outermost(node: Node, alive: set[Node]) -> Node:
        """The outermost element around one within which nothing is alive."""
        while node.parent is not None and node.parent.kind in _INNER and node.parent not in alive:
            node = node.parent
        return node

    def _alive(self, layout: Layout, emptied: Sequence[int]) -> set[Node]:
        """The nodes that hold text, or something that is no text."""
        alive: set[Node] = set()
        for node in self.dialect.kept():
            alive.update(node.up())
        for index in (*self.assignment.homes, *self.halves, *emptied):
            piece = self.cells[index].piece
            move = layout.moved.get(index)
            for start in (piece.node, *piece.extra):
                for node in start.up():
                    if node in alive and move is None:
                        break
                    alive.add(node)
                    if move is not None and node is move.cut:
                        alive.update(move.into.up())
                        break
        return alive

    def _tidy(self, line: Node, gone: set[Node]) -> None:
        """Leave one space element between two words of a line, and none at its ends."""
        space, word = None, False
        for child in line.children:
            if child.kind == "space":
                if space is not None or not word:
                    drop = child if space is None else space
                    self.splice.replace(lead(self.text, drop), drop.end)
                if word:
                    space = child
            elif child.kind == "word" and child not in gone:
                space, word = None, True
        if space is not None:
            self.splice.replace(lead(self.text, space), space.end)

    def _sync(self, layout: Layout) -> None:
        """Let lines and blocks that repeat their words' text say what the words now say."""
        before, after = _Told(), _Told()
        touched: set[Node] = set()
        for index, cell in enumerate(self.cells):
            piece = cell.piece
            blocks = before.add(piece.line, piece.block, piece.text)
            if index in self.changed or index in layout.moved:
                touched.update((piece.line, *blocks))
        for index in layout.order:
            piece, move = self.cells[index].piece, layout.moved.get(index)
            line, block = (piece.line, piece.block) if move is None else (move.line, move.block)
            blocks = after.add(line, block, " ".join(word.text for word in self.assignment.homes[index]))
            if move is not None:
                touched.update(node for node in (line, *blocks) if isinstance(node, Node))
        for node in touched:
            if node.kind == "line" and node.children:
                self._all(self.dialect.sync(node, before.line(node), after.line(node)))
            if node.kind == "block" and node.children:
                changes = self.dialect.sync(node, before.block(node), after.block(node))
                # it may repeat its own lines only, without those of blocks in it
                self._all(changes or self.dialect.sync(node, before.own(node), after.own(node)))


class _Told:
    """What the words of a page say, by line and by block."""

    def __init__(self) -> None:
        self._words: dict[object, list[str]] = {}
        self._owners: dict[object, Node] = {}
        self._lines: dict[Node, dict[object, None]] = {}

    def add(self, line: object, block: Node, text: str) -> list[Node]:
        """One more word; returns the blocks that it is in, the innermost first."""
        self._words.setdefault(line, []).append(text)
        self._owners[line] = block
        blocks = [node for node in block.up() if node.kind == "block"]
        for node in blocks:
            self._lines.setdefault(node, {})[line] = None
        return blocks

    def line(self, line: object) -> str:
        """The words of a line."""
        return " ".join(self._words.get(line, ()))

    def block(self, block: Node) -> str:
        """The lines of a block and of all blocks in it."""
        return "\n".join(map(self.line, self._lines.get(block, ())))

    def own(self, block: Node) -> str:
        """The lines of a block but for those of blocks in it."""
        lines = (line for line in self._lines.get(block, ()) if self._owners[line] is block)
        return "\n".join(map(self.line, lines))


_INNER = ("line", "block", "group")


def _joined(words: Sequence[Placed], *, lines: bool) -> str:
    """Words with the spaces between them, and the line ends where the element has several lines."""
    parts = [words[0].text]
    for word in words[1:]:
        parts += ("\n" if lines and "\n" in word.gap else " ", word.text)
    return "".join(parts)
