"""Growth measured: time and memory of corpus runs from 1,000 documents to 100,000.

Runs ``ocrfix clean --resume`` and ``ocrfix duplicates`` over short documents, each in a process of its own.
For the latter every tenth document is one that came before. Writes results/DATE-growth.md and a plot.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from common import OWN_PAIRS, say
from scale import HEAD, SHARD, Run, corpus, texts, watched, write_shards

HERE: Final = Path(__file__).parent
SHORT: Final = 200
"""Characters of a document."""
EVERY: Final = 10
"""Every so many documents one comes again."""
_BACK: Final = 1000
"""How far back it came, at most."""


def doubled(found: Iterator[str]) -> Iterator[str]:
    """The texts, with every tenth one in the place of the next that would be new."""
    earlier: deque[str] = deque(maxlen=_BACK)
    for number, text in enumerate(found):
        if number % EVERY == EVERY - 1:
            yield earlier[0]
        else:
            earlier.append(text)
            yield text


def duplicates(number: int, folder: Path, megabytes: float) -> Run:
    """The command that looks for what documents have in common."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "ocrfix", "duplicates", str(folder), "-o", f"{out}/findings.jsonl"]
        clock, processor, peaks = watched([*command, "--temporary", out, "--quiet"])
        copies = Path(out, "findings.jsonl").read_bytes().count(b"\n")
    if copies < number // EVERY - _BACK:
        raise SystemExit(f"{copies} copies found among {number} documents, where every tenth is one")
    sizes = peaks["largest"], peaks["together"], peaks["parent"]
    return Run("duplicates", number, megabytes, clock, processor, *sizes)


def grown(
    numbers: list[int], file: Path, size: int, jobs: int, limit: float, select: str
) -> tuple[list[Run], list[Run]]:
    """Both commands, over ever more documents."""
    cleaned: list[Run] = []
    found: list[Run] = []
    with tempfile.TemporaryDirectory() as name:
        for number in numbers:
            folder = Path(name) / f"copies-{number}"
            megabytes = write_shards(folder, number, doubled(texts(number, size, file)))
            say(f"duplicates: {number} documents")
            found.append(duplicates(number, folder, megabytes))
            print(found[-1].row(), flush=True)
        for number in numbers:
            if cleaned and cleaned[-1].clock * number / cleaned[-1].documents > limit:
                say(f"clean: {number} documents would take over {limit:.0f} s; left out")
                break
            folder = Path(name) / str(number)
            megabytes = write_shards(folder, number, texts(number, size, file))
            say(f"clean: {number} documents")
            cleaned.append(corpus(number, jobs, folder, megabytes, f"clean --resume --jobs {jobs}", select))
            print(cleaned[-1].row(), flush=True)
    return cleaned, found


def draw(cleaned: list[Run], found: list[Run], path: Path) -> None:
    """Seconds and memory by the number of documents."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(9, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for runs, name, line in ((cleaned, "clean", "o-"), (found, "duplicates", "s--")):
        left.loglog([r.documents for r in runs], [r.processor for r in runs], line, label=name)
    left.set(xlabel="documents", ylabel="seconds of processors")
    left.legend()
    for runs, name, line in (
        (cleaned, "clean, all processes", "o-"),
        (cleaned, "clean, the largest", "o--"),
        (cleaned, "clean, the one that reads and writes", "o:"),
        (found, "duplicates", "s-"),
    ):
        peak = [r.parent if "reads" in name else r.together if "all" in name else r.largest for r in runs]
        right.semilogx([r.documents for r in runs], peak, line, label=name)
    right.set(xlabel="documents", ylabel="peak memory, MB", ylim=(0, None))
    right.legend(fontsize="small")
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, default=OWN_PAIRS, help='JSON lines with "ocr"')
    parser.add_argument("--documents", type=int, nargs="+", default=[1000, 3000, 10_000, 30_000, 100_000])
    parser.add_argument("--size", type=int, default=SHORT, help="characters of a document")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--select", default="", help="rules to clean with, all when not given")
    parser.add_argument("--limit", type=float, default=1800, help="seconds of the longest run")
    parser.add_argument("--write", action="store_true", help="write results/DATE-growth.md and .svg")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    cleaned, found = grown(given.documents, given.texts, given.size, given.jobs, given.limit, given.select)
    date = datetime.now(UTC).date().isoformat()
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors"
    text = f"""# Growth, {date}

{machine}; load of the machine at the start {load:.1f}: other work makes the clock's figures worse.
Documents of {given.size} characters from {given.texts.name}, {SHARD} to a file. Memory is the peak: of the
largest process and of the one that reads and writes by RSS, of all by PSS. A process that cleans keeps what
it looked up of words in tables of bounded size.

## `ocrfix clean --resume{f" --select {given.select}" if given.select else ""}`

{HEAD}
{chr(10).join(run.row() for run in cleaned)}

## `ocrfix duplicates`, every tenth document a copy

{HEAD}
{chr(10).join(run.row() for run in found)}

![seconds and memory by number of documents]({date}-growth.svg)
"""
    if given.write:
        draw(cleaned, found, HERE / "results" / f"{date}-growth.svg")
        (HERE / "results" / f"{date}-growth.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
