"""Letters of the wrong case inside a word (WRD008)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._punctuation_rules import ODD_CASE
from ocrfix.detectors._spacing_language import scores
from ocrfix.detectors._spacing_text import has_marks, in_address
from ocrfix.detectors._tokens import words_of
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
_MOST: Final = 2
"""Times that a spelling comes in a document by mistake."""
_LIKELY: Final = -9.0
"""Least score (nats) of a word that is well read but for its case."""
_DEGREES: Final = frozenset({"độC", "độF", "độK"})


class OddCase:
    """WRD008: a capital inside a word, or a small letter inside capitals."""

    rules = (ODD_CASE,)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """The words of odd letter case; the language model is asked only about these."""
        text = document.text
        words = words_of(text)
        odd = {word for word, count in words.doubtful.items() if count <= _MOST and _odd(word)}
        if not odd:
            return
        for start, word in words.places:
            if word not in odd or not context.language.known(word) or _inside(text, start, word):
                continue
            fixed = _fixed(text, start, word)
            likely = _score(text, start, word, context.language) >= _LIKELY
            span = Span(start, start + len(word))
            yield Finding(
                ODD_CASE,
                span,
                f'odd letter case: "{word}", probably "{fixed}"',
                (Edit(span, fixed),),
                0.96 if likely else 0.75,
                Safety.SAFE if likely else Safety.UNSAFE,
            )


def _score(text: str, start: int, word: str, language: LanguageModel) -> float:
    """Mean log-probability, in nats, of the word and the word after it, after the words before."""
    end = start + len(word)
    before = _WORD.findall(text[max(0, start - 24) : start].rpartition("\n")[2])[-2:]
    after = _WORD.findall(text[end : end + 24].partition("\n")[0])[:1]
    found = scores(language, [*before, word, *after], len(before))
    return sum(found) / len(found)


def _odd(word: str) -> bool:
    """Whether a word is a marked Vietnamese syllable with a case that no style has."""
    if not 1 < len(word) <= _LONGEST or word[1:].islower() or word.isupper() or word.islower():
        return False
    return has_marks(word) and is_syllable(word) and word not in _DEGREES


def _inside(text: str, start: int, word: str) -> bool:
    end = start + len(word)
    beside = text[start - 1 : start] + text[end : end + 1]
    return any(c.isalnum() or c in "_.-@#’'&/" for c in beside if c != ".") or in_address(text, start)


def _fixed(text: str, start: int, word: str) -> str:
    """The word in capitals where it or its neighbours have them, else in small letters but for the first."""
    end = start + len(word)
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
