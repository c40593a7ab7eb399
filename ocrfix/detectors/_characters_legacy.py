"""Finds text in a legacy Vietnamese charset that was read as Latin-1 or Windows-1252.

A block is cut where words are plainly Unicode Vietnamese; every stretch between is read in every
charset, and the share of its marked words that become syllables decides. A stretch with enough words of
its own is decided alone; once a document has such a stretch, shorter ones follow its charset.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from ocrfix.detectors._characters_scan import ORDINARY, line_bounds, small_edit, spelt_vietnamese
from ocrfix.detectors._characters_shifted import find_shifted
from ocrfix.detectors._characters_viqr import find_viqr
from ocrfix.document import Document
from ocrfix.model import Edit, Safety, Span
from ocrfix.vietnamese import legacy
from ocrfix.vietnamese.letters import letter
from ocrfix.vietnamese.syllable import is_syllable

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
PLAIN_SHARE: Final = 0.3
"""Share of unmarked lower-case words that must be syllables, so that no other language qualifies."""

_TOKEN: Final = re.compile(r"[^ \t\r\n\f]+")
_WORDS: Final = re.compile(r"[^\W\d_]+")
_SINGLE_BYTE: Final = ("tcvn3", "vni", "viscii", "cp1258")
# Signs that Windows-1252 shows for VISCII capitals and that may be real punctuation.
_PUNCTUATION: Final = "“”‘’–—…•\u00a0"
_SYMBOLS: Final = "²³°½¼¾§©®«»±×µ·\u00a0\u00ad"
"""Signs of the charsets that are too usual in right text to start a search."""
_CHUNK: Final = re.compile(f"[^{spelt_vietnamese.pattern[1:-1]}]{{8,}}")
_RUN: Final = re.compile(r"[^\x00-\x7f]+")
_BULLETS: Final = "·§¨¤•"
_ALONE: Final = frozenset("àảáạăâìỉíòỏóọôơờởớợồổốộùủúụưừửứựyỳỷýỵđêếẻẹéè")


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


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a stretch reads in one charset."""

    marked: int
    """Words with a non-ASCII character."""
    neutral: int
    """Marked words that say nothing, such as abbreviations."""
    valid: int
    gains: frozenset[str]
    """Different words that are syllables now and were not."""
    losses: int
    """Words that were syllables and would be none."""
    changed: int
    """Different words that are syllables now and would become others, or none."""

    @property
    def share(self) -> float:
        return self.valid / self.marked if self.marked else 0.0


@cache
def _tells() -> frozenset[str]:
    """Characters of the single-byte charsets that Vietnamese in Unicode does not hold."""
    return frozenset(c for name in _SINGLE_BYTE for c in legacy.signs(name)) - ORDINARY - frozenset(_SYMBOLS)


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
    for token in _TOKEN.finditer(text, span.start, span.end):
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


def _words(text: str) -> list[str]:
    return [w.group() for w in _WORDS.finditer(text)]


def _is_abbreviation(word: str) -> bool:
    return word.isupper() and len(word) <= 5 and not is_syllable(word)


def _reading(text: str, charset: str) -> _Reading:
    marked = neutral = valid = losses = 0
    gains: set[str] = set()
    changed: set[str] = set()
    lost = charset == "tcvn3" and "\u00ad" not in text
    for token in _TOKEN.findall(text):
        if token.isascii():
            continue
        after = _decoded(token, charset)
        words = [_lost_horn(w) if lost else w for w in _words(after) if not w.isascii()]
        if not words and after == token:
            continue
        if words and all(_is_abbreviation(w) for w in words):
            neutral += 1
            continue
        marked += 1
        lowered = [w.lower() for w in words]
        good = bool(words) and all(map(is_syllable, lowered))
        was = _reads_well(token)
        valid += good
        if after != token:
            if good and not was:
                gains.add(" ".join(lowered))
            elif was:
                changed.add(token)
                losses += not good
    return _Reading(marked, neutral, valid, frozenset(gains), losses, len(changed))


def _reads_well(token: str) -> bool:
    """Whether a token is Vietnamese as it stands."""
    words = _words(token)
    return all(c.isascii() or c.isalpha() or c in _PUNCTUATION for c in token) and all(
        is_syllable(w) and (w.islower() or w.istitle() or w.isupper()) for w in words
    )


def _plain_is_vietnamese(text: str) -> bool:
    plain = [w for w in _words(text) if w.isascii() and w.islower() and len(w) > 1]
    return len(plain) < 5 or sum(map(is_syllable, plain)) >= PLAIN_SHARE * len(plain)


