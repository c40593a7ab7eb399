"""Findings as SARIF 2.1.0 (OASIS standard), which code hosts and editors read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from ocrfix.model import Rule, Safety
from ocrfix.report import ReportedFinding, Status
from ocrfix.reports.json import plain
from ocrfix.reports.model import Failure, Reviewed

__all__ = ["render"]

_LEVELS: Final = {Safety.SAFE: "error", Safety.UNSAFE: "warning", Safety.DISPLAY: "note"}


def render(files: Iterable[Reviewed], failures: Iterable[Failure] = ()) -> str:
    """One SARIF run with every finding of several files.

    Regions are in the original. A fix is given for findings of the first step alone: the edits of
    later ones are of a text that is in no file.
    """
    from ocrfix import __version__  # noqa: PLC0415  (the package imports nothing of this one)

    items = [(file.report.name, item) for file in files for item in file.report.findings]
    found = {item.finding.rule.code: item.finding.rule for _, item in items}
    codes = sorted(found)
    failures = tuple(failures)
    data = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "ocrfix",
                        "version": __version__,
                        "rules": [_rule(found[code]) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not failures,
                        "toolExecutionNotifications": [
                            {"level": "error", "message": {"text": failure.message}} for failure in failures
                        ],
                    }
                ],
                "results": [_result(name, item, codes.index(item.finding.rule.code)) for name, item in items],
            }
        ],
    }
    return json.dumps(data, allow_nan=False, indent=1) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.doc or rule.summary},
        "defaultConfiguration": {"level": _LEVELS[rule.safety]},
    }


def _uri(name: str) -> str:
    path = Path(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="surrogateescape")


def _result(name: str, item: ReportedFinding, index: int) -> dict[str, Any]:
    finding = item.finding
    place = {"uri": _uri(name)}
    result: dict[str, Any] = {
        "ruleId": finding.rule.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.safety],
        "message": {"text": finding.message or finding.rule.summary},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": place,
                    "region": {
                        "startLine": item.line,
                        "startColumn": item.column,
                        "charOffset": item.span.start,
                        "charLength": len(item.span),
                    },
                }
            }
        ],
        "properties": {
            "status": item.status.value,
            "confidence": float(finding.confidence),
            "before": item.before,
            "after": item.after,
            "evidence": plain(finding.evidence),
        },
    }
    if finding.edits and item.step == 0 and item.status is not Status.PROTECTED:
        replacements = [
            {
                "deletedRegion": {"charOffset": edit.span.start, "charLength": len(edit.span)},
                "insertedContent": {"text": edit.replacement},
            }
            for edit in finding.edits
        ]
        result["fixes"] = [{"artifactChanges": [{"artifactLocation": place, "replacements": replacements}]}]
    return result
