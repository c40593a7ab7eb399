"""Decides on pairs of copies: whether one is to go, which, and how sure that is."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from ocrfix.detectors._duplicates_bounds import STRAY, UNIT, Places, grown, trimmed, turned, without_overlap
from ocrfix.detectors._duplicates_loops import shorten, word_loop
from ocrfix.detectors._duplicates_match import garbled
from ocrfix.detectors._duplicates_rules import EXACT_BLOCK, NEAR_BLOCK, REPEATED_SPAN
from ocrfix.detectors._duplicates_seams import BROKEN, Seams
from ocrfix.model import Edit, Finding, Rule, Safety, Span

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_layout import Layout
    from ocrfix.detectors._duplicates_match import Match
    from ocrfix.detectors.base import Context

__all__ = ["NEARBY", "Judge"]

NEARBY: Final = 1500
"""Most words between two copies of which one may go by default; reports repeat themselves further apart."""
_FAR: Final = 4 * NEARBY
"""Most words between two copies that are shown."""
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
_GLUED_SURELY: Final = (20, 30)
"""Words from which on a copy that is plainly glued in may go: with ``unsafe``, and by default if it
runs over a sentence's end, and if not."""
_READ_APART: Final = 25
"""Words from which on two blocks that are not letter for letter the same are surely one."""
_WORSE_NONE: Final = 17.0
_WORSE_WORD: Final = 0.25
_WORSE_LEAST: Final = 6.0
_WORSE_RUN_ON: Final = 3.0
_WORSE_ONE_SENTENCE: Final = 12.0
_ONE_SENTENCE: Final = 60
_WORSE_NAME: Final = 3.0
_HEALED_MOST: Final = 6.0
_WORSE_LIKELY: Final = 4.0
"""By how many nats one copy must fit its place worse than the other to go: `_WORSE_NONE`, less so many
for each word, less for a passage that runs over a sentence's end, at least so many, and at least so
many when it is shorter than `_ONE_SENTENCE` words and runs over no sentence's end; more after a name;
less by what the words around the passage fit each other, at most `_HEALED_MOST`; and less again with
``unsafe``. Set on 32 MB of news and Wikipedia, where 851 passages of 15 words and more rightly come
twice, and on 1,500 passages glued in by program."""
_NUMBERS_APART: Final = 200
"""Words below which a match with a differing number is not even trimmed."""
_GARBLED_COST: Final = 6.0
"""Nats that a word in small letters costs which is no Vietnamese syllable."""
_BETTER_READ: Final = 2.0
"""Nats over the whole copy by which a later one must read better to be kept instead."""


class _Verdict(NamedTuple):
    """What became of a pair: the rule, how freely its fix may be applied, why this copy is kept."""

    rule: Rule
    safety: Safety
    why: str


