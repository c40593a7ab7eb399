"""Texts to learn litter from: the lists of lines and of right documents, and pages that are made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from textwrap import wrap
from typing import Final, NamedTuple

from ocrfix._corpus import documents
from ocrfix._data import data_path
from ocrfix.detectors._noise_weights import KINDS

__all__ = ["HANDS", "Hand", "Page", "Right", "expand", "hands", "pages", "read_right", "templates"]

_CHOICE: Final = re.compile(r"\{([^{}]*)\}")
_EXPANSIONS: Final = 60
"""Lines made of one template at most."""
_CHARACTERS: Final = 20_000_000
"""Right text read of each file."""
_PIECE: Final = 60
"""Paragraphs of a document that are kept together."""
_CUT: Final = 25  # paragraphs of the longest article that lines are laid into
_SHORT: Final = 0.25  # share of articles that are cut down to a few paragraphs
_WRAPPED: Final = 0.12  # share of pages whose paragraphs have line ends
_APART: Final = 0.6  # share of the lines laid into a document's lines that blank lines part from it
_LOOKALIKE: Final = 0.2
"""Share of the pages with lines of content that look like litter."""
_LINKED: Final = 0.15  # share of the groups of lines with headlines of other articles
_HEADLINE: Final = (25, 110)  # characters of a headline
_BROKEN: Final = 0.25  # share of the pages with paragraphs that are broken in two
_MENTIONED: Final = 0.15
"""Share of the pages with a sentence that quotes a line of litter."""
_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+(?=[^\W\d_a-z])")
_WORDS: Final = 7  # blanks in a sentence that quotes, at the fewest
_RIGHT: Final = 2
"""Right pages of the files for each that litter was laid into."""
_REMARKED: Final = 0.25  # share of the pages with a model's remarks, and not with lines of web pages


def _rows(name: str) -> Iterator[list[str]]:
    for line in data_path("vi", name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def templates(kind: str) -> Iterator[str]:
    """The templates of one kind of line ("chrome", "remark", or "right"), phrases of web pages among them."""
    yield from (row[1] for row in _rows("litter-lines.txt") if row[0] == kind)
    if kind == "chrome":
        for tier, phrase, *_ in _rows("web-chrome.txt"):
            if tier != "section":
                text = phrase.rstrip("…").replace("#", "12").strip()
                yield text[:1].upper() + text[1:]


def expand(template: str, rng: Random, most: int = _EXPANSIONS) -> list[str]:
    """Lines made of a template whose braces hold choices.

    >>> sorted(expand("{In|Lưu} bài", Random(1)))
    ['In bài', 'Lưu bài']
    """
    found = set()
    for _ in range(3 * most):
        line = _CHOICE.sub(lambda m: rng.choice(m[1].split("|")), template)
        found.add(" ".join(line.replace("¦", "|").split()))
        if len(found) == most:
            break
    return sorted(found)


@dataclass
class Hand:
    """Lines and documents of which none is learned from where another of the same hand is judged.

    ``lines`` are single ones by kind, as of `templates`; ``documents`` are right ones, each as its blocks.
    """

    lines: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in (*KINDS, "right")})
    documents: list[str] = field(default_factory=list)


HANDS: Final = 4
"""How many hands there are."""


@cache
def hands() -> tuple[Hand, ...]:
    """The single lines by whom they are, and the right documents, dealt out in turn."""
    found = tuple(Hand() for _ in range(HANDS))
    for hand, kind, line in _rows("litter-single.txt"):
        found[int(hand) - 1].lines[kind].append(line)
    text = data_path("vi", "right-documents.txt").read_text("utf-8")
    for number, document in enumerate(text.split("\f\n")[1:]):
        found[number % HANDS].documents.append(document.rstrip("\n"))
    return found


class Right(NamedTuple):
    """Right text of a file: documents to learn words from, and others to make pages of."""

    words: list[list[str]]
    pages: list[list[str]]


def read_right(paths: Sequence[Path]) -> list[Right]:
    """The right text of each file, every other document for pages. Raises as `ocrfix._corpus.lines` does."""
    found = []
    for path in paths:
        pieces = list(documents(path, characters=_CHARACTERS, longest=_PIECE))
        found.append(Right(pieces[::2], pieces[1::2]))
    return found


class Page(NamedTuple):
    """A text, and the lines in it that are litter: where each begins, and its kind."""

    text: str
    litter: dict[int, str]


def pages(hand: Hand, right: Sequence[Right], rng: Random, count: int) -> Iterator[Page]:
    """Pages with the litter of one hand, and right ones without.

    Parameters: ``count`` of those made of the articles of files; half as many more are made of the hand's
    right documents, which also come as they are, and two for each without litter.
    """
    articles = [piece for file in right for piece in file.pages if len(piece) > 3]
    parts = [part for file in right for part in file.pages]
    headlines = _headlines(articles)
    for number in range(count):
        yield _laid(_article(rng.choice(articles), rng), hand, headlines, rng)
        for _ in range(_RIGHT):
            yield Page(rng.choice(("\n", "\n\n")).join(rng.choice(parts)), {})
        own = hand.documents[number % len(hand.documents)]
        if number % 2:
            yield Page(own, {})
            yield _laid(own.split("\n"), hand, headlines, rng, as_it_is=True)


def _article(paragraphs: list[str], rng: Random) -> list[str]:
    if rng.random() < _SHORT:
        return paragraphs[: rng.randint(1, 5)]
    first = rng.randrange(max(1, len(paragraphs) - _CUT))
    return paragraphs[first : first + rng.randint(8, _CUT)]


def _headlines(articles: Sequence[list[str]]) -> list[str]:
    """First lines of articles that may be their headlines."""
    return [
        a[0]
        for a in articles
        if _HEADLINE[0] <= len(a[0]) <= _HEADLINE[1] and a[0][0].isupper() and a[0][-1] not in ".!?…:;,"
    ]


def _laid(
    blocks: list[str], hand: Hand, headlines: Sequence[str], rng: Random, *, as_it_is: bool = False
) -> Page:
    """A text with litter before, in and after it.

    Parameters: ``blocks`` of the text, or, ``as_it_is``, its lines, blank ones among them; ``headlines`` of
    other articles, to which pages have links.
    """
    between = "\n"
    if not as_it_is:
        blocks, between = _altered(list(blocks), hand, rng)
    kind = "remark" if rng.random() < _REMARKED else "chrome"
    items = [(block, False) for block in blocks]
    for place, size in _groups(kind, rng):
        at = {"before": rng.choice((0, 0, 1)), "in": rng.randint(0, len(items)), "after": len(items)}[place]
        apart = [("", False)] if as_it_is and rng.random() < _APART else []
        lines = [rng.choice(hand.lines[kind]) for _ in range(size)]
        if place != "before" and kind == "chrome" and headlines and rng.random() < _LINKED:
            lines += [rng.choice(headlines) for _ in range(rng.choice((1, 2, 3, 4, 5)))]
            lines += [rng.choice(hand.lines[kind]) for _ in range(rng.choice((0, 1, 2)))]
        items[at:at] = apart + [(line, True) for line in lines] + apart
    inner = rng.choice((between, between, "\n"))
    text = ""
    litter = {}
    beside = False
    for item, put_in in items:
        text += (inner if put_in and beside else between) if text else ""
        if put_in:
            litter[len(text)] = kind
        text += item
        beside = put_in
    return Page(text, litter)


def _altered(blocks: list[str], hand: Hand, rng: Random) -> tuple[list[str], str]:
    """A text with lookalikes, broken paragraphs, quoted lines and line ends, and what parts its blocks."""
    if rng.random() < _LOOKALIKE:
        for _ in range(rng.choice((1, 1, 2, 3))):
            blocks.insert(rng.randint(0, len(blocks)), rng.choice(hand.lines["right"]))
    if rng.random() < _BROKEN:
        _break(blocks, hand, rng)
    if rng.random() < _MENTIONED:
        blocks.insert(rng.randint(0, len(blocks)), _mention(blocks, hand, rng))
    if rng.random() < _WRAPPED:
        width = rng.randint(55, 90)
        return ["\n".join(wrap(block, width)) or block for block in blocks], "\n\n"
    return blocks, rng.choice(("\n\n", "\n\n", "\n"))


def _break(blocks: list[str], hand: Hand, rng: Random) -> None:
    """Break some paragraphs in two, with a line of content between the halves of one in two."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        at = rng.randrange(len(blocks))
        words = blocks[at].split()
        if len(words) > 2 * _WORDS:
            cut = rng.choice((rng.randint(3, 2 * _WORDS), rng.randint(3, len(words) - 3)))
            between = [rng.choice(hand.lines["right"])] if rng.random() < 0.5 else []
            blocks[at : at + 1] = [" ".join(words[:cut]), *between, " ".join(words[cut:])]


