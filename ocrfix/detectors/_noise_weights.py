"""How much a line speaks as web pages or models do: learned weights of its words and of its form."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

from ocrfix._data import data_path
from ocrfix.detectors._noise_memory import WordMemory

__all__ = [
    "KINDS",
    "LONGEST",
    "LineWeight",
    "Weigher",
    "Weights",
    "features",
    "line_weight",
    "unknown_form",
    "weigher",
]

KINDS: Final = ("chrome", "remark")
"""The kinds of litter: lines of web pages, and remarks of models."""
LONGEST: Final = 200
"""Characters of the longest line that is weighed."""
_TOKEN: Final = re.compile(
    r"(?:https?://|www\.)\S+|[\w.-]+@[\w.-]+\w|\d+(?:[.,:/-]\d+)*|[\u3040-\u30ff\u3400-\u9fff]"
    r"|[^\W\d_\u3040-\u30ff\u3400-\u9fff]+(?:['’-][^\W\d_]+)*|[^\w\s]"
)
_SIGNS: Final = frozenset("|»›>•·*@©/:?!…[]()+–—-←→▲▼►◄☰×✓✔★☆«‹<&%#~\"“”'’,.;{}`^°₫$【】：。，（）")
_DIGITS: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_PARTS: Final = re.compile(r"[|•·»›>–—/►▼]|\s-\s")
_LENGTHS: Final = (1, 2, 3, 4, 6, 9, 13, 18, 25)
_MOST: Final = 4
_TELLING: Final = 0.3  # what a word weighs that tells a line's kind
_FEW: Final = 6
_AGAINST: Final = -2.5
"""Words that are looked at before the others, and their weight up to which the others are not."""
_END: Final = 4  # words at each end of a line that are weighed by themselves
_CHANCE: Final = -2.5
"""Weight of single words from which on a line's pairs of words and form are looked at: it lets 5 % of right
lines pass, and 99 % of those that weigh 0 or more of unseen litter."""


class Weights(NamedTuple):
    """A logistic regression, in natural logs: its bias and what each feature adds."""

    bias: float
    words: dict[str, float]


def _word(token: str) -> str:
    """What a token counts as: a small word, the shape of a number, an address, a sign or a picture sign."""
    if token[0].isdigit():
        return _DIGITS.sub("#", token)
    if token.startswith(("http", "www.")):
        return "@url"
    if "@" in token[1:]:
        return "@mail"
    return token.casefold() if token[0].isalpha() or token[0] in _SIGNS or len(token) > 1 else "☺"


def _tokens(text: str) -> list[str]:
    return [_word(t) for t in _TOKEN.findall(text)]


def _size_form(text: str, tokens: int) -> list[str]:
    return [
        f"=len {bisect_left(_LENGTHS, tokens)}",
        f"=end {text[-1] if text[-1] in '.:?!…,;)]' else 0}",
    ]


def _letter_form(text: str) -> list[str]:
    form = []
    words = _LETTERS.findall(text)
    if len(words) > 1:
        if text.isupper():
            form.append("=upper")
        elif capital := sum(w[0].isupper() for w in words[1:]):
            form.append(f"=cap {min(capital, 3)}")
            if capital == len(words) - 1:
                form.append("=title")
        if text.isascii():
            form.append("=bare")
    if text[0].islower():
        form.append("=lower")
    if text[0] in "-–•+*":
        form.append("=item")
    return form


def _number_form(text: str, tokens: list[str]) -> list[str]:
    form = []
    if parts := len(_PARTS.findall(text)):
        form.append(f"=parts {min(parts, _MOST)}")
    if numbers := sum(t[0] == "#" for t in tokens):
        form += [f"=numbers {min(numbers, _MOST)}", f"=digits {5 * numbers // len(tokens)}"]
    return form


def unknown_form(unknown: int, words: int) -> list[str]:
    """The features of how many of a line's words have no weight."""
    return [f"=new {min(unknown, _MOST)}", f"=share {10 * unknown // words}"]


def features(text: str) -> tuple[list[str], list[str]]:
    """The words of a line with its pairs of words, and the features of its form.

    >>> features("Lượt xem: 1.284")[0]
    ['^', 'lượt', 'xem', ':', '#.#', '$', '^ lượt', 'lượt xem', 'xem :', ': #.#', '#.# $']
    >>> features("Lượt xem: 1.284")[1]
    ['=len 3', '=end 0', '=numbers 1', '=digits 1']
    """
    tokens = _tokens(text)
    framed = ["^", *tokens, "$"]
    form = _size_form(text, len(tokens)) + _letter_form(text) + _number_form(text, tokens)
    return framed + [f"{a} {b}" for a, b in pairwise(framed)], form


class LineWeight(NamedTuple):
    """What a line weighs for being litter, in natural logs of the odds; 0 is the even chance.

    The odds are those of the learning, where lines of both sorts were about as many.
    """

    chrome: float
    remark: float
    form: float
    """What it weighs as page chrome without its words."""
    told: bool
    """Whether a word of it, or a pair of them, tells that it is page chrome."""
    begin: float
    end: float
    """What its first and its last words weigh one by one, as that kind as which they weigh more."""

    @property
    def most(self) -> float:
        """The greater of both weights."""
        return max(self.chrome, self.remark)


