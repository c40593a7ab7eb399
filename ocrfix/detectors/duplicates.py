"""Family DUP: blocks that come twice, passages glued in again, recognition loops."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from ocrfix.detectors._duplicates_layout import Layout
from ocrfix.detectors._duplicates_loops import shorten, sign_loops, word_loop
from ocrfix.detectors._duplicates_match import GRAM, Gap, Match, find_matches, gap_kind
from ocrfix.detectors._duplicates_rules import EXACT_BLOCK, LOOP, NEAR_BLOCK, REPEATED_SPAN
from ocrfix.detectors._duplicates_tokens import tokenize
from ocrfix.detectors.base import Context, Detector
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span

__all__ = ["DETECTORS", "Duplicates"]

NEARBY: Final = 1500
"""Most words between two copies of which one may go by default; reports repeat themselves further apart."""
_LONGEST_TURN: Final = 400
"""Words over which the beginning of a round is sought."""
_PHRASE: Final = 8
"""Words from which on something said twice is a doubled passage and no loop."""
_ADJACENT: Final = (5, 12)
_OVERLAP: Final = (12, 20)
_BLOCK: Final = (25, 40)
_SPAN: Final = (80, 200)
"""Words from which on a copy is removed with ``unsafe``, and by default."""
_PARTS: Final = (40, 60)
_PARTS_SHARE: Final = 0.6
"""Words that two blocks must share in several passages, and their least share of the smaller block."""
_GLUED: Final = 15
_GLUED_SURELY: Final = 20
"""Words from which on a copy that is plainly glued in may go, with ``unsafe`` and by default."""
_READ_APART: Final = 25
"""Words from which on two blocks that are not letter for letter the same are surely one."""
_BROKEN_SEAM: Final = -3.0
"""Nats below which a seam is broken."""
_STOP_INSIDE: Final = -8.0
"""Nats for a full stop before a small letter, which is never right."""
_WORSE_NONE: Final = 17.0
_WORSE_WORD: Final = 0.25
_WORSE_LEAST: Final = 6.0
_WORSE_RUN_ON: Final = 3.0
_WORSE_ONE_SENTENCE: Final = 12.0
_ONE_SENTENCE: Final = 60
_WORSE_NAME: Final = 3.0
_HEALED_MOST: Final = 6.0
_WORSE_LIKELY: Final = 4.0
"""By how many nats one copy must fit its place worse than the other to go: `_WORSE_NONE`, less so many for each
word, less for a passage that runs over a sentence's end, at least so many, and at least so many more when it is shorter
than `_ONE_SENTENCE` words and no more than part of one; more after a name; less by what
the words around the passage fit each other, at most `_HEALED_MOST`; and less again with ``unsafe``.
Set on 32 MB of news and Wikipedia, where 851 passages of 15 words and more rightly come twice, and on 1,500
passages glued in by program."""
_NUMBERS_APART: Final = 200
"""Words below which a match with a differing number is not even trimmed."""
_MISREAD: Final = 3
_MISREAD_LETTERS: Final = 3
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
    r"""Finds what comes twice, and names the copy that stays.

    >>> caption = "Lãnh đạo huyện trao nhà đại đoàn kết cho hộ bà Lê Thị Tư ở xã Tân Hòa."
    >>> found, = Duplicates().find(Document(f"{caption}\n\n{caption}\n\nBài và ảnh: M.T"), Context())
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
            finding = judge.finding(match)
            if finding is not None:
                yield finding
        yield from judge.parts()


