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

__all__ = ["CONTEXT", "After", "Bulk", "Case", "Side", "signs_after"]

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
    """Tokens around one end of a copy: ids, offsets, and whether the stretch starts a paragraph."""

    ids: list[int]
    starts: list[int]
    ends: list[int]
    bounded: bool


class Bulk:
    """Questions to the language model that are answered at once, each the same as if it were alone.

    Ask with `sequence`, `joints` and `grid`, then call `answer`, then read with `each` and `totals`.
    """

    def __init__(self, language: LanguageModel) -> None:
        self._language = language
        self._reach = language.order - 1
        self._width = self._reach + CONTEXT
        self._rows: list[int] = []
        """Rows of a context and the tokens that follow it, -1 for those that are wanting."""
        self._grids: list[tuple[slice, slice]] = []
        self._each: NDArray[np.float64] = np.zeros(0)
        self._totals: NDArray[np.float64] = np.zeros(0)
        self._crossed: list[NDArray[np.float64]] = []
        self._closing = language.word_ids(".!?…:;")

    def side(self, layout: Layout, start: int, end: int) -> Side:
        """The tokens of the words ``[start, end)``, with the signs after them."""
        bounded = layout.edge(start) in UNIT
        if start >= end:
            return Side([], [], [], bounded)
        found = [
            (m.group(), *m.span())
            for m in TOKEN.finditer(layout.text, layout.start(start), signs_after(layout, end))
        ]
        tokens, starts, ends = map(list, zip(*found, strict=True)) if found else ([], [], [])
        ids = self._language.word_ids(tokens)
        if min(ids, default=0) < 0:
            kept = [n for n, number in enumerate(ids) if number >= 0]
            ids, starts, ends = ([column[n] for n in kept] for column in (ids, starts, ends))
        return Side(ids, starts, ends, bounded)

    def before(self, ids: Sequence[int]) -> list[int]:
        """The context that a seam after these tokens has, filled up with paragraph starts."""
        reach = self._reach
        return list(ids[-reach:]) if len(ids) >= reach else [*[0] * (reach - len(ids)), *ids]

    def sequence(self, ids: Sequence[int]) -> slice:
        """Ask for each token of a sequence that starts a sentence, after those before it."""
        first, rows = self._count(), [*[0] * self._reach, *ids, *[-1] * (-len(ids) % CONTEXT)]
        for at in range(0, len(ids), CONTEXT):
            self._rows += rows[at : at + self._width]
        return slice(first * CONTEXT, first * CONTEXT + len(ids))

    def joints(self, befores: Sequence[list[int]], afters: Sequence[list[int]]) -> slice:
        """Ask for the first tokens of what follows, each after its own context.

        Parameters: ``befores``, contexts that `before` gives; ``afters``, as many lists of at most `CONTEXT`
        tokens. After a context that no sign ends, nothing counts as such a sign.
        """
        first = self._count()
        for before, after in zip(befores, afters, strict=True):
            self._rows += before
            self._rows += after if len(after) == CONTEXT else [*after, *[-1] * (CONTEXT - len(after))]
        return slice(first, self._count())

    def grid(self, befores: slice, afters: slice) -> int:
        """Ask for every context of some joints with everything that follows in others; give its number."""
        self._grids.append((befores, afters))
        return len(self._grids) - 1

    def _count(self) -> int:
        return len(self._rows) // self._width

    def answer(self) -> None:
        """Let the model answer."""
        reach, width = self._reach, self._width
        some = np.array(self._rows, dtype=np.int64).reshape(-1, width)
        parts, shapes = [some], []
        for befores, afters in self._grids:
            before, after = some[befores, :reach], some[afters, reach:]
            crossed = np.empty((len(before), len(after), width), dtype=np.int64)
            crossed[:, :, :reach] = before[:, None]
            crossed[:, :, reach:] = after
            parts.append(crossed.reshape(-1, width))
            shapes.append(crossed.shape[:2])
        rows = np.concatenate(parts)
        for n in (rows[:, reach] < 0).nonzero()[0].tolist():
            if rows[n, reach - 1] and rows[n, reach - 1] not in self._closing:
                rows[n, reach] = self._closing[0]
        wanted = rows >= 0
        wanted[:, :reach] = False
        places, flat = wanted.ravel().nonzero()[0], rows.ravel()
        scores = np.zeros(len(flat))
        context = [flat.take(places - n) for n in range(reach, 0, -1)]
        scores[places] = self._language.logp(flat.take(places), context)
        each = scores.reshape(-1, width)[:, reach:]
        totals = each[:, 0]
        for n in range(1, CONTEXT):
            totals = totals + each[:, n]
        own = len(some)
        self._each, self._totals = each[:own].ravel(), totals[:own]
        at = own
        for shape in shapes:
            size = shape[0] * shape[1]
            self._crossed.append(totals[at : at + size].reshape(shape))
            at += size

    def each(self, which: slice) -> list[float]:
        """The log-probability of each token of a sequence, in nats."""
        found: list[float] = self._each[which].tolist()
        return found

    def totals(self, which: slice) -> list[float]:
        """The log-probability of each joint, all its tokens together, in nats."""
        found: list[float] = self._totals[which].tolist()
        return found

    def crossed(self, number: int) -> NDArray[np.float64]:
        """The log-probabilities of a grid, in nats: a row a context."""
        return self._crossed[number]


