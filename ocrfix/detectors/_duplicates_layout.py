"""Where copies stand: their edges, the kind of text around them, and the edit that takes one out."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from ocrfix.detectors._duplicates_gaps import gap_kind, unlike
from ocrfix.detectors._duplicates_match import GRAM
from ocrfix.detectors._duplicates_tokens import keys_in_a_row, tokenize
from ocrfix.model import Edit, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrfix.detectors._duplicates_align import Match
    from ocrfix.detectors._duplicates_tokens import Tokens
    from ocrfix.document import Document

__all__ = ["UNIT", "Layout"]

UNIT: Final = ("block", "line")
"""Edges of paragraphs."""
_TERMINAL: Final = frozenset('.!?…:;”"»)]')
_STOPS: Final = frozenset(".!?…")
_OPENING: Final = frozenset("“\"'‘«([{*_-–—•+#>")
_NUMBERED: Final = re.compile(
    r"[ \t]*(?:điều|khoản|điểm|mục|chương|phần)[ \t]+[\dIVXLa-zđ]{1,6}\b|[ \t]*(?:\d{1,3}|[a-zđ])[.)][ \t]",
    re.IGNORECASE,
)
_REFERENCE: Final = re.compile(r"\b(?:điều|khoản|điểm)[ \t](?:\d+|này|[a-zđ]\b)", re.IGNORECASE)
_CLAUSE: Final = re.compile(
    r"[ \t]*(?:(?:điều|khoản|điểm|mục|chương)[ \t]+[\dIVXLa-zđ]{1,6}\b|[a-zđ]\))",
    re.IGNORECASE,
)
_AROUND: Final = 1500
"""Characters on each side in which numbered clauses are counted."""
_CLAUSES: Final = 4
"""Numbered lines nearby that make a text a law or a list; references to clauses count half."""
_LEGAL: Final = 3
"""Clauses, and references to them, nearby that make a text a law."""
_LONG_BLOCK: Final = 1500
"""Words above which a run of lines is no paragraph, but paragraphs without blank lines."""
_SHORT_LINE: Final = 12
"""Most words, on average, in lines of verse or of a list."""


@cache
def _clause_names() -> list[np.uint64]:
    return list(tokenize("điều khoản điểm").key)


def _within(offsets: list[int], low: int, high: int) -> int:
    return bisect_left(offsets, high) - bisect_left(offsets, low)


class Layout:
    """Edges and surroundings of runs of words ``[start, end)`` of a document."""

    def __init__(self, document: Document, tokens: Tokens) -> None:
        self.text = document.text
        self.tokens = tokens
        self.count = len(tokens.start)
        self._document = document
        # An element of a memoryview is a Python int, several times quicker than one of an array.
        self._starts, self._ends = tokens.start.data, tokens.end.data
        self._lines = document.line_starts
        self._apart = tokens.apart.data
        self._edges: dict[int, str] = {}

    @cached_property
    def unit_starts(self) -> tuple[NDArray[np.int64], ...]:
        """Numbers of the first words of the lines, and of the blocks when these are not the lines."""
        lines = self._first_words(np.array(self._document.line_starts, dtype=np.int64))
        blocks = self._first_words(np.array([0, *(m.end() for m in re.finditer(r"\n[^\S\n]*\n", self.text))]))
        return (lines, blocks) if len(blocks) != len(lines) else (lines,)

    def _first_words(self, offsets: NDArray[np.int64]) -> NDArray[np.int64]:
        found = np.searchsorted(self.tokens.start, offsets)
        found = found[: np.searchsorted(found, self.count)]
        fresh = np.ones(len(found), dtype=np.bool_)
        fresh[1:] = found[1:] != found[:-1]
        found = found[fresh]
        return found if len(found) and not found[0] else np.append(0, found)

    @cached_property
    def line_words(self) -> list[int]:
        """The first words of the lines."""
        found: list[int] = self.unit_starts[0].tolist()
        return found

    @cached_property
    def _blocks(self) -> tuple[list[int], ...]:
        """The starts of the blocks, and of the lines."""
        if len(self.unit_starts) == 1:
            return (self.line_words,)
        return self.unit_starts[1].tolist(), self.line_words

    def block(self, word: int) -> tuple[int, int]:
        """First word of a word's block (or line, where lines are the paragraphs), and the word after it."""
        for starts in self._blocks:
            n = bisect_right(starts, word)
            end = starts[n] if n < len(starts) else self.count
            if end - starts[n - 1] <= _LONG_BLOCK:
                break
        return starts[n - 1], end

    @cached_property
    def unit_edges(self) -> list[int]:
        """The words before which a paragraph begins, 0 and the word after the last among them, in order."""
        words = self.line_words
        if "\f" in self.text:
            words = sorted({*words, *(n for n in self._gaps if "\f" in self.between(n))})
        # At the start of a line only a small letter may go on with the paragraph.
        text, starts = self.text, self._starts
        return [
            *(n for n in words if not text[starts[n]].islower() or self.edge(n) in UNIT),
            self.count,
        ]

    @cached_property
    def _grams(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """The keys of all runs of `GRAM` words, as they stand and sorted."""
        keys = keys_in_a_row(self.tokens.key, GRAM)
        return keys, np.sort(keys)

    def said_elsewhere(self, start: int, end: int) -> float:
        """The share, in [0, 1], of the runs of four words in ``[start, end)`` that come three times."""
        keys, ordered = self._grams
        some = keys[start : max(start + 1, end - GRAM + 1)]
        if not len(some):
            return 0.0
        times = ordered.searchsorted(some, "right") - ordered.searchsorted(some, "left")
        return int(np.count_nonzero(times > 2)) / len(some)

    def words(self, start: int, end: int) -> str:
        """The text from the first to the last word."""
        return self.text[self._starts[start] : self._ends[end - 1]] if end > start else ""

    def folded(self, start: int, end: int) -> str:
        """The letters and digits of the words alone, in small letters and without any mark."""
        return self.tokens.folded(start, end)

    def reads_alike(self, one: tuple[int, int], other: tuple[int, int]) -> bool:
        """Whether two runs of words may be readings of one."""
        if unlike(self.tokens, one, other):
            return False
        return gap_kind(self.words(*one), self.words(*other)) == "reading"

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, from 1."""
        return self._document.position(offset)

    def word_at(self, offset: int) -> int:
        """The first word at an offset or after it."""
        return bisect_left(self._starts, offset)

    def same_words(self, one: int, other: int, size: int) -> bool:
        """Whether so many words from two places on are the same, marks and letter case aside."""
        key = self.tokens.key
        return bool((key[one : one + size] == key[other : other + size]).all())

    def start(self, word: int) -> int:
        """Offset of a word's first letter."""
        return self._starts[word]

    def end(self, word: int) -> int:
        """Offset after the last letter of the word before ``word``."""
        return self._ends[word - 1]

    def between(self, word: int) -> str:
        """What stands between the word before ``word`` and it; at the ends of the text, a blank line too."""
        if word <= 0:
            return "\n\n" + self.text[: self.start(0)]
        if word >= self.count:
            return self.text[self.end(self.count) :] + "\n\n"
        return self.text[self._ends[word - 1] : self._starts[word]]

    def apart(self, word: int) -> bool:
        """Whether anything but one blank parts a word from the one before."""
        return not 0 < word < self.count or bool(self._apart[word])

    def edge(self, word: int) -> str:
        """What parts a word from the one before: "block", "line" (a paragraph's end), "sentence" or "".

        A line end inside a sentence, as hard wrapping makes it, parts nothing.
        """
        if 0 < word < self.count and not self._apart[word]:
            return ""
        edge = self._edges.get(word)
        if edge is None:
            edge = self._edges[word] = self._edge(word)
        return edge

    @cached_property
    def _gaps(self) -> list[int]:
        """The words before which more stands than one blank."""
        found: list[int] = self.tokens.apart.nonzero()[0].tolist()
        return found

    def inner_edges(self, start: int, end: int) -> list[str]:
        """What parts the words ``[start, end)`` from each other, in order, where anything does."""
        gaps = self._gaps
        some = gaps[bisect_right(gaps, start) : bisect_left(gaps, end)]
        return [edge for edge in map(self.edge, some) if edge]

    def _edge(self, word: int) -> str:
        between = self.between(word)
        if "\n\n" in between:
            return "block"
        if "\n" in between or "\f" in between:
            head, _, tail = between.partition("\n")
            if "\f" in between or "\n" in tail:
                return "block"
            after = self.text[self.start(word)] if word < self.count else ""
            closed = head.rstrip()[-1:] in _TERMINAL and bool(head.strip())
            return "line" if closed or not after.islower() or tail.strip() else ""
        if between[:1] in _STOPS or between[:2].strip('”")»’')[:1] in _STOPS:
            after = self.text[self.start(word)]
            if between != between.rstrip() and (after.isupper() or after.isdigit()):
                return "sentence"
        return ""

    def stopped(self, word: int) -> bool:
        """Whether a full stop stands before the word although the sentence goes on in small letters."""
        between = self.between(word)
        if between[:1] != "." or not between[1:].isspace() or not self.text[self.start(word)].islower():
            return False
        before = self.words(word - 1, word)
        return len(before) > 3 and before.islower()

    def closed(self, word: int) -> bool:
        """Whether punctuation that ends a sentence or clause stands right before the gap at ``word``."""
        head = (
            self.between(word).split("\n")[0].rstrip() if word < self.count else self.between(word).rstrip()
        )
        return head[-1:] in _TERMINAL

    def sign(self, word: int) -> str:
        """The sign right before the gap at ``word``, on its own line: a stop, a quotation mark or ""."""
        between = self.between(word)
        return between.split("\n")[0].split("\f")[0].rstrip()[-1:]

    @cached_property
    def _clause_signs(self) -> tuple[list[int], list[int], list[int]]:
        """Offsets of numbered lines, of those with a letter or a clause's name, of references to clauses."""
        lines, clauses = [], []
        for start in self._document.line_starts:
            if _NUMBERED.match(self.text, start):
                lines.append(start)
            if _CLAUSE.match(self.text, start):
                clauses.append(start)
        named = np.logical_or.reduce([self.tokens.key == name for name in _clause_names()])
        starts = self.tokens.start[named].tolist()
        return lines, clauses, [start for start in starts if _REFERENCE.match(self.text, start)]

    def numbered(self, start: int, end: int) -> bool:
        """Whether the words stand among numbered clauses, as in a law, a contract or a list."""
        lines, _, references = self._clause_signs
        low, high = self._around(start, end)
        found = _within(lines, low, high)
        return found >= _CLAUSES or found + _within(references, low, high) >= 2 * _CLAUSES

    def legal(self, start: int, end: int) -> bool:
        """Whether the words stand among clauses with letters, or articles, or references to them."""
        _, clauses, references = self._clause_signs
        low, high = self._around(start, end)
        return _within(clauses, low, high) + _within(references, low, high) >= _LEGAL

    def _around(self, start: int, end: int) -> tuple[int, int]:
        left = max(0, self.start(start) - _AROUND)
        return left, min(self.end(end) + _AROUND, left + 4 * _AROUND)

    def set_in_lines(self, start: int, end: int) -> bool:
        """Whether the words stand line by line, each with a capital or sign: verse, a list, a table."""
        low = self._lines[bisect_right(self._lines, self.start(start)) - 1]
        after = bisect_right(self._lines, self.end(end))
        stop = self._lines[after] - 1 if after < len(self._lines) else len(self.text)
        stop = min(stop, low + 20_000)
        lines = [line.strip() for line in self.text[low:stop].split("\n")]
        lines = [line for line in lines if line]
        if len(lines) == 1:
            return self._among_short_lines(low, stop)
        lengths = [line.count(" ") + 1 for line in lines]
        if sum(lengths) > _SHORT_LINE * len(lines):
            return False
        capital = sum(not line[0].islower() for line in lines)
        return capital * 5 >= len(lines) * 4 or any("|" in line or "\t" in line for line in lines)

    def _among_short_lines(self, low: int, stop: int) -> bool:
        """Whether a line of at most `_SHORT_LINE` words has such lines around it in its own block."""
        before = self.text[max(0, low - 400) : max(0, low - 1)].split("\n")[-2:]
        after = self.text[stop + 1 : stop + 400].split("\n")[:2]
        near = [line for line in (*before, *after) if line.strip()]
        here = self.text[low:stop]
        if here.count(" ") >= _SHORT_LINE or len(near) < 3:
            return False
        return all(line.count(" ") < _SHORT_LINE and line.count(" ") for line in near)

    def deletion(self, match: Match, *, later: bool) -> Edit:
        """The edit that takes one copy out, with its own signs and one of the gaps beside it."""
        if later:
            start, end, other_start, other_end = match.q0, match.q1, match.p0, match.p1
        else:
            start, end, other_start, other_end = match.p0, match.p1, match.q0, match.q1
        low = self.start(start) - self._shared_before(start, other_start)
        high = self.end(end) + self.shared_after(end, other_end)
        return self._with_gap(low, high)

    def _line_start(self, offset: int) -> int:
        low = self._lines[bisect_right(self._lines, offset) - 1]
        low = max(low, self.text.rfind("\f", low, offset) + 1)
        return low + len(self.text[low:offset]) - len(self.text[low:offset].lstrip())

    def _line_end(self, offset: int) -> int:
        after = bisect_right(self._lines, offset)
        stop = self._lines[after] - 1 if after < len(self._lines) else len(self.text)
        return offset + len(self.text[offset:stop].split("\f")[0].rstrip())

    def _shared_before(self, start: int, other: int) -> int:
        """Characters of the signs before the first word that belong to the copy."""
        if self.edge(start) in ("block", "line"):
            return self.start(start) - self._line_start(self.start(start))
        mine, theirs = self.between(start), self.between(other)
        size = 0
        while size < min(len(mine), len(theirs)) and mine[-1 - size] == theirs[-1 - size]:
            if mine[-1 - size] not in _OPENING:
                break
            size += 1
        return size

    def shared_after(self, end: int, other: int) -> int:
        """Characters of the signs after the last word that belong to the copy."""
        if self.edge(end) in ("block", "line"):
            return self._line_end(self.end(end)) - self.end(end)
        mine, theirs = self.between(end), self.between(other)
        size = 0
        while size < min(len(mine), len(theirs)) and mine[size] == theirs[size] and not mine[size].isspace():
            size += 1
        return size

    def _with_gap(self, low: int, high: int) -> Edit:
        text = self.text
        before = low - self._blank_before(low)
        after = high + self._blank_after(high)
        left, right = text[before:low], text[high:after]
        if "\f" in left and "\f" in right:
            return Edit(Span(low, high), "")
        if before == 0:
            return Edit(Span(low, after), "")
        if after == len(text):
            return Edit(Span(before, high), "")
        keep_left = ("\f" in left, min(left.count("\n"), 2), -len(left)) >= (
            "\f" in right,
            min(right.count("\n"), 2),
            -len(right),
        )
        return Edit(Span(low, after), "") if keep_left else Edit(Span(before, high), "")

    def _blank_before(self, low: int) -> int:
        size = 0
        while size < low and self.text[low - 1 - size].isspace():
            size += 1
        return size

    def _blank_after(self, high: int) -> int:
        size = 0
        while high + size < len(self.text) and self.text[high + size].isspace():
            size += 1
        return size
