"""Whether the context model gains from real readings.

    python benchmarks/context_pairs.py CORPUS… --pairs ocr-pairs-train.jsonl.xz \
        --dev ocr-dev.jsonl --clean clean-dev.txt

The shipped model learns on from ten million places more, once of the corpus alone, and once with an eighth of
each batch from real readings: the words around as they were read and as n-grams would mend them, the right
word from the truth, and the misreading among its rivals. The readings are half of the pairs, by a hash of
their truth. Choice and confidence are fitted on the other half, for each of the models and for the shipped
one, since a model that knows the truth of the pairs they are fitted on would look too good to them. Every
second pair of the development set is judged. Needs PyTorch.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import context as systems
import numpy as np
import torch
from _networks.learned import Network
from context_networks import learn
from numpy.typing import NDArray

from ocrfix import Document
from ocrfix._pairs import Pair, paragraphs, read_pairs
from ocrfix.correction._context_data import SEEN, Batch, Places, corpus_ids
from ocrfix.correction.confidence import UNFITTED
from ocrfix.correction.context import WIDE, ContextModel, Weights, load_context, vocabulary_digest, write
from ocrfix.correction.corrector import Corrector, load_corrector
from ocrfix.correction.decoder import decode
from ocrfix.correction.learning import _gold_words, learn_confidence
from ocrfix.correction.reading import read
from ocrfix.correction.rescoring import _meant
from ocrfix.evaluation import read_paragraphs
from ocrfix.language_model.model import BOUNDARY_ID, UNKNOWN_ID

I64 = NDArray[np.int64]

RATE: Final = 8e-4
SEED: Final = 77
ROWS: Final = 16
"""Rows of a batch that are of real readings."""
EVERY: Final = 2
"""One of so many pairs of the development set is judged."""


def first_half(pair: Pair) -> bool:
    return hashlib.sha256(pair.gold.encode()).digest()[0] % 2 == 0


class Readings:
    """Batches with some rows of real readings, put in the place of the last rows of a source's."""

    def __init__(self, source: Places, pairs: Sequence[Pair], corrector: Corrector) -> None:
        self._source = source
        edge = np.zeros(WIDE, dtype=np.int64)
        streams = [(edge, edge, edge)] + [self._stream(pair, corrector) for pair in pairs]
        self._meant, self._read, self._right = (np.concatenate(part) for part in zip(*streams, strict=True))
        self._meant[self._meant >= SEEN] = UNKNOWN_ID

    @staticmethod
    def _stream(pair: Pair, corrector: Corrector) -> tuple[I64, I64, I64]:
        """Ids of what is seen, of what was read, and of what is right (0 where it is not known)."""
        model = corrector.model
        reading = read(Document(pair.ocr), model)
        seen = _meant(reading, decode(reading, model, corrector.candidates))
        gold_of = _gold_words(pair.ocr, pair.gold)
        right = np.zeros(len(seen), dtype=np.int64)
        for at in np.flatnonzero(reading.words).tolist():
            start, surface = int(reading.starts[at]), reading.surfaces[at]
            chunk, begin, gold = gold_of.get(start, ("", start, ""))
            before, after = chunk[: start - begin], chunk[start - begin + len(surface) :]
            if gold.startswith(before) and gold.endswith(after):
                word = gold[len(before) : len(gold) - len(after)].lower()
                right[at] = max(0, model.word_id(word)) if word and " " not in word else 0
        right[right <= UNKNOWN_ID] = 0
        kept = np.ones(len(seen), dtype=bool)
        kept[1:] = (reading.ids[1:] != BOUNDARY_ID) | (reading.ids[:-1] != BOUNDARY_ID)
        return seen[kept], reading.ids[kept], right[kept]

    def batch(self, number: int) -> Batch:
        """One batch; of the real readings, every misread word is a place if it can be."""
        source = self._source
        plain = source.batch(SEED, number)
        rng = np.random.default_rng((SEED, number, 1))
        size = plain.text.shape[1] - 2 * WIDE
        begin = rng.integers(0, len(self._meant) - size - 2 * WIDE, ROWS)
        inside = begin[:, None] + np.arange(size + 2 * WIDE)
        middle = inside[:, WIDE : WIDE + size].ravel()
        right, was = self._right[middle], self._read[middle]
        chance = np.where(right != was, 1.0, source.kept(right)) * (right > 0)
        at = np.flatnonzero(rng.random(len(right)) < chance)
        many = source.per_batch * ROWS // len(plain.text)
        at = np.sort(rng.choice(at, many, replace=len(at) < many))
        rivals = source.rivals(right[at], rng)
        rivals[:, 0] = np.where((was[at] > UNKNOWN_ID) & (was[at] != right[at]), was[at], rivals[:, 0])
        rows = len(plain.text) - ROWS
        others = np.flatnonzero(plain.at < rows * size)
        others = np.sort(
            rng.choice(others, source.per_batch - many, replace=len(others) < source.per_batch - many)
        )
        return Batch(
            np.concatenate((plain.text[:rows], self._meant[inside])),
            np.concatenate((plain.at[others], at + rows * size)),
            np.concatenate((plain.words[others], np.concatenate((right[at][:, None], rivals), axis=1))),
        )


