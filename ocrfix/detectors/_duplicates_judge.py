"""Decides on pairs of copies: whether one is to go, which, and how sure that is."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ocrfix.detectors._duplicates_bounds import STRAY, UNIT, Places, grown, trimmed, turned, without_overlap
from ocrfix.detectors._duplicates_evidence import load_repeats, removals, told_again
from ocrfix.detectors._duplicates_gaps import garbled
from ocrfix.detectors._duplicates_glued import Glue
from ocrfix.detectors._duplicates_loops import shorten, word_loop
from ocrfix.detectors._duplicates_readings import (
    GARBLED_COST,
    ROUNDS,
    garbled_words,
    lossy,
    one_sided,
    other_text,
    reworded,
    same_words,
    surely_misread,
)
from ocrfix.detectors._duplicates_rules import EXACT_BLOCK, NEAR_BLOCK, REPEATED_SPAN
from ocrfix.detectors._duplicates_seams import Seams
from ocrfix.model import Edit, Finding, Rule, Safety, Span

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_align import Match
    from ocrfix.detectors._duplicates_evidence import Removal
    from ocrfix.detectors._duplicates_layout import Layout
    from ocrfix.detectors.base import Context

__all__ = ["NEARBY", "Judge"]

NEARBY: Final = 1500
"""Most words between two passages of which one may go by default."""
_NEAR_BLOCKS: Final = 3000
"""Most words between two blocks of which one may go by default: in a report of 2,900 paragraphs, which
repeats 40 of them rightly in its summary, the nearest two stood 3,800 words apart."""
_FAR: Final = 6000
"""Most words between two copies that are shown."""
_MARGIN: Final = 40
"""Words, more than the bounds of a pair may move."""
_PHRASE: Final = 8
"""Words from which on something said twice is a doubled passage and no loop."""
_BETWEEN_ROUNDS: Final = 2
_LONGEST_ROUND: Final = 60
"""Most words between two copies that may be rounds of a misread loop, and most in such a round."""
_ADJACENT: Final = (5, 12)
_OVERLAP: Final = (12, 20)
_SPAN: Final = (80, 200)
"""Words from which on a copy is removed with ``unsafe``, and by default."""
_PARTS: Final = (40, 60)
_PARTS_SHARE: Final = 0.6
"""Words that two blocks must share in several passages, and their least share of the smaller block."""
_GLUED_WORDS: Final = 12
"""Fewest words of a copy that was glued in."""
_GLUED: Final = (0.4, 0.9)
_GLUED_UNMEANT: Final = (0.35, 0.5)
"""Probability of having been glued in from which on a copy goes: with ``unsafe``, and by default; the second
pair where no writer repeats himself so. Measured on 7,000 damaged articles and 33 million characters of right
text that took no part in the learning: such repairs by default are right in 96 and in 98 of 100 cases, and
change the right text in 2 and 10 places."""
_TOGETHER: Final = -1.0
"""Nats from which on words belong together."""
_EXACT: Final = ((5, 8), (5, 12)), ((8, 12), (15, 20))
_NEAR: Final = ((8, 12), (10, 15))
"""Words from which on one of two blocks may go: with ``unsafe``, and by default; first where the blocks
stand side by side, then apart; exact ones first where both end with the same stop. In 19 MB of news,
Wikipedia and laws, 12 words and a stop came twice as whole paragraphs only where a caption was doubled,
and in an address."""
_PARAGRAPH: Final = 40
"""Words from which on a block among numbered ones, in a text that is no law, is no formula."""
_SAME_SIGN: Final = 25
"""Words below which blocks that end with other signs are a heading and a sentence."""
_ROUND_AND_ROUND: Final = 6
"""Copies one right after the other from which on they are a loop, though other words are misread in each."""
_FRAGMENT: Final = (12, 25)
"""Words of a block that stands inside another and begins, or ends, in the middle of a sentence."""
_COVERS: Final = 0.6
"""Share of the whole block that a fragment of it must have when it breaks off at neither end."""
_GARBLED: Final = 2
"""Words of a fragment, or the same words of the whole, that are no syllables in one of the two."""
_NEVER: Final = (1 << 60, 1 << 60)
_STOPS: Final = frozenset('.!?…”"')
_ASKING: Final = frozenset("?!")
_READ: Final = 64
"""Copies of one paragraph of which the best is sought."""
_BETTER_READ: Final = 2.0
"""Nats over the whole copy by which a later one must read better to be kept instead."""


class _Verdict(NamedTuple):
    """What became of a pair: the rule, how freely its fix may be applied, why this copy is kept."""

    rule: Rule
    safety: Safety
    why: str


class Judge:
    """Decides on each pair of copies: whether one is to go, which, and how sure that is."""

    def __init__(
        self, layout: Layout, context: Context, seen: Callable[[Iterable[Removal]], None] | None = None
    ) -> None:
        """Parameters: ``seen``, is told of the copies that may have been glued in, to learn from them."""
        self._layout = layout
        self._context = context
        self._seen = seen
        self._seams = Seams(layout, context)
        self._glue = Glue(layout, context)
        self._gone: list[tuple[int, int, int]] = []
        """Removed later copies: first word, word after the last, first word of the copy kept for it."""
        self._best: dict[int, int] = {}
        """First word of the copy that reads best, by the first word of the first of three copies or more."""
        self._looped = 0
        """The word after the last loop: what it holds is settled."""
        self._parts: dict[tuple[int, int], list[tuple[Match, Finding | None]]] = {}
        """Whole sentences that two blocks share, by the blocks' first words, and what else may be done."""

    def compare(self, matches: Sequence[Match]) -> None:
        """Choose among several later copies of one paragraph the one that may take the place of the first."""
        copies: dict[int, list[Match]] = {}
        for match in matches:
            copies.setdefault(match.p0, []).append(match)
        for first, some in copies.items():
            if len(some) > 1:
                whole = [m for m in some[:_READ] if not lossy(m, later=False)]
                fit = [m for m in whole if not other_text(self._layout, m) and not reworded(self._layout, m)]
                self._best[first] = max(fit, key=self._lead).q0 if fit else -1

    def finding(self, match: Match) -> Finding | None:
        """The finding for one pair, if it is one."""
        if match.q0 < self._looped:
            return None
        if match.whole:
            return self._pair(match)
        if match.p1 <= match.q0:
            if match.q0 - match.p1 > _BETWEEN_ROUNDS or match.period > _LONGEST_ROUND:
                return self._pair(match)
            found, stop = word_loop(self._layout, match)
            if found is None:
                return self._pair(match)
        else:
            match = turned(self._layout, match)
            found, stop = word_loop(self._layout, match)
            if match.period >= _PHRASE and (found is None or found.safety is not Safety.SAFE):
                pair = self._pair(without_overlap(match))
                if pair is not None and (found is None or pair.safety > found.safety):
                    return pair
        self._looped = max(self._looped, stop)
        return found

    def _pair(self, match: Match) -> Finding | None:
        layout, words = self._layout, match.q1 - match.q0
        if words < _EXACT[1][0][0] - 2 and match.q0 - match.p1 > 2 * STRAY:
            return None
        if match.apart > _FAR + _MARGIN or (
            match.apart > _MARGIN and layout.numbered(match.q0, match.q1) and self._legal(match)
        ):
            return None
        whole = grown(layout, match)
        pair = trimmed(layout, whole, self._stray)
        words, apart = pair.q1 - pair.q0, pair.apart
        places = Places.of(layout, pair)
        least = _ADJACENT[0] if not apart else _EXACT[1][0][0] if all(places.whole) else _FRAGMENT[0]
        if (words < least and match.q1 - match.q0 < _GLUED_WORDS) or apart > _FAR or other_text(layout, pair):
            return None
        if not apart:
            return self._adjacent(pair, places) if words >= least else None
        if layout.set_in_lines(pair.q0, pair.q1) or self._formula(pair, places):
            return None
        if words < least:
            return self._span(pair, places, match, whole)
        if all(places.whole):
            return self._blocks(pair)
        found = self._fragment(pair, places) if any(places.whole) else None
        return found or self._span(pair, places, match, whole)

    def _formula(self, match: Match, places: Places) -> bool:
        """Whether the words stand among numbered clauses, which rightly recur, and are no long paragraph."""
        layout = self._layout
        if not layout.numbered(match.q0, match.q1):
            return False
        paragraph = all(places.whole) and match.q1 - match.q0 >= _PARAGRAPH
        return not paragraph or self._legal(match)

    def _legal(self, match: Match) -> bool:
        return self._layout.legal(match.q0, match.q1) or self._layout.legal(match.p0, match.p1)

    def _adjacent(self, match: Match, places: Places) -> Finding | None:
        """Copies with nothing between them."""
        words = match.q1 - match.q0
        if places.q[0] != "block" and self._layout.set_in_lines(match.p0, match.q1):
            return None
        numbered = self._layout.numbered(match.p0, match.q1)
        if all(places.whole):
            found = self._blocks(match)
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

    def _blocks(self, match: Match) -> Finding | None:
        """Two copies that are whole blocks."""
        layout = self._layout
        words, apart = match.q1 - match.q0, match.apart
        one, other = layout.words(match.p0, match.p1), layout.words(match.q0, match.q1)
        exact = one.split() == other.split()
        safety = _by_length(words, self._exact_least(match) if exact else _NEAR[apart > 0])
        if safety is None:
            return None
        if apart > _NEAR_BLOCKS:
            safety = Safety.UNSAFE
        if told_again(layout, match):
            safety = Safety.UNSAFE
        if exact:
            return self._remove(match, EXACT_BLOCK, safety, later=True, why="the first; both read the same")
        if match.rounds >= _ROUND_AND_ROUND and all(gap.kind == "reading" for gap in match.gaps):
            return self._better(match, safety)
        if words < _SAME_SIGN and not surely_misread(layout, match):
            safety = Safety.UNSAFE
        if words < _PARAGRAPH and same_words(one, other):
            safety = Safety.UNSAFE
        if match.rounds < ROUNDS[1] and match.whole and reworded(layout, match):
            safety = Safety.UNSAFE
        if match.whole and words < _PARTS[1] and any(map(one_sided, match.gaps)):
            safety = safety if garbled_words(layout, match) >= _GARBLED else Safety.UNSAFE
        return self._better(match, safety)

    def _exact_least(self, match: Match) -> tuple[int, int]:
        signs = {self._layout.sign(match.p1), self._layout.sign(match.q1)}
        if len(signs) > 1 and (match.q1 - match.q0 < _SAME_SIGN or signs & _ASKING):
            return _NEVER
        return _EXACT[match.apart > 0][not signs <= _STOPS]

    def _better(self, match: Match, safety: Safety) -> Finding:
        """Of two readings of whole blocks the worse goes; with ``unsafe`` even if it says more."""
        best = self._best.get(match.p0, match.q0)
        if best != match.q0:
            why = "the first, or another copy that reads better"
            return self._remove(match, NEAR_BLOCK, _lossless(match, safety, later=True), later=True, why=why)
        fuller = self._fuller(match)
        if fuller is not None:
            if not fuller:
                why = "the first; it has more words"
                return self._remove(match, NEAR_BLOCK, safety, later=True, why=why)
            if match.q0 == match.p1:
                return self._remove(match, NEAR_BLOCK, safety, later=False, why="it has more words")
            return self._move(match, safety, "has more words")
        lead = self._lead(match)
        if lead < _BETTER_READ or self._kept_for(match.p0) is not None:
            why = "the first; neither reads better" if abs(lead) < _BETTER_READ else "better read"
            return self._remove(match, NEAR_BLOCK, _lossless(match, safety, later=True), later=True, why=why)
        safety = _lossless(match, safety, later=False)
        if match.q0 == match.p1:
            return self._remove(match, NEAR_BLOCK, safety, later=False, why="better read")
        return self._move(match, safety)

    def _fuller(self, match: Match) -> bool | None:
        """Whether the later copy, or the earlier one (False), has lines that the other lost and lost none."""
        if not match.whole or not any(map(one_sided, match.gaps)) or self._kept_for(match.p0) is not None:
            return None
        more = lossy(match, later=True), lossy(match, later=False)
        return more[0] if more[0] != more[1] else None

    def _fragment(self, match: Match, places: Places) -> Finding | None:
        """A whole block that stands inside another one too, and there in the middle of a sentence.

        Captions, ledes and sayings set apart are taken from the text letter for letter; what a reader saw
        twice begins or ends where a line or column does, or has words misread.
        """
        layout, later = self._layout, places.whole[1]
        words = match.q1 - match.q0
        start, end = (match.q0, match.q1) if later else (match.p0, match.p1)
        inside = (match.p0, match.p1) if later else (match.q0, match.q1)
        around = places.p if later else places.q
        block = layout.block(inside[0])
        share = (inside[1] - inside[0]) / max(1, block[1] - block[0])
        begins = not around[0] and layout.words(start, start + 1).islower()
        ends = not around[1] and not layout.closed(end)
        if not (begins or ends or share >= _COVERS) or lossy(match, later=later):
            return None
        if words < _FRAGMENT[0 if begins else 1] or match.q0 - match.p1 > NEARBY:
            return None
        safety = Safety.SAFE if garbled_words(layout, match) >= _GARBLED else Safety.UNSAFE
        if safety is Safety.UNSAFE and not (begins or ends):
            return None
        why = "the whole; the other is a part of it"
        return self._remove(match, NEAR_BLOCK, safety, later=later, why=why)

    def _lead(self, match: Match) -> float:
        """By how many nats, over the whole passage, the later copy reads better.

        The model knows no word that is not Vietnamese, and so cannot tell a name from a misread word.
        """
        one = self._layout.words(match.p0, match.p1)
        other = self._layout.words(match.q0, match.q1)
        size = min(len(one.split()), len(other.split()))
        lead = (self._context.quality(other) - self._context.quality(one)) * size
        return lead + GARBLED_COST * (garbled(one) - garbled(other))

    def _span(self, match: Match, places: Places, raw: Match, most: Match) -> Finding | None:
        """Copies of which one at least stands inside other text.

        Parameters: ``raw``, the match as it was found, and ``most``, with misread words at its ends.
        """
        layout, words = self._layout, match.q1 - match.q0
        if match.q0 - match.p1 > NEARBY or layout.legal(match.p0, match.p1):
            return None
        found = self._glued(raw, most) if raw.q1 - raw.q0 >= _GLUED_WORDS and raw.p1 < raw.q0 else None
        by_length = _by_length(words, _SPAN)
        if by_length is not Safety.SAFE and all(places.p) and all(places.q):
            blocks = (layout.block(match.p0)[0], layout.block(match.q0)[0])
            self._parts.setdefault(blocks, []).append((match, found))
            return None
        if found is not None:
            return found
        if by_length is None:
            return None
        worse_by = self._seams.worse_by(match.p0, match.q0) + self._seams.worse_by(match.p1, match.q1)
        later = worse_by >= 0
        why = "fits its place better" if abs(worse_by) >= 1.0 else "the first; both fit their places alike"
        return self._remove(
            match, REPEATED_SPAN, _lossless(match, by_length, later=later), later=later, why=why
        )

    def _glued(self, match: Match, most: Match) -> Finding | None:
        """The finding for a copy that was glued in, if one of the two was."""
        layout = self._layout
        both = list(removals(layout, self._context, match, most))
        if self._seen is not None:
            self._seen(both)
            return None
        chances = load_repeats()(np.array([removal.row for removal in both]))
        best, chance = both[int(chances.argmax())], float(chances.max())
        likely, sure = _GLUED_UNMEANT if best.unmeant else _GLUED
        if chance < likely or best.cut.q1 - best.cut.q0 < _GLUED_WORDS:
            return None
        safety = Safety.SAFE if chance >= sure else Safety.UNSAFE
        why = f"the other was glued in, with a probability of {chance:.2f}"
        safety = _lossless(best.cut, safety, later=best.later)
        return self._remove(best.cut, REPEATED_SPAN, safety, later=best.later, why=why)

    def parts(self) -> Iterator[Finding]:
        """Findings for blocks that share most of their sentences: the shared ones go, what is new stays."""
        for (p, q), matches in self._parts.items():
            shared = sum(match.q1 - match.q0 for match, _ in matches)
            sizes = [end - start for start, end in (self._layout.block(p), self._layout.block(q))]
            together = p != q and len(matches) > 1 and shared >= _PARTS_SHARE * min(sizes)
            for match, found in matches:
                safety = _by_length(shared, _PARTS) if together else _by_length(match.q1 - match.q0, _SPAN)
                if safety is not Safety.SAFE and found is not None:
                    yield found
                elif safety is not None:
                    why = "the first; the later block holds it among other sentences"
                    safety = _lossless(match, safety, later=True)
                    yield self._remove(match, REPEATED_SPAN, safety, later=True, why=why)

    def _stray(self, word: int, match: Match) -> bool:
        """Whether the words on both sides of an end of the match belong together, in both copies."""
        other = match.p0 if word == match.q0 else match.p1
        return all(self._glue.seam(at, at) > _TOGETHER for at in (word, other))

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

    def _move(self, match: Match, safety: Safety, why: str = "better read") -> Finding:
        """The better reading goes to the place of the first copy."""
        layout = self._layout
        away = layout.deletion(match, later=True)
        source = Span(layout.start(match.q0), layout.end(match.q1))
        here = Span(layout.start(match.p0), layout.end(match.p1))
        text = layout.text[source.slice]
        edits = (Edit(here, text, source), away)
        insort(self._gone, (match.q0, match.q1, match.p0))
        why += "; it takes the place of the first"
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
    if match.rounds >= ROUNDS[1] and not any(map(one_sided, match.gaps)):
        return safety
    return min(safety, Safety.UNSAFE) if lossy(match, later=later) else safety
