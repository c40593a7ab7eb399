"""Counts of a corpus run, that add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from ocrfix.model import Safety
from ocrfix.report import Report, Status
from ocrfix.reports.summary import words_changed

__all__ = ["Counts"]


@dataclass
class Counts:
    """What became of documents: how many there were, changed and failed; words changed; findings.

    ``passed`` counts rows without a text; ``rules`` has for each rule's code the findings and how many of
    them were applied; ``unsafe_left``, the findings that are only likely right and were left.

    >>> total = Counts(documents=1, rules={"WRD002": (2, 1)})
    >>> total.add(Counts(documents=1, rules={"WRD002": (1, 1)}))
    >>> total.documents, total.rules
    (2, {'WRD002': (3, 2)})
    """

    documents: int = 0
    changed: int = 0
    errors: int = 0
    passed: int = 0
    words: int = 0
    unsafe_left: int = 0
    rules: dict[str, tuple[int, int]] = field(default_factory=dict)
    first_error: str = ""
    first_passed: str = ""

    @classmethod
    def of(cls, report: Report) -> Self:
        """The counts of one document."""
        rules: dict[str, tuple[int, int]] = {}
        unsafe = 0
        for item in report.findings:
            found, applied = rules.get(item.finding.rule.code, (0, 0))
            rules[item.finding.rule.code] = found + 1, applied + (item.status is Status.APPLIED)
            left = item.status is Status.LEFT and bool(item.finding.edits)
            unsafe += left and item.finding.safety is Safety.UNSAFE
        return cls(1, int(bool(report.steps)), words=words_changed(report), unsafe_left=unsafe, rules=rules)

    def add(self, other: Counts) -> None:
        """Add another's counts."""
        self.documents += other.documents
        self.changed += other.changed
        self.errors += other.errors
        self.passed += other.passed
        self.words += other.words
        self.unsafe_left += other.unsafe_left
        self.first_error = self.first_error or other.first_error
        self.first_passed = self.first_passed or other.first_passed
        for code, (found, applied) in other.rules.items():
            mine = self.rules.get(code, (0, 0))
            self.rules[code] = mine[0] + found, mine[1] + applied

    def to_dict(self) -> dict[str, Any]:
        """The counts as JSON can hold them."""
        return {**asdict(self), "rules": {code: list(self.rules[code]) for code in sorted(self.rules)}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The counts from `to_dict`. Raises an error, of several kinds, when they are none."""
        rules = {str(code): (int(pair[0]), int(pair[1])) for code, pair in data["rules"].items()}
        found = cls(**{**data, "rules": rules})
        if any(type(value) is not type(getattr(cls(), name)) for name, value in asdict(found).items()):
            raise TypeError("these are no counts")
        return found
