"""Books with word boxes, too large to be read whole: cleaned section by section, reported as one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ocrfix._compressed import PackingError, packing_of, unpack
from ocrfix.config import Config
from ocrfix.document import Document
from ocrfix.formats.errors import FormatError
from ocrfix.formats.files import read_data
from ocrfix.formats.packed import PackedSource
from ocrfix.formats.sections import Section, cut
from ocrfix.formats.sniff import sniff
from ocrfix.formats.source import Source
from ocrfix.model import Edit, Span
from ocrfix.report import AppliedEdit, Report, ReportedFinding, Result, Step

__all__ = ["Book", "clean_book"]

_LINE: Final = re.compile(r"\bline (\d+)$")


@dataclass(frozen=True)
class Book:
    """A large file that was read and cleaned section by section.

    ``document`` is its whole text; ``data``, its bytes; ``cleaned``, those of the cleaned file; ``result``,
    the cleaned text with one report, as if it had been cleaned whole.
    """

    document: Document
    data: bytes
    cleaned: bytes
    result: Result
    notes: tuple[str, ...] = ()
    broken: int = 0

    def render(self, result: Result) -> bytes:
        """The cleaned file. Raises ValueError for another result than the book's."""
        if result is not self.result:
            raise ValueError(f"{self.document.name}: this is not the result that the book was cleaned with")
        return self.cleaned

    def locate(self, report: Report) -> Report:
        """The report as it is: pages and words are in it already."""
        return report


def clean_book(
    data: bytes,
    name: str,
    config: Config,
    encoding: str | None = None,
    form: str = "auto",
    *,
    keep_removed: bool = False,
    max_unpacked: int | None = None,
) -> tuple[Source, Result] | None:
    """Clean a large file with word boxes section by section; None for a file that is to be read whole.

    Parameters: ``data``, its bytes; ``name``, for messages; ``config``; ``encoding``, ``form``,
    ``keep_removed`` and ``max_unpacked`` (bytes) as of `ocrfix.formats.read_data`. What stands in two
    sections is not compared. Raises FormatError when a compressed file cannot be unpacked.
    """
    packing = packing_of(data[:10])
    inner = data
    if packing:
        try:
            inner = unpack(data, packing, max_unpacked)
        except PackingError as error:
            raise FormatError(f"{name}: {error}") from error
    try:
        form = sniff(inner, name) if form == "auto" else form
        sections = [] if encoding else cut(inner, form)
        if not sections:
            return None
        book = _book(inner, name, config, form, sections, keep_removed=keep_removed)
    except FormatError:
        return None  # read whole, the file is judged as it is
    return PackedSource(book, data, packing) if packing else book, book.result


def _book(
    data: bytes, name: str, config: Config, form: str, sections: Sequence[Section], *, keep_removed: bool
) -> Book:
    from ocrfix import clean  # noqa: PLC0415  (start-up time)

    pages = sections[-1].first + sections[-1].pages
    notes: dict[str, None] = {
        f"{pages} pages, cleaned in {len(sections)} parts; what comes twice in different parts stays": None
    }
    merged = _Merged(name)
    written = [sections[0].head]
    for section in sections:
        source = read_data(section.data, name, form=form, keep_removed=keep_removed)
        result = clean(source.document, config)
        written.append(section.body(source.render(result)))
        report = source.locate(result.report)
        where = f"pages {section.first + 1}-{section.first + section.pages}: "
        notes.update(dict.fromkeys(where + note for note in (*source.notes, *report.notes)))
        merged.add(section, source.document.text, replace(result, report=report))
    merged.notes = tuple(notes)
    result = merged.result()
    return Book(Document(merged.original, name), data, b"".join(written), result)


class _Merged:
    """The texts and reports of sections put together: the steps of each follow those of the one before it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.notes: tuple[str, ...] = ()
        self.original = self.cleaned = ""
        self.findings: list[ReportedFinding] = []
        self.steps: list[Step] = []
        self.page = 0
        """The page that the text so far ends on."""

    def add(self, section: Section, text: str, result: Result) -> None:
        gap = "\f" * (section.first - self.page) if text else ""
        self.original += gap
        self.cleaned += gap
        lines, read, start = self.original.count("\n"), len(self.original), len(self.cleaned)
        column = read - self.original.rfind("\n") - 1
        steps = len(self.steps)
        for item in result.report.findings:
            finding = item.finding
            message = _LINE.sub(lambda m: f"line {int(m[1]) + lines}", finding.message)
            finding = replace(
                finding,
                span=_moved(finding.span, start),
                message=message,
                edits=tuple(_edit(edit, start) for edit in finding.edits),
                evidence=_evidence(finding.evidence, start, section.first),
            )
            self.findings.append(
                replace(
                    item,
                    finding=finding,
                    span=_moved(item.span, read),
                    line=item.line + lines,
                    column=item.column + (column if item.line == 1 else 0),
                    step=item.step + steps,
                )
            )
        for step in result.report.steps:
            edits = tuple(AppliedEdit(_edit(a.edit, start), a.removed) for a in step.edits)
            self.steps.append(Step(step.stage, edits))
        self.original += text
        self.cleaned += result.text
        if text:
            self.page = section.first + text.count("\f")

    def result(self) -> Result:
        report = Report(
            name=self.name,
            findings=tuple(self.findings),
            steps=tuple(self.steps),
            original_length=len(self.original),
            cleaned_length=len(self.cleaned),
            original_hash=_hash(self.original),
            cleaned_hash=_hash(self.cleaned),
            notes=self.notes,
        )
        return Result(self.cleaned, report)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _edit(edit: Edit, by: int) -> Edit:
    return Edit(_moved(edit.span, by), edit.replacement, _moved(edit.source, by) if edit.source else None)


def _evidence(evidence: Mapping[str, Any], by: int, pages: int) -> dict[str, Any]:
    """The evidence with its places in the whole text, and its page in the whole file."""
    found = dict(evidence)
    if isinstance(found.get("page"), int):
        found["page"] += pages
    if isinstance(found.get("defined_at"), int):
        found["defined_at"] += by
    kept = found.get("kept")
    if isinstance(kept, Mapping) and isinstance(kept.get("start"), int) and isinstance(kept.get("end"), int):
        found["kept"] = {**kept, "start": kept["start"] + by, "end": kept["end"] + by}
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
