"""How page numbers are written: alone in their line, or beside the words of a header."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = ["SURE_FORMS", "PageNumber", "glued_numbers", "numbers_of", "read_number"]

_FARTHEST: Final = 60  # characters of the longest line that can be a page number
_WRITTEN: Final = 48  # characters of the longest one that is not put in a comment or a frame of dashes
_DIGITS: Final = str.maketrans("OoQlI|", "000111")

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
_MISREAD: Final = re.compile(r"[-–—~]{0,2}\s*(?P<n>(?=[OoQlI|]{0,3}\d)[\dOoQlI|]{1,4})\s*[-–—~]{0,2}")
_LAST: Final = frozenset('-–—~_|])>}»›*=:.#+<•·♦❖◆ gOoQlIivxc"')

_TOKEN: Final = re.compile(r"(?<![^\W\d])[OoQlI|]{0,2}\d[\dOoQlI|]{0,6}(?![^\W\d])")
_LEAD: Final = re.compile(
    r"(\d{1,4})\s*[|•·/♦❖◆\-–—*]?\s+(?=[^\W\d_]{2})|(\d{1,4})\s*[|•·♦❖◆\-–—]\s*(?=[^\W\d_]{2})"
)
_TRAIL: Final = re.compile(
    r"(?:[^\W\d_.!?)\]\"”]|[.)\]|•·♦❖◆\-–—\d])[ \t]+[|•·♦❖◆\-–—]?\s*(\d{1,4})(?:\s*/\s*\d{1,4})?$"
)
_NAMED: Final = re.compile(r"(?:\btrang|\bpage|\btr\.)\s*:?\s*(\d{1,4})\b", re.IGNORECASE)


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
    if len(text) > _WRITTEN and (len(text) > 2 * _FARTHEST or text[0] not in "<-–—=_*#~{["):
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


_DAY: Final = re.compile(r"\d{1,2} (?:tháng|giờ|tuổi|năm)\b", re.IGNORECASE)
_DATED: Final = re.compile(r"\b(?:tháng|năm|ngày|lần thứ) \d{1,4}$", re.IGNORECASE)


def glued_numbers(text: str) -> list[int]:
    """The numbers at the ends of a header's line that may be page numbers.

    >>> glued_numbers("12 BÁO ĐỊA PHƯƠNG"), glued_numbers("Số 4512 (12.3.2021)  3"), glued_numbers("Năm học")
    ([12], [3], [])
    >>> glued_numbers("18 tháng 4"), glued_numbers("18 tháng 4 – Đại hội lần thứ 3")
    ([], [])
    """
    found = [int(m[1] or m[2]) for m in (_LEAD.match(text),) if m and not _DAY.match(text)]
    ends = () if _DATED.search(text[-24:]) else (_TRAIL.search(text[-24:]),)
    found += [int(m[1]) for m in (*ends, _NAMED.search(text)) if m]
    return list(dict.fromkeys(found))


def numbers_of(text: str) -> list[int]:
    """The numbers in a line, letters that are misread digits taken for digits.

    >>> numbers_of("Số 1O7, ngày 2-3")
    [107, 2, 3]
    """
    if not any(map(str.isdigit, text)):
        return []
    return [int(m.group().translate(_DIGITS)) for m in _TOKEN.finditer(text)][:8]
