"""What the dialects of word-box formats share."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isfinite
from typing import Final, NamedTuple

from ocrfix.formats._markup import Markup, Tag, attribute, escape, set_attribute, tags, unescape
from ocrfix.formats._moves import lead
from ocrfix.formats._origins import align
from ocrfix.formats._tree import Node, build
from ocrfix.formats.layout_source import Box, Piece

__all__ = [
    "BaseDialect",
    "Change",
    "Segment",
    "around",
    "box_of",
    "distribute",
    "number",
    "order_of",
    "scale",
    "segments",
    "tidy",
    "write_segment",
]

Change = tuple[int, int, str]
"""A stretch of the markup, and what takes its place."""

_ID: Final = re.compile(r"""(?i)(?<![\w:-])(?:xml:)?id\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_INDEX: Final = re.compile(r"\s*[+-]?\d{1,9}\s*")


class Segment(NamedTuple):
    """A stretch of text between tags, of no length for a line break; ``cdata`` says that it stands in a
    CDATA section, unescaped.
    """

    start: int
    end: int
    cdata: bool = False


def segments(  # noqa: C901
    markup: Markup, start: int, end: int, leave_out: Callable[[Tag], bool]
) -> list[Segment]:
    """The text between ``start`` and ``end`` of some markup, without comments, instructions and tags.

    ``leave_out`` is asked of each opening tag whether its element's text is to be left out.
    """
    text = markup.text
    found: list[Segment] = []
    position, hidden, depth = start, 0, 0
    for tag in tags(text, start, end, html=markup.html):
        if not hidden and tag.start > position:
            found += _uncommented(text, position, tag.start)
        position = tag.end
        if tag.kind == "cdata":
            if not hidden:
                found.append(Segment(tag.start + len("<![CDATA["), tag.end - len("]]>"), True))
        elif tag.name == "br":
            found.append(Segment(tag.start, tag.start))
        elif tag.kind == "open":
            depth += 1
            if not hidden and leave_out(tag):
                hidden = depth
        elif tag.kind == "close":
            if hidden == depth:
                hidden = 0
            depth -= 1
    if not hidden and end > position:
        found += _uncommented(text, position, end)
    return found


def _uncommented(text: str, start: int, end: int) -> Iterator[Segment]:
    """The parts of a stretch without tags that are no comment and no processing instruction."""
    position = start
    for match in re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL).finditer(text, start, end):
        if match.start() > position:
            yield Segment(position, match.start())
        position = match.end()
    if end > position:
        yield Segment(position, end)


def write_segment(segment: Segment, new: str) -> str:
    """Text as it is written in a segment."""
    return new.replace("]]>", "]]]]><![CDATA[>") if segment.cdata else escape(new)


def around(old: str, new: str) -> str:
    """A new text with the white space that stood around the old one.

    >>> around("  Vi ", "Vì")
    '  Vì '
    """
    return old[: len(old) - len(old.lstrip())] + new + (old[len(old.rstrip()) :] if old.strip() else "")


def read_segment(markup: Markup, segment: Segment) -> str:
    """The text that a segment stands for."""
    text = markup.text[segment.start : segment.end]
    if segment.start == segment.end and not segment.cdata:
        return " "
    return text if segment.cdata else unescape(text, html=markup.html)


def distribute(olds: Sequence[str], new: str) -> list[str]:
    """A new text cut into the parts that its letters were in before.

    >>> distribute(["Vi", " ", "nguoi", " ngheo"], "Vì người nghèo")
    ['Vì', ' ', 'người', ' nghèo']
    """
    owner = [number for number, old in enumerate(olds) for _ in old]
    current = next((number for number, old in enumerate(olds) if old.strip()), 0)
    parts = [""] * len(olds)
    for char, place in zip(new, align("".join(olds), new).tolist(), strict=True):
        if place >= 0:
            current = max(current, owner[place])
        parts[current] += char
    # a space goes where the old one was: into a part of its own, or before the next word
    for index in range(len(parts) - 1):
        after = next((i for i in range(index + 1, len(parts)) if parts[i] or not olds[i].strip()), None)
        if after is None or not parts[index].endswith(" ") or olds[index] != olds[index].rstrip():
            continue
        if not olds[after].strip() or olds[after] != olds[after].lstrip():
            parts[index] = parts[index][:-1]
            parts[after] = " " + parts[after]
    return parts


