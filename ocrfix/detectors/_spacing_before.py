"""Spaces before a punctuation mark and inside brackets and quotes (SPC004)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ocrfix.detectors._spacing_language import log_probabilities
from ocrfix.detectors._spacing_text import line_of, word_after, word_before
from ocrfix.detectors.base import Context
from ocrfix.document import Document
from ocrfix.language_model import LanguageModel
from ocrfix.language_model.tokens import TOKEN
from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.vietnamese.syllable import is_syllable

__all__ = ["SpaceBeforePunctuation"]

SPACE_BEFORE: Final = Rule(
    "SPC004",
    "space-before-punctuation",
    "A space before a punctuation mark or inside a bracket or quote",
    Safety.SAFE,
    """What it finds
    A space before a comma, semicolon, full stop, question or exclamation mark, or, in running text, a
    colon; a space after an opening and before a closing bracket or quote.

Example
    before: Bà con xã Bình Minh , phần lớn là hộ nghèo , đã được ( tạm thời ) chuyển đến nơi ở mới .
    after:  Bà con xã Bình Minh, phần lớn là hộ nghèo, đã được (tạm thời) chuyển đến nơi ở mới.

Fix safety
    Safe after a word or number and before a space or the end of the line, where the language model finds the
    text likelier with the mark than without it: a mark that does not belong is a speck, not ours to move.
    A full stop, question or exclamation mark must end its sentence (a capital or the end of the line
    follows), a colon must stand in running text (forms and tables align theirs), brackets and quotes must
    come in pairs on one line. A straight quote with a space on the inner side at one end only is unsafe:
    which one opens is a guess.
    Ellipses, ".com", ".NET", dashes and marks that stand free are left alone.

Risk
    Text set in the French manner (a space before ? and !) on purpose.