class Weigher:
    """Weighs lines as page chrome and as remarks of models.

    Parameters: ``kinds``, what was learned of each of the two.

    >>> weigh = weigher().weigh
    >>> weigh("Chia sẻ bài viết").chrome > 2, weigh("Bà con xã Tân Lập đã gặt xong vụ mùa trước khi bão về")
    (True, None)
    """

    def __init__(self, kinds: Mapping[str, Weights]) -> None:
        self._kinds = tuple(_Kind(kinds[name]) for name in KINDS)
        chrome, remark = self._kinds
        self._both = WordMemory(lambda word: complex(chrome.single(word).real, remark.single(word).real))

    def weigh(self, text: str) -> LineWeight | None:
        """The weights of a line; None when the words of it, one by one, leave no chance of either."""
        pieces = text.split()
        if len(pieces) > _FEW:
            few = sum(self._both.of(pieces[:_FEW]))
            if few.real < _AGAINST and few.imag < _AGAINST:
                return None
        both = sum(self._both.of(pieces))
        chrome, remark = self._kinds
        if not (
            (both.real + chrome.most >= _CHANCE and chrome.may(text, pieces))
            or (both.imag + remark.most >= _CHANCE and remark.may(text, pieces))
        ):
            return None
        return self.whole(text)

    def whole(self, text: str) -> LineWeight:
        """The weights of a line whatever its words."""
        chrome, remark = self._kinds
        words, form = features(text)
        (as_chrome, shape), (as_remark, _) = chrome.whole(words, form), remark.whole(words, form)
        pieces = text.split()
        ends = (sum(self._both.of(some)) for some in (pieces[:_END], pieces[-_END:]))
        return LineWeight(
            as_chrome, as_remark, shape, chrome.tells(words), *(max(end.real, end.imag) for end in ends)
        )


class _Kind:
    """The weights of one kind of line, and what its words weigh one by one."""

    def __init__(self, weights: Weights) -> None:
        self._bias, self._known = weights
        self._ends = self._bias + self._known.get("^", 0.0) + self._known.get("$", 0.0)
        self._singles = WordMemory(self.single)
        groups = ("=len ", "=end ", "=new ", "=share ")
        self.most = self._ends + sum(
            max(w for f, w in [("", 0.0), *self._known.items()] if not f or f.startswith(group))
            for group in groups
        )
        """What a line weighs at most beside its words: for its ends, its length, and its unknown words."""

    def single(self, piece: str) -> complex:
        """What the words of a piece without blanks weigh (real part), and how many they are (imaginary part).

        They are counted with 2**20 for each that is not known. Such numbers add up at the speed of a sum.
        """
        found = _tokens(piece)
        unknown = sum(t not in self._known for t in found)
        return complex(sum(self._known.get(t, 0.0) for t in found), len(found) + (unknown << 20))

    def may(self, text: str, pieces: list[str]) -> bool:
        """Whether the single words of a line and its length leave it a chance."""
        if len(pieces) > _FEW and sum(self._singles.of(pieces[:_FEW])).real < _AGAINST:
            return False
        found = sum(self._singles.of(pieces))
        size, unknown = int(found.imag) & 0xF_FFFF, int(found.imag) >> 20
        form = _size_form(text, size) + unknown_form(unknown, size + 2)
        return self._ends + found.real + sum([self._known.get(f, 0.0) for f in form]) >= _CHANCE

    def whole(self, words: list[str], form: list[str]) -> tuple[float, float]:
        """What a line weighs, and what it weighs without its words."""
        single = words[: len(words) // 2 + 1]
        form = form + unknown_form(sum(w not in self._known for w in single), len(single))
        shape = self._bias + sum([self._known.get(f, 0.0) for f in form])
        return shape + sum([self._known.get(w, 0.0) for w in words]), shape

    def tells(self, words: list[str]) -> bool:
        """Whether a word of a line, or a pair of them, tells its kind, and not its form alone."""
        return any(self._known.get(w, 0.0) >= _TELLING for w in words if _is_word(w))


def _is_word(feature: str) -> bool:
    return feature[0].isalpha() or feature[0] == "@" or "\u2600" <= feature[0] <= "\u9fff"


@cache
def weigher() -> Weigher:
    """What weighs lines by the weights that are shipped."""
    kinds = json.loads(data_path("vi", "litter-weights.json").read_text("utf-8"))["kinds"]
    return Weigher(
        {
            kind: Weights(row["bias"] / 100, {f: w / 100 for f, w in row["weights"].items()})
            for kind, row in kinds.items()
        }
    )


def line_weight(text: str, kind: str) -> float:
    """What a line weighs for being of a kind, in natural logs of the odds; under -2 when it has no chance.

    >>> line_weight("Chia sẻ bài viết", "chrome") > 2
    True
    >>> line_weight("Bà con xã Tân Lập đã gặt xong vụ mùa trước khi bão về", "chrome")
    -2.5
    """
    found = weigher().weigh(text)
    if found is None:
        return _CHANCE
    return found.chrome if kind == "chrome" else found.remark
