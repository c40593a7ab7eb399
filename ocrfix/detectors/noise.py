"""Stage "noise": page numbers, running headers, placeholders, web page chrome, model chatter (`NOI`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocrfix.detectors import _noise_rules as rules
from ocrfix.detectors._noise_borders import border_furniture, borders_of
from ocrfix.detectors._noise_chatter import chatter
from ocrfix.detectors._noise_chrome import web_chrome
from ocrfix.detectors._noise_headers import running_headers, separate_papers
from ocrfix.detectors._noise_lines import Mark, Sheet, findings
from ocrfix.detectors._noise_margins import margin_furniture
from ocrfix.detectors._noise_missing import missing_copies
from ocrfix.detectors._noise_pages import lone_numbers, page_numbers
from ocrfix.detectors._noise_placeholders import placeholders
from ocrfix.model import Finding, Rule, Safety

if TYPE_CHECKING:
    from ocrfix.detectors.base import Context, Detector
    from ocrfix.document import Document

__all__ = ["DETECTORS", "NoiseDetector"]


@dataclass(frozen=True)
class NoiseDetector:
    r"""Finds what is no content. One detector for the family, since its deletions must fit together:
    wherever neighbouring lines go, one blank line stays between what they parted.

    >>> from ocrfix.detectors.base import Context
    >>> from ocrfix.document import Document
    >>> text = "Đại hội đã bầu ban chấp hành gồm 15 đồng chí.\n\nChia sẻ bài viết\n\nBÌNH LUẬN"
    >>> [(f.rule.code, text[f.span.slice]) for f in NoiseDetector().find(Document(text), Context())]
    [('NOI004', 'Chia sẻ bài viết'), ('NOI004', 'BÌNH LUẬN')]
    """

    rules: tuple[Rule, ...] = (
        rules.PAGE_NUMBER,
        rules.RUNNING_HEADER,
        rules.TEMPLATE_PLACEHOLDER,
        rules.WEB_CHROME,
        rules.MODEL_CHATTER,
    )

    def find(self, document: Document, context: Context) -> list[Finding]:
        """The findings in the document, in order of place."""
        sheet = Sheet(document)
        if not sheet.lines:
            return []
        marks = _furniture(sheet) + placeholders(sheet) + chatter(sheet)
        # What goes for sure does not part a run of page chrome.
        noise = frozenset(
            i for m in marks if m.safety is Safety.SAFE and context.config.uses(m.rule) for i in m.lines
        )
        marks += web_chrome(sheet, noise)
        return findings(sheet, marks, context.config)


def _furniture(sheet: Sheet) -> list[Mark]:
    """Page numbers, headers and footers: at the edges of known pages, then between running text."""
    pages = sheet.pages()
    numbers = page_numbers(sheet)
    if separate_papers(sheet, pages):
        known = {i for m in numbers for i in m.lines}
        return numbers + lone_numbers(sheet, known)
    marks = numbers + margin_furniture(sheet, pages, {i for m in numbers for i in m.lines})
    if sum(1 for lines in pages if lines) > 1:
        sure = {i for m in marks if m.safety is Safety.SAFE for i in m.lines}
        marks = marks + running_headers(sheet, pages, sure)
    known = {i for m in marks if m.safety is Safety.SAFE for i in m.lines}
    marks = marks + border_furniture(sheet, known)
    known |= {i for m in marks if m.safety is Safety.SAFE for i in m.lines}
    missing = missing_copies(sheet, known, lambda lines: borders_of(sheet, lines))
    marks = [
        m
        for m in marks
        if m.safety is Safety.SAFE or not {i for x in missing for i in x.lines} & set(m.lines)
    ]
    known |= {i for m in missing if m.safety is Safety.SAFE for i in m.lines}
    return marks + missing + lone_numbers(sheet, known)


DETECTORS: Final[tuple[Detector, ...]] = (NoiseDetector(),)
