"""Other networks for the context model, each learned for the same time from the same places in their order.

    python benchmarks/context_networks.py CORPUS… --held-out pairs.jsonl --clean clean-dev.txt \
        [--minutes 8] [--only NAME]…

One table: how well each chooses the right word among its look-alikes (as in context.py), by itself and with
n-grams, half of each; how many places it learned from in its time; how long it takes at use, in NumPy on one
core. The time is processor time, without the compiler's. `--places` learns each from so many places instead.
Needs PyTorch.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import torch
from _networks.learned import KINDS, Network
from _networks.used import state_of
from context import look_alikes
from numpy.typing import NDArray

from ocrfix._blas import one_thread
from ocrfix._pairs import paragraphs, read_pairs
from ocrfix.correction import decoder
from ocrfix.correction._context_data import SEEN, Batch, Places, corpus_ids
from ocrfix.correction.context import WIDE
from ocrfix.correction.corrector import Corrector, load_corrector
from ocrfix.correction.reading import REACH
from ocrfix.evaluation import read_paragraphs
from ocrfix.language_model.passage import Options, Passage

RATE: Final = 2.5e-3
WARM: Final = 300
PORTION: Final = 128


class Questions(NamedTuple):
    """Places of right text: the text with `WIDE` boundaries around, and each option's score by n-grams."""

    text: NDArray[np.int64]
    places: NDArray[np.int64]
    options: NDArray[np.int64]
    counts: NDArray[np.int64]
    narrow: NDArray[np.float32]


def questions(clean: Sequence[str], corrector: Corrector) -> Questions:
    """What the networks are asked, as the context model would be."""
    ids, at, options, counts = look_alikes(clean, corrector)
    passage = Passage(corrector.model, ids)
    narrow, _ = decoder.window(Options(passage, np.repeat(at, counts), options), 0, REACH + 1)
    kept = np.ones(len(ids), dtype=bool)
    kept[1:] = (ids[1:] != 0) | (ids[:-1] != 0)
    edge = np.zeros(WIDE, dtype=np.int64)
    text = np.concatenate((edge, ids[kept], edge))
    text[text >= SEEN] = 1
    return Questions(text, np.cumsum(kept)[at] - 1 + WIDE, options, counts, narrow)


def learn(
    network: Network, batches: Callable[[int], Batch], minutes: float, steps: int, rate: float = RATE
) -> int:
    """Learn for so many minutes, or so many steps where these are given; the number of steps."""
    tables = ("words", "meant", "common", "salience")
    named = list(network.named_parameters())
    groups = [
        {"params": [p for name, p in named if name in tables], "share": 1.0},
        {"params": [p for name, p in named if name not in tables], "share": network.rate},
    ]
    optimizer = torch.optim.Adam(groups, lr=rate, betas=(0.9, 0.99), fused=True)

    def loss(words: torch.Tensor, at: torch.Tensor, options: torch.Tensor) -> torch.Tensor:
        score = network(words, at, options).masked_fill(options == 0, -1e9)
        return -torch.log_softmax(score, 1)[:, 0].mean()

    compiled = torch.compile(loss)
    compiled(*map(torch.from_numpy, batches(0))).backward()
    begin, done = time.process_time(), 0
    while True:
        share = done / steps if steps else (time.process_time() - begin) / 60 / minutes
        if share >= 1:
            return done
        for group in optimizer.param_groups:
            group["lr"] = group["share"] * rate * min(1.0, (done + 1) / WARM) * max(0.01, 1 - share)
        optimizer.zero_grad(set_to_none=True)
        compiled(*map(torch.from_numpy, batches(done))).backward()
        optimizer.step()
        done += 1


def judge(network: Network, asked: Questions) -> tuple[list[str], float]:
    """Cells of the table, by itself and with n-grams; milliseconds per 1,000 places."""
    state = state_of(network)
    begin = time.process_time()
    with one_thread():
        parts = [
            state(asked.text, asked.places[k : k + PORTION]) for k in range(0, len(asked.places), PORTION)
        ]
    spent = 1e6 * (time.process_time() - begin) / len(asked.places)
    expected = np.repeat(np.concatenate(parts), asked.counts, axis=0)
    meant, common = network.meant.detach().numpy(), network.common.detach().numpy()
    score = np.einsum("ij,ij->i", expected, meant[asked.options]) + common[asked.options]
    first = np.cumsum(asked.counts) - asked.counts
    cells = []
    for mixed in (score, 0.5 * score + 0.5 * asked.narrow):
        best = mixed - np.repeat(np.maximum.reduceat(mixed, first), asked.counts)
        nats = np.log(np.add.reduceat(np.exp(best), first)) - best[first]
        cells += [f"{100 * (best[first] == 0).mean():.1f}", f"{nats.mean():.3f}"]
    return cells, spent


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--held-out", type=Path, required=True)
    parser.add_argument("--clean", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--places", type=int, default=0)
    parser.add_argument("--size", type=float, default=1.0, help="All sizes as a share of the shipped ones.")
    parser.add_argument("--only", action="append", choices=list(KINDS), default=[])
    args = parser.parse_args(argv)
    torch.set_num_threads(1)
    corrector = load_corrector()
    held_out = [pair.gold for pair in paragraphs(read_pairs(args.held_out))]
    source = Places(corpus_ids(args.corpus, held_out, corrector.model), corrector.model, corrector.candidates)
    asked = questions(read_paragraphs(args.clean), corrector)
    print(
        "| network | million places | right % | nats | half n-grams: right % | nats | ms per 1,000 places |"
    )
    print("| --- " * 7 + "|")
    for name in args.only or KINDS:
        network = KINDS[name](len(corrector.model.words), args.size)
        steps = learn(network, lambda k: source.batch(1, k), args.minutes, args.places // source.per_batch)
        cells, spent = judge(network, asked)
        millions = steps * source.per_batch / 1e6
        print(f"| {name} | {millions:.1f} | {' | '.join(cells)} | {spent:.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
