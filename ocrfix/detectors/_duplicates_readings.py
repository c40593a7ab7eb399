"""Whether two copies are readings of one text, or two texts made after one pattern."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import Levenshtein

from ocrfix.detectors._duplicates_gaps import garbled, unreadable
from ocrfix.detectors._duplicates_tokens import fold
from ocrfix.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from ocrfix.detectors._duplicates_align import Match
    from ocrfix.detectors._duplicates_gaps import Gap
    from ocrfix.detectors._duplicates_layout import Layout

__all__ = [
    "GARBLED_COST",
    "garbled_words",
    "lossy",
    "one_sided",
    "other_text",
    "surely_misread",
    "surely_one",
]

GARBLED_COST: Final = 6.0
"""Nats that a word in small letters costs which is no Vietnamese syllable."""
_STRANGE: Final = 40
_STRANGE_MISREAD: Final = 12
"""Words of a copy of which one may be another word: few where the copies agree otherwise, more where
many other words are misread as well."""
_MISREAD_EACH: Final = 3
"""Misread words for each other word, from which on the copies count as badly read."""
_MISREAD_NAMES: Final = 3
"""Misread words for each name that differs, from which on that name counts as misread too."""
_NUMBER_WORDS: Final = 25
_NUMBER_MISREAD: Final = 4
"""Words of a copy, and misread words for each number that differs, from which on a digit may be misread."""
_ALIKE: Final = ("38", "17", "56", "1li", "0oq", "5s", "2z", "68b", "9gq", "4a")
"""Digits and letters that are read for one another."""
_LETTERS_EACH: Final = 4
"""Letters of a foreign word for each letter that may be misread."""
ROUNDS: Final = (3, 4)
"""Paragraphs one right after the other that say the same with other words: a reader that went round in
circles and drifted; for a fix with ``unsafe``, and by default."""
_STRANGE_ROUND: Final = 0.2
"""Share of other words in such a paragraph."""
_REWORDED: Final = 2
"""Least misread words in whole paragraphs of which one has other words than the other."""
_LONGEST_LABEL: Final = 24
_LABEL: Final = re.compile(rf"[^\n:=→–—]{{1,{_LONGEST_LABEL}}}?(?= ?[:=→]| [-–—] )")
"""What stands before the sign that parts the head of an entry from what is said of it."""
_LABEL_WORDS: Final = 3
_SUBJECT: Final = 2
"""Times that one word stands in the place of another in entries about two things."""
_LINE: Final = 4
"""Words that only one copy has, from which on they are a line or sentence that the other lost."""
_WORD: Final = re.compile(r"\w+")


def other_text(layout: Layout, match: Match) -> bool:
    """Whether the copies say different things: other numbers or names, or more than a few other words.

    Texts made after one pattern differ in names and numbers alone; readings of one text differ in any
    word, and mostly in such as are no words at all.
    """
    if match.gaps and (_other_label(layout, match) or _other_subject(layout, match)):
        return True
    numbers = [g for g in match.gaps if g.kind == "number"]
    if numbers and not _misread_numbers(layout, match, numbers):
        return True
    strange = misread = names = 0
    for gap in match.gaps:
        one, other = layout.words(gap.p0, gap.p1), layout.words(gap.q0, gap.q1)
        if gap.kind == "number":
            continue
        if match.whole and one_sided(gap):
            continue
        if gap.kind == "content":
            capital = one != one.lower() and other != other.lower()
            names += capital and unreadable(one) == unreadable(other)
            strange += max(gap.p1 - gap.p0, gap.q1 - gap.q0)
        elif _other_name(one, other):
            names += 1
        else:
            misread += 1
    if names and misread < _MISREAD_NAMES * names:
        return True
    if match.rounds >= ROUNDS[0]:
        return strange > _STRANGE_ROUND * (match.q1 - match.q0)
    contents = sum(g.kind == "content" and not (match.whole and one_sided(g)) for g in match.gaps)
    share = _STRANGE_MISREAD if misread >= _MISREAD_EACH * contents else _STRANGE
    return strange * share > match.q1 - match.q0


def _other_label(layout: Layout, match: Match) -> bool:
    """Whether both copies are entries of a list, or stand in them, and their heads are not the same.

    A head that is no syllable where the other is one is misread; single letters and signs are heads too.
    """
    heads = [_label(layout, word) for word in (match.p0, match.q0)]
    one, other = (fold(head) for head in heads)
    if not all(heads) or one == other or max(head.count(" ") for head in heads) >= _LABEL_WORDS:
        return False
    if min(len(one), len(other)) <= 1:
        return True
    return unreadable(heads[0]) == unreadable(heads[1])


def _label(layout: Layout, word: int) -> str:
    """The head of the entry that begins with a word or right before it, or nothing."""
    low = layout.start(layout.block(word)[0])
    if layout.start(word) - low > _LONGEST_LABEL:
        return ""
    found = _LABEL.match(layout.text, low)
    return found.group() if found else ""


def _other_subject(layout: Layout, match: Match) -> bool:
    """Whether the same word stands for the same other one again and again, and few words are misread.

    Neither of the two may be the one that is plainly misread.
    """
    times: dict[tuple[str, str], int] = {}
    for gap in match.gaps:
        if gap.p1 - gap.p0 != 1 or gap.q1 - gap.q0 != 1:
            continue
        one, other = layout.words(gap.p0, gap.p1), layout.words(gap.q0, gap.q1)
        pair = fold(one), fold(other)
        if pair[0] != pair[1] and (one + other).isalpha() and unreadable(one) == unreadable(other):
            times[pair] = times.get(pair, 0) + 1
    most = max(times.values(), default=0)
    return most >= _SUBJECT and most > garbled_words(layout, match)


def _misread_numbers(layout: Layout, match: Match, numbers: list[Gap]) -> bool:
    """Whether the numbers that differ have a digit misread, in a copy where much else is misread."""
    misread = sum(
        unreadable(layout.words(g.p0, g.p1)) != unreadable(layout.words(g.q0, g.q1)) for g in match.gaps
    )
    if match.q1 - match.q0 < _NUMBER_WORDS or misread < _NUMBER_MISREAD * len(numbers):
        return False
    return all(_same_digits(layout.words(g.p0, g.p1), layout.words(g.q0, g.q1)) for g in numbers)


def _same_digits(one: str, other: str) -> bool:
    """Whether every digit stands for one that looks like it."""
    a, b = fold(one), fold(other)
    for op in Levenshtein.editops(a, b):
        mine = a[op.src_pos] if op.tag != "insert" else ""
        theirs = b[op.dest_pos] if op.tag != "delete" else ""
        if not (mine.isdigit() or theirs.isdigit()):
            continue
        if not any(mine and theirs and mine in group and theirs in group for group in _ALIKE):
            return False
    return True


def _other_name(one: str, other: str) -> bool:
    """Whether a name in one copy may rightly be another name than the one in the other copy.

    Where one of the two is a syllable and the other is not, the other is misread. Of two foreign words
    one is misread where nearly all their letters are the same.
    """
    a, b = _WORD.findall(one), _WORD.findall(other)
    if len(a) != len(b):
        return False
    for mine, theirs in zip(a, b, strict=True):
        if fold(mine) == fold(theirs) or mine.islower() or theirs.islower():
            continue
        names = is_syllable(mine.lower()), is_syllable(theirs.lower())
        if all(names) or (not any(names) and _far_apart(fold(mine), fold(theirs))):
            return True
    return False


def _far_apart(one: str, other: str) -> bool:
    allowed = max(len(one), len(other)) // _LETTERS_EACH
    return Levenshtein.distance(one, other, score_cutoff=allowed) > allowed


def surely_misread(layout: Layout, match: Match) -> bool:
    """Whether most differences are words that one of the copies misread, not other words of the language."""
    misread = words = 0
    for gap in match.gaps:
        one, other = layout.words(gap.p0, gap.p1), layout.words(gap.q0, gap.q1)
        if unreadable(one) != unreadable(other) or fold(one) == fold(other):
            misread += 1
        else:
            words += 1
    return misread >= words


def surely_one(layout: Layout, match: Match) -> bool:
    """Whether the copies are the same, or differ in words that one of them plainly misread."""
    if any(g.kind != "reading" for g in match.gaps):
        return False
    blanks = sum(fold(layout.words(g.p0, g.p1)) == fold(layout.words(g.q0, g.q1)) for g in match.gaps)
    return 2 * garbled_words(layout, match) >= len(match.gaps) - blanks


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ in signs and letter case alone.

    >>> same_words("Tỷ lệ (%): 5/20", "tỷ lệ: 5/20"), same_words("thuận", "thuân")
    (True, False)
    """
    return _WORD.findall(one.casefold()) == _WORD.findall(other.casefold())


