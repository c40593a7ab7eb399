"""Syllables that were read in pieces (SPC003)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from ocrfix.detectors._spacing_language import UNKNOWN, scores_of, word_logp
from ocrfix.detectors._spacing_pieces import (
    MAX_PARTS,
    Piece,
    fitting,
    has_near,
    joinable,
    maybe_piece,
    window_around,
)
from ocrfix.detectors._spacing_segment import MAX_SYLLABLE, ends_syllable, good_part
from ocrfix.detectors._spacing_text import has_marks
from ocrfix.detectors._tokens import words_of
from ocrfix.detectors.base import Context
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span

if TYPE_CHECKING:
    from ocrfix.language_model import LanguageModel

__all__ = ["SplitSyllable"]

SPLIT_SYLLABLE: Final = Rule(
    "SPC003",
    "split-syllable",
    "One syllable written in pieces",
    Safety.SAFE,
    """What it finds
    Neighbouring pieces, at least one of which is no Vietnamese word, that make one syllable together; lines
    that are broken so throughout; headings set letter by letter.

Example
    before: ĐIỀ U KHO ẢN S Ử D Ụ NG / T H Ô N G B Á O / xã đã ho àn thà nh tiêu chí
    after:  ĐIỀU KHOẢN SỬ DỤNG / THÔNG BÁO / xã đã hoàn thành tiêu chí

Fix safety
    The line is cut anew into syllables so that the likeliest words come out. Safe where a piece is no
    syllable (or the line has several such pieces) and the language model finds the whole syllable clearly
    likelier in its place than the pieces. A capital letter before a word may be an initial or a label
    ("anh T an toàn", "điểm A ở") and is not safe there. Lists of letters, formulas, abbreviations, and
    pieces beside digits, hyphens and full stops are left alone.

Risk
    Foreign syllables and lone letters in running text that happen to make a Vietnamese word.
""",
)

_JOIN_COST: Final = 1.0
_SAFE_GAIN: Final = 5.0
_UNSAFE_GAIN: Final = 2.0
"""Nats that the whole must win over its pieces in its place."""
_SAFE_SCORE: Final = -9.5
_UNSAFE_SCORE: Final = -12.0
"""Least log-probability, in nats, of the whole and the word after it."""
_LONE_GAIN: Final = 10.0
"""The same where one of the pieces is a single letter."""
_RIVAL_MARGIN: Final = 3.0
_REAL_WORD: Final = -13.0
"""Log-probability, in nats, from which a syllable counts as a word in use."""
_MANY: Final = 2
"""Doubtful pieces above which a stretch counts as broken throughout."""
_SPACED_LETTERS: Final = 5
_AT_ONCE: Final = 4096
"""Pieces that the model is asked about at a time."""


class _Candidate(NamedTuple):
    """A group of pieces (``number`` of ``groups``) of a window that may be one syllable.

    ``words`` are the words that the groups make, ``many`` says whether the window is broken throughout,
    ``crumbled`` whether moreover into small pieces, ``spaced`` whether it is a heading set letter by letter.
    """

    window: list[Piece]
    groups: list[tuple[int, int]]
    words: list[str]
    number: int
    pieces: list[Piece]
    many: bool
    crumbled: bool
    spaced: bool

    def readings(self) -> tuple[_Reading, _Reading]:
        """The whole in its place, and its pieces there."""
        number, words = self.number, self.words
        before, after = words[max(0, number - 3) : number], words[number + 1 : number + 2]
        parts = [p.text for p in self.pieces]
        return ([*before, words[number], *after], len(before)), ([*before, *parts, *after], len(before))

    def shifts(self) -> Iterator[tuple[_Reading, _Reading]]:
        """The group beside a lone neighbour, and what both are when the piece between them changes sides."""
        window, groups, words, number = self.window, self.groups, self.words, self.number
        start, end = groups[number]
        shifts = []
        if number and groups[number - 1] == (start - 1, start):
            shifts.append((number - 1, fitting(window, start - 1, start + 1), _rest(window, start + 1, end)))
        if number + 1 < len(groups) and groups[number + 1] == (end, end + 1):
            shifts.append((number, _rest(window, start, end - 1), fitting(window, end - 1, end + 1)))
        for place, left, right in shifts:
            if left is not None and right is not None:
                before, after = words[max(0, place - 3) : place], words[place + 2 : place + 3]
                chosen = [*before, *words[place : place + 2], *after]
                yield (chosen, len(before)), ([*before, left, right, *after], len(before))


_Reading = tuple[list[str], int]
"""Words, and how many of the first of them are context alone."""


class SplitSyllable:
    """SPC003: a syllable in pieces."""

    rules = (SPLIT_SYLLABLE,)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """The pieces that belong together; the language model is asked only where pieces can be joined."""
        text = document.text
        words = words_of(text)
        doubtful = {run for run in words.doubtful if len(run) < MAX_SYLLABLE and maybe_piece(run)}
        if not doubtful:
            return
        windows: list[list[Piece]] = []
        waiting, done = 0, -1
        for start, run in words.places:
            if start < done or run not in doubtful or not has_near(text, start, run):
                continue
            window = window_around(text, start, run, doubtful)
            if len(window) < 2:
                continue
            done = window[-1].end
            if joinable(window):
                windows.append(window)
                waiting += len(window)
                if waiting >= _AT_ONCE:
                    yield from _rejoin(text, windows, context.language)
                    windows, waiting = [], 0
        if windows:
            yield from _rejoin(text, windows, context.language)


def _cut(window: list[Piece], language: LanguageModel) -> list[tuple[int, int]]:
    """Group the pieces into words so that the sum of the words' log-probabilities is greatest."""
    texts = [piece.text for piece in window]
    best = [0.0]
    back = [0]
    for end, last in enumerate(texts, 1):
        single = word_logp(language, last) if len(last) > 1 or good_part(last) else UNKNOWN
        score, origin = best[end - 1] + single, end - 1
        whole, upper, lower = last, last.isupper(), last.islower()
        for start in range(end - 2, max(-1, end - MAX_PARTS - 1), -1):
            part = texts[start]
            whole = part + whole
            upper = upper and part.isupper()
            if len(whole) > MAX_SYLLABLE or not (upper or lower) or not ends_syllable(whole):
                break
            lower = lower and part.islower()  # of all but the first
            if not good_part(whole):
                continue
            joined = best[start] + word_logp(language, whole) - _JOIN_COST
            if joined > score:
                score, origin = joined, start
        best.append(score)
        back.append(origin)
    groups = []
    end = len(window)
    while end:
        groups.append((back[end], end))
        end = back[end]
    return groups[::-1]


