"""Short texts of findings for people: lines of ``ocrfix check``, examples, invisible characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ocrfix.report import Report, ReportedFinding

__all__ = ["arrow", "lines", "moved", "shorten", "visible"]

_NAMED = {"\n": "⏎", "\t": "⇥", "\f": "␌", "\r": "␍", "\u00a0": "⍽"}

_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Zl", "Zp", "Zs")
_MARGIN = 8
"""Characters shown on each side of where two long texts differ."""


def visible(text: str) -> str:
    r"""The text with a sign for every character that cannot be seen, or be told from another.

    Plain spaces stay where there is anything else; a combining mark is named, since what it makes
    looks like one composed letter.

    >>> visible("người\n\u200bnghe\u0300o")
    'người⏎⟨U+200B⟩nghe⟨U+0300⟩o'
    """
    if not text.strip(" "):
        return "␣" * len(text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_NAMED.get(c) or (f"⟨U+{ord(c):04X}⟩" if _hidden(c) else c) for c in text)


def _hidden(char: str) -> bool:
    return unicodedata.category(char) in _HIDDEN and char != " "


def shorten(text: str, width: int) -> str:
    """At most ``width`` characters of the text, its middle left out.

    >>> shorten("Ủy ban nhân dân tỉnh Thái Bình", 15)
    'Ủy ban … i Bình'
    """
    if len(text) <= width:
        return text
    head = (width - 2) // 2
    tail = width - 3 - head
    return f"{text[:head]} … {text[len(text) - tail :]}"


def moved(item: ReportedFinding) -> str:
    """The text that a finding's edits move to another place, the empty string when they move none."""
    parts = (edit.replacement.strip() for edit in item.finding.edits if edit.source is not None)
    return " … ".join(part for part in parts if part)


def arrow(item: ReportedFinding, width: int = 60) -> str:
    """What a finding would change, in at most about ``width`` characters; its text if it has no edits.

    A long text that differs in few places is shown around the first of them.

    >>> from ocrfix.model import Finding, Rule, Safety, Span
    >>> from ocrfix.report import Status
    >>> finding = Finding(Rule("WRD001", "not-a-syllable", "", Safety.SAFE), Span(0, 2), "")
    >>> arrow(ReportedFinding(finding, Status.LEFT, Span(0, 2), 1, 1, "Vi", "Vi", 0, "words"))
    'Vi'
    """
    text = moved(item)
    if text:
        return f"{shorten(visible(text), width - 8)} (moved)"
    before, after = visible(item.before), visible(item.after)
    if not item.finding.edits:
        return shorten(before, width)
    half = width // 2 - 2
    if after == "":
        return f"{shorten(before, width - 12)} → (nothing)"
    if before == "":
        return f"(nothing) → {shorten(after, width - 12)}"
    if max(len(before), len(after)) > half:
        before, after = _around(before, after)
    return f"{shorten(before, half)} → {shorten(after, half)}"


def _around(one: str, other: str) -> tuple[str, str]:
    """Two texts without the long beginning and end that they share."""
    head = _shared(one, other)
    tail = _shared(one[head:][::-1], other[head:][::-1])
    start, end = max(0, head - _MARGIN), max(0, tail - _MARGIN)
    lead, trail = "…" if start else "", "…" if end else ""
    return f"{lead}{one[start : len(one) - end]}{trail}", f"{lead}{other[start : len(other) - end]}{trail}"


def _shared(one: str, other: str) -> int:
    """Length of the beginning that two texts share."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def lines(report: Report, least: float | None = None) -> Iterator[str]:
    """One line a finding: ``file:line:column: CODE message [before → after] (confidence)``.

    The page comes after the confidence, in texts that have pages. ``least`` leaves out findings whose
    confidence is below it.
    """
    for item in report.findings:
        finding = item.finding
        if least is not None and finding.confidence < least:
            continue
        change = f" [{arrow(item)}]" if finding.edits else ""
        place = f"{report.name}:{item.line}:{item.column}"
        message = visible(finding.message)
        page = f", page {finding.evidence['page']}" if "page" in finding.evidence else ""
        yield f"{place}: {finding.rule.code} {message}{change} ({finding.confidence:.2f}{page})"
