"""Markdown files: prose is repaired; code, tables, links, formulas and the layout stay as they are."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ocrfix.document import Document
from ocrfix.formats._markdown import Structure, prose, structure
from ocrfix.formats.text import TextSource, read_text

__all__ = ["markdown_document", "read_markdown"]


@dataclass(frozen=True)
class _Intact:
    """Whether a text has the structure that a Markdown text had."""

    structure: Structure

    def __call__(self, text: str) -> bool:
        return structure(text) == self.structure


def markdown_document(text: str | Document) -> Document:
    """A Markdown text as a document in which only prose may be repaired.

    Prose is the text of paragraphs, headings, list items and quotes. Left alone are code (fenced,
    indented, inline), tables, targets of links, images, HTML, front matter, definitions of references,
    formulas, footnote signs, hard line breaks, and the signs of headings, lists, quotes and emphasis. What
    would change the structure (a repair that makes a list of a paragraph) is not applied.

    >>> from ocrfix import clean
    >>> clean(markdown_document("Quỹ Vi người nghèo, `Quỹ Vi người nghèo`")).text
    'Quỹ Vì người nghèo, `Quỹ Vi người nghèo`'
    """
    document = text if isinstance(text, Document) else Document(text)
    return replace(document, fixed=~prose(document.text), intact=_Intact(structure(document.text)))


def read_markdown(data: bytes, name: str, encoding: str | None = None) -> TextSource:
    """Read a Markdown file's bytes; parameters and errors are those of `ocrfix.formats.read_text`.

    >>> source = read_markdown("# Quỹ `Vi`".encode(), "bao.md")
    >>> source.document.text, source.document.fixed.tolist()[:3]
    ('# Quỹ `Vi`', [True, True, False])
    """
    source = read_text(data, name, encoding)
    return replace(source, document=markdown_document(source.document))
