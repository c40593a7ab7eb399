"""Running headers and footers: short lines that come back from page to page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from ocrfix.detectors._noise_borders import header_marks
from ocrfix.detectors._noise_groups import (
    LONGEST,
    Group,
    alike,
    counted,
    formal,
    is_heading,
    numbers_agree,
    possible,
    signs,
    strong_signs,
)
from ocrfix.detectors._noise_lines import LONG, Mark, Sheet, goes_on, skeleton
from ocrfix.detectors._noise_numbers import numbers_of, read_number
from ocrfix.detectors._noise_pages import EDGE
from ocrfix.layout import starts_article

__all__ = ["running_headers", "separate_papers"]

_COPIES: Final = 3
_PAGES: Final = 4  # pages from which on a title that changes from chapter to chapter can be known
_FORMS: Final = 0.25  # share of repeated lines from which on the pages are copies of one form
_HEAD: Final = 10  # lines at the top of a page among which a paper has its head
_NAME: Final = 4  # words of a person's name
_TEXT: Final = 2 * LONG  # characters of a line that is surely running text
_MOTTO: Final = re.compile(
    r"cong hoa xa hoi chu nghia viet nam$|doc lap ?[-–—]? ?tu do|^dang cong san viet nam$"
)


def separate_papers(sheet: Sheet, pages: list[range]) -> bool:
    """Whether form feeds part papers of their own (each with its head) or copies of one form."""
    return len(pages) > 1 and (_repeated_share(sheet, pages) >= _FORMS or _are_papers(sheet, pages))


def running_headers(sheet: Sheet, pages: list[range], known: Iterable[int]) -> list[Mark]:
    """Headers and footers at the edges of pages; ``known`` are the numbers of the lines of page numbers.

    ``pages`` are the lines of every page. Pages of papers that have nothing to do with one another give
    none (`separate_papers`).
    """
    known = set(known)
    at_top: list[int] = []
    at_bottom: list[int] = []
    for lines in pages:
        top, bottom = list(lines[:EDGE]), list(lines[-EDGE:])
        at_top += [i for i in top if i not in known and _possible(sheet, i)]
        at_bottom += [i for i in bottom if i not in known and _possible(sheet, i)]
    found: list[Mark] = []
    taken = set(known)
    sides = [(alike(sheet, side, 2), place) for side, place in ((at_top, "top"), (at_bottom, "bottom"))]
    edges = {i for groups, _ in sides for g in groups for i in g.lines}
    view = _View(sheet, pages, known, edges)
    for groups, place in sides:
        slot = _slot(sheet, groups)
        # A line further in counts as an edge once those outside it are known to be furniture.
        for _ in range(EDGE):
            for group in groups:
                copies = [
                    i for i in group.lines if i not in taken and _outermost(sheet, pages, i, place, taken)
                ]
                if len(copies) >= 2:
                    mark = _judge_pages(view, Group(group.key, copies), place, slot)
                    found += mark
                    taken.update(i for m in mark for i in m.lines)
    return found


def _possible(sheet: Sheet, index: int) -> bool:
    text = sheet.lines[index].text
    return possible(text) and read_number(index, text) is None


class _View:
    """What is known of the pages: their lines, where furniture can be, and whether one text runs on."""

    def __init__(self, sheet: Sheet, pages: list[range], numbers: set[int], edges: set[int]) -> None:
        self.sheet, self.pages, self.furniture = sheet, pages, numbers | edges
        self.full = [p for p in range(len(pages)) if pages[p]]
        self.follow = _follow(sheet, pages, numbers, self.furniture)

    def begins(self, page: int, place: str) -> bool:
        """Whether running text stands at once beside the furniture of one edge of the page."""
        lines = self.pages[page]
        kept = [i for i in (lines if place == "top" else reversed(lines)) if i not in self.furniture][:1]
        return bool(kept) and len(self.sheet.lines[kept[0]].text) >= _TEXT

    def broken(self, on: Sequence[int], place: str) -> bool:
        """Whether sentences go on over a quarter of the edges of some pages."""
        edges = [(p - 1, p) if place == "top" else (p, p + 1) for p in on]
        return 4 * sum(map(self._goes_on, edges)) >= len(on)

    def _goes_on(self, edge: tuple[int, int]) -> bool:
        left, right = edge
        if left < 0 or right >= len(self.pages):
            return False
        before = [i for i in reversed(self.pages[left]) if i not in self.furniture][:1]
        after = [i for i in self.pages[right] if i not in self.furniture][:1]
        return bool(before and after) and goes_on(
            self.sheet.lines[before[0]].text, self.sheet.lines[after[0]].text
        )


def _slot(sheet: Sheet, groups: list[Group]) -> set[int]:
    """The pages whose edge has a line that comes back on one of the next pages."""
    found: set[int] = set()
    for group in groups:
        on = sorted({sheet.lines[i].page for i in group.lines})
        for one, two in pairwise(on):
            if two - one <= 2:
                found |= {one, two}
    return found


def _outermost(sheet: Sheet, pages: list[range], index: int, place: str, taken: set[int]) -> bool:
    lines = pages[sheet.lines[index].page]
    outside = range(lines.start, index) if place == "top" else range(index + 1, lines.stop)
    return all(i in taken for i in outside)


def _repeated_share(sheet: Sheet, pages: list[range]) -> float:
    """Share of the lines inside the pages (not at their edges) that stand on three pages or more."""
    seen: dict[str, set[int]] = defaultdict(set)
    inner = 0
    for lines in pages:
        for index in lines[EDGE:-EDGE]:
            if starts_article(sheet.lines[index].text):
                continue
            inner += 1
            seen[skeleton(sheet.lines[index].text[:60])].add(sheet.lines[index].page)
    repeated = sum(len(p) for p in seen.values() if len(p) >= _COPIES)
    return repeated / inner if inner else 0.0


def _are_papers(sheet: Sheet, pages: list[range]) -> bool:
    """Whether the form feeds part papers of their own, each with its head, and not the pages of one."""
    heads = sum(
        any(
            len(sheet.lines[i].text) <= LONGEST and _MOTTO.search(skeleton(sheet.lines[i].text))
            for i in lines[:_HEAD]
        )
        for lines in pages
    )
    return heads >= 2


def _follow(sheet: Sheet, pages: list[range], numbers: set[int], furniture: set[int]) -> bool:
    """Whether the pages are pages of one text: numbered ones, or sentences that go on from page to page."""
    if len({sheet.lines[i].page for i in numbers}) >= _COPIES:
        return True
    text = [kept for lines in pages if (kept := [i for i in lines if i not in furniture])]
    broken = sum(goes_on(sheet.lines[one[-1]].text, sheet.lines[two[0]].text) for one, two in pairwise(text))
    return broken >= max(1, len(text) // 10)


def _judge_pages(view: _View, group: Group, place: str, slot: set[int]) -> list[Mark]:
    sheet, full = view.sheet, view.full
    on = sorted({sheet.lines[i].page for i in group.lines})
    if len(on) < 2 or formal(group.key):
        return []
    texts = [sheet.lines[i].text for i in group.lines]
    if is_heading(texts[0]) and len({tuple(numbers_of(t)[:1]) for t in texts}) > max(1, len(texts) // 4):
        return []
    agree, rising = numbers_agree(texts)
    reach = [p for p in full if on[0] <= p <= on[-1]]
    sides = [[p for p in reach if p % 2 == parity] for parity in (0, 1)]
    cover = max(
        len(on) / len(reach),
        *(len(set(on) & set(side)) / len(side) if len(side) >= _COPIES else 0.0 for side in sides),
    )
    if rising and counted(texts) and not view.broken(on, place):
        return []
    strong = rising or sum(map(strong_signs, texts)) * 2 > len(texts)
    marked = rising or signs(texts[0])
    text = sum(view.begins(p, place) for p in on) >= 0.7 * len(on)
    changing = len(full) >= _PAGES and len(slot) >= (0.5 if len(full) > _PAGES else 0.75) * len(full)
    if not agree and not (cover >= 0.8 and (view.follow or text) and strong):
        return []
    if len(on) < _COPIES:
        pair = (cover == 1.0 and len(full) <= _COPIES) or changing
        sure = pair and (strong or (changing and marked)) and (view.follow or ((changing or text) and strong))
        return _marks(view, group, place, 0.95, marked=marked) if sure else []
    rare = len(on) < 0.2 * len(full) and not changing
    if rare and (len(on) < 0.05 * len(full) or cover < 0.9):
        return []
    # Below a page's text a short name is a signature.
    named = place == "top" or texts[0].count(" ") >= _NAME or any(c in texts[0] for c in "-–—|:•·/")
    everywhere = cover >= 0.8 and (marked or (text and named))
    safe = cover >= 0.5 and (rising or view.follow or (strong and text) or everywhere)
    if texts[0][-1] == "." and not (cover >= 0.8 and (view.follow or strong)):
        safe = False
    return _marks(view, group, place, (0.98 if marked else 0.96) if safe else 0.75, marked=marked)


def _marks(view: _View, group: Group, place: str, confidence: float, *, marked: bool) -> list[Mark]:
    on = len({view.sheet.lines[i].page for i in group.lines})
    where = f"at the {place} of {on} pages"
    return header_marks(view.sheet, group.lines, where, confidence, keep_title=not marked)
