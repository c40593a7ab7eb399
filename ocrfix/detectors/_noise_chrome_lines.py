"""What a single line is as web page chrome: by the list of phrases, by its words, by its form."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from ocrfix._data import data_path
from ocrfix.detectors._noise_forms import form_tier
from ocrfix.detectors._noise_vocabulary import built_tier, first_of_menu, is_parted, split_menu

__all__ = ["HOME", "LONGEST", "SECTIONS", "chrome_tier", "fold_chrome", "may_have_notices"]

LONGEST: Final = 300
"""Characters of the longest line compared with the phrases."""
_SHORT: Final = 160  # characters of the longest line that can be a whole phrase of the list
_LINK: Final = 140  # characters of the longest pointer to another article

_EDGES: Final = " \t\u00a0»›>|•·●▪*→←↑↓▼▲✓✔☰✕×+-–—:.,!?_#\u200b[]"
_DIGITS: Final = re.compile(r"\d+(?:[.,]\d+)*[km]?\b")
_LISTED: Final = re.compile(r"(?:\d{1,3}|[a-zđA-ZĐ]|[ivxIVX]{1,4})[.)]\s")
_COPYRIGHT: Final = re.compile(
    r"(?:©|\(c\)|copyright|®)\s?(?=\d|bản quyền|toàn bộ|by\b|(?-i:[A-ZĐÀ-Ỹ])).{0,160}"
    r"|.{0,120}\b(?:bảo lưu (?:mọi|toàn bộ) (?:bản )?quyền|(?:mọi|toàn bộ) (?:bản )?quyền (?:được|đã) bảo lưu"
    r"|giữ (?:mọi |toàn bộ )?bản quyền)\b.{0,60}"
    r"|.{0,100}\b(?:cấm|không được|không|mọi) (?:mọi hình thức )?(?:sao chép|đăng lại|phát hành lại"
    r"|sử dụng lại)\b.{0,80}\b(?:website|trang (?:web|tin|này)|báo|chúng tôi|ghi rõ nguồn|dẫn nguồn"
    r"|mọi hình thức)\b.{0,80}"
    r"|(?:xin |đề nghị |vui lòng )?ghi rõ (?:nguồn|nguồn gốc) .{0,60}(?:khi|nếu) .{0,100}"
    r"|bản quyền (?:nội dung |bài viết )?(?:thuộc|của) .{2,80}",
    re.IGNORECASE,
)
_STRICT: Final = re.compile(
    r"(?:copyright\s*)?(?:©|\(c\)|copyright)\s*(?:copyright\s*)?(?:bản quyền\s*)?(?:by\s*)?(?:19"
    r"|20)\d\d\b.{0,120}"
    r"|.{0,80}\ball rights reserved\b.{0,60}"
    r"|.{0,60}(?:©|\(c\)|®)\s*bản quyền thuộc (?:về|báo|công ty)\b.{0,100}"
    r"|(?:©|\(c\))\s*(?:giữ )?bản quyền (?:nội dung )?(?:thuộc|của)\b.{0,80}"
    r"|(?:ghi rõ nguồn|vui lòng ghi rõ nguồn|đề nghị ghi rõ nguồn) .{1,60} khi (?:phát hành lại|sử dụng lại"
    r"|trích dẫn lại) (?:thông tin|nội dung) (?:từ|trên|của) (?:website|trang|báo|cổng).{0,60}",
    re.IGNORECASE,
)
_RIGHTS: Final = (
    "©",
    "(c)",
    "copyright",
    "®",
    "bản quyền",
    "ghi rõ",
    "sao chép",
    "đăng lại",
    "phát hành lại",
    "sử dụng lại",
)
_KEPT: Final = ("bảo lưu", "rights reserved")
"""Words one of which every notice of rights has: a screen before the patterns themselves."""
_CONSENT: Final = re.compile(
    r"\W*(?:chúng tôi|trang (?:web|này|tin)|website|báo|cổng|bằng (?:cách|việc)|khi (?:bạn|tiếp tục)|để|nhằm"
    r"|we|this|by|our|to|cookies?|bạn)\b.*\b(?:sử dụng|đồng ý|chấp nhận|chính sách|trải nghiệm|tiếp tục"
    r"|uses?|accept|agree|policy|experience)\b"
)
_HASH: Final = re.compile(r"#[^\W\d_][\w-]{1,40}")
_ARROWS: Final = re.compile(r"(?:>>+|»+|=+>|[-–]+>)\s*[^\W\d_>]")
_WORKS: Final = re.compile(
    r"\(\d{4}|\b(?:19|20)\d\d[),.]|\btr\.|\b(?:điều|khoản|chương|mục|phụ lục|bảng|hình|trang) \d"
    r"|\bnxb\b|\bsđd\b|^(?:danh sách|lịch sử|địa lý|thể loại|bản mẫu|cổng thông tin|thông tin)\b"
    r"|, (?-i:[A-ZĐÀ-Ỹ])\w+ \w",
    re.IGNORECASE,
)
_MENU: Final = 160  # characters of the longest row of buttons
_PARTS: Final = 12  # buttons of one row
_TITLE: Final = 6  # words from which on what follows "see also" is a headline, not a keyword
HOME: Final = ("trang chủ", "trang nhất", "home")
_HEAD: Final = 12  # characters in which it is named
SECTIONS: Final = 3
"""Section names from which on, in one run that begins with the home page, they are a site's menu."""
_CRUMBS: Final = re.compile(
    r"(?:trang chủ|home|trang nhất)(?:\s*[>»›/→|]+\s*[^>»›/→|.!?;:]{1,60}){1,6}", re.IGNORECASE
)


