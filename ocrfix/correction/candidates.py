"""What a reading may have been meant as: words of the vocabulary near it, with their channel costs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from ocrfix.correction.channel import LONGEST, Channel, WordCounts, encode
from ocrfix.language_model import LanguageModel
from ocrfix.vietnamese.letters import is_vietnamese_letter, strip_marks
from ocrfix.vietnamese.syllable import all_syllables, is_syllable

if TYPE_CHECKING:
    from symspellpy import SymSpell

__all__ = ["Candidates", "Choices"]

MOST: Final = 32
_FOREIGN_LOGP: Final = -11.5
"""Nats; words that are no syllables must be this common to be offered as corrections."""
_SHORTEST_FOREIGN: Final = 4
_LOOKED_AT: Final = 160
_CACHE: Final = 50_000
_DIGIT_LETTERS: Final = str.maketrans("01345689", "oleasbgg")


class Choices(NamedTuple):
    """Candidates of one reading, likeliest first: word ids and costs (nats), without the reading itself."""

    ids: NDArray[np.int64]
    costs: NDArray[np.float32]


def _is_foreign(word: str) -> bool:
    return 3 <= len(word) <= LONGEST and word.isalpha() and all(is_vietnamese_letter(c) for c in word)


_NONE: Final = Choices(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


class Candidates:
    """Finds candidates; remembers them for the readings met lately.

    Syllables are looked up by their skeleton, the letters without marks, within two edits (one for a
    reading that is a syllable itself); common words that are no syllables within one edit of the whole
    word, by symspellpy. Both are ranked by channel cost and by how common they are.
    """

    def __init__(self, model: LanguageModel, channel: Channel) -> None:
        self._channel = channel
        known = all_syllables()
        syllables = [(strip_marks(w), w, n) for n, w in enumerate(model.words) if w in known]
        syllables.sort(key=lambda item: item[0])
        common = np.flatnonzero(model.unigram > _FOREIGN_LOGP).tolist()
        foreign = [(model.words[n], n) for n in common if _is_foreign(model.words[n])]
        foreign = [(w, n) for w, n in foreign if w not in known]
        self._foreign = [w for w, _ in foreign]
        self._words = [w for _, w, _ in syllables] + self._foreign
        self._ids = np.array([n for _, _, n in syllables] + [n for _, n in foreign], dtype=np.int64)
        self._place = {w: i for i, w in enumerate(self._words)}
        self._counts = WordCounts(channel.counts, self._words)
        self._codes = encode(self._words, LONGEST)
        self._logp = model.unigram[self._ids]
        self._skeletons: list[str] = []
        starts = []
        for place, (skeleton, _, _) in enumerate(syllables):
            if not self._skeletons or self._skeletons[-1] != skeleton:
                self._skeletons.append(skeleton)
                starts.append(place)
        self._starts = np.array([*starts, len(syllables)], dtype=np.int64)
        self._memory: dict[str, Choices] = {}

    @cached_property
    def _speller(self) -> SymSpell:
        from symspellpy import SymSpell  # noqa: PLC0415  (start-up time)

        speller = SymSpell(max_dictionary_edit_distance=1, prefix_length=7)
        for word in self._foreign:
            speller.create_dictionary_entry(word, 1)
        return speller

    def _foreign_near(self, reading: str) -> list[int]:
        """Places of the words that are no syllables and one edit away from the reading."""
        if len(reading) < _SHORTEST_FOREIGN:
            return []
        from symspellpy import Verbosity  # noqa: PLC0415

        found = self._speller.lookup(reading, Verbosity.ALL, max_edit_distance=1)
        return [self._place[s.term] for s in found]

    def find(self, readings: Sequence[str]) -> list[Choices]:
        """Candidates of each reading (lower case, canonical tone placement)."""
        new = [r for r in dict.fromkeys(readings) if r not in self._memory]
        if len(self._memory) + len(new) > _CACHE:
            self._memory.clear()
            new = list(dict.fromkeys(readings))
        for at in range(0, len(new), 512):
            self._learn(new[at : at + 512])
        return [self._memory[r] for r in readings]

    def _learn(self, readings: list[str]) -> None:
        usable = [r for r in readings if len(r) <= LONGEST]
        for r in readings:
            self._memory[r] = _NONE
        if not usable:
            return
        plain = [strip_marks(r).translate(_DIGIT_LETTERS) for r in usable]
        reach = np.array([1 if len(r) < 3 or is_syllable(r) else 2 for r in usable], dtype=np.uint8)
        near = cdist(plain, self._skeletons, scorer=Levenshtein.distance, score_cutoff=2, dtype=np.uint8)
        rows, found = np.nonzero(near <= reach[:, None])
        sizes_found = self._starts[found + 1] - self._starts[found]
        # The words of every skeleton found: runs of one another's successors.
        offset = np.repeat(self._starts[found] - np.cumsum(sizes_found) + sizes_found, sizes_found)
        every = np.arange(len(offset)) + offset
        of_row = np.repeat(rows, sizes_found)
        far = np.repeat(near[rows, found], sizes_found)
        others = [(row, at) for row, r in enumerate(usable) for at in self._foreign_near(r)]
        if others:
            more = np.array(others, dtype=np.int64)
            every, of_row = np.append(every, more[:, 1]), np.append(of_row, more[:, 0])
            far = np.append(far, np.ones(len(more), dtype=far.dtype))
        order = np.lexsort((far * 4.0 - self._logp[every], of_row))
        every, of_row = every[order], of_row[order]
        edges = np.searchsorted(of_row, np.arange(len(usable) + 1))
        places = [every[a:b][:_LOOKED_AT] for a, b in pairwise(edges)]
        sizes = [len(at) for at in places]
        codes = encode(usable, LONGEST)
        together = np.concatenate(places)
        row = np.repeat(np.arange(len(usable)), sizes)
        costs = self._channel.refine(
            usable,
            row,
            self._counts,
            together,
            self._channel.letter_costs(codes[row], self._codes[together]),
            self._channel.right_costs(codes),
        )
        start = 0
        for reading, at in zip(usable, places, strict=True):
            cost = costs[start : start + len(at)]
            start += len(at)
            same = self._place.get(reading)
            if same is not None:
                other = at != same
                at, cost = at[other], cost[other]  # noqa: PLW2901
            rank = np.argsort(cost - 0.5 * self._logp[at], kind="stable")[:MOST]
            self._memory[reading] = Choices(self._ids[at[rank]], cost[rank])
