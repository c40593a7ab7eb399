r"""Where the prose of a Markdown text stands, found by a CommonMark parser.

The parser (markdown-it-py) tells the lines of every block, and the text of its inline content without the
signs of quotes and lists; the rules of that inline content are wrapped here, so that what each of them
reads is known with its place. All that is not found to be prose counts as fixed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from markdown_it import MarkdownIt, rules_inline
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Structure", "prose", "structure"]

_SPANS: Final = "ocrfix spans"
"""Key in the parser's environment under which the wrapped rules note what they read."""
_UNCLOSED: Final = "ocrfix unclosed"
"""The same for signs of formulas that nothing closes, so that it is not sought again."""
_FRONT: Final = re.compile(
    r"\A(?:---[ \t]*\n(?=\s*(?:#|[A-Za-z_][\w .-]*:))(?:.*\n)*?(?:---|\.\.\.)"
    r"|\+\+\+[ \t]*\n(?:.*\n)*?\+\+\+)[ \t]*(?:\n|\Z)"
)
_MATH: Final = re.compile(
    r"\$\$(?:[^$\\]|\\.|\$(?!\$))+\$\$|\$(?![\s$])(?:[^$\\\n]|\\.|\n(?!\n))*?(?<![\s\\])\$(?!\d)",
    re.DOTALL,
)
_MATH_LINES: Final = 200
"""Lines of a formula at most; a sign that is never closed must not be sought through a whole book."""
_TEX: Final = {"\\(": "\\)", "\\[": "\\]"}
_NOTE: Final = re.compile(r"\[\^[^\]\[\s]+\]:?")
_TASK: Final = re.compile(r"\[[ xX]\](?=\s)")
_BEGIN: Final = re.compile(r"\\begin\{([A-Za-z]+\*?)\}")
_ROW: Final = re.compile(r"\s*(?:\||:::)")

_Rule = Callable[[StateInline, bool], bool]
Structure = tuple[object, ...]
"""What must stay the same in a Markdown text; two are compared, never looked into."""


def _note(state: StateInline, start: int, end: int) -> None:
    state.env[_SPANS].setdefault(state.src, []).append((start, end))


def _whole(rule: _Rule) -> _Rule:
    """A rule all of whose text is fixed."""

    def wrapped(state: StateInline, silent: bool) -> bool:
        start = state.pos
        found = rule(state, silent)
        if found and not silent:
            _note(state, start, state.pos)
        return found

    return wrapped


def _link(state: StateInline, silent: bool) -> bool:
    """A link: fixed but for its text, where that is not at the same time the name of its target."""
    start = state.pos
    end = -1
    if not silent and state.src[start] == "[":
        end = state.md.helpers.parseLinkLabel(state, start, True)
    found = rules_inline.link(state, silent)
    if found and not silent:
        rest = state.src[end + 1 : state.pos]
        if rest in ("", "[]"):
            _note(state, start, state.pos)
        else:
            _note(state, start, start + 1)
            _note(state, end, state.pos)
    return found


def _newline(state: StateInline, silent: bool) -> bool:
    """A line end: fixed when it is a hard break, with the blanks that make it one."""
    start = state.pos
    blanks = len(state.pending) - len(state.pending.rstrip(" "))
    found = rules_inline.newline(state, silent)
    if found and not silent and blanks >= 2:
        _note(state, start - blanks, state.pos)
    return found


def _math(state: StateInline, silent: bool) -> bool:
    r"""Formulas, as $…$, $$…$$, \(…\) or \[…\]."""
    sign = state.src[state.pos : state.pos + 2]
    if sign[:1] == "$":
        match = _MATH.match(state.src, state.pos, state.posMax)
        end = match.end() if match else -1
    elif sign in _TEX and (state.src, sign, state.posMax) not in state.env[_UNCLOSED]:
        end = state.src.find(_TEX[sign], state.pos + 2, state.posMax) + 2
        if end < 2:
            state.env[_UNCLOSED].add((state.src, sign, state.posMax))
            return False
    else:
        return False
    return end >= 0 and _take(state, silent, end, "math_inline")


