"""The grammar of the Vietnamese syllable: onset, glide, nucleus, coda, tone.

A written syllable is an optional onset, a rhyme (a glide o/u, a nucleus, a coda) and a tone.
Syllables closed by a stop (c, ch, p, t) take only the tones sắc and nặng. The tables follow the
standard description of the orthography (e.g. Đoàn Thiện Thuật, Ngữ âm tiếng Việt, 1977).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from ocrfix.vietnamese.letters import letter, set_tone, strip_tone

__all__ = [
    "Syllable",
    "all_syllables",
    "canonical",
    "is_syllable",
    "parse",
    "place_tone",
    "restyle",
    "tone_style",
]

ONSETS: Final = (
    "ngh", "ng", "nh", "gh", "gi", "kh", "ph", "th", "tr", "ch", "qu",
    "b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
)  # fmt: skip
CONSONANTS: Final = "bcdđghklmnpqrstvx"
VOWELS: Final = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ"
_BARE: Final = ("",)
_ONSETS_BY_LETTER: Final = {
    letter: (*(onset for onset in ONSETS if onset[:1] == letter), "") for letter in CONSONANTS
}
_SHAPE: Final = re.compile(rf"[{CONSONANTS}]{{0,3}}[aăâeêioôơuưy]{{1,4}}(?:c|ch|m|n|ng|nh|p|t)?")
"""What every syllable looks like without its tone; most other words do not."""

_PLAIN: Final[dict[str, str]] = {
    # nucleus → codas ("-" is none)
    "a": "- c ch i m n ng nh o p t u y",
    "ă": "c m n ng p t",
    "â": "c m n ng p t u y",
    "e": "- c m n ng o p t",
    "ê": "- ch m n nh p t u",
    "i": "- ch m n nh p t u a",
    "o": "- c i m n ng p t",
    "ô": "- c i m n ng p t",
    "ơ": "- i m n p t",
    "u": "- a c i m n ng p t",
    "ư": "- a c i m n ng t u",
    "y": "-",
    "iê": "c m n ng p t u",
    "yê": "m n ng t u",
    "oo": "c ng",
    "uô": "c i m n ng t",
    "ươ": "c i m n ng p t u",
}
_ROUNDED: Final[dict[str, str]] = {
    # after the glide, written o or u
    "oa": "- c ch i m n ng nh o p t y",
    "oă": "c m n ng t",
    "oe": "- n o t m",
    "uâ": "n ng t y",
    "uê": "- ch n nh",
    "uơ": "-",
    "uy": "- a ch n nh p t u",
    "uyê": "n t",
}
_AFTER_QU: Final = (  # noqa: SIM905  (rhymes after q, whose glide is always written u)
    "a ac ach ai am an ang anh ao at au ay ăc ăm ăn ăng ăp ăt ân âng ây ât e en eo et ên ênh êch êt ê "
    "i ich in inh it iu iên iêt iêu y yên yêt ych ynh yt yu ơ ơi ơn ơt ôc "
).split()


def _rhymes() -> frozenset[str]:
    found = set()
    for table in (_PLAIN, _ROUNDED):
        for nucleus, codas in table.items():
            found |= {nucleus + coda.replace("-", "") for coda in codas.split()}
    return frozenset(found)


RHYMES: Final = _rhymes()
_STOPS: Final = ("c", "p", "t", "ch")
_FRONT: Final = ("e", "ê", "i", "y")


class Syllable(NamedTuple):
    """A syllable taken apart: ``onset``, ``rhyme`` (without tone), ``tone`` (0-5, see `letters.TONES`)."""

    onset: str
    rhyme: str
    tone: int


@lru_cache(maxsize=65536)
def parse(word: str) -> Syllable | None:
    """Take a syllable apart, whatever its letter case and tone placement; None if it is not one.

    The tone mark must stand on a vowel where one of the two styles of placement has it.

    >>> parse("nghiêng"), parse("Hòa"), parse("nứơc")
    (Syllable(onset='ngh', rhyme='iêng', tone=0), Syllable(onset='h', rhyme='oa', tone=1), None)
    """
    lowered = unicodedata.normalize("NFC", word).lower()
    parsed = _parse_loose(lowered)
    if parsed is None:
        return None
    if parsed.tone and lowered not in (place_tone(parsed), place_tone(parsed, old=True)):
        return None
    return parsed


@lru_cache(maxsize=65536)
def _parse_loose(word: str) -> Syllable | None:
    """Take a lower-case word apart, wherever its one tone mark stands."""
    if not word or len(word) > 7 or not word.isalpha():
        return None
    if sum(1 for c in word if letter(c).tone) > 1:
        return None
    plain, tone = strip_tone(word)
    if _SHAPE.fullmatch(plain) is None:
        return None
    for onset in _ONSETS_BY_LETTER.get(plain[0], _BARE):
        if not plain.startswith(onset):
            continue
        rhyme = plain[len(onset) :]
        if _fits(onset, rhyme, tone):
            return Syllable(onset, rhyme, tone)
    return None


def _fits(onset: str, rhyme: str, tone: int) -> bool:
    if rhyme.endswith(_STOPS) and tone not in (4, 5):
        return False
    if onset == "qu":
        return rhyme in _AFTER_QU
    if onset == "gi" and rhyme in ("", "n", "m", "p", "ch", "êng", "ên", "êc", "êm", "êt", "êp", "êu", "a"):
        return True  # the i of the onset is the vowel too: gì, giếng (and gia)
    if rhyme not in RHYMES:
        return False
    front = rhyme.startswith(_FRONT)
    if onset in ("c", "g", "ng") and (front or (onset == "c" and rhyme.startswith(("oa", "oă", "oe")))):
        return onset == "g" and rhyme.startswith("i") and not rhyme.startswith("iê")
    if onset in ("k", "gh", "ngh") and not front:
        return onset == "k" and rhyme in ("ơ", "a", "ar", "ông")
    if rhyme.startswith("y") and onset and rhyme != "y":
        return False
    if rhyme.startswith("iê") and not onset:
        return False
    return not (onset == "gi" and rhyme.startswith(("i", "y")))


def place_tone(syllable: Syllable, *, old: bool = False) -> str:
    """Write a syllable with its tone mark in place, in lower case.

    ``old`` chooses the older style, which differs for the open rhymes oa, oe, uy (hòa, hòe, thủy
    against hoà, hoè, thuỷ).

    >>> place_tone(Syllable("h", "oa", 1)), place_tone(Syllable("h", "oa", 1), old=True)
    ('hoà', 'hòa')
    """
    onset, rhyme, tone = syllable
    if not tone:
        return onset + rhyme
    if onset == "gi" and not any(letter(c).base in "aeouy" for c in rhyme):
        return "g" + set_tone("i", tone) + rhyme
    index = _tone_vowel(rhyme, old=old and onset != "qu")
    return onset + rhyme[:index] + set_tone(rhyme[index], tone) + rhyme[index + 1 :]


@lru_cache(maxsize=1024)
def _tone_vowel(rhyme: str, *, old: bool) -> int:
    vowels = [i for i, c in enumerate(rhyme) if letter(c).base in "aeiouy"]
    shaped = [i for i in vowels if letter(rhyme[i]).shape]
    if shaped:
        return shaped[-1]  # ê, ơ of iê, uyê, ươ; the only one elsewhere
    open_end = vowels[-1] == len(rhyme) - 1
    if len(vowels) == 1:
        return vowels[0]
    if len(vowels) == 3 or not open_end:
        return vowels[1]
    if rhyme in ("oa", "oe", "uy"):
        return vowels[0] if old else vowels[1]
    if rhyme == "oo":
        return vowels[0]
    return vowels[0]


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether the word is a well-formed Vietnamese syllable, in any letter case.

    >>> is_syllable("Quyết"), is_syllable("quyêt"), is_syllable("street")
    (True, False, False)
    """
    return parse(word) is not None


