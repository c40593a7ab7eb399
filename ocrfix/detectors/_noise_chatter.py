"""What a model says about the document it reads, in place of or beside reading it."""

from __future__ import annotations

import re
from typing import Final

from ocrfix.detectors._noise_brackets import brackets, label
from ocrfix.detectors._noise_concepts import chinese_talk
from ocrfix.detectors._noise_english import english_marks, english_remarks
from ocrfix.detectors._noise_lines import Mark, Sheet
from ocrfix.detectors._noise_remarks import LABEL, OPENING, marked, short
from ocrfix.detectors._noise_tags import fences, tags, wrappers
from ocrfix.detectors._noise_vietnamese import LIST_STARTS, REMARK_STARTS, glued_remark, vietnamese_remark
from ocrfix.model import Safety, Span
from ocrfix.vietnamese.letters import letter

__all__ = ["chatter"]

_VIETNAMESE: Final = 0.02
"""Share of letters with marks from which on a document is Vietnamese; running text has over 0.2."""
_REMARK: Final = 500  # characters of the longest remark of one line
_RULE: Final = re.compile(r"(?:[-*_=]\s?){3,}")
_CJK: Final = re.compile(
    r"[\[(（【*_]{0,3}[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]"
    r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af\uff00-\uffef\u2010-\u2026"
    r"\w \t,.:;!?()\[\]*-]*"
)
_TAGS: Final = ("<", "![", "[MISSING")
"""What every tag has."""
_FOREIGN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]")
_HIGH: Final = bytes(range(0xE3, 0xEE))
"""The bytes that characters from U+3000 to U+DFFF begin with in UTF-8, and no Vietnamese letter has."""
_FEW: Final = 3  # lines of Chinese up to which one that speaks of a page is no part of the text
_EASTERN: Final = 12
"""Lines of Chinese (Japanese, Korean) up to which a document is not one that has them as its own."""


def _is_vietnamese(text: str) -> bool:
    sample = text if len(text) < 20000 else text[:10000] + text[len(text) // 2 : len(text) // 2 + 10000]
    letters = [c for c in sample if c.isalpha()]
    marked = sum(1 for c in letters if not c.isascii() and (letter(c).tone or letter(c).shape))
    return bool(letters) and marked >= _VIETNAMESE * len(letters)


def chatter(sheet: Sheet) -> list[Mark]:
    """Every place where a model speaks in its own voice."""
    text = sheet.text
    if not sheet.lines:
        return []
    found = _lines(sheet) + wrappers(sheet)
    remarks = english_remarks(sheet)
    if (remarks or found) and not _is_vietnamese(text):
        return [m for m in found if m.evidence.get("kind") in ("tag", "fence")]
    found += english_marks(sheet, remarks)
    if "```" in text or "~~~" in text:
        found += fences(sheet)
    return found + _rules_beside(sheet, found)


def _eastern(sheet: Sheet) -> list[Mark]:
    """Chinese, Japanese or Korean in which a model speaks of the Vietnamese page before it."""
    octets = sheet.text.encode("utf-8", "surrogatepass")
    if len(octets.translate(None, _HIGH)) == len(octets) or not _FOREIGN.search(sheet.text):
        return []
    places = [i for i, line in enumerate(sheet.lines) if _FOREIGN.search(line.text)]
    if len(places) > _EASTERN:
        return []
    found = []
    for index in places:
        line = sheet.lines[index]
        for run in _CJK.finditer(line.text):
            words = chinese_talk(run.group())
            if not words:
                continue
            whole = run.end() - run.start() == len(line.text)
            edge = index <= 1 or index >= len(sheet.lines) - 2
            told = whole and len(places) <= _FEW and run.group()[-1] in "：:。）)"
            sure = words >= 2 or told or (whole and edge) or run.group()[0] in "[(（【"
            grade = (0.95, Safety.SAFE) if sure and not _quoted(line.text, run) else (0.75, Safety.UNSAFE)
            place = index if whole else Span(line.start + run.start(), line.start + run.end())
            found.append(marked(f"a model's remark {short(run.group())}", "chinese", grade, place))
    return found


def _quoted(text: str, run: re.Match[str]) -> bool:
    return text[run.start() - 1 : run.start()] in ("“", '"', "‘", "「", "《") and run.start() > 0


def _lines(sheet: Sheet) -> list[Mark]:
    """Chatter that is known by a whole line or by a sign inside one."""
    found: list[Mark] = _eastern(sheet)
    tagged = any(map(sheet.text.__contains__, _TAGS))
    squared = "[" in sheet.text
    outer = (0, 1, len(sheet.lines) - 2, len(sheet.lines) - 1)
    for index, line in enumerate(sheet.lines):
        text = line.text
        first, last, size = text[0], text[-1], len(text)
        if tagged and any(map(text.__contains__, _TAGS)):
            found += tags(sheet, index)
        if (
            (squared and "[" in text)
            or first in "(*_"
            or (last in ":：" and size <= LABEL)
            or (last in ":：*_#" and "(" in text)
        ):
            found += brackets(sheet, index)
        mark = None
        # What none of these can be is most of a text, and is not looked at further.
        if size <= _REMARK and (
            first in LIST_STARTS
            or last in ":*_#"
            or text[:3].lower() in REMARK_STARTS
            or index in outer
            or (size <= OPENING and sheet.alone(index))
        ):
            mark = vietnamese_remark(sheet, index)
        if mark is None and size <= LABEL and (first in "[(*_#-=" or last in ":."):
            mark = label(sheet, index)
        if mark is None and last in ".!?]):":
            mark = glued_remark(sheet, index)
        if mark:
            found.append(mark)
    return found


def _rules_beside(sheet: Sheet, found: list[Mark]) -> list[Mark]:
    """Separators ("---") that part a model's remark from the text: they go with it."""
    gone = {i for m in found if m.safety is Safety.SAFE for i in m.lines}
    extra = []
    for index in sorted(gone):
        for place in (index - 1, index + 1):
            if (
                0 <= place < len(sheet.lines)
                and place not in gone
                and _RULE.fullmatch(sheet.lines[place].text[:80])
            ):
                at_edge = place in (0, len(sheet.lines) - 1) or index in (0, len(sheet.lines) - 1)
                if at_edge and sheet.lines[place].text[0] in "-*_=":
                    extra.append(
                        marked("a separator beside a model's remark", "separator", (0.95, Safety.SAFE), place)
                    )
    return extra
