"""Which of two copies inside other text was glued in: how the words fit around both, and without them."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from ocrfix.detectors._duplicates_readings import garbled_words

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_bounds import Places
    from ocrfix.detectors._duplicates_layout import Layout
    from ocrfix.detectors._duplicates_match import Match
    from ocrfix.detectors.base import Context

__all__ = ["Fits", "Glue"]

_UNIT: Final = ("block", "line")
_STOPS: Final = frozenset(".!?…")
_LEFT: Final = 8
_RIGHT: Final = 6
"""Words before and after a seam that the model is given."""
_MOST: Final = 12.0
"""Nats at which a seam counts no further."""
_WHOLE: Final = 1.5
_EDGE: Final = 1.0
_CUT: Final = -2.0
_SMALL: Final = -8.0
_CAPITAL: Final = -4.0
"""Nats for seams that punctuation decides: a sentence begins with a capital after a stop; a block begins
and the last one was closed; it was not; a small letter after a stop; at most, a capital that is no name's
inside a sentence."""
_NAME: Final = 2.0
"""Nats from which on words make a name."""
_COUNTED: Final = 1_000_000
_WORD: Final = re.compile(r"[^\W\d_]+")
_ABBREVIATION: Final = 3
"""Letters of a word that a stop may follow within a sentence."""

_MARKS: Final = re.compile(r"[\"“”'‘’:()…–—\-*\[\]/]|\.\.")
"""Signs beside a copy that set it off as a quotation, a caption or a title."""
_WEIGHTS: Final = {
    "before": 0.31, "healed": 0.20, "other": -0.23, "words": 5.02, "runs_on": 0.34, "opening": -0.83,
    "broken_before": -0.42, "broken_after": -0.66, "misread": 1.22, "always": -18.58,
}  # fmt: skip
"""Weights of a logistic model of whether a copy was glued in: learned from 2,800 passages of 15 to 100 words
that were set at random places of other paragraphs, with and without reading errors, and 2,450 pairs
that stand rightly in 22 MB of news, Wikipedia, laws and reports."""
_WORDS_MOST: Final = 30
_FITS_WELL: Final = 6.0
"""Nats from which on a copy fits where it stands."""
_BESIDE_BLOCK: Final = 2.0
"""Nats that the text must gain in wholeness where the other copy is a whole block."""
_OPENING: Final = 2
"""Lines at the beginning, headline and lede, whose words are told again in the body."""
_SHARED: Final = 2
_SHARED_GAIN: Final = 5.0
"""Words at the ends of two copies that the text around may have in common with them by chance, and the nats
that the text must gain if they stay."""


class Fits(NamedTuple):
    """How a copy fits where it stands, in nats: before it, after it, and what the text is without it."""

    before: float
    after: float
    healed: float


class Glue:
    """Seams around copies, as punctuation and the language model tell."""

    def __init__(self, layout: Layout, context: Context) -> None:
        self._layout = layout
        self._context = context

    def chance(self, match: Match, places: Places, *, later: bool) -> float:
        """The probability that the later (or the earlier) copy was glued in, in [0, 1].

        0 for a copy that begins a block, is a sentence, or is set off by signs: such are told again on
        purpose.
        """
        layout = self._layout
        start, end = (match.q0, match.q1) if later else (match.p0, match.p1)
        edges = places.q if later else places.p
        if edges[0] in _UNIT or self._marked(start, end):
            return 0.0
        other = (match.p0, match.p1) if later else (match.q0, match.q1)
        here, there = self.fits((start, end), other[1]), self.fits(other, end)
        if all(edges) and here.after > 0.0:
            return 0.0
        if max(here.before, here.after) >= _FITS_WELL:
            return 0.0
        if places.whole[not later] and (here.healed < _BESIDE_BLOCK or here.before > 0.0):
            return 0.0
        facts = {
            "before": _within(there.before - here.before, 8.0, 16.0),
            "healed": _within(here.healed - here.after, 8.0, 16.0),
            "other": _within(there.healed - there.after, 12.0, 8.0),
            "words": math.log(min(end - start, _WORDS_MOST)),
            "runs_on": any(layout.edge(n) for n in range(start + 1, end)),
            "opening": self.opening(match.p0),
            "broken_before": min(here.before, 0.0),
            "broken_after": min(here.after, 0.0),
            "misread": garbled_words(layout, match) > 0,
            "always": 1.0,
        }
        return 1.0 / (1.0 + math.exp(-sum(_WEIGHTS[name] * fact for name, fact in facts.items())))

    def broken(self, match: Match, *, later: bool) -> bool:
        """Whether a stop before a small letter, or a block's end without one, stands beside the copy."""
        ends = (match.q0, match.q1) if later else (match.p0, match.p1)
        return any(self.seam(end, end) in (_SMALL, _CUT) for end in ends)

    def opening(self, word: int) -> bool:
        """Whether a word stands in the headline or the lede."""
        starts = self._layout.unit_starts[0]
        return len(starts) <= _OPENING or word < int(starts[_OPENING])

    def _marked(self, start: int, end: int) -> bool:
        text, low, high = self._layout.text, self._layout.start(start), self._layout.end(end)
        before, after = text[max(0, low - 3) : low], text[high : high + 3]
        return bool(_MARKS.search(before.rpartition("\n")[2]) or _MARKS.search(after.partition("\n")[0]))

    def shared(self, start: int, end: int, other_end: int) -> tuple[int, int]:
        """How many of the first and of the last words of a copy belong to the text around it."""
        signs = self._layout.shared_after(end, other_end)
        best, found = self.seam(start, end, signs) + _SHARED_GAIN, (0, 0)
        beside = [self._layout.edge(word) in _UNIT for word in (start, end)]
        for head, tail in ((0, 1), (1, 0), (0, _SHARED), (_SHARED, 0), (1, 1)):
            if (head and beside[0]) or (tail and beside[1]):
                continue
            nats = self.seam(start + head, end - tail, 0 if tail else signs)
            if nats > best:
                best, found = nats, (head, tail)
        return found

    def fits(self, copy: tuple[int, int], other_end: int) -> Fits:
        """How the words ``[start, end)`` fit their place; the other copy ends before ``other_end``."""
        start, end = copy
        signs = self._layout.shared_after(end, other_end)
        return Fits(self.seam(start, start), self.seam(end, end), self.seam(start, end, signs))

    def seam(self, left: int, right: int, signs: int = 0) -> float:
        """How well the word ``right`` goes on from the one before ``left``, in nats: above zero, well.

        Parameters: ``signs``, how many signs before ``right`` go with what is left out.
        """
        layout = self._layout
        if left <= 0 or right >= layout.count:
            return _EDGE
        before = layout.between(left)
        after = layout.between(right)[signs:] if right != left else ""
        small = layout.text[layout.start(right)].islower()
        if layout.edge(left) in _UNIT or (after and layout.edge(right) in _UNIT):
            closed = layout.closed(left) or bool(after and layout.closed(right))
            return _SMALL / 2 if small else _EDGE if closed else _CUT
        sign = (before.strip() + after.strip())[-1:]
        if sign in _STOPS and self._ends_sentence(left):
            return _SMALL if small else _WHOLE
        text = layout.text
        head = text[layout.start(max(0, left - _LEFT)) : layout.end(left)]
        tail = text[layout.start(right) : layout.end(min(layout.count, right + _RIGHT))]
        nats = self._context.seam(
            head.rpartition("\n\n")[2] + (f"{sign} " if sign else ""), tail.partition("\n\n")[0]
        )
        if not sign and not small and nats < _NAME and self._begins_sentence(right):
            nats = min(nats, _CAPITAL)
        return max(-_MOST, min(_MOST, nats))

    def _begins_sentence(self, word: int) -> bool:
        """Whether a word with a capital is no name: the text has it in small letters more than once."""
        text = self._layout.words(word, word + 1)
        return text[1:].islower() and self._small_words[text.lower()] > 1

    @cached_property
    def _small_words(self) -> Counter[str]:
        """The words in small letters of the first million characters, counted."""
        return Counter(w for w in _WORD.findall(self._layout.text[:_COUNTED]) if w.islower())

    def _ends_sentence(self, word: int) -> bool:
        last = self._layout.words(word - 1, word)
        return len(last) > _ABBREVIATION or last.islower()


def _within(nats: float, below: float, above: float) -> float:
    return max(-below, min(above, nats))
