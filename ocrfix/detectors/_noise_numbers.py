"""How page numbers are written: alone in their line, or beside the words of a header."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = [
    "FRAMES",
    "LONG_NUMBER",
    "SURE_FORMS",
    "PageNumber",
    "digits_of",
    "glued_numbers",
    "glued_roman",
    "loose_number",
    "numbers_of",
    "read_number",
]

LONG_NUMBER: Final = 48
"""Characters of the longest line that can be a page number and is not put in a comment or a frame."""
FRAMES: Final = "<-–—=_*#~{["
"""What comments and frames round page numbers begin with."""
_FARTHEST: Final = 120  # characters of the longest line of them
_DIGITS: Final = str.maketrans("OoQlI|", "000111")

_LOOKALIKES: Final = str.maketrans("OoQDlI|íÍiZzSsóÓbBgq", "00001111112255666899")
_DIGITLIKE: Final = re.compile(r"[OolI|ZS]{0,2}\d[\dOoQDlI|íÍiZzSsóÓbBgq]{0,3}(?![^\W\d_])")
_DIGIT: Final = re.compile(r"\d")
_PARTED: Final = re.compile(r"(?<=\d) (?=\d)")

_NUMBER: Final = r"(?P<n>\d{1,4})"
_PAGE: Final = r"(?:(?:số )?trang(?: số)?|page|pages|tr\.|pg\.|pp?\.)\s*:?\s*"
_OF: Final = r"\s*(?:/|of|trên|trong(?: tổng)?(?: số)?)\s*(?P<m>\d{1,4})(?: trang)?"
_OPEN: Final = r"[-–—|\[(*_~]{0,3}\s*"
_SHUT: Final = r"\s*[-–—|\])*_~]{0,3}"
_ABOUT: Final = (
    r"(?:(?:end|start|begin(?:ning)?) of |(?:hết|kết thúc|bắt đầu|nội dung|cuối|sang|ngắt)\s|ocr for |"
    r"(?:start|end) of ocr for )?"
)
_FRAME: Final = r"(?:<!--|\[{1,2}|\{{1,2}|[-–—=_*#~<>+]{2,80}|#{1,6})"
_FORMS: Final = (
    ("tag", re.compile(rf"<page_number>\s*(?:{_PAGE})?{_NUMBER}\s*</page_number>", re.IGNORECASE)),
    ("tag", re.compile(
        rf'<!--\s*page ?number\s*=\s*"[^"\d]{{0,12}}{_NUMBER}[^"\d]{{0,12}}"\s*-->', re.IGNORECASE
    )),
    ("tag", re.compile(rf"\{{{_NUMBER}\}}[-–—=_]{{8,80}}")),
    ("framed", re.compile(
        rf"{_FRAME}\s*\**{_ABOUT}{_PAGE}{_NUMBER}(?:{_OF})?\**\s*(?:-->|[-–—=_*#~\]<>+}}:]{{0,80}})",
        re.IGNORECASE,
    )),
    ("total", re.compile(rf"{_OPEN}{_PAGE}{_NUMBER}{_OF}{_SHUT}", re.IGNORECASE)),
    ("word", re.compile(rf"{_OPEN}{_PAGE}{_NUMBER}{_SHUT}", re.IGNORECASE)),
    ("dashed", re.compile(rf"[<‹«]{{1,2}}\s*{_NUMBER}\s*[>›»]{{1,2}}")),
    ("dashed", re.compile(rf"[-–—~_]{{1,3}}\s*{_NUMBER}\s*[-–—~_]{{1,3}}")),
    ("marked", re.compile(rf"(?P<d>[*_•·|=♦❖◆]{{1,3}})\s*{_NUMBER}\s*(?P=d)")),
    ("bracket", re.compile(rf"\(\s*{_NUMBER}\s*\)|\[\s*(?P<k>\d{{1,4}})\s*\]")),
    ("bare", re.compile(rf"\|?\s*{_NUMBER}\s*\|?")),
    ("point", re.compile(rf"{_NUMBER}\s?\.")),
    ("fraction", re.compile(rf"[-–—(]?\s?{_NUMBER}\s*/\s*(?P<m>\d{{1,4}})\s?[-–—)]?")),
)  # fmt: skip
SURE_FORMS: Final = frozenset(("tag", "framed", "total", "word"))
"""Forms that say themselves that the number is a page's."""
_ROMAN: Final = re.compile(
    r"(?P<d>[-–—(\[~]?)\s?(?P<n>(?=[ivxlc])c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3}))\s?[-–—)\]~]?"
)
_ROMAN_VALUES: Final = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ROMAN_SIGNS: Final = frozenset("ivxlc-–—|[](){}~*•·.")
_PIECES: Final = 5  # blanks of a line that holds a number in words
_MISREAD: Final = re.compile(r"[-–—~]{0,2}\s*(?P<n>(?=[OoQlI|]{0,3}\d)[\dOoQlI|]{1,4})\s*[-–—~]{0,2}")
_LAST: Final = frozenset('-–—~_|])>}»›*=:.#+<•·♦❖◆ gOoQlIivxc"')