def tidy(text: str) -> str:
    """Text with single spaces for all white space, none at its ends."""
    return " ".join(text.split())


def number(value: float, like: Iterable[str]) -> str:
    """A coordinate as the file writes its own: whole numbers where these are whole.

    >>> number(12.345, ["10", "40"]), number(12.345, ["10.0", "40.5"])
    ('12', '12.35')
    """
    if all("." not in item for item in like):
        return str(round(value))
    return f"{value:.2f}".rstrip("0").rstrip(".")


def box_of(left: float, top: float, right: float, bottom: float) -> Box | None:
    """The rectangle of four edges, in the file's own units; None where one is not finite, as "1e999" is not.

    >>> box_of(10, 20, 30, float("1e999")) is None
    True
    """
    return Box(left, top, right, bottom) if all(map(isfinite, (left, top, right, bottom))) else None


def order_of(told: str | None) -> int:
    """The number in an attribute ``index``; 0 where there is none that makes sense.

    >>> order_of("12"), order_of("x"), order_of(None)
    (12, 0, 0)
    """
    return int(told) if told and _INDEX.fullmatch(told) else 0


def scale(values: Iterable[str]) -> float:
    """What a file's confidences are to be divided by: 100 where any is above 1."""
    return 100.0 if any(float(match) > 1 for value in values for match in _NUMBER.findall(value)) else 1.0


