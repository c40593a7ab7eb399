"""Running headers and footers: short lines that come back from page to page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean, pstdev
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from ocrfix.detectors._noise_lines import Mark, Sheet, breaks_sentence, goes_on, skeleton
from ocrfix.detectors._noise_pages import EDGE
from ocrfix.detectors._noise_rules import RUNNING_HEADER
from ocrfix.model import Safety

__all__ = ["running_headers"]

SIMILAR: Final = 90
"""Least rapidfuzz ratio, in per cent, of two copies of one header with folded digits (as in Marker)."""
_LONGEST: Final = 100  # characters of the longest line that can be a header
_SHORTEST: Final = 5
_COPIES: Final = 3
_SEEDS: Final = 64  # headers looked for at most, so that comparing stays linear in the lines
_SCREEN: Final = 400  # different lines up to which every pair is compared
_APART: Final = 300  # characters; the least text between two copies without form feeds
_FORMS: Final = 0.25  # share of repeated lines from which on the pages are copies of one form

_NUMBERS: Final = re.compile(r"\d+")
_HEADING: Final = re.compile(
    r"(?:phần|chương|mục|điều|khoản|điểm|bài|phụ lục|câu|tiết|hồi|quyển|tập|bước|tiểu mục|đề|mẫu số|biểu"
    r"|bảng|hình)"
    r"\s+(?:thứ\s+)?\S{1,6}(?:$|[\s.:])|[-–—•*+▪●]\s|\d{1,3}[.)]\s|[a-zđ][.)]\s|[ivxlc]+[.)]\s",
    re.IGNORECASE,
)
_CREDIT: Final = re.compile(
    r"\(?(?:ảnh|nguồn|theo|tin|bài|tin, ảnh|bài, ảnh|tin, bài|clip|video|đồ họa|minh họa|trong ảnh"
    r"|phóng viên|pv|hỏi|đáp|tác giả)\b",
    re.IGNORECASE,
)
_HEAD: Final = 10  # lines at the top of a page among which a paper has its head
_MOTTO: Final = re.compile(
    r"cong hoa xa hoi chu nghia viet nam$|doc lap ?[-–—]? ?tu do|^dang cong san viet nam$"
)
_FORMAL: Final = re.compile(
    r"cong hoa xa hoi chu nghia|doc lap ?[-–—]? ?tu do|dang cong san viet nam$|quyet dinh|bien ban|to trinh"
    r"|cong van"
    r"|giay (?:chung nhan|xac nhan|moi|de nghi|bao|phep|khai|uy quyen|gioi thieu|ra vao)|thong bao|bao cao$"
    r"|noi nhan"
    r"|kinh gui|can cu|nguoi lap|ky ten|xac nhan|ho va ten|ngay sinh|dia chi ?:|stt\b|so tt|don vi tinh|dvt\b"
)
_SIGNS: Final = re.compile(
    r"\b(?:báo|tạp chí|công báo|bản tin|đặc san|tập san|nhật báo|tuần báo|nxb|nhà xuất bản|www|http|issn|số"
    r"|trang|kỳ)\b"
    r"|\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*(?:19|20)\d\d|\b(?:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)\b"
    r"|\.(?:vn|com|org)\b|\|",
    re.IGNORECASE,
)


class _Group(NamedTuple):
    """The copies of one header: line numbers in order, and the shared skeleton."""

    key: str
    lines: list[int]


def running_headers(sheet: Sheet, noise: Iterable[int]) -> list[Mark]:
    """Headers and footers, with ``noise`` the numbers of the lines that are page numbers."""
    pages = sheet.pages()
    known = set(noise)
    if sum(1 for lines in pages if lines) >= _COPIES:
        return _by_pages(sheet, pages, known)
    return _by_spacing(sheet, known)


def _possible(text: str) -> bool:
    return (
        _SHORTEST <= len(text) <= _LONGEST
        and text[-1] not in ".!?:;,…"
        and not _HEADING.match(text)
        and not _CREDIT.match(text)
        and sum(map(str.isalpha, text)) >= 2
        and sum(map(str.isalnum, text)) >= _SHORTEST - 1
    )


def _groups(sheet: Sheet, lines: Sequence[int], least: int) -> list[_Group]:
    """Lines that are alike, ``least`` or more of them, biggest group first."""
    exact: dict[str, list[int]] = defaultdict(list)
    for index in lines:
        exact[skeleton(sheet.lines[index].text)].append(index)
    keys = sorted(exact, key=lambda k: (-len(exact[k]), k))
    seeds = keys if len(keys) <= _SCREEN else [k for k in keys[:_SEEDS] if len(exact[k]) > 1]
    if not seeds:
        return []
    scores = process.cdist(seeds, keys, scorer=fuzz.ratio, score_cutoff=SIMILAR)
    given: set[str] = set()
    found = []
    for row, seed in enumerate(seeds):
        if seed in given:
            continue
        alike = [keys[column] for column in scores[row].nonzero()[0] if keys[column] not in given]
        given.update(alike)
        copies = sorted(i for k in alike for i in exact[k])
        if len(copies) >= least:
            found.append(_Group(seed, copies))
    return sorted(found, key=lambda g: (-len(g.lines), g.key))


def _numbers_agree(sheet: Sheet, group: _Group, ordinal: dict[int, int]) -> tuple[bool, bool]:
    """Whether the numbers in the copies are all the same or go up as pages do, and whether some go up.

    ``ordinal`` is the page, or the rank, of each copy.
    """
    rows = [[int(n) for n in _NUMBERS.findall(sheet.lines[i].text)[:8] if len(n) < 9] for i in group.lines]
    size, common = Counter(map(len, rows)).most_common(1)[0]
    if common < 0.6 * len(rows):
        return False, False
    kept = [(ordinal[i], row) for i, row in zip(group.lines, rows, strict=True) if len(row) == size]
    rising = False
    for column in range(size):
        values = [row[column] for _, row in kept]
        if Counter(values).most_common(1)[0][1] >= 0.7 * len(values):
            continue
        offsets = Counter(row[column] - place for place, row in kept)
        if offsets.most_common(1)[0][1] < 0.7 * len(kept):
            return False, False
        rising = True
    return True, rising


def _by_pages(sheet: Sheet, pages: list[range], known: set[int]) -> list[Mark]:
    at_top: list[int] = []
    at_bottom: list[int] = []
    for lines in pages:
        top, bottom = list(lines[:EDGE]), list(lines[-EDGE:])
        at_top += [i for i in top if i not in known and _possible(sheet.lines[i].text)]
        at_bottom += [i for i in bottom if i not in top and i not in known and _possible(sheet.lines[i].text)]
    found: list[Mark] = []
    taken = set(known)
    if _repeated_share(sheet, pages) >= _FORMS or _are_papers(sheet, pages):
        return []
    edges = {i for side in (at_top, at_bottom) for g in _groups(sheet, side, _COPIES) for i in g.lines}
    follow = _follow(sheet, pages, known, known | edges)
    for side, place in ((at_top, "top"), (at_bottom, "bottom")):
        groups = _groups(sheet, side, _COPIES)
        # A line further in counts as an edge once those outside it are known to be furniture.
        for _ in range(EDGE):
            for group in groups:
                copies = [
                    i for i in group.lines if i not in taken and _outermost(sheet, pages, i, place, taken)
                ]
                mark = _judge_pages(sheet, _Group(group.key, copies), pages, place, follow=follow)
                found += mark
                taken.update(i for m in mark for i in m.lines)
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
            inner += 1
            seen[skeleton(sheet.lines[index].text[:60])].add(sheet.lines[index].page)
    repeated = sum(len(p) for p in seen.values() if len(p) >= _COPIES)
    return repeated / inner if inner else 0.0


def _are_papers(sheet: Sheet, pages: list[range]) -> bool:
    """Whether the form feeds part papers of their own, each with its head, and not the pages of one."""
    heads = sum(
        any(_MOTTO.search(skeleton(sheet.lines[i].text[:_LONGEST])) for i in lines[:_HEAD]) for lines in pages
    )
    return heads >= 2


def _follow(sheet: Sheet, pages: list[range], numbers: set[int], furniture: set[int]) -> bool:
    """Whether the pages are pages of one text: numbered ones, or sentences that go on from page to page."""
    if len({sheet.lines[i].page for i in numbers}) >= _COPIES:
        return True
    text = [kept for lines in pages if (kept := [i for i in lines if i not in furniture])]
    broken = sum(goes_on(sheet.lines[one[-1]].text, sheet.lines[two[0]].text) for one, two in pairwise(text))
    return broken >= max(1, len(text) // 10)


def _judge_pages(sheet: Sheet, group: _Group, pages: list[range], place: str, *, follow: bool) -> list[Mark]:
    on = sorted({sheet.lines[i].page for i in group.lines})
    full = [p for p in range(len(pages)) if pages[p]]
    if len(on) < _COPIES or _FORMAL.match(group.key):
        return []
    agree, rising = _numbers_agree(sheet, group, {i: sheet.lines[i].page for i in group.lines})
    if not agree:
        return []
    reach = [p for p in full if on[0] <= p <= on[-1]]
    sides = [[p for p in reach if p % 2 == parity] for parity in (0, 1)]
    cover = max(
        len(on) / len(reach),
        *(len(set(on) & set(side)) / len(side) if len(side) >= _COPIES else 0.0 for side in sides),
    )
    if len(on) < 0.2 * len(full) or (len(on) < 0.05 * len(full) and cover < 0.9):
        return []
    signs = rising or bool(_SIGNS.search(sheet.lines[group.lines[0]].text))
    safe = cover >= 0.5 and (rising or follow)
    confidence = (0.98 if signs else 0.96) if safe else 0.75
    return _marks(sheet, group, f"at the {place} of {len(on)} pages", confidence, signs=signs)


def _marks(sheet: Sheet, group: _Group, where: str, confidence: float, *, signs: bool) -> list[Mark]:
    """A mark for every copy; ``signs`` tells that the line looks like furniture by itself."""
    evidence = {"copies": len(group.lines), "sample": sheet.lines[group.lines[-1]].text}
    safety = Safety.SAFE if confidence >= 0.95 else Safety.UNSAFE
    # A title that comes first as the document's own heading, then as a running header, stays once.
    kept = group.lines[1:] if group.lines[0] == 0 and not signs else group.lines
    return [
        Mark(
            RUNNING_HEADER, f'running header or footer "{sheet.lines[i].text}", {where}',
            confidence, safety, (i,), evidence=evidence,
        )
        for i in kept
    ]  # fmt: skip


def _by_spacing(sheet: Sheet, known: set[int]) -> list[Mark]:
    """Without page breaks: what comes back at a page's distance and stands in the middle of sentences."""
    lines = [i for i, line in enumerate(sheet.lines) if i not in known and _possible(line.text)]
    if len(lines) < _COPIES:
        return []
    found: list[Mark] = []
    groups = _groups(sheet, lines, _COPIES)
    noise = known | {i for g in groups for i in g.lines}
    for group in groups:
        copies = [i for i in group.lines if sheet.alone(i) or breaks_sentence(sheet, i, noise)]
        starts = [sheet.lines[i].start for i in copies]
        gaps = [b - a for a, b in pairwise(starts)]
        if len(copies) < _COPIES or min(gaps) < _APART or _FORMAL.match(group.key):
            continue
        agree, rising = _numbers_agree(
            sheet, _Group(group.key, copies), {i: rank for rank, i in enumerate(copies)}
        )
        if not agree:
            continue
        broken = sum(breaks_sentence(sheet, i, noise) for i in copies)
        signs = rising or bool(_SIGNS.search(sheet.lines[copies[0]].text))
        even = len(gaps) >= 2 and pstdev(gaps) <= 0.5 * fmean(gaps) and min(gaps) >= 2 * _APART
        safe = (
            broken >= (1 if rising else 2) and broken >= 0.3 * len(copies) and (signs or even or broken >= 3)
        )
        if not safe and not (signs and even and (rising or broken)):
            continue
        where = f"{len(copies)} copies at a page's distance, {broken} of them in the middle of a sentence"
        found += _marks(sheet, _Group(group.key, copies), where, 0.96 if safe else 0.75, signs=signs)
    return found
