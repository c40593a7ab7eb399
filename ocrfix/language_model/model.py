"""The language model in use: bulk scores of words in context."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocrfix._data import data_path
from ocrfix.language_model.counting import SPECIAL
from ocrfix.language_model.static_map import StaticMap
from ocrfix.language_model.storage import PROB_BITS, TAG, ModelFileError, check, read
from ocrfix.language_model.tokens import SKIP, TOKEN, normal_form, piece_starts

__all__ = ["BOUNDARY_ID", "NUMBER_ID", "SKIP_ID", "UNKNOWN_ID", "LanguageModel", "Tokens", "load"]

BOUNDARY_ID: Final = 0
UNKNOWN_ID: Final = 1
NUMBER_ID: Final = 2
SKIP_ID: Final = -1
_PORTION: Final = 16_384
"""Words scored at a time: few enough for the arrays to stay in the processor's cache."""
_MOST_PIECES: Final = 50_000
"""Pieces of text between blanks of which the tokens are remembered, about 20 MB."""
_LONG_PIECE: Final = 64
"""Characters of a piece that is not worth remembering."""
_SEAM: Final = 3
"""Words of the right text that a seam is judged by; later ones no longer see the left text."""

_WORD: Final = np.uint64(16)
_SHIFTS: Final = tuple(np.uint64(16 * n) for n in range(4))
_PROB_MASK: Final = np.int32((1 << PROB_BITS) - 1)
_ALL: Final = np.ones((), dtype=np.bool_)

Ids = NDArray[np.int64]
U64 = NDArray[np.uint64]
F32 = NDArray[np.float32]
I32 = NDArray[np.int32]


def _map(header: dict[str, Any], arrays: dict[str, NDArray[Any]], name: str) -> StaticMap:
    bits, seed = (int(header["maps"][name][key]) for key in ("bits", "seed"))
    if not (0 < bits <= 32 and 0 <= seed < 1 << 64):
        raise ValueError("figures out of range in its header")
    return StaticMap(arrays[f"{name}_cells"], arrays.get(f"{name}_high"), bits, seed)


class Tokens(NamedTuple):
    """Tokens in order: their ids, texts, and offsets in characters."""

    ids: tuple[int, ...]
    surfaces: tuple[str, ...]
    starts: tuple[int, ...]


