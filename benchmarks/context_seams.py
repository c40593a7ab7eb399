"""Whether the context model knows which half of a sentence goes on from which.

    python benchmarks/context_seams.py --clean clean-dev.txt --articles viwiki-dev.jsonl [--corpus FILE]…

Right paragraphs are cut inside a sentence, before a small letter; the true second half is to be found among
it and ten others, of other paragraphs (``--clean``, one a line) or of the same article (``--articles``, JSON
lines with "text"). N-grams: what `ocrfix.detectors` weighs of a seam. Context: how much better the words next
to the seam (three or eight to each side) fit with the other half in sight than without it, a weight for each
side. The weights are those of a conditional logit, fitted on one half of the cuts and tried on the other.

With ``--corpus`` (right text with headlines, documents parted by form feeds), a third table: the pairs of
blocks that the structure stage weighs in documents broken on purpose, with all that it knows of a pair, and
with the context model beside it; fitted on one half of the documents and tried on the other.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocrfix.correction.context import ContextModel
from ocrfix.correction.corrector import load_corrector
from ocrfix.detectors._joins_damage import Broken, broken_documents, material
from ocrfix.detectors._joins_fit import fits
from ocrfix.detectors._joins_learning import Seen, _look, logistic
from ocrfix.evaluation import read_paragraphs
from ocrfix.language_model import LanguageModel
from ocrfix.language_model.model import BOUNDARY_ID, UNKNOWN_ID

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

RIVALS: Final = 10
AROUND: Final = 10
"""Words that a paragraph has on both sides of a cut, at least."""
FROM_AN_ARTICLE: Final = 40
SIGHT: Final = 25
RIDGE: Final = 1e-3
DOCUMENTS: Final = 1500
"""Drawn from each file of the corpus."""
MOST: Final = 15.0
"""Nats that count of a gain."""
APART: Final = np.array([BOUNDARY_ID, UNKNOWN_ID] * 10 + [BOUNDARY_ID])
"""Fills the sight of the context model."""


class Cut(NamedTuple):
    """A first half, and second halves, of which the first is the true one."""

    left: str
    rights: list[str]


def halves(paragraph: str, rng: random.Random) -> tuple[str, str] | None:
    """A paragraph cut inside a sentence."""
    words = paragraph.split()
    places = [
        k
        for k in range(AROUND, len(words) - AROUND)
        if words[k][:1].islower() and words[k - 1][-1:].isalpha()
    ]
    if not places:
        return None
    at = rng.choice(places)
    return " ".join(words[:at]), " ".join(words[at:])


def cuts(groups: Sequence[Sequence[str]], most: int, rng: random.Random) -> list[Cut]:
    """Up to so many cuts of each group of paragraphs, with rivals of the same group."""
    found = []
    for group in groups:
        parts = [both for paragraph in group if (both := halves(paragraph, rng))]
        rng.shuffle(parts)
        for k, (left, right) in enumerate(parts[:most] if len(parts) > RIVALS else []):
            others = [other for n, (_, other) in enumerate(parts) if n != k]
            found.append(Cut(left, [right, *rng.sample(others, RIVALS)]))
    return found


def gains(pairs: Sequence[tuple[str, str]], words: int, language: LanguageModel, model: ContextModel) -> F64:
    """How much better the words before and after each seam fit joined than apart, nats."""
    texts: list[I64] = [APART]
    at: list[I64] = []
    end = len(APART)
    for left, right in pairs:
        before = np.array(language.token_ids(left[-16 * SIGHT :])[-SIGHT:])
        after = np.array(language.token_ids(right[: 16 * SIGHT])[:SIGHT])
        texts += [before, after, APART, before, APART, after, APART]
        seam = np.arange(-words, words) + len(before)
        at += [end + seam, end + seam + len(before) + len(after) + len(APART) * (1 + (seam >= len(before)))]
        end += 2 * (len(before) + len(after)) + 3 * len(APART)
    ids, places = np.concatenate(texts), np.concatenate(at)
    own = ids[places]
    score = model.score(ids, places, own, np.ones(len(own), dtype=np.int64)).astype(np.float64)
    score[own <= UNKNOWN_ID] = 0
    both = score.reshape(len(pairs), 2, 2, words)
    return np.asarray((both[:, 0] - both[:, 1]).sum(2))


def likeliest(rows: F64) -> F64:
    """Weights of a conditional logit: rows (cut, second half, evidence), each true half first."""
    weights = np.zeros(rows.shape[2])
    for _ in range(50):
        score = rows @ weights
        chance = np.exp(score - score.max(1, keepdims=True))
        chance /= chance.sum(1, keepdims=True)
        mean = np.einsum("ij,ijf->if", chance, rows)
        bend = np.einsum("ij,ijf,ijg->fg", chance, rows, rows) - mean.T @ mean
        slope = (rows[:, 0] - mean).mean(0) - RIDGE * weights
        weights = weights + np.linalg.solve(bend / len(rows) + RIDGE * np.eye(len(weights)), slope)
    return weights


def tried(rows: F64) -> tuple[NDArray[np.bool_], F64]:
    """Of each cut, whether the true half was found, and its nats."""
    order = np.random.default_rng(1).permutation(len(rows))
    right, nats = np.zeros(len(rows), dtype=bool), np.zeros(len(rows))
    for one, other in ((order[::2], order[1::2]), (order[1::2], order[::2])):
        score = rows[other] @ likeliest(rows[one])
        right[other] = score[:, 0] > score[:, 1:].max(1)
        top = score.max(1)
        nats[other] = top + np.log(np.exp(score - top[:, None]).sum(1)) - score[:, 0]
    return right, nats


def table(name: str, found: Sequence[Cut], say: Callable[[str], None]) -> None:
    """The lines of one set of cuts."""
    corrector = load_corrector()
    assert corrector.context is not None
    pairs = [(cut.left, right) for cut in found for right in cut.rights]
    shape = len(found), 1 + RIVALS, -1
    narrow = np.array([fit.seam for fit in fits(pairs, corrector.model)]).reshape(shape)
    plain, _ = tried(narrow)
    kinds = {"n-grams": narrow}
    for words in (3, 8):
        context = gains(pairs, words, corrector.model, corrector.context).reshape(shape)
        kinds |= {
            f"context, {words} words": context,
            f"both, {words} words": np.concatenate((narrow, context), 2),
        }
    say(f"| {name}: {len(found)} cuts | right % | more than n-grams | nats |")
    say("| --- | --- | --- | --- |")
    for kind, rows in kinds.items():
        right, nats = tried(rows)
        more = right.astype(float) - plain
        wide = 1.96 * more.std() / len(more) ** 0.5
        cell = f"{100 * more.mean():+.1f} ± {100 * wide:.1f}"
        say(f"| {kind} | {100 * right.mean():.1f} | {cell} | {nats.mean():.3f} |")


def pairs_of_blocks(paths: Sequence[Path], rng: random.Random) -> list[Seen]:
    """What the structure stage sees in documents broken on purpose, and in right ones."""
    language = load_corrector().model
    found = material(paths, rng, DOCUMENTS)
    broken = list(broken_documents(found, rng, 2))
    right = rng.sample(found.right, min(len(found.right), len(broken)))
    every = [*broken, *(Broken(blocks, frozenset()) for blocks in right)]
    return [seen for document in every if (seen := _look(document, language)) is not None]


def stage_table(seen: Sequence[Seen], say: Callable[[str], None]) -> None:
    """The lines of the third table."""
    corrector = load_corrector()
    assert corrector.context is not None
    own = np.array([list(row.values()) for s in seen for row in s.rows])
    true = np.array([right for s in seen for right in s.true])
    document = np.repeat(np.arange(len(seen)), [len(s.true) for s in seen])
    first = np.array([i for s in seen for i, _ in s.places])
    texts = [(s.units[i].open_text, s.units[j].text) for s in seen for i, j in s.places]
    small = own[:, [list(seen[0].rows[0]).index("small")]]
    kinds = {"as it is": own}
    for words in (3, 8):
        long = np.array(
            [min(len(corrector.model.token_ids(t)) for t in (a[-400:], b[:400])) >= words for a, b in texts]
        )
        gain = np.zeros((len(texts), 2))
        some = [pair for pair, enough in zip(texts, long.tolist(), strict=True) if enough]
        gain[long] = gains(some, words, corrector.model, corrector.context).clip(-MOST, MOST)
        kinds[f"and context, {words} words"] = np.hstack((own, gain, gain * small))
    half = (np.random.default_rng(1).random(len(seen)) < 0.5)[document]
    say(f"| {len(true)} pairs, {true.sum()} true | nats | found at 95 % precision, % | right half first, % |")
    say("| --- | --- | --- | --- |")
    for kind, rows in kinds.items():
        odds = np.zeros(len(true))
        for learned in (half, ~half):
            weights, always = logistic(rows[learned], true[learned])
            odds[~learned] = rows[~learned] @ weights + always
        nats = np.log1p(np.exp(np.where(true, -odds, odds))).mean()
        hits = np.cumsum(true[np.argsort(-odds)])
        sure = np.flatnonzero(hits / np.arange(1, len(hits) + 1) >= 0.95)
        share = hits[sure[-1]] / hits[-1] if len(sure) else 0.0
        order = np.lexsort((-odds, first, document))
        starts = np.flatnonzero(np.diff(document[order] * 10_000 + first[order], prepend=-1))
        sizes = np.diff(starts, append=len(order))
        asked = (np.add.reduceat(true[order], starts) > 0) & (sizes > 1)
        best = true[order][starts][asked].mean()
        say(f"| {kind} | {nats:.4f} | {100 * share:.1f} | {100 * best:.1f} |")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clean", type=Path, required=True)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--corpus", action="append", type=Path, default=[])
    args = parser.parse_args(argv)
    rng = random.Random(7)
    paragraphs = read_paragraphs(args.clean)
    table("other paragraphs", cuts([paragraphs], len(paragraphs), rng), print)
    print()
    articles = [json.loads(line)["text"].split("\n") for line in args.articles.open(encoding="utf-8")]
    table("the same article", cuts(articles, FROM_AN_ARTICLE, rng), print)
    if args.corpus:
        print()
        stage_table(pairs_of_blocks(args.corpus, random.Random(3)), print)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
