"""`ocrfix learn --context …`: from right text to the context model. Needs PyTorch.

The model learns to tell each word of the corpus from words that look like it, by the words around, some of
which are misread as the channel misreads them. One pass over places drawn at random, no place twice but by
chance; Adam (Kingma and Ba 2015), its rate falling to nothing. Learning goes on where it was broken off.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from ocrfix._arrays import read_arrays, write_arrays
from ocrfix.correction._context_data import SEEN, Batch, Places, corpus_ids
from ocrfix.correction.candidates import Candidates
from ocrfix.correction.context import NEAR, WIDE, Weights, vocabulary_digest, write
from ocrfix.language_model import LanguageModel
from ocrfix.language_model.model import BOUNDARY_ID

__all__ = ["PLACES", "learn_context"]

PLACES: Final = 60_000_000
VECTOR, HIDDEN, OUT, MEANS = 96, 384, 128, 2
_RATE: Final = 2.5e-3
_WARM: Final = 300
"""Batches until the full rate."""
_SAVED: Final = 500
"""Batches from one saved state to the next."""
_SEED: Final = 1
_STATE: Final = b"ocrfix state of a context model 1\n"


def learn_context(
    paths: Sequence[Path],
    output: Path,
    model: LanguageModel,
    candidates: Candidates,
    *,
    held_out: Sequence[str] = (),
    places: int = PLACES,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Learn the context model from plain text files and write it.

    Parameters: ``paths``, as for `ocrfix.language_model.learn`; ``output``, the file to write, beside which
    the state of learning is kept as long as it goes on (``output`` with ``.state`` after it) and found again;
    ``model``, whose words are told apart; ``candidates``, which words look alike; ``held_out``, texts whose
    paragraphs are left out; ``places``, how many are learned from; ``progress``, called with a line for
    people. Raises ImportError without PyTorch, ValueError when there is too little text or the state is of
    another run, OSError on files.
    """
    try:
        import torch  # noqa: PLC0415  (an extra, and slow to load)
    except ImportError:
        raise ImportError("learning the context model needs PyTorch: pip install 'ocrfix[context]'") from None
    ids = corpus_ids(paths, held_out, model, progress)
    progress(f"{len(ids)} words; looking for words that look alike")
    source = Places(ids, model, candidates)
    run = f"{vocabulary_digest(model)} {len(ids)} {places} {source.per_batch}"
    trainer = _Trainer(torch, len(model.words), max(1, places // source.per_batch))
    state = output.with_name(output.name + ".state")
    if state.exists():
        trainer.load(state, run)
        progress(f"going on after {trainer.done * source.per_batch} places")
    total, number = 0.0, 0
    while trainer.done < trainer.steps:
        total += trainer.step(source.batch(_SEED, trainer.done))
        number += 1
        if trainer.done % _SAVED == 0:
            share = 100 * trainer.done / trainer.steps
            progress(f"{share:.0f} %: {trainer.done * source.per_batch} places, {total / number:.4f} nats")
            total, number = 0.0, 0
            trainer.save(state, run)
    meta = {
        "places": trainer.done * source.per_batch,
        "tokens": len(ids),
        "sources": sorted(p.name for p in paths),
    }
    write(output, trainer.weights(), vocabulary_digest(model), meta)
    state.unlink(missing_ok=True)


class _Trainer:
    """Weights on their way. ``torch`` is the module, which is loaded only here."""

    def __init__(self, torch: Any, meant: int, steps: int) -> None:  # noqa: ANN401
        self.steps, self.done = steps, 0
        self._torch = torch
        self._weights = {
            name: torch.from_numpy(value).requires_grad_() for name, value in _start(meant)._asdict().items()
        }
        self._moments = {
            name: [torch.zeros_like(w, requires_grad=False) for _ in range(2)]
            for name, w in self._weights.items()
        }
        # the compiler halves the time; without one the same sums are made more slowly
        self._loss = torch.compile(self._plain_loss) if shutil.which("g++") else self._plain_loss

    def _plain_loss(self, text: Any, at: Any, words: Any) -> Any:  # noqa: ANN401
        """Mean of -log P(right word among its rivals), nats. Large products are made in 16 bits."""
        torch, w = self._torch, self._weights
        half = torch.bfloat16
        rows, width = text.shape
        size = width - 2 * WIDE
        vectors = w["words"][text]
        boundary = text == BOUNDARY_ID
        block = torch.cumsum(boundary.int(), 1)
        centre = torch.arange(size)[:, None] + WIDE
        step = torch.arange(width)[None] - centre
        weight = w["salience"][text].permute(0, 2, 1)[:, :, None, :]
        weight = weight + w["distance"][:, step.clamp(-WIDE, WIDE) + WIDE]
        across = block[:, WIDE : WIDE + size, None] != block[:, None, :]
        weight = weight + across[:, None] * w["across"][None, :, None, None]
        unseen = ((step.abs() > WIDE) | (step == 0))[None, None] | boundary[:, None, None, :]
        weight = torch.softmax(weight.masked_fill(unseen, -1e4), -1)
        means = torch.matmul(weight.to(half), vectors.to(half)[:, None])
        means = means.permute(0, 2, 1, 3).reshape(rows * size, -1)[at]
        row, column = at // size, at % size + WIDE
        offsets = torch.tensor([k for k in range(-NEAR, NEAR + 1) if k])
        near = (row * width + column)[:, None] + offsets
        # a boundary is the last that is seen of its side; on the left, the count changes after it
        blocks = block.reshape(-1)
        side = blocks[near] - boundary.reshape(-1)[near].int() * (offsets > 0)
        seen = side == blocks[row * width + column][:, None]
        close = vectors.to(half).reshape(-1, vectors.shape[-1])[near] * seen[:, :, None]
        first = torch.relu(
            close.flatten(1) @ w["near"].to(half) + means @ w["wide"].to(half) + w["bias"].to(half)
        )
        first = first + torch.relu(first @ w["again"].to(half) + w["again_bias"].to(half))
        state = (first @ w["out"].to(half)).float()
        score = torch.bmm(w["meant"][words], state[:, :, None])[:, :, 0] + w["common"][words]
        score = score.masked_fill(words == 0, -1e9)
        return -torch.log_softmax(score, 1)[:, 0].mean()

    def step(self, batch: Batch) -> float:
        """Learn from a batch; its loss, nats."""
        torch = self._torch
        loss = self._loss(*(torch.from_numpy(part) for part in batch))
        gradients = torch.autograd.grad(loss, list(self._weights.values()))
        self.done += 1
        rate = _RATE * min(1.0, self.done / _WARM) * max(0.01, 1 - self.done / self.steps)
        mend = (1 - 0.9**self.done, 1 - 0.99**self.done)
        with torch.no_grad():
            for (name, w), gradient in zip(self._weights.items(), gradients, strict=True):
                first, second = self._moments[name]
                first.lerp_(gradient, 0.1)
                second.mul_(0.99).addcmul_(gradient, gradient, value=0.01)
                w.addcdiv_(first, (second / mend[1]).sqrt_().add_(1e-8), value=-rate / mend[0])
        return float(loss.detach())

    def weights(self) -> Weights:
        """The weights as they are now."""
        return Weights(**{name: w.detach().numpy().copy() for name, w in self._weights.items()})

    def save(self, path: Path, run: str) -> None:
        """Keep the state, whole or not at all."""
        arrays = {name: w.detach().numpy() for name, w in self._weights.items()}
        for name, moments in self._moments.items():
            arrays |= {f"{name} {k}": moment.numpy() for k, moment in enumerate(moments)}
        write_arrays(path, _STATE, {"run": run, "done": self.done}, arrays)

    def load(self, path: Path, run: str) -> None:
        """Go on from a state. Raises ValueError when it is of another run or damaged."""
        torch = self._torch
        header, arrays = read_arrays(path, _STATE, "the state of learning a context model; remove it")
        if header["run"] != run:
            raise ValueError(f"{path} is the state of another run; remove it to start anew")
        self.done = int(header["done"])
        with torch.no_grad():
            for name, weights in self._weights.items():
                weights.copy_(torch.from_numpy(arrays[name].copy()))
                for k, moment in enumerate(self._moments[name]):
                    moment.copy_(torch.from_numpy(arrays[f"{name} {k}"].copy()))


def _start(meant: int) -> Weights:
    """Weights to begin with."""
    rng = np.random.default_rng(_SEED)

    def some(*shape: int, scale: float) -> Any:  # noqa: ANN401
        return rng.normal(0, scale, shape).astype(np.float32)

    near = 2 * NEAR * VECTOR
    distance = abs(np.arange(-WIDE, WIDE + 1, dtype=np.float32))
    zeros = np.zeros(HIDDEN, dtype=np.float32)
    return Weights(
        words=some(SEEN, VECTOR, scale=0.15),
        salience=np.zeros((SEEN, MEANS), dtype=np.float32),
        distance=np.stack([-distance / (6 * 3**k) for k in range(MEANS)]),
        across=np.full(MEANS, -1, dtype=np.float32),
        near=some(near, HIDDEN, scale=0.58 * near**-0.5),
        wide=some(MEANS * VECTOR, HIDDEN, scale=0.58 * (MEANS * VECTOR) ** -0.5),
        bias=zeros,
        again=some(HIDDEN, HIDDEN, scale=0.3 * HIDDEN**-0.5),
        again_bias=zeros.copy(),
        out=some(HIDDEN, OUT, scale=0.58 * HIDDEN**-0.5),
        meant=some(meant, OUT, scale=0.1),
        common=np.zeros(meant, dtype=np.float32),
    )
