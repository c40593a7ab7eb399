"""Quotation marks of which one half was misread (WRD010)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ocrfix.detectors._punctuation_rules import MISREAD_QUOTE
from ocrfix.detectors.base import Context
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Safety, Span

__all__ = ["MisreadQuotes"]

_MARK: Final = re.compile(r"[\"“”'‘’*+]")
_BEFORE: Final = frozenset(" \n\t\f\u00a0([-–—:")
_AFTER: Final = frozenset(" \n\t\f\u00a0.,;:?!)]…-–—")
_INSIDE: Final = frozenset("0123456789…")
_SINGLE: Final = frozenset("'‘’")
_MANY: Final = 3
"""Straight marks of a text that has at least one whole pair of them."""
_LONGEST: Final = 200
"""Characters of the longest quotation whose halves are paired."""


class _Pair(NamedTuple):
    """The two halves of a quotation: their places and signs."""

    start: int
    end: int
    opening: str
    closing: str


class MisreadQuotes:
    """WRD010: one half of a pair of quotation marks read as another sign."""

    rules = (MISREAD_QUOTE,)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:  # noqa: ARG002
        """The misread halves, by their partners and by what the document has elsewhere."""
        text = document.text
        if not any(mark in text for mark in "'‘’*+"):
            return
        pairs = list(_pairs(text))
        plus = any(p.opening == "+" for p in pairs)
        curly = any(p.opening == "“" and p.closing == "”" for p in pairs)
        straight = text.count('"')
        for pair in pairs:
            style, chance = _judge(pair, plus=plus, curly=curly, straight=straight)
            if style:
                yield from _findings(pair, style, chance)


def _pairs(text: str) -> Iterator[_Pair]:
    """Opening and closing marks that follow each other on one paragraph, with words just inside."""
    opening: tuple[int, str] | None = None
    for match in _MARK.finditer(text):
        place, mark = match.span()[0], match.group()
        before, after = text[place - 1 : place] or " ", text[place + 1 : place + 2] or " "
        opens = before in _BEFORE and (after.isalpha() or (after in _INSIDE and mark != "+")) and mark != "”"
        closes = (before.isalnum() or before in ".,?!…)%") and after in _AFTER and mark not in "“+"
        closes = closes and not (before.isdigit() and mark in _SINGLE)  # minutes, feet
        if opens:
            # An opening mark inside a quotation leaves open which one is closed.
            inner = (
                opening is not None
                and place - opening[0] <= _LONGEST
                and "\n\n" not in text[opening[0] : place]
            )
            opening = None if inner and mark in _SINGLE else (place, mark)
        elif closes and opening is not None:
            start, sign = opening
            opening = None
            if place - start <= _LONGEST and "\n\n" not in text[start:place]:
                yield _Pair(start, place, sign, mark)


def _judge(pair: _Pair, *, plus: bool, curly: bool, straight: int) -> tuple[str, float]:
    """The marks that the pair should have ("" where nothing is known) and the probability of that.

    ``straight`` counts the straight marks of the text; ``curly`` and ``plus`` say whether it has pairs
    of curly ones, or such that begin with +. The figures are those of the pairs of the training pages.
    """
    halves = {pair.opening, pair.closing}
    one_kind = len(halves) == 1 or halves <= _SINGLE or halves == {"“", "”"}
    if one_kind or pair.opening == "”" or halves == {"+", '"'}:
        return "", 0.0
    if halves & {"“", "”"}:
        return ("“”", 0.96) if '"' not in halves else ("", 0.0)
    if '"' in halves:
        if curly or plus:
            return "", 0.0
        return '""', 0.95 if straight >= _MANY else 0.7 if straight > 1 else 0.45
    if straight:
        return "", 0.0
    if pair.opening == "+" or plus or curly:
        return "“”", 0.95
    return "“”", 0.9 if pair.opening == "*" else 0.5


def _findings(pair: _Pair, style: str, chance: float) -> Iterator[Finding]:
    """One finding for the pair, with an edit for each half that changes."""
    halves = ((pair.start, pair.opening, style[0]), (pair.end, pair.closing, style[1]))
    edits = tuple(Edit(Span(at, at + 1), meant) for at, sign, meant in halves if sign != meant)
    yield Finding(
        MISREAD_QUOTE,
        Span(pair.start, pair.end + 1),
        f"read {pair.opening}…{pair.closing}, probably {style[0]}…{style[1]}",
        edits,
        chance,
        Safety.SAFE if chance >= 0.95 else Safety.UNSAFE if chance >= 0.7 else Safety.DISPLAY,
    )
