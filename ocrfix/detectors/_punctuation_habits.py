"""Marks that a form, a list or a file name has rightly, though they look like stains."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import Final

from ocrfix.vietnamese.syllable import is_syllable

__all__ = ["Habits", "is_blank"]

_RUN: Final = re.compile(r"[\W_](?<!\s)(?:[^\w\n\f]|_)*")
_BLANK: Final = re.compile(r"[.…_](?:(?<=…)|(?<=_)_|(?<=\.)\s?\.)")
_LABEL: Final = 5  # words of the longest label before a colon, from the start of its line
_REACH: Final = 60  # characters of the longest one
_SIGNS: Final = frozenset(("dấu", "phím", "gõ", "nhấn", "bấm", "chấm", "phẩy", "nháy"))
"""Words before a sign that is spoken of."""
_OFTEN: Final = 2  # times from which on a mark set in the same way is the author's


def is_blank(marks: str) -> bool:
    """Whether marks are a blank to fill in, a leader or a pause: two dots and more, an ellipsis, a rule.

    >>> is_blank("..."), is_blank(": __"), is_blank(".")
    (True, True, False)
    """
    return _BLANK.search(marks) is not None


class Habits:
    r"""How the marks of one text are set; counted on first use.

    >>> Habits("rẫy : đất trên đồi\nché : bình lớn").is_own(3, " : ", "rẫy", "đất")
    True
    """

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _runs(self) -> Counter[str]:
        """The runs of marks and blanks, with the blank before them, and how often "_" and a colon are set."""
        text, found = self._text, Counter[str]()
        for match in _RUN.finditer(text):
            start = match.start()
            run = (" " if start and text[start - 1] == " " else "") + match.group()
            found[run] += 1
            found["_"] += "_" in run
            found["colon"] += run.startswith(": ")
        return found

    def is_own(self, start: int, run: str, left: str, right: str) -> bool:
        """Whether a run of marks between two words is its author's, in a text of well read words.

        Marks with a blank on each side that come again or are spoken of, underscores that come again,
        labels with what they name, semicolons, names that begin with a stop (.docx) or a dash (-y).
        """
        marks = run.replace(" ", "")
        if not marks:
            return False
        apart = run[0] == " " == run[-1]
        if apart and (marks == ";" or left.lower() in _SIGNS or self._runs[run] >= _OFTEN):
            return True
        if "_" in marks and self._runs["_"] >= _OFTEN:
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
