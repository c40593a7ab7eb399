"""Which character of the original every character of a cleaned text stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import Levenshtein

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrfix.report import Report

__all__ = ["align", "origins"]

_LONGEST = 20_000
"""Replaced stretches longer than this, in characters, are aligned by place."""


def align(old: str, new: str) -> NDArray[np.int64]:
    """For every character of ``new`` the index of its counterpart in ``old``, -1 where it has none.

    White space has no counterpart, so that it never stands for a letter.

    >>> align("ĐIỀ U", "ĐIỀU").tolist(), align("ViNghèo", "Vì Nghèo").tolist()
    ([0, 1, 2, 4], [0, 1, -1, 2, 3, 4, 5, 6])
    """
    found = np.full(len(new), -1, dtype=np.int64)
    old_places = np.array([i for i, c in enumerate(old) if not c.isspace()], dtype=np.int64)
    new_places = np.array([i for i, c in enumerate(new) if not c.isspace()], dtype=np.int64)
    if max(len(old_places), len(new_places)) > _LONGEST:
        size = min(len(old_places), len(new_places))
        found[new_places[:size]] = old_places[:size]
        return found
    letters = "".join(old.split()), "".join(new.split())
    for step in Levenshtein.opcodes(*letters):
        if step.tag in ("equal", "replace"):
            targets = new_places[step.dest_start : step.dest_end]
            found[targets] = old_places[step.src_start : step.src_end]
    return found


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
