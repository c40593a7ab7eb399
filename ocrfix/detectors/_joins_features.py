"""What speaks for and against two paragraphs being one sentence, as numbers to be weighed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ocrfix.detectors._joins_topics import TOPICS
from ocrfix.detectors._joins_units import LONG, headless, quotes_agree
from ocrfix.layout import HEADING_LENGTH, Kind, unopened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ocrfix._network import F64, Network
    from ocrfix.detectors._joins_fit import Fit
    from ocrfix.detectors._joins_units import Unit

__all__ = [
    "NAMES",
    "OWN",
    "Pair",
    "Shape",
    "among_rivals",
    "class_of",
    "continued",
    "ends_article",
    "features",
    "in_mid_sentence",
    "is_headline",
    "rival_rows",
    "scores",
    "whole_rows",
]

LINES: Final = (Kind.HEADING, Kind.CAPTION, Kind.BYLINE)
"""What stands between halves rather than below a heading."""
IDLE: Final = -3.0
"""The log-odds under which another pair is no rival."""
SHORT: Final = 42
"""Characters under which a first half may be an entry or a heading inside an article."""
NONE: Final = -4.0
"""The log-odds, in nats, that a half belongs to none of the others."""
TURNS: Final = 12
"""How often both sides of the assignment take their turn."""
ALONE_STRONG: Final = 0.02
ALONE_WEAK: Final = 1.0
ALONE_SMALL: Final = 0.02
ALONE_CAPITAL: Final = 1.0
"""What a half weighs, beside its pairs' odds, that stays alone: one that is surely a first half, one that is
perhaps a heading, a rest that begins with a small letter, and one with a capital."""
MANY: Final = 40
"""Paragraphs that count of a document."""
LEAST_CHANCE: Final = 1e-9
"""The least probability that is told."""

OWN: Final = (
    "small",
    "figure",
    "seam",
    "small seam",
    "open",
    "quotes",
    "never closed",
    "never opened",
    "distance",
    "length",
    "more length",
    "heading",
    "rest closed",
    "rest length",
    "headings between",
    "comma",
    "semicolon",
    "stain",
    "inside",
    "inner comma",
    "last small",
    "first",
    "heading open",
    "line below",
    "text below heading",
    "orphan",
    "echo",
    "topic",
    "names",
    "short",
    "entry",
    "headline",
    "ends between",
    "parallel",
    "half small",
    "above open",
    "small below",
)
"""What `features` gives."""
RIVALS: Final = (
    "alone",
    "left rival",
    "left rival seam",
    "right rival",
    "right rival fit",
    "no left rival",
    "no right rival",
    "small rivals",
    "share of left",
    "share of right",
    "strong rivals",
    "weak beside strong",
    "strong",
    "continued",
    "halves between",
    "orphans",
    "rests between",
    "matched",
)
"""What `rival_rows` gives."""
NAMES: Final = (*OWN, *TOPICS, *RIVALS, "near", "blocks")
"""All that the network is asked with, in its order."""


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
    that of the next best pair with one of the halves; ``loss`` by how much the scores of the pairs that are
    chosen fall together when this one is not.
    """

    left: int
    right: int
    fit: Fit
    quotes: bool
    strong: bool
    alone: float = 0.0
    score: float = 0.0
    margin: float = 0.0
    loss: float = 0.0

    @property
    def probability(self) -> float:
        """The probability that belongs to the score."""
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.score))))


def in_mid_sentence(units: list[Unit], number: int) -> bool:
    """Whether a unit begins in the middle of a sentence; below a lone letter it does not."""
    above = units[number - 1].text
    return headless(units[number]) and not (len(above) == 1 and above.isalpha())


