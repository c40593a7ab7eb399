"""Edits applied to a text, and text that none may touch: code, tables and links of a Markdown file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from ocrfix.model import Edit, Finding, Span
from ocrfix.report import Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Fixed", "apply", "carry", "intact_part"]

_REACH: Final = 16
"""Characters by which a deletion is shifted at most to leave fixed text alone."""
_CHECKS: Final = 64
"""Checks of the whole text in one run of a stage; they keep a text where every repair is wrong from
taking long, and what they leave unsettled is not applied."""


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text after sorted edits, none of which overlaps another.

    >>> apply("Quỹ Vi người nghèo", [Edit(Span(4, 6), "Vì")])
    'Quỹ Vì người nghèo'
    """
    pieces: list[str] = []
    position = 0
    for edit in edits:
        pieces += (text[position : edit.span.start], edit.replacement)
        position = edit.span.end
    pieces.append(text[position:])
    return "".join(pieces)


def carry(fixed: NDArray[np.bool_], edits: Sequence[Edit]) -> NDArray[np.bool_]:
    """The marks after sorted edits, none of which overlaps another; new characters are not fixed.

    >>> carry(np.array([True, False, False]), [Edit(Span(1, 2), "ừa")]).tolist()
    [True, False, False, False]
    """
    pieces: list[NDArray[np.bool_]] = []
    position = 0
    for edit in edits:
        pieces.append(fixed[position : edit.span.start])
        moved = edit.source
        pieces.append(np.zeros(len(edit.replacement), np.bool_) if moved is None else fixed[moved.slice])
        position = edit.span.end
    pieces.append(fixed[position:])
    return np.concatenate(pieces)


class Fixed:
    """The fixed characters of one text, and what edits have to do with them.

    >>> fixed = Fixed("a `Vi` Vi", np.array([c == "`" for c in "a `Vi` Vi"]))
    >>> fixed.touches(Edit(Span(1, 3), "")), fixed.touches(Edit(Span(7, 9), "Vì"))
    (True, False)
    """

    def __init__(self, text: str, fixed: NDArray[np.bool_]) -> None:
        self._text = text
        self._fixed = fixed
        self._before = np.concatenate(([0], np.cumsum(fixed)))
        """Number of fixed characters before each place."""

    def _count(self, start: int, end: int) -> int:
        return int(self._before[end] - self._before[start])

    def touches(self, edit: Edit) -> bool:
        """Whether an edit takes away a fixed character, or inserts between two."""
        start, end = edit.span.start, edit.span.end
        if start == end:
            return 0 < start < len(self._fixed) and self._count(start - 1, start + 1) == 2
        return self._count(start, end) > 0

    def hides(self, finding: Finding) -> bool:
        """Whether a finding is about fixed text and nothing else."""
        span = finding.span
        inside = len(span) > 0 and self._count(span.start, span.end) == len(span)
        return inside and all(map(self.touches, finding.edits))

    def clear(self, finding: Finding) -> Finding:
        """The finding, its edits written without fixed characters where that gives the same text."""
        if not any(map(self.touches, finding.edits)):
            return finding
        return replace(finding, edits=tuple(map(self._cleared, finding.edits)))

    def _cleared(self, edit: Edit) -> Edit:
        if edit.source is not None or not self.touches(edit):
            return edit
        text, new = self._text, edit.replacement
        start, end = edit.span.start, edit.span.end
        head = tail = 0
        while head < min(len(new), end - start) and text[start + head] == new[head]:
            head += 1
        while tail < min(len(new), end - start) - head and text[end - 1 - tail] == new[-1 - tail]:
            tail += 1
        short = Edit(Span(start + head, end - tail), new[head : len(new) - tail])
        if not self.touches(short):
            return short
        return edit if short.replacement else self._shifted(short) or edit

    def _shifted(self, edit: Edit) -> Edit | None:
        """A deletion beside this one that leaves the same text and no fixed character touched."""
        text, start, end = self._text, edit.span.start, edit.span.end
        for step in range(1, min(_REACH, start) + 1):
            if text[start - step] != text[end - step]:
                break
            shifted = Edit(Span(start - step, end - step), "")
            if not self.touches(shifted):
                return shifted
        for step in range(1, min(_REACH, len(text) - end) + 1):
            if text[start + step - 1] != text[end + step - 1]:
                break
            shifted = Edit(Span(start + step, end + step), "")
            if not self.touches(shifted):
                return shifted
        return None


def intact_part(
    text: str, fates: Sequence[tuple[Finding, Status]], intact: Callable[[str], bool]
) -> list[tuple[Finding, Status]]:
    """The fates, with the applied findings that would leave the text not intact protected instead.

    Found by halving, so that one bad edit among many costs few checks.
    """
    applied = [number for number, (_, status) in enumerate(fates) if status is Status.APPLIED]
    kept: list[int] = []
    checks = 0
    parts = [applied] if applied else []
    while parts and checks < _CHECKS:
        part = parts.pop()
        checks += 1
        edits = (e for number in sorted([*kept, *part]) for e in fates[number][0].edits)
        changing = [e for e in edits if text[e.span.slice] != e.replacement]
        if intact(apply(text, sorted(changing, key=lambda e: e.span))):
            kept += part
        elif len(part) > 1:
            half = len(part) // 2
            parts += (part[half:], part[:half])
    lost = set(applied).difference(kept)
    return [(f, Status.PROTECTED if n in lost else status) for n, (f, status) in enumerate(fates)]
