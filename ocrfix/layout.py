"""What a line or a block is: running text, heading, list item, caption, verse, table, byline.

Pure functions over strings and over `Document` and `Block`. They look at form alone (marks, letter
case, length), never at a language model, and they are cheap enough to ask of every line.
"""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocrfix.document import Block, Document

__all__ = [
    "HEADING_LENGTH",
    "Kind",
    "block_kind",
    "ends_sentence",
    "first_letter_case",
    "is_table_line",
    "is_verse",
    "line_kind",
    "starts_article",
    "starts_item",
    "unclosed",
    "unopened",
]


class Kind(Enum):
    """What a line or a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list item"
    DIALOGUE = "dialogue"
    CAPTION = "caption"
    VERSE = "verse"
    TABLE = "table"
    BYLINE = "byline"
    ADDRESS = "address"
    DATE_LINE = "date line"


SENTENCE_END: Final = ".!?…:;"
"""Signs after which a sentence, or the part of one before a list, is over."""
CLOSERS: Final = "\"'”’»)]}›*"
"""Signs that may stand between the end of a sentence and the end of its line."""
_OPENERS: Final = "\"'“‘«([{‹*_"
_PAIRS: Final = {"(": ")", "[": "]", "{": "}", "“": "”", "«": "»"}
_CLOSING: Final = {v: k for k, v in _PAIRS.items()}
_MARKS: Final = re.compile(r"""["()\[\]{}“”«»]""")

HEADING_LENGTH: Final = 130
"""The longest heading, in characters (newspaper headlines run to about 20 syllables)."""
BYLINE_WORDS: Final = 5
VERSE_LENGTH: Final = 60
"""The longest line of verse, in characters (eight syllables of at most seven letters)."""

