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

__all__ = [
    "LONGEST",
    "Weights",
    "features",
    "line_weight",
    "line_weights",
    "may_weigh",
    "possible_kinds",
    "speaks",
    "unknown_form",
]

_KINDS: Final = ("chrome", "remark")
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


@cache
def line_weights() -> dict[str, Weights]:
    """The learned weights by kind of line: "chrome" and "remark"."""
    kinds = json.loads(data_path("vi", "litter-weights.json").read_text("utf-8"))["kinds"]
    return {
        kind: Weights(row["bias"] / 100, {f: w / 100 for f, w in row["weights"].items()})
        for kind, row in kinds.items()
    }


@cache
def _singles(kind: str) -> WordMemory[complex]:
    """What the words of a piece without blanks weigh (real part), and how many they are (imaginary part).

    They are counted with 2**20 for each that is not known. Such numbers add up at the speed of a sum.
    """
    words = line_weights()[kind].words

    def weigh(piece: str) -> complex:
        found = _tokens(piece)
        unknown = sum(t not in words for t in found)
        return complex(sum(words.get(t, 0.0) for t in found), len(found) + (unknown << 20))

    return WordMemory(weigh)


def _by_singles(text: str, kind: str) -> float:
    """What a line weighs by its single words and its length."""
    bias, known = line_weights()[kind]
    found = sum(_singles(kind).of(text.split()))
    size, unknown = int(found.imag) & 0xF_FFFF, int(found.imag) >> 20
    form = _size_form(text, size) + unknown_form(unknown, size + 2)
    ends = known.get("^", 0.0) + known.get("$", 0.0)
    return bias + ends + found.real + sum([known.get(f, 0.0) for f in form])


@cache
def _of_both() -> WordMemory[complex]:
    """What the words of a piece without blanks weigh as page chrome (real part) and as a remark."""
    chrome, remark = (_singles(kind) for kind in _KINDS)
    return WordMemory(lambda piece: complex(chrome[piece].real, remark[piece].real))


@cache
def _most(kind: str) -> float:
    """What a line weighs at most beside its words: for its ends, its length, and its unknown words."""
    bias, known = line_weights()[kind]
    groups = ("=len ", "=end ", "=new ", "=share ")
    best = (max(w for f, w in [("", 0.0), *known.items()] if not f or f.startswith(g)) for g in groups)
    return bias + known.get("^", 0.0) + known.get("$", 0.0) + sum(best)


def possible_kinds(text: str) -> list[str]:
    """The kinds, of "chrome" and "remark", that the single words of a line leave a chance.

    >>> possible_kinds("Bà con xã Tân Lập đã gặt xong vụ mùa trước khi bão về")
    []
    """
    both = sum(_of_both().of(text.split()))
    own = dict(zip(_KINDS, (both.real, both.imag), strict=True))
    return [kind for kind in _KINDS if own[kind] + _most(kind) >= _CHANCE and may_weigh(text, kind)]


def may_weigh(text: str, kind: str) -> bool:
    """Whether the single words of a line leave the chance that it is of a kind.

    >>> may_weigh("Bà con xã Tân Lập đã gặt xong vụ mùa trước khi bão về", "chrome")
    False
    """
    pieces = text.split(None, _FEW)
    if len(pieces) > _FEW and sum(_singles(kind).of(pieces[:_FEW])).real < _AGAINST:
        return False
    return _by_singles(text, kind) >= _CHANCE


def line_weight(text: str, kind: str) -> float:
    """What a line weighs for being of a kind, in natural logs of the odds; 0 is the even chance.

    The odds are those of the learning, where lines of both sorts were about as many. A line whose single
    words speak against it weighs what they do.

    >>> line_weight("Chia sẻ bài viết", "chrome") > 4 > -2 > line_weight("Bà con có thêm việc làm", "chrome")
    True
    """
    weight = _by_singles(text, kind)
    if weight < _CHANCE:
        return weight
    weights = line_weights()[kind]
    known = weights.words
    words, form = features(text)
    single = words[: len(words) // 2 + 1]
    form += unknown_form(sum(w not in known for w in single), len(single))
    return weights.bias + sum([known.get(f, 0.0) for f in words + form])


def speaks(text: str, kind: str) -> bool:
    """Whether a word of a line, or a pair of them, tells its kind, and not its form alone.

    >>> speaks("Lượt xem: 1.284", "chrome"), speaks("KA-900 (11/1980)", "chrome")
    (True, False)
    """
    known = line_weights()[kind].words
    told = (f for f in features(text)[0] if f[0].isalpha() or f[0] == "@" or "\u2600" <= f[0] <= "\u9fff")
    return any(known.get(f, 0.0) >= _TELLING for f in told)