class LanguageModel:
    """An n-gram model over syllables and punctuation marks, backed by a memory-mapped file.

    Parameters: ``path`` of a file written by `ocrfix learn`. Raises `storage.ModelFileError` when the
    file is no model or is damaged. Log-probabilities are in nats.

    >>> model = load()
    >>> model.known("Hoà"), model.known("nghuời")
    (True, False)
    """

    def __init__(self, path: Path) -> None:
        header, arrays = read(path)
        try:
            self.order = int(header["order"])
            if not 2 <= self.order <= 5:
                raise ValueError(f"order {self.order}")  # noqa: TRY301
            self.meta: dict[str, Any] = header["meta"]
            words = arrays["words"].tobytes().decode().split("\n")
            self.unigram: F32 = arrays["unigram"]
            self.backoff: F32 = arrays["backoff"]
            self._highest = _map(header, arrays, "highest")
            self._lower = _map(header, arrays, "lower") if self.order > 2 else None
            # One more entry, for "not there" (index -1).
            self._prob: dict[int, F32] = {
                n: np.append(arrays[f"prob{n}"], np.float32(np.nan)) for n in range(2, self.order + 1)
            }
            self._backoff: dict[int, F32] = {
                n: np.append(arrays[f"backoff{n}"], np.float32(0)) for n in range(2, self.order)
            }
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
            raise ModelFileError(f"{path} is damaged ({error})") from None
        # What no log-probability goes beyond, and what longer contexts can add to that of a word alone.
        longer = [float(max(0.0, b.max())) for b in self._backoff.values()]
        self.slack = sum(longer)
        most = [0.0, float(self.unigram.max()), *(float(np.nanmax(p)) for p in self._prob.values())]
        self.highest = max(most) + max(0.0, float(self.backoff.max())) + self.slack
        self.words: list[str] = words
        self._ids: dict[str, int] = {w: i for i, w in enumerate(words)}
        self.is_word: NDArray[np.bool_] = np.array([any(c.isalpha() for c in w) for w in words], dtype=bool)
        self.is_word[: len(SPECIAL)] = False
        self._surface: dict[str, int] = {}
        self._pieces: dict[str, Tokens] = {}

    def word_id(self, token: str) -> int:
        """Number of a token; `UNKNOWN_ID` for an unknown one, `SKIP_ID` for a quotation mark."""
        number = self._surface.get(token)
        if number is None:
            # Words of the vocabulary are their own normal form, and most words are in it.
            number = self._ids.get(token.lower()) if token.isalpha() else None
            if number is None:
                form = normal_form(token)
                number = SKIP_ID if form == SKIP else self._ids.get(form, UNKNOWN_ID)
            if len(self._surface) > 500_000:
                self._surface.clear()
            self._surface[token] = number
        return number

    def word_ids(self, tokens: Sequence[str]) -> list[int]:
        """The `word_id` of each token."""
        found = [self._surface.get(t) for t in tokens]
        return [self.word_id(t) if n is None else n for t, n in zip(tokens, found, strict=True)]

    def known(self, word: str) -> bool:
        """Whether the word is in the vocabulary, letter case and tone style aside."""
        return bool(word) and self.word_id(word) > UNKNOWN_ID

    def word_logp(self, word: str) -> float:
        """Log-probability of the word without context."""
        return float(self.unigram[max(self.word_id(word), UNKNOWN_ID)])

    def logp(self, words: Ids, context: Sequence[Ids]) -> F32:
        """Log-probabilities of many words, each after its own context; see `logp_orders`."""
        return self.logp_orders(words, context)[0]

    def logp_orders(self, words: Ids, context: Sequence[Ids]) -> tuple[F32, NDArray[np.int8]]:
        """Log-probabilities of many words, each after its own context, and the n-grams they rest on.

        Parameters: ``words``, ids; ``context``, arrays of the ids before them, the nearest last
        (three for a model of order 4; `BOUNDARY_ID` stands for what comes before the text). The second
        array has the length of the longest n-gram ending in each word that the model holds.
        """
        if len(words) > _PORTION:
            parts = [
                self.logp_orders(words[at : at + _PORTION], [c[at : at + _PORTION] for c in context])
                for at in range(0, len(words), _PORTION)
            ]
            return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
        if not len(words):
            return np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int8)
        # history[k] are the k + 1 nearest words of the context, keys[k] these and the word itself.
        history = [context[-1].astype(np.uint64)]
        last = words.astype(np.uint64)
        keys = [(history[0] << _WORD) | last]
        for n in range(1, self.order - 1):
            further = context[-1 - n].astype(np.uint64)
            further <<= _SHIFTS[n]
            history.append(history[-1] | further)
            keys.append((history[-1] << _WORD) | last)
        below = range(2, self.order)
        codes = self.codes([*keys[:-1], *history[1:]], [*below, *below])
        half = len(codes) // 2
        return self.combined(words, context[-1], codes[:half], codes[half:], keys[-1])

    def codes(self, keys: Sequence[U64], orders: Sequence[int]) -> list[I32]:
        """What the model holds of n-grams below its highest order; -1 for those that it lacks.

        Parameters: ``keys``, arrays of one length, 16 bits a word and the last word lowest; ``orders``, how
        many words the n-grams of each array have.
        """
        if self._lower is None or not keys:
            return []
        rows = np.concatenate(keys).reshape(len(keys), -1)
        rows |= np.array([n << TAG for n in orders], dtype=np.uint64)[:, None]
        return list(self._lower.get(rows.ravel()).reshape(len(keys), -1))

    def combined(
        self, words: Ids, nearest: Ids, codes: Sequence[I32], contexts: Sequence[I32], keys: U64
    ) -> tuple[F32, NDArray[np.int8]]:
        """`logp_orders` from looked up codes.

        Parameters: ``words``, ids; ``nearest``, those before them; ``codes`` of the n-grams of two words and
        more that end in the words, and of the ``contexts``, those that end before them; ``keys`` of the
        n-grams of the highest order.
        """
        total: F32 = self.unigram.take(words)
        total += self.backoff.take(nearest)
        orders = np.ones(len(words), dtype=np.int8)
        alive, there = _ALL, _ALL
        for n, (code, of) in enumerate(zip(codes, contexts, strict=True), 2):
            # A longer n-gram is there only if the shorter one and its own context are.
            alive = alive & (code >= 0)
            total = np.where(alive, self._prob[n].take(code & _PROB_MASK), total)
            orders += alive
            weight = of >> PROB_BITS  # -1 for what is not there
            total += self._backoff[n].take(weight if there is _ALL else np.where(there, weight, -1))
            there = there & (of >= 0)
            alive &= there
        rest = alive.nonzero()[0] if alive is not _ALL else np.arange(len(words))
        if len(rest):
            found = self._highest.get(keys.take(rest))
            sure = found >= 0
            rest, found = rest[sure], found[sure]
            total[rest] = self._prob[self.order].take(found)
            orders[rest] = self.order
        return total, orders

    def tokens_of(self, piece: str) -> Tokens:
        """The tokens of a piece of text without white space, quotation marks left out.

        No token goes over white space, so those of a text are those of its pieces; most pieces come again.
        """
        known = self._pieces.get(piece)
        if known is None:
            known = self._cut_piece(piece)
            if len(piece) <= _LONG_PIECE:
                if len(self._pieces) >= _MOST_PIECES:
                    self._pieces.clear()
                self._pieces[piece] = known
        return known

    def _cut_piece(self, piece: str) -> Tokens:
        if piece.isalpha():
            return Tokens((self.word_id(piece),), (piece,), (0,))
        matches = list(TOKEN.finditer(piece))
        ids = self.word_ids([m.group() for m in matches])
        kept = [(i, m.group(), m.start()) for i, m in zip(ids, matches, strict=True) if i != SKIP_ID]
        return Tokens(*(tuple(column) for column in zip(*kept, strict=True))) if kept else Tokens((), (), ())

    def _tokens(self, pieces: Sequence[str]) -> list[Tokens]:
        found = list(map(self._pieces.get, pieces))
        return [self.tokens_of(p) if f is None else f for f, p in zip(found, pieces, strict=True)]

    def cut(self, text: str) -> tuple[list[int], list[str], Ids]:
        """The tokens of a text but for quotation marks: ids, texts, and offsets in characters.

        >>> [part[-2:] for part in load().cut('Quỹ "Vì người nghèo"')[1:]]
        [['người', 'nghèo'], array([ 8, 14])]
        """
        pieces = text.split()
        found = self._tokens(pieces)
        ids, surfaces, starts = (list(chain.from_iterable(map(itemgetter(k), found))) for k in range(3))
        places = np.repeat(piece_starts(text), list(map(len, map(itemgetter(0), found))))
        return ids, surfaces, places + np.array(starts, dtype=np.int64)

    def ids_of(self, text: str) -> list[int]:
        """Ids of the tokens of a text, quotation marks left out."""
        return [i for found in self._tokens(text.split()) for i in found.ids]

    def token_ids(self, text: str) -> Ids:
        """`ids_of` as an array."""
        return np.array(self.ids_of(text), dtype=np.int64)

    def score_ids(self, ids: Ids) -> F32:
        """Log-probability of each id of a sequence that starts a sentence."""
        reach = self.order - 1
        padded = np.concatenate((np.zeros(reach, dtype=np.int64), ids))
        return self.logp(ids, [padded[k : k + len(ids)] for k in range(reach)])

    def score(self, words: Sequence[str]) -> F32:
        """Log-probability of each word of a list that starts a sentence (quotation marks: 0)."""
        ids = np.array(self.word_ids(words), dtype=np.int64)
        out = np.zeros(len(ids), dtype=np.float32)
        real = ids != SKIP_ID
        out[real] = self.score_ids(ids[real])
        return out

    def quality(self, text: str) -> float:
        """Mean log-probability of the tokens of a text; 0 for a text without tokens."""
        ids = self.token_ids(text)
        return float(self.score_ids(ids).mean()) if len(ids) else 0.0

    def seam(self, left: str, right: str) -> float:
        """How much likelier the start of ``right`` is after ``left`` than at the start of a sentence.

        >>> model = load()
        >>> model.seam("đã chủ động đổi mới phương pháp hoạt động cho", "phù hợp yêu cầu nhiệm vụ") > 0
        True
        """
        after = self.token_ids(right[:80])[:_SEAM]
        before = self.token_ids(left[-80:])[-(self.order - 1) :]
        if not len(after) or not len(before):
            return 0.0
        joined = self.score_ids(np.concatenate((before, after)))[len(before) :]
        return float((joined - self.score_ids(after)).sum())


@lru_cache(maxsize=1)
def _own() -> str:
    return str(data_path("vi", "syllables.lm"))


@lru_cache(maxsize=4)
def _load(path: str, _stamp: tuple[int, int], *, own: bool) -> LanguageModel:
    if own:
        data_path("vi", "syllables.lm")  # compares its hash
    else:
        check(Path(path))
    return LanguageModel(Path(path))


def load(path: str | None = None) -> LanguageModel:
    """The model at ``path``, or the one that ocrfix carries; loaded once a process.

    Raises FileNotFoundError when there is no such file, `storage.ModelFileError` when it is no model or is
    damaged, `ocrfix._data.DataError` when ocrfix's own is.
    """
    file = path or _own()
    try:
        status = os.stat(file)  # noqa: PTH116
    except FileNotFoundError:
        if not path:
            data_path("vi", "syllables.lm")  # says what to do
        raise
    return _load(file, (status.st_mtime_ns, status.st_size), own=not path)
