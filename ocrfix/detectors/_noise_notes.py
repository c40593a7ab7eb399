"""Notes on the layout of a page ("[Column 2]", "**Cột bên trái:**"), known by what their words name."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_layout_note"]

_EN_THINGS_WORDS: Final = """
    advert advertisement blank box caption captions chart column columns diagram drawing footer footnote
    graphic handwriting handwritten header heading headline icon illegible illustration image images
    indecipherable line lines logo logos map margin page pages paragraph paragraphs photo photograph
    photos picture seal section sidebar signature signatures stamp table text title unclear
    undecipherable unreadable watermark word words
"""
_EN_THINGS: Final = frozenset(_EN_THINGS_WORDS.split())
_VI_THINGS: Final = (
    "ảnh", "hình", "tranh", "biểu đồ", "sơ đồ", "bản đồ", "bảng", "logo", "biểu tượng", "con dấu", "chữ ký",
    "chữ kí", "chữ", "mã qr", "cột", "trang", "dòng", "đoạn", "văn bản", "tiêu đề", "chú thích", "khung",
    "trống", "quảng cáo", "dấu mộc", "hình mờ", "chân trang", "đầu trang", "lề",
)  # fmt: skip
_EN_BESIDE_WORDS: Final = """
    a across and at below above begin beginning begins black blue bottom by center central circular
    company continued continues corner crossed cut damaged directly document empty end ends faded first
    following for fourth from full hand here in is left legible lower main middle missing next no not of
    off official omitted on one only or original out over part partially possibly previous printed
    publication magazine newspaper red redacted rest right round second side small start stops the there
    third this three to top torn transcription two unknown upper visible white with written
"""
_EN_BESIDE: Final = frozenset(_EN_BESIDE_WORDS.split())
_VI_BESIDE_WORDS: Final = """
    bên trái phải giữa trên dưới đầu cuối thứ nhất hai ba tư một tiếp theo trước sau của và với bị mờ
    cắt mất thiếu không rõ đọc được thể minh họa hoạ màu đỏ đen trắng xanh tròn tờ báo tòa toà soạn cơ
    quan kết thúc hết bắt còn lại này là có phần chụp viết tay che khuất rách nhòe nhoè quá do vì nên
    chưa hoàn toàn góc phía ngoài trong in nhỏ
"""
_VI_BESIDE: Final = frozenset(_VI_BESIDE_WORDS.split())
_SIDES_WORDS: Final = """
    left right middle center top bottom upper lower next previous first second third fourth end begin
    start trái phải giữa trên dưới đầu cuối nhất hai ba tiếp sau
"""
_SIDES: Final = frozenset(_SIDES_WORDS.split())
_PLACES_WORDS: Final = """
    column columns page pages sidebar caption header footer paragraph cột trang chú khung
"""
_PLACES: Final = frozenset(_PLACES_WORDS.split())
_PARTS: Final = frozenset(" ".join(_VI_THINGS).split())
_VI_HEAD: Final = re.compile("|".join(rf"\b{t}\b" for t in _VI_THINGS))
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_DESCRIBED: Final = re.compile(r"\s*[:：–—]\s*|\s-\s|, ")
_LONGEST: Final = 400
_DESCRIPTION: Final = 2  # words in small letters that a description has, and a credit with a name has not
_HEAD: Final = 9  # words of the longest name of a thing on a page
_DESCRIBABLE_WORDS: Final = """
    image images photo photograph photos picture illustration drawing figure logo logos seal signature
    stamp chart diagram map table graphic icon caption unclear illegible watermark handwriting
    handwritten ảnh hình tranh đồ logo tượng dấu ký bảng chữ mộc thích
"""
_DESCRIBABLE: Final = frozenset(_DESCRIBABLE_WORDS.split())


def _named(words: list[str]) -> bool:
    """Whether words name nothing but a thing of a page, where it is and how it was read."""
    if not 0 < len(words) <= _HEAD:
        return False
    plain = [w for w in words if not w.isdigit()]
    if all(w in _EN_THINGS or w in _EN_BESIDE for w in plain):
        return any(w in _EN_THINGS for w in plain)
    if not all(w in _PARTS or w in _VI_BESIDE for w in plain):
        return False
    return _VI_HEAD.search(" ".join(plain)) is not None


def is_layout_note(line: str) -> bool | None:
    """Whether a whole line is a note on the layout of its page: None for no, False for perhaps.

    >>> is_layout_note("[Chữ ký và con dấu]"), is_layout_note("**Left column:**")
    (True, True)
    >>> is_layout_note("[Hình 2]"), is_layout_note("[12]"), is_layout_note("Bảng giá xăng dầu:")
    (False, None, None)
    """
    if len(line) > _LONGEST:
        return None
    if line[0] == "[" and line[-1] == "]" and line.count("[") == 1:
        head, *rest = _DESCRIBED.split(line[1:-1].casefold(), maxsplit=1)
        words = _WORD.findall(head)
        if not _named(words):
            return None
        if rest:
            told = line[-2 - len(rest[0]) :]
            described = sum(w[0].islower() for w in _WORD.findall(told)) >= _DESCRIPTION
            return True if described and any(w in _DESCRIBABLE for w in words) else None
        placed = any(w in _PLACES for w in words)
        return placed or not (any(w.isdigit() for w in words) or len(words) == 1)
    text = line.strip("*_# ")
    if text[-1:] in ":：" and text:
        words = _WORD.findall(text.casefold())
        sided = any(w in _SIDES or w.isdigit() for w in words)
        if sided and any(w in _PLACES for w in words) and _named(words):
            return True
    return None
