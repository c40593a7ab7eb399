"""Sentences broken over blocks: the other half stands right after, or further down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._joins_fit import Fit, fits
from ocrfix.detectors._joins_lines import broken_hyphen, is_capitals, is_word
from ocrfix.detectors._joins_rules import BROKEN_BLOCK, DISPLACED_CONTINUATION
from ocrfix.layout import (
    HEADING_LENGTH,
    Kind,
    is_table_line,
    is_verse,
    line_kind,
    starts_article,
    unclosed,
    unopened,
)
from ocrfix.model import Edit, Finding, Safety, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrfix.detectors._joins_lines import Line
    from ocrfix.detectors.base import Context
    from ocrfix.document import Document

__all__ = ["block_findings"]

REACH_UNITS: Final = 12
"""How many paragraphs further down a continuation is looked for."""
REACH_CHARACTERS: Final = 8000
"""How far down a continuation is looked for, in characters (about a newspaper page)."""
LONG: Final = 60
"""A text of so many characters may be running text without looking it by its end."""
QUOTES_AGREE: Final = 5.0
"""What an open quote or bracket that the other half closes is worth, in nats."""
HEADING_COST: Final = 3.0
"""What it costs, in nats, that the first half looks like a heading or a caption."""
SETTLED: Final = 8.0
SETTLED_SEAM: Final = 2.0
"""The fit and the seam, in nats, with which neighbours are one sentence and nothing else is tried."""
DISTANCE_COST: Final = 0.4
"""What each paragraph in between costs, in nats."""


@dataclass(slots=True)
class Unit:
    """A paragraph: lines ``first`` to ``last`` of the document once wraps are undone."""

    number: int
    start: int
    end: int
    text: str
    head: Line
    tail: Line
    kind: Kind | None = None

    @property
    def case(self) -> str:
        return self.head.case

    def kind_of(self) -> Kind:
        if self.kind is None:
            self.kind = line_kind(self.text.replace("\n", " "))
        return self.kind


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair of units that may be one sentence."""

    left: int
    right: int
    fit: Fit
    quotes: bool
    score: float


def block_findings(
    lines: list[Line], groups: list[Span], document: Document, context: Context
) -> Iterator[Finding]:
    """Broken blocks and displaced continuations.

    Parameters: ``lines`` and ``groups`` as from `_joins_lines`, of ``document``; ``context``, whose
    language model is asked when the document has a paragraph without an end.
    """
    units = _units(lines, groups, document.text)
    openings = [u for u in units[:-1] if not u.tail.closed and _may_go_on(u)]
    if not openings:
        return
    candidates = _judge(units, [p for left in openings for p in _adjacent_pair(units, left)], context)
    settled = {c.left for c in candidates if c.fit.seam >= SETTLED_SEAM and c.fit.total >= SETTLED}
    restless = [left for left in openings if left.number not in settled and len(left.text) >= 0.7 * LONG]
    taken = {number + 1 for number in settled}
    candidates += _judge(units, list(_distant_pairs(units, restless, taken)), context)
    chosen = _assign(candidates)
    whole = {c.left for c in chosen} | {u.number for u in units if u.tail.closed}
    captions = _captions_inside(units, chosen)
    rivals = _Rivals(candidates, chosen)
    # Units that are joined to the next one now. One that has to move as well moves whole, in the next pass.
    growing: set[int] = set()
    for candidate in chosen:
        if candidate.right == candidate.left + 1:
            margin = rivals.margin(candidate)
            finding = _adjacent(units, candidate, margin, chosen, caption=candidate.left in captions)
            if finding is not None:
                if context.config.applies(finding.safety, finding.confidence):
                    growing.add(candidate.left)
                yield finding
    for candidate in chosen:
        if candidate.right != candidate.left + 1 and candidate.right not in growing:
            finding = _displaced(units, candidate, rivals.margin(candidate), whole, document.text)
            if finding is not None:
                yield finding


def _units(lines: list[Line], groups: list[Span], text: str) -> list[Unit]:
    units = []
    for number, group in enumerate(groups):
        head, tail = lines[group.start], lines[group.end - 1]
        units.append(Unit(number, head.start, tail.end, text[head.start : tail.end], head, tail))
    return units


