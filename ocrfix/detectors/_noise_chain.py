"""How likely each line of a document is litter, by its own words and by the lines before and after it.

A chain of two states, text and litter, as a hidden Markov model has them (Rabiner 1989): what a line weighs
speaks for itself, and what its neighbours weigh for all of a run. The odds come from one pass forward and one
backward.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from itertools import pairwise
from math import exp
from typing import Final, NamedTuple

from ocrfix.detectors._noise_concepts import english_talk
from ocrfix.detectors._noise_lines import ENDINGS, Line, Sheet, wrapped
from ocrfix.detectors._noise_talk import strangeness, talk_weight
from ocrfix.detectors._noise_vocabulary import names_column
from ocrfix.detectors._noise_weights import line_weight, possible_kinds, speaks

__all__ = ["Told", "in_list", "told_lines", "weigh"]

_LEAST: Final = 0.0
_LEAST_LAST: Final = -1.5
"""Weights from which on a line can be litter, and one behind the running text."""
_SCALE: Final = 2.5
_SHIFT: Final = 0.6
"""From the weight of a line to the odds of the chain, in natural logs.

Of 30,000 lines of right text 400 weigh 0 or more as page chrome, 30 more than 2, and 7, most of them chrome
indeed, more than 3."""
_BEGINS: Final = 0.01
_STAYS: Final = 0.7
_FIRST: Final = 0.03
_LAST: Final = 4.0
"""Chances that a run of litter begins, goes on, and begins a document; how much more often one ends it."""
_PROSE: Final = 50  # characters of a line of running text
_LISTED: Final = re.compile(
    r"(?:\d{1,3}|[a-zđA-ZĐ]|[ivxIVX]{1,4})[.)]\s|[-–•+*o☐☑✓]\s|\d{1,2}\s?[:h]\s?\d\d\b(?!\s?/)"
)
_DATELINE: Final = re.compile(
    r"(?=.*(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|tháng \d))"
    r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|ngày|tháng|năm|lúc|sáng|chiều|tối|giờ|phút|gmt"
    r"|[\dh/.:,|()+–•\s-])+$",
    re.IGNORECASE,
)
_SECTION: Final = re.compile(r"(={1,4})[^=\d]+\1$")  # a heading in the markup of wikis
_BLANKS: Final = re.compile(r"\.{5,}|…{2,}|_{2,}")
_FILLED_IN: Final = re.compile(r"(?:\. ?){5,}|…{2,}|_{2,}|[☐□]|\|_")
_CREDIT: Final = re.compile(
    r"(?:(?:tin|bài|ảnh|hình|tranh|video|clip|đồ họa|minh họa|nguồn|tác giả|thực hiện|biên dịch|ghi)"
    r"\b.{0,20}:"
    r"|theo (?!dõi)|pv\b|ctv\b|phóng viên\b|ban biên tập$|tòa soạn$|(?:chú giải|chú thích|ghi chú) \d"
    r"|.{1,40}\((?:t/h|th|tổng hợp|ghi|thực hiện|theo .{1,20})\)$)",
    re.IGNORECASE,
)
_CONTACT: Final = re.compile(
    r"(?:hotline|website|web|e-?mail|fanpage|facebook|zalo|đt|tel|điện thoại|fax|địa chỉ|trụ sở|liên hệ|mst)"
    r"\b.{0,30}[:\d@/]",
    re.IGNORECASE,
)
_ADDRESSED: Final = 0.0  # the most that an address weighs: a notice or an advert in the text has one too
_NEVER: Final = '“"‘|`~'  # signs that begin no line of litter but a row of a table or a fence
_OPENED: Final = "[(*_<|{"
_LONGEST: Final = 140  # characters of the longest line that can be litter
_LONG: Final = 65
_PER_LETTER: Final = 0.04
"""Characters from which on a line may be a sentence of the text, and what each further one takes off."""
_AROUND: Final = 20
_SHARED: Final = 3.0
"""Lines around one in which its pairs of words are looked for, and what it loses if all are there."""
_HEADING: Final = 6  # blanks in the longest line of bare words that may head the paragraph below it
_SHORT: Final = 4  # and in the longest that is likely to be a heading
_HEADED: Final = 1.3
_SUBTITLED: Final = 2.8
"""The most that a shorter and a longer one weighs: enough in company, and at a document's ends."""
_STRANGE: Final = 0.4  # share of a remark's words from which on it speaks of more than its page
_SAID: Final = frozenset(("defect", "reading", "model", "self", "you", "given"))
_PLAIN: Final = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")
_NAME: Final = re.compile(
    r"(?-i:[A-ZĐÀ-Ỹ])[^\W\d_]+(?: (?-i:[A-ZĐÀ-Ỹ])[^\W\d_]*){1,4}(?: ?[-–,] ?(?-i:[A-ZĐÀ-Ỹ]).{1,30})?"
)
_CAPITAL: Final = re.compile(r"(?<=[^\W\d_] )[A-ZĐÀ-Ỹ](?=[^\W\d_]*[a-zđà-ỹ])")
_NAMED: Final = 2  # words with a capital inside a remark, at most; more are names or a title
_INVITES: Final = re.compile(r"(?:(?:kính|xin) )?mời\b|đón xem|thông tin chi tiết\b", re.IGNORECASE)
_POINTS: Final = re.compile(
    r"\W*(?:continued|see|turn|tiếp|xem tiếp|còn tiếp|hình|bảng|ảnh|figure|table)\b[^\d]{0,20}\d+\W*$",
    re.IGNORECASE,
)
_TITLE: Final = 4  # blanks in a line from which on it may be a headline
_SURELY: Final = 3.0  # weight up to which such a line before its article is one
_FOREIGN: Final = 6  # lines without a Vietnamese letter from which on they are the document's own
_SAFE: Final = 0.7
_DOUBTFUL: Final = 0.9
"""Weight from which on a line is surely litter in company, and how likely others are at most."""
_ITEMS: Final = 3  # short lines in a row that make a list
_NOTHING: Final = -9.0
_HALF, _SURE = 0.5, 0.95
_ROUNDS: Final = 4
_MANY: Final = 8  # lines that may be litter for each one of running text
_NUMBERS: Final = re.compile(r"[\d.,]*\d")
_LETTERS: Final = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")
_WORDS: Final = re.compile(r"[^\W\d_]+")


