"""A reviewer's decisions, format ``ocrfix-decisions/1``: read, checked and made on the original text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from ocrfix.document import Document
from ocrfix.model import Edit, Span
from ocrfix.repair import apply
from ocrfix.report import AppliedEdit, Report, Result, Step

__all__ = ["SCHEMA", "DecisionsError", "apply_decisions", "digest", "schema"]

SCHEMA: Final = "ocrfix-decisions/1"
"""Name and version of the format. The number grows when a reader of the old format would go wrong."""
STATES: Final = ("accepted", "rejected")
_SHOWN: Final = 40
"""Characters of a text shown in a message."""


class DecisionsError(ValueError):
    """Decisions that are damaged, of another version, or were made on another text."""


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the format.

    >>> schema()["properties"]["schema"]["const"]
    'ocrfix-decisions/1'
    """
    text = (Path(__file__).parent / "reports" / "decisions.schema.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal, as reports and decisions name their original.

    >>> digest("Vì người nghèo")[:8]
    'fb665c80'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def apply_decisions(decisions: Mapping[str, Any], text: str | Document) -> Result:
    """Make the accepted changes of a review, and no others, on the text that was reviewed.

    Parameters: ``decisions``, the data of the JSON file that the review page exports, for one file or
    several; ``text``, the original. Returns a `Result` whose report has one step, "review". Raises
    DecisionsError (a ValueError) when the data is damaged, of another version, or for another text.

    >>> text = "Quỹ Vi người nghèo"
    >>> edit = {"start": 4, "end": 6, "removed": "Vi", "replacement": "Vì"}
    >>> file = {
    ...     "name": "bao.txt",
    ...     "original": {"length": 18, "sha256": digest(text)},
    ...     "changes": [{"state": "accepted", "edits": [edit]}],
    ... }
    >>> apply_decisions({"schema": "ocrfix-decisions/1", "files": [file]}, text).text
    'Quỹ Vì người nghèo'
    """
    document = text if isinstance(text, Document) else Document(text)
    _check_version(decisions)
    original = document.text
    entry = _entry(decisions, original, document.name)
    edits = sorted(_accepted(entry, document), key=lambda a: a.edit.span)
    for one, other in pairwise(edits):
        if one.edit.span.end > other.edit.span.start:
            raise DecisionsError(
                f"{document.name}: two accepted changes overlap, "
                f"{_where(document, one.edit.span)} and {_where(document, other.edit.span)}; reject one"
            )
    made = tuple(a for a in edits if a.removed != a.edit.replacement)
    cleaned = apply(original, [a.edit for a in made])
    report = Report(
        name=document.name,
        steps=(Step("review", made),) if made else (),
        original_length=len(original),
        cleaned_length=len(cleaned),
        original_hash=digest(original),
        cleaned_hash=digest(cleaned),
    )
    return Result(cleaned, report)


def _check_version(decisions: Mapping[str, Any]) -> None:
    found = decisions.get("schema") if isinstance(decisions, Mapping) else None
    if found == SCHEMA:
        return
    if isinstance(found, str) and found.startswith("ocrfix-decisions/"):
        raise DecisionsError(f"these decisions are of format {found}; this version reads {SCHEMA}")
    raise DecisionsError(f"these are no decisions of format {SCHEMA}: the schema is {found!r}")


def _entry(decisions: Mapping[str, Any], original: str, name: str) -> Mapping[str, Any]:
    """The decisions on this text."""
    files = _field(decisions, "files", list, "the decisions")
    wanted, names = digest(original), []
    for number, file in enumerate(files, 1):
        place = f"file {number} of the decisions"
        if _field(_field(file, "original", dict, place), "sha256", str, place).lower() == wanted:
            return dict(file)
        names.append(_field(file, "name", str, place))
    on = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    raise DecisionsError(
        f"{name}: the decisions were made on another text ({on or 'none'}); "
        "give the file as it was before it was cleaned"
    )


def _accepted(entry: Mapping[str, Any], document: Document) -> Iterator[AppliedEdit]:
    for number, change in enumerate(_field(entry, "changes", list, "the decisions"), 1):
        place = f"change {number} of the decisions"
        state = _field(change, "state", str, place)
        if state not in STATES:
            raise DecisionsError(f"{place}: the state is {state!r}; it must be {' or '.join(STATES)}")
        found = [_edit(edit, place, document) for edit in _field(change, "edits", list, place)]
        if state == "accepted":
            yield from found


def _edit(data: Mapping[str, Any], place: str, document: Document) -> AppliedEdit:
    text = document.text
    span = _span(data, place, len(text))
    removed = _field(data, "removed", str, place)
    if text[span.slice] != removed:
        raise DecisionsError(
            f"{document.name}: {place} does not fit: {_where(document, span)} "
            f"stands {_shown(text[span.slice])}, not {_shown(removed)}"
        )
    replacement = _field(data, "replacement", str, place)
    if any("\ud800" <= c <= "\udfff" for c in replacement):
        raise DecisionsError(f"{place}: the replacement has half a character, which no file can hold")
    source = None
    if data.get("source") is not None:
        source = _span(_field(data, "source", dict, place), place, len(text))
        if text[source.slice] != replacement:
            raise DecisionsError(f"{place}: the text to be moved is not the one at its source")
    return AppliedEdit(Edit(span, replacement, source), removed)


def _span(data: Mapping[str, Any], place: str, length: int) -> Span:
    start, end = (_field(data, name, int, place) for name in ("start", "end"))
    if not 0 <= start <= end <= length:
        raise DecisionsError(f"{place}: {start} to {end} is no place in a text of {length} characters")
    return Span(start, end)


def _field(data: Any, name: str, kind: type, place: str) -> Any:  # noqa: ANN401  (what JSON can hold)
    value = data.get(name) if isinstance(data, Mapping) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        state = "is missing" if value is None else "is of the wrong kind"
        raise DecisionsError(f"{place}: {name!r} {state}; export the decisions again")
    return value


def _where(document: Document, span: Span) -> str:
    line, column = document.position(span.start)
    return f"at {line}:{column}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
