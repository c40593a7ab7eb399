"""Spaces that lack beside a punctuation mark (SPC002)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ocrfix.detectors._spacing_text import has_marks, in_address, line_of, word_after, word_before
from ocrfix.detectors.base import Context
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.vietnamese.syllable import is_syllable

__all__ = ["MissingSpace"]

MISSING_SPACE: Final = Rule(
    "SPC002",
    "missing-space",
    "No space after a punctuation mark or around a bracket",
    Safety.SAFE,
    """What it finds
    A comma, semicolon, colon, full stop, question or exclamation mark, closing bracket or closing
    quote with the next word stuck to it, and an opening bracket or quote stuck to the word before.

Example
    before: Theo thông báo của huyện,Bà Lan đã nhận đủ giấy tờ.Ông Nam(trưởng thôn)cho biết thêm.
    after:  Theo thông báo của huyện, Bà Lan đã nhận đủ giấy tờ. Ông Nam (trưởng thôn) cho biết thêm.

Fix safety
    Safe where the words on both sides are Vietnamese syllables of two letters or more, and, for a full
    stop, where the next word has a capital. A place after an ellipsis is unsafe: some writers leave no
    space there. Nothing inside web and e-mail addresses, file names, numbers (1.200; 19,9), section
    numbers, abbreviations with full stops (TP.HCM, Th.S) or formulas is touched.

Risk
    A keyword list or a code that is written without spaces on purpose, if its parts happen to be
    Vietnamese syllables.