class Told(NamedTuple):
    """What a line is told to be: its kind ("chrome" or "remark"), and how likely."""

    kind: str
    likely: float


class _Weighed(NamedTuple):
    kind: str
    weight: float


def weigh(text: str, least: float = _LEAST) -> _Weighed | None:
    """The kind of litter that a line weighs most as, and its weight; None for less than ``least``.

    >>> weigh("Đăng ký để nhận bản tin mỗi sáng").kind, weigh("Bà con xã Tân Lập gặt lúa")
    ('chrome', None)
    """
    if not 1 < len(text) <= _LONGEST or text[0] in _NEVER or not any(map(str.isalpha, text)):
        return None
    lost = _PER_LETTER * max(0, len(text) - _LONG)
    weights = (_Weighed(kind, line_weight(text, kind)) for kind in possible_kinds(text))
    best = max(weights, key=_by_weight, default=None)
    if (
        best is None
        or best.weight < least
        or _is_content(text, best.kind)
        or (best.kind == "chrome" and not speaks(text, "chrome"))
    ):
        return None
    if _CONTACT.match(text) or _NAME.fullmatch(text):
        return best._replace(weight=min(best.weight, _ADDRESSED))
    weight = best.weight - lost
    if best.kind == "remark" and len(_CAPITAL.findall(text)) > _NAMED:
        weight = min(weight, _HEADED)
    if best.kind == "remark" and text[0] not in _OPENED and text[-1] != ":" and _is_statement(text):
        weight = min(weight, _SUBTITLED)
    if _INVITES.match(text):
        weight = min(weight, _HEADED)
    blanks = text.count(" ")
    if blanks <= _HEADING and _PLAIN.fullmatch(text.rstrip(" *:.")):
        weight = min(weight, _HEADED if blanks <= _SHORT or names_column(text) else _SUBTITLED)
    return best._replace(weight=weight)


