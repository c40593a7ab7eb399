"""Right articles with a passage glued in again, as column readers and vision models do, to learn from."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

__all__ = ["Damaged", "glue_in", "misread"]

_LOOK_ALIKE: Final = {
    "m": ("rn", "nn"), "n": ("ri", "u", "r"), "u": ("n", "ư"), "h": ("b", "li"), "b": ("h", "6"),
    "c": ("e", "o"), "e": ("c",), "o": ("0", "c"), "l": ("1", "i", "t"), "i": ("l", "1"), "t": ("l", "f"),
    "g": ("q", "y"), "d": ("cl", "đ"), "đ": ("d",), "a": ("o", "u"), "v": ("y", "r"), "y": ("v",),
    "r": ("n", "t"), "s": ("a", "5"), "k": ("h",), "T": ("l", "I"), "H": ("N",), "1": ("l", "I"),
    "5": ("S",), "0": ("O",), "8": ("3",), "3": ("8",), ".": (",",), ",": (".",),
}  # fmt: skip
_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_LEAST_PARAGRAPH: Final = 20
_PASSAGE: Final = (12, 100)
"""Words of a passage, the fewest and the most."""
_LEAST_SENTENCES: Final = 8
_ENDS_SENTENCE: Final = re.compile(r"[.!?…][\"”)]*$")


@dataclass(frozen=True)
class Damaged:
    """A damaged text and, as words, the right ones that a reader of the damaged one may take for it."""

    text: str
    right: tuple[list[str], ...]


def _misread_letter(letter: str, rng: Random) -> str:
    letters = unicodedata.normalize("NFD", letter)
    base, marks = letters[0], list(letters[1:])
    if marks and rng.random() < 0.75:
        if rng.random() < 0.5:
            marks.pop(rng.randrange(len(marks)))
        else:
            marks = [mark for mark in marks if mark not in _TONES] + [rng.choice(_TONES)]
    elif base in _LOOK_ALIKE:
        base = rng.choice(_LOOK_ALIKE[base])
    elif base in "aeiouy":
        marks.append(rng.choice(_TONES))
    return unicodedata.normalize("NFC", base + "".join(marks))


def misread(text: str, rate: float, rng: Random) -> str:
    """The text with this share of its letters misread, and half of it of its blanks lost.

    >>> misread("nước tưới", 0.0, Random(1)), misread("123", 0.0, Random(1))
    ('nước tưới', '123')
    """
    out = []
    for letter in text:
        chance = rng.random()
        if letter == " ":
            out.append("" if chance < rate / 2 else " ")
        else:
            out.append(_misread_letter(letter, rng) if chance < rate else letter)
    return "".join(out)


def _sentence_starts(words: Sequence[str]) -> list[int]:
    return [0] + [
        n
        for n in range(1, len(words))
        if _ENDS_SENTENCE.search(words[n - 1]) and words[n][0].isupper() and len(words[n - 1]) > 2
    ]


def _passage(words: Sequence[str], rng: Random) -> tuple[int, int, bool] | None:
    """First word of a passage, the word after it, and whether it is made of whole sentences."""
    kind, starts = rng.random(), _sentence_starts(words)
    size = rng.randint(_PASSAGE[0], max(_PASSAGE[0], min(_PASSAGE[1], len(words) - 2)))
    if kind < 0.2:
        ends = [*starts[1:], len(words)]
        whole = [
            (a, b)
            for a in starts
            for b in ends
            if _LEAST_SENTENCES <= b - a <= _PASSAGE[1] and b - a < len(words)
        ]
        return (*rng.choice(whole), True) if whole else None
    if kind < 0.3:
        return max(1, len(words) - size), len(words), False
    first = 0 if kind < 0.4 else rng.randint(0, max(0, len(words) - size))
    return first, min(first + size, len(words) - (kind < 0.4)), False


def _rates(rng: Random) -> tuple[float, float]:
    """Share of the letters misread in the passage at its own place, and in its copy."""
    kind = rng.random()
    if kind < 0.45:
        return 0.0, 0.0
    if kind < 0.8:
        return 0.0, rng.uniform(0.01, 0.06)
    if kind < 0.9:
        return rng.uniform(0.005, 0.03), rng.uniform(0.005, 0.03)
    return rng.uniform(0.01, 0.05), 0.0


def glue_in(paragraphs: Sequence[str], rng: Random) -> Damaged | None:
    """An article with a passage of one paragraph set into another; None when it is too short.

    Parameters: ``paragraphs``, each without line ends. The passage has 12 to 100 words, a fifth are whole
    sentences; two fifths are set between sentences, the others anywhere; half of them are misread in one copy
    or in both. The text is wrapped to lines of 50 to 90 characters in a quarter of the articles.
    """
    long = [n for n, p in enumerate(paragraphs) if n and len(p.split()) >= _LEAST_PARAGRAPH]
    if len(long) < 2:
        return None
    source, host = rng.sample(long, 2)
    words, others = paragraphs[source].split(), paragraphs[host].split()
    chosen = _passage(words, rng)
    if chosen is None:
        return None
    first, stop, whole = chosen
    between = rng.random() < 0.4
    place = (
        rng.choice([*_sentence_starts(others)[1:], len(others)])
        if between
        else rng.randint(2, len(others) - 1)
    )
    passage, (rate, copy_rate) = " ".join(words[first:stop]), _rates(rng)
    home = list(paragraphs)
    if rate:
        home[source] = " ".join([*words[:first], misread(passage, rate, rng), *words[stop:]])
    copy = misread(passage, copy_rate, rng) if copy_rate else passage
    damaged = list(home)
    damaged[host] = " ".join([*others[:place], copy, *others[place:]])
    right = [" ".join(home).split()]
    if whole and between and not (rate or copy_rate):
        # Nobody can tell which of the two was there first.
        moved = list(damaged)
        moved[source] = " ".join([*words[:first], *words[stop:]])
        right.append(" ".join(moved).split())
    separator = rng.choice(("\n\n", "\n\n", "\n"))
    if rng.random() < 0.25:
        width, separator = rng.randint(50, 90), "\n\n"
        damaged = [textwrap.fill(p, width, break_long_words=False, break_on_hyphens=False) for p in damaged]
    return Damaged(separator.join(damaged), tuple(right))
