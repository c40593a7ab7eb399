"""The review page: one HTML file that needs no other, where a reader decides on every change."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import jinja2

from ocrfix.report import ReportedFinding, Status
from ocrfix.reports.json import plain
from ocrfix.reports.model import Failure, Reviewed
from ocrfix.reports.proposals import Proposal, proposals
from ocrfix.reports.text import shorten, visible

__all__ = ["render"]

_SCRIPTS: Final = ("text.js", "file.js", "rows.js", "card.js", "save.js", "page.js")
"""The page's script, in the order in which its parts build on one another."""
_EVIDENCE: Final = 240
"""Characters of one fact that speaks for a finding; the columns hold the texts themselves."""
_SPECIAL: Final = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_STATUS: Final = {
    Status.APPLIED: "",
    Status.LEFT: "",
    Status.SKIPPED: "In the way of a surer change.",
    Status.PROTECTED: "Left, because the text is protected.",
}


def render(files: Iterable[Reviewed], failures: Iterable[Failure] = ()) -> str:
    """The HTML page for several files.

    Text of the files stands in the page as JSON data alone, in which no markup can begin; the page's
    own policy lets nothing run, load or send but its one script. Its decisions are data for
    `ocrfix.apply_decisions`.
    """
    from ocrfix import __version__  # noqa: PLC0415  (the package imports nothing of this one)
    from ocrfix.decisions import SCHEMA  # noqa: PLC0415

    files = tuple(files)
    rules = {item.finding.rule.code: item.finding.rule for file in files for item in file.report.findings}
    data = {
        "schema": SCHEMA,
        "version": __version__,
        "rules": {code: {"name": rules[code].name, "summary": rules[code].summary} for code in sorted(rules)},
        "files": [_file(file) for file in files],
        "failures": [failure.message for failure in failures],
    }
    title = files[0].report.name if len(files) == 1 else f"{len(files)} files"
    script, style = "\n".join(map(_asset, _SCRIPTS)), _asset("page.css")
    return _template().render(
        title=_SPECIAL.sub(lambda match: match[0] if match[0] in "<>&" else "\ufffd", title),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        data=_embedded(data),
    )


def _asset(name: str) -> str:
    return (Path(__file__).parent / "review" / name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _embedded(data: Mapping[str, Any]) -> str:
    """JSON that can stand in a script element: nothing in it ends the element or begins a comment."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _SPECIAL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "review", encoding="utf-8"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html.jinja")


def _file(file: Reviewed) -> dict[str, Any]:
    report, text = file.report, file.original
    units = _Units(text)
    keys: set[str] = set()
    return {
        "name": report.name,
        "sha256": report.original_hash,
        "length": report.original_length,
        "text": text,
        **_form(file),
        "notes": list(report.notes),
        "items": [_item(proposal, file, units, keys) for proposal in proposals(report, text, file.cleaned)],
    }


def _form(file: Reviewed) -> dict[str, Any]:
    """How the text stands in its file: ``end`` is its line end, None where `ocrfix apply` must write it."""
    raw = file.original if file.raw_original is None else file.raw_original
    bom = raw.startswith("\ufeff") and not file.original.startswith("\ufeff")
    for end in ("\n", "\r\n", "\r"):
        if raw.removeprefix("\ufeff" if bom else "") == file.original.replace("\n", end):
            return {"end": end, "bom": bom}
    return {"end": None, "bom": bom}


class _Units:
    """Offsets as JavaScript counts them: characters beyond U+FFFF count twice."""

    def __init__(self, text: str) -> None:
        self._wide = [match.start() for match in re.finditer("[\U00010000-\U0010ffff]", text)]

    def __call__(self, offset: int) -> int:
        return offset + bisect_left(self._wide, offset)


def _item(proposal: Proposal, file: Reviewed, units: _Units, keys: set[str]) -> dict[str, Any]:
    edits: list[list[Any]] = []
    for item in proposal.edits:
        span, source = item.edit.span, item.edit.source
        row = [units(span.start), units(span.end), span.start, span.end, item.edit.replacement]
        edits.append(row if source is None else [*row, source.start, source.end])
    findings = [file.report.findings[index] for index in proposal.findings]
    return {
        "key": _key(proposal, findings, keys),
        "made": proposal.made,
        "at": units(proposal.place.start),
        "edits": edits,
        "not": list(proposal.conflicts),
        "found": [_finding(item) for item in findings],
    }


def _key(proposal: Proposal, findings: list[ReportedFinding], keys: set[str]) -> str:
    """What the browser keeps a choice under: the same for the same change in a later report."""
    parts = [(a.edit.span.start, a.edit.span.end, a.edit.replacement) for a in proposal.edits]
    text = repr((proposal.place, parts, [] if parts else [f.finding.rule.code for f in findings]))
    key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    while key in keys:
        key += "+"
    keys.add(key)
    return key


def _finding(item: ReportedFinding) -> dict[str, Any]:
    finding = item.finding
    evidence = plain(finding.evidence)
    return {
        "rule": finding.rule.code,
        "why": visible(finding.message),
        "status": _STATUS[item.status],
        "sure": round(finding.confidence, 4),
        "safety": finding.safety.name.lower(),
        "line": item.line,
        "page": evidence.get("page"),
        "column": item.column,
        "before": item.before,
        "after": item.after,
        "readings": list(_readings(evidence.get("alternatives"))),
        "details": [pair for pair in _details(evidence) if pair[0] not in ("alternatives", "page")],
    }


def _readings(alternatives: object) -> Iterator[dict[str, Any]]:
    """Other texts that a finding weighed, with their probability where it has one."""
    for item in alternatives if isinstance(alternatives, list) else ():
        if isinstance(item, str):
            yield {"text": item}
        elif isinstance(item, dict) and isinstance(item.get("word"), str):
            sure = item.get("probability")
            yield {"text": item["word"], "sure": sure} if isinstance(sure, float) else {"text": item["word"]}


def _details(evidence: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The evidence as names and short texts."""
    for key, value in evidence.items():
        if isinstance(value, float):
            text = f"{value:.4g}"
        elif isinstance(value, str):
            text = value
        elif isinstance(value, list) and all(isinstance(v, str) for v in value):
            text = ", ".join(value)
        else:
            text = json.dumps(value, ensure_ascii=False)
        yield key.replace("_", " "), visible(shorten(text, _EVIDENCE))
