"""Damage to characters: wrong charsets, look-alikes, invisible characters.

All rules share one pass: the set of the text's characters says which of them can find anything, and what
is explained by a charset is not looked at by the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ocrfix.detectors import _characters_invisible as invisible
from ocrfix.detectors import _characters_letters as letters
from ocrfix.detectors import _characters_rules as known
from ocrfix.detectors._characters_legacy import find_legacy
from ocrfix.detectors._characters_letters import Fix
from ocrfix.detectors._characters_mojibake import find_mojibake, may_hold_mojibake
from ocrfix.detectors._characters_scan import ORDINARY, Claims, findings
from ocrfix.detectors.base import Context, Detector
from ocrfix.document import Document
from ocrfix.model import Finding, Rule, Safety, Span
from ocrfix.vietnamese import legacy

__all__ = ["DETECTORS", "CharacterDetector"]


@dataclass(frozen=True)
class CharacterDetector:
    """Finds damage to characters.

    >>> from ocrfix import Config, clean
    >>> clean("Quỹ Vì người nghèo tỉnh Ðồng Nai", Config(select=("ENC",))).text
    'Quỹ Vì người nghèo tỉnh Đồng Nai'
    """

    rules: tuple[Rule, ...] = known.RULES

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """Findings of all character rules."""
        text = document.text
        alphabet = frozenset(text)
        odd = alphabet - ORDINARY
        if not odd and "&" not in alphabet and "^" not in alphabet:
            return
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
        if odd and may_hold_mojibake(alphabet):
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
            # An edit is trimmed: a byte beside it that stays belongs to the decoded character too.
            claims = claims.joined(
                Span(max(0, e.span.start - 2), e.span.end + 2) for p in pieces for e in p.edits
            )
        for search in _searches(text, odd | (alphabet & {"&"})):
            yield from _emit(text, search, claims)


@dataclass(frozen=True, slots=True)
class _Search:
    """The fixes of one rule; those no more than ``reach`` characters apart are one finding."""

    rule: Rule
    fixes: Iterable[Fix]
    message: str
    reach: int = 0


def _searches(text: str, alphabet: frozenset[str]) -> Iterator[_Search]:
    """The rules that can find something in a text of these characters; ordinary ones may be left out."""
    if not text.isascii():
        yield _Search(known.NOT_NFC, letters.not_nfc(text, alphabet), "not in composed form: {after}", 40)
    if alphabet & letters.LOOK_ALIKES:
        yield _Search(
            known.LOOK_ALIKE, letters.look_alikes(text), "look-alike letter: {before} is {after}", 3
        )
    if letters.has_forms(alphabet):
        found = letters.presentation_forms(text)
        yield _Search(known.FORM, found, "presentation form: {before} is {after}", 3)
    if "&" in alphabet:
        yield _Search(known.ENTITY, letters.entities(text), "HTML entity: {before} is {after}")
    if alphabet & invisible.CONTROLS:
        yield _Search(known.CONTROL, invisible.controls(text), "control character")
    if alphabet & invisible.ZERO_WIDTH:
        yield _Search(known.ZERO_WIDTH, invisible.zero_width(text), "zero-width character")
    if alphabet & invisible.SPACES:
        yield _Search(known.ODD_SPACE, invisible.odd_spaces(text), "space that is not an ordinary one")
    if "\r" in alphabet:
        yield _Search(known.LINE_ENDS, invisible.line_ends(text), "line end that differs from the others")
    if any("\ud800" <= c <= "\uf8ff" or c in invisible.LOST for c in alphabet):
        yield _Search(known.LOST, invisible.lost(text), "lost or private character")


def _emit(text: str, search: _Search, claims: Claims) -> Iterator[Finding]:
    """Findings from fixes: neighbours of the same safety and confidence become one."""
    sorts: dict[tuple[Safety, float], list[Fix]] = {}
    for fix in search.fixes:
        if claims.free(fix.edit.span.start):
            sorts.setdefault((fix.safety, fix.confidence), []).append(fix)
    for (safety, confidence), same in sorts.items():
        edits = sorted((f.edit for f in same), key=lambda e: e.span)
        if search.rule is known.LOST and safety is Safety.DISPLAY:
            yield from (_shown(text, edit.span) for edit in edits)
            continue
        for finding in findings(
            text,
            search.rule,
            edits,
            search.message,
            confidence=confidence,
            safety=safety,
            reach=search.reach,
        ):
            yield replace(finding, evidence={**finding.evidence, "read_as": _codes(text, finding.span)})


def _shown(text: str, span: Span) -> Finding:
    codes = _codes(text, span)
    message = f"lost or private character {codes}"
    return Finding(known.LOST, span, message, (), 1.0, Safety.DISPLAY, {"read_as": codes})


def _codes(text: str, span: Span) -> str:
    return " ".join(f"U+{ord(c):04X}" for c in text[span.slice][:8])


DETECTORS: tuple[Detector, ...] = (CharacterDetector(),)
