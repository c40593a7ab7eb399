"""Damage that puts the same text in twice: blocks, passages, loops."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from .case import GAP, Case, Expected, Place, expect, gap, whole
from .noise import misread
from .texts import Article, Phrases, Words, prose

__all__ = ["Copying", "copied_block", "copied_span", "looped_line", "looped_phrase", "looped_signs"]

COPY_WORDS = 20
"""Words of the shortest block that is copied."""


def _copy_expected(blocks: Sequence[str], first: int, stop: int, at: int) -> tuple[Expected, ...]:
    """The article as it was, and with the copied run of blocks where its copy was put instead."""
    run = list(blocks[first:stop])
    at_home: list[Place] = [whole(blocks, i) for i in range(first, stop)]
    out = [expect(blocks, [[*at_home, gap(at)]])]
    if not first <= at <= stop:
        rest = [*blocks[:first], *blocks[stop:]]
        new = at - len(run) if at >= stop else at
        hole = first if at >= stop else first + len(run)
        moved = [*rest[:new], *run, *rest[new:]]
        places = [whole(moved, i) for i in range(new, new + len(run))]
        out.append(expect(moved, [[*places, gap(hole)]]))
    return tuple(out)


@dataclass(frozen=True)
class Copying:
    """How blocks are copied.

    Parameters: ``where`` the copy stands: "next" to the first, "later" or "before"; ``blocks`` in the run;
    ``worse``, "copy" or "original", is read with errors in 2 to 8 % of its characters, None for an exact
    copy; ``times``, copies in a row; ``feeds``: form feeds stand around the copies, as when a page was
    read twice; ``width``: the copies are wrapped at so many characters.
    """

    where: str = "later"
    blocks: int = 1
    worse: str | None = None
    times: int = 1
    feeds: bool = False
    width: int | None = None


def copied_block(
    articles: Sequence[Article],
    rng: Random,
    _: Phrases,
    *,
    kind: str,
    variant: str,
    copying: Copying,
) -> Case:
    """A block, or a run of blocks, comes again; either copy may be the worse one."""
    where, blocks_copied = copying.where, copying.blocks
    blocks = list(articles[0].paragraphs)
    choice = [
        i
        for i in prose(articles[0], COPY_WORDS)
        if i + blocks_copied <= len(blocks)
        and sum(len(b.split()) for b in blocks[i : i + blocks_copied]) >= COPY_WORDS
    ]
    if where == "later":
        choice = [i for i in choice if i + blocks_copied < len(blocks)] or choice
    if where == "before":
        choice = [i for i in choice if i > 1] or choice
    first = rng.choice(choice)
    stop = first + blocks_copied
    if where == "later" and stop < len(blocks):
        at = rng.randint(stop + 1, len(blocks))
    elif where == "before" and first > 1:
        at = rng.randint(1, first - 1)
    else:
        at = stop
    rate = rng.uniform(0.02, 0.08)

    def reading(*, right: bool) -> list[str]:
        return [block if right else misread(block, rng, rate) for block in blocks[first:stop]]

    original = reading(right=copying.worse != "original")
    copies: list[str] = []
    for _copy in range(copying.times):
        copies += ["\f"] * copying.feeds + reading(right=copying.worse != "copy")
    if copying.width:
        copies = [
            textwrap.fill(c, copying.width, break_long_words=False, break_on_hyphens=False) for c in copies
        ]
    damaged = [*blocks[:first], *original, *blocks[stop:]]
    damaged[at:at] = [*copies, *(["\f"] * copying.feeds)]
    return Case(kind, variant, GAP.join(damaged), _copy_expected(blocks, first, stop, at))


def copied_span(
    articles: Sequence[Article], rng: Random, _: Phrases, *, variant: str, inside: bool, noisy: bool
) -> Case:
    """A passage of 15 to 100 words comes again in another paragraph.

    ``inside``: the copy stands in the middle of a sentence, else at the end of one; ``noisy``: it has
    reading errors in 1 to 4 % of its characters.
    """
    blocks = list(articles[0].paragraphs)
    source, target = rng.sample(prose(articles[0]), 2)
    words, other = Words(blocks[source]), Words(blocks[target])
    size = rng.randint(15, min(100, len(words) - 4))
    first = rng.randint(0, len(words) - size)
    passage = words.passage(first, first + size)
    place = rng.choice(other.cuts() if inside else [*other.sentence_starts[1:], len(other)])
    head, tail = other.text[: other.end(place - 1)], other.text[other.end(place - 1) :]
    copy = misread(passage, rng, rng.uniform(0.01, 0.04)) if noisy else passage
    damaged = list(blocks)
    damaged[target] = f"{head} {copy}{tail}"
    home: Place = (source, words.start(first), words.end(first + size - 1))
    accepted = [expect(blocks, [[home, (target, len(head), len(head) + 1)]])]
    begins, ends = set(words.sentence_starts), {*words.sentence_starts, len(words)}
    if not inside and not noisy and first in begins and first + size in ends:
        # Whole sentences between sentences: nobody can tell the copy from the original.
        left = words.text[: words.start(first)] + words.text[words.end(first + size - 1) :].lstrip()
        moved = list(damaged)
        moved[source] = left.rstrip()
        hole = min(words.start(first), len(moved[source]))
        there: Place = (target, len(head), len(head) + 1 + len(passage))
        accepted.append(expect(moved, [[(source, hole, hole), there]]))
    return Case("span", variant, GAP.join(damaged), tuple(accepted))


def looped_phrase(
    articles: Sequence[Article], rng: Random, phrases: Phrases, *, variant: str, own: bool
) -> Case:
    """A phrase of 1 to 12 words comes 6 to 60 times: one of the article's (``own``), or one put in."""
    blocks = list(articles[0].paragraphs)
    number = rng.choice(prose(articles[0]))
    words = Words(blocks[number])
    times = rng.randint(6, 60)
    if own:
        size = rng.randint(1, min(12, len(words) - 2))
        first = rng.randint(1, len(words) - size - 1)
        phrase = words.passage(first, first + size)
        end = words.end(first + size - 1)
        damaged = [*blocks]
        damaged[number] = words.text[:end] + f" {phrase}" * (times - 1) + words.text[end:]
        right = expect(blocks, [[(number, words.start(first), end)]])
        return Case("loop", variant, GAP.join(damaged), (right,))
    phrase = rng.choice(phrases.loops)
    cut = rng.choice(words.cuts())
    head, tail = words.text[: words.end(cut - 1)], words.text[words.end(cut - 1) :]
    accepted = []
    for copies in (0, 1):
        some = [*blocks]
        some[number] = head + f" {phrase}" * copies + tail
        accepted.append(expect(some, [[(number, len(head), len(some[number]) - len(tail))]]))
    damaged = [*blocks]
    damaged[number] = head + f" {phrase}" * times + tail
    return Case("loop", variant, GAP.join(damaged), tuple(accepted))


