"""Lines of a document, and the deletion of whole lines, for the detectors of noise."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

from ocrfix.config import Config
from ocrfix.detectors._noise_memory import WordMemory
from ocrfix.detectors._noise_numbers import FRAMES, LONG_NUMBER, PageNumber, read_number
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.vietnamese.letters import letter

__all__ = [
    "Line",
    "Mark",
    "Sheet",
    "bare_skeleton",
    "beside",
    "breaks_sentence",
    "findings",
    "flows",
    "goes_on",
    "running",
    "skeleton",
    "wrapped",
]

ENDINGS: Final = '.!?…:;"”’»)]}'
"""Signs that end a sentence or a part of one."""
_STOPS: Final = ".!?…:;"
LONG: Final = 25
"""Characters from which on a line can be running text; shorter ones are headings, captions, cells."""


def _skeleton_table() -> dict[int, str]:
    table = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = letter(chr(code)).base.lower()
        if len(base) == 1 and base.isascii():
            table[code] = base
    return table | {ord(d): "#" for d in "0123456789"}


_SKELETON: Final = _skeleton_table()
_skeletons: Final = WordMemory(lambda word: word.lower().translate(_SKELETON))


def skeleton(text: str) -> str:
    """A line in lower case, without marks, digits as "#", with single spaces: what noisy copies share.

    >>> skeleton("Thứ Sáu  20-10-2023")
    'thu sau ##-##-####'
    """
    return " ".join(_skeletons.of(text.split()))


def bare_skeleton(text: str) -> str:
    """The skeleton of a line without its blanks.

    >>> bare_skeleton("Thứ Sáu  20-10")
    'thusau##-##'
    """
    return "".join(_skeletons.of(text.split()))


class Line(NamedTuple):
    """A line that is not blank: its stripped span and text, and the numbers of its block and page."""

    start: int
    end: int
    text: str
    block: int
    page: int


class Sheet:
    r"""The lines of a document, numbered through, blank ones left out.

    >>> sheet = Sheet(Document("Tin vắn\n\nTrang 3\nBáo Xuân"))
    >>> [(line.text, line.block) for line in sheet.lines], sheet.alone(0), sheet.alone(1)
    ([('Tin vắn', 0), ('Trang 3', 1), ('Báo Xuân', 1)], True, False)
    """

    def __init__(self, document: Document) -> None:
        text = self.text = document.text
        self._margin = document.margin
        self.lines: list[Line] = []
        self.ranges: list[range] = []
        """For each block the numbers of its lines."""
        for number, block in enumerate(document.blocks):
            first = len(self.lines)
            self.lines.extend(
                Line(s.start, s.end, text[s.start : s.end], number, block.page) for s in block.lines
            )
            self.ranges.append(range(first, len(self.lines)))

    @cached_property
    def numbers(self) -> dict[int, PageNumber]:
        """The page numbers that fill lines, by line."""
        return {
            i: number
            for i, line in enumerate(self.lines)
            if (len(line.text) <= LONG_NUMBER or line.text[0] in FRAMES)
            and (number := read_number(i, line.text))
        }

    @cached_property
    def margin(self) -> frozenset[int]:
        """The lines at the top or the bottom of a page that stand apart from its text; none if not known."""
        mask = self._margin
        if mask is None:
            return frozenset()
        return frozenset(i for i, line in enumerate(self.lines) if mask[line.start : line.end].any())

    def alone(self, index: int) -> bool:
        """Whether the line is a block by itself."""
        return len(self.ranges[self.lines[index].block]) == 1

    def begin(self, index: int) -> int:
        """Where the line begins with its indent."""
        start = self.lines[index].start
        while start and self.text[start - 1] not in "\n\f" and self.text[start - 1].isspace():
            start -= 1
        return start

    def pages(self) -> list[range]:
        """The numbers of each page's lines; a blank page has none."""
        found: list[range] = []
        first = 0
        for index, line in enumerate(self.lines):
            while len(found) < line.page:
                found.append(range(first, index))
                first = index
        found.append(range(first, len(self.lines)))
        return found


@dataclass(frozen=True, slots=True)
class Mark:
    """A place of noise: whole lines by number, or a span inside one block, never both.

    A place that is only shown (`Safety.DISPLAY`) gets no edits.
    """

    rule: Rule
    message: str
    confidence: float
    safety: Safety
    lines: tuple[int, ...] = ()
    span: Span | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def order(self) -> tuple[int, float, str]:
        """What to sort by: the surest first."""
        return (-self.safety, -self.confidence, self.rule.code)


