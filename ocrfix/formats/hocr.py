"""hOCR: HTML whose classes say what is a page, a line, a word (kba/hocr-spec 1.2).

Read from Tesseract, Kraken, OCRopus and others: words (``ocrx_word``) in lines (``ocr_line`` and what
Tesseract puts in its place) in paragraphs or areas; lines alone where there are no words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ocrfix.formats._dialect import (
    BaseDialect,
    Segment,
    around,
    box_of,
    distribute,
    number,
    read_segment,
    scale,
    segments,
    tidy,
    write_segment,
)
from ocrfix.formats._markup import Markup, Tag, attribute, escape, set_attribute
from ocrfix.formats._tree import Node
from ocrfix.formats.layout_source import Box, Piece

__all__ = ["HocrDialect"]

_WORDS: Final = frozenset(("ocrx_word", "ocr_word"))
_LINES: Final = frozenset(("ocr_line", "ocrx_line"))
_LINE_OR_BLOCK: Final = frozenset(("ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"))
"""Lines in Tesseract's files (in a span), blocks in the specification."""
_BLOCKS: Final = frozenset(
    (
        "ocr_par",
        "ocr_carea",
        "ocrx_block",
        "ocr_column",
        "ocr_float",
        "ocr_textimage",
        "ocr_table",
        "ocr_pageno",
    )
)
_OTHER: Final = frozenset(
    ("ocr_photo", "ocr_image", "ocr_linedrawing", "ocr_separator", "ocr_graphic", "ocr_math", "ocr_chem")
)
_BBOX: Final = re.compile(r"\bbbox((?:\s+-?\d+(?:\.\d+)?){4})")
_CONFIDENCE: Final = re.compile(r"\bx_(?:wconf|confs?)\s+([\d.][\d.\s]*)")
_WORD_CONFIDENCE: Final = re.compile(r"\bx_w?conf\s+([\d.]+)")
_LETTER_CONFIDENCES: Final = re.compile(r"\bx_confs\s+([\d.][\d.\s]*)")
_OF_THE_READING: Final = frozenset(("x_wconf", "x_conf", "x_confs", "x_bboxes", "cuts", "nlp", "x_cost"))
"""Properties that speak of the letters that the engine read."""