def continued(units: list[Unit], number: int) -> bool:
    """Whether the unit right below begins in the middle of a sentence, as the rest of this one would."""
    return number + 1 < len(units) and in_mid_sentence(units, number + 1)


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
        "short": max(0, SHORT - length) / SHORT,
        "entry": float(left.kind_of() is Kind.LIST_ITEM),
        "headline": float(is_headline(units, i)),
        "ends between": float(min(2, sum(ends_article(units, n) for n in range(i + 2, j)))),
        "parallel": float(left.text[:40].split(maxsplit=1)[0] == right.text[:40].split(maxsplit=1)[0]),
        "half small": float(left.case == "lower"),
        "above open": float(i > 0 and not units[i - 1].closed),
        "small below": float(continued(units, j)),
    }


def is_headline(units: list[Unit], number: int) -> bool:
    """Whether a unit looks like a heading, and a whole paragraph stands below it."""
    if units[number].kind_of() is not Kind.HEADING or number + 1 == len(units):
        return False
    below = units[number + 1]
    return below.closed and len(below.text) >= LONG and below.case != "lower"


def ends_article(units: list[Unit], number: int) -> bool:
    """Whether a unit is a byline or a date line below a finished one."""
    return units[number].kind_of() in (Kind.BYLINE, Kind.DATE_LINE) and units[number - 1].closed


def _around(units: list[Unit], start: int, end: int) -> frozenset[tuple[str, str]]:
    """What a few units are about."""
    return frozenset[tuple[str, str]]().union(*(u.subjects() for u in units[max(0, start) : end]))


def _echoes(left: str, right: str) -> bool:
    """Whether the two words at the seam stand side by side in one of the halves as well."""
    both = f" {left[-40:].rsplit(maxsplit=1)[-1]} {right[:40].split(maxsplit=1)[0].rstrip(',.;:')}"
    return len(both) > 5 and (both in left or both in right)


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
    lefts = {number: _Rivals(some, units, shapes) for number, some in of_left.items()}
    rights = {number: _Rivals(some, units, shapes) for number, some in of_right.items()}
    for pair, share in zip(found, _matched(units, found), strict=True):
        values, margin = _rival_features(units, pair, lefts[pair.left], rights[pair.right], shapes)
        values["halves between"] = float(min(2, halves[pair.right] - halves[pair.left + 1]))
        values["orphans"] = float(min(3, rests[-1] - 1)) if units[pair.right].case == "lower" else 0.0
        values["rests between"] = float(min(2, rests[pair.right] - rests[pair.left + 1]))
        values["matched"] = share
        yield pair, values, margin


def _matched(units: list[Unit], found: list[Pair]) -> list[float]:
    """The log-odds, in nats, of each pair when every half goes with one other or stays alone.

    Shares of a soft assignment: each half's shares, that of staying alone among them, are brought to a sum
    of one, in turn on both sides (Sinkhorn and Knopp 1967).
    """
    weights = [math.exp(min(15.0, pair.alone)) for pair in found]
    lefts = {pair.left: 1.0 for pair in found}
    rights = {pair.right: 1.0 for pair in found}
    strong = {pair.left: pair.strong for pair in found}
    for _ in range(TURNS):
        sums = {number: ALONE_STRONG if strong[number] else ALONE_WEAK for number in lefts}
        for pair, weight in zip(found, weights, strict=True):
            sums[pair.left] += rights[pair.right] * weight
        lefts = {number: 1.0 / total for number, total in sums.items()}
        sums = {number: ALONE_SMALL if units[number].case == "lower" else ALONE_CAPITAL for number in rights}
        for pair, weight in zip(found, weights, strict=True):
            sums[pair.right] += lefts[pair.left] * weight
        rights = {number: 1.0 / total for number, total in sums.items()}
    out = []
    for pair, weight in zip(found, weights, strict=True):
        share = min(1.0 - LEAST_CHANCE, max(LEAST_CHANCE, lefts[pair.left] * weight * rights[pair.right]))
        out.append(max(-8.0, min(8.0, math.log(share / (1.0 - share)))))
    return out


_FARTHEST: Final = -9.0


