"""Stages, choosing, applying, replaying and reverting: the one place that changes text."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ocrfix._edits import Fixed, apply, carry, intact_part
from ocrfix.config import Config
from ocrfix.detectors import Context, Stage, stages
from ocrfix.document import Document, SourceMap
from ocrfix.model import Edit, Finding, Safety, Span
from ocrfix.report import AppliedEdit, Report, ReportedFinding, Result, Status, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["apply", "choose", "repair", "replay", "revert"]

MAX_PASSES = 8
"""Passes over all stages before a text that will not settle is left as it was."""


class _Taken:
    """The spans already given to an edit."""

    def __init__(self) -> None:
        self._spans: list[Span] = []

    def free(self, span: Span) -> bool:
        index = bisect_left(self._spans, span)
        # Accepted spans do not overlap, so only the neighbours (and insertions beside them) matter.
        near = self._spans[max(0, index - 2) : index + 2]
        return not any(span.overlaps(other) for other in near)

    def add(self, span: Span) -> None:
        self._spans.insert(bisect_left(self._spans, span), span)


def choose(
    text: str, findings: Iterable[Finding], config: Config, fixed: NDArray[np.bool_] | None = None
) -> list[tuple[Finding, Status]]:
    """Decide the fate of every finding of one stage.

    Parameters: ``findings`` in the ``text``; ``config``, which says what is applied; ``fixed``, for each
    character whether it must stay, None where none must. Returns each finding with its status.

    The safer, then the surer, then the earlier finding wins where edits overlap. A finding's edits
    are applied together or not at all. None may touch protected words or ``fixed`` characters; an edit
    that can be written without them is, and a finding wholly in fixed text is left out.
    """
    if fixed is not None:
        mask = Fixed(text, fixed)
        findings = [mask.clear(f) for f in findings if not mask.hides(f)]
    protected = config.protected(text)
    taken, fates = _Taken(), []
    order = sorted(findings, key=lambda f: (-f.safety, -f.confidence, f.span, f.rule.code))
    for finding in order:
        edits = [e for e in finding.edits if text[e.span.slice] != e.replacement]
        if not edits or not config.applies(finding.safety, finding.confidence):
            fates.append((finding, Status.LEFT))
        elif any(e.span.overlaps(p) for e in edits for p in protected) or (
            fixed is not None and any(map(mask.touches, edits))
        ):
            fates.append((finding, Status.PROTECTED))
        elif all(taken.free(e.span) for e in edits) and not _tangled(edits):
            for edit in edits:
                taken.add(edit.span)
            fates.append((finding, Status.APPLIED))
        else:
            fates.append((finding, Status.SKIPPED))
    return fates


def _tangled(edits: Sequence[Edit]) -> bool:
    spans = sorted(e.span for e in edits)
    return any(a.overlaps(b) for a, b in pairwise(spans))


@dataclass
class _Run:
    """The state of one repair: the text so far, how it came about, and what was found on the way."""

    text: str
    source: SourceMap
    steps: list[Step]
    done: list[tuple[int, ReportedFinding]]
    """Applied findings, with the number of steps after which they hold."""
    open: dict[str, list[ReportedFinding]]
    """What each stage found and did not apply when it last ran."""
    confidence: NDArray[np.float32] | None = None
    """The engine's confidence in every character of the text so far, where it is told."""
    fixed: NDArray[np.bool_] | None = None
    """The characters of the text so far that no edit may touch."""
    margin: NDArray[np.bool_] | None = None
    """Those that stand apart at the top or the bottom of their page, where places are known."""

    _document: Document | None = None

    def document(self, name: str) -> Document:
        """The text so far as a document, the same one until the text changes."""
        if self._document is None or self._document.text is not self.text:
            self._document = Document(self.text, name, self.confidence, self.fixed, margin=self.margin)
        return self._document

    @classmethod
    def of(cls, document: Document) -> _Run:
        """The run that has done nothing yet."""
        source = SourceMap.identity(len(document.text))
        return cls(document.text, source, [], [], {}, document.confidence, document.fixed, document.margin)


def _run_stage(run: _Run, stage: Stage, document: Document, context: Context) -> bool:
    """Run one stage; returns whether the text changed."""
    config = context.config
    every = not (config.select or config.ignore)
    detectors = [d for d in stage.detectors if every or any(map(config.uses, d.rules))]
    current = run.document(document.name)
    findings = [f for d in detectors for f in d.find(current, context) if every or config.uses(f.rule)]
    if document.misplaced is not None:
        findings = [_against(finding, run, document.misplaced) for finding in findings]
    fates = choose(run.text, findings, config, run.fixed)
    if document.intact is not None:
        fates = intact_part(run.text, fates, document.intact)
    number = len(run.steps)

    def reported(finding: Finding, status: Status) -> ReportedFinding:
        span = run.source.original(finding.span)
        line, column = document.position(span.start)
        edits = sorted(finding.edits, key=lambda e: e.span)
        before = " … ".join(run.text[e.span.slice] for e in edits)
        after = " … ".join(e.replacement for e in edits)
        if not edits:
            before = after = run.text[finding.span.slice]
        return ReportedFinding(finding, status, span, line, column, before, after, number, stage.name)

    run.open[stage.name] = [reported(f, s) for f, s in fates if s is not Status.APPLIED]
    applied = [f for f, s in fates if s is Status.APPLIED]
    if not applied:
        return False
    run.done += [(number + 1, reported(f, Status.APPLIED)) for f in applied]
    edits = sorted(
        (e for f in applied for e in f.edits if run.text[e.span.slice] != e.replacement),
        key=lambda e: e.span,
    )
    run.steps.append(Step(stage.name, tuple(AppliedEdit(e, run.text[e.span.slice]) for e in edits)))
    run.source = run.source.apply(edits)
    run.text = apply(run.text, edits)
    if run.confidence is not None:
        run.confidence = _carry(run.confidence, edits, run.text)
    if run.fixed is not None:
        run.fixed = carry(run.fixed, edits)
    if run.margin is not None:
        run.margin = carry(run.margin, edits)
    return True