def learned_on(start: Weights, batches: Readings | None, source: Places, steps: int) -> Weights:
    """Weights that learned on, with real readings or without."""
    network = Network(len(start.meant))
    with torch.no_grad():
        for name, value in start._asdict().items():
            getattr(network, name).copy_(torch.from_numpy(np.asarray(value, dtype=np.float32)))
    learn(network, batches.batch if batches else lambda k: source.batch(SEED, k), 0, steps, RATE)
    return Weights(**{name: getattr(network, name).detach().numpy() for name in Weights._fields})


def fitted(model: ContextModel, pairs: Sequence[Pair], corrector: Corrector) -> systems.System:
    """A system with choice and confidence fitted on pairs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.jsonl"
        rows = (
            {**{k: getattr(p, k) for k in ("gold", "ocr", "engine", "page", "line")}, "par": p.paragraph}
            for p in pairs
        )
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        unfitted = Corrector(corrector.model, corrector.candidates, UNFITTED, model)
        confidence = learn_confidence([path], Path(folder) / "confidence.json", unfitted)
    full = Corrector(corrector.model, corrector.candidates, confidence, model)
    return systems.System("", full, confidence.choice)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--clean", type=Path, required=True)
    parser.add_argument("--places", type=int, default=9_907_200)
    args = parser.parse_args(argv)
    torch.set_num_threads(1)
    corrector = load_corrector()
    assert corrector.context is not None
    whole = paragraphs(read_pairs(args.pairs))
    source = Places(
        corpus_ids(args.corpus, [p.gold for p in whole], corrector.model),
        corrector.model,
        corrector.candidates,
    )
    readings = Readings(source, [p for p in whole if first_half(p)], corrector)
    rest = {(p.engine, p.page, p.paragraph) for p in whole if not first_half(p)}
    lines = [p for p in read_pairs(args.pairs) if (p.engine, p.page, p.paragraph) in rest]
    steps = args.places // source.per_batch
    models = {"as shipped": corrector.context}
    with tempfile.TemporaryDirectory() as folder:
        for name, batches in (("more of the corpus", None), ("the same and real readings", readings)):
            path = Path(folder) / f"{len(models)}.model"
            weights = learned_on(corrector.context.weights, batches, source, steps)
            write(path, weights, vocabulary_digest(corrector.model), {})
            model = load_context(corrector.model, str(path))
            assert model is not None
            models[name] = model
        dev, clean = list(read_pairs(args.dev))[::EVERY], read_paragraphs(args.clean)
        for line in systems.choices(clean, corrector, models):
            print(line, flush=True)
        for name, model in models.items():
            system = fitted(model, lines, corrector)
            for kind, way in (("choice", systems.by_choice), ("confidence", systems.by_confidence)):
                print(systems.repairs(dev, clean, f"{name}, by {kind}", way(system)), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
