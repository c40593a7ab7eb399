"""How a stretch of text reads in each of the legacy Vietnamese charsets that may be meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ocrfix.vietnamese import legacy
from ocrfix.vietnamese.letters import letter
from ocrfix.vietnamese.syllable import is_syllable

__all__ = [
    "SINGLE_BYTE",
    "TOKEN",
    "Reading",
    "best_reading",
    "plain_is_vietnamese",
    "readable",
    "reading_of",
    "reads_well",
    "with_capitals",
    "with_lost_horns",
]

PLAIN_SHARE: Final = 0.3
"""Share of unmarked lower-case words that must be syllables, so that no other language qualifies."""

TOKEN: Final = re.compile(r"[^ \t\r\n\f]+")
"""What stands between blanks."""
_WORDS: Final = re.compile(r"[^\W\d_]+")
SINGLE_BYTE: Final = ("tcvn3", "vni", "viscii", "cp1258")
"""The charsets that are tried: those of one byte a letter, and VNI, of two."""
# Signs that Windows-1252 shows for VISCII capitals and that may be real punctuation.
_PUNCTUATION: Final = "“”‘’–—…•\u00a0"
_BULLETS: Final = "·§¨¤•"
_ALONE: Final = frozenset("àảáạăâìỉíòỏóọôơờởớợồổốộùủúụưừửứựyỳỷýỵđêếẻẹéè")


@dataclass(frozen=True, slots=True)
class Reading:
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
        """Of the marked words, those that become syllables; from 0 to 1."""
        return self.valid / self.marked if self.marked else 0.0


def _words(text: str) -> list[str]:
    return [w.group() for w in _WORDS.finditer(text)]


def _is_abbreviation(word: str) -> bool:
    return word.isupper() and len(word) <= 5 and not is_syllable(word)


def reading_of(text: str, charset: str) -> Reading:
    """How a text reads in a charset, one of `SINGLE_BYTE`.

    >>> sorted(reading_of("phô n÷ x·", "tcvn3").gains)
    ['nữ', 'xã']
    """
    marked = neutral = valid = losses = 0
    gains: set[str] = set()
    changed: set[str] = set()
    lost = charset == "tcvn3" and "\u00ad" not in text
    for token in TOKEN.findall(text):
        if token.isascii():
            continue
        after = _decoded(token, charset)
        words = [with_lost_horns(w) if lost else w for w in _words(after) if not w.isascii()]
        if not words and after == token:
            continue
        if words and all(_is_abbreviation(w) for w in words):
            neutral += 1
            continue
        marked += 1
        lowered = [w.lower() for w in words]
        good = bool(words) and all(map(is_syllable, lowered))
        was = reads_well(token)
        valid += good
        if after != token:
            if good and not was:
                gains.add(" ".join(lowered))
            elif was:
                changed.add(token)
                losses += not good
    return Reading(marked, neutral, valid, frozenset(gains), losses, len(changed))


def reads_well(token: str) -> bool:
    """Whether a token is Vietnamese as it stands."""
    words = _words(token)
    return all(c.isascii() or c.isalpha() or c in _PUNCTUATION for c in token) and all(
        is_syllable(w) and (w.islower() or w.istitle() or w.isupper()) for w in words
    )


def plain_is_vietnamese(text: str) -> bool:
    """Whether the unmarked words of a text may be Vietnamese; few of them may be anything."""
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


def best_reading(text: str) -> tuple[str, Reading]:
    """The charset in which most words of a text become syllables, and how it reads there."""
    readings = [(name, reading_of(text, name)) for name in SINGLE_BYTE]
    return max(readings, key=lambda r: (r[1].valid, len(r[1].gains)))


def readable(token: str, charset: str, *, first: bool) -> str:
    """A token's reading in a charset; ``first``: it begins a line, where a lone sign is a bullet and stays.

    >>> readable("·", "tcvn3", first=True), readable("x·", "tcvn3", first=True)
    ('·', 'xã')
    """
    after = _decoded(token, charset)
    if (
        first
        and len(token) == 1
        and (token in _BULLETS or (not token.isalpha() and after.lower() not in _ALONE))
    ):
        return token
    return after


def _case(before: str, after: str) -> bool | None:
    """Whether a token's ASCII letters are capitals; None where they do not tell, as in abbreviations."""
    plain = [c for c in before if c.isascii() and c.isalpha()]
    if any(c.islower() for c in plain):
        return False
    if len(plain) == 1 and after[:1].isalpha() and after[0] != plain[0]:
        return True  # a capital after another letter
    return True if len(plain) > 1 and all(map(is_syllable, _words(after))) else None


def with_capitals(tokens: Sequence[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    """Capital fonts of TCVN3 show small codes as capitals: what stands among capitals is one.

    Parameters: ``tokens``, each its place, as it stands and as it reads; they come back with capitals.
    """
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


def with_lost_horns(word: str) -> str:
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
