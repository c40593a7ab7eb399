"""Web page chrome and template placeholders: whole lines that no author wrote."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any, Final, NamedTuple

from ocrfix._data import data_path
from ocrfix.detectors._noise_lines import ENDINGS, LONG, Mark, Sheet
from ocrfix.detectors._noise_rules import TEMPLATE_PLACEHOLDER, WEB_CHROME
from ocrfix.model import Safety, Span

__all__ = ["fold_chrome", "placeholders", "web_chrome"]

_LONGEST: Final = 200  # characters of the longest line compared with the phrases
_LINK: Final = 140  # characters of the longest pointer to another article
_BODY: Final = 20  # characters of a line that can be an article's text
_TAIL: Final = 12  # lines at the end among which a phrase may stand that is chrome only there

_EDGES: Final = " \t\u00a0»›>|•·●▪*→←↑↓▼▲✓✔☰✕×+-–—:.,!?_#\u200b[]"
_DIGITS: Final = re.compile(r"\d+(?:[.,]\d+)*[km]?\b")
_LISTED: Final = re.compile(r"(?:\d{1,3}|[a-zđA-ZĐ]|[ivxIVX]{1,4})[.)]\s")
_COPYRIGHT: Final = re.compile(
    r"(?:copyright\s*)?(?:©|\(c\)|copyright)\s*(?:copyright\s*)?(?:bản quyền\s*)?(?:by\s*)?(?:19"
    r"|20)\d\d\b.{0,120}"
    r"|.{0,80}\ball rights reserved\b.{0,60}"
    r"|.{0,60}(?:©|\(c\)|®)\s*bản quyền thuộc (?:về|báo|công ty)\b.{0,100}"
    r"|(?:©|\(c\))\s*(?:giữ )?bản quyền (?:nội dung )?(?:thuộc|của)\b.{0,80}"
    r"|(?:ghi rõ nguồn|vui lòng ghi rõ nguồn|đề nghị ghi rõ nguồn) .{1,60} khi (?:phát hành lại|sử dụng lại"
    r"|trích dẫn lại) (?:thông tin|nội dung) (?:từ|trên|của) (?:website|trang|báo|cổng).{0,60}",
    re.IGNORECASE,
)
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
    """How sure it is that the line is chrome: "sure", "near", "weak", "section", "link" or None."""
    if len(text) > _LONGEST or _LISTED.match(text):
        return None
    phrases = _phrases()
    folded = fold_chrome(text)
    tier = phrases.whole.get(folded)
    if tier is not None:
        return tier
    first = folded.split(" ", 1)[0].strip(_EDGES)
    for start, open_tier in phrases.openings.get(first, ()):
        if folded.startswith(start) and (open_tier != "link" or len(text) <= _LINK):
            return open_tier
    if (
        "©" in text or "(c)" in folded or "copyright" in folded or "rights" in folded or "ghi rõ" in folded
    ) and (_COPYRIGHT.fullmatch(text)):
        return "sure"
    if folded.startswith(("trang chủ", "home", "trang nhất")) and _CRUMBS.fullmatch(text):
        return "sure"
    return None


def web_chrome(sheet: Sheet, noise: frozenset[int]) -> list[Mark]:
    """Lines of page chrome; ``noise`` are lines that are other noise, and do not part a run of chrome."""
    tiers = {}
    for index, line in enumerate(sheet.lines):
        if len(line.text) <= _LONGEST and (tier := _tier(line.text)) and not _wrapped(sheet, index):
            tiers[index] = tier
    if not tiers:
        return []
    body = any(
        len(line.text) >= _BODY and i not in tiers and i not in noise for i, line in enumerate(sheet.lines)
    )
    found = []
    for lines in _runs(sorted(tiers), noise):
        run = _run(sheet, lines, tiers, noise)
        found += [mark for i in lines if (mark := _judge(sheet, i, tiers[i], run))]
    if body:
        return found
    # A list of such words, or nothing but them: not a page around an article.
    return [replace(m, safety=Safety.UNSAFE, confidence=min(m.confidence, 0.7)) for m in found]


_HOME: Final = ("trang chủ", "trang nhất", "home")
_SECTIONS: Final = 3
"""Section names from which on, in one run that begins with the home page, they are a site's menu."""


