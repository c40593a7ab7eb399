"""Marks that a form, a list or a file name has rightly, though they look like stains."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import Final

from ocrfix.vietnamese.syllable import is_syllable

__all__ = ["Habits", "is_blank"]

_RUN: Final = re.compile(r"[\W_](?<!\s)(?:[^\w\n\f]|_)*")
_BLANK: Final = re.compile(r"[ :,;–-]*(?:\.{3,}|…+|_{3,}|\.(?: \.){2,})[ :,;–-]*")
_UNDERSCORES: Final = re.compile(r"_+")
_LABEL: Final = 5  # words of the longest label before a colon, from the start of its line
_REACH: Final = 60  # characters of the longest one
_SIGNS: Final = frozenset(("dấu", "phím", "gõ", "nhấn", "bấm", "chấm", "phẩy", "nháy"))
"""Words before a sign that is spoken of."""
_STAINS: Final = frozenset("ˆ¬")
_BESIDE: Final = frozenset("-.—'`~")
"""Signs that stains are read for, and those that with an underscore are one."""
_SHORT: Final = 8  # words of the longest line in which an underscore is a blank to fill in
_MIDDLE: Final = 20  # words of the longest one with a label or with several of them
_LINE: Final = 200  # characters of a line that are looked at, on each side
_OFTEN: Final = 2  # times from which on a mark set in the same way is the author's


def is_blank(run: str) -> bool:
    """Whether a run of marks is a blank to fill in, a leader or a pause: dots or a rule of one piece.

    >>> is_blank("..."), is_blank(": ___ "), is_blank(" . .. "), is_blank(".")
    (True, True, False, False)
    """
    return _BLANK.fullmatch(run) is not None


class Habits:
    r"""How the marks of one text are set; counted on first use.

    >>> Habits("rẫy : đất trên đồi\nché : bình lớn").is_own(3, " : ", "rẫy", "đất")
    True
    """

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _runs(self) -> Counter[str]:
        """The runs of marks and blanks, with the blank before them, and how often a colon is set."""
        text, found = self._text, Counter[str]()
        for match in _RUN.finditer(text):
            start = match.start()
            run = (" " if start and text[start - 1] == " " else "") + match.group()
            found[run] += 1
            found["colon"] += run.startswith(": ")
        return found

    @cached_property
    def stained(self) -> bool:
        """Whether signs stand among the marks that nobody writes: a page with stains."""
        return any(
            run[0] == " " and (not _STAINS.isdisjoint(run) or ("_" in run and not _BESIDE.isdisjoint(run)))
            for run in self._runs
        )

    def is_own(self, start: int, run: str, left: str, right: str) -> bool:
        """Whether a run of marks between two words is its author's, in a text of well read words.

        Marks with a blank on each side that come again or are spoken of, short blanks to fill in,
        labels with what they name, semicolons, names that begin with a stop (.docx) or a dash (-y).
        """
        marks = run.replace(" ", "")
        if not marks:
            return False
        apart = run[0] == " " == run[-1]
        core = marks.strip(":,;")
        if core == ".." or (core and not core.strip("_")):
            return core == ".." or self._filled(start)
        if apart and (marks == ";" or left.lower() in _SIGNS or self._runs[run] >= _OFTEN):
            return True
        if marks == ":" and run[-1] == " ":
            return self._runs[run] >= _OFTEN or self._runs["colon"] >= _OFTEN or self._labelled(start)
        plain = right.isascii() and right.islower()
        if run == " ." and plain:
            return not is_syllable(right) or self._runs[run] >= _OFTEN
        return run == " -" and plain and (len(right) == 1 or not is_syllable(right))

    def _labelled(self, start: int) -> bool:
        """Whether few words stand before a place on its line, the first with a capital or a number."""
        piece = self._text[max(0, start - _REACH) : start]
        line = max(piece.rfind("\n"), piece.rfind("\f")) + 1
        if not line and start > _REACH:
            return False
        words = piece[line:].split()
        return 0 < len(words) <= _LABEL and not words[0][0].islower()

    def _filled(self, start: int) -> bool:
        """Whether an underscore is a blank to fill in: on a short line, or with a label or others of them."""
        before = self._text[max(0, start - _LINE) : start].rpartition("\n")[2]
        after = self._text[start : start + _LINE].partition("\n")[0]
        line = before + after
        words = len(line.split())
        several = ":" in line or len(_UNDERSCORES.findall(line)) >= _OFTEN
        return words <= _SHORT or (words <= _MIDDLE and several)
