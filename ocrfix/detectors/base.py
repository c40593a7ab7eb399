"""What a detector is, and what it is given besides the document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ocrfix.config import Config
from ocrfix.document import Document
from ocrfix.model import Finding, Rule

if TYPE_CHECKING:
    from ocrfix.language_model import LanguageModel

__all__ = ["Context", "Detector"]


@dataclass(frozen=True)
class Context:
    """What detectors share: the config and, loaded on first use, the language model."""

    config: Config = field(default_factory=Config)

    @cached_property
    def language(self) -> LanguageModel:
        """The n-gram model over Vietnamese syllables; loading is cached for the process."""
        from ocrfix.language_model import load  # noqa: PLC0415  (start-up time)

        return load(self.config.model)

    def seam(self, left: str, right: str) -> float:
        """How well ``right`` goes on from ``left``, in nats.

        The log-probability of the first syllables of ``right`` after the end of ``left``, less the
        same after a sentence boundary. Above zero speaks for one sentence.
        """
        return self.language.seam(left, right)

    def quality(self, text: str) -> float:
        """Mean log-probability of the text's syllables, in nats; of two readings, the higher is better."""
        return self.language.quality(text)


@runtime_checkable
class Detector(Protocol):
    """An object that finds, and never edits.

    ``find`` is pure: it depends on the document and the context alone, and two calls give the same
    findings. Findings of one detector may overlap; `ocrfix.repair` chooses.
    """

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules whose findings it may give."""
        ...

    def find(self, document: Document, context: Context) -> Iterable[Finding]:
        """The findings in the document, with spans in the document's text."""
        ...
