"""Web page chrome: whole lines of buttons, forms, counters and notices that no author wrote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from ocrfix.detectors._noise_chrome_lines import (
    HOME,
    LONGEST,
    SECTIONS,
    chrome_tier,
    fold_chrome,
    may_have_notices,
)
from ocrfix.detectors._noise_lines import ENDINGS, LONG, Line, Mark, Sheet, wrapped
from ocrfix.detectors._noise_litter import Told, in_list, told_lines
from ocrfix.detectors._noise_rules import MODEL_CHATTER, WEB_CHROME
from ocrfix.detectors._noise_talk import talk_weight
from ocrfix.detectors._noise_vocabulary import web_words
from ocrfix.model import Safety

__all__ = ["web_chrome"]

_BODY: Final = 20  # characters of a line that can be an article's text
_PARAGRAPH: Final = 4  # lines of the shortest wrapped paragraph; one of as many may look like chrome
_SENTENCE: Final = 8  # words from which on a line among others is rather a sentence than a button
_FILLED: Final = 0.7  # share of a paragraph's usual line from which on a line fills its place
_SETTINGS: Final = 60  # lines of the longest settings at the head of a Markdown file
_SAMPLE: Final = 400  # lines that are looked at to see what a text is about
_SURE: Final = 0.96
_SURE_SENTENCE: Final = 0.98
"""How likely a line is that counts as litter for others, and that goes; and one that may be a sentence."""
_LIKELY: Final = 0.8
_EVEN: Final = 0.5
_TOLD_TOO: Final = ("built", "near", "solo")
"""How likely a line must be that is suggested, and one of these tiers that goes."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_WRITING: Final = re.compile(r"\b(?:chữ (?!ký)|dấu (?!hiệu|vết|ấn)|[kc]ý tự|kí tự|nét bút|phụ âm|nguyên âm)")
_SPOKEN: Final = re.compile(
    r"(?:(?:chúng )?(?:tôi|ta|mình|em|con|cháu)|anh|chị|ông|bà|cô|bác|họ) .{6,}[.!?]$", re.IGNORECASE
)
"""A sentence of somebody, as interviews have them."""
_OFTEN: Final = 4  # lines that speak of writing in a text that is about it
_STEP: Final = re.compile(r"(?:bước|cách|step) \d{1,2}\b", re.IGNORECASE)
_EACH: Final = 6  # lines of chrome for each line of running text that a page around an article has at most
_TURNS: Final = 4
_BETWEEN: Final = 2
"""Runs from which on a document may be a glossary, and lines between two of them that it has at most."""
_ABSTRACT: Final = re.compile(r"\W{0,3}(?:tóm tắt|abstract|summary|keywords?)\b", re.IGNORECASE)


def web_chrome(sheet: Sheet, noise: frozenset[int]) -> list[Mark]:
    """Lines of page chrome; ``noise`` are lines that are other noise, and do not part a run of chrome."""
    tiers = tiers_of(sheet)
    start = after_front_matter(sheet)
    chances, told = told_lines(sheet, tiers, noise)
    told = {i: one for i, one in told.items() if i >= start and one.likely >= _LIKELY}
    if not tiers and not told:
        return []
    for index, one in told.items():
        if one.likely >= _SURE and index not in tiers:
            tiers[index] = "told"
    running = sum(len(line.text) >= 2 * LONG and i not in tiers for i, line in enumerate(sheet.lines))
    body = len(tiers) <= _EACH * max(1, running) and any(
        len(line.text) >= _BODY and i not in tiers and i not in noise for i, line in enumerate(sheet.lines)
    )
    found = []
    subject = _Subject(sheet, tiers)
    for run in (_run(sheet, lines, tiers, noise) for lines in _runs(sorted(tiers), noise)):
        found += [mark for i in run.lines if (mark := _judge(sheet, i, tiers[i], run, subject))]
    alternates = _alternates(sheet, tiers)
    if alternates:
        found = [m if tiers[m.lines[0]] == "sure" else _doubted(m) for m in found]
    found = [_doubted(m) if _is_unlikely(sheet, m.lines[0], tiers, chances) else m for m in found]
    safe = {m.lines[0] for m in found if m.safety is Safety.SAFE}
    found = [m for m in found if m.lines[0] in safe or m.lines[0] not in told]
    found += [
        _told_mark(sheet, i, one, subject, alternates=alternates) for i, one in told.items() if i not in safe
    ]
    if body:
        return found
    # A list of such words, or nothing but them: not a page around an article.
    return [_doubted(m) for m in found]


def tiers_of(sheet: Sheet) -> dict[int, str]:
    """The lines that lists, words or forms know, and their tiers, by number."""
    tiers = {}
    start = after_front_matter(sheet)
    notices = may_have_notices(sheet.text)
    for index, line in enumerate(sheet.lines):
        if (
            index >= start
            and len(line.text) <= LONGEST
            and not wrapped(sheet, index)
            and (tier := chrome_tier(line.text, notices=notices))
        ):
            tiers[index] = tier
    for index in _in_paragraphs(sheet, tiers):
        del tiers[index]
    return tiers


def _is_unlikely(sheet: Sheet, index: int, tiers: Mapping[int, str], chances: Mapping[int, float]) -> bool:
    """Whether the page speaks against a line that its words alone tell; letters alone have no words."""
    words = _WORD.findall(sheet.lines[index].text)
    return tiers[index] in _TOLD_TOO and chances.get(index, 1.0) < _EVEN and bool(words)


def _doubted(mark: Mark) -> Mark:
    return replace(mark, safety=Safety.UNSAFE, confidence=min(mark.confidence, 0.7))


