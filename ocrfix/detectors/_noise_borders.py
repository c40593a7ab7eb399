"""Page furniture where page breaks are not known: what stands at a page's distance, between running text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from statistics import median
from typing import Final, NamedTuple

from ocrfix.detectors._noise_candidates import CHAIN, Candidate, is_safe
from ocrfix.detectors._noise_groups import (
    LONGEST,
    Group,
    alike,
    core,
    formal,
    is_heading,
    numbers_agree,
    opens_part,
    possible,
    signs,
)
from ocrfix.detectors._noise_lines import LONG, Mark, Sheet, flows, running
from ocrfix.detectors._noise_numbers import LONG_NUMBER, glued_numbers, glued_roman, loose_number, numbers_of
from ocrfix.detectors._noise_recurrence import (
    Border,
    Company,
    Rhythm,
    Scene,
    Steps,
    chain_traits,
    closes,
    fragment,
    furniture_weights,
    group_traits,
    likelihood,
)
from ocrfix.detectors._noise_rules import PAGE_NUMBER, RUNNING_HEADER
from ocrfix.model import Safety

__all__ = ["border_furniture", "borders_of", "weighed"]

_STEP: Final = 3  # pages from one number of a sequence to the next, at most
_APART: Final = 200  # characters; the least text of a page
_PAGE: Final = 400  # characters; the least text of a page, on the average
_PILE: Final = 6  # lines of furniture between two pages, at most
_FAMILIES: Final = dict.fromkeys(("bare", "dashed", "marked", "bracket", "signs"), "digits") | dict.fromkeys(
    ("tag", "framed", "total", "word"), "page"
)
"""Forms that one sequence of numbers may change between."""
_MARKED: Final = re.compile(r"[-–—•*+▪●]\s|[^\W\d_]\.\s")
_NUMBER: Final = LONG_NUMBER // 2  # characters of the longest line that a number fills with a word
_HALF_LINE: Final = LONGEST // 2  # characters; longer lines that end a sentence are no headers
_LEAST: Final = 5  # characters of a line with words
_HEAD: Final = 4  # letters by which lines of one kind are told
_TURNS: Final = 4  # copies from which on a header needs no other that takes turns with it
_MOST_TURNS: Final = 24
_NAMED: Final = 4  # blanks in a footer that is no name of a person
_WIDER: Final = 1.5  # times the usual length of lines in a row that a sentence among them has
_SHOWN: Final = 0.7
_DOUBT: Final = 0.75
_SUREST: Final = 0.99


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
    found: dict[int, Mark] = {}
    for candidate in weighed(sheet, set(known)):
        for mark in _marks(sheet, candidate):
            before = found.get(mark.lines[0])
            if before is None or before.order() > mark.order():
                found[mark.lines[0]] = mark
    return list(found.values())


def _outsiders(sheet: Sheet, lines: list[int], pieces: list[int]) -> set[int]:
    """Lines that came into a row by chance: pieces of running text, sentences among short lines."""
    found = set(pieces)
    texts = [sheet.lines[i].text for i in lines]
    usual = median(map(len, texts))
    cores = Counter(core(text)[:_HEAD] for text in texts)
    for index, text in zip(lines, texts, strict=True):
        long = text[-1] in ".;:" and len(text) > _WIDER * usual
        alone = cores[core(text)[:_HEAD]] == 1
        if long or (alone and closes(sheet, index)):
            found.add(index)
    return found


def weighed(
    sheet: Sheet, known: set[int], weights: Mapping[str, Mapping[str, float]] | None = None
) -> Iterator[Candidate]:
    """The candidates of a text, with what speaks for each.

    Parameters: ``weights`` of what speaks for them, other ones than those that ocrfix carries.
    """
    weights = weights or furniture_weights()
    entries, groups = _candidates(sheet, known)
    if len(entries) < CHAIN and not groups:
        return
    chains = _chains(sheet, entries)
    furniture = known | {i for g in groups for i in g.lines} | {e.line for c in chains for e in c}
    borders = borders_of(sheet, furniture)
    company = known | {i for g in groups if len(g.lines) >= CHAIN for i in g.lines}
    sure = set(known)

    def pieces(lines: list[int]) -> list[int]:
        return [i for i in lines if fragment(sheet, i, borders[i])]

    paged = " paged" if sheet.lines[-1].page else ""
    rhythm = Rhythm(sheet, borders.values())
    scene = Scene(borders, Company(len(sheet.lines), company), rhythm)
    for chain in chains:
        lines, values = [e.line for e in chain], [e.value for e in chain]
        form = chain[0].family.partition(" ")[0]
        traits = chain_traits(sheet, lines, values, scene, form)
        apart = pieces(lines) if form.startswith("glued") else []
        kind = "chain" + paged
        chance = likelihood(traits, weights[kind])
        candidate = Candidate(kind, lines, values, form, traits, apart, chance)
        if is_safe(candidate):
            sure.update(lines)
        yield candidate
    numbers = [numbers_agree([sheet.lines[i].text for i in g.lines]) for g in groups]
    groups, numbers = _with_turns(sheet, groups, numbers)
    kind = "group" + paged
    for last in (False, True):
        # Lines that are sure after the first round speak for those beside and between them.
        steps = Steps(sheet, sorted({borders[i].lines.start for i in sure if i in borders}))
        settled = frozenset(sure)
        scene = Scene(borders, Company(len(sheet.lines), settled), rhythm)
        for group, agreement in zip(groups, numbers, strict=True):
            traits = group_traits(sheet, group.lines, scene, agreement)
            traits["in step"] = steps.share(group.lines, settled.intersection(group.lines))
            signed = bool(paged) and _sign_pages(sheet, group.lines)
            chance = likelihood(traits, weights[kind])
            candidate = Candidate(kind, group.lines, [], "", traits, pieces(group.lines), chance, signed)
            if last:
                yield candidate
            elif is_safe(candidate):
                sure.update(group.lines)


def _with_turns(
    sheet: Sheet, groups: list[Group], numbers: list[tuple[bool, bool]]
) -> tuple[list[Group], list[tuple[bool, bool]]]:
    """The groups with those put together that take turns, as headers of left and right pages do.

    Only lines with numbers that go up, or with the signs of a paper, are put together: headings of the parts
    of every section take turns as well.
    """
    few = [
        (group, rising)
        for group, (agree, rising) in zip(groups, numbers, strict=True)
        if agree and len(group.lines) <= _TURNS and (rising or signs(sheet.lines[group.lines[0]].text))
    ]
    found = []
    for (one, rising), (two, also) in combinations(few[:_MOST_TURNS], 2):
        row = sorted(one.lines + two.lines)
        first = set(one.lines)
        if len(row) > CHAIN and all((a in first) != (b in first) for a, b in pairwise(row)):
            found.append((Group(one.key, row), (True, rising or also)))
    return groups + [g for g, _ in found], numbers + [n for _, n in found]


def _marks(sheet: Sheet, candidate: Candidate) -> list[Mark]:
    traits, lines = candidate.traits, candidate.lines
    chain = candidate.kind.startswith("chain")
    chance = candidate.chance
    safe = is_safe(candidate)
    if chance < _SHOWN and not safe:
        return []
    chance = min(max(chance, 0.95), _SUREST) if safe else min(chance, _DOUBT)
    broken = round(traits["broken"] * len(lines))
    odd = _outsiders(sheet, lines, candidate.pieces)
    if not chain:
        where = f"{len(lines)} copies at a page's distance, {broken} of them in the middle of a sentence"
        marked = bool(traits["rising"] or traits["signs"])
        lines = [i for i in lines if i not in odd]
        if not lines:
            return []
        return header_marks(sheet, lines, where, chance, keep_title=not marked)
    rule = RUNNING_HEADER if candidate.form == "glued" else PAGE_NUMBER
    return [
        Mark(
            rule,
            f'page number {value} in "{sheet.lines[line].text}", one of {len(lines)} that go up through '
            "the document"
            if rule is RUNNING_HEADER
            else f"page number {value}, one of {len(lines)} that go up through the document",
            chance,
            Safety.SAFE if safe else Safety.UNSAFE,
            (line,),
            evidence={
                "number": value, "form": candidate.form, "sequence": candidate.values[:20],
                "broken_sentences": broken,
            },
        )
        for line, value in zip(lines, candidate.values, strict=True)
        if line not in odd
    ]  # fmt: skip


def _sign_pages(sheet: Sheet, lines: Sequence[int]) -> bool:
    """Whether lines that may be a writer's name stand at the ends of pages that are known."""
    first, last = sheet.lines[lines[0]].text, len(sheet.lines) - 1
    ends = sum(i == last or sheet.lines[i + 1].page > sheet.lines[i].page for i in lines)
    short = first.count(" ") < _NAMED and not any(c.isdigit() or c in "-–—|:•·/" for c in first)
    return short and 2 * ends > len(lines)