def fold_chrome(text: str) -> str:
    """A line as the phrases are compared: lower case, numbers as "#", no decoration round it.

    >>> fold_chrome("» BÌNH LUẬN (12)"), fold_chrome("Lượt xem: 1.204")
    ('bình luận (#)', 'lượt xem: #')
    """
    folded = " ".join(text.casefold().split()).strip(_EDGES)
    return _DIGITS.sub("#", folded)


class _Phrases(NamedTuple):
    whole: dict[str, str]
    """Phrase to tier."""
    begins: frozenset[str]
    """First words of the phrases, whole or with an open end."""
    openings: dict[str, list[tuple[str, str]]]
    """First word to the phrases with an open end, and their tiers."""


@cache
def _phrases() -> _Phrases:
    whole: dict[str, str] = {}
    openings: dict[str, list[tuple[str, str]]] = {}
    for line in data_path("vi", "web-chrome.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        tier, phrase = line.split("\t")
        if phrase.endswith("…"):
            start = phrase[:-1]
            openings.setdefault(start.split()[0].strip(_EDGES), []).append((start, tier))
        else:
            whole[phrase.strip(_EDGES.replace("#", ""))] = tier
    firsts = (phrase.split(" ", 1)[0].strip(_EDGES) for phrase in whole)
    return _Phrases(whole, frozenset((*firsts, *openings)), openings)


@lru_cache(maxsize=4096)
def chrome_tier(text: str, *, notices: bool = True) -> str | None:
    """How sure it is that the line is chrome, as the tiers of the phrase list say; None if it is none.

    ``notices``: whether its document may have notices (`may_have_notices`).
    """
    if len(text) > LONGEST or _LISTED.match(text) or _is_row(text):
        return None
    tier = _listed_tier(text)
    if tier is None and text[:_HEAD].casefold().startswith(HOME) and _CRUMBS.fullmatch(text):
        return "sure"
    if tier is None and len(text) <= _MENU and is_parted(text):
        tier = _menu_tier(text)
    if tier is None:
        tier = built_tier(text)
        if tier != "built":
            tier = (_notice_tier(text) if notices else _marked_tier(text)) or form_tier(text) or tier
    return tier


def _is_row(text: str) -> bool:
    """Whether it is a row of a table, as Markdown writes them; its cells may say what they like."""
    return text[:1] == "|" and text[-1] == "|" and text.count("|") > 2


def _listed_tier(text: str) -> str | None:
    """The tier of the phrase that a line is, or begins with."""
    phrases = _phrases()
    word = text.split(None, 1)[0].casefold().strip(_EDGES)
    if len(text) > _SHORT:
        if word and word not in phrases.openings:
            return None
    elif word.isalpha() and word not in phrases.begins:
        return None
    folded = fold_chrome(text)
    tier = phrases.whole.get(folded)
    if tier is not None:
        return tier
    first = folded.split(" ", 1)[0].strip(_EDGES)
    for start, open_tier in phrases.openings.get(first, ()):
        if not folded.startswith(start):
            continue
        if open_tier == "link":
            return _link_tier(text)
        if open_tier == "keys":
            return "keys" if text.count(",") and len(text) <= _LINK else None
        if open_tier == "sure" or len(text) <= _LINK:
            return open_tier
    return None


def _link_tier(text: str) -> str | None:
    """A pointer to another article is chrome by itself where a headline follows, as in no list of works."""
    if len(text) > _LINK:
        return None
    title = text.partition(":")[2].strip()
    works = _WORKS.search(title) or title[-1:] == "."
    return "link" if works or not title[:1].isupper() or title.count(" ") < _TITLE - 1 else "pointer"


def _menu_tier(text: str) -> str | None:
    """A row of buttons or links: all parts are chrome in company, and one is it by itself."""
    first = first_of_menu(text)
    if first and not _HASH.fullmatch(first) and not _part_tier(first):
        return None
    parts = split_menu(text)
    if not 2 <= len(parts) <= _PARTS:
        return None
    if all(_HASH.fullmatch(p) for p in parts):
        return "near"
    tiers = [_part_tier(p) for p in parts]
    if None in tiers:
        return None
    if tiers.count("section") >= min(len(tiers), SECTIONS):
        return "near"
    return "sure" if any(t in ("sure", "near", "solo", "built") for t in tiers) else "weak"


def _part_tier(text: str) -> str | None:
    return _phrases().whole.get(fold_chrome(text)) or built_tier(text) or _button(text)


def _button(text: str) -> str | None:
    return "weak" if len(text) <= 2 and not text.isalpha() else None


def _notice_tier(text: str) -> str | None:
    """Copyright lines, breadcrumbs, consent to cookies, hashtags, links to related articles."""
    folded = text.casefold()
    if any(map(folded.__contains__, _RIGHTS)) or ("quyền" in folded and any(map(folded.__contains__, _KEPT))):
        if _STRICT.fullmatch(text):
            return "sure"
        if _COPYRIGHT.fullmatch(text):
            return "built" if text[0] in "©(" or "bảo lưu mọi" in folded else "near"
    if "cookie" in folded and _CONSENT.match(folded):
        return "built"
    return _marked_tier(text)


def may_have_notices(text: str) -> bool:
    """Whether a text has words that every notice of rights or of cookies has: a screen for its lines."""
    folded = text.casefold()
    return any(map(folded.__contains__, _RIGHTS)) or any(map(folded.__contains__, (*_KEPT, "cookie")))


def _marked_tier(text: str) -> str | None:
    """Rows of hashtags, and links to related articles."""
    if text[0] == "#" and all(_HASH.fullmatch(p) for p in text.replace(",", " ").split()):
        return "near"
    if text[0] in ">»=–-" and _ARROWS.match(text):
        title = text.lstrip(">»=–- ")
        return (
            "pointer"
            if title[:1].isupper() and title.count(" ") >= _TITLE - 1 and text[-1] != "."
            else "link"
        )
    return None
