"""What a reviewer decides on: groups of edits of the original that hold together or not at all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from ocrfix.model import Edit, Span
from ocrfix.report import AppliedEdit, Report, ReportedFinding, Status
from ocrfix.reports.changes import Change, changes

__all__ = ["Proposal", "merged", "proposals"]

NOTE: Final = 300
"""Characters up to which the text of a finding without edits can be replaced by a reviewer's."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Edits of the original text that a reviewer accepts or rejects together.

    ``place`` is where it stands in the original; ``edits`` are sorted, in the original's coordinates,
    each with the text that it takes away; none when the finding can only be shown. ``findings`` are
    indexes in the report; ``made`` says whether the cleaned text has the edits already; ``conflicts``
    are the indexes of the proposals that cannot be accepted at the same time.
    """

    place: Span
    edits: tuple[AppliedEdit, ...]
    findings: tuple[int, ...]
    made: bool
    conflicts: tuple[int, ...] = ()


def merged(chosen: Iterable[Proposal]) -> list[Edit]:
    """The edits of proposals that do not conflict, sorted, to be applied to the original at once."""
    return sorted((a.edit for p in chosen for a in p.edits), key=lambda edit: edit.span)


def proposals(report: Report, original: str, cleaned: str) -> list[Proposal]:
    """All that there is to decide on in a report, by place.

    Parameters: ``report``; ``original`` and ``cleaned``, the texts that it leads from and to. Made
    proposals never conflict with one another: all of them give the cleaned text, none the original,
    and any others a text in which just these edits happened. Takes time in proportion to the texts
    and the findings, but for sorting and for conflicts.

    >>> from ocrfix import clean
    >>> text = "Quỹ Vi người nghèo"
    >>> result = clean(text)
    >>> [found] = proposals(result.report, text, result.text)
    >>> found.edits[0].removed, found.edits[0].edit.replacement
    ('Vi', 'Vì')
    """
    every = [c for c in changes(report) if original[c.before.slice] != cleaned[c.after.slice]]
    edits = [tuple(_edits(change, original, cleaned)) for change in every]
    groups = _grouped(every, report, original)
    found = [_made([every[c] for c in group], [e for c in group for e in edits[c]]) for group in groups]
    owners = {change: number for number, group in enumerate(groups) for change in group}
    shown = {index for proposal in found for index in proposal.findings}
    places = _Places(every, original, cleaned)
    for index, item in enumerate(report.findings):
        if index not in shown and item.status is not Status.APPLIED:
            read = places if item.step == len(report.steps) else None
            suggestion, touched = _suggested(index, item, read)
            taken = sorted({owners[change] for change in touched})
            rest = sorted(c for number in taken for c in groups[number] if c not in touched)
            found.append(_instead(suggestion, taken, [e for c in rest for e in edits[c]]))
    return _sorted(_with_conflicts(found))


def _grouped(every: list[Change], report: Report, original: str) -> list[list[int]]:
    """Indexes of changes with a finding in common, or one of which came about by the other, together."""
    parent = list(range(len(every)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    first: dict[int, int] = {}
    for index, change in enumerate(every):
        for finding in change.findings:
            parent[root(index)] = root(first.setdefault(finding, index))
        if index and _depends(every[index - 1], change, report, original):
            parent[root(index)] = root(index - 1)
    groups: dict[int, list[int]] = {}
    for index in range(len(every)):
        groups.setdefault(root(index), []).append(index)
    return list(groups.values())


def _depends(one: Change, other: Change, report: Report, original: str) -> bool:
    """Whether two neighbours need each other.

    A change at the seam that an earlier step left where it took lines out was made for that seam. And
    of several insertions at one place the order would be lost.
    """
    if one.before.end != other.before.start:
        return False
    if not other.before and (not one.before or one.moved):
        return True

    def last_step(change: Change) -> int:
        return max((report.findings[index].step for index in change.findings), default=0)

    return any(
        not gone.after and "\n" in original[gone.before.slice] and last_step(gone) < last_step(seam)
        for gone, seam in ((one, other), (other, one))
    )


def _made(group: Sequence[Change], edits: Sequence[AppliedEdit]) -> Proposal:
    found = tuple(sorted({index for change in group for index in change.findings}))
    return Proposal(group[0].before, tuple(edits), found, made=True)


def _instead(suggestion: Proposal, taken: Sequence[int], rest: Sequence[AppliedEdit]) -> Proposal:
    """A suggestion that takes the place of made proposals, with the rest of their edits."""
    own = {a.edit.span for a in suggestion.edits}
    edits = sorted((*suggestion.edits, *rest), key=lambda a: a.edit.span)
    clear = all(a.edit.span.end <= b.edit.span.start for a, b in pairwise(edits))
    if not suggestion.edits or not clear or any(a.edit.span in own for a in rest):
        return replace(suggestion, edits=())
    return replace(suggestion, edits=tuple(edits), conflicts=tuple(taken))


def _edits(change: Change, original: str, cleaned: str) -> Iterator[AppliedEdit]:
    """The edits that make a change: one, or where moved text is in it, one for each run of text."""
    runs: list[tuple[str, Span | None]] = []
    position = change.after.start
    for start, origin in change.moved:
        text = cleaned[start : start + len(origin)]
        if original[origin.slice] == text:
            if start > position:
                runs.append((cleaned[position:start], None))
            runs.append((text, origin))
            position = start + len(origin)
    if position < change.after.end or not runs:
        runs.append((cleaned[position : change.after.end], None))
    span, removed = change.before, original[change.before.slice]
    for text, source in runs:
        yield AppliedEdit(Edit(span, text, source), removed)
        span, removed = Span(span.end, span.end), ""


class _Places:
    """Finds where in the original an edit of the cleaned text belongs."""

    def __init__(self, every: list[Change], original: str, cleaned: str) -> None:
        self._changes, self._original, self._cleaned = every, original, cleaned
        self._starts = [c.after.start for c in every]
        self._ends = [c.after.end for c in every]

    def original(self, edit: Edit) -> tuple[AppliedEdit, range]:
        """The edit in the original, and the indexes of the changes that it makes too."""
        span, touched = edit.span, self._touched(edit.span)
        start, end = span.start, span.end
        if touched:
            start = min(start, self._starts[touched[0]])
            end = max(end, self._ends[touched[-1]])
        before = bisect_right(self._ends, start) - 1
        after = bisect_left(self._ends, end) - 1
        if touched and self._starts[touched[0]] == start:
            place_start = self._changes[touched[0]].before.start
        else:
            place_start = self._kept(start, before)
        if touched and self._ends[touched[-1]] == end:
            place_end = self._changes[touched[-1]].before.end
        elif touched:
            touched = range(touched[0], max(touched[-1], after) + 1)
            place_end = self._kept(end, touched[-1])
        else:
            place_end = place_start + end - start
        place = Span(place_start, place_end)
        text = self._cleaned[start : span.start] + edit.replacement + self._cleaned[span.end : end]
        return AppliedEdit(Edit(place, text), self._original[place.slice]), touched

    def text(self, span: Span) -> str:
        """The cleaned text at a span."""
        return self._cleaned[span.slice]

    def _kept(self, offset: int, last: int) -> int:
        """Where a kept character of the cleaned text is in the original, ``last`` being the change before."""
        if last < 0:
            return offset
        change = self._changes[last]
        return change.before.end + offset - change.after.end

    def _touched(self, span: Span) -> range:
        """The changes that the span overlaps, or whose seam, where lines were taken out, it is at."""
        first = bisect_left(self._ends, span.start)
        last = bisect_right(self._starts, span.end)
        while first < last and not self._in_the_way(self._changes[first], span):
            first += 1
        while first < last and not self._in_the_way(self._changes[last - 1], span):
            last -= 1
        if first < last:
            while first > 0 and self._inseparable(first - 1):
                first -= 1
            while last < len(self._changes) and self._inseparable(last - 1):
                last += 1
        return range(first, last)

    def _inseparable(self, index: int) -> bool:
        """Whether a change and the next one insert at one place."""
        one, other = self._changes[index : index + 2]
        return one.before == other.before and not one.before

    def _in_the_way(self, change: Change, span: Span) -> bool:
        if change.after.overlaps(span):
            return True
        if not change.before and not span:
            return change.after.start <= span.start <= change.after.end
        seam = not change.after and "\n" in self._original[change.before.slice]
        return seam and change.after.start in (span.start, span.end)


def _suggested(index: int, item: ReportedFinding, places: _Places | None) -> tuple[Proposal, list[int]]:
    """A finding that was not applied, and the changes that stand where its edits would."""
    finding = item.finding
    shown = Proposal(item.span, (), (index,), made=False)
    if places is None:
        return shown, []
    edits, touched = [], list[int]()
    for edit in sorted(finding.edits, key=lambda e: e.span):
        placed, found = places.original(replace(edit, source=None))
        edits.append(placed)
        touched += found
    edits = [a for a in edits if a.removed != a.edit.replacement]
    spans = [a.edit.span for a in edits]
    if len(set(touched)) < len(touched) or any(a.end > b.start or a == b for a, b in pairwise(spans)):
        return shown, []
    if edits:
        return replace(shown, edits=tuple(edits)), touched
    if not finding.edits and len(finding.span) <= NOTE:
        placed, found = places.original(Edit(finding.span, places.text(finding.span)))
        if not found and placed.removed == placed.edit.replacement:
            return replace(shown, edits=(placed,)), []
    return shown, []


def _with_conflicts(found: list[Proposal]) -> list[Proposal]:
    """The proposals with the indexes of those whose edits overlap theirs."""
    conflicts = [{c for c in p.conflicts if found[c].edits} if p.edits else set[int]() for p in found]
    for index in range(len(found)):
        for other in tuple(conflicts[index]):
            conflicts[other].add(index)
    edits = sorted((a.edit.span, index) for index, proposal in enumerate(found) for a in proposal.edits)
    active: list[tuple[Span, int]] = []
    for span, index in edits:
        active = [(held, i) for held, i in active if held.end >= span.start]
        for held, i in active:
            if i != index and held.overlaps(span):
                conflicts[i].add(index)
                conflicts[index].add(i)
        active.append((span, index))
    return [replace(p, conflicts=tuple(sorted(c))) for p, c in zip(found, conflicts, strict=True)]


def _sorted(found: list[Proposal]) -> list[Proposal]:
    """The proposals by place, their conflicts numbered anew."""
    order = sorted(range(len(found)), key=lambda i: (found[i].place, not found[i].made, found[i].findings))
    number = {old: new for new, old in enumerate(order)}
    return [
        replace(found[old], conflicts=tuple(sorted(number[c] for c in found[old].conflicts))) for old in order
    ]
