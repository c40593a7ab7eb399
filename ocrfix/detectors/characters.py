"""Damage to characters: wrong charsets, look-alikes, invisible characters.

All rules share one pass: the set of the text's characters says which of them can find anything, and what
is explained by a charset is not looked at by the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ocrfix.detectors import _characters_invisible as invisible
from ocrfix.detectors import _characters_letters as letters
from ocrfix.detectors import _characters_rules as known
from ocrfix.detectors._characters_legacy import find_legacy
from ocrfix.detectors._characters_letters import Fix
from ocrfix.detectors._characters_mojibake import find_mojibake, may_hold_mojibake
from ocrfix.detectors._characters_scan import Claims, findings
from ocrfix.detectors.base import Context, Detector
from ocrfix.document import Document
from ocrfix.model import Finding, Rule, Safety, Span
from ocrfix.vietnamese import legacy

__all__ = ["DETECTORS", "CharacterDetector"]


@dataclass(frozen=True)
class CharacterDetector:
    """Finds damage to characters.

    >>> from ocrfix import clean
    >>> clean("Quỹ Vì người nghèo tỉnh Ðồng Nai\\u200b").text
    'Quỹ Vì người nghèo tỉnh Đồng Nai'
    """

    rules: tuple[Rule, ...] = known.RULES

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """Findings of all character rules."""
        text = document.text
        alphabet = frozenset(text)
        claims = Claims()
        stretches = find_legacy(document, alphabet)
        for item in stretches:
            yield from findings(
                text,
                known.LEGACY,
                item.edits,
                f"{legacy.titles[item.charset]}: {{before}} is {{after}}",
                confidence=item.confidence,
                safety=item.safety,
                evidence={"charset": item.charset, "syllables": item.words},
            )
        claims = claims.joined(s.span for s in stretches)
        if may_hold_mojibake(alphabet):
            pieces = list(find_mojibake(text, claims, context))
            for piece in pieces:
                yield from findings(
                    text,
                    known.MOJIBAKE,
                    piece.edits,
                    "UTF-8 read as another charset: {before} is {after}",
                    confidence=piece.confidence,
                    safety=piece.safety,
                )
            claims = claims.joined(e.span for p in pieces for e in p.edits)
        for rule, fixes, message, reach in _searches(text, alphabet):
            yield from _emit(text, rule, fixes, message, reach, claims)


def _searches(text: str, alphabet: frozenset[str]) -> Iterator[tuple[Rule, Iterable[Fix], str, int]]:
    """The rules that can find something in a text of these characters."""
    if not text.isascii():
        yield known.NOT_NFC, letters.not_nfc(text), "not in Unicode's composed form: {after}", 40
    if alphabet & letters.LOOK_ALIKES:
        yield known.LOOK_ALIKE, letters.look_alikes(text), "look-alike letter: {before} is {after}", 3
    if letters.has_forms(alphabet):
        yield known.FORM, letters.presentation_forms(text), "presentation form: {before} is {after}", 3
    if "&" in alphabet:
        yield known.ENTITY, letters.entities(text), "HTML entity: {before} is {after}", 0
    if alphabet & invisible.CONTROLS:
        yield known.CONTROL, invisible.controls(text), "control character", 0
    if alphabet & invisible.ZERO_WIDTH:
        yield known.ZERO_WIDTH, invisible.zero_width(text), "zero-width character", 0
    if alphabet & invisible.SPACES:
        yield known.ODD_SPACE, invisible.odd_spaces(text), "space that is not an ordinary one", 0
    if "\r" in alphabet:
        yield known.LINE_ENDS, invisible.line_ends(text), "line end that differs from the others", 0
    if any("\ud800" <= c <= "\uf8ff" or c in invisible.LOST for c in alphabet):
        yield known.LOST, invisible.lost(text), "lost or private character", 0


def _emit(
    text: str, rule: Rule, fixes: Iterable[Fix], message: str, reach: int, claims: Claims
) -> Iterator[Finding]:
    """Findings from fixes: neighbours of the same safety and confidence become one."""
    sorts: dict[tuple[Safety, float], list[Fix]] = {}
    for fix in fixes:
        if claims.free(fix.edit.span.start):
            sorts.setdefault((fix.safety, fix.confidence), []).append(fix)
    for (safety, confidence), same in sorts.items():
        edits = sorted((f.edit for f in same), key=lambda e: e.span)
        if rule is known.LOST and safety is Safety.DISPLAY:
            for edit in edits:
                yield _shown(text, rule, edit.span)
            continue
        codes = _codes(text, edits[0].span) if rule is not known.NOT_NFC else ""
        yield from findings(
            text,
            rule,
            edits,
            message,
            confidence=confidence,
            safety=safety,
            evidence={"read_as": codes} if codes and len(edits) == 1 else None,
            reach=reach,
        )


def _shown(text: str, rule: Rule, span: Span) -> Finding:
    codes = _codes(text, span)
    return Finding(
        rule, span, f"lost or private character {codes}", (), 1.0, Safety.DISPLAY, {"read_as": codes}
    )


def _codes(text: str, span: Span) -> str:
    return " ".join(f"U+{ord(c):04X}" for c in text[span.slice][:8])


DETECTORS: tuple[Detector, ...] = (CharacterDetector(),)
