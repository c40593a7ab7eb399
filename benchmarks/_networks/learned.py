"""The networks in PyTorch, as they are learned: one pass over stretches of text, many places at a time.

All have the same vectors of words, the same two weighted means of the twenty words to each side, and the same
layers after them; they differ in how they see the order of the words.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from ocrfix.correction._context_data import SEEN
from ocrfix.correction.context import NEAR, WIDE
from ocrfix.correction.context_learning import HIDDEN, MEANS, OUT, VECTOR

__all__ = ["KINDS", "Convolutions", "Network", "Query", "Recurrent", "Transformer"]

_FAR: Final = -1e4
HALF: Final = torch.bfloat16


class Text(NamedTuple):
    """Rows of text with places in them: ``at`` counts over the rows without `WIDE` words at both ends."""

    words: Tensor
    at: Tensor
    vectors: Tensor
    boundary: Tensor
    block: Tensor

    @property
    def size(self) -> int:
        """Words of a row that may be places."""
        return self.words.shape[1] - 2 * WIDE

    def steps(self) -> Tensor:
        """How far each word stands from each place of a row."""
        return torch.arange(self.words.shape[1])[None] - torch.arange(self.size)[:, None] - WIDE

    def unseen(self) -> Tensor:
        """Which words a place does not see: itself, the far ones, boundaries."""
        steps = self.steps()
        return ((steps.abs() > WIDE) | (steps == 0))[None, None] | self.boundary[:, None, None, :]

    def across(self) -> Tensor:
        """Which words stand in another block than a place."""
        return (self.block[:, WIDE : WIDE + self.size, None] != self.block[:, None, :])[:, None]


def _table(rows: int, columns: int, scale: float) -> nn.Parameter:
    return nn.Parameter(torch.randn(rows, columns) * scale * rows**-0.5)


class Network(nn.Module):
    """What all have in common; by itself, the context model that ocrfix carries."""

    rate = 1.0
    """Learning rate of all but the tables of words, as a share."""

    def __init__(self, meant: int, size: float = 1.0) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.vector, self.hidden, out = (int(size * n) for n in (VECTOR, HIDDEN, OUT))
        self.words = nn.Parameter(torch.randn(SEEN, self.vector) * 0.15)
        self.salience = nn.Parameter(torch.zeros(SEEN, MEANS))
        distance = torch.arange(-WIDE, WIDE + 1).abs().float()
        self.distance = nn.Parameter(torch.stack([-distance / (6 * 3**k) for k in range(MEANS)]))
        self.across = nn.Parameter(torch.full((MEANS,), -1.0))
        self.wide = _table(MEANS * self.vector, self.hidden, 0.58)
        self.bias = nn.Parameter(torch.zeros(self.hidden))
        self.again = _table(self.hidden, self.hidden, 0.3)
        self.again_bias = nn.Parameter(torch.zeros(self.hidden))
        self.out = _table(self.hidden, out, 0.58)
        self.meant = nn.Parameter(torch.randn(meant, out) * 0.1)
        self.common = nn.Parameter(torch.zeros(meant))
        self.add_order()

    def add_order(self) -> None:
        """Make the weights that see the order."""
        self.near = _table(2 * NEAR * self.vector, self.hidden, 0.58)

    def order(self, text: Text) -> Tensor:
        """What the words in order add to the first layer."""
        offsets = torch.tensor([k for k in range(-NEAR, NEAR + 1) if k])
        width = text.words.shape[1]
        place = text.at // text.size * width + text.at % text.size + WIDE
        near = place[:, None] + offsets
        blocks = text.block.reshape(-1)
        side = blocks[near] - text.boundary.reshape(-1)[near].int() * (offsets > 0)
        seen = side == blocks[place][:, None]
        close = text.vectors.reshape(-1, self.vector)[near] * seen[:, :, None]
        return close.flatten(1) @ self.near.to(HALF)

    def asked(self, first: Tensor, _text: Text) -> Tensor:
        """The first layer with what it asks of the words, where a network asks."""
        return first

    def forward(self, words: Tensor, at: Tensor, options: Tensor) -> Tensor:
        """Scores of the options of places."""
        boundary = words == 0
        vectors = self.words[words].to(HALF)
        text = Text(words, at, vectors, boundary, torch.cumsum(boundary.int(), 1))
        weight = self.salience[words].permute(0, 2, 1)[:, :, None, :]
        weight = weight + self.distance[:, text.steps().clamp(-WIDE, WIDE) + WIDE]
        weight = weight + text.across() * self.across[None, :, None, None]
        weight = torch.softmax(weight.masked_fill(text.unseen(), _FAR), -1)
        means = torch.matmul(weight.to(HALF), vectors[:, None]).permute(0, 2, 1, 3)
        means = means.reshape(-1, MEANS * self.vector)[at]
        first = self.order(text) + means @ self.wide.to(HALF) + self.bias.to(HALF)
        first = self.asked(torch.relu(first), text)
        first = first + torch.relu(first @ self.again.to(HALF) + self.again_bias.to(HALF))
        state = (first @ self.out.to(HALF)).float()
        return torch.bmm(self.meant[options], state[:, :, None])[:, :, 0] + self.common[options]


class Query(Network):
    """Four heads of attention more, which ask with what the nearest words say."""

    heads, width = 4, 24

    def add_order(self) -> None:
        super().add_order()
        both = self.heads * self.width
        self.query = _table(self.hidden, both, 0.5)
        self.key = _table(self.vector, both, 3.0)
        self.value = _table(self.vector, both, 3.0)
        self.answer = _table(both, self.hidden, 0.3)
        distance = torch.arange(-WIDE, WIDE + 1).abs().float()
        self.asked_distance = nn.Parameter(torch.stack([-distance / (4 * 2**k) for k in range(self.heads)]))
        self.asked_across = nn.Parameter(torch.full((self.heads,), -1.0))

    def asked(self, first: Tensor, text: Text) -> Tensor:
        rows = len(text.words)
        shape = rows, -1, self.heads, self.width
        query = torch.zeros(rows * text.size, self.heads * self.width, dtype=HALF)
        query = query.index_put((text.at,), first @ self.query.to(HALF)).view(shape).permute(0, 2, 1, 3)
        key = (text.vectors @ self.key.to(HALF)).view(shape).permute(0, 2, 3, 1)
        value = (text.vectors @ self.value.to(HALF)).view(shape).permute(0, 2, 1, 3)
        weight = (query @ key).float() * self.width**-0.5
        weight = weight + self.asked_distance[:, text.steps().clamp(-WIDE, WIDE) + WIDE]
        weight = weight + text.across() * self.asked_across[None, :, None, None]
        weight = torch.softmax(weight.masked_fill(text.unseen(), _FAR), -1)
        answers = (weight.to(HALF) @ value).transpose(1, 2).reshape(rows * text.size, -1)
        return first + answers[text.at] @ self.answer.to(HALF)


class _Towers(Network):
    """Two towers, one a side, each up to the word beside the place: neither sees the place's own word."""

    state = 128

    def add_order(self) -> None:
        self.join = _table(2 * self.state, self.hidden, 0.58)

    def order(self, text: Text) -> Tensor:
        seen = WIDE + text.size - 1
        left = self.tower(0, text.vectors[:, :seen])[:, WIDE - 1 :]
        right = self.tower(1, text.vectors.flip(1)[:, :seen]).flip(1)[:, : text.size]
        both = torch.cat((left.to(HALF), right.to(HALF)), 2).reshape(-1, 2 * self.state)
        return both[text.at] @ self.join.to(HALF)

    def tower(self, side: int, vectors: Tensor) -> Tensor:
        """The state after each word of rows."""
        raise NotImplementedError


