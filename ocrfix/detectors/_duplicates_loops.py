"""Recognition loops: the same words, lines or signs many times over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from ocrfix.detectors._duplicates_rules import LOOP
from ocrfix.detectors._duplicates_tokens import fold
from ocrfix.model import Edit, Finding, Safety, Span

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_layout import Layout
    from ocrfix.detectors._duplicates_match import Match

__all__ = ["shorten", "sign_loops", "word_loop"]

_GRAMMAR: Final = frozenset(
    """
    của các và là những được trong với cho có đã để từ tại về này đó theo khi thì mà nhưng cũng như do bởi bị
    vào ra trên dưới đến hoặc nên vì nếu tuy còn sẽ đang một
    """.split()  # noqa: SIM905
)
"""Words of grammar, which no song or chant is made of."""
_SUNG: Final = frozenset(
    """
    a á à ạ ah ha hả hà hê hi hí hì ho hò hô hơ hu hú hừ hử ô ôi ồ ơ ờ ơi ới ừ la lá là na nà nô oa
    oe ò é ê ối ái đùng tùng cắc keng bum bùm ầm rầm đoàng tí tách tích tắc reng coong cạch lộp độp
    bíp tút chíp meo gâu một hai ba bốn năm sáu bảy tám chín mười dô zô lạy vâng dạ không
    """.split()  # noqa: SIM905
)
"""Sounds, calls, numbers: words that speech and song do repeat."""
_SIGNS: Final = re.compile(r"([^\w\s])(?:\1|[ \t](?=\1)){9,}+")
_LETTER: Final = re.compile(r"([^\W\d_])\1{31,}+")
_GROUP: Final = re.compile(r"([^\W\d_]{2,12}?)\1{7,}+")
_LONG_WORD: Final = 16
_LONG_ROW: Final = 400
"""Signs in one line, more than any page is wide."""
_STRANGE: Final = 30
"""Words of a loop of which one may be past knowing again."""
_SIGNS_KEPT: Final = 3


def word_loop(layout: Layout, match: Match) -> Finding | None:
    """The finding for a passage that overlaps its own earlier copy, or None when it may stand.

    Parameters: ``match``, whose two copies overlap or touch: words ``[p0, q1)`` go round with its period.
    """
    period, total = match.period, match.q1 - match.p0
    strange = sum(max(gap.p1 - gap.p0, gap.q1 - gap.q0) for gap in match.gaps if gap.kind == "content")
    if strange * _STRANGE > total or any(gap.kind == "number" for gap in match.gaps):
        return None
    drifts = any(gap.p1 - gap.p0 != gap.q1 - gap.q0 for gap in match.gaps)
    if drifts and layout.edge(match.q1) not in ("block", "line"):
        return None
    rounds = total // period
    unit = layout.words(match.p0, match.p0 + period)
    words = [w.casefold() for w in re.findall(r"\w+", unit)]
    if not any(len(w) > 1 and w.isalpha() for w in words) or "|" in unit or "\t" in unit:
        return None
    lines = layout.edge(match.q0) in ("block", "line")
    safety = _loop_safety(layout, match, words, rounds, lines)
    if safety is None:
        return None
    first, last = match.p0 + period, match.q1
    if layout.edge(match.q1) not in ("block", "line"):
        last -= total % period
    # What follows the last round follows the first then.
    edit = Edit(Span(layout.end(first), layout.end(last)), "")
    kept = Span(layout.start(match.p0), layout.end(match.p0 + period))
    return Finding(
        LOOP,
        edit.span,
        f'"{shorten(unit)}" {rounds} times over',
        (edit,),
        0.98 if safety is Safety.SAFE else 0.8,
        safety,
        {
            "kept": {"start": kept.start, "end": kept.end, "text": shorten(unit)},
            "why": "the first round of the loop",
            "similarity": 1.0,
            "rounds": rounds,
        },
    )


def _loop_safety(layout: Layout, match: Match, words: list[str], rounds: int, lines: bool) -> Safety | None:
    if all(w in _SUNG or w.isdigit() for w in words):
        return None
    if lines:
        if len(words) < 3:
            return None
        if len(words) >= 12:
            least, most = (3, 5) if layout.set_in_lines(match.p0, match.q0) else (2, 2)
        else:
            least, most = (5, 8) if len(words) < 8 else (3, 6)
    elif any(w in _GRAMMAR for w in words) and not _parted(layout, match):
        least, most = {1: (5, 8), 2: (4, 5), 3: (3, 5)}.get(len(words), (3, 4))
    elif len(words) >= 8:
        least, most = 2, 4
        if len(words) >= 12:
            most = 2
    else:
        least, most = {1: (10, 20), 2: (6, 12)}.get(len(words), (5, 10))
    if rounds >= most:
        return Safety.SAFE
    return Safety.UNSAFE if rounds >= least else None


def _parted(layout: Layout, match: Match) -> bool:
    """Whether punctuation parts the rounds, as it does in chants and enumerations."""
    return bool(layout.between(match.q0).strip())


def sign_loops(layout: Layout) -> Iterator[Finding]:
    """Findings for letters 32 times over, glued groups of letters 8 times over, endless rows of a sign."""
    text, tokens = layout.text, layout.tokens
    for found in _SIGNS.finditer(text):
        if found.end() - found.start() >= _LONG_ROW:
            yield _sign_finding(found.span(), found.group(1) * _SIGNS_KEPT, Safety.SAFE)
    for n in np.flatnonzero(tokens.end - tokens.start >= _LONG_WORD).tolist():
        start, end = int(tokens.start[n]), int(tokens.end[n])
        for found in _LETTER.finditer(text, start, end):
            drawn = found.group(1) in "xX" and found.span() == (start, end)
            if not drawn:
                size = found.end() - found.start()
                safety = Safety.SAFE if size >= 4 * _LONG_WORD else Safety.UNSAFE
                yield _sign_finding(found.span(), found.group(1), safety)
        for found in _GROUP.finditer(text, start, end):
            unit = found.group(1)
            if len(set(fold(unit))) > 1 and unit.casefold() not in _SUNG and not _laughter(unit):
                yield _sign_finding(found.span(), unit, Safety.SAFE)


def _laughter(unit: str) -> bool:
    return len(unit) == 2 and unit[0].casefold() in "hklnp"


def _sign_finding(where: tuple[int, int], unit: str, safety: Safety) -> Finding:
    start, end = where
    kept = start + len(unit)
    return Finding(
        LOOP,
        Span(start, end),
        f'"{shorten(unit)}" over and over, {end - start} characters long',
        (Edit(Span(kept, end), ""),),
        0.97 if safety is Safety.SAFE else 0.8,
        safety,
        {
            "kept": {"start": start, "end": kept, "text": unit},
            "why": "the first round of the loop",
            "similarity": 1.0,
        },
    )


def shorten(text: str, most: int = 80) -> str:
    r"""The text on one line, cut to ``most`` characters.

    >>> shorten("một  hai\nba bốn năm", 11)
    'một hai b …'
    """
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 2].rstrip() + " …"