def _mark(state: StateInline, silent: bool) -> bool:
    """Signs of footnotes, and the box of a task at the beginning of a list item."""
    match = _NOTE.match(state.src, state.pos, state.posMax)
    if match is None and state.pos == 0:
        match = _TASK.match(state.src)
    return match is not None and _take(state, silent, match.end(), "mark")


def _take(state: StateInline, silent: bool, end: int, kind: str) -> bool:
    if not silent:
        token = state.push(kind, "", 0)
        token.content = state.src[state.pos : end]
        _note(state, state.pos, end)
    state.pos = end
    return True


def _math_block(state: StateBlock, start: int, last: int, silent: bool) -> bool:
    r"""Formulas on lines of their own: $$ … $$, \[ … \], \begin{…} … \end{…}."""
    if state.is_code_block(start):
        return False
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].rstrip()
    begin = _BEGIN.match(line)
    if begin:
        close, body = f"\\end{{{begin[1]}}}", line[begin.end() :]
    elif line[:2] in ("$$", "\\["):
        close, body = {"$$": "$$", "\\[": "\\]"}[line[:2]], line[2:]
    else:
        return False
    number, last = start, min(last, start + _MATH_LINES)
    while not body.endswith(close):
        number += 1
        if number >= last or state.sCount[number] < state.blkIndent or close in body:
            return False
        body = state.src[state.bMarks[number] : state.eMarks[number]].rstrip()
    if silent:
        return True
    state.line = number + 1
    token = state.push("math_block", "", 0)
    token.content = state.getLines(start, state.line, state.blkIndent, True)
    token.map = [start, state.line]
    return True