class Convolutions(_Towers):
    """Gated convolutions (Dauphin et al. 2017), the second added to the first."""

    state, kernels = 96, (5, 4)

    def add_order(self) -> None:
        super().add_order()
        self.gates = nn.ParameterList()
        for _ in range(2):
            for k, kernel in enumerate(self.kernels):
                inside = kernel * (self.state if k else self.vector)
                self.gates.append(_table(inside, 2 * self.state, 1.0 if k else 1.5))
                self.gates.append(nn.Parameter(torch.zeros(2 * self.state)))

    def tower(self, side: int, vectors: Tensor) -> Tensor:
        length = vectors.shape[1]
        for k, kernel in enumerate(self.kernels):
            weight, bias = self.gates[2 * (side * len(self.kernels) + k) :][:2]
            padded = functional.pad(vectors, (0, 0, kernel - 1, 0))
            window = torch.cat([padded[:, n : n + length] for n in range(kernel)], 2)
            value, gate = (window @ weight.to(HALF) + bias.to(HALF)).chunk(2, 2)
            found = value * torch.sigmoid(gate)
            vectors = vectors + found if k else found
        return vectors


class Recurrent(_Towers):
    """A gated recurrent unit (Cho et al. 2014) a side."""

    state, rate = 192, 0.5

    def add_order(self) -> None:
        super().add_order()
        self.units = nn.ModuleList(nn.GRU(self.vector, self.state) for _ in range(2))

    @torch.compiler.disable
    def tower(self, side: int, vectors: Tensor) -> Tensor:
        return self.units[side](vectors.float().transpose(0, 1).contiguous())[0].transpose(0, 1)


