"""The weights of the seams: learned from right documents that are broken on purpose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ocrfix import language_model
from ocrfix._network_learning import fit_several
from ocrfix.detectors._joins_blocks import LEAST_LOSS, choose
from ocrfix.detectors._joins_damage import Broken, broken_documents, material
from ocrfix.detectors._joins_features import NAMES, Pair, class_of, features, scores, whole_rows
from ocrfix.detectors._joins_fit import fits
from ocrfix.detectors._joins_initial import is_sure, lost_initials
from ocrfix.detectors._joins_lines import lines_of
from ocrfix.detectors._joins_pairs import glanced, places_of, shapes_of
from ocrfix.detectors._joins_topics import Topics
from ocrfix.detectors._joins_units import units_of
from ocrfix.detectors._joins_weights import Weights, weighed, write_weights
from ocrfix.detectors._joins_wraps import paragraphs, wraps
from ocrfix.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ocrfix._network import Network
    from ocrfix.detectors._joins_features import Shape
    from ocrfix.detectors._joins_fit import Fit
    from ocrfix.detectors._joins_units import Unit
    from ocrfix.language_model import LanguageModel

    Rows = NDArray[np.float64]

__all__ = ["Seen", "choices", "learn_joins", "learn_seams", "logistic"]

SEED: Final = 1
MOST: Final = 5000
"""Documents drawn from each file."""
ROUNDS: Final = 3
"""How often each article is broken."""
RIGHT: Final = 2
"""Right documents for each broken one, at the most."""
NEAR_MORE: Final = 0.7
"""How much more, in nats, neighbours may need than halves further apart, whose change is bolder."""
NETWORKS: Final = 6
"""Networks whose mean is taken."""
DECAY: Final = 0.1
"""The decay of their weights: tried on other documents of the same kind."""
CLASSES: Final = ("near small", "near capital", "far small", "far capital")
SAFE_NEAR: Final = 0.75
SAFE_ALL: Final = 0.95
UNSAFE_NEAR: Final = 0.5
"""The share of right ones among the pairs just over a threshold, and for the safe one among all over it. Some
of the pairs that count as wrong were broken in the right text already."""
WINDOW: Final = 80
"""Pairs just over a threshold that are looked at."""
UNSEEN: Final = 4.0
"""The threshold, in nats, of a class of which too little was seen, and the highest one."""
LEAST_SAFE: Final = {"small": -0.5, "capital": 1.5}
LEAST_UNSAFE: Final = {True: -1.5, False: 0.0}
"""The lowest scores, in nats, of a safe pair by its rest's first letter, since right text is full of
paragraphs that begin with a capital, and of an unsafe one, by whether its first half is surely none of
heading, caption and entry, where the safe ones do not begin lower."""


@dataclass(slots=True)
class Seen:
    """A document with its pairs, their features and whether each was one sentence."""

    units: list[Unit]
    shapes: dict[int, Shape]
    places: list[tuple[int, int]]
    fits: list[Fit]
    rows: list[dict[str, float]]
    true: list[bool]

    def pairs(self, alone: Mapping[str, float]) -> list[Pair]:
        """The pairs with what their own halves tell."""
        return [
            Pair(i, j, fit, bool(row["quotes"]), self.shapes[i].strong, weighed(alone, row))
            for (i, j), fit, row in zip(self.places, self.fits, self.rows, strict=True)
        ]

    def closer(self, glance: Mapping[str, float], language: LanguageModel) -> Seen | None:
        """The pairs that a glance leaves, with what their words tell; None when none is left."""
        kept = glanced(self.rows, glance)
        if not kept:
            return None
        topics = Topics(self.units, language)
        rows = [self.rows[k] | topics.features(*self.places[k]) for k in kept]
        return Seen(
            self.units,
            self.shapes,
            [self.places[k] for k in kept],
            [self.fits[k] for k in kept],
            rows,
            [self.true[k] for k in kept],
        )


class Choice(NamedTuple):
    """A pair that was taken: its class, strength and score, and whether it was right."""

    kind: str
    strong: bool
    score: float
    true: bool


def learn_joins(paths: Sequence[Path], output: Path, model: Path | None = None) -> None:
    """Learn the weights and write them.

    Parameters: ``paths`` and ``model`` as of `learn_seams`, the language model as a file, that which ocrfix
    carries when missing; ``output``. Raises ValueError when no file holds articles, OSError on files.
    """
    language = language_model.load(None if model is None else str(model))
    write_weights(output, *learn_seams(paths, language))


def learn_seams(paths: Sequence[Path], language: LanguageModel) -> tuple[Weights, str]:
    """The weights, and what they were learned from.

    Parameters: ``paths``, right text, a paragraph a line, documents parted by form feeds, also compressed;
    ``language``, the model whose fit is weighed. A model that has seen the text takes the true halves for
    much likelier than those of a text that is new to it (the median of their seams is 7 nats for 3), so it
    should not have. The same files in the same order give the same weights. Raises ValueError when no file
    holds articles, OSError on files.
    """
    rng = Random(SEED)  # noqa: S311  (no secret)
    found = material(paths, rng, MOST)
    if not found.articles or not found.headings:
        raise ValueError("the files hold no articles with headlines to learn from")
    made = broken_documents(found, rng, ROUNDS)
    most = RIGHT * ROUNDS * len(found.articles)
    chosen = rng.sample(found.right, most) if len(found.right) > most else found.right
    right = (Broken(blocks, frozenset()) for blocks in chosen)
    glanced_at = [s for document in _both(made, right) if (s := _look(document, language)) is not None]
    glance = _own(glanced_at)
    seen = [closer for s in glanced_at if (closer := s.closer(glance, language)) is not None]
    alone = _own(seen)
    tables = [_table(s, alone) for s in seen]
    thresholds = _thresholds(_crosswise(seen, tables, alone))
    count = sum(len(s.places) for s in glanced_at)
    note = (
        f"log-odds of the seams of broken sentences, learned from {count} pairs in {len(glanced_at)} "
        f"documents, {len(found.articles)} articles among them, each broken {ROUNDS} times"
    )
    return Weights(glance, alone, _network(seen, tables), thresholds), note


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


def _own(seen: list[Seen]) -> dict[str, float]:
    """The weights of pairs taken by themselves."""
    names = list(seen[0].rows[0])
    return _named(
        names, [list(row.values()) for s in seen for row in s.rows], [t for s in seen for t in s.true]
    )


def _table(seen: Seen, alone: Mapping[str, float]) -> Rows:
    """All that is known of the pairs of a document."""
    return np.array(whole_rows(seen.units, seen.pairs(alone), seen.rows, seen.shapes)[0])


def _network(seen: Sequence[Seen], tables: Sequence[Rows]) -> Network:
    true = np.array([t for s in seen for t in s.true])
    return fit_several(np.concatenate(tables), true, NAMES, NETWORKS, decay=DECAY)


def _crosswise(seen: list[Seen], tables: list[Rows], alone: Mapping[str, float]) -> list[Choice]:
    """What would be taken in each half of the documents by what is learned from the other half."""
    found: list[Choice] = []
    for half in (0, 1):
        network = _network(seen[1 - half :: 2], tables[1 - half :: 2])
        for s, table in zip(seen[half::2], tables[half::2], strict=True):
            found += choices(s, scores(network, table), alone)
    return found


def choices(seen: Seen, odds: Sequence[float], alone: Mapping[str, float]) -> list[Choice]:
    """The pairs that would be taken in a document, with their scores."""
    right = {place for place, true in zip(seen.places, seen.true, strict=True) if true}
    pairs = [replace(pair, score=score) for pair, score in zip(seen.pairs(alone), odds, strict=True)]
    return [
        Choice(class_of(seen.units, pair), pair.strong, pair.score, (pair.left, pair.right) in right)
        for pair in choose(seen.units, pairs)
        if pair.loss >= LEAST_LOSS
    ]


def _thresholds(taken: list[Choice]) -> dict[str, dict[str, tuple[float, float]]]:
    table = {}
    for kind in CLASSES:
        table[kind] = {
            name: _threshold(
                [c for c in taken if c.kind == kind and c.strong is strong],
                LEAST_SAFE[kind.split()[1]],
                LEAST_UNSAFE[strong],
            )
            for name, strong in (("strong", True), ("weak", False))
        }
    for name, (safe, unsafe) in table["near small"].items():
        most = round(table["far small"][name][0] + NEAR_MORE, 2)
        table["near small"][name] = (min(safe, most), round(min(unsafe, most - 0.5), 2))
    return table


def _threshold(taken: list[Choice], least: float, least_unsafe: float) -> tuple[float, float]:
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
    return safe, round(min(max(unsafe, least_unsafe), safe - 0.5), 2)
