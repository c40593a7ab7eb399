"""The weights of the seams: learned from right documents that are broken on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ocrfix import language_model
from ocrfix.detectors._joins_blocks import choose
from ocrfix.detectors._joins_damage import Broken, broken_documents, material
from ocrfix.detectors._joins_features import Pair, among_rivals, class_of, features, rival_rows
from ocrfix.detectors._joins_fit import fits
from ocrfix.detectors._joins_initial import is_sure, lost_initials
from ocrfix.detectors._joins_lines import lines_of
from ocrfix.detectors._joins_pairs import places_of, shapes_of
from ocrfix.detectors._joins_units import units_of
from ocrfix.detectors._joins_weights import Weights, write_weights
from ocrfix.detectors._joins_wraps import paragraphs, wraps
from ocrfix.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ocrfix.detectors._joins_features import Shape
    from ocrfix.detectors._joins_fit import Fit
    from ocrfix.detectors._joins_units import Unit
    from ocrfix.language_model import LanguageModel

    Rows = NDArray[np.float64]

__all__ = ["Seen", "choices", "learn_joins", "learn_seams", "logistic"]

SEED: Final = 1
MOST: Final = 2500
"""Documents drawn from each file."""
ROUNDS: Final = 3
"""How often each article is broken."""
RIGHT: Final = 2
"""Right documents for each broken one, at the most."""
NEAR_MORE: Final = 0.7
"""How much more, in nats, neighbours may need than halves further apart, whose change is bolder."""
CLASSES: Final = ("near small", "near capital", "far small", "far capital")
SAFE_NEAR: Final = 0.75
SAFE_ALL: Final = 0.95
UNSAFE_NEAR: Final = 0.65
"""The share of right ones among the pairs just over a threshold, and for the safe one among all over it. Some
of the pairs that count as wrong were broken in the right text already."""
WINDOW: Final = 80
"""Pairs just over a threshold that are looked at."""
UNSEEN: Final = 4.0
"""The threshold, in nats, of a class of which too little was seen, and the highest one."""
LEAST_SAFE: Final = {"small": -0.5, "capital": 1.5}
LEAST_UNSAFE: Final = 0.85
"""The lowest scores, in nats, of a safe pair by its rest's first letter, since right text is full of
paragraphs that begin with a capital, and of an unsafe one where the safe ones do not begin lower."""


@dataclass(slots=True)
class Seen:
    """A document with its pairs, their features and whether each was one sentence."""

    units: list[Unit]
    shapes: dict[int, Shape]
    places: list[tuple[int, int]]
    fits: list[Fit]
    rows: list[dict[str, float]]
    true: list[bool]

    def pairs(self, weights: Weights) -> list[Pair]:
        """The pairs with what their own halves tell."""
        return [
            Pair(
                i,
                j,
                fit,
                bool(row["quotes"]),
                self.shapes[i].strong,
                weights.alone["always"] + sum(weights.alone[name] * value for name, value in row.items()),
            )
            for (i, j), fit, row in zip(self.places, self.fits, self.rows, strict=True)
        ]


class Choice(NamedTuple):
    """A pair that was taken: its class, strength and score, and whether it was right."""

    kind: str
    strong: bool
    score: float
    true: bool


def learn_joins(paths: Sequence[Path], output: Path) -> None:
    """Learn the weights with the language model that ocrfix carries, and write them.

    Raises ValueError when no file holds articles, OSError on files.
    """
    write_weights(output, *learn_seams(paths, language_model.load()))


def learn_seams(paths: Sequence[Path], language: LanguageModel) -> tuple[Weights, str]:
    """The weights, and what they were learned from.

    Parameters: ``paths``, right text, a paragraph a line, documents parted by form feeds, also compressed;
    ``language``, the model whose fit is weighed. The same files in the same order give the same weights.
    Raises ValueError when no file holds articles, OSError on files.
    """
    rng = Random(SEED)  # noqa: S311  (no secret)
    found = material(paths, rng, MOST)
    if not found.articles or not found.headings:
        raise ValueError("the files hold no articles with headlines to learn from")
    made = broken_documents(found, rng, ROUNDS)
    most = RIGHT * ROUNDS * len(found.articles)
    chosen = rng.sample(found.right, most) if len(found.right) > most else found.right
    right = (Broken(blocks, frozenset()) for blocks in chosen)
    seen = [s for document in _both(made, right) if (s := _look(document, language)) is not None]
    weights = _second(seen, _first(seen))
    thresholds = _thresholds(seen, weights)
    count = sum(len(s.places) for s in seen)
    note = (
        f"log-odds of the seams of broken sentences, learned from {count} pairs in {len(seen)} documents, "
        f"{len(found.articles)} articles among them, each broken {ROUNDS} times"
    )
    return Weights(weights.alone, weights.rivals, thresholds), note


def _both(made: Iterable[Broken], right: Iterable[Broken]) -> Iterable[Broken]:
    yield from made
    yield from right


def _look(document: Broken, language: LanguageModel) -> Seen | None:
    """The pairs of a document; None when it has none, or its blocks are not read as they were made."""
    text = "\n\n".join(document.blocks)
    lines = lines_of(Document(text))
    groups = paragraphs(lines, wraps(lines, lambda pairs: fits(pairs, language)))
    units = units_of(lines, groups, text)
    if len(units) != len(document.blocks):
        return None
    lost = lost_initials(lines, groups, language)
    shapes = shapes_of(units, language)
    places = places_of(units, shapes, {n for n, best in lost.items() if is_sure(best, language)})
    if not places:
        return None
    judged = fits([(units[i].open_text, units[j].text) for i, j in places], language)
    rows = [features(units, i, j, f, shapes[i]) for (i, j), f in zip(places, judged, strict=True)]
    return Seen(units, shapes, places, judged, rows, [place in document.pairs for place in places])


def logistic(x: Rows, y: NDArray[np.bool_], penalty: float = 1.0) -> tuple[Rows, float]:
    """Weights and intercept of a logistic regression with a quadratic penalty, by Newton's method.

    >>> weights, start = logistic(np.array([[0.0], [1.0], [0.0], [1.0]]), np.array([0, 1, 0, 1], dtype=bool))
    >>> bool(weights[0] > 0), round(float(start + weights[0] / 2), 6)
    (True, 0.0)
    """
    rows = np.column_stack((x, np.ones(len(x))))
    shrink = np.full(rows.shape[1], penalty)
    shrink[-1] = 1e-6
    weights = np.zeros(rows.shape[1])
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-np.clip(rows @ weights, -30.0, 30.0)))
        slope = rows.T @ (chance - y) + shrink * weights
        bend = (rows * (chance * (1.0 - chance))[:, None]).T @ rows + np.diag(shrink)
        step = np.linalg.solve(bend, slope)
        weights -= step
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights[:-1], float(weights[-1])


def _named(names: Sequence[str], rows: Sequence[Sequence[float]], true: Sequence[bool]) -> dict[str, float]:
    weights, start = logistic(np.array(rows, dtype=np.float64), np.array(true, dtype=bool))
    named = {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}
    return named | {"always": round(start, 2)}


def _first(seen: list[Seen]) -> dict[str, float]:
    names = list(seen[0].rows[0])
    return _named(
        names, [list(row.values()) for s in seen for row in s.rows], [t for s in seen for t in s.true]
    )


def _second(seen: list[Seen], alone: dict[str, float]) -> Weights:
    start = Weights(alone, {}, {})
    values: dict[str, list[dict[str, float]]] = {kind: [] for kind in CLASSES}
    true: dict[str, list[bool]] = {kind: [] for kind in CLASSES}
    for s in seen:
        rows = rival_rows(s.units, s.pairs(start), s.shapes)
        for (pair, row, _), right in zip(rows, s.true, strict=True):
            kind = class_of(s.units, pair)
            values[kind].append(row)
            true[kind].append(right)
    rivals = {
        kind: _named(list(rows[0]), [list(row.values()) for row in rows], true[kind])
        for kind, rows in values.items()
        if rows
    }
    missing = [kind for kind in CLASSES if kind not in rivals]
    if missing:
        raise ValueError(f"too little text: no pairs of the class {missing[0]}")
    return Weights(alone, rivals, {})


def choices(seen: list[Seen], weights: Weights) -> list[Choice]:
    """The pairs that would be taken, with their scores."""
    found = []
    for s in seen:
        right = {place for place, true in zip(s.places, s.true, strict=True) if true}
        for pair in choose(s.units, among_rivals(s.units, s.pairs(weights), s.shapes, weights)):
            true = (pair.left, pair.right) in right
            found.append(Choice(class_of(s.units, pair), pair.strong, pair.score, true))
    return found


def _thresholds(seen: list[Seen], weights: Weights) -> dict[str, dict[str, tuple[float, float]]]:
    taken = choices(seen, weights)
    table = {}
    for kind in CLASSES:
        table[kind] = {
            name: _threshold(
                [c for c in taken if c.kind == kind and c.strong is strong], LEAST_SAFE[kind.split()[1]]
            )
            for name, strong in (("strong", True), ("weak", False))
        }
    for name, (safe, unsafe) in table["near small"].items():
        most = round(table["far small"][name][0] + NEAR_MORE, 2)
        table["near small"][name] = (min(safe, most), round(min(unsafe, most - 0.5), 2))
    return table


def _threshold(taken: list[Choice], least: float) -> tuple[float, float]:
    """The least scores over which, and just over which, enough pairs are right."""
    order = sorted(taken, key=lambda c: c.score)
    true = np.array([c.true for c in order], dtype=np.float64)
    safe = unsafe = UNSEEN
    for i in range(len(order) - 1, -1, -1):
        near, every = float(true[i : i + WINDOW].mean()), float(true[i:].mean())
        if len(order) - i < WINDOW:
            continue
        score = round(order[i].score, 2)
        if near >= SAFE_NEAR and every >= SAFE_ALL:
            safe = score
        if near >= UNSAFE_NEAR:
            unsafe = score
        elif near < UNSAFE_NEAR / 2:
            break
    safe = max(safe, least)
    return safe, round(min(max(unsafe, LEAST_UNSAFE), safe - 0.5), 2)