def signs_after(layout: Layout, end: int) -> int:
    """The offset after the words before ``end`` and the signs that belong to them."""
    high = layout.end(end)
    if not layout.apart(end):
        return high
    between = layout.between(end).split("\n")[0].split("\f")[0]
    if end < layout.count and layout.edge(end) not in UNIT:
        between = between.rstrip(' “"‘(')
    return high + len(between)


class _Before(NamedTuple):
    """What stands before a word: whether it starts a paragraph or the text, the sign, a word that may end."""

    starts: bool
    first: bool
    sign: str
    word: int
    full: bool


class After(NamedTuple):
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
        if not layout.apart(word):
            last = layout.words(word - 1, word)
            return _Before(
                starts=False,
                first=False,
                sign="",
                word=word,
                full=len(last) > _ABBREVIATION or last.islower(),
            )
        first = word <= 0
        starts = first or layout.edge(word) in UNIT
        sign = "" if first else layout.between(word).split("\n")[0].strip()
        last = "" if starts else layout.words(word - 1, word)
        return _Before(starts, first, sign, word, len(last) > _ABBREVIATION or last.islower())

    def after(self, word: int, offset: int) -> After:
        """The word, with the text from ``offset`` on before it."""
        layout, text = self._layout, self._layout.text
        if word >= layout.count:
            return After(ends=True, last=True, sign="", word=word, small=False, letter=False, nats=0.0)
        start = layout.start(word)
        between = text[offset:start]
        sign = "" if between == " " else between.split("\n")[0].strip()
        following = word + 1 < layout.count and text[layout.start(word + 1)].islower()
        return After(
            layout.edge(word) in UNIT,
            False,
            sign,
            word,
            *_first_letter(layout.words(word, word + 1), following),
        )

    def grid(self, words: Sequence[int], afters: Sequence[After]) -> NDArray[np.float64]:
        """`nats` of what stands before each word with everything that may follow, never the word itself."""
        known: dict[tuple[bool, bool, str, bool], list[float]] = {}
        rows = []
        for before in map(self.before, words):
            kind = before.starts, before.first, before.sign, before.full
            row = known.get(kind)
            if row is None:
                row = known[kind] = [self.nats(before, after) for after in afters]
            rows.append(row)
        return np.array(rows)

    @staticmethod
    def nats(before: _Before, after: After) -> float:
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
def _first_letter(word: str, before_lower: bool) -> tuple[bool, bool, float]:
    """Whether a word begins with a small letter, with a letter, and the cost inside a sentence in nats."""
    small = word[0].islower()
    if not word[0].isalpha():
        return small, False, 0.0
    share = load_capitals().get(canonical(word.lower()), _UNSEEN).share(before_lower=before_lower)
    return small, True, max(_WRONG_CASE, math.log(1.0 - share if small else share))
