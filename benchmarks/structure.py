"""The structure benchmark: known damage to right documents, and how much of it ocrfix undoes.

    python benchmarks/structure.py                             every kind of damage, development data
    python benchmarks/structure.py --kinds span,near --variants
    python benchmarks/structure.py --show span 5               what goes wrong, as short diffs
    python benchmarks/structure.py --split held-out            the data that are only measured
    python benchmarks/structure.py --articles news.txt.xz --limit 200
    python benchmarks/structure.py --write                     results/DATE-structure.md, both splits
    python benchmarks/structure.py --growth                    time and memory on repeats, with a plot
    python benchmarks/structure.py --gate [--update]           compare with structure-baseline.json

Right articles are damaged in known ways (seeded; a few damages a kind, in different places), cleaned, and
compared with what they were. benchmarks/README.md says how it is scored. Exit status: 0 well, 1 a figure
is below its floor (--gate), 2 the data cannot be read.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from _structure.damages import KINDS
from _structure.gate import gate
from _structure.report import write_results
from _structure.run import Request, Results, measure, show_failures, show_results
from _structure.texts import SPLITS
from common import HERE, say

from ocrfix.evaluation import DataError

DATA: Final = HERE / "structure-data"
BASELINE: Final = HERE / "structure-baseline.json"
RESULTS: Final = HERE / "results"
SEED: Final = 20
PER_KIND: Final = 40
GATE_PER_KIND: Final = 20
"""Cases a kind in the gate, which must be quick."""


def _kinds(value: str) -> tuple[str, ...]:
    chosen = tuple(filter(None, value.split(",")))
    if unknown := [kind for kind in chosen if kind not in KINDS]:
        raise argparse.ArgumentTypeError(f"no kind {', '.join(unknown)}; there are {', '.join(KINDS)}")
    return chosen


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--kinds", type=_kinds, default=KINDS, metavar="A,B", help="only these kinds of damage")
    add("--split", choices=SPLITS, default="dev", help="which articles, phrases and right documents")
    add(
        "--articles",
        type=Path,
        metavar="FILE",
        help="other right articles (plain or .xz), parted by form feeds",
    )
    add("--limit", type=int, help="at most so many articles of that file, at one stride")
    add("--data", type=Path, default=DATA, help="folder of the bundled articles and phrases")
    add("--select", default="structure", help="families of rules, by comma; 'all' for every rule")
    add("--unsafe", action="store_true", help="with --show: what --unsafe fails at")
    add("--seed", type=int, default=SEED)
    add("--per-kind", type=int, help=f"cases of each kind, about ({PER_KIND}; with --gate {GATE_PER_KIND})")
    add("--jobs", type=int, default=2)
    add("--show", nargs="+", metavar=("KIND", "N"), help="print N failing cases of a kind (10)")
    add("--variants", action="store_true", help="the share repaired of each variant, too")
    add("--write", action="store_true", help="write results/DATE-structure.md")
    add("--growth", action="store_true", help="time and memory on repeats-only texts; with a plot")
    add("--growth-limit", type=float, default=60.0, metavar="S", help="no larger text once one took so long")
    add("--gate", action="store_true", help="compare both splits with their floors")
    add("--baseline", type=Path, default=BASELINE)
    add("--update", action="store_true", help="with --gate: pin today's figures where they are better")
    add("--allow-regression", action="store_true", help="with --update: pin worse ones too")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    parser = _parser()
    args = parser.parse_args(argv)
    if args.update and not args.gate:
        parser.error("--update goes with --gate")
    if args.allow_regression and not args.update:
        parser.error("--allow-regression goes with --update")
    if args.gate and (args.articles or args.kinds != KINDS or args.select != "structure"):
        parser.error("the gate measures the bundled data as a whole")
    shown, most = None, 10
    if args.show:
        try:
            (shown,), most = _kinds(args.show[0]), int(args.show[1]) if len(args.show) > 1 else 10
        except (argparse.ArgumentTypeError, ValueError) as error:
            parser.error(f"--show: {error}")
        args.kinds = (shown,)
    request = Request(
        data=args.data,
        split=args.split,
        kinds=args.kinds,
        articles=args.articles,
        limit=args.limit,
        select=args.select,
        seed=args.seed,
        per_kind=args.per_kind or (GATE_PER_KIND if args.gate else PER_KIND),
        jobs=args.jobs,
    )
    try:
        if args.gate:
            return gate(request, args.baseline, update=args.update, allow_regression=args.allow_regression)
        if shown:
            show_failures(request, most, unsafe=args.unsafe)
            return 0
        return _run(request, args)
    except (OSError, DataError) as error:
        print(f"structure: {error}", file=sys.stderr)
        return 2


def _run(request: Request, args: argparse.Namespace) -> int:
    grown = None
    if args.growth:
        from _structure.growth import draw, grow, show_growth  # noqa: PLC0415  (matplotlib is optional)

        grown = grow(args.growth_limit)
        show_growth(grown)
        print(f"plot: {draw(grown, RESULTS, time.strftime('%Y-%m-%d'))}")
        if not args.write:
            return 0
    splits = SPLITS if args.write and not args.articles else (request.split,)
    measured: dict[str, Results] = {}
    for split in splits:
        start = time.monotonic()
        results = measure(request.of(split))
        measured[split] = results
        show_results(results, variants=args.variants)
        say(f"{split}: {time.monotonic() - start:.0f} s")
    if args.write:
        print(f"written: {write_results(measured, grown, RESULTS, time.strftime('%Y-%m-%d'))}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