@cache
def _parser() -> MarkdownIt:
    """CommonMark with tables and strikethrough, and with the rules wrapped."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.core.ruler.disable(["inline", "text_join"])
    inline = parser.inline.ruler
    for name, rule in (
        ("escape", rules_inline.escape),
        ("backticks", rules_inline.backtick),
        ("strikethrough", rules_inline.strikethrough.tokenize),
        ("emphasis", rules_inline.emphasis.tokenize),
        ("image", rules_inline.image),
        ("autolink", rules_inline.autolink),
        ("html_inline", rules_inline.html_inline),
        ("entity", rules_inline.entity),
    ):
        inline.at(name, _whole(rule))
    inline.at("link", _link)
    inline.at("newline", _newline)
    inline.before("escape", "math", _math)
    inline.before("link", "mark", _mark)
    stops: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "math_block", _math_block, stops)
    return parser


@dataclass
class _Part:
    """Inline content: its token, what of it is fixed, and the token of its block."""

    token: Token
    spans: list[tuple[int, int]]
    block: Token
    in_table: bool


def _parse(text: str) -> tuple[list[Token], list[_Part], MutableMapping[str, Any], int]:
    """Block tokens, inline parts, the environment, and the length of the front matter."""
    # the parser takes a lone carriage return for a line end too
    text = text.replace("\r", "\n")
    match = _FRONT.match(text)
    front = match.end() if match else 0
    parser = _parser()
    env: MutableMapping[str, Any] = {_SPANS: {}, _UNCLOSED: set()}
    tokens = parser.parse("\n" * text.count("\n", 0, front) + text[front:], env)
    parts = []
    table = 0
    for place, token in enumerate(tokens):
        table += (token.type == "table_open") - (token.type == "table_close")
        if token.type != "inline":
            continue
        token.children = []
        env[_SPANS].clear()
        env[_UNCLOSED].clear()
        parser.inline.parse(token.content, parser, env, token.children)
        spans = env[_SPANS].get(token.content, [])
        parts.append(_Part(token, spans, tokens[place - 1], bool(table)))
    return tokens, parts, env, front


def structure(text: str) -> Structure:
    r"""All of a Markdown text but its prose and the paragraphs outside lists and quotes, to be compared.

    >>> structure("# Tin\n\nQuỹ **Vi** nghèo") == structure("# Tin\n\nQuỹ **Vì** nghèo")
    True
    >>> structure("Quỹ **Vi** nghèo") == structure("Quỹ ** Vi** nghèo")
    False
    """
    tokens, parts, env, front = _parse(text)
    inside = {id(part.token): part for part in parts}
    found: list[object] = [text[:front]]
    for token in tokens:
        part = inside.get(id(token))
        if part is not None:
            if part.in_table:
                found.append(token.content)
            elif token.level > 1 or part.block.type != "paragraph_open":
                found.append(bool(token.content.strip()))
            found += map(_signature, _marked(token.children or ()))
        elif token.level > 0 or not token.type.startswith("paragraph"):
            found.append(_signature(token))
    references = env.get("references", {})
    found += [(name, target.get("href"), target.get("title")) for name, target in sorted(references.items())]
    return tuple(found)


def _marked(tokens: Sequence[Token]) -> Iterator[Token]:
    return (token for token in tokens if token.type not in ("text", "softbreak"))


def _signature(token: Token) -> tuple[object, ...]:
    attributes = tuple((name, str(value)) for name, value in token.attrs.items())
    return (token.type, token.markup, token.info, token.content, token.level, token.hidden, attributes)


def prose(text: str) -> NDArray[np.bool_]:
    """Which characters of a Markdown text are prose: those that may be repaired.

    >>> found = prose("- Quỹ `Vi` nghèo")
    >>> "".join(c if is_prose else "_" for c, is_prose in zip("- Quỹ `Vi` nghèo", found))
    '__Quỹ ____ nghèo'
    """
    free = np.zeros(len(text), np.bool_)
    lines = text.replace("\r", "\n").split("\n")
    starts = np.cumsum([0, *(len(line) + 1 for line in lines)]).tolist()
    last: int | None = None
    for part in _parse(text)[1]:
        if part.in_table:
            continue
        places = _places(part, lines, starts)
        if places is None:
            last = None
            continue
        for start, end in places.free:
            free[start:end] = True
        for start, end in part.spans:
            for one, other in places.sources(start, end):
                free[one:other] = False
        if part.block.type != "paragraph_open" or part.token.level > 1:
            last = None
            continue
        first, end = places.lines[0][1], places.lines[-1][1] + places.lines[-1][2]
        if last is not None and not text[last:first].strip():
            free[last:first] = True
        last = end
    return free


@dataclass
class _Places:
    """Where inline content stands in the text.

    ``lines`` has, for each line of the content, its offset there, its offset in the text, and its length,
    all without white space at the beginning; ``free`` are spans of the text that may be prose.
    """

    lines: list[tuple[int, int, int]]
    free: list[tuple[int, int]]

    def sources(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The spans of the text, line ends included, for a span of the content."""
        first = max(0, bisect_right(self.lines, start, key=itemgetter(0)) - 1)
        for number in range(first, len(self.lines)):
            offset, place, length = self.lines[number]
            if offset >= end:
                break
            one = place + min(max(start - offset, 0), length)
            if end > offset + length and number + 1 < len(self.lines):
                yield one, self.lines[number + 1][1]
            else:
                yield one, place + min(end - offset, length)


def _places(part: _Part, lines: Sequence[str], starts: Sequence[int]) -> _Places | None:
    """Where the content of a part stands; None when that cannot be told."""
    first = (part.token.map or [0])[0]
    contents = part.token.content.split("\n")
    rows = sum(line.count("|") > 0 for line in contents)
    found: list[tuple[int, int, int]] = []
    free: list[tuple[int, int]] = []
    offset = 0
    joined = False
    for number, content in enumerate(contents):
        line, body = lines[first + number], content.lstrip()
        if part.block.type == "heading_open" and part.block.markup.startswith("#"):
            column = line.find(body, line.find("#") + len(part.block.markup))
        else:
            column = len(line.rstrip()) - len(body.rstrip())
        if column < 0 or line[column : column + len(body)] != body:
            return None
        place = starts[first + number] + column
        prose_line = not _ROW.match(body) and rows < 2
        if joined and prose_line and not line[:column].strip():
            before = found[-1][1] + found[-1][2]
            free.append((before, place))
        found.append((offset + len(content) - len(body), place, len(body)))
        if prose_line:
            free.append((place, place + len(body)))
        joined = prose_line
        offset += len(content) + 1
    return _Places(found, free)
