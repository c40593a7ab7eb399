"""Finds text in a legacy Vietnamese charset that was read as Latin-1 or Windows-1252.

A block is cut where words are plainly Unicode Vietnamese; every stretch between is read in every
charset, and the share of its marked words that become syllables decides. A stretch with enough words of
its own is decided alone; once a document has such a stretch, shorter ones follow its charset.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from ocrfix.detectors._characters_charsets import (
    SINGLE_BYTE,
    TOKEN,
    Reading,
    best_reading,
    plain_is_vietnamese,
    readable,
    reading_of,
    reads_well,
    with_capitals,
    with_lost_horns,
)
from ocrfix.detectors._characters_scan import ORDINARY, line_bounds, small_edit, spelt_vietnamese
from ocrfix.detectors._characters_shifted import find_shifted
from ocrfix.detectors._characters_viqr import find_viqr
from ocrfix.document import Document
from ocrfix.model import Edit, Safety, Span
from ocrfix.vietnamese import legacy

__all__ = ["Legacy", "find_legacy"]

STRONG_WORDS: Final = 4
"""Different words that must become syllables before a stretch is converted for its own sake."""
DOUBTFUL_WORDS: Final = 3
"""The same for a conversion that is only offered."""
STRONG_SHARE: Final = 0.8
SURE_WORDS: Final = 10
SURE_SHARE: Final = 0.9
FOLLOW_SHARE: Final = 0.6
"""Shares of marked words that must be syllables after conversion: alone, and after the document's charset."""
_SYMBOLS: Final = "²³°½¼¾§©®«»±×µ·\u00a0\u00ad"
"""Signs of the charsets that are too usual in right text to start a search."""
_CHUNK: Final = re.compile(f"[^{spelt_vietnamese.pattern[1:-1]}]{{8,}}")
_RUN: Final = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Legacy:
    """A stretch of one line in a legacy charset, and the edits that turn it into Unicode."""

    span: Span
    charset: str
    edits: tuple[Edit, ...]
    safety: Safety
    confidence: float
    words: int
    """Marked words of the stretch that become syllables."""


@cache
def _tells() -> frozenset[str]:
    """Characters of the single-byte charsets that Vietnamese in Unicode does not hold."""
    return frozenset(c for name in SINGLE_BYTE for c in legacy.signs(name)) - ORDINARY - frozenset(_SYMBOLS)


@cache
def _sign_pattern() -> re.Pattern[str]:
    return re.compile("[" + re.escape("".join(sorted(_tells()))) + "]")


def find_legacy(document: Document, alphabet: frozenset[str]) -> list[Legacy]:
    """Stretches of the document in a legacy charset, in order.

    ``alphabet`` is the set of the text's characters, which spares most documents the search.
    """
    found: list[Legacy] = []
    if alphabet & _tells():
        found += _find_single_byte(document)
    if alphabet & legacy.signs("shifted"):
        for span, edit, words in find_shifted(document.text):
            found.append(Legacy(span, "shifted", (edit,), Safety.SAFE, 0.97, words))
    if document.text.count("^") >= 2:
        for line, edits, words in find_viqr(document):
            found.append(Legacy(line, "viqr", edits, Safety.SAFE, 0.97, words))
    return sorted(found, key=lambda f: f.span)


# Single-byte charsets and VNI.


def _stretches(text: str, span: Span) -> Iterator[Span]:
    """Parts of a block without plainly Unicode words, from word start to word end."""
    start = end = -1
    for token in TOKEN.finditer(text, span.start, span.end):
        if spelt_vietnamese.search(token.group()):
            if start >= 0:
                yield Span(start, end)
            start = -1
            continue
        if start < 0:
            start = token.start()
        end = token.end()
    if start >= 0:
        yield Span(start, end)


def _chunks(text: str, span: Span) -> Iterator[Span]:
    """The longer ones of `_stretches`, found fast."""
    for match in _CHUNK.finditer(text, span.start, span.end):
        start, end = match.span()
        while start < end and not (start == span.start or text[start - 1].isspace()):
            start += 1
        while end > start and not (end == span.end or text[end].isspace()):
            end -= 1
        piece = text[start:end]
        start += len(piece) - len(piece.lstrip())
        end -= len(piece) - len(piece.rstrip())
        if start < end:
            yield Span(start, end)


@dataclass(frozen=True, slots=True)
class _Stretch:
    span: Span
    charset: str
    reading: Reading

    @property
    def strong(self) -> bool:
        reading = self.reading
        return (
            len(reading.gains) >= STRONG_WORDS
            and reading.share >= STRONG_SHARE
            and reading.losses * 4 <= len(reading.gains)
            and reading.changed <= len(reading.gains)
        )

    @property
    def beyond_chance(self) -> bool:
        """Whether so many words fit that the unmarked ones need not be asked."""
        return len(self.reading.gains) >= SURE_WORDS and self.reading.share >= SURE_SHARE


