"""Gaps between words that may hold a misread mark, and what may have been meant there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING, Final, NamedTuple

from ocrfix.detectors._punctuation_capitals import load_capitals
from ocrfix.detectors._punctuation_habits import is_blank
from ocrfix.detectors._spacing_text import WORD_CAP, in_address
from ocrfix.detectors._tokens import words_of
from ocrfix.vietnamese.syllable import canonical, is_syllable

if TYPE_CHECKING:
    from ocrfix.language_model import LanguageModel

__all__ = [
    "CAPITAL",
    "COMMA",
    "NOTHING",
    "STOP",
    "Gap",
    "Noise",
    "Option",
    "capital_share",
    "gaps",
    "noise_of",
]

STOP: Final = ". "
COMMA: Final = ", "
NOTHING: Final = " "
SPECKLE: Final = frozenset("-_'*|~°ˆ^`´¬•·–—‘’:;.,\"“”\\‹›<>=+")
"""Marks that a stain or a fold is read for."""
CAPITAL: Final = "A-ZÀ-ÖØ-ÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
# Patterns start with one set of characters, which keeps the search quick, and look around from there.
_RUN: Final = re.compile(r"[\W_ˆ](?<!\s)(?:[^\w\n\f]|[_ˆ])*")
# The same without commas before small letters and full stops before capitals, as they should be.
_ODD_RUN: Final = re.compile(
    rf"[\W_ˆ](?<!\s)(?<!,(?= [^\W\d_{CAPITAL}]))(?<!\.(?=\n| [{CAPITAL}]))(?:[^\w\n\f]|[_ˆ])*"
)
_STRAY: Final = re.compile(r"[-_'*|~°ˆ^`´¬•·:;.,](?:(?<=\s.)(?=\s)|(?<=[_ˆ¬`~|]))")
_LOST_STOP: Final = re.compile(
    rf" (?=([{CAPITAL}][^\W\d_{CAPITAL}]*) [^\W\d_{CAPITAL}])(?<=[^\W\d_{CAPITAL}] )"
)
_ABBREVIATED: Final = frozenset((
    "tp", "tx", "tt", "ts", "ths", "pgs", "gs", "bs", "ks", "q", "p", "h", "t", "đ", "kp", "st",
    "tr", "nxb", "vd", "stt", "no", "mr", "mrs", "ms", "dr", "jr", "sr", "co", "ltd", "inc", "v",
    "cn",
))  # fmt: skip
_SIGNS: Final = frozenset(":;-–—")
_OF_NUMBERS: Final = frozenset("-–~")
_QUOTES: Final = frozenset('"“”+=<>*')
_APOSTROPHES: Final = frozenset("'’‘`´")
_INNER: Final = frozenset(".-–'’‘:;*/_+=<>,")
_QUOTED: Final = 200
"""Characters in which the other mark of a pair is looked for, on each side."""
_LONGEST: Final = 6
"""Marks and spaces in the longest gap that is looked at; more is a rule or a form's dots."""
_NOISY: Final = -4.6
"""Noise (log of a share) from which every mark of a document may be a misread one."""
_RARE: Final = 0.05
"""Share of capitals inside a sentence under which a word is no name."""
_NO_NAME: Final = 0.3
"""The same in a badly read document, where stops are often misread."""


class Noise(NamedTuple):
    """How badly a document is read: logs of the shares of broken words and of stray marks."""

    words: float
    marks: float

    @property
    def high(self) -> bool:
        """Whether any mark of the document may be a misread one."""
        return max(self.words, self.marks) > _NOISY

    @property
    def misread(self) -> bool:
        """Whether its words are badly read; a form or a list has many marks that stand alone."""
        return self.words > _NOISY


class Gap(NamedTuple):
    """A gap between two words: ``text[start:end]`` with the words ``left`` and ``right`` beside it.

    ``marks``: the marks in it; ``after``: the word after ``right`` on the same line.
    """

    start: int
    end: int
    marks: str
    left: str
    right: str
    after: str


class Option(NamedTuple):
    """What may have been meant at a gap: ``STOP``, ``COMMA`` or ``NOTHING``, the text between the words."""

    gap: Gap
    meant: str


@lru_cache(maxsize=4)
def noise_of(text: str, language: LanguageModel) -> Noise:
    """How badly a text is read: unknown words that are no syllables, and marks that stand alone.

    Words without any mark may be foreign and do not count. Both shares have a prior of 0.3 % on 100 words.

    >>> from ocrfix.language_model import load
    >>> noise_of("sáng nay trời đẹp", load()).high
    False
    """
    words = words_of(text)
    total = words.total
    broken = sum(
        number
        for word, number in words.doubtful.items()
        if not (word.isascii() or word.isupper()) and _broken(word, language)
    )
    found = _STRAY.findall(text)
    stray = len(found) - found.count("-")
    return Noise(log((broken + 0.3) / (total + 100)), log((stray + 0.3) / (total + 100)))


def _broken(word: str, language: LanguageModel) -> bool:
    return len(word) <= WORD_CAP and not (is_syllable(word) or language.known(word))


def capital_share(word: str, after: str) -> float:
    """Share of capitals that a word has inside a sentence before ``after``; a half when nothing is known."""
    return _share(word, after[:1].islower())


@lru_cache(maxsize=16384)
def _share(word: str, before_lower: bool) -> float:
    row = load_capitals().get(canonical(word))
    return row.share(before_lower=before_lower) if row else 0.5


