"""Family DUP: blocks that come twice, passages glued in again, recognition loops."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from ocrfix.detectors._duplicates_layout import Layout
from ocrfix.detectors._duplicates_loops import shorten, sign_loops, word_loop
from ocrfix.detectors._duplicates_match import GRAM, Match, find_matches
from ocrfix.detectors._duplicates_rules import EXACT_BLOCK, LOOP, NEAR_BLOCK, REPEATED_SPAN
from ocrfix.detectors._duplicates_tokens import tokenize
from ocrfix.detectors.base import Context, Detector
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span

__all__ = ["DETECTORS", "Duplicates"]

NEARBY: Final = 1500
"""Most words between two copies of which one may go by default; reports repeat themselves further apart."""
FAR: Final = 6000
"""Most words between two copies that are shown at all."""
_ADJACENT: Final = (5, 12)
_BLOCK: Final = (25, 40)
_SPAN: Final = (60, 100)
"""Words from which on a copy is removed with ``unsafe``, and by default."""
_GLUED: Final = 20
"""Words from which on a copy that is plainly glued in goes by default."""
_BROKEN_SEAM: Final = -3.0
"""Nats below which a seam is broken."""
_WORSE_BY: Final = 4.0
"""Nats by which one copy must fit its place worse than the other."""
_STRAY: Final = 6
"""Words beyond a block's or sentence's end that two texts may share by chance."""
_BETTER_READ: Final = 2.0
"""Nats over the whole copy by which a later one must read better to be kept instead."""


@dataclass(frozen=True, slots=True)
class _Places:
    """The edges of both copies: "block", "line", "sentence" or "" before and after."""

    p: tuple[str, str]
    q: tuple[str, str]

    @staticmethod
    def of(layout: Layout, match: Match) -> _Places:
        return _Places(
            (layout.edge(match.p0), layout.edge(match.p1)), (layout.edge(match.q0), layout.edge(match.q1))
        )

    @property
    def whole(self) -> tuple[bool, bool]:
        """Whether each copy is one or several whole blocks."""
        return (all(e in _UNIT for e in self.p), all(e in _UNIT for e in self.q))


_UNIT: Final = ("block", "line")


class Duplicates:
    """Finds what comes twice, and names the copy that stays.

    >>> caption = "Lãnh đạo huyện trao nhà đại đoàn kết cho hộ bà Lê Thị Tư ở xã Tân Hòa."
    >>> found, = Duplicates().find(Document(f"{caption}\\n\\n{caption}\\n\\nBài và ảnh: M.T"), Context())
    >>> found.rule.name, found.edits[0].span.start == len(caption) + 2
    ('exact-block', True)
    """

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the family."""
        return (EXACT_BLOCK, NEAR_BLOCK, REPEATED_SPAN, LOOP)

    def find(self, document: Document, context: Context) -> Iterable[Finding]:
        """The findings in the document, in the order of the later copies."""
        tokens = tokenize(document.text)
        layout = Layout(document, tokens)
        yield from sign_loops(layout)
        if len(tokens.start) <= GRAM:
            return
        judge = _Judge(layout, context)
        for match in find_matches(document.text, tokens, layout.unit_starts):
            yield from judge.findings(match)


