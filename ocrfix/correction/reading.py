"""A document as the arrays that the decoder works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocrfix.document import Document
from ocrfix.language_model import LanguageModel
from ocrfix.language_model.model import BOUNDARY_ID, SKIP_ID, UNKNOWN_ID
from ocrfix.language_model.tokens import TOKEN

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
    surfaces: list[str] = [""] * REACH
    starts: list[int] = [-1] * REACH
    ids: list[int] = [BOUNDARY_ID] * REACH
    for block in document.blocks:
        matches = list(TOKEN.finditer(document.text, block.span.start, block.span.end))
        tokens = [m.group() for m in matches]
        surfaces += tokens
        starts += [m.start() for m in matches]
        ids += model.word_ids(tokens)
        surfaces += [""] * REACH
        starts += [-1] * REACH
        ids += [BOUNDARY_ID] * REACH
    array, places = np.array(ids, dtype=np.int64), np.array(starts, dtype=np.int64)
    kept = array != SKIP_ID
    if not kept.all():
        array, places = array[kept], places[kept]
        surfaces = [s for s, k in zip(surfaces, kept.tolist(), strict=True) if k]
    words = model.is_word[array]
    for i in np.flatnonzero(array == UNKNOWN_ID).tolist():
        words[i] = any(c.isalpha() for c in surfaces[i])
    return Reading(array, surfaces, places, words)
