"""PAGE-XML 2013 to 2019: the XML of OCR-D and Transkribus (PRImA's page content schema).

Words, lines and regions may each have a text of their own. The words are read where the line says the
same; the line where it says something else (in Transkribus it is the line that people correct), or
where there are no words; the region where there are no lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ocrfix.formats._dialect import (
    BaseDialect,
    Change,
    Segment,
    around,
    box_of,
    number,
    order_of,
    read_segment,
    scale,
    segments,
    tidy,
    write_segment,
)
from ocrfix.formats._markup import Markup, attribute, set_attribute, tags
from ocrfix.formats._page_custom import custom_of, moved_parts, renumbered, without_places
from ocrfix.formats._splice import Splice
from ocrfix.formats._tree import Node
from ocrfix.formats.layout_source import Box, Piece

__all__ = ["PageDialect"]

_KINDS: Final = {
    "Page": "page",
    "TextRegion": "block",
    "TableCell": "block",
    "TextLine": "line",
    "Word": "word",
    "TextEquiv": "equiv",
    "ReadingOrder": "order",
    "OrderedGroup": "order",
    "UnorderedGroup": "order",
    "OrderedGroupIndexed": "order",
    "UnorderedGroupIndexed": "order",
    "RegionRef": "ref",
    "RegionRefIndexed": "ref",
}
_CONFIDENCE: Final = re.compile(r"\sconf\s*=\s*[\"']([\d.]+)")
_COORDS: Final = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?Coords\b[^>]*>")


class _Equiv(NamedTuple):
    """One reading: the start and end of its TextEquiv tag, and of its text in Unicode and in PlainText."""

    start: int
    body: int
    unicode: Segment | None
    plain: Segment | None


class PageDialect(BaseDialect):
    """A PAGE-XML file."""

    name = "PAGE-XML"
    ref_attribute = "regionRef"

    def __init__(self, markup: Markup, name: str) -> None:
        super().__init__(markup, name)
        self._scale = scale(_CONFIDENCE.findall(self.text))
        self._stale = 0

    def classify(self, name: str, tag: str, parent: Node) -> str | None:  # noqa: ARG002
        """What kind of node an element is, by its name."""
        kind = _KINDS.get(name)
        if kind == "equiv" and parent.kind not in ("line", "block"):
            return None
        if kind == "ref" and parent.kind != "order":
            return None
        return "other" if kind is None and name.endswith("Region") else kind

    def is_table(self, node: Node) -> bool:
        """Whether an element is a TableRegion."""
        return node.name == "TableRegion"

    # reading

    def in_order(self, blocks: Sequence[Node]) -> list[Node]:
        """The regions in reading order; a drop capital before the region that it stands in.

        The order may name it elsewhere: outside of the group of that region, or before it.
        """
        found = super().in_order(blocks)
        named = dict(self.refs)
        for block in blocks:
            outer = block.parent
            if outer not in found or attribute(self.tag(block), "type") != "drop-capital":
                continue
            told = named.get(self.identity(self.tag(block)))
            group = told.parent if told is not None else None
            within = group is None or attribute(self.tag(group), self.ref_attribute) == self.identity(
                self.tag(outer)
            )
            if within and found.index(block) > found.index(outer):
                found.remove(block)
                found.insert(found.index(outer), block)
        return found

    def pieces(self) -> Iterator[Piece]:
        """The words, else lines, else regions, in reading order."""
        self._stale = 0
        for number_, page in enumerate(self.pages()):
            for region in self.in_order(list(page.walk("block"))):
                yield from self._region(region, number_)
        if self._stale:
            lines = "1 line has" if self._stale == 1 else f"{self._stale} lines have"
            self.notes = (f"{lines} other words than text; the text is read and the words stay as they are",)

    def _region(self, region: Node, page: int) -> Iterator[Piece]:
        found = False
        for line in region.children:
            if line.kind == "line":
                for piece in self._line(line, region, page):
                    found = True
                    yield piece
        if not found and not self._told_within(region):
            best = self._best(region)
            text = "\n".join(filter(None, map(tidy, self._text(best).splitlines())))
            if best is not None and text:
                node = self._node(region, best)
                yield Piece(text, node, region, region, page, self._confidence(best))

    def _told_within(self, region: Node) -> bool:
        """Whether regions in this one say something themselves, so that its own text repeats theirs."""
        return any(
            tidy(self._text(self._best(node)))
            for inner in region.walk("block")
            for node in (inner, *inner.walk("line", "word"))
        )

    def _line(self, line: Node, region: Node, page: int) -> list[Piece]:
        pieces: list[Piece] = []
        for word in line.children:
            if word.kind == "word":
                best = self._best(word)
                text = tidy(self._text(best))
                if best is not None and text:
                    pieces.append(Piece(text, word, line, region, page, self._confidence(best)))
        best = self._best(line)
        text = tidy(self._text(best))
        if best is None or not text:
            return pieces
        joined = "".join(piece.text for piece in pieces)
        if "".join(joined.split()) == "".join(text.split()):
            return pieces
        self._stale += bool(pieces)
        return [Piece(text, self._node(line, best), line, region, page, self._confidence(best))]

    @staticmethod
    def _node(owner: Node, best: _Equiv) -> Node:
        return next(node for node in owner.children if node.kind == "equiv" and node.start == best.start)

    def _best(self, node: Node) -> _Equiv | None:
        """The reading of an element with the lowest index; the first one where none is told."""
        if node.kind == "word":
            found = list(self._equivs(node.body, node.close))
        else:
            own = [child for child in node.children if child.kind == "equiv"]
            within = ((child, equiv) for child in own for equiv in self._equivs(child.start, child.end))
            found = [equiv for child, equiv in within if equiv.start == child.start]  # not one in another
        return min(found, key=self._index, default=None)

    def _index(self, equiv: _Equiv) -> int:
        return order_of(attribute(self.text[equiv.start : equiv.body], "index"))

    def _equivs(self, start: int, end: int) -> Iterator[_Equiv]:
        """The readings in a stretch of markup, without those of glyphs."""
        glyphs = 0
        opened: tuple[int, int] | None = None
        texts: dict[str, Segment] = {}
        content = 0
        for tag in tags(self.text, start, end, html=False):
            if tag.name == "Glyph":
                glyphs += {"open": 1, "close": -1}.get(tag.kind, 0)
            elif glyphs:
                continue
            elif tag.name == "TextEquiv" and tag.kind == "open":
                opened, texts = (tag.start, tag.end), {}
            elif tag.name == "TextEquiv" and tag.kind == "close" and opened is not None:
                yield _Equiv(*opened, texts.get("Unicode"), texts.get("PlainText"))
                opened = None
            elif tag.name in ("Unicode", "PlainText") and tag.kind == "open":
                content = tag.end
            elif tag.name in ("Unicode", "PlainText") and tag.kind == "close":
                texts[tag.name] = self._segment(content, tag.start)

    def _segment(self, start: int, end: int) -> Segment:
        text = self.text[start:end].strip()
        if text.startswith("<![CDATA[") and text.endswith("]]>") and text.count("]]>") == 1:
            at = self.text.index("<![CDATA[", start) + len("<![CDATA[")
            return Segment(at, self.text.index("]]>", at), True)
        return Segment(start, end)

    def _text(self, equiv: _Equiv | None) -> str:
        if equiv is None or equiv.unicode is None:
            return ""
        start, end, cdata = equiv.unicode
        text = self.text[start:end]
        if cdata or "<" not in text:
            return read_segment(self.markup, equiv.unicode) if text else ""
        found = segments(self.markup, start, end, lambda _: False)
        return "".join(read_segment(self.markup, item) for item in found)

    def _confidence(self, equiv: _Equiv) -> float | None:
        told = attribute(self.text[equiv.start : equiv.body], "conf")
        try:
            return float(told) / self._scale if told else None
        except ValueError:
            return None

    def _coords(self, node: Node) -> tuple[int, int] | None:
        """The start and end of an element's own Coords tag."""
        stop = node.children[0].start if node.children else node.close
        match = _COORDS.search(self.text, node.body, stop)
        return match.span() if match else None

    def _owner(self, node: Node) -> Node:
        """The line or region that a text is of."""
        return node.parent if node.kind == "equiv" and node.parent is not None else node

    def identity_of(self, node: Node) -> str:
        """The id of an element, or of what its text is of."""
        return self.identity(self.tag(self._owner(node)))

    def box(self, node: Node) -> Box | None:
        """The smallest rectangle around an element's outline."""
        span = self._coords(self._owner(node))
        points = attribute(self.text[slice(*span)], "points") if span else None
        try:
            pairs = [tuple(map(float, pair.split(","))) for pair in (points or "").split()]
            across, down = zip(*pairs, strict=True)
        except ValueError:
            return None
        return box_of(min(across), min(down), max(across), max(down))

    # writing

    def rewrite(
        self,
        piece: Piece,
        text: str,
        box: Box | None = None,
        identity: str | None = None,
        *,
        read: bool = False,
    ) -> str:
        """The element with another text."""
        node = piece.node
        splice = Splice(self.text[node.start : node.end])
        for start, end, new in self._changes(node, text, box, identity, read=read):
            splice.replace(start - node.start, end - node.start, new)
        return splice.render()

    def _changes(
        self, node: Node, text: str, box: Box | None, identity: str | None, *, read: bool
    ) -> Iterator[Change]:
        if identity is not None:
            yield node.start, node.body, set_attribute(self.tag(node), "id", identity)
        span = self._coords(node) if box is not None else None
        if span is not None and box is not None:
            tag = self.text[slice(*span)]
            yield *span, set_attribute(tag, "points", self._points(box, attribute(tag, "points") or ""))
        if node.kind == "word" and (not read or box is not None or identity is not None):
            yield from self._glyphs(node)
        best = self._best(node) if node.kind == "word" else next(self._equivs(node.start, node.end))
        if best is None:
            return
        if not read:
            yield best.start, best.body, set_attribute(self.text[best.start : best.body], "conf", None)
        for segment in (best.unicode, best.plain):
            if segment is not None:
                yield segment.start, segment.end, self._written(segment, text)

    def _written(self, segment: Segment, text: str) -> str:
        old = self.text[segment.start : segment.end]
        return around(old, write_segment(segment, text))

    @staticmethod
    def _points(box: Box, like: str) -> str:
        told = like.replace(",", " ").split()
        left, top, right, bottom = (number(value, told) for value in box)
        return f"{left},{top} {right},{top} {right},{bottom} {left},{bottom}"

    def _glyphs(self, node: Node) -> Iterator[Change]:
        """Take out the letters of a word, which have to say what the word says."""
        opened, depth = 0, 0
        for tag in tags(self.text, node.body, node.close, html=False):
            if tag.name != "Glyph":
                continue
            if tag.kind == "open" and depth == 0:
                opened = tag.start
            depth += {"open": 1, "close": -1}.get(tag.kind, 0)
            if depth == 0:
                start = opened if tag.kind == "close" else tag.start
                while self.text[start - 1].isspace():
                    start -= 1
                yield start, tag.end, ""

    def companions(self, piece: Piece, text: str) -> list[Change]:
        """Words that a line without text must not go on saying, and the places of its marked parts."""
        if piece.node.kind != "equiv":
            return []
        owner = self._owner(piece.node)
        if text:
            return self._marked(owner, self._text(self._best(owner)), text)
        return [
            change
            for word in owner.walk("word")
            for change in self._changes(word, "", None, None, read=False)
        ]

    def _custom(self, line: Node) -> tuple[int, str]:
        """Where an element's ``custom`` attribute begins in the file, and how it is written there."""
        start, custom = custom_of(self.tag(line))
        return line.start + start, custom

    def _marked(self, line: Node, old: str, new: str) -> list[Change]:
        """Let the parts of a line that its ``custom`` attribute marks go with their letters."""
        if line.kind != "line":
            return []
        at, custom = self._custom(line)
        return [(at + start, at + end, written) for start, end, written in moved_parts(custom, old, new)]

    def sync(self, node: Node, old: str, new: str) -> list[Change]:
        """Let a line or a region say what its words say now, if it said what they said before."""
        best = self._best(node)
        said = self._text(best)
        if best is None or best.unicode is None or not said.strip() or old == new:
            return []
        if "".join(said.split()) != "".join(old.split()):
            return []
        if node.kind == "block":
            end = "\r\n" if "\r\n" in said else "\n" if "\n" in said.strip() else " "
            new = new.replace("\n", end if "\n" in old else "\n")
        changes = [
            (s.start, s.end, self._written(s, new)) for s in (best.unicode, best.plain) if s is not None
        ]
        tag = self.text[best.start : best.body]
        if attribute(tag, "conf") is not None:
            changes.append((best.start, best.body, set_attribute(tag, "conf", None)))
        return changes + self._marked(node, said, new)

    def shell(self, line: Node, box: Box | None) -> tuple[str, str]:
        """A new TextLine like this one, with an outline and without texts of its own."""
        tag = self.tag(line)
        identity = self.identity(tag)
        if identity:
            tag = set_attribute(tag, "id", self.fresh(identity))
        custom = attribute(tag, "custom")
        if custom and (rest := without_places(custom)) != custom:
            tag = set_attribute(tag, "custom", rest or None)
        span = self._coords(line)
        if span is not None and box is not None:
            coords = self.text[slice(*span)]
            coords = set_attribute(coords, "points", self._points(box, attribute(coords, "points") or ""))
            tag += self.text[line.body : span[0]] + coords
            if not coords.endswith("/>"):
                tag += "</" + re.split(r"[\s>]", coords[1:], maxsplit=1)[0] + ">"
        return tag, self.text[line.close : line.end]

    def renumber(self, lines: Sequence[Node | None]) -> list[Change]:
        """Transkribus numbers lines in their ``custom`` attribute."""
        return renumbered([self._custom(line) if line else (0, "") for line in lines])
