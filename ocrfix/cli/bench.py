"""``ocrfix bench``: measure ocrfix on the user's own pairs."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import click

from ocrfix import __version__
from ocrfix.cli._options import Failed
from ocrfix.config import Config
from ocrfix.config_file import ConfigError, check_selectors

if TYPE_CHECKING:
    from rich.console import Console

    from ocrfix.evaluation import CleanCounts, Counts, Measured, Outcome

__all__ = ["command"]

_FILE: Final = click.Path(path_type=Path, dir_okay=False)


@click.command("bench")
@click.argument("pairs", type=_FILE, metavar="PAIRS")
@click.option("--clean", "clean_file", type=_FILE, metavar="FILE", help="Right text, one paragraph a line.")
@click.option("--json", "json_file", metavar="OUT", help="Write all figures here; - is standard output.")
@click.option("--calibration", is_flag=True, help="Also judge every finding: is its confidence honest?")
@click.option("--examples", type=click.IntRange(0), default=0, metavar="N", help="Show N wrong changes.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Use the first N pairs and paragraphs.")
@click.option("--unsafe/--no-unsafe", default=False, help="Also make repairs that are only likely right.")
@click.option(
    "--min-confidence", type=click.FloatRange(0, 1), metavar="P", help="Repair only what is this sure."
)
@click.option("--select", multiple=True, metavar="RULES", help="Use only these rules, parted by commas.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Leave these rules out.")
@click.option("--protect", multiple=True, metavar="WORD", help="Never touch this word; /…/ is a pattern.")
@click.option("--model", type=_FILE, metavar="FILE", help="Use this language model (see ocrfix learn).")
def command(
    pairs: Path,
    clean_file: Path | None,
    json_file: str | None,
    calibration: bool,
    examples: int,
    limit: int | None,
    **options: Any,
) -> int:
    """Measure ocrfix on your own pages.

    PAIRS has one JSON object a line: "gold", the right text, and "ocr", what was read; "engine" is
    optional and gives figures for each engine. The first row is what you have without correction.

    \b
    ocrfix bench pairs.jsonl
    ocrfix bench pairs.jsonl --clean right.txt --unsafe --json figures.json

    Precision is the share of touched words that became right, recall the share of wrong words mended,
    harm the share of right words broken. No configuration file is read.

    Exit status: 0 done; 2 an error.
    """  # noqa: D301  (\b is click's sign for lines to keep)
    from ocrfix.evaluation import (  # noqa: PLC0415  (start-up time)
        DataError,
        corrector,
        evaluate_clean,
        measure,
        read_pairs,
        read_paragraphs,
    )

    config = _config(options)
    try:
        rows = list(islice(read_pairs(pairs), limit))
        right = read_paragraphs(clean_file)[:limit] if clean_file else []
    except DataError as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(f"{error.filename}: {error.strerror}") from error
    with _Progress(len(rows) + len(right)) as progress:
        measured = measure(rows, config, judged=calibration, changes=examples > 0, progress=progress.step)
        clean = evaluate_clean(progress.each(right), corrector(config)) if right else None
    if json_file is not None:
        _write_json(json_file, pairs, config, measured, clean, calibration=calibration)
    if json_file != "-":
        _print(measured, clean, calibration=calibration, examples=examples)
    return 0


def _config(options: dict[str, Any]) -> Config:
    """The config that the options ask for. Raises click.UsageError for one that cannot be."""
    values: dict[str, Any] = {"unsafe": options["unsafe"], "min_confidence": options["min_confidence"]}
    try:
        for name in ("select", "ignore"):
            values[name] = tuple(part.strip() for item in options[name] for part in item.split(","))
            check_selectors(values[name], f"--{name}")
        if options["model"] is not None:
            if not options["model"].is_file():
                raise click.UsageError(
                    f"--model: there is no file {options['model']}; ocrfix learn makes one"
                )
            values["model"] = str(options["model"])
        return Config(**values, protect=options["protect"])
    except (ConfigError, ValueError) as error:
        raise click.UsageError(str(error)) from error


class _Progress:
    """A bar on standard error, at a terminal only."""

    def __init__(self, total: int) -> None:
        from rich.console import Console  # noqa: PLC0415  (start-up time)
        from rich.progress import Progress  # noqa: PLC0415

        self._bar = Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
        self._task = self._bar.add_task("Measuring", total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def step(self) -> None:
        self._bar.advance(self._task)

    def each(self, texts: list[str]) -> Iterable[str]:
        for text in texts:
            yield text
            self.step()


def _write_json(
    out: str, pairs: Path, config: Config, measured: Measured, clean: CleanCounts | None, *, calibration: bool
) -> None:
    figures: dict[str, Any] = {
        "ocrfix": __version__,
        "pairs_file": str(pairs),
        "unsafe": config.unsafe,
        "min_confidence": config.min_confidence,
        "pairs": measured.evaluation.figures(),
    }
    if clean is not None:
        figures["clean"] = clean.figures()
    if calibration:
        figures["calibration"] = measured.calibration()
    text = json.dumps(figures, ensure_ascii=False, indent=2) + "\n"
    if out == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(out).write_text(text, "utf-8")
    except OSError as error:
        raise Failed(f"--json: {out}: {error.strerror}") from error


def _percent(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{100 * value:.{digits}f}%"


def _print(measured: Measured, clean: CleanCounts | None, *, calibration: bool, examples: int) -> None:
    from rich.console import Console  # noqa: PLC0415  (start-up time)

    console = Console()
    _print_scores(console, measured)
    if clean is not None:
        rate = clean.changed_per_10k
        console.print(
            f"Right text: {clean.changed + clean.inserted} of {clean.words:,} words changed"
            f" ({'–' if rate is None else f'{rate:.2f}'} per 10,000),"
            f" in {clean.touched_paragraphs:,} of {clean.paragraphs:,} paragraphs"
        )
    if calibration:
        _print_calibration(console, measured)
    if examples:
        _print_examples(console, measured.evaluation.changes, examples)


def _print_scores(console: Console, measured: Measured) -> None:
    from rich import box  # noqa: PLC0415  (start-up time)
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from ocrfix.evaluation import intervals  # noqa: PLC0415

    evaluation = measured.evaluation
    total = evaluation.total
    table = Table(
        title=f"{total.pairs:,} pairs, {total.words:,} words, {total.wrong_before:,} of them read wrong",
        caption="words: fixed / broken / changed from wrong to wrong",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    table.add_column("", no_wrap=True)
    for name in ("WER", "CER", "WER cut", "words", "precision", "recall", "harm"):
        table.add_column(name, justify="right", no_wrap=True)

    def add(counts: Counts) -> None:
        table.add_row(
            "no correction",
            _percent(counts.wer_before, 2),
            _percent(counts.cer_before, 2),
        )
        table.add_row(
            "ocrfix",
            _percent(counts.wer_after, 2),
            _percent(counts.cer_after, 2),
            _percent(counts.wer_reduction),
            f"{counts.fixed:,} / {counts.broken:,} / {counts.rewrong:,}",
            _percent(counts.precision),
            _percent(counts.recall),
            _percent(counts.harm, 3),
        )

    add(total)
    for engine, counts in evaluation.engines.items():
        table.add_section()
        table.add_row(Text(engine or "no engine given", style="bold"))
        add(counts)
    console.print(table)
    sure = intervals(evaluation.pairs)
    if "wer_reduction" in sure:
        low, high = sure["wer_reduction"]
        console.print(f"WER cut, 95% interval: {_percent(low)} to {_percent(high)}")


def _print_calibration(console: Console, measured: Measured) -> None:
    from rich.table import Table  # noqa: PLC0415  (start-up time)

    from ocrfix.evaluation import brier_score, calibration_error, reliability  # noqa: PLC0415

    error, brier = calibration_error(measured.judged), brier_score(measured.judged)
    if error is None or brier is None:
        console.print("Calibration: no finding to judge")
        return
    console.print(
        f"Calibration over {len(measured.judged):,} findings:"
        f" expected error {error:.3f}, Brier score {brier:.3f}"
    )
    table = Table("confidence", "findings", "mean", "right", title="Reliability")
    for row in reliability(measured.judged):
        table.add_row(
            f"{row.low:.1f} to {row.high:.1f}",
            f"{row.findings:,}",
            _percent(row.confidence),
            _percent(row.accuracy),
        )
    console.print(table)
    table = Table("rule", "findings", "mean confidence", "right", title="By rule")
    for code, rule in measured.rules.items():
        table.add_row(code, f"{rule.findings:,}", _percent(rule.confidence), _percent(rule.precision))
    console.print(table)


def _print_examples(console: Console, changes: Iterable[Outcome], number: int) -> None:
    from rich.table import Table  # noqa: PLC0415  (start-up time)
    from rich.text import Text  # noqa: PLC0415

    wrong = [c for c in changes if c.kind != "fixed"]
    if not wrong:
        console.print("No wrong changes")
        return
    table = Table("", "right", "read", "made", "context", title=f"Wrong changes ({len(wrong):,})")
    # Broken words cost more, so they come first; both kinds are shown in proportion.
    for kind in ("broken", "rewrong"):
        those = [c for c in wrong if c.kind == kind]
        for change in those[: math.ceil(number * len(those) / len(wrong))]:
            table.add_row(
                kind, *(Text(x) for x in (change.gold, change.before, change.after, change.context))
            )
    console.print(table)
