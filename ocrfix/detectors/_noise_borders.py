"""Page furniture where page breaks are not known: what stands at a page's distance, between running text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import pairwise
from statistics import fmean, median, pstdev
from typing import Final, NamedTuple

from ocrfix.detectors._noise_groups import (
    LONGEST,
    Group,
    alike,
    formal,
    is_heading,
    numbers_agree,
    possible,
    signs,
    strong_signs,
)
from ocrfix.detectors._noise_lines import LONG, Mark, Sheet, flows, running
from ocrfix.detectors._noise_numbers import SURE_FORMS, glued_numbers, numbers_of, read_number
from ocrfix.detectors._noise_rules import PAGE_NUMBER, RUNNING_HEADER
from ocrfix.model import Safety

__all__ = ["border_furniture"]

_CHAIN: Final = 3  # page numbers in a row that make a sequence; copies of a header that make a set
_STEP: Final = 3  # pages from one number of a sequence to the next, at most
_APART: Final = 200  # characters; the least text of a page
_PAGE: Final = 400  # characters; the least text of a page, on the average
_PILE: Final = 6  # lines of furniture between two pages, at most
_WORDS: Final = 3  # words of a line that is more than the heading of a part
_NUMBERED: Final = 10  # more parts than a text numbers in its headings
_EVEN: Final = 0.4  # deviation of distances, as a share of their mean, up to which they are a page's
_YEARS: Final = range(1500, 2101)
_WIDE: Final = re.compile(r"^\d{1,4}(?:\t|[ \u00a0]{2,})\S|\S(?:\t|[ \u00a0]{2,})\d{1,4}$")
_DECORATED: Final = ("dashed", "marked", "fraction")


class _Border(NamedTuple):
    """Neighbouring lines that may be furniture, and what they part."""

    lines: range
    broken: bool
    """A sentence goes on behind them."""
    prose: bool
    """Nothing but running text (or the document's end) beside them."""


class _Entry(NamedTuple):
    line: int
    value: int
    family: str
    total: int


def border_furniture(sheet: Sheet, known: Iterable[int]) -> list[Mark]:
    """Page numbers, headers and footers that stand between pieces of running text.

    Numbers that go up one by one and lines that come back are candidates. What they stand between
    decides: neighbouring candidates are one border of pages, and what is known of one line (it breaks a
    sentence, its number goes up) counts for its neighbours. ``known`` are lines that are furniture.
    """
    if sheet.lines[-1].start - sheet.lines[0].end < _PAGE:
        return []
    known = set(known)
    entries, groups = _candidates(sheet, known)
    if len(entries) < _CHAIN and not groups:
        return []
    chains = _chains(sheet, entries)
    furniture = known | {i for g in groups for i in g.lines} | {e.line for c in chains for e in c}
    borders = _borders(sheet, furniture)
    size = {i: len(g.lines) for g in groups for i in g.lines}
    found: dict[int, Mark] = {}
    sure = set(known)
    for chain in sorted(chains, key=lambda c: (-len(c), c[0].line)):
        for mark in _judge_chain(sheet, chain, borders, size):
            found.setdefault(mark.lines[0], mark)
            if mark.safety is Safety.SAFE:
                sure.add(mark.lines[0])
    heads = sorted(i for g in groups if strong_signs(sheet.lines[g.lines[0]].text) for i in g.lines)
    for group in groups:
        for mark in _judge_group(sheet, group, borders, sure, heads):
            before = found.get(mark.lines[0])
            if before is None or before.safety < mark.safety:
                found[mark.lines[0]] = mark
    return list(found.values())


def _candidates(sheet: Sheet, known: set[int]) -> tuple[list[_Entry], list[Group]]:
    """Numbers that may be a page's, alone or in a line that comes back, and the lines that come back."""
    entries: list[_Entry] = []
    header: list[int] = []
    for index, line in enumerate(sheet.lines):
        if len(line.text) > LONGEST or index in known:
            continue
        if number := read_number(index, line.text):
            entries.append(_Entry(index, number.value, number.form, number.total))
        elif possible(line.text):
            header.append(index)
    groups = alike(sheet, header, 2) if len(header) > 1 else []
    for index in (i for g in groups for i in g.lines):
        text = sheet.lines[index].text
        if not is_heading(text) or len(numbers_of(text)) > 1:
            entries += [_Entry(index, value, "glued", 0) for value in glued_numbers(text)]
    return sorted(entries), groups


def _chains(sheet: Sheet, entries: list[_Entry]) -> list[list[_Entry]]:
    """Numbers of one way of writing that go up, a page's text apart; three or more of them."""
    last: dict[tuple[str, int, int], list[_Entry]] = {}
    chains: list[list[_Entry]] = []
    for entry in entries:
        chain = None
        for step in range(1, _STEP + 1):
            before = last.get((entry.family, entry.total, entry.value - step))
            if (
                before is not None
                and sheet.lines[entry.line].start - sheet.lines[before[-1].line].end >= _APART * step
            ):
                chain = before
                break
        if chain is None:
            chain = []
            chains.append(chain)
        chain.append(entry)
        last[entry.family, entry.total, entry.value] = chain
    return [c for c in chains if len(c) >= _CHAIN]


def _borders(sheet: Sheet, furniture: set[int]) -> dict[int, _Border]:
    """For every line that may be furniture, the border that it belongs to."""
    found: dict[int, _Border] = {}
    order = sorted(furniture)
    at = 0
    while at < len(order):
        end = at
        while end + 1 < len(order) and order[end + 1] == order[end] + 1:
            end += 1
        lines = range(order[at], order[end] + 1)
        left, right = lines.start - 1, lines.stop
        short = len(lines) <= _PILE
        ends = (left < 0, right >= len(sheet.lines))
        broken = short and not any(ends) and flows(sheet, left, right)
        prose = broken or (
            short
            and all(
                edge or running(sheet, place, step) or sheet.lines[place].text.isupper()
                for edge, place, step in zip(ends, (left, right), (-1, 1), strict=True)
            )
            and any(
                not edge and len(sheet.lines[place].text) >= LONG
                for edge, place in zip(ends, (left, right), strict=True)
            )
        )
        border = _Border(lines, broken, prose)
        found.update(dict.fromkeys(lines, border))
        at = end + 1
    return found


def _even(sheet: Sheet, lines: list[int], limit: float) -> bool:
    gaps = [sheet.lines[b].start - sheet.lines[a].end for a, b in pairwise(lines)]
    return len(gaps) >= 2 and fmean(gaps) >= _PAGE and pstdev(gaps) <= limit * fmean(gaps)


def _grade_chain(
    sheet: Sheet, chain: list[_Entry], borders: dict[int, _Border], size: dict[int, int]
) -> tuple[float, Safety] | None:
    """How sure it is that numbers that go up are page numbers."""
    count, first = len(chain), chain[0].value
    around = [borders[e.line] for e in chain]
    broken = sum(b.broken for b in around)
    forms = {e.family for e in chain}
    if forms <= SURE_FORMS:
        return 0.98, Safety.SAFE
    if sum(b.prose for b in around) < (0.5 if broken >= 2 else 0.75) * count:
        return None
    years = any(e.value in _YEARS for e in chain)
    if broken >= max(1, 0.25 * count) and not years:
        return 0.98, Safety.SAFE
    lines = [e.line for e in chain]
    own = set(lines)
    beside = sum(any(size.get(i, 0) >= _CHAIN and i not in own for i in b.lines) for b in around)
    distance = (sheet.lines[lines[-1]].start - sheet.lines[lines[0]].start) / (count - 1)
    if years or distance < _PAGE:
        return 0.4, Safety.DISPLAY
    if forms == {"glued"}:
        texts = [sheet.lines[i].text for i in lines]
        named = first >= _NUMBERED and texts[0].count(" ") >= _WORDS
        named = (
            named
            or sum(t[0].isdigit() or signs(t) or _WIDE.search(t) is not None for t in texts) >= 0.7 * count
        )
        return (0.96, Safety.SAFE) if named else (0.75, Safety.UNSAFE)
    if beside >= 0.7 * count:
        return 0.96, Safety.SAFE
    if first > 1 and not forms & {"point", "roman"}:
        sure = bool(forms & set(_DECORATED)) or count > _CHAIN or _even(sheet, lines, _EVEN)
        return (0.95, Safety.SAFE) if sure else (0.8, Safety.UNSAFE)
    if forms == {"fraction"}:
        return 0.95, Safety.SAFE
    return (0.75, Safety.UNSAFE) if forms & set(_DECORATED) else (0.4, Safety.DISPLAY)


def _judge_chain(
    sheet: Sheet, chain: list[_Entry], borders: dict[int, _Border], size: dict[int, int]
) -> list[Mark]:
    grade = _grade_chain(sheet, chain, borders, size)
    if grade is None:
        return []
    confidence, safety = grade
    rule = RUNNING_HEADER if chain[0].family == "glued" else PAGE_NUMBER
    facts = {
        "sequence": [e.value for e in chain[:20]],
        "broken_sentences": sum(borders[e.line].broken for e in chain),
    }
    return [
        Mark(
            rule,
            f'page number {e.value} in "{sheet.lines[e.line].text}", one of {len(chain)} that go up through '
            "the document"
            if rule is RUNNING_HEADER
            else f"page number {e.value}, one of {len(chain)} that go up through the document",
            confidence,
            safety,
            (e.line,),
            evidence={"number": e.value, "form": e.family, **facts},
        )
        for e in chain
    ]


def _judge_group(
    sheet: Sheet, group: Group, borders: dict[int, _Border], sure: set[int], heads: list[int]
) -> list[Mark]:
    copies = group.lines
    broken = sum(borders[i].broken for i in copies)
    enough = 0.3 if broken >= 2 else 0.6
    if sum(borders[i].prose for i in copies) < max(2, enough * len(copies)) or formal(group.key):
        return []
    gaps = [sheet.lines[b].start - sheet.lines[a].end for a, b in pairwise(copies)]
    if median(gaps) < _PAGE or sum(g >= _APART for g in gaps) < 0.8 * len(gaps):
        return []
    if (
        is_heading(sheet.lines[copies[0]].text)
        and len({tuple(numbers_of(sheet.lines[i].text)[:1]) for i in copies}) > 1
    ):
        return []
    agree, rising = numbers_agree(sheet, Group(group.key, copies), {i: n for n, i in enumerate(copies)})
    beside = sum(any(j in sure and j not in group.lines for j in borders[i].lines) for i in copies)
    between = bisect_left(heads, copies[-1]) - bisect_right(heads, copies[0]) > len(copies) - 2
    grade = _grade_group(sheet, copies, (broken, beside), agree=agree, rising=rising, turns=between)
    if grade is None:
        return []
    confidence, marked = grade
    where = f"{len(copies)} copies at a page's distance, {broken} of them in the middle of a sentence"
    return header_marks(sheet, copies, where, confidence, keep_title=not marked)


def _grade_group(
    sheet: Sheet, copies: list[int], seen: tuple[int, int], *, agree: bool, rising: bool, turns: bool
) -> tuple[float, bool] | None:
    """How sure it is that lines that come back are headers, and whether they look like it by themselves.

    ``seen`` are how many of them break a sentence, and how many stand beside a sure page number;
    ``turns``, that others which look like headers stand between them.
    """
    count, (broken, beside) = len(copies), seen
    texts = [sheet.lines[i].text for i in copies[:8]]
    heading = is_heading(texts[0]) or texts[0][-1] == "."
    marked = rising or signs(texts[0])
    sure = sum(map(strong_signs, texts)) * 2 > len(texts)
    if beside >= max(2, 0.6 * count) and (count >= _CHAIN or broken):
        return 0.97, marked
    if not agree and not marked:
        return None
    if broken >= 2 and broken >= (0.5 if heading or not agree else 0.3) * count:
        return (0.97 if count >= _CHAIN or marked else 0.95), marked
    if agree and count < _CHAIN and sure and (broken or turns):
        return 0.95, marked
    if heading or not agree or count < _CHAIN:
        return (0.75, marked) if broken else None
    if broken:
        return 0.96, marked
    if sure and _even(sheet, copies, 2 * _EVEN):
        return 0.95, marked
    if not marked or not _even(sheet, copies, 2 * _EVEN):
        return None
    return (0.95 if texts[0].count(" ") >= _WORDS else 0.75), marked


def header_marks(
    sheet: Sheet, lines: list[int], where: str, confidence: float, *, keep_title: bool
) -> list[Mark]:
    """A mark for every copy of a header; from 0.95 on they are safe.

    With ``keep_title`` a copy that opens the document as its own heading stays.
    """
    evidence = {"copies": len(lines), "sample": sheet.lines[lines[-1]].text}
    safety = Safety.SAFE if confidence >= 0.95 else Safety.UNSAFE
    kept = lines[1:] if lines[0] == 0 and keep_title else lines
    return [
        Mark(
            RUNNING_HEADER, f'running header or footer "{sheet.lines[i].text}", {where}',
            confidence, safety, (i,), evidence=evidence,
        )
        for i in kept
    ]  # fmt: skip
