"""ALTO 2 to 4: the XML of libraries, with words in attributes (altoxml/schema).

A word over a line end stands in two String elements; ``SUBS_CONTENT`` says what the whole word is, and
that is what is read, at the place of the first half.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ocrfix.formats._dialect import BaseDialect, Change, box_of, number, scale, tidy
from ocrfix.formats._markup import Markup, attribute, set_attribute, tags
from ocrfix.formats._moves import lead
from ocrfix.formats._origins import align
from ocrfix.formats._tree import Node
from ocrfix.formats.layout_source import Box, Piece

__all__ = ["AltoDialect"]

_KINDS: Final = {
    "Page": "page",
    "ComposedBlock": "group",
    "TextBlock": "block",
    "TextLine": "line",
    "String": "word",
    "SP": "space",
    "HYP": "hyphen",
    "Illustration": "other",
    "GraphicalElement": "other",
    "ReadingOrder": "order",
    "OrderedGroup": "order",
    "UnorderedGroup": "order",
    "ElementRef": "ref",
}
_WC: Final = re.compile(r"\sWC\s*=\s*[\"']([\d.]+)")
_PREFIX: Final = re.compile(r"<([A-Za-z_][\w.-]*:)?String[\s/>]")


class AltoDialect(BaseDialect):
    """An ALTO file."""

    name = "ALTO"
    id_attribute = "ID"
    ref_attribute = "REF"

    def __init__(self, markup: Markup, name: str) -> None:
        super().__init__(markup, name)
        self._scale = scale(_WC.findall(self.text))
        prefix = _PREFIX.search(self.text)
        self._prefix = (prefix[1] or "") if prefix else ""
        self._spaces = next(self.tree.walk("space"), None) is not None

    def classify(self, name: str, tag: str, parent: Node) -> str | None:  # noqa: ARG002
        """What kind of node an element is, by its name."""
        return _KINDS.get(name)

    def is_table(self, node: Node) -> bool:
        """Whether an element is a ComposedBlock whose type is a table."""
        return node.kind == "group" and (attribute(self.tag(node), "TYPE") or "").lower() == "table"

    # reading

    def pieces(self) -> Iterator[Piece]:
        """The words in reading order."""
        found = list(self._strings())
        skip: set[Node] = set()
        for index, (node, hyphen, line, block, page) in enumerate(found):
            if node in skip:
                continue
            tag = self.tag(node)
            text = tidy(attribute(tag, "CONTENT") or "")
            sign = self._sign(hyphen)
            following = found[index + 1 : index + _REACH] if "SUBS_TYPE" in tag else ()
            second = self._second(tag, [item[0] for item in following])
            if second is not None:
                skip.add(second)
                whole = attribute(tag, "SUBS_CONTENT") or ""
                least = self._least(self._confidence(node, ""), self._confidence(second, ""))
                halves = (second,) if hyphen is None else (hyphen, second)
                yield Piece(whole, node, line, block, page, least, halves)
            elif text:
                confidence = self._confidence(node, text)
                if isinstance(confidence, list):
                    confidence = confidence + confidence[-1:] * len(sign)
                extra = () if hyphen is None else (hyphen,)
                yield Piece(text + sign, node, line, block, page, confidence, extra)

    def _strings(self) -> Iterator[tuple[Node, Node | None, Node, Node, int]]:
        """Every String with the hyphen after it, its line, block and page."""
        for index, page in enumerate(self.pages()):
            for block in self.in_order(list(page.walk("block"))):
                for line in block.walk("line"):
                    children = line.children
                    for at, node in enumerate(children):
                        if node.kind == "word":
                            after = children[at + 1] if at + 1 < len(children) else None
                            hyphen = after if after is not None and after.kind == "hyphen" else None
                            yield node, hyphen, line, block, index

    def _sign(self, hyphen: Node | None) -> str:
        return "" if hyphen is None else tidy(attribute(self.tag(hyphen), "CONTENT") or "-")

    def _second(self, tag: str, following: Sequence[Node]) -> Node | None:
        """The second half of a word whose first half has this tag, where the file tells the whole word.

        It is mostly the next String; a caption or a column may stand between.
        """
        whole = attribute(tag, "SUBS_CONTENT") or ""
        if attribute(tag, "SUBS_TYPE") != "HypPart1" or len(whole.split()) != 1:
            return None
        for place, node in enumerate(following):
            other = self.tag(node)
            if attribute(other, "SUBS_TYPE") == "HypPart2":
                told = attribute(other, "SUBS_CONTENT")
                return node if told == whole or (not told and place == 0) else None
        return None

    @staticmethod
    def _least(one: float | list[float] | None, other: float | list[float] | None) -> float | None:
        told = [value for value in (one, other) if isinstance(value, float)]
        return min(told) if told else None

    def _confidence(self, node: Node, text: str) -> float | list[float] | None:
        """From ``CC``, in which 0 is sure and 9 is not, one figure a letter; else from ``WC``."""
        tag = self.tag(node)
        letters = "".join((attribute(tag, "CC") or "").split())
        if text and len(letters) == len(text) and letters.isdecimal():
            return [1 - int(digit) / 9 for digit in letters]
        try:
            return float(attribute(tag, "WC") or "nan") / self._scale if attribute(tag, "WC") else None
        except ValueError:
            return None

    def box(self, node: Node) -> Box | None:
        """The place and size of an element."""
        tag = self.tag(node)
        try:
            left, top, width, height = (float(attribute(tag, key) or "") for key in _BOX)
        except ValueError:
            return None
        return box_of(left, top, left + width, top + height)

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
        """The String with another text; the first of two halves with its share of it."""
        node, tag = piece.node, self.tag(piece.node)
        pair = self._pair(piece)
        if pair is not None and identity is None:
            first = self._share(piece, text)[0] if text else ""
            tag = set_attribute(tag, "SUBS_CONTENT", text or None)
            tag = tag if text else set_attribute(tag, "SUBS_TYPE", None)
            return self._filled(node, tag, first, None, read=read)
        if identity is not None:
            tag = self._whole(set_attribute(tag, self.id_attribute, identity))
        sign = self._sign(self._hyphen(piece))
        if pair is None and sign and len(text) > len(sign):
            text = text.removesuffix(sign)
        return self._filled(node, tag, text, box, read=read)

    def _filled(self, node: Node, tag: str, text: str, box: Box | None, *, read: bool) -> str:
        tag = set_attribute(tag, "CONTENT", text)
        drop = []
        if not read:
            tag = set_attribute(set_attribute(tag, "WC", None), "CC", None)
            drop.append("Glyph")
        elif len("".join((attribute(tag, "CC") or "").split())) != len(text):
            tag = set_attribute(tag, "CC", None)
            drop.append("Glyph")
        if box is not None:
            tag = self._placed(tag, box)
            drop += ["Shape", "Glyph"]
        return tag + self._without(node.body, node.close, drop) + self.text[node.close : node.end]

    @staticmethod
    def _placed(tag: str, box: Box) -> str:
        old = [attribute(tag, key) for key in _BOX]
        told = [value for value in old if value]
        sizes = (box.left, box.top, box.right - box.left, box.bottom - box.top)
        for key, value, size in zip(_BOX, old, sizes, strict=True):
            if value is not None:
                tag = set_attribute(tag, key, number(size, told))
        return tag

    def _without(self, start: int, end: int, names: Sequence[str]) -> str:
        """A stretch of markup without the elements of some names."""
        if start == end or not names:
            return self.text[start:end]
        pieces: list[str] = []
        position, inside, depth = start, 0, 0
        for tag in tags(self.text, start, end, html=False):
            if tag.kind == "open":
                depth += 1
            if not inside and tag.name in names and tag.kind in ("open", "empty"):
                pieces.append(self.text[position : tag.start].rstrip())
                position = tag.end
                inside = depth if tag.kind == "open" else 0
            elif tag.kind == "close" and inside == depth and inside:
                position, inside = tag.end, 0
            if tag.kind == "close":
                depth -= 1
        pieces.append(self.text[position:end])
        return "".join(pieces)

    @staticmethod
    def _whole(tag: str) -> str:
        return set_attribute(set_attribute(tag, "SUBS_TYPE", None), "SUBS_CONTENT", None)

    @staticmethod
    def _hyphen(piece: Piece) -> Node | None:
        return next((node for node in piece.extra if node.kind == "hyphen"), None)

    @staticmethod
    def _pair(piece: Piece) -> Node | None:
        return next((node for node in piece.extra if node.kind == "word"), None)

    def _share(self, piece: Piece, text: str) -> tuple[str, str]:
        """A new text of a word in two halves, cut where the line ends."""
        first = (attribute(self.tag(piece.node), "CONTENT") or "").rstrip("-\u00ad\u2010¬")
        places = align(piece.text, text).tolist()
        cut = next((at for at, place in enumerate(places) if place >= len(first)), len(text))
        cut = min(max(cut, 1), max(1, len(text) - 1))
        old = attribute(self.tag(piece.node), "CONTENT") or ""
        return text[:cut] + old[len(first) :], text[cut:]

    def space(self, left: Box | None, right: Box | None) -> str:
        """A space element, in files that have such."""
        if not self._spaces:
            return ""
        if left is None or right is None:
            return f"<{self._prefix}SP/>"
        width = max(0.0, right.left - left.right)
        items = zip(("HPOS", "VPOS", "WIDTH"), (left.right, left.top, width), strict=True)
        told = [f"{value:g}" for value in left]
        told_by = " ".join(f'{key}="{number(value, told)}"' for key, value in items)
        return f"<{self._prefix}SP {told_by}/>"

    def hyphenate(self, first: Piece, second: Piece, text: str) -> list[Change] | None:
        """Mark two Strings as halves of one word, where they joined are just that word."""
        if self._pair(first) or second.extra or first.text.rstrip("-\u00ad\u2010¬") + second.text != text:
            return None
        changes: list[Change] = []
        for piece, half in ((first, "HypPart1"), (second, "HypPart2")):
            tag = set_attribute(self.tag(piece.node), "SUBS_TYPE", half)
            changes.append((piece.node.start, piece.node.body, set_attribute(tag, "SUBS_CONTENT", text)))
        return changes

    def separate(self, piece: Piece, texts: Sequence[str], *, apart: bool) -> list[Change] | None:
        """Make two halves, whose word turned out to be several, Strings of their own."""
        second = self._pair(piece)
        if second is None:
            return None
        here = texts[:-1] if apart else texts
        identity = self.identity(self.tag(piece.node))
        parts: list[str] = []
        for at, text in enumerate(here):
            name = self.fresh(identity) if at and identity else None
            tag = self._whole(self.tag(piece.node))
            tag = tag if name is None else set_attribute(tag, self.id_attribute, name)
            parts.append(self._filled(piece.node, tag, text, None, read=False))
        changes = [(piece.node.start, piece.node.end, self.space(None, None).join(parts))]
        if apart:
            last = self._filled(second, self._whole(self.tag(second)), texts[-1], None, read=False)
            changes.append((second.start, second.end, last))
        else:
            changes.append((lead(self.text, second), second.end, ""))
        hyphen = self._hyphen(piece)
        if hyphen is not None:
            changes.append((lead(self.text, hyphen), hyphen.end, ""))
        return changes

    def companions(self, piece: Piece, text: str) -> list[Change]:
        """The second half's share of a new text; a hyphen element that the text has no more."""
        changes: list[Change] = []
        hyphen, second = self._hyphen(piece), self._pair(piece)
        sign = self._sign(hyphen)
        kept = bool(text) if second is not None else text.endswith(sign) and len(text) > len(sign)
        if hyphen is not None and not kept:
            changes.append((lead(self.text, hyphen), hyphen.end, ""))
        if second is not None:
            tag = set_attribute(self.tag(second), "SUBS_CONTENT", text or None)
            tag = tag if text else set_attribute(tag, "SUBS_TYPE", None)
            rest = self._share(piece, text)[1] if text else ""
            changes.append((second.start, second.end, self._filled(second, tag, rest, None, read=False)))
        return changes

    def shell(self, line: Node, box: Box | None) -> tuple[str, str]:
        """A new TextLine like this one."""
        tag = self.tag(line)
        if box is not None:
            tag = self._placed(tag, box)
        identity = self.identity(tag)
        if identity:
            tag = set_attribute(tag, self.id_attribute, self.fresh(identity))
        return tag, self.text[line.close : line.end]

    def unlink(self, removed: Sequence[Node]) -> list[Change]:
        """Changes to the reading order and to what names a removed block as the next one."""
        changes = super().unlink(removed)
        if "IDNEXT" in self.text:
            gone = {self.identity(self.tag(node)) for top in removed for node in (top, *top.walk("block"))}
            for node in self.tree.walk("block", "group", "other"):
                if attribute(self.tag(node), "IDNEXT") in gone and not any(n in removed for n in node.up()):
                    changes.append((node.start, node.body, set_attribute(self.tag(node), "IDNEXT", None)))
        return changes


_REACH: Final = 100
"""How many Strings further on the second half of a word is looked for."""
_BOX: Final = ("HPOS", "VPOS", "WIDTH", "HEIGHT")
