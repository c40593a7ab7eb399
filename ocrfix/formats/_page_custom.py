"""The ``custom`` attribute of PAGE-XML as Transkribus writes it: the place of a line, the marked parts of it.

``readingOrder {index:2;} abbrev {offset:0; length:3;}``
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from ocrfix.formats._dialect import Change
from ocrfix.formats._markup import attributes
from ocrfix.formats._origins import align

__all__ = ["custom_of", "moved_parts", "renumbered", "without_places"]

_PART: Final = re.compile(r"(\boffset\s*:\s*)(\d{1,6})(\s*;\s*length\s*:\s*)(\d{1,6})")
"""Which letters of a line a style or a name is about."""
_PARTS: Final = re.compile(r"[\w-]+\s*\{[^{}]*\boffset\s*:[^{}]*\}\s*")
_ORDER: Final = re.compile(r"(readingOrder\s*\{\s*index\s*:\s*)(\d{1,9})(\s*;?\s*\}\s*)")


def custom_of(tag: str) -> tuple[int, str]:
    """Where the attribute begins in a tag, and all of it as it is written there; (0, "") without one.

    >>> custom_of('<TextLine id="a" custom="readingOrder {index:2;}">')
    (17, 'custom="readingOrder {index:2;}"')
    """
    found = (at for at in attributes(tag) if at[0] == "custom")
    _, _, start, end = next(found, ("", "", 0, 0))
    return start, tag[start:end]


def moved_parts(custom: str, old: str, new: str) -> Iterator[Change]:
    """What has to change in an attribute so that marked parts go with their letters.

    Parameters: ``old``, what the line said, ``new``, what it says now. Starts and ends count in ``custom``.

    >>> list(moved_parts("abbrev {offset:4; length:3;}", "Quỹ TTg", "Quỹ của TTg"))
    [(8, 26, 'offset:8; length:3')]
    """
    parts = list(_PART.finditer(custom))
    if not parts:
        return
    place = align(old, new)
    for part in parts:
        offset, length = int(part[2]), int(part[4])
        letters = np.flatnonzero((place >= offset) & (place < offset + length))
        if len(letters):
            told = int(letters[0]), int(letters[-1] - letters[0]) + 1
            if told != (offset, length):
                yield part.start(), part.end(), f"{part[1]}{told[0]}{part[3]}{told[1]}"


def without_places(custom: str) -> str:
    """The attribute for another line: no place in the order, no marked parts.

    >>> without_places("readingOrder {index:2;} structure {type:heading;} abbrev {offset:0; length:3;}")
    'structure {type:heading;}'
    """
    if not (_ORDER.search(custom) or _PARTS.search(custom)):
        return custom
    return _PARTS.sub("", _ORDER.sub("", custom)).strip()


def renumbered(customs: Sequence[tuple[int, str]]) -> list[Change]:
    """The changes that number lines in their order, if they are not in order yet.

    Parameters: ``customs``, where each line's attribute begins and what it says, "" without one. Starts and
    ends of the changes count as those of ``customs`` do.

    >>> renumbered([(10, "readingOrder {index:1;}"), (50, "readingOrder {index:0;}")])
    [(30, 31, '0'), (70, 71, '1')]
    """
    places = [(start, _ORDER.search(custom)) for start, custom in customs]
    told = [int(place[2]) for _, place in places if place]
    if all(a < b for a, b in pairwise(told)):
        return []
    return [
        (start + place.start(2), start + place.end(2), str(index))
        for index, (start, place) in enumerate(places)
        if place is not None and int(place[2]) != index
    ]
