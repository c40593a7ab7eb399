"""Damage that puts in what is no content: page furniture, web chrome, a model's talk."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from .case import GAP, Case, Place, expect, gap
from .noise import misread
from .texts import Article, Phrases, Words, prose

__all__ = ["chatter", "chrome", "date_of", "fences", "filled", "first_page", "issue_of", "page_furniture"]

PAGE_BLOCKS: Final = (3, 5)
"""Least and most paragraphs of a page."""


def issue_of(rng: Random) -> str:
    """The number of an issue, by chance."""
    number = rng.randint(60, 9999)
    return f"{number:,}".replace(",", ".") if rng.random() < 0.5 else str(number)


def date_of(rng: Random) -> str:
    """A day, written in one of some ways, by chance."""
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1995, 2025)
    return rng.choice(
        (f"{day}/{month}/{year}", f"{day:02}-{month:02}-{year}", f"ngày {day} tháng {month} năm {year}")
    )


def filled(template: str, page: int, issue: str, date: str) -> str:
    """A template with its fields filled in; other braces stay."""
    for field, value in (("page", str(page)), ("issue", issue), ("date", date)):
        template = template.replace("{" + field + "}", value)
    return template


def first_page(line: str, pages: int, rng: Random) -> int:
    """A number for the first page; where the line tells how many there are ("0/48", "0 of 64"), none
    beyond them.
    """
    total = re.search(r"(?:/|\bof)\s*(\d+)\W*$", line)
    most = int(total[1]) - pages if total else 300
    return rng.randint(1, max(1, most))


def _lines(kind: str, rng: Random, phrases: Phrases, noisy: bool) -> Callable[[int], str]:
    """What stands on a page of a given number."""
    stock = {"page-number": phrases.page_numbers, "header": phrases.headers, "footer": phrases.footers}[kind]
    # A book may have one header on left pages, another on right ones.
    pair = rng.sample(stock, 2) if kind == "header" and rng.random() < 0.3 else [rng.choice(stock)] * 2
    issue, date = issue_of(rng), date_of(rng)

    def line(page: int) -> str:
        text = filled(pair[page % 2], page, issue, date)
        return misread(text, rng, 0.04) if noisy and rng.random() < 0.6 else text

    return line


def page_furniture(
    articles: Sequence[Article],
    rng: Random,
    phrases: Phrases,
    *,
    kind: str,
    variant: str,
    feeds: bool,
    inside: bool,
    noisy: bool = False,
) -> Case:
    """A page number, header or footer (``kind``) on every page of three articles.

    ``feeds``: pages are parted by form feeds; ``inside``: most pages end in the middle of a sentence
    (mending it is another kind's business); ``noisy``: headers are read with errors of their own.
    """
    blocks = [p for article in articles[:3] for p in article.paragraphs]
    cuttable = {i for i, p in enumerate(blocks) if len(p.split()) >= 24 and Words(p).cuts()}
    line = _lines(kind, rng, phrases, noisy)
    top = kind == "header" or (kind == "page-number" and rng.random() < 0.3)
    # Pages are not blank-line-parted from their furniture in every extraction.
    parted = GAP if rng.random() < 0.8 else "\n"
    pages: list[list[str]] = [[]]
    breaks: list[Place] = []
    left = rng.randint(*PAGE_BLOCKS)
    for i, block in enumerate(blocks):
        if left == 0:
            left = rng.randint(*PAGE_BLOCKS)
            if inside and i in cuttable and rng.random() < 0.8:
                words = Words(block)
                cut = rng.choice(words.cuts())
                end = words.end(cut - 1)
                pages[-1].append(block[:end])
                pages.append([block[words.start(cut) :]])
                breaks.append((i, end, end + 1))
                continue
            pages.append([])
            breaks.append(gap(i))
        pages[-1].append(block)
        left -= 1
    number = first_page(line(0), len(pages), rng)
    bare_first = top and rng.random() < 0.5
    places: list[list[Place]] = []
    litter: list[str] = []
    out = []
    for i, page in enumerate(pages):
        text = GAP.join(page)
        if not (top and i == 0 and bare_first):
            put_in = line(number + i)
            text = f"{put_in}{parted}{text}" if top else f"{text}{parted}{put_in}"
            litter.append(put_in)
            begin = gap(0) if i == 0 else breaks[i - 1]
            until = breaks[i] if i < len(breaks) else gap(len(blocks))
            places.append([begin if top else until])
        out.append(text)
    feed = rng.choice(("\n\f\n", "\n\f", "\f"))
    right = expect(blocks, places, litter=litter)
    return Case(kind, variant, (feed if feeds else GAP).join(out), (right,))


def _insert(
    blocks: Sequence[str], runs: dict[int, list[str]], separator: str, kind: str, variant: str
) -> Case:
    """Lines put in before the blocks of these numbers (the number of blocks: behind the last one)."""
    damaged: list[str] = []
    places: list[list[Place]] = []
    litter: list[str] = []
    for i in range(len(blocks) + 1):
        if i in runs:
            damaged.append(separator.join(runs[i]))
            places += [[gap(i)]] * len(runs[i])
            litter += runs[i]
        damaged += blocks[i : i + 1]
    return Case(kind, variant, GAP.join(damaged), (expect(blocks, places, litter=litter),))


def chrome(articles: Sequence[Article], rng: Random, phrases: Phrases, *, variant: str, where: str) -> Case:
    """Lines of a web page before, in and after the article (``where``: "before", "in", "after", "all")."""
    blocks = list(articles[0].paragraphs)
    sizes = {"before": (1, 4), "in": (1, 2), "after": (2, 6)}
    parts = list(sizes) if where == "all" else [where]
    count = {part: rng.randint(*sizes[part]) for part in parts}
    stock = rng.sample(phrases.chrome, sum(count.values()))
    runs = {}
    for part in parts:
        at = {"before": 0, "in": rng.randint(2, len(blocks) - 1), "after": len(blocks)}[part]
        runs[at] = [stock.pop() for _ in range(count[part])]
    return _insert(blocks, runs, rng.choice((GAP, GAP, "\n")), "chrome", variant)


def chatter(articles: Sequence[Article], rng: Random, phrases: Phrases, *, variant: str, where: str) -> Case:
    """A remark of a model "before", "after" or in the "middle" of the text, or "glued" to a paragraph."""
    blocks = list(articles[0].paragraphs)
    if where == "glued":
        number = rng.choice(prose(articles[0]))
        remark = rng.choice([r for r in phrases.chatter_middle if "\n" not in r])
        end = len(blocks[number])
        right = expect(blocks, [[(number, end, end)]], litter=[remark])
        blocks[number] += f" {remark}"
        return Case("chatter", variant, GAP.join(blocks), (right,))
    stock = {
        "before": phrases.chatter_before,
        "after": phrases.chatter_after,
        "middle": phrases.chatter_middle,
    }
    at = {"before": 0, "after": len(blocks), "middle": rng.randint(2, len(blocks) - 1)}[where]
    return _insert(blocks, {at: [rng.choice(stock[where])]}, GAP, "chatter", variant)


def fences(articles: Sequence[Article], rng: Random, phrases: Phrases, *, variant: str, remark: bool) -> Case:
    """A code fence around the whole text, with a remark of the model before it or without."""
    blocks = list(articles[0].paragraphs)
    opening = rng.choice(("```", "```text", "```markdown", "```plaintext"))
    litter = [opening, "```"]
    text = f"{opening}\n{GAP.join(blocks)}\n```"
    places = [[gap(0)], [gap(len(blocks))]]
    if remark:
        litter.insert(0, rng.choice([r for r in phrases.chatter_before if "```" not in r]))
        places.insert(0, [gap(0)])
        text = f"{litter[0]}{GAP}{text}"
    return Case("chatter", variant, text, (expect(blocks, places, litter=litter),))
