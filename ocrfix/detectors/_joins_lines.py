"""The lines of a document with what a glance tells of them, for all the joins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocrfix.layout import ends_sentence, first_letter_case, starts_item

if TYPE_CHECKING:
    from ocrfix.document import Document

__all__ = ["Line", "broken_hyphen", "is_capitals", "is_formula", "is_word", "lines_of"]

_RELATION: Final = re.compile(r"[=→⟶⇌↔≈≤≥]")
_TRANSCRIPTION: Final = re.compile(r"/[^/]+/|\|[^|]+\||\[[^\[\]]+\]")
_PLAIN_WORD: Final = re.compile(r"(?<!\S)[^\W\d_]{2,}(?=[,;.:]?(?:\s|$))")


@dataclass(slots=True)
class Line:
    """A line that is not blank, and how its end looks.

    ``gap`` counts the line ends between it and the line before (0 for the first), ``pages`` the form feeds
    there; ``indent`` is the white space before it, in characters.
    """

    start: int
    end: int
    block: int
    gap: int
    pages: int
    indent: int
    text: str
    closed: bool
    """Ends with a sign that closes a sentence or a part of it."""
    case: str
    """The nature of its first letter, see `layout.first_letter_case`."""
    item: bool
    """Begins with the mark of a list item."""

    def __len__(self) -> int:
        return self.end - self.start


def lines_of(document: Document) -> list[Line]:
    """The lines of a document that are not blank, in order."""
    text = document.text
    lines: list[Line] = []
    previous = 0
    for number, block in enumerate(document.blocks):
        for span in block.lines:
            content = text[span.start : span.end]
            between = text[previous : span.start] if lines else ""
            newline = max(text.rfind("\n", previous, span.start), text.rfind("\f", previous, span.start))
            lines.append(
                Line(
                    start=span.start,
                    end=span.end,
                    block=number,
                    gap=between.count("\n") + between.count("\f"),
                    pages=between.count("\f"),
                    indent=span.start - newline - 1,
                    text=content,
                    closed=ends_sentence(content),
                    case=first_letter_case(content),
                    item=starts_item(content),
                )
            )
            previous = span.end
    return lines


def broken_hyphen(left: str, right: str) -> bool:
    """Whether a line ends with a hyphen on a letter or figure and the next begins with one."""
    return (
        len(left) >= 2 and left[-1] in "-\u2010\u2011\u00ad¬" and left[-2].isalnum() and right[:1].isalnum()
    )


def is_capitals(text: str) -> bool:
    """Whether a text of two words or more is all in capitals."""
    return text.isupper() and any(c.isspace() for c in text)


def is_word(text: str) -> bool:
    """Whether a text begins with a word in running text: no address of the net, no capitals inside."""
    word = text.split(" ", 1)[0]
    return not any(c.isupper() or c in "/@_\\" for c in word) and "www." not in word


def is_formula(text: str) -> bool:
    """Whether a line is an equation (a sign of relation, and no word in small letters) or a transcription.

    >>> is_formula("2H2 + O2 → 2H2O"), is_formula("Ta có x = 2y vì góc A vuông")
    (True, False)
    """
    if _TRANSCRIPTION.fullmatch(text):
        return True
    return _RELATION.search(text) is not None and not any(m.islower() for m in _PLAIN_WORD.findall(text))
