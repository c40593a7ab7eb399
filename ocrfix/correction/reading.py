"""A document as the arrays that the decoder works on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocrfix.document import Document
from ocrfix.language_model import LanguageModel
from ocrfix.language_model.model import BOUNDARY_ID, UNKNOWN_ID

__all__ = ["REACH", "Reading", "read"]

REACH: Final = 3
"""Words before a word that the model looks at; so many boundaries part two blocks."""


@dataclass(frozen=True)
class Reading:
    """The tokens of a document, blocks parted by boundaries; quotation marks are left out.

    ``ids``: word ids; ``surfaces``: the text of each token ("" at a boundary); ``starts``: offset of
    each in the document (-1 at a boundary); ``words``: whether it is a word that may be corrected, one
    with a letter.
    """

    ids: NDArray[np.int64]
    surfaces: list[str]
    starts: NDArray[np.int64]
    words: NDArray[np.bool_]


def read(document: Document, model: LanguageModel) -> Reading:
    """Take a document apart.

    >>> from ocrfix.language_model import load
    >>> reading = read(Document("Quỹ Vi người nghèo"), load())
    >>> reading.surfaces[3:7], reading.starts[3:7].tolist()
    (['Quỹ', 'Vi', 'người', 'nghèo'], [0, 4, 7, 13])
    """
    numbers, texts, places = model.cut(document.text)
    begins = np.array([block.span.start for block in document.blocks], dtype=np.int64)
    edges = [*np.searchsorted(places, begins).tolist(), len(texts)]
    surfaces = [""] * REACH
    for begin, end in pairwise(edges):
        surfaces += texts[begin:end]
        surfaces += [""] * REACH
    at = np.arange(len(texts)) + REACH * np.searchsorted(begins, places, side="right")
    array = np.full(len(surfaces), BOUNDARY_ID, dtype=np.int64)
    starts = np.full(len(surfaces), -1, dtype=np.int64)
    array[at], starts[at] = numbers, places
    words = model.is_word[array]
    for i in np.flatnonzero(array == UNKNOWN_ID).tolist():
        words[i] = any(c.isalpha() for c in surfaces[i])
    return Reading(array, surfaces, starts, words)
