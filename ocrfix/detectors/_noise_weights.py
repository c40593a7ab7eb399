"""How much a line speaks as web pages or models do: learned weights of its words and of its form."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

from ocrfix._data import data_path
from ocrfix.detectors._noise_memory import WordMemory

__all__ = ["LONGEST", "Weights", "features", "line_weight", "line_weights", "may_weigh"]

LONGEST: Final = 200
"""Characters of the longest line that is weighed."""
_TOKEN: Final = re.compile(r"\d+(?:[.,:/-]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*|[|»›>•*@©/:?!…\[\]()+]")
_LENGTHS: Final = (1, 2, 3, 4, 6, 9, 13, 18, 25)
_MARGIN: Final = 0.001  # for sums of decimals


class Weights(NamedTuple):
    """A logistic regression, in natural logs: its bias and what each feature adds."""

    bias: float
    words: dict[str, float]


def _size(count: int) -> int:
    return bisect_left(_LENGTHS, count)


def _size_form(text: str, tokens: int) -> list[str]:
    return [f"=len {_size(tokens)}", f"=end {text[-1] if text[-1] in '.:?!…,;)]' else 0}"]


def _unknown_form(unknown: int, words: int) -> list[str]:
    return [f"=new {min(unknown, 4)}", f"=share {10 * unknown // words}"]


def _framed(text: str) -> tuple[list[str], list[str]]:
    """The words of a line, numbers as "#", between its ends, and the features of its form."""
    raw = _TOKEN.findall(text)
    form = _size_form(text, len(raw))
    words = [t for t in raw if t[0].isalpha()]
    if len(words) > 1:
        if text.isupper():
            form.append("=upper")
        elif capital := sum(w[0].isupper() for w in words[1:]):
            form.append(f"=cap {min(capital, 3)}")
    return ["^", *("#" if t[0].isdigit() else t.casefold() for t in raw), "$"], form


def features(text: str) -> tuple[list[str], list[str]]:
    """The words of a line with its pairs of words, and the features of its form.

    >>> features("Lượt xem: 1.284")
    (['^', 'lượt', 'xem', ':', '#', '$', '^ lượt', 'lượt xem', 'xem :', ': #', '# $'], ['=len 3', '=end 0'])
    """
    framed, form = _framed(text)
    return framed + [f"{a} {b}" for a, b in pairwise(framed)], form


@cache
def line_weights() -> dict[str, Weights]:
    """The learned weights by kind of line: "chrome" and "remark"."""
    kinds = json.loads(data_path("vi", "litter-weights.json").read_text("utf-8"))["kinds"]
    return {
        kind: Weights(row["bias"] / 100, {f: w / 100 for f, w in row["weights"].items()})
        for kind, row in kinds.items()
    }


@cache
def _bounds(kind: str) -> tuple[float, WordMemory[float], WordMemory[int]]:
    """The most that the ends of a line weigh, and that each piece without blanks adds; its tokens.

    The tokens of a piece are counted, with 2**32 for each that is not known.
    """
    weights = line_weights()[kind]
    pairs: dict[str, float] = {}
    for feature, weight in weights.words.items():
        if feature[0] != "=" and " " in feature:
            before = feature.partition(" ")[0]
            pairs[before] = max(pairs.get(before, 0.0), weight)

    def tokens(piece: str) -> list[str]:
        return ["#" if t[0].isdigit() else t.casefold() for t in _TOKEN.findall(piece)]

    def most(piece: str) -> float:
        return sum(weights.words.get(t, 0.0) + pairs.get(t, 0.0) for t in tokens(piece))

    def count(piece: str) -> int:
        found = tokens(piece)
        return len(found) + (sum(t not in weights.words for t in found) << 32)

    words = weights.words
    ends = words.get("^", 0.0) + pairs.get("^", 0.0) + words.get("$", 0.0)
    capitals = sum(max(0.0, words.get(f, 0.0)) for f in ("=upper", "=cap 1", "=cap 2", "=cap 3"))
    return weights.bias + ends + capitals + _MARGIN, WordMemory(most), WordMemory(count)


def may_weigh(text: str, kind: str, least: float) -> bool:
    """Whether a line can weigh as much as ``least``: a quick bound on `line_weight`.

    >>> may_weigh("Bà con xã Tân Lập đã gặt xong vụ mùa trước khi bão về", "chrome", 1.0)
    False
    """
    rest, most, counts = _bounds(kind)
    pieces = text.split()
    found = sum(counts.of(pieces))
    form = _size_form(text, found & 0xFFFF_FFFF) + _unknown_form(found >> 32, (found & 0xFFFF_FFFF) + 2)
    known = line_weights()[kind].words
    return rest + sum(most.of(pieces)) + sum(known.get(f, 0.0) for f in form) >= least


def line_weight(text: str, kind: str) -> float:
    """What a line weighs for being of a kind, in natural logs of the odds; 0 is the even chance.

    The odds are those of the learning, where lines of both sorts were about as many.

    >>> line_weight("Thêm vào danh sách đọc", "chrome") > 4 > line_weight("Bà con có thêm việc làm", "chrome")
    True
    """
    weights = line_weights()[kind]
    known = weights.words
    framed, form = _framed(text)
    total, unknown = weights.bias, 0
    before: str | None = None
    for word in framed:
        weight = known.get(word)
        if weight is None:
            unknown += 1
            before = None
            continue
        total += weight
        if before is not None:
            total += known.get(f"{before} {word}", 0.0)
        before = word
    form += _unknown_form(unknown, len(framed))
    return total + sum(known.get(f, 0.0) for f in form)
