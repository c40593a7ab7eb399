"""The language model in use: bulk scores of words in context."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocrfix._data import data_path
from ocrfix.language_model.counting import SPECIAL
from ocrfix.language_model.static_map import StaticMap
from ocrfix.language_model.storage import PROB_BITS, ModelFileError, check, read, tagged
from ocrfix.language_model.tokens import SKIP, TOKEN, normal_form

__all__ = ["BOUNDARY_ID", "NUMBER_ID", "SKIP_ID", "UNKNOWN_ID", "LanguageModel", "load"]

BOUNDARY_ID: Final = 0
UNKNOWN_ID: Final = 1
NUMBER_ID: Final = 2
SKIP_ID: Final = -1
_PORTION: Final = 16_384
"""Words scored at a time: few enough for the arrays to stay in the processor's cache."""
_SEAM: Final = 3
"""Words of the right text that a seam is judged by; later ones no longer see the left text."""

Ids = NDArray[np.int64]
F32 = NDArray[np.float32]


def _map(header: dict[str, Any], arrays: dict[str, NDArray[Any]], name: str) -> StaticMap:
    bits, seed = (int(header["maps"][name][key]) for key in ("bits", "seed"))
    if not (0 < bits <= 32 and 0 <= seed < 1 << 64):
        raise ValueError("figures out of range in its header")
    return StaticMap(arrays[f"{name}_cells"], arrays.get(f"{name}_high"), bits, seed)


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
            self._backoff1: F32 = arrays["backoff"]
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
        self.words: list[str] = words
        self._ids: dict[str, int] = {w: i for i, w in enumerate(words)}
        self.is_word: NDArray[np.bool_] = np.array([any(c.isalpha() for c in w) for w in words], dtype=bool)
        self.is_word[: len(SPECIAL)] = False
        self._surface: dict[str, int] = {}

    def word_id(self, token: str) -> int:
        """Number of a token; `UNKNOWN_ID` for an unknown one, `SKIP_ID` for a quotation mark."""
        number = self._surface.get(token)
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
        size = len(words)
        total = self.unigram[words]
        orders = np.ones(size, dtype=np.int8)
        if not size:
            return total, orders
        # history[k] are the k nearest words of the context, keys[k] these and the word itself.
        history = [np.asarray(context[-1], dtype=np.uint64)]
        for n in range(3, self.order + 1):
            further = np.asarray(context[1 - n], dtype=np.uint64)
            history.append(history[-1] | (further << np.uint64(16 * (n - 2))))
        last = words.astype(np.uint64)
        keys = [(h << np.uint64(16)) | last for h in history]
        code, held = self._codes(keys, history, size)
        mask = np.int32((1 << PROB_BITS) - 1)
        total += self._backoff1[history[0]]
        alive, there = np.ones(size, dtype=bool), np.ones(size, dtype=bool)
        for n in range(2, self.order):
            # A longer n-gram is there only if the shorter one and its own context are.
            alive &= code[n - 2] >= 0
            total = np.where(alive, self._prob[n][code[n - 2] & mask], total)
            orders[alive] = n
            there &= held[n - 2] >= 0
            total += self._backoff[n][np.where(there, held[n - 2] >> PROB_BITS, -1)]
            alive &= there
        rest = np.flatnonzero(alive)
        found = self._highest.get(keys[-1][rest])
        rest, found = rest[found >= 0], found[found >= 0]
        total[rest] = self._prob[self.order][found]
        orders[rest] = self.order
        return total, orders

    def _codes(
        self, keys: list[NDArray[np.uint64]], history: list[NDArray[np.uint64]], size: int
    ) -> tuple[list[NDArray[np.int32]], list[NDArray[np.int32]]]:
        """Codes of all n-grams below the highest order, and of their contexts one word longer."""
        if self._lower is None:
            return [], []
        ask = [tagged(keys[n - 2], n) for n in range(2, self.order)]
        ask += [tagged(history[n - 1], n) for n in range(2, self.order)]
        every = self._lower.get(np.concatenate(ask))
        parts = [every[k * size : (k + 1) * size] for k in range(len(ask))]
        return parts[: self.order - 2], parts[self.order - 2 :]

    def token_ids(self, text: str) -> Ids:
        """Ids of the tokens of a text, quotation marks left out."""
        ids = self.word_ids([m.group() for m in TOKEN.finditer(text)])
        return np.array([i for i in ids if i != SKIP_ID], dtype=np.int64)

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


@lru_cache(maxsize=4)
def _load(path: str, _stamp: tuple[int, int], *, own: bool) -> LanguageModel:
    if not own:
        check(Path(path))
    return LanguageModel(Path(path))


def load(path: str | None = None) -> LanguageModel:
    """The model at ``path``, or the one that ocrfix carries; loaded once a process.

    Raises FileNotFoundError when there is no such file, `storage.ModelFileError` when it is no model or is
    damaged, `ocrfix._data.DataError` when ocrfix's own is.
    """
    file = Path(path) if path else data_path("vi", "syllables.lm")
    status = os.stat(file)  # noqa: PTH116
    # the hash of what ocrfix carries is compared by data_path
    return _load(str(file), (status.st_mtime_ns, status.st_size), own=path is None)
