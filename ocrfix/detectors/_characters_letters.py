"""Letters that are not what they look like: not NFC, look-alikes, presentation forms, HTML entities."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from ocrfix.detectors._characters_scan import line_bounds, small_edit, spelt_vietnamese, word_bounds
from ocrfix.model import Edit, Safety, Span
from ocrfix.vietnamese.letters import compose, is_vietnamese_letter, letter
from ocrfix.vietnamese.normal import nfc
from ocrfix.vietnamese.syllable import is_syllable

__all__ = ["LOOK_ALIKES", "Fix", "entities", "has_forms", "look_alikes", "not_nfc", "presentation_forms"]


class Fix(NamedTuple):
    """An edit with its safety and its probability of being right."""

    edit: Edit
    safety: Safety
    confidence: float


# Not NFC.

_COMBINING: Final = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323\u0340\u0341")
_MARKS: Final = re.compile("[^\\W\\d_][\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323\u0340\u0341]+")
_UNITS: Final = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")


def not_nfc(text: str, alphabet: frozenset[str]) -> Iterator[Fix]:
    """Places that are not in Unicode's composed form, and marks in an order that does not compose.

    ``alphabet`` is the set of the text's characters, which spares most texts the second search.
    """
    if not unicodedata.is_normalized("NFC", text):
        # An ASCII character composes with nothing before it, so the pieces are independent.
        for match in _UNITS.finditer(text):
            before = match.group()
            if not unicodedata.is_normalized("NFC", before):
                edit = small_edit(match.start(), before, nfc(before))
                yield Fix(edit, Safety.SAFE, 1.0)
        return
    if alphabet.isdisjoint(_COMBINING):
        return
    for match in _MARKS.finditer(text):
        after = _reordered(match.group())
        if after is not None:
            yield Fix(small_edit(match.start(), match.group(), after), Safety.SAFE, 0.98)


def _reordered(cluster: str) -> str | None:
    """A letter with its tone before its shape, or with a mark twice, as one Vietnamese letter."""
    marks: list[str] = []
    for char in unicodedata.normalize("NFD", cluster):
        if char not in marks:
            marks.append(char)
    parts = letter("".join(marks)) if len(marks) <= 3 else None
    if parts is None or len(parts.base) != 1:
        return None
    after = compose(*parts)
    return after if len(after) == 1 and is_vietnamese_letter(after) else None


# Look-alike letters.

_CYRILLIC: Final = dict(
    zip("аеорсухіјѕһԁԛԝАВЕКМНОРСТХУІЈЅԌԚԜ", "aeopcyxijshdqwABEKMHOPCTXYIJSGQW", strict=True)
)
_GREEK: Final = dict(zip("οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oABEZHIKMNOPTYX", strict=True))
_OTHER_SCRIPT: Final = _CYRILLIC | _GREEK
_LATIN: Final = dict(zip("ðÐƉɖƣƢǎǍıďĎ₫", "đĐĐđưƯăĂiđĐđ", strict=True))
_ALL: Final = str.maketrans(_OTHER_SCRIPT | _LATIN)
LOOK_ALIKES: Final = frozenset(_OTHER_SCRIPT) | frozenset(_LATIN)
_FOREIGN: Final = re.compile("[\u0370-\u03ff\u0400-\u052f\u1f00-\u1fff]")
_LATIN_LETTER: Final = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


@cache
def _look_alike_pattern() -> re.Pattern[str]:
    return re.compile("[" + "".join(sorted(LOOK_ALIKES)) + "]")


def look_alikes(text: str) -> Iterator[Fix]:
    """Letters of another alphabet, or rare Latin ones, that stand for a letter of a Vietnamese word."""
    done = 0
    for match in _look_alike_pattern().finditer(text):
        if match.start() < done:
            continue
        start, end = word_bounds(text, match.start())
        done = end
        word = text[start:end]
        if not unicodedata.is_normalized("NFC", word):
            continue  # the next pass sees it composed
        after = word.translate(_ALL)
        fate = _fate(text, start, end, after)
        if fate is not None:
            for i, (a, b) in enumerate(zip(word, after, strict=True)):
                if a != b:
                    yield Fix(Edit(Span(start + i, start + i + 1), b), *fate)


def _fate(text: str, start: int, end: int, after: str) -> tuple[Safety, float] | None:
    """How sure it is that the word there was meant as ``after``; None where it is not likely."""
    if _FOREIGN.search(after):
        return None
    word = text[start:end]
    left, right = line_bounds(text, start, end)
    around = text[left:start] + " " + text[end:right]
    if _FOREIGN.search(word):
        if _LATIN_LETTER.search(word):
            latin = len(_LATIN_LETTER.findall(word))
            likely = is_syllable(after) or (len(word) >= 3 and latin * 2 >= len(word))
            return (Safety.SAFE, 0.97) if likely else (Safety.UNSAFE, 0.85)
        return _fate_of_foreign(text, start, end, after, around)
    at_home = spelt_vietnamese.search(word + around)
    return _fate_of_latin(word, after, text[end : end + 2]) if at_home else None


def _fate_of_latin(word: str, after: str, following: str) -> tuple[Safety, float] | None:
    """The same for a rare Latin letter among Vietnamese words."""
    syllable = is_syllable(after)
    if "ƣ" in word or "Ƣ" in word:
        return (Safety.SAFE, 0.98 if syllable else 0.95)
    if syllable and len(after) > 1:
        return (Safety.SAFE, 0.97)
    abbreviation = word.isupper() and 2 <= len(word) <= 6 and "ĐĐ" not in after  # QĐ, HĐND
    if "Ð" in word and (abbreviation or (word == "Ð" and re.match(r"[-/.]?[A-Z]|/", following))):
        return (Safety.SAFE, 0.95)
    return None


def _fate_of_foreign(text: str, start: int, end: int, after: str, around: str) -> tuple[Safety, float] | None:
    """The same for a word all of whose letters look Latin: foreign, unless its surroundings say no."""
    if _FOREIGN.search(around.translate(_ALL)):
        return None
    before, following = text[max(0, start - 12) : start], text[end : end + 12]
    token = before.rpartition(" ")[2] + following.partition(" ")[0]
    beside_figure = before[-1:].isdigit() or following[:1].isdigit()
    if beside_figure and _LATIN_LETTER.search(token):
        return (Safety.SAFE, 0.95)
    if spelt_vietnamese.search(around) and (is_syllable(after) or beside_figure or len(after) == 1):
        return (Safety.UNSAFE, 0.8)
    return None


# Presentation forms.

_LIGATURES: Final = {
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "st",
    "ﬆ": "st",
    "\u2011": "-",
}
_FULLWIDTH: Final = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_STYLED: Final = re.compile(
    "[\U0001d400-\U0001d7ff](?:[\u0300-\u036f]*[\U0001d400-\U0001d7ff])+[\u0300-\u036f]*"
)
_WIDE_RUN: Final = re.compile("[\uff01-\uff5e]+")
_CJK: Final = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff61-\uffdc\U00020000-\U0003ffff]")
FORMS: Final = frozenset(_LIGATURES) | frozenset(_FULLWIDTH)


def has_forms(alphabet: frozenset[str]) -> bool:
    """Whether the characters hold a presentation form."""
    return bool(alphabet & FORMS) or any("\U0001d400" <= c <= "\U0001d7ff" for c in alphabet)


def presentation_forms(text: str) -> Iterator[Fix]:
    """Ligatures, full-width signs among Latin ones, letters styled by code point."""
    for match in re.finditer("[" + "".join(_LIGATURES) + "]", text):
        yield Fix(Edit(Span(*match.span()), _LIGATURES[match.group()]), Safety.SAFE, 0.99)
    for match in _STYLED.finditer(text):
        after = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", match.group()))
        if all(c.isdigit() or is_vietnamese_letter(c) for c in after):
            yield Fix(Edit(Span(*match.span()), after), Safety.SAFE, 0.97)
    for match in _WIDE_RUN.finditer(text):
        around = text[max(0, match.start() - 12) : match.start()] + text[match.end() : match.end() + 12]
        if not _CJK.search(around):
            yield Fix(Edit(Span(*match.span()), _narrow(text, match)), Safety.SAFE, 0.96)


def _narrow(text: str, match: re.Match[str]) -> str:
    """The run in ordinary width; a full-width sign brings its space with it."""
    out = ""
    before, following = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    run = match.group()
    for i, wide in enumerate(run):
        char = _FULLWIDTH[wide]
        last = out[-1:] or before
        nearest = _FULLWIDTH[run[i + 1]] if i + 1 < len(run) else following
        if char in "([" and last.isalnum():
            out += " "
        out += char
        figures = last.isdigit() and nearest.isdigit()
        ends_sentence = char == "." and nearest.isupper() and last.islower()
        if ends_sentence or (char in ",;:!?)]" and nearest.isalnum() and not figures):
            out += " "
    return out


# HTML entities.

_ENTITY: Final = re.compile(
    r"&(?:#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8}[0-9]{0,2});|&nbsp(?![A-Za-z;=])"
)
_MARKUP: Final = re.compile(r"</?[A-Za-z!]|`")


def entities(text: str) -> Iterator[Fix]:
    """HTML entities left in text without tags."""
    for match in _ENTITY.finditer(text):
        char = html.unescape(match.group())
        if char == match.group() or len(char) > 2:
            continue
        left, right = line_bounds(text, match.start(), match.end())
        if _MARKUP.search(text, left, right):
            continue
        before, following = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        address = text[max(left, match.start() - 100) : match.start()].rpartition(" ")[2]
        if (before and before in "\"'“‘(" and following and following in "\"'”’)") or ("://" in address):
            continue
        char = {"\xa0": " ", "\xad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": ""}.get(
            char, char
        )
        if char in ("<", ">"):
            yield Fix(Edit(Span(*match.span()), char), Safety.DISPLAY, 0.5)
        elif char.isprintable() or not char:
            yield Fix(Edit(Span(*match.span()), unicodedata.normalize("NFC", char)), Safety.SAFE, 0.97)