class Transformer(_Towers):
    """Two layers a side (Vaswani et al. 2017), normalised before, with learned weights for distances."""

    state, rate, layers, heads, inner = 128, 0.4, 2, 4, 256

    def add_order(self) -> None:
        super().add_order()
        c = self.state
        distance = torch.arange(WIDE + 1).float()
        self.enter = nn.ParameterList(_table(self.vector, c, 3.0) for _ in range(2))
        self.leave = nn.ParameterList(nn.Parameter(torch.ones(c)) for _ in range(2))
        self.layer = nn.ModuleList(
            nn.ParameterDict(
                {
                    "norm": nn.Parameter(torch.ones(c)),
                    "in": _table(c, 3 * c, 1.0),
                    "distance": nn.Parameter(
                        torch.stack([-distance / (2 * 3**k) for k in range(self.heads)])
                    ),
                    "out": _table(c, c, 0.5),
                    "again": nn.Parameter(torch.ones(c)),
                    "first": _table(c, self.inner, 1.0),
                    "bias": nn.Parameter(torch.zeros(self.inner)),
                    "second": _table(self.inner, c, 0.5),
                }
            )
            for _ in range(2 * self.layers)
        )

    @staticmethod
    def _normal(x: Tensor, scale: Tensor) -> Tensor:
        x = x.float()
        return (x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5) * scale).to(HALF)

    def tower(self, side: int, vectors: Tensor) -> Tensor:
        x = vectors @ self.enter[side].to(HALF)
        rows, length, c = x.shape
        steps = torch.arange(length)[:, None] - torch.arange(length)[None]
        for k in range(self.layers):
            w: Any = self.layer[side * self.layers + k]
            parts = (self._normal(x, w["norm"]) @ w["in"].to(HALF)).view(rows, length, 3, self.heads, -1)
            query, key, value = parts.permute(2, 0, 3, 1, 4)
            weight = (query @ key.transpose(-1, -2)).float() * (c // self.heads) ** -0.5
            weight = weight + w["distance"][:, steps.clamp(0, WIDE)]
            weight = torch.softmax(weight.masked_fill((steps < 0) | (steps > WIDE), _FAR), -1)
            x = x + (weight.to(HALF) @ value).transpose(1, 2).reshape(rows, length, c) @ w["out"].to(HALF)
            inner = torch.relu(self._normal(x, w["again"]) @ w["first"].to(HALF) + w["bias"].to(HALF))
            x = x + inner @ w["second"].to(HALF)
        return self._normal(x, self.leave[side])


KINDS: Final = {
    "as shipped": Network,
    "convolutions": Convolutions,
    "recurrent": Recurrent,
    "transformer": Transformer,
    "query": Query,
}
"""The networks by name."""
