"""The right documents that are damaged, the phrases that damage brings, and places to damage."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from ocrfix._compressed import PackingError, open_text
from ocrfix.evaluation import DataError

__all__ = [
    "SPLITS",
    "Article",
    "Document",
    "Phrases",
    "Words",
    "bundled_articles",
    "bundled_untouched",
    "data_hash",
    "load_articles",
    "load_phrases",
    "prose",
]

SPLITS: Final = ("dev", "held-out")
"""The folders of data: to develop with, and only measured."""

LEAST_PARAGRAPHS: Final = 5
LEAST_PROSE: Final = 4
"""What a document from outside must have to be damaged: paragraphs, and paragraphs of `LONG` words."""
LONG: Final = 24
"""Words from which a paragraph counts as prose that can be cut."""


@dataclass(frozen=True)
class Article:
    """A right document: its paragraphs, the headline first."""

    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The paragraphs with blank lines between them."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True)
class Document:
    """A right text that must come back as it is, and its class."""

    kind: str
    number: int
    text: str


@dataclass(frozen=True)
class Phrases:
    """What damage brings into a text; every field is named as its table in a phrase file.

    ``headers`` and ``page_numbers`` are templates with {page}, {issue} and {date}; ``hyphenated`` are words
    and spans whose hyphen belongs to them, wherever the line ends.
    """

    captions: tuple[str, ...]
    headings: tuple[str, ...]
    sideboxes: tuple[tuple[str, ...], ...]
    headers: tuple[str, ...]
    footers: tuple[str, ...]
    page_numbers: tuple[str, ...]
    chrome: tuple[str, ...]
    chatter_before: tuple[str, ...]
    chatter_after: tuple[str, ...]
    chatter_middle: tuple[str, ...]
    foreign_words: tuple[str, ...]
    loops: tuple[str, ...]
    hyphenated: tuple[str, ...]


class Words:
    """The words of a paragraph with their places, and where it can be cut.

    >>> words = Words("Sáng nay trời mưa. Bà con vẫn ra đồng.")
    >>> words.sentence_starts
    [0, 4]
    >>> words.start(4), words.text[words.start(4) : words.end(5)]
    (19, 'Bà con')
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [m.span() for m in re.finditer(r"\S+", text)]

    def __len__(self) -> int:
        return len(self.spans)

    def start(self, word: int) -> int:
        """The offset (characters) where a word begins."""
        return self.spans[word][0]

    def end(self, word: int) -> int:
        """The offset where a word ends."""
        return self.spans[word][1]

    def passage(self, first: int, stop: int) -> str:
        """The text of the words from ``first`` up to, not including, ``stop``."""
        return self.text[self.start(first) : self.end(stop - 1)]

    @property
    def sentence_starts(self) -> list[int]:
        """The words that begin a sentence: the first, and capitals behind a closing sign."""
        return [0] + [
            i
            for i in range(1, len(self))
            if re.search(r"[.!?…][”\")]*$", self.passage(i - 1, i))
            and self.text[self.start(i)].isupper()
            and len(self.passage(i - 1, i)) > 2
        ]

    def cuts(self, margin: int = 4) -> list[int]:
        """The words before which a sentence can be cut, ``margin`` words from its ends at least."""
        starts = [*self.sentence_starts, len(self)]
        out = []
        for first, stop in pairwise(starts):
            out += [
                i
                for i in range(first + margin, stop - margin + 1)
                if not re.search(r"[.!?…:][”\")]*$", self.passage(i - 1, i))
                and not re.fullmatch(r"[-–—]", self.passage(i, i + 1))
            ]
        return out


def prose(article: Article, least: int = LONG) -> list[int]:
    """The numbers of the paragraphs that have ``least`` words and a place to cut; never the headline."""
    return [
        i
        for i, text in enumerate(article.paragraphs)
        if i and len(text.split()) >= least and Words(text).cuts()
    ]


def _documents(path: Path) -> list[str]:
    with open_text(path) as file:
        try:
            text = unicodedata.normalize("NFC", file.read())
        except (UnicodeDecodeError, PackingError) as error:
            raise DataError(f"{path}: {error}") from None
    parts = (part.strip("\n") for part in re.split(r"^\f$", text, flags=re.MULTILINE))
    return [part for part in parts if part.strip()]


def _article(text: str) -> Article:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return Article(tuple(line for line in lines if line))


def load_articles(path: Path, limit: int | None = None) -> list[Article]:
    """The articles of a file (bare or compressed) whose documents are parted by lines with a form feed.

    Every line that is not blank is a paragraph. Documents too short to be damaged, and those that hold
    a paragraph twice, are left out. Of more than ``limit`` articles, ``limit`` at one stride are taken.
    """
    found = [_article(text) for text in _documents(path)]
    found = [
        a
        for a in found
        if len(a.paragraphs) >= LEAST_PARAGRAPHS
        and len(prose(a)) >= LEAST_PROSE
        and len(set(a.paragraphs)) == len(a.paragraphs)
    ]
    stride = max(1, len(found) // limit) if limit else 1
    return found[::stride][:limit]


def bundled_articles(folder: Path, split: str) -> list[Article]:
    """The bundled articles of a split."""
    return [_article(text) for text in _documents(folder / split / "articles.txt")]


def bundled_untouched(folder: Path, split: str) -> list[Document]:
    """The bundled texts of a split that must stay as they are, by class, and every article."""
    out = [
        Document(path.stem, number, text + "\n")
        for path in sorted((folder / split / "untouched").glob("*.txt"))
        for number, text in enumerate(_documents(path))
    ]
    return out + untouched_articles(bundled_articles(folder, split))


def untouched_articles(articles: Sequence[Article]) -> list[Document]:
    """Articles as documents that must stay as they are."""
    return [Document("articles", i, article.text + "\n") for i, article in enumerate(articles)]


def load_phrases(folder: Path, split: str) -> Phrases:
    """The phrases of a split. Raises OSError without the file, DataError when it lacks a table."""
    path = folder / split / "phrases.toml"
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise DataError(f"{path}: {error}") from None
    names = Phrases.__dataclass_fields__
    if missing := [name for name in names if not tables.get(name)]:
        raise DataError(f"{path}: no phrases for {', '.join(missing)}")
    values = {name: tuple(tables[name]) for name in names}
    values["sideboxes"] = tuple(tuple(box) for box in tables["sideboxes"])
    return Phrases(**values)


def data_hash(folder: Path) -> str:
    """SHA-256, in hexadecimal, over the names and bytes of all bundled data."""
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*.txt"), *folder.rglob("*.toml")]):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
