"""WRD003 in numbers: a letter read for its look-alike digit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ocrfix.detectors.base import Context, Detector
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span

__all__ = ["DIGITS", "LETTER_DIGIT", "Digits"]

LETTER_DIGIT: Final = Rule(
    "WRD003",
    "letter-digit-mix-up",
    "A digit read for a letter inside a word, or a letter for a digit inside a number",
    Safety.SAFE,
    """What it finds
A digit inside a word, and a letter (O, o, I, l, |) inside a number, that stand for their look-alike.

Example
    Năm 2O23, cả xã trồng được 1O.500 cây, h0àng hôn
becomes
    Năm 2023, cả xã trồng được 10.500 cây, hoàng hôn

Fix safety
In numbers, safe in a year (1800-2099), a date and a number with groups of three digits: there the letter
can be nothing else. Any other number between whose digits one such letter stands is unsafe. In words, the
corrector decides by context, as for every misread word (see WRD001).

Risk
Product codes, number plates and model names: what has more than one letter, or another one, is left
alone.""",
)

_LOOKS: Final = str.maketrans("OoIl|", "00111")
_MIXED: Final = re.compile(r"\d(?:[.,/-]?[OoIl|]|(?<=[OoIl|]\d)|(?<=[OoIl|][.,/-]\d))")
"""A digit and such a letter beside it, or with one mark between them: every such number has one."""
_NUMBER: Final = re.compile(r"(?<![\w.,/|-])[\dOoIl|]+(?:[.,/-][\dOoIl|]+)*(?![\w|]|[.,/-]\w)")
_YEAR: Final = re.compile(r"(?:1[89]|20)\d\d")
_DATE: Final = re.compile(r"(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|1[0-2])(?:[/.-](?:1[89]|20)\d\d)?")
_GROUPS: Final = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")


class Digits:
    """Detector of letters inside numbers."""

    rules: tuple[Rule, ...] = (LETTER_DIGIT,)

    def find(self, document: Document, context: Context) -> Iterable[Finding]:  # noqa: ARG002
        """Numbers with a letter that looks like a digit."""
        if _MIXED.search(document.text) is None:
            return
        for match in _NUMBER.finditer(document.text):
            number = match.group()
            letters = sum(c in "OoIl|" for c in number)
            digits = sum(c.isdigit() for c in number)
            if not letters or digits < 2 or letters > max(1, digits // 3):
                continue
            meant = number.translate(_LOOKS)
            span = Span(*match.span())
            if _YEAR.fullmatch(meant) or (
                len(meant) > 4 and (_DATE.fullmatch(meant) or _GROUPS.fullmatch(meant))
            ):
                yield _finding(span, number, meant, 0.97, Safety.SAFE)
            elif meant.isdigit() and len(meant) > 2 and number[0].isdigit() and number[-1].isdigit():
                yield _finding(span, number, meant, 0.8, Safety.UNSAFE)


def _finding(span: Span, number: str, meant: str, confidence: float, safety: Safety) -> Finding:
    return Finding(
        LETTER_DIGIT,
        span,
        f'read "{number}", probably meant "{meant}"',
        (Edit(span, meant),),
        confidence,
        safety,
        {"letters": [c for c in number if c in "OoIl|"]},
    )


DIGITS: tuple[Detector, ...] = (Digits(),)