def breaks_sentence(sheet: Sheet, index: int, noise: Iterable[int] = ()) -> bool:
    r"""Whether a line stands in the middle of a sentence of running text.

    The nearest lines before and after it that are not in ``noise`` are running text, the first has no
    end of a sentence and the second goes on with a small letter.

    >>> page = "Hội nghị đã nghe báo cáo của các huyện và\n\n12\n\nthành phố về kết quả chín tháng đầu năm"
    >>> breaks_sentence(Sheet(Document(page)), 1)
    True
    """
    left, right = beside(sheet, index, noise)
    return left is not None and right is not None and flows(sheet, left, right)


def beside(sheet: Sheet, index: int, noise: Iterable[int] = ()) -> tuple[int | None, int | None]:
    """The numbers of the nearest lines before and after one; at most six in ``noise`` are passed over."""
    skip = noise if isinstance(noise, (set, frozenset, dict)) else frozenset(noise)
    found: list[int | None] = []
    for step in (-1, 1):
        place = index + step
        for _ in range(6):
            if place not in skip:
                break
            place += step
        found.append(place if 0 <= place < len(sheet.lines) else None)
    return found[0], found[1]


def running(sheet: Sheet, index: int, step: int) -> bool:
    """Whether a line is running text: long, or the short end (``step`` -1) or begin (1) of a long run."""
    line, other = sheet.lines[index], index + step
    if len(line.text) >= LONG:
        return True
    own = sheet.ranges[line.block]
    return own.start <= other < own.stop and len(sheet.lines[other].text) >= 2 * LONG


def flows(sheet: Sheet, left: int, right: int) -> bool:
    """Whether a sentence of running text goes on from one line, by number, to another further on."""
    before, after = sheet.lines[left].text, sheet.lines[right].text
    return (
        before[-1] not in _STOPS
        and after[0].islower()
        and not (len(after) > 1 and after[1] in ").")
        and (running(sheet, left, -1) or len(after) >= 2 * LONG)
        and (running(sheet, right, 1) or len(before) >= 2 * LONG or (after[-1] in _STOPS and " " in after))
    )


def goes_on(left: str, right: str) -> bool:
    """Whether a sentence of running text goes on from one line to another that may stand further on.

    >>> goes_on("Các hộ trong thôn đã tự nguyện hiến", "đất, tháo dỡ tường rào để mở đường")
    True
    """
    return (
        len(left) >= LONG
        and len(right) >= LONG
        and left[-1] not in ENDINGS
        and right[0].islower()
        and not (len(right) > 1 and right[1] in ").")
    )


def wrapped(sheet: Sheet, index: int) -> bool:
    """Whether the line is a piece of a sentence that runs over several lines of its block."""
    line, own = sheet.lines[index], sheet.ranges[sheet.lines[index].block]
    before = sheet.lines[index - 1].text if index > own.start else "."
    after = sheet.lines[index + 1].text if index + 1 < own.stop else "."
    if len(before) >= LONG and before[-1] not in ENDINGS and not line.text[0].isupper():
        return True
    return line.text[-1] not in ENDINGS and after[0].islower()


def findings(sheet: Sheet, marks: Iterable[Mark], config: Config) -> list[Finding]:
    """Turn marks into findings whose edits fit together.

    Marks that the config applies are planned together, so that the lines between which they stood
    keep exactly one blank line; every other mark gets the edits it would have alone.
    """
    marks = [mark for mark in marks if config.uses(mark.rule)]
    if not marks:
        return []
    protected = _Cover(config.protected(sheet.text))
    taken: set[int] = set()
    planned: list[Mark] = []
    others: list[Mark] = []
    for mark in sorted(marks, key=Mark.order):
        if not taken.isdisjoint(mark.lines):
            continue
        places = [Span(sheet.lines[i].start, sheet.lines[i].end) for i in mark.lines]
        places += [mark.span] if mark.span else []
        if config.applies(mark.safety, mark.confidence) and not any(map(protected.meets, places)):
            planned.append(mark)
            taken.update(mark.lines)
        else:
            others.append(mark)
    inside = _Cover([Span(sheet.lines[i].start, sheet.lines[i].end) for i in taken])
    plan = _Plan(sheet, taken)
    found = [_finding(plan, m) for m in planned if not (m.span and inside.meets(m.span))]
    found += [
        _finding(_Plan(sheet, set(m.lines)), m)
        for m in others
        if taken.isdisjoint(m.lines) and not (m.span and inside.meets(m.span))
    ]
    return sorted(found, key=lambda f: f.span)