def _find_single_byte(document: Document) -> Iterator[Legacy]:
    text, signs = document.text, _sign_pattern()
    read: list[_Stretch] = []
    for block in document.blocks:
        if not signs.search(text, block.span.start, block.span.end):
            continue
        for span in _chunks(text, block.span):
            piece = text[span.slice]
            if len(_RUN.findall(piece)) >= DOUBTFUL_WORDS and signs.search(piece):
                read.append(_Stretch(span, *best_reading(piece)))
    strong = {
        s.span: s for s in read if s.strong and (s.beyond_chance or plain_is_vietnamese(text[s.span.slice]))
    }
    if strong:
        yield from _convert_all(document, strong)
        return
    for stretch in read:
        # A short stretch on its own, such as a heading: applied only if asked for.
        reading = stretch.reading
        if len(reading.gains) >= DOUBTFUL_WORDS and reading.valid == reading.marked and not reading.losses:
            yield from _convert(text, stretch, Safety.UNSAFE)


def _convert_all(document: Document, strong: Mapping[Span, _Stretch]) -> Iterator[Legacy]:
    """The stretches that were decided alone, and the shorter ones that follow them."""
    text = document.text
    gains: Counter[str] = Counter()
    for stretch in strong.values():
        gains[stretch.charset] += len(stretch.reading.gains)
    prevailing = gains.most_common(1)[0][0]
    dominant = gains.total() > len(spelt_vietnamese.findall(text)) / 4
    for block in document.blocks:
        for span in _stretches(text, block.span):
            if span in strong:
                yield from _convert(text, strong[span], Safety.SAFE)
            elif not (piece := text[span.slice]).isascii():
                stretch = _Stretch(span, prevailing, reading_of(piece, prevailing))
                if _follows(stretch.reading, whole=dominant and span == block.span):
                    yield from _convert(text, stretch, Safety.SAFE)


def _follows(reading: Reading, *, whole: bool) -> bool:
    """Whether a stretch too short to decide alone goes with the charset of its document.

    ``whole``: it is a block of a document most of which is in that charset.
    """
    if whole and not reading.losses and reading.valid == reading.marked:
        return True
    return len(reading.gains) > reading.changed and reading.share >= FOLLOW_SHARE


def _convert(text: str, stretch: _Stretch, safety: Safety) -> Iterator[Legacy]:
    charset, reading = stretch.charset, stretch.reading
    span = _inner(text, stretch.span)
    confidence = 0.85 if safety < Safety.SAFE else 0.98 if stretch.strong else 0.96
    lost = charset == "tcvn3" and len(reading.gains) >= 10 and "\u00ad" not in text[span.slice]
    start = span.start
    for line in text[span.slice].split("\n"):
        tokens = [
            (start + m.start(), m.group(), readable(m.group(), charset, first=not i))
            for i, m in enumerate(TOKEN.finditer(line))
        ]
        if _beside_unicode(text, start, start + len(line)):
            part = reading_of(line, charset)
            if len(part.gains) <= part.changed:
                tokens = []
        if charset == "tcvn3":
            tokens = with_capitals(tokens)
            if lost:
                tokens = [(o, a, with_lost_horns(b)) for o, a, b in tokens]
        edits = tuple(small_edit(o, a, b) for o, a, b in tokens if a != b)
        if edits:
            whole = Span(tokens[0][0], tokens[-1][0] + len(tokens[-1][1]))
            yield Legacy(whole, charset, edits, safety, confidence, reading.valid)
        start += len(line) + 1


def _beside_unicode(text: str, start: int, end: int) -> bool:
    """Whether the rest of the line around a stretch has words that are plainly Unicode."""
    left, right = line_bounds(text, start, end)
    return bool(spelt_vietnamese.search(text, left, start) or spelt_vietnamese.search(text, end, right))


def _inner(text: str, span: Span) -> Span:
    """The stretch without the words at its ends that belong to the Unicode words beside them."""
    start, end = span.start, span.end
    tokens = list(TOKEN.finditer(text, start, end))
    if spelt_vietnamese.search(text, max(0, start - 12), start):
        for token in tokens:
            if not reads_well(token.group()) or token.group().isascii():
                break
            start = token.end()
    if spelt_vietnamese.search(text, end, end + 12):
        for token in reversed(tokens):
            if not reads_well(token.group()) or token.group().isascii() or token.start() < start:
                break
            end = token.start()
    return Span(start, max(start, end))
