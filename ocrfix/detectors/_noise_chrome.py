"""Web page chrome: whole lines of buttons, forms, counters and notices that no author wrote."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache, cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from ocrfix._data import data_path
from ocrfix.detectors._noise_forms import form_tier
from ocrfix.detectors._noise_lines import ENDINGS, LONG, Mark, Sheet
from ocrfix.detectors._noise_rules import WEB_CHROME
from ocrfix.detectors._noise_vocabulary import built_tier, split_menu, web_words
from ocrfix.model import Safety

__all__ = ["fold_chrome", "web_chrome"]

_LONGEST: Final = 300  # characters of the longest line compared with the phrases
_SHORT: Final = 160  # characters of the longest line that can be a whole phrase of the list
_LINK: Final = 140  # characters of the longest pointer to another article
_BODY: Final = 20  # characters of a line that can be an article's text
_PARAGRAPH: Final = 4  # lines of the shortest wrapped paragraph; one of as many may look like chrome
_SENTENCE: Final = 8  # words from which on a line among others is rather a sentence than a button
_FILLED: Final = 0.7  # share of a paragraph's usual line from which on a line fills its place
_SETTINGS: Final = 60  # lines of the longest settings at the head of a Markdown file
_SAMPLE: Final = 400  # lines that are looked at to see what a text is about
_ABSTRACT: Final = re.compile(r"\W{0,3}(?:tóm tắt|abstract|summary|keywords?)\b", re.IGNORECASE)

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
    "quyền",
    "ghi rõ",
    "sao chép",
    "đăng lại",
    "phát hành lại",
    "sử dụng lại",
)
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
_HOME: Final = ("trang chủ", "trang nhất", "home")
_SECTIONS: Final = 3
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
    return _Phrases(whole, openings)


def _tier(text: str) -> str | None:
    """How sure it is that the line is chrome, as the tiers of the phrase list say; None if it is none."""
    if len(text) > _LONGEST or _LISTED.match(text):
        return None
    tier = _listed_tier(text)
    if tier is None and text.casefold().startswith(_HOME) and _CRUMBS.fullmatch(text):
        return "sure"
    if tier is None and len(text) <= _MENU:
        tier = _menu_tier(split_menu(text))
    if tier is None:
        tier = built_tier(text)
        if tier != "built":
            tier = _notice_tier(text) or form_tier(text) or tier
    return tier


def _listed_tier(text: str) -> str | None:
    """The tier of the phrase that a line is, or begins with."""
    phrases = _phrases()
    if len(text) > _SHORT:
        word = text.split(None, 1)[0].casefold().strip(_EDGES)
        if word and word not in phrases.openings:
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


def _menu_tier(parts: list[str]) -> str | None:
    """A row of buttons or links: all parts are chrome in company, and one is it by itself."""
    if not 2 <= len(parts) <= _PARTS:
        return None
    if all(_HASH.fullmatch(p) for p in parts):
        return "near"
    phrases = _phrases().whole
    tiers = [phrases.get(fold_chrome(p)) or built_tier(p) or _button(p) for p in parts]
    if None in tiers:
        return None
    if tiers.count("section") >= min(len(tiers), _SECTIONS):
        return "near"
    return "sure" if any(t in ("sure", "near", "solo", "built") for t in tiers) else "weak"


def _button(text: str) -> str | None:
    return "weak" if len(text) <= 2 and not text.isalpha() else None


def _notice_tier(text: str) -> str | None:
    """Copyright lines, breadcrumbs, consent to cookies, hashtags, links to related articles."""
    folded = text.casefold()
    if any(word in folded for word in _RIGHTS):
        if _STRICT.fullmatch(text):
            return "sure"
        if _COPYRIGHT.fullmatch(text):
            return "built" if text[0] in "©(" or "bảo lưu mọi" in folded else "near"
    if "cookie" in folded and _CONSENT.match(folded):
        return "built"
    if text[0] == "#" and all(_HASH.fullmatch(p) for p in text.replace(",", " ").split()):
        return "near"
    if _ARROWS.match(text):
        title = text.lstrip(">»=–- ")
        return (
            "pointer"
            if title[:1].isupper() and title.count(" ") >= _TITLE - 1 and text[-1] != "."
            else "link"
        )
    return None


def web_chrome(sheet: Sheet, noise: frozenset[int]) -> list[Mark]:
    """Lines of page chrome; ``noise`` are lines that are other noise, and do not part a run of chrome."""
    tiers = {}
    start = _after_front_matter(sheet)
    for index, line in enumerate(sheet.lines):
        if (
            index >= start
            and len(line.text) <= _LONGEST
            and (tier := _tier(line.text))
            and not _wrapped(sheet, index)
        ):
            tiers[index] = tier
    for index in _in_paragraphs(sheet, tiers):
        del tiers[index]
    if not tiers:
        return []
    body = any(
        len(line.text) >= _BODY and i not in tiers and i not in noise for i, line in enumerate(sheet.lines)
    )
    found = []
    subject = _Subject(sheet, tiers)
    for lines in _runs(sorted(tiers), noise):
        run = _run(sheet, lines, tiers, noise)
        found += [mark for i in lines if (mark := _judge(sheet, i, tiers[i], run, subject))]
    if body:
        return found
    # A list of such words, or nothing but them: not a page around an article.
    return [replace(m, safety=Safety.UNSAFE, confidence=min(m.confidence, 0.7)) for m in found]


def _after_front_matter(sheet: Sheet) -> int:
    """The first line behind the settings with which a Markdown file may begin, between two lines "---"."""
    if not sheet.lines or sheet.lines[0].text != "---":
        return 0
    for index, line in enumerate(sheet.lines[1:_SETTINGS], 1):
        if line.text == "---":
            return index + 1
    return 0


def _wrapped(sheet: Sheet, index: int) -> bool:
    """Whether the line is a piece of a sentence that runs over several lines of its block."""
    line, own = sheet.lines[index], sheet.ranges[sheet.lines[index].block]
    before = sheet.lines[index - 1].text if index > own.start else "."
    after = sheet.lines[index + 1].text if index + 1 < own.stop else "."
    if len(before) >= LONG and before[-1] not in ENDINGS and not line.text[0].isupper():
        return True
    return line.text[-1] not in ENDINGS and after[0].islower()


def _in_paragraphs(sheet: Sheet, tiers: dict[int, str]) -> list[int]:
    """The lines that fill their place in a wrapped paragraph, most of whose lines look like no chrome."""
    found = []
    blocks = Counter(sheet.lines[i].block for i in tiers)
    widths: dict[int, int] = {}
    for index, tier in tiers.items():
        line = sheet.lines[index]
        own = sheet.ranges[line.block]
        if tier == "sure" or len(own) < _PARAGRAPH or _PARAGRAPH * blocks[line.block] > len(own):
            continue
        if line.block not in widths:
            widths[line.block] = sorted(len(sheet.lines[i].text) for i in own)[len(own) // 2]
        if len(line.text) >= _FILLED * widths[line.block]:
            found.append(index)
    return found


class _Subject:
    """What the running text of a document speaks of."""

    def __init__(self, sheet: Sheet, tiers: dict[int, str]) -> None:
        self._sheet, self._tiers = sheet, tiers

    @cached_property
    def _prose(self) -> list[str]:
        return [
            line.text.casefold()
            for i, line in enumerate(self._sheet.lines)
            if len(line.text) >= 2 * LONG and i not in self._tiers
        ]

    @cached_property
    def web(self) -> bool:
        """Whether it is about web pages and apps, so that their words can be its headings and steps."""
        speaking = sum(map(web_words, self._prose[:_SAMPLE]))
        return speaking >= 2 and speaking >= 0.15 * min(len(self._prose), _SAMPLE)

    @cached_property
    def scholarly(self) -> bool:
        """Whether it has an abstract, with which keywords belong."""
        return any(_ABSTRACT.match(line.text) for line in self._sheet.lines[:_SAMPLE])

    def speaks_of(self, line: str) -> bool:
        """Whether the running text has the words of a line, or two of them in a row, as below its heading."""
        phrase = fold_chrome(line)
        words = phrase.split()
        parts = [f"{a} {b}" for a, b in pairwise(words)] or [phrase]
        return any(part in text for text in self._prose for part in parts)


class _Run(NamedTuple):
    """Neighbouring lines of chrome, and what they are together."""

    lines: list[int]
    sure: bool
    """One of them is chrome wherever it stands."""
    last: bool
    """They end the document."""
    menu: bool
    """They are three or more that are chrome only in company, or a site's."""
    site: bool
    """They are a site's home and the names of its sections."""


