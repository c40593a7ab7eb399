"""The word corrector: a document in, sure and less sure changes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ocrfix.correction import engine
from ocrfix.correction.candidates import Candidates
from ocrfix.correction.channel import load_channel
from ocrfix.correction.confidence import Confidence, load_confidence
from ocrfix.correction.context import ContextModel, load_context
from ocrfix.correction.decoder import Decoded, Memory, decode
from ocrfix.correction.features import Change, changes, features
from ocrfix.correction.reading import Reading, read
from ocrfix.correction.rescoring import Choice, rescore
from ocrfix.document import Document
from ocrfix.language_model import LanguageModel, load
from ocrfix.model import Span
from ocrfix.vietnamese.dialect import SHORT_FORMS, is_southern
from ocrfix.vietnamese.syllable import restyle, tone_style

__all__ = ["Correction", "Corrector", "document_style", "in_case_of", "load_corrector"]

LEAST: Final = 0.5
"""Probability under which a change is not worth telling."""
_ALTERNATIVES: Final = 4
_STARTS: Final = frozenset({"", ".", "?", "!", "...", "…"})


@dataclass(frozen=True)
class Correction:
    """A word that was probably misread.

    ``span`` in the document, ``reading`` the text there, ``meant`` the proposed text in the reading's letter
    case and the document's tone style, ``confidence`` a probability, ``evidence`` JSON-able: the best
    readings with their probability, channel cost, score by n-grams and log-probability by the context model
    (nats), and the OCR engine's own confidence in the reading where the format tells it.
    """

    span: Span
    reading: str
    meant: str
    confidence: float
    evidence: dict[str, Any]


def in_case_of(word: str, surface: str, *, starts: bool = False) -> str:
    """A lower-case word in the letter case of what was read for it.

    ``starts``: whether it starts a sentence, where a lost capital comes back.

    >>> in_case_of("vì", "Vi"), in_case_of("độ", "ĐÔ"), in_case_of("bắt", "ắt", starts=True)
    ('Vì', 'ĐỘ', 'Bắt')
    """
    letters = [c for c in surface if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    if len(letters) > 1 and capitals * 2 > len(letters):
        return word.upper()
    if capitals and surface[:1].isupper():
        return word[:1].upper() + word[1:]
    if starts and surface[:1].islower() and len(word) > len(surface):
        return word[:1].upper() + word[1:]
    return word


def document_style(surfaces: list[str]) -> str:
    """The tone placement that most of the document's words have, ``"old"`` where none tells.

    >>> document_style(["hoà", "thuỷ", "của"]), document_style(["của"])
    ('new', 'old')
    """
    seen = Counter[str | None]()
    for surface, n in Counter(surfaces).items():
        seen[tone_style(surface)] += n
    return "new" if seen["new"] > seen["old"] else "old"


def _without_dialect(reading: Reading, found: list[Change]) -> list[Change]:
    """Changes but for those of Southern short forms, in a text that is Southern."""
    if not any(change.reading in SHORT_FORMS for change in found):
        return found
    if not is_southern(surface.lower() for surface in reading.surfaces):
        return found
    return [change for change in found if change.reading not in SHORT_FORMS]


def _pooled(reading: Reading, found: list[Change], sure: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities in which changes of one phrase support each other.

    Where one word was read for another several times before the same next word, it was misread every time or
    never: none of these changes is less probable than they are on average.
    """
    phrases: dict[tuple[str, str, str], list[int]] = {}
    for k, change in enumerate(found):
        after = reading.surfaces[change.place.at + 1].lower()
        phrases.setdefault((change.reading, change.meant, after), []).append(k)
    pooled = sure.copy()
    for members in phrases.values():
        pooled[members] = np.maximum(sure[members], sure[members].mean())
    return pooled