def _may_go_on(unit: Unit) -> bool:
    """Whether a unit without a closing sign may be the first half of a sentence."""
    if len(unit.text) < 12 or is_capitals(unit.text):
        return False
    if starts_article(unit.text) and len(unit.text) <= HEADING_LENGTH:
        return False
    return unit.kind_of() in (Kind.PARAGRAPH, Kind.HEADING, Kind.LIST_ITEM, Kind.DIALOGUE)


def _may_be_rest(unit: Unit) -> bool:
    """Whether a unit may be the second half of a sentence, whatever its first letter."""
    if unit.head.item or not (unit.text[0].isalnum() or unit.text[0] in "\"“'‘("):
        return False
    return not is_table_line(unit.head.text) and unit.kind_of() in (Kind.PARAGRAPH, Kind.HEADING, Kind.BYLINE)


def _headless(unit: Unit) -> bool:
    return unit.case == "lower" and is_word(unit.text) and len(unit.text) >= 12 and _may_be_rest(unit)


def _judge(units: list[Unit], pairs: list[tuple[int, int]], context: Context) -> list[Candidate]:
    if not pairs:
        return []
    judged = fits([(units[i].text, units[j].text) for i, j in pairs], context.language)
    return [_candidate(units, i, j, fit) for (i, j), fit in zip(pairs, judged, strict=True)]


def _adjacent_pair(units: list[Unit], left: Unit) -> Iterator[tuple[int, int]]:
    if _neighbours(units, left, units[left.number + 1]):
        yield left.number, left.number + 1


def _distant_pairs(units: list[Unit], lefts: list[Unit], taken: set[int]) -> Iterator[tuple[int, int]]:
    """Units without an end, each with the units further down that begin in the middle of a sentence."""
    headless: dict[int, bool] = {}
    for left in lefts:
        first = left.number + 2
        for other in units[first : first + REACH_UNITS]:
            if other.start - left.end > REACH_CHARACTERS:
                break
            if other.head.gap < 2 or other.number in taken:
                continue
            if other.number not in headless:
                headless[other.number] = _headless(other) and len(other.text) >= LONG // 2
            if headless[other.number]:
                yield left.number, other.number


def _neighbours(units: list[Unit], left: Unit, right: Unit) -> bool:
    """Whether two units one after the other are worth asking about."""
    if broken_hyphen(left.text, right.text):
        return False
    if right.head.gap == 1:
        if min(len(left.text), len(right.text)) < LONG or not _headless(right):
            return False
        near = [u.head.text for u in units[max(0, left.number - 2) : left.number + 4]]
        return left.kind_of() in (Kind.PARAGRAPH, Kind.LIST_ITEM) and not is_verse(near)
    if right.case == "lower":
        return _headless(right)
    if right.case == "other" or left.kind_of() is Kind.LIST_ITEM or is_capitals(right.text[:40]):
        return False
    long = len(left.text) >= LONG or unclosed(left.text) != ""
    return long and len(right.text) >= LONG // 2 and _may_be_rest(right)


def _candidate(units: list[Unit], i: int, j: int, fit: Fit) -> Candidate:
    quotes = _quotes_agree(units[i].text, units[j].text)
    score = fit.total + (QUOTES_AGREE if quotes else 0.0) - DISTANCE_COST * (j - i - 1)
    if units[i].kind_of() is Kind.HEADING:
        score -= HEADING_COST
    return Candidate(i, j, fit, quotes, score)


def _quotes_agree(left: str, right: str) -> bool:
    """Whether the left text ends inside a quotation or bracket that the right text soon closes."""
    opened = unclosed(left[-400:])
    if not opened:
        return False
    closed = unopened(right[:200])
    pairs = {"(": ")", "[": "]", "{": "}", "“": "”", "«": "»", '"': '"'}
    return bool(closed) and pairs.get(opened[-1]) == closed[0]


