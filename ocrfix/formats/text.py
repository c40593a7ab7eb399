"""Plain text files: read into a Document, written back with their line ends as they were."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ocrfix.document import Document, SourceMap
from ocrfix.formats.encodings import decode
from ocrfix.model import Span
from ocrfix.report import Report, Result

__all__ = ["TextSource", "read_text", "text_source"]

_LINE_END = re.compile(r"\r{0,2}\n|\r")
"""Also "\r\r\n", which programs make of "\r\n" that they take for "\n"."""


@dataclass(frozen=True)
class TextSource:
    r"""A text file that was read.

    ``document`` has its text with every line end as "\n" and without a byte order mark; offsets in
    reports count in that text. ``raw`` is the text as it stood in the file; ``encoding`` is a codec's
    name; ``bom`` says whether UTF-8 began with a mark; ``broken`` counts the characters that could not
    be decoded and became U+FFFD; ``ends`` are the line ends in order where the file mixes them, the
    one line end otherwise; ``data`` are the bytes of the file.
    """

    document: Document
    raw: str
    encoding: str = "utf-8"
    bom: bool = False
    broken: int = 0
    ends: tuple[str, ...] = ("\n",)
    data: bytes = field(default=b"", repr=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know about how the file was read; mostly nothing."""
        notes = []
        if self.encoding not in ("utf-8", "ascii"):
            notes.append(f"read as {self.encoding}, written as UTF-8")
        if self.broken:
            line, column = self.document.position(self.document.text.index("\ufffd"))
            many = "s" if self.broken > 1 else ""
            notes.append(f"{self.broken} broken character{many} became U+FFFD, the first at {line}:{column}")
        return tuple(notes)

    def restore(self, result: Result) -> str:
        r"""The cleaned text as it goes to a file: with the original's line ends and byte order mark.

        >>> source = read_text("Vì\r\nngười".encode(), "a.txt")
        >>> source.restore(Result("Vì\nngười nghèo"))
        'Vì\r\nngười nghèo'
        """
        text = result.text
        if len(self.ends) == 1:
            if self.ends[0] != "\n":
                text = text.replace("\n", self.ends[0])
        elif text == self.document.text:
            text = self.raw[1:] if self.bom else self.raw
        else:
            text = self._restore_mixed(result)
        return "\ufeff" + text if self.bom else text

    def _restore_mixed(self, result: Result) -> str:
        """Give every kept line end its own form back, and a new one the commonest."""
        source = SourceMap.identity(len(self.document.text))
        for step in result.report.steps:
            source = source.apply([item.edit for item in step.edits])
        original = self.document.text
        places = np.array([m.start() for m in re.finditer("\n", original)], dtype=np.int64)
        usual = Counter(self.ends).most_common(1)[0][0]

        def end_at(match: re.Match[str]) -> str:
            origin = source.original(Span(*match.span())).start
            if origin < len(original) and original[origin] == "\n":
                return self.ends[int(np.searchsorted(places, origin))]
            return usual

        return re.sub("\n", end_at, result.text)

    def render(self, result: Result) -> bytes:
        """The bytes of the cleaned file, in UTF-8."""
        return self.restore(result).encode("utf-8")

    def locate(self, report: Report) -> Report:
        r"""The report with the page of each finding as evidence, where form feeds part the text in pages.

        >>> from ocrfix import clean
        >>> source = read_text("Hết trang.\f\nQuỹ Vi người nghèo".encode(), "a.txt")
        >>> source.locate(clean(source.document).report).findings[0].finding.evidence["page"]
        2
        """
        breaks = [match.start() for match in re.finditer("\f", self.document.text)]
        if not breaks:
            return report
        findings = []
        for item in report.findings:
            page = bisect_right(breaks, item.span.start) + 1
            finding = replace(item.finding, evidence={**item.finding.evidence, "page": page})
            findings.append(replace(item, finding=finding))
        return replace(report, findings=tuple(findings))


def text_source(raw: str, name: str) -> TextSource:
    r"""A text that comes from elsewhere than a file of its own, its line ends kept in mind.

    >>> text_source("Tỉnh ủy\r\nThái Bình", "bao.jsonl:1").document.text
    'Tỉnh ủy\nThái Bình'
    """
    text, ends = _unify(raw)
    return TextSource(Document(text, name), raw, ends=tuple(ends))


def read_text(data: bytes, name: str, encoding: str | None = None) -> TextSource:
    r"""Read a text file's bytes.

    Parameters: ``data``; ``name``, the file's, for messages; ``encoding``, a codec's name or None to
    find out (see `ocrfix.formats.encodings.decode`). Raises FormatError when the bytes are no text.

    >>> read_text("Tỉnh ủy\r\nThái Bình".encode(), "a.txt").document.text
    'Tỉnh ủy\nThái Bình'
    """
    decoded = decode(data, name, encoding)
    raw = decoded.text
    text, ends = _unify(raw)
    return TextSource(
        Document(text, name),
        "\ufeff" + raw if decoded.bom else raw,
        decoded.encoding,
        decoded.bom,
        decoded.broken,
        tuple(ends),
        data,
    )


def _unify(raw: str) -> tuple[str, Sequence[str]]:
    if "\r" not in raw:
        return raw, ("\n",)
    if "\n" not in raw:
        return raw.replace("\r", "\n"), ("\r",)
    ends = _LINE_END.findall(raw)
    text = _LINE_END.sub("\n", raw)
    return text, ends if len(set(ends)) > 1 else ends[:1]
