"""The value types of ocrfix: spans, edits, rules and findings.

This module imports nothing of ocrfix. Everything here is immutable and picklable.
The shape (edit, fix, applicability) follows ruff's diagnostics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

__all__ = ["Edit", "Finding", "Rule", "Safety", "Span"]

_NO_EVIDENCE: Final[Mapping[str, Any]] = {}


class Safety(IntEnum):
    """How freely the edits of a finding may be applied; ordered.

    >>> Safety.DISPLAY < Safety.UNSAFE < Safety.SAFE
    True
    """

    DISPLAY = 0
    """Never applied, only shown."""
    UNSAFE = 1
    """Likely right (expected precision at least 0.7); applied with ``unsafe=True``."""
    SAFE = 2
    """Almost surely right (expected precision at least 0.95); applied by default."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range ``[start, end)`` of one text, in characters (code points).

    Raises ValueError when the range is negative or turned round.

    >>> "Vì người nghèo"[Span(0, 2).slice]
    'Vì'
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    @property
    def slice(self) -> slice:
        """The span as a slice, to index a string with."""
        return slice(self.start, self.end)

    def overlaps(self, other: Span) -> bool:
        """Whether two edits at these spans would get in each other's way.

        Spans that only touch do not overlap. Two insertions at one place do, and so does an
        insertion inside the other span.

        >>> Span(0, 3).overlaps(Span(3, 5)), Span(2, 2).overlaps(Span(0, 3))
        (False, True)
        """
        if self.start == self.end or other.start == other.end:
            return (
                self.start < other.start < self.end or other.start < self.start < other.end or (self == other)
            )
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Edit:
    """A span and the text that takes its place.

    Parameters: ``span``, what is replaced; ``replacement``, NFC text; ``source``, where the
    replacement was copied from in the same text, when the edit moves text from another place
    (the deletion there is an edit of its own). It keeps later findings in the moved text pointing
    at the right place of the original; ``replacement`` must then equal the text at ``source``.

    >>> Edit(Span(4, 6), "Vì")
    Edit(span=Span(start=4, end=6), replacement='Vì', source=None)
    """

    span: Span
    replacement: str
    source: Span | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A bad pattern that ocrfix knows.

    Parameters: ``code`` such as ``"DUP001"``, whose letters are the family; ``name``, the bad
    pattern in kebab-case; ``summary``, one line; ``safety``, the default; ``doc``, a text with what
    the rule finds, an example before and after, and its risk of false positives.

    >>> Rule("DUP001", "exact-block", "A block that comes twice", Safety.SAFE).family
    'DUP'
    """

    code: str
    name: str
    summary: str
    safety: Safety
    doc: str = ""

    @property
    def family(self) -> str:
        """The letters of the code, such as ``"DUP"``."""
        return self.code.rstrip("0123456789")

    def matches(self, selector: str) -> bool:
        """Whether a selector names this rule: a prefix of its code or its whole name.

        >>> Rule("DUP001", "exact-block", "", Safety.SAFE).matches("DUP")
        True
        """
        return self.code.startswith(selector.upper()) or self.name == selector.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule found its pattern.

    Parameters: ``rule``; ``span``, the place in the text that the detector read; ``message``, a
    sentence for people; ``edits``, none or several, applied together or not at all;
    ``confidence``, the expected probability in [0, 1] that the edits are right; ``safety``, which
    may be lower or higher than the rule's default; ``evidence``, JSON-able facts that speak for the
    finding (scores, alternatives, the copy that is kept).

    Raises ValueError when the confidence is not a probability.

    >>> rule = Rule("WRD002", "wrong-syllable", "A real syllable that does not fit", Safety.SAFE)
    >>> Finding(rule, Span(4, 6), 'read "Vi", meant "Vì"', (Edit(Span(4, 6), "Vì"),), 0.99).safety.name
    'SAFE'
    """

    rule: Rule
    span: Span
    message: str
    edits: tuple[Edit, ...] = ()
    confidence: float = 1.0
    safety: Safety = Safety.SAFE
    evidence: Mapping[str, Any] = field(default_factory=lambda: _NO_EVIDENCE)

    def __post_init__(self) -> None:
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence {self.confidence} is not in [0, 1]")