def _mention(blocks: Sequence[str], hand: Hand, rng: Random) -> str:
    """A sentence of a text with a line of litter in the middle of it, as one that speaks of such lines."""
    sentences = [s for block in blocks for s in _SENTENCE.split(block) if s.count(" ") >= _WORDS]
    words = (rng.choice(sentences) if sentences else blocks[0]).split()
    at = rng.randint(min(3, len(words)), max(3, len(words) - 3))
    line = rng.choice(hand.lines[rng.choice(KINDS)]).rstrip(".!?")
    quoted = line[:1].lower() + line[1:]
    return " ".join([*words[:at], rng.choice((quoted, f'"{line}"', f"“{line}”")), *words[at:]])


def _groups(kind: str, rng: Random) -> list[tuple[str, int]]:
    """Where lines of litter stand, and how many each time."""
    if kind == "remark":
        places = rng.choice((("before",), ("after",), ("in",), ("before", "after"), ("in", "in")))
        return [(place, rng.choice((1, 1, 1, 2))) for place in places]
    if rng.random() < 0.55:  # a rest that an extraction left
        some = [rng.choice(("before", "in", "after")) for _ in range(rng.choice((1, 1, 2)))]
        sizes = {"before": (1, 1, 1, 2, 2, 3, 4, 5, 6), "in": (1, 1, 1, 2, 3), "after": (1, 1, 2, 3, 4, 6)}
        return [(place, rng.choice(sizes[place])) for place in some]
    whole = [("before", rng.randint(1, 6))] if rng.random() < 0.7 else []
    whole += [("in", rng.choice((1, 1, 1, 2))) for _ in range(rng.choice((0, 0, 1, 1, 2, 3)))]
    return whole + ([("after", rng.randint(1, 10))] if rng.random() < 0.8 else [])
