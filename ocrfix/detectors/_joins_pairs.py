"""Which paragraphs may be halves of one sentence, and how likely each pair of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocrfix.detectors._joins_features import Pair, Shape, among_rivals, features, in_mid_sentence
from ocrfix.detectors._joins_fit import fits, openness
from ocrfix.detectors._joins_lines import broken_hyphen, is_capitals
from ocrfix.detectors._joins_topics import Topics
from ocrfix.detectors._joins_units import (
    LEAST,
    LONG,
    may_be_rest,
    may_go_on,
    sentence_inside,
)
from ocrfix.detectors._joins_weights import load_weights, weighed
from ocrfix.layout import HEADING_LENGTH, Kind, is_verse, unclosed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from ocrfix.detectors._joins_units import Unit
    from ocrfix.language_model import LanguageModel

__all__ = ["OPEN", "glanced", "pairs_of", "places_of", "shapes_of"]

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

LEAST_GLANCE: Final = -6.0
"""The log-odds, in nats, by form and seam alone, from which a pair is looked at. Of the true pairs 99 % reach
it, of the others a fifth."""
LEAST_BEST: Final = -4.5
"""What the best pair of a document must reach."""
PAGE: Final = 5
"""Paragraphs from which on the first one is rather a headline than the end of a column."""


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
    weights = load_weights()
    judged = fits([(units[i].open_text, units[j].text) for i, j in places], language)
    rows = [features(units, i, j, fit, shapes[i]) for (i, j), fit in zip(places, judged, strict=True)]
    kept = glanced(rows, weights.glance)
    if not kept:
        return []
    topics = Topics(units, language)
    found, whole = [], []
    for k in kept:
        i, j = places[k]
        row = rows[k] | topics.features(i, j)
        whole.append(row)
        alone = weighed(weights.alone, row)
        found.append(Pair(i, j, judged[k], bool(row["quotes"]), shapes[i].strong, alone))
    return among_rivals(units, found, whole, shapes, weights.network)


def glanced(rows: Sequence[Mapping[str, float]], weights: Mapping[str, float]) -> list[int]:
    """The numbers of the pairs that are worth a closer look; none when none is likely enough to be shown."""
    odds = [weighed(weights, row) for row in rows]
    if max(odds) < LEAST_BEST:
        return []
    return [k for k, value in enumerate(odds) if value >= LEAST_GLANCE]


def shapes_of(units: list[Unit], language: LanguageModel) -> dict[int, Shape]:
    """The units that may be first halves, by number."""
    lefts = [u for u in units[:-1] if (not u.closed or _only_seems_closed(units, u)) and may_go_on(u)]
    whole = len(units) >= PAGE and not any(in_mid_sentence(units, n) for n in range(1, len(units)))
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
        return in_mid_sentence(units, unit.number + 1)
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
            known[unit.number] = unit.number not in anew and in_mid_sentence(units, unit.number)
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
    doubt = 0.0 if len(left.text) >= LONG else 1.0
    anywhere = shape.strong or shape.open >= OPEN + doubt or shape.unclosed != ""
    rests = 0
    for right in units[following + 1 : following + 1 + REACH]:
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
    if left.kind_of() is Kind.LIST_ITEM or (left.text[-1] == "," and len(left.text) < LONG):
        return False  # an entry, or a salutation
    likely = len(left.text) >= LONG or shape.open >= OPEN + 1.0 or shape.unclosed != ""
    return likely and _capital_rest(right, shape)
