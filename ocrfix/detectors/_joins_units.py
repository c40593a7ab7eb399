"""Paragraphs as the joins see them, and which may be halves of a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._joins_lines import is_capitals, is_word
from ocrfix.layout import HEADING_LENGTH, Kind, is_table_line, line_kind, starts_article, unclosed, unopened

if TYPE_CHECKING:
    from ocrfix.detectors._joins_lines import Line
    from ocrfix.model import Span

__all__ = [
    "LEAST",
    "LONG",
    "STAIN",
    "Unit",
    "headless",
    "may_be_rest",
    "may_go_on",
    "quotes_agree",
    "sentence_inside",
    "units_of",
]

LONG: Final = 60
"""A text of so many characters may be running text without looking it by its end."""
LEAST: Final = 12
"""The least length of a half, in characters."""
NAMES: Final = 600
"""Characters at each end of a paragraph that names and subjects are taken from."""
_STOP_INSIDE: Final = re.compile(r"([^\W\d_]{2})[.!?…][\"”’)]* +[\"“‘(]*([^\W\d_])")
"""A stop and the letters around it; abbreviations (TP., ThS., tp.) have capitals or no vowel before it."""
STAIN: Final = (" .", " …")
"""Ends of lines that may be a stain of the paper and no stop: in right text no space stands before it."""
FUNCTION_WORDS: Final = frozenset(
    """
    ai anh ba bà bị bởi các cái cả chị cho chúng chưa chỉ có cô cũng của cùng cứ do đã đang đây để
    đến đều đi đó được em gì hai hay hơn hoặc khác khi không là lại lên lúc mà mình mỗi một mới nay
    này năm nên nếu ngày ngay người nhiều như nhưng những nào nói nơi ở ông phải qua ra rằng rất rồi
    sau sẽ sự ta tại theo thì tới trên trong trước tôi từ từng và vào vẫn vì việc với về xuống biết
    """.split()  # noqa: SIM905
)
"""Words that two texts have in common whatever they are about."""
_RUN: Final = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)+")
_VOWEL: Final = re.compile(r"[^bcdđghjklmnpqrstvxfwz]")
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
    topic: frozenset[tuple[str, str]] | None = None

    @property
    def closed(self) -> bool:
        """Whether the paragraph ends with a sign that closes a sentence or a part of one."""
        return self.tail.closed

    @property
    def stained(self) -> bool:
        """Whether what closes it may be a stain; after a word, since a figure may have a stop of its own."""
        return self.text.endswith(STAIN) and self.text[:-2].rstrip()[-1:].isalpha()

    @property
    def open_text(self) -> str:
        """The text without what may be a stain at its end."""
        return self.text[:-2].rstrip() if self.stained else self.text

    @property
    def case(self) -> str:
        """The nature of the first letter, see `layout.first_letter_case`."""
        return self.head.case

    def kind_of(self) -> Kind:
        """What the paragraph is by its form, found out once."""
        if self.kind is None:
            self.kind = line_kind(self.text.replace("\n", " "))
        return self.kind

    def subjects(self) -> frozenset[tuple[str, str]]:
        """Pairs of words in a row, in small letters, that tell what the text is about, found out once."""
        if self.topic is None:
            text = self.text if len(self.text) <= 2 * NAMES else f"{self.text[:NAMES]}. {self.text[-NAMES:]}"
            found: set[tuple[str, str]] = set()
            for run in _RUN.findall(text.lower()):
                words = run.split(" ")
                found.update(pairwise(words))
            self.topic = frozenset(p for p in found if FUNCTION_WORDS.isdisjoint(p))
        return self.topic

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


def sentence_inside(text: str) -> bool:
    """Whether a sentence ends inside a text and another begins, as in no heading.

    >>> sentence_inside("Trời mưa to. Bà con"), sentence_inside("Về thăm TP. Thái Bình")
    (True, False)
    """
    return any(m[1].islower() and m[2].isupper() and _VOWEL.search(m[1]) for m in _STOP_INSIDE.finditer(text))


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
