"""The language model as the spacing detectors ask it: words that it does not know are unlikely."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ocrfix.language_model import LanguageModel

__all__ = ["UNKNOWN", "scores", "word_logp"]

UNKNOWN: Final = -17.0
"""Log-probability, in nats, of a word that the model does not know.

The model itself gives all unknown words together the probability of one word; of this mass a single
piece of a broken word deserves next to nothing. A word seen once in its training text has about -16.
"""


def word_logp(language: LanguageModel, word: str) -> float:
    """Log-probability of a word by itself, in nats, `UNKNOWN` where the model does not know it."""
    return language.word_logp(word) if language.known(word) else UNKNOWN


def scores(language: LanguageModel, words: Sequence[str], skip: int = 0) -> tuple[float, ...]:
    """Log-probability, in nats, of each word after those before it, without the first ``skip`` of them."""
    return _scores(language, tuple(words), skip)


@lru_cache(maxsize=16384)
def _scores(language: LanguageModel, words: tuple[str, ...], skip: int) -> tuple[float, ...]:
    found = language.score(list(words))[skip:]
    return tuple(
        float(score) if language.known(word) else min(float(score), UNKNOWN)
        for score, word in zip(found, words[skip:], strict=True)
    )
