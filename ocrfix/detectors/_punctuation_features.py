"""What speaks for and against another mark at a gap, asked of the language model in one go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from math import log, log1p
from typing import TYPE_CHECKING, Final

import numpy as np

from ocrfix._data import data_path
from ocrfix._network import Network, read_network
from ocrfix.detectors._punctuation_gaps import (
    CAPITAL,
    COMMA,
    NOTHING,
    STOP,
    Gap,
    Noise,
    Option,
    capital_share,
)
from ocrfix.language_model.model import BOUNDARY_ID, UNKNOWN_ID
from ocrfix.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrfix.language_model import LanguageModel

__all__ = ["NAMES", "alike", "features", "load_punctuation"]

NAMES: Final = (
    "gain", "gain_3", "gain_8",  # what the model gains, nats, in hinges
    "fit", "before",  # log-probability of the next words with the meant and the read marks
    "tie", "tie_4",  # how much the word before the gap calls for the word after it, nats
    "left_known", "left_digit", "left_capital", "left_short",
    "right_known", "right_digit", "right_capital", "right_upper", "right_short",
    "share", "after_lower", "after_capital",  # log-odds of a capital inside a sentence
    "blank_before", "no_blank_after", "marks",
    "comma", "stop", "colon", "dash", "apostrophe", "none",  # what was read
    "noise_words", "noise_marks", "noise",
    "since", "until",  # words of the sentence so far, and to its next end (log)
    "alike",  # the same mark near on the line; for a comma, such before a capital (log)
    "to_stop", "to_comma", "to_nothing",
)  # fmt: skip
_ENDS: Final = (". ", "? ", "! ", "\n\n", ".\n")
_ALIKE: Final = 200
_DASHES: Final = frozenset("-–—")
_COMMA: Final = re.compile(rf", [{CAPITAL}]")
_REACH: Final = 3
_NEAR: Final = 90
"""Characters looked at on each side of a gap."""
_AHEAD: Final = 60
"""Characters in which the next words are looked for."""
_FIRST: Final = 32
"""Characters that nearly always hold the last or next words."""
_FAR: Final = 400
"""Characters looked at for the ends of the sentence."""
_HOPELESS: Final = -1.5
"""Gain (nats) under which nothing else can speak for a change."""
_NOTHING_MORE: Final = (0.0,) * (len(NAMES) - 1)
_OUTSIDE: Final = -14.0
"""Least log-probability (nats) that one word counts with, so that no unknown word decides alone."""


@lru_cache(maxsize=1)
def load_punctuation() -> Network:
    """The network that ocrfix carries: the probability of a changed mark."""
    return read_network(data_path("vi", "punctuation.json"), NAMES)[0]


def _context(text: str, end: int, language: LanguageModel) -> list[int]:
    """Ids of the last words before ``end``, boundaries where the block starts."""
    piece = text[max(0, end - _NEAR) : end].rpartition("\n\n")[2]
    # No token goes over a blank, so those after one are the same in a shorter piece.
    found = language.ids_of(piece[-_FIRST:].partition(" ")[2])
    if len(found) < _REACH:
        found = [BOUNDARY_ID] * _REACH + language.ids_of(piece)
    return found[-_REACH:]


def _following(text: str, start: int, language: LanguageModel) -> list[int]:
    """Ids of the next words from ``start``."""
    found = language.ids_of(text[start : start + _FIRST].partition("\n\n")[0].rpartition(" ")[0])
    if len(found) < _REACH:
        found = language.ids_of(text[start : start + _AHEAD].partition("\n\n")[0])
    return found[:_REACH]


class _Questions:
    """The readings of gaps whose words the model is asked about, all at once."""

    def __init__(self, text: str, language: LanguageModel) -> None:
        self.words: list[int] = []
        self.contexts: list[list[int]] = []
        self._text, self._language = text, language
        self._gap: Gap | None = None
        self._beside: tuple[list[int], list[int]] = [], []
        self._asked: dict[str, tuple[int, int, int]] = {}
        self._marks: dict[str, list[int]] = {}

    def ask(self, gap: Gap, meant: str) -> tuple[int, int, int]:
        """Queue the words of one reading; where it starts, where its next words start, where it ends."""
        if gap is not self._gap:
            self._gap, self._asked = gap, {}
            self._beside = (
                _context(self._text, gap.start, self._language),
                _following(self._text, gap.end, self._language),
            )
        found = self._asked.get(meant)
        if found is None:
            found = self._asked[meant] = self._queue(meant.strip())
        return found

    def _queue(self, meant: str) -> tuple[int, int, int]:
        marks = self._marks.get(meant)
        if marks is None:
            marks = self._marks[meant] = self._language.ids_of(meant)
        before, after = self._beside
        sequence = [*before, *marks, *after]
        start = len(self.words)
        self.words += sequence[_REACH:]
        self.contexts += [sequence[k - _REACH : k] for k in range(_REACH, len(sequence))]
        return start, start + len(marks), len(self.words)


def features(
    text: str, options: Sequence[Option], noise: Noise, language: LanguageModel
) -> NDArray[np.float64]:
    """One row an option, one column a name of `NAMES`; a hopeless option has nothing but its gain.

    Parameters: ``options``, what may be meant at the gaps of the ``text``, those of a gap one after the
    other; ``noise`` of the text; ``language``, the model that is asked, once for all of them.
    """
    if not options:
        return np.zeros((0, len(NAMES)))
    questions = _Questions(text, language)
    parts = [
        (
            questions.ask(option.gap, option.meant),
            questions.ask(option.gap, option.gap.marks or NOTHING),
            questions.ask(option.gap, NOTHING),
        )
        for option in options
    ]
    ids = np.array(questions.words, dtype=np.int64)
    columns = np.array(questions.contexts, dtype=np.int64).reshape(len(ids), _REACH)
    found = np.maximum(language.logp(ids, [columns[:, k] for k in range(_REACH)]), _OUTSIDE)
    total = [0.0, *np.cumsum(found, dtype=np.float64).tolist()]
    ties = (found - np.maximum(language.unigram[ids], _OUTSIDE)).tolist()
    rows = []
    gap: Gap | None = None
    facts: list[float] = []
    for option, (meant, read, bare) in zip(options, parts, strict=True):
        gain = total[meant[2]] - total[meant[0]] - total[read[2]] + total[read[0]]
        if gain < _HOPELESS:
            rows.append([gain, *_NOTHING_MORE])
            continue
        if option.gap is not gap:
            gap, facts = option.gap, _facts(text, option.gap, noise, language)
        gain = total[meant[2]] - total[meant[0]] - (total[read[2]] - total[read[0]])
        gain = min(max(gain, -10.0), 25.0)
        tie = ties[bare[1]] if bare[1] < bare[2] else 0.0
        rows.append([
            gain, max(gain - 3, 0), max(gain - 8, 0),
            total[meant[2]] - total[meant[1]], total[read[2]] - total[read[1]],
            min(max(tie, -4.0), 12.0), min(max(tie - 4, 0.0), 8.0),
            *facts,
            option.meant == STOP, option.meant == COMMA, option.meant == NOTHING,
        ])  # fmt: skip
    return np.array(rows, dtype=np.float64)


def alike(text: str, gap: Gap) -> int:
    """How many marks like that of the gap stand near on its line."""
    if not gap.marks:
        return 0
    before = text[max(0, gap.start - _ALIKE) : gap.start].rpartition("\n")[2]
    after = text[gap.end : gap.end + _ALIKE].partition("\n")[0]
    if gap.marks == ",":
        return len(_COMMA.findall(before)) + len(_COMMA.findall(after))
    run = text[gap.start : gap.end]
    return before.count(run) + after.count(run)


def _facts(text: str, gap: Gap, noise: Noise, language: LanguageModel) -> list[float]:
    """The features that a gap has whatever is meant there, from ``left_known`` to ``alike``."""
    share = capital_share(gap.right, gap.after)
    left, right, marks = gap.left, gap.right, gap.marks
    run = text[gap.start : gap.end]
    sentence = text[max(0, gap.start - _FAR) : gap.start]
    since = len(sentence[max(map(sentence.rfind, _ENDS)) + 1 :].split())
    rest = text[gap.end : gap.end + _FAR]
    ends = [place for mark in _ENDS if (place := rest.find(mark)) >= 0]
    until = len(rest[: min(ends, default=len(rest))].split())
    return [
        language.word_id(left) > UNKNOWN_ID and (is_syllable(left) or left.isdigit()), left.isdigit(),
        left[:1].isupper(), len(left) == 1,
        language.word_id(right) > UNKNOWN_ID and (is_syllable(right) or right.isdigit()), right.isdigit(),
        right[:1].isupper(), right.isupper() and len(right) > 1, len(right) == 1,
        log(share / (1 - share)) if 0 < share < 1 else 0.0, gap.after[:1].islower(), gap.after[:1].isupper(),
        run[:1] == " " and bool(marks), run[-1:] != " ", log1p(len(marks)),
        "," in marks, "." in marks, ":" in marks, not _DASHES.isdisjoint(marks),
        "'" in marks, not marks,
        noise.words, noise.marks, max(noise.words, noise.marks, -5.5),
        log1p(since), log1p(until),
        log1p(alike(text, gap)),
    ]  # fmt: skip
