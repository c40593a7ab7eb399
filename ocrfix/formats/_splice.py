"""Changes to a text by place: replaced, taken out, put in and moved stretches, and all else as it was."""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter
from typing import NamedTuple

__all__ = ["Moved", "Splice"]


class Moved(NamedTuple):
    """What stands in ``[start, end)`` of the text with the changes made there, and what comes around it."""

    start: int
    end: int
    before: str = ""
    after: str = ""


class _Change(NamedTuple):
    start: int
    ranged: bool
    """Whether a stretch is replaced; what is put in comes before what starts at its place."""
    rank: int
    """Of what starts at one place, the longest first; insertions as they were made."""
    kept: bool
    """Not cut out to be moved."""
    serial: int
    end: int
    new: tuple[str | Moved, ...]


class Splice:
    """Changes to a text, to be made all at once.

    A change that lies in another one is lost, unless that moves its stretch elsewhere. No two changes
    may overlap in part.

    >>> splice = Splice("Vi nguoi ngheo")
    >>> splice.replace(3, 8, "người")
    >>> splice.move(3, 9, 0)
    >>> splice.render()
    'người Vi ngheo'
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._changes: list[_Change] = []
        self._sorted = True

    def __bool__(self) -> bool:
        return bool(self._changes)

    def replace(self, start: int, end: int, *new: str | Moved) -> None:
        """Put something in the place of a stretch; of one without length: put it in there."""
        self._add(start, end, new, kept=True)

    def move(self, start: int, end: int, to: int, before: str = "", after: str = "") -> None:
        """Take a stretch from its place and put it in elsewhere, between some characters."""
        self._add(start, end, (), kept=False)
        self.replace(to, to, Moved(start, end, before, after))

    def cut(self, start: int, end: int) -> None:
        """Take out a stretch that a `Moved` put in elsewhere names."""
        self._add(start, end, (), kept=False)

    def _add(self, start: int, end: int, new: tuple[str | Moved, ...], *, kept: bool) -> None:
        serial = len(self._changes)
        rank = -end if end > start else serial
        self._changes.append(_Change(start, end > start, rank, kept, serial, end, new))
        self._sorted = False

    def render(self) -> str:
        """The text with all changes made."""
        if not self._sorted:
            self._changes.sort()
            self._sorted = True
        pieces: list[str] = []
        self._render(0, len(self._text), pieces, moved=False)
        return "".join(pieces)

    def _render(self, start: int, end: int, pieces: list[str], *, moved: bool) -> None:
        """Add the stretch with its changes to the pieces.

        What is put in at the ends of a moved stretch stays behind, and its own removal does not count.
        """
        changes, position = self._changes, start
        for index in range(bisect_left(changes, start, key=attrgetter("start")), len(changes)):
            change = changes[index]
            if change.start > end:
                break
            if change.start < position or change.end > end:
                continue
            if moved and not change.ranged and change.start in (start, end):
                continue
            if moved and not change.kept and (change.start, change.end) == (start, end):
                continue
            pieces.append(self._text[position : change.start])
            for item in change.new:
                if isinstance(item, Moved):
                    pieces.append(item.before)
                    self._render(item.start, item.end, pieces, moved=True)
                    pieces.append(item.after)
                else:
                    pieces.append(item)
            position = change.end
        pieces.append(self._text[position:end])
