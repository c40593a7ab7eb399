"""Duplicates across the documents of a corpus: found first, and taken away second.

Two passes, each in bounded memory, since passages and their keys are sorted on disk: documents that an
earlier document is a copy of, then blocks that stand in an earlier document. The copy of the lowest place
is kept, whatever the order in which files were written. Keys forgive misreading; every candidate is
compared letter by letter before anything is said of it.
"""

from __future__ import annotations

import heapq
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.report import AppliedEdit, ReportedFinding, Status
from ocrfix.reports.json import plain as jsonable
from ocrfix.scale._passages import Passage, Passages, roots
from ocrfix.scale.documents import CorpusDocument

__all__ = ["LEAST_WORDS", "RULES", "Removals", "find_duplicates"]

LEAST_WORDS: Final = 12
"""Words from which on a block is compared: shorter ones are headings and formulas, which come again."""
_SAFE_WORDS: Final = 40
"""Words of a block from which on it goes by default: formulas of office papers ("Căn cứ …") are shorter."""
_NEAR_WORDS: Final = 25
"""Words of a misread block from which on it goes with ``unsafe``. In 17 MB of right news, Wikipedia and laws,
misread or exact copies of fewer words were formulas of laws, and none of 40 words came twice."""

_DOC_BLOCK: Final = """A paragraph that stands word for word in an earlier document: an agency's report,
a notice, a masthead. The earlier one is kept. It goes by default from 40 words on.

Risk: formulas that every paper of a kind has, and laws that are quoted, are part of each."""
_DOC_NEAR: Final = """The same with reading errors: nearly all letters are the same when marks are set aside,
and words differ only as misread ones do. Other numbers and other names make another paragraph."""
_DOC_COPY: Final = (
    """A document whose whole text is that of an earlier one. Its text is emptied; its row, or file, stays."""
)
_DOC_NEAR_COPY: Final = """The same with reading errors in one or both."""

RULES: Final = (
    Rule(
        "DUP101", "block-of-earlier-document", "A block that an earlier document has", Safety.SAFE, _DOC_BLOCK
    ),
    Rule("DUP102", "near-block-of-earlier-document", "The same, misread", Safety.UNSAFE, _DOC_NEAR),
    Rule("DUP103", "copy-of-earlier-document", "A document that comes twice", Safety.SAFE, _DOC_COPY),
    Rule("DUP104", "near-copy-of-earlier-document", "The same, misread", Safety.UNSAFE, _DOC_NEAR_COPY),
)
_BY_CODE: Final = {rule.code: rule for rule in RULES}
_WORD: Final = re.compile(r"\w+")


def find_duplicates(
    documents: Iterable[CorpusDocument], *, least_words: int = LEAST_WORDS, folder: Path | None = None
) -> Iterator[str]:
    r"""Find what documents have in common, as JSON lines of format ``ocrfix-findings/1``, in their order.

    Parameters: ``documents``, in an order that says which copy is kept; ``least_words`` of a block, or
    document, that is compared; ``folder``, where temporary files go, about three times the size of the
    texts. Each line's evidence names the kept document and span.

    >>> from ocrfix.document import Document
    >>> text = "Thực hiện sự chỉ đạo của cấp trên, bà con trong xã đã góp công làm đường."
    >>> texts = {"a.txt": text, "b.txt": f"Tin trong huyện\n\n{text}"}
    >>> corpus = (CorpusDocument({"file": name}, Document(text)) for name, text in texts.items())
    >>> for found in map(json.loads, find_duplicates(corpus)):
    ...     print(found["file"], found["name"], found["evidence"]["kept"]["file"])
    b.txt block-of-earlier-document a.txt
    """
    with tempfile.TemporaryDirectory(prefix="ocrfix-", dir=folder) as name:
        corpus = _Corpus(Path(name))
        try:
            for item in documents:
                corpus.add(item, least_words)
            yield from corpus.lines()
        finally:
            corpus.close()


