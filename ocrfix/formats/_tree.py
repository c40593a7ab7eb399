"""The parts of a marked-up page that matter (pages, blocks, lines, words), by their places in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from ocrfix.formats._markup import Markup, Tag, line_of, tags
from ocrfix.formats.errors import FormatError

__all__ = ["Node", "build"]

MAX_DEPTH: Final = 200
"""Parts of a page lie five deep; more than this is an attack or a mistake."""
_VOID: Final = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_ENDS_PARAGRAPH: Final = frozenset(
    ("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre", "section", "article", "hr")
)


class Node:
    """An element that matters, as places in the markup.

    ``kind`` says what it is; the element is ``[start, end)``, its content ``[body, close)``; an empty
    tag has its content at its end. ``parent`` and ``children`` are the nodes around and in it.
    """

    __slots__ = ("body", "children", "close", "end", "kind", "name", "parent", "start")

    def __init__(self, kind: str, name: str, start: int, body: int, parent: Node | None) -> None:
        self.kind = kind
        self.name = name
        self.start = start
        self.body = self.close = self.end = body
        self.parent = parent
        self.children: list[Node] | tuple[Node, ...] = ()

    def add(self, child: Node) -> None:
        """Put a node after the ones in this one."""
        if not self.children:
            self.children = []
        assert isinstance(self.children, list)
        self.children.append(child)

    def up(self) -> Iterator[Node]:
        """The node and those around it, from the inside out."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def walk(self, *kinds: str) -> Iterator[Node]:
        """The nodes in this one, in order; those of certain kinds when some are named."""
        for child in self.children:
            if not kinds or child.kind in kinds:
                yield child
            yield from child.walk(*kinds)

    def of(self, kind: str) -> Node | None:
        """The first child of a kind."""
        return next((child for child in self.children if child.kind == kind), None)


Classify = Callable[[str, str, Node], str | None]
"""From an element's name, its start tag and the node around it to the kind of node, if it is one."""


def build(markup: Markup, name: str, classify: Classify) -> Node:
    """The tree of the nodes of a file, under a root of kind "root".

    Parameters: ``markup``; ``name``, the file's, for messages; ``classify``. What lies in a word is
    not asked about. Raises FormatError where an element is not closed.
    """
    builder = _Builder(markup, name, classify)
    for tag in tags(markup.text, 0, len(markup.text), html=markup.html):
        if tag.kind == "close":
            builder.close(tag)
        elif tag.kind != "cdata":
            builder.open(tag)
    return builder.finish()


class _Builder:
    """The elements that are open, and the tree so far."""

    def __init__(self, markup: Markup, name: str, classify: Classify) -> None:
        self.text, self.html = markup.text, markup.html
        self.name = name
        self.classify = classify
        self.root = Node("root", "", 0, 0, None)
        self.root.close = self.root.end = len(self.text)
        self.top = self.root
        self.stack: list[tuple[str, Node | None]] = []
        self.depth = 0

    def open(self, tag: Tag) -> None:
        if self.html and tag.name in _ENDS_PARAGRAPH and self.stack and self.stack[-1][0] == "p":
            self._pop(self._implied(tag.start))
        node, top = None, self.top
        kind = None if top.kind == "word" else self.classify(tag.name, self.text[tag.start : tag.end], top)
        if kind is not None:
            node = Node(kind, tag.name, tag.start, tag.end, top)
            top.add(node)
        if tag.kind == "empty" or (self.html and tag.name in _VOID):
            return
        self.stack.append((tag.name, node))
        if node is not None:
            self.top = node
            self.depth += 1
            if self.depth > MAX_DEPTH:
                where = line_of(self.text, tag.start)
                raise FormatError(f"{self.name}: line {where}: elements lie more than {MAX_DEPTH} deep")

    def close(self, tag: Tag) -> None:
        for index in range(len(self.stack) - 1, -1, -1):
            if self.stack[index][0] == tag.name:
                break
        else:
            return
        while len(self.stack) > index + 1:
            self._pop(self._implied(tag.start))
        node = self.stack[index][1]
        self._pop(tag.start)
        if node is not None:
            node.end = tag.end

    def _implied(self, place: int) -> int:
        """Where an element ends that is closed by the next tag: before the white space."""
        node = self.stack[-1][1]
        least = node.body if node is not None else 0
        while place > least and self.text[place - 1].isspace():
            place -= 1
        return place

    def _pop(self, place: int) -> None:
        _, node = self.stack.pop()
        if node is not None:
            node.close = node.end = place
            assert node.parent is not None
            self.top = node.parent
            self.depth -= 1

    def finish(self) -> Node:
        while self.stack:
            element, node = self.stack[-1]
            if element in ("html", "body"):
                last = line_of(self.text, len(self.text))
                raise FormatError(
                    f"{self.name}: line {last}: the file ends before </{element}>; it seems cut off, "
                    "get it again from where it came"
                )
            if node is not None and element != "p":
                raise FormatError(
                    f"{self.name}: line {line_of(self.text, node.start)}: <{element}> is not closed; "
                    "the file seems cut off, get it again from where it came"
                )
            self._pop(len(self.text))
        return self.root
