"""Damage that breaks sentences: over blocks, around other text, over columns; lost and detached initials."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from random import Random

from .case import GAP, Case, Expected, Place, expect, gap, whole
from .texts import Article, Phrases, Words, prose

__all__ = ["broken", "broken_around", "columns", "displaced", "initial"]


def _parts(text: str, rng: Random) -> tuple[str, str]:
    """A paragraph cut in the middle of a sentence."""
    words = Words(text)
    cut = rng.choice(words.cuts())
    return text[: words.end(cut - 1)], text[words.start(cut) :]


def broken(articles: Sequence[Article], rng: Random, _: Phrases, *, variant: str, gap_text: str) -> Case:
    """A sentence broken over two blocks by a blank line (or two, or a form feed)."""
    blocks = list(articles[0].paragraphs)
    number = rng.choice(prose(articles[0]))
    head, tail = _parts(blocks[number], rng)
    right = expect(blocks, [[(number, len(head), len(head) + 1)]])
    damaged = [*blocks]
    damaged[number] = head + gap_text + tail
    return Case("block", variant, GAP.join(damaged), (right,))


def _around(
    blocks: Sequence[str], number: int, rng: Random, between: Sequence[str], kind: str, variant: str
) -> Case:
    head, tail = _parts(blocks[number], rng)
    before, after = blocks[:number], blocks[number + 1 :]
    damaged = [*before, head, *between, tail, *after]
    joined = blocks[number]
    accepted = (
        expect(
            [*before, joined, *between, *after],
            [[(number, len(head), len(head) + 1), *(gap(number + 1 + i) for i in range(len(between)))]],
        ),
        expect(
            [*before, *between, joined, *after],
            [
                [
                    (number + len(between), len(head), len(head) + 1),
                    *(gap(number + i) for i in range(len(between))),
                ]
            ],
        ),
    )
    return Case(kind, variant, GAP.join(damaged), accepted)


def broken_around(
    articles: Sequence[Article], rng: Random, phrases: Phrases, *, kind: str, variant: str, count: int = 1
) -> Case:
    """A sentence broken around ``count`` captions or headings, or around one side box (``kind``)."""
    blocks = list(articles[0].paragraphs)
    number = rng.choice(prose(articles[0]))
    between: Sequence[str]
    if kind == "caption":
        between = rng.sample(phrases.captions, count)
    elif kind == "heading":
        between = rng.sample(phrases.headings, count)
    else:
        between = rng.choice(phrases.sideboxes)
    return _around(blocks, number, rng, between, kind, variant)


def displaced(
    articles: Sequence[Article], rng: Random, _: Phrases, *, variant: str, least: int, most: int
) -> Case:
    """The rest of a paragraph stands ``least`` to ``most`` blocks further on.

    What stands in between is the rest of the article, and as much of a second one as is needed.
    """
    blocks = list(articles[0].paragraphs)
    choice = prose(articles[0])
    number = rng.choice(choice)
    distance = rng.randint(least, most)
    if number + distance >= len(blocks):
        blocks += articles[1].paragraphs
    head, tail = _parts(blocks[number], rng)
    right = expect(
        blocks, [[(number, len(head), len(head) + 1), gap(min(number + distance + 1, len(blocks)))]]
    )
    damaged = [*blocks]
    damaged[number] = head
    damaged.insert(number + distance + 1, tail)
    return Case("displaced", variant, GAP.join(damaged), (right,))


def columns(articles: Sequence[Article], rng: Random, _: Phrases, *, variant: str) -> Case:
    """The halves of two articles alternate (A1 B1 A2 B2), each cut in the middle of a sentence.

    Right is one article after the other; or, to a reader without the page, every broken paragraph made
    whole where it begins and the rest left in its order.
    """
    halves = []
    for article in articles[:2]:
        choice = prose(article)
        middle = [i for i in choice if 1 < i < len(article.paragraphs) - 1] or choice
        number = rng.choice(middle)
        head, tail = _parts(article.paragraphs[number], rng)
        halves.append((article.paragraphs[:number], head, tail, article.paragraphs[number + 1 :]))
    (a1, a_head, a_tail, a2), (b1, b_head, b_tail, b2) = halves
    a, b = articles[0].paragraphs[len(a1)], articles[1].paragraphs[len(b1)]
    damaged = [*a1, a_head, *b1, b_head, a_tail, *a2, b_tail, *b2]

    def right(blocks: Sequence[str]) -> Expected:
        numbers = [list(blocks).index(paragraph) for paragraph in (a, b)]
        places: list[list[Place]] = [
            [(number, len(head), len(head) + 1)]
            for number, head in zip(numbers, (a_head, b_head), strict=True)
        ]
        found = expect(blocks, places)
        # Whoever mends one of the two leaves the other's rest anywhere between them.
        stop = list(blocks).index(b2[0]) if b2 else len(blocks)
        zone = [whole(blocks, i) for i in range(numbers[0], stop)] + [gap(stop)]
        free = dataclasses.replace(expect(blocks, [zone]).probes[0], counts=False)
        return dataclasses.replace(found, probes=(*found.probes, free))

    accepted = (
        right([*a1, a, *a2, *b1, b, *b2]),
        right([*a1, a, *b1, b, *a2, *b2]),
    )
    return Case("columns", variant, GAP.join(damaged), accepted)


ONSETS = (
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr",
    "b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x",
)  # fmt: skip


def initial(articles: Sequence[Article], rng: Random, _: Phrases, *, variant: str, form: str) -> Case:
    """The large first letter of a paragraph is lost ("hát huy", "Hát huy") or apart ("P hát huy").

    ``form``: "lost", "lost-capital", "space" or "line" (a block of its own). Only words that begin
    with a consonant lose a letter; figures and words of one letter are left alone.
    """
    blocks = list(articles[0].paragraphs)

    def suits(text: str) -> bool:
        word = text.split(maxsplit=1)[0]
        if not (word.isalpha() and word[0].isupper() and word[1:].islower()):
            return False
        return form in ("space", "line") or word.lower().startswith(ONSETS)

    choice = [i for i, text in enumerate(blocks) if i and len(text.split()) > 8 and suits(text)]
    if not choice:
        raise LookupError("no paragraph begins with such a word")
    number = rng.choice(choice)
    first, rest = blocks[number][0], blocks[number][1:]
    damaged = [*blocks]
    damaged[number] = {
        "lost": rest,
        "lost-capital": rest[0].upper() + rest[1:],
        "space": f"{first} {rest}",
        "line": f"{first}{GAP}{rest}",
        "line-end": f"{first}\n{rest}",
    }[form]
    right = expect(blocks, [[(number, 0, 2)]])
    return Case("initial", variant, GAP.join(damaged), (right,))
