"""Detectors of our own for tests of what lies around detectors, and reports made up at random."""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import dataclass, field

from hypothesis import strategies as st

from ocrfix import Edit, Finding, Rule, Safety, Span
from ocrfix.detectors import Stage
from ocrfix.repair import apply
from ocrfix.report import AppliedEdit, Report, ReportedFinding, Status, Step

DOC = "What it finds: …\n\nExample\n\nRisk: none, it is made up."


@dataclass(frozen=True)
class Replace:
    """Finds a regular expression and offers a replacement (None: only shows)."""

    code: str
    pattern: str
    replacement: str | None
    safety: Safety = Safety.SAFE
    confidence: float = 0.99
    name: str = "made-up"
    evidence: dict = field(default_factory=dict)

    @property
    def rule(self):
        return Rule(self.code, self.name, f"finds {self.pattern}", self.safety, DOC)

    @property
    def rules(self):
        return (self.rule,)

    def find(self, document, context):
        del context
        for match in re.finditer(self.pattern, document.text):
            span = Span(*match.span())
            edits = () if self.replacement is None else (Edit(span, match.expand(self.replacement)),)
            message = f'read "{match.group()}"'
            yield Finding(self.rule, span, message, edits, self.confidence, self.safety, self.evidence)


@dataclass(frozen=True)
class MoveToEnd:
    """Moves lines that begin with ">" to the end of the text, without the sign."""

    code: str = "JOI090"
    name: str = "strayed-line"

    @property
    def rules(self):
        return (Rule(self.code, self.name, "moves lines", Safety.SAFE, DOC),)

    def find(self, document, context):
        del context
        text = document.text
        match = re.search(r"^>[^\n]+\n", text, re.MULTILINE)
        if match:
            kept = Span(match.start() + 1, match.end())
            edits = (Edit(Span(*match.span()), ""), Edit(Span(len(text), len(text)), text[kept.slice], kept))
            yield Finding(self.rules[0], Span(*match.span()), "strayed", edits)


DEFAULT = (
    Stage("first", (Replace("CHR001", "ð", "đ", name="wrong-d"),)),
    Stage("second", (Replace("DUP091", r"(?m)^(.+\n)\1", r"\1", name="twice"), MoveToEnd())),
    Stage(
        "third",
        (
            Replace("WRD091", r"\bVi\b", "Vì", name="wrong-vi", evidence={"alternatives": ["Vì", "Vị"]}),
            Replace("WRD092", r"\bmuc\b", "mục", Safety.UNSAFE, 0.8, name="lost-mark"),
            Replace("WRD093", r"\bla\b", None, Safety.DISPLAY, 0.5, name="odd-word"),
        ),
    ),
)


def install(monkeypatch, stages=DEFAULT):
    """Let ocrfix use these stages alone."""
    found = {r.code: r for s in stages for d in s.detectors for r in d.rules}
    rules = tuple(found[code] for code in sorted(found))
    for module in ("ocrfix.detectors", "ocrfix.repair"):
        monkeypatch.setattr(sys.modules[module], "stages", lambda: tuple(stages))
    monkeypatch.setattr(sys.modules["ocrfix.detectors"], "rules", lambda: rules)


def digest(text):
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


TEXT = st.text(st.sampled_from("aab ắ\n\n\n\f\r.\u200b"), max_size=60)
RULES = [
    Rule(f"{f}00{i}", f"{f.lower()}-{i}", "made up", Safety.SAFE, DOC) for f in ("DUP", "WRD") for i in (1, 2)
]
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)


@st.composite
def edits(draw, text):
    """Sorted edits of a text, none of which overlaps another, each of which changes something."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    found, taken = [], []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        span = Span(start, end)
        replacement = draw(st.text(st.sampled_from("xyế\n "), max_size=5))
        if text[span.slice] != replacement and not any(span.overlaps(t) for t in taken):
            taken.append(span)
            found.append(Edit(span, replacement))
    return found


@st.composite
def reports(draw, texts=TEXT):
    """A report of made-up steps, its original and its cleaned text."""
    original = text = draw(texts)
    steps, findings = [], []
    for number in range(draw(st.integers(0, 3))):
        chosen = draw(edits(text))
        if not chosen:
            continue
        step = len(steps)
        for edit in chosen:
            finding = Finding(
                draw(st.sampled_from(RULES)),
                edit.span,
                draw(st.text(max_size=5)),
                (edit,),
                draw(st.floats(0, 1)),
                draw(st.sampled_from(Safety)),
                draw(st.dictionaries(st.text(max_size=4), JSON_VALUES, max_size=2)),
            )
            place = Span(min(edit.span.start, len(original)), min(edit.span.end, len(original)))
            before = text[edit.span.slice]
            findings.append(
                ReportedFinding(
                    finding, Status.APPLIED, place, 1, 1, before, edit.replacement, step, f"stage{number}"
                )
            )
        steps.append(Step(f"stage{number}", tuple(AppliedEdit(e, text[e.span.slice]) for e in chosen)))
        text = apply(text, chosen)
    for start in draw(st.lists(st.integers(0, len(original)), max_size=3)):
        span = Span(start, draw(st.integers(start, len(original))))
        finding = Finding(RULES[0], span, "seen", (), 0.5, Safety.DISPLAY)
        part = original[span.slice]
        findings.append(ReportedFinding(finding, Status.LEFT, span, 1, 1, part, part, 0, "stage0"))
    findings.sort(key=lambda f: (f.span, f.step, f.finding.rule.code))
    report = Report(
        name=draw(st.sampled_from(["bao.txt", "thư mục/số 1.txt", "-"])),
        findings=tuple(findings),
        steps=tuple(steps),
        original_length=len(original),
        cleaned_length=len(text),
        original_hash=digest(original),
        cleaned_hash=digest(text),
    )
    return report, original, text


__all__ = ["DEFAULT", "DOC", "MoveToEnd", "Replace", "edits", "install", "reports"]
