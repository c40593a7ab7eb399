"""A text as the language model sees it: n-grams looked up once, for its own score and for changes of it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocrfix.language_model.model import BOUNDARY_ID, LanguageModel

__all__ = ["Options", "Passage"]

_PORTION: Final = 8192
"""Words looked up at a time: few enough for the arrays to stay in the processor's cache."""

F32 = NDArray[np.float32]
I8 = NDArray[np.int8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]


class Passage:
    """A sequence of ids with the n-grams that end in each of them.

    Parameters: ``model``; ``ids``, of which the first ``order - 1`` are boundaries.

    >>> from ocrfix.language_model import load
    >>> model = load()
    >>> ids = np.array([0, 0, 0, *model.ids_of("quỹ vì người nghèo")])
    >>> bool((Passage(model, ids).scores(3) == model.score_ids(ids[3:])).all())
    True
    """

    def __init__(self, model: LanguageModel, ids: I64) -> None:
        self.model, self.ids = model, ids
        last = ids.astype(np.uint64)
        self.keys = [np.zeros(0, dtype=np.uint64), last]
        for n in range(2, model.order + 1):
            key = self.keys[-1].copy()
            key[n - 1 :] |= last[: 1 - n] << np.uint64(16 * (n - 1))
            self.keys.append(key)
        asked = self.keys[2:-1]
        parts = [
            model.codes([k[at : at + _PORTION] for k in asked], range(2, model.order))
            for at in range(0, len(ids), _PORTION)
        ]
        self.codes: list[I32] = [p[0] if len(p) == 1 else np.concatenate(p) for p in zip(*parts, strict=True)]

    def scores(self, begin: int) -> F32:
        """Log-probability, in nats, of each id from ``begin`` on after those before it."""
        parts = []
        for at in range(begin, len(self.ids), _PORTION):
            end = min(at + _PORTION, len(self.ids))
            part, _ = self.model.combined(
                self.ids[at:end],
                self.ids[at - 1 : end - 1],
                [c[at:end] for c in self.codes],
                [c[at - 1 : end - 1] for c in self.codes],
                self.keys[-1][at:end],
            )
            parts.append(part)
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)


class Options:
    """Other words for some places of a passage, to be scored with what follows them.

    Parameters: ``passage``; for each option, ``at``, its place, and ``words``, its id. ``order - 1`` ids must
    stand on both sides of a place.
    """

    def __init__(self, passage: Passage, at: I64, words: I64) -> None:
        self._passage, self._at, self._words = passage, at, words
        self._last = words.astype(np.uint64)
        self._order = passage.model.order
        self._keys: dict[tuple[int, int], U64] = {}
        self._codes: dict[tuple[int, int], I32] = {}
        self._look_up(2)

    def _look_up(self, least: int) -> None:
        """Look up the n-grams of ``least`` words, or when it is above 2, of so many and more."""
        ends = [(n, t) for t in range(self._order) for n in range(max(least, t + 1), self._order + 1)]
        grams = [(n, t) for n, t in ends if n == 2 or least > 2]
        self._keys |= {(n, t): self._key(n, t) for n, t in grams}
        asked = [(n, t) for n, t in grams if n < self._order]
        found = self._passage.model.codes([self._keys[g] for g in asked], [n for n, _ in asked])
        self._codes |= dict(zip(asked, found, strict=True))

    def ceiling(self) -> F32:
        """More than what `score` gives from 0 to 2 in all, boundaries left out, by the pairs of words alone.

        A pair that the model lacks leaves its second word what it has by itself, at most.
        """
        model, after = self._passage.model, self._word(1)
        own, following = (self._codes.get((2, t)) for t in (0, 1))
        if own is None or following is None:
            return np.full(len(self._at), 2 * model.highest, dtype=np.float32)
        alone = model.unigram.take(self._words) + model.backoff.take(self._word(-1)) + model.slack
        next_alone = model.unigram.take(after) + model.backoff.take(self._words) + model.slack
        next_alone[after == BOUNDARY_ID] = 0
        least = np.where(own < 0, alone, model.highest)
        least += np.where(following < 0, next_alone, model.highest)
        return least

    def _key(self, n: int, t: int) -> U64:
        """Key of the n-gram that ends ``t`` words after the option and has it inside."""
        key = self._last
        if t:
            key = (key << np.uint64(16 * t)) | self._passage.keys[t].take(self._at + t)
        if n > t + 1:
            key = key | (self._passage.keys[n - t - 1].take(self._at - 1) << np.uint64(16 * (t + 1)))
        return key

    def _word(self, t: int) -> I64:
        return self._passage.ids.take(self._at + t) if t else self._words

    def _code(self, n: int, t: int) -> I32:
        found = self._codes.get((n, t))
        return self._passage.codes[n - 2].take(self._at + t) if found is None else found

    def _highest(self, t: int) -> U64:
        found = self._keys.get((self._order, t))
        return self._passage.keys[-1].take(self._at + t) if found is None else found

    def kept(self, which: NDArray[np.bool_]) -> Options:
        """The options that a mask keeps."""
        some = object.__new__(Options)
        some._passage, some._order = self._passage, self._order
        some._at, some._words, some._last = self._at[which], self._words[which], self._last[which]
        some._keys = {k: v[which] for k, v in self._keys.items()}
        some._codes = {k: v[which] for k, v in self._codes.items()}
        return some

    def score(self, begin: int, end: int) -> tuple[F32, I8, I64]:
        """Scores of the words from ``begin`` to ``end`` places after each option's place, itself at 0.

        Log-probabilities in nats, lengths of the n-grams that these rest on, and the words' ids: one row a
        word, one column an option.
        """
        if (self._order, 0) not in self._keys:
            self._look_up(3)
        steps = range(begin, end)
        words = np.concatenate([self._word(t) for t in steps])
        part, orders = self._passage.model.combined(
            words,
            np.concatenate([self._word(t - 1) for t in steps]),
            [np.concatenate([self._code(n, t) for t in steps]) for n in range(2, self._order)],
            [np.concatenate([self._code(n, t - 1) for t in steps]) for n in range(2, self._order)],
            np.concatenate([self._highest(t) for t in steps]),
        )
        shape = len(steps), len(self._at)
        return part.reshape(shape), orders.reshape(shape), words.reshape(shape)
