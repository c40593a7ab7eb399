"""The review page: original and cleaned text side by side, in one HTML file that needs no other."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import jinja2

from ocrfix.document import Document
from ocrfix.report import Report, ReportedFinding, Status
from ocrfix.reports._rows import Row, Token, rows
from ocrfix.reports.json import plain
from ocrfix.reports.model import Failure, Reviewed
from ocrfix.reports.summary import Totals
from ocrfix.reports.text import moved, shorten, visible

__all__ = ["render"]

_CONTEXT: Final = 1
"""Unchanged rows shown on each side of a changed one."""
_FOLD: Final = 3
"""Fewer unchanged rows than this in a run are not folded away."""
_NOTE: Final = 120
"""Characters of a finding's text before and after; the columns hold the whole."""
_STATUS: Final = {
    Status.APPLIED: "repaired",
    Status.LEFT: "left",
    Status.SKIPPED: "left: in the way of a surer repair",
    Status.PROTECTED: "left: protected",
}


class _Fold(NamedTuple):
    """A run of unchanged rows, folded away."""

    rows: list[dict[str, Any]]
    first: int
    last: int
    fold: bool = True


def render(files: Iterable[Reviewed], failures: Iterable[Failure] = ()) -> str:
    """The HTML page for several files.

    Text of the files is escaped wherever it stands, and the page's own policy lets no script run but
    its own. The page loads nothing.
    """
    files, failures = tuple(files), tuple(failures)
    totals = Totals()
    for file in files:
        totals.add(file.report)
    totals.failed = len(failures)
    template = _template()
    script = _asset("review.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return template.render(
        title=files[0].report.name if len(files) == 1 else f"{len(files)} files",
        style=_asset("review.css"),
        script=script,
        script_hash=f"sha256-{digest}",
        totals=totals,
        headline=totals.headline(),
        files=[_file(file, number) for number, file in enumerate(files, 1)],
        failures=failures,
    )


def _asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent, encoding="utf-8"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("review.html.jinja")


def _file(file: Reviewed, number: int) -> dict[str, Any]:
    report = file.report
    document = Document(file.original, report.name)
    notes = [_note(item, index, number) for index, item in enumerate(report.findings)]
    shown = [_row(row, document, notes) for row in rows(report, file.original, file.cleaned)]
    return {
        "id": f"file{number}",
        "name": report.name,
        "counts": _counts(report),
        "notes": report.notes,
        "items": list(_folded(shown)),
        "left": [note for note in notes if not note["applied"]],
    }


def _counts(report: Report) -> str:
    totals = Totals()
    totals.add(report)
    return totals.headline().split(": ", 1)[1]


def _note(item: ReportedFinding, index: int, number: int) -> dict[str, Any]:
    finding = item.finding
    applied = item.status is Status.APPLIED
    return {
        "id": f"f{number}-{index + 1}",
        "number": index + 1,
        "applied": applied,
        "status": _STATUS[item.status],
        "safety": finding.safety.name.lower(),
        "rule": finding.rule,
        "message": visible(finding.message),
        "before": visible(shorten(item.before, _NOTE)),
        "after": visible(shorten(item.after, _NOTE)),
        "moved": visible(shorten(moved(item), _NOTE)),
        "edits": bool(finding.edits),
        "percent": f"{100 * finding.confidence:.0f} %",
        "line": item.line,
        "column": item.column,
        "evidence": list(_evidence(plain(finding.evidence))),
    }


def _evidence(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The evidence as names and short texts."""
    for key, value in data.items():
        if isinstance(value, float):
            text = f"{value:.4g}"
        elif isinstance(value, str):
            text = value
        elif isinstance(value, list) and all(isinstance(v, str) for v in value):
            text = ", ".join(value)
        else:
            text = json.dumps(value, ensure_ascii=False)
        yield key.replace("_", " "), visible(shorten(text, 2 * _NOTE))


def _row(row: Row, document: Document, notes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "line": document.position(row.start)[0],
        "old": [_mark(token, notes) for token in row.old],
        "new": [_mark(token, notes) for token in row.new],
        "changed": row.changed,
        "notes": [notes[index] for index in row.findings],
        "fold": False,
    }


def _mark(token: Token, notes: list[dict[str, Any]]) -> dict[str, Any]:
    text = token.text
    if token.kind in ("del", "ins"):
        # what cannot be seen is often all that was changed
        text = "⏎\n".join(visible(line) if line.strip(" ") else line for line in text.split("\n"))
    first = notes[token.findings[0]] if token.findings else None
    return {
        "text": text,
        "kind": token.kind,
        "target": first["id"] if first else None,
        "title": f"{first['rule'].code} {first['rule'].name}" if first else "",
    }


def _folded(shown: list[dict[str, Any]]) -> Iterator[dict[str, Any] | _Fold]:
    near = [False] * len(shown)
    for index, row in enumerate(shown):
        if row["changed"]:
            for place in range(max(0, index - _CONTEXT), min(len(shown), index + _CONTEXT + 1)):
                near[place] = True
    index = 0
    while index < len(shown):
        end = index
        while end < len(shown) and not near[end]:
            end += 1
        if end - index >= _FOLD:
            yield _Fold(shown[index:end], shown[index]["line"], shown[end - 1]["line"])
        else:
            yield from shown[index:end]
        if end < len(shown):
            yield shown[end]
        index = end + 1
