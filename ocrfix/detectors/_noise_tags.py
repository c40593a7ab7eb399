"""Tags, placeholders of pictures and code fences that models put round what they read."""

from __future__ import annotations

import re
from typing import Final

from ocrfix.detectors._noise_lines import ENDINGS, Mark, Sheet
from ocrfix.detectors._noise_remarks import OPENING, marked, short
from ocrfix.model import Safety, Span

__all__ = ["fences", "tags", "wrappers"]

_TAG: Final = re.compile(
    r"<(?P<tag>img|figure(?:_description)?|watermark|image(?:_description)?|page_?(?:header|footer)|header|footer"
    r"|think|thinking|reasoning|stamp|seal|signature|logo|picture|chart|note)>[^<\n]{0,600}</(?P=tag)>"
    r"|(?:<\|ref\|>[^<>\n]{0,60}<\|/ref\|>)?<\|det\|>[\[\]\d, ]{2,200}<\|/det\|>"
    r"|<\|ref\|>[^<>\n]{0,60}<\|/ref\|>"
    r"|<!--\s*(?:image|picture|figure|table|chart|formula|page|missing|text|header|footer|end|start|ocr)\w{0,12}\b"
    r"[^<>\n]{0,120}-->|\[MISSING_PAGE_[A-Z]{2,12}(?::\d{1,4})?\]|</?(?:start_of_image|end_of_image|think"
    r"|transcription|transcript|ocr_text|page_text|page|output|answer)>"
    r"|</?(?:table|page|image|figure|column|section|text|header|footer|doc|document|ocr|line|block)[_-]?"
    r"(?:start|end|break|begin|sep)/?>"
    r"|<\|/?[a-z_]{2,30}\|>|</s>|<(?:image|img|pad|unk|bos|eos|start_of_turn|end_of_turn|image_placeholder"
    r"|ocr)\s*/?>"
    r"|</?(?:image|figure|picture|table|formula|chart|text|page)_?(?:placeholder|omitted|here|\d{1,3})/?>"
    r"|!\[(?:(?:image|img|picture|photo|figure|hình ảnh|hình|ảnh)?[ _\d.-]*|img-\d+\.\w{3,4})\]"
    r"\((?P<target>[^()\s]{0,120})\)",
    re.IGNORECASE,
)
_NOWHERE: Final = re.compile(
    r"#?|(?:image|img|picture|photo|url|link|path|placeholder|image_url|src)", re.IGNORECASE
)
_FENCE: Final = re.compile(r"(?:```|~~~)\s*([A-Za-z]{0,12})")
_TEXT_FENCES: Final = frozenset(
    ("", "text", "txt", "markdown", "md", "plaintext", "plain", "vietnamese", "vi", "html")
)


def _behind_sentence(line: str, match: re.Match[str]) -> bool:
    """Whether a tag ends a line, behind a sentence's end."""
    before = line[: match.start()].rstrip()
    return match.end() == len(line) and before[-1:] in ENDINGS and not match.group().startswith("![")


def tags(sheet: Sheet, index: int) -> list[Mark]:
    """Tags in a line, or the line that is nothing but tags."""
    line = sheet.lines[index]
    matches = list(_TAG.finditer(line.text))
    if not matches:
        return []
    if not _TAG.sub("", line.text).strip():
        picture = any(m.group().startswith("![") and not _NOWHERE.fullmatch(m["target"]) for m in matches)
        grade = (0.8, Safety.UNSAFE) if picture else (0.97, Safety.SAFE)
        return [marked(f"a model's tag {short(line.text)}", "tag", grade, index)]
    return [
        marked(
            f"a model's tag {short(m.group())}",
            "tag",
            (0.96, Safety.SAFE)
            if m.group().startswith("<|") or _behind_sentence(line.text, m)
            else (0.75, Safety.UNSAFE),
            Span(line.start + m.start(), line.start + m.end()),
        )
        for m in matches
    ]


_WRAPPER: Final = re.compile(
    r'\{.{0,400}"(?:natural_text|text|content|contents|transcription|transcript|markdown|ocr_text|ocr|extracted_text'
    r'|result|output|page_text|full_text)"\s*:\s*"'
)
_WRAPPED_END: Final = re.compile(r'"\s*[,}\]\s]*\}\s*\]?')
_SETTING: Final = re.compile(r"(?P<key>[a-z][a-z_]{2,40}): .{0,80}")
_SETTINGS: Final = frozenset(
    ("primary_language", "is_rotation_valid", "rotation_correction", "is_table", "is_diagram", "natural_text")
)
_MOST_SETTINGS: Final = 12


def wrappers(sheet: Sheet) -> list[Mark]:
    """The JSON object or the settings that a model has put its reading into: their first and last lines."""
    lines = sheet.lines
    if lines[0].text[0] == "{" and _WRAPPER.fullmatch(lines[0].text):
        end = len(lines) - 1
        both = (0, end) if end and _WRAPPED_END.fullmatch(lines[end].text) else (0,)
        return [marked("the JSON object round a model's reading", "wrapper", (0.95, Safety.SAFE), both)]
    if lines[0].text != "---":
        return []
    keys: set[str] = set()
    for index, line in enumerate(lines[1 : _MOST_SETTINGS + 2], 1):
        if line.text == "---":
            ours = len(keys & _SETTINGS) >= 2
            settings = tuple(range(index + 1))
            return (
                [marked("a model's settings of the page", "wrapper", (0.97, Safety.SAFE), settings)]
                if ours
                else []
            )
        setting = _SETTING.fullmatch(line.text)
        if setting is None:
            return []
        keys.add(setting["key"])
    return []


def fences(sheet: Sheet) -> list[Mark]:
    """A fence round the whole text, or an opening one without its end."""
    fences = [
        (i, m.group(1).lower())
        for i, line in enumerate(sheet.lines)
        if line.text[0] in "`~" and (m := _FENCE.fullmatch(line.text))
    ]
    if not fences or len(fences) > 2 or fences[0][1] not in _TEXT_FENCES:
        return []
    first, last = fences[0][0], fences[-1][0]
    if len(fences) == 1:
        if first in (0, len(sheet.lines) - 1) and sheet.lines[first].text[0] == "`":
            return [marked("a Markdown fence without its other half", "fence", (0.95, Safety.SAFE), first)]
        return []
    outside = [*range(first), *range(last + 1, len(sheet.lines))]
    if last - first < 2 or len(outside) > 4 or fences[1][1]:
        return []
    if any(len(sheet.lines[i].text) > OPENING for i in outside):
        return []
    grade = (0.97, Safety.SAFE) if len(outside) <= 2 else (0.8, Safety.UNSAFE)
    return [marked("a Markdown fence round the whole text", "fence", grade, (first, last))]