class _Judge:
    """Decides on each pair of copies: whether one is to go, which, and how sure that is."""

    def __init__(self, layout: Layout, context: Context) -> None:
        self._layout = layout
        self._context = context
        self._gone: list[tuple[int, int, int]] = []
        """Removed later copies: first word, word after the last, first word of the copy kept for it."""
        self._parts: dict[tuple[int, int], list[Match]] = {}
        """Whole sentences that two blocks share, by the first words of the blocks."""

    def finding(self, match: Match) -> Finding | None:
        """The finding for one pair, if it is one."""
        if match.q1 - match.q0 <= match.period:
            return self._pair(match)
        turned = self._turned(match)
        if turned.q1 - turned.p0 >= 3 * turned.period or turned.period < _PHRASE:
            return word_loop(self._layout, turned)
        return self._pair(_without_overlap(turned))

    def _turned(self, match: Match) -> Match:
        """A match that overlaps itself, turned so that its rounds begin where a block does."""
        most = min(match.q1 - match.q0 - match.period, match.period - 1)
        starts = range(match.p0, match.p0 + most + 1)
        edges = [self._layout.edge(n) for n in starts[:_LONGEST_TURN]]
        for turn, edge in enumerate(edges):
            if edge in _UNIT and self._layout.edge(match.q0 + turn) in _UNIT:
                gaps = tuple(g for g in match.gaps if g.p0 >= match.p0 + turn)
                return replace(match, p0=match.p0 + turn, q0=match.q0 + turn, gaps=gaps)
        return match

    def _pair(self, match: Match) -> Finding | None:
        if match.q1 - match.q0 < _GLUED - _STRAY and match.q0 - match.p1 > 2 * _STRAY:
            return None
        if any(g.kind == "number" for g in match.gaps) and match.q1 - match.q0 < _NUMBERS_APART:
            return None
        trimmed = self._trim(self._grown(match))
        words = trimmed.q1 - trimmed.q0
        if words < _ADJACENT[0] or trimmed.q0 - trimmed.p1 > NEARBY * 4 or _other_text(trimmed):
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
        words = match.q1 - match.q0
        if words < 2 * _ADJACENT[1] and self._layout.set_in_lines(match.p0, match.q1):
            return None
        numbered = self._layout.numbered(match.p0, match.q1)
        if all(places.whole):
            found = self._blocks(match, _ADJACENT)
            return None if numbered and found is not None and found.rule is not EXACT_BLOCK else found
        if numbered:
            return None
        seam = places.q[0]
        if seam in _UNIT:
            # The end of one block read again at the head of the next; a block that begins with the whole of
            # the one before it is a lede or a heading, and a whole block after the same words is a caption.
            safety = None if any(places.whole) else _by_length(words, _OVERLAP)
            inside = not places.p[0] and self._layout.words(match.q0, match.q0 + 1).islower()
            if safety is Safety.SAFE and not inside and words < 3 * _OVERLAP[1]:
                safety = Safety.UNSAFE
        elif seam == "sentence":
            doubled = places.p[0] != "" and places.q[1] != ""
            safety = _by_length(words, _ADJACENT) if doubled else None
        else:
            safety = _by_length(words, (_PHRASE, _OVERLAP[1])) if self._plain(match.q0) else None
        if safety is None:
            return None
        return self._remove(
            match, REPEATED_SPAN, safety, later=True, why="the first; the other follows directly"
        )

    def _plain(self, word: int) -> bool:
        """Whether nothing but white space stands before the word."""
        return not self._layout.between(word).strip()

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
        if match.q1 - match.q0 < _READ_APART:
            safety = Safety.UNSAFE
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
        worse_by = self._worse_by(match.p0, match.q0) + self._worse_by(match.p1, match.q1)
        later = worse_by >= 0
        start, end = (match.q0, match.q1) if later else (match.p0, match.p1)
        safety = _by_length(words, _SPAN)
        if words >= _GLUED:
            safety = self._glued(match, start, end, abs(worse_by), places.q if later else places.p) or safety
        if safety is None:
            if all(places.p) and all(places.q):
                blocks = (self._layout.block(match.p0)[0], self._layout.block(match.q0)[0])
                self._parts.setdefault(blocks, []).append(match)
            return None
        why = "fits its place better" if abs(worse_by) >= 1.0 else "the first; both fit their places alike"
        return self._remove(match, REPEATED_SPAN, _lossless(match, safety, later=later), later=later, why=why)

    def parts(self) -> Iterator[Finding]:
        """Findings for blocks that share most of their sentences: the shared ones go, what is new stays."""
        for (p, q), matches in self._parts.items():
            shared = sum(m.q1 - m.q0 for m in matches)
            sizes = [end - start for start, end in (self._layout.block(p), self._layout.block(q))]
            if p == q or len(matches) < 2 or shared < _PARTS_SHARE * min(sizes):
                continue
            safety = _by_length(shared, _PARTS)
            if safety is None:
                continue
            for match in matches:
                why = "the first; the later block holds it among other sentences"
                yield self._remove(
                    match, REPEATED_SPAN, _lossless(match, safety, later=True), later=True, why=why
                )

    def _glued(
        self, match: Match, start: int, end: int, worse_by: float, edges: tuple[str, str]
    ) -> Safety | None:
        """How freely a copy may go because it fits its place worse than the other, by so many nats.

        What is told again on purpose is one sentence, or ends with one; what a reader slipped back to starts
        inside a sentence and runs on over its end, or is cut off where its column ends.
        """
        layout, words = self._layout, match.q1 - match.q0
        cut = not edges[0] and edges[1] in _UNIT and not layout.closed(end)
        runs_on = cut or any(layout.edge(n) for n in range(start + 1, end))
        need = _WORSE_NONE - _WORSE_WORD * words
        if runs_on:
            need -= _WORSE_RUN_ON
        need = max(_WORSE_LEAST, need)
        if not runs_on and words < _ONE_SENTENCE:
            need = max(need, _WORSE_ONE_SENTENCE)
        if start and not layout.words(start - 1, start).islower():
            # After a name or a number the model knows little of what may follow.
            need += _WORSE_NAME
        if edges[0] and not edges[1]:
            return None
        if not edges[1]:
            healed = self._seam(start, end)
            if healed < max(0.0, (self._fit(start) or 0.0) + _WORSE_NAME):
                return None
            need -= min(_HEALED_MOST, healed)
        if worse_by >= need and words >= _GLUED_SURELY:
            return Safety.SAFE
        return Safety.UNSAFE if worse_by >= need - _WORSE_LIKELY else None

    def _worse_by(self, p: int, q: int) -> float:
        """By how many nats the later copy fits worse than the earlier, at the edge before words p and q."""
        fit_p, fit_q = self._fit(p), self._fit(q)
        if fit_p is not None and fit_q is not None:
            return fit_p - fit_q
        if fit_q is not None:
            return max(0.0, _BROKEN_SEAM - fit_q)
        return -max(0.0, _BROKEN_SEAM - fit_p) if fit_p is not None else 0.0

    def _fit(self, word: int) -> float | None:
        """How well a word goes on from the one before, in nats; None at the edge of a block or sentence.

        After a comma or a colon the model knows too little of what may follow, which gives None as well.
        """
        layout = self._layout
        if word <= 0 or word >= layout.count or layout.edge(word):
            return None
        if self._plain(word):
            return self._seam(word)
        return _STOP_INSIDE if layout.stopped(word) else None

    def _seam(self, word: int, on: int | None = None) -> float:
        """How well the words from ``word`` (or ``on``) go on from those before ``word``, in nats."""
        layout = self._layout
        on = word if on is None else on
        left = layout.text[layout.start(max(0, word - 10)) : layout.end(word)]
        right = layout.text[layout.start(on) : layout.end(min(layout.count, on + 6))]
        return self._context.seam(left.rpartition("\n\n")[2], right.partition("\n\n")[0])

    def _grown(self, match: Match) -> Match:
        """The match up to the edges of blocks, or over misread words at its ends where it has such words inside."""
        before, after = self._to_edge(match.p0, match.q0, -1), self._to_edge(match.p1, match.q1, 1)
        if match.gaps and before == (0, 0):
            before = self._over_misread(match.p0, match.q0, -1)
        if match.gaps and after == (0, 0):
            after = self._over_misread(match.p1, match.q1, 1)
        gaps = list(match.gaps)
        p0, q0, p1, q1 = match.p0 - before[0], match.q0 - before[1], match.p1 + after[0], match.q1 + after[1]
        if before != (0, 0):
            gaps.insert(0, Gap(p0, match.p0, q0, match.q0, "reading"))
        if after != (0, 0):
            gaps.append(Gap(match.p1, p1, match.q1, q1, "reading"))
        grown = Match(p0, p1, q0, q1, tuple(gaps))
        return grown if p1 <= q0 else match

    def _over_misread(self, p: int, q: int, way: int) -> tuple[int, int]:
        """Words beside (p, q) in both copies, within one sentence, that read like one another."""
        layout, size = self._layout, 0
        while size < _MISREAD and not layout.edge(p + way * size) and not layout.edge(q + way * size):
            i, j = p + way * size - (way < 0), q + way * size - (way < 0)
            if not 0 <= i < j < layout.count:
                break
            one, other = layout.words(i, i + 1), layout.words(j, j + 1)
            if min(len(one), len(other)) < _MISREAD_LETTERS or gap_kind(one, other) != "reading":
                break
            size += 1
        return size, size

    def _to_edge(self, p: int, q: int, way: int) -> tuple[int, int]:
        """Words of both copies between (p, q) and the edge of a block, when they are readings of the same."""
        layout = self._layout
        x, y = self._edge_distance(p, way), self._edge_distance(q, way)
        if x is None or y is None or not x or not y or abs(x - y) > 1 or q + way * y <= p + way * x:
            return 0, 0
        one = layout.words(min(p, p + way * x), max(p, p + way * x))
        other = layout.words(min(q, q + way * y), max(q, q + way * y))
        return (x, y) if gap_kind(one, other) == "reading" else (0, 0)

    def _edge_distance(self, word: int, way: int) -> int | None:
        """Words to the next edge of a block on one side, if it is near."""
        for size in range(_STRAY + 1):
            n = word + way * size
            if not 0 <= n <= self._layout.count:
                return None
            if self._layout.edge(n) in _UNIT:
                return size
        return None

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
        if match.q1 - match.q0 < 2 * _GLUED:
            return True
        return not self._plain(start) or self._seam(start) > _BROKEN_SEAM

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


