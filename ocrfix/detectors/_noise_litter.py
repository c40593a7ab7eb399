"""How likely each line of a document is litter, by its own words and by the lines before and after it.

A small network is asked twice: the second time it hears what it said of the lines beside each, as in stacked
sequential learning (Cohen and Carvalho 2005).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from ocrfix._data import data_path
from ocrfix._network import Network, read_network
from ocrfix.detectors._noise_concepts import english_talk
from ocrfix.detectors._noise_lines import ENDINGS, LONG, Line, Sheet
from ocrfix.detectors._noise_traits import AGAIN, TRAITS, LineTraits
from ocrfix.detectors._noise_vocabulary import names_column
from ocrfix.detectors._noise_weights import weigher

__all__ = ["Chances", "Told", "in_list", "told_lines"]

_PROSE: Final = 50  # characters of a line of running text
_LISTED: Final = re.compile(
    r"(?:\d{1,3}|[a-zđA-ZĐ]|[ivxIVX]{1,4})[.)]\s|[-–•+*o☐☑✓]\s|\d{1,2}\s?[:h]\s?\d\d\b(?!\s?/)"
)
_DATELINE: Final = re.compile(
    r"(?=.*(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|tháng \d))"
    r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|ngày|tháng|năm|lúc|sáng|chiều|tối|giờ|phút|gmt"
    r"|[\dh/.:,|()+–•\s-])+$",
    re.IGNORECASE,
)
_SECTION: Final = re.compile(r"(={1,4})[^=\d]+\1$")  # a heading in the markup of wikis
_BLANKS: Final = re.compile(r"\.{5,}|…{2,}|_{2,}")
_FILLED_IN: Final = re.compile(r"(?:\. ?){5,}|…{2,}|_{2,}|[☐□]|\|_")
_CREDIT: Final = re.compile(
    r"(?:(?:(?:tin|bài|ảnh|hình|tranh|video|clip|đồ họa|đồ hoạ|minh họa|minh hoạ|nguồn|tác giả|thực hiện"
    r"|biên dịch|ghi|viết|chụp|quay|dựng|trình bày|và|theo|internet)\b[ ,/&+-]*){1,5}:"
    r"|theo (?!dõi)|pv\b|ctv\b|phóng viên\b|ban biên tập$|tòa soạn$|(?:chú giải|chú thích|ghi chú) \d"
    r"|.{1,40}\((?:t/h|th|tổng hợp|ghi|thực hiện|theo .{1,20})\)$)",
    re.IGNORECASE,
)
_NEVER: Final = '“"‘|`~'  # signs that begin no line of litter but a row of a table or a fence
_OPENED: Final = "[(*_<|{"
_POINTS: Final = re.compile(
    r"\W*(?:continued|see|turn|tiếp|xem tiếp|còn tiếp|hình|bảng|ảnh|figure|table)\b[^\d]{0,20}\d+\W*$",
    re.IGNORECASE,
)
_FOREIGN: Final = 6  # lines without a Vietnamese letter from which on they are the document's own
_HALVES: Final = 4  # lines from one half of a broken sentence to the other
_ITEMS: Final = 3  # short lines in a row that make a list
_HALF: Final = 0.5
_MANY: Final = 8  # lines that may be litter for each one of running text
_NUMBERS: Final = re.compile(r"[\d.,]*\d")
_LETTERS: Final = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")


class Told(NamedTuple):
    """What a line is told to be: its kind ("chrome" or "remark"), and how likely."""

    kind: str
    likely: float


@cache
def _networks() -> tuple[Network, Network]:
    """What is asked of a line, and what is asked again with the answers for the lines beside it."""
    once, _ = read_network(data_path("vi", "litter-once.json"), TRAITS)
    again, _ = read_network(data_path("vi", "litter-again.json"), AGAIN)
    return once, again


def _is_content(text: str, kind: str) -> bool:
    """Whether a line has a form of content: list items, blanks to fill in, credits, quotations."""
    if (
        text[0] in _NEVER
        or any(form.match(text) for form in (_LISTED, _CREDIT, _POINTS, _SECTION, _DATELINE))
        or _BLANKS.search(text)
        or " = " in text
    ):
        return True
    if kind == "chrome":
        return '"' in text or "“" in text
    if text.isascii() and text.count(" ") > 1 and not _speaks_of_pages(text):
        return True
    return "[" in text and text[0] not in _OPENED


def _is_half(lines: Sequence[Line], index: int) -> bool:
    """Whether a line begins a sentence whose rest stands below it, behind a caption at most, or is a rest.

    Only a line behind a whole sentence begins one: a rest belongs to what is broken off before.
    """
    text = lines[index].text
    before = [line.text for line in lines[max(0, index - _HALVES) : index] if len(line.text) >= LONG]
    after = [line.text for line in lines[index + 1 : index + 1 + _HALVES] if len(line.text) >= LONG]
    if len(text) < LONG:
        return False
    if text[0].islower():
        return any(other[-1] not in ENDINGS for other in before)
    whole = not before or before[-1][-1] in ENDINGS
    return text[-1] not in ENDINGS and whole and any(other[0].islower() for other in after)


def _speaks_of_pages(text: str) -> bool:
    talk = english_talk(text, note=True)
    return talk is not None and talk.reading + talk.things + talk.persons > 0


def in_list(lines: Sequence[Line], index: int, told: Container[int]) -> bool:
    """Whether a line that may be litter stands among short lines that are none, as those of lists."""
    for step in (-1, 1):
        place = index + step
        while 0 <= place < len(lines) and place in told:
            place += step
        beside = [lines[i].text for i in range(place, place + _ITEMS * step, step) if 0 <= i < len(lines)]
        if len(beside) == _ITEMS and all(len(t) < _PROSE and t[-1] not in ENDINGS for t in beside):
            return True
    return False


def _is_article(sheet: Sheet, weighed: Mapping[int, object]) -> bool:
    """Whether a document is running text: forms, tables and glossaries have short lines of their own."""
    if any(_FILLED_IN.search(line.text) for line in sheet.lines):
        return False
    others = [line.text for i, line in enumerate(sheet.lines) if i not in weighed]
    prose = sum(len(text) >= _PROSE for text in others)
    ended = sum(len(text) >= _PROSE and text[-1] in ENDINGS for text in others)
    labels = sum(":" in text[:_PROSE] for text in others if len(text) < 2 * _PROSE)
    return 10 * ended >= prose >= max(2, labels / 2, (len(others) - prose) / 3) and _MANY * max(
        ended, 2
    ) >= len(weighed)


def _moulded(sheet: Sheet, weighed: Mapping[int, object]) -> list[int]:
    """The lines that say what another line says, or stand beside one with numbers in the same places."""
    texts = Counter(line.text for line in sheet.lines)
    last = len(sheet.lines) - 1
    found = []
    for index in weighed:
        text = sheet.lines[index].text
        mould = _mould(text)
        beside = (
            _mould(sheet.lines[i].text) for i in (max(0, index - 1), min(last, index + 1)) if i != index
        )
        if texts[text] > 1 or (mould != "a" and "|" not in mould and mould in beside):
            found.append(index)
    return found


def _mould(text: str) -> str:
    """The signs and numbers of a line, its words left out."""
    return _LETTERS.sub("a", _NUMBERS.sub("#", text)).rstrip(".")


def _own_foreign(sheet: Sheet, weighed: Mapping[int, object]) -> bool:
    """Whether lines without a Vietnamese letter are a part of the document."""
    foreign = [i for i, line in enumerate(sheet.lines) if line.text.isascii() and line.text.count(" ") > 1]
    return len(foreign) > _FOREIGN or sum(i not in weighed for i in foreign) > 1


class Chances(NamedTuple):
    """What was said of the lines of a text, by number."""

    all: dict[int, float]
    """How likely each line is litter that may be."""
    told: dict[int, Told]
    """Those with a chance of a half or more whose form and whose text allow it."""


def told_lines(sheet: Sheet, tiers: Mapping[int, str], gone: frozenset[int]) -> Chances:
    """How likely lines are litter.

    Parameters: ``tiers`` of lines that lists know; ``gone``, lines that go anyway and part nothing.
    """
    traits = LineTraits(sheet, tiers, gone, weigher())
    if not traits.places:
        return Chances({}, {})
    once, again = _networks()
    rows = traits.rows()
    chances = again(traits.again(rows, once(rows).tolist())).tolist()
    everything = dict(zip(traits.places, chances, strict=True))
    likely = {i: chance for i, chance in everything.items() if chance >= _HALF}
    if not likely or not _is_article(sheet, likely):
        return Chances(everything, {})
    lines = sheet.lines
    if _own_foreign(sheet, likely):
        likely = {i: chance for i, chance in likely.items() if not lines[i].text.isascii()}
    for index in _moulded(sheet, likely):
        del likely[index]
    told = {}
    for index, chance in likely.items():
        weight = traits.weight(index)
        kind = "remark" if weight and weight.remark > weight.chrome and index not in tiers else "chrome"
        text = lines[index].text
        heads = kind == "chrome" and names_column(text)
        if not (heads or _is_content(text, kind) or _is_half(lines, index)):
            told[index] = Told(kind, chance)
    return Chances(everything, told)
