"""Passages of many documents: kept on disk, with keys that copies share."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from ocrfix.detectors._duplicates_gaps import gap_kind
from ocrfix.detectors._duplicates_tokens import fold
from ocrfix.vietnamese.syllable import is_syllable

__all__ = ["Passage", "Passages", "likeness", "roots"]

U64 = NDArray[np.uint64]

_SHINGLE: Final = 8
"""Letters of a shingle. Of two readings with errors in 3 % of the letters (after folding) each, two thirds
of the shingles are the same: 0.97 to the power of 16."""
_HASHES: Final = 8
"""Least hashes for each passage. With two thirds of the shingles the same, about 0.43 of all, the chance
that no least hash is the same is 0.57 to the power of 8: one in a hundred."""
_LEAST: Final = 24
"""Letters of a passage from which on near copies are looked for."""
_PIECE: Final = 1 << 16
_NEAR: Final = 0.9
"""Likeness of folded letters from which on two passages may be one."""
_LONGEST: Final = 200_000
"""Characters of a passage up to which near copies are looked for: comparing takes time by their square."""
_OTHER_WORDS: Final = 0.02
"""Share of words that may be others, in a document as a whole."""
_MISREAD_EACH: Final = 5
"""Misread words for each name (in a document as a whole: or number) that differs, from which on that counts
as misread too. Papers made after one pattern differ in little else."""
_LENGTHS: Final = 0.75
"""Least share of the longer one's length that two copies may have."""
_CANDIDATES: Final = 4
"""Earlier passages, at most, that one is compared with: those that share most keys."""
_SPACE: Final = re.compile(r"\s+")
_COLUMNS: Final = 7
_SEEDS: Final = np.random.default_rng(20_240_229).integers(1, 1 << 63, _HASHES, np.uint64) * 2 + 1


class Passage(NamedTuple):
    """A passage: number of its ``document``, span in that, ``text``, and ``line`` and ``column`` from 1."""

    document: int
    start: int
    end: int
    text: str
    line: int = 1
    column: int = 1


