"""`ocrfix learn --pairs … --confidence`: from pairs to the confidence model.

Every change that the decoder would make in the readings, and in the truth taken as a document, is looked
up in the truth; the confidence model learns which were right. The truth must not be in the language model's
corpus, or its scores would be too good.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ocrfix.correction.alignment import align_words
from ocrfix.correction.candidates import Candidates
from ocrfix.correction.confidence import Confidence, fit
from ocrfix.correction.decoder import decode
from ocrfix.correction.features import NAMES, changes, features
from ocrfix.correction.reading import read
from ocrfix.document import Document
from ocrfix.language_model import LanguageModel
from ocrfix.vietnamese.syllable import canonical

__all__ = ["examples", "learn_confidence"]


_SLIP = 6.0
_UNCLEAR = 3.0
"""Log-odds, nats. Read by hand, 40 of 42 such changes of lower-case words in the truth above 6 were right."""


def _fold(word: str) -> str:
    return canonical("".join(c for c in word if c.isalnum()))


def examples(
    text: str, truth: str, model: LanguageModel, candidates: Candidates
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Features of every change proposed in a text, and whether it is right."""
    document = Document(text)
    reading = read(document, model)
    decoded = decode(reading, model, candidates, 0.0)
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


def learn_confidence(
    pairs: Iterable[tuple[str, str]], model: LanguageModel, candidates: Candidates
) -> tuple[Confidence, int]:
    """Fit the confidence model on (truth, reading) pairs; returns it and the number of changes it saw."""
    rows: list[NDArray[np.float64]] = []
    right: list[NDArray[np.bool_]] = []
    for gold, ocr in pairs:
        for text in (ocr, gold):
            x, y = examples(text, gold, model, candidates)
            rows.append(x)
            right.append(y)
    x, y = np.concatenate(rows), np.concatenate(right)
    return fit(x, y), len(y)
