"""Old Vietnamese character sets, as they look when their bytes are read as another one.

A text in TCVN3 (fonts ".VnTime"), VNI-Windows, VISCII or Windows-1258 whose bytes were read as
Latin-1 or Windows-1252 shows letters such as "ViÖt", "Vieät", "Vi®t" or "Viêòt" for "Việt". VIQR
writes the marks as ASCII signs ("Vie^.t"). Some PDF producers shift the Vietnamese letters of Unicode by a
constant ("ViӋt"). The functions here turn such text into Unicode and back.

Sources: TCVN 5712:1993 (its set VN3), RFC 1456 (VISCII, VIQR), Microsoft code page 1258, the VNI-Windows
character table of VNI Software.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from ocrfix.vietnamese.letters import SHAPES, TONES, compose, letter

__all__ = ["CHARSETS", "decode", "encode", "signs", "titles"]

CHARSETS: Final = ("tcvn3", "vni", "viscii", "cp1258", "shifted", "viqr")
"""Names of the character sets."""

titles: Final = {
    "tcvn3": "TCVN3 (ABC)",
    "vni": "VNI-Windows",
    "viscii": "VISCII",
    "cp1258": "Windows-1258",
    "shifted": "letters shifted by a PDF producer",
    "viqr": "VIQR",
}
"""What people call the character sets."""

_VOWELS: Final = ("a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y")

# The five toned letters (grave, hook, tilde, acute, dot) of each vowel.
_TCVN3_TONED: Final = {
    "a": (0xB5, 0xB6, 0xB7, 0xB8, 0xB9), "ă": (0xBB, 0xBC, 0xBD, 0xBE, 0xC6),
    "â": (0xC7, 0xC8, 0xC9, 0xCA, 0xCB), "e": (0xCC, 0xCE, 0xCF, 0xD0, 0xD1),
    "ê": (0xD2, 0xD3, 0xD4, 0xD5, 0xD6), "i": (0xD7, 0xD8, 0xDC, 0xDD, 0xDE),
    "o": (0xDF, 0xE1, 0xE2, 0xE3, 0xE4), "ô": (0xE5, 0xE6, 0xE7, 0xE8, 0xE9),
    "ơ": (0xEA, 0xEB, 0xEC, 0xED, 0xEE), "u": (0xEF, 0xF1, 0xF2, 0xF3, 0xF4),
    "ư": (0xF5, 0xF6, 0xF7, 0xF8, 0xF9), "y": (0xFA, 0xFB, 0xFC, 0xFD, 0xFE),
}  # fmt: skip
_TCVN3_PLAIN: Final = dict(zip("ĂÂÊÔƠƯĐăâêôơưđ", range(0xA1, 0xAF), strict=True))

# RFC 1456, rows of the upper half; six capitals stand among the control characters.
_VISCII_HIGH: Final = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ"
    "ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
    "Õắằặấầẩậẽẹếềểễệố"
    "ồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ"
    "ĐứÒÓÔạỷừửÙÚỹỵÝỡư"
    "àáâãảăữẫèéêẻìíĩỉ"
    "đựòóôõỏọụùúũủýợỮ"
)
_VISCII_LOW: Final = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}

# VNI writes a base letter and then a sign; per shape, the sign without tone and with the five tones.
_VNI_SIGNS: Final = {
    "a": ("", "ø", "û", "õ", "ù", "ï"),
    "ă": ("ê", "è", "ú", "ü", "é", "ë"),
    "â": ("â", "à", "å", "ã", "á", "ä"),
}
_VNI_SINGLE: Final = {
    "đ": "ñ", "ơ": "ô", "ư": "ö", "ì": "ì", "í": "í", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î",
}  # fmt: skip

_VIQR_SHAPES: Final = ("", "(", "^", "+")
_VIQR_TONES: Final = ("", "`", "?", "~", "'", ".")

# Glyphs of U+1EA0–1EF9 come out 0x19FC lower, in the Cyrillic block; the others one by one.
_SHIFT: Final = 0x1EA0 - 0x04A4
_SHIFTED_OTHERS: Final = {
    "Ѫ": "Ơ", "ѫ": "ơ", "Ѭ": "Ư", "ѭ": "ư", "Ĉ": "Đ", "ÿ": "đ", "ƭ": "ĩ", "Ƭ": "Ĩ", "ǋ": "ũ",
}  # fmt: skip


def _toned(vowel: str, tone: int) -> str:
    parts = letter(vowel)
    return compose(parts.base, parts.shape, tone)


def _byte(code: int) -> str:
    return chr(code)


def _cp1252(code: int) -> str:
    """The character of a byte read as Windows-1252; undefined bytes as C1 controls."""
    try:
        return bytes((code,)).decode("cp1252")
    except UnicodeDecodeError:
        return chr(code)


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, str]]:
    """Per charset: what is seen (one or two characters) → the Unicode letter."""
    tcvn3 = {_byte(code): char for char, code in _TCVN3_PLAIN.items()}
    for vowel, codes in _TCVN3_TONED.items():
        tcvn3 |= {_byte(code): _toned(vowel, tone) for tone, code in enumerate(codes, 1)}

    viscii = {_byte(code): char for code, char in _VISCII_LOW.items()}
    viscii |= {_byte(0x80 + i): char for i, char in enumerate(_VISCII_HIGH)}

    vni: dict[str, str] = {}
    for char, seen in _VNI_SINGLE.items():
        vni |= {seen: char, seen.upper(): char.upper()}
    for vowel in _VOWELS:
        base, shape, _ = letter(vowel)
        row = _VNI_SIGNS["â" if shape == 2 else "ă" if shape == 1 else "a"]
        stem = {"ơ": "ô", "ư": "ö"}.get(vowel, base)
        for tone, sign in enumerate(row):
            char = _toned(vowel, tone)
            if not sign or char in _VNI_SINGLE or (vowel == "i"):
                continue
            vni |= {stem + sign: char, stem.upper() + sign.upper(): char.upper()}
            vni.setdefault(stem.upper() + sign, char.upper())

    cp1258 = {}
    for code in range(0x80, 0x100):
        try:
            char = bytes((code,)).decode("cp1258")
        except UnicodeDecodeError:
            continue
        if char != _cp1252(code):
            cp1258[_cp1252(code)] = char

    shifted = {chr(code - _SHIFT): chr(code) for code in range(0x1EA0, 0x1EFA)} | _SHIFTED_OTHERS
    return {"tcvn3": tcvn3, "vni": vni, "viscii": viscii, "cp1258": cp1258, "shifted": shifted}


@lru_cache(maxsize=1)
def _translations() -> dict[str, dict[int, str]]:
    """Tables for `str.translate`, which read both Latin-1 and Windows-1252 appearances."""
    out = {}
    for name in ("tcvn3", "viscii", "cp1258", "shifted"):
        table = {ord(seen): char for seen, char in _tables()[name].items()}
        if name == "viscii":
            table |= {ord(_cp1252(c)): table[c] for c in range(0x80, 0xA0)}
        out[name] = table
    out["tcvn3"][0x03BC] = "à"  # the micro sign after compatibility folding
    out["shifted"] |= {0x01CC: "ũ", 0x01CA: "Ũ"}
    return out


@lru_cache(maxsize=1)
def _vni_pattern() -> re.Pattern[str]:
    seen = sorted(_tables()["vni"], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, seen)))


_VIQR: Final = re.compile(
    r"\\([\\'`?~.^(+])|([dD])[dD]|([aeoAEO])\^([`?~'.]?)|([aA])\(([`?~'.]?)"
    r"|([ouOU])\+([`?~'.]?)|([aeiouyAEIOUY])([`?~'.])"
)


def _viqr_letter(match: re.Match[str]) -> str:
    escaped, stroke, *pairs = match.groups()
    if escaped is not None:
        return str(escaped)
    if stroke is not None:
        return "đ" if stroke == "d" else "Đ"
    for base, tone, shape in zip(pairs[::2], pairs[1::2], (2, 1, 3, 0), strict=True):
        if base is not None:
            return compose(base, shape, _VIQR_TONES.index(tone or ""))
    raise AssertionError(match)  # one of the branches has matched


def decode(text: str, charset: str) -> str:
    """Text of a legacy charset, as it looks read as Latin-1 or Windows-1252, in Unicode (NFC).

    ``charset`` is one of `CHARSETS`; KeyError for another. Characters that the charset lacks stay.
    VIQR is read to the letter of RFC 1456: a full stop after a vowel is a mark unless escaped.

    >>> decode("Céng hßa x· héi", "tcvn3"), decode("Vieät Nam", "vni"), decode("dda^'t nu+o+'c", "viqr")
    ('Cộng hòa xã hội', 'Việt Nam', 'đất nước')
    """
    if charset == "vni":
        table = _tables()["vni"]
        return unicodedata.normalize("NFC", _vni_pattern().sub(lambda m: table[m.group()], text))
    if charset == "viqr":
        return _VIQR.sub(_viqr_letter, text)
    return unicodedata.normalize("NFC", text.translate(_translations()[charset]))


def encode(text: str, charset: str, *, latin1: bool = False) -> str:
    """Unicode text as it would look in a legacy charset read as Windows-1252.

    ``latin1`` reads the bytes as Latin-1 instead (only VISCII differs). TCVN3 has no toned capitals:
    its capital fonts show the codes of the small letters as capitals, so these are used.

    >>> encode("Việt Nam", "tcvn3"), encode("Độc lập", "vni"), encode("Việt Nam.", "viqr")
    ('ViÖt Nam', 'Ñoäc laäp', 'Vie^.t Nam.')
    """
    text = unicodedata.normalize("NFC", text)
    if charset == "viqr":
        return _encode_viqr(text)
    if charset == "cp1258":
        return "".join(_encode_cp1258(c) for c in text)
    back = {char: seen for seen, char in reversed(_tables()[charset].items())}
    if charset == "viscii" and not latin1:
        back = {char: _cp1252(ord(seen)) for char, seen in back.items()}
    if charset == "tcvn3":
        back |= {c.upper(): s for c, s in back.items() if c.upper() not in back}
    if charset == "vni":
        # Of "AÂ" and "Aâ", which both stand for Â, the first is what keyboards give.
        back |= {c: s for s, c in _tables()["vni"].items() if s == (s.upper() if c.isupper() else s.lower())}
    return "".join(back.get(c, c) for c in text)


def _encode_cp1258(char: str) -> str:
    for form in (char, _apart(char)):
        try:
            return "".join(_cp1252(b) for b in form.encode("cp1258"))
        except UnicodeEncodeError:
            continue
    return char


def _apart(char: str) -> str:
    parts = letter(char)
    return compose(parts.base, parts.shape) + TONES[parts.tone]


def _encode_viqr(text: str) -> str:
    out: list[str] = []
    marked = False  # whether a sign here would be taken for a mark
    for char in text:
        base, shape, tone = letter(char)
        if char in "đĐ":
            out.append(base * 2)
            marked = False
        elif len(base) == 1 and base in "aeiouyAEIOUY":
            out.append(base + _VIQR_SHAPES[shape] + _VIQR_TONES[tone])
            marked = not tone
        else:
            escape = char == "\\" or (marked and char in "'`?~.^(+")
            out.append("\\" + char if escape else char)
            marked = False
    return "".join(out)


@lru_cache(maxsize=8)
def signs(charset: str) -> frozenset[str]:
    """The characters that a charset's letters show when misread (without ASCII).

    >>> "¸" in signs("tcvn3"), "ӝ" in signs("shifted")
    (True, True)
    """
    if charset == "viqr":
        return frozenset()
    seen = {c for s in _tables()[charset] for c in s}
    if charset != "vni":
        seen |= {chr(code) for code in _translations()[charset]}
    return frozenset(c for c in seen if not c.isascii())


assert len(SHAPES) == 5  # the index of a shape is used above
