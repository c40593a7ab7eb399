"""How well stretches of words go on from each other, scored in bulk: by the model, and by letter case."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ocrfix.detectors._duplicates_bounds import UNIT
from ocrfix.detectors._punctuation_capitals import Capitals, load_capitals
from ocrfix.language_model.tokens import TOKEN
from ocrfix.vietnamese.syllable import canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ocrfix.detectors._duplicates_layout import Layout
    from ocrfix.language_model import LanguageModel

__all__ = ["CONTEXT", "Bulk", "Case", "Side"]

CONTEXT: Final = 3
"""Tokens that a word of the model sees before it."""
_WRONG_CASE: Final = -6.0
"""Nats of a small letter after a stop, and the least for any letter."""
_OPEN_END: Final = -4.0
"""Nats of a paragraph that ends without a sign: about one in fifty does."""
_STOPS: Final = frozenset(".!?…")
_CLOSING: Final = '"”’»)'
_ABBREVIATION: Final = 3
"""Letters of a word that a stop may follow within a sentence."""
_UNSEEN: Final = Capitals(0, 0, 0, 0)


class Side(NamedTuple):
    """Tokens around one end of a copy: ids, offsets, and whether the stretch starts or ends a paragraph."""

    ids: list[int]
    starts: list[int]
    ends: list[int]
    bounded: bool


class Bulk:
    """Questions to the language model that are answered at once, each the same as if it were alone.

    Ask with `sequence` and `joints`, then call `answer`, then read with `each` and `totals`.
    """

    def __init__(self, language: LanguageModel) -> None:
        self._language = language
        self._reach = language.order - 1
        self._rows: list[int] = []
        """Words with their contexts, one after the other: a context, and the words that follow it."""
        self._places: list[int] = []
        """Where in the rows the words stand that are asked for."""
        self._scores: NDArray[np.float64] = np.zeros(0)
        self._closing = language.word_ids(".!?…:;")

    def side(self, layout: Layout, start: int, end: int, stop: int | None = None) -> Side:
        """The tokens of the words ``[start, end)``, with the signs after them or up to an offset ``stop``."""
        bounded = layout.edge(start) in UNIT
        if start >= end:
            return Side([], [], [], bounded)
        low = layout.start(start)
        high = layout.end(end) if stop is None else stop
        if stop is None:
            between = layout.between(end).split("\n")[0].split("\f")[0]
            high += (
                len(between)
                if end >= layout.count or layout.edge(end) in UNIT
                else len(between.rstrip(' “"‘('))
            )
        ids, starts, ends = [], [], []
        for token in TOKEN.finditer(layout.text, low, high):
            number = self._language.word_id(token.group())
            if number >= 0:
                ids.append(number)
                starts.append(token.start())
                ends.append(token.end())
        return Side(ids, starts, ends, bounded)

    def sequence(self, ids: Sequence[int]) -> slice:
        """Ask for each token of a sequence that starts a sentence, after those before it."""
        return self._ask([0] * self._reach, ids)

    def joints(self, joints: Sequence[tuple[Side, int, Side, int]]) -> list[slice]:
        """Ask for the first tokens of right sides, after the first tokens of left ones.

        Parameters: ``joints``, of each the left side and how many of its tokens count (-1: all), the right
        side and how many of its tokens are passed over. After a left side that no sign ends, a right side
        without tokens counts as such a sign.
        """
        return [
            self._joint(self._context(left, low), right.ids[high : high + CONTEXT])
            for left, low, right, high in joints
        ]

    def grid(self, left: Side, lows: Sequence[int], right: Side, highs: Sequence[int]) -> list[slice]:
        """Ask as `joints` does: for the first of the left sides with every right one, then for the next."""
        befores = [self._context(left, low) for low in lows]
        afters = [right.ids[high : high + CONTEXT] for high in highs]
        return [self._joint(before, after) for before in befores for after in afters]

    def _context(self, left: Side, low: int) -> list[int]:
        before = [0] * self._reach + (left.ids if low < 0 else left.ids[max(0, low - self._reach) : low])
        return before[-self._reach :]

    def _joint(self, before: list[int], after: list[int]) -> slice:
        if not after and before[-1] and before[-1] not in self._closing:
            after = self._closing[:1]
        return self._ask(before, after)

    def _ask(self, before: Sequence[int], words: Sequence[int]) -> slice:
        first = len(self._places)
        self._rows += before
        at = len(self._rows)
        self._places += range(at, at + len(words))
        self._rows += words
        return slice(first, first + len(words))

    def answer(self) -> None:
        """Let the model answer."""
        rows, places = np.array(self._rows, dtype=np.int64), np.array(self._places, dtype=np.int64)
        context = [rows.take(places - n) for n in range(self._reach, 0, -1)]
        self._scores = self._language.logp(rows.take(places), context).astype(np.float64)

    def each(self, which: slice) -> list[float]:
        """The log-probability of each token that was asked for, in nats."""
        found: list[float] = self._scores[which].tolist()
        return found

    def totals(self, which: Sequence[slice]) -> list[float]:
        """The log-probabilities of all tokens of each question together, in nats."""
        scores = self._scores.tolist()
        return [sum(scores[part]) for part in which]


class _Before(NamedTuple):
    """What stands before a word: whether it starts a paragraph or the text, the sign, a word that may end."""

    starts: bool
    first: bool
    sign: str
    word: int
    full: bool


class _After(NamedTuple):
    """A word: whether a paragraph, or the text, ends before it; the sign, the letter and its cost in nats."""

    ends: bool
    last: bool
    sign: str
    word: int
    small: bool
    letter: bool
    nats: float


class Case:
    """How well the first letter of a word goes with what stands before another one."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def before(self, word: int) -> _Before:
        """What stands before the word."""
        layout = self._layout
        first = word <= 0
        starts = first or layout.edge(word) in UNIT
        sign = "" if first else layout.between(word).split("\n")[0].strip()
        last = "" if starts else layout.words(word - 1, word)
        return _Before(starts, first, sign, word, len(last) > _ABBREVIATION or last.islower())

    def after(self, word: int, offset: int) -> _After:
        """The word, with the text from ``offset`` on before it."""
        layout, text = self._layout, self._layout.text
        if word >= layout.count:
            return _After(ends=True, last=True, sign="", word=word, small=False, letter=False, nats=0.0)
        start = layout.start(word)
        sign = text[offset:start].split("\n")[0].strip()
        first = text[start]
        letter, small = first.isalpha(), first.islower()
        nats = 0.0
        if letter:
            on = layout.start(word + 1) if word + 1 < layout.count else -1
            following = on >= 0 and text[on].islower()
            share = _share(layout.words(word, word + 1).lower(), before_lower=following)
            nats = max(_WRONG_CASE, math.log(1.0 - share if small else share))
        return _After(layout.edge(word) in UNIT, False, sign, word, small, letter, nats)

    @staticmethod
    def nats(before: _Before, after: _After) -> float:
        """The log-likelihood of the letter case, and of the sign at the end of a paragraph, in nats."""
        same = before.word == after.word
        sign = before.sign if same or after.last else before.sign + after.sign
        sign = sign.rstrip(_CLOSING)[-1:]
        if after.ends and not same:
            return 0.0 if before.starts or sign else _OPEN_END
        if after.last:
            return 0.0
        if before.starts:
            if after.small:
                return _WRONG_CASE
            return 0.0 if sign or before.first or not same else _OPEN_END
        if sign in _STOPS:
            return _WRONG_CASE if before.full and after.small else 0.0
        if not after.letter or (sign and sign not in ",;"):
            return 0.0
        return after.nats


@lru_cache(maxsize=1 << 14)
def _share(word: str, *, before_lower: bool) -> float:
    """The share of capitals of a word inside sentences."""
    return load_capitals().get(canonical(word), _UNSEEN).share(before_lower=before_lower)
