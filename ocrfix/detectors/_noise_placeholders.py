"""Template placeholders that nothing was filled in for."""

from __future__ import annotations

import re
from typing import Any, Final

from ocrfix.detectors._noise_lines import Mark, Sheet
from ocrfix.detectors._noise_rules import TEMPLATE_PLACEHOLDER
from ocrfix.model import Safety, Span

__all__ = ["placeholders"]

_NAME: Final = r"[A-Za-z_][\w.\-]{1,40}"
_HOLE: Final = (
    rf"\{{\{{\{{?[ -z|]{{1,60}}\}}?\}}\}}|\{{%[^{{}}\n]{{1,60}}%\}}|\$\{{{_NAME}\}}|\{{{_NAME}\}}"
    rf"|\[\[{_NAME}\]\]|<%[=\-]?[^<>%\n]{{1,60}}%>|%\({_NAME}\)[sd]|%%{_NAME}%%|@@{_NAME}@@|#\{{{_NAME}\}}"
    r"|\[object (?:Object|HTML\w{1,20}|Array)\]|(?<![\d\w])%[sd]\b|\{\d{1,2}\}"
)
_HOLES: Final = re.compile(_HOLE)
_SIGN: Final = re.compile(r"[{\[<%@](?:(?<=\{)|(?<=\[)(?:\[|object)|(?<=<)%|(?<=%)[sd(%]|(?<=@)@)")
_ANY_SIGN: Final = ("{", "[", "<%", "%", "@@")
_LITTER_SIGNS: Final = ("undefined", "null", "NULL", "NaN", "orem ipsum", "OREM IPSUM")
"""What every placeholder has: screens before the patterns themselves."""
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
    signs = any(map(text.__contains__, _ANY_SIGN)) and _SIGN.search(text)
    if not (signs or any(map(text.__contains__, _LITTER_SIGNS))):
        return []
    found = []
    filler = -1  # the last line of filler text so far
    for index, line in enumerate(sheet.lines):
        body = line.text
        if index <= filler:
            continue
        if body[0] in "lL" and _LOREM.match(body) and body.isascii():
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
        elif _SIGN.search(body):
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
