"""`ocrfix learn --pairs … --confidence`: from pairs to the confidence model.

Every change that the decoder would make in the readings, and in the truth taken as a document, is looked
up in the truth; the confidence model learns which were right. The truth must not be in the language model's
corpus, or its scores would be too good.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocrfix._network_learning import fit, write_network
from ocrfix._pairs import Pair, pages, paragraphs, read_pairs
from ocrfix.correction._choice_learning import fit_choice
from ocrfix.correction.alignment import align_words
from ocrfix.correction.confidence import Confidence
from ocrfix.correction.corrector import Corrector
from ocrfix.correction.features import NAMES, NARROW, changes, features
from ocrfix.correction.reading import read
from ocrfix.correction.rescoring import EVEN, Choice, evidence
from ocrfix.document import Document
from ocrfix.vietnamese.syllable import canonical

__all__ = ["Examples", "choices", "examples", "learn_confidence", "training_documents"]


_LINES, _PARAGRAPHS, _PAGES = 6000, 2400, 900
_SHORTEST_LINE, _SHORTEST_PARAGRAPH = 4, 20
_RIGHT = 0.5
"""Share of the documents that are learned from in the right form too."""
_FEWEST = 50
_FOR_CHOICE = 6
"""One of so many documents is enough for six weights."""
_SLIP = 6.0
_UNCLEAR = 3.0
"""Log-odds, nats. Read by hand, 46 of 47 such changes of lower-case words in the truth above 6 were right."""


def _fold(word: str) -> str:
    return canonical("".join(c for c in word if c.isalnum()))


class Examples(NamedTuple):
    """Changes proposed in a text: ``words`` are the word before, and the word that would be changed."""

    rows: NDArray[np.float64]
    right: NDArray[np.bool_]
    words: list[tuple[str, str]]


def examples(
    text: str, truth: str, corrector: Corrector, names: Sequence[str] = NAMES, choice: Choice | None = None
) -> Examples:
    """Every change proposed in a text: its features, and whether it is right by the truth.

    Parameters: ``text`` as it was read, and its ``truth``; ``corrector``, whose models propose; ``names`` of
    the features; ``choice``, how the context model is heeded, where not as the corrector has it.
    """
    model = corrector.model
    reading = read(Document(text), model)
    decoded = corrector.decode(reading, choice=choice)
    found = changes(reading, decoded, model)
    rows = features(reading, decoded, found, model, names)
    gold_of = _gold_words(text, truth)
    right = np.zeros(len(found), dtype=bool)
    known = np.ones(len(found), dtype=bool)
    for k, change in enumerate(found):
        start = int(reading.starts[change.place.at])
        surface = reading.surfaces[change.place.at]
        chunk, begin, gold = gold_of[start]
        changed = chunk[: start - begin] + change.meant + chunk[start - begin + len(surface) :]
        right[k] = _fold(changed) == _fold(gold)
        if _fold(chunk) == _fold(gold):
            # The truth has the word too. Where it is a common word and all else speaks against it,
            # it is a slip of the paper's own; between sure and unsure nobody can tell.
            margin = rows[k, names.index("margin")]
            if surface.islower() and margin >= _SLIP:
                right[k] = True
            elif surface.islower() and margin >= _UNCLEAR:
                known[k] = False
    around = [(reading.surfaces[c.place.at - 1], reading.surfaces[c.place.at]) for c in found]
    return Examples(rows[known], right[known], [w for w, k in zip(around, known.tolist(), strict=True) if k])


def choices(text: str, truth: str, corrector: Corrector) -> list[tuple[NDArray[np.float32], int]]:
    """What speaks for each option of every place that the context model is asked about, and the right one.

    Parameters: ``text`` as it was read, and its ``truth``; ``corrector``, one with a context model. Places
    where no option is right are left out.
    """
    model = corrector.model
    reading = read(Document(text), model)
    decoded = corrector.decode(reading, choice=EVEN)
    gold_of = _gold_words(text, truth)
    found = []
    for place in decoded.places:
        if place.context is None:
            continue
        start, surface = int(reading.starts[place.at]), reading.surfaces[place.at]
        chunk, begin, gold = gold_of[start]
        before, after = chunk[: start - begin], chunk[start - begin + len(surface) :]
        meant = _fold(gold)
        for k, option in enumerate(place.options.tolist()):
            if _fold(before + (model.words[option] if k else surface) + after) == meant:
                found.append((evidence([place], reading, model.unigram), k))
                break
    return found


def _gold_words(text: str, truth: str) -> dict[int, tuple[str, int, str]]:
    """For every offset inside a word of the text: the word, where it begins, and what the truth has there."""
    places, position = [], 0
    for word in text.split():
        position = text.index(word, position)
        places.append(position)
        position += len(word)
    found: dict[int, tuple[str, int, str]] = {}
    k = 0
    for gold, seen in align_words(truth, text):
        for word in seen:
            meant = " ".join(gold) if len(seen) == 1 else "\0"
            for offset in range(places[k], places[k] + len(word)):
                found[offset] = (word, places[k], meant)
            k += 1
    return found


def training_documents(pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """(text, truth) documents of all sizes: lines, paragraphs and pages, as read, half of them right too.

    Pairs of lines that tell their pages make up paragraphs and pages, see `ocrfix._pairs`. The choice is
    random with a fixed seed.

    >>> training_documents([Pair("Quỹ Vì người nghèo", "Quỹ Vi người nghèo")])
    [('Quỹ Vi người nghèo', 'Quỹ Vì người nghèo')]
    """
    chance = random.Random(1)  # noqa: S311  (no secret)

    def some(found: list[Pair], number: int) -> list[Pair]:
        return chance.sample(found, min(number, len(found)))

    lines = [p for p in pairs if len(p.gold.split()) >= _SHORTEST_LINE]
    whole = [p for p in paragraphs(pairs) if len(p.gold.split()) >= _SHORTEST_PARAGRAPH]
    chosen = [*some(lines, _LINES), *some(whole, _PARAGRAPHS), *some(pages(pairs), _PAGES)]
    documents = [(p.ocr, p.gold) for p in chosen]
    return documents + [(p.gold, p.gold) for p in chosen if chance.random() < _RIGHT]


def learn_confidence(paths: Sequence[Path], output: Path, corrector: Corrector) -> Confidence:
    """Fit the confidence model on files of pairs and write it.

    Parameters: ``paths`` of JSON lines with "gold" and "ocr"; ``output``, the file to write; ``corrector``,
    whose proposals are judged: with a context model, `choices` is fitted too. Returns what was written.
    Raises ValueError for a file that holds no pairs or too few to learn from, OSError on files.
    """
    pairs = [p for path in paths for p in read_pairs(path)]
    names = NAMES if corrector.context else NARROW
    documents = training_documents(pairs)
    choice = EVEN
    if corrector.context:
        seen = [c for text, truth in documents[::_FOR_CHOICE] for c in choices(text, truth, corrector)]
        if len(seen) < _FEWEST:
            raise ValueError(f"the pairs hold too few doubtful words to learn from ({len(seen)})")
        choice = fit_choice(seen)
    rows: list[NDArray[np.float64]] = []
    right: list[NDArray[np.bool_]] = []
    for text, truth in documents:
        x, y, _ = examples(text, truth, corrector, names, choice)
        rows.append(x)
        right.append(y)
    x, y = (
        np.concatenate(rows or [np.zeros((0, len(names)))]),
        np.concatenate(right or [np.zeros(0, dtype=bool)]),
    )
    if len(y) < _FEWEST or y.all() or not y.any():
        raise ValueError(f"the pairs hold too few changes to learn from ({len(y)})")
    network = fit(x, y, names)
    sources = ", ".join(sorted(p.name for p in paths))
    note = f"Learned from {len(y)} changes in {len(rows)} documents of {sources}"
    weights = {name: round(weight, 4) for name, weight in choice._asdict().items()}
    write_network(output, network, note, more={"choice": weights} if choice != EVEN else None)
    return Confidence(network, choice)