def _alternates(sheet: Sheet, tiers: dict[int, str]) -> bool:
    """Whether words of web pages take turns with short lines, as in a glossary."""
    runs = _runs(sorted(tiers), frozenset())
    gaps = [(a[-1] + 1, b[0]) for a, b in pairwise(runs)]
    short = sum(
        b - a <= _BETWEEN and all(len(sheet.lines[i].text) < 4 * LONG for i in range(a, b)) for a, b in gaps
    )
    return len(runs) >= _TURNS and 2 * short > len(gaps)


def after_front_matter(sheet: Sheet) -> int:
    """The first line behind the settings with which a Markdown file may begin, between two lines "---"."""
    if not sheet.lines or sheet.lines[0].text != "---":
        return 0
    for index, line in enumerate(sheet.lines[1:_SETTINGS], 1):
        if line.text == "---":
            return index + 1
    return 0


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


def _told_mark(sheet: Sheet, index: int, one: Told, subject: _Subject, *, alternates: bool) -> Mark:
    """A line that is told to be litter."""
    text = sheet.lines[index].text
    about = subject.web if one.kind == "chrome" else subject.reading
    sentence = one.kind == "chrome" and text[-1] in ENDINGS and text.count(" ") >= _SENTENCE - 1
    sure = one.likely >= (_SURE_SENTENCE if sentence else _SURE) and not about and not alternates
    grade = (min(one.likely, 0.97), Safety.SAFE) if sure else (min(one.likely, 0.9), Safety.UNSAFE)
    rule, name = (
        (WEB_CHROME, "web page chrome") if one.kind == "chrome" else (MODEL_CHATTER, "a model's remark")
    )
    message = f'{name} "{text if len(text) <= 60 else text[:57] + "..."}"'
    return Mark(rule, message, *grade, (index,), evidence={"tier": "told", "likely": round(one.likely, 3)})


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
    def _speaking(self) -> list[str]:
        return [
            line.text.casefold()
            for i, line in enumerate(self._sheet.lines)
            if len(line.text) >= LONG and i not in self._tiers and self._is_prose(line)
        ][:_SAMPLE]

    @staticmethod
    def _is_prose(line: Line) -> bool:
        """Whether a line is a sentence, which a notice of the page that no list knows mostly is not."""
        return len(line.text) >= 2 * LONG and line.text[-1] in ENDINGS

    @cached_property
    def web(self) -> bool:
        """Whether it is about web pages and apps, so that their words can be its headings and steps."""
        if sum(_STEP.match(line.text) is not None for line in self._sheet.lines[:_SAMPLE]) > 1:
            return True
        speaking = sum(map(web_words, self._speaking))
        return speaking >= (0.15 if speaking > 1 else 0.25) * max(1, len(self._speaking))

    @cached_property
    def reading(self) -> bool:
        """Whether it is about pictures, writing and the reading of texts."""
        written = sum(_WRITING.search(text) is not None for text in self._speaking)
        if written >= _OFTEN and written >= 0.25 * len(self._speaking):
            return True
        classes = [talk_weight(text)[1] for text in self._speaking]
        speaking = sum(bool(c & {"reading", "given", "model"}) for c in classes)
        return speaking >= 2 and speaking >= 0.15 * len(self._speaking)

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
    weight = sum(_WEIGHTS[k] for k in kinds)
    after = lines[-1] + 1
    while after in noise:
        after += 1
    site = kinds.count("section") >= SECTIONS and fold_chrome(sheet.lines[lines[0]].text) in HOME
    return _Run(
        lines,
        sure="sure" in kinds
        or "told" in kinds
        or ("built" in kinds and weight > _WEIGHTS["built"])
        or (bool(near) and len(lines) >= _COMPANY and weight >= _TOGETHER),
        last=after == len(sheet.lines) and lines[0] > 0,
        menu=site or len(near) >= 2 or (len(near) + kinds.count("weak") >= 3 and bool(near)),
        site=site,
    )


_WEIGHTS: Final = {
    "sure": 3, "built": 3, "near": 2, "solo": 2, "pointer": 2, "weak": 1, "link": 1, "keys": 1, "section": 0,
    "told": 3,
}  # fmt: skip
"""What lines of the tiers weigh as company of others."""
_COMPANY: Final = 3
_TOGETHER: Final = 5
"""Lines and weight from which on a run is sure without any line that is so by itself."""


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
    own = tier == "solo" and not (run.sure or run.menu) and subject.speaks_of(sheet.lines[index].text)
    if grade and tier != "sure" and (own or subject.web or _belongs(sheet, index, run)):
        grade = min(grade, _UNSURE)
    if grade is None:
        return None
    text = sheet.lines[index].text
    evidence = {"tier": tier, "beside": [sheet.lines[i].text for i in run.lines[:6] if i != index]}
    message = f'web page chrome "{text if len(text) <= 60 else text[:57] + "..."}"'
    return Mark(WEB_CHROME, message, *grade, (index,), evidence=evidence)


def _belongs(sheet: Sheet, index: int, run: _Run) -> bool:
    """Whether a line is rather said by somebody, the rest of a sentence, or one of a list of short lines."""
    text = sheet.lines[index].text
    if text.count('"') % 2 or text.count("“") != text.count("”") or (text[0].islower() and text[-1] in ".!?"):
        return True
    if run.sure or run.site:
        return False
    return _SPOKEN.match(text) is not None or in_list(sheet.lines, index, run.lines)


def _in_company(tier: str, run: _Run) -> _Grade | None:
    """How sure a line is chrome by its own tier and the lines beside it."""
    if tier == "sure":
        return 0.97, Safety.SAFE
    if tier in ("near", "solo", "built") and (run.sure or run.last or run.menu):
        return 0.96, Safety.SAFE
    company = {"weak": run.sure or run.menu, "section": run.site, "told": False}
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