def reworded(layout: Layout, match: Match) -> bool:
    """Whether words stand in the place of others although few words are misread: a second text."""
    others = sum(gap.kind == "content" and not one_sided(gap) for gap in match.gaps)
    return bool(others) and garbled_words(layout, match) < max(_REWORDED, others)


def garbled_words(layout: Layout, match: Match) -> int:
    """Places where one copy has words in small letters that are no syllables, and the other has not."""
    return sum(
        garbled(layout.words(g.p0, g.p1)) != garbled(layout.words(g.q0, g.q1))
        for g in match.gaps
        if g.kind == "reading"
    )


def one_sided(gap: Gap) -> bool:
    """Whether only one copy has words there, as where a line was lost: four words at least."""
    sizes = gap.p1 - gap.p0, gap.q1 - gap.q0
    return min(sizes) == 0 and max(sizes) >= _LINE


def lossy(match: Match, *, later: bool) -> bool:
    """Whether the later (or the earlier) copy has words where the other has none."""
    return any(_extra(gap, later=later) for gap in match.gaps)


def _extra(gap: Gap, *, later: bool) -> bool:
    mine, theirs = (gap.q1 - gap.q0, gap.p1 - gap.p0) if later else (gap.p1 - gap.p0, gap.q1 - gap.q0)
    return gap.kind == "content" and mine > theirs
