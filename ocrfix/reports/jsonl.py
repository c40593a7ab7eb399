"""Findings as JSON lines: one object each, whole in itself, described by ``findings.schema.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ocrfix.report import Report
from ocrfix.reports.json import finding_to_dict, plain
from ocrfix.reports.model import Failure, Reviewed

__all__ = ["failure_line", "finding_lines", "render", "schema"]


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one line.

    >>> schema()["$id"]
    'ocrfix-findings/1'
    """
    text = Path(__file__).with_name("findings.schema.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def finding_lines(report: Report, place: Mapping[str, Any] | None = None) -> str:
    """The lines of one report's findings.

    Parameters: ``report``; ``place``, what each line says of where the text stands: "file", and for files
    with rows "row" (from 1) and "id"; the report's name when None. Offsets are as in JSON reports.

    >>> finding_lines(Report())
    ''
    """
    where = {"file": report.name} if place is None else plain(place)
    return "".join(_line({**where, **finding_to_dict(item)}) for item in report.findings)


def failure_line(place: Mapping[str, Any], message: str) -> str:
    r"""The line of a file or row that was not cleaned.

    >>> failure_line({"file": "bao.jsonl", "row": 3}, "not JSON")
    '{"file": "bao.jsonl", "row": 3, "error": "not JSON"}\n'
    """
    return _line({**plain(place), "error": message})


def _line(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair
        text = json.dumps(data, allow_nan=False)
    return text + "\n"


def render(files: Iterable[Reviewed], failures: Iterable[Failure] = ()) -> str:
    """The lines of several files, then one for each failure."""
    found = "".join(finding_lines(file.report) for file in files)
    return found + "".join(failure_line({"file": f.name}, f.message) for f in failures)