def _word_ending(text: str, end: int) -> str:
    start, least = end, max(0, end - WORD_CAP)
    while start > least and text[start - 1].isalnum():
        start -= 1
    return text[start:end]


def _word_starting(text: str, start: int) -> str:
    end, most = start, min(len(text), start + WORD_CAP)
    while end < most and text[end].isalnum():
        end += 1
    return text[start:end]


def _gap(text: str, start: int, end: int, marks: str) -> Gap | None:
    left, right = _word_ending(text, start), _word_starting(text, end)
    if not left or not right:
        return None
    after_at = end + len(right)
    after = _word_starting(text, after_at + 1) if text[after_at : after_at + 1] == " " else ""
    return Gap(start, end, marks, left, right, after)


def gaps(text: str, noise: Noise) -> Iterator[Option]:
    """What may have been meant at the doubtful gaps of a text, in order of the kinds of gaps."""
    for match in (_RUN if noise.high else _ODD_RUN).finditer(text):
        if match.end() - match.start() > _LONGEST:
            continue
        for gap, meant in _marked(text, match, noise):
            if meant != STOP or capital_share(gap.right, gap.after) < (_NO_NAME if noise.high else _RARE):
                yield Option(gap, meant)
    for match in _LOST_STOP.finditer(text):
        if _starter(match.group(1)):
            bare = _gap(text, match.start(), match.end(), "")
            if bare and bare.left.islower():
                yield Option(bare, STOP)


@lru_cache(maxsize=8192)
def _starter(word: str) -> bool:
    """Whether a word with a capital, before a small one, almost only starts sentences."""
    return capital_share(word, "a") < _RARE


def _marked(text: str, match: re.Match[str], noise: Noise) -> Iterator[tuple[Gap, str]]:
    """What may have been meant by a run of marks, where it stands between two words."""
    start, end = match.span()
    if end == len(text) or not text[end].isalnum():
        return
    while start and text[start - 1] == " ":
        start -= 1
    if not start or not text[start - 1].isalnum():
        return
    run = text[start:end]
    marks = run.replace(" ", "")
    if len(run) > _LONGEST or not SPECKLE.issuperset(marks):
        return
    targets = _targets(run, marks, (text[start - 1], text[end]), noise)
    gap = _gap(text, start, end, marks) if targets else None
    if gap is not None and not is_blank(run) and not _settled(text, gap, run):
        yield from ((gap, target) for target in targets)


def _targets(run: str, marks: str, beside: tuple[str, str], noise: Noise) -> tuple[str, ...]:
    """What may have been meant by the marks between two characters."""
    before, following = beside
    capital, noisy = following.isupper(), noise.high
    odd = (run[0] == " ") != (run[-1] == " ") or (run[0] == " " and marks not in "-–—")
    if run == marks and marks in _INNER:
        return ()  # inside a word, a number or a code
    if marks == ",":
        stop = (STOP,) if capital else ()
        return (*stop, NOTHING) if noisy or (run[0] == " " and following.islower()) else stop
    if marks == ".":
        numbers = before.isdigit() and following.isdigit()
        return (COMMA, NOTHING) if following.islower() or (noisy and not numbers) else ()
    if marks in _OF_NUMBERS and following.isdigit() and run[0] == " " != run[-1]:
        return ()  # below nought, or about
    if marks in _SIGNS:
        if noisy and capital and marks in ":;":
            return (NOTHING, STOP)
        return (NOTHING,) if noisy or odd or (before.islower() and following.islower()) else ()
    if _QUOTES.intersection(marks):
        return ()
    if capital:
        return (STOP, NOTHING, COMMA) if "." in marks else (NOTHING, STOP)
    return (NOTHING, COMMA) if "," in marks else (NOTHING,)


def _settled(text: str, gap: Gap, run: str) -> bool:
    """Whether the gap is one that must not be touched, whatever the words say."""
    left, first = gap.left, _first_on_line(text, gap.start - len(gap.left))
    if "." in gap.marks and (left.lower() in _ABBREVIATED or len(left) == 1 or left.isupper()):
        return True
    if first and (left.isdigit() or (len(left) <= 2 and not left.islower())):
        return True  # the number of a list item
    if left.isdigit() and gap.right.isdigit() and gap.marks in _SIGNS | {"."}:
        return True
    if run.startswith(" ") and run[1:] == "--":
        return True  # an option of a command
    if _APOSTROPHES.intersection(gap.marks) and not (_plain(left) and _plain(gap.right)):
        return True  # a foreign name, or one of the Central Highlands (Ea H'leo)
    for kin in (_APOSTROPHES, frozenset("~"), frozenset("|")):
        if kin.intersection(gap.marks) and _paired(text, gap, kin):
            return True
    return run == gap.marks and in_address(text, gap.start - 1)


def _plain(word: str) -> bool:
    return word.isdigit() or (len(word) > 1 and is_syllable(word))


def _paired(text: str, gap: Gap, kin: frozenset[str]) -> bool:
    """Whether another mark of the same kind stands near on the line."""
    before = text[max(0, gap.start - _QUOTED) : gap.start].rpartition("\n")[2]
    after = text[gap.end : gap.end + _QUOTED].partition("\n")[0]
    return not (kin.isdisjoint(before) and kin.isdisjoint(after))


def _first_on_line(text: str, start: int) -> bool:
    while start and text[start - 1] in " \t":
        start -= 1
    return not start or text[start - 1] in "\n\f"
