"""Words of a text as numbers: where they stand, and a key that forgives lost marks and letter case."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AS_LETTERS", "Tokens", "fold", "keys_in_a_row", "previous_places", "tokenize"]

_TABLE_SIZE: Final = 0x2000
_PIECE: Final = 1 << 20
"""Characters hashed at once: it bounds the memory, not the result."""
_LONGEST: Final = 1 << 12
"""Places in a word that have a factor of their own; it is far longer than any word."""
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_FACTOR: Final = np.uint64(0xD6E8FEB86659FD93)
AS_LETTERS: Final = str.maketrans("015689", "oisbbg")
"""Digits and letters that look like them."""
_BLANK: Final = ord(" ")
_LETTERS_ABOVE: Final = 0x3041
"""First code point above the table that is taken for a letter: what lies between is signs."""


@dataclass(frozen=True, eq=False)
class Tokens:
    """The words of a text: ``start`` and ``end`` offsets in characters, ``key`` of the folded word.

    ``apart`` tells of each word whether anything but one blank parts it from the word before, ``odd`` whether
    it has marks of their own or characters above the alphabets, of which some are signs. ``letters`` are all
    words one after the other as `fold` gives them (one letter for each), ``first`` where each begins in them,
    and the end of the last.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    key: NDArray[np.uint64]
    apart: NDArray[np.bool_]
    odd: NDArray[np.bool_]
    letters: str
    first: NDArray[np.int64]

    @cached_property
    def _first(self) -> memoryview:
        # An element of a memoryview is a Python int, several times quicker than one of an array.
        return self.first.data

    @cached_property
    def plain(self) -> bool:
        """Whether no word is odd."""
        return not self.odd.any()

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Characters of each word."""
        return self.end - self.start

    @cached_property
    def pairs(self) -> NDArray[np.uint64]:
        """One key for every two neighbouring words."""
        return keys_in_a_row(self.key, 2)

    @cached_property
    def earlier_pairs(self) -> NDArray[np.int64]:
        """The last place before each where the same two words stand, or -1."""
        return previous_places(self.pairs)

    @cached_property
    def _odd(self) -> list[int]:
        """The words that are odd."""
        found: list[int] = self.odd.nonzero()[0].tolist()
        return found

    def any_odd(self, start: int, end: int) -> bool:
        """Whether any of the words ``[start, end)`` is odd."""
        odd = self._odd
        at = bisect_left(odd, start)
        return at < len(odd) and odd[at] < end

    def folded(self, start: int, end: int) -> str:
        """The letters and digits of the words ``[start, end)``, in small letters and without any mark.

        >>> tokenize("Quỹ “Vì người nghèo” 2023").folded(1, 3)
        'vinguoi'
        """
        return self.letters[self._first[start] : self._first[end]]

    def looks(self, start: int, end: int) -> str:
        """The same with digits as the letters that they look like."""
        letters = self.folded(start, end)
        return letters if letters.isalpha() else letters.translate(AS_LETTERS)


def _fold_char(char: str) -> str:
    if char in "đĐðÐ":
        return "d"
    base = "".join(c for c in unicodedata.normalize("NFD", char) if not unicodedata.combining(c))
    return base.lower()


def fold(text: str) -> str:
    """Letters and digits of the text alone, in small letters and without any mark.

    >>> fold("Quỹ “Vì người nghèo” 2023")
    'quyvinguoingheo2023'
    """
    return "".join(map(_fold_strings().__getitem__, text))


class _Folds(dict[str, str]):
    """Folded letters; those above the table stand for themselves, signs for nothing."""

    def __missing__(self, char: str) -> str:
        return char if ord(char) >= _LETTERS_ABOVE else ""


@cache
def _fold_strings() -> _Folds:
    found = _Folds()
    for code in range(_TABLE_SIZE):
        folded = _fold_char(chr(code))
        found[chr(code)] = folded if folded[:1].isalnum() else ""
    return found


@cache
def _fold_codes() -> NDArray[np.uint32]:
    """Code of the folded letter by code point: 0 parts words, 1 is a mark inside a word."""
    table = np.zeros(_TABLE_SIZE, dtype=np.uint32)
    for char, folded in _fold_strings().items():
        if folded:
            table[ord(char)] = ord(folded[0])
        elif unicodedata.combining(char):
            table[ord(char)] = 1
    return table


@cache
def _powers() -> NDArray[np.uint64]:
    return np.cumprod(np.full(_LONGEST, _BASE, dtype=np.uint64), dtype=np.uint64)


def _points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _codes(points: NDArray[np.uint32]) -> NDArray[np.uint32]:
    codes = _fold_codes().take(points, mode="clip")
    above = points >= _TABLE_SIZE
    if above.any():
        codes[above] = np.where(points[above] >= _LETTERS_ABOVE, points[above], 0)
    return codes


def _pieces(text: str) -> list[tuple[int, str]]:
    if len(text) <= _PIECE:
        return [(0, text)]
    pieces, start = [], 0
    while start < len(text):
        end = text.find("\n", min(start + _PIECE, len(text)))
        end = len(text) if end < 0 else end + 1
        pieces.append((start, text[start:end]))
        start = end
    return pieces


def tokenize(text: str) -> Tokens:
    """The words of a text, with equal keys for words that are equal but for marks and letter case.

    A word is an unbroken run of letters and digits. Linear in the length of the text.

    >>> found = tokenize("Quỹ “Vì người nghèo”, quy vi")
    >>> [int(n) for n in found.start], bool(found.key[0] == found.key[4])
    ([0, 5, 8, 14, 22, 26], True)
    """
    parts = [_tokenize_piece(offset, piece) for offset, piece in _pieces(text)]
    if len(parts) == 1:
        return parts[0]
    sizes = np.cumsum([0, *(len(part.letters) for part in parts)])
    return Tokens(
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.end for part in parts]),
        np.concatenate([part.key for part in parts]),
        np.concatenate([part.apart for part in parts]),
        np.concatenate([part.odd for part in parts]),
        "".join(part.letters for part in parts),
        np.append(
            np.concatenate([part.first[:-1] + size for part, size in zip(parts, sizes[:-1], strict=True)]),
            sizes[-1],
        ),
    )


def _tokenize_piece(offset: int, text: str) -> Tokens:
    points = _points(text)
    codes = _codes(points)
    inside = np.zeros(len(codes) + 2, dtype=np.bool_)
    np.not_equal(codes, 0, out=inside[1:-1])
    turns = (inside[1:] != inside[:-1]).nonzero()[0]
    start, end = turns[::2], turns[1::2]
    if not len(start):
        empty, no = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
        return Tokens(empty, empty, np.zeros(0, dtype=np.uint64), no, no, "", np.zeros(1, dtype=np.int64))
    lengths = end - start
    apart = np.ones(len(start), dtype=np.bool_)
    apart[1:] = (start[1:] - end[:-1] != 1) | (points.take(end[:-1]) != _BLANK)
    odd = np.zeros(len(start), dtype=np.bool_)
    strange = ((codes == 1) | (codes >= _LETTERS_ABOVE)).nonzero()[0]
    odd[np.searchsorted(start, strange, "right") - 1] = True
    known = codes[inside[1:-1]]
    first = np.append(0, np.cumsum(lengths))
    kept, begins = known, first
    if len(strange):
        kept = known[known > 1]
        begins = np.append(0, np.cumsum(np.add.reduceat(known > 1, first[:-1], dtype=np.int64)))
    letters, first = known.astype(np.uint64), first[:-1]
    place = np.arange(len(letters)) - np.repeat(first, lengths)
    letters *= _powers()[place & (_LONGEST - 1)]
    key = np.add.reduceat(letters, first)
    key ^= key >> np.uint64(29)
    key *= _BASE
    string = kept.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")
    return Tokens(start + offset, end + offset, key, apart, odd, string, begins)


def keys_in_a_row(key: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    """One key for every run of ``size`` words, from the keys of the words."""
    count = max(0, len(key) - size + 1)
    rows = key[:count].copy()
    for k in range(1, size):
        rows *= _FACTOR
        rows ^= rows >> np.uint64(31)
        rows += key[k : k + count]
    return rows


def previous_places(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The last place before each where the same key stands, or -1.

    >>> previous_places(np.array([5, 7, 5, 5], dtype=np.uint64)).tolist()
    [-1, -1, 0, 2]
    """
    order = keys.argsort(kind="stable")
    ordered = keys.take(order)
    same = (ordered[1:] == ordered[:-1]).nonzero()[0]
    found = np.full(len(keys), -1, dtype=np.int64)
    found[order.take(same + 1)] = order.take(same)
    return found