def _without_overlap(match: Match) -> Match:
    """The match cut to one round, where what follows the second copy begins as the copies do."""
    extra = match.q1 - match.q0 - match.period
    gaps = tuple(g for g in match.gaps if g.q1 <= match.q1 - extra and g.p1 <= match.q0)
    return replace(match, p1=match.q0, q1=match.q1 - extra, gaps=gaps)


def _by_length(words: int, least: tuple[int, int]) -> Safety | None:
    if words >= least[1]:
        return Safety.SAFE
    return Safety.UNSAFE if words >= least[0] else None


def _other_text(match: Match) -> bool:
    """Whether the copies say different things: other numbers, or other words beyond a few lost ones.

    Where many words are misread, some are past knowing again: more may differ then.
    """
    if any(g.kind == "number" for g in match.gaps):
        return True
    strange = [max(g.p1 - g.p0, g.q1 - g.q0) for g in match.gaps if g.kind == "content"]
    misread = len(match.gaps) - len(strange)
    share = 20 if misread >= 3 * len(strange) else 40
    return sum(strange) * share > match.q1 - match.q0


def _lossless(match: Match, safety: Safety, *, later: bool) -> Safety:
    """The safety, lowered when the copy to be removed has words where the other has none."""
    for gap in match.gaps:
        mine, theirs = (gap.q1 - gap.q0, gap.p1 - gap.p0) if later else (gap.p1 - gap.p0, gap.q1 - gap.q0)
        if gap.kind == "content" and mine > theirs:
            return min(safety, Safety.UNSAFE)
    return safety


DETECTORS: tuple[Detector, ...] = (Duplicates(),)
