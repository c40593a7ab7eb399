"""The registry: which detectors run, in which stage, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ocrfix.detectors.base import Context, Detector
from ocrfix.model import Rule

__all__ = ["Context", "Detector", "Stage", "all_rules", "rules", "stages"]


@dataclass(frozen=True)
class Stage:
    """Detectors that run on the same text, whose findings are applied together."""

    name: str
    detectors: tuple[Detector, ...]


@cache
def stages() -> tuple[Stage, ...]:
    """The stages in the order in which they run."""
    from ocrfix.detectors import characters, duplicates, joins, noise, spacing, words  # noqa: PLC0415

    return (
        Stage("characters", characters.DETECTORS),
        Stage("noise", noise.DETECTORS),
        Stage("duplicates", duplicates.DETECTORS),
        Stage("joins", joins.DETECTORS),
        Stage("spacing", spacing.DETECTORS),
        Stage("words", words.DETECTORS),
    )


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule that looks at one document, sorted by code."""
    found = {r.code: r for s in stages() for d in s.detectors for r in d.rules}
    return tuple(found[code] for code in sorted(found))


@cache
def all_rules() -> tuple[Rule, ...]:
    """The same with those that compare the documents of a corpus, sorted by code."""
    from ocrfix.detectors._duplicates_corpus import CORPUS_RULES  # noqa: PLC0415

    return tuple(sorted((*rules(), *CORPUS_RULES), key=lambda rule: rule.code))
