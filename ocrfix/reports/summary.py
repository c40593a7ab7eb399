"""The summary for a terminal: a table of rules, how often each found and repaired something."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ocrfix.model import Rule, Safety
from ocrfix.report import Report, ReportedFinding, Status
from ocrfix.reports.model import Failure, Reviewed
from ocrfix.reports.text import arrow

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Totals", "print_summary", "render", "summary_text", "words_changed"]

_EXAMPLE = 40
"""Characters of an example before and after."""
_GAP = 2
"""Spaces between columns."""


@dataclass
class _Row:
    rule: Rule
    found: int = 0
    applied: int = 0
    example: ReportedFinding | None = None


@dataclass
class Totals:
    """Counts over many reports, so that the reports themselves need not be kept.

    ``rows_read`` counts texts that are rows of files; ``words``, the words changed (see `words_changed`).

    >>> totals = Totals()
    >>> totals.add(Report(name="bao.txt"))
    >>> totals.headline()
    '1 file: nothing found'
    """

    files: int = 0
    changed: int = 0
    failed: int = 0
    unsafe_left: int = 0
    rows_read: int = 0
    words: int = 0
    rows: dict[str, _Row] = field(default_factory=dict)

    def add(self, report: Report, *, of_row: bool = False) -> None:
        """Count the findings of one file, or of one row (``of_row``) of a file that the caller counts."""
        self.files += not of_row
        self.rows_read += of_row
        self.words += words_changed(report)
        self.changed += bool(report.steps)
        for item in report.findings:
            rule = item.finding.rule
            row = self.rows.setdefault(rule.code, _Row(rule))
            row.found += 1
            applied = item.status is Status.APPLIED
            row.applied += applied
            if row.example is None or _better(item, row.example):
                row.example = item
            left = item.status is Status.LEFT and bool(item.finding.edits)
            self.unsafe_left += left and item.finding.safety is Safety.UNSAFE

    def add_counts(
        self,
        rules: Mapping[str, tuple[int, int]],
        *,
        files: int = 0,
        rows: int = 0,
        failed: int = 0,
        changed: int = 0,
        words: int = 0,
        unsafe_left: int = 0,
    ) -> None:
        """Count what was counted elsewhere: ``rules`` has by code the findings, and those applied."""
        from ocrfix.detectors import rules as known  # noqa: PLC0415  (start-up time)

        self.files += files
        self.rows_read += rows
        self.failed += failed
        self.changed += changed
        self.words += words
        self.unsafe_left += unsafe_left
        by_code = {rule.code: rule for rule in known()} if rules else {}
        for code, (found, applied) in rules.items():
            rule = by_code.get(code) or Rule(code, "", "", Safety.DISPLAY)
            row = self.rows.setdefault(code, _Row(rule))
            row.found += found
            row.applied += applied

    @property
    def found(self) -> int:
        """Number of findings."""
        return sum(row.found for row in self.rows.values())

    @property
    def applied(self) -> int:
        """Number of findings whose edits were applied."""
        return sum(row.applied for row in self.rows.values())

    def headline(self, *, done: bool = True) -> str:
        """One line with the counts; ``done``, whether the repairs were made or only could be."""
        files = _count(self.files, "file")
        if self.rows_read:
            files += f", {_count(self.rows_read, 'row')}"
        if not self.files and self.failed:
            return f"{_count(self.failed, 'file')} failed"
        failed = f"; {_count(self.failed, 'file')} failed" if self.failed else ""
        if not self.found:
            return f"{files}: nothing found{failed}"
        verb = "repaired" if done else "would be repaired"
        found = _count(self.found, "finding")
        left = self.found - self.applied
        return f"{files}: {found}, {self.applied} {verb}, {left} left{failed}"


def words_changed(report: Report) -> int:
    """Number of words that a report's edits change, take away or add.

    An edit counts as the words that it replaces, or those that it puts there where these are more; one of
    white space alone (joined lines) changes none.

    >>> words_changed(Report())
    0
    """
    edits = (item for step in report.steps for item in step.edits if item.edit.source is None)
    return sum(max(len(item.removed.split()), len(item.edit.replacement.split())) for item in edits)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _better(item: ReportedFinding, other: ReportedFinding) -> bool:
    """Whether an item is the better example: applied, in one place, and short enough to be read."""

    def rank(one: ReportedFinding) -> tuple[bool, bool, bool]:
        size = len(one.before) + len(one.after)
        return one.status is Status.APPLIED, len(one.finding.edits) <= 1, 0 < size <= _EXAMPLE

    return rank(item) > rank(other)


def print_summary(
    totals: Totals, console: Console, *, done: bool = True, seconds: float | None = None
) -> None:
    """Print the table and a headline to a rich console.

    Parameters: ``totals``; ``console``; ``done``, whether repairs were made (clean) or only could be
    (check); ``seconds``, the time it took, None when that is not to be told.
    """
    from rich.table import Table  # noqa: PLC0415  (start-up time)
    from rich.text import Text  # noqa: PLC0415

    if totals.rows:
        head = ("rule", "name", "found", "repaired" if done else "sure", "left")
        cells = [
            (code, row.rule.name, str(row.found), str(row.applied), str(row.found - row.applied))
            for code, row in sorted(totals.rows.items())
        ]
        widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
        # the example alone gives way where the terminal is narrow
        room = max(len("example"), console.width - sum(widths) - _GAP * len(widths) - 1)
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
        for name, width in zip(head, widths, strict=True):
            side: Literal["left", "right"] = "left" if name in ("rule", "name") else "right"
            table.add_column(name, justify=side, no_wrap=True, width=width)
        table.add_column("example", no_wrap=True, overflow="ellipsis", max_width=room)
        for code, name, found, applied, left in cells:
            example = totals.rows[code].example
            table.add_row(
                Text(code, style="cyan"),
                name,
                found,
                Text(applied, style="dim" if applied == "0" else "green"),
                Text(left, style="dim" if left == "0" else "yellow"),
                Text(arrow(example, min(_EXAMPLE, room)) if example else ""),
            )
        console.print(table)
    console.print(Text(totals.headline(done=done), style="bold"))
    facts = [f"{_count(totals.words, 'word')} {'' if done else 'would be '}changed"] if totals.words else []
    facts += [] if seconds is None else [_duration(seconds)]
    if facts:
        console.print(Text(", ".join(facts)))
    if totals.unsafe_left:
        many = totals.unsafe_left > 1
        console.print(
            f"{totals.unsafe_left} of those left {'are' if many else 'is'} likely right: "
            f"--unsafe applies {'them' if many else 'it'}",
            highlight=False,
        )


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} h" if hours else f"{minutes}:{rest:02} min"


def summary_text(totals: Totals, *, done: bool = True) -> str:
    """The table and headline as plain text, 100 columns wide, for a file; with the parameters of
    `print_summary`.
    """
    from rich.console import Console  # noqa: PLC0415  (start-up time)

    out = io.StringIO()
    print_summary(totals, Console(file=out, width=100, color_system=None, force_terminal=False), done=done)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def render(files: Iterable[Reviewed], failures: Iterable[Failure] = ()) -> str:
    """The summary as plain text, for a file.

    >>> print(render([Reviewed(Report(name="bao.txt"), "", "")]), end="")
    1 file: nothing found
    """
    totals = Totals()
    for file in files:
        totals.add(file.report)
    totals.failed = len(tuple(failures))
    return summary_text(totals)