class Passages:
    """Passages in order, on disk, numbered from 0.

    Parameters: ``folder`` for the files; ``name`` of these.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._texts = (folder / f"{name}.texts").open("w+b")
        self._index_file = (folder / f"{name}.index").open("w+b")
        self._offset = 0
        self._count = 0
        self.index: NDArray[np.int64] = np.zeros((0, _COLUMNS), np.int64)

    def add(self, passage: Passage) -> None:
        """Take one more."""
        data = passage.text.encode("utf-8", "surrogatepass")
        document, start, end, _, *place = passage
        row = np.array([document, start, end, self._offset, len(data), *place], np.int64)
        self._index_file.write(row.tobytes())
        self._texts.write(data)
        self._offset += len(data)
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def freeze(self) -> None:
        """No more come; they can be read from now on."""
        self._index_file.flush()
        self._texts.flush()
        if self._count:
            path = self._folder / f"{self._name}.index"
            self.index = np.memmap(path, np.int64, "r").reshape(-1, _COLUMNS)

    def __getitem__(self, number: int) -> Passage:
        document, start, end, offset, size, *place = (int(n) for n in self.index[number])
        self._texts.seek(offset)
        text = self._texts.read(size).decode("utf-8", "surrogatepass")
        return Passage(document, start, end, text, *place)

    def close(self) -> None:
        """Close the files."""
        self._texts.close()
        self._index_file.close()


def plain(text: str) -> str:
    r"""The text composed, with every run of white space made one space.

    >>> plain("Vi\u0300  người\nnghèo")
    'Vì người nghèo'
    """
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def keys_of(text: str) -> U64:
    """Keys of a passage: copies share the first one, readings of one text most likely one of the others.

    The others are least hashes of the shingles of folded letters (Broder 1997), one key for each.
    """
    exact = hashlib.blake2b(plain(text).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    keys = [int.from_bytes(exact, "little")]
    letters = fold(text).encode("utf-8", "surrogatepass") if len(text) <= _LONGEST else b""
    if len(letters) >= _LEAST:
        least = np.full(_HASHES, np.iinfo(np.uint64).max, np.uint64)
        for at in range(0, len(letters) - _SHINGLE + 1, _PIECE):
            piece = np.frombuffer(letters[at : at + _PIECE + _SHINGLE - 1], np.uint8)
            windows = np.lib.stride_tricks.sliding_window_view(piece, _SHINGLE)
            shingles = np.ascontiguousarray(windows).view(np.uint64).ravel()
            shingles = shingles ^ (shingles >> np.uint64(32))
            for number, seed in enumerate(_SEEDS):
                mixed = shingles * seed
                mixed ^= mixed >> np.uint64(29)
                mixed *= np.uint64(0xBF58476D1CE4E5B9)
                mixed ^= mixed >> np.uint64(32)
                least[number] = min(least[number], mixed.min())
        keys += (least ^ (np.arange(1, _HASHES + 1, dtype=np.uint64) << np.uint64(56))).tolist()
    return np.array(keys, np.uint64)


def likeness(one: str, other: str, *, whole: bool = False) -> tuple[str, float]:
    """How two passages are alike: "exact", "near" or "", and the likeness of their folded letters in [0, 1].

    Near are readings of one text: the letters are alike, and words differ only as misread ones do; other
    numbers or names make another text, unless much else is misread. ``whole``: they are documents, in which
    a few words may be others.

    >>> likeness("Vì  người nghèo", "Vì người nghèo"), likeness("khoản 1 Điều 2", "khoản 2 Điều 2")[0]
    (('exact', 1.0), '')
    """
    if not _LENGTHS * len(one) <= len(other) <= len(one) / _LENGTHS:
        return "", 0.0
    if plain(one) == plain(other):
        return "exact", 1.0
    if max(len(one), len(other)) > _LONGEST:
        return "", 0.0
    similarity = Levenshtein.normalized_similarity(fold(one), fold(other), score_cutoff=_NEAR)
    if similarity < _NEAR:
        return "", 0.0
    differs = _differences(one.split(), other.split())
    names = differs["name"] + differs["number"]
    if (differs["number"] and not whole) or _MISREAD_EACH * names > differs["reading"]:
        return "", similarity
    if differs["content"] > (_OTHER_WORDS * len(one.split()) if whole else 0):
        return "", similarity
    return "near", similarity


def _differences(mine: list[str], theirs: list[str]) -> Counter[str]:
    """How many places differ, by kind; of other words, how many these are."""
    found: Counter[str] = Counter()
    for op in Levenshtein.opcodes(mine, theirs):
        if op.tag == "equal":
            continue
        left, right = mine[op.src_start : op.src_end], theirs[op.dest_start : op.dest_end]
        kind = gap_kind(" ".join(left), " ".join(right))
        if kind != "number" and _other_names(left, right):
            kind = "name"
        found[kind] += max(len(left), len(right)) if kind == "content" else 1
    return found


def _other_names(left: list[str], right: list[str]) -> bool:
    """Whether a name stands against another one that is as well a syllable."""
    if len(left) != len(right):
        return False
    for one, other in zip(left, right, strict=True):
        a, b = fold(one), fold(other)
        if a != b and one[:1].isupper() and other[:1].isupper():
            words = [word.strip(".,;:!?()“”\"'").lower() for word in (one, other)]
            if all(map(is_syllable, words)):
                return True
    return False


def candidates(keys: U64, numbers: U64) -> tuple[U64, U64]:
    """Pairs of a passage and an earlier one with the same key: the first one, and the one before it.

    Parameters: ``keys``, sorted; ``numbers``, of the passages, sorted for each key.
    """
    if not len(keys):
        return numbers, numbers
    new = np.concatenate(([True], keys[1:] != keys[:-1]))
    places = np.arange(len(keys))
    first = np.maximum.accumulate(np.where(new, places, 0))
    later = np.flatnonzero(~new)
    apart = later[first[later] != later - 1]
    left = np.concatenate((numbers[later], numbers[apart]))
    return left, np.concatenate((numbers[first[later]], numbers[apart - 1]))


def roots(
    passages: Passages, folder: Path, skip: NDArray[np.bool_] | None = None, *, whole: bool = False
) -> Iterator[tuple[int, int, str, float]]:
    """Passages that an earlier document has too: number, number of the kept one, kind, likeness; in order.

    A kept passage is never one that is given itself. Parameters: ``passages``; ``folder`` for temporary
    files; ``skip``, documents whose passages are left out; ``whole``, as for `likeness`.
    """
    from ocrfix.scale._runs import SortedRuns  # noqa: PLC0415

    by_key = SortedRuns(folder, "keys")
    for number in range(len(passages)):
        if skip is None or not skip[int(passages.index[number, 0])]:
            keys = keys_of(passages[number].text)
            by_key.add(keys, np.full(len(keys), number, np.uint64))
    by_number = SortedRuns(folder, "pairs")
    for keys, numbers in by_key.merged():
        by_number.add(*candidates(keys, numbers))
    size = max(1, len(passages))
    kept = np.memmap(folder / "kept", np.int64, "w+", shape=(size,))
    kept[:] = -1
    for left, right in by_number.merged():
        starts = np.flatnonzero(np.concatenate(([True], left[1:] != left[:-1])))
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(left)], strict=True):
            number = int(left[start])
            found = _best(passages, number, right[start:end].tolist(), kept, whole=whole)
            if found is not None:
                kept[number] = found[0]
                yield number, *found


def _best(
    passages: Passages, number: int, others: Iterable[int], kept: NDArray[np.int64], *, whole: bool
) -> tuple[int, str, float] | None:
    votes: dict[int, int] = {}
    document = int(passages.index[number, 0])
    for other in others:
        root = int(kept[other])
        root = other if root < 0 else root
        if int(passages.index[root, 0]) != document:
            votes[root] = votes.get(root, 0) + 1
    best: tuple[int, str, float] | None = None
    text = passages[number].text
    for root in sorted(votes, key=lambda r: (-votes[r], r))[:_CANDIDATES]:
        kind, similarity = likeness(passages[root].text, text, whole=whole)
        better = best is None or (kind == "exact", similarity, -root) > (
            best[1] == "exact",
            best[2],
            -best[0],
        )
        if kind and better:
            best = root, kind, similarity
    return best
