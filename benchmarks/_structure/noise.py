"""Reading errors of no engine in particular: lost marks, look-alike letters, lost spaces."""

from __future__ import annotations

import unicodedata
from random import Random
from typing import Final

__all__ = ["misread"]

TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
SHAPES: Final = "\u0302\u0306\u031b"
LOOK_ALIKES: Final = {
    "m": ("rn", "nn"), "n": ("ri", "u"), "u": ("n", "ư"), "h": ("b", "li"), "b": ("h", "6"), "c": ("e", "o"),
    "e": ("c", "o"), "o": ("0", "c"), "l": ("1", "i"), "i": ("l", "í"), "t": ("l", "f"), "g": ("q", "y"),
    "q": ("g",), "d": ("cl", "đ"), "đ": ("d",), "a": ("o", "u"), "v": ("y",), "y": ("v",), "r": ("n", "t"),
    "s": ("a", "5"), "k": ("h",), "p": ("n",), "B": ("8", "H"), "D": ("Đ", "O"), "Đ": ("D",), "O": ("0", "Q"),
    "C": ("G", "O"), "T": ("l", "I"), "H": ("II", "N"), "N": ("H",), "S": ("5",), "1": ("l", "I"),
    "5": ("S",), "0": ("O",), "8": ("3",), "3": ("8",), ".": (",",), ",": (".",),
}  # fmt: skip


def _letter(letter: str, rng: Random) -> str:
    base, *marks = unicodedata.normalize("NFD", letter)
    if marks and rng.random() < 0.75:
        tones = [m for m in marks if m in TONES]
        if tones and rng.random() < 0.5:
            other = rng.choice([m for m in TONES if m not in tones])
            marks = [other if m in tones else m for m in marks]
        else:
            marks.remove(rng.choice(marks))
    elif marks:
        marks = []
    elif base in "aeiouy" and rng.random() < 0.3:
        marks = [rng.choice(TONES)]
    elif base in LOOK_ALIKES:
        base = rng.choice(LOOK_ALIKES[base])
    elif base.lower() in LOOK_ALIKES and rng.random() < 0.5:
        base = rng.choice(LOOK_ALIKES[base.lower()])
    else:
        return letter
    marks.sort(key=TONES.__contains__)  # composed letters have the shape before the tone
    return unicodedata.normalize("NFC", base + "".join(marks))


def misread(text: str, rng: Random, rate: float, *, spaces: bool = True) -> str:
    """The text with reading errors, one at least.

    Parameters: ``rate``, errors per character that is no white space; ``spaces``, whether spaces get
    lost, too (a tenth of the errors). Words never disappear. Raises ValueError for a text without letters.

    >>> misread("Hội Nông dân xã họp bàn việc nước.", Random(3), 0.08)
    'Hội Nông dân xã hop bàn việc nưóc.'
    """
    places = [i for i, c in enumerate(text) if c.isalnum()]
    gaps = [i for i, c in enumerate(text) if c == " "]
    if not places:
        raise ValueError("no letters to misread")
    errors = max(1, round(rate * sum(not c.isspace() for c in text)))
    out = list(text)
    done = 0
    for _ in range(40 * errors):
        if done >= errors:
            break
        if spaces and gaps and rng.random() < 0.1:
            at, new = rng.choice(gaps), ""
        else:
            at = rng.choice(places)
            new = _letter(text[at], rng)
        if out[at] == text[at] and new != text[at]:
            out[at] = new
            done += 1
    return unicodedata.normalize("NFC", "".join(out))
