"""Doubled spaces in running text (SPC005)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ocrfix.detectors._spacing_text import line_of
from ocrfix.detectors.base import Context
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span

__all__ = ["DoubledSpace"]

DOUBLED_SPACE: Final = Rule(
    "SPC005",
    "doubled-space",
    "Two or three spaces between two words of a sentence",
    Safety.SAFE,
    """What it finds
    Two or three spaces in a row between the words of a line of running text.

Example
    before: Phẩm chất,  năng lực công tác và những  kết quả của cán bộ xã được người dân ghi nhận.
    after:  Phẩm chất, năng lực công tác và những kết quả của cán bộ xã được người dân ghi nhận.

Fix safety
    Safe in a line that has eight words for every such gap, no tab, no column bar and no wider gap. Where
    a neighbouring line has a gap in the same column, the lines may be a table and are left alone. Two
    spaces after the end of a sentence are left alone where the document sets them so as a rule. Line
    starts, line ends and indented code are never touched.

Risk
    A table whose cells are whole sentences and whose columns do not line up.
""",
)

_GAP: Final = re.compile(
    r"(?<=[^\s.·_…-])[ \u00a0]{2,3}(?=[^\s|.·_…-])|(?<=\w\.)[ \u00a0]{2,3}(?=[^\s|.·_…-])"
)
_WORDS_PER_GAP: Final = 8
_SENTENCE_GAPS: Final = re.compile(r"(?<=[^\W\d_][.!?])( {1,3})(?=[^\W\d_])")
_HABIT: Final = 0.2
"""Share of sentence ends with two spaces from which they are the document's manner."""


class DoubledSpace:
    """SPC005: a doubled space inside a sentence."""

    rules = (DOUBLED_SPACE,)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:  # noqa: ARG002
        """The doubled spaces of running text."""
        text = document.text
        if "  " not in text and "\u00a0" not in text:
            return
        habit: bool | None = None
        line = (-1, -1)
        running = False
        for match in _GAP.finditer(text):
            if not line[0] <= match.start() < line[1]:
                line = line_of(text, match.start())
                running = _running(text, *line)
            if not running:
                continue
            if text[match.start() - 1] in ".!?":
                habit = _doubles_after_sentences(text) if habit is None else habit
                if habit:
                    continue
            yield Finding(
                DOUBLED_SPACE,
                Span(*match.span()),
                f"{match.end() - match.start()} spaces between two words",
                (Edit(Span(match.start() + 1, match.end()), ""),)
                if text[match.start()] == " "
                else (Edit(Span(*match.span()), " "),),
                0.97,
                Safety.SAFE,
            )


def _doubles_after_sentences(text: str) -> bool:
    gaps = [len(m.group(1)) > 1 for m in _SENTENCE_GAPS.finditer(text)]
    return len(gaps) > 1 and sum(gaps) > _HABIT * len(gaps)


def _running(text: str, start: int, end: int) -> bool:
    """Whether the line is running text, not a row of a table or code."""
    line = text[start:end]
    if "\t" in line or "|" in line or line.startswith("    ") or re.search(r"\S[ \u00a0]{4}", line):
        return False
    gaps = [m.start() for m in _GAP.finditer(line)]
    if len(line.split()) < _WORDS_PER_GAP * len(gaps):
        return False
    above_start, _ = line_of(text, start - 1) if start else (0, 0)
    _, below_end = line_of(text, end + 1) if end < len(text) else (0, len(text))
    above = text[above_start : max(start - 1, 0)]
    below = text[end + 1 : below_end]
    for other in (above, below):
        columns = {m.end() for m in _GAP.finditer(other)}
        if any(m.end() in columns for m in _GAP.finditer(line)):
            return False
    return True