class Judge:
    """Decides on each pair of copies: whether one is to go, which, and how sure that is."""

    def __init__(self, layout: Layout, context: Context) -> None:
        self._layout = layout
        self._context = context
        self._seams = Seams(layout, context)
        self._gone: list[tuple[int, int, int]] = []
        """Removed later copies: first word, word after the last, first word of the copy kept for it."""
        self._parts: dict[tuple[int, int], list[Match]] = {}
        """Whole sentences that two blocks share, by the first words of the blocks."""

    def finding(self, match: Match) -> Finding | None:
        """The finding for one pair, if it is one."""
        if match.q1 - match.q0 <= match.period:
            return self._pair(match)
        round_ = turned(self._layout, match)
        if round_.q1 - round_.p0 >= 3 * round_.period or round_.period < _PHRASE:
            return word_loop(self._layout, round_)
        return self._pair(without_overlap(round_))

    def _pair(self, match: Match) -> Finding | None:
        layout, words = self._layout, match.q1 - match.q0
        short = words < _GLUED - STRAY and match.q0 - match.p1 > 2 * STRAY
        if short or (words < _NUMBERS_APART and any(g.kind == "number" for g in match.gaps)):
            return None
        pair = trimmed(layout, grown(layout, match), self._stray)
        words, apart = pair.q1 - pair.q0, pair.q0 - pair.p1
        if words < (_GLUED if apart else _ADJACENT[0]) or apart > _FAR or self._other_text(pair):
            return None
        places = Places.of(layout, pair)
        if not apart:
            return self._adjacent(pair, places)
        if layout.set_in_lines(pair.q0, pair.q1) or layout.numbered(pair.q0, pair.q1):
            return None
        return self._blocks(pair, _BLOCK) if all(places.whole) else self._span(pair, places)

    def _other_text(self, match: Match) -> bool:
        """Whether the copies say different things: other numbers or names, or more than a few other words.

        Where many words are misread, some are past knowing again: more may differ then.
        """
        if any(g.kind == "number" for g in match.gaps):
            return True
        strange = 0
        gaps = [g for g in match.gaps if g.kind == "content"]
        for gap in gaps:
            one = self._layout.words(gap.p0, gap.p1)
            other = self._layout.words(gap.q0, gap.q1)
            if one != one.lower() and other != other.lower():
                return True
            strange += max(gap.p1 - gap.p0, gap.q1 - gap.q0)
        misread = len(match.gaps) - len(gaps)
        share = 20 if misread >= 4 * len(gaps) else 40
        return strange * share > match.q1 - match.q0

    def _adjacent(self, match: Match, places: Places) -> Finding | None:
        """Copies with nothing between them."""
        words = match.q1 - match.q0
        if places.q[0] != "block" and self._layout.set_in_lines(match.p0, match.q1):
            return None
        numbered = self._layout.numbered(match.p0, match.q1)
        if all(places.whole):
            found = self._blocks(match, _ADJACENT)
            return None if numbered and found is not None and found.rule is not EXACT_BLOCK else found
        if numbered:
            return None
        seam = places.q[0]
        if seam in UNIT:
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
            safety = _by_length(words, (_PHRASE, _OVERLAP[1])) if self._seams.plain(match.q0) else None
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
        """By how many nats, over the whole passage, the other reads better.

        The model knows no word that is not Vietnamese, and so cannot tell a name from a misread word.
        """
        size = min(len(one.split()), len(other.split()))
        lead = (self._context.quality(other) - self._context.quality(one)) * size
        return lead + _GARBLED_COST * (garbled(one) - garbled(other))

    def _span(self, match: Match, places: Places) -> Finding | None:
        """Copies of which one at least stands inside other text."""
        words = match.q1 - match.q0
        if match.q0 - match.p1 > NEARBY:
            return None
        worse_by = self._seams.worse_by(match.p0, match.q0) + self._seams.worse_by(match.p1, match.q1)
        later = worse_by >= 0
        start, end = (match.q0, match.q1) if later else (match.p0, match.p1)
        safety = _by_length(words, _SPAN)
        if words >= _GLUED:
            safety = self._glued(match, start, end, abs(worse_by), places.q if later else places.p) or safety
        if safety is not Safety.SAFE and all(places.p) and all(places.q):
            blocks = (self._layout.block(match.p0)[0], self._layout.block(match.q0)[0])
            self._parts.setdefault(blocks, []).append(match)
            return None
        if safety is None:
            return None
        why = "fits its place better" if abs(worse_by) >= 1.0 else "the first; both fit their places alike"
        return self._remove(match, REPEATED_SPAN, _lossless(match, safety, later=later), later=later, why=why)

    def parts(self) -> Iterator[Finding]:
        """Findings for blocks that share most of their sentences: the shared ones go, what is new stays."""
        for (p, q), matches in self._parts.items():
            shared = sum(m.q1 - m.q0 for m in matches)
            sizes = [end - start for start, end in (self._layout.block(p), self._layout.block(q))]
            together = p != q and len(matches) > 1 and shared >= _PARTS_SHARE * min(sizes)
            for match in matches:
                safety = _by_length(shared, _PARTS) if together else _by_length(match.q1 - match.q0, _SPAN)
                if safety is None:
                    continue
                why = "the first; the later block holds it among other sentences"
                safety = _lossless(match, safety, later=True)
                yield self._remove(match, REPEATED_SPAN, safety, later=True, why=why)

    def _glued(
        self, match: Match, start: int, end: int, worse_by: float, edges: tuple[str, str]
    ) -> Safety | None:
        """How freely a copy may go because it fits its place worse than the other, by so many nats.

        What is told again on purpose is one sentence, or ends with one; what a reader slipped back to starts
        inside a sentence and runs on over its end, or is cut off where its column ends.
        """
        layout, words = self._layout, match.q1 - match.q0
        cut = not edges[0] and edges[1] in UNIT and not layout.closed(end)
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
            healed = self._seams.seam(start, end)
            if healed < max(0.0, (self._seams.fit(start) or 0.0) + _WORSE_NAME):
                return None
            need -= min(_HEALED_MOST, healed)
        broken = min(self._seams.fit(start) or 0.0, self._seams.fit(end) or 0.0) < 0.0
        if worse_by >= need and words >= _GLUED_SURELY[not runs_on] and broken:
            return Safety.SAFE
        return Safety.UNSAFE if worse_by >= need - _WORSE_LIKELY else None

    def _stray(self, start: int, match: Match) -> bool:
        """Whether the words before the common edge belong where they stand, in both copies."""
        if match.q1 - match.q0 < 2 * _GLUED:
            return True
        return not self._seams.plain(start) or self._seams.seam(start) > BROKEN

    def _remove(self, match: Match, rule: Rule, safety: Safety, *, later: bool, why: str) -> Finding:
        layout = self._layout
        edit = layout.deletion(match, later=later)
        kept = (match.p0, match.p1) if later else (match.q0, match.q1)
        if later:
            root = self._kept_for(match.p0)
            if root is not None:
                kept = (root, min(layout.count, root + match.p1 - match.p0))
            insort(self._gone, (match.q0, match.q1, kept[0]))
        return self._finding(match, _Verdict(rule, safety, why), (edit,), kept)

    def _move(self, match: Match, safety: Safety) -> Finding:
        """The better reading goes to the place of the first copy."""
        layout = self._layout
        away = layout.deletion(match, later=True)
        source = Span(layout.start(match.q0), layout.end(match.q1))
        here = Span(layout.start(match.p0), layout.end(match.p1))
        text = layout.text[source.slice]
        edits = (Edit(here, text, source), away)
        insort(self._gone, (match.q0, match.q1, match.p0))
        why = "better read; it takes the place of the first"
        return self._finding(match, _Verdict(NEAR_BLOCK, safety, why), edits, (match.q0, match.q1))

    def _kept_for(self, word: int) -> int | None:
        """The word of a kept copy that stands for a word of a removed one."""
        index = bisect_right(self._gone, (word, self._layout.count + 1, 0)) - 1
        if index < 0:
            return None
        start, end, kept = self._gone[index]
        return kept + word - start if start <= word < end else None

    def _finding(
        self, match: Match, verdict: _Verdict, edits: tuple[Edit, ...], kept: tuple[int, int]
    ) -> Finding:
        layout = self._layout
        words = match.q1 - match.q0
        gone = edits[-1].span
        start, end = layout.start(kept[0]), layout.end(kept[1])
        line, _ = layout.position(start)
        similarity = 1.0 - sum(max(g.p1 - g.p0, g.q1 - g.q0) for g in match.gaps) / words
        sure = 0.98 if verdict.safety is Safety.SAFE else 0.8
        return Finding(
            verdict.rule,
            gone,
            f"{words} words that also stand in line {line}",
            edits,
            round(sure - 0.1 * (1.0 - similarity), 3),
            verdict.safety,
            {
                "kept": {"start": start, "end": end, "text": shorten(layout.text[start:end])},
                "why": verdict.why,
                "similarity": round(similarity, 3),
                "words": words,
            },
        )


def _by_length(words: int, least: tuple[int, int]) -> Safety | None:
    if words >= least[1]:
        return Safety.SAFE
    return Safety.UNSAFE if words >= least[0] else None


def _lossless(match: Match, safety: Safety, *, later: bool) -> Safety:
    """The safety, lowered when the copy to be removed has words where the other has none."""
    for gap in match.gaps:
        mine, theirs = (gap.q1 - gap.q0, gap.p1 - gap.p0) if later else (gap.p1 - gap.p0, gap.q1 - gap.q0)
        if gap.kind == "content" and mine > theirs:
            return min(safety, Safety.UNSAFE)
    return safety