def _with_engine(
    document: Document, reading: Reading, found: list[Change], sure: NDArray[np.float64]
) -> tuple[NDArray[np.float64], list[float | None]]:
    """Probabilities that heed how sure the engine was of the words; and how sure it was, where it told."""
    if document.confidence is None:
        return sure, [None] * len(found)
    at = np.array([change.place.at for change in found])
    words = np.flatnonzero(reading.words)
    lengths = np.array([len(s) for s in reading.surfaces], dtype=np.int64)
    every = engine.word_confidences(
        document.confidence, reading.starts[words], (reading.starts + lengths)[words]
    )
    own = every[np.searchsorted(words, at)]
    odds = np.log(sure / np.maximum(1e-12, 1.0 - sure) + 1e-12) + engine.log_odds(own, every)
    told = [None if np.isnan(c) else float(c) for c in own]
    return 1.0 / (1.0 + np.exp(-odds)), told


class Corrector:
    """Finds misread words. Holds the models, and memories with bounds; safe to share between threads."""

    def __init__(
        self,
        model: LanguageModel,
        candidates: Candidates,
        confidence: Confidence,
        context: ContextModel | None = None,
    ) -> None:
        self.model, self.candidates, self.confidence, self.context = model, candidates, confidence, context
        self._memory: Memory = {}

    def decode(self, reading: Reading, memory: Memory | None = None, choice: Choice | None = None) -> Decoded:
        """Decide the doubtful places of a reading, by the context model too where there is one."""
        decoded = decode(reading, self.model, self.candidates, memory)
        if self.context is None:
            return decoded
        choice = choice or self.confidence.choice
        return rescore(reading, decoded, self.context, self.model.unigram, choice)

    def correct(self, document: Document) -> list[Correction]:
        """The probable misreadings of a document, in order."""
        reading = read(document, self.model)
        decoded = self.decode(reading, self._memory)
        found = _without_dialect(reading, changes(reading, decoded, self.model))
        if not found:
            return []
        sure = self.confidence(features(reading, decoded, found, self.model, self.confidence.names))
        sure, told = _with_engine(document, reading, found, sure)
        sure = _pooled(reading, found, sure)
        style = cache(partial(document_style, reading.surfaces))  # few words have one
        return [
            self._correction(reading, change, float(p), style, c)
            for change, p, c in zip(found, sure, told, strict=True)
            if p >= LEAST
        ]

    def _correction(
        self, reading: Reading, change: Change, sure: float, style: Callable[[], str], told: float | None
    ) -> Correction:
        place = change.place
        surface, start = reading.surfaces[place.at], int(reading.starts[place.at])
        starts = reading.surfaces[place.at - 1] in _STARTS
        words = self.model.words

        def written(option: int) -> str:
            word = words[option]
            return in_case_of(restyle(word, style()) if tone_style(word) else word, surface, starts=starts)

        best = np.argsort(-place.posterior)[: _ALTERNATIVES + 1]
        alternatives = [
            {
                "word": surface if k == 0 else written(int(place.options[k])),
                "probability": round(float(place.posterior[k]), 4),
                "channel": round(float(place.costs[k]), 2),
                "n-grams": round(float(place.lm[k]), 2),
            }
            for k in best.tolist()
        ]
        if place.context is not None:
            alone = place.context - place.context.max()
            alone -= np.log(np.exp(alone).sum())
            for item, k in zip(alternatives, best.tolist(), strict=True):
                item["context"] = round(float(alone[k]), 2)
        evidence: dict[str, Any] = {"alternatives": alternatives}
        if told is not None:
            evidence["engine"] = round(told, 2)
        meant = written(int(place.options[change.pick]))
        return Correction(
            Span(start, start + len(surface)),
            surface,
            meant,
            min(1.0, max(0.0, sure)),
            evidence,
        )


@lru_cache(maxsize=2)
def _corrector(model: LanguageModel) -> Corrector:
    context = load_context(model)
    confidence = load_confidence(context=context is not None)
    return Corrector(model, Candidates(model, load_channel()), confidence, context)


def load_corrector(path: str | None = None) -> Corrector:
    """The corrector on the model at ``path``, or on the one that ocrfix carries; made once a process.

    >>> from ocrfix import Document
    >>> [c.meant for c in load_corrector().correct(Document("chỉ hội phụ nữ xã"))]
    ['chi']
    """
    return _corrector(load(path))