class HocrDialect(BaseDialect):
    """An hOCR file."""

    name = "hOCR"

    def __init__(self, markup: Markup, name: str) -> None:
        super().__init__(markup, name)
        self._scale = scale(_CONFIDENCE.findall(self.text))

    def classify(self, name: str, tag: str, parent: Node) -> str | None:
        """What kind of node an element is, by its classes."""
        if "ocr" not in tag:
            return None
        classes = frozenset((attribute(tag, "class") or "").split())
        if classes & _WORDS:
            return "word"
        if parent.kind == "line":
            return None
        if classes & _LINES or (name == "span" and classes & _LINE_OR_BLOCK):
            return "line"
        if "ocr_page" in classes:
            return "page"
        if classes & _BLOCKS or classes & _LINE_OR_BLOCK:
            return "block"
        return "other" if classes & _OTHER else None

    def is_table(self, node: Node) -> bool:
        """Whether an element is of class ``ocr_table``."""
        return node.kind == "block" and "ocr_table" in (attribute(self.tag(node), "class") or "").split()

    def pieces(self) -> Iterator[Piece]:
        """The words in the order of the file."""
        for number_, page in enumerate(self.pages()):
            yield from self._pieces(page, page, page, number_)

    def _pieces(self, node: Node, line: Node, block: Node, page: int) -> Iterator[Piece]:
        if node.kind in ("line", "block") and not any(node.walk("word", "line")):
            piece = self._piece(node, node, node if node.kind == "block" else block, page)
            if piece is not None:
                yield piece
        for child in node.children:
            if child.kind == "word":
                piece = self._piece(child, line, block, page)
                if piece is not None:
                    yield piece
            elif child.kind == "line":
                yield from self._pieces(child, child, block, page)
            elif child.kind == "block":
                yield from self._pieces(child, child, child, page)
            else:
                yield from self._pieces(child, line, block, page)

    def _piece(self, node: Node, line: Node, block: Node, page: int) -> Piece | None:
        text = self.text[node.body : node.close]
        if "<" in text or "&" in text:
            text = "".join(read_segment(self.markup, item) for item in self._segments(node))
        letters = node.kind == "word" and "ocrx_cinfo" in self.text[node.body : node.close]
        # white space between letters that have elements of their own is indentation
        text = "".join(text.split()) if letters else tidy(text)
        if not text:
            return None
        return Piece(text, node, line, block, page, self._confidence(node, text))

    def _segments(self, node: Node) -> list[Segment]:
        return segments(self.markup, node.body, node.close, self._is_no_text)

    def _is_no_text(self, tag: Tag) -> bool:
        """Other readings of a word (all but the one in ``ins``), and what is never shown."""
        if tag.name in ("del", "script", "style"):
            return True
        return (
            "alt" in (attribute(self.text[tag.start : tag.end], "class") or "").split() and tag.name != "ins"
        )

    def _confidence(self, node: Node, text: str) -> float | Sequence[float] | None:
        title = attribute(self.tag(node), "title") or ""
        content = self.text[node.body : node.close]
        letters = _LETTER_CONFIDENCES.search(title)
        values = letters[1].split() if letters else []
        if not values and "ocrx_cinfo" in content:
            values = _WORD_CONFIDENCE.findall(content)
        if len(values) == len(text):
            return [self._number(value) for value in values]
        word = _WORD_CONFIDENCE.search(title)
        if word:
            return self._number(word[1])
        return sum(map(self._number, values)) / len(values) if values else None

    def _number(self, value: str) -> float:
        try:
            return float(value) / self._scale
        except ValueError:
            return float("nan")

    def box(self, node: Node) -> Box | None:
        """The ``bbox`` of an element."""
        match = _BBOX.search(attribute(self.tag(node), "title") or "")
        return box_of(*map(float, match[1].split())) if match else None

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
        tag = self._retitled(self.tag(node), box, read=read)
        if identity is not None:
            tag = set_attribute(tag, "id", identity)
        return tag + self._content(node, text) + self.text[node.close : node.end]

    def _retitled(self, tag: str, box: Box | None, *, read: bool) -> str:
        title = attribute(tag, "title")
        if title is None:
            return tag
        items = title.split(";")
        if not read:
            items = [item for item in items if item.split(None, 1)[:1] not in _DROPPED]
        if items:
            items[0] = items[0].lstrip()
        new = ";".join(items)
        if box is not None:
            new = _BBOX.sub(lambda m: "bbox " + " ".join(number(v, m[1].split()) for v in box), new, count=1)
        return tag if new == title else set_attribute(tag, "title", new)

    def _content(self, node: Node, text: str) -> str:
        content = self.text[node.body : node.close]
        if "ocrx_cinfo" in content or not content.strip():
            return escape(text)
        found = self._segments(node)
        olds = [read_segment(self.markup, item) for item in found]
        parts = distribute(olds, text)
        breaks = "".join(
            " " if item.start == item.end else part for item, part in zip(found, parts, strict=True)
        )
        if tidy(breaks) != text:
            return around(content, escape(text))
        pieces: list[str] = []
        position = node.body
        filled = [index for index, old in enumerate(olds) if old.strip()]
        for index, (segment, part) in enumerate(zip(found, parts, strict=True)):
            new, old = part, olds[index]
            if old.strip():
                if index == filled[0]:
                    new = old[: len(old) - len(old.lstrip())] + new
                if index == filled[-1]:
                    new += old[len(old.rstrip()) :]
            elif part or not filled[0] < index < filled[-1]:
                new = old
            unread = segment.start == segment.end or new == old
            written = self.text[segment.start : segment.end] if unread else write_segment(segment, new)
            pieces += (self.text[position : segment.start], written)
            position = segment.end
        pieces.append(self.text[position : node.close])
        return "".join(pieces)

    def shell(self, line: Node, box: Box | None) -> tuple[str, str]:
        """A new line element like this one."""
        tag = self._retitled(self.tag(line), box, read=True)
        identity = self.identity(tag)
        if identity:
            tag = set_attribute(tag, "id", self.fresh(identity))
        return tag, self.text[line.close : line.end]


_DROPPED: Final = tuple([name] for name in sorted(_OF_THE_READING))