_ITEM: Final = re.compile(
    r"""(?x)
    (?: [-–—•*+▪►●○■□◦‣⁃·✓➤❖♦◆⇒→]+ (?=\s|[^\W\d_])           # a bullet or a dash
      | \(? (?: \d{1,3} | [a-zđA-ZĐ] | [ivxIVX]{1,5} ) [.)] (?=\s|[^\W\d_]|$)  # 1. a) (iii)
      | \d{1,3} (?: \.\d{1,2} )+ \.? (?=\s)                    # 1.2.3, but not 1.200
      | \d{1,3} \s* [/] (?=\s)                                 # 1/
      | (?:Điều|Khoản|Mục|Chương|Phần|Bước|Câu|Bài|Phụ[ ]lục|Tiết|ĐIỀU|CHƯƠNG|MỤC|PHẦN|PHỤ[ ]LỤC)
        [ ] (?: \d{1,3}[a-zđ]? | [IVXLC]{1,6} | (?:thứ|THỨ)[ ]\w+ ) (?: [.:)]|$|(?=[ ][^\W\d_a-zđ]) )
    )"""
)
_ITEM_WORDS: Final = (
    "Điều", "Khoản", "Mục", "Chương", "Phần", "Bước", "Câu", "Bài", "Phụ", "Tiết",
    "ĐIỀU", "CHƯƠNG", "MỤC", "PHẦN", "PHỤ",
)  # fmt: skip
"""The first words of items that begin with a letter and have no sign near it."""
_ENDS: Final = tuple(SENTENCE_END)
_REMARK_END: Final = re.compile(r"[^\W\d_]{2}[.!?…][\"”’]? ?\([^()]{1,50}\)$")
_ARTICLE: Final = re.compile(
    r"(?:Điều|Chương|Mục|Phần|ĐIỀU|CHƯƠNG|MỤC|PHẦN) (?:\d{1,3}[a-zđ]?|[IVXLC]{1,6}|(?:thứ|THỨ) \w+)\b"
)
_CAPTION: Final = re.compile(
    r"""(?xi)
    (?: \(? (?:ảnh|hình|clip|video|đồ\ hoạ|đồ\ họa|minh\ hoạ|minh\ họa|nguồn|biểu\ đồ|sơ\ đồ|bảng)
        (?:\ minh\ hoạ|\ minh\ họa|\ chụp|\ tư\ liệu|\ vẽ)? \s* (?: [:.] | \d{1,3} (?:[.:,)-]|\s|$) )
      | (?:trong|chú\ thích)\ ảnh \b
    )"""
)
_CAPTION_END: Final = re.compile(
    r"(?i)(?:ảnh|nguồn|đồ họa|clip|video)\s*:\s*[^.:;]{2,40}[.)]?$|\(ảnh[^()]*\)[.]?$"
)
_LABEL: Final = re.compile(
    r"(?i)(?:địa chỉ|điện thoại|đt|đ/c|sđt|tel|fax|e-?mail|website|hotline|trụ sở|"
    r"số tài khoản|mst|mã số thuế)\b[^:]{0,30}:"
)
_STREET: Final = re.compile(
    r"(?i)(?:số(?: nhà)?|lô|tầng)\s+\d[\w/.-]*\s*,?\s+(?:đường|phố|ngõ|ngách|hẻm|tổ|ấp|thôn)\b"
)
_DATE: Final = re.compile(
    r"""(?xi)
    (?: [^\W\d_][\w\s.]{1,30}, \s* )?                          # a town
    (?:(?:thứ\ \w+|chủ\ nhật|cn)\s*,?\s*)? (?:ngày\s+)?
    (?: \d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4} | (?:ngày\s+)?\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4} )
    (?: [\s,|–-]* \d{1,2}[:hg]\d{2} (?:\s*(?:am|pm|gmt\+7|\(gmt\+7\)))? )? \s*[.]? $"""
)
_BYLINE: Final = re.compile(
    r"(?i)\(?(?:(?:tin|bài|bài viết|thực hiện|tác giả|theo|người viết|biên soạn|ghi chép|lược dịch|"
    r"biên tập)"
    r"(?:\s*[,&và-]+\s*(?:tin|bài|ảnh|clip))*)\s*[:]\s*\S"
)
_BYLINE_END: Final = re.compile(
    r"(?i)^[^\W\d_][\w\s.,&-]{1,40}\((?:tổng hợp|theo [^()]{2,40}|t/h|(?:lược |biên )?dịch|ghi|sưu tầm|"
    r"thực hiện)\)$"
)
_SIGNATURE: Final = re.compile(
    r"(?:TM\.|KT\.|TL\.|TUQ\.|Q\.|Nơi nhận|CỘNG (?:HÒA|HOÀ) XÃ HỘI|Độc lập\s*[-–]\s*Tự do|"
    r"\(?(?:Đã ký|Ký tên|ký, ghi rõ))"
)
_SENTENCE_INSIDE: Final = re.compile(r"[^\W\d_]{3}[.!?] +[^\W\d_]{2}")
_GAP_IN_LINE: Final = re.compile(r"\S(?:\t|[ \u00a0]{3,})(?=\S)")


def ends_sentence(text: str) -> bool:
    """Whether the text ends with a sign that closes a sentence, quotes and brackets after it aside.

    So it does when only a remark in brackets follows.

    >>> ends_sentence('"Tôi rất vui."'), ends_sentence("cho các hộ nghèo"), ends_sentence("bao gồm:")
    (True, False, True)
    >>> ends_sentence("Bến đò lúc sáng sớm. (Ảnh của bạn đọc)"), ends_sentence("xã Tân Bình (huyện Hòa An)")
    (True, False)
    """
    last = text[-1:]
    if last.isalnum() or last in SENTENCE_END:
        return bool(last) and not last.isalnum()
    tail = text[-8:].rstrip().rstrip(CLOSERS).rstrip()
    return tail.endswith(_ENDS) or (last == ")" and _REMARK_END.search(text[-60:]) is not None)


