"""Page furniture where page breaks are not known: what stands at a page's distance, between running text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise
from statistics import median
from typing import Final, NamedTuple

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

__all__ = ["Candidate", "border_furniture", "borders_of", "weighed"]

_CHAIN: Final = 3  # page numbers in a row that make a sequence; copies of a header that make a set
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
_SAFE: Final = {
    "chain": (0.75, 0.75, 0.8), "chain paged": (0.5, 0.6, 0.75),
    "group": (0.6, 0.72, 0.88), "group paged": (0.6, 0.7, 0.85),
    "pair": (0.85, 0.95, 0.95), "pair paged": (0.8, 0.93, 0.93),
}  # fmt: skip
"""The likelihood from which on lines go, where their places speak for themselves, for longer lines, and else.

On 23 MB of right text (laws, news, an encyclopaedia; whole, wrapped and cut into pages) nothing reached it.
"""
_COVER: Final = 0.7  # share of the pages in their reach that have one of the lines
_HEAD: Final = 4  # letters by which lines of one kind are told
_TURNS: Final = 4  # copies from which on a header needs no other that takes turns with it
_MOST_TURNS: Final = 24
_HALF: Final = 0.5
_WORDY: Final = 4 / 12  # the trait of a line of five words
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


class Candidate(NamedTuple):
    """Lines that may be furniture together, and what speaks for it."""

    kind: str
    """"group" of lines that are alike, or "chain" of numbers that go up."""
    lines: list[int]
    values: list[int]
    form: str
    traits: dict[str, float]
    pieces: list[int]
    """Those of the lines that are pieces of running text."""
    chance: float
    """The likelihood that they are furniture."""


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
    if len(entries) < _CHAIN and not groups:
        return
    chains = _chains(sheet, entries)
    furniture = known | {i for g in groups for i in g.lines} | {e.line for c in chains for e in c}
    borders = borders_of(sheet, furniture)
    company = known | {i for g in groups if len(g.lines) >= _CHAIN for i in g.lines}
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
        if _is_safe(candidate):
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
            chance = likelihood(traits, weights[kind])
            candidate = Candidate(kind, group.lines, [], "", traits, pieces(group.lines), chance)
            if last:
                yield candidate
            elif _is_safe(candidate):
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
        if len(row) > _CHAIN and all((a in first) != (b in first) for a, b in pairwise(row)):
            found.append((Group(one.key, row), (True, rising or also)))
    return groups + [g for g, _ in found], numbers + [n for _, n in found]


def _is_safe(candidate: Candidate) -> bool:
    traits = candidate.traits
    pair = candidate.kind.startswith("group") and len(candidate.lines) < _CHAIN
    placed = _placed(candidate) and not traits["fragments"]
    placed = placed and (not pair or traits["broken"] == 1.0 or traits.get("edge", 0.0) == 1.0)
    # Credits below articles come back as well, but they are short.
    wordy = not pair and traits["words"] >= _WORDY and traits["prose"] >= _COVER and not traits["fragments"]
    low, middle, high = _SAFE[candidate.kind.replace("group", "pair") if pair else candidate.kind]
    strong = bool(traits["strong" if "strong" in traits else "signs"])
    least = low if placed or strong else middle if wordy else high
    return candidate.chance >= least and not _doubtful(candidate)


def _placed(candidate: Candidate) -> bool:
    """Whether the lines break sentences or stand at the edges of pages that are known."""
    traits = candidate.traits
    return traits["broken"] > 0 or (traits.get("edge", 0.0) == 1.0 and traits["cover"] >= _COVER)


def _marks(sheet: Sheet, candidate: Candidate) -> list[Mark]:
    traits, lines = candidate.traits, candidate.lines
    chain = candidate.kind.startswith("chain")
    chance = candidate.chance
    safe = _is_safe(candidate)
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


def _doubtful(candidate: Candidate) -> bool:
    """Whether a reader could take the lines for headings, years or cells, however well their places fit."""
    traits = candidate.traits
    placed = _placed(candidate)
    if traits["numbered"] and not traits["broken"]:
        return True
    if candidate.kind.startswith("chain"):
        if placed or candidate.form == "page":
            return False
        return candidate.form != "glued" and bool(traits["years"] or traits["first"])
    if traits["numbered"] and traits["heading"]:
        return True
    if 0.0 < traits["small"] < 1.0 and not traits["rising"]:
        return True
    beside = max(traits["company"], traits["in step"]) >= _HALF
    if len(candidate.lines) < _CHAIN and not traits["strong"]:
        # A title that comes again at the end of the text stands under a picture.
        wordy = (traits["sentence"] or traits["long"]) and not _parts_sentences(traits)
        if not (placed or beside) or traits["ends"] > 1 or wordy:
            return True
        return traits["broken"] < 1.0 and not beside and any(traits[n] for n in ("item", "small", "disagree"))
    cut = traits["broken"] == 1.0  # a number may be badly read
    return bool(traits["disagree"]) and not (traits["strong"] or beside or cut)


def _parts_sentences(traits: Mapping[str, float]) -> bool:
    """Whether lines with the signs of a paper stand as blocks of their own where a sentence goes on."""
    return bool(traits["signs"] and traits["broken"]) and traits["alone"] == 1.0 and not traits["fragments"]


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
    return [c for c in chains if len(c) >= _CHAIN and not 0 < c[-1].total < c[-1].value]


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
