"""Reports as JSON, and back: format ``ocrfix-report/1``, described by ``report.schema.json``."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.report import AppliedEdit, Report, ReportedFinding, Status, Step
from ocrfix.reports.model import Failure, Reviewed

__all__ = ["SCHEMA", "finding_to_dict", "from_dict", "plain", "render", "schema", "to_dict"]

SCHEMA: Final = "ocrfix-report/1"
"""Name and version of the format. The number grows when a reader of the old format would go wrong."""


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the format.

    >>> schema()["properties"]["schema"]["const"]
    'ocrfix-report/1'
    """
    text = Path(__file__).with_name("report.schema.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def render(files: Iterable[Reviewed], failures: Iterable[Failure] = ()) -> str:
    """The JSON text of the reports of several files, indented, ending in a line end."""
    data = to_dict((file.report for file in files), failures)
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair, in a text that never was in a file
        text = json.dumps(data, allow_nan=False, indent=1)
    return text + "\n"


def to_dict(reports: Report | Iterable[Report], failures: Iterable[Failure] = ()) -> dict[str, Any]:
    """Reports as data that JSON can hold.

    Parameters: ``reports``, one or several; ``failures``, files that have none. Offsets are in
    characters (code points), lines and columns count from 1. A number in the evidence that JSON cannot
    write (NaN, infinity) becomes null.

    >>> data = to_dict(Report(name="bao.txt"))
    >>> data["schema"], from_dict(data) == (Report(name="bao.txt"),)
    ('ocrfix-report/1', True)
    """
    from ocrfix import __version__  # noqa: PLC0415  (the package imports nothing of this one)

    reports = (reports,) if isinstance(reports, Report) else tuple(reports)
    rules = {item.finding.rule.code: item.finding.rule for report in reports for item in report.findings}
    return {
        "schema": SCHEMA,
        "generator": {"name": "ocrfix", "version": __version__},
        "rules": [_rule(rules[code]) for code in sorted(rules)],
        "files": [_report(report) for report in reports],
        "errors": [{"name": f.name, "message": f.message} for f in failures],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "safety": rule.safety.name.lower(),
        "doc": rule.doc,
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "name": report.name,
        "original": {"length": report.original_length, "sha256": report.original_hash},
        "cleaned": {"length": report.cleaned_length, "sha256": report.cleaned_hash},
        "notes": list(report.notes),
        "counts": report.counts,
        "findings": [finding_to_dict(item) for item in report.findings],
        "steps": [
            {
                "stage": step.stage,
                "edits": [{**_edit(item.edit), "removed": item.removed} for item in step.edits],
            }
            for step in report.steps
        ],
    }


def finding_to_dict(item: ReportedFinding) -> dict[str, Any]:
    """One finding as data that JSON can hold, as it stands in `to_dict`'s."""
    finding = item.finding
    return {
        "rule": finding.rule.code,
        "name": finding.rule.name,
        "status": item.status.value,
        "start": item.span.start,
        "end": item.span.end,
        "line": item.line,
        "column": item.column,
        "message": finding.message,
        "confidence": float(finding.confidence),
        "safety": finding.safety.name.lower(),
        "before": item.before,
        "after": item.after,
        "evidence": plain(finding.evidence),
        "stage": item.stage,
        "step": item.step,
        "read": {"start": finding.span.start, "end": finding.span.end},
        "edits": [_edit(edit) for edit in finding.edits],
    }


def _edit(edit: Edit) -> dict[str, Any]:
    data: dict[str, Any] = {
        "start": edit.span.start,
        "end": edit.span.end,
        "replacement": edit.replacement,
    }
    if edit.source is not None:
        data["source"] = {"start": edit.source.start, "end": edit.source.end}
    return data


def plain(value: Any) -> Any:  # noqa: ANN401  (evidence is any JSON-able value)
    """The value with nothing in it that JSON cannot hold: NaN becomes null, a tuple a list.

    >>> plain({"scores": (1, float("nan")), "kept": Span(0, 2)})
    {'scores': [1, None], 'kept': {'start': 0, 'end': 2}}
    """
    if isinstance(value, Span):
        value = {"start": value.start, "end": value.end}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def from_dict(data: Mapping[str, Any]) -> tuple[Report, ...]:
    """The reports in data that `to_dict` made, for `ocrfix.replay` and `ocrfix.revert`.

    Raises ValueError when the data is of another format or version, or is damaged.
    """
    found = data.get("schema")
    if found != SCHEMA:
        raise ValueError(f"this is no report of format {SCHEMA}: its schema is {found!r}")
    try:
        rules = {
            item["code"]: Rule(
                item["code"], item["name"], item["summary"], _safety(item["safety"]), item["doc"]
            )
            for item in data["rules"]
        }
        return tuple(_read_report(item, rules) for item in data["files"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"the report is damaged: {type(error).__name__} {error}") from error


def _safety(name: str) -> Safety:
    return Safety[name.upper()]


def _span(data: Mapping[str, Any]) -> Span:
    return Span(data["start"], data["end"])


def _read_edit(data: Mapping[str, Any]) -> Edit:
    source = data.get("source")
    return Edit(_span(data), data["replacement"], None if source is None else _span(source))


def _read_report(data: Mapping[str, Any], rules: Mapping[str, Rule]) -> Report:
    return Report(
        name=data["name"],
        findings=tuple(_read_finding(item, rules) for item in data["findings"]),
        steps=tuple(
            Step(step["stage"], tuple(AppliedEdit(_read_edit(e), e["removed"]) for e in step["edits"]))
            for step in data["steps"]
        ),
        original_length=data["original"]["length"],
        cleaned_length=data["cleaned"]["length"],
        original_hash=data["original"]["sha256"],
        cleaned_hash=data["cleaned"]["sha256"],
        notes=tuple(data["notes"]),
    )


def _read_finding(data: Mapping[str, Any], rules: Mapping[str, Rule]) -> ReportedFinding:
    finding = Finding(
        rule=rules[data["rule"]],
        span=_span(data["read"]),
        message=data["message"],
        edits=tuple(_read_edit(edit) for edit in data["edits"]),
        confidence=data["confidence"],
        safety=_safety(data["safety"]),
        evidence=data["evidence"],
    )
    return ReportedFinding(
        finding=finding,
        status=Status(data["status"]),
        span=_span(data),
        line=data["line"],
        column=data["column"],
        before=data["before"],
        after=data["after"],
        step=data["step"],
        stage=data["stage"],
    )
