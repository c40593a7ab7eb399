"""Notes in brackets on what was not read or is a picture, and titles of transcriptions."""

from __future__ import annotations

import re
from typing import Final

from ocrfix.detectors._noise_concepts import is_label
from ocrfix.detectors._noise_lines import Mark, Sheet
from ocrfix.detectors._noise_notes import is_layout_note
from ocrfix.detectors._noise_remarks import LABEL, LIST_MARKS, marked, short
from ocrfix.model import Safety, Span

__all__ = ["brackets", "label"]

_UNREAD: Final = re.compile(
    r"[\[(](?:illegible|unreadable|unclear|illegible text|text illegible|unreadable text|unclear text"
    r"|indecipherable|"
    r"not legible|cut off|text cut off|text continues|continued|continues|blank|blank page|empty page"
    r"|no text|image|photo|picture|logo|signature|stamp|seal|"
    r"handwritten(?: (?:text|signature|note))?|không đọc được|không đọc rõ|không rõ chữ|chữ không rõ|khó đọc"
    r"|không thể đọc|bị cắt|"
    r"văn bản bị cắt|trang trống|trang trắng|hình ảnh|logo|chữ viết tay|văn bản tiếp tục)[\])]",
    re.IGNORECASE,
)
_SURE_UNREAD: Final = re.compile(
    r"[\[(](?:illegible.*|unreadable.*|unclear.*|indecipherable|not legible|text .*|cut off|blank page"
    r"|empty page|no text|image|picture|hình ảnh|không đọc được|"
    r"không thể đọc|văn bản .*)[\])]",
    re.IGNORECASE,
)
_PICTURE: Final = re.compile(
    r"[\[(*_]{1,3}(?:hình ảnh|mô tả hình ảnh|mô tả ảnh|image|image description|picture|photo|photograph"
    r"|figure|logo|signature|stamp|seal|"
    r"chart|diagram|con dấu|chữ ký|biểu đồ|ảnh chụp)\s*:[^\[\]\n]{2,400}[\])*_]{1,3}",
    re.IGNORECASE,
)
_BEHIND: Final = re.compile(r"[.!?…”\"»:][ \t]+(?P<note>\[[^\[\]\n]{3,300}\])$")
_BRACKET: Final = 420  # characters of the longest description in brackets


def label(sheet: Sheet, index: int) -> Mark | None:
    """An English title or note of the transcription itself."""
    text = sheet.lines[index].text
    signed = text[0] in "[(*_#-=" or text[-1] in ":."
    if not signed or len(text) > LABEL:
        return None
    name = text.strip(LIST_MARKS)
    if not name.isascii() or not is_label(name):
        return None
    return marked(f"a model's remark {short(text)}", "label", (0.96, Safety.SAFE), index)


def brackets(sheet: Sheet, index: int) -> list[Mark]:
    """Notes in brackets on what was not read, on pictures, on the layout."""
    line = sheet.lines[index]
    text = line.text
    inside = "[" in text
    if not inside and text[0] not in "(*_" and text.rstrip("*_# ")[-1:] not in (":", "："):
        return []
    if len(text) <= _BRACKET and (picture := _PICTURE.fullmatch(text) or _UNREAD.fullmatch(text)):
        sure = text[0] == "[" and (picture.re is _PICTURE or _SURE_UNREAD.fullmatch(text))
        grade = (0.95, Safety.SAFE) if sure else (0.75, Safety.UNSAFE)
        return [marked(f"a model's remark {short(text)}", "bracket", grade, index)]
    note = is_layout_note(text) if sheet.alone(index) or text[0] == "[" else None
    if note is not None:
        grade = (0.95, Safety.SAFE) if note else (0.75, Safety.UNSAFE)
        return [marked(f"a model's note on the page {short(text)}", "layout", grade, index)]
    if not inside:
        return []
    if text[-1] == "]" and (behind := _BEHIND.search(text)) and is_layout_note(behind["note"]):
        place = Span(line.start + behind.start("note"), line.end)
        return [
            marked(
                f"a model's note on the page {short(behind['note'])}", "layout", (0.95, Safety.SAFE), place
            )
        ]
    return [
        marked(
            f"a model's remark {short(m.group())}, where a word is missing",
            "bracket",
            (0.75, Safety.UNSAFE),
            Span(line.start + m.start(), line.start + m.end()),
        )
        for m in _UNREAD.finditer(text)
        if m.group()[0] == "[" and _SURE_UNREAD.fullmatch(m.group())
    ]
