"""All steps of a report as one list of changes: what of the original became what of the cleaned text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ocrfix.model import Edit, Span
from ocrfix.report import Report, Status, Step

__all__ = ["Change", "changes"]


class Change(NamedTuple):
    """A stretch of the original and what stands in its place.

    ``before`` is a span of the original, ``after`` one of the cleaned text; outside of all changes the
    texts are equal. ``findings`` are the indexes, in the report, of the findings that made the change.
    ``moved`` tells which stretches of ``after``, in characters of the cleaned text, were copied from
    which spans of the original (`Edit.source`).
    """

    before: Span
    after: Span
    findings: tuple[int, ...]
    moved: tuple[tuple[int, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of the text after some steps: kept from ``start`` to ``end`` of the original, or made.

    A made piece has ``size`` characters of new text and stands for the deleted original from
    ``start`` to ``end``; either may be empty. ``origin`` is where its text was copied from.
    """

    start: int
    end: int
    size: int
    findings: tuple[int, ...] = ()
    kept: bool = True
    origin: int | None = None


def changes(report: Report) -> list[Change]:
    """The report's steps composed into one list of changes, sorted, none overlapping another.

    Text that was moved is deleted in one place and new in the other. Takes time in proportion to the
    edits of all steps times the number of steps.

    >>> from ocrfix import Config, clean
    >>> changes(clean("Vì người nghèo", Config(select=("DUP",))).report)
    []
    """
    owners = {
        (item.step, edit): index
        for index, item in enumerate(report.findings)
        if item.status is Status.APPLIED
        for edit in item.finding.edits
    }
    pieces = [_Piece(0, report.original_length, report.original_length)]
    for number, step in enumerate(report.steps):
        pieces = _after(pieces, step, number, owners)
    return list(_changes(pieces))


def _after(
    pieces: list[_Piece], step: Step, number: int, owners: dict[tuple[int, Edit], int]
) -> list[_Piece]:
    """The pieces after one more step."""
    out: list[_Piece] = []
    source = _Reader(pieces)
    for item in step.edits:
        span = item.edit.span
        out += source.take(span.start)
        gone = source.take(span.end)
        found = [f for piece in gone for f in piece.findings]
        owner = owners.get((number, item.edit))
        if owner is not None:
            found.append(owner)
        made = tuple(dict.fromkeys(found))
        size = len(item.edit.replacement)
        # every character of the original is in one piece, in order, so what is deleted is one stretch
        deleted = [p for p in gone if p.end > p.start]
        start, end = (deleted[0].start, deleted[-1].end) if deleted else (0, 0)
        if item.edit.source is None:
            out.append(_Piece(start, end, size, made, kept=False))
        else:
            out += _copies(pieces, item.edit.source, (start, end), made)
    out += source.take(None)
    return out


def _copies(
    pieces: list[_Piece], source: Span, gone: tuple[int, int], made: tuple[int, ...]
) -> Iterator[_Piece]:
    """The pieces of moved text, the first of which stands for the deleted original ``gone``."""
    reader = _Reader(pieces)
    reader.take(source.start)
    for piece in reader.take(source.end):
        if piece.size:
            found = tuple(dict.fromkeys((*piece.findings, *made)))
            origin = piece.start if piece.kept else piece.origin
            yield _Piece(*gone, piece.size, found, kept=False, origin=origin)
            gone = (0, 0)
    if gone != (0, 0):
        yield _Piece(*gone, 0, made, kept=False)


class _Reader:
    """Takes pieces off a list, cutting the kept ones where needed."""

    def __init__(self, pieces: list[_Piece]) -> None:
        self._pieces = pieces
        self._index = 0
        self._used = 0
        """Characters of the current piece that are taken already."""
        self._place = 0

    def take(self, end: int | None) -> list[_Piece]:
        """The pieces from here up to the offset ``end``, or all that is left."""
        taken = []
        while self._index < len(self._pieces):
            piece = self._pieces[self._index]
            left = piece.size - self._used
            if end is None or self._place + left <= end:
                # an empty piece at the end of the stretch goes with it
                taken.append(self._cut(piece, self._used, piece.size))
                self._place += left
                self._index += 1
                self._used = 0
                continue
            size = end - self._place
            if size:
                taken.append(self._cut(piece, self._used, self._used + size))
                self._used += size
                self._place = end
            break
        return taken

    @staticmethod
    def _cut(piece: _Piece, start: int, end: int) -> _Piece:
        if start == 0 and end == piece.size:
            return piece
        if piece.kept:
            return _Piece(piece.start + start, piece.start + end, end - start)
        # the deletion goes with the first part of the new text
        gone = (piece.start, piece.end) if start == 0 else (0, 0)
        origin = None if piece.origin is None else piece.origin + start
        return _Piece(*gone, end - start, piece.findings, kept=False, origin=origin)


def _changes(pieces: list[_Piece]) -> Iterator[Change]:
    before = after = 0
    start: tuple[int, int] | None = None
    found: dict[int, None] = {}
    moved: list[tuple[int, Span]] = []

    def made(first: tuple[int, int]) -> Change:
        change = Change(Span(first[0], before), Span(first[1], after), tuple(found), tuple(moved))
        found.clear()
        moved.clear()
        return change

    for piece in pieces:
        if piece.kept:
            if piece.size == 0:
                continue
            if start is not None:
                yield made(start)
            start = None
            before = piece.end
        else:
            if start is not None and found and not found.keys() & set(piece.findings):
                # another finding's change right beside: told apart
                yield made(start)
                start = None
            start = start or (before, after)
            found.update(dict.fromkeys(piece.findings))
            before = max(before, piece.end)
            if piece.origin is not None and piece.size:
                moved.append((after, Span(piece.origin, piece.origin + piece.size)))
        after += piece.size
    if start is not None:
        yield made(start)