def _assign(candidates: list[Candidate]) -> list[Candidate]:
    """One to one: the best pairs first. Pairs must not cross, except around whole paragraphs."""
    chosen: list[Candidate] = []
    lefts: set[int] = set()
    rights: set[int] = set()
    for candidate in sorted(candidates, key=lambda c: (-c.score, c.right - c.left, c.left)):
        if candidate.left in lefts or candidate.right in rights:
            continue
        chosen.append(candidate)
        lefts.add(candidate.left)
        rights.add(candidate.right)
    return sorted(chosen, key=lambda c: (c.left, c.right))


class _Rivals:
    """The candidates by each of their halves, to tell by how much a chosen pair is the best."""

    def __init__(self, candidates: list[Candidate], chosen: list[Candidate]) -> None:
        self.left_score = {c.left: c.score for c in chosen}
        self.right_score = {c.right: c.score for c in chosen}
        self.of_left: dict[int, list[Candidate]] = {}
        self.of_right: dict[int, list[Candidate]] = {}
        for candidate in candidates:
            self.of_left.setdefault(candidate.left, []).append(candidate)
            self.of_right.setdefault(candidate.right, []).append(candidate)

    def margin(self, candidate: Candidate) -> float:
        """By how much the pair beats the next best for either of its halves, in nats.

        A rival whose other half has found a better mate is none.
        """
        best = -99.0
        for other in self.of_left[candidate.left]:
            if other.right != candidate.right and self.right_score.get(other.right, -99.0) < other.score:
                best = max(best, other.score)
        for other in self.of_right[candidate.right]:
            if other.left != candidate.left and self.left_score.get(other.left, -99.0) < other.score:
                best = max(best, other.score)
        return candidate.score - best


def _safety(units: list[Unit], candidate: Candidate, margin: float) -> tuple[Safety, float] | None:
    """How sure a pair of neighbours is; None when it is not worth showing."""
    left, right = units[candidate.left], units[candidate.right]
    heading = left.kind_of() is Kind.HEADING or len(left.text) < LONG
    if right.case != "lower":
        return _before_capital(candidate, heading=heading)
    seam, total = candidate.fit.seam, candidate.fit.total
    if right.head.gap == 1:
        if seam >= 4 and total >= 10:
            return Safety.SAFE, 0.95
        return (Safety.UNSAFE, 0.75) if total >= 7 and seam >= 1.5 else None
    if heading:
        # A caption without a stop is likelier than a short first half, unless it cannot end where it does.
        sure = total >= 6 and (seam >= 4 or candidate.fit.open >= 7) and margin > -1
        return (Safety.SAFE, 0.96) if sure else (Safety.UNSAFE, 0.75) if total >= 5 and seam >= 2 else None
    if candidate.quotes or (total >= 2 and seam >= -2.5 and margin > -1):
        return Safety.SAFE, 0.98 if seam > 2 else 0.96
    return (Safety.UNSAFE, 0.8) if total >= 0 else None


def _before_capital(candidate: Candidate, *, heading: bool) -> tuple[Safety, float] | None:
    seam, total = candidate.fit.seam, candidate.fit.total
    if candidate.quotes and total >= 2:
        return Safety.SAFE, 0.97
    more = 2.0 if heading else 0.0
    if seam >= 4 + more and total >= 10 + 2 * more:
        return Safety.SAFE, 0.95
    return (Safety.UNSAFE, 0.75) if total >= 7 + 2 * more and seam >= 1.0 + more else None


def _captions_inside(units: list[Unit], chosen: list[Candidate]) -> set[int]:
    """Heading-like units that stand right behind a paragraph without an end that found no rest of its own.

    Such a unit is rather a caption inside that paragraph's sentence than the first half of another.
    """
    matched = {c.left for c in chosen}
    found: set[int] = set()
    for candidate in chosen:
        left = units[candidate.left]
        if left.kind_of() is not Kind.HEADING:
            continue
        for unit in units[max(0, left.number - 3) : left.number]:
            if unit.number in matched or unit.tail.closed or len(unit.text) < LONG:
                continue
            if unit.kind_of() in (Kind.PARAGRAPH, Kind.LIST_ITEM):
                found.add(left.number)
    return found


