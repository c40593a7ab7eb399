"""A damaged text, the right one, and the places that tell whether the damage is undone."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["CONTEXT", "GAP", "Case", "Expected", "Place", "Probe", "expect", "gap", "nfc", "whole"]

CONTEXT: Final = 60
"""Characters on both sides of a damage that must be right, too, for it to count as repaired."""
GAP: Final = "\n\n"

Place = tuple[int, int, int]
"""A block's number and a range of characters in it; -1, -1 means the gap before the block."""


@dataclass(frozen=True)
class Probe:
    """One item of damage: the ranges of the expected text that must come back right.

    Parameters: ``regions``, ranges in characters; ``context``, characters on both sides that must be
    right, too; ``litter``, what was put in there, when the damage is that and nothing else: then the item
    is repaired when it is gone, whatever else was put in at the same place; ``counts``, False for places
    that may differ without telling anything (other damage, measured as a kind of its own).
    """

    regions: tuple[tuple[int, int], ...]
    context: int = CONTEXT
    litter: str | None = None
    counts: bool = True


@dataclass(frozen=True)
class Expected:
    """A right text, and its probes."""

    text: str
    probes: tuple[Probe, ...]


@dataclass(frozen=True)
class Case:
    """A damaged text and what may rightly come of it.

    Parameters: ``kind`` and ``variant`` of the damage; ``damaged`` text; ``accepted``, the right texts (the
    first is the one that was damaged; others are as good to a reader who has only the damaged one), all
    with the same number of probes; ``loose_breaks``, True when a line end may part paragraphs as well as
    a blank line, since the damaged text has nothing else.
    """

    kind: str
    variant: str
    damaged: str
    accepted: tuple[Expected, ...]
    loose_breaks: bool = False

    @property
    def expected(self) -> str:
        """The text that was damaged."""
        return self.accepted[0].text

    @property
    def items(self) -> int:
        """The number of damaged places."""
        return sum(probe.counts for probe in self.accepted[0].probes)


def gap(number: int) -> Place:
    """The place between two blocks: before block ``number``, or behind the last one."""
    return (number, -1, -1)


def whole(blocks: Sequence[str], number: int) -> Place:
    """The place of a whole block."""
    return (number, 0, len(blocks[number]))


def expect(
    blocks: Sequence[str],
    places: Sequence[Sequence[Place]],
    *,
    context: int = CONTEXT,
    litter: Sequence[str] = (),
) -> Expected:
    """The text of blocks, blank lines between them, with one probe for each sequence of places.

    ``litter`` has what was put in at each place, if anything was.

    >>> expect(["Tin vắn", "Sáng nay trời mưa."], [[gap(1)]]).probes[0].regions
    ((7, 9),)
    """
    text = GAP.join(blocks)
    begin = [0]
    for block in blocks:
        begin.append(begin[-1] + len(block) + len(GAP))

    def region(place: Place) -> tuple[int, int]:
        number, first, stop = place
        if first >= 0:
            return begin[number] + first, begin[number] + stop
        return max(0, begin[number] - len(GAP)), min(begin[number], len(text))

    probes = tuple(
        Probe(tuple(map(region, some)), context, litter[i] if litter else None)
        for i, some in enumerate(places)
    )
    return Expected(nfc(text), probes)


def nfc(text: str) -> str:
    """The text, checked to be NFC already, since offsets into it are known."""
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError("text is not NFC")
    return text
