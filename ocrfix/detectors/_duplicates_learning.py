"""How sure it is that a copy was glued in: learned from right text, kept in a small file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import numpy as np

from ocrfix._corpus import documents
from ocrfix._network_learning import fit_several, write_network
from ocrfix.detectors._duplicates_damage import Damaged, glue_in
from ocrfix.detectors._duplicates_evidence import NAMES, Removal
from ocrfix.detectors._duplicates_judge import Judge
from ocrfix.detectors._duplicates_layout import Layout
from ocrfix.detectors._duplicates_match import GRAM, find_matches
from ocrfix.detectors._duplicates_paragraphs import paragraph_matches
from ocrfix.detectors._duplicates_tokens import tokenize
from ocrfix.detectors.base import Context
from ocrfix.document import Document

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["examples", "learn_repeats"]

_CHARACTERS: Final = 10_000_000
"""Of each file, from its start."""
_NETWORKS: Final = 4
"""Networks whose mean is taken."""
_DIGITS: Final = (3, 3)
_DAMAGED: Final = 3
"""Every third document is damaged, three times; the others are taken as they are."""
_PARAGRAPHS: Final = (4, 120)
"""Paragraphs of a document that is damaged."""
_SEED: Final = 7


def _texts(paths: Sequence[Path]) -> Iterator[Damaged]:
    """Damaged articles, and right ones, for which nothing is right but what stands."""
    rng = Random(_SEED)  # noqa: S311  (no secret)
    for path in paths:
        for number, paragraphs in enumerate(documents(path, characters=_CHARACTERS)):
            if number % _DAMAGED:
                yield Damaged(rng.choice(("\n\n", "\n")).join(paragraphs), ())
            elif _PARAGRAPHS[0] <= len(paragraphs) <= _PARAGRAPHS[1]:
                made = (glue_in(paragraphs, rng) for _ in range(_DAMAGED))
                yield from (damaged for damaged in made if damaged is not None)


def examples(damaged: Damaged, context: Context) -> Iterator[tuple[NDArray[np.float64], bool]]:
    """The copies in a text that may go, as features, and whether the right text comes of it."""
    text, tokens = damaged.text, tokenize(damaged.text)
    if len(tokens.start) <= GRAM:
        return
    layout = Layout(Document(text), tokens)
    seen: list[Removal] = []
    judge = Judge(layout, context, seen.extend)
    for match in find_matches(text, tokens, layout.unit_starts, paragraph_matches(layout)):
        judge.finding(match)
    for removal in seen:
        edit = layout.deletion(removal.cut, later=removal.later)
        rest = text[: edit.span.start] + text[edit.span.end :]
        yield removal.row, rest.split() in damaged.right


def learn_repeats(paths: Sequence[Path], output: Path) -> None:
    """Fit the probability that a copy was glued in, from right text, and write it.

    Parameters: ``paths`` of texts, one paragraph a line, documents parted by lines with a form feed. The same
    files in the same order give the same bytes. Raises OSError on files, ValueError where there is nothing to
    learn from.
    """
    context = Context()
    rows: list[NDArray[np.float64]] = []
    answers: list[bool] = []
    for damaged in _texts(paths):
        for row, right in examples(damaged, context):
            rows.append(row)
            answers.append(right)
    if not any(answers) or all(answers):
        raise ValueError("the files hold no articles with long paragraphs to learn from")
    x, y = np.array(rows), np.array(answers)
    note = (
        f"probability that a copy was glued in, learned from {len(y)} removals, {int(y.sum())} of them right"
    )
    write_network(output, fit_several(x, y, NAMES, _NETWORKS), note, digits=_DIGITS)
