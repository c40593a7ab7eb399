"""Recognition loops: the same words, lines or signs many times over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from ocrfix.detectors._duplicates_counting import counted_loops
from ocrfix.detectors._duplicates_gaps import unreadable
from ocrfix.detectors._duplicates_layout import UNIT
from ocrfix.detectors._duplicates_match import GRAM, GRAM_LETTERS
from ocrfix.detectors._duplicates_rounds import Rounds, follow
from ocrfix.detectors._duplicates_rules import LOOP
from ocrfix.detectors._duplicates_tokens import fold
from ocrfix.model import Edit, Finding, Safety, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrfix.detectors._duplicates_align import Match
    from ocrfix.detectors._duplicates_layout import Layout

__all__ = ["counting_loops", "shorten", "sign_loops", "word_loop"]

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
_SAID: Final = _GRAMMAR | frozenset("hai ba bốn năm sáu bảy tám chín mười lạy vâng dạ không lá".split())  # noqa: SIM905
"""Those among them, and words of grammar, that are more than a sound."""
_SUNG_MOST: Final = (12, 16, 32)
"""Syllables from which on a row of them inside a sentence is neither: one such word, several, and sounds."""
_FIGURES: Final = (8, 16, 32)
"""Times that a number comes in a row inside a sentence, as no table has it: with ``unsafe``, by default, and
by default where it is a single digit or letter."""
_CROSSES: Final = frozenset("xo")
_PIECE: Final = re.compile(r"(?<!\S)(\S{1,12}?)(?:[,;]?[ \n]\1(?![^\s,;])){15,}+")
"""Letters, figures and abbreviations, too short for the search of words that come again."""
_EMPTY_ROWS: Final = (15, 40)
_ROWS: Final = re.compile(r"^([ \t]*\|(?:[ \t]*\|)+)[ \t]*(?:\n\1[ \t]*){14,}+$", re.MULTILINE)
"""Rows of a table without a word, one below the other: with ``unsafe``, by default. A form has fewer."""
_SIGNS: Final = re.compile(r"([^\w\s]|_)(?:\1|[ \t](?=\1)){9,}+")
_SIGNS_LEAST: Final = 10
"""Signs in a row."""
_LETTER: Final = re.compile(r"([^\W\d_])\1{31,}+")
_GROUP: Final = re.compile(r"([^\W\d_]{2,12}?)\1{7,}+")
_LONG_GROUP: Final = re.compile(r"([^\W\d_]{13,80}?)\1{3,}+")
"""Groups of letters that may be one syllable, eight times over, and several of them, four times."""
_LONG_WORD: Final = 16
_LONG_ROW: Final = 400
"""Signs in one line, more than any page is wide."""
_FEWEST: Final = 3
"""Rounds of a loop."""
_PHRASE: Final = 8
_LONG_LINE: Final = 12
_LEAST_IN_LINE: Final = 3
"""Words of a long phrase, of a long line, and of a line at all."""
_STOPS: Final = frozenset(".!?…")
_LIST_SIGNS: Final = frozenset(",;")
_SEVERAL: Final = 4
"""Words from which on nobody says one thing six times with commas between."""
_SIGNS_KEPT: Final = 3
_ROW_IN_PROSE: Final = 60
"""Signs in the middle of a sentence, more than the blank of a form that is set in running text."""
_PROSE_WORDS: Final = 20
_PROSE_LINE: Final = 15
_PROSE_SEEN: Final = 2000
"""Words of the paragraph around such a row, at least, and of the paragraphs around lines that go round;
characters on each side that are looked at."""
_OPENS: Final = re.compile(r" [“\"‘(]?[^\W\d_]")
_LEADERS: Final = re.compile(r"[.…_]{4,}+|(?:[.…][ \t]){3,}+")


def word_loop(layout: Layout, match: Match) -> tuple[Finding | None, int]:
    """The finding for a passage that comes again right after itself, and the word after the loop.

    None stands for a passage that may stay, or is no loop.
    Parameters: ``match``, whose two copies overlap or touch.
    """
    rounds = follow(layout, match)
    if rounds.number < _FEWEST:
        return None, 0
    unit = layout.words(*rounds.kept)
    words = [w.casefold() for w in re.findall(r"\w+", unit)]
    if "|" in unit or "\t" in unit:
        return None, rounds.stop
    if any(len(w) > 1 and w.isalpha() for w in words):
        safety = _loop_safety(layout, rounds, words)
    else:
        safety = _figures_safety(layout, rounds, words)
    if safety is None:
        return None, rounds.stop
    kept = Span(layout.start(rounds.kept[0]), layout.end(rounds.kept[1]))
    low, high = layout.start(rounds.first[0]), layout.end(rounds.stop)
    # What stands before the first round and after the last stands around the kept one then.
    edits = [Edit(Span(low, kept.start), ""), Edit(Span(kept.end, high), "")]
    edits = [e for e in edits if len(e.span)]
    finding = Finding(
        LOOP,
        Span(edits[0].span.start, edits[-1].span.end),
        f'"{shorten(unit)}" {rounds.number} times over',
        tuple(edits),
        0.98 if safety is Safety.SAFE else 0.8,
        safety,
        {
            "kept": {"start": kept.start, "end": kept.end, "text": shorten(unit)},
            "why": f"the {'first' if rounds.kept == rounds.first else 'usual'} round of the loop",
            "similarity": round(1.0 - rounds.misread / rounds.number, 3),
            "rounds": rounds.number,
        },
    )
    return finding, rounds.stop


def _loop_safety(layout: Layout, rounds: Rounds, words: list[str]) -> Safety | None:
    if all(w in _SUNG or w.isdigit() for w in words) and not _never_sung(layout, rounds, words):
        return None
    if 2 * rounds.other > rounds.number:
        return None
    following = rounds.first[1]
    parted = bool(layout.between(following).strip())
    size = len(words)
    if layout.edge(following) in ("block", "line"):
        least, most = _lines_least(layout, rounds, size)
    elif any(w in _GRAMMAR for w in words) and not parted:
        least, most = {1: (4, 6), 2: (4, 5), 3: (3, 5)}.get(size, (3, 4))
    elif size >= _PHRASE:
        least, most = (2, 4) if size < 2 * _PHRASE else (2, 3)
    elif parted and size >= _SEVERAL and layout.sign(following) in _LIST_SIGNS:
        least, most = 4, 6
    elif parted:
        least, most = {1: (10, 20), 2: (6, 12)}.get(size, (5, 10))
    else:
        least, most = {1: (6, 8), 2: (4, 6)}.get(size, (4, 5))
    if rounds.number >= most and (
        2 * rounds.misread <= rounds.number
        or (rounds.agree and rounds.number >= 2 * most)
        or _badly_read(layout, rounds, size)
    ):
        return Safety.SAFE
    return Safety.UNSAFE if rounds.number >= least else None


def _figures_safety(layout: Layout, rounds: Rounds, words: list[str]) -> Safety | None:
    """How freely one number, or letter, over and over may be taken out of a sentence of prose."""
    if rounds.number < _FIGURES[0] or rounds.misread or not {*words}.isdisjoint(_CROSSES):
        return None
    text, low, high = layout.text, layout.start(rounds.first[0]), layout.end(rounds.stop)
    while low and _is_sign(text[low - 1]):
        low -= 1
    while high < len(text) and _is_sign(text[high]):
        high += 1
    if not _inside_sentence(text, low, high):
        return None
    return Safety.SAFE if rounds.number >= _FIGURES[1 if len("".join(words)) > 1 else 2] else Safety.UNSAFE


def _is_sign(letter: str) -> bool:
    return not (letter.isalnum() or letter.isspace())


def _never_sung(layout: Layout, rounds: Rounds, words: list[str]) -> bool:
    """Whether syllables of songs come more often than one is sung, within a line of other words."""
    begin, end = rounds.first[0], rounds.last[1]
    beside = {layout.edge(place) for place in (begin, end) if 0 < place < layout.count}
    kind = int(len(set(words)) > 1)
    if not all(w in _SAID or w.isdigit() for w in words) or not _said_alike(layout, rounds):
        kind = 2
    long = rounds.number * len(words) >= _SUNG_MOST[kind]
    return long and bool(beside) and not beside & {"block", "line"}


def _said_alike(layout: Layout, rounds: Rounds) -> bool:
    """Whether the second round has the marks of the first, too: songs change them ("là la la")."""
    start, end = rounds.first
    return layout.words(start, end).casefold() == layout.words(end, 2 * end - start).casefold()


def _badly_read(layout: Layout, rounds: Rounds, size: int) -> bool:
    """Whether a long passage comes again with words misread in every round, as none is in a list."""
    kept, whole = layout.words(*rounds.kept), layout.words(rounds.first[0], rounds.last[1])
    return size >= _LONG_LINE and unreadable(whole) >= rounds.number * (1 + unreadable(kept))


def _lines_least(layout: Layout, rounds: Rounds, size: int) -> tuple[int, int]:
    """Rounds from which on lines of so many words are a loop: with ``unsafe``, and by default.

    Verse, lists and tables repeat short lines; prose, which ends with a stop, does not.
    """
    if size < _LEAST_IN_LINE:
        return 1 << 60, 1 << 60
    prose = layout.sign(rounds.first[1]) in _STOPS or _amid_prose(layout, rounds)
    if size >= _LONG_LINE:
        return (3, 4) if layout.set_in_lines(*rounds.first) else (2, 2)
    if size >= _PHRASE:
        return (3, 4) if prose else (3, 6)
    return (4, 5) if prose else (5, 8)


def _amid_prose(layout: Layout, rounds: Rounds) -> bool:
    """Whether the lines before and after those of a loop are paragraphs of prose, not of a table or song."""
    text, low, high = layout.text, layout.start(rounds.first[0]), layout.end(rounds.stop)
    start, end = text.rfind("\n", 0, low), text.find("\n", high)
    before = text[max(0, start - _PROSE_SEEN) : max(0, start)].rstrip().rpartition("\n")[2]
    after = text[end : end + _PROSE_SEEN].lstrip().partition("\n")[0] if end >= 0 else ""
    lines = [line for line in (before, after) if line]
    return bool(lines) and all(line.count(" ") >= _PROSE_LINE for line in lines)


def counting_loops(layout: Layout) -> Iterator[Finding]:
    """Findings for rounds that are the same but for a number that grows by one."""
    for loop in counted_loops(layout):
        start, end, high = layout.start(loop.start), layout.end(loop.end), layout.end(loop.stop)
        unit = layout.text[start:end]
        if layout.edge(loop.end) not in UNIT and not _inside_sentence(layout.text, start, high):
            continue
        yield Finding(
            LOOP,
            Span(end, high),
            f'"{shorten(unit)}" {loop.number} times over, counted up',
            (Edit(Span(end, high), ""),),
            0.97 if loop.safety is Safety.SAFE else 0.8,
            loop.safety,
            {
                "kept": {"start": start, "end": end, "text": shorten(unit)},
                "why": "the first round of the loop",
                "similarity": 1.0,
                "rounds": loop.number,
            },
        )


def sign_loops(layout: Layout) -> Iterator[Finding]:
    """Findings for letters 32 times over, glued groups of letters 8 times over, endless rows of a sign."""
    text, tokens = layout.text, layout.tokens
    for found in _rows_of_signs(layout):
        size = found.end() - found.start()
        if size >= _ROW_IN_PROSE and _inside_sentence(text, *found.span()):
            yield _sign_finding((found.start(), found.end() + 1), "", Safety.SAFE, found.group(1))
        elif size >= _LONG_ROW:
            yield _sign_finding(found.span(), found.group(1) * _SIGNS_KEPT, Safety.SAFE)
    if text.count("|") >= 2 * _EMPTY_ROWS[0]:
        for found in _ROWS.finditer(text):
            rows = found.group().count("\n") + 1
            yield _sign_finding(
                found.span(), found.group(1), Safety.SAFE if rows >= _EMPTY_ROWS[1] else Safety.UNSAFE
            )
    if any(_goes_round(tokens.key, period) for period in (1, 2, 3)):
        for found in _PIECE.finditer(text):
            unit = found.group(1).casefold()
            words = re.findall(r"[^\W_]+", unit)
            letters = "".join(words)
            short = GRAM * len(letters) < GRAM_LETTERS * len(words)  # other words are found as such
            enough = len(letters) > 1 or found.group().count(unit) >= _FIGURES[2]
            if short and enough and letters not in _CROSSES and _inside_sentence(text, *found.span()):
                yield _sign_finding(found.span(), found.group(1), Safety.SAFE)
    for n in (tokens.sizes >= _LONG_WORD).nonzero()[0].tolist():
        yield from _glued_loops(text, int(tokens.start[n]), int(tokens.end[n]))


def _goes_round(key: NDArray[np.uint64], period: int) -> bool:
    """Whether so many words come again right after themselves as often as figures in a loop do."""
    same, least = key[period:] == key[:-period], period * (_FIGURES[1] - 1)
    if int(np.count_nonzero(same)) < least:
        return False
    seen = np.concatenate(([0], same.cumsum()))
    return bool((seen[least:] - seen[:-least] == least).any())


def _glued_loops(text: str, start: int, end: int) -> Iterator[Finding]:
    """Findings for letters, and groups of letters, over and over within one word."""
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
    for found in _LONG_GROUP.finditer(text, start, end):
        unit = found.group(1)
        if unit not in (unit + unit)[1:-1]:  # no shorter group over and over
            yield _sign_finding(found.span(), unit, Safety.SAFE)


def _rows_of_signs(layout: Layout) -> Iterator[re.Match[str]]:
    """The rows of a sign, which stand between words; where signs may count as letters, anywhere."""
    text, tokens = layout.text, layout.tokens
    if not tokens.plain or not layout.count:
        yield from _SIGNS.finditer(text)
        return
    yield from _SIGNS.finditer(text, 0, layout.start(0))
    for n in (tokens.start[1:] - tokens.end[:-1] >= _SIGNS_LEAST).nonzero()[0].tolist():
        yield from _SIGNS.finditer(text, layout.end(n + 1), layout.start(n + 1))
    yield from _SIGNS.finditer(text, layout.end(layout.count))


def _inside_sentence(text: str, start: int, end: int) -> bool:
    """Whether a row of signs parts two words of a long paragraph, where forms and tables have no row."""
    first, last = max(0, start - _PROSE_SEEN), min(len(text), end + _PROSE_SEEN)
    left = max(first - 1, text.rfind("\n", first, start), text.rfind("\f", first, start)) + 1
    right = text.find("\n", end, last)
    before, after = text[left:start], text[end : right if right >= 0 else last]
    if not before.endswith(" ") or not after.startswith(" ") or not _OPENS.match(after):
        return False
    ended = before.rstrip()[-1:]
    if not (ended.isalnum() or ended in ",;") or _LEADERS.search(before) or _LEADERS.search(after):
        return False
    return min(before.count(" "), after.count(" ")) >= 2 and (before + after).count(" ") >= _PROSE_WORDS


def _laughter(unit: str) -> bool:
    return len(unit) == 2 and unit[0].casefold() in "hklnp"


def _sign_finding(where: tuple[int, int], unit: str, safety: Safety, sign: str = "") -> Finding:
    start, end = where
    kept = start + len(unit)
    return Finding(
        LOOP,
        Span(start, end),
        f'"{shorten(unit or sign)}" over and over, {end - start} characters long',
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
