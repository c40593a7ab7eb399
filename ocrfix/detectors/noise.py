"""Stage "noise": page numbers, running headers, placeholders, web page chrome, model chatter (`NOI`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocrfix.detectors import _noise_rules as rules
from ocrfix.detectors._noise_chatter import chatter
from ocrfix.detectors._noise_chrome import placeholders, web_chrome
from ocrfix.detectors._noise_headers import running_headers
from ocrfix.detectors._noise_lines import Sheet, findings
from ocrfix.detectors._noise_pages import page_numbers
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
        numbers = page_numbers(sheet)
        headers = running_headers(sheet, {i for m in numbers for i in m.lines})
        marks = numbers + headers + placeholders(sheet) + chatter(sheet)
        # What goes for sure does not part a run of page chrome.
        noise = frozenset(
            i for m in marks if m.safety is Safety.SAFE and context.config.uses(m.rule) for i in m.lines
        )
        marks += web_chrome(sheet, noise)
        return findings(sheet, marks, context.config)


DETECTORS: Final[tuple[Detector, ...]] = (NoiseDetector(),)