_TOKEN: Final = re.compile(r"(?<![^\W\d])(?:\d{2,3}[SBZ]|[OoQlI|]{0,2}\d[\dOoQlI|]{0,6})(?![^\W\d])")
_END: Final = re.compile(r"(?<!\d)(?<!\d[.,:/–—-])(\d{1,4})(?:\s*/\s*\d{1,4})?[^\w]{0,12}$")
_BEGIN: Final = re.compile(r"^[^\w]{0,6}(\d{1,4})(?!\d)(?![.,:/–—-]\d)[^\w]")
_WORN: Final = r"((?=[OolI|]{0,2}\d)[OolI|]{0,2}\d[\dOolI|]{0,3}|\d{2,3}[SBZ]|[lI]\d[SBZ])"
_WORN_BEGIN: Final = re.compile(rf"^[^\w|]{{0,6}}{_WORN}(?![^\W_]|[.,:/–—-]\d)[^\w]")
_WORN_END: Final = re.compile(rf"(?<![^\W_])(?<!\d[.,:/–—-]){_WORN}[^\w]{{0,12}}$")
"""Numbers at the ends of a line in which letters were read for digits."""
_SMALL_ROMAN: Final = re.compile(r"^\W{0,3}([ivxlc]{1,7})\W{0,3}\s|\s\W{0,3}([ivxlc]{1,7})\W{0,3}$")
_NAMED: Final = re.compile(r"(?:\btrang|\bpage|\btr\.)\s*:?\s*(\d{1,4})\b")
_NAMES: Final = ("trang", "page", "tr.")


class PageNumber(NamedTuple):
    """A number that may be a page's: its line, value, the form it is written in, the total or 0."""

    line: int
    value: int
    form: str
    total: int = 0


def read_number(index: int, text: str, *, misread: bool = False) -> PageNumber | None:
    """The page number that fills a line, if one does; ``misread`` takes O, l and the like for digits.

    >>> read_number(4, "- 12 -").form, read_number(0, "=== Trang 3/10 ===").value, read_number(0, "xiv").value
    ('dashed', 3, 14)
    >>> read_number(0, "Năm 2020") is None
    True
    """
    if len(text) > LONG_NUMBER and (len(text) > _FARTHEST or text[0] not in FRAMES):
        return None
    if not (text[-1].isdigit() or text[-1] in _LAST or text[-1] in "gG"):
        return None
    for form, pattern in _FORMS:
        if match := pattern.fullmatch(text):
            groups = match.groupdict()
            total = int(groups.get("m") or 0)
            value = int(match["n"] or groups["k"])
            return PageNumber(index, value, form, total)
    if len(text) <= 12 and (match := _ROMAN.fullmatch(text)):
        return PageNumber(index, _roman(match["n"]), "roman")
    if misread and (match := _MISREAD.fullmatch(text)):
        return PageNumber(index, int(match["n"].translate(_DIGITS)), "misread")
    return None


def _roman(text: str) -> int:
    values = [_ROMAN_VALUES[c] for c in text]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


_CAPITAL_ROMAN: Final = re.compile(
    r"\W{0,3}(?P<n>(?=[IVXLC])C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))\W{0,3}"
)
_LOOSE: Final = re.compile(r"[^\w\n]{0,30}(?P<n>\d(?: ?\d){0,3})[^\w\n]{0,30}")
_LABEL: Final = re.compile(r"\W{0,3}(?P<label>[^\W\d_][^\W\d_. ]{0,7})[ .:-]{0,3}(?P<n>\d{1,4})\W{0,3}")
_PART: Final = re.compile(r"\W{0,3}(?P<label>\d{1,2})\s?[-–—]\s?(?P<n>\d{1,3})\W{0,3}")
_SPELT: Final = re.compile(
    r"(?P<label>trang(?: số| thứ)?|tờ(?: số| thứ)?)\s+(?P<n>[^\W\d_ ]{2,5}(?: [^\W\d_ ]{2,5}){0,3})",
    re.IGNORECASE,
)
_UNITS: Final = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip


def _spelt(text: str) -> int | None:
    """The number below a hundred that words spell."""
    words = text.lower().split()
    value = 0
    for at, word in enumerate(words):
        if word == "mười" and at == 0:
            value = 10
        elif word == "mươi" and at == 1 and value < 10:
            value *= 10
        elif word in _UNITS and (at == 0 or value % 10 == 0):
            value += _UNITS[word]
        else:
            return None
    return value


