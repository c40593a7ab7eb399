"""Learns what lines of web pages and remarks of models weigh, from lists of such lines and from right text.

``python -m ocrfix.detectors._noise_learning news.txt.xz law.txt.xz … -o litter-weights.json``
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocrfix._compressed import open_text
from ocrfix._data import data_path
from ocrfix.detectors._noise_weights import LONGEST, features, unknown_form

__all__ = ["expand", "learn", "main"]

IntArray = NDArray[np.int64]
KINDS: Final = ("chrome", "remark")
_CHOICE: Final = re.compile(r"\{([^{}]*)\}")
_EXPANSIONS: Final = 60
"""Lines made of one template at most."""
_COMMON: Final = 6000
"""Words of right text, the commonest, that get a weight though no template has them."""
_LINES: Final = 40_000
"""Right lines taken of each file."""
_SHORT: Final = 100
_LONGER: Final = 0.2
"""Characters up to which a right line is always taken, and the chance of a longer one."""
_LOOKALIKES: Final = 0.1
"""Share of the right lines' mass that the templates of right lines have which look like others."""
_BARE, _UPPER, _ARROW = 0.12, 0.15, 0.2
"""Up to which chance a line comes a second time without marks, in capitals, behind an arrow."""
_STEPS: Final = 150
_MASS: Final = 20_000
"""What the lines of each side count together."""
_RIDGE: Final = 1.5
_SENTENCE: Final = re.compile(r"(?<=[.!?…:])\s+(?=[^\W\d_a-z])")


def expand(template: str, rng: Random, most: int = _EXPANSIONS) -> list[str]:
    """Lines made of a template whose braces hold choices.

    >>> sorted(expand("{In|Lưu} bài", Random(1)))
    ['In bài', 'Lưu bài']
    """
    found = set()
    for _ in range(3 * most):
        line = _CHOICE.sub(lambda m: rng.choice(m[1].split("|")), template)
        found.add(" ".join(line.replace("¦", "|").split()))
        if len(found) == most:
            break
    return sorted(found)


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