class BaseDialect(ABC):
    """Defaults of `ocrfix.formats.layout_source.Dialect` for a format without the thing in question.

    Parameters: ``markup``, the file; ``name``, its name for messages.
    """

    name = ""
    id_attribute = "id"
    ref_attribute = ""
    """The attribute of reading order elements that names a block; "" where there are none."""

    def __init__(self, markup: Markup, name: str) -> None:
        self.markup = markup
        self.text = markup.text
        self.notes: tuple[str, ...] = ()
        self.tree = build(markup, name, self.classify)
        self._ids: set[str] | None = None
        self.refs = self._references()

    @abstractmethod
    def classify(self, name: str, tag: str, parent: Node) -> str | None:
        """What kind of node an element is."""

    def pages(self) -> list[Node]:
        """The pages of the file; the whole file where none is marked."""
        return [page for page in self.tree.walk("page") if page.parent is self.tree] or [self.tree]

    def is_table(self, node: Node) -> bool:  # noqa: ARG002
        """Never: the format marks no tables."""
        return False

    # places and names

    def tag(self, node: Node) -> str:
        """An element's start tag."""
        return self.text[node.start : node.body]

    def identity(self, markup: str) -> str:
        """The id in a start tag, or ""."""
        return attribute(markup, self.id_attribute) or ""

    def identity_of(self, node: Node) -> str:
        """The id of an element, or ""."""
        return self.identity(self.tag(node))

    def fresh(self, identity: str) -> str:
        """An id like this one that the file does not have."""
        if self._ids is None:
            self._ids = {next(filter(None, groups), "") for groups in _ID.findall(self.text)}
        count = 2
        while f"{identity}_{count}" in self._ids:
            count += 1
        self._ids.add(f"{identity}_{count}")
        return f"{identity}_{count}"

    def space(self, left: Box | None, right: Box | None) -> str:  # noqa: ARG002
        """The markup between two words that were one."""
        return " "

    # what a format may not have

    def hyphenate(self, first: Piece, second: Piece, text: str) -> list[Change] | None:  # noqa: ARG002
        """None: the format has no halves of words."""
        return None

    def separate(
        self,
        piece: Piece,  # noqa: ARG002
        texts: Sequence[str],  # noqa: ARG002
        *,
        apart: bool,  # noqa: ARG002
    ) -> list[Change] | None:
        """None: the format has no halves of words."""
        return None

    def companions(self, piece: Piece, text: str) -> list[Change]:  # noqa: ARG002
        """Nothing: the format has no hyphen elements."""
        return []

    def sync(self, node: Node, old: str, new: str) -> list[Change]:  # noqa: ARG002
        """Nothing: lines and blocks have no text of their own."""
        return []

    def renumber(self, lines: Sequence[Node | None]) -> list[Change]:  # noqa: ARG002
        """Nothing: lines carry no number."""
        return []

    def kept(self) -> Iterator[Node]:
        """Elements that are no text."""
        return self.tree.walk("other")

    # reading order

    def _references(self) -> list[tuple[str, Node]]:
        """The blocks that the reading order names, in its order, and the elements that name them."""
        if not self.ref_attribute:
            return []
        found: list[tuple[str, Node]] = []

        def collect(node: Node) -> None:
            name = attribute(self.tag(node), self.ref_attribute) or ""
            if name or node.kind == "ref":  # a group names the block that its blocks stand in
                found.append((name, node))
            children = list(node.children)
            if "Unordered" not in node.name:
                children.sort(key=lambda child: order_of(attribute(self.tag(child), "index")))
            for child in children:
                collect(child)

        for node in self.tree.walk("order"):
            if node.parent is None or node.parent.kind != "order":
                collect(node)
        return found

    def in_order(self, blocks: Sequence[Node]) -> list[Node]:
        """Blocks in the file's reading order; those that it does not name follow what they stand in."""
        if not self.refs:
            return list(blocks)
        by_id = {self.identity(self.tag(block)): [block] for block in blocks}
        known = {name for name, _ in self.refs}
        for block in blocks:  # a table is named for the cells in it
            outer = next((node for node in block.up() if node.kind == "other"), None)
            if outer is not None and self.identity(self.tag(block)) not in known:
                by_id.setdefault(self.identity(self.tag(outer)), []).append(block)
        named = dict.fromkeys(block for name, _ in self.refs for block in by_id.get(name, ()))
        inner: dict[Node | None, list[Node]] = {}
        for block in blocks:
            if block not in named:
                outer = next(
                    (node for node in block.up() if node is not block and node.kind == "block"), None
                )
                inner.setdefault(outer, []).append(block)
        found: list[Node] = []

        def emit(block: Node) -> None:
            found.append(block)
            for child in inner.get(block, ()):
                emit(child)

        for block in (*named, *inner.get(None, ())):
            emit(block)
        return found

    def order(self, blocks: Sequence[Node]) -> list[Change] | None:
        """Changes to the reading order; None where the file has none that names the blocks."""
        if not self.refs:
            return None
        named = {name for name, _ in self.refs}
        names = (self._name_in(named, block) for block in blocks)
        new = list(dict.fromkeys(name for name in names if name))
        wanted = set(new)
        slots = [(name, node) for name, node in self.refs if name in wanted]
        changes: list[Change] = []
        for (old, node), name in zip(slots, new, strict=False):
            if old != name:
                tag = set_attribute(self.tag(node), self.ref_attribute, name)
                changes.append((node.start, node.body, tag))
        return changes

    def _name_in(self, named: set[str], block: Node) -> str:
        """The name that a reading order has for a block: its own, or that of the table it is in."""
        outer = next((node for node in block.up() if node.kind == "other"), block)
        names = (self.identity(self.tag(node)) for node in (block, outer))
        return next((name for name in names if name in named), "")

    def unlink(self, removed: Sequence[Node]) -> list[Change]:
        """Changes that take elements which are removed out of the reading order."""
        if not self.refs or not removed:
            return []
        gone = {
            self.identity(self.tag(node)) for top in removed for node in (top, *top.walk("block", "line"))
        }
        dead = {node for name, node in self.refs if name in gone}
        tops: dict[Node, None] = {}
        changes: list[Change] = []
        for node in dead:
            if node.kind == "order" and not self._emptied(node, dead):
                tag = set_attribute(self.tag(node), self.ref_attribute, None)
                changes.append((node.start, node.body, tag))
                continue
            top = node
            while top.parent is not None and top.parent.kind == "order" and self._emptied(top.parent, dead):
                top = top.parent
            tops[top] = None
        return changes + [(lead(self.text, top), top.end, "") for top in tops]

    def _emptied(self, group: Node, dead: set[Node]) -> bool:
        """Whether a group names nothing any more."""
        own = attribute(self.tag(group), self.ref_attribute) if self.ref_attribute else None
        return all(node in dead for node in group.walk("ref")) and (not own or group in dead)
