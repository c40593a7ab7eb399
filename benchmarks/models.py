"""What the size and the order of a language model are worth, and the parts of the word decoder.

    python benchmarks/models.py --pairs ocr-dev.jsonl --clean clean-dev.txt MODEL.lm …

Decodes with each model and repairs where the posterior is over 0.7, without the confidence model (which
belongs to one model). Build models with: ocrfix learn CORPUS… --order N --size MB -o MODEL.lm
With no MODEL, the shipped one, and the same with parts of the decoder changed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from common import by_posterior

from ocrfix.correction import channel, decoder
from ocrfix.correction.candidates import Candidates
from ocrfix.evaluation import evaluate_clean, evaluate_pairs, read_pairs, read_paragraphs
from ocrfix.language_model import LanguageModel, load

SURE = 0.7
PARTS = (
    ("as shipped", decoder, "WEIGHT", decoder.WEIGHT),
    ("weight of the model 0.6", decoder, "WEIGHT", 0.6),
    ("weight of the model 1.0", decoder, "WEIGHT", 1.0),
    ("weight of the model 1.2", decoder, "WEIGHT", 1.2),
    ("alarm only under -4 nats", decoder, "ALARM", -4.0),
    ("alarm already under 1 nat", decoder, "ALARM", 1.0),
    ("beam of 3", decoder, "BEAM", 3),
    ("no beam: each place alone", decoder, "_FAR", -99.0),
    ("no whole words in the channel", channel, "_WORD_STRENGTH", 1e12),
    ("whole words against 50 pseudo-counts", channel, "_WORD_STRENGTH", 50.0),
)


def corrector(model: LanguageModel) -> Callable[[str], str]:
    """A corrector that follows the decoder's posterior alone."""
    candidates = Candidates(model, channel.load_channel())

    return by_posterior(model, lambda reading: decoder.decode(reading, model, candidates), SURE)


def row(name: str, model: LanguageModel, pairs: Path, clean: Path) -> str:
    """One line of the table."""
    correct = corrector(model)
    total = evaluate_pairs(list(read_pairs(pairs)), correct).total
    changed = evaluate_clean(read_paragraphs(clean), correct)
    figures = (total.wer_reduction, total.precision, total.harm)
    wer, right, harm = (100 * (f or 0.0) for f in figures)
    return f"| {name} | {wer:.1f} | {right:.1f} | {harm:.3f} | {changed.changed_per_10k or 0:.1f} |"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", type=Path, metavar="MODEL")
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--clean", type=Path, required=True)
    args = parser.parse_args(argv)
    print("| | WER cut % | precision % | harm % | clean text, changed per 10,000 |")
    print("| --- | --- | --- | --- | --- |")
    for path in args.models:
        model = load(str(path))
        size = f"{path.stat().st_size / 1e6:.1f} MB, order {model.order}"
        print(row(size, model, args.pairs, args.clean), flush=True)
    for name, module, part, value in () if args.models else PARTS:
        usual = getattr(module, part)
        setattr(module, part, value)
        print(row(name, load(), args.pairs, args.clean), flush=True)
        setattr(module, part, usual)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
