"""Learns what lines of web pages and remarks of models weigh, from lists of such lines and from right text.

``python -m ocrfix.detectors._noise_learning news.txt.xz law.txt.xz … -o litter-weights.json``
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np

from ocrfix._compressed import open_text
from ocrfix._data import data_path
from ocrfix.detectors._noise_weights import LONGEST, features

__all__ = ["expand", "learn", "main"]

KINDS: Final = ("chrome", "remark")
_CHOICE: Final = re.compile(r"\{([^{}]*)\}")
_EXPANSIONS: Final = 60
"""Lines made of one template at most."""
_COMMON: Final = 4000
"""Words of right text, the commonest, that get a weight though no template has them."""
_LINES: Final = 30_000
"""Right lines taken of each file."""
_STEPS: Final = 150
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
                    if 2 <= len(piece) <= LONGEST and rng.random() < 0.7:
                        own.add(piece)
                if len(own) >= _LINES:
                    break
        found += sorted(own)
    return found


def _rows(lines: Iterable[str], known: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Feature numbers of all lines in a row, and where each line begins."""
    flat: list[int] = []
    starts = [0]
    for line in lines:
        own, form = features(line)
        words = [f for f in own if " " not in f]
        unknown = sum(f not in known for f in words)
        form += [f"=new {min(unknown, 4)}", f"=share {10 * unknown // len(words)}"]
        flat += [known[f] for f in own + form if f in known]
        starts.append(len(flat))
    return np.array(flat, np.int32), np.array(starts, np.int64)


def learn(kind: str, paths: Sequence[Path], seed: int = 5) -> dict[str, Any]:
    """The weights of one kind of line, in hundredths, from the templates and from right text in files."""
    rng = Random(seed)  # noqa: S311  (nothing secret)
    good: dict[str, float] = {}
    seen: Counter[str] = Counter()
    for template in _templates(kind):
        lines = [line for line in expand(template, rng) if line]
        own: set[str] = set()
        for line in lines:
            good[line] = good.get(line, 0.0) + 1 / len(lines) ** 0.5
            own.update(features(line)[0])
        seen.update(own)
    right = [line for line in _right_lines(paths, kind, rng) if line not in good]
    common = Counter(f for line in right for f in features(line)[0] if " " not in f)
    names = {f for f, n in seen.items() if n >= 2} | {f for f, _ in common.most_common(_COMMON)}
    forms = {f for line in islice(right, 50_000) for f in features(line)[1]}
    forms |= {f for line in good for f in features(line)[1]}
    forms |= {f"=new {n}" for n in range(5)} | {f"=share {n}" for n in range(11)}
    known = {f: i for i, f in enumerate(sorted(names | forms))}
    weights, bias = _fit(list(good), list(good.values()), right, known)
    listed = {f: round(100 * float(weights[i])) for f, i in known.items()}
    # A word of weight nought is kept, since it is none of the unknown ones.
    kept = {f: w for f, w in listed.items() if abs(w) >= 3 or " " not in f}
    return {"bias": round(100 * bias), "weights": kept}


def _fit(
    good: Sequence[str], shares: Sequence[float], right: Sequence[str], known: dict[str, int]
) -> tuple[np.ndarray, float]:
    flat, starts = _rows([*good, *right], known)
    rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    target = np.zeros(len(starts) - 1)
    target[: len(good)] = 1
    mass = np.ones(len(target))
    mass[: len(good)] = np.array(shares) / sum(shares) * len(right)
    mass *= 20_000 / mass.sum()
    weights, bias = np.zeros(len(known)), 0.0
    speed, bias_speed = np.full(len(known), 1e-6), 1e-6
    for _ in range(_STEPS):
        score = np.bincount(rows, weights[flat], len(target)) + bias
        error = mass * (1 / (1 + np.exp(-score)) - target)
        slope = np.bincount(flat, error[rows], len(known)) + _RIDGE * weights
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