def loose_number(index: int, text: str) -> PageNumber | None:
    """A number that fills a line in a way that only a sequence of them makes a page's.

    >>> loose_number(0, "12 -").form, loose_number(0, "XIV").value, loose_number(0, "Tờ 7").form
    ('signs', 14, 'label tờ')
    >>> loose_number(0, "12 - 13").form
    'double'
    >>> loose_number(0, "Trang mười hai").value, loose_number(0, "3-12").value, loose_number(0, "1 2").value
    (12, 12, 12)
    >>> loose_number(0, "Năm học mới") is None
    True
    """
    if not text[0].isalpha() and (match := _LOOSE.fullmatch(text)):
        return PageNumber(index, int(match["n"].replace(" ", "")), "signs")
    if len(text) > LONG_NUMBER // 2 or text.count(" ") > _PIECES:
        return None
    if match := _SPELT.fullmatch(text):
        value = _spelt(match["n"])
        return None if value is None else PageNumber(index, value, "spelt")
    if match := _CAPITAL_ROMAN.fullmatch(text):
        return PageNumber(index, _roman(match["n"].lower()), "capital roman") if match["n"] else None
    if not any(map(str.isdigit, text)):
        return None
    for form, pattern in (("part", _PART), ("label", _LABEL)):
        if match := pattern.fullmatch(text):
            label = match["label"]
            if form == "part" and int(label) + 1 == int(match["n"]):
                return PageNumber(index, int(match["n"]), "double")
            return PageNumber(index, int(match["n"]), f"{form} {label.lower()}")
    return None


_DAY: Final = re.compile(r"\d{1,2} (?:tháng|giờ|tuổi|năm)\b", re.IGNORECASE)
_DATED: Final = re.compile(r"\b(?:tháng|năm|ngày|lần thứ) \d{1,4}$", re.IGNORECASE)


def glued_numbers(text: str) -> list[int]:
    """The numbers at the ends of a header's line that may be page numbers.

    >>> glued_numbers("12 BÁO ĐỊA PHƯƠNG"), glued_numbers("Số 4512 (12.3.2021)  3"), glued_numbers("Năm")
    ([12], [3], [])
    >>> glued_numbers("[39] Sấm Trạng"), glued_numbers("* Gió * 65 *"), glued_numbers("Bản tin 12.3.2021")
    ([39], [65], [])
    >>> glued_numbers("Đất bãi l7S"), glued_numbers("I2 Đất bãi"), glued_numbers("iPhone 5S")
    ([175], [12], [])
    >>> glued_numbers("18 tháng 4"), glued_numbers("18 tháng 4 – Đại hội lần thứ 3")
    ([], [])
    """
    if not _DIGIT.search(text):
        return []
    found = [int(m[1]) for m in (_BEGIN.match(text),) if m and not _DAY.match(text.lstrip("*-–—|[(•· "))]
    ends = () if _DATED.search(text[-24:]) else (_END.search(text[-24:]),)
    low = text.lower()
    named = _NAMED.search(low) if any(map(low.__contains__, _NAMES)) else None
    found += [int(m[1]) for m in (*ends, named) if m]
    return list(dict.fromkeys(found + _worn(text)))


def _worn(text: str) -> list[int]:
    """The number at one end of a line, a letter or two among its digits."""
    found = [m[1] for m in (_WORN_BEGIN.match(text), _WORN_END.search(text[-24:])) if m]
    return [int(token.translate(_LOOKALIKES)) for token in found if not token.isdigit()]


def glued_roman(text: str) -> list[int]:
    """The small Roman numbers at the ends of a header's line.

    >>> glued_roman("ix ĐẤT VÀ NGƯỜI"), glued_roman("Lời nói đầu  xiv"), glued_roman("Bến đò")
    ([9], [14], [])
    """
    if text[0] not in _ROMAN_SIGNS and text[-1] not in _ROMAN_SIGNS:
        return []
    found = []
    for match in _SMALL_ROMAN.finditer(text):
        number = match[1] or match[2]
        if (m := _ROMAN.fullmatch(number)) is not None:
            found.append(_roman(m["n"]))
    return found


def digits_of(text: str) -> str:
    """The digits of a line that holds a number and little else, letters that look like digits taken for them.

    >>> digits_of("Trang l24"), digits_of("- 1 3 -"), digits_of("5ó"), digits_of("Trang")
    ('124', '13', '56', '')
    """
    match = _DIGITLIKE.search(_PARTED.sub("", text))
    return match.group().translate(_LOOKALIKES) if match else ""


def numbers_of(text: str) -> list[int]:
    """The numbers in a line, letters that are misread digits taken for digits.

    >>> numbers_of("Số 1O7, ngày 2-3")
    [107, 2, 3]
    """
    if not _DIGIT.search(text):
        return []
    return [int(m.group().translate(_LOOKALIKES)) for m in _TOKEN.finditer(text)][:8]