def _against(finding: Finding, run: _Run, misplaced: Callable[[int, Span], bool]) -> Finding:
    """The finding, only shown where it moves text to what cannot come before it on the page."""
    for edit in finding.edits:
        place = edit.span.start if edit.source is not None else 0
        while place and run.text[place - 1].isspace():
            place -= 1
        if edit.source is None or not place:
            continue
        anchor = run.source.original(Span(place - 1, place))
        if misplaced(anchor.start, run.source.original(edit.source)):
            against = {"against": "on the page it stands before the text that it would follow"}
            return replace(finding, safety=Safety.DISPLAY, evidence={**finding.evidence, **against})
    return finding


def _carry(confidence: NDArray[np.float32], edits: Sequence[Edit], text: str) -> NDArray[np.float32]:
    """The confidences after sorted edits that gave ``text``: those of kept and moved words.

    A word of which a character is new has none any more: the engine never read it.
    """
    pieces: list[NDArray[np.float32]] = []
    news: list[NDArray[np.bool_]] = []
    position = 0
    for edit in edits:
        pieces.append(confidence[position : edit.span.start])
        moved = confidence[edit.source.slice] if edit.source is not None else None
        pieces.append(np.full(len(edit.replacement), np.nan, np.float32) if moved is None else moved)
        news.append(np.zeros(edit.span.start - position, np.bool_))
        news.append(np.full(len(edit.replacement), moved is None, np.bool_))
        position = edit.span.end
    pieces.append(confidence[position:])
    news.append(np.zeros(len(confidence) - position, np.bool_))
    carried = np.concatenate(pieces)
    done = 0
    for place in np.flatnonzero(np.concatenate(news)).tolist():
        if place < done or text[place].isspace():
            continue
        start = done = place
        while start and not text[start - 1].isspace():
            start -= 1
        while done < len(text) and not text[done].isspace():
            done += 1
        carried[start:done] = np.nan
    return carried


def repair(document: Document, config: Config) -> Result:
    """Run all stages on the document until nothing changes.

    When the text comes back to an earlier state, the run ends in that cycle's least state, so that
    repairing the outcome again gives the same outcome. A text that does not settle within
    `MAX_PASSES` passes is left as it was, and the report says so.
    """
    context = Context(config)
    run = _Run.of(document)
    settled: dict[str, str] = {}
    seen: dict[str, int] = {run.text: 0}
    notes: tuple[str, ...] = ()
    for _ in range(MAX_PASSES):
        changed = False
        for stage in stages():
            if settled.get(stage.name) == run.text:
                continue
            if _run_stage(run, stage, document, context):
                changed = True
            else:
                settled[stage.name] = run.text
        if not changed:
            break
        if run.text in seen:
            _rewind(run, seen)
            break
        seen[run.text] = len(run.steps)
    else:
        run = _Run.of(document)
        notes = (f"the text did not settle in {MAX_PASSES} passes and was left as it was",)
    return _result(document, run, notes)


def _rewind(run: _Run, seen: dict[str, int]) -> None:
    """Go back to the least state of the cycle that the run has entered."""
    first = seen[run.text]
    steps, text = min(((n, t) for t, n in seen.items() if n >= first), key=lambda item: item[1])
    del run.steps[steps:]
    run.done = [(n, f) for n, f in run.done if n <= steps]
    run.text = text


def _result(document: Document, run: _Run, notes: tuple[str, ...]) -> Result:
    findings = [f for _, f in run.done] + [f for found in run.open.values() for f in found]
    findings.sort(key=lambda f: (f.span, f.step, f.finding.rule.code))
    original = _hash(document.text)
    report = Report(
        name=document.name,
        findings=tuple(findings),
        steps=tuple(run.steps),
        original_length=len(document.text),
        cleaned_length=len(run.text),
        original_hash=original,
        cleaned_hash=original if run.text == document.text else _hash(run.text),
        notes=notes,
    )
    return Result(run.text, report)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def replay(report: Report, original: str) -> str:
    """Apply the report's edits to the original again.

    Raises ValueError when the text is not the one that the report was made from.

    >>> from ocrfix import clean
    >>> result = clean("chỉ hội phụ nữ xã")
    >>> replay(result.report, "chỉ hội phụ nữ xã") == result.text
    True
    """
    if report.original_hash != _hash(original):
        raise ValueError(f"{report.name}: this is not the text that the report was made from")
    text = original
    for step in report.steps:
        text = apply(text, [a.edit for a in step.edits])
    return text


def revert(report: Report, cleaned: str) -> str:
    """Undo the report's edits: from the cleaned text, the original.

    Raises ValueError when the text is not the one that the report ends with.

    >>> from ocrfix import clean
    >>> result = clean("chỉ hội phụ nữ xã")
    >>> revert(result.report, result.text)
    'chỉ hội phụ nữ xã'
    """
    if report.cleaned_hash != _hash(cleaned):
        raise ValueError(f"{report.name}: this is not the text that the report ends with")
    text = cleaned
    for step in reversed(report.steps):
        undo, shift = [], 0
        for item in step.edits:
            start = item.edit.span.start + shift
            undo.append(Edit(Span(start, start + len(item.edit.replacement)), item.removed))
            shift += len(item.edit.replacement) - len(item.removed)
        text = apply(text, undo)
    return text