class _Rivals:
    """The pairs that share one half, so summed up that what the others say of each takes no second look."""

    def __init__(self, pairs: list[Pair], units: list[Unit], shapes: dict[int, Shape]) -> None:
        self._alone = sorted((p.alone for p in pairs), reverse=True)[:2]
        self._seam = sorted((p.fit.seam for p in pairs), reverse=True)[:2]
        self._weight = sum(math.exp(p.alone) for p in pairs)
        strong = [p for p in pairs if shapes[p.left].strong]
        self._fit = sorted((p.fit.total for p in strong), reverse=True)[:2]
        self.strong = len(strong)
        self.small = sum(units[p.right].case == "lower" for p in pairs)

    @staticmethod
    def _best(two: list[float], own: float) -> float:
        others = two[1:] if two and two[0] == own else two
        return max(_FARTHEST, others[0]) if others else _FARTHEST

    def alone(self, pair: Pair) -> float:
        """The best log-odds of the others."""
        return self._best(self._alone, pair.alone)

    def seam(self, pair: Pair) -> float:
        """The best seam of the others."""
        return self._best(self._seam, pair.fit.seam)

    def fit(self, pair: Pair, *, strong: bool) -> float:
        """The best fit of the others with a strong first half; ``strong``: whether this one has such."""
        return self._best(self._fit, pair.fit.total if strong else math.inf)

    def share(self, pair: Pair) -> float:
        """The pair's log-odds against all others and none, in nats."""
        others = max(0.0, self._weight - math.exp(pair.alone)) + math.exp(NONE)
        return max(-8.0, min(8.0, pair.alone - math.log(others)))


def _rival_features(
    units: list[Unit], pair: Pair, of_left: _Rivals, of_right: _Rivals, shapes: dict[int, Shape]
) -> tuple[dict[str, float], float]:
    """What the other pairs of its halves say of a pair, and its margin."""
    shape = shapes[pair.left]
    best_left, best_right = of_left.alone(pair), of_right.alone(pair)
    small = of_left.small - (units[pair.right].case == "lower")
    strong = of_right.strong - shape.strong
    return {
        "alone": pair.alone,
        "left rival": best_left,
        "left rival seam": of_left.seam(pair),
        "right rival": best_right,
        "right rival fit": of_right.fit(pair, strong=shape.strong),
        "no left rival": float(best_left < IDLE),
        "no right rival": float(best_right < IDLE),
        "small rivals": float(min(small, 3)),
        "share of left": of_left.share(pair),
        "share of right": of_right.share(pair),
        "strong rivals": float(min(strong, 3)),
        "weak beside strong": float(strong > 0 and not shape.strong),
        "strong": float(shape.strong),
        "continued": float(pair.right > pair.left + 1 and continued(units, pair.left)),
    }, pair.alone - max(best_left, best_right)


def whole_rows(
    units: list[Unit], found: list[Pair], rows: Sequence[Mapping[str, float]], shapes: dict[int, Shape]
) -> tuple[list[list[float]], list[float]]:
    """All that is known of each pair, in the order of `NAMES`, and the margins.

    Parameters: ``rows``, what the halves of each pair tell, see `features` and `Topics.features`.
    """
    whole, margins = [], []
    for row, (pair, values, margin) in zip(rows, rival_rows(units, found, shapes), strict=True):
        near = float(pair.right == pair.left + 1)
        whole.append([*row.values(), *values.values(), near, min(MANY, len(units)) / MANY])
        margins.append(margin)
    return whole, margins


def among_rivals(
    units: list[Unit],
    found: list[Pair],
    rows: Sequence[Mapping[str, float]],
    shapes: dict[int, Shape],
    network: Network,
) -> list[Pair]:
    """The pairs with the scores that they have among all others."""
    whole, margins = whole_rows(units, found, rows, shapes)
    odds = scores(network, np.array(whole))
    return [replace(p, score=s, margin=m) for p, s, m in zip(found, odds, margins, strict=True)]


def scores(network: Network, table: F64) -> list[float]:
    """The log-odds, in nats, that the network gives to rows of features."""
    chances = network(table).clip(LEAST_CHANCE, 1.0 - LEAST_CHANCE)
    return [float(odds) for odds in np.log(chances / (1.0 - chances))]
