"""Where page numbers stand: lone numbers that go up from page to page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from ocrfix.detectors._noise_lines import LONG, Mark, Sheet, breaks_sentence, neighbours, recurring
from ocrfix.detectors._noise_rules import PAGE_NUMBER
from ocrfix.model import Safety

__all__ = ["EDGE", "page_numbers"]

EDGE: Final = 3
"""Lines at the top and the bottom of a page where furniture is looked for (Marker: first and last blocks)."""
_FARTHEST: Final = 30  # characters of the longest line that can be a page number
_PAGE_SIZE: Final = 400  # characters; the least text between two page numbers without form feeds
_CHAIN: Final = 3  # page numbers in a row that make a sequence
_YEARS: Final = range(1500, 2101)
_DIGITS: Final = str.maketrans("OoQlI|", "000111")

_NUMBER: Final = r"(?P<n>\d{1,4})"
_PAGE: Final = r"(?:trang(?: số)?|page|tr\.)\s*:?\s*"
_FORMS: Final = (
    ("tag", re.compile(rf"<page_number>\s*(?:{_PAGE})?{_NUMBER}\s*</page_number>", re.IGNORECASE)),
    ("total", re.compile(
        rf"[-–—|\[(]?\s*{_PAGE}{_NUMBER}\s*(?:/|of|trên"
        rf"|trong(?: tổng)?(?: số)?)\s*(?P<m>\d{{1,4}})(?: trang)?\s*[-–—|\])]?",
        re.IGNORECASE,
    )),
    ("word", re.compile(rf"[-–—|\[(]?\s*{_PAGE}{_NUMBER}\s*[-–—|\])]?", re.IGNORECASE)),
    ("dashed", re.compile(rf"[-–—~_]{{1,3}}\s*{_NUMBER}\s*[-–—~_]{{1,3}}")),
    ("bare", re.compile(rf"\|?\s*{_NUMBER}\s*\|?")),
    ("fraction", re.compile(rf"{_NUMBER}\s*/\s*(?P<m>\d{{1,4}})")),
)  # fmt: skip
_MISREAD: Final = re.compile(r"[-–—~]{0,2}\s*(?P<n>(?=[OoQlI|]{0,3}\d)[\dOoQlI|]{1,4})\s*[-–—~]{0,2}")


class _Number(NamedTuple):
    line: int
    value: int
    form: str
    total: int


def page_numbers(sheet: Sheet) -> list[Mark]:
    """The page numbers of a document, from how they are written, where they stand and how they go up."""
    numbers = [n for i, line in enumerate(sheet.lines) if (n := _read(i, line.text)) is not None]
    pages = sheet.pages()
    found = _by_pages(sheet, pages) if len(pages) > 1 else {}
    rest = [n for n in numbers if n.line not in found and n.form != "misread"]
    found |= _by_sequence(sheet, rest)
    for number in rest:
        if number.line not in found and (mark := _single(sheet, number)):
            found[number.line] = mark
    return list(found.values())


def _read(index: int, text: str, *, misread: bool = False) -> _Number | None:
    if len(text) > _FARTHEST and not text.startswith("<page"):
        return None
    if not (text[-1].isdigit() or text[-1] in "-–—~_|])> " or text[-1] in "gOoQlI"):
        return None
    for form, pattern in _FORMS:
        if match := pattern.fullmatch(text):
            total = int(match["m"]) if "m" in pattern.groupindex else 0
            value = int(match["n"])
            if total and value > total:
                return None
            return _Number(index, value, form, total)
    if misread and (match := _MISREAD.fullmatch(text)):
        return _Number(index, int(match["n"].translate(_DIGITS)), "misread", 0)
    return None


def _mark(number: _Number, message: str, confidence: float, safety: Safety, **evidence: object) -> Mark:
    return Mark(
        PAGE_NUMBER, message, confidence, safety, (number.line,),
        evidence={"number": number.value, "form": number.form, **evidence},
    )  # fmt: skip


def _by_pages(sheet: Sheet, pages: list[range]) -> dict[int, Mark]:
    """Numbers at the edges of pages that go up as the pages do."""
    edges: dict[tuple[int, str], dict[int, _Number]] = defaultdict(dict)
    for page, lines in enumerate(pages):
        for place, indices in (("top", lines[:EDGE]), ("bottom", lines[-EDGE:])):
            for index in indices:
                number = _read(index, sheet.lines[index].text, misread=True)
                if number is not None:
                    edges[number.value - page, place].setdefault(page, number)
    # Left and right pages may carry their number at different places, so both edges of one offset count.
    found: dict[int, Mark] = {}
    offsets: dict[int, dict[int, _Number]] = defaultdict(dict)
    for (offset, _), numbers in edges.items():
        for page, number in numbers.items():
            offsets[offset].setdefault(page, number)
    filled = sum(1 for lines in pages if lines)
    need = max(2, min(_CHAIN, filled), int(0.3 * filled))
    for offset, numbers in sorted(offsets.items(), key=lambda item: -len(item[1])):
        sure = [n for n in numbers.values() if n.form != "misread"]
        if (
            len(numbers) < need
            or len(sure) < 2
            or (len(numbers) == 2 and any(n.form == "bare" for n in sure))
        ):
            continue
        for page, number in numbers.items():
            message = (
                f"page number {number.value}, at the edge of page {page + 1} and going up with the pages"
            )
            confidence = 0.99 if len(numbers) >= _CHAIN else 0.95
            found.setdefault(
                number.line,
                _mark(number, message, confidence, Safety.SAFE, pages=len(numbers), offset=offset),
            )
    return found


def _fits(sheet: Sheet, number: _Number, passed: AbstractSet[int] = frozenset()) -> bool:
    """Whether the lines around a number are running text, not the cells of a table or a list of contents.

    Lines in ``passed`` are passed over.
    """
    near = [t for t in neighbours(sheet, number.line, passed) if t is not None]
    return (
        bool(near) and all(len(t) >= LONG or t.isupper() for t in near) and any(len(t) >= LONG for t in near)
    )


def _by_sequence(sheet: Sheet, numbers: list[_Number]) -> dict[int, Mark]:
    """Numbers that go up one by one, a page's text apart."""
    last: dict[tuple[str, int], list[_Number]] = {}
    chains: dict[int, list[_Number]] = {}
    if len(numbers) < _CHAIN:
        return {}
    passed = recurring(sheet, _CHAIN)  # a running header beside the number
    for number in numbers:
        if number.form in ("bare", "dashed", "fraction") and not _fits(sheet, number, passed):
            continue
        chain = [number]
        for step in (1, 2, 3):
            before = last.get((number.form, number.value - step))
            if before is None:
                continue
            gap = sheet.lines[number.line].start - sheet.lines[before[-1].line].end
            if gap >= _PAGE_SIZE * step and before[-1].total == number.total:
                before.append(number)
                chain = before
                break
        last[number.form, number.value] = chain
        chains[id(chain)] = chain
    found: dict[int, Mark] = {}
    for chain in chains.values():
        if len(chain) >= _CHAIN:
            found |= _judge(sheet, chain, passed)
    return found


