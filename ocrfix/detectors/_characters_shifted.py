"""Finds Vietnamese letters that a PDF producer shifted into the Cyrillic block ("ViӋt").

Such text holds whole Unicode words too, so it is judged word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from ocrfix.detectors._characters_scan import small_edit, spelt_vietnamese
from ocrfix.model import Edit, Span
from ocrfix.vietnamese import legacy
from ocrfix.vietnamese.syllable import is_syllable

__all__ = ["find_shifted"]

_CYRILLIC: Final = re.compile("[\u0400-\u052f]")


@cache
def _shifted_pattern() -> re.Pattern[str]:
    return re.compile(f"[{''.join(sorted(legacy.signs('shifted')))}]")


def _abbreviation(word: str) -> bool:
    return word.isupper() and len(word) <= 5 and not is_syllable(word)


def find_shifted(text: str) -> Iterator[tuple[Span, Edit, int]]:
    """Words with shifted letters: the word, its edit, and how many such words the text holds."""
    hits: list[tuple[int, str, str, bool]] = []
    loose: list[tuple[int, str, str, bool]] = []
    good = bad = 0
    last = -1
    for match in _shifted_pattern().finditer(text):
        if match.start() < last:
            continue
        start, end = _bounds(text, match.start())
        last = end
        before = text[start:end]
        after = legacy.decode(before, "shifted")
        bare = any(0x48A <= ord(c) <= 0x4FF for c in before)
        if is_syllable(after):
            good += bare
            hits.append((start, before, after, bare and any(c.isascii() for c in before)))
        elif bare and not _abbreviation(after):
            bad += 1
            if not _CYRILLIC.search(after):
                loose.append((start, before, after, False))
        elif _abbreviation(after) or after == "đ":
            hits.append((start, before, after, False))
    sure = good >= 3 and good >= 4 * bad
    for start, before, after, evident in (*hits, *loose) if sure else hits:
        end = start + len(before)
        near = text[max(0, start - 60) : start] + text[end : end + 60]
        if sure or (evident and good > bad and spelt_vietnamese.search(near)):
            yield Span(start, end), small_edit(start, before, after), good


def _bounds(text: str, offset: int) -> tuple[int, int]:
    start, end = offset, offset + 1
    while start > max(0, offset - 10) and text[start - 1].isalpha():
        start -= 1
    while end < min(len(text), offset + 10) and text[end].isalpha():
        end += 1
    return start, end
