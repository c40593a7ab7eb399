"""Cutting a run of letters into syllables, the likeliest cuts first."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from ocrfix.vietnamese.letters import TONES, compose
from ocrfix.vietnamese.syllable import CONSONANTS, VOWELS, is_syllable

__all__ = ["MAX_SYLLABLE", "begins_syllable", "ends_syllable", "good_part", "near_syllable", "segmentations"]

MAX_SYLLABLE: Final = 7
"""Letters of the longest syllables (nghiêng)."""
_ONE_LETTER: Final = frozenset("ởýàạừổô")
_BEAM: Final = 8
_START: Final = re.compile(rf"[{CONSONANTS}]{{1,3}}|[{CONSONANTS}]{{0,3}}[{VOWELS}]{{1,4}}[cghmnpt]{{0,2}}")
_END: Final = re.compile(rf"[cghmnpt]{{1,2}}|[{CONSONANTS}]{{0,3}}[{VOWELS}]{{1,4}}[cghmnpt]{{0,2}}")
_ALPHABET: Final = sorted(
    {
        compose(base, shape, tone)
        for base, shape in (
            *((b, 0) for b in "aeiouy"),
            ("a", 1),
            ("a", 2),
            ("e", 2),
            ("o", 2),
            ("o", 3),
            ("u", 3),
        )
        for tone in range(len(TONES))
    }
    | set("bcdđghklmnpqrstvx")
)


def begins_syllable(part: str) -> bool:
    """Whether some syllable might begin with these letters, by the order of consonants and vowels.

    >>> begins_syllable("NGH"), begins_syllable("hiê"), begins_syllable("anha")
    (True, True, False)
    """
    return _START.fullmatch(part.lower()) is not None


def ends_syllable(part: str) -> bool:
    """Whether some syllable might end with these letters, by the order of consonants and vowels.

    >>> ends_syllable("NG"), ends_syllable("iện"), ends_syllable("tv")
    (True, True, False)
    """
    return _END.fullmatch(part.lower()) is not None


@lru_cache(maxsize=65536)
def good_part(part: str) -> bool:
    """Whether a piece of a cut run can stand as a word: a syllable in one kind of letter case.

    >>> good_part("hiện"), good_part("Chủ"), good_part("TRIỆU"), good_part("cHủ"), good_part("h")
    (True, True, True, False, False)
    """
    if len(part) == 1:
        return part.lower() in _ONE_LETTER
    return (part[1:].islower() or part.isupper()) and begins_syllable(part) and is_syllable(part)


def segmentations(run: str, logp: Callable[[str], float], most: int = _BEAM) -> list[tuple[str, ...]]:
    """Cut a run of letters into two or more syllables, in up to ``most`` ways, likeliest first.

    Parameters: ``run``, letters alone; ``logp``, the log-probability of a word in nats. Returns no way
    where the run cannot be cut into syllables. Beam search by the sum of the words' log-probabilities
    (the segmentation of symspellpy's ``word_segmentation``, over syllables).

    >>> segmentations("thựchiện", lambda word: -1.0 if word in ("thực", "hiện") else -9.0)[0]
    ('thực', 'hiện')
    """
    beams: list[list[tuple[float, tuple[str, ...]]]] = [[(0.0, ())]]
    for end in range(1, len(run) + 1):
        found = []
        for start in range(max(0, end - MAX_SYLLABLE), end):
            part = run[start:end]
            if beams[start] and good_part(part):
                cost = logp(part)
                found += [(score + cost, (*parts, part)) for score, parts in beams[start]]
        found.sort(key=lambda item: (-item[0], item[1]))
        beams.append(found[:most])
        if end >= MAX_SYLLABLE and not any(beams[end - MAX_SYLLABLE + 1 :]):
            return []
    return [parts for _, parts in beams[-1] if len(parts) > 1]


@lru_cache(maxsize=65536)
def near_syllable(run: str) -> bool:
    """Whether one wrong or doubled letter could have made this run of a single syllable.

    >>> near_syllable("ngườii"), near_syllable("sựviệc")
    (True, False)
    """
    word = run.lower()
    if len(word) > MAX_SYLLABLE + 1:
        return False
    for index in range(len(word)):
        if is_syllable(word[:index] + word[index + 1 :]):
            return True
        if any(is_syllable(word[:index] + other + word[index + 1 :]) for other in _ALPHABET):
            return True
    return False
