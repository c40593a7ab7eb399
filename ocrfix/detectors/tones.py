"""Tone marks that stand on the wrong vowel."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._spacing_language import UNKNOWN, scores
from ocrfix.detectors._spacing_text import has_marks, in_address, word_after, word_before
from ocrfix.detectors._tokens import words_of
from ocrfix.detectors.base import Context, Detector
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.vietnamese.letters import is_vietnamese_letter, letter
from ocrfix.vietnamese.syllable import canonical, is_syllable

if TYPE_CHECKING:
    from ocrfix.language_model import LanguageModel

__all__ = ["TONES", "MisplacedTone", "with_tone_placed"]

MISPLACED_TONE: Final = Rule(
    "WRD004",
    "misplaced-tone",
    "A tone mark on the wrong vowel",
    Safety.SAFE,
    """What it finds
    A word that is a Vietnamese syllable but for its tone mark, which stands on a vowel where neither of
    the two styles of placement has it.

Example
    before: Gía nứơc sạch của công ty hòan tòan do Hội đồng quyết định.
    after:  Giá nước sạch của công ty hoàn toàn do Hội đồng quyết định.

Fix safety
    Safe where the syllable with its mark in place is a word that the language model finds likely enough
    there, and the words beside it are Vietnamese. Beside foreign letters or words it is unsafe: Italian,
    French or pinyin words (più, guì) may look so. What is unlikely in its place ("uà", read for "và") is
    only shown. hoà and hòa, thuỷ and thủy are two styles, not errors, and stay.

Risk
    A foreign word in a Vietnamese sentence that is spelt like a syllable with a shifted mark.
""",
)

_MAX_LETTERS: Final = 7
"""Letters of the longest syllables (nghiêng)."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_SAFE_SCORE: Final = -9.0
_UNSAFE_SCORE: Final = -9.5
"""Least log-probability, in nats, that the repaired word and the next have on average in their place."""


@lru_cache(maxsize=65536)
def with_tone_placed(word: str) -> str | None:
    """The word with its tone mark in place, or None where nothing is misplaced.

    Parameters: ``word``, one NFC word in any letter case, which is kept letter by letter.

    >>> with_tone_placed("Nứơc"), with_tone_placed("HÒAN"), with_tone_placed("hòa"), with_tone_placed("Guìn")
    ('Nước', 'HOÀN', None, None)
    """
    if word.isascii() or not 2 <= len(word) <= _MAX_LETTERS or is_syllable(word):
        return None
    if not (word[1:].islower() or word.isupper()):
        return None
    if not all(map(is_vietnamese_letter, word)) or not any(letter(c).tone for c in word):
        return None
    placed = canonical(word)
    if placed == word.lower() or len(placed) != len(word) or not is_syllable(placed):
        return None
    return "".join(new.upper() if old.isupper() else new for old, new in zip(word, placed, strict=True))


class MisplacedTone:
    """WRD004: a tone mark on the wrong vowel."""

    rules = (MISPLACED_TONE,)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """The misplaced tone marks; the language model is asked only where there is one."""
        text = document.text
        words = words_of(text)
        short = (run for run in words.doubtful if len(run) <= _MAX_LETTERS)
        misplaced = {run: fixed for run in short if (fixed := with_tone_placed(run))}
        if not misplaced:
            return
        for start, run in words.places:
            fixed, end = misplaced.get(run), start + len(run)
            if fixed is None or _part_of_more(text, start, end):
                continue
            score = _score(text, start, end, fixed, context.language)
            likely = score >= _UNSAFE_SCORE
            sure = score >= _SAFE_SCORE and _among_vietnamese(text, start, end)
            yield Finding(
                MISPLACED_TONE,
                Span(start, end),
                f'the tone mark of "{run}" belongs elsewhere: "{fixed}"',
                (Edit(Span(start, end), fixed),),
                0.97 if sure else (0.7 if likely else 0.4),
                Safety.SAFE if sure else (Safety.UNSAFE if likely else Safety.DISPLAY),
                {"score": round(score, 2)},
            )


def _score(text: str, start: int, end: int, fixed: str, language: LanguageModel) -> float:
    """Mean log-probability, in nats, of the repaired word and the word after it, after the words before."""
    before = _WORD.findall(text[max(0, start - 24) : start].rpartition("\n")[2])[-2:]
    after = _WORD.findall(text[end : end + 24].partition("\n")[0])[:1]
    found = scores(language, [*before, fixed, *after], len(before))
    return sum(found) / len(found) if found[0] > UNKNOWN else UNKNOWN


def _part_of_more(text: str, start: int, end: int) -> bool:
    """Whether the letters are a piece of a longer word, an address or a code."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before.isalnum() or after.isalnum() or "_" in (before, after) or before in ("@", "#", "’", "'"):
        return True
    if after and unicodedata.category(after).startswith("M"):
        return True
    return in_address(text, start)


def _among_vietnamese(text: str, start: int, end: int) -> bool:
    """Whether the nearest words on the line are Vietnamese, and one of them plainly."""
    left_gap = text[max(0, start - 3) : start]
    right_gap = text[end : end + 3]
    left_place = start - (len(left_gap) - len(left_gap.rstrip(' \u00a0,;:.("“')))
    right_place = end + (len(right_gap) - len(right_gap.lstrip(' \u00a0,;:.)"”')))
    words = [w for w in (word_before(text, left_place), word_after(text, right_place)) if w]
    if not words:
        return True
    return any(has_marks(w) for w in words) and all(is_syllable(w) or w.isupper() for w in words)


TONES: tuple[Detector, ...] = (MisplacedTone(),)