def looped_line(
    articles: Sequence[Article], rng: Random, phrases: Phrases, *, variant: str, own: bool
) -> Case:
    """A line comes 5 to 30 times: a sentence of the article that ends a paragraph, or a line put in."""
    blocks = list(articles[0].paragraphs)
    times = rng.randint(5, 30)
    separator = rng.choice(("\n", "\n\n"))
    if own:
        number = rng.choice(prose(articles[0]))
        words = Words(blocks[number])
        line = words.text[words.start(words.sentence_starts[-1]) :]
        blocks[number : number + 1] = [words.text[: -len(line)].rstrip(), line]
        blocks = [block for block in blocks if block]
        number = blocks.index(line)
        damaged = [*blocks]
        damaged[number] = separator.join([line] * times)
        right = expect(blocks, [[whole(blocks, number)]])
        return Case("loop", variant, GAP.join(damaged), (right,))
    line = rng.choice([p for p in phrases.loops if len(p.split()) > 2] or phrases.loops)
    number = rng.randint(2, len(blocks))
    kept = [*blocks[:number], line, *blocks[number:]]
    accepted = (expect(blocks, [[gap(number)]]), expect(kept, [[whole(kept, number)]]))
    damaged = [*kept]
    damaged[number] = separator.join([line] * times)
    return Case("loop", variant, GAP.join(damaged), accepted)


SIGNS = (".", "…", "-", "_", ". ", "- ", "—", "*", "• ")


def looped_signs(articles: Sequence[Article], rng: Random, _: Phrases, *, variant: str) -> Case:
    """Dots or dashes, 80 to 400 of them, in the middle of a sentence of prose.

    Right is the text without them, or with one to three signs left.
    """
    blocks = list(articles[0].paragraphs)
    number = rng.choice(prose(articles[0]))
    words = Words(blocks[number])
    sign, times, cut = rng.choice(SIGNS), rng.randint(80, 400), rng.choice(words.cuts())
    head, tail = words.text[: words.end(cut - 1)], words.text[words.end(cut - 1) :]
    accepted = []
    for left in (0, 1, 2, 3):
        some = [*blocks]
        some[number] = head + (" " + (sign * left).strip() if left else "") + tail
        accepted.append(expect(some, [[(number, len(head), len(some[number]) - len(tail))]]))
    damaged = [*blocks]
    damaged[number] = f"{head} {(sign * times).strip()}{tail}"
    return Case("loop", variant, GAP.join(damaged), tuple(accepted))
