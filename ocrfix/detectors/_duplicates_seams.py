"""How well copies fit their places, as the language model tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_layout import Layout
    from ocrfix.detectors.base import Context

__all__ = ["BROKEN", "Seams"]

BROKEN: Final = -3.0
"""Nats below which a seam is broken."""
_STOP_INSIDE: Final = -8.0
"""Nats for a full stop before a small letter, which is never right."""
_LEFT: Final = 10
_RIGHT: Final = 6
"""Words before and after a seam that the model is given."""


class Seams:
    """Seams between the words of a document, in nats: above zero speaks for one sentence."""

    def __init__(self, layout: Layout, context: Context) -> None:
        self._layout = layout
        self._context = context

    def worse_by(self, p: int, q: int) -> float:
        """By how many nats the later copy fits worse than the earlier, at the edge before words p and q."""
        fit_p, fit_q = self.fit(p), self.fit(q)
        if fit_p is not None and fit_q is not None:
            return fit_p - fit_q
        if fit_q is not None:
            return max(0.0, BROKEN - fit_q)
        return -max(0.0, BROKEN - fit_p) if fit_p is not None else 0.0

    def fit(self, word: int) -> float | None:
        """How well a word goes on from the one before, in nats; None at the edge of a block or sentence.

        After a comma or a colon the model knows too little of what may follow, which gives None as well.
        """
        layout = self._layout
        if word <= 0 or word >= layout.count or layout.edge(word):
            return None
        if self.plain(word):
            return self.seam(word)
        return _STOP_INSIDE if layout.stopped(word) else None

    def seam(self, word: int, on: int | None = None) -> float:
        """How well the words from ``word`` (or ``on``) go on from those before ``word``, in nats."""
        layout = self._layout
        on = word if on is None else on
        left = layout.text[layout.start(max(0, word - _LEFT)) : layout.end(word)]
        right = layout.text[layout.start(on) : layout.end(min(layout.count, on + _RIGHT))]
        return self._context.seam(left.rpartition("\n\n")[2], right.partition("\n\n")[0])

    def plain(self, word: int) -> bool:
        """Whether nothing but white space stands before the word."""
        return not self._layout.between(word).strip()