def _run(sheet: Sheet, lines: list[int], tiers: dict[int, str], noise: frozenset[int]) -> _Run:
    kinds = [tiers[i] for i in lines]
    near = [k for k in kinds if k in ("near", "solo", "built")]
    after = lines[-1] + 1
    while after in noise:
        after += 1
    site = kinds.count("section") >= _SECTIONS and fold_chrome(sheet.lines[lines[0]].text) in _HOME
    return _Run(
        lines,
        sure="sure" in kinds or ("built" in kinds and sum(_WEIGHTS[k] for k in kinds) > _WEIGHTS["built"]),
        last=after == len(sheet.lines) and lines[0] > 0,
        menu=site or len(near) >= 2 or (len(near) + kinds.count("weak") >= 3 and bool(near)),
        site=site,
    )


_WEIGHTS: Final = {
    "sure": 3, "built": 3, "near": 2, "solo": 2, "pointer": 2, "weak": 1, "link": 1, "keys": 1, "section": 0,
}  # fmt: skip
"""What lines of the tiers weigh as company of others."""


def _runs(indices: list[int], noise: frozenset[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for index in indices:
        before = index - 1
        while runs and before in noise and before > runs[-1][-1]:
            before -= 1
        if runs and before == runs[-1][-1]:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


_Grade = tuple[float, Safety]
_UNSURE: Final[_Grade] = (0.75, Safety.UNSAFE)


def _judge(sheet: Sheet, index: int, tier: str, run: _Run, subject: _Subject) -> Mark | None:
    grade = _in_company(tier, run) or _alone(sheet, index, tier, run, subject)
    if grade is None:
        return None
    text = sheet.lines[index].text
    evidence = {"tier": tier, "beside": [sheet.lines[i].text for i in run.lines[:6] if i != index]}
    message = f'web page chrome "{text if len(text) <= 60 else text[:57] + "..."}"'
    return Mark(WEB_CHROME, message, *grade, (index,), evidence=evidence)


def _in_company(tier: str, run: _Run) -> _Grade | None:
    """How sure a line is chrome by its own tier and the lines beside it."""
    if tier == "sure":
        return 0.97, Safety.SAFE
    if tier in ("near", "solo", "built") and (run.sure or run.last or run.menu):
        return 0.96, Safety.SAFE
    company = {"weak": run.sure or run.menu, "section": run.site}
    return (0.95, Safety.SAFE) if company.get(tier, run.sure) else None


def _alone(sheet: Sheet, index: int, tier: str, run: _Run, subject: _Subject) -> _Grade | None:
    """How sure a line is chrome that stands between other lines of the text."""
    if tier == "built" and not sheet.alone(index) and sheet.lines[index].text.count(" ") >= _SENTENCE - 1:
        return None
    if tier in ("built", "pointer", "solo") and subject.web:
        return _UNSURE
    if tier in ("built", "pointer"):
        return 0.95, Safety.SAFE
    if tier == "keys":
        return _UNSURE if subject.scholarly else (0.95, Safety.SAFE)
    if tier == "solo":
        around = (run.lines[0] - 1, run.lines[-1] + 1)
        between = all(0 <= i < len(sheet.lines) and len(sheet.lines[i].text) >= 2 * LONG for i in around)
        spoken = between and subject.speaks_of(sheet.lines[index].text)
        return (0.95, Safety.SAFE) if between and not spoken else None
    return _UNSURE if tier == "link" else None
