"""Copies of page furniture that were read too badly to be known by themselves.

Where a header or a sequence of page numbers is sure, the pages without it are known too, and a line
there that looks like it, or whose number is the one to be expected, needs little more evidence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from ocrfix.detectors._noise_groups import LONGEST, alike, core, formal, opens_part
from ocrfix.detectors._noise_lines import Mark, Sheet
from ocrfix.detectors._noise_numbers import digits_of, glued_numbers, loose_number, numbers_of, read_number
from ocrfix.detectors._noise_recurrence import Border, fragment
from ocrfix.detectors._noise_rules import PAGE_NUMBER, RUNNING_HEADER
from ocrfix.model import Safety

__all__ = ["missing_copies"]

_LEAST: Final = 3  # copies that make a row; of two in pages that are known
_LIKE: Final = 72  # rapidfuzz ratio, in per cent, of a badly read copy
_SURE: Final = 84  # one that needs no more evidence
_SHORT: Final = 6  # letters of the shortest line that can be told by its likeness
_NUMBER: Final = 16  # characters of a line that holds a number and little else
_NEAR: Final = 0.35  # a copy's least distance from the next one, as a share of the usual distance
_FAR: Final = 3.5  # the most of it from the next copy
_TOTAL: Final = re.compile(r"(?:\s?/|\bof|trên)\s?\d{1,4}\W*$")
_STEP: Final = 3  # pages from one number to the next, at most
_ROUNDS: Final = 4
_SEEDS: Final = 8
_APART: Final = 200  # characters; the least text of a page


class _Row(NamedTuple):
    """The copies of one piece of furniture, and how they are known again."""

    lines: list[int]
    cores: list[str]
    numbered: bool


def missing_copies(
    sheet: Sheet, sure: Iterable[int], borders: Callable[[set[int]], dict[int, Border]]
) -> list[Mark]:
    """Marks for lines that complete rows of furniture.

    Parameters: ``sure``, the lines that are furniture; ``borders``, a function that gives, for lines that
    may be furniture, what they part.
    """
    known = set(sure)
    if len(known) < 2:
        return []
    rest = [
        i
        for i, line in enumerate(sheet.lines)
        if i not in known
        and (i or any(map(str.isdigit, line.text)))  # a title that opens the text is its own
        and 1 <= len(line.text) <= LONGEST
        and not opens_part(line.text)
    ]
    cores = [core(sheet.lines[i].text) for i in rest]
    found: list[Mark] = []
    for row in _rows(sheet, sorted(known)):
        likeness = _likeness(row, cores)
        for _ in range(_ROUNDS):
            usual = _usual(sheet, row)
            new = [
                (i, like)
                for i, own, like in zip(rest, cores, likeness, strict=True)
                if i not in known
                and (like >= _LIKE or row.numbered)
                and _apart(sheet, row, i, usual)
                and _expected(sheet, row, i, own, like)
            ]
            around = borders(known | {i for i, _ in new}) if new else {}
            kept = [
                (i, like)
                for i, like in new
                if (around[i].prose or like >= _SURE) and not fragment(sheet, i, around[i])
            ]
            if not kept:
                break
            for index, like in kept:
                if _apart(sheet, row, index, _usual(sheet, row)):
                    found.append(_mark(sheet, row, index, like, broken=around[index].broken))
                    row.lines.insert(bisect_left(row.lines, index), index)
                    known.add(index)
    return found


def _rows(sheet: Sheet, lines: Sequence[int]) -> list[_Row]:
    numbers: list[int] = []
    words: list[int] = []
    for index in lines:
        text = sheet.lines[index].text
        alone = len(text) <= _NUMBER and (read_number(index, text) or loose_number(index, text))
        (numbers if alone else words).append(index)
    least = _LEAST if sheet.lines[-1].page == 0 else _LEAST - 1
    found = [
        _Row(list(g.lines), _distinct(sheet, g.lines), numbered=False)
        for g in alike(sheet, words, least)
        if not formal(g.key)
    ]
    if len(numbers) >= least:
        found.append(_Row(numbers, _distinct(sheet, numbers), numbered=True))
    return found


def _distinct(sheet: Sheet, lines: Sequence[int]) -> list[str]:
    return list(dict.fromkeys(core(sheet.lines[i].text) for i in lines))[:_SEEDS]


def _likeness(row: _Row, cores: Sequence[str]) -> list[float]:
    if not cores:
        return []
    scores = process.cdist(row.cores, cores, scorer=fuzz.ratio, score_cutoff=50)
    best: list[float] = scores.max(axis=0).tolist()
    return best


def _usual(sheet: Sheet, row: _Row) -> float:
    """The usual distance of the copies of a row, in characters."""
    return median(sheet.lines[b].start - sheet.lines[a].end for a, b in pairwise(row.lines))


def _apart(sheet: Sheet, row: _Row, index: int, usual: float) -> bool:
    """Whether a line stands where the row lacks a copy; copies are ``usual`` characters apart."""
    lines = sheet.lines
    at = bisect_left(row.lines, index)
    beside = row.lines[max(0, at - 1) : at + 1]
    if lines[-1].page:
        on = [lines[i].page for i in beside]
        return lines[index].page not in on
    near = min(lines[b].start - lines[a].end for a, b in ((min(i, index), max(i, index)) for i in beside))
    return max(_APART, _NEAR * usual) <= near <= _FAR * usual


def _expected(sheet: Sheet, row: _Row, index: int, own: str, like: float) -> bool:
    """Whether a line can be a copy that the row lacks, by its words or its number."""
    text = sheet.lines[index].text
    if not row.numbered:
        return len(own) >= (_SHORT if like < _SURE else _SHORT - 2) and text[-1] not in "!?;"
    if len(text) > _NUMBER:
        return False
    reading = digits_of(text)
    if not reading or _has_others(text, reading):
        return False
    at = bisect_left(row.lines, index)
    before = [_value(sheet, i) for i in row.lines[at - 1 : at]] if at else []
    after = [_value(sheet, i) for i in row.lines[at : at + 1]]
    if not before and not after:
        return False
    if before and after:
        wanted = range(before[0] + 1, after[0])
    elif before:
        wanted = range(before[0] + 1, before[0] + 1 + _STEP)
    else:
        wanted = range(max(1, after[0] - _STEP), after[0])
    fits = any(reading == str(v) for v in wanted)
    close = len(reading) > 1 and any(Levenshtein.distance(reading, str(v)) <= 1 for v in wanted[:_STEP])
    return (fits and like >= 50) or (close and like >= _LIKE)


def _has_others(text: str, reading: str) -> bool:
    """Whether a line has numbers besides that of a page: it is a date or a sum."""
    bare = _TOTAL.sub("", text)
    if sum(map(str.isdigit, bare)) <= len(reading):
        return False
    return any(abs(number - int(reading)) > 1 for number in numbers_of(bare))  # "12 - 13" is two pages


def _value(sheet: Sheet, index: int) -> int:
    text = sheet.lines[index].text
    number = read_number(index, text) or loose_number(index, text)
    return number.value if number else (glued_numbers(text) or [0])[0]


def _mark(sheet: Sheet, row: _Row, index: int, like: float, *, broken: bool) -> Mark:
    sure = row.numbered or like >= _SURE or broken or sheet.alone(index)
    confidence = 0.96 if sure else 0.8
    rule = PAGE_NUMBER if row.numbered else RUNNING_HEADER
    what = "page number" if row.numbered else "running header or footer"
    return Mark(
        rule,
        f'{what} "{sheet.lines[index].text}", read badly, where one of {len(row.lines)} others is missing',
        confidence,
        Safety.SAFE if sure else Safety.UNSAFE,
        (index,),
        evidence={
            "likeness": round(like),
            "sample": sheet.lines[row.lines[0]].text,
            "copies": len(row.lines),
        },
    )