def _templates(kind: str) -> Iterator[str]:
    for line in data_path("vi", "litter-lines.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, template = line.split("\t")
            if name == kind:
                yield template
    if kind == "chrome":
        for line in data_path("vi", "web-chrome.txt").read_text("utf-8").splitlines():
            if line and not line.startswith("#") and not line.startswith("section"):
                phrase = line.split("\t")[1].rstrip("…").replace("#", "12").strip()
                yield phrase[:1].upper() + phrase[1:]


def _right_lines(paths: Sequence[Path], kind: str, rng: Random) -> list[str]:
    found: list[str] = []
    for path in paths:
        own: set[str] = set()
        with open_text(path) as lines:
            for line in lines:
                text = line.strip()
                pieces = _SENTENCE.split(text) if kind == "remark" and len(text) > LONGEST else [text]
                for piece in pieces:
                    if 2 <= len(piece) <= LONGEST and (len(piece) <= _SHORT or rng.random() < _LONGER):
                        own.add(piece)
                if len(own) >= _LINES:
                    break
        found += sorted(own)
    return found


class _Coded(NamedTuple):
    """Lines as the numbers of their features, one line after the other."""

    flat: IntArray
    line: IntArray
    """The line that each number belongs to."""
    word: IntArray
    """1 for a word by itself, 0 for a pair of words or a feature of the form."""


def _coded(lines: Iterable[str], numbers: dict[str, int]) -> _Coded:
    flat, sizes, word = array("i"), array("i"), bytearray()
    for text in lines:
        words, form = features(text)
        single = len(words) // 2 + 1
        flat.extend(numbers.setdefault(f, len(numbers)) for f in words + form)
        sizes.append(len(words) + len(form))
        word += b"\1" * single + b"\0" * (len(words) + len(form) - single)
    line = np.repeat(np.arange(len(sizes)), np.array(sizes, np.int64))
    return _Coded(np.array(flat, np.int64), line, np.frombuffer(bytes(word), np.uint8).astype(np.int64))


def learn(kind: str, paths: Sequence[Path], seed: int = 5) -> dict[str, Any]:
    """The weights of one kind of line, in hundredths, from the templates and from right text in files."""
    rng = Random(seed)  # noqa: S311  (nothing secret)
    good: dict[str, float] = {}
    origin: list[int] = []
    for number, template in enumerate(_templates(kind)):
        lines = _varied(expand(template, rng), rng)
        for line in lines:
            if line not in good:
                origin.append(number)
            good[line] = good.get(line, 0.0) + 1 / len(lines) ** 0.5
    right = {line: 1.0 for line in _right_lines(paths, kind, rng) if line not in good}
    share = _LOOKALIKES * len(right)
    alike = list(_templates("right"))
    for template in alike:
        lines = expand(template, rng)
        for line in lines:
            right[line] = right.get(line, 0.0) + share / len(alike) / len(lines)
    forms = [f for n in range(11) for f in unknown_form(n, 10)]
    numbers = {f: i for i, f in enumerate(dict.fromkeys(forms))}
    coded = _coded([*good, *right], numbers)
    kept = _kept(coded, np.array(origin), numbers)
    mass = np.array([*good.values(), *right.values()])
    mass[: len(good)] *= _MASS / mass[: len(good)].sum()
    mass[len(good) :] *= _MASS / mass[len(good) :].sum()
    weights, bias = _fit(_counted(coded, kept, numbers), len(good), mass, len(numbers))
    listed = {f: round(100 * float(weights[i])) for f, i in numbers.items() if kept[i]}
    # A word of weight nought is kept, since it is none of the unknown ones.
    listed = {f: w for f, w in listed.items() if abs(w) >= 3 or (" " not in f and f[0] != "=")}
    return {"bias": round(100 * bias), "weights": listed}


def _kept(coded: _Coded, origin: IntArray, numbers: dict[str, int]) -> NDArray[np.bool_]:
    """Which features get a weight: those of two templates, the commonest words of right text, all forms."""
    good = coded.line < len(origin)
    pairs = np.unique(np.stack((coded.flat[good], origin[coded.line[good]])), axis=1)
    kept = np.bincount(pairs[0], minlength=len(numbers)) >= 2
    words = np.bincount(coded.flat[~good], coded.word[~good], len(numbers))
    common = np.argsort(-words, kind="stable")[:_COMMON]
    kept[common[words[common] > 0]] = True
    for feature, number in numbers.items():
        if feature[0] == "=" and feature != "=":
            kept[number] = True
    return kept


def _counted(coded: _Coded, kept: NDArray[np.bool_], numbers: dict[str, int]) -> tuple[IntArray, IntArray]:
    """The numbers of the features with weights, and their lines; unknown words as features of the form."""
    lines = int(coded.line[-1]) + 1
    known = kept[coded.flat]
    words = np.bincount(coded.line, coded.word, lines).astype(np.int64)
    unknown = np.bincount(coded.line, coded.word * ~known, lines).astype(np.int64)
    forms = {pair: unknown_form(*pair) for pair in set(zip(unknown.tolist(), words.tolist(), strict=True))}
    flat, line = [coded.flat[known]], [coded.line[known]]
    for place in (0, 1):
        pairs = zip(unknown.tolist(), words.tolist(), strict=True)
        flat.append(np.array([numbers[forms[pair][place]] for pair in pairs]))
        line.append(np.arange(lines))
    return np.concatenate(flat), np.concatenate(line)


def _fit(
    counted: tuple[IntArray, IntArray], good: int, mass: NDArray[np.float64], size: int
) -> tuple[NDArray[np.float64], float]:
    flat, line = counted
    target = np.zeros(len(mass))
    target[:good] = 1
    weights, bias = np.zeros(size), 0.0
    speed, bias_speed = np.full(size, 1e-6), 1e-6
    for _ in range(_STEPS):
        score = np.bincount(line, weights[flat], len(mass)) + bias
        error = mass * (1 / (1 + np.exp(-score)) - target)
        slope = np.bincount(flat, error[line], size) + _RIDGE * weights
        speed += slope**2
        weights -= 0.5 * slope / np.sqrt(speed)
        bias_slope = float(error.sum())
        bias_speed += bias_slope**2
        bias -= 0.5 * bias_slope / bias_speed**0.5
    return weights, bias


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn both kinds from files of right text and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args(arguments)
    kinds = {kind: learn(kind, options.files) for kind in KINDS}
    text = json.dumps({"kinds": kinds}, ensure_ascii=False, indent=0, sort_keys=True)
    options.output.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
