"""The language model as the spacing detectors ask it: words that it does not know are unlikely."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from ocrfix.language_model.model import BOUNDARY_ID, SKIP_ID

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrfix.language_model import LanguageModel

__all__ = ["UNKNOWN", "log_probabilities", "log_probabilities_of_ids", "scores", "scores_of", "word_logp"]

UNKNOWN: Final = -17.0
"""Log-probability, in nats, of a word that the model does not know.

The model itself gives all unknown words together the probability of one word; of this mass a single
piece of a broken word deserves next to nothing. A word seen once in its training text has about -16.
"""


@lru_cache(maxsize=65536)
def word_logp(language: LanguageModel, word: str) -> float:
    """Log-probability of a word by itself, in nats, `UNKNOWN` where the model does not know it."""
    return language.word_logp(word) if language.known(word) else UNKNOWN


def log_probabilities(
    language: LanguageModel, sequences: Sequence[tuple[Sequence[str], int]]
) -> list[NDArray[np.float32]]:
    """Log-probabilities, in nats, of the tokens of many sequences, asked of the model at once.

    Parameters: ``sequences``, each with the number of its first tokens that are context alone. Every
    sequence starts a sentence. Quotation marks are left out, of the tokens and of the answers.

    >>> from ocrfix.language_model import load
    >>> [found.shape for found in log_probabilities(load(), [(["hội", "phụ", "nữ"], 1), (["xã"], 0)])]
    [(2,), (1,)]
    """
    asked = []
    for tokens, skip in sequences:
        ids = [language.word_id(token) for token in tokens]
        left_out = ids[:skip].count(SKIP_ID)
        asked.append(([i for i in ids if i != SKIP_ID] if SKIP_ID in ids else ids, skip - left_out))
    return log_probabilities_of_ids(language, asked)


def log_probabilities_of_ids(
    language: LanguageModel, sequences: Sequence[tuple[Sequence[int], int]]
) -> list[NDArray[np.float32]]:
    """`log_probabilities` of sequences of ids."""
    reach = language.order - 1
    words: list[int] = []
    contexts: list[list[int]] = []
    ends = []
    for ids, skip in sequences:
        padded = [BOUNDARY_ID] * reach + [*ids]
        words += ids[skip:]
        contexts += [padded[k : k + reach] for k in range(skip, len(ids))]
        ends.append(len(words))
    columns = np.array(contexts, dtype=np.int64).reshape(len(words), reach)
    found = language.logp(np.array(words, dtype=np.int64), [columns[:, k] for k in range(reach)])
    return [found[start:end] for start, end in pairwise([0, *ends])]


def scores(language: LanguageModel, words: Sequence[str], skip: int = 0) -> tuple[float, ...]:
    """Log-probability, in nats, of each word after those before it, without the first ``skip`` of them."""
    return scores_of(language, [(words, skip)])[0]


def scores_of(
    language: LanguageModel, sequences: Sequence[tuple[Sequence[str], int]]
) -> list[tuple[float, ...]]:
    """`scores` of many sequences of words, each with the number of its words to skip, asked at once."""
    keys = [(language, tuple(words), skip) for words, skip in sequences]
    known = {key: held for key in keys if (held := _seen.get(key)) is not None}
    fresh = [key for key in dict.fromkeys(keys) if key not in known]
    if fresh:
        answers = log_probabilities(language, [(words, skip) for _, words, skip in fresh])
        for key, found in zip(fresh, answers, strict=True):
            known[key] = tuple(
                score if language.known(word) else min(score, UNKNOWN)
                for score, word in zip(found.tolist(), key[1][key[2] :], strict=True)
            )
        if len(_seen) + len(fresh) > _MOST_SEEN:
            _seen.clear()
        if len(fresh) <= _MOST_SEEN:
            _seen.update((key, known[key]) for key in fresh)
    return [known[key] for key in keys]


_MOST_SEEN: Final = 16_384
_seen: dict[tuple[LanguageModel, tuple[str, ...], int], tuple[float, ...]] = {}
"""What was asked lately: the passes over a text ask much the same."""
