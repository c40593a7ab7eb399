"""Pairs of truth and OCR reading, put together to paragraphs and pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from ocrfix._pairs import Pair

__all__ = ["pages", "paragraphs"]


def paragraphs(pairs: Iterable[Pair]) -> list[Pair]:
    r"""The paragraphs that pairs of lines make up; a pair that tells no page is one by itself.

    >>> lines = [Pair("Vì người", "Vi người", page="1", line=0), Pair("nghèo", "nghèo", page="1", line=1)]
    >>> [(p.gold, p.ocr) for p in paragraphs(lines)]
    [('Vì người nghèo', 'Vi người\nnghèo')]
    """
    every = list(pairs)
    alone = [p for p in every if not p.page]
    placed = sorted((p for p in every if p.page), key=lambda p: (p.engine, p.page, p.paragraph, p.line))
    joined = [
        _join(list(group), " ", "\n")
        for _, group in groupby(placed, key=lambda p: (p.engine, p.page, p.paragraph))
    ]
    return alone + joined


def pages(pairs: Iterable[Pair]) -> list[Pair]:
    """The pages that pairs of lines make up, paragraphs parted by blank lines."""
    placed = sorted((p for p in paragraphs(pairs) if p.page), key=lambda p: (p.engine, p.page, p.paragraph))
    return [
        _join(list(group), "\n\n", "\n\n") for _, group in groupby(placed, key=lambda p: (p.engine, p.page))
    ]


def _join(parts: Sequence[Pair], gold: str, ocr: str) -> Pair:
    first = parts[0]
    texts = gold.join(p.gold for p in parts), ocr.join(p.ocr for p in parts)
    return replace(first, gold=texts[0], ocr=texts[1], line=0)
