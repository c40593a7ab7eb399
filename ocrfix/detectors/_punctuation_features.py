"""What speaks for and against another mark at a gap, asked of the language model in one go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from math import log, log1p
from typing import TYPE_CHECKING, Final

import numpy as np

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
from ocrfix.language_model.model import BOUNDARY_ID, SKIP_ID, UNKNOWN_ID
from ocrfix.language_model.tokens import TOKEN
from ocrfix.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrfix.language_model import LanguageModel

__all__ = ["NAMES", "alike", "features"]

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
_COMMA: Final = re.compile(rf", [{CAPITAL}]")
_REACH: Final = 3
_NEAR: Final = 90
"""Characters looked at on each side of a gap."""
_FAR: Final = 400
"""Characters looked at for the ends of the sentence."""
_HOPELESS: Final = -1.5
"""Gain (nats) under which nothing else can speak for a change."""
_OUTSIDE: Final = -14.0
"""Least log-probability (nats) that one word counts with, so that no unknown word decides alone."""


def _context(text: str, end: int, language: LanguageModel) -> list[int]:
    """Ids of the last words before ``end``, boundaries where the block starts."""
    start = max(0, end - _NEAR)
    piece = text[start:end].rpartition("\n\n")[2]
    found = [language.word_id(m.group()) for m in TOKEN.finditer(piece)]
    return ([BOUNDARY_ID] * _REACH + [i for i in found if i != SKIP_ID])[-_REACH:]


def _following(text: str, start: int, language: LanguageModel) -> list[int]:
    """Ids of the next words from ``start``."""
    piece = text[start : start + 60].partition("\n\n")[0]
    found = [language.word_id(m.group()) for m in TOKEN.finditer(piece)]
    return [i for i in found if i != SKIP_ID][:_REACH]


def _marks(marks: str, language: LanguageModel) -> list[int]:
    found = [language.word_id(m.group()) for m in TOKEN.finditer(marks)]
    return [i for i in found if i != SKIP_ID]


def features(
    text: str, options: Sequence[Option], noise: Noise, language: LanguageModel
) -> NDArray[np.float64]:
    """One row an option, one column a name of `NAMES`; a hopeless option has nothing but its gain."""
    rows = np.zeros((len(options), len(NAMES)))
    words: list[int] = []
    contexts: list[list[int]] = []
    parts: list[tuple[int, int, int]] = []

    @lru_cache(maxsize=16)
    def beside(start: int, end: int) -> tuple[list[int], list[int]]:
        return _context(text, start, language), _following(text, end, language)

    @lru_cache(maxsize=64)
    def ask(gap: Gap, meant: str) -> tuple[int, int, int]:
        """Queue the words of one reading; where it starts, where its next words start, where it ends."""
        before, after = beside(gap.start, gap.end)
        marks = _marks(meant.strip(), language)
        sequence = [*before, *marks, *after]
        start = len(words)
        for k in range(_REACH, len(sequence)):
            words.append(sequence[k])
            contexts.append(sequence[k - _REACH : k])
        return start, start + len(marks), len(words)

    for option in options:
        gap = option.gap
        parts += [ask(gap, option.meant), ask(gap, gap.marks or NOTHING), ask(gap, NOTHING)]
    if not options:
        return rows
    ids = np.array(words, dtype=np.int64)
    columns = np.array(contexts, dtype=np.int64).reshape(len(words), _REACH)
    found = np.maximum(language.logp(ids, [columns[:, k] for k in range(_REACH)]), _OUTSIDE)
    total = np.concatenate(([0.0], np.cumsum(found, dtype=np.float64)))
    unigram = np.maximum(language.unigram[ids], _OUTSIDE)
    for k, (row, option) in enumerate(zip(rows, options, strict=True)):
        meant, read, bare = parts[3 * k : 3 * k + 3]
        row[0] = total[meant[2]] - total[meant[0]] - total[read[2]] + total[read[0]]
        if row[0] < _HOPELESS:
            continue
        row[:] = _row(
            text,
            option,
            noise,
            float(total[meant[2]] - total[meant[0]]),
            float(total[read[2]] - total[read[0]]),
            float(total[meant[2]] - total[meant[1]]),
            float(total[read[2]] - total[read[1]]),
            float(found[bare[1]] - unigram[bare[1]]) if bare[1] < bare[2] else 0.0,
            language,
        )
    return rows


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


def _row(  # noqa: PLR0913, PLR0917
    text: str,
    option: Option,
    noise: Noise,
    meant: float,
    read: float,
    fit: float,
    before: float,
    tie: float,
    language: LanguageModel,
) -> list[float]:
    gap = option.gap
    gain = float(np.clip(meant - read, -10, 25))
    share = capital_share(gap.right, gap.after)
    left, right = gap.left, gap.right
    run = text[gap.start : gap.end]
    sentence = text[max(0, gap.start - _FAR) : gap.start]
    since = len(sentence[max(map(sentence.rfind, _ENDS)) + 1 :].split())
    rest = text[gap.end : gap.end + _FAR]
    ends = [place for mark in _ENDS if (place := rest.find(mark)) >= 0]
    until = len(rest[: min(ends, default=len(rest))].split())
    return [
        gain, max(gain - 3, 0), max(gain - 8, 0),
        fit, before,
        float(np.clip(tie, -4, 12)), float(np.clip(tie - 4, 0, 8)),
        language.word_id(left) > UNKNOWN_ID and (is_syllable(left) or left.isdigit()), left.isdigit(),
        left[:1].isupper(), len(left) == 1,
        language.word_id(right) > UNKNOWN_ID and (is_syllable(right) or right.isdigit()), right.isdigit(),
        right[:1].isupper(), right.isupper() and len(right) > 1, len(right) == 1,
        log(share / (1 - share)) if 0 < share < 1 else 0.0, gap.after[:1].islower(), gap.after[:1].isupper(),
        run[:1] == " " and bool(gap.marks), run[-1:] != " ", log1p(len(gap.marks)),
        "," in gap.marks, "." in gap.marks, ":" in gap.marks, any(c in "-–—" for c in gap.marks),
        "'" in gap.marks, not gap.marks,
        noise.words, noise.marks, max(noise.words, noise.marks, -5.5),
        log1p(since), log1p(until),
        log1p(alike(text, gap)),
        option.meant == STOP, option.meant == COMMA, option.meant == NOTHING,
    ]  # fmt: skip
