"""How likely it is that lines which come back, or numbers that go up, are the furniture of pages.

What speaks for it is put into numbers (`group_traits`, `chain_traits`) and weighed by a logistic regression.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from math import exp, log2
from statistics import fmean, median, pstdev
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from ocrfix.detectors._noise_groups import SIMILAR, core, is_heading, opens_part, signs, strong_signs
from ocrfix.detectors._noise_lines import Sheet, running

__all__ = [
    "WEIGHTS",
    "Border",
    "Rhythm",
    "Scene",
    "chain_traits",
    "closes",
    "fragment",
    "group_traits",
    "in_step",
    "likelihood",
]

_MOST: Final = 16  # copies from which on more of them say nothing new
_STOPS: Final = ".!?…:;"
_FULL: Final = 0.75  # share of a block's width that a full line of it fills
_NEAR: Final = 4  # lines on each side that tell how wide a block is
_PAGE: Final = (350, 9000)  # characters of the text of a page
_LEAST: Final = 0.5  # the shortest page as a share of the usual one
_LONG: Final = 80  # characters of a line that is more often a sentence than a header
_SENTENCE: Final = re.compile(r"[^\W\d_]{3}[.!?…;] +[^\W\d_]{2}|[^\W\d_], [^\W\d_]")
_COUNTED: Final = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,2} \d{1,4}[.:]?")
_YEARS: Final = range(1500, 2101)

# Fitted to 7,000 candidates: rows of furniture that was laid into articles and laws, cut into pages in many
# ways, and what comes back or counts up in right text. Traits are shares or 0 and 1; in natural logs.
WEIGHTS: Final = {
    "group": {
    "alone": 0.53, "bias": -3.52, "broken": 2.12, "broken all": -0.73, "broken ones": 2.01,
    "broken three": 0.18, "capitals": 0.78, "close": -0.97, "company": 1.64, "digits": 1.29,
    "disagree": -0.32, "ends": 2.47, "even": 1.24, "fragments": -3.58, "heading": -0.66, "in step": 2.06,
    "item": -0.24, "long": -1.54, "more": -0.9, "point": -2.02, "prose": 0.25, "rhythm": 1.08,
    "rising": 1.3, "sentence": -0.82, "signs": 0.87, "small": -0.1, "span": 2.52, "strong": 0.97,
    "three": -0.39, "unpaged": -3.52, "usual": 2.39, "word": 0.36, "words": 0.04,
    },
    "group paged": {
    "alone": -0.69, "bias": -3.03, "broken": 1.42, "broken all": -0.51, "broken ones": 1.55,
    "broken three": 0.72, "capitals": -0.04, "close": -2.42, "company": 0.91, "cover": 2.35,
    "cover three": 0.8, "digits": 1.5, "disagree": -0.7, "edge": 0.85, "ends": -0.03, "even": -1.71,
    "fragments": -1.61, "heading": -0.78, "in step": 1.42, "inside": -3.88, "item": -0.58, "long": -0.52,
    "more": 0.02, "pages": 0.58, "point": -0.99, "prose": -0.19, "rhythm": -0.11, "rising": 0.67,
    "sentence": -0.77, "signs": 0.45, "small": 0.27, "span": 0.66, "strong": 0.87, "three": 0.06,
    "usual": 0.4, "word": -0.08, "words": 0.49,
    },
    "chain": {
    "alike": 1.37, "alone": 0.07, "beyond": 1.49, "bias": -1.61, "broken": 1.09, "broken all": -0.26,
    "broken ones": 1.41, "broken three": 0.42, "close": -0.52, "company": 0.29, "ends": 2.51, "even": 0.34,
    "first": -1.08, "form capital": 0.05, "form digits": -1.18, "form double": 0.02, "form fraction": 0.02,
    "form glued": -0.77, "form label": -0.43, "form page": 0.14, "form part": 0.03, "form point": 0.02,
    "form roman": 0.47, "form spelt": 0.02, "fragments": -2.39, "item": 0.56, "long": -0.2, "more": -0.33,
    "point": -0.36, "prose": 1.2, "rhythm": 1.15, "sentence": -1.26, "signs": 1.43, "small": -0.39,
    "span": 1.15, "steps": 0.87, "three": -1.61, "unpaged": -1.61, "usual": 0.99, "words": -0.4,
    "years": -3.99,
    },
    "chain paged": {
    "alike": 0.81, "alone": -0.28, "beyond": -0.13, "bias": -0.88, "broken": 0.3, "broken all": -0.07,
    "broken ones": 0.42, "broken three": 0.21, "close": -0.8, "company": -0.07, "cover": 1.5,
    "cover three": 1.5, "edge": 0.7, "ends": 1.21, "even": 0.05, "first": -0.33, "form digits": -0.23,
    "form fraction": 0.01, "form glued": -0.68, "form label": -0.15, "form page": 0.04, "form point": 0.01,
    "form roman": 0.12, "fragments": -0.44, "inside": -1.59, "item": 0.08, "long": -0.2, "more": -0.28,
    "pages": 1.68, "point": -0.17, "prose": 0.1, "rhythm": 1.08, "sentence": -1.65, "signs": 0.43,
    "small": -0.08, "span": 0.44, "steps": 0.33, "three": -0.88, "usual": 0.2, "words": -0.82,
    "years": -1.83,
    },
}  # fmt: skip


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


def in_step(sheet: Sheet, lines: Sequence[int], sure: Sequence[int]) -> float:
    """The share of lines that stand where furniture lacks that parts the text evenly.

    ``sure`` are the lines that are furniture, in order; fewer than two of them show nothing.
    """
    if len(sure) < 2:
        return 0.0
    order = sorted({*sure, *lines})
    starts = [sheet.lines[i].start for i in order]
    gaps = [b - a for a, b in pairwise(starts) if b - a >= _PAGE[0]]
    if not gaps:
        return 0.0
    usual = median(gaps)
    good = 0
    for index in lines:
        at = bisect_left(order, index)
        beside = [abs(starts[i] - starts[at]) for i in (at - 1, at + 1) if 0 <= i < len(order)]
        good += all(_LEAST * usual <= gap <= usual / _LEAST for gap in beside)
    return good / len(lines)


class Scene(NamedTuple):
    """What is known of all lines that may be furniture."""

    borders: Mapping[int, Border]
    company: AbstractSet[int]
    """Lines that speak for those beside them."""
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
    own = set(lines)
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
        "company": sum(any(j in company and j not in own for j in b.lines) for b in around) / count,
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


def _numbered(texts: Sequence[str]) -> float:
    """Whether the lines are a word or two with a number behind, as headings that are counted are."""
    return float(all(map(_COUNTED.fullmatch, texts)) and not any(map(signs, texts)))


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
    return _places(sheet, lines, scene) | {
        "bias": 1.0,
        "rising": float(rising),
        "disagree": float(not agree),
        "signs": float(signs(first)),
        "strong": float(sum(map(strong_signs, texts)) * 2 > len(texts)),
        "heading": float(is_heading(first)),
        "item": float(opens_part(first)),
        "numbered": _numbered(texts),
        "point": float(first[-1] == "."),
        "small": sum(t[0].islower() for t in texts) / len(texts),
        "capitals": float(first.isupper()),
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
        "numbered": _numbered(texts),
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
