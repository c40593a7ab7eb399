"""Original and cleaned text cut into rows that stand side by side, with every change marked."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ocrfix.model import Span
from ocrfix.report import Report, Status
from ocrfix.reports.changes import changes

__all__ = ["Row", "Token", "rows"]

_BREAK: Final = re.compile(r"\n[\s]*\n|\n")


class Token(NamedTuple):
    """A run of text in one column. ``kind``: "" (unchanged), "del", "ins" or "left"."""

    text: str
    kind: str = ""
    findings: tuple[int, ...] = ()
    """Indexes, in the report, of the findings that it belongs to."""


@dataclass
class Row:
    """Text of the original and, beside it, what became of it.

    ``start`` is its offset in the original, in characters; ``old`` and ``new`` are the columns;
    ``findings`` the indexes of the findings to be explained beneath it.
    """

    start: int
    old: list[Token] = field(default_factory=list)
    new: list[Token] = field(default_factory=list)
    findings: list[int] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether the row differs between the columns or has findings."""
        return bool(self.findings) or any(t.kind for t in (*self.old, *self.new))

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it to be read."""
        return not self.changed and not any(t.text.strip() for t in self.old)


class _Part(NamedTuple):
    before: Span
    after: Span
    kind: str
    findings: tuple[int, ...]


def rows(report: Report, original: str, cleaned: str) -> list[Row]:
    """The rows of one file: cut at line ends that are kept, so that both columns stay level."""
    out: list[Row] = []
    row = Row(0)
    for part in _parts(report, len(original)):
        if part.kind == "change":
            if part.before:
                row.old.append(Token(original[part.before.slice], "del", part.findings))
            if part.after:
                row.new.append(Token(cleaned[part.after.slice], "ins", part.findings))
            row.findings += part.findings
            continue
        text = original[part.before.slice]
        position = 0
        for match in _BREAK.finditer(text):
            _keep(row, text[position : match.start()], part)
            out.append(row)
            position = match.end()
            row = Row(part.before.start + position)
        _keep(row, text[position:], part)
    out.append(row)
    _explain(report, out)
    return [row for row in out if not row.blank]


def _keep(row: Row, text: str, part: _Part) -> None:
    if not text:
        return
    token = Token(text, part.kind, part.findings)
    row.old.append(token)
    row.new.append(token)
    row.findings += part.findings


def _explain(report: Report, out: list[Row]) -> None:
    """Give every finding one place where it is explained: the first row that it marks."""
    placed: set[int] = set()
    for row in out:
        row.findings = [f for f in dict.fromkeys(row.findings) if f not in placed]
        placed.update(row.findings)
    starts = [row.start for row in out]
    for index, item in enumerate(report.findings):
        if index not in placed:
            row = out[bisect_right(starts, item.span.start) - 1]
            row.findings.append(index)
    for row in out:
        row.findings.sort()


def _parts(report: Report, length: int) -> Iterator[_Part]:
    """Changes and the kept text between them, the latter cut where findings that were left are."""
    marks = sorted(
        (item.span, index)
        for index, item in enumerate(report.findings)
        if item.status is not Status.APPLIED and len(item.span)
    )
    position, shift, next_mark = 0, 0, 0
    last = [(c.before, c.after, c.findings) for c in changes(report)]
    size = length if not last else last[-1][1].end + length - last[-1][0].end
    for before, after, found in [*last, (Span(length, length), Span(size, size), ())]:
        while position < before.start:
            while next_mark < len(marks) and marks[next_mark][0].end <= position:
                next_mark += 1
            end = before.start
            findings: tuple[int, ...] = ()
            if next_mark < len(marks):
                span, index = marks[next_mark]
                if span.start > position:
                    end = min(end, span.start)
                else:
                    end, findings = min(end, span.end), (index,)
            kept = Span(position, end)
            moved = Span(position + shift, end + shift)
            yield _Part(kept, moved, "left" if findings else "", findings)
            position = end
        if before or after:
            yield _Part(before, after, "change", found)
        position, shift = before.end, after.end - before.end