def _decoded(token: str, charset: str) -> str:
    """One token in Unicode; signs that may be punctuation are read as letters only within syllables."""
    if charset == "viscii" and any(c in token for c in _PUNCTUATION):
        if all(c in _PUNCTUATION for c in token):
            return token
        whole = legacy.decode(token, charset)
        if all(is_syllable(w) for w in _words(whole)):
            return whole
        return "".join(
            part if part in _PUNCTUATION else legacy.decode(part, charset)
            for part in re.split(f"([{_PUNCTUATION}])", token)
            if part
        )
    if charset == "tcvn3":
        # A bullet stands for ã (0xB7) where a Symbol font or a filter got hold of it.
        token = re.sub(r"(?<=[^\W\d_®§])•|(?<=[®§])•", "·", token)
    return legacy.decode(token, charset)


def _best(text: str) -> tuple[str, _Reading]:
    readings = [(name, _reading(text, name)) for name in _SINGLE_BYTE]
    return max(readings, key=lambda r: (r[1].valid, len(r[1].gains)))


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
    reading: _Reading

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
                read.append(_Stretch(span, *_best(piece)))
    strong = {
        s.span: s for s in read if s.strong and (s.beyond_chance or _plain_is_vietnamese(text[s.span.slice]))
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
                stretch = _Stretch(span, prevailing, _reading(piece, prevailing))
                if _follows(stretch.reading, whole=dominant and span == block.span):
                    yield from _convert(text, stretch, Safety.SAFE)


def _follows(reading: _Reading, *, whole: bool) -> bool:
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
            (start + m.start(), m.group(), _readable(m.group(), charset, first=not i))
            for i, m in enumerate(_TOKEN.finditer(line))
        ]
        if _beside_unicode(text, start, start + len(line)):
            part = _reading(line, charset)
            if len(part.gains) <= part.changed:
                tokens = []
        if charset == "tcvn3":
            tokens = _capitals(tokens)
            if lost:
                tokens = [(o, a, _lost_horn(b)) for o, a, b in tokens]
        edits = tuple(small_edit(o, a, b) for o, a, b in tokens if a != b)
        if edits:
            whole = Span(tokens[0][0], tokens[-1][0] + len(tokens[-1][1]))
            yield Legacy(whole, charset, edits, safety, confidence, reading.valid)
        start += len(line) + 1


def _beside_unicode(text: str, start: int, end: int) -> bool:
    """Whether the rest of the line around a stretch has words that are plainly Unicode."""
    left, right = line_bounds(text, start, end)
    return bool(spelt_vietnamese.search(text, left, start) or spelt_vietnamese.search(text, end, right))


def _readable(token: str, charset: str, *, first: bool) -> str:
    """A token's reading; a lone sign at the start of a line is a bullet and stays."""
    after = _decoded(token, charset)
    if (
        first
        and len(token) == 1
        and (token in _BULLETS or (not token.isalpha() and after.lower() not in _ALONE))
    ):
        return token
    return after


def _inner(text: str, span: Span) -> Span:
    """The stretch without the words at its ends that belong to the Unicode words beside them."""
    start, end = span.start, span.end
    tokens = list(_TOKEN.finditer(text, start, end))
    if spelt_vietnamese.search(text, max(0, start - 12), start):
        for token in tokens:
            if not _reads_well(token.group()) or token.group().isascii():
                break
            start = token.end()
    if spelt_vietnamese.search(text, end, end + 12):
        for token in reversed(tokens):
            if not _reads_well(token.group()) or token.group().isascii() or token.start() < start:
                break
            end = token.start()
    return Span(start, max(start, end))


def _case(before: str, after: str) -> bool | None:
    """Whether a token's ASCII letters are capitals; None where they do not tell, as in abbreviations."""
    plain = [c for c in before if c.isascii() and c.isalpha()]
    if any(c.islower() for c in plain):
        return False
    if len(plain) == 1 and after[:1].isalpha() and after[0] != plain[0]:
        return True  # a capital after another letter
    return True if len(plain) > 1 and all(map(is_syllable, _words(after))) else None


def _capitals(tokens: Sequence[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    """Capital fonts of TCVN3 show small codes as capitals: what stands among capitals is one."""
    cases = [_case(before, after) for _, before, after in tokens]
    out = []
    for i, (offset, before, after) in enumerate(tokens):
        capital = cases[i]
        one_word = sum(c.isascii() and c.isalpha() for c in before) < 2 and not any(map(str.isdigit, before))
        if capital is None and before != after and one_word:
            near = [
                next((c for c in reversed(cases[max(0, i - 4) : i]) if c is not None), None),
                next((c for c in cases[i + 1 : i + 5] if c is not None), None),
            ]
            told = [c for c in near if c is not None]
            capital = bool(told) and all(told)
        out.append((offset, before, after.upper() if capital else after))
    return out


def _lost_horn(word: str) -> str:
    """ư, a soft hyphen in TCVN3, is often filtered out: put back where the word is none without it."""

    def restored(match: re.Match[str]) -> str:
        found = match.group()
        if is_syllable(found):
            return found
        for i, char in enumerate(found):
            if letter(char).base in "oO" and letter(char).shape == 3:
                horn = "Ư" if char.isupper() else "ư"
                longer = found[:i] + horn + found[i:]
                return longer if is_syllable(longer) else found
        return found

    return _WORDS.sub(restored, word)