def _candidates(sheet: Sheet, known: set[int]) -> tuple[list[_Entry], list[Group]]:
    """Numbers that may be a page's, alone or in a line with words, and the lines that come back."""
    entries: list[_Entry] = []
    header: list[int] = []
    numbers = sheet.numbers
    for index, line in enumerate(sheet.lines):
        text = line.text
        size = len(text)
        if size > LONGEST or (size > _HALF_LINE and text[-1] in ".:;,!?…" and text[:2].isalpha()):
            continue  # the second: a sentence that is neither a number nor a header
        if index in known:
            continue
        if number := numbers.get(index):
            entries.append(_Entry(index, number.value, _FAMILIES.get(number.form, number.form), number.total))
            continue
        number = loose_number(index, text) if size <= _NUMBER or not text[0].isalpha() else None
        if number:
            if number.form == "signs" or not opens_part(text):
                entries.append(_Entry(index, number.value, _FAMILIES.get(number.form, number.form), 0))
            if number.form == "signs":
                continue
        likely = possible(text)
        glued = glued_numbers(text) if likely or (size >= _LEAST and _may_open(text)) else []
        if likely or glued:
            header.append(index)
            found = [_Entry(index, value, "glued", 0) for value in glued]
            found += [_Entry(index, value, "glued roman", 0) for value in glued_roman(text)]
            if found and (not is_heading(text) or len(numbers_of(text)) > 1):
                entries += found
    groups = alike(sheet, header, 2) if len(header) > 1 else []
    return sorted(entries), [g for g in groups if not formal(g.key)]


def _may_open(text: str) -> bool:
    """Whether a line that is no header by its first word may be one that carries a page number."""
    return _MARKED.match(text) is not None or not (text[-1] in ".:;,!?…" or opens_part(text))


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
                and before[-1].value == entry.value - step
                and sheet.lines[entry.line].start - sheet.lines[before[-1].line].end >= _APART * step
            ):
                chain = before
                break
        if chain is None:
            chain = []
            chains.append(chain)
        chain.append(entry)
        last[entry.family, entry.total, entry.value] = chain
    # Days and months go beyond what looks like a total ("30/4").
    return [c for c in chains if len(c) >= CHAIN and not 0 < c[-1].total < c[-1].value]


def borders_of(sheet: Sheet, furniture: set[int]) -> dict[int, Border]:
    """For every line that may be furniture, the border that it belongs to."""
    found: dict[int, Border] = {}
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
        border = Border(lines, broken, prose)
        found.update(dict.fromkeys(lines, border))
        at = end + 1
    return found


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
