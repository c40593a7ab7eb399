"""Right documents with sentences broken on purpose, to learn from what broken sentences look like.

All chances here are drawn with one generator, so that the same files and seed give the same documents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from ocrfix._corpus import documents
from ocrfix.layout import HEADING_LENGTH, Kind, ends_sentence, first_letter_case, line_kind, starts_item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from random import Random

__all__ = ["Broken", "Material", "broken_documents", "material"]

CHUNK: Final = 80
"""The most paragraphs of a document that are looked at together."""
LEAST_BODY: Final = 6
"""Paragraphs that an article has at least to be broken."""
_SENTENCE: Final = re.compile(r"(?<=[^\W\d_A-Z]{2}[.!?]) (?=[^\W\d_a-z])")
LONG: Final = 120
"""Characters that a rest has at least to be broken once more."""
LISTED: Final = 0.15
"""Lists of entries in small letters without stops, for each broken document; few right texts have such."""
SIGNED: Final = 0.3
"""The share of articles that end with a byline."""
_HALF: Final = 14
"""The least length of a half, in characters."""


@dataclass
class Material:
    """What documents are made of: ``right`` ones as they are, ``articles`` (their first paragraph is the
    headline), ``headings``, ``captions`` and ``bylines``.
    """

    right: list[list[str]] = field(default_factory=list)
    articles: list[list[str]] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)


class Broken(NamedTuple):
    """A document as paragraphs, and the pairs of paragraphs, by number, that were one sentence."""

    blocks: list[str]
    pairs: frozenset[tuple[int, int]]


def material(paths: Sequence[Path], rng: Random, most: int) -> Material:
    """Draw up to ``most`` documents from each file (paragraphs are lines, a form feed ends a document).

    Raises OSError on files, UnicodeDecodeError for text that is not UTF-8.
    """
    found = Material()
    for path in paths:
        drawn: list[list[str]] = []
        for number, document in enumerate(documents(path, longest=CHUNK)):
            # Each document of the file has the same chance (Vitter's algorithm R).
            place = number if number < most else rng.randrange(number + 1)
            if place < len(drawn):
                drawn[place] = document
            elif place < most:
                drawn.append(document)
        for document in drawn:
            _sort(document, found)
    return found


def _sort(document: list[str], found: Material) -> None:
    found.right.append(document)
    title, *rest = document
    body = [p for p in rest if 50 < len(p) < 2000 and ends_sentence(p) and first_letter_case(p) == "upper"]
    if len(title) < HEADING_LENGTH and not ends_sentence(title) and not starts_item(title):
        found.headings.append(title)
        if len(body) >= LEAST_BODY and len(body) >= 0.8 * len(rest):
            found.articles.append([title, *body])
    for line in rest:
        if len(line) < HEADING_LENGTH and line_kind(line) is Kind.BYLINE:
            found.bylines.append(line)
        elif 25 < len(line) < HEADING_LENGTH and line[-1].isalpha() and first_letter_case(line) == "upper":
            found.captions.append(line)


def broken_documents(found: Material, rng: Random, rounds: int) -> Iterator[Broken]:
    """Every article ``rounds`` times, each time cut to another length and broken in other places."""
    for _ in range(rounds):
        for article in found.articles:
            maker = _Maker(found, rng)
            document = maker.make(article)
            if document is not None:
                yield document
            if rng.random() < LISTED:
                yield Broken(maker.listed(article), frozenset())


class _Maker:
    """One document in the making; blocks carry marks of the halves that they are."""

    def __init__(self, found: Material, rng: Random) -> None:
        self.found, self.rng = found, rng
        self.halves = 0

    def make(self, article: list[str]) -> Broken | None:
        """Break an article in one to three places; some halves are left out altogether."""
        rng = self.rng
        blocks = self._page(article)
        if rng.random() < 0.2:
            blocks = self._columns(blocks, self._page(rng.choice(self.found.articles)))
        else:
            for _ in range(rng.choice((1, 1, 1, 2, 3))):
                blocks = self._break(blocks)
        if rng.random() < 0.4:
            # A page of a newspaper goes on with another article, or begins with one.
            other = self._page(rng.choice(self.found.articles), titled=True)
            blocks = [*blocks, *other] if rng.random() < 0.5 else [*other, *blocks]
        if rng.random() < 0.06:
            marked = [i for i, (_, left, right) in enumerate(blocks) if left or right]
            if marked:
                del blocks[rng.choice(marked)]
        if rng.random() < 0.15:
            blocks = [(_stain(text, rng), left, right) for text, left, right in blocks]
        if not any(left or right for _, left, right in blocks):
            return None
        lefts = {left: i for i, (_, left, _) in enumerate(blocks) if left}
        rights = {right: i for i, (_, _, right) in enumerate(blocks) if right}
        pairs = frozenset((lefts[mark], rights[mark]) for mark in lefts.keys() & rights.keys())
        return Broken([text for text, _, _ in blocks], pairs)

    def _page(self, article: list[str], *, titled: bool = False) -> list[tuple[str, int, int]]:
        """A stretch of an article in paragraphs of some length, with headings and captions in it."""
        rng = self.rng
        title, *body = article
        size = rng.choice((60, 100, 160, 240, 400))
        sentences = [s for p in body[:14] for s in _SENTENCE.split(p)]
        texts: list[str] = []
        for sentence in sentences:
            if texts and len(texts[-1]) < size:
                texts[-1] = f"{texts[-1]} {sentence}"
            else:
                texts.append(sentence)
        texts = texts[: rng.randrange(2, 13)]
        blocks = [(text, 0, 0) for text in texts]
        if rng.random() < 0.6:
            for _ in range(rng.choice((1, 1, 2, 3))):
                place = rng.randrange(1, len(blocks) + 1) if blocks else 0
                pool = self.found.headings if rng.random() < 0.6 else self.found.captions
                blocks.insert(place, (self._line(pool), 0, 0))
        if self.found.bylines and rng.random() < SIGNED:
            blocks.append((rng.choice(self.found.bylines), 0, 0))
        return [(title, 0, 0), *blocks] if titled or rng.random() < 0.8 else blocks

    def _line(self, pool: list[str]) -> str:
        """A heading or caption; some are but a few words, as headings inside an article are."""
        text = self.rng.choice(pool or self.found.headings)
        words = text.split()
        if self.rng.random() < 0.4:
            text = " ".join(words[: self.rng.randrange(2, 7)])
        return text + self.rng.choice(("", "", "."))

    def listed(self, article: list[str]) -> list[str]:
        """A list of entries that begin with small letters, as a menu, by itself or in a text."""
        rng = self.rng
        pool = self.found.headings if rng.random() < 0.5 else self.found.captions or self.found.headings
        longest = rng.randrange(2, 9)
        entries = []
        for _ in range(rng.randrange(3, 10)):
            words = rng.choice(pool).split()[: rng.randrange(2, longest + 2)]
            entries.append(" ".join([words[0].lower(), *words[1:]]) + rng.choice(("", "", "", ",", ";")))
        if rng.random() < 0.5:
            return [rng.choice(self.found.headings), *entries] if rng.random() < 0.7 else entries
        texts = [text for text, _, _ in self._page(article)]
        place = rng.randrange(len(texts) + 1)
        return [*texts[:place], *entries, *texts[place:]]

    def _cut(self, text: str) -> tuple[str, str] | None:
        """A paragraph cut in the middle of a sentence."""
        least = min(_HALF, len(text) // 4)
        places = [m.start() for m in re.finditer(" ", text)]
        inner = [p for p in places if least < p < len(text) - least and text[p - 1] not in '.!?…:"”']
        if not inner:
            return None
        place = self.rng.choice(inner)
        return text[:place], text[place + 1 :]

    def _halves_at(self, blocks: list[tuple[str, int, int]]) -> tuple[int, str, str] | None:
        choice = [
            i for i, (text, _, _) in enumerate(blocks) if len(text) >= 2 * _HALF and ends_sentence(text)
        ]
        if not choice:
            return None
        number = self.rng.choice(choice)
        cut = self._cut(blocks[number][0])
        return None if cut is None else (number, *cut)

    def _break(self, blocks: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
        cut = self._halves_at(blocks)
        if cut is None:
            return blocks
        number, head, tail = cut
        _, left, right = blocks[number]
        self.halves += 1
        mark = self.halves
        before, after = blocks[:number], blocks[number + 1 :]
        kind = self.rng.choice(("next", "next", "next", "line", "line", "lines", "box", "box", "far", "far"))
        if kind == "far":
            # The rest stands further down, behind what is left of the article or of another one.
            if len(after) < 3:
                after = after + self._page(self.rng.choice(self.found.articles), titled=True)
            place = self.rng.randrange(min(2, len(after)), min(10, len(after)) + 1)
            return [*before, (head, mark, right), *after[:place], (tail, left, mark), *after[place:]]
        between = [(text, 0, 0) for text in self._between(kind)]
        if len(tail) > LONG and self.rng.random() < 0.15 and (again := self._cut(tail)) is not None:
            self.halves += 1
            middle, tail = again
            between.append((middle, self.halves, mark))
            mark, head_mark = self.halves, mark
            return [*before, (head, head_mark, right), *between, (tail, left, mark), *after]
        return [*before, (head, mark, right), *between, (tail, left, mark), *after]

    def _between(self, kind: str) -> list[str]:
        rng, found = self.rng, self.found
        if kind == "next":
            return []
        if kind in ("line", "lines"):
            pool = found.headings if rng.random() < 0.6 else found.captions
            return [self._line(pool) for _ in range(1 if kind == "line" else 2)]
        other = rng.choice(found.articles)[1:]
        sentences = [_SENTENCE.split(p)[0] for p in other[: rng.randrange(1, 5)]]
        form = rng.random()
        if form < 0.2:
            sentences = [f"• {s.rstrip('.')}" for s in sentences]
        elif form < 0.35:
            sentences = [f"{i}. {s}" for i, s in enumerate(sentences, 1)]
        elif form < 0.5:
            sentences = [f"{rng.randrange(1945, 2025)}: {s}" for s in sentences]
        head = [self._line(found.headings)] if rng.random() < 0.8 else []
        return head + sentences

    def _columns(
        self, one: list[tuple[str, int, int]], two: list[tuple[str, int, int]]
    ) -> list[tuple[str, int, int]]:
        """The halves of two articles in turn."""
        parts = []
        for blocks in (one, two):
            cut = self._halves_at(blocks)
            if cut is None:
                return one
            number, head, tail = cut
            self.halves += 1
            mark = self.halves
            parts.append(
                ([*blocks[:number], (head, mark, 0)], [(tail, 0, mark), *blocks[number + 1 :]]),
            )
        return [*parts[0][0], *parts[1][0], *parts[0][1], *parts[1][1]]


def _stain(text: str, rng: Random) -> str:
    """A text as a poor scan is read: letters lose their marks, and dirt looks like a stop."""
    words = text.split(" ")
    for i, word in enumerate(words):
        if rng.random() < 0.06 and len(word) > 1:
            place = rng.randrange(1, len(word))
            words[i] = word[:place] + rng.choice("aeionhtcl") + word[place + 1 :]
    stained = " ".join(words)
    return stained + " ." if rng.random() < 0.05 and stained[-1:].isalpha() else stained
