"""Mutations that know what damaged documents are made of, for a fuzzer and for tests with fixed seeds."""

from __future__ import annotations

import html
import json
import random
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from ocrfix.decisions import SCHEMA

TESTS = Path(__file__).parent.parent
ODD = (  # noqa: SIM905  (as a list it would fill a page)
    "\u200b \ufeff \u0300 \u0301\u0301\u0323 \u00ad \u2028 \x85 \x00 \x1b \f \r \r\n \n \n\n \t \u3000 "
    "ð Đ đ ơ ư ₫ а е о ﬁ “ ” ‘ ’ \" ' « » … – — - -\n .. , ; : ( ) [ ] { } {name} {{ }} # * _ ` ``` | --- "
    "*** 1. - > ![ ]( http://a.vn/ www. @ & &amp; &lt; < > <b> </b> <!-- --> <![CDATA[ ]]> \\ \\u0041 2O23 "
    "l0 Trang 3 - 12 - Chia sẻ à á» Ã  ß Þ ¸ µ ®Ó 𝐀 👨‍👩‍👧 中文 ไทย العربية \u202e \ud800 \udfff NLD (NLĐ) "
    "ĐIỀ U Tôi xin lỗi As an AI người người người III. a) Điều 5. 12/3/1975"
).split(" ")
"""Pieces that something in ocrfix looks at."""
JSON = (
    '"',
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "true",
    "-1",
    "1e999",
    "9" * 5000,
    "\\ud800",
    "\\u0000",
    "[" * 40,
)
XML = ("<", ">", "/>", "</", "&", "&#x1;", "&#0;", "]]>", "<!DOCTYPE a [", '"', "'", "xml:space='preserve'")
TOML = (
    "=",
    "[",
    "]",
    '"',
    "'''",
    "\n",
    "unsafe = true",
    'select = ["DUP"]',
    'protect = ["/(/"]',
    "min-confidence = nan",
)
REPLACEMENTS = {
    "jsonl": JSON,
    "decisions": JSON,
    "hocr": XML,
    "alto": XML,
    "page": XML,
    "any": XML,
    "config": TOML,
}


def cases() -> list[str]:
    """The texts of the case files."""
    found = []
    for path in sorted(TESTS.glob("cases/*/*.json")):
        for case in json.loads(path.read_text("utf-8")):
            text = case["original"]
            found.append(text if isinstance(text, str) else "\n".join(text))
    return found


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """Inputs of a target to begin with."""
    texts = [p.read_text("utf-8") for p in sorted((TESTS / "samples").glob("*.txt"))]
    files = sorted(p for p in (TESTS / "formats").iterdir() if p.suffix in (".hocr", ".xml", ".html"))
    if target in ("clean", "pure"):
        every = [*texts, *cases()]
        return tuple(bytes([i % 8]) + text.encode() for i, text in enumerate(every))
    if target in ("hocr", "alto", "page"):
        marks = {"hocr": b"ocr_page", "alto": b"<alto", "page": b"PcGts"}
        found = [p.read_bytes() for p in files]
        return tuple(data for data in found if marks[target] in data)
    if target == "jsonl":
        rows = [
            {"id": i, "text": text, "meta": {"a": [1, None]}} for i, text in enumerate(texts + cases()[:60])
        ]
        lines = [json.dumps(row, ensure_ascii=i % 3 == 0) for i, row in enumerate(rows)]
        return tuple("\n".join(lines[i : i + 3]).encode() for i in range(0, len(lines), 3))
    if target == "decisions":
        edit = {"start": 4, "end": 6, "removed": "Vi", "replacement": "Vì"}
        other = {
            "start": 0,
            "end": 0,
            "removed": "",
            "replacement": "người",
            "source": {"start": 7, "end": 12},
        }
        file = {"name": "bao.txt", "original": {"length": 18, "sha256": "%SHA%"}}
        changes = [{"state": "accepted", "edits": [edit]}, {"state": "rejected", "edits": [other]}]
        whole = json.dumps({"schema": SCHEMA, "files": [{**file, "changes": changes}]}, ensure_ascii=False)
        return (b"Qu\xe1\xbb\xb9 Vi ng\xc6\xb0\xe1\xbb\x9di ngh\xc3\xa8o\0" + whole.encode(),)
    if target == "config":
        return (b'min-confidence = 0.9\nselect = ["DUP", "WRD002"]\nprotect = ["Vi", "/[0-9]+/"]\n',)
    if target == "any":
        return tuple([p.read_bytes() for p in files] + [text.encode() for text in texts])
    encodings = ("utf-8", "utf-8", "utf-16", "utf-16-le", "cp1258", "utf-8-sig")
    if target == "text":
        return tuple(
            t.encode(e, "replace")
            for t in texts + cases()[::7]
            for e in (encodings if len(t) < 600 else encodings[:1])
        )
    page = "# Tin\n\nVi người *nghèo*\n\n```\nmã\n```\n\n- một\n- hai\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    return tuple(text.encode() for text in [*texts, *cases()[::3], page])


