"""Compare ocrfix with no correction and with other correctors; write benchmarks/results/DATE.md.

    pip install 'ocrfix[bench]'                      (matplotlib, pyspellchecker)
    python benchmarks/compare.py                                            our own set
    python benchmarks/compare.py --pairs ocr.jsonl --clean right.txt --train news.txt.xz

Peers that are not installed are skipped, and the results say so. Plots (precision and recall over the
confidence threshold, reliability) are drawn when matplotlib is there.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from common import HERE, MODES, DataSet, data_sets, run_clean, run_pairs, say, sha256
from peers import Peer, load_peers, train_counts

from ocrfix import __version__
from ocrfix.evaluation import CleanCounts, Evaluation, Measured, corrector, evaluate_pairs, intervals

RESULTS = HERE / "results"


@dataclass
class Row:
    """One system on one set of pairs."""

    name: str
    evaluation: Evaluation
    seconds: float | None = None


@dataclass
class Comparison:
    """All results of one run."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    clean: dict[str, list[tuple[str, CleanCounts]]] = field(default_factory=dict)
    measured: dict[str, Measured] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


def compare(sets: Sequence[DataSet], peers: Sequence[Peer], limit: int | None) -> Comparison:
    """Run everything on everything; ocrfix is measured with its findings judged."""
    out = Comparison()
    names = {f"ocrfix {__version__}" + (" --unsafe" if c.unsafe else ""): c for c in MODES.values()}
    for data in sets:
        others = [Peer("no correction", lambda text: text), *peers]
        if data.kind == "clean":
            every = others + [Peer(name, corrector(config)) for name, config in names.items()]
            out.clean[data.name] = []
            for peer in every:
                say(f"{data.name}: {peer.name}")
                out.clean[data.name].append((peer.name, run_clean(data, peer.correct, limit=limit)))
            continue
        rows = out.rows[data.name] = []
        for peer in others:
            say(f"{data.name}: {peer.name}")
            clock, correct = timed(peer.correct)
            evaluation = evaluate_pairs(data.pairs()[:limit], correct)
            rows.append(Row(peer.name, evaluation, clock[0] if peer.name != "no correction" else None))
        for name, config in names.items():
            say(f"{data.name}: {name}")
            corrector(config)("Vì người nghèo")  # the model is loaded once
            clock, correct = timed(corrector(config))
            rows.append(Row(name, evaluate_pairs(data.pairs()[:limit], correct), clock[0]))
        out.measured[data.name] = run_pairs(data, MODES["default"], limit=limit)
    return out


def timed(correct: Callable[[str], str]) -> tuple[list[float], Callable[[str], str]]:
    """A corrector that adds its processor time (seconds) to the list's one number."""
    clock = [0.0]

    def run(text: str) -> str:
        start = time.process_time()
        try:
            return correct(text)
        finally:
            clock[0] += time.process_time() - start

    return clock, run