def _is_statement(text: str) -> bool:
    """Whether a sentence speaks of more than its page, or neither of reading nor of who reads."""
    return strangeness(text, _STRANGE) > _STRANGE or talk_weight(text.casefold())[1].isdisjoint(_SAID)


def _by_weight(one: _Weighed) -> float:
    return one.weight


def _is_content(text: str, kind: str) -> bool:
    """Whether a line has a form of content: list items, blanks to fill in, credits, quotations."""
    if (
        any(form.match(text) for form in (_LISTED, _CREDIT, _POINTS, _SECTION, _DATELINE))
        or _BLANKS.search(text)
        or " = " in text
    ):
        return True
    if kind == "chrome":
        return '"' in text or "“" in text
    if text.isascii() and text.count(" ") > 1 and not _speaks_of_pages(text):
        return True
    return "[" in text and text[0] not in _OPENED


def _speaks_of_pages(text: str) -> bool:
    talk = english_talk(text, note=True)
    return talk is not None and talk.reading + talk.things > 0


def in_list(lines: Sequence[Line], index: int, told: Container[int]) -> bool:
    """Whether a line that may be litter stands among short lines that are none, as those of lists."""
    for step in (-1, 1):
        place = index + step
        while 0 <= place < len(lines) and place in told:
            place += step
        beside = [lines[i].text for i in range(place, place + _ITEMS * step, step) if 0 <= i < len(lines)]
        if len(beside) == _ITEMS and all(len(t) < _PROSE and t[-1] not in ENDINGS for t in beside):
            return True
    return False


def _is_article(sheet: Sheet, weighed: Mapping[int, object]) -> bool:
    """Whether a document is running text: forms, tables and glossaries have short lines of their own."""
    if any(_FILLED_IN.search(line.text) for line in sheet.lines):
        return False
    others = [line.text for i, line in enumerate(sheet.lines) if i not in weighed]
    prose = sum(len(text) >= _PROSE for text in others)
    ended = sum(len(text) >= _PROSE and text[-1] in ENDINGS for text in others)
    labels = sum(":" in text[:_PROSE] for text in others if len(text) < 2 * _PROSE)
    return 10 * ended >= prose >= max(2, labels, len(others) - prose) and _MANY * max(ended, 2) >= len(
        weighed
    )


def _shared(sheet: Sheet, index: int, weighed: Mapping[int, object]) -> float:
    """The share of a line's pairs of words that stand in the running text around it, too."""
    words = _WORDS.findall(sheet.lines[index].text.casefold())
    pairs = {f"{a} {b}" for a, b in pairwise(words)}
    if not pairs:
        return 0.0
    near = range(max(0, index - _AROUND), min(len(sheet.lines), index + _AROUND + 1))
    text = "\n".join(sheet.lines[i].text for i in near if i not in weighed).casefold()
    return sum(pair in text for pair in pairs) / len(pairs)


def _moulded(sheet: Sheet, weighed: Mapping[int, object]) -> list[int]:
    """The lines that say what another line says, or stand beside one with numbers in the same places."""
    texts = Counter(line.text for line in sheet.lines)
    last = len(sheet.lines) - 1
    found = []
    for index in weighed:
        text = sheet.lines[index].text
        mould = _mould(text)
        beside = (
            _mould(sheet.lines[i].text) for i in (max(0, index - 1), min(last, index + 1)) if i != index
        )
        if texts[text] > 1 or (mould != "a" and "|" not in mould and mould in beside):
            found.append(index)
    return found


