"""Unified diff that ``git apply`` and ``patch -p1`` take."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from ocrfix.reports.changes import changes
from ocrfix.reports.model import Failure, Reviewed

__all__ = ["render", "unified"]

CONTEXT: Final = 3
"""Unchanged lines around a change, as diff -u and git show them."""
_ESCAPES: Final = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


class _Hunk(NamedTuple):
    """Lines ``[start, end)`` of the original that become lines ``[new_start, new_end)``."""

    start: int
    end: int
    new_start: int
    new_end: int


def render(files: Iterable[Reviewed], failures: Iterable[Failure] = ()) -> str:
    """The diffs of several files, one after the other; failures have no place in a patch.

    >>> render([])
    ''
    """
    del failures
    return "".join(unified(file) for file in files)


def unified(file: Reviewed) -> str:
    r"""The unified diff of one file, the empty string when nothing changed.

    Lines end at "\n" alone, as git and patch see them. It is made from the report's edits and not by
    comparing the texts, so its time is in proportion to their length.
    """
    old = _lines(file.original if file.raw_original is None else file.raw_original)
    new = _lines(file.cleaned if file.raw_cleaned is None else file.raw_cleaned)
    hunks = list(_hunks(file, old, new))
    if not hunks:
        return ""
    out = [f"--- {_name('a', file.report.name)}\n", f"+++ {_name('b', file.report.name)}\n"]
    for group in _grouped(hunks):
        out += _print(group, old, new)
    return "".join(out)


def _name(side: str, name: str) -> str:
    path = f"{side}/{name.lstrip('/')}"
    if any(c in _ESCAPES or ord(c) < 32 or ord(c) == 127 for c in path):
        return '"' + "".join(map(_escaped, path)) + '"'
    return path + "\t" if " " in path else path  # git ends a name with spaces in a tab


def _escaped(char: str) -> str:
    control = ord(char) < 32 or ord(char) == 127
    return _ESCAPES.get(char) or (f"\\{ord(char):03o}" if control else char)


def _lines(text: str) -> list[str]:
    r"""The lines, each with its line end; "\n" alone ends a line (str.splitlines cuts at "\f" too)."""
    lines = [line + "\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _hunks(file: Reviewed, old: list[str], new: list[str]) -> Iterator[_Hunk]:
    """Runs of lines that differ, without context."""
    if _is_text(file.raw_original, file.original) and _is_text(file.raw_cleaned, file.cleaned):
        hunks = _touched(file)
    else:  # files that hold more than the text (hOCR), line ends that git does not know (a lone "\r")
        matcher = SequenceMatcher(None, old, new)
        hunks = (_Hunk(a, b, c, d) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal")
    for start, end, new_start, new_end in hunks:
        first, new_first = start, new_start
        last, new_last = min(end, len(old)), min(new_end, len(new))  # behind a last line end is no line
        while first < last and new_first < new_last and old[first] == new[new_first]:
            first, new_first = first + 1, new_first + 1
        while last > first and new_last > new_first and old[last - 1] == new[new_last - 1]:
            last, new_last = last - 1, new_last - 1
        if first < last or new_first < new_last:
            yield _Hunk(first, last, new_first, new_last)


def _is_text(raw: str | None, text: str) -> bool:
    """Whether a file holds the text alone, line by line."""
    return raw is None or raw.removeprefix("\ufeff").replace("\r\n", "\n") == text.removeprefix("\ufeff")


def _touched(file: Reviewed) -> Iterator[_Hunk]:
    """The whole lines that hold changes."""
    starts, new_starts = _starts(file.original), _starts(file.cleaned)
    current: _Hunk | None = None
    for change in changes(file.report):
        start = bisect_right(starts, change.before.start) - 1
        new_start = bisect_right(new_starts, change.after.start) - 1
        # the line in which the kept text goes on is in the hunk too, unless it starts there on both sides
        end, new_end = change.before.end, change.after.end
        fresh = _at_start(starts, end) and _at_start(new_starts, new_end)
        last = bisect_right(starts, end) - fresh
        new_last = bisect_right(new_starts, new_end) - fresh
        hunk = _Hunk(start, last, new_start, new_last)
        if current is None:
            current = hunk
        elif hunk.start <= current.end and hunk.new_start <= current.new_end:
            current = current._replace(end=last, new_end=new_last)
        else:
            yield current
            current = hunk
    if current is not None:
        yield current


def _starts(text: str) -> list[int]:
    starts, place = [0], text.find("\n")
    while place >= 0:
        starts.append(place + 1)
        place = text.find("\n", place + 1)
    return starts


def _at_start(starts: list[int], offset: int) -> bool:
    return starts[bisect_right(starts, offset) - 1] == offset


def _grouped(hunks: list[_Hunk]) -> Iterator[list[_Hunk]]:
    """Hunks whose context would touch, together."""
    group = [hunks[0]]
    for hunk in hunks[1:]:
        if hunk.start - group[-1].end > 2 * CONTEXT:
            yield group
            group = []
        group.append(hunk)
    yield group


def _print(group: list[_Hunk], old: list[str], new: list[str]) -> Iterator[str]:
    lead = min(CONTEXT, group[0].start)
    trail = min(CONTEXT, len(old) - group[-1].end)
    start, end = group[0].start - lead, group[-1].end + trail
    new_start, new_end = group[0].new_start - lead, group[-1].new_end + trail
    yield f"@@ -{_range(start, end)} +{_range(new_start, new_end)} @@\n"
    place = start
    for hunk in group:
        for line in old[place : hunk.start]:
            yield _line(" ", line)
        for line in old[hunk.start : hunk.end]:
            yield _line("-", line)
        for line in new[hunk.new_start : hunk.new_end]:
            yield _line("+", line)
        place = hunk.end
    for line in old[place:end]:
        yield _line(" ", line)


def _range(start: int, end: int) -> str:
    size = end - start
    first = start + 1 if size else start
    return str(first) if size == 1 else f"{first},{size}"


def _line(sign: str, line: str) -> str:
    return f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"
