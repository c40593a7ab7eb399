"""Letters of the wrong case inside a word (WRD008)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._punctuation_rules import ODD_CASE
from ocrfix.detectors._spacing_language import scores
from ocrfix.detectors._spacing_text import has_marks, in_address
from ocrfix.detectors.base import Context
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Safety, Span
from ocrfix.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from ocrfix.language_model import LanguageModel

__all__ = ["OddCase"]

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_NEXT: Final = re.compile(r"[ ,]{0,2}([^\W\d_]+)")
_LONGEST: Final = 7
_LIKELY: Final = -9.0
"""Least score (nats) of a word that is well read but for its case."""
_DEGREES: Final = frozenset({"độC", "độF", "độK"})


class OddCase:
    """WRD008: a capital inside a word, or a small letter inside capitals."""

    rules = (ODD_CASE,)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """The words of odd letter case; the language model is asked only about these."""
        text = document.text
        odd = {word: count for word, count in Counter(_WORD.findall(text)).items() if _odd(word)}
        if not odd:
            return
        for match in _WORD.finditer(text):
            word = match.group()
            if word not in odd or odd[word] > 2 or not context.language.known(word) or _inside(text, match):
                continue
            fixed = _fixed(text, match)
            likely = _score(text, match, context.language) >= _LIKELY
            yield Finding(
                ODD_CASE,
                Span(*match.span()),
                f'odd letter case: "{word}", probably "{fixed}"',
                (Edit(Span(*match.span()), fixed),),
                0.96 if likely else 0.75,
                Safety.SAFE if likely else Safety.UNSAFE,
            )


def _score(text: str, match: re.Match[str], language: LanguageModel) -> float:
    """Mean log-probability, in nats, of the word and the word after it, after the words before."""
    before = _WORD.findall(text[max(0, match.start() - 24) : match.start()].rpartition("\n")[2])[-2:]
    after = _WORD.findall(text[match.end() : match.end() + 24].partition("\n")[0])[:1]
    found = scores(language, [*before, match.group(), *after], len(before))
    return sum(found) / len(found)


def _odd(word: str) -> bool:
    """Whether a word is a marked Vietnamese syllable with a case that no style has."""
    if len(word) > _LONGEST or word[1:].islower() or word.isupper() or word.islower():
        return False
    return has_marks(word) and is_syllable(word) and word not in _DEGREES


def _inside(text: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    beside = text[start - 1 : start] + text[end : end + 1]
    return any(c.isalnum() or c in "_.-@#’'&/" for c in beside if c != ".") or in_address(text, start)


def _fixed(text: str, match: re.Match[str]) -> str:
    """The word in capitals where it or its neighbours have them, else in small letters but for the first."""
    word, (start, end) = match.group(), match.span()
    before = text[max(0, start - 20) : start].split()[-1:]
    following = _NEXT.match(text[end : end + 22])
    beside = [*before, *([following.group(1)] if following else [])]
    shout = [w for w in beside if len(w) > 1 and w.isupper()]
    capitals = sum(c.isupper() for c in word)
    if shout and (capitals * 2 >= len(word) or len(shout) == len(beside)):
        return word.upper()
    if not beside and capitals * 2 > len(word) and word[0].isupper():
        return word.upper()
    return word[0] + word[1:].lower()
