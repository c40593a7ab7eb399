"""Where page numbers stand: lone numbers that go up from page to page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from ocrfix.detectors._noise_lines import LONG, Mark, Sheet, beside, breaks_sentence
from ocrfix.detectors._noise_numbers import PageNumber, read_number
from ocrfix.detectors._noise_rules import PAGE_NUMBER
from ocrfix.model import Safety

__all__ = ["EDGE", "lone_numbers", "page_numbers"]

EDGE: Final = 3
"""Lines at the top and the bottom of a page where furniture is looked for (Marker: first and last blocks)."""
_BARE: Final = frozenset(("bare", "point", "misread", "roman"))
_CHAIN: Final = 3  # page numbers in a row that make a sequence
_YEARS: Final = range(1500, 2101)


def page_numbers(sheet: Sheet) -> list[Mark]:
    """Numbers at the edges of pages that go up as the pages do."""
    pages = sheet.pages()
    return list(_by_pages(sheet, pages).values()) if len(pages) > 1 else []


def lone_numbers(sheet: Sheet, known: set[int]) -> list[Mark]:
    """Numbers without a sequence, by their form and their place; lines in ``known`` are settled."""
    left = (number for index, number in sheet.numbers.items() if index not in known)
    return [mark for number in left if (mark := _single(sheet, number))]


def _mark(number: PageNumber, message: str, confidence: float, safety: Safety, **evidence: object) -> Mark:
    return Mark(
        PAGE_NUMBER, message, confidence, safety, (number.line,),
        evidence={"number": number.value, "form": number.form, **evidence},
    )  # fmt: skip


def _by_pages(sheet: Sheet, pages: list[range]) -> dict[int, Mark]:
    """Numbers at the edges of pages that go up as the pages do."""
    edges: dict[tuple[int, str, bool], dict[int, PageNumber]] = defaultdict(dict)
    for page, lines in enumerate(pages):
        for place, indices in (("top", lines[:EDGE]), ("bottom", lines[-EDGE:])):
            found = [read_number(index, sheet.lines[index].text, misread=True) for index in indices]
            cells = sum(n is not None and n.form in _BARE for n in found) > 1
            for number in found:
                # Several bare numbers at one edge are cells of a table.
                if number is not None and not (cells and number.form in _BARE):
                    edges[number.value - page, place, number.form == "roman"].setdefault(page, number)
    # Left and right pages may carry their number at different places, so both edges of one offset count.
    marks: dict[int, Mark] = {}
    offsets: dict[tuple[int, bool], dict[int, PageNumber]] = defaultdict(dict)
    for (offset, _, roman), numbers in edges.items():
        for page, number in numbers.items():
            offsets[offset, roman].setdefault(page, number)
    filled = sum(1 for lines in pages if lines)
    need = max(2, min(_CHAIN, filled), int(0.3 * filled))
    for (offset, roman), numbers in sorted(offsets.items(), key=lambda item: -len(item[1])):
        sure = [n for n in numbers.values() if n.form != "misread"]
        if (
            _are_days(numbers.values())
            or len(numbers) < (max(2, min(need, _CHAIN)) if roman else need)
            or len(sure) < 2
            or (len(numbers) == 2 and offset != 1 and any(n.form in ("bare", "roman", "point") for n in sure))
        ):
            continue
        for page, number in numbers.items():
            message = (
                f"page number {number.value}, at the edge of page {page + 1} and going up with the pages"
            )
            confidence = 0.99 if len(numbers) >= _CHAIN else 0.95
            marks.setdefault(
                number.line,
                _mark(number, message, confidence, Safety.SAFE, pages=len(numbers), offset=offset),
            )
    return marks


def _are_days(numbers: Iterable[PageNumber]) -> bool:
    """Whether numbers of a total go beyond it: days of a month, as a diary has them ("30/4")."""
    return any(0 < number.total < number.value for number in numbers)


def _fits(sheet: Sheet, number: PageNumber) -> bool:
    """Whether the lines around a number are running text, not the cells of a table or a list of contents."""
    near = [sheet.lines[i].text for i in beside(sheet, number.line) if i is not None]
    return (
        bool(near) and all(len(t) >= LONG or t.isupper() for t in near) and any(len(t) >= LONG for t in near)
    )


def _single(sheet: Sheet, number: PageNumber) -> Mark | None:
    """A number without a sequence: what its form and its place say."""
    index, lines = number.line, sheet.lines
    ends = index in (0, len(lines) - 1)
    edge = ends or not lines[index - 1].page == lines[index].page == lines[index + 1].page
    broken, alone = breaks_sentence(sheet, index), sheet.alone(index)
    what = f"page number {number.value}"
    if number.form in ("tag", "framed"):
        return _mark(number, f"{what}, marked as one", 0.98, Safety.SAFE)
    where = "in the middle of a sentence" if broken else "alone in its line"
    if number.form == "total" and len(lines) > 1 and number.value <= number.total:
        return _mark(number, f"{what}, {where}", 0.96, Safety.SAFE)
    if len(lines) < 2 or not (edge or alone or broken) or not _fits(sheet, number):
        return None
    if number.form in ("word", "dashed"):
        sure = broken or edge
        return _mark(number, f"{what}, {where}", *((0.96, Safety.SAFE) if sure else (0.75, Safety.UNSAFE)))
    if number.form == "bare" and alone and (broken or (edge and number.value)) and number.value not in _YEARS:
        where = "in the middle of a sentence" if broken else "at the edge of the page"
        return _mark(number, f"{what} {where}", 0.85 if broken else 0.7, Safety.UNSAFE)
    return None
