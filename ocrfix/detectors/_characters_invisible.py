"""Characters that one does not see: controls, zero width, odd spaces, line ends; and lost characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from ocrfix.detectors._characters_letters import Fix
from ocrfix.detectors._characters_scan import is_letterlike, word_bounds
from ocrfix.model import Edit, Safety, Span
from ocrfix.vietnamese.syllable import is_syllable

__all__ = [
    "CONTROLS",
    "LOST",
    "SPACES",
    "ZERO_WIDTH",
    "controls",
    "line_ends",
    "lost",
    "odd_spaces",
    "zero_width",
]

CONTROLS: Final = frozenset(
    "".join(map(chr, [*range(9), 0x0B, *range(0x0E, 0x20), *range(0x7F, 0xA0)])) + "\u2028\u2029"
)
ZERO_WIDTH: Final = frozenset(
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
    "\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufe0e\ufe0f\ufeff\ufff9\ufffa\ufffb"
)
SPACES: Final = frozenset(
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
LOST: Final = frozenset("\ufffd\ufffc")

_CONTROL_RUN: Final = re.compile(
    "\x1b\\[[0-9;?]{0,16}[A-Za-z]|[" + re.escape("".join(sorted(CONTROLS))) + "]+"
)
_ZERO_RUN: Final = re.compile("[" + "".join(sorted(ZERO_WIDTH)) + "]+")
_SPACE_RUN: Final = re.compile("[" + "".join(sorted(SPACES)) + "]+")
_LOST_RUN: Final = re.compile("[\ufffc\ufffd\ud800-\udfff\ue000-\uf8ff]+")
_LINE_END: Final = re.compile("\r+\n?|\n")
_JOINERS: Final = frozenset("\u200b\u200c\u200d\u2060\ufe0e\ufe0f")
_CJK: Final = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")
# Word's bullets: character codes of the fonts Symbol and Wingdings, moved to the private area.
_BULLETS: Final = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf02d": "-", "\uf0a8": "◆"}


def _latin_side(char: str) -> bool:
    """Whether a neighbour (or none) belongs to a script that needs no joiners."""
    if not char or char.isspace() or ord(char) < 0x0300 or char in ZERO_WIDTH:
        return char not in ("©", "®", "\ufe0f", "\ufe0e", "\u200d") or not char
    code = ord(char)
    return 0x0300 <= code < 0x0370 or 0x1E00 <= code < 0x1F00 or 0x2010 <= code <= 0x2027 or char == "\ufffd"


def _glue(text: str, start: int, end: int) -> Fix:
    """Take a run away; between two words, put a space there instead."""
    span = Span(start, end)
    before, after = text[start - 1 : start], text[end : end + 1]
    if before.isalpha() and after.isalpha():
        left = text[word_bounds(text, start - 1)[0] : start]
        right = text[end : word_bounds(text, end)[1]]
        if (
            len(left) > 1
            and len(right) > 1
            and is_syllable(left)
            and is_syllable(right)
            and not is_syllable(left + right)
        ):
            return Fix(Edit(span, " "), Safety.UNSAFE, 0.85)
    return Fix(Edit(span, ""), Safety.SAFE, 0.98)


def controls(text: str) -> Iterator[Fix]:
    """Control characters: terminal escapes, Word's breaks, C1 controls that are Windows-1252 signs."""
    for match in _CONTROL_RUN.finditer(text):
        start, end, run = match.start(), match.end(), match.group()
        if run.startswith("\x1b["):
            yield Fix(Edit(Span(start, end), ""), Safety.SAFE, 0.98)
            continue
        shown = "".join(map(_shown, run))
        if not shown:
            yield _glue(text, start, end)
        elif any(c.isalpha() for c in shown):
            yield Fix(Edit(Span(start, end), shown), Safety.UNSAFE, 0.7)
        else:
            yield Fix(Edit(Span(start, end), shown), Safety.SAFE, 0.96)


def _shown(char: str) -> str:
    """What a control character stands for; nothing for most."""
    if char in "\x0b\u2028\u2029":
        return "\n"
    if char == "\x1e":  # Word's hyphen that does not break
        return "-"
    if "\x80" <= char <= "\x9f":
        try:
            return char.encode("latin-1").decode("cp1252")
        except UnicodeDecodeError:
            return ""
    return ""


def zero_width(text: str) -> Iterator[Fix]:
    """Zero-width characters and soft hyphens that do nothing in Latin text."""
    for match in _ZERO_RUN.finditer(text):
        start, end = match.start(), match.end()
        if end - start > 64 and start:
            yield Fix(Edit(Span(start, end), ""), Safety.SAFE, 0.98)
            continue
        before, after = text[start - 1 : start], text[end : end + 1]
        run = match.group()
        if "\u00ad" in run and (not after or after in "\r\n"):
            continue  # a hyphen at a line end is the joins' matter
        if not _JOINERS.isdisjoint(run) and not (_latin_side(before) and _latin_side(after)):
            continue
        if ("\ufe0f" in run or "\ufe0e" in run) and not (before.isalpha() and is_letterlike(before)):
            continue
        if _is_bidi(run) and _right_to_left(text, start, end):
            continue
        yield _glue(text, start, end)


def _is_bidi(run: str) -> bool:
    return any(unicodedata.bidirectional(c) not in ("BN", "NSM") for c in run)


def _right_to_left(text: str, start: int, end: int) -> bool:
    around = text[max(0, start - 100) : start] + text[end : end + 100]
    return any(
        unicodedata.bidirectional(c) in ("R", "AL") for c in around if c > "\u0590" and c not in ZERO_WIDTH
    )


def odd_spaces(text: str) -> Iterator[Fix]:
    """No-break, thin, wide spaces, which become ordinary ones."""
    for match in _SPACE_RUN.finditer(text):
        around = text[max(0, match.start() - 2) : match.start()] + text[match.end() : match.end() + 2]
        if "\u3000" in match.group() and _CJK.search(around):
            continue
        yield Fix(Edit(Span(*match.span()), " " * (match.end() - match.start())), Safety.SAFE, 0.99)


def line_ends(text: str) -> Iterator[Fix]:
    """Line ends that are not those of most lines; a carriage return alone is none."""
    if "\r" not in text:
        return
    found = [(m.start(), m.group()) for m in _LINE_END.finditer(text)]
    windows = sum(e == "\r\n" for _, e in found)
    plain = sum(e == "\n" for _, e in found)
    wanted = "\r\n" if windows > plain else "\n"
    for start, end in found:
        if end != wanted:
            # "\r\r\n" is one line end written twice over; more returns are lines of their own.
            count = 1 if end in ("\n", "\r\n", "\r\r\n") else end.count("\r")
            yield Fix(Edit(Span(start, start + len(end)), wanted * count), Safety.SAFE, 0.98)


def lost(text: str) -> Iterator[Fix]:
    """Characters that were lost or that only one font knows; Word's bullets are read."""
    for match in _LOST_RUN.finditer(text):
        run = match.group()
        first = not text[max(0, match.start() - 8) : match.start()].rpartition("\n")[2].strip()
        if len(run) == 1 and run in _BULLETS and first and text[match.end() : match.end() + 1].isspace():
            yield Fix(Edit(Span(*match.span()), _BULLETS[run]), Safety.SAFE, 0.96)
        else:
            yield Fix(Edit(Span(*match.span()), run), Safety.DISPLAY, 0.0)
