"""Right text with furniture of pages laid in, and with content that comes back, to learn from.

All chances here are drawn with one generator, so that the same text and seed give the same pages.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Final, NamedTuple

from ocrfix._data import data_path
from ocrfix.detectors._duplicates_damage import misread

__all__ = [
    "CONTENT",
    "Article",
    "Entry",
    "Laid",
    "entries",
    "furniture",
    "lay_in",
    "put_together",
    "right_texts",
]

Article = list[str]
"""The paragraphs of a document."""

_PLACES: Final = {"header": "t", "chapter": "t", "footer": "b", "page-number": "tbb"}
"""The places of each kind, top or bottom, as likely as they stand here."""
CONTENT: Final = ("above", "below", "between")
"""Kinds of entries that are no furniture."""
_AS_IT_IS: Final = 6
"""Lines of an entry that stands as it is."""
_FIELD: Final = re.compile(r"\{(p|ppp|p p|r|R|i|t|n|c|d|y)\}")
_PAGES: Final = (2, 3, 3, 4, 5, 6, 6, 8, 10, 12)
_ROMAN: Final = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_MOST_ROMAN: Final = 18
_RATE: Final = 0.04
"""Letters misread in the lines of bad readings; six lines of ten are bad there."""
_CHARACTERS: Final = 6500
"""Text drawn for one page, at least what the longest pages take."""
_LONGEST: Final = 5000
_STRETCH: Final = 60
"""Paragraphs in a row taken of one article, at the most."""
_EDGE: Final = 6
"""Words of a paragraph that stay on each side of a page break, at the fewest."""
_TOGETHER: Final = (1, 1, 1, 2, 3, 8, 20)
"""Right articles that one text holds."""


class Entry(NamedTuple):
    """A header, footer or page number: its kind and the lines that it is made of."""

    kind: str
    lines: tuple[str, ...]


class Laid(NamedTuple):
    """A text, and where in it furniture lies, in characters and in order."""

    text: str
    furniture: tuple[range, ...] = ()


class _Ways(NamedTuple):
    """How pages are made: lines wrapped, sentences going on over the edge, marks of new pages."""

    wrapped: bool
    parted: bool
    feeds: bool
    broken: bool
    glued: bool


def entries() -> list[Entry]:
    """The entries of ``furniture-lines.txt``."""
    found = []
    for piece in data_path("vi", "furniture-lines.txt").read_text("utf-8").split("\n\n"):
        rows = [row.partition("\t") for row in piece.splitlines() if row and not row.startswith("#")]
        if rows:
            found.append(Entry(rows[0][0], tuple(line for _, _, line in rows)))
    return found


def _roman(number: int) -> str:
    return "x" * (number // 10) + _ROMAN[number % 10]


def _filled(line: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda match: values[match[1]], line)


def furniture(entry: Entry, pages: int, rng: Random) -> list[str]:
    """The lines of an entry on pages in a row; fewer than asked for where an entry has no more.

    >>> furniture(Entry("header", ("{p} Mùa lúa", "Hội làng {p}")), 3, Random(2))
    ['Hội làng 25', '26 Mùa lúa', 'Hội làng 27']
    """
    lines = entry.lines
    if len(lines) >= _AS_IT_IS:
        count = min(pages, len(lines))
        first = rng.randrange(len(lines) - count + 1) if rng.random() < 0.4 else 0
        return list(lines[first : first + count])
    found = []
    turn, left = 0, rng.randint(2, 3)
    for page, values in _values(entry, pages, rng):
        at = turn if entry.kind == "chapter" else page
        found.append(_filled(lines[at % len(lines)], values))
        left -= 1
        if not left:
            turn, left = turn + 1, rng.randint(2, 3)
    return found


def _values(entry: Entry, pages: int, rng: Random) -> Iterator[tuple[int, dict[str, str]]]:
    """The numbers of pages in a row, and what the fields of an entry hold there."""
    roman = any("{r}" in line or "{R}" in line for line in entry.lines)
    first = rng.randint(1, _MOST_ROMAN) if roman else rng.randint(2, 180)
    total, issue, chapter = first + pages + rng.randint(0, 40), rng.randint(3, 900), rng.randint(1, 9)
    day = f"{rng.randint(1, 28):02}/{rng.randint(1, 12):02}/{rng.randint(1998, 2024)}"
    fixed = {"t": str(total), "n": str(issue), "c": str(chapter), "d": day, "y": day[-4:]}
    for count, page in enumerate(range(first, first + pages), 1):
        values = fixed | {"p": str(page), "ppp": f"{page:03}", "p p": " ".join(str(page)), "i": str(count)}
        if roman:
            values |= {"r": _roman(page), "R": _roman(page).upper()}
        yield page, values


def _badly_read(line: str, rng: Random) -> str:
    if rng.random() < 0.6 and any(map(str.isalpha, line)):
        return misread(line, _RATE, rng).strip() or line
    return line


def _drawn(articles: Sequence[Article], characters: int, rng: Random) -> Iterator[str]:
    """Paragraphs of articles in an order by chance, each article once; little more than asked for."""
    for number in rng.sample(range(len(articles)), len(articles)):
        article = articles[number]
        first = rng.randrange(max(1, len(article) - _STRETCH // 2)) if len(article) > _STRETCH else 0
        for paragraph in article[first : first + _STRETCH]:
            yield paragraph
            characters -= len(paragraph)
        if characters <= 0:
            return


def _wrapped_pages(paragraphs: Iterator[str], count: int, ways: _Ways, rng: Random) -> Iterator[str]:
    width, size = rng.randint(45, 90), rng.randint(15, 60)
    page: list[str] = []
    for paragraph in paragraphs:
        for line in [*textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False), ""]:
            if line or (ways.parted and page):
                page.append(line)
            if len(page) == size:
                yield "\n".join(page).rstrip("\n")
                page = []
                count -= 1
                if not count:
                    return
    if page:
        yield "\n".join(page).rstrip("\n")


def _broken(paragraph: str, rng: Random) -> tuple[str, str]:
    """A paragraph broken within a sentence; the second half is empty where there is no place."""
    words = paragraph.split(" ")
    places = [
        i for i in range(_EDGE, len(words) - _EDGE) if words[i - 1][-1:].isalnum() and words[i][:1].islower()
    ]
    if not places:
        return paragraph, ""
    place = rng.choice(places)
    return " ".join(words[:place]), " ".join(words[place:])


def _whole_pages(paragraphs: Iterator[str], count: int, ways: _Ways, rng: Random) -> Iterator[str]:
    carried = ""
    for number in range(count):
        page = [carried] if carried else []
        carried = ""
        most = rng.randint(3, 8) if rng.random() < 0.7 else rng.randint(1, 4)
        least = rng.choice((350, 500, 800))
        while (len(page) < most or sum(map(len, page)) < least) and sum(map(len, page)) < _LONGEST:
            paragraph = next(paragraphs, "")
            if not paragraph:
                break
            page.append(paragraph)
        if not page:
            return
        if ways.broken and number + 1 < count and rng.random() < 0.8:
            page[-1], carried = _broken(page[-1], rng)
        yield "\n\n".join(page)


def lay_in(entry: Entry, articles: Sequence[Article], rng: Random, *, bad: bool) -> Laid:
    """Articles cut into pages in one way of many, with the lines of an entry, and some with a number beside.

    Parameters: ``bad``, whether the lines are badly read.
    """
    lines = furniture(entry, rng.choice(_PAGES), rng)
    if bad:
        lines = [_badly_read(line, rng) for line in lines]
    ways = _Ways(*(rng.random() < share for share in (0.4, 0.5, 0.4, 0.6, 0.25)))
    place = rng.choice(_PLACES[entry.kind])
    beside = rng.choice("tb") if entry.kind != "page-number" and rng.random() < 0.35 else ""
    number = rng.randint(2, 150)
    make = _wrapped_pages if ways.wrapped else _whole_pages
    pages = make(_drawn(articles, _CHARACTERS * len(lines), rng), len(lines), ways, rng)
    between = "\n" if ways.glued else "\n\n"
    if ways.feeds:
        turn = rng.choice(("\n\f\n", "\n\f", "\f"))
    else:
        turn = between if rng.random() < 0.5 else "\n\n"
    text = ""
    spans: list[range] = []
    for count, (page, line) in enumerate(zip(pages, lines, strict=False)):
        own = [(place, line), (beside, str(number + count))]
        pieces = [t for at, t in own if at == "t"], [page], [t for at, t in own if at == "b"]
        text += turn if count else ""
        for kind, part in enumerate(pieces):
            for piece in part:
                start = len(text)
                text += piece + between
                if kind != 1:
                    spans.append(range(start, start + len(piece)))
        text = text.removesuffix(between)
    return Laid(text, tuple(spans))


def put_together(entry: Entry, articles: Sequence[Article], rng: Random) -> Laid:
    """Pieces of articles in a row, with the content of an entry with each; no furniture."""
    count = rng.choice(_PAGES)
    paragraphs = _drawn(articles, _CHARACTERS * count, rng)
    wrapped, glued, feeds = rng.random() < 0.3, rng.random() < 0.25, rng.random() < 0.6
    width = rng.randint(45, 90)
    pieces = []
    for _, values in _values(entry, count, rng):
        piece = [p for p in (next(paragraphs, "") for _ in range(rng.randint(1, 8))) if p]
        if not piece:
            break
        if wrapped:
            piece = ["\n".join(textwrap.wrap(p, width, break_on_hyphens=False)) for p in piece]
        own = ("\n" if glued or rng.random() < 0.5 else "\n\n").join(_filled(x, values) for x in entry.lines)
        at = {"above": 0, "below": len(piece), "between": rng.randrange(len(piece) + 1)}[entry.kind]
        pieces.append(("\n" if glued else "\n\n").join([*piece[:at], own, *piece[at:]]))
    return Laid(("\n\f" if feeds and entry.kind != "between" else "\n\n").join(pieces))


def right_texts(articles: Sequence[Article], rng: Random) -> Iterator[Laid]:
    """Right articles without furniture: some together, some wrapped, some cut or parted by form feeds."""
    at = 0
    while at < len(articles):
        count = rng.choice(_TOGETHER)
        together = articles[at : at + count]
        at += count
        way, feeds = rng.random(), rng.random()
        wrapped, between = way >= 0.55, "\n" if way >= 0.8 else "\n\n"
        if wrapped:
            width = rng.randint(40, 95)
            together = [
                ["\n".join(textwrap.wrap(p, width, break_on_hyphens=False)) for p in article]
                for article in together
            ]
        parted = "\n\f" if 0.25 <= feeds < 0.5 else between
        text = parted.join(between.join(article) for article in together)
        if feeds < 0.25:
            lines = text.split("\n")
            size = rng.randint(15, 60) if wrapped else rng.randint(6, 20)
            text = "\n\f".join("\n".join(lines[i : i + size]) for i in range(0, len(lines), size))
        yield Laid(text)