class _Judge:
    """Decides on each pair of copies: whether one is to go, which, and how sure that is."""

    def __init__(self, layout: Layout, context: Context) -> None:
        self._layout = layout
        self._context = context
        self._gone: list[tuple[int, int, int]] = []
        """Removed later copies: first word, word after the last, first word of the copy kept for it."""

    def findings(self, match: Match) -> Iterator[Finding]:
        """The finding for one pair, if it is one."""
        if match.period < match.q1 - match.q0:
            found = word_loop(self._layout, match)
        else:
            found = self._pair(match)
        if found is not None:
            yield found

    def _pair(self, match: Match) -> Finding | None:
        trimmed = self._trim(match)
        words = trimmed.q1 - trimmed.q0
        if words < _ADJACENT[0] or trimmed.q0 - trimmed.p1 > FAR or _other_text(trimmed):
            return None
        places = _Places.of(self._layout, trimmed)
        if trimmed.q0 == trimmed.p1:
            return self._adjacent(trimmed, places)
        if words < _GLUED:
            return None
        if self._layout.set_in_lines(trimmed.q0, trimmed.q1) or self._layout.numbered(trimmed.q0, trimmed.q1):
            return None
        if all(places.whole):
            return self._blocks(trimmed, _BLOCK)
        return self._span(trimmed, places)

    def _adjacent(self, match: Match, places: _Places) -> Finding | None:
        """Copies with nothing between them."""
        if self._layout.set_in_lines(match.p0, match.q1) and match.q1 - match.q0 < 2 * _ADJACENT[1]:
            return None
        if all(places.whole):
            return self._blocks(match, _ADJACENT)
        safety = _by_length(match.q1 - match.q0, (8, _ADJACENT[1]))
        if safety is None:
            return None
        return self._remove(
            match, REPEATED_SPAN, safety, later=True, why="the first; the other follows directly"
        )

    def _blocks(self, match: Match, least: tuple[int, int]) -> Finding | None:
        layout = self._layout
        safety = _by_length(match.q1 - match.q0, least)
        if safety is None:
            return None
        if match.q0 - match.p1 > NEARBY:
            safety = Safety.UNSAFE
        one, other = layout.words(match.p0, match.p1), layout.words(match.q0, match.q1)
        if one.split() == other.split():
            return self._remove(match, EXACT_BLOCK, safety, later=True, why="the first; both read the same")
        lead = self._lead(one, other)
        if lead < _BETTER_READ or self._kept_for(match.p0) is not None:
            why = "the first; neither reads better" if abs(lead) < _BETTER_READ else "better read"
            return self._remove(match, NEAR_BLOCK, _lossless(match, safety, later=True), later=True, why=why)
        safety = _lossless(match, safety, later=False)
        if match.q0 == match.p1:
            return self._remove(match, NEAR_BLOCK, safety, later=False, why="better read")
        return self._move(match, safety)

    def _lead(self, one: str, other: str) -> float:
        """By how many nats, over the whole passage, the other reads better."""
        size = min(len(one.split()), len(other.split()))
        return (self._context.quality(other) - self._context.quality(one)) * size

    def _span(self, match: Match, places: _Places) -> Finding | None:
        """Copies of which one at least stands inside other text."""
        words = match.q1 - match.q0
        if match.q0 - match.p1 > NEARBY:
            return None
        fit_p = self._fit(match.p0, match.p1, places.p)
        fit_q = self._fit(match.q0, match.q1, places.q)
        later = fit_q <= fit_p
        worse, better = (fit_q, fit_p) if later else (fit_p, fit_q)
        mine = places.q if later else places.p
        end = match.q1 if later else match.p1
        cut = mine[0] == "" and mine[1] in _UNIT and not self._layout.closed(end)
        glued = worse <= _BROKEN_SEAM and (better - worse >= _WORSE_BY or (cut and better - worse >= 1.0))
        safety = Safety.SAFE if glued and words >= _GLUED else _by_length(words, _SPAN)
        if safety is None:
            return None
        why = "fits its place better" if better - worse >= 1.0 else "the first; both fit their places alike"
        rule = REPEATED_SPAN
        whole = places.whole[1 if later else 0]
        if whole and not glued:
            # A block that quotes the text: a pull quote or a caption, as layouts have them.
            safety = Safety.SAFE if words >= _SPAN[1] else Safety.UNSAFE
        return self._remove(match, rule, _lossless(match, safety, later=later), later=later, why=why)

    def _fit(self, start: int, end: int, edges: tuple[str, str]) -> float:
        """How well a copy fits its place, in nats: 0 where nothing is broken, less where a seam is."""
        layout = self._layout
        fit = 0.0
        if not edges[0] and start > 0:
            fit += min(0.0, self._seam(start))
        if not edges[1] and end < layout.count:
            fit += min(0.0, self._seam(end))
        return fit

    def _seam(self, word: int) -> float:
        layout = self._layout
        left = layout.text[layout.start(max(0, word - 10)) : layout.end(word)]
        right = layout.text[layout.start(word) : layout.end(min(layout.count, word + 6))]
        return self._context.seam(left.rpartition("\n\n")[2], right.partition("\n\n")[0])

    def _trim(self, match: Match) -> Match:
        """The match without the few words that both texts share by chance beyond a common edge."""
        layout = self._layout
        inner = [0, *(g.q1 for g in match.gaps)]
        low, high = match.q0, match.q1
        if not layout.edge(high):
            for q in range(high - 1, max(inner[-1], high - _STRAY - 1, low), -1):
                if layout.edge(q) and layout.edge(match.p1 - (match.q1 - q)):
                    high = q
                    break
        if not layout.edge(low):
            until = min((match.gaps[0].q0 if match.gaps else high), low + _STRAY)
            for q in range(low + 1, until):
                if layout.edge(q) and layout.edge(match.p0 + q - match.q0) and self._stray(low, match):
                    low = q
                    break
        return replace(match, q0=low, q1=high, p0=match.p0 + low - match.q0, p1=match.p1 - (match.q1 - high))

    def _stray(self, start: int, match: Match) -> bool:
        """Whether the words before the common edge belong where they stand, in both copies."""
        if match.q1 - match.q0 < _GLUED:
            return True
        return self._seam(start) > _BROKEN_SEAM

    def _remove(self, match: Match, rule: Rule, safety: Safety, *, later: bool, why: str) -> Finding:
        layout = self._layout
        edit = layout.deletion(match, later=later)
        kept = (match.p0, match.p1) if later else (match.q0, match.q1)
        if later:
            root = self._kept_for(match.p0)
            if root is not None:
                kept = (root, min(layout.count, root + match.p1 - match.p0))
            self._gone.append((match.q0, match.q1, kept[0]))
        return self._finding(match, rule, safety, (edit,), kept, why)

    def _move(self, match: Match, safety: Safety) -> Finding:
        """The better reading goes to the place of the first copy."""
        layout = self._layout
        away = layout.deletion(match, later=True)
        source = Span(layout.start(match.q0), layout.end(match.q1))
        here = Span(layout.start(match.p0), layout.end(match.p1))
        text = layout.text[source.slice]
        edits = (Edit(here, text, source), away)
        self._gone.append((match.q0, match.q1, match.p0))
        why = "better read; it takes the place of the first"
        return self._finding(match, NEAR_BLOCK, safety, edits, (match.q0, match.q1), why)

    def _kept_for(self, word: int) -> int | None:
        """The word of a kept copy that stands for a word of a removed one."""
        index = bisect_right(self._gone, (word, self._layout.count + 1, 0)) - 1
        if index < 0:
            return None
        start, end, kept = self._gone[index]
        return kept + word - start if start <= word < end else None

    def _finding(
        self,
        match: Match,
        rule: Rule,
        safety: Safety,
        edits: tuple[Edit, ...],
        kept: tuple[int, int],
        why: str,
    ) -> Finding:
        layout = self._layout
        words = match.q1 - match.q0
        gone = edits[-1].span
        start, end = layout.start(kept[0]), layout.end(kept[1])
        line, _ = layout.position(start)
        similarity = 1.0 - sum(max(g.p1 - g.p0, g.q1 - g.q0) for g in match.gaps) / words
        # Longer copies are surer; the last 2 % stay doubtful.
        sure = 0.98 if safety is Safety.SAFE else 0.8
        return Finding(
            rule,
            gone,
            f"{words} words that also stand in line {line}",
            edits,
            round(sure - 0.1 * (1.0 - similarity), 3),
            safety,
            {
                "kept": {"start": start, "end": end, "text": shorten(layout.text[start:end])},
                "why": why,
                "similarity": round(similarity, 3),
                "words": words,
            },
        )


def _by_length(words: int, least: tuple[int, int]) -> Safety | None:
    if words >= least[1]:
        return Safety.SAFE
    return Safety.UNSAFE if words >= least[0] else None


def _other_text(match: Match) -> bool:
    """Whether the copies say different things: other numbers, or other words beyond a few lost ones."""
    if any(g.kind == "number" for g in match.gaps):
        return True
    strange = sum(max(g.p1 - g.p0, g.q1 - g.q0) for g in match.gaps if g.kind == "content")
    return strange * 25 > match.q1 - match.q0


def _lossless(match: Match, safety: Safety, *, later: bool) -> Safety:
    """The safety, lowered when the copy to be removed has words that the other lacks."""
    lost = any((g.q1 > g.q0 if later else g.p1 > g.p0) for g in match.gaps if g.kind == "content")
    return min(safety, Safety.UNSAFE) if lost else safety


DETECTORS: tuple[Detector, ...] = (Duplicates(),)
