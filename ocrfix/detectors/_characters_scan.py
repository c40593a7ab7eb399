"""What the character rules share: character sets, the words around a place, small edits, findings."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.vietnamese.letters import set_tone

__all__ = [
    "ORDINARY",
    "Claims",
    "findings",
    "is_letterlike",
    "line_bounds",
    "small_edit",
    "spelt_vietnamese",
    "word_bounds",
]

_VOWELS: Final = "aăâeêioôơuưy"
_VIETNAMESE: Final = "đ" + "".join(set_tone(vowel, tone) for vowel in _VOWELS for tone in range(6))
ORDINARY: Final = frozenset(
    "\n\t\f" + "".join(map(chr, range(0x20, 0x7F))) + _VIETNAMESE + _VIETNAMESE.upper() + "“”‘’–—…•"
)
"""Characters that no rule looks at on their own."""

_BEYOND_LATIN1: Final = "".join(c for c in _VIETNAMESE + _VIETNAMESE.upper() if ord(c) > 0xFF)
spelt_vietnamese: Final = re.compile(f"[{_BEYOND_LATIN1}]")
"""Finds a Vietnamese letter that Latin-1 lacks: the text there is Vietnamese in Unicode."""

_WORD_LIMIT: Final = 40
_GROUP_EDITS: Final = 200


def is_letterlike(char: str) -> bool:
    r"""Whether the character is a letter or a combining mark.

    >>> is_letterlike("ệ"), is_letterlike("\u0323"), is_letterlike("3")
    (True, True, False)
    """
    return char.isalpha() or unicodedata.combining(char) != 0


def word_bounds(text: str, offset: int) -> tuple[int, int]:
    """Start and end of the letters around the character at ``offset`` (at most 40 to each side).

    >>> word_bounds("Quỹ Vì người", 5)
    (4, 6)
    """
    start, end = offset, offset + 1
    low, high = max(0, offset - _WORD_LIMIT), min(len(text), offset + _WORD_LIMIT)
    while start > low and is_letterlike(text[start - 1]):
        start -= 1
    while end < high and is_letterlike(text[end]):
        end += 1
    return start, end


def line_bounds(text: str, start: int, end: int, reach: int = 200) -> tuple[int, int]:
    """Bounds of the line around ``[start, end)``, no farther than ``reach`` characters off."""
    left = text.rfind("\n", max(0, start - reach), start) + 1 or max(0, start - reach)
    right = text.find("\n", end, end + reach)
    return left, right if right >= 0 else min(len(text), end + reach)


def small_edit(start: int, before: str, after: str) -> Edit:
    """The edit that turns ``before`` (which stands at ``start``) into ``after``, as small as it can be.

    >>> small_edit(10, "ViÖt", "Việt")
    Edit(span=Span(start=12, end=13), replacement='ệ', source=None)
    """
    head = 0
    for a, b in zip(before, after, strict=False):
        if a != b:
            break
        head += 1
    tail, most = 0, min(len(before), len(after)) - head
    while tail < most and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    # A combining mark must not be parted from its letter.
    while tail and unicodedata.combining(before[len(before) - tail]):
        tail -= 1
    while head and (
        (head < len(before) and unicodedata.combining(before[head]))
        or (head < len(after) and unicodedata.combining(after[head]))
    ):
        head -= 1
    return Edit(Span(start + head, start + len(before) - tail), after[head : len(after) - tail])


@dataclass(frozen=True, slots=True)
class Claims:
    """Sorted, disjoint stretches of the text that a rule has explained already."""

    spans: tuple[Span, ...] = ()

    def free(self, offset: int) -> bool:
        """Whether no stretch holds the offset."""
        index = bisect_right(self.spans, offset, key=lambda s: s.start) - 1
        return index < 0 or offset >= self.spans[index].end

    def joined(self, spans: Iterable[Span]) -> Claims:
        """These and other stretches together."""
        merged: list[Span] = []
        for span in sorted((*self.spans, *spans)):
            if merged and span.start <= merged[-1].end:
                merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
            else:
                merged.append(span)
        return Claims(tuple(merged))


def _groups(text: str, edits: list[Edit], reach: int) -> Iterator[list[Edit]]:
    group: list[Edit] = []
    for edit in edits:
        if group:
            gap = text[group[-1].span.end : edit.span.start]
            if len(gap) > reach or "\n" in gap or len(group) >= _GROUP_EDITS:
                yield group
                group = []
        group.append(edit)
    if group:
        yield group


def findings(
    text: str,
    rule: Rule,
    edits: Iterable[Edit],
    message: str,
    *,
    confidence: float,
    safety: Safety | None = None,
    evidence: Mapping[str, Any] | None = None,
    reach: int = 40,
) -> Iterator[Finding]:
    """One finding for every run of neighbouring edits of a line.

    Parameters: ``edits`` of the ``text``, sorted and disjoint; ``message``, which may hold ``{before}`` and
    ``{after}``, filled with the whole words around the run's first edit; ``confidence``, a probability;
    ``safety``, where it is not that of the ``rule``; ``evidence``, told with every finding; ``reach``, the
    characters that neighbouring edits are apart at most.
    """
    ordered = list(edits)
    assert all(a.span.end <= b.span.start for a, b in pairwise(ordered))
    for group in _groups(text, ordered, reach):
        span = Span(group[0].span.start, group[-1].span.end)
        start, end = _token(text, group[0].span)
        before = text[start:end]
        after = text[start : group[0].span.start]
        inside = [e for e in group if e.span.end <= end]
        for edit, following in zip(inside, [*inside[1:], None], strict=True):
            after += edit.replacement + text[edit.span.end : following.span.start if following else end]
        shown = dict(evidence or {})
        if "{before}" in message:
            shown |= {"before": before, "after": after}
        yield Finding(
            rule,
            span,
            message.replace("{before}", before).replace("{after}", after),
            tuple(group),
            confidence,
            rule.safety if safety is None else safety,
            shown,
        )


def _token(text: str, span: Span) -> tuple[int, int]:
    start, end = span.start, span.end
    low, high = max(0, start - _WORD_LIMIT), min(len(text), end + _WORD_LIMIT)
    while start > low and not text[start - 1].isspace():
        start -= 1
    while end < high and not text[end].isspace():
        end += 1
    return start, end
