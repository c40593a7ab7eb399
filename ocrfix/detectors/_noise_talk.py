"""How much a Vietnamese sentence speaks as a model speaks of the page before it: counted, not listed."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from ocrfix._data import data_path
from ocrfix.detectors._noise_memory import WordMemory

__all__ = ["only_talk", "remark_weight", "strangeness", "talk_weight"]

_CORE: Final = (
    "ảnh", "hình", "tệp", "file", "pdf", "quét", "scan", "bản gốc", "nguyên văn", "nguyên bản", "trích",
    "nhận d", "chép lại", "phiên âm", "ocr", "gõ lại", "đánh máy", "bóc tách", "số h", "markdown",
    "ngôn ngữ", "trợ lý", "đọc được", "bản ", "mờ", "nhòe", "nhoè", "không ", "chưa ", "khó ", "bị ",
    "bạn", "anh", "quý vị", "là một ai", "mất ", "thiếu ", "che ", "chất lượng", "có thể", "dung",
    "chuyển", "đoạn", "tài liệu", "trang",
)  # fmt: skip
"""Pieces of words, one of which every remark that weighs anything has: a screen before the classes."""
_STRANGE: Final = 0.2
"""Share of words that are neither of the classes nor glue up to which a sentence speaks of nothing else."""
_WORD: Final = re.compile(r"[^\W\d_]+")


class _Class(NamedTuple):
    name: str
    weight: int
    most: int
    pattern: re.Pattern[str]


class _Words(NamedTuple):
    classes: tuple[_Class, ...]
    known: frozenset[str]
    """The single words of the classes, and those of any sentence."""
    others: re.Pattern[str]
    """Words of what an article tells of, and a model's remark never; numbers of three digits and more."""


@cache
def _words() -> _Words:
    rows: dict[str, tuple[int, int, list[str]]] = {}
    for line in data_path("vi", "remark-words.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, each, count, pattern = line.split("\t")
            rows.setdefault(name, (int(each), int(count), []))[2].append(pattern)
    parts = {name: "|".join(row[2]) for name, row in rows.items() if name[0] == "<"}
    classes = []
    known: set[str] = set()
    for name, (weight, most, patterns) in rows.items():
        pattern = "|".join(patterns)
        for part, words in parts.items():
            pattern = pattern.replace(part, f"(?:{words})")
        if name != "others":
            known.update(_WORD.findall(re.sub(r"\\[a-z]", " ", pattern)))
        if weight:
            classes.append(_Class(name, weight, most, re.compile(pattern)))
    others = "|".join(rows["others"][2])
    return _Words(tuple(classes), frozenset(known), re.compile(rf"\b(?:{others})\b|\d{{3}}"))


def talk_weight(sentence: str) -> tuple[int, frozenset[str]]:
    """What a Vietnamese sentence in small letters weighs as a model's remark, and the classes it has.

    >>> talk_weight("phần còn lại của văn bản bị mờ nên không đọc được.")[0] > 5
    True
    >>> talk_weight("bà con đã gặt xong vụ mùa.")
    (0, frozenset())
    """
    total = 0
    names = []
    for name, weight, most, pattern in _words().classes:
        count = len({m.group() for m in pattern.finditer(sentence)})
        if count:
            total += weight * min(count, most)
            names.append(name)
    return total, frozenset(names)


_NAME: Final = re.compile(
    r"(?<=[^\W_] )(?!(?:Anh|Việt|Nam|Trung|Pháp|OCR|AI|PDF|Markdown|Word|Excel|JSON|HTML|Unicode)\b)"
    r"[A-ZĐÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ]"
)
_LISTED: Final = re.compile(r"(?:\d{1,3}|[a-zđ]|[ivx]{1,4})[.)]\s|[-–•+“\"‘]", re.IGNORECASE)
_LONGEST: Final = 200
_LEAST: Final = 3
_TOLD: Final = frozenset(("defect", "reading", "model", "work", "asked"))
_ABOUT: Final = frozenset(("text", "given", "source", "reading"))
_BEFORE: Final = frozenset(("source", "given", "model", "reading"))
_TO: Final = frozenset(("self", "you", "given", "here", "manner", "model"))


def only_talk(text: str) -> bool:
    """Whether a sentence in small letters has hardly a word but of pages, of reading and of any sentence.

    >>> only_talk("phần đầu bị cắt."), only_talk("phần mái tôn phía trên nhà bị cắt.")
    (True, False)
    """
    words, unknown = _count(text)
    return bool(words) and unknown <= _STRANGE * words


@cache
def _counts() -> WordMemory[int]:
    """The words in a piece of text without blanks, and 2**32 for each that is not known."""
    known = _words().known

    def count(piece: str) -> int:
        words = _WORD.findall(piece.casefold())
        return len(words) + (sum(w not in known for w in words) << 32)

    return WordMemory(count)


def _count(text: str) -> tuple[int, int]:
    """How many words a text has, and how many of them are not known."""
    found = sum(_counts().of(text.split()))
    return found & 0xFFFF_FFFF, found >> 32


def strangeness(text: str, most: float = 1.0) -> float:
    """The share of words that speak neither of pages nor of reading; 1 for what no model says.

    Names and the words of what articles tell of are looked for up to a share of ``most``.

    >>> strangeness("Phần cuối của trang bị mờ."), strangeness("Phần mềm nhận dạng chữ giúp xã số hóa hồ sơ.")
    (0.0, 1.0)
    """
    words, unknown = _count(text)
    share = unknown / words if words else 1.0
    if share <= most and (_NAME.search(text) or _words().others.search(text.casefold())):
        return 1.0
    return share


def remark_weight(text: str) -> tuple[int, bool]:
    """How much a line or sentence weighs as a model's remark (0: none), and whether it speaks to somebody.

    A remark speaks of the page, of what was done with it or what is wrong with it, and of nothing else.

    >>> remark_weight("Bức ảnh bạn gửi hơi mờ nên tôi không đọc được dòng cuối.")[1]
    True
    >>> remark_weight("Bức ảnh chụp bà Lê Thị Mây năm 1972 đã bị mờ.")
    (0, False)
    """
    if not text or len(text) > _LONGEST or _LISTED.match(text) or "“" in text or '"' in text:
        return 0, False
    if text[0].islower() or not only_talk(text) or _NAME.search(text):
        return 0, False
    low = text.casefold()
    if not any(word in low for word in _CORE) or _words().others.search(low):
        return 0, False
    weight, classes = talk_weight(low)
    if weight < _LEAST or not (classes & _TOLD and classes & _ABOUT):
        return 0, False
    if (
        not classes & {"source", "given", "model"}
        and not {"self", "you"} <= classes
        and "reading" not in classes
    ):
        return (weight, "manner" in classes) if {"defect", "text"} <= classes else (0, False)
    return weight, bool(classes & _TO)
