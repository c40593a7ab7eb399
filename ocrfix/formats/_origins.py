"""Which character of the original every character of a cleaned text stands for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz.distance import Levenshtein

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrfix.report import Report

__all__ = ["align", "origins"]

_WORD: Final = re.compile(r"\S+")
_LONGEST: Final = 20_000
"""Replaced stretches longer than this, in characters, are aligned by place."""


def align(old: str, new: str) -> NDArray[np.int64]:
    """For every character of ``new`` the index of its counterpart in ``old``, -1 where it has none.

    Words that stayed are found first, then the letters of those between. White space has no
    counterpart, so that it never stands for a letter.

    >>> align("ĐIỀ U", "ĐIỀU").tolist(), align("ViNghèo", "Vì Nghèo").tolist()
    ([0, 1, 2, 4], [0, 1, -1, 2, 3, 4, 5, 6])
    """
    found = np.full(len(new), -1, dtype=np.int64)
    olds = [match.span() for match in _WORD.finditer(old)]
    news = [match.span() for match in _WORD.finditer(new)]
    before: list[tuple[int, int]] = []
    after: list[tuple[int, int]] = []
    for step in Levenshtein.opcodes([old[slice(*w)] for w in olds], [new[slice(*w)] for w in news]):
        if step.tag != "equal":
            before += olds[step.src_start : step.src_end]
            after += news[step.dest_start : step.dest_end]
            continue
        _align_letters(old, new, _places(before), _places(after), found)
        before, after = [], []
        same = _places(news[step.dest_start : step.dest_end])
        found[same] = _places(olds[step.src_start : step.src_end])
    _align_letters(old, new, _places(before), _places(after), found)
    return found


def _places(words: list[tuple[int, int]]) -> NDArray[np.int64]:
    """The places of the letters of some words."""
    if not words:
        return np.empty(0, dtype=np.int64)
    return np.concatenate([np.arange(start, end, dtype=np.int64) for start, end in words])


def _align_letters(
    old: str, new: str, before: NDArray[np.int64], after: NDArray[np.int64], found: NDArray[np.int64]
) -> None:
    if max(len(before), len(after)) > _LONGEST:
        size = min(len(before), len(after))
        found[after[:size]] = before[:size]
        return
    letters = "".join(old[i] for i in before.tolist()), "".join(new[i] for i in after.tolist())
    for step in Levenshtein.opcodes(*letters):
        if step.tag in ("equal", "replace"):
            found[after[step.dest_start : step.dest_end]] = before[step.src_start : step.src_end]


def origins(report: Report) -> NDArray[np.int64]:
    """The offset in the original of every character of a report's cleaned text, -1 for new ones.

    Unlike `ocrfix.document.SourceMap` this looks into every replacement, so that the parts of a
    word that was split or joined are told apart.
    """
    origin = np.arange(report.original_length, dtype=np.int64)
    for step in report.steps:
        pieces: list[NDArray[np.int64]] = []
        position = 0
        for item in step.edits:
            edit = item.edit
            pieces.append(origin[position : edit.span.start])
            if edit.source is not None:
                pieces.append(origin[edit.source.slice])
            elif edit.replacement:
                index = align(item.removed, edit.replacement)
                # the last place stands for "none"
                old = np.append(origin[edit.span.slice], -1)
                pieces.append(old[index])
            position = edit.span.end
        pieces.append(origin[position:])
        origin = np.concatenate(pieces)
    return origin
