"""Plain text to n-gram counts."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocrfix._compressed import open_text
from ocrfix.language_model.tokens import BOUNDARY, NUMBER, SKIP, SYMBOL, TOKEN, UNKNOWN, normal_form

__all__ = ["SPECIAL", "choose_vocabulary", "count_ngrams", "encode", "paragraphs", "without"]

SPECIAL: Final = (BOUNDARY, UNKNOWN, NUMBER, SYMBOL)
"""The first entries of every vocabulary, in this order."""
MAX_VOCABULARY: Final = 65_000


def paragraphs(path: Path) -> Iterator[str]:
    """The lines of a plain text file (xz, gz, bz2 or bare), NFC, without empty ones and form feeds.

    Raises OSError for a file that cannot be read, UnicodeDecodeError for one that is not UTF-8.
    """
    with open_text(path) as file:
        for line in file:
            text = unicodedata.normalize("NFC", line.replace("\f", " ")).strip()
            if text:
                yield text


class _Ids(dict[str, int]):
    """Token → provisional id, growing; surfaces of one normal form share an id."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, int] = {form: i for i, form in enumerate(SPECIAL)}

    def __missing__(self, surface: str) -> int:
        form = normal_form(surface)
        number = -1 if form == SKIP else self.forms.setdefault(form, len(self.forms))
        self[surface] = number
        return number


def encode(
    paths: Iterable[Path], progress: Callable[[str], None] = lambda _: None
) -> tuple[NDArray[np.int32], list[str]]:
    """All paragraphs as one array of provisional ids, each after a boundary, and the forms by id.

    A paragraph that came before (in any file, letter case and white space aside) is left out, so
    that a count tells in how many places an n-gram stands.
    """
    ids, seen, parts = _Ids(), set[bytes](), []
    find, strip = TOKEN.finditer, re.compile(r"\s+")
    for path in paths:
        progress(f"reading {path.name}")
        batch: list[int] = []
        for text in paragraphs(path):
            key = hashlib.blake2b(strip.sub(" ", text.lower()).encode(), digest_size=8).digest()
            if key in seen:
                continue
            seen.add(key)
            batch.append(0)
            batch += [ids[m.group()] for m in find(text)]
            if len(batch) > 4_000_000:
                parts.append(np.array(batch, dtype=np.int32))
                batch = []
        parts.append(np.array(batch, dtype=np.int32))
    tokens = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)
    return tokens[tokens >= 0], list(ids.forms)


_SHARED: Final = 12


def _shingles(tokens: NDArray[np.int32]) -> NDArray[np.uint64]:
    """A hash of each run of ``_SHARED`` tokens."""
    size = max(0, len(tokens) - _SHARED + 1)
    out = np.zeros(size, dtype=np.uint64)
    for k in range(_SHARED):
        out = out * np.uint64(0x9E3779B97F4A7C15) + tokens[k : k + size].astype(np.uint64)
    return out


def without(tokens: NDArray[np.int32], forms: list[str], texts: Iterable[str]) -> NDArray[np.int32]:
    """The corpus without the paragraphs that share ``_SHARED`` tokens in a row with one of the texts."""
    ids = {form: i for i, form in enumerate(forms)}
    wanted: list[NDArray[np.uint64]] = []
    for text in texts:
        words = [normal_form(m.group()) for m in TOKEN.finditer(unicodedata.normalize("NFC", text))]
        wanted.append(_shingles(np.array([ids.get(w, 1) for w in words if w != SKIP], dtype=np.int32)))
    shared = np.isin(_shingles(tokens), np.unique(np.concatenate(wanted)))
    paragraph = np.cumsum(tokens == 0)
    hit = np.zeros(int(paragraph[-1]) + 1, dtype=bool)
    hit[paragraph[: len(shared)][shared]] = True
    kept: NDArray[np.int32] = tokens[~hit[paragraph]]
    return kept


def choose_vocabulary(
    tokens: NDArray[np.int32], forms: list[str], minimum: int
) -> tuple[NDArray[np.uint16], list[str]]:
    """Keep the forms seen ``minimum`` times or more, most frequent first; map the tokens to them."""
    counts = np.bincount(tokens, minlength=len(forms))
    order = np.argsort(-counts[len(SPECIAL) :], kind="stable") + len(SPECIAL)
    kept = order[counts[order] >= minimum][: MAX_VOCABULARY - len(SPECIAL)]
    table = np.full(len(forms), 1, dtype=np.uint16)
    table[: len(SPECIAL)] = np.arange(len(SPECIAL))
    table[kept] = np.arange(len(SPECIAL), len(SPECIAL) + len(kept))
    return table[tokens], [*SPECIAL, *(forms[i] for i in kept)]


def count_ngrams(ids: NDArray[np.uint16], order: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Distinct n-grams (16 bits a word, the first word highest), sorted, and their counts.

    An n-gram may begin with a boundary and has none elsewhere.
    """
    size = len(ids) - order + 1
    if size <= 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    keys = np.zeros(size, dtype=np.uint64)
    good = np.ones(size, dtype=bool)
    for k in range(order):
        column = ids[k : k + size]
        keys = (keys << np.uint64(16)) | column.astype(np.uint64)
        if k or order == 1:
            good &= column != 0
    keys = keys[good]
    keys.sort()
    return _runs(keys)


def _runs(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    if not len(keys):
        return keys, np.zeros(0, np.int64)
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[starts], np.diff(np.append(starts, len(keys)))
