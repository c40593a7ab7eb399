"""Which paragraphs may be halves of one sentence, and how likely each pair of them is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from ocrfix.detectors._joins_fit import Fit, fits, openness
from ocrfix.detectors._joins_lines import broken_hyphen, is_capitals
from ocrfix.detectors._joins_units import (
    LEAST,
    LONG,
    headless,
    may_be_rest,
    may_go_on,
    quotes_agree,
    sentence_inside,
)
from ocrfix.detectors._joins_weights import load_weights
from ocrfix.layout import HEADING_LENGTH, Kind, is_verse, unclosed, unopened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

    from ocrfix.detectors._joins_units import Unit
    from ocrfix.detectors._joins_weights import Weights
    from ocrfix.language_model import LanguageModel

__all__ = [
    "OPEN",
    "Pair",
    "among_rivals",
    "class_of",
    "continued",
    "features",
    "pairs_of",
    "places_of",
    "rival_rows",
    "shapes_of",
]

REACH_CAPITAL: Final = 12
"""How many paragraphs further down a rest that begins with a capital is looked for."""
REACH: Final = 40
"""How many paragraphs further down a rest that begins with a small letter is looked for."""
REACH_CHARACTERS: Final = 24_000
"""How far down a rest is looked for, in characters (about three newspaper pages)."""
MOST_RESTS: Final = 12
"""How many paragraphs that begin in mid-sentence are tried for one first half."""
OPEN: Final = 3.0
"""How unlikely a full stop must be, in nats, where a first half may have its rest anywhere. Of 1,800
headings, captions and entries without a full stop two thirds stay under it; of the ends of 10,000 sentences
cut at random 11 % do."""

PAGE: Final = 5
"""Paragraphs from which on the first one is rather a headline than the end of a column."""
LINES: Final = (Kind.HEADING, Kind.CAPTION, Kind.BYLINE)
"""What stands between halves rather than below a heading."""
IDLE: Final = -3.0
"""The log-odds under which another pair is no rival."""


class Shape(NamedTuple):
    """What a first half tells by itself."""

    open: float
    unclosed: str
    heading: bool
    strong: bool
    """Surely no heading, caption or entry: it is too long, a sentence ends inside it, or none ends so."""
    inside: bool
    """A sentence ends inside it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two paragraphs that may be one sentence.

    ``left`` and ``right`` are numbers of units; ``strong`` tells that the first half is surely no heading,
    caption or entry; ``score`` the log-odds, in nats, that they are one, all other
    pairs considered; ``alone`` the same by the two halves only; ``margin`` by how much ``alone`` is above
    that of the next best pair with one of the halves.
    """

    left: int
    right: int
    fit: Fit
    quotes: bool
    strong: bool
    alone: float = 0.0
    score: float = 0.0
    margin: float = 0.0

    @property
    def probability(self) -> float:
        """The probability that belongs to the score."""
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.score))))


def _in_mid_sentence(units: list[Unit], number: int) -> bool:
    """Whether a unit begins in the middle of a sentence; below a lone letter it does not."""
    above = units[number - 1].text
    return headless(units[number]) and not (len(above) == 1 and above.isalpha())


def continued(units: list[Unit], number: int) -> bool:
    """Whether the unit right below begins in the middle of a sentence, as the rest of this one would."""
    return number + 1 < len(units) and _in_mid_sentence(units, number + 1)


def pairs_of(units: list[Unit], anew: AbstractSet[int], language: LanguageModel) -> list[Pair]:
    """Every pair worth a look, with its scores.

    Parameters: ``units``, the paragraphs of a document; ``anew``, the numbers of those that have lost their
    first letter, and so begin a sentence; ``language``, the model to ask: once for the ends of
    the first halves, once for all the seams.
    """
    shapes = shapes_of(units, language)
    places = places_of(units, shapes, anew)
    if not places:
        return []
    judged = fits([(units[i].open_text, units[j].text) for i, j in places], language)
    weights = load_weights()
    found = []
    for (i, j), fit in zip(places, judged, strict=True):
        row = features(units, i, j, fit, shapes[i])
        alone = weights.alone["always"] + sum(weights.alone[name] * value for name, value in row.items())
        found.append(Pair(i, j, fit, bool(row["quotes"]), shapes[i].strong, alone))
    return among_rivals(units, found, shapes, weights)


def shapes_of(units: list[Unit], language: LanguageModel) -> dict[int, Shape]:
    """The units that may be first halves, by number."""
    lefts = [u for u in units[:-1] if (not u.closed or _only_seems_closed(units, u)) and may_go_on(u)]
    whole = len(units) >= PAGE and not any(_in_mid_sentence(units, n) for n in range(1, len(units)))
    if whole and lefts and not lefts[0].number:
        # The headline may look open; below it every paragraph begins as it should.
        lefts = lefts[1:] if _is_plain_heading(lefts[0]) else lefts
    if not lefts:
        return {}
    ends = openness([u.open_text for u in lefts], language)
    return {u.number: _shape(u, end) for u, end in zip(lefts, ends, strict=True)}


def _only_seems_closed(units: list[Unit], unit: Unit) -> bool:
    """Whether a unit with a closing sign may be a first half all the same.

    It is when the sign may be a stain, or a semicolon inside a sentence and not at the end of an entry, and
    what stands below begins in mid-sentence, or with it as a box may stand between, a unit further down.
    """
    if unit.stained:
        return _in_mid_sentence(units, unit.number + 1)
    if unit.text[-1] != ";" or unit.head.item or len(unit.text) < LONG:
        return False
    near = units[max(0, unit.number - 1) : unit.number] + units[unit.number + 1 : unit.number + 2]
    return sentence_inside(unit.text) and not any(u.text[-1] in ";:" or u.head.item for u in near)


def _is_plain_heading(unit: Unit) -> bool:
    text = unit.text
    return (
        unit.kind_of() is Kind.HEADING
        and text[-1] != ","
        and not sentence_inside(text)
        and not unclosed(text)
    )


def _shape(unit: Unit, end: float) -> Shape:
    text = unit.text
    opened = unclosed(text[-400:])
    comma = text[-1] == ","
    inside = sentence_inside(text[-600:])
    strong = (
        inside
        or comma
        or len(text) > HEADING_LENGTH
        or end > (OPEN + 1.0 if len(text) >= LONG else 2.2 * OPEN)
    )
    return Shape(end, opened, unit.kind_of() is Kind.HEADING and not strong, strong, inside)


def places_of(units: list[Unit], shapes: dict[int, Shape], anew: AbstractSet[int]) -> list[tuple[int, int]]:
    """The numbers of all pairs of units that may be one sentence."""
    known: dict[int, bool] = {}

    def rest(unit: Unit) -> bool:
        if unit.number not in known:
            known[unit.number] = unit.number not in anew and _in_mid_sentence(units, unit.number)
        return known[unit.number]

    return [
        place
        for i, shape in shapes.items()
        if not _is_headline(i, shape)
        for place in _places(units, units[i], shape, rest)
    ]


def _is_headline(number: int, shape: Shape) -> bool:
    """Whether the first unit of a document is its headline, to which no half sentence belongs."""
    return number == 0 and shape.heading and shape.open < OPEN and not shape.unclosed


def _places(
    units: list[Unit], left: Unit, shape: Shape, rest: Callable[[Unit], bool]
) -> Iterator[tuple[int, int]]:
    """The units that may go on from ``left``; ``rest`` tells which begin in the middle of a sentence."""
    following = left.number + 1
    if _is_entry(units, left):
        return
    if _neighbours(units, left, units[following], shape, rest):
        yield left.number, following
    reach = REACH
    if len(left.text) < 0.7 * LONG and shape.open < OPEN and not shape.strong:
        # So short an end may be an entry; its rest is looked for below one box or heading only.
        reach = 2
    doubt = 0.0 if len(left.text) >= LONG else 1.0
    anywhere = shape.strong or shape.open >= OPEN + doubt or shape.unclosed != ""
    rests = 0
    for right in units[following + 1 : following + 1 + reach]:
        if right.start - left.end > REACH_CHARACTERS or rests >= MOST_RESTS:
            break
        if right.head.gap < 2:
            continue
        if right.case == "lower":
            if rest(right):
                rests += 1
                yield left.number, right.number
        elif anywhere and right.number <= following + REACH_CAPITAL and _capital_rest(right, shape):
            yield left.number, right.number


def _is_entry(units: list[Unit], left: Unit) -> bool:
    """Whether a unit is a line of a verse or a list without stops, below another one."""
    if not left.number:
        return False
    above = units[left.number - 1]
    if left.head.item and above.head.item and not above.tail.closed:
        return True
    return left.head.gap == 1 and max(len(left.text), len(above.text)) < LONG


def _capital_rest(right: Unit, shape: Shape) -> bool:
    if right.case not in ("upper", "digit") or is_capitals(right.text[:40]):
        return False
    if len(right.text) < LEAST or (len(right.text) < LONG // 2 and not right.tail.closed):
        return False
    # "7) cho biết" after an open bracket is no list item.
    return may_be_rest(right) or (right.head.item and shape.unclosed[-1:] == "(" and ")" in right.text[:4])


def _neighbours(
    units: list[Unit], left: Unit, right: Unit, shape: Shape, rest: Callable[[Unit], bool]
) -> bool:
    """Whether two units one after the other are worth asking about."""
    if broken_hyphen(left.text, right.text):
        return False
    if right.head.gap == 1:
        if min(len(left.text), len(right.text)) < LONG or not rest(right):
            return False
        near = [u.head.text for u in units[max(0, left.number - 2) : left.number + 4]]
        return left.kind_of() in (Kind.PARAGRAPH, Kind.LIST_ITEM) and not is_verse(near)
    if right.case == "lower":
        return rest(right)
    if left.kind_of() is Kind.LIST_ITEM:
        return False
    likely = len(left.text) >= LONG or shape.open >= OPEN + 1.0 or shape.unclosed != ""
    return likely and _capital_rest(right, shape)


def features(units: list[Unit], i: int, j: int, fit: Fit, shape: Shape) -> dict[str, float]:
    """What speaks for and against a pair, taken by itself: numbers to be weighed by `Weights.alone`."""
    left, right = units[i], units[j]
    small = float(right.case == "lower")
    quotes = shape.unclosed != "" and quotes_agree(left.text, right.text)
    seam = max(-5.0, min(12.0, fit.seam))
    length = len(left.text)
    between = units[i + 1 : j]
    return {
        "small": small,
        "figure": float(right.case == "digit"),
        "seam": seam,
        "small seam": small * seam,
        "open": max(0.0, min(10.0, fit.open)),
        "quotes": float(quotes),
        "never closed": float(shape.unclosed != "" and not quotes),
        "never opened": float(not quotes and unopened(right.text[:300]) != ""),
        "distance": math.log1p(j - i - 1),
        "length": min(length, HEADING_LENGTH) / HEADING_LENGTH,
        "more length": max(0, min(2 * HEADING_LENGTH, length) - HEADING_LENGTH) / HEADING_LENGTH,
        "heading": float(shape.heading),
        "rest closed": float(right.tail.closed),
        "rest length": min(len(right.text), HEADING_LENGTH) / HEADING_LENGTH,
        "headings between": float(sum(u.kind_of() is Kind.HEADING for u in between)),
        "comma": float(left.text[-1] == ","),
        "semicolon": float(left.text[-1] == ";"),
        "stain": float(left.stained),
        "inside": float(shape.inside),
        "inner comma": float(not shape.strong and ", " in left.text),
        "last small": float(not shape.strong and left.text.rsplit(maxsplit=1)[-1].islower()),
        "first": float(i == 0 and not shape.strong),
        "heading open": shape.heading * max(0.0, min(10.0, fit.open)),
        "line below": float(bool(between) and between[0].kind_of() in LINES),
        "text below heading": float(
            shape.heading and bool(between) and len(between[0].text) >= LONG and between[0].closed
        ),
        "orphan": float(j > i + 1 and units[j - 1].tail.closed),
        "echo": float(_echoes(left.text, right.text)),
        "topic": float(min(4, len(_around(units, i - 1, i + 1) & _around(units, j, j + 2)))),
        "names": float(min(3, len(left.names() & right.names()))),
    }


def _around(units: list[Unit], start: int, end: int) -> frozenset[tuple[str, str]]:
    """What a few units are about."""
    return frozenset[tuple[str, str]]().union(*(u.subjects() for u in units[max(0, start) : end]))


def _echoes(left: str, right: str) -> bool:
    """Whether the two words at the seam stand side by side in one of the halves as well."""
    both = f" {left[-40:].rsplit(maxsplit=1)[-1]} {right[:40].split(maxsplit=1)[0].rstrip(',.;:')}"
    return len(both) > 5 and (both in left or both in right)


def among_rivals(
    units: list[Unit], found: list[Pair], shapes: dict[int, Shape], weights: Weights
) -> list[Pair]:
    """The pairs with the scores that they have among all others."""
    out = []
    for pair, values, margin in rival_rows(units, found, shapes):
        mine = weights.rivals[class_of(units, pair)]
        score = mine["always"] + sum(mine[name] * value for name, value in values.items())
        out.append(replace(pair, score=score, margin=margin))
    return out


def class_of(units: list[Unit], pair: Pair) -> str:
    """Which weights hold for a pair: neighbours or not, a small letter or not."""
    return ("near" if pair.right == pair.left + 1 else "far") + (
        " small" if units[pair.right].case == "lower" else " capital"
    )


def rival_rows(
    units: list[Unit], found: list[Pair], shapes: dict[int, Shape]
) -> Iterator[tuple[Pair, dict[str, float], float]]:
    """Each pair with what the others say of it, to be weighed by the class, and its margin."""
    of_left: dict[int, list[Pair]] = {}
    of_right: dict[int, list[Pair]] = {}
    for pair in found:
        of_left.setdefault(pair.left, []).append(pair)
        of_right.setdefault(pair.right, []).append(pair)
    halves = [0] * (len(units) + 1)
    rests = [0] * (len(units) + 1)
    for number in range(len(units)):
        halves[number + 1] = halves[number] + (number in shapes and shapes[number].strong)
        rests[number + 1] = rests[number] + (number in of_right and units[number].case == "lower")
    for pair in found:
        values, margin = _rival_features(units, pair, of_left[pair.left], of_right[pair.right], shapes)
        values["halves between"] = float(min(2, halves[pair.right] - halves[pair.left + 1]))
        values["rests between"] = float(min(2, rests[pair.right] - rests[pair.left + 1]))
        yield pair, values, margin


def _rival_features(
    units: list[Unit], pair: Pair, of_left: list[Pair], of_right: list[Pair], shapes: dict[int, Shape]
) -> tuple[dict[str, float], float]:
    """What the other pairs of its halves say of a pair, and its margin."""
    best_left = best_seam = best_right = best_fit = -9.0
    small = 0
    for other in of_left:
        if other.right != pair.right:
            best_left = max(best_left, other.alone)
            best_seam = max(best_seam, other.fit.seam)
            small += units[other.right].case == "lower"
    for other in of_right:
        if other.left != pair.left:
            best_right = max(best_right, other.alone)
            if shapes[other.left].strong:
                best_fit = max(best_fit, other.fit.total)
    shape = shapes[pair.left]
    return {
        "alone": pair.alone,
        "left rival": best_left,
        "left rival seam": best_seam,
        "right rival": best_right,
        "right rival fit": best_fit,
        "no left rival": float(best_left < IDLE),
        "no right rival": float(best_right < IDLE),
        "small rivals": float(min(small, 3)),
        "strong": float(shape.strong),
        "heading": float(shape.heading),
        "seam": max(-5.0, min(12.0, pair.fit.seam)),
        "quotes": float(pair.quotes),
        "continued": float(pair.right > pair.left + 1 and continued(units, pair.left)),
    }, pair.alone - max(best_left, best_right)
