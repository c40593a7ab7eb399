"""Finds VIQR, the Vietnamese of RFC 1456 in ASCII signs ("Vie^.t Nam")."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from ocrfix.detectors._characters_scan import small_edit, spelt_vietnamese
from ocrfix.document import Block, Document
from ocrfix.model import Edit, Span
from ocrfix.vietnamese import legacy
from ocrfix.vietnamese.syllable import is_syllable

__all__ = ["find_viqr"]

STRONG_WORDS: Final = 4
"""Different words of a block that must become syllables, so that the document is taken for VIQR."""
STRONG_SHARE: Final = 0.8
FOLLOW_SHARE: Final = 0.6
"""Shares of a block's marked words that must be syllables: in that block, and in the others."""
_WORDS: Final = re.compile(r"[^\W\d_]+")
_VIQR_TOKEN: Final = re.compile(r"(?:[A-Za-z][\^(+]?[`?~'.]?|\\[\\'`?~.^(+])+")
_VIQR_SIGN: Final = re.compile(r"[aeoAEO]\^|[aA]\([`?~'.]?[a-z]|[ouOU]\+[`?~'.]?[a-z]")
_SURE_SIGN: Final = re.compile(r"[\^(+]|dd|D[dD]")
_CLOSING: Final = frozenset(".?'")


def find_viqr(document: Document) -> Iterator[tuple[Span, tuple[Edit, ...], int]]:
    """Lines in VIQR: the line, its edits, and how many words of its block become syllables."""
    text = document.text
    read: list[tuple[Block, list[Edit], int, int, int]] = []
    escaped = "\\." in text or "\\?" in text
    for block in document.blocks:
        piece = "\n".join(
            # A line in Unicode is none in VIQR: left blank, so that offsets stay.
            " " * len(line) if spelt_vietnamese.search(line) else line
            for line in text[block.span.slice].split("\n")
        )
        if _VIQR_SIGN.search(piece) or "dd" in piece.lower():
            read.append((block, *_read_viqr(piece, block.span.start, escaped=escaped)))
    strong = any(g >= STRONG_WORDS and v >= STRONG_SHARE * m for _, _, m, v, g in read)
    for block, edits, marked, valid, gains in read:
        if not strong or not edits or (valid < FOLLOW_SHARE * marked):
            continue
        if gains < STRONG_WORDS and not _VIQR_SIGN.search(text, block.span.start, block.span.end):
            continue
        for line in block.lines:
            of_line = tuple(e for e in _between(edits, line))
            if of_line:
                yield line, of_line, valid


def _between(edits: list[Edit], line: Span) -> list[Edit]:
    first = bisect_left(edits, line.start, key=lambda e: e.span.start)
    return edits[first : bisect_left(edits, line.end, key=lambda e: e.span.start)]


def _read_viqr(piece: str, offset: int, *, escaped: bool) -> tuple[list[Edit], int, int, int]:
    """Edits of a block, its marked words, those that become syllables, and how many different ones."""
    edits: list[Edit] = []
    marked = valid = 0
    gains: set[str] = set()
    for match in _VIQR_TOKEN.finditer(piece):
        before = match.group()
        after = _viqr_word(piece, match, escaped=escaped)
        if before == after:
            continue
        words = [
            w
            for w in _WORDS.findall(after)
            if not w.isascii() and not (w.isupper() and len(w) <= 5 and not is_syllable(w))
        ]
        marked += bool(words)
        good = bool(words) and all(map(is_syllable, words))
        if good:
            valid += 1
            gains.update(w.lower() for w in words)
        # "la.us" and "U.S." are no words of VIQR; "QDD" and a misspelt "Vie^.tt" are.
        if good or after.isascii() or _SURE_SIGN.search(before):
            edits.append(small_edit(offset + match.start(), before, after))
    return edits, marked, valid, len(gains)


def _viqr_word(piece: str, match: re.Match[str], *, escaped: bool) -> str:
    """A word of VIQR; without escapes, a sign at the end of a sentence is punctuation."""
    token = match.group()
    if not escaped and token[-1] in _CLOSING and len(token) > 1 and token[-2] != "\\":
        following = piece[match.end() : match.end() + 8].lstrip(" \t\r\n\"')")
        shouted = token[:-1].isupper() and following[:2].isupper() and following[1:2].isalpha()
        # ở, sở, tỷ are more frequent before a name than a question is in the middle of a paragraph.
        if not following or (token[-1] == "." and following[0].isupper() and not shouted):
            return legacy.decode(token[:-1], "viqr") + token[-1]
    return legacy.decode(token, "viqr")
