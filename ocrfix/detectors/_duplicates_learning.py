"""How sure it is that a copy was glued in: learned from right text, kept in a small file."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import numpy as np

from ocrfix._compressed import open_text
from ocrfix._data import data_path
from ocrfix.correction.confidence import Confidence, fit
from ocrfix.detectors._duplicates_damage import Damaged, glue_in
from ocrfix.detectors._duplicates_evidence import NAMES, Removal
from ocrfix.detectors._duplicates_layout import Layout
from ocrfix.detectors._duplicates_match import GRAM, find_matches
from ocrfix.detectors._duplicates_paragraphs import paragraph_matches
from ocrfix.detectors._duplicates_tokens import tokenize
from ocrfix.detectors.base import Context
from ocrfix.document import Document

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["examples", "learn_repeats", "load_repeats", "write_repeats"]

_CHARACTERS: Final = 10_000_000
"""Of each file, from its start."""
_NETWORKS: Final = 4
"""Networks whose mean is taken; one alone depends too much on the order of its examples."""
_DAMAGED: Final = 3
"""Every third document is damaged, three times; the others are taken as they are."""
_PARAGRAPHS: Final = (4, 120)
"""Paragraphs of a document that is damaged."""
_SEED: Final = 7


def _documents(path: Path) -> Iterator[list[str]]:
    """The documents of a file, which form feeds part; each as its paragraphs."""
    paragraphs: list[str] = []
    left = _CHARACTERS
    with open_text(path) as file:
        for line in file:
            left -= len(line)
            if "\f" in line:
                yield paragraphs
                paragraphs = []
                if left <= 0:
                    return
            elif line.strip():
                paragraphs.append(" ".join(unicodedata.normalize("NFC", line).split()))
    yield paragraphs


def _texts(paths: Sequence[Path]) -> Iterator[Damaged]:
    """Damaged articles, and right ones, for which nothing is right but what stands."""
    rng = Random(_SEED)  # noqa: S311  (no secret)
    for path in paths:
        for number, paragraphs in enumerate(filter(None, _documents(path))):
            if number % _DAMAGED:
                yield Damaged(rng.choice(("\n\n", "\n")).join(paragraphs), ())
            elif _PARAGRAPHS[0] <= len(paragraphs) <= _PARAGRAPHS[1]:
                made = (glue_in(paragraphs, rng) for _ in range(_DAMAGED))
                yield from (damaged for damaged in made if damaged is not None)


def examples(damaged: Damaged, context: Context) -> Iterator[tuple[NDArray[np.float64], bool]]:
    """The copies in a text that may go, as features, and whether the right text comes of it."""
    from ocrfix.detectors._duplicates_judge import Judge  # noqa: PLC0415  (it reads what is learned here)

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
    model = _together([fit(x, y, seed=seed) for seed in range(_NETWORKS)])
    note = (
        f"probability that a copy was glued in, learned from {len(y)} removals, {int(y.sum())} of them right"
    )
    write_repeats(output, model, note)


def _together(models: Sequence[Confidence]) -> Confidence:
    """One network that gives the mean of the log-odds of several over the same features."""
    return Confidence(
        models[0].mean,
        models[0].scale,
        np.concatenate([m.inner for m in models], axis=1),
        np.concatenate([m.inner_bias for m in models]),
        np.concatenate([m.outer for m in models]) / len(models),
        sum(m.outer_bias for m in models) / len(models),
    )


def write_repeats(path: Path, model: Confidence, note: str) -> None:
    """Write the model as JSON, one line a feature: mean, scale, weight for each hidden unit."""

    def numbers(values: Iterable[float]) -> list[float]:
        return [round(float(v), 3) for v in values]

    head = {"note": note, "bias": numbers(model.inner_bias), "out": numbers(model.outer)}
    table = zip(NAMES, model.mean, model.scale, model.inner, strict=True)
    lines = [
        f'  "{name}": {json.dumps([*numbers((mean, scale)), *numbers(weights)])}'
        for name, mean, scale, weights in table
    ]
    start = json.dumps(head | {"out_bias": round(model.outer_bias, 3)}, ensure_ascii=False)[1:-1]
    path.write_text("{" + start + ',\n "features": {\n' + ",\n".join(lines) + "\n }}\n", "utf-8")


@lru_cache(maxsize=1)
def load_repeats() -> Confidence:
    """The probability model that ocrfix carries."""
    data = json.loads(data_path("vi", "repeats.json").read_text("utf-8"))
    table = np.array([data["features"][name] for name in NAMES])
    bias, out = np.array(data["bias"]), np.array(data["out"])
    return Confidence(table[:, 0], table[:, 1], table[:, 2:], bias, out, data["out_bias"])
