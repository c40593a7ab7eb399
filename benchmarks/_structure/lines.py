"""Damage at line ends: soft wraps and hyphens."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from .case import GAP, Case, Expected, Probe, nfc
from .texts import Article, Phrases, Words

__all__ = ["hyphened", "wrapped"]

WRAP_PARAGRAPHS: Final = 5
"""Paragraphs of an article that are wrapped, so that one article does not outweigh the others."""
VOWELS: Final = "aeiouyAEIOUY"


def _wrap(words: Words, width: int, indent: int = 0) -> list[list[int]]:
    """The words of each line of at most ``width`` characters, the first line indented."""
    lines: list[list[int]] = [[]]
    room = width - indent
    for i in range(len(words)):
        size = words.end(i) - words.start(i)
        if lines[-1] and size + 1 > room:
            lines.append([])
            room = width
        room -= size + (1 if lines[-1] else 0)
        lines[-1].append(i)
    return lines


def wrapped(
    articles: Sequence[Article], rng: Random, _: Phrases, *, variant: str, between: str, indent: int = 0
) -> Case:
    """Lines of 30 to 80 characters; every line end inside a paragraph is an item.

    ``between``: what stands between paragraphs, a blank line or only a line end; ``indent``: spaces
    before each paragraph. The headline is left out where nothing would tell it from the text.
    """
    first = 0 if between == GAP else 1
    paragraphs = articles[0].paragraphs[first : first + WRAP_PARAGRAPHS]
    width = rng.randint(30, 80)
    damaged, probes, offset = [], [], 0
    for paragraph in paragraphs:
        words = Words(paragraph)
        lines = _wrap(words, width, indent)
        damaged.append(" " * indent + "\n".join(words.passage(x[0], x[-1] + 1) for x in lines))
        for line in lines[:-1]:
            end = offset + words.end(line[-1])
            probes.append(Probe(((end, end + 1),), context=0))
        offset += len(paragraph) + len(GAP)
    right = Expected(nfc(GAP.join(paragraphs)), tuple(probes))
    return Case("wrap", variant, between.join(damaged), (right,), loose_breaks=between != GAP)


def _parted(word: str, room: int, rng: Random, *, real: bool) -> tuple[str, str] | None:
    """A word in two, so that ``room`` characters hold the first part with its hyphen; None if too long."""
    if real:
        places = [i + 1 for i, c in enumerate(word) if c == "-" and i < room]
    else:
        places = [i for i in range(3, len(word) - 2) if word[i - 1] in VOWELS and word[i] not in VOWELS]
        places = [i for i in places if i < room]
    if not places:
        return None
    at = rng.choice(places)
    return word[:at] + ("" if real else "-"), word[at:].lstrip()


def _fitting(
    stock: Sequence[str], room: int, rng: Random, *, real: bool
) -> tuple[str, tuple[str, str]] | None:
    """The first word of the stock whose beginning fits into the room, and its two parts."""
    for word in stock:
        if parts := _parted(word, room, rng, real=real):
            return word, parts
    return None


def hyphened(articles: Sequence[Article], rng: Random, phrases: Phrases, *, variant: str, real: bool) -> Case:
    """Wrapped lines of which some end in a parted word, put into the text in brackets or quotes.

    ``real``: the hyphen belongs to the word or span and must stay (COVID-19, Hà Nội - Huế); else the
    word is a foreign one and the hyphen must go. Other line ends do not count. Raises LookupError when
    no line had room for a parted word.
    """
    width = rng.randint(40, 80)
    stock = list(phrases.hyphenated if real else phrases.foreign_words)
    rng.shuffle(stock)
    right: list[str] = []
    damaged: list[str] = []
    probes: list[Probe] = []
    offset = 0
    for paragraph in articles[0].paragraphs[1 : 1 + WRAP_PARAGRAPHS]:
        good, lines, line, free = "", [], "", 1
        for word in paragraph.split():
            if line and len(line) + 1 + len(word) > width:
                place = offset + len(good)
                # A parted word at every second line end at most, and never behind a closing sign.
                found = _fitting(stock, width - len(line) - 2, rng, real=real) if free <= 0 else None
                if found and line[-1].isalnum():
                    foreign, parts = found
                    left, right_mark = rng.choice(("()", "“”"))
                    put_in = f"{left}{foreign}{right_mark}"
                    stock.remove(foreign)
                    good += f" {put_in}"
                    probes.append(Probe(((place + 1, place + 1 + len(put_in)),), context=1))
                    lines.append(f"{line} {left}{parts[0]}")
                    line, free = parts[1] + right_mark, 2
                else:
                    probes.append(Probe(((place, place + 1),), context=0, counts=False))
                    lines.append(line)
                    line = ""
                free -= 1
            line = f"{line} {word}".lstrip()
            good = f"{good} {word}".lstrip()
        right.append(good)
        damaged.append("\n".join([*lines, line]))
        offset += len(good) + len(GAP)
    if not any(probe.counts for probe in probes):
        raise LookupError("no line had room for a parted word")
    text = Expected(nfc(GAP.join(right)), tuple(probes))
    return Case("hyphen", variant, GAP.join(damaged), (text,))
