"""What the context model is worth: n-grams alone, the sentence alone, both.

    python benchmarks/context.py --pairs ocr-dev.jsonl --clean clean-dev.txt [--plot FILE.svg] [MODEL …]

Three tables and a plot, words only. The first chooses the right word among its look-alikes, with no
channel. The second repairs, by the choice alone (where its probability is over 0.7; options that n-grams rule
out are never looked at) and by the confidence that goes with it (as `ocrfix clean` does). The third tells
what kinds of words were changed. With MODEL, files by `ocrfix learn --context` are compared in the first
table.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from common import by_posterior
from numpy.typing import NDArray

from ocrfix import Document
from ocrfix.correction import decoder
from ocrfix.correction.confidence import load_confidence
from ocrfix.correction.context import ContextModel, load_context
from ocrfix.correction.corrector import Corrector, load_corrector
from ocrfix.correction.learning import examples
from ocrfix.correction.reading import REACH, read
from ocrfix.correction.rescoring import EVEN, Choice
from ocrfix.detectors.words import SAFE_FROM
from ocrfix.evaluation import Pair, evaluate_clean, evaluate_pairs, intervals, read_pairs, read_paragraphs
from ocrfix.language_model.passage import Options, Passage
from ocrfix.vietnamese.syllable import is_syllable, tone_style

SURE: Final = 0.7
ALIKE: Final = 24
_A_PARAGRAPH: Final = 6
SENTENCE: Final = EVEN._replace(narrow=0.0, context=1.0, cost=-1.0)
"""The context model and the channel, without n-grams."""


class System(NamedTuple):
    """One way to weigh a place: ``choice`` None for n-grams alone."""

    name: str
    corrector: Corrector
    choice: Choice | None


def systems() -> list[System]:
    """N-grams alone, the context model alone, both."""
    full = load_corrector()
    plain = Corrector(full.model, full.candidates, load_confidence(context=False))
    return [
        System("n-grams", plain, None),
        System("context", full, SENTENCE),
        System("both", full, full.confidence.choice),
    ]


def by_choice(system: System) -> Callable[[str], str]:
    """A corrector that follows the choice alone."""
    corrector = system.corrector
    return by_posterior(corrector.model, lambda r: corrector.decode(r, choice=system.choice), SURE)


def by_confidence(system: System) -> Callable[[str], str]:
    """A corrector that makes the safe changes."""

    def correct(text: str) -> str:
        pieces, end = [], 0
        for change in system.corrector.correct(Document(text)):
            if change.confidence >= SAFE_FROM:
                pieces += [text[end : change.span.start], change.meant]
                end = change.span.end
        return "".join(pieces) + text[end:]

    return correct


def look_alikes(
    paragraphs: Sequence[str], corrector: Corrector
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """A text's ids, places in it, the words to choose from at each, the right one first, and how many."""
    rng = np.random.default_rng(3)
    model = corrector.model
    text, at, words, counts = [np.zeros(2 * REACH, dtype=np.int64)], [], [], []
    begin = 2 * REACH
    for paragraph in paragraphs:
        ids = read(Document(paragraph), model).ids[REACH:-REACH]
        known = [k for k in range(len(ids)) if model.is_word[ids[k]] and model.words[ids[k]].isalpha()]
        for k in rng.permutation(known)[:_A_PARAGRAPH].tolist():
            (found,) = corrector.candidates.find([model.words[ids[k]]])
            if len(found.ids):
                at.append(begin + k)
                words += [[int(ids[k])], found.ids[:ALIKE].tolist()]
                counts.append(1 + len(found.ids[:ALIKE]))
        text += [ids, np.zeros(2 * REACH, dtype=np.int64)]
        begin += len(ids) + 2 * REACH
    flat = [w for some in words for w in some]
    return np.concatenate(text), np.array(at), np.array(flat), np.array(counts)


def choices(
    paragraphs: Sequence[str], corrector: Corrector, models: dict[str, ContextModel]
) -> Iterator[str]:
    """The first table's lines."""
    ids, at, words, counts = look_alikes(paragraphs, corrector)
    window, _ = decoder.window(
        Options(Passage(corrector.model, ids), np.repeat(at, counts), words), 0, REACH + 1
    )
    first = np.cumsum(counts) - counts

    def line(name: str, score: NDArray[np.float32]) -> str:
        score = score - np.repeat(np.maximum.reduceat(score, first), counts)
        log = score[first] - np.log(np.add.reduceat(np.exp(score), first))
        right, lost = 100 * (score[first] == 0).mean(), 100 * (log < np.log(0.01)).mean()
        return f"| {name} | {right:.1f} | {-log.mean():.3f} | {lost:.2f} |"

    yield line(f"n-grams ({len(at)} places)", window)
    for name, model in models.items():
        score = model.score(ids, at, words, counts)
        yield line(name, score)
        yield line(f"half {name}, half n-grams", 0.5 * score + 0.5 * window)