def mutate(data: bytes, rng: random.Random, target: str, limit: int = 4000) -> bytes:
    """The data with one to four changes; what is no UTF-8 is changed as bytes."""
    for _ in range(rng.randint(1, 4)):
        if rng.random() < 0.08 and data:
            place = rng.randrange(len(data))
            data = data[:place] + bytes([rng.randrange(256)]) + data[place + rng.randint(0, 2) :]
            continue
        text = data.decode("utf-8", "surrogateescape")
        marked = target in ("hocr", "alto", "page", "any") and rng.random() < 0.7
        text = (_markup if marked else rng.choice(_CHANGES))(text, rng, target)
        data = _bytes(text)
    return data[:limit]


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _insert(text: str, rng: random.Random, target: str) -> str:
    place = rng.randint(0, len(text))
    piece = rng.choice(REPLACEMENTS.get(target, ODD) if rng.random() < 0.5 else ODD)
    return text[:place] + piece * rng.choice((1, 1, 1, 2, 3, 40)) + text[place:]


def _splice(text: str, rng: random.Random, target: str) -> str:
    other = rng.choice(seeds(target)).decode("utf-8", "surrogateescape")
    a, b = _cut(other, rng), rng.randint(0, len(text))
    return text[:b] + a + text[b + rng.choice((0, 0, len(a))) :]


def _cut(text: str, rng: random.Random) -> str:
    parts = _parts(text, rng)
    start = rng.randrange(len(parts))
    return "".join(parts[start : start + rng.randint(1, 4)])


def _parts(text: str, rng: random.Random) -> Sequence[str]:
    mark = rng.choice(("\n\n", "\n", " ", ". "))
    parts = text.split(mark)
    return [part + mark for part in parts[:-1]] + parts[-1:]


def _shuffle(text: str, rng: random.Random, _target: str) -> str:
    parts = list(_parts(text, rng))
    one, other = rng.randrange(len(parts)), rng.randrange(len(parts))
    kind = rng.randrange(4)
    if kind == 0:
        parts[one], parts[other] = parts[other], parts[one]
    elif kind == 1:
        parts.insert(other, parts[one])
    elif kind == 2:
        del parts[one]
    else:
        parts[one : one + 1] = [parts[one]] * rng.randint(2, 5)
    return "".join(parts)


def _drop(text: str, rng: random.Random, _target: str) -> str:
    start = rng.randint(0, len(text))
    return text[:start] + text[start + rng.choice((1, 1, 1, 2, 5, 50)) :]


def _case(text: str, rng: random.Random, _target: str) -> str:
    start = rng.randint(0, len(text))
    end = start + rng.choice((1, 6, 40))
    change = rng.choice((str.upper, str.lower, str.title, str.swapcase, lambda s: s[::-1]))
    return text[:start] + change(text[start:end]) + text[end:]


def _joint(text: str, rng: random.Random, _target: str) -> str:
    places = [i for i, c in enumerate(text) if c in " \n"]
    if not places:
        return text
    place = rng.choice(places)
    return text[:place] + rng.choice(("", "\n", "\n\n", "-\n", "\f", ". ", " ,", "  ")) + text[place + 1 :]


_VALUE = re.compile(r"=\"([^\"<]*)\"|>([^<>]*)<")
_ELEMENT = re.compile(r"<([A-Za-z_]+)\b[^<>]*/>\s*|<([A-Za-z_]+)\b[^<>]*>[^<>]*</\2>\s*")


def _markup(text: str, rng: random.Random, target: str) -> str:
    """A change that leaves well-formed markup well-formed: a value or a text, or a whole element."""
    kind = rng.randrange(3)
    found = list((_VALUE if kind else _ELEMENT).finditer(text))
    if not found:
        return _insert(text, rng, target)
    match = rng.choice(found)
    start, end = match.span()
    if kind:
        group = 1 if match[1] is not None else 2
        start, end = match.span(group)
        word = rng.choice(
            (*ODD, "", "-1", "1e400", "NaN", "0 0 0 0", "bbox 9 9 1 1; x_wconf 300", match[group][:-1])
        )
        return text[:start] + html.escape(word).replace("\x00", "").replace("\x1b", "") + text[end:]
    other = rng.choice(found)
    if rng.random() < 0.3:
        return text[:start] + text[end:]
    place = rng.choice((other.start(), other.end()))
    return text[:place] + match[0] + text[place:]


_CHANGES: tuple[Callable[[str, random.Random, str], str], ...] = (
    _insert, _insert, _splice, _shuffle, _shuffle, _drop, _case, _joint, _joint,
)  # fmt: skip