""",
)

_LETTER: Final = r"[^\W\d_]"
_ANY: Final = re.compile(
    rf"[,;:.!?…)\]”(“](?:(?=[“‘(]?{_LETTER})(?:(?<![(“])|(?<=\w.))|(?=\d)(?<=[^\d\s][,;]))"
)
"""What every place has that lacks a space."""
# Each pattern starts with its mark, which keeps the search quick; what stands before is looked at later.
_COMMA: Final = re.compile(rf"[,;](?={_LETTER}|[“‘(\d])")
_COLON: Final = re.compile(rf":(?=“?{_LETTER})")
_STOP: Final = re.compile(rf"[.!?](?=“?{_LETTER})")
_ELLIPSIS: Final = re.compile(rf"(?:\.{{3}}|…)(?={_LETTER})")
_CLOSING: Final = re.compile(rf"[)\]”](?={_LETTER})")
_OPENING: Final = re.compile(rf"[(“](?={_LETTER})")
_ENTITY: Final = re.compile(r"&#?\w{1,8}\Z")
_NAMESPACES: Final = ("Bản mẫu", "Thể loại", "Tập tin", "Hình", "Thành viên", "Thảo luận", "Đặc biệt")
"""Page name spaces of MediaWiki, whose colon takes no space."""

_UNITS: Final = frozenset(
    ("tỷ", "tỉ", "triệu", "nghìn", "ngàn", "trăm", "đồng", "mét", "lít", "tấn", "tạ", "yến", "độ")
)
_AFTER_NUMBER_MIN: Final = 4
"""Digits before a comma that cannot be the whole part of a decimal number: a year, a long number."""


def _syllable(word: str) -> bool:
    """Whether the word is a Vietnamese syllable of two letters or more, in one kind of letter case."""
    return len(word) > 1 and is_syllable(word) and (word[1:].islower() or word.isupper())


def _insertion(text: str, place: int, why: str, *, sure: bool = True) -> Finding:
    left = text[max(0, place - 12) : place].rpartition("\n")[2]
    right = text[place : place + 12].partition("\n")[0]
    return Finding(
        MISSING_SPACE,
        Span(max(0, place - 1), place + 1),
        f'no space in "{left}{right}"',
        (Edit(Span(place, place), " "),),
        0.98 if sure else 0.8,
        Safety.SAFE if sure else Safety.UNSAFE,
        {"place": why},
    )


class MissingSpace:
    """SPC002: a space lacks beside a punctuation mark."""

    rules = (MISSING_SPACE,)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:  # noqa: ARG002
        """The places where a space lacks, by pattern alone."""
        text = document.text
        if _ANY.search(text) is None:
            return
        for places in (_commas, _colons, _stops, _closings, _openings):
            for place, why in places(text):
                yield _insertion(text, place, why)
        for match in _ELLIPSIS.finditer(text):
            words = word_before(text, match.start()), word_after(text, match.end())
            if all(map(_syllable, words)) and not in_address(text, match.start()):
                yield _insertion(text, match.end(), "after an ellipsis", sure=False)


def _left_word(text: str, place: int) -> str:
    """The word before a place, past one closing bracket, quote or percent sign."""
    if place and not text[place - 1].isalnum():
        place -= 1
    return word_before(text, place)


def _commas(text: str) -> Iterable[tuple[int, str]]:
    for match in _COMMA.finditer(text):
        place = match.end()
        before = text[match.start() - 1 : match.start()]
        if not before or not (before.isalnum() or before in ")]”\"'’%"):
            continue
        right = word_after(text, place + (text[place] in "“‘("))
        if before.isdigit():
            digits = match.start() - 1
            while digits and text[digits - 1].isdigit():
                digits -= 1
            long = match.start() - digits >= _AFTER_NUMBER_MIN or (digits and text[digits - 1] in "/-")
            if not long and text[place].isalpha() and right in _UNITS:
                continue
            good = _syllable(right) and not text[place].isdigit()
        else:
            left = _left_word(text, match.start())
            if text[place].isdigit():
                good = match.group() == "," and _syllable(left) and has_marks(left)
            else:
                good = (_syllable(left) and len(right) > 1) or (len(left) > 1 and _syllable(right))
                good = good and (
                    has_marks(left) or has_marks(right) or (_syllable(left) and _syllable(right))
                )
        entity = match.group() == ";" and _ENTITY.search(text[max(0, place - 11) : match.start()])
        if good and not entity and not in_address(text, match.start()):
            yield place, "after a comma or semicolon"


def _colons(text: str) -> Iterable[tuple[int, str]]:
    for match in _COLON.finditer(text):
        left = word_before(text, match.start())
        start = match.end() + (text[match.end()] == "“")
        right = word_after(text, start)
        after = start + len(right)
        if after < len(text) and text[after] in ":_/|]":
            continue  # a namespace or a code
        if _syllable(left) and _syllable(right) and (has_marks(left) or has_marks(right)):
            line = text[slice(*line_of(text, match.start()))]
            if text.endswith(_NAMESPACES, 0, match.start()):
                continue
            if "::" not in line and "[[" not in line and not in_address(text, match.start()):
                yield match.end(), "after a colon"


def _stops(text: str) -> Iterable[tuple[int, str]]:
    for match in _STOP.finditer(text):
        place = match.end()
        before = text[match.start() - 1 : match.start()]
        if not before or not (before.isalnum() or before in ")]”"):
            continue
        right = word_after(text, place + (text[place] == "“"))
        end = place + (text[place] == "“") + len(right)
        if not right[:1].isupper() or not (_syllable(right) or right in ("Ở", "Ô", "Ý", "Á")):
            continue
        if end < len(text) and text[end] in "._@/\\-&":
            continue
        if len(right) > 1 and right.isupper():
            continue  # an abbreviation or a code rather than the start of a sentence
        left = _left_word(text, match.start())
        if before.isdigit():
            good = match.group() == "." and _sentence_number(text, match.start()) and has_marks(right)
        else:
            good = _syllable(left) and (has_marks(left) or has_marks(right) or not text[place].isalpha())
            good = good and (left[0].islower() or has_marks(left))
        if good and not in_address(text, match.start()):
            yield place, "after the end of a sentence"


def _sentence_number(text: str, end: int) -> bool:
    """Whether the digits before ``end`` are a date or year inside a sentence, not a section number."""
    start = end
    while start and (text[start - 1].isdigit() or text[start - 1] in "/-"):
        start -= 1
    return (end - start >= _AFTER_NUMBER_MIN) and start > 0 and text[start - 1] == " "


def _closings(text: str) -> Iterable[tuple[int, str]]:
    for match in _CLOSING.finditer(text):
        left, right = word_before(text, match.start()), word_after(text, match.end())
        if not (_syllable(left) and _syllable(right)) or in_address(text, match.start()):
            continue
        opening = {")": "(", "]": "[", "”": "“"}[match.group()]
        line_start, _ = line_of(text, match.start())
        opened = text.rfind(opening, max(line_start, match.start() - 300), match.start())
        if opened >= 0 and not _within_word(text[opened : match.start()]):
            yield match.end(), "after a closing bracket or quote"


def _openings(text: str) -> Iterable[tuple[int, str]]:
    for match in _OPENING.finditer(text):
        place = match.start()
        left, right = word_before(text, place), word_after(text, place + 1)
        if not (_syllable(left) and _syllable(right)) or in_address(text, place):
            continue
        closing = {"(": ")", "“": "”"}[text[place]]
        _, line_end = line_of(text, place)
        closed = text.find(closing, place, min(line_end, place + 300))
        if closed < 0 or not (has_marks(left) or has_marks(right)):
            continue
        if not _within_word(text[place:closed]):
            yield place, "before an opening bracket or quote"


def _within_word(bracketed: str) -> bool:
    """Whether an opening bracket and what follows may be a part of a word: "các(bon)", "học sinh(các)"."""
    return bracketed[0] != "“" and " " not in bracketed and bracketed[1:].islower()