""",
)

# Patterns start with what is rare or quickly found, and look back from there.
_BEFORE: Final = re.compile(
    r"[ \u00a0](?<=[\w)\]”\"’%²³].)[ \u00a0]{0,2}(?=([,;]|\.(?!\.)|[!?]{1,3}|:)([^\W\d_]|\s|[)”\"]|\Z))"
)
_PAIR: Final = re.compile(r"\(([^()\n]{1,200})\)|\[([^\[\]\n]{1,200})\]|“([^“”\n]{1,400})”")
_FREE_QUOTE: Final = re.compile(r'"(?:(?<=\w ")(?=[\s,.;:!?)]|\Z)|(?<=\s") (?=\w))')
_BLANK_LINE: Final = re.compile(r"\r?\n[ \t\r]*(?:\n|\f|\Z)")
_RUNNING_WORDS: Final = 8
"""Words on a line from which it counts as running text."""
_BLANK: Final = " \u00a0"
_LEAST: Final = {",": -1.5, ".": -1.5, ":": -2.5, ";": -5.5, "?": -9.0, "!": -9.0}
"""Nats by which the model may prefer the text without the mark. Of 64 marks so set apart in OCR output
62 were specks, nearly all of them below these; marks in sentences set with such spaces lie above."""
_AROUND: Final = 60
"""Characters to each side of a mark in which its neighbours are looked for."""


class SpaceBeforePunctuation:
    """SPC004: a space before a mark, or inside a bracket or quote."""

    rules = (SPACE_BEFORE,)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """The spaces that should not be there; a mark that the model would rather do without is a speck."""
        text = document.text
        places = [m for m in _BEFORE.finditer(text) if _removable(text, m)]
        if places:
            belongs = mark_margins(text, [(m.start(), m.end()) for m in places], context.language)
            for match, margin in zip(places, belongs, strict=True):
                if margin >= _LEAST[match.group(1)[0]]:
                    yield _removal(text, match.start(), match.end(), f"before {match.group(1)}")
        for match in _PAIR.finditer(text):
            yield from _inside(text, match.start(), match.end())
        line_end = -1
        for match in _FREE_QUOTE.finditer(text):
            place = match.start() - (match.end() == match.start() + 1)  # of a closing quote, the space before
            if place >= line_end:
                line_start, line_end = line_of(text, place)
                yield from _straight_quotes(text, line_start, line_end)


def mark_margins(text: str, places: Sequence[tuple[int, int]], model: LanguageModel) -> list[float]:
    """How much likelier, in nats, the text is with the mark that stands after each place than without it.

    ``places`` are (start, end) offsets of the white space before each mark. A mark at the end of its
    paragraph is not judged: 0.
    """
    sequences: list[tuple[list[str], list[str], list[str]]] = []
    for start, end in places:
        left = [m.group() for m in TOKEN.finditer(text[max(0, start - _AROUND) : start])][-3:]
        right = [m.group() for m in TOKEN.finditer(text[end + 1 : end + 1 + _AROUND])][:3]
        rest = text[end + 1 : end + 1 + _AROUND].lstrip(_BLANK)
        blank = rest[:1] in ("", "\f") or _BLANK_LINE.match(rest) is not None
        sequences.append((left, [text[end]], [] if blank else right))
    readings = [
        ([*left, *marks, *right], len(left)) for left, mark, right in sequences for marks in (mark, [])
    ]
    sums = [found.sum() for found in log_probabilities(model, readings)]
    return [
        float(with_mark - without) if right else 0.0
        for (_, _, right), with_mark, without in zip(sequences, sums[::2], sums[1::2], strict=True)
    ]


def _removable(text: str, match: re.Match[str]) -> bool:
    """Whether the space before a mark is one too many."""
    mark, after = match.groups()
    start, following = match.start(), match.end() + len(mark)
    rest = text[following : following + 4].lstrip(_BLANK)
    if after.isalpha():  # "nghèo ,nhưng": the space stands on the wrong side
        return mark == "," and all(map(_word, (word_before(text, start), word_after(text, following))))
    if mark in ",;":
        return _after_comma(text, start, rest, mark)
    if mark == ".":
        dots = rest[:1] in (".", "…", "-", "_") or text[start - 1] in "._"
        return not dots and (not rest or rest[0] in '\n\f\r)”"“' or rest[0].isupper())
    line_start, line_end = line_of(text, start)
    if mark == ":":
        line = text[line_start:line_end]
        table = "|" in line or "\t" in line or "  " in line or line.count(" :") > 1
        return not table and line.count(" ", 0, start - line_start) >= _RUNNING_WORDS
    ends = not rest or rest[0] in '\n\f\r)”"“-–' or rest[0].isupper()
    return ends and (not text[start - 1].isdigit() or line_end - line_start > 3 * _RUNNING_WORDS)


def _after_comma(text: str, start: int, rest: str, mark: str) -> bool:
    before = text[start - 1]
    if mark == ";" and before.isalpha() and len(word_before(text, start)) == 1:
        return False  # a statement of a programming language
    if before.isdigit() and rest[:1].isdigit():
        return False  # a decimal number, or a list of numbers
    return rest[:1] not in (",", ";", ".") and text[start - 2 : start] != ' "'


def _word(word: str) -> bool:
    return len(word) > 1 and is_syllable(word)


def _inside(text: str, start: int, end: int) -> Iterator[Finding]:
    """The spaces just inside the pair of brackets or quotes at ``[start, end)``."""
    inner = text[start + 1 : end - 1]
    core = inner.strip(_BLANK)
    left, right = len(inner) - len(inner.lstrip(_BLANK)), len(inner) - len(inner.rstrip(_BLANK))
    if len(core) < 2 or core == inner or "  " in core or max(left, right) > 1:
        return
    if not (core[0].isalnum() or core[0] in '“("') or not any(map(is_syllable, core.split())):
        return
    sure = text[start] != '"' or (left > 0 and right > 0)
    if left:
        yield _removal(text, start + 1, start + 1 + left, f"after {text[start]}", sure=sure)
    if right:
        yield _removal(text, end - 1 - right, end - 1, f"before {text[end - 1]}", sure=sure)


def _straight_quotes(text: str, line_start: int, line_end: int) -> Iterator[Finding]:
    """The spaces inside straight quotes of a line where it is plain which quotes open and which close."""
    places = [m.start() for m in re.finditer('"', text[line_start:line_end])]
    if len(places) % 2:
        return
    pairs = [(line_start + a, line_start + b) for a, b in zip(places[::2], places[1::2], strict=True)]
    for opening, closing in pairs:
        before, after = text[opening - 1 : opening] or " ", text[closing + 1 : closing + 2] or " "
        if before.isalnum() or after.isalnum() or (before not in "([“" and not before.isspace()):
            return
    for opening, closing in pairs:
        yield from _inside(text, opening, closing + 1)


def _removal(text: str, start: int, end: int, why: str, *, sure: bool = True) -> Finding:
    around = text[max(0, start - 12) : end + 3].replace("\n", " ")
    return Finding(
        SPACE_BEFORE,
        Span(start, end),
        f'a space too many in "{around}"',
        (Edit(Span(start, end), ""),),
        0.97 if sure else 0.9,
        Safety.SAFE if sure else Safety.UNSAFE,
        {"place": why},
    )