def _evidence(candidate: Candidate, margin: float) -> dict[str, float | bool]:
    return {
        "seam": round(candidate.fit.seam, 2),
        "open": round(candidate.fit.open, 2),
        "margin": round(margin, 2),
        "quotes_agree": candidate.quotes,
    }


def _adjacent(
    units: list[Unit], candidate: Candidate, margin: float, chosen: list[Candidate], *, caption: bool
) -> Finding | None:
    left, right = units[candidate.left], units[candidate.right]
    judged = _safety(units, candidate, margin)
    if judged is None:
        return None
    if caption:
        judged = min(judged, (Safety.UNSAFE, 0.7))
    edits = [Edit(Span(left.end, right.start), " ")]
    if right.head.pages:
        goes_on = {c.left: c.right for c in chosen if c.right == c.left + 1}
        last = candidate.right
        while last in goes_on:
            last = goes_on[last]
        # The page break moves behind the sentence, so that pages keep their number.
        end = units[last].end
        edits.append(Edit(Span(end, end), "\n" + "\f" * right.head.pages))
    return Finding(
        BROKEN_BLOCK,
        Span(left.start, right.end),
        f"a sentence broken over two blocks: “…{_clip_end(left.text)}” and “{_clip(right.text)}…”",
        tuple(edits),
        judged[1],
        judged[0],
        _evidence(candidate, margin),
    )


def _displaced(
    units: list[Unit], candidate: Candidate, margin: float, whole: set[int], text: str
) -> Finding | None:
    left, right = units[candidate.left], units[candidate.right]
    between = units[candidate.left + 1 : candidate.right]
    seam, total = candidate.fit.seam, candidate.fit.total
    complete = all(
        u.number in whole or u.kind_of() is not Kind.PARAGRAPH or len(u.text) < LONG for u in between
    )
    # A block in between that begins in mid-sentence itself, and goes on from nothing else, is a rival.
    fed = whole - {candidate.left}
    orphan = any(_headless(u) and u.number - 1 not in fed for u in between)
    if (
        complete
        and not orphan
        and margin >= 2
        and ((seam >= 1 and total >= 7) or (candidate.quotes and total >= 0))
    ):
        safety, confidence = Safety.SAFE, 0.95
    elif margin >= 0 and total >= 4:
        safety, confidence = Safety.UNSAFE, 0.75
    else:
        return None
    edits = _move(units, candidate, text)
    return Finding(
        DISPLACED_CONTINUATION,
        Span(right.start, right.end),
        f"the rest of the sentence “…{_clip_end(left.text)}”, {len(between)} blocks above",
        edits,
        confidence,
        safety if edits else Safety.DISPLAY,
        _evidence(candidate, margin) | {"blocks_between": len(between)},
    )


def _move(units: list[Unit], candidate: Candidate, text: str) -> tuple[Edit, ...]:
    """Edits that move the right unit up behind the left one; none where there is no room for them."""
    left, right = units[candidate.left], units[candidate.right]
    end, after = left.end, units[candidate.left + 1].start
    if after - end < 2:
        return ()
    # Of the white space after the left half, the first character becomes the space between the halves, and
    # the second takes its place too: two insertions at one place would get in each other's way.
    moved = (
        Edit(Span(end, end + 1), " "),
        Edit(Span(end + 1, end + 1), right.text, source=Span(right.start, right.end)),
        Edit(Span(end + 1, end + 2), text[end : end + 2]),
    )
    above = units[candidate.right - 1].end
    below = units[candidate.right + 1].start if candidate.right + 1 < len(units) else None
    gap_above = text[above : right.start]
    gap_below = text[right.end : below] if below is not None else ""
    keep_above = below is not None and (
        gap_above.count("\f") > 0 or gap_above.count("\n") > gap_below.count("\n")
    )
    if keep_above and "\f" in gap_below:
        taken = Span(right.start, right.end)
    elif keep_above:
        taken = Span(right.start, right.end + len(gap_below))
    else:
        taken = Span(above, right.end)
    return (*moved, Edit(taken, ""))


def _clip(text: str) -> str:
    return " ".join(text[:60].split()[:6])


def _clip_end(text: str) -> str:
    return " ".join(text[-60:].split()[-6:])
