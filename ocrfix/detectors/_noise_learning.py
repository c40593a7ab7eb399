"""Learns what the words of web pages and of models' remarks weigh, from lists and from right text."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Sequence
from random import Random
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocrfix.detectors._noise_litter_pages import Right, expand, hands, templates
from ocrfix.detectors._noise_weights import LONGEST, Weights, features, unknown_form

__all__ = ["Lines", "read_lines", "word_weights"]

IntArray = NDArray[np.int64]
F64 = NDArray[np.float64]
_COMMON: Final = 6000
"""Words of right text, the commonest, that get a weight though no template has them."""
_LINES: Final = 40_000
"""Right lines taken of each file."""
_SHORT: Final = 100
_LONGER: Final = 0.2
"""Characters up to which a right line is always taken, and the chance of a longer one."""
_LOOKALIKES: Final = 0.1
"""Share of the right lines' mass that those have which look like others, and that right documents have."""
_BARE, _UPPER, _ARROW = 0.12, 0.15, 0.2
"""Up to which chance a line comes a second time without marks, in capitals, behind an arrow."""
_STEPS: Final = 150
_MASS: Final = 20_000
"""What the lines of each side count together."""
_RIDGE: Final = 0.5
_DROPPED: Final = 0.5
"""Share of a line's words that the learning does without, so that the others learn to tell it, too."""
_SENTENCE: Final = re.compile(r"(?<=[.!?…:])\s+(?=[^\W\d_a-z])")


def _bare(line: str) -> str:
    """A line as somebody types it without marks."""
    letters = unicodedata.normalize("NFD", line.translate(str.maketrans("đĐ", "dD")))
    return "".join(c for c in letters if not unicodedata.combining(c))


def _varied(lines: Sequence[str], rng: Random) -> list[str]:
    """The lines, and some of them once more as other sites write them."""
    found = list(lines)
    for line in lines:
        chance = rng.random()
        if chance < _BARE:
            found.append(_bare(line))
        elif chance < _UPPER:
            found.append(line.upper())
        elif chance < _ARROW:
            found.append(f"» {line}")
    return found


class _Example(NamedTuple):
    """A line to learn from: its mass among those of its sort, its template, its hand (0: none)."""

    mass: float
    template: int
    hand: int


class Lines(NamedTuple):
    """Lines of one kind and right ones, as the numbers of their features, one line after the other."""

    numbers: dict[str, int]
    """Feature to number."""
    flat: IntArray
    line: IntArray
    """The line that each number belongs to."""
    word: IntArray
    """1 for a word by itself, 0 for a pair of words or a feature of the form."""
    examples: list[_Example]
    good: int
    """How many of the lines, the first ones, are of the kind."""


def _good(kind: str, rng: Random) -> dict[str, _Example]:
    found: dict[str, _Example] = {}
    singles = [(line, hand) for hand, one in enumerate(hands(), 1) for line in one.lines[kind]]
    rows = [(expand(template, rng), 0) for template in templates(kind)]
    rows += [([line], hand) for line, hand in singles]
    for number, (lines, hand) in enumerate(rows):
        lines = _varied(lines, rng)  # noqa: PLW2901
        for line in lines:
            before = found.get(line, _Example(0.0, number, hand))
            found[line] = before._replace(mass=before.mass + 1 / len(lines) ** 0.5)
    return found


def _pieces(right: Right, kind: str, rng: Random) -> list[str]:
    """Lines, or sentences for remarks, of the right text of a file."""
    own: dict[str, None] = {}
    for paragraphs in right.words:
        for text in paragraphs:
            for piece in _SENTENCE.split(text) if kind == "remark" and len(text) > LONGEST else [text]:
                if 2 <= len(piece) <= LONGEST and (len(piece) <= _SHORT or rng.random() < _LONGER):
                    own[piece] = None
        if len(own) >= _LINES:
            break
    return sorted(own)


def _bad(kind: str, right: Sequence[Right], good: Iterable[str], rng: Random) -> dict[str, _Example]:
    known = frozenset(good)
    found = {
        line: _Example(1.0, -1, 0) for file in right for line in _pieces(file, kind, rng) if line not in known
    }
    share = _LOOKALIKES * len(found)
    alike = [(expand(template, rng), 0) for template in templates("right")]
    alike += [([line], hand) for hand, one in enumerate(hands(), 1) for line in one.lines["right"]]
    own = [
        ([line.strip()], hand)
        for hand, one in enumerate(hands(), 1)
        for document in one.documents
        for line in document.splitlines()
        if 2 <= len(line.strip()) <= LONGEST
    ]
    for rows in (alike, own):
        for lines, hand in rows:
            for line in lines:
                before = found.get(line, _Example(0.0, -1, hand))
                found[line] = before._replace(mass=before.mass + share / len(rows) / len(lines))
    return found