@lru_cache(maxsize=65536)
def canonical(word: str) -> str:
    """The form under which a word is counted: lower case, NFC, new-style tone placement.

    A tone mark on the wrong vowel of what is otherwise a syllable is put right.

    >>> canonical("Hòa"), canonical("thủy"), canonical("nứơc"), canonical("COVID")
    ('hoà', 'thuỷ', 'nước', 'covid')
    """
    lowered = unicodedata.normalize("NFC", word).lower()
    parsed = _parse_loose(lowered)
    return lowered if parsed is None else place_tone(parsed)


@lru_cache(maxsize=65536)
def tone_style(word: str) -> str | None:
    """``"new"`` or ``"old"`` for a word where the styles of tone placement differ, else None.

    >>> tone_style("hoà"), tone_style("Thủy"), tone_style("nước")
    ('new', 'old', None)
    """
    parsed = parse(word)
    if parsed is None or not parsed.tone:
        return None
    new, old = place_tone(parsed), place_tone(parsed, old=True)
    if new == old:
        return None
    return "old" if unicodedata.normalize("NFC", word).lower() == old else "new"


@lru_cache(maxsize=65536)
def restyle(word: str, style: str | None) -> str:
    """A canonical word in a document's style of tone placement (``"old"``, ``"new"`` or None).

    >>> restyle("hoà", "old"), restyle("hoà", "new")
    ('hòa', 'hoà')
    """
    if style != "old":
        return word
    parsed = parse(word)
    return word if parsed is None else place_tone(parsed, old=True)


@lru_cache(maxsize=1)
def all_syllables() -> frozenset[str]:
    """Every syllable the grammar allows, in canonical form.

    >>> "nghiêng" in all_syllables()
    True
    """
    rhymes = RHYMES | set(_AFTER_QU) | {"", "n", "m", "p", "ch", "êng", "ên", "êc", "êm", "êt", "êp", "êu"}
    return frozenset(
        place_tone(Syllable(onset, rhyme, tone))
        for onset in ONSETS
        for rhyme in rhymes
        for tone in range(6)
        if _fits(onset, rhyme, tone)
    )
