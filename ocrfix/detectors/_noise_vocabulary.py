"""Lines that say nothing but what the buttons, counters and notices of a web page say, in any phrasing."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from ocrfix._data import data_path
from ocrfix.detectors._noise_memory import WordMemory

__all__ = ["built_tier", "first_of_menu", "is_parted", "names_column", "split_menu", "web_words"]

_LONGEST: Final = 120  # characters of the longest line that is judged by its words
_WORDS: Final = 18  # words of the longest one
_PHRASE: Final = 4  # words of the longest entry of the list
_FEW: Final = 8  # pieces that are looked at before the others: enough of them unknown settle it
_MOST: Final = 0.75  # share of known words from which on a line that addresses the reader is likely chrome

_TOKEN: Final = re.compile(r"\d+(?:[.,:/]\d+)*[km]?\b|[^\W\d_]+(?:[+-](?=\s|$))?")
_MENU: Final = re.compile(r"\s*[|•·»>›]+\s*|[ \u00a0]{2,}|\t+|\s[-–—/]\s")
_PARTED: Final = re.compile(r"[|•·»>›\t\u00a0/–—-](?:(?<=[|•·»>›\t\u00a0])|(?<=\s.)(?=\s))")
_CAPTION: Final = re.compile(r"(?:hình ảnh|ảnh|clip|video)\b", re.IGNORECASE)
_NUMBER: Final = "#"


@cache
def _entries() -> dict[tuple[str, ...], frozenset[str]]:
    found: dict[tuple[str, ...], set[str]] = {}
    for line in data_path("vi", "web-words.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        kind, words = line.split("\t")
        for entry in words.split(", "):
            found.setdefault(tuple(_tokens(entry)), set()).add(kind)
    return {entry: frozenset(kinds) for entry, kinds in found.items() if entry}


@cache
def _alphabet() -> frozenset[str]:
    """Every word of the list."""
    return frozenset(word for entry in _entries() for word in entry) | {_NUMBER}


@cache
def _counts() -> WordMemory[int]:
    """The tokens in a piece of text without blanks, and 2**32 for each that is not in the list."""
    alphabet = _alphabet()

    def count(piece: str) -> int:
        tokens = _tokens(piece)
        return len(tokens) + (sum(t not in alphabet for t in tokens) << 32)

    return WordMemory(count)


def _tokens(text: str) -> list[str]:
    return [_NUMBER if t[0].isdigit() else t for t in _TOKEN.findall(text.casefold())]


class _Cover(NamedTuple):
    """How a line is made of entries: the classes of each, and the share of words in them."""

    kinds: list[frozenset[str]]
    share: float
    words: int


def _cover(tokens: list[str]) -> _Cover:
    entries = _entries()
    kinds: list[frozenset[str]] = []
    known = at = 0
    while at < len(tokens):
        for size in range(min(_PHRASE, len(tokens) - at), 0, -1):
            kind = entries.get(tuple(tokens[at : at + size]))
            if kind is None and tokens[at] == _NUMBER and size == 1:
                kind = frozenset(("number",))
            if kind is not None:
                kinds.append(kind)
                known += size
                at += size
                break
        else:
            at += 1
    return _Cover(kinds, known / len(tokens), len(tokens))


def built_tier(text: str) -> str | None:
    """What a line is by its words: "built" for chrome, "solo", "near" or "weak" for what is in company.

    >>> built_tier("Đăng nhập để gửi bình luận của bạn trên Facebook"), built_tier("5 phút đọc")
    ('built', 'built')
    >>> built_tier("Tải lại trang"), built_tier("Ông chia sẻ với báo chí")
    ('solo', None)
    """
    if len(text) > _LONGEST:
        return None
    pieces = text.split()
    if sum(_counts().of(pieces[:_FEW])) >> 32 > (1 - _MOST) * _WORDS:
        return None
    found = sum(_counts().of(pieces))
    size, unknown = found & 0xFFFF_FFFF, found >> 32
    if not 0 < size <= _WORDS or size - unknown < _MOST * size or (size > _PHRASE and _CAPTION.match(text)):
        return None
    tokens = _tokens(text)
    cover = _cover(tokens)
    if cover.share < _MOST:
        return None
    if cover.share < 1:
        has = frozenset().union(*cover.kinds)
        return "near" if {"act", "web", "turn"} <= has and len(tokens) > _PHRASE else None
    return _by_classes(cover)


def _by_classes(cover: _Cover) -> str | None:
    """What a line of known words is by their classes."""
    has = frozenset().union(*cover.kinds)
    # Titles of columns for readers' letters are made of such words, too.
    if any("title" in k for k in cover.kinds) and not ("web" in has or {"act", "turn"} <= _plain(cover)):
        return None
    if "number" in has:
        counted = cover.words <= _PHRASE + 1 and any("count" in k for k in cover.kinds)
        return "built" if counted and len(cover.kinds) == 2 else _with_number(cover)
    if "act" in has and ("web" in has or ("thing" in has and "turn" in has)):
        # One entry that is an act and a web word at once is a single word, not a sentence of a page.
        return "built" if len(cover.kinds) > 1 else "near"
    if "act" in has and ("thing" in has or "turn" in has):
        return "solo" if len(cover.kinds) > 1 else "weak"
    return "weak" if has - {"glue", "turn"} else None


def names_column(text: str) -> bool:
    """Whether a line may be the title of a column for readers' letters: it has such words, none of the web.

    >>> names_column("Bạn đọc viết"), names_column("Bạn đọc gửi bài qua website")
    (True, False)
    """
    kinds = _cover(_tokens(text)).kinds if _tokens(text) else []
    return any("title" in k for k in kinds) and not any("web" in k for k in kinds)


def _plain(cover: _Cover) -> frozenset[str]:
    """The classes of the entries that no title of a column has."""
    return frozenset().union(*(k for k in cover.kinds if "title" not in k))


def _with_number(cover: _Cover) -> str | None:
    counts = sum("count" in k for k in cover.kinds)
    numbers = sum("number" in k for k in cover.kinds)
    if counts >= 2 and counts + numbers == len(cover.kinds):
        return "built"
    has = frozenset().union(*cover.kinds)
    if numbers == 1 and "act" in has and has & {"thing", "web"}:
        return "near"
    return "weak" if any(k & {"act", "web", "count"} for k in cover.kinds) else None


def is_parted(text: str) -> bool:
    """Whether a line has what parts the buttons of a row, perhaps at its ends."""
    return "  " in text or _PARTED.search(text) is not None


def split_menu(text: str) -> list[str]:
    """The parts of a line that is a row of buttons or links; the line itself if it is none.

    >>> split_menu("Đồng ý | Từ chối"), split_menu("Thích 24   Chia sẻ 5")
    (['Đồng ý', 'Từ chối'], ['Thích 24', 'Chia sẻ 5'])
    """
    return [part for part in _MENU.split(text) if part]


def first_of_menu(text: str) -> str:
    """What stands before the first sign that parts buttons; the whole line if there is none."""
    sign = _MENU.search(text)
    return text[: sign.start()] if sign else text


@cache
def _web() -> re.Pattern[str]:
    words = sorted((" ".join(e) for e, k in _entries().items() if "web" in k and len(e[0]) > 2), key=len)
    common = ("bài viết này", "bài báo này", "liên kết", "tại đây", "ở đây", "đường dẫn")
    return re.compile("|".join(rf"\b{re.escape(w)}\b" for w in reversed(words) if w not in common))


def web_words(text: str) -> bool:
    """Whether running text speaks of the web and its pages.

    >>> web_words("Người dùng Facebook bị khóa tài khoản"), web_words("Bà con đã gặt xong vụ mùa")
    (True, False)
    """
    return _web().search(text.casefold()) is not None
