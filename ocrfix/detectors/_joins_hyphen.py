"""Hyphens at line ends: which vanish with the line end, which stay, which stand for a space."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._joins_lines import is_formula
from ocrfix.model import Safety, Span
from ocrfix.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocrfix.detectors._joins_lines import Line
    from ocrfix.language_model import LanguageModel

__all__ = ["HyphenJoin", "hyphen_joins"]

NAME_LEAD: Final = 2.5
"""By how much, in nats, a name must be commoner with a space than with a hyphen (Hà Nội, not Ê-đê) for the
hyphen at the line end to be the typesetter's."""
RARE: Final = -14.0
"""The log-probability, in nats, under which a word that the model knows is rare: under it a name of two
syllables keeps its hyphen (Ra-glai)."""
HYPHENS: Final = "-\u2010\u2011"
SOFT: Final = "\u00ad¬"
_OPENED: Final = re.compile(r"(?<!\S)[-\u2010\u2011](?=[^\W\d_])")
_CLOSED: Final = re.compile(r"\w[-\u2010\u2011](?!\S)")
"""A hyphen that opens a title or an aside set between two, and one that closes it ("-Khúc ca-")."""
_SIGNED: Final = re.compile(r"\w[-\u2010\u2011][,;)]")
"""A hyphen that belongs to the word before it, as the charge to an ion (Cl-)."""
_LEFT: Final = re.compile(r"((?:\w+[-\u2010\u2011])*)(\w+)[-\u2010\u2011\u00ad¬]$")
_RIGHT: Final = re.compile(r"(\w+)((?:[-\u2010\u2011]\w+)*)")
_INNER: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_WORD: Final = re.compile(r"[^\W\d_]+")
_ONSET: Final = re.compile(r"[bcdđfghjklmnpqrstvwxz]{2,}(?=[^\W\d_])")
"""Consonants in a row at the beginning of a part."""


@dataclass(frozen=True, slots=True)
class HyphenJoin:
    """A hyphen at a line end and what takes the place of it and the line end.

    ``line`` is the index of the line it ends, ``span`` the hyphen and the white space after it, ``kind`` one
    of "word" (one foreign word: nothing), "hyphen" (a real hyphen) and "space" (two syllables).
    """

    line: int
    span: Span
    replacement: str
    kind: str
    safety: Safety
    confidence: float
    before: str
    after: str


def hyphen_joins(lines: list[Line], text: str, language: LanguageModel) -> Iterator[HyphenJoin]:
    """The line-end hyphens that part a word or a pair of words, in order.

    Parameters: ``lines`` as from `_joins_lines.lines_of`, of the text ``text``; ``language``, asked for
    words.
    """
    inner: frozenset[str] | None = None
    words: frozenset[str] = frozenset()
    for i in range(len(lines) - 1):
        left, right = lines[i], lines[i + 1]
        if not left.text or left.text[-1] not in HYPHENS + SOFT or right.gap > 2 or right.pages:
            continue
        head, tail = _LEFT.search(left.text[-60:]), _RIGHT.match(right.text[:60])
        if head is None or tail is None or (right.gap == 2 and right.case != "lower"):
            continue
        if _closes(left.text, right.case) or _SIGNED.search(left.text[-60:]) or is_formula(right.text):
            continue
        if inner is None:
            inner = frozenset(m.group().lower() for m in _INNER.finditer(text))
            words = frozenset(m.group().lower() for m in _WORD.finditer(text))
        choice = _choose(head, tail, left.text[-1], inner, words, language)
        if choice is not None:
            kind, safety, confidence = choice
            span = Span(left.end - 1, right.start)
            hyphen = left.text[-1] if left.text[-1] in HYPHENS else "-"
            replacement = {"word": "", "hyphen": hyphen, "space": " "}[kind]
            yield HyphenJoin(i, span, replacement, kind, safety, confidence, head.group(), tail.group())


def _closes(text: str, following: str) -> bool:
    """Whether the hyphen at the end of a line closes what another one opened in the same line.

    Parameters: ``text``, the line; ``following``, the case of the next line. A hyphen at the beginning of
    the line may be the mark of a list item, whose last word may be broken: so it is where the next line goes
    on in small letters.
    """
    *_, opened = (-1, *(m.start() for m in _OPENED.finditer(text)))
    if opened < 0 or (opened == 0 and following == "lower"):
        return False
    return _CLOSED.search(text, opened + 1, len(text) - 1) is None


