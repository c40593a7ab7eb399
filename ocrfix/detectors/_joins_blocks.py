"""Sentences broken over blocks: the other half stands right after, or further down."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._joins_assignment import assign, losses
from ocrfix.detectors._joins_features import class_of, continued, ends_article
from ocrfix.detectors._joins_pairs import pairs_of
from ocrfix.detectors._joins_rules import BROKEN_BLOCK, DISPLACED_CONTINUATION
from ocrfix.detectors._joins_units import LONG, STAIN, units_of
from ocrfix.detectors._joins_weights import load_weights
from ocrfix.layout import Kind
from ocrfix.model import Edit, Finding, Safety, Span
from ocrfix.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from ocrfix.detectors._joins_features import Pair
    from ocrfix.detectors._joins_lines import Line
    from ocrfix.detectors._joins_units import Unit
    from ocrfix.detectors.base import Context
    from ocrfix.document import Document

__all__ = ["block_findings", "choose"]

LEAST_SCORE: Final = -3.0
"""The score, in log-odds, from which a pair takes part in the choice at all."""
LEAST_SEAM: Final = -3.5
LEAST_TOTAL: Final = 0.0
"""The seam, behind what may be a heading or an entry, and the whole fit, in nats, that a safe pair has at
least, however alone its halves stand. Of 10,000 sentences cut at random 97 % reach both."""
LEAST_LOSS: Final = 1.5
"""What it must cost, in nats, to match otherwise the halves of a safe pair."""
QUOTED_SEAM: Final = 3.0
"""The same before a capital or a figure where quotation marks or brackets agree over the seam."""
LEAST_CAPITAL: Final = 3.0
LEAST_CAPITAL_WEAK: Final = 4.0
"""The score, in nats, of a safe pair whose rest begins with a capital, as nearly all paragraphs do, behind
what is surely a first half and what may be none: right texts have many more of them than what was learned
from."""
BRACKET_OPEN: Final = 3.0
"""How unlikely a full stop must be after the first half of a safe pair, in nats, when the rest begins with a
bracket: a remark in brackets goes with anything."""
STRANGE_SEAM: Final = 4.0
STRANGE_SCORE: Final = 3.0
"""The seam, or the score behind what is surely a first half, where a rest begins with a word in small letters
that is no syllable: often a brand (vivo)."""
UNIT_LENGTH: Final = 2
"""The length of a unit (g, kg, km), which goes on from its figure."""
FAR_AWAY: Final = 14
OVER_MANY: Final = 2.0
"""The blocks from which on a rest is far away, and how much surer a pair must be then: in long right texts
with entries without stops some half fits by chance."""
CLEARLY: Final = 4.7
"""By how much a rest further down must be likelier than what goes on right below, in nats."""
ENCLOSED: Final = 1.5
"""How much surer two pairs must be of which one stands inside the other: over columns halves cross."""
OVER_BYLINE: Final = 1.0
"""How much surer a pair must be when a byline or a date line, the end of an article, stands in between."""
MANY_RESTS: Final = 2
OVER_RESTS: Final = 2.0
"""How many blocks in between begin in mid-sentence when a page fell to pieces, and what a pair needs then:
there the pieces stand in their order."""
AFTER_ENTRY: Final = 3.0
"""The same when the first half is an entry of a list."""
AFTER_FIRST: Final = 1.0
AFTER_HEADLINE: Final = 6.0
"""The same when the first half looks like a heading and is the first block of the document; and when a whole
paragraph stands below it, so that it is the headline."""
AFTER_HEADING: Final = 1.0
AFTER_HEADING_CAPITAL: Final = 12.0
"""The same when a whole paragraph stands below what looks like a heading further down, and when the rest
begins with a capital or a figure, as any paragraph does."""


_LAST_BUT_ONE: Final = re.compile(r"[;,] (?:và|hoặc|hay)$")
"""How the last but one of the entries of a list ends."""


def block_findings(
    lines: list[Line], groups: list[Span], anew: AbstractSet[int], document: Document, context: Context
) -> Iterator[Finding]:
    """Broken blocks and displaced continuations.

    Parameters: ``lines`` and ``groups`` as from `_joins_lines`, of ``document``; ``anew``, the numbers of the
    groups that have lost their first letter; ``context``, whose
    language model is asked when the document has a paragraph without an end.
    """
    ends = [lines[group.end - 1] for group in groups[:-1]]
    if all(end.closed and not (end.text[-1] == ";" or end.text.endswith(STAIN)) for end in ends):
        return
    units = units_of(lines, groups, document.text)
    chosen = choose(units, pairs_of(units, anew, context.language))
    enclosed = {pair for a, b in pairwise(chosen) if b.right < a.right for pair in (a, b)}
    judged = [
        (pair, safety)
        for pair in chosen
        if (safety := _safety(units, pair, ENCLOSED if pair in enclosed else 0.0)) is not None
    ]
    next_of = {pair.left: pair.right for pair, _ in judged if pair.right == pair.left + 1}
    # Units that are joined to the next one now. One that has to move as well moves whole, in the next pass.
    growing = {
        pair.left
        for pair, safety in judged
        if pair.left in next_of and context.config.applies(safety, _confidence(pair, safety))
    }
    for pair, safety in judged:
        if pair.right == pair.left + 1:
            yield _adjacent(units, pair, safety, next_of)
        elif pair.right not in growing:
            yield _displaced(units, pair, safety, document.text)


def choose(units: list[Unit], pairs: list[Pair]) -> list[Pair]:
    """The pairs that are taken, one to one, with what their choice would cost to change (`Pair.loss`).

    What stands right below an unfinished unit and begins in mid-sentence is its rest or that of another: no
    pair is taken over it that leaves it alone, unless its seam speaks clearly against it.
    """
    known = {(pair.left, pair.right): pair for pair in pairs}
    while True:
        chosen = _taken(units, known)
        rests = {pair.right for pair in chosen}
        over = [
            (p.left, p.right)
            for p in chosen
            if (below := known.get((p.left, p.left + 1))) is not None
            and below is not p
            and below.right not in rests
            and below.score > p.score - CLEARLY
            and continued(units, p.left)
        ]
        if not over:
            lost = losses(_values(units, known), [(pair.left, pair.right) for pair in chosen])
            return [replace(pair, loss=lost[pair.left, pair.right]) for pair in chosen]
        for place in over:
            del known[place]


def _values(units: list[Unit], known: Mapping[tuple[int, int], Pair]) -> dict[tuple[int, int], float]:
    """What each pair adds to the sum that is the greatest."""
    return {
        place: pair.score - (LEAST_SCORE if units[pair.right].case == "lower" else 0.0)
        for place, pair in known.items()
    }


def _taken(units: list[Unit], known: dict[tuple[int, int], Pair]) -> list[Pair]:
    """The pairs with the greatest sum of scores.

    What begins in mid-sentence must belong to something: there the doubtful pairs take part from the first.
    """
    values = _values(units, known)
    likely = assign(values)
    lefts, rights = {left for left, _ in likely}, {right for _, right in likely}
    others = {
        place: pair.score - LEAST_SCORE
        for place, pair in known.items()
        if pair.left not in lefts and pair.right not in rights
    }
    return [known[place] for place in sorted(likely | assign(others))]


def _safety(units: list[Unit], pair: Pair, least: float = 0.0) -> Safety | None:
    """How sure a chosen pair is, if it must be surer than others by ``least``; None: not worth showing."""
    left, right = units[pair.left], units[pair.right]
    seam, total = pair.fit.seam, pair.fit.total
    if right.head.gap == 1:
        if seam >= 4 and total >= 10:
            return Safety.SAFE
        return Safety.UNSAFE if total >= 7 and seam >= 1.5 else None
    near = pair.right == pair.left + 1
    # A quotation of several paragraphs has its marks in the first and the last one.
    paragraphs = near and pair.quotes and right.case != "lower" and seam < QUOTED_SEAM
    if near and pair.quotes and total >= 2 and not paragraphs:
        return Safety.SAFE
    safe, unsafe = load_weights().threshold(class_of(units, pair), strong=pair.strong)
    if right.case == "upper" or (near and right.case != "lower" and not pair.strong):
        safe = max(safe, LEAST_CAPITAL if pair.strong else LEAST_CAPITAL_WEAK)
    more = max(least, _more(units, pair))
    safe, unsafe = safe + more, unsafe + more / 2
    if (
        pair.score >= safe
        and not paragraphs
        and pair.loss >= LEAST_LOSS
        and (pair.strong or seam >= LEAST_SEAM)
        and total >= LEAST_TOTAL
        and not _doubtful(left, right, pair)
    ):
        return Safety.SAFE
    return Safety.UNSAFE if pair.score >= unsafe else None


def _more(units: list[Unit], pair: Pair) -> float:
    """How much surer a pair must be for where its halves stand, in nats."""
    if pair.right == pair.left + 1:
        return 0.0
    more = 0.0
    if any(ends_article(units, number) for number in range(pair.left + 2, pair.right)):
        more = OVER_BYLINE
    if sum(continued(units, number) for number in range(pair.left, pair.right - 1)) >= MANY_RESTS:
        more = max(more, OVER_RESTS)
    if pair.right - pair.left > FAR_AWAY:
        more = max(more, OVER_MANY)
    kind = units[pair.left].kind_of()
    if kind is Kind.LIST_ITEM and not pair.strong:
        more = max(more, AFTER_ENTRY)
    if kind is Kind.HEADING:
        below = units[pair.left + 1]
        headline = below.closed and len(below.text) >= LONG
        if not pair.left:
            more = max(more, AFTER_HEADLINE if headline else AFTER_FIRST)
        elif headline and below.case != "lower" and not pair.strong:
            small = units[pair.right].case == "lower"
            more = max(more, AFTER_HEADING if small else AFTER_HEADING_CAPITAL)
    return more


def _doubtful(left: Unit, right: Unit, pair: Pair) -> bool:
    """Whether the second half is rather an entry, a paragraph that begins with a brand or with last words."""
    if right.text[-1] == ";" and len(right.text) < 2 * LONG:
        return True
    if right.text[0] == "(" and pair.fit.open < BRACKET_OPEN:
        return True
    if left.case == "lower" and _LAST_BUT_ONE.search(left.text[-12:]):
        return True
    if len(right.text) < LONG // 2 and (not right.closed or right.text[0] == "("):
        return True
    sure = pair.strong and pair.score >= STRANGE_SCORE
    if right.case == "lower" and pair.fit.seam < STRANGE_SEAM and not sure:
        word = right.text[:40].split(maxsplit=1)[0].strip("\"“'‘(.,;:!?)”’")
        return len(word) > UNIT_LENGTH and not is_syllable(word)
    if right.case != "upper":
        return False
    last, first = left.text[-60:].split()[-4:], right.text[:60].split()[:3]
    return any(word[0].isupper() and len(word) > 1 and word in last for word in first)


def _confidence(pair: Pair, safety: Safety) -> float:
    if safety is Safety.SAFE:
        return round(min(0.99, max(0.95, pair.probability)), 2)
    return round(min(0.9, max(0.7, pair.probability)), 2)


def _evidence(pair: Pair) -> dict[str, float | bool]:
    return {
        "seam": round(pair.fit.seam, 2),
        "open": round(pair.fit.open, 2),
        "score": round(pair.score, 2),
        "margin": round(pair.margin, 2),
        "quotes_agree": pair.quotes,
    }


def _adjacent(units: list[Unit], pair: Pair, safety: Safety, next_of: dict[int, int]) -> Finding:
    left, right = units[pair.left], units[pair.right]
    edits = [Edit(Span(left.end, right.start), " ")]
    if right.head.pages:
        last = pair.right
        while last in next_of:
            last = next_of[last]
        # The page break moves behind the sentence, so that pages keep their number.
        end = units[last].end
        edits.append(Edit(Span(end, end), "\n" + "\f" * right.head.pages))
    return Finding(
        BROKEN_BLOCK,
        Span(left.start, right.end),
        f"a sentence broken over two blocks: “…{_clip_end(left.text)}” and “{_clip(right.text)}…”",
        tuple(edits),
        _confidence(pair, safety),
        safety,
        _evidence(pair),
    )


def _displaced(units: list[Unit], pair: Pair, safety: Safety, text: str) -> Finding:
    left, right = units[pair.left], units[pair.right]
    edits = _move(units, pair, text)
    between = pair.right - pair.left - 1
    return Finding(
        DISPLACED_CONTINUATION,
        Span(right.start, right.end),
        f"the rest of the sentence “…{_clip_end(left.text)}”, {between} blocks above",
        edits,
        _confidence(pair, safety),
        safety if edits else Safety.DISPLAY,
        _evidence(pair) | {"blocks_between": between},
    )


def _move(units: list[Unit], pair: Pair, text: str) -> tuple[Edit, ...]:
    """Edits that move the right unit up behind the left one; none where there is no room for them."""
    left, right = units[pair.left], units[pair.right]
    end, after = left.end, units[pair.left + 1].start
    if after - end < 2:
        return ()
    # Of the white space after the left half, the first character becomes the space between the halves, and
    # the second takes its place too: two insertions at one place would get in each other's way.
    moved = (
        Edit(Span(end, end + 1), " "),
        Edit(Span(end + 1, end + 1), right.text, source=Span(right.start, right.end)),
        Edit(Span(end + 1, end + 2), text[end : end + 2]),
    )
    above = units[pair.right - 1].end
    below = units[pair.right + 1].start if pair.right + 1 < len(units) else None
    gap_above = text[above : right.start]
    gap_below = text[right.end : below] if below is not None else ""
    keep_above = below is not None and (
        gap_above.count("\f") > 0 or gap_above.count("\n") > gap_below.count("\n")
    )
    if keep_above and "\f" in gap_below:
        taken = Span(right.start, right.end)
    elif keep_above:
        taken = Span(right.start, right.end + len(gap_below))
    else:
        taken = Span(above, right.end)
    return (*moved, Edit(taken, ""))


def _clip(text: str) -> str:
    return " ".join(text[:60].split()[:6])


def _clip_end(text: str) -> str:
    return " ".join(text[-60:].split()[-6:])
