"""Whether the words on both sides of a place belong together, as punctuation and the model tell."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_layout import Layout
    from ocrfix.detectors.base import Context

__all__ = ["Glue"]

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


class Glue:
    """Seams around copies, as punctuation and the language model tell."""

    def __init__(self, layout: Layout, context: Context) -> None:
        self._layout = layout
        self._context = context

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
