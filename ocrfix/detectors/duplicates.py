"""Family DUP: blocks that come twice, passages glued in again, recognition loops."""

from __future__ import annotations

from collections.abc import Iterable

from ocrfix.detectors._duplicates_judge import Judge
from ocrfix.detectors._duplicates_layout import Layout
from ocrfix.detectors._duplicates_loops import counting_loops, sign_loops
from ocrfix.detectors._duplicates_match import GRAM, find_matches
from ocrfix.detectors._duplicates_paragraphs import paragraph_matches
from ocrfix.detectors._duplicates_rules import EXACT_BLOCK, LOOP, NEAR_BLOCK, REPEATED_SPAN
from ocrfix.detectors._duplicates_tokens import tokenize
from ocrfix.detectors.base import Context, Detector
from ocrfix.document import Document
from ocrfix.model import Finding, Rule

__all__ = ["DETECTORS", "Duplicates"]


class Duplicates:
    r"""Finds what comes twice, and names the copy that stays.

    >>> caption = "Lãnh đạo huyện trao nhà đại đoàn kết cho hộ bà Lê Thị Tư ở xã Tân Hòa."
    >>> found, = Duplicates().find(Document(f"{caption}\n\n{caption}\n\nBài và ảnh: M.T"), Context())
    >>> found.rule.name, found.edits[0].span.start == len(caption) + 2
    ('exact-block', True)
    """

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the family."""
        return (EXACT_BLOCK, NEAR_BLOCK, REPEATED_SPAN, LOOP)

    def find(self, document: Document, context: Context) -> Iterable[Finding]:
        """The findings in the document, in the order of the later copies."""
        tokens = tokenize(document.text)
        layout = Layout(document, tokens)
        yield from sign_loops(layout)
        yield from counting_loops(layout)
        if len(tokens.start) <= GRAM:
            return
        judge = Judge(layout, context)
        known = paragraph_matches(layout)
        judge.compare(known)
        for match in find_matches(document.text, tokens, layout.unit_starts, known):
            finding = judge.finding(match)
            if finding is not None:
                yield finding
        yield from judge.parts()


DETECTORS: tuple[Detector, ...] = (Duplicates(),)