def _wrapped(sheet: Sheet, index: int) -> bool:
    """Whether the line is a piece of a sentence that runs over several lines of its block."""
    line, own = sheet.lines[index], sheet.ranges[sheet.lines[index].block]
    before = sheet.lines[index - 1].text if index > own.start else "."
    after = sheet.lines[index + 1].text if index + 1 < own.stop else "."
    if len(before) >= LONG and before[-1] not in ENDINGS and not line.text[0].isupper():
        return True
    return line.text[-1] not in ENDINGS and after[0].islower()


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
    after = lines[-1] + 1
    while after in noise:
        after += 1
    site = kinds.count("section") >= _SECTIONS and fold_chrome(sheet.lines[lines[0]].text) in _HOME
    return _Run(
        lines,
        sure="sure" in kinds,
        last=after == len(sheet.lines) and lines[0] > 0,
        menu=site or (kinds.count("near") + kinds.count("weak") >= 3 and "near" in kinds),
        site=site,
    )


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


def _judge(sheet: Sheet, index: int, tier: str, run: _Run) -> Mark | None:
    safety = Safety.SAFE
    if tier == "sure":
        confidence = 0.97
    elif tier == "near" and (run.sure or run.last or run.menu):
        confidence = 0.96
    elif {"weak": run.sure or run.menu, "section": run.site, "link": run.sure}.get(tier):
        confidence = 0.95
    elif tier == "link":
        safety, confidence = Safety.UNSAFE, 0.75
    else:
        return None
    text = sheet.lines[index].text
    evidence = {"tier": tier, "beside": [sheet.lines[i].text for i in run.lines[:6] if i != index]}
    message = f'web page chrome "{text if len(text) <= 60 else text[:57] + "..."}"'
    return Mark(WEB_CHROME, message, confidence, safety, (index,), evidence=evidence)


_NAME: Final = r"[A-Za-z_][\w.\-]{1,40}"
_HOLE: Final = (
    rf"\{{\{{\{{?[ -z|]{{1,60}}\}}?\}}\}}|\{{%[^{{}}\n]{{1,60}}%\}}|\$\{{{_NAME}\}}|\{{{_NAME}\}}"
    rf"|\[\[{_NAME}\]\]|<%[=\-]?[^<>%\n]{{1,60}}%>|%\({_NAME}\)[sd]|%%{_NAME}%%|@@{_NAME}@@|#\{{{_NAME}\}}"
    r"|\[object (?:Object|HTML\w{1,20}|Array)\]|(?<![\d\w])%[sd]\b|\{\d{1,2}\}"
)
_HOLES: Final = re.compile(_HOLE)
_LITTER: Final = re.compile(r"(?:undefined|null|NaN|NULL|function\(\) \{ \[native code\] \})")
_LOREM: Final = re.compile(r"lorem ipsum dolor sit amet\b", re.IGNORECASE)
_CODE: Final = re.compile(
    r"[;{]\s*$|^\s*[}\])];?,?$|=>|==|::|\b(?:def|function|class|return|import|printf?|var|const|let|echo"
    r"|SELECT|void|int|char|format)\b[\s(\"']"
    r"|\w\(.*\)\s*;?$|</?\w+[^>]*>|^\s*[#$]\s|\\[a-z]{2,}|\$\$|[\^_]\{|\w\s*=\s*[\"'\[{(\w]"
)
_LABEL: Final = 40  # characters of label that may stand beside the placeholders of a line