class _Plan:
    """Which lines go, and what that means for their blocks."""

    def __init__(self, sheet: Sheet, gone: set[int]) -> None:
        self.sheet = sheet
        self.gone = gone
        self.tail = len(sheet.lines)
        """The first of the lines that go at the document's end."""
        while self.tail and self.tail - 1 in gone:
            self.tail -= 1
        self._ends: dict[int, int] = {}

    def end_run(self, block: int) -> int:
        """The first of the lines that go at the block's end; its first line when the whole block goes."""
        if block not in self._ends:
            lines = self.sheet.ranges[block]
            first = lines.stop
            while first > lines.start and first - 1 in self.gone:
                first -= 1
            self._ends[block] = first
        return self._ends[block]


class _Cover:
    """Spans, none of which overlaps another, to look places up in."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans)

    def meets(self, span: Span) -> bool:
        """Whether one of the spans overlaps this one."""
        place = bisect_right(self._spans, span)
        return any(span.overlaps(s) for s in self._spans[max(0, place - 1) : place + 1])


def _finding(plan: _Plan, mark: Mark) -> Finding:
    sheet = plan.sheet
    if mark.span:
        span, cuts = mark.span, [_cut_inside(sheet.text, mark.span)]
    else:
        first, last = sheet.lines[mark.lines[0]], sheet.lines[mark.lines[0]]
        for i, j in zip(mark.lines, mark.lines[1:], strict=False):
            if j != i + 1:
                break
            last = sheet.lines[j]
        span = Span(first.start, last.end)
        cuts = [_cut_line(plan, i) for i in mark.lines]
    edits = () if mark.safety is Safety.DISPLAY else tuple(Edit(s, "") for s in _joined(cuts))
    return Finding(mark.rule, span, mark.message, edits, mark.confidence, mark.safety, mark.evidence)


def _joined(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for span in spans:
        if found and found[-1].end == span.start:
            found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return found


def _cut_inside(text: str, span: Span) -> Span:
    """The span with the space that would be left over beside it."""
    start, end = span.start, span.end
    while start and text[start - 1] in " \t\u00a0":
        start -= 1
    at_start = not start or text[start - 1] in "\n\f"
    at_end = end == len(text) or text[end] in "\n\f"
    if at_start:
        start = span.start
        while end < len(text) and text[end] in " \t\u00a0":
            end += 1
        if at_end and start and text[start - 1] == "\n" and end < len(text) and text[end] == "\n":
            end += 1  # the last line of a span that began further up in its block
    elif not at_end and text[end] not in " \t\u00a0.,;:!?)":
        start = span.start
    return Span(start, end)


def _cut_line(plan: _Plan, index: int) -> Span:
    """What to delete so that one line goes, when all lines of the plan go."""
    sheet = plan.sheet
    lines, line = sheet.lines, sheet.lines[index]
    own, run = sheet.ranges[line.block], plan.end_run(line.block)
    if run > own.start:
        if index >= run:
            return Span(lines[index - 1].end, line.end)
        return Span(sheet.begin(index), sheet.begin(index + 1))
    start = sheet.begin(index)
    if index == own.start and index and index - 1 not in plan.gone:
        start = _trimmed_start(sheet, index, start, tail=index >= plan.tail)
    if index + 1 < own.stop:
        return Span(start, sheet.begin(index + 1))
    if own.stop == len(lines):
        return Span(start, line.end)
    page_break = sheet.text.find("\f", line.end, lines[index + 1].start)
    return Span(start, page_break if page_break >= 0 else sheet.begin(index + 1))


def _trimmed_start(sheet: Sheet, index: int, start: int, *, tail: bool) -> int:
    """Where to cut before the first of some deleted blocks: all blank lines but one go too."""
    before = sheet.lines[index - 1].end
    gap = sheet.text[before:start]
    if "\f" in gap:
        return start
    if tail:
        return before
    if gap.count("\n") > 2:
        return before + gap.index("\n", gap.index("\n") + 1) + 1
    return start