def _judge(sheet: Sheet, chain: list[_Number], passed: set[int]) -> dict[int, Mark]:
    places = passed | {n.line for n in chain}
    broken = sum(breaks_sentence(sheet, n.line, places) for n in chain)
    years = any(n.value in _YEARS for n in chain)
    form = chain[0].form
    if form in ("total", "word", "tag") or (broken >= max(1, 0.3 * len(chain)) and not years):
        confidence, safety = 0.98, Safety.SAFE
    elif (form in ("dashed", "fraction") or chain[0].value > 1) and not years:
        confidence, safety = 0.8, Safety.UNSAFE
    else:
        confidence, safety = 0.4, Safety.DISPLAY
    return {
        n.line: _mark(
            n, f"page number {n.value}, one of {len(chain)} that go up through the document",
            confidence, safety, sequence=[c.value for c in chain[:20]], broken_sentences=broken,
        )
        for n in chain
    }  # fmt: skip


def _single(sheet: Sheet, number: _Number) -> Mark | None:
    """A number without a sequence: what its form and its place say."""
    index, lines = number.line, sheet.lines
    ends = index in (0, len(lines) - 1)
    edge = ends or not lines[index - 1].page == lines[index].page == lines[index + 1].page
    broken, alone = breaks_sentence(sheet, index), sheet.alone(index)
    what = f"page number {number.value}"
    if number.form == "tag":
        return _mark(number, f"{what}, marked as one", 0.98, Safety.SAFE)
    where = "in the middle of a sentence" if broken else "alone in its line"
    if number.form == "total" and len(lines) > 1:
        return _mark(number, f"{what}, {where}", 0.96, Safety.SAFE)
    if len(lines) < 2 or not (edge or alone) or not _fits(sheet, number):
        return None
    if number.form in ("word", "dashed"):
        sure = broken or edge
        return _mark(number, f"{what}, {where}", *((0.96, Safety.SAFE) if sure else (0.75, Safety.UNSAFE)))
    if number.form == "bare" and alone and (broken or (edge and number.value)) and number.value not in _YEARS:
        where = "in the middle of a sentence" if broken else "at the edge of the page"
        return _mark(number, f"{what} {where}", 0.85 if broken else 0.7, Safety.UNSAFE)
    return None
