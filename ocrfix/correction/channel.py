"""How letters get misread: P(read | meant), learned from pairs of truth and reading.

A word is read letter by letter; a letter is kept, misread, lost, or one is added. How often each happens
is counted in aligned pairs and smoothed with a model of its kind: the base letter, the shape mark and the
tone are misread apart from each other, so that a confusion never seen costs what its like cost.
The words are lower-case; letter case is restored elsewhere.

Counts are stored as text (``dictionaries/vi/channel.tsv``); the probabilities are made at load.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocrfix._data import data_path
from ocrfix.correction.channel_counts import Counts, read_counts
from ocrfix.vietnamese.letters import letter

__all__ = ["Channel", "WordCounts", "encode", "load_channel"]

_BASES: Final = "abcdefghijklmnopqrstuvwxyz"
_VOWELS: Final = "aeiouy"
_STRENGTH: Final = 60.0
"""Pseudo-counts that the model of its kind has against a letter's own counts."""
_FLOOR: Final = 0.5
_WORD_STRENGTH: Final = 1000.0
"""Pseudo-counts that the letters have against a whole word's own counts."""
LONGEST: Final = 14
"""Letters; longer words are not compared."""


def _letters() -> list[str]:
    plain = list(_BASES)
    shaped = {"a": "ăâ", "e": "ê", "o": "ôơ", "u": "ư"}
    vowels = [v for b in _VOWELS for v in (b, *shaped.get(b, ""))]
    toned = [unicodedata.normalize("NFC", v + t) for v in vowels for t in "\u0300\u0309\u0303\u0301\u0323"]
    return [*plain, *(v for v in vowels if v not in plain), "đ", *toned]


LETTERS: Final = tuple(dict.fromkeys(_letters()))
_DIGITS: Final = "0123456789"
_MARKS: Final = "'\"`.,:;|!/\\()[]{}*+-_=~^<>®©»«°?$#@&%"
ALPHABET: Final = (*LETTERS, *_DIGITS, *_MARKS, "\ufffd")
"""Everything a misread letter may look like; the last stands for all the rest."""
_INDEX: Final = {c: i for i, c in enumerate(ALPHABET)}
_OTHER: Final = len(ALPHABET) - 1


def encode(words: Sequence[str], width: int) -> NDArray[np.int16]:
    """Words as rows of letter numbers, -1 after the end; letters beyond ``width`` are cut off."""
    out = np.full((len(words), width), -1, dtype=np.int16)
    get = _INDEX.get
    for row, word in enumerate(words):
        for column, c in enumerate(word[:width]):
            out[row, column] = get(c, _OTHER)
    return out