def _choose(  # noqa: C901, PLR0911, PLR0912
    head: re.Match[str],
    tail: re.Match[str],
    sign: str,
    inner: frozenset[str],
    words: frozenset[str],
    language: LanguageModel,
) -> tuple[str, Safety, float] | None:
    a, b = head[2], tail[1]
    whole = f"{a}{b}".lower()
    chained = f"{head[1]}{a}-{b}{tail[2]}".lower()
    if sign in SOFT:
        return "word", Safety.SAFE, 0.98
    if a[-1].isdigit() or b[0].isdigit():
        if a[-1].isdigit() and b[0].isdigit():
            return "hyphen", Safety.SAFE, 0.96
        if a.isupper() and not a[-1].isdigit():
            return "hyphen", Safety.SAFE, 0.96  # COVID-19, A-5
        return None
    if not (a.isalpha() and b.isalpha()):
        return None
    if chained in inner:
        return "hyphen", Safety.SAFE, 0.98  # the document writes it so elsewhere
    if head[1] or tail[2]:
        return "hyphen", Safety.SAFE, 0.96  # Mát-xcơ-va: more hyphens in the same word
    if whole in words and len(whole) >= 4 and not (is_syllable(a) and is_syllable(b)):
        return "word", Safety.SAFE, 0.97  # inter-national, where the document has international
    if a.isupper() and len(a) > 1:
        return ("hyphen", Safety.SAFE, 0.96) if b[0].isupper() else ("hyphen", Safety.UNSAFE, 0.8)  # NĐ-CP
    if b[0].isupper():
        return ("hyphen", Safety.SAFE, 0.95) if a[0].isupper() else None  # Việt-Mỹ
    if is_syllable(whole) and _one_syllable(a, b, whole, language):
        return "word", Safety.SAFE, 0.96  # ngư-ời
    if is_syllable(a) and is_syllable(b):
        if a[0].isupper() and not _starts_sentence(head):
            # Within a sentence a name with a space would have two capitals (Hà Nội).
            return "hyphen", Safety.SAFE, 0.96  # Ê-đê, Tà-ôi
        return _two_syllables(a, b, inner, language)
    return _foreign(a, b, whole, language)


def _starts_sentence(head: re.Match[str]) -> bool:
    """Whether the parted word is the first one of a sentence, or of the line, which is as much as we know."""
    before = head.string[: head.start()].rstrip(" \"'“‘(«[-–")
    return not before or before[-1] in ".!?…:;"


def _one_syllable(a: str, b: str, whole: str, language: LanguageModel) -> bool:
    """Whether two pieces are rather one syllable than a pair."""
    if not (is_syllable(a) and is_syllable(b)):
        return len(whole) >= 4
    pair = float(language.score(["và", a, b])[1:].sum())
    return float(language.score(["và", whole])[1]) > pair


def _two_syllables(
    a: str, b: str, inner: frozenset[str], language: LanguageModel
) -> tuple[str, Safety, float]:
    """Old spelling (xã-hội), a transcribed name (Cu-ba), or a hyphen that a typesetter put there."""
    old = sum(1 for word in inner if all(map(is_syllable, word.split("-"))))
    if old >= 3:
        return "hyphen", Safety.SAFE, 0.95
    if a[0].isupper() and _score(language, a, "-", b) > _score(language, a, b) - NAME_LEAD:
        return "hyphen", Safety.SAFE, 0.96  # Ê-đê, Cu-ba
    bound = attraction(a, b, language)
    if bound > 1.0 and a[0].islower():
        return "space", Safety.SAFE, 0.96
    if bound > 3.0:
        return "space", Safety.SAFE, 0.95
    return ("space", Safety.UNSAFE, 0.8) if a[0].islower() else ("hyphen", Safety.UNSAFE, 0.75)


def _score(language: LanguageModel, *words: str) -> float:
    """Log-probability of words in running text, in nats."""
    return float(language.score(["của", *words])[1:].sum())


def attraction(a: str, b: str, language: LanguageModel) -> float:
    """How much likelier ``b`` is after ``a`` than anywhere, in nats."""
    scores = language.score(["và", a, b])
    return float(scores[2]) - language.word_logp(b)


def _transcribed(part: str) -> bool:
    """Whether a part is written as Vietnamese is but for two consonants at its beginning (Đa-krông).

    So are syllables in names of peoples and places that are written as they sound; parts of foreign words
    seldom end as a Vietnamese syllable does and have one vowel.
    """
    onset = _ONSET.match(part)
    return onset is not None and not is_syllable(part) and is_syllable(part[onset.end() :])


def _foreign(a: str, b: str, whole: str, language: LanguageModel) -> tuple[str, Safety, float] | None:
    """inter-national, but e-commerce and Xin-ga: marks or two known parts keep the hyphen."""
    if not (a + b).isascii():
        return ("hyphen", Safety.SAFE, 0.95) if a[0].isupper() else ("hyphen", Safety.UNSAFE, 0.8)
    if a[0].isupper() and is_syllable(a) and (not language.known(whole) or _score(language, whole) < RARE):
        if _transcribed(b):
            return "hyphen", Safety.SAFE, 0.95
        if language.known(whole):
            return "hyphen", Safety.UNSAFE, 0.7
    if language.known(whole):
        parts = language.known(a) and language.known(b)
        if parts and _score(language, whole) < _score(language, a, "-", b):
            return "hyphen", Safety.UNSAFE, 0.75  # check-in
        return "word", Safety.SAFE, 0.97
    if language.known(a) and language.known(b):
        return "hyphen", Safety.UNSAFE, 0.8
    if len(a) >= 3 and len(b) >= 3:
        return "word", Safety.SAFE if not (is_syllable(a) or is_syllable(b)) else Safety.UNSAFE, 0.95
    return "word", Safety.UNSAFE, 0.7