def percent(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{100 * value:.{digits}f}"


def repairs(pairs: Sequence[Pair], clean: Sequence[str], name: str, correct: Callable[[str], str]) -> str:
    """One line of the second table."""
    evaluation = evaluate_pairs(pairs, correct)
    spread = intervals(evaluation.pairs)

    def cell(figure: str, digits: int) -> str:
        value = percent(getattr(evaluation.total, figure), digits)
        low, high = spread.get(figure, (None, None))
        return f"{value} [{percent(low, digits)}, {percent(high, digits)}]"

    changed = evaluate_clean(clean, correct).changed_per_10k
    cells = (cell("wer_reduction", 1), cell("precision", 1), cell("harm", 3))
    return f"| {name} | {' | '.join(cells)} | {changed or 0:.1f} |"


def kind_of(before: str, surface: str) -> str:
    """What kind of word it is."""
    if any(c.isdigit() for c in surface):
        return "with digits"
    if surface[:1].isupper() and before not in {"", ".", "?", "!", ":", "…", "-"}:
        return "names"
    if not is_syllable(surface):
        return "no syllables"
    style = tone_style(surface)
    return f"{style} tone placement" if style else "other words"


class Judged(NamedTuple):
    """Changes that a system would make: how sure it is, whether they are right, and what was changed."""

    sure: NDArray[np.float64]
    right: NDArray[np.bool_]
    kinds: list[str]


def judged(pairs: Sequence[Pair], corrector: Corrector) -> Judged:
    """All changes of the pairs' readings, with their confidence."""
    rows, right, kinds = [], [], []
    names = corrector.confidence.names
    for pair in pairs:
        found = examples(pair.ocr, pair.gold, corrector, names)
        rows.append(found.rows)
        right.append(found.right)
        kinds += [kind_of(*around) for around in found.words]
    return Judged(corrector.confidence(np.concatenate(rows)), np.concatenate(right), kinds)


def kinds_table(every: dict[str, Judged]) -> Iterator[str]:
    """The third table: right and wrong safe changes of each kind of word."""
    counts = {
        name: Counter(
            (kind, bool(ok)) for kind, ok, p in zip(j.kinds, j.right, j.sure, strict=True) if p >= SAFE_FROM
        )
        for name, j in every.items()
    }
    yield "| | " + " | ".join(f"{name}: right, wrong" for name in every) + " |"
    yield "| --- " * (1 + len(every)) + "|"
    for kind in sorted({kind for c in counts.values() for kind, _ in c}):
        cells = [f"{c[kind, True]}, {c[kind, False]}" for c in counts.values()]
        yield f"| {kind} | {' | '.join(cells)} |"


def draw(every: dict[str, Judged], path: Path) -> None:
    """Precision against the number of right changes, a curve a system."""
    import plots  # noqa: PLC0415  (matplotlib is an extra)

    curves = {}
    for name, j in every.items():
        order = np.argsort(-j.sure, kind="stable")
        right = np.cumsum(j.right[order])
        curves[name] = (right, right / np.arange(1, len(right) + 1))
    plots.curves(curves, path)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", type=Path, metavar="MODEL")
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--clean", type=Path, required=True)
    parser.add_argument("--plot", type=Path)
    args = parser.parse_args(argv)
    pairs, clean = list(read_pairs(args.pairs)), read_paragraphs(args.clean)
    every = systems()
    corrector = every[-1].corrector
    found = {path.name: load_context(corrector.model, str(path)) for path in args.models}
    models = {name: model for name, model in found.items() if model} or {
        "context": load_context(corrector.model)
    }
    print("| the right one of 25 look-alikes | right % | nats | under 1 % in % of places |")
    print("| --- | --- | --- | --- |")
    for line in choices(clean, corrector, models):
        print(line, flush=True)
    print("\n| | WER cut % | precision % | harm % | clean text, changed per 10,000 |")
    print("| --- | --- | --- | --- | --- |")
    for system in every:
        print(repairs(pairs, clean, f"{system.name}, by choice", by_choice(system)), flush=True)
    confident = [every[0], every[2]]
    for system in confident:
        print(repairs(pairs, clean, f"{system.name}, by confidence", by_confidence(system)), flush=True)
    print()
    changes = {system.name: judged(pairs, system.corrector) for system in confident}
    print("\n".join(kinds_table(changes)))
    if args.plot:
        draw(changes, args.plot)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
