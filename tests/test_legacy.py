"""The tables of the legacy charsets, over all Vietnamese letters."""

from __future__ import annotations

import pytest

from ocrfix.vietnamese import legacy
from ocrfix.vietnamese.letters import set_tone

VOWELS = "aăâeêioôơuưy"
SMALL = [set_tone(v, tone) for v in VOWELS for tone in range(6)] + ["đ"]
CAPITALS = [c.upper() for c in SMALL]
PLAIN_CAPITALS = list("AĂÂEÊIOÔƠUƯYĐ")


@pytest.mark.parametrize("latin1", [False, True])
@pytest.mark.parametrize("charset", legacy.CHARSETS)
def test_round_trip_of_every_letter(charset, latin1):
    letters = SMALL + (PLAIN_CAPITALS if charset == "tcvn3" else CAPITALS)
    assert len(set(letters)) == len(letters)
    for char in letters:
        seen = legacy.encode(char, charset, latin1=latin1)
        assert legacy.decode(seen, charset) == char


@pytest.mark.parametrize("charset", legacy.CHARSETS)
def test_every_letter_has_a_code_of_its_own(charset):
    letters = SMALL + (PLAIN_CAPITALS if charset == "tcvn3" else CAPITALS)
    assert len({legacy.encode(c, charset) for c in letters}) == len(letters)


def test_tcvn3_capitals_share_the_codes_of_the_small_letters():
    for small in SMALL:
        if small.upper() not in PLAIN_CAPITALS:
            assert legacy.encode(small.upper(), "tcvn3") == legacy.encode(small, "tcvn3")


def test_cp1258_agrees_with_the_codec():
    for text in ("Đại hội Đảng bộ", "những người thợ mỏ", "ƯỚC VỌNG"):
        seen = legacy.encode(text, "cp1258")
        assert legacy.decode(seen, "cp1258") == text
        assert legacy.decode(seen.encode("cp1252").decode("cp1252"), "cp1258") == text


@pytest.mark.parametrize(
    ("charset", "seen"),
    [
        ("tcvn3", "Céng hßa x· héi chñ nghÜa ViÖt Nam"),
        ("vni", "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam"),
        ("viscii", "Cµng hòa xã hµi chü nghîa Vi®t Nam"),
        ("cp1258", "Côòng hoÌa xaÞ hôòi chuÒ nghiÞa Viêòt Nam"),
        ("shifted", "Cӝng hòa xã hӝi chӫ nghƭa ViӋt Nam"),
        ("viqr", "Co^.ng ho`a xa~ ho^.i chu? nghi~a Vie^.t Nam"),
    ],
)
def test_the_name_of_the_country(charset, seen):
    name = "Cộng hòa xã hội chủ nghĩa Việt Nam"
    assert legacy.decode(seen, charset) == name
    assert legacy.encode(name, charset) == seen


def test_vni_capital_with_small_sign():
    assert legacy.decode("Aân, AÂn, Öôùc, ÖÔÙC", "vni") == "Ân, Ân, Ước, ƯỚC"


def test_viqr_escapes():
    text = "Ở đâu? Ở đây. (a^2)"
    assert legacy.decode(legacy.encode(text, "viqr"), "viqr") == text
    assert legacy.decode(r"co\.", "viqr") == "co."


def test_an_unknown_charset_is_an_error():
    with pytest.raises(KeyError):
        legacy.decode("a", "koi8")


def test_signs_are_not_ascii():
    for charset in legacy.CHARSETS:
        assert not any(c.isascii() for c in legacy.signs(charset))
    assert {"¸", "®", "\u00ad"} <= legacy.signs("tcvn3")