class _Corpus:
    """Documents and blocks on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("whole-sort", "block-sort"):
            (folder / name).mkdir()
        self._places = Passages(folder, "places")
        self._whole = Passages(folder, "whole")
        self._blocks = Passages(folder, "blocks")

    def add(self, item: CorpusDocument, least_words: int) -> None:
        number, document = len(self._places), item.document
        place = json.dumps(jsonable(item.place), ensure_ascii=False)
        self._places.add(Passage(number, 0, len(document.text), place))
        if _words(document.text) >= least_words:
            self._whole.add(Passage(number, 0, len(document.text), document.text))
        for block in document.blocks:
            text = document.block_text(block)
            if _words(text) >= least_words:
                where = document.position(block.span.start)
                self._blocks.add(Passage(number, block.span.start, block.span.end, text, *where))

    def close(self) -> None:
        for passages in (self._places, self._whole, self._blocks):
            passages.close()

    def lines(self) -> Iterator[str]:
        for passages in (self._places, self._whole, self._blocks):
            passages.freeze()
        copies = np.zeros(max(1, len(self._places)), np.bool_)
        spool = self._folder / "copies"
        with spool.open("w", encoding="utf-8") as file:
            for number, root, kind, similarity in roots(self._whole, self._folder / "whole-sort", whole=True):
                passage = self._whole[number]
                copies[passage.document] = True
                rule = _BY_CODE["DUP103" if kind == "exact" else "DUP104"]
                line = self._line(rule, passage, self._whole[root], similarity, rule.safety)
                file.write(f"{passage.document} 0 {line}")
        with spool.open(encoding="utf-8", newline="\n") as file:
            for key in heapq.merge(map(_keyed, file), self._block_lines(copies)):
                yield key[2]

    def _block_lines(self, copies: Any) -> Iterator[tuple[int, int, str]]:  # noqa: ANN401  (an array)
        for number, root, kind, similarity in roots(self._blocks, self._folder / "block-sort", copies):
            passage = self._blocks[number]
            rule = _BY_CODE["DUP101" if kind == "exact" else "DUP102"]
            words = _words(passage.text)
            if words < _SAFE_WORDS:
                short = kind == "near" and words < _NEAR_WORDS
                safety = Safety.DISPLAY if short else Safety.UNSAFE
            else:
                safety = rule.safety
            line = self._line(rule, passage, self._blocks[root], similarity, safety)
            yield passage.document, passage.start, line

    def _line(self, rule: Rule, passage: Passage, kept: Passage, similarity: float, safety: Safety) -> str:
        from ocrfix.reports.json import finding_to_dict  # noqa: PLC0415

        span = Span(passage.start, passage.end)
        own: dict[str, Any] = json.loads(self._places[passage.document].text)
        place: dict[str, Any] = json.loads(self._places[kept.document].text)
        name = f"{place['file']}:{place['row']}" if "row" in place else place["file"]
        confidence = {"DUP101": 0.99, "DUP103": 0.99}.get(rule.code, round(similarity * 0.9, 3))
        evidence = {"kept": {**place, "start": kept.start, "end": kept.end}, "likeness": round(similarity, 4)}
        if safety is not Safety.SAFE:
            confidence = min(confidence, 0.9)
        finding = Finding(
            rule, span, f"stands in {name} as well", (Edit(span, ""),), confidence, safety, evidence
        )
        where = passage.line, passage.column
        item = ReportedFinding(finding, Status.LEFT, span, *where, passage.text, "", 0, "corpus")
        data = finding_to_dict(item)
        return json.dumps({**own, **data}, ensure_ascii=False) + "\n"


def _keyed(line: str) -> tuple[int, int, str]:
    document, start, rest = line.split(" ", 2)
    return int(document), int(start), rest


def _words(text: str) -> int:
    return len(_WORD.findall(text))


class Removals:
    """What findings take away, document by document, in bounded memory.

    Parameters: ``file`` with lines of `find_duplicates`, of which some may have been taken out; ``unsafe``,
    whether those that are only likely right count too. ``applied``, ``left`` and ``stale`` count lines;
    stale are those whose text is no longer what it was.
    """

    def __init__(self, file: BinaryIO, *, unsafe: bool = False) -> None:
        self._lines = map(_read_line, file)
        self._next: Mapping[str, Any] | None = next(self._lines, None)
        self._unsafe = unsafe
        self.applied = self.left = self.stale = 0

    def of(self, item: CorpusDocument) -> list[AppliedEdit]:
        """The edits of the next document: asked for in the order of the findings.

        A block goes with the blank lines after it, the last one with those before it.
        """
        spans: list[Span] = []
        text = item.document.text
        while self._next is not None and (self._next["file"], self._next.get("row", 0)) == item.key:
            found, self._next = self._next, next(self._lines, None)
            span = Span(found["start"], found["end"])
            if text[span.slice] != found["before"]:
                self.stale += 1
            elif found["safety"] == "safe" or (self._unsafe and found["safety"] == "unsafe"):
                self.applied += 1
                spans.append(span)
            else:
                self.left += 1
        return _cuts(text, sorted(spans))

    @property
    def rest(self) -> str:
        """The file that the first line is about that no document was asked for, or ""."""
        return "" if self._next is None else str(self._next["file"])


def _read_line(line: bytes) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(line)
    if data.get("rule") not in _BY_CODE or not {"file", "start", "end", "before", "safety"} <= data.keys():
        raise ValueError("these are no findings of ocrfix duplicates")
    return data


def _cuts(text: str, spans: Iterable[Span]) -> list[AppliedEdit]:
    cuts: list[list[int]] = []
    for span in spans:
        end = span.end
        while end < len(text) and text[end].isspace():
            end += 1
        if cuts and span.start <= cuts[-1][1]:
            cuts[-1][1] = max(cuts[-1][1], end)
        else:
            cuts.append([span.start, end])
    if cuts and cuts[-1][1] == len(text) and cuts[-1][0]:
        # what ended the text goes on ending it
        start, end = cuts[-1]
        while end > start and text[end - 1].isspace():
            end -= 1
        while start and text[start - 1].isspace():
            start -= 1
        cuts[-1] = [start, end]
    return [AppliedEdit(Edit(Span(a, b), ""), text[a:b]) for a, b in cuts]