def _mould(text: str) -> str:
    """The signs and numbers of a line, its words left out."""
    return _LETTERS.sub("a", _NUMBERS.sub("#", text)).rstrip(".")


def _own_foreign(sheet: Sheet, weighed: Mapping[int, object]) -> bool:
    """Whether lines without a Vietnamese letter are a part of the document."""
    foreign = [i for i, line in enumerate(sheet.lines) if line.text.isascii() and line.text.count(" ") > 1]
    return len(foreign) > _FOREIGN or sum(i not in weighed for i in foreign) > 1


def told_lines(sheet: Sheet, known: Mapping[int, float], gone: frozenset[int]) -> dict[int, Told]:
    """How likely lines are litter that no list knows.

    Parameters: ``known``, the weights of lines that lists know; ``gone``, lines that go anyway and part
    nothing. Lines with a chance of a half or more are told.
    """
    lines = sheet.lines
    last = next((i for i in range(len(lines) - 1, -1, -1) if len(lines[i].text) >= _PROSE), 0)
    weighed = {
        i: one
        for i, line in enumerate(lines)
        if i not in gone
        and (one := weigh(line.text, _LEAST if i <= last else _LEAST_LAST))
        and not wrapped(sheet, i)
    }
    if not weighed or not _is_article(sheet, weighed):
        return {}
    if _own_foreign(sheet, weighed):
        weighed = {i: w for i, w in weighed.items() if not lines[i].text.isascii()}
    for index in _moulded(sheet, weighed):
        del weighed[index]
    weights = dict(known)
    first = next((i for i, line in enumerate(lines) if len(line.text) >= _PROSE and i not in weighed), 0)
    for index, one in weighed.items():
        weight = max(one.weight - _SHARED * _shared(sheet, index, weighed), known.get(index, _NOTHING))
        if index >= first or weight >= _SURELY or lines[index].text.count(" ") < _TITLE:
            weights[index] = weight
    kinds = {i: one.kind for i, one in weighed.items()}
    return _told(lines, weights, kinds, gone)


def _told(
    lines: Sequence[Line], weights: Mapping[int, float], kinds: Mapping[int, str], gone: frozenset[int]
) -> dict[int, Told]:
    """The lines of some kinds that are likely, when what is sure is taken out until nothing more is."""
    odds = {i: exp(_SCALE * weight + _SHIFT) for i, weight in weights.items()}
    left = [i for i in range(len(lines)) if i not in gone]
    found: dict[int, Told] = {}
    for _ in range(_ROUNDS):
        chances = zip(left, _likely([odds.get(i, 0.0) for i in left]), strict=True)
        likely = {i: share for i, share in chances if share >= _HALF and i in kinds}
        for index, share in likely.items():
            doubtful = weights.get(index, _NOTHING) < _SAFE or in_list(lines, index, odds)
            known = found[index].likely if index in found else 0.0
            found[index] = Told(kinds[index], max(known, min(share, _DOUBTFUL) if doubtful else share))
        sure = {i for i, share in likely.items() if share >= _SURE}
        if not sure:
            break
        left = [i for i in left if i not in sure]
    return found


def _likely(odds: list[float]) -> list[float]:
    """The chance of each line of a chain to be litter, from the odds of its own.

    >>> [round(p, 2) for p in _likely([0.0, 300.0, 300.0, 0.0])], round(_likely([0.0, 300.0, 0.0])[1], 2)
    ([0.0, 0.99, 0.99, 0.0], 0.48)
    """
    forward: list[float] = []
    before, begins = 0.0, _FIRST
    for own in odds:
        before = own * (before * _STAYS + begins) / (before * (1 - _STAYS) + 1 - begins)
        forward.append(before)
        begins = _BEGINS
    found = []
    after = _LAST
    for place in range(len(odds) - 1, -1, -1):
        both = forward[place] * after
        found.append(both / (1 + both))
        own = odds[place] * after
        after = (own * _STAYS + 1 - _STAYS) / (own * _BEGINS + 1 - _BEGINS)
    return found[::-1]
