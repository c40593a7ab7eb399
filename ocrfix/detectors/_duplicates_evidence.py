"""Which of two copies inside other text was glued in: how the words fit around both, and without them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ocrfix._data import data_path
from ocrfix._network import Network, read_network
from ocrfix.detectors._duplicates_bounds import UNIT
from ocrfix.detectors._duplicates_cuts import Cut, best_cuts
from ocrfix.detectors._duplicates_gaps import garbled, unreadable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrfix.detectors._duplicates_align import Match
    from ocrfix.detectors._duplicates_layout import Layout
    from ocrfix.detectors.base import Context

__all__ = ["NAMES", "Removal", "load_repeats", "removals", "told_again"]

_MARKS: Final = re.compile(r"[\"“”'‘’:()…–—\-*\[\]/]|\.\.")
"""Signs beside a copy that set it off as a quotation, a caption or a title."""
_PICTURES: Final = ("ảnh", "clip", "video")
_PICTURE: Final = re.compile(rf"\b(?:{'|'.join(_PICTURES)})\b")
_RUN_TOGETHER: Final = re.compile(r"[^\W\d_A-Z][A-ZĐ][^\W\d_A-Z]")
"""A capital inside a word, where two lines were made one."""
_SEPARATORS: Final = frozenset(",;")
_NEAR: Final = 40
"""Characters on each side of a copy's ends that are looked at."""
_OPENING: Final = 2
"""Lines at the beginning, headline and lede, whose words are told again in the body."""
_WORDS_MOST: Final = 120
_FEW: Final = 6
_LONG: Final = 20
"""Words from which on no writer repeats what begins and ends inside sentences."""

_COPY: Final = (
    "before",
    "before letter",
    "after",
    "after letter",
    "healed",
    "healed letter",
    "starts block",
    "starts sentence",
    "ends block",
    "ends sentence",
    "small",
    "closed",
    "marked",
    "sentences",
    "blocks",
    "garbled",
    "unreadable",
    "share",
)
NAMES: Final = (
    *(f"its {name}" for name in _COPY),
    *(f"other {name}" for name in _COPY),
    "start fits better",
    "end heals",
    "other end heals",
    "total",
    "total of other",
    "margin",
    "words",
    "apart",
    "opening",
    "one block",
    "differences",
    "not readings",
    "elsewhere",
    "capitals",
    "picture",
    "run together",
    "separators",
    "misread more",
    "crosses",
)
"""What is known of a removal: of the copy that would go, of the other one, and of both."""


@lru_cache(maxsize=1)
def load_repeats() -> Network:
    """The network that ocrfix carries: the probability that a copy was glued in."""
    return read_network(data_path("vi", "repeats.json"), NAMES)[0]


class Removal(NamedTuple):
    """A copy that may go.

    Parameters: ``cut``, the match with its bounds; ``later``, which copy; ``row``, its features; ``unmeant``,
    whether no writer repeats himself so: words are misread, or a long copy begins and ends inside sentences.
    """

    cut: Match
    later: bool
    row: NDArray[np.float64]
    unmeant: bool


def removals(layout: Layout, context: Context, match: Match, most: Match) -> Iterator[Removal]:
    """The two ways to undo a repeat, with their features, named in `NAMES`."""
    cuts = best_cuts(layout, context, match, most)
    copies = [_copy(layout, cut, later=later) for cut, later in zip(cuts, (False, True), strict=True)]
    for later in (False, True):
        mine, theirs = cuts[later], cuts[not later]
        row = [*copies[later], *copies[not later]]
        row += _both(layout, mine, theirs, later=later)
        match = mine.match
        long = match.q1 - match.q0 >= _LONG and match.p1 - match.p0 >= _LONG
        unmeant = (long and _both_cross(layout, match)) or _misread(layout, match)
        yield Removal(match, later, np.array(row), unmeant)


def _misread(layout: Layout, match: Match) -> bool:
    return any(_differing(layout, match, garbled, later=later) for later in (False, True))


def _copy(layout: Layout, cut: Cut, *, later: bool) -> list[float]:
    start, end = (cut.match.q0, cut.match.q1) if later else (cut.match.p0, cut.match.p1)
    edges = layout.edge(start), layout.edge(end)
    inner = layout.inner_edges(start, end)
    words = layout.words(start, end)
    block = layout.block(start)
    return [
        cut.before.words,
        cut.before.letter,
        cut.after.words,
        cut.after.letter,
        cut.healed.words,
        cut.healed.letter,
        float(edges[0] in UNIT),
        float(edges[0] == "sentence"),
        float(edges[1] in UNIT),
        float(edges[1] == "sentence"),
        float(words[0].islower()),
        float(layout.closed(end)),
        float(_marked(layout, start, end)),
        float(min(sum(edge == "sentence" for edge in inner), _FEW)),
        float(min(sum(edge != "sentence" for edge in inner), _FEW)),
        float(min(_differing(layout, cut.match, garbled, later=later), _FEW)),
        float(min(_differing(layout, cut.match, unreadable, later=later), _FEW)),
        min(1.0, (end - start) / max(1, block[1] - block[0])),
    ]