def read_lines(kind: str, right: Sequence[Right], seed: int = 5) -> Lines:
    """The lines of one kind, of all lists, and right ones, ready to learn from."""
    rng = Random(seed)  # noqa: S311  (nothing secret)
    good = _good(kind, rng)
    bad = _bad(kind, right, good, rng)
    forms = [f for n in range(11) for f in unknown_form(n, 10)]
    numbers = {f: i for i, f in enumerate(dict.fromkeys(forms))}
    flat, sizes, word = array("i"), array("i"), bytearray()
    for text in (*good, *bad):
        words, form = features(text)
        single = len(words) // 2 + 1
        flat.extend(numbers.setdefault(f, len(numbers)) for f in words + form)
        sizes.append(len(words) + len(form))
        word += b"\1" * single + b"\0" * (len(words) + len(form) - single)
    line = np.repeat(np.arange(len(sizes)), np.array(sizes, np.int64))
    is_word = np.frombuffer(bytes(word), np.uint8).astype(np.int64)
    examples = [*good.values(), *bad.values()]
    return Lines(numbers, np.array(flat, np.int64), line, is_word, examples, len(good))


def word_weights(lines: Lines, left_out: int = 0) -> Weights:
    """What the features of lines weigh, learned without the lines of the hand ``left_out`` (0: of all)."""
    used = np.array([not left_out or e.hand != left_out for e in lines.examples])
    mass = np.array([e.mass for e in lines.examples]) * used
    good = np.arange(len(mass)) < lines.good
    for side in (good, ~good):
        mass[side] *= _MASS / mass[side].sum()
    kept = _kept(lines, used)
    weights, bias = _fit(_counted(lines, kept), good, mass, len(lines.numbers))
    known = {f: round(float(weights[i]), 2) for f, i in lines.numbers.items() if kept[i]}
    # A word of weight nought is kept, since it is none of the unknown ones.
    known = {f: w for f, w in known.items() if abs(w) >= 0.03 or (" " not in f and f[0] != "=")}
    return Weights(round(bias, 2), known)


def _kept(lines: Lines, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which features get a weight: those of two templates, the commonest words of right text, all forms."""
    size = len(lines.numbers)
    template = np.array([e.template for e in lines.examples])
    good = (lines.line < lines.good) & used[lines.line]
    pairs = np.unique(np.stack((lines.flat[good], template[lines.line[good]])), axis=1)
    kept = np.bincount(pairs[0], minlength=size) >= 2
    bad = (lines.line >= lines.good) & used[lines.line]
    words = np.bincount(lines.flat[bad], lines.word[bad], size)
    common = np.argsort(-words, kind="stable")[:_COMMON]
    kept[common[words[common] > 0]] = True
    for feature, number in lines.numbers.items():
        if feature[0] == "=" and feature != "=":
            kept[number] = True
    return kept


def _counted(lines: Lines, kept: NDArray[np.bool_]) -> tuple[IntArray, IntArray]:
    """The numbers of the features with weights, and their lines; unknown words as features of the form."""
    size = len(lines.examples)
    known = kept[lines.flat]
    words = np.bincount(lines.line, lines.word, size).astype(np.int64)
    unknown = np.bincount(lines.line, lines.word * ~known, size).astype(np.int64)
    both = list(zip(unknown.tolist(), words.tolist(), strict=True))
    forms = {pair: unknown_form(*pair) for pair in set(both)}
    flat, line = [lines.flat[known]], [lines.line[known]]
    for place in (0, 1):
        flat.append(np.array([lines.numbers[forms[pair][place]] for pair in both]))
        line.append(np.arange(size))
    return np.concatenate(flat), np.concatenate(line)


def _fit(
    counted: tuple[IntArray, IntArray], good: NDArray[np.bool_], mass: F64, size: int
) -> tuple[F64, float]:
    """A logistic regression by AdaGrad, as if features were dropped at random (Wager et al. 2013)."""
    flat, line = counted
    weights, bias = np.zeros(size), 0.0
    speed, bias_speed = np.full(size, 1e-6), 1e-6
    noise = _DROPPED / (1 - _DROPPED)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.bincount(line, weights[flat], len(mass)) - bias))
        error = mass * (chance - good)
        doubt = np.bincount(flat, (mass * chance * (1 - chance))[line], size)
        slope = np.bincount(flat, error[line], size) + (_RIDGE + noise * doubt) * weights
        speed += slope**2
        weights -= 0.5 * slope / np.sqrt(speed)
        bias_slope = float(error.sum())
        bias_speed += bias_slope**2
        bias -= 0.5 * bias_slope / bias_speed**0.5
    return weights, bias