def _rejoin(text: str, windows: list[list[Piece]], language: LanguageModel) -> Iterator[Finding]:
    """The groups of pieces that make one syllable, judged each in its place, all at once."""
    candidates = [c for window in windows for c in _candidates(window, language)]
    asked = scores_of(language, [reading for c in candidates for reading in c.readings()])
    judged: list[tuple[_Candidate, float, float, bool]] = []
    for candidate, whole, apart in zip(candidates, asked[::2], asked[1::2], strict=True):
        gain, score = sum(whole) - sum(apart), sum(whole) / len(whole)
        if gain >= _UNSAFE_GAIN and score >= _UNSAFE_SCORE:
            judged.append((candidate, gain, score, _likely(text, candidate, gain, score, language)))
    rivals = _with_rivals([c if likely and not c.spaced else None for c, _, _, likely in judged], language)
    for number, (candidate, gain, score, likely) in enumerate(judged):
        sure = candidate.spaced or (likely and number not in rivals)
        pieces = candidate.pieces
        read = text[pieces[0].start : pieces[-1].end]
        yield Finding(
            SPLIT_SYLLABLE,
            Span(pieces[0].start, pieces[-1].end),
            f'"{read}" is "{candidate.words[candidate.number]}"',
            tuple(Edit(Span(a.end, b.start), "") for a, b in pairwise(pieces)),
            0.97 if sure else 0.75,
            Safety.SAFE if sure else Safety.UNSAFE,
            {"gain": round(gain, 2), "score": round(score, 2), "pieces": len(pieces)},
        )


def _candidates(window: list[Piece], language: LanguageModel) -> list[_Candidate]:
    """The groups of a window's best cut that may be one syllable."""
    groups = _cut(window, language)
    words = ["".join(p.text for p in window[a:b]) for a, b in groups]
    many = sum(p.doubtful for p in window) > _MANY
    crumbled = many and _crumbled(window)
    spaced = _letter_spaced(window, groups)
    return [
        _Candidate(window, groups, words, number, window[start:end], many, crumbled, spaced)
        for number, (start, end) in enumerate(groups)
        if end - start > 1 and (many or any(p.doubtful for p in window[start:end]))
    ]


def _likely(text: str, candidate: _Candidate, gain: float, score: float, language: LanguageModel) -> bool:
    """Whether a group is sure to be one syllable but for rivals."""
    pieces, many = candidate.pieces, candidate.many
    needed = _LONE_GAIN if any(len(p.text) == 1 for p in pieces) and not many else _SAFE_GAIN
    return (
        gain >= needed and score >= _SAFE_SCORE and (candidate.crumbled or not _label(text, pieces, language))
    )


def _with_rivals(candidates: list[_Candidate | None], language: LanguageModel) -> set[int]:
    """Places in the list whose first or last piece fits its other neighbour nearly as well ("tiến g hét")."""
    shifts = [(number, shift) for number, c in enumerate(candidates) if c is not None for shift in c.shifts()]
    asked = scores_of(language, [reading for _, shift in shifts for reading in shift])
    return {
        number
        for (number, _), chosen, other in zip(shifts, asked[::2], asked[1::2], strict=True)
        if sum(chosen) - sum(other) < _RIVAL_MARGIN
    }


def _rest(window: list[Piece], start: int, end: int) -> str | None:
    """The word that is left of a group when its first or last piece goes elsewhere."""
    return window[start].text if end - start == 1 else fitting(window, start, end)


def _letter_spaced(window: list[Piece], groups: list[tuple[int, int]]) -> bool:
    """Whether the window is a heading set letter by letter."""
    return (
        len(window) >= _SPACED_LETTERS
        and all(len(p.text) == 1 for p in window)
        and all(end - start > 1 for start, end in groups)
        and any(has_marks(p.text) for p in window)
    )


def _crumbled(window: list[Piece]) -> bool:
    """Whether at least half of the pieces are of three letters or fewer."""
    return sum(len(p.text) < 4 for p in window) * 2 >= len(window)


def _label(text: str, pieces: list[Piece], language: LanguageModel) -> bool:
    """Whether the first or last piece may be a letter in its own right: an initial, a label, a unit."""
    first, last = pieces[0].text, pieces[-1].text
    if len(first) == 1 and first.isupper():
        if len(pieces) == 2 and pieces[1].doubtful:
            return False
        others = "".join(p.text for p in pieces[1:])
        return good_part(others) and word_logp(language, others) > _REAL_WORD
    if (
        len(first) == 1
        and text[max(0, pieces[0].start - 4) : pieces[0].start].rstrip(" \u00a0")[-1:].isdigit()
    ):
        return True
    return len(last) == 1 and last.isupper() and not first.isupper()