def _both(layout: Layout, mine: Cut, theirs: Cut, *, later: bool) -> list[float]:
    match = mine.match
    start = _total(theirs.before) - _total(mine.before)
    heals = _total(mine.healed) - _total(mine.after)
    other = _total(theirs.healed) - _total(theirs.after)
    own = start + heals
    misread = _differing(layout, match, unreadable, later=later) - _differing(
        layout, match, unreadable, later=not later
    )
    return [
        start,
        heals,
        other,
        own,
        other - start,
        min(mine.margin, _FEW),
        math.log(min(match.q1 - match.q0, _WORDS_MOST)),
        math.log1p(max(0, match.q0 - match.p1)),
        float(_opening(layout, match.p0)),
        float(layout.block(match.p0)[0] == layout.block(match.q0)[0]),
        math.log1p(len(match.gaps)),
        float(min(sum(gap.kind != "reading" for gap in match.gaps), _FEW)),
        *_nature(layout, match),
        float(misread),
        float(_both_cross(layout, match)),
    ]


def _both_cross(layout: Layout, match: Match) -> bool:
    return _crosses(layout, match.p0, match.p1) and _crosses(layout, match.q0, match.q1)


def _crosses(layout: Layout, start: int, end: int) -> bool:
    """Whether the words begin and end inside sentences, or where a block breaks off, and one ends in them."""
    if layout.edge(start) and not (layout.edge(start) in UNIT and layout.words(start, start + 1).islower()):
        return False
    if layout.edge(end) and (layout.edge(end) not in UNIT or layout.closed(end)):
        return False
    return bool(layout.inner_edges(start, end))


def _nature(layout: Layout, match: Match) -> list[float]:
    """What comes again: words said elsewhere too, a name, a caption, a caption run into the text, a list."""
    words = layout.words(match.q0, match.q1).split()
    around = [_around(layout, start, end) for start, end in ((match.p0, match.p1), (match.q0, match.q1))]
    return [
        layout.said_elsewhere(match.q0, match.q1),
        sum(word[:1].isupper() for word in words) / len(words),
        float(any(map(_of_picture, around))),
        float(any(_RUN_TOGETHER.search(text) for text in around)),
        sum(word[-1] in _SEPARATORS for word in words) / len(words),
    ]


def _of_picture(text: str) -> bool:
    lower = text.lower()
    return any(word in lower for word in _PICTURES) and _PICTURE.search(lower) is not None


def _around(layout: Layout, start: int, end: int) -> str:
    """The ends of a copy with some words around, without the words in its middle."""
    text, low, high = layout.text, layout.start(start), layout.end(end)
    middle = (low + high) // 2
    return (
        text[max(0, low - _NEAR) : min(low + _NEAR, middle)]
        + " "
        + text[max(middle, high - _NEAR) : high + _NEAR]
    )


def _total(seam: tuple[float, float]) -> float:
    return seam[0] + seam[1]


def _differing(layout: Layout, match: Match, count: Callable[[str], int], *, later: bool) -> int:
    """How many words are misread in this copy where the other has others."""
    return sum(count(layout.words(*((g.q0, g.q1) if later else (g.p0, g.p1)))) for g in match.gaps)


def _opening(layout: Layout, word: int) -> bool:
    """Whether a word stands in the headline or the lede."""
    starts = layout.unit_starts[0]
    return len(starts) <= _OPENING or word < int(starts[_OPENING])


def told_again(layout: Layout, match: Match) -> bool:
    """Whether a lede says in one paragraph what are paragraphs of their own in the text.

    What is read twice is divided in the same way, or into lines of one width; editors take a lede from the
    text word for word.
    Parameters: ``match``, two copies in ``layout`` that do not overlap.
    """
    if not match.apart or not _opening(layout, match.p0):
        return False
    found = False
    p, q = match.p0, match.q0
    ends = [(gap.p0, gap.p1, gap.q1) for gap in match.gaps]
    for end, after, other in [*ends, (match.p1, match.p1, match.q1)]:
        for word in range(p + 1, end):
            if "\n" in layout.between(q + word - p):
                if layout.edge(word) != "sentence":
                    return False  # wrapped lines
                found = True
        p, q = after, other
    return found


def _marked(layout: Layout, start: int, end: int) -> bool:
    text, low, high = layout.text, layout.start(start), layout.end(end)
    before, after = text[max(0, low - 3) : low], text[high : high + 3]
    return bool(_MARKS.search(before.rpartition("\n")[2]) or _MARKS.search(after.partition("\n")[0]))
