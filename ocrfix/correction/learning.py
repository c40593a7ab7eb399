"""`ocrfix learn --pairs … --confidence`: from pairs to the confidence model.

Every change that the decoder would make in the readings, and in the truth taken as a document, is looked
up in the truth; the confidence model learns which were right. The truth must not be in the language model's
corpus, or its scores would be too good.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocrfix._pairs import Pair, read_pairs
from ocrfix.correction.alignment import align_words
from ocrfix.correction.candidates import Candidates
from ocrfix.correction.confidence import Confidence, fit, write
from ocrfix.correction.decoder import decode
from ocrfix.correction.features import NAMES, changes, features
from ocrfix.correction.pairs import pages, paragraphs
from ocrfix.correction.reading import read
from ocrfix.document import Document
from ocrfix.language_model import LanguageModel
from ocrfix.vietnamese.syllable import canonical

__all__ = ["examples", "learn_confidence", "training_documents"]


_LINES, _PARAGRAPHS, _PAGES = 6000, 2400, 900
_SHORTEST_LINE, _SHORTEST_PARAGRAPH = 4, 20
_RIGHT = 0.5
"""Share of the documents that are learned from in the right form too."""
_FEWEST = 50
_SLIP = 6.0
_UNCLEAR = 3.0
"""Log-odds, nats. Read by hand, 46 of 47 such changes of lower-case words in the truth above 6 were right."""


def _fold(word: str) -> str:
    return canonical("".join(c for c in word if c.isalnum()))


def examples(
    text: str, truth: str, model: LanguageModel, candidates: Candidates
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Features of every change proposed in a text, and whether it is right."""
    document = Document(text)
    reading = read(document, model)
    decoded = decode(reading, model, candidates)
    found = changes(reading, decoded, model)
    rows = features(reading, decoded, found, model)
    gold_of = _gold_words(text, truth)
    right = np.zeros(len(found), dtype=bool)
    known = np.ones(len(found), dtype=bool)
    for k, change in enumerate(found):
        start = int(reading.starts[change.place.at])
        surface = reading.surfaces[change.place.at]
        chunk, begin, gold = gold_of[start]
        changed = chunk[: start - begin] + change.meant + chunk[start - begin + len(surface) :]
        right[k] = _fold(changed) == _fold(gold)
        if _fold(chunk) == _fold(gold):
            # The truth has the word too. Where it is a common word and all else speaks against it,
            # it is a slip of the paper's own; between sure and unsure nobody can tell.
            margin = rows[k, NAMES.index("margin")]
            if surface.islower() and margin >= _SLIP:
                right[k] = True
            elif surface.islower() and margin >= _UNCLEAR:
                known[k] = False
    return rows[known], right[known]


def _gold_words(text: str, truth: str) -> dict[int, tuple[str, int, str]]:
    """For every offset inside a word of the text: the word, where it begins, and what the truth has there."""
    places, position = [], 0
    for word in text.split():
        position = text.index(word, position)
        places.append(position)
        position += len(word)
    found: dict[int, tuple[str, int, str]] = {}
    k = 0
    for gold, seen in align_words(truth, text):
        for word in seen:
            meant = " ".join(gold) if len(seen) == 1 else "\0"
            for offset in range(places[k], places[k] + len(word)):
                found[offset] = (word, places[k], meant)
            k += 1
    return found


def training_documents(pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """(text, truth) documents of all sizes: lines, paragraphs and pages, as read, and half of them right.

    The choice is random with a fixed seed.
    """
    chance = random.Random(1)  # noqa: S311  (no secret)

    def some(found: list[Pair], number: int) -> list[Pair]:
        return chance.sample(found, min(number, len(found)))

    lines = [p for p in pairs if len(p.gold.split()) >= _SHORTEST_LINE]
    whole = [p for p in paragraphs(pairs) if len(p.gold.split()) >= _SHORTEST_PARAGRAPH]
    chosen = [*some(lines, _LINES), *some(whole, _PARAGRAPHS), *some(pages(pairs), _PAGES)]
    documents = [(p.ocr, p.gold) for p in chosen]
    return documents + [(p.gold, p.gold) for p in chosen if chance.random() < _RIGHT]


def learn_confidence(
    paths: Sequence[Path], output: Path, model: LanguageModel, candidates: Candidates
) -> Confidence:
    """Fit the confidence model on files of pairs and write it.

    Raises ValueError for a file that holds no pairs or too few to learn from, OSError on files.
    """
    pairs = [p for path in paths for p in read_pairs(path)]
    rows: list[NDArray[np.float64]] = []
    right: list[NDArray[np.bool_]] = []
    for text, truth in training_documents(pairs):
        x, y = examples(text, truth, model, candidates)
        rows.append(x)
        right.append(y)
    x, y = (
        np.concatenate(rows or [np.zeros((0, len(NAMES)))]),
        np.concatenate(right or [np.zeros(0, dtype=bool)]),
    )
    if len(y) < _FEWEST or y.all() or not y.any():
        raise ValueError(f"the pairs hold too few changes to learn from ({len(y)})")
    confidence = fit(x, y)
    names = ", ".join(sorted(p.name for p in paths))
    write(output, confidence, f"Learned from {len(y)} changes in {len(rows)} documents of {names}")
    return confidence
