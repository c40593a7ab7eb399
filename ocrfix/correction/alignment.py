"""Pairs of truth and reading, aligned: words first, then their letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from rapidfuzz.distance import Indel, Levenshtein

from ocrfix.vietnamese.letters import letter

__all__ = ["align_letters", "align_words"]

_SAME_BASE = 0.4
_GAP = 1.0
_OTHER = 1.1


_SHAPES = ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (1, 0), (0, 1))
_LOST_WORD = 0.75
_SPACE = 0.25
_LONGEST_BLOCK = 60


def align_words(gold: str, read: str) -> Iterator[tuple[list[str], list[str]]]:
    """Align two texts by words; yields (gold words, read words) from start to end.

    Equal words come one by one; between them stand one-to-one misreadings, merges (up to three
    gold words, one read), splits, lost words and added words, by likeness of letters.

    >>> list(align_words("quan hệ tình cảm", "quan hệtình cám"))
    [(['quan'], ['quan']), (['hệ', 'tình'], ['hệtình']), (['cảm'], ['cám'])]
    """
    a = unicodedata.normalize("NFC", gold).split()
    b = unicodedata.normalize("NFC", read).split()
    i = j = 0
    for op in Levenshtein.opcodes(a, b):
        if op.tag != "equal":
            continue
        yield from _align_block(a[i : op.src_start], b[j : op.dest_start])
        for k in range(op.src_end - op.src_start):
            yield [a[op.src_start + k]], [b[op.dest_start + k]]
        i, j = op.src_end, op.dest_end
    yield from _align_block(a[i:], b[j:])


def _align_block(  # noqa: C901, PLR0912  (one table, filled in one loop)
    a: list[str], b: list[str]
) -> Iterator[tuple[list[str], list[str]]]:
    if not a and not b:
        return
    if len(a) == len(b) == 1:
        yield a, b
        return
    if max(len(a), len(b)) > _LONGEST_BLOCK:
        yield a, b
        return
    n, m = len(a), len(b)
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(n + 1):
        for j in range(m + 1):
            if (i, j) not in best:
                continue
            base = best[i, j][0]
            for di, dj in _SHAPES:
                x, y = i + di, j + dj
                if x > n or y > m:
                    continue
                if di and dj:
                    far = Indel.normalized_distance("".join(a[i:x]), "".join(b[j:y]))
                    if far > 0.5 and di != dj:
                        continue
                    cost = max(di, dj) * far + _SPACE * (di + dj - 2)
                else:
                    cost = _LOST_WORD
                if (x, y) not in best or base + cost < best[x, y][0] - 1e-12:
                    best[x, y] = (base + cost, (di, dj))
    path, place = [], (n, m)
    while place != (0, 0):
        di, dj = best[place][1]
        path.append((place[0] - di, place[0], place[1] - dj, place[1]))
        place = place[0] - di, place[1] - dj
    for i0, i1, j0, j1 in reversed(path):
        yield a[i0:i1], b[j0:j1]


def _cost(a: str, b: str) -> float:
    if a == b:
        return 0.0
    x, y = letter(a), letter(b)
    if x.base.lower() == y.base.lower():
        return _SAME_BASE
    return _OTHER


def align_letters(gold: str, read: str) -> list[tuple[str, str]]:
    """Align two words letter by letter; "" stands for a letter lost or added.

    >>> align_letters("nghèo", "nghco")
    [('n', 'n'), ('g', 'g'), ('h', 'h'), ('è', 'c'), ('o', 'o')]
    """
    n, m = len(gold), len(read)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(1, n + 1):
        best[i][0] = i * _GAP
    for j in range(1, m + 1):
        best[0][j] = j * _GAP
    for i in range(1, n + 1):
        row, above = best[i], best[i - 1]
        for j in range(1, m + 1):
            row[j] = min(above[j - 1] + _cost(gold[i - 1], read[j - 1]), above[j] + _GAP, row[j - 1] + _GAP)
    pairs, i, j = [], n, m
    while i or j:
        if i and j and abs(best[i][j] - best[i - 1][j - 1] - _cost(gold[i - 1], read[j - 1])) < 1e-9:
            i, j = i - 1, j - 1
            pairs.append((gold[i], read[j]))
        elif i and abs(best[i][j] - best[i - 1][j] - _GAP) < 1e-9:
            i -= 1
            pairs.append((gold[i], ""))
        else:
            j -= 1
            pairs.append(("", read[j]))
    return pairs[::-1]
