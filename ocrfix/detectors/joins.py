"""Lines, sentences and words that were torn apart by columns, captions and pages (`JOI`)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ocrfix.detectors._joins_blocks import block_findings
from ocrfix.detectors._joins_fit import fits
from ocrfix.detectors._joins_hyphen import hyphen_joins
from ocrfix.detectors._joins_initial import initial_findings, is_sure, lost_initials
from ocrfix.detectors._joins_lines import Line, lines_of
from ocrfix.detectors._joins_rules import BROKEN_HYPHEN, RULES, SOFT_WRAP
from ocrfix.detectors._joins_wraps import paragraphs, wraps
from ocrfix.detectors.base import Context, Detector
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span

__all__ = ["DETECTORS", "Joins"]


class Joins:
    """Finds where lines, blocks and initials belong together; see the rules for what each means."""

    rules: tuple[Rule, ...] = RULES

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """Findings of all the rules, line ends first.

        Parameters: ``document``, the text; ``context``, whose language model is asked only where the form
        of lines and blocks does not decide.
        """
        lines = lines_of(document)
        if len(lines) > 1:
            yield from _hyphen_findings(lines, document, context)
        wrapped = wraps(lines, lambda pairs: fits(pairs, context.language))
        groups = paragraphs(lines, wrapped)
        sure = {wrap.line for wrap in wrapped if wrap.sure}
        for group in groups:
            if len(group) > 1:
                yield _wrap_finding(
                    lines[group.start : group.end], all(i in sure for i in range(group.start, group.end - 1))
                )
        lost = lost_initials(lines, groups, context.language) if _any_small(lines, groups) else {}
        anew = {number for number, best in lost.items() if is_sure(best, context.language)}
        yield from block_findings(lines, groups, anew, document, context)
        yield from initial_findings(lines, groups, lost, context)


def _any_small(lines: list[Line], groups: list[Span]) -> bool:
    return any(lines[group.start].case == "lower" for group in groups)


def _hyphen_findings(lines: list[Line], document: Document, context: Context) -> Iterator[Finding]:
    if not any(line.text[-1] in "-\u2010\u2011\u00ad¬" for line in lines):
        return
    meaning = {
        "word": "one word over two lines",
        "hyphen": "a line end after a real hyphen",
        "space": "a hyphen at a line end between two syllables",
    }
    for join in hyphen_joins(lines, document.text, context.language):
        yield Finding(
            BROKEN_HYPHEN,
            Span(join.span.start + 1 - len(join.before), join.span.end + len(join.after)),
            f'{meaning[join.kind]}: "{join.before[:-1]}{join.replacement}{join.after}"',
            (Edit(join.span, join.replacement),),
            join.confidence,
            join.safety,
            {"kind": join.kind},
        )


def _wrap_finding(lines: list[Line], sure: bool) -> Finding:
    edits = tuple(Edit(Span(a.end, b.start), " ") for a, b in pairwise(lines))
    return Finding(
        SOFT_WRAP,
        Span(lines[0].start, lines[-1].end),
        f"a paragraph wrapped over {len(lines)} lines",
        edits,
        0.98 if sure else 0.95,
        Safety.SAFE,
        {"lines": len(lines)},
    )


DETECTORS: Final[tuple[Detector, ...]] = (Joins(),)
