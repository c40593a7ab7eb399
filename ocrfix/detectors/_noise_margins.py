"""Furniture of pages that show where their lines stand: what comes again in the margins."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from ocrfix.detectors._noise_borders import header_marks
from ocrfix.detectors._noise_groups import (
    LONGEST,
    alike,
    core,
    counted,
    formal,
    numbers_agree,
    opens_part,
    possible,
    signs,
    strong_signs,
)
from ocrfix.detectors._noise_lines import LONG, Mark, Sheet, goes_on, skeleton
from ocrfix.detectors._noise_numbers import digits_of, glued_numbers, loose_number, read_number
from ocrfix.detectors._noise_rules import PAGE_NUMBER, RUNNING_HEADER
from ocrfix.model import Safety

__all__ = ["margin_furniture"]

_LIKE: Final = 80
"""Least rapidfuzz ratio, in per cent, of two badly read copies that stand at one edge of two pages."""
_THREE: Final = 3  # copies that speak for themselves
_COVER: Final = 0.5  # share of the pages in their reach that have one of the lines
_TEXT: Final = 2 * LONG  # characters of a line that is surely running text
_NAMED: Final = 4  # blanks in a footer that is no name of a person
_FORMS: Final = (
    0.25  # share of lines that two pages have in common, from which on they are copies of one form
)
_KIN: Final = 0.7  # share of footers in a row that are like another one of it
_COLUMN: Final = 3  # lines of a paragraph in a column
_NUMBER: Final = 16  # characters of a line that holds a number and little else
_YEARS: Final = range(1500, 2101)
_NOTE: Final = re.compile(
    r"\W{0,3}(?:\d{1,3}\W{0,3}|[*†‡]+)\s*(?:xem|sđd|sdd|tlđd|theo|như trên|dẫn|trích|ibid|op\.|cf\.|see)\b",
    re.IGNORECASE,
)
"""How a note at the foot of a page begins that names a source."""


class _Number(NamedTuple):
    """A number in a line: whether it fills the line, and whether it is read as one without guessing."""

    line: int
    value: int
    alone: bool
    sure: bool


class _Side(NamedTuple):
    """The margin at one edge of all pages: for each page the lines in it, and the text that it borders."""

    place: str
    """"top" or "bottom"."""
    lines: dict[int, list[int]]
    breaks: frozenset[int]
    """Pages where a sentence goes on over this edge."""
    prose: frozenset[int]
    """Pages where running text stands beside the margin."""


def margin_furniture(sheet: Sheet, pages: Sequence[range], known: AbstractSet[int]) -> list[Mark]:
    """Page numbers, headers and footers in the margins of pages, where places are known.

    What stands apart at the edge of a page need not come again three times: its number goes up with the
    pages, or it comes again on the next one, and a sentence goes on behind it.

    Parameters: ``pages``, the lines of every page; ``known``, lines that are furniture.
    """
    if not sheet.margin or sum(1 for lines in pages if lines) < 2 or _are_forms(sheet, pages):
        return []
    found: list[Mark] = []
    taken = set(known)
    sides = _sides(sheet, pages)
    for look in (_numbers, _copies):
        for side in sides:
            marks = look(sheet, side, frozenset(taken))
            found += marks
            taken.update(i for m in marks for i in m.lines)
    return found


def _sides(sheet: Sheet, pages: Sequence[range]) -> tuple[_Side, _Side]:
    text = [[i for i in lines if i not in sheet.margin] for lines in pages]
    breaks = {
        page
        for page, (one, two) in enumerate(pairwise(text))
        if one and two and goes_on(sheet.lines[one[-1]].text, sheet.lines[two[0]].text)
    }
    top: dict[int, list[int]] = {}
    bottom: dict[int, list[int]] = {}
    for page, lines in enumerate(pages):
        middle = text[page][0] if text[page] else lines.stop
        apart = sheet.margin.intersection(lines)
        top[page] = sorted(i for i in apart if i < middle)
        bottom[page] = sorted(i for i in apart if i > middle)
    over = frozenset(page + 1 for page in breaks)
    begins = frozenset(page for page, lines in enumerate(text) if any(_is_prose(sheet, i) for i in lines[:1]))
    ends = frozenset(page for page, lines in enumerate(text) if any(_is_prose(sheet, i) for i in lines[-2:]))
    return _Side("top", top, over, begins), _Side("bottom", bottom, frozenset(breaks), ends)


def _is_prose(sheet: Sheet, index: int) -> bool:
    """Whether a line is running text: long, or one of some in a column."""
    line = sheet.lines[index]
    return len(line.text) >= _TEXT or (len(line.text) >= LONG and len(sheet.ranges[line.block]) >= _COLUMN)


def _are_forms(sheet: Sheet, pages: Sequence[range]) -> bool:
    """Whether two pages in a row have many lines in common, as copies of one form have."""
    bodies = [
        {skeleton(sheet.lines[i].text[:60]) for i in lines if i not in sheet.margin}
        for lines in pages
        if lines
    ]
    return any(len(a & b) > _FORMS * min(len(a), len(b)) for a, b in pairwise(bodies) if a and b)


def _numbers(sheet: Sheet, side: _Side, taken: frozenset[int]) -> list[Mark]:
    """Numbers, alone or beside words, that go up with the pages."""
    rows: dict[tuple[int, bool], dict[int, _Number]] = defaultdict(dict)
    for page, lines in side.lines.items():
        for index in lines:
            for number in _values(sheet, index) if index not in taken else ():
                rows[number.value - page, number.alone].setdefault(page, number)
    found: dict[int, Mark] = {}
    for (_, alone), row in sorted(rows.items(), key=lambda item: (-len(item[1]), item[0])):
        if not _goes_up(sheet, side, row, alone=alone):
            continue
        rule = PAGE_NUMBER if alone else RUNNING_HEADER
        confidence = 0.97 if len(row) >= _THREE else 0.95
        for number in row.values():
            index, value = number.line, number.value
            what = f"page number {value}" + ("" if alone else f' in "{sheet.lines[index].text}"')
            message = f"{what}, in the margin at the {side.place} of {len(row)} pages, going up with them"
            facts = {"number": value, "pages": len(row)}
            found.setdefault(index, Mark(rule, message, confidence, Safety.SAFE, (index,), evidence=facts))
    return list(found.values())


def _values(sheet: Sheet, index: int) -> list[_Number]:
    """The numbers of a line that may be its page's."""
    text = sheet.lines[index].text
    if number := read_number(index, text, misread=True):
        if number.value > number.total > 0:  # a day and its month
            return []
        return [_Number(index, number.value, alone=True, sure=number.form != "misread")]
    if (number := loose_number(index, text)) and not number.form.startswith(("part", "label")):
        return [_Number(index, number.value, alone=True, sure=True)]
    found: list[_Number] = []
    if len(text) <= _NUMBER and (reading := digits_of(text)):
        found.append(_Number(index, int(reading), alone=True, sure=False))
    if len(text) <= LONGEST and not opens_part(text) and possible(text):
        found += [_Number(index, value, alone=False, sure=True) for value in glued_numbers(text)]
        found = [number for number in found if number.value not in _YEARS]
    return found


