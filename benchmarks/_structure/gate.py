"""The gate: floors for every kind of damage in both splits of the data."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from common import say

from .run import Request, Results, measure
from .texts import SPLITS, data_hash

__all__ = ["Figure", "figures", "gate", "new_floors"]

# Which way is better, and how far a figure may slip: half an item of the smallest kinds for the rounding
# of floors, and a thousandth of a per cent of text.
METRICS: Final[dict[str, tuple[bool, float]]] = {
    "repaired": (True, 0.0005),
    "harmless": (True, 0.0005),
    "lost": (False, 0.001),
    "repaired_unsafe": (True, 0.0005),
    "identical": (True, 0.0005),
    "identical_unsafe": (True, 0.0005),
}

Floors = dict[str, dict[str, dict[str, float]]]
"""Split, then kind, then metric."""


@dataclass(frozen=True)
class Figure:
    """A measured figure and its floor (None when none is pinned)."""

    split: str
    kind: str
    metric: str
    value: float
    floor: float | None

    @property
    def worse(self) -> bool:
        """Whether the figure is on the bad side of its floor, beyond the slack."""
        if self.floor is None:
            return False
        higher, slack = METRICS[self.metric]
        return self.value < self.floor - slack if higher else self.value > self.floor + slack

    @property
    def better(self) -> bool:
        """Whether the figure is on the good side of its floor, or has none."""
        if self.floor is None:
            return True
        return self.value > self.floor if METRICS[self.metric][0] else self.value < self.floor


def figures(results: Results, floors: Floors) -> list[Figure]:
    """The gated figures of one split."""
    values: dict[str, dict[str, float]] = {}
    for kind, summary in results.default.items():
        values[kind] = {
            "repaired": summary.repaired,
            "harmless": summary.harmless,
            "lost": summary.lost,
            "repaired_unsafe": results.unsafe[kind].repaired,
        }
    total = sum(results.documents.values())
    values["right documents"] = {
        "identical": 1 - len(results.touched) / total,
        "identical_unsafe": 1 - len(results.touched_unsafe) / total,
    }
    split = results.request.split
    pinned = floors.get(split, {})
    return [
        Figure(split, kind, metric, value, pinned.get(kind, {}).get(metric))
        for kind, some in values.items()
        for metric, value in some.items()
    ]


def new_floors(old: Floors, found: Sequence[Figure], *, allow_regression: bool) -> Floors:
    """The floors after --update: never a worse one unless that is allowed.

    >>> figure = Figure("dev", "span", "repaired", value=0.8, floor=0.9)
    >>> new_floors({"dev": {"span": {"repaired": 0.9}}}, [figure], allow_regression=False)
    {'dev': {'span': {'repaired': 0.9}}}
    """
    floors = {split: {kind: dict(some) for kind, some in kinds.items()} for split, kinds in old.items()}
    for figure in found:
        if figure.better or allow_regression:
            kinds = floors.setdefault(figure.split, {})
            kinds.setdefault(figure.kind, {})[figure.metric] = round(figure.value, 5)
    return floors


def _load(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return content


def _line(figure: Figure) -> str:
    bound = "at least" if METRICS[figure.metric][0] else "at most"
    pinned = "no floor" if figure.floor is None else f"{bound} {figure.floor:.5f}"
    name = f"{figure.split:9} {figure.kind:16} {figure.metric:17}"
    return f"{name} {figure.value:9.5f}  {pinned} {'WORSE' if figure.worse else ''}".rstrip()


def gate(request: Request, baseline: Path, *, update: bool = False, allow_regression: bool = False) -> int:
    """Measure both splits and compare with the floors; the exit status of the command.

    Floors belong to the data (its SHA-256), the seed and the number of cases; when these are others, the
    gate fails until ``update`` pins the figures anew.
    """
    start = time.monotonic()
    pins = {"data": data_hash(request.data), "seed": request.seed, "per_kind": request.per_kind}
    content = _load(baseline)
    stale = bool(content) and any(content.get(name) != value for name, value in pins.items())
    floors: Floors = {} if stale or not content else content["floors"]
    found: list[Figure] = []
    for split in SPLITS:
        results = measure(request.of(split), speed=False)
        found += figures(results, floors)
        say(f"measured {split}, {time.monotonic() - start:.0f} s")
        for item in results.touched:
            say(f"  changed: {item.kind} {item.number}: {'; '.join(item.findings[:2])}")
    for figure in found:
        print(_line(figure))
    worse = [figure for figure in found if figure.worse]
    if worse:
        print(f"{len(worse)} of {len(found)} figures are worse than their floors")
    if update:
        kept = new_floors(floors, found, allow_regression=allow_regression)
        text = json.dumps({**pins, "floors": kept}, ensure_ascii=False, indent=1)
        baseline.write_text(text + "\n", "utf-8")
        why = " (data or cases were others; pinned anew)" if stale else ""
        print(f"floors written to {baseline.name}{why}")
        return 1 if worse and not allow_regression else 0
    if stale or not content:
        print("data, seed or number of cases are not what the floors were pinned on; see --update")
        return 1
    return 1 if worse else 0
