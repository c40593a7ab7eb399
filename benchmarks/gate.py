"""The accuracy gate: fail when ocrfix gets worse than the floors in baseline.json.

    python benchmarks/gate.py                                    our own set
    python benchmarks/gate.py --pairs ocr.jsonl --clean right.txt  larger sets too
    python benchmarks/gate.py --update                           pin what is better now

A floor belongs to the SHA-256 of its data; data without a floor is measured and reported, and fails
only with --strict. --update writes the better of the old floor and today's figure; a worse figure
is written only with --allow-regression. Exit status: 0 no figure is below its floor, 1 one is (or,
for our own set, data and floors do not belong together), 2 the data cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from common import HERE, MODES, OWN, DataSet, data_sets, figures, load_json, say

from ocrfix.evaluation import DataError

BASELINE = HERE / "baseline.json"


@dataclass(frozen=True)
class Metric:
    """A gated figure: which way is better, and how far it may slip before that is a regression.

    The slack is for the rounding of floors and, in rates, about one word in a thousand; not for noise,
    since the same code on the same data gives the same figures.
    """

    name: str
    higher: bool
    slack: float

    def worse(self, value: float, floor: float) -> bool:
        """Whether the value is beyond the floor by more than the slack."""
        return value < floor - self.slack if self.higher else value > floor + self.slack

    def better(self, value: float, floor: float) -> bool:
        """Whether the value is on the good side of the floor."""
        return value > floor if self.higher else value < floor


METRICS: Final[dict[str, tuple[Metric, ...]]] = {
    "pairs": (
        Metric("wer_reduction", True, 0.001),
        Metric("cer_reduction", True, 0.001),
        Metric("precision", True, 0.001),
        Metric("recall", True, 0.001),
        Metric("harm", False, 0.00002),
        Metric("calibration_error", False, 0.002),
    ),
    "clean": (Metric("changed_per_10k", False, 0.001),),
}


@dataclass(frozen=True)
class Verdict:
    """One figure against its floor; ``floor`` is None where none is pinned."""

    data: str
    mode: str
    metric: Metric
    value: float | None
    floor: float | None

    @property
    def regression(self) -> bool:
        """Whether this fails the gate: worse than the floor, or no longer measurable."""
        if self.floor is None:
            return False
        return self.value is None or self.metric.worse(self.value, self.floor)


def judge_set(
    data: DataSet, floors: dict[str, dict[str, float]], measured: dict[str, dict[str, Any]]
) -> list[Verdict]:
    """Compare the figures of every mode with the floors of the set."""
    return [
        Verdict(data.name, mode, metric, values[metric.name], floors.get(mode, {}).get(metric.name))
        for mode, values in measured.items()
        for metric in METRICS[data.kind]
    ]


def new_floors(
    old: dict[str, dict[str, float]], verdicts: Sequence[Verdict], *, allow_regression: bool
) -> dict[str, dict[str, float]]:
    """The floors after --update: never a worse one unless that is allowed.

    >>> metric = Metric("recall", True, 0.001)
    >>> verdict = Verdict("own", "default", metric, value=0.4, floor=0.5)
    >>> new_floors({"default": {"recall": 0.5}}, [verdict], allow_regression=False)
    {'default': {'recall': 0.5}}
    """
    floors = {mode: dict(values) for mode, values in old.items()}
    for verdict in verdicts:
        if verdict.value is None:
            continue
        if verdict.floor is None or allow_regression or verdict.metric.better(verdict.value, verdict.floor):
            floors.setdefault(verdict.mode, {})[verdict.metric.name] = round(verdict.value, 6)
    return floors


def run(
    sets: Sequence[DataSet],
    baseline: dict[str, Any],
    measure: Callable[[DataSet, str], dict[str, Any]],
) -> dict[str, list[Verdict]]:
    """Measure every set in every mode; verdicts by the key of the set."""
    out = {}
    for data in sets:
        say(f"measuring {data.name} …")
        measured = {mode: measure(data, mode) for mode in MODES}
        out[data.key] = judge_set(data, baseline.get(data.key, {}).get("floors", {}), measured)
    return out


def show(verdicts: Sequence[Verdict]) -> None:
    """Print a line for each figure."""
    for v in verdicts:
        value = "–" if v.value is None else f"{v.value:.5f}"
        floor = (
            "no floor" if v.floor is None else f"{'at least' if v.metric.higher else 'at most'} {v.floor:.5f}"
        )
        mark = "WORSE" if v.regression else ""
        print(f"{v.data:18} {v.mode:8} {v.metric.name:18} {value:>10}  {floor:18} {mark}".rstrip())


def stale(sets: Sequence[DataSet], baseline: dict[str, Any]) -> list[str]:
    """Names of our own sets pinned in the baseline whose file now has another hash."""
    pinned = {entry["name"] for entry in baseline.values()}
    own = {data.name for data in OWN}
    return [d.name for d in sets if d.name in own & pinned and d.key not in baseline]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=Path, action="append", default=[], help="more pairs (JSON lines)")
    parser.add_argument("--clean", type=Path, action="append", default=[], help="more right text")
    parser.add_argument("--baseline", type=Path, default=BASELINE)
    parser.add_argument("--strict", action="store_true", help="a set without floors fails")
    parser.add_argument("--update", action="store_true", help="pin today's figures where they are better")
    parser.add_argument("--allow-regression", action="store_true", help="with --update: pin worse ones too")
    args = parser.parse_args(argv)
    if args.allow_regression and not args.update:
        parser.error("--allow-regression goes with --update")
    baseline = load_json(args.baseline)
    sets = data_sets(args.pairs, args.clean)
    try:
        verdicts = run(sets, baseline, lambda data, mode: figures(data, MODES[mode]))
    except (DataError, OSError) as error:
        print(f"gate: {error}", file=sys.stderr)
        return 2
    everything = [v for found in verdicts.values() for v in found]
    show(everything)
    changed = stale(sets, baseline)
    if args.update:
        for name in changed:
            baseline = {key: entry for key, entry in baseline.items() if entry["name"] != name}
        for data in sets:
            floors = new_floors(
                baseline.get(data.key, {}).get("floors", {}),
                verdicts[data.key],
                allow_regression=args.allow_regression,
            )
            baseline[data.key] = {"name": data.name, "floors": floors}
        args.baseline.write_text(json.dumps(baseline, ensure_ascii=False, indent=2) + "\n", "utf-8")
        print(f"floors written to {args.baseline}")
    for name in changed:
        print(
            f"{name}: the data is not what its floors were pinned on"
            + ("; pinned anew" if args.update else "")
        )
    worse = [v for v in everything if v.regression]
    if worse:
        print(f"{len(worse)} of {len(everything)} figures are worse than their floors")
    unpinned = sorted({v.data for v in everything if v.floor is None and v.value is not None})
    if unpinned and not args.update:
        print(f"no floors for: {', '.join(unpinned)}; pin them with --update")
    if args.update:
        return 1 if worse and not args.allow_regression else 0
    return 1 if worse or changed or (args.strict and unpinned) else 0


if __name__ == "__main__":
    raise SystemExit(main())