def _goes_up(sheet: Sheet, side: _Side, row: dict[int, _Number], *, alone: bool) -> bool:
    """Whether the numbers of a row, by page, are those of pages."""
    on = sorted(row)
    sure = sum(number.sure for number in row.values())
    if len(on) < 2 or 2 * sure < len(on) or len(on) < _COVER * (on[-1] - on[0] + 1):
        return False
    if alone:
        return len(on) >= _THREE or all(n.value and n.value not in _YEARS for n in row.values())
    texts = [sheet.lines[number.line].text for number in row.values()]
    if any(formal(skeleton(text)) or (side.place == "bottom" and _NOTE.match(text)) for text in texts):
        return False
    follows = _follows(side, on)
    if counted(texts):
        return follows
    cores = [core(text) for text in texts]
    kin = sum(any(fuzz.ratio(a, b) >= _LIKE for b in cores[:i] + cores[i + 1 :]) for i, a in enumerate(cores))
    if side.place == "bottom" and (kin < _KIN * len(on) or not numbers_agree(texts)[0]):
        return False  # notes may be numbered from page to page as well
    beside = bool(side.prose.intersection(on))
    return len(on) >= _THREE or follows or (beside and (kin == len(on) or all(map(signs, texts))))


def _follows(side: _Side, on: Sequence[int]) -> bool:
    """Whether sentences go on over half of the edges of some pages."""
    return 2 * len(side.breaks.intersection(on)) >= len(on)


def _copies(sheet: Sheet, side: _Side, taken: frozenset[int]) -> list[Mark]:
    """Lines that come again at the same edge of other pages."""
    lines = [
        i for row in side.lines.values() for i in row if i not in taken and possible(sheet.lines[i].text)
    ]
    numbered = frozenset(sheet.lines[i].page for i in taken)
    found: list[Mark] = []
    for group in alike(sheet, lines, 2, _LIKE) if len(lines) > 1 else ():
        safety = None if formal(group.key) else _grade(sheet, side, group.lines, numbered)
        if safety is None:
            continue
        where = f"in the margin at the {side.place} of {len(group.lines)} pages"
        confidence = 0.96 if safety is Safety.SAFE else 0.75
        titled = not any(map(signs, (sheet.lines[i].text for i in group.lines)))
        found += header_marks(sheet, group.lines, where, confidence, keep_title=titled)
    return found


def _grade(sheet: Sheet, side: _Side, lines: Sequence[int], numbered: frozenset[int]) -> Safety | None:
    """How sure lines that are alike, in the margins of pages, are headers or footers.

    Parameters: ``numbered``, the pages of which other furniture is known.
    """
    on = sorted({sheet.lines[i].page for i in lines})
    texts = [sheet.lines[i].text for i in lines]
    first = texts[0]
    agree, rising = numbers_agree(texts)
    parities = max(len([p for p in on if p % 2 == parity]) for parity in (0, 1))
    reach = on[-1] - on[0] + 1
    cover = max(len(on) / reach, parities / ((reach + 1) // 2))
    if len(on) < 2 or cover < _COVER or not agree or any(map(opens_part, texts)):
        return None
    if _follows(side, on):
        return Safety.SAFE
    top, few = side.place == "top", len(on) < _THREE
    if (not top and any(map(_NOTE.match, texts))) or (rising and counted(texts)):
        return None
    long = first.count(" ") >= _NAMED
    marked = rising or sum(map(signs, texts)) * 2 > len(texts)
    strong = rising or sum(map(strong_signs, texts)) * 2 > len(texts)
    beside = len(side.prose.intersection(on))
    if marked and beside and (strong or long or not few or beside == len(on)):
        return Safety.SAFE
    # Below a page's text a short name is a signature.
    named = top or long or any(c in first for c in "-–—|:•·/")
    if named and first[-1] != ".":
        if not few and 2 * len(on) >= len(side.lines) and 2 * beside >= len(on):
            return Safety.SAFE
        if top and beside == len(on) and numbered.issuperset(on):
            return Safety.SAFE
    return Safety.UNSAFE if named and beside else None
