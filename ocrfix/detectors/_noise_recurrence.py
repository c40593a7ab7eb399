"""How likely it is that lines which come back, or numbers that go up, are the furniture of pages.

What speaks for it is put into numbers (`group_traits`, `chain_traits`) and weighed by a logistic regression.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import accumulate, pairwise
from math import exp, log2
from statistics import fmean, median, pstdev
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from ocrfix._data import data_path
from ocrfix.detectors._noise_groups import SIMILAR, core, counted, is_heading, opens_part, signs, strong_signs
from ocrfix.detectors._noise_lines import Sheet, running

__all__ = [
    "KINDS",
    "Border",
    "Company",
    "Rhythm",
    "Scene",
    "Steps",
    "chain_traits",
    "closes",
    "fragment",
    "furniture_weights",
    "group_traits",
    "likelihood",
]

_FEW: Final = 256  # sure lines up to which every row's own lines count for what is usual
_MOST: Final = 16  # copies from which on more of them say nothing new
_STOPS: Final = ".!?…:;"
_FULL: Final = 0.75  # share of a block's width that a full line of it fills
_NEAR: Final = 4  # lines on each side that tell how wide a block is
_PAGE: Final = (350, 9000)  # characters of the text of a page
_LEAST: Final = 0.5  # the shortest page as a share of the usual one
_LONG: Final = 80  # characters of a line that is more often a sentence than a header
_SENTENCE: Final = re.compile(r"[^\W\d_]{3}[.!?…;] +[^\W\d_]{2}|[^\W\d_], [^\W\d_]")
_UPPER: Final = 0.85  # share of capitals among the letters of lines that are written in them
_YEARS: Final = range(1500, 2101)

KINDS: Final = ("chain", "chain paged", "group", "group paged")
"""Rows of numbers that go up, of lines that are alike; where page breaks are not known and where they are."""


@cache
def furniture_weights() -> Mapping[str, Mapping[str, float]]:
    """The learned weights of traits by kind, in natural logs.

    >>> sorted(furniture_weights()) == sorted(KINDS)
    True
    """
    table: dict[str, dict[str, float]] = json.loads(data_path("vi", "furniture.json").read_text("utf-8"))[
        "weights"
    ]
    return table


class Border(NamedTuple):
    """Neighbouring lines that may be furniture, and what they part."""

    lines: range
    broken: bool
    """A sentence goes on behind them."""
    prose: bool
    """Nothing but running text (or the document's end) beside them."""


class Rhythm:
    """How evenly all lines that may be furniture part the text."""

    def __init__(self, sheet: Sheet, borders: Iterable[Border]) -> None:
        starts = sorted({b.lines.start: b.lines.stop for b in borders}.items())
        gaps = [sheet.lines[b].start - sheet.lines[a - 1].end for (_, a), (b, _) in pairwise(starts)]
        usual = median(gaps) if gaps else 0.0
        fits = [_LEAST * usual <= g <= usual / _LEAST and g >= _PAGE[0] for g in gaps]
        self._even = {start: float(all(fits[max(0, i - 1) : i + 1])) for i, (start, _) in enumerate(starts)}
        self._known = len(gaps) > 1

    def share(self, borders: Iterable[Border]) -> float:
        """The share of the borders that stand at a usual distance from those next to them."""
        return fmean([self._even[b.lines.start] for b in borders]) if self._known else 0.0


class Steps:
    """Lines that are furniture for sure, and the even steps in which they part the text.

    Parameters: ``sure``, such lines, in order.
    """

    def __init__(self, sheet: Sheet, sure: Sequence[int]) -> None:
        self._sheet, self._sure = sheet, sure
        self._many = _usual([sheet.lines[i].start for i in sure]) if len(sure) > _FEW else None

    def share(self, lines: Sequence[int], without: AbstractSet[int]) -> float:
        """The share of lines that stand where furniture lacks that parts the text evenly.

        ``without`` are lines that do not count as sure; fewer than two sure lines show nothing. Beside many
        sure lines a few more do not change what is usual.
        """
        if len(self._sure) > _FEW:
            return self._share(self._sure, lines, self._many)
        sure = [i for i in self._sure if i not in without]
        if len(sure) < 2:
            return 0.0
        order = sorted({*sure, *lines})
        return self._share(order, lines, _usual([self._sheet.lines[i].start for i in order]))

    def _share(self, order: Sequence[int], lines: Sequence[int], usual: float | None) -> float:
        if usual is None:
            return 0.0
        good = 0
        for place, index in enumerate(lines):
            at = bisect_left(order, index)
            left = [*order[max(0, at - 1) : at], *lines[max(0, place - 1) : place]]
            at += at < len(order) and order[at] == index
            right = [*order[at : at + 1], *lines[place + 1 : place + 2]]
            beside = [max(left)] if left else []
            beside += [min(right)] if right else []
            gaps = [abs(self._sheet.lines[i].start - self._sheet.lines[index].start) for i in beside]
            good += all(_LEAST * usual <= gap <= usual / _LEAST for gap in gaps)
        return good / len(lines)


def _usual(starts: Sequence[int]) -> float | None:
    """The usual distance of places that are a page or more apart, None if none are."""
    gaps = [b - a for a, b in pairwise(starts) if b - a >= _PAGE[0]]
    return median(gaps) if gaps else None


class Company:
    """Lines that speak for those beside them.

    Parameters: how many ``lines`` the document has; ``which`` of them do.
    """

    def __init__(self, lines: int, which: AbstractSet[int]) -> None:
        self._which = which
        self._before = [0, *accumulate(i in which for i in range(lines))]

    def share(self, lines: Sequence[int], around: Sequence[Border]) -> float:
        """The share of lines that stand between the same borders as others that do, ``lines`` left out."""
        own = Counter(b.lines.start for i, b in zip(lines, around, strict=True) if i in self._which)
        return sum(
            self._before[b.lines.stop] - self._before[b.lines.start] > own[b.lines.start] for b in around
        ) / len(lines)


class Scene(NamedTuple):
    """What is known of all lines that may be furniture."""

    borders: Mapping[int, Border]
    company: Company
    rhythm: Rhythm


def _width(sheet: Sheet, index: int) -> int:
    own = sheet.ranges[sheet.lines[index].block]
    near = range(max(own.start, index - _NEAR), min(own.stop, index + _NEAR + 1))
    return max((len(sheet.lines[i].text) for i in near if i != index), default=0)


def fragment(sheet: Sheet, index: int, border: Border) -> bool:
    r"""Whether the sentence before or behind a line needs it: it is a piece of running text.

    >>> from ocrfix.document import Document
    >>> text = "Hội đã họp bàn việc nước tưới.\nNgoài các việc quy định tại\nđiều lệ, hội viên góp công."
    >>> [fragment(Sheet(Document(text)), i, Border(range(i, i + 1), False, True)) for i in range(3)]
    [False, True, True]
    """
    lines = sheet.lines
    line = lines[index]
    own = sheet.ranges[line.block]
    inner = own.start < index < own.stop - 1
    full = inner and len(line.text) >= _FULL * _width(sheet, index)
    if full:
        left, right = index - 1, index + 1
    else:
        left, right = border.lines.start - 1, border.lines.stop
    opens = left >= 0 and lines[left].text[-1] not in _STOPS and running(sheet, left, -1)
    goes = right < len(lines) and lines[right].text[0].islower() and lines[right].text[1:2] not in (")", ".")
    if opens and goes:
        return inner and (full or line.text[0].islower())
    if goes and line.text[-1] not in _STOPS and right in own:
        return True
    return opens and line.text[0].islower() and left in own


def closes(sheet: Sheet, index: int) -> bool:
    r"""Whether a line ends a paragraph that the line before it, in the same block, left unfinished.

    >>> from ocrfix.document import Document
    >>> closes(Sheet(Document("Các hãng được phép bay từ sân bay này đến\nVictoria từ 8/10\n\nGiá vé")), 1)
    True
    """
    lines = sheet.lines
    own = sheet.ranges[lines[index].block]
    if index == own.start or lines[index].text.isupper():
        return False
    after = lines[index + 1].text if index + 1 < len(lines) else ""
    return (
        lines[index - 1].text[-1] not in _STOPS and running(sheet, index - 1, -1) and not after[:1].islower()
    )


def _regular(sheet: Sheet, lines: Sequence[int]) -> tuple[float, float, float]:
    """How even the distances of lines are, whether they are a page's, and the share that is too short."""
    gaps = [sheet.lines[b].start - sheet.lines[a].end for a, b in pairwise(lines)]
    if not gaps:
        return 0.0, 0.0, 0.0
    mean = fmean(gaps)
    even = max(0.0, 1 - pstdev(gaps) / mean) if len(gaps) > 1 and mean > 0 else 0.0
    usual = _PAGE[0] <= median(gaps) <= _PAGE[1]
    return even, float(usual), sum(g < _PAGE[0] for g in gaps) / len(gaps)


def _places(sheet: Sheet, lines: Sequence[int], scene: Scene) -> dict[str, float]:
    """What the places of some lines say."""
    borders, company, rhythm = scene
    around = [borders[i] for i in lines]
    count = len(lines)
    broken = sum(b.broken for b in around)
    even, usual, close = _regular(sheet, lines)
    last = len(sheet.lines) - 1
    pages = sheet.lines[last].page
    found = {
        "more": log2(min(count, _MOST)) - 1,
        "three": float(count > 2),
        "broken": broken / count,
        "broken all": float(broken == count),
        "broken three": float(broken > 2),
        "broken ones": min(broken, 4) / 4,
        "prose": sum(b.prose for b in around) / count,
        "fragments": sum(fragment(sheet, i, borders[i]) for i in lines) / count,
        "even": even,
        "rhythm": rhythm.share(around),
        "usual": usual,
        "close": close,
        "company": company.share(lines, around),
        "alone": sum(map(sheet.alone, lines)) / count,
        "span": (lines[-1] - lines[0]) / max(1, last),
        "ends": float(around[0].lines.start == 0) + float(around[-1].lines.stop > last),
    }
    if pages:
        edge = sum(_parts_pages(sheet, b) for b in around) / count
        on = {sheet.lines[i].page for i in lines}
        reach = max(on) - min(on) + 1
        sides = max(len([p for p in on if p % 2 == side]) / max(1, reach // 2) for side in (0, 1))
        cover = max(len(on) / reach, min(1.0, sides)) if len(on) > 1 else 0.0
        found |= {
            "edge": edge,
            "inside": 1 - edge,
            "cover": edge * cover,
            "cover three": edge * cover * (count > 2),
            "pages": edge * min(1.0, len(on) / (pages + 1)),
        }
    else:
        found["unpaged"] = 1.0
    return found


def _parts_pages(sheet: Sheet, border: Border) -> bool:
    """Whether the lines stand at the top or the bottom of a page."""
    left, right = border.lines.start - 1, border.lines.stop
    pages = sheet.lines[-1].page
    before = sheet.lines[left].page if left >= 0 else -1
    after = sheet.lines[right].page if right < len(sheet.lines) else pages + 1
    return before != after


def _capitals(texts: Sequence[str]) -> bool:
    """Whether lines are written in capitals, a few letters set aside that may be badly read."""
    letters = [c for text in texts for c in text if c.isalpha()]
    return sum(map(str.isupper, letters)) >= _UPPER * len(letters) > 0


def _alike(texts: Sequence[str]) -> float:
    """The share of lines that say the same as the one before them, or as the one before that."""
    cores = [core(t) for t in texts]
    same = [
        any(fuzz.ratio(a, b) >= SIMILAR for b in cores[max(0, i - 2) : i]) for i, a in enumerate(cores) if i
    ]
    return sum(same) / max(1, len(same))


def group_traits(
    sheet: Sheet,
    lines: Sequence[int],
    scene: Scene,
    numbers: tuple[bool, bool],
) -> dict[str, float]:
    """What speaks for lines that are alike being headers or footers.

    Parameters: ``scene``, what is known of all such lines; ``numbers``, whether the numbers in the
    lines agree, and whether they go up (`numbers_agree`).
    """
    texts = [sheet.lines[i].text for i in lines[:8]]
    first = texts[0]
    agree, rising = numbers

    def most(told: Callable[[str], bool]) -> float:
        return float(sum(map(told, texts)) * 2 >= len(texts))

    return _places(sheet, lines, scene) | {
        "bias": 1.0,
        "rising": float(rising),
        "disagree": float(not agree),
        "signs": most(signs),
        "strong": float(sum(map(strong_signs, texts)) * 2 > len(texts)),
        "heading": float(is_heading(first)),
        "item": float(opens_part(first)),
        "numbered": float(counted(texts)),
        "point": float(first[-1] == "."),
        "small": sum(t[0].islower() for t in texts) / len(texts),
        "capitals": float(_capitals(texts)),
        "sentence": float(any(map(_SENTENCE.search, texts))),
        "long": float(len(first) > _LONG),
        "word": float(" " not in first.strip("0123456789-–—|. ")),
        "words": min(first.count(" "), 12) / 12,
        "digits": float(any(map(str.isdigit, first))),
    }


def chain_traits(
    sheet: Sheet,
    lines: Sequence[int],
    values: Sequence[int],
    scene: Scene,
    form: str,
) -> dict[str, float]:
    """What speaks for numbers that go up being those of pages.

    Parameters: ``values``, the number in each line; ``scene``, what is known of all such lines;
    ``form``, how they are written.
    """
    texts = [sheet.lines[i].text for i in lines[:8]]
    steps = [b - a for a, b in pairwise(values)]
    return _places(sheet, lines, scene) | {
        "bias": 1.0,
        f"form {form}": 1.0,
        "first": float(values[0] == 1),
        "beyond": float(values[0] > len(lines)),
        "years": float(any(v in _YEARS for v in values)),
        "steps": sum(s == 1 for s in steps) / max(1, len(steps)),
        "signs": float(sum(map(signs, texts)) * 2 > len(texts)),
        "sentence": float(any(map(_SENTENCE.search, texts))),
        "long": float(len(texts[0]) > _LONG),
        "alike": _alike(texts),
        "item": float(sum(map(opens_part, texts)) * 2 > len(texts)),
        "numbered": float(counted(texts)),
        "point": float(texts[0][-1] == "."),
        "small": sum(t[0].islower() for t in texts) / len(texts),
        "words": min(texts[0].count(" "), 12) / 12,
    }


def likelihood(traits: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The probability that traits are those of furniture.

    >>> likelihood({"bias": 1.0, "broken": 0.5}, {"bias": 0.0, "broken": 4.0}) > 0.8
    True
    """
    total = sum(value * weights.get(name, 0.0) for name, value in traits.items())
    return 1 / (1 + exp(-max(-40.0, min(40.0, total))))
