"""What paragraphs are about: how much likelier the words of one are beside others than anywhere."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocrfix.detectors._joins_units import Unit
    from ocrfix.language_model import LanguageModel

__all__ = ["TOPICS", "Topics"]

TOPICS: Final = (
    "rest above",
    "rest below",
    "half below",
    "after above",
    "half own above",
    "half own below",
    "rest own above",
    "rest own below",
    "next own above",
    "after own above",
    "echoes",
    "long echoes",
)
"""The features that `Topics.features` gives: whose words stand beside whose."""

END: Final = 500
"""Characters at each end of a paragraph whose words are looked at."""
SEAM: Final = 60
"""Characters at a seam that hold its words."""
CACHE: Final = 0.3
"""The share of words that come from what is around, as in cache language models (Kuhn and De Mori 1990)."""
RAREST: Final = -11.0
"""The least log-probability of a word, in nats, that counts."""
MARKS: Final = "\"'“”‘’«»()[]{}.,;:!?…-–—*•/"


class Topics:
    """The words of the paragraphs of a document, and how much of each other's they are."""

    def __init__(self, units: list[Unit], language: LanguageModel) -> None:
        self._units, self._language = units, language
        self._words: dict[int, Counter[str]] = {}
        self._around: dict[tuple[int, ...], tuple[Counter[str], int]] = {}
        self._told: dict[tuple[int, tuple[int, ...]], float] = {}
        self._common: dict[str, float] = {}
        self._rows: tuple[Counter[tuple[str, str]], frozenset[tuple[str, str, str]]] | None = None

    def words(self, number: int) -> Counter[str]:
        """How often the words of a unit stand in it, in small letters."""
        found = self._words.get(number)
        if found is None:
            text = self._units[number].text
            if len(text) > 2 * END:
                text = f"{text[:END]} {text[-END:]}"
            found = Counter(filter(None, (piece.strip(MARKS) for piece in text.lower().split())))
            self._words[number] = found
        return found

    def features(self, i: int, j: int) -> dict[str, float]:
        """What the words of two halves, and of what stands around them, say of the pair.

        Parameters: ``i`` and ``j``, numbers of the units. "Above" and "below" of the names are the units
        before the first half (itself among them) and after it, "own" those beside the unit itself; "next" is
        what stands below the first half, "after" what stands below the rest.
        """
        above, below = (i, i - 1, i - 2, i - 3), [n for n in (i + 1, i + 2, i + 3) if n != j]
        last = j + 1 == len(self._units)
        values = (
            self.told(j, above),
            self.told(j, below),
            self.told(i, (j, j + 1, j + 2)),
            0.0 if last else self.told(j + 1, above[:3]),
            self.told(i, above[1:]),
            self.told(i, below),
            self.told(j, [n for n in (j - 1, j - 2, j - 3) if n != i]),
            self.told(j, (j + 1, j + 2, j + 3)),
            0.0 if i + 1 == j else self.told(i + 1, above[:3]),
            0.0 if last else self.told(j + 1, (j - 1, j - 2, j - 3)),
            *self.echoes(i, j),
        )
        return dict(zip(TOPICS, values, strict=True))

    def echoes(self, i: int, j: int) -> tuple[float, float]:
        """Whether the words at the seam of two halves stand side by side elsewhere in the document.

        Returns the logarithm of how often the two next to it do (at most 2), and how many of the two runs of
        three words over it do.
        """
        left = self._units[i].open_text[-SEAM:].lower().split()[-2:]
        right = self._units[j].text[:SEAM].lower().split()[:2]
        if not left or not right or left[-1][-1] in MARKS or right[0][0] in MARKS:
            return 0.0, 0.0
        two, three = self._all_rows()
        words = [word.strip(MARKS) for word in (*left, *right)]
        middle = len(left)
        count = two[words[middle - 1], words[middle]]
        long = sum((words[k], words[k + 1], words[k + 2]) in three for k in range(len(words) - 2))
        return min(2.0, math.log1p(count)), float(long)

    def _all_rows(self) -> tuple[Counter[tuple[str, str]], frozenset[tuple[str, str, str]]]:
        """The pairs and triples of words in a row in all units."""
        if self._rows is None:
            two: Counter[tuple[str, str]] = Counter()
            three: set[tuple[str, str, str]] = set()
            for unit in self._units:
                words = [piece.strip(MARKS) for piece in unit.text.lower().split()]
                two.update(pairwise(words))
                three.update(zip(words, words[1:], words[2:], strict=False))
            self._rows = two, frozenset(three)
        return self._rows

    def told(self, number: int, others: Iterable[int]) -> float:
        """How much likelier the words of a unit are beside others than by themselves.

        Parameters: ``number`` of the unit; ``others``, numbers of those beside it; such as do not exist are
        passed over. Nats, divided by the root of the number of words; 0 beside nothing.
        """
        beside = tuple(n for n in others if 0 <= n < len(self._units) and n != number)
        if not beside:
            return 0.0
        key = number, beside
        if key not in self._told:
            counts, size = self._sum(beside)
            rate = CACHE / (1.0 - CACHE) / max(1, size)
            least = math.log(1.0 - CACHE)
            words = self.words(number)
            total = 0.0
            for word in words:
                count = counts.get(word, 0)
                total += least
                if count:
                    total += math.log1p(rate * count * math.exp(-self._logp(word)))
            self._told[key] = total / math.sqrt(len(words) + 1)
        return self._told[key]

    def _sum(self, numbers: tuple[int, ...]) -> tuple[Counter[str], int]:
        found = self._around.get(numbers)
        if found is None:
            counts: Counter[str] = Counter()
            for number in numbers:
                counts.update(self.words(number))
            found = self._around[numbers] = counts, sum(counts.values())
        return found

    def _logp(self, word: str) -> float:
        found = self._common.get(word)
        if found is None:
            found = self._common[word] = max(RAREST, self._language.word_logp(word))
        return found
