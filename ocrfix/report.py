"""Report and Result: everything that was found, what was applied, and how to undo it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from ocrfix.model import Edit, Finding, Span

__all__ = ["AppliedEdit", "Report", "ReportedFinding", "Result", "Status", "Step"]


class Status(StrEnum):
    """What became of a finding."""

    APPLIED = "applied"
    LEFT = "left"
    """Not applied: the finding has no edits, or is not safe or sure enough for the config."""
    SKIPPED = "skipped"
    """Its edits got in the way of a surer finding's."""
    PROTECTED = "protected"
    """Its edits would have touched protected text."""


@dataclass(frozen=True, slots=True)
class AppliedEdit:
    """An edit as it was applied, with the text that it took away, so that it can be undone."""

    edit: Edit
    removed: str


@dataclass(frozen=True, slots=True)
class Step:
    """Edits applied together to one text: sorted, none overlapping another.

    ``stage`` names the stage ("characters", "noise", "duplicates", "joins", "words").
    """

    stage: str
    edits: tuple[AppliedEdit, ...]


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """A finding with its place in the original text and what became of it.

    ``finding`` has its spans in the text that its detector read: the original after the first
    ``step`` steps of the report. ``span``, ``line`` and ``column`` (from 1, in characters) are of the
    original. ``before`` and ``after`` are the text at the finding's edits (for several edits, joined
    by " … "), or the text at its span, twice, when it has no edits.
    """

    finding: Finding
    status: Status
    span: Span
    line: int
    column: int
    before: str
    after: str
    step: int
    stage: str


@dataclass(frozen=True)
class Report:
    """All findings of one document, applied and not, and the steps that lead to the cleaned text.

    ``findings`` are sorted by their place in the original; ``steps`` are for `ocrfix.replay`
    and `ocrfix.revert`; ``original_length`` and ``cleaned_length`` are in characters; ``original_hash``
    and ``cleaned_hash`` are SHA-256 of the texts in UTF-8; ``name`` is the document's.
    """

    name: str = "-"
    findings: tuple[ReportedFinding, ...] = ()
    steps: tuple[Step, ...] = ()
    original_length: int = 0
    cleaned_length: int = 0
    original_hash: str = ""
    cleaned_hash: str = ""
    notes: tuple[str, ...] = ()

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """Number of findings by rule code, then by status."""
        found: dict[str, Counter[str]] = {}
        for item in self.findings:
            found.setdefault(item.finding.rule.code, Counter())[item.status.value] += 1
        return {code: dict(found[code]) for code in sorted(found)}

    @property
    def applied(self) -> tuple[ReportedFinding, ...]:
        """The findings whose edits were applied."""
        return tuple(f for f in self.findings if f.status is Status.APPLIED)

    @property
    def remaining(self) -> tuple[ReportedFinding, ...]:
        """The findings that were not applied."""
        return tuple(f for f in self.findings if f.status is not Status.APPLIED)


@dataclass(frozen=True)
class Result:
    """A cleaned text and the report of every change."""

    text: str
    report: Report = field(default_factory=Report)