def first_letter_case(text: str) -> str:
    """The nature of the first sign of a text, opening quotes and brackets aside.

    Returns ``"lower"``, ``"upper"``, ``"digit"``, or ``"other"``.

    >>> first_letter_case('"người nghèo"'), first_letter_case("Ban"), first_letter_case("27/6")
    ('lower', 'upper', 'digit')
    """
    for char in text[:4]:
        if char in _OPENERS:
            continue
        if char.islower():
            return "lower"
        if char.isupper():
            return "upper"
        return "digit" if char.isdigit() else "other"
    return "other"


def starts_item(text: str) -> bool:
    """Whether the text begins with the mark of a list item, an article of a law or a dialogue turn.

    >>> [starts_item(s) for s in ("a) Tên tổ chức;", "Điều 5. Áp dụng", "- Thưa bác", "ba người")]
    [True, True, True, False]
    """
    head = text[:8]
    # Nearly every paragraph begins with a word and is none.
    if head[:1].isalpha() and "." not in head and ")" not in head and not head.startswith(_ITEM_WORDS):
        return False
    return _ITEM.match(text) is not None


def starts_article(text: str) -> bool:
    """Whether the text begins with the number of an article, a section or a chapter of a law.

    >>> starts_article("Điều 5. Nguyên tắc hỗ trợ"), starts_article("Điều này không áp dụng")
    (True, False)
    """
    return _ARTICLE.match(text) is not None


def unclosed(text: str) -> str:
    """The quotes and brackets that the text opens and does not close, in order.

    Straight double quotes are paired off; curly ones and brackets are matched by kind.

    >>> unclosed('quỹ "Vì'), unclosed("(xã Bình Hòa"), unclosed('"Tốt", ông nói')
    ('"', '(', '')
    """
    return _balance(text)[0]


def unopened(text: str) -> str:
    """The quotes and brackets that the text closes and did not open, in order.

    A lone straight quote is taken for a closing one only where it stands as one (a space, a sign or
    nothing after it).

    >>> unopened('người nghèo" các cấp'), unopened("Quỳnh Phụ) cho biết"), unopened('nói "vâng"')
    ('"', ')', '')
    """
    return _balance(text)[1]


def _balance(text: str) -> tuple[str, str]:
    stack: list[str] = []
    lone: list[str] = []
    for match in _MARKS.finditer(text):
        char, place = match.group(), match.start()
        if char == '"':
            before = text[place - 1 : place]
            after = text[place + 1 : place + 2]
            opens = (
                (not before or before.isspace() or before in "([{-–:") and bool(after) and not after.isspace()
            )
            if '"' in stack and (not opens or after in ",.;:!?)"):
                del stack[len(stack) - 1 - stack[::-1].index('"') :]
            elif opens:
                stack.append('"')
            elif not before.isdigit():  # an inch sign follows a digit
                lone.append('"')
        elif char in _PAIRS:
            stack.append(char)
        else:
            opener = _CLOSING[char]
            if opener in stack:
                del stack[len(stack) - 1 - stack[::-1].index(opener) :]
            elif not (char == ")" and _ITEM.match(text) and place < 4):
                lone.append(char)
    return "".join(stack), "".join(lone)


def is_table_line(line: str) -> bool:
    """Whether the line is a row of a table: tabs, wide gaps, bars, or hardly anything but figures.

    >>> is_table_line("Lúa đông xuân   32.000   66,5"), is_table_line("Năm 2023 có 46 cơ quan")
    (True, False)
    """
    if "|" in line and line.count("|") >= 2:
        return True
    if "\t" in line or "   " in line:
        return _GAP_IN_LINE.search(line) is not None
    words = line.split(None, 12)
    figures = sum(1 for w in words if w[0].isdigit() or w in "-–%")
    return len(words) >= 2 and figures * 3 >= len(words) * 2