class Channel:
    """Costs of misreadings, in nats: -log P(read letters | meant letters).

    >>> channel = load_channel()
    >>> near, far = channel.costs(["vi", "vi"], ["vì", "vua"])
    >>> bool(near < far)
    True
    """

    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        self._substitute, self._lose, self._add = self._tables()

    def _tables(self) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        size = len(ALPHABET)
        own = np.zeros((size, size))
        lose, add, seen = np.zeros(size), np.zeros(size), np.zeros(size)
        for c, n in self.counts.letters.items():
            seen[_INDEX.get(c, _OTHER)] += n
        for (a, b), n in self.counts.confusions.items():
            if a and b:
                own[_INDEX.get(a, _OTHER), _INDEX.get(b, _OTHER)] += n
            elif a:
                lose[_INDEX.get(a, _OTHER)] += n
            else:
                add[_INDEX.get(b, _OTHER)] += n
        kept = np.maximum(seen - own.sum(1) - lose, 0)
        own[np.arange(size), np.arange(size)] += kept
        like = self._like(own)
        share = (own + _STRENGTH * like) / (own.sum(1, keepdims=True) + lose[:, None] + _STRENGTH)
        total = seen.sum() + 1
        kinds = _kinds()
        lost = np.zeros(size)
        added = np.zeros(size)
        for kind in range(kinds.max() + 1):
            members = kinds == kind
            lost_rate = (lose[members].sum() + _FLOOR) / (seen[members].sum() + 50)
            lost[members] = (lose[members] + _STRENGTH * lost_rate) / (seen[members] + _STRENGTH)
            added_mean = (add[members].sum() + _FLOOR) / members.sum()
            added[members] = 0.5 * (add[members] + added_mean) / total
        tiny = 1e-9
        return (
            -np.log(share + tiny).astype(np.float32),
            -np.log(lost + tiny).astype(np.float32),
            -np.log(added + tiny).astype(np.float32),
        )

    def _like(self, own: NDArray[np.float64]) -> NDArray[np.float64]:
        """P(read | meant) by base letter, shape and tone apart."""
        size = len(ALPHABET)
        base, shape, tone = _parts()
        bases = base.max() + 1
        by_base = np.zeros((bases, bases))
        np.add.at(by_base, (base[:, None].repeat(size, 1), base[None, :].repeat(size, 0)), own)
        by_base += _FLOOR * 2 / bases
        by_base /= by_base.sum(1, keepdims=True)
        # Marks are compared where the base letter was kept.
        same = base[:, None] == base[None, :]
        vowel = np.isin(base, [_BASES.index(v) for v in _VOWELS])
        by_shape, by_tone = np.full((5, 5), _FLOOR), np.full((6, 6), _FLOOR)
        which = same & vowel[:, None]
        i, j = np.nonzero(which)
        np.add.at(by_shape, (shape[i], shape[j]), own[i, j])
        np.add.at(by_tone, (tone[i], tone[j]), own[i, j])
        by_shape /= by_shape.sum(1, keepdims=True)
        by_tone /= by_tone.sum(1, keepdims=True)
        like = by_base[base[:, None], base[None, :]].copy()
        marks = by_shape[shape[:, None], shape[None, :]] * by_tone[tone[:, None], tone[None, :]]
        per_base = np.zeros(bases)
        np.add.at(per_base, base, 1)
        spread = 1.0 / per_base[base][None, :]
        both_vowels = vowel[:, None] & vowel[None, :]
        return np.asarray(like * np.where(both_vowels, marks, spread))

    @cached_property
    def _same(self) -> NDArray[np.float32]:
        return np.diagonal(self._substitute)

    def costs(self, read: Sequence[str], meant: Sequence[str]) -> NDArray[np.float32]:
        """How much likelier, in nats, it is that a word was read right than that it was meant otherwise.

        For each pair of the two lists: log P(read | read) - log P(read | meant); 0 for a word and itself.
        Lower-case words of at most `LONGEST` letters; longer ones cost infinity.
        """
        width = min(LONGEST, max((len(w) for w in (*read, *meant)), default=0))
        codes = encode(read, width)
        words = list(dict.fromkeys(meant))
        place = {w: i for i, w in enumerate(words)}
        cost = self.refine(
            read,
            np.arange(len(read)),
            WordCounts(self.counts, words),
            np.array([place[w] for w in meant], dtype=np.int64),
            self.letter_costs(codes, encode(meant, width)),
            self.right_costs(codes),
        )
        too_long = [len(x) > LONGEST or len(y) > LONGEST for x, y in zip(read, meant, strict=True)]
        cost[np.array(too_long, dtype=bool)] = np.inf
        return cost

    def letter_costs(self, read: NDArray[np.int16], meant: NDArray[np.int16]) -> NDArray[np.float32]:
        """-log P(read | meant), letter by letter, for words that are encoded (`encode`), row by row."""
        return self._align(
            meant[:, : int((meant >= 0).sum(1).max(initial=0))],
            read[:, : int((read >= 0).sum(1).max(initial=0))],
        )

    def right_costs(self, read: NDArray[np.int16]) -> NDArray[np.float32]:
        """-log P(read | read), letter by letter, for encoded words."""
        return np.asarray(np.where(read >= 0, self._same[read], 0).sum(1, dtype=np.float32))

    def refine(
        self,
        read: Sequence[str],
        row: NDArray[np.int64],
        words: WordCounts,
        meant: NDArray[np.int64],
        cost: NDArray[np.float32],
        right: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """`costs` from letter costs: what was seen often of a whole word outweighs its letters.

        Engines read with a language model of their own and err into common words: of 69 "chi", Tesseract
        read 52 as "chỉ", which no table of letters tells.

        Parameters: ``read``, the readings; for every candidate, ``row``, the reading that it is for (an
        index), ``meant``, its place in ``words``, and ``cost``, its `letter_costs`; ``right``,
        `right_costs` of the readings. No candidate stands twice for one reading.
        """
        k = _WORD_STRENGTH
        total = np.array([self.counts.words[r] for r in read], dtype=np.float64)
        own = total - np.array([self._misread[r] for r in read], dtype=np.float64)
        same = np.log((own + k * np.exp(-right.astype(np.float64))) / (total + k))
        wrong = words.read_as(read, row, meant)
        letters = k * np.exp(-cost.astype(np.float64))
        other = np.log((wrong + letters + 1e-30) / (words.seen[meant] + k))
        out = (same[row] - other).astype(np.float32)
        out[words.places(read)[row] == meant] = 0.0
        return out

    @cached_property
    def _misread(self) -> Counter[str]:
        found = Counter[str]()
        for (meant, _), n in self.counts.readings.items():
            found[meant] += n
        return found

    def _align(self, a: NDArray[np.int16], b: NDArray[np.int16]) -> NDArray[np.float32]:
        """Dynamic programming over all pairs at once."""
        count = len(a)
        n, m = a.shape[1], b.shape[1]
        length_a, length_b = (a >= 0).sum(1), (b >= 0).sum(1)
        lose, add = self._lose[a], self._add[b]
        out = np.full(count, np.inf, dtype=np.float32)
        row = np.zeros((m + 1, count), dtype=np.float32)
        row[1:] = np.cumsum(add, axis=1).T
        empty = length_a == 0
        out[empty] = row[length_b[empty], np.flatnonzero(empty)]
        for i in range(1, n + 1):
            new = np.empty_like(row)
            new[0] = row[0] + lose[:, i - 1]
            for j in range(1, m + 1):
                step = row[j - 1] + self._substitute[a[:, i - 1], b[:, j - 1]]
                np.minimum(step, row[j] + lose[:, i - 1], out=step)
                np.minimum(step, new[j - 1] + add[:, j - 1], out=step)
                new[j] = step
            row = new
            ends = length_a == i
            out[ends] = row[length_b[ends], np.flatnonzero(ends)]
        return out


class WordCounts:
    """What was counted of whole words, for the words of a list.

    Parameters: ``counts``; ``words``, distinct. ``seen`` are the counts of the words themselves.
    """

    def __init__(self, counts: Counts, words: Sequence[str]) -> None:
        self._place = {w: i for i, w in enumerate(words)}
        self.seen = np.array([counts.words[w] for w in words], dtype=np.float64)
        self._readings: dict[str, list[tuple[int, int]]] = {}
        for (meant, read), n in counts.readings.items():
            if meant in self._place:
                self._readings.setdefault(read, []).append((self._place[meant], n))

    def places(self, read: Sequence[str]) -> NDArray[np.int64]:
        """Places of words in the list, -1 for those that are not there."""
        return np.array([self._place.get(r, -1) for r in read], dtype=np.int64)

    def read_as(
        self, read: Sequence[str], row: NDArray[np.int64], meant: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """How often each word (its place, in ``meant``) was read as ``read[row]``."""
        size = max(1, len(self._place))
        known = [(k * size + at, n) for k, r in enumerate(read) for at, n in self._readings.get(r, ())]
        out = np.zeros(len(meant))
        if known:
            keys, counts = np.array(known, dtype=np.int64).T
            _, mine, theirs = np.intersect1d(
                row * size + meant, keys, assume_unique=True, return_indices=True
            )
            out[mine] = counts[theirs]
        return out


@lru_cache(maxsize=1)
def _parts() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Base (number), shape and tone of every letter of the alphabet."""
    base, shape, tone = [], [], []
    for c in ALPHABET:
        parts = letter(c)
        known = c in LETTERS
        base.append(_BASES.index(parts.base) if known else 26 + _INDEX[c] - len(LETTERS))
        shape.append(parts.shape if known else 0)
        tone.append(parts.tone if known else 0)
    return np.array(base), np.array(shape), np.array(tone)


@lru_cache(maxsize=1)
def _kinds() -> NDArray[np.int64]:
    """0 vowel, 1 consonant, 2 digit, 3 mark."""
    kinds = []
    for c in ALPHABET:
        if c in LETTERS:
            kinds.append(0 if letter(c).base in _VOWELS else 1)
        else:
            kinds.append(2 if c in _DIGITS else 3)
    return np.array(kinds)


@lru_cache(maxsize=2)
def load_channel(path: str | None = None) -> Channel:
    """The channel at ``path``, or the one that ocrfix carries."""
    return Channel(read_counts(Path(path) if path else data_path("vi", "channel.tsv")))