def placeholders(sheet: Sheet) -> list[Mark]:
    """Placeholders that a template engine left unfilled."""
    text = sheet.text
    if not any(
        sign in text for sign in ("{", "[[", "[object", "<%", "%", "@@", "undefined", "null", "NaN")
    ) and ("orem ipsum" not in text and "OREM IPSUM" not in text):
        return []
    found = []
    filler = -1  # the last line of filler text so far
    for index, line in enumerate(sheet.lines):
        body = line.text
        if index <= filler:
            continue
        if _LOREM.match(body) and body.isascii():
            lines = _lorem_lines(sheet, index)
            found.append(_hole_mark(f'filler text "{body[:40]}"', 0.98, Safety.SAFE, lines))
            filler = lines[-1]
        elif len(body) <= 40 and _LITTER.fullmatch(body):
            if sheet.alone(index) and not _codelike(sheet, index):
                sure = body.startswith(("undefined", "function"))
                found.append(
                    _hole_mark(f'litter of a script "{body}"', 0.96 if sure else 0.75,
                               Safety.SAFE if sure else Safety.UNSAFE, (index,))
                )  # fmt: skip
        elif any(sign in body for sign in ("{", "[[", "[object", "<%", "%", "@@")):
            found += _in_line(sheet, index)
    return found


def _hole_mark(
    message: str,
    confidence: float,
    safety: Safety,
    lines: tuple[int, ...] = (),
    span: Span | None = None,
    **facts: object,
) -> Mark:
    return Mark(TEMPLATE_PLACEHOLDER, message, confidence, safety, lines, span, facts)


def _lorem_lines(sheet: Sheet, index: int) -> tuple[int, ...]:
    """The filler text's line and the lines of its block that go on with it in Latin."""
    block = sheet.ranges[sheet.lines[index].block]
    last = index
    while (
        last + 1 < block.stop
        and sheet.lines[last + 1].text.isascii()
        and (sheet.lines[last].text[-1] not in ".!?" or _LOREM.match(sheet.lines[last + 1].text))
    ):
        last += 1
    return tuple(range(index, last + 1))


def _codelike(sheet: Sheet, index: int) -> bool:
    near = range(max(0, index - 2), min(len(sheet.lines), index + 3))
    return any(_CODE.search(_HOLES.sub("", sheet.lines[i].text[:300])) for i in near)


def _in_line(sheet: Sheet, index: int) -> list[Mark]:
    line = sheet.lines[index]
    holes = [m for m in _HOLES.finditer(line.text) if m.group() not in ("%s", "%d") or len(line.text) < 80]
    if not holes or (len(holes) > 40) or _codelike(sheet, index):
        return []
    rest = _HOLES.sub("", line.text)
    letters = sum(c.isalpha() for c in rest)
    names = [m.group() for m in holes]
    facts: dict[str, Any] = {"placeholders": names[:10]}
    weak = all(re.fullmatch(r"\{\d{1,2}\}|%[sd]|\{[A-Za-z_]\w?\}|\[\[.*\]\]", n) for n in names)
    if not letters:
        if weak:
            return [_hole_mark(f"unfilled placeholder {names[0]}", 0.75, Safety.UNSAFE, (index,), **facts)]
        return [_hole_mark(f"unfilled placeholder {names[0]}", 0.97, Safety.SAFE, (index,), **facts)]
    if weak:
        return [
            _hole_mark(f"unfilled placeholder {m.group()}", 0.4, Safety.DISPLAY,
                       span=Span(line.start + m.start(), line.start + m.end()), **facts)
            for m in holes
        ]  # fmt: skip
    label = rest.strip(" \t:-–—|,.")
    if len(label) <= _LABEL and rest.rstrip(" -–—|,.").endswith(":") and len(holes) == 1:
        return [
            _hole_mark(
                f"a label with an unfilled placeholder {names[0]}", 0.8, Safety.UNSAFE, (index,), **facts
            )
        ]
    return [
        _hole_mark(
            f"unfilled placeholder {m.group()}", 0.5, Safety.DISPLAY,
            span=Span(line.start + m.start(), line.start + m.end()), **facts,
        )
        for m in holes
    ]  # fmt: skip