def percent(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{100 * value:.{digits}f}"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in lines)


def pair_table(rows: Sequence[Row]) -> str:
    """Systems on pairs."""
    heads = ("system", "WER %", "CER %", "WER cut % [95%]", "fixed / broken / rewrong")
    cells: list[list[str]] = []
    for row in rows:
        t = row.evaluation.total
        if row.name == "no correction":
            cells.append([row.name, percent(t.wer_before, 2), percent(t.cer_before, 2), *[""] * 6])
            continue
        sure = intervals(row.evaluation.pairs).get("wer_reduction")
        span = f" [{percent(sure[0])}, {percent(sure[1])}]" if sure else ""
        cells.append(
            [
                row.name,
                percent(t.wer_after, 2),
                percent(t.cer_after, 2),
                percent(t.wer_reduction) + span,
                f"{t.fixed} / {t.broken} / {t.rewrong}",
                percent(t.precision),
                percent(t.recall),
                percent(t.harm, 3),
                "" if row.seconds is None else f"{row.seconds:.1f}",
            ]
        )
    return table((*heads, "precision %", "recall %", "harm %", "s"), cells)


def group_table(row: Row) -> str:
    """One system by engine and kind; empty when the pairs have no groups."""
    groups = {**row.evaluation.engines, **row.evaluation.kinds}
    rates = ("wer_before", "wer_after", "precision", "recall", "harm")
    cells = [
        (name or "(none)", t.words, *(percent(getattr(t, rate), 2) for rate in rates))
        for name, t in groups.items()
    ]
    heads = ("group", "words", "WER before %", "WER after %", "precision %", "recall %", "harm %")
    return table(heads, cells) if cells else ""


def clean_table(rows: Sequence[tuple[str, CleanCounts]]) -> str:
    """What was done to right text."""
    cells = []
    for name, c in rows:
        rate = "–" if c.changed_per_10k is None else f"{c.changed_per_10k:.2f}"
        touched = f"{c.touched_paragraphs} of {c.paragraphs}"
        cells.append((name, f"{c.changed + c.inserted} of {c.words}", rate, touched))
    return table(("system", "words changed", "per 10,000", "paragraphs touched"), cells)


def calibration_text(measured: Measured) -> str:
    """Calibration figures and a table by rule."""
    figures = measured.calibration()
    if not figures["findings"]:
        return "No finding to judge."
    cells = [
        (code, rule["findings"], percent(rule["confidence"]), percent(rule["precision"]))
        for code, rule in figures["rules"].items()
    ]
    error, brier = figures["calibration_error"], figures["brier_score"]
    found = figures["findings"]
    head = f"{found} findings judged; expected calibration error {error:.3f}, Brier score {brier:.3f}."
    return head + "\n\n" + table(("rule", "findings", "mean confidence %", "right %"), cells)


def commit() -> str:
    """The commit that is measured, with a mark when files of the package differ from it."""
    git = ["git", "-C", str(HERE.parent)]
    run = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    if not run.stdout:
        return "no commit"
    # not the whole tree: plots of this run are in it already
    differs = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", "ocrfix", "dictionaries"], check=False)
    return run.stdout.strip() + ("-dirty" if differs.returncode else "")


def write(result: Comparison, sets: Sequence[DataSet], plots: dict[str, list[str]], date: str) -> str:
    """The results as Markdown."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, {memory:.0f} GiB"
    parts = [
        f"# Results of {date}",
        f"ocrfix {__version__} ({commit()}), Python {platform.python_version()}, {machine}.",
        "Definitions: ../README.md. Column s: processor time spent in the corrector, after loading.",
    ]
    if result.skipped:
        parts.append("Not run: " + "; ".join(result.skipped) + ".")
    for data in sets:
        parts.append(f"## {data.name}\n\nSHA-256 {sha256(data.path)}")
        if data.kind == "clean":
            parts.append(clean_table(result.clean[data.name]))
            continue
        rows = result.rows[data.name]
        total = rows[0].evaluation.total
        parts.append(f"{total.pairs} pairs, {total.words} words, {total.wrong_before} of them read wrong.")
        parts.append(pair_table(rows))
        groups = group_table(rows[-2])
        if groups:
            parts.append(f"{rows[-2].name} by group:\n\n{groups}")
        parts.append("Calibration (default settings, findings applied and not):")
        parts.append(calibration_text(result.measured[data.name]))
        parts += [f"![{Path(name).stem}]({name})" for name in plots.get(data.name, [])]
    return "\n\n".join(parts) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=Path, action="append", default=[], help="more pairs (JSON lines)")
    parser.add_argument("--clean", type=Path, action="append", default=[], help="more right text")
    parser.add_argument(
        "--train", type=Path, action="append", default=[], help="text for the peers' vocabulary"
    )
    parser.add_argument("--train-characters", type=int, default=20_000_000, help="to read from each file")
    parser.add_argument("--jamspell-model", type=Path)
    parser.add_argument("--hunspell", type=Path, help="dictionary, without .dic")
    parser.add_argument("--limit", type=int, help="the first N pairs and paragraphs of each set")
    parser.add_argument("--date", default=dt.datetime.now(dt.UTC).date().isoformat())
    parser.add_argument("--results", type=Path, default=RESULTS)
    args = parser.parse_args(argv)
    counts: Counter[str] = train_counts(args.train, most=args.train_characters)
    peers, skipped = load_peers(counts, jamspell=args.jamspell_model, hunspell=args.hunspell)
    sets = data_sets(args.pairs, args.clean)
    result = compare(sets, peers, args.limit)
    result.skipped = skipped
    args.results.mkdir(parents=True, exist_ok=True)
    plots: dict[str, list[str]] = {}
    try:
        from plots import draw  # noqa: PLC0415  (matplotlib is an extra)
    except ImportError:
        result.skipped.append("plots: matplotlib is not installed")
    else:
        for name, measured in result.measured.items():
            plots[name] = draw(
                measured, args.results, f"{args.date}-{name.split('.')[0].replace(' ', '-')}", name
            )
    out = args.results / f"{args.date}.md"
    out.write_text(write(result, sets, plots, args.date), "utf-8")
    print(out, file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
