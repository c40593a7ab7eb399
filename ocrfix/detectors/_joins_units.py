"""Paragraphs as the joins see them, and which may be halves of a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._joins_lines import is_capitals, is_word
from ocrfix.layout import HEADING_LENGTH, Kind, is_table_line, line_kind, starts_article, unclosed, unopened

if TYPE_CHECKING:
    from ocrfix.detectors._joins_lines import Line
    from ocrfix.model import Span

__all__ = ["LEAST", "LONG", "Unit", "headless", "may_be_rest", "may_go_on", "quotes_agree", "units_of"]

LONG: Final = 60
"""A text of so many characters may be running text without looking it by its end."""
LEAST: Final = 12
"""The least length of a half, in characters."""
NAMES: Final = 600
"""Characters at each end of a paragraph that names are taken from."""
_NAME: Final = re.compile(r"(?<=[^\W\d_] )[^\W\d_]{2,}")


@dataclass(slots=True)
class Unit:
    """A paragraph: lines ``head`` to ``tail`` of the document once wraps are undone."""

    number: int
    start: int
    end: int
    text: str
    head: Line
    tail: Line
    kind: Kind | None = None
    shared: frozenset[str] | None = None

    @property
    def case(self) -> str:
        """The nature of the first letter, see `layout.first_letter_case`."""
        return self.head.case

    def kind_of(self) -> Kind:
        """What the paragraph is by its form, found out once."""
        if self.kind is None:
            self.kind = line_kind(self.text.replace("\n", " "))
        return self.kind

    def names(self) -> frozenset[str]:
        """The words with a capital inside the first and the last sentences, found out once."""
        if self.shared is None:
            text = self.text if len(self.text) <= 2 * NAMES else f"{self.text[:NAMES]} {self.text[-NAMES:]}"
            self.shared = frozenset(w for w in _NAME.findall(text) if w[0].isupper())
        return self.shared


def units_of(lines: list[Line], groups: list[Span], text: str) -> list[Unit]:
    """The paragraphs of ``text``, from its lines and the index ranges of the lines of each."""
    units = []
    for number, group in enumerate(groups):
        head, tail = lines[group.start], lines[group.end - 1]
        units.append(Unit(number, head.start, tail.end, text[head.start : tail.end], head, tail))
    return units


def may_go_on(unit: Unit) -> bool:
    """Whether a unit without a closing sign may be the first half of a sentence."""
    if len(unit.text) < LEAST or is_capitals(unit.text):
        return False
    if starts_article(unit.text) and len(unit.text) <= HEADING_LENGTH:
        return False
    if any(sign in unit.text[-60:].rsplit(maxsplit=1)[-1] for sign in ("@", "://", "www.")):
        return False
    return unit.kind_of() in (Kind.PARAGRAPH, Kind.HEADING, Kind.LIST_ITEM, Kind.DIALOGUE)


def may_be_rest(unit: Unit) -> bool:
    """Whether a unit may be the second half of a sentence, whatever its first letter."""
    if unit.head.item or not (unit.text[0].isalnum() or unit.text[0] in "\"“'‘("):
        return False
    return not is_table_line(unit.head.text) and unit.kind_of() in (Kind.PARAGRAPH, Kind.HEADING, Kind.BYLINE)


def headless(unit: Unit) -> bool:
    """Whether a unit begins in the middle of a sentence."""
    return unit.case == "lower" and is_word(unit.text) and len(unit.text) >= LEAST and may_be_rest(unit)


def quotes_agree(left: str, right: str) -> bool:
    """Whether the left text ends inside a quotation or bracket that the right text soon closes.

    >>> quotes_agree('ban vận động quỹ "Vì', 'người nghèo" các xã'), quotes_agree("xã An (huyện", "Bình.")
    (True, False)
    """
    opened = unclosed(left[-400:])
    if not opened:
        return False
    closed = unopened(right[:200])
    pairs = {"(": ")", "[": "]", "{": "}", "“": "”", "«": "»", '"': '"'}
    return bool(closed) and pairs.get(opened[-1]) == closed[0]
