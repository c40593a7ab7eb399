"""Which line ends are soft wraps: the lines of a document put together to paragraphs.

Wrapped text gives itself away twice: most line ends cut a sentence (no closing sign, a lower-case
letter after it), and lines are full (the next line's first word would not have fitted). Text with one
paragraph a line, lists and verse show neither together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._joins_lines import Line, broken_hyphen, is_capitals, is_formula, is_word
from ocrfix.layout import Kind, is_table_line, is_verse, line_kind, starts_article
from ocrfix.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ocrfix.detectors._joins_fit import Fit

    Judge = Callable[[Sequence[tuple[str, str]]], list[Fit]]

__all__ = ["Wrap", "paragraphs", "wraps"]

FULL: Final = 0.86
"""A line is full when it and the next word reach this share of the column's width. In 10,568 line ends of
Tesseract and TrOCR readings of set columns, 95 % reach 0.82 (proportional type)."""
WINDOW: Final = 6
"""Lines looked at on each side to judge the column."""
NARROWEST: Final = 16
"""The narrowest column, in characters, taken for running text."""
WIDEST_SPACED: Final = 110
"""The widest column, in characters, whose lines may have blank lines between them."""
GOES_ON: Final = 3.0
"""The fit, in nats, from which a doubtful line end is taken for the middle of a sentence."""
HEADING_GOES_ON: Final = 4.5
"""The same after a first line that looks like a heading. Of 1,574 headlines and the openings below them 97 %
stay under it; of 184 first lines of OCR readings cut before a capital 85 % reach it."""
SHORT: Final = 4
"""Runs of so few lines are put to the language model whole."""
SAMPLES: Final = 12
"""Line ends of a run that are put to the language model."""
LEAST_FIT_OF_PROSE: Final = 1.0
"""What the median of their fit must reach, in nats, in a run in which a sentence ends inside a line."""
LEAST_READ: Final = 7.0
"""What the mean of seam and fit together must reach in any other run, which may be a list. Of 1,300
sentences of news, laws and Wikipedia that were folded to four lines or more 97 % do; of 87 lists and verses
whose lines begin with small letters one does."""
LONG_LINES: Final = (45, 4.5)
MANY_LINES: Final = (9, 5.5)
"""The mean length of lines, in characters, and the number of line ends from which less is enough, and how
much: so long entries are seldom, and the mean of many is surer. Misread columns need it."""
ABRUPT: Final = 1.5
ABRUPT_LINES: Final = 3
"""How much longer a line is than so many lines on its other side where a list begins or ends below prose."""
ALONE_GOES_ON: Final = 5.2
"""The fit, in nats, of the only line end of a run."""
BATCH: Final = 200
"""Line ends judged in one question to the language model."""
ENTRIES: Final = (3, 2)
"""Line ends nearby without any sign and before a capital that make the lines entries of a list: their least
number, and how many there are for each line end that cuts a sentence."""
WIDEST: Final = 220
"""The widest column, in characters; longer lines are paragraphs."""
_SENTENCE_INSIDE: Final = re.compile(r"[^\W\d_]{2}[.!?] [^\W\d_]")
_ENTRY: Final = re.compile(r"[^\s:;,.][^:;,.]{0,38}?(?::(?=\s)| [-–—=→] )\s*\S")
"""An entry of a list: a word or two and what is said of it."""


@dataclass(frozen=True, slots=True)
class Wrap:
    """A line end inside a paragraph: after line number ``line`` (an index); ``sure`` by form alone."""

    line: int
    sure: bool


def _read(fit: Fit) -> float:
    """Seam and fit together, in nats, each within the bounds in which it tells something."""
    return max(-5.0, min(5.0, fit.seam)) + max(-5.0, min(8.0, fit.total))


def _first_word(text: str) -> int:
    place = text.find(" ")
    return len(text) if place < 0 else place


def wraps(lines: list[Line], judge: Judge) -> list[Wrap]:
    """The soft wraps among the lines, in order.

    Parameters: ``lines`` as from `lines_of`; ``judge(pairs)``, how well the texts of each pair go together,
    in nats, asked only where form does not decide.
    """
    cut = [
        not a.closed and b.case == "lower" and not b.item and b.gap <= 2 and not b.pages and is_word(b.text)
        for a, b in pairwise(lines)
    ]
    if not any(cut):
        return []
    if _all_double_spaced(lines, cut):
        lines = [replace(line, gap=line.gap - 1) if line.gap > 1 else line for line in lines]
    columns: list[_Column] = []
    start = 0
    while start < len(lines):
        end = _run_end(lines, cut, start)
        if end - start >= 2 and _may_be_prose(lines[start:end]):
            columns.append(_Column(lines[start:end], cut[start : end - 1], start, judge))
        start = end
    columns = _that_read_on(columns, judge)
    widths = sorted(width for column in columns for width in column.sure_widths())
    page = widths[len(widths) // 2] if widths else None
    return [wrap for column in columns if page or any(column.cut) for wrap in column.wraps(page)]


def _that_read_on(columns: list[_Column], judge: Judge) -> list[_Column]:
    """The columns whose cut line ends, by and large, go on in the next line; lists of entries do not.

    All that is doubtful in them is asked in one go, for a question to the model is dear.
    """
    cut = [(column, column.samples()) for column in columns if any(column.cut)]
    asked = [(column, i) for column, sample in cut for i in sorted({*sample, *column.doubtful()})]
    if any(len(sample) >= 3 for _, sample in cut):
        asked += [(c, i) for c in columns if len(c.run) <= SHORT and not any(c.cut) for i in c.doubtful()]
    for (column, i), fit in zip(asked, judge([column.pair(i) for column, i in asked]), strict=True):
        column.fits[i] = fit
    broken = {id(column) for column, sample in cut if not column.reads_on(sample)}
    return [column for column in columns if id(column) not in broken]


def _all_double_spaced(lines: list[Line], cut: list[bool]) -> bool:
    """Whether the whole text has a blank line after every line, and sentences run over them."""
    gaps = [line.gap for line in lines[1:]]
    if len(gaps) < 6 or gaps.count(1) > 0.05 * len(gaps):
        return False
    spaced = [c for c, gap in zip(cut, gaps, strict=True) if gap == 2]
    narrow = sum(len(line) <= WIDEST_SPACED for line in lines)
    return sum(spaced) >= 0.35 * len(spaced) and len(spaced) >= 6 and narrow >= 0.95 * len(lines)


def _run_end(lines: list[Line], cut: list[bool], start: int) -> int:
    """The end of the run of lines that may belong together: one column, blank lines in it or not."""
    end = start + 1
    while end < len(lines):
        line = lines[end]
        if line.pages or line.gap > 2:
            break
        if line.gap == 2 and not cut[end - 1] and not _double_spaced(lines, cut, end):
            break
        if _abrupt(lines, start, end):
            break
        end += 1
    return end


def _abrupt(lines: list[Line], start: int, end: int) -> bool:
    """Whether at ``end`` a list of short lines begins below a line of prose, or ends above one."""
    above = lines[max(start, end - ABRUPT_LINES) : end]
    below = lines[end : end + ABRUPT_LINES]
    if len(below) == ABRUPT_LINES and all(line.gap == 1 for line in below) and _shorter(below, above[-1]):
        return True
    return len(above) == ABRUPT_LINES and _shorter(above, below[0])


def _shorter(lines: list[Line], other: Line) -> bool:
    return all(ABRUPT * len(line) < len(other) for line in lines) and bool(
        _SENTENCE_INSIDE.search(other.text)
    )


def _double_spaced(lines: list[Line], cut: list[bool], place: int) -> bool:
    """Whether around this line end every line has a blank line after it, and most cut sentences."""
    near = range(max(1, place - WINDOW), min(len(lines), place + WINDOW + 1))
    if len(near) < 4 or any(lines[i].gap != 2 or len(lines[i]) > WIDEST for i in near):
        return False
    return sum(cut[i - 1] for i in near) * 2 >= len(near)


def _may_be_prose(run: list[Line]) -> bool:
    texts = [line.text for line in run]
    if is_verse(texts):
        return False
    entries = sum(_ENTRY.match(text) is not None for text in texts)
    if entries >= 3 and entries * 10 >= len(texts) * 7:
        return False
    return sum(map(is_table_line, texts)) * 2 <= len(texts)


class _Column:
    """A run of lines and the evidence, line end by line end, that it is one wrapped column."""

    def __init__(self, run: list[Line], cut: list[bool], offset: int, judge: Judge) -> None:
        self.run, self.cut, self.offset, self.judge = run, cut, offset, judge
        self.fits: dict[int, Fit] = {}
        self.widths = self._widths()
        self.spaces = [line.text.count(" ") for line in run]
        self.fill = [
            (len(a) + 1 + _first_word(b.text)) / width
            for (a, b), width in zip(pairwise(run), self.widths, strict=False)
        ]
        self.items = sum(line.item for line in run)
        self.prose = any(_SENTENCE_INSIDE.search(line.text) for line in run)
        # A paragraph begins with a capital; a run of small letters alone may be a list or verse.
        self.headless = run[0].case == "lower" and all(line.case != "upper" for line in run)
        # A paragraph that ends inside the run shows that blank lines do not part paragraphs here.
        self.inner_ends = sum(
            a.closed and b.case != "lower" and f < FULL - 0.04
            for (a, b), f in zip(pairwise(run), self.fill, strict=True)
        )
        base = min(line.indent for line in run)
        indented = sum(line.indent >= base + 2 for line in run[1:])
        self.indents = base + 2 if 0 < indented <= len(run) * 0.5 else None

    def _widths(self) -> list[int]:
        """The width of the column around each line: the 80th centile of the lengths near it."""
        lengths = [len(line) for line in self.run]
        widths: list[int] = []
        for i in range(len(lengths)):
            if i % 3 == 0 or not widths:
                near = sorted(lengths[max(0, i - WINDOW) : i + WINDOW + 2])
                width = near[int(0.8 * (len(near) - 1) + 0.5)]
            widths.append(width)
        return widths

    def reads_on(self, sample: list[int]) -> bool:
        """Whether the line ends, of which some were put to the model, are those of text and of no list."""
        if len(sample) < 2:
            return True
        if not self.prose:
            least = LEAST_READ
            for value, (enough, less) in (
                (sum(map(len, self.run)) / len(self.run), LONG_LINES),
                (len(sample), MANY_LINES),
            ):
                if value >= enough:
                    least = min(least, less)
            return sum(_read(self.fits[i]) for i in sample) >= least * len(sample)
        return len(sample) < 3 or median(self.fits[i].total for i in sample) >= LEAST_FIT_OF_PROSE

    def samples(self) -> list[int]:
        """Some of the line ends that cut a sentence, from all over the run."""
        places = [i for i, cut in enumerate(self.cut) if cut]
        return places[:: max(1, len(places) // SAMPLES)]

    def doubtful(self) -> list[int]:
        """Line ends that form may leave undecided."""
        if len(self.run) <= SHORT:
            return list(range(len(self.cut)))
        return [i for i, cut in enumerate(self.cut) if not cut and self.fill[i] >= FULL]

    def pair(self, i: int) -> tuple[str, str]:
        """The texts before and after a line end."""
        return self.run[i].text, self.run[i + 1].text.lstrip("-–— ")

    def sure_widths(self) -> list[int]:
        """Widths of the stretches that are surely wrapped, for the sake of short runs elsewhere."""
        if len(self.run) < 4 or not any(self.cut):
            return []
        step = max(1, len(self.cut) // 8)
        return [
            self.widths[i] for i in range(len(self.cut) // 2 % step, len(self.cut), step) if self._evidence(i)
        ]

    def wraps(self, page: int | None) -> list[Wrap]:
        """The wraps; ``page`` is the width of the document's sure columns, where there are any."""
        found: list[Wrap] = []
        joined_before = False
        for i in range(len(self.cut)):
            sure = self._evidence(i)
            if not sure and page and self._fills(i, page):
                sure = True
            joined_before = sure is not None and self._joins(i, joined_before, weak=not sure)
            if joined_before:
                found.append(Wrap(self.offset + i, bool(sure)))
        return found

    def _evidence(self, i: int) -> bool | None:
        """Whether the lines around a line end are one wrapped column: surely, perhaps, or not (None)."""
        if not NARROWEST <= self.widths[i] <= WIDEST or len(self.run[i]) > 1.3 * self.widths[i]:
            return None
        near = range(max(0, i - WINDOW), min(len(self.cut), i + WINDOW + 1))
        if sum(self.spaces[near.start : near.stop]) < 2 * len(near):
            return None  # lines of one or two words are entries
        full, bad, stops = self._counts(near)
        if self._entries(near) > max(ENTRIES[0] - 1, ENTRIES[1] * (full + bad)):
            return None
        if self.headless and self.run[i + 1].gap == 1 and (full < 5 or bad or stops):
            return False if full > bad + stops else None
        many = full >= 3 and full >= 0.3 * len(near) and bad <= 0.5 * full and stops <= full
        if many or (full >= 2 and full >= 0.5 * len(near) and not bad and not stops):
            return True
        return False if full >= 1 and bad + stops <= full + 1 and len(near) <= 2 * WINDOW else None

    def _counts(self, near: range) -> tuple[int, int, int]:
        """Line ends that cut a sentence, full and not, and ends of short lines without a closing sign."""
        full = bad = stops = 0
        for j in near:
            if self.cut[j]:
                if self.fill[j] >= FULL:
                    full += 1
                else:
                    bad += 1
            elif not self.run[j].closed and self.fill[j] < FULL:
                stops += 1
        return full, bad, stops

    def _entries(self, near: range) -> int:
        """Line ends after a letter or figure and before a capital: few in running text, most in a list."""
        return sum(
            self.run[j + 1].case == "upper" and not self.run[j].closed and self.run[j].text[-1].isalnum()
            for j in near
            if not self.cut[j]
        )

    def _fills(self, i: int, page: int) -> bool:
        """Whether a line is as wide as the columns of the rest of the document."""
        length = len(self.run[i])
        return length <= 1.15 * page and length + 1 + _first_word(self.run[i + 1].text) >= 0.9 * page

    def _joins(self, i: int, joined_before: bool, *, weak: bool) -> bool:  # noqa: C901, PLR0911, PLR0912
        left, right = self.run[i], self.run[i + 1]
        full = self.fill[i] >= FULL
        inside = joined_before or left.case == "lower"
        if broken_hyphen(left.text, right.text) or is_formula(left.text) or is_formula(right.text):
            return False
        if is_capitals(left.text) != is_capitals(right.text) and not (inside and full):
            return False
        if right.item and not self._dash_goes_on(i):
            return False
        if self.indents is not None and right.indent >= self.indents and (left.closed or not full):
            return False
        if right.gap == 2 and not self._column_around(i):
            return False
        if self.cut[i]:
            if weak or right.gap == 2:
                return self._goes_on(i, ALONE_GOES_ON if self.cut.count(True) == 1 else GOES_ON)
            return full or self.fill[i] >= 0.5 or self._goes_on(i)
        if right.gap == 2 and (left.closed or not full):
            return False
        if self._ends_open(i + 1) and (
            left.closed or line_kind(right.text) is Kind.BYLINE or not self._goes_on(i, HEADING_GOES_ON)
        ):
            return False
        if not full:
            return left.text.endswith(",") and self.fill[i] >= 0.6 and inside and self._goes_on(i)
        if left.closed:
            return self._sentence_ends_inside(i, weak=weak)
        if not inside or weak:
            if starts_article(left.text):
                return False
            return self._goes_on(i, GOES_ON if line_kind(left.text) is Kind.PARAGRAPH else HEADING_GOES_ON)
        return True

    def _ends_open(self, i: int) -> bool:
        """Whether a line would be the last of its paragraph and yet has no closing sign: a byline."""
        if self.run[i].closed:
            return False
        return i == len(self.cut) or not (self.cut[i] or self.fill[i] >= FULL)

    def _column_around(self, i: int) -> bool:
        """Whether a blank line stands amid the lines of a column, and not between two paragraphs."""
        if self.widths[i] > WIDEST_SPACED:
            return False
        near = range(max(0, i - WINDOW), min(len(self.cut), i + WINDOW + 1))
        tight = sum(self.cut[j] and self.fill[j] >= FULL and self.run[j + 1].gap == 1 for j in near)
        spaced = sum(self.cut[j] and self.fill[j] >= FULL and self.run[j + 1].gap == 2 for j in near)
        return tight >= 2 or spaced >= 3

    def _sentence_ends_inside(self, i: int, *, weak: bool) -> bool:
        """Whether a line end after a closing sign is inside a paragraph."""
        left, right = self.run[i], self.run[i + 1]
        if right.case == "lower":
            return left.text[-1] not in ";:" or not weak
        if left.text[-1] == ":":
            return not weak and right.case != "other" and self._goes_on(i, HEADING_GOES_ON)
        if left.text[-1] == ";" or weak:
            return False
        if self.indents is not None:
            return True
        return self.inner_ends == 0 and line_kind(right.text) in (Kind.PARAGRAPH, Kind.HEADING)

    def _dash_goes_on(self, i: int) -> bool:
        """Whether a line that begins like a list item is the middle of a sentence ("Hà Nội / - Huế")."""
        left = self.run[i]
        return self.items == 1 and not left.closed and self.fill[i] >= FULL and self._goes_on(i)

    def _goes_on(self, i: int, least: float = GOES_ON) -> bool:
        if i not in self.fits:
            # Every doubtful line end of the next stretch at once: one question to the model is dear.
            doubtful = [
                j
                for j in range(i, min(len(self.cut), i + BATCH))
                if j not in self.fits and (j == i or self.cut[i] or not self.cut[j])
            ]
            self.fits.update(zip(doubtful, self.judge([self.pair(j) for j in doubtful]), strict=True))
        # After a closing sign a full stop is unlikely anyway: there the seam alone tells.
        return self.fits[i].seam > 1.0 if self.run[i].closed else self.fits[i].total > least


def paragraphs(lines: list[Line], found: list[Wrap]) -> list[Span]:
    """Index ranges of the lines that make up each paragraph once the wraps are undone."""
    inside = {wrap.line for wrap in found}
    spans, start = [], 0
    for i in range(len(lines)):
        if i not in inside:
            spans.append(Span(start, i + 1))
            start = i + 1
    return spans
