"""Duplicates across the documents of a corpus: found first, and taken away second.

Two passes, each in bounded memory, since passages and their keys are sorted on disk: documents that an
earlier document is a copy of, then blocks that stand in an earlier document. The copy of the lowest place
is kept, whatever the order in which files were written. Keys forgive misreading; every candidate is
compared letter by letter before anything is said of it.
"""

from __future__ import annotations

import contextlib
import heapq
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from ocrfix.config import Config
from ocrfix.detectors._duplicates_corpus import CORPUS_RULES
from ocrfix.formats.errors import FormatError
from ocrfix.formats.files import reason
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

RULES: Final = CORPUS_RULES
_BY_CODE: Final = {rule.code: rule for rule in RULES}
_FIELDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "file": str,
    "start": int,
    "end": int,
    "before": str,
    "safety": str,
    "confidence": (int, float),
}
"""What a finding that is to be applied must have."""
_WORD: Final = re.compile(r"\w+")


def find_duplicates(
    documents: Iterable[CorpusDocument], *, least_words: int = LEAST_WORDS, folder: Path | None = None
) -> Iterator[str]:
    r"""Find what documents have in common, as JSON lines of format ``ocrfix-findings/1``, in their order.

    Parameters: ``documents``, in an order that says which copy is kept; ``least_words`` of a block, or
    document, that is compared; ``folder``, where temporary files go, about three times the size of the
    texts. Each line's evidence names the kept document and span. Raises FormatError when that cannot be
    written.

    >>> from ocrfix.document import Document
    >>> text = "Thực hiện sự chỉ đạo của cấp trên, bà con trong xã đã góp công làm đường."
    >>> texts = {"a.txt": text, "b.txt": f"Tin trong huyện\n\n{text}"}
    >>> corpus = (CorpusDocument({"file": name}, Document(text)) for name, text in texts.items())
    >>> for found in map(json.loads, find_duplicates(corpus)):
    ...     print(found["file"], found["name"], found["evidence"]["kept"]["file"])
    b.txt block-of-earlier-document a.txt
    """
    try:
        with tempfile.TemporaryDirectory(prefix="ocrfix-", dir=folder) as name:
            corpus = _Corpus(Path(name))
            try:
                for item in documents:
                    corpus.add(item, least_words)
                yield from corpus.lines()
            finally:
                with contextlib.suppress(OSError):
                    corpus.close()
    except OSError as error:
        place = folder or tempfile.gettempdir()
        raise FormatError(
            f"{place}: temporary files cannot be written: {reason(error)}; choose another with --temporary"
        ) from error


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
        wanted = sum(1 << at for at, rule in enumerate(RULES) if item.config.uses(rule))
        # a place is no span: where that would begin is what the document's settings want
        self._places.add(Passage(number, wanted, len(document.text), place))
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
                rule = _BY_CODE["DUP103" if kind == "exact" else "DUP104"]
                if not self._wants(passage, rule):
                    continue
                copies[passage.document] = True
                line = self._line(rule, passage, self._whole[root], similarity, rule.safety)
                file.write(f"{passage.document} 0 {line}")
        with spool.open(encoding="utf-8", newline="\n") as file:
            for key in heapq.merge(map(_keyed, file), self._block_lines(copies)):
                yield key[2]

    def _block_lines(self, copies: Any) -> Iterator[tuple[int, int, str]]:  # noqa: ANN401  (an array)
        for number, root, kind, similarity in roots(self._blocks, self._folder / "block-sort", copies):
            passage = self._blocks[number]
            rule = _BY_CODE["DUP101" if kind == "exact" else "DUP102"]
            if not self._wants(passage, rule):
                continue
            words = _words(passage.text)
            if words < _SAFE_WORDS:
                short = kind == "near" and words < _NEAR_WORDS
                safety = Safety.DISPLAY if short else Safety.UNSAFE
            else:
                safety = rule.safety
            line = self._line(rule, passage, self._blocks[root], similarity, safety)
            yield passage.document, passage.start, line

    def _wants(self, passage: Passage, rule: Rule) -> bool:
        """Whether a document's settings have a rule."""
        return bool(int(self._places.index[passage.document, 1]) >> RULES.index(rule) & 1)

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

    Parameters: ``file`` with lines of `find_duplicates`, of which some may have been taken out. What goes is
    what each document's settings allow, protected words included. ``applied``, ``left`` and ``stale`` count
    lines; stale are those whose text is no longer what it was. Raises ValueError for other lines.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._lines = map(_read_line, file)
        self._next: Mapping[str, Any] | None = next(self._lines, None)
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
            before = text[span.slice]
            if before != found["before"]:
                self.stale += 1
            elif _goes(found, before, item.config):
                self.applied += 1
                spans.append(span)
            else:
                self.left += 1
        return _cuts(text, sorted(spans))

    @property
    def rest(self) -> str:
        """The file that the first line is about that no document was asked for, or ""."""
        return "" if self._next is None else str(self._next["file"])


def _goes(found: Mapping[str, Any], before: str, config: Config) -> bool:
    """Whether a copy is to be taken away."""
    sure = config.applies(Safety[found["safety"].upper()], found["confidence"])
    return sure and config.uses(_BY_CODE[found["rule"]]) and not config.protected(before)


def _read_line(line: bytes) -> dict[str, Any]:
    data = json.loads(line)
    if not isinstance(data, dict) or data.get("rule") not in _BY_CODE:
        raise ValueError("these are no findings of ocrfix duplicates")
    bad = [name for name, kind in _FIELDS.items() if not isinstance(data.get(name), kind)]
    if bad or data["safety"].upper() not in Safety.__members__:
        raise ValueError(f"a finding has no {(*bad, 'safety')[0]} that can be used: {line[:60]!r}")
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