def is_verse(lines: Sequence[str]) -> bool:
    """Whether a run of lines is verse: short lines in a metre, at least four of them.

    A metre here is one count of syllables in every line (five, seven, eight), or six and eight in turn.

    >>> is_verse(["Trăm năm trong cõi người ta", "Chữ tài chữ mệnh khéo là ghét nhau",
    ...           "Trải qua một cuộc bể dâu", "Những điều trông thấy mà đau đớn lòng"])
    True
    >>> is_verse(["Ban vận động quỹ của xã đã", "trao quà cho các gia đình", "khó khăn nhân dịp", "tết."])
    False
    """
    if len(lines) < 4 or any(len(line) > VERSE_LENGTH for line in lines):
        return False
    counts = [len(line.split()) for line in lines]
    if all(c in (6, 8) for c in counts) and all(a != b for a, b in pairwise(counts)):
        return True
    usual = max(set(counts), key=counts.count)
    if not 4 <= usual <= 8:
        return False
    same = counts.count(usual)
    if same == len(counts) and len(counts) >= 4:
        return True
    capitals = sum(first_letter_case(line) == "upper" for line in lines)
    return same >= 0.8 * len(counts) and capitals >= 0.9 * len(lines)


def line_kind(line: str) -> Kind:  # noqa: C901, PLR0911
    """What a line that stands alone is, by its form.

    >>> line_kind("Ảnh minh họa: TTXVN").value, line_kind("Hà Nội, ngày 5 tháng 6 năm 2023").value
    ('caption', 'date line')
    >>> line_kind("NGUYỄN TRIỆU").value, line_kind("Chung tay giúp đỡ người nghèo").value
    ('byline', 'heading')
    """
    if len(line) <= 2 * HEADING_LENGTH:
        if len(line) <= HEADING_LENGTH and _DATE.match(line):
            return Kind.DATE_LINE
        if len(line) <= HEADING_LENGTH and (
            _BYLINE.match(line) or _SIGNATURE.match(line) or (line[-1:] == ")" and _BYLINE_END.match(line))
        ):
            return Kind.BYLINE
        if _CAPTION.match(line) or _CAPTION_END.search(line[-60:]):
            return Kind.CAPTION
        if _LABEL.match(line) or (_STREET.match(line) and not ends_sentence(line)):
            return Kind.ADDRESS
    if is_table_line(line):
        return Kind.TABLE
    if starts_item(line):
        dash = line[0] in "-–—" and first_letter_case(line.lstrip("-–— ")) == "upper"
        return Kind.DIALOGUE if dash and line.rstrip(CLOSERS)[-1:] in ".!?…" else Kind.LIST_ITEM
    if len(line) > HEADING_LENGTH or ends_sentence(line) or line.endswith((",", "-", "–")):
        return Kind.PARAGRAPH
    words = line.split(None, BYLINE_WORDS + 1)
    if 2 <= len(words) <= BYLINE_WORDS and all(w[0].isupper() and w.isalpha() for w in words):
        return Kind.BYLINE
    if ";" in line or _SENTENCE_INSIDE.search(line):
        return Kind.PARAGRAPH
    return Kind.HEADING if first_letter_case(line) in ("upper", "digit") else Kind.PARAGRAPH


def block_kind(document: Document, block: Block) -> Kind:
    r"""What a block is; that of its lines where they agree.

    >>> from ocrfix.document import Document
    >>> document = Document("THANH TÙNG\n\nHội Nông dân huyện đã vận động được 12,5 tỷ đồng.")
    >>> [block_kind(document, b).value for b in document.blocks]
    ['byline', 'paragraph']
    """
    text = document.text
    if len(block.lines) == 1:
        return line_kind(text[block.span.slice])
    lines = [text[s.slice] for s in block.lines[:40]]
    if is_verse(lines):
        return Kind.VERSE
    if sum(map(is_table_line, lines)) * 2 > len(lines):
        return Kind.TABLE
    first = line_kind(lines[0])
    if first in (Kind.CAPTION, Kind.ADDRESS, Kind.LIST_ITEM, Kind.DIALOGUE):
        return first
    whole = " ".join(lines)
    if first is Kind.PARAGRAPH or len(whole) > HEADING_LENGTH or ends_sentence(whole):
        return Kind.PARAGRAPH
    return first
