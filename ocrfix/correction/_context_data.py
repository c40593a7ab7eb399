"""What the context model learns from: places in right text, misread around, and words that look alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocrfix.correction.candidates import Candidates
from ocrfix.correction.channel import LONGEST
from ocrfix.correction.context import WIDE
from ocrfix.language_model import LanguageModel
from ocrfix.language_model.counting import encode, without
from ocrfix.language_model.model import UNKNOWN_ID

__all__ = ["SEEN", "Batch", "Places", "corpus_ids"]

I64 = NDArray[np.int64]

SEEN: Final = 16_000
"""Words, the most frequent ones, that the model tells apart beside a place."""
_STRETCH: Final = 64
"""Words in a row that places are taken from; their surroundings are read once."""
_STRETCHES: Final = 128
_PLACES: Final = 43 * _STRETCHES
"""Places of a batch."""
_RIVALS: Final = 11
"""Words beside the right one that a place is asked about."""
_FREQUENT: Final = 2e-3
"""Share of the corpus above which a word's places are thinned out, by the root (as Mikolov et al. 2013)."""
_MISREAD: Final = ((0.0, 0.4), (0.03, 0.4), (0.1, 0.2))
"""Shares of misread words around a place, and how many of the stretches have them."""
_NO_WORD: Final = 0.25
"""Share of the misread words that are no words any more."""
_LIKE: Final = 32
_READINGS: Final = 12


class Batch(NamedTuple):
    """Stretches of text as they may be read, and places in them.

    ``text``: rows of ids, each with `WIDE` words more to both sides; ``at``: places, counted over the rows
    without these; ``words``: for each place the right word and its rivals (0 for none).
    """

    text: I64
    at: I64
    words: I64


def corpus_ids(
    paths: Sequence[Path],
    held_out: Sequence[str],
    model: LanguageModel,
    progress: Callable[[str], None] = lambda _: None,
) -> NDArray[np.uint16]:
    """The corpus in a language model's word ids, a boundary before every paragraph.

    Raises ValueError when there is too little text, OSError on files.
    """
    tokens, forms = encode(paths, progress)
    if held_out:
        tokens = without(tokens, forms, held_out)
    table = np.array([model.word_id(f) if i > UNKNOWN_ID else i for i, f in enumerate(forms)])
    table = np.where(table < 0, UNKNOWN_ID, table).astype(np.uint16)
    for special, form in enumerate(model.words[:4]):
        table[forms.index(form)] = special
    ids: NDArray[np.uint16] = table[tokens]
    if len(ids) < 100 * _STRETCH:
        raise ValueError("the text holds too few words to learn from")
    return ids


class Places:
    """Draws batches; the same seed and number give the same batch."""

    def __init__(self, ids: NDArray[np.uint16], model: LanguageModel, candidates: Candidates) -> None:
        self._ids = ids
        size = len(model.words)
        self._alike = np.zeros((size, _LIKE), dtype=np.uint16)
        self._many = np.zeros(size, dtype=np.int64)
        readings: dict[int, list[tuple[float, int]]] = {}
        usable = [i for i in np.flatnonzero(model.is_word).tolist() if self._usable(model.words[i])]
        for begin in range(0, len(usable), 2000):
            some = usable[begin : begin + 2000]
            for word, found in zip(some, candidates.find([model.words[i] for i in some]), strict=True):
                many = min(_LIKE, len(found.ids))
                self._alike[word, :many], self._many[word] = found.ids[:many], many
                for meant, cost in zip(found.ids.tolist(), found.costs.tolist(), strict=True):
                    readings.setdefault(meant, []).append((cost, word))
        self._readings = np.zeros((size, _READINGS), dtype=np.uint16)
        self._chances = np.zeros((size, _READINGS))
        for meant, rows in readings.items():
            rows.sort()
            best = rows[:_READINGS]
            chance = np.exp(-np.array([cost for cost, _ in best]))
            self._readings[meant, : len(best)] = [word for _, word in best]
            self._chances[meant, : len(best)] = np.cumsum(chance / chance.sum())
            self._chances[meant, len(best) :] = 1.0
        share = np.bincount(ids, minlength=size) / len(ids)
        self._keep = np.minimum(1.0, np.sqrt(_FREQUENT / np.maximum(share, 1e-12)))
        self._keep[self._many == 0] = 0

    @staticmethod
    def _usable(word: str) -> bool:
        return word.isalpha() and len(word) <= LONGEST

    @property
    def per_batch(self) -> int:
        """Places in a batch."""
        return _PLACES

    def batch(self, seed: int, number: int) -> Batch:
        """One batch of a series."""
        rng = np.random.default_rng((seed, number))
        begin = rng.integers(0, len(self._ids) - _STRETCH - 2 * WIDE, _STRETCHES)
        right = self._ids[begin[:, None] + np.arange(_STRETCH + 2 * WIDE)].astype(np.int64)
        text = self._misread(right, rng)
        text[text >= SEEN] = UNKNOWN_ID
        inner = right[:, WIDE : WIDE + _STRETCH].ravel()
        at = np.flatnonzero(rng.random(len(inner)) < self.kept(inner))
        if not len(at):
            return self.batch(seed + 1, number)
        at = np.sort(rng.choice(at, _PLACES, replace=len(at) < _PLACES))
        meant = inner[at]
        return Batch(text, at, np.concatenate((meant[:, None], self.rivals(meant, rng)), axis=1))

    def kept(self, words: I64) -> NDArray[np.float64]:
        """The share of each word's places that are learned from; 0 for a word that nothing looks like."""
        return self._keep[words]

    def rivals(self, meant: I64, rng: np.random.Generator) -> I64:
        """Words that look like each word, some of them 0 for none: one row a word."""
        pick = (rng.random((len(meant), _RIVALS)) * self._many[meant][:, None]).astype(np.int64)
        rivals = self._alike[meant[:, None], pick].astype(np.int64)
        rivals[rivals == meant[:, None]] = 0
        return rivals

    def _misread(self, right: I64, rng: np.random.Generator) -> I64:
        """Text with some of its words read as the channel reads them."""
        levels = np.array([level for level, _ in _MISREAD])
        share = rng.choice(levels, len(right), p=[part for _, part in _MISREAD])
        hit = (rng.random(right.shape) < share[:, None]) & (self._chances[right, -1] > 0)
        meant = right[hit]
        pick = (rng.random(len(meant))[:, None] > self._chances[meant]).sum(1).clip(0, _READINGS - 1)
        read = self._readings[meant, pick].astype(np.int64)
        read[rng.random(len(read)) < _NO_WORD] = UNKNOWN_ID
        text = right.copy()
        text[hit] = read
        return text
