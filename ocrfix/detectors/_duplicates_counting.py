"""Recognition loops that count: the same words over and over, with a number that grows by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from ocrfix.detectors._duplicates_layout import UNIT
from ocrfix.model import Safety

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_layout import Layout

__all__ = ["Counted", "counted_loops"]

_NUMBER: Final = re.compile(r"[0-9]{1,4}(?![^\W_])")
_FEWEST: Final = 8
"""Rounds from which on anything is said of such a loop."""
_LINES: Final = ((8, 16), (6, 8))
"""Numbered lines that say the same from which on they are a loop, and the words of each: with ``unsafe``, and
by default. Whoever fills in a list writes other things in it."""
_RUNNING: Final = (40, 100)
"""Rounds within a line from which on they are one: a writer says "from one to a hundred"."""
_LONGEST: Final = 60
"""Words of a round."""
_BLANKS: Final = re.compile(r"[|\t_…:]|\.{3}")
"""Signs of a form or a table."""


class Counted(NamedTuple):
    """A loop: words of the first round, ``[start, end)``, the word after the last, rounds, and safety."""

    start: int
    end: int
    stop: int
    number: int
    safety: Safety


def counted_loops(layout: Layout) -> Iterator[Counted]:
    """The loops of a document whose rounds are counted up, in order.

    Laws are left alone, and so are rounds with the dots, colons and bars of forms and tables.
    Parameters: ``layout`` of the document.
    """
    text = layout.text
    found = [(m.start(), int(m.group())) for m in _NUMBER.finditer(text)]
    found = [(offset, number) for offset, number in found if not offset or not text[offset - 1].isalnum()]
    if not _counts_up(found):
        return
    words = [layout.word_at(offset) for offset, _ in found]
    first = 0
    while first + _FEWEST <= len(words):
        period = words[first + 1] - words[first]
        last = first
        while (
            last + 1 < len(words)
            and found[last + 1][1] == found[last][1] + 1
            and words[last + 1] - words[last] == period
            and (last == first or layout.same_words(words[first] + 1, words[last] + 1, period - 1))
        ):
            last += 1
        if last - first + 1 >= _FEWEST and 1 < period <= _LONGEST:
            loop = _loop(layout, words[first], words[last], period)
            if loop is not None:
                yield loop
        first = max(last, first + 1)


def _counts_up(found: list[tuple[int, int]]) -> bool:
    """Whether enough numbers in a row grow by one."""
    run = last = 0
    for _, number in found:
        last += 1
        run = run + 1 if number == last else 1
        if run >= _FEWEST:
            return True
        last = number
    return False


def _loop(layout: Layout, first: int, last: int, period: int) -> Counted | None:
    """The loop whose first and last numbers are these words, if it is one."""
    before = 0
    while (
        before < period - 1
        and first > before
        and layout.same_words(first - before - 1, first + period - before - 1, 1)
    ):
        before += 1
    begins = layout.edge(first) in UNIT
    start = first if begins or before < period - 1 else first - before
    end = start + period
    rounds = (last - first) // period + (start < first)
    stop = start + rounds * period
    after = 0
    while (
        after < period and stop + after < layout.count and _goes_on(layout, start, stop, after, first - start)
    ):
        after += 1
    if after == period:
        rounds, stop = rounds + 1, stop + period
    elif after and layout.edge(stop + after) in UNIT:
        stop += after
    safety = _safety(layout, (start, end), rounds)
    return None if safety is None or layout.legal(start, stop) else Counted(start, end, stop, rounds, safety)


def _goes_on(layout: Layout, start: int, stop: int, size: int, number: int) -> bool:
    """Whether one more word of a round follows; at the place of the number, any number."""
    if size == number:
        return layout.words(stop + size, stop + size + 1).isdigit()
    return layout.same_words(start + size, stop + size, 1)


def _safety(layout: Layout, unit: tuple[int, int], rounds: int) -> Safety | None:
    text = layout.words(*unit)
    if _BLANKS.search(text) or _BLANKS.search(layout.between(unit[1])):
        return None
    size = unit[1] - unit[0] - 1
    if layout.edge(unit[1]) in UNIT:
        if not layout.words(unit[0], unit[0] + 1).isdigit():
            return None  # parts of a series
        if rounds >= _LINES[0][1] and size >= _LINES[1][1]:
            return Safety.SAFE
        return Safety.UNSAFE if rounds >= _LINES[0][0] and size >= _LINES[1][0] else None
    if not any(len(word) > 1 and word.isalpha() for word in text.split()):
        return None
    return Safety.SAFE if rounds >= _RUNNING[1] else Safety.UNSAFE if rounds >= _RUNNING[0] else None
