"""Corpus runs measured: speed with one process and two, memory, and what the runner costs.

Processor time is told beside the clock's, for other work on the machine changes the latter. Every run is
a process of its own, so that none profits from another. Writes results/DATE-scale.md; for memory and
time by the number of documents see growth.py.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

from common import OWN_PAIRS, say
from peers import load_peers, train_counts

from ocrfix import Config, clean

HERE: Final = Path(__file__).parent
SHARD: Final = 500
"""Documents of one shard."""
_EVERY: Final = 0.1
"""Seconds between two looks at memory."""


@dataclass(frozen=True)
class Run:
    """What a run took: seconds by the clock and of processors, megabytes of documents, memory in MB.

    ``largest`` is the peak of one process (RSS), ``together`` that of all (PSS, which counts a shared page
    once), ``parent`` that of the process which reads and writes.
    """

    name: str
    documents: int
    megabytes: float
    clock: float
    processor: float
    largest: float = 0
    together: float = 0
    parent: float = 0

    def row(self) -> str:
        """The run as a row of a table."""
        speed = f"{self.documents / self.clock:,.0f} | {self.megabytes / self.clock:.3f}"
        memory = (
            f"{self.largest:.0f} | {self.parent:.0f} | {self.together:.0f}" if self.together else "– | – | –"
        )
        took = f"{self.clock:.1f} | {self.processor:.1f}"
        return f"| {self.name} | {self.documents:,} | {took} | {speed} | {memory} |"


def texts(number: int, size: int | None, file: Path) -> Iterator[str]:
    """That many texts, the file's over and over, each of ``size`` characters at most."""
    with file.open(encoding="utf-8") as lines:
        found = [json.loads(line)["ocr"] for line in lines]
    if size is not None:
        found = [text[at : at + size] for text in found for at in range(0, len(text) - size, size)]
    return islice(cycle(found), number)


def write_shards(folder: Path, number: int, source: Iterator[str]) -> float:
    """Write that many texts as shards of JSON lines; returns their size in megabytes."""
    folder.mkdir()
    total = 0
    for shard in range(0, number, SHARD):
        with (folder / f"{shard // SHARD:05}.jsonl").open("w", encoding="utf-8") as out:
            for text in islice(source, SHARD):
                total += len(text.encode())
                out.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    return total / 1e6


# --- what runs in processes of its own ---


def library(number: int, size: int | None, file: Path) -> None:
    """The bare library call over all texts; prints seconds by the clock and of the processor."""
    clean("Quỹ Vi người nghèo")
    found = list(texts(number, size, file))
    clock, processor = time.perf_counter(), time.process_time()
    for text in found:
        clean(text, Config())
    print(time.perf_counter() - clock, time.process_time() - processor)


def watched(command: list[str]) -> tuple[float, float, dict[str, float]]:
    """Run a command: seconds by the clock, of processors, and peaks of memory in MB."""
    peaks = {"largest": 0.0, "together": 0.0, "parent": 0.0}
    used: dict[int, float] = {}
    clock = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        done = threading.Event()

        def look() -> None:
            while not done.wait(_EVERY):
                used.update((pid, seconds) for pid in family(process.pid) if (seconds := processor_time(pid)))
                sizes = {pid: memory(pid) for pid in family(process.pid)}
                peaks["largest"] = max(peaks["largest"], *(rss for rss, _ in sizes.values()), 0)
                peaks["together"] = max(peaks["together"], sum(pss for _, pss in sizes.values()))
                peaks["parent"] = max(peaks["parent"], sizes.get(process.pid, (0.0, 0.0))[0])

        watcher = threading.Thread(target=look)
        watcher.start()
        status = process.wait()
        done.set()
        watcher.join()
    seconds = time.perf_counter() - clock
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {status}")
    return seconds, sum(used.values()), peaks


def processor_time(pid: int) -> float:
    """Seconds of processors that a process has used; 0 when it is gone.

    Asked of every process while it is there: those that a fork server started are nobody's children.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all that come of it."""
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                continue
    return found


def memory(pid: int) -> tuple[float, float]:
    """RSS and PSS of a process in MB; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1e3 for line in lines[1:] if line.endswith("kB")}
    return sizes.get("Rss", 0.0), sizes.get("Pss", 0.0)


# --- the measurements ---


def bare(number: int, size: int | None, file: Path, megabytes: float) -> Run:
    command = [sys.executable, __file__, "--library", str(number), str(size or 0), str(file)]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return Run("library call", number, megabytes, float(found[0]), float(found[1]))


def corpus(number: int, jobs: int, folder: Path, megabytes: float, name: str = "", select: str = "") -> Run:
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "ocrfix", "clean", str(folder), "-o", out, "--resume"]
        command += ["--jobs", str(jobs), "--isolated", "--quiet", *(["--select", select] if select else [])]
        clock, processor, peaks = watched(command)
    title = name or f"ocrfix clean --resume --jobs {jobs}"
    return Run(
        title, number, megabytes, clock, processor, peaks["largest"], peaks["together"], peaks["parent"]
    )


def started() -> float:
    """Processor seconds that a corpus run of no documents to speak of takes: start-up and language data."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "in"
        folder.mkdir()
        (folder / "a.jsonl").write_text('{"text": "Quỹ Vi người nghèo"}\n', "utf-8")
        return corpus(1, 1, folder, 0.0).processor


def peer_rows(
    number: int, file: Path, train: list[Path], hunspell: Path | None
) -> tuple[list[str], list[str]]:
    import ftfy  # noqa: PLC0415

    peers, skipped = load_peers(train_counts(train, most=5_000_000), hunspell=hunspell)
    some: list[tuple[str, Callable[[str], Any]]] = [
        ("ocrfix, library call", clean),
        (f"ftfy {ftfy.__version__}, fix_text", ftfy.fix_text),
        *((peer.name, peer.correct) for peer in peers if peer.name.startswith(("symspellpy", "hunspell"))),
    ]
    found = list(texts(number, None, file))
    size = sum(len(text.encode()) for text in found) / 1e6
    rows = []
    for name, correct in some:
        say(name)
        correct("Quỹ Vi người nghèo")
        start, count = time.process_time(), 0
        for text in found:
            correct(text)
            count += 1
            if time.process_time() - start > 60:
                break
        seconds = time.process_time() - start
        rows.append(f"| {name} | {count / seconds:,.1f} | {size * count / len(found) / seconds:.3f} |")
    return rows, [text for text in skipped if text.startswith(("symspellpy", "hunspell"))]


HEAD: Final = (
    "| run | documents | clock s | processor s | documents/s | MB/s "
    "| largest process MB | parent MB | all MB |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, default=OWN_PAIRS, help='JSON lines with "ocr"')
    parser.add_argument("--documents", type=int, default=600, help="documents of usual length")
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many rounds is told")
    parser.add_argument("--train", type=Path, nargs="*", default=[], help="right text, for symspellpy")
    parser.add_argument("--hunspell", type=Path, help="a dictionary, without .dic")
    parser.add_argument("--peer-documents", type=int, default=100)
    parser.add_argument("--write", action="store_true", help="write results/DATE-scale.md")
    parser.add_argument("--library", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.library:
        number, size, file = given.library
        library(int(number), int(size) or None, Path(file))
        return
    date = datetime.now(UTC).date().isoformat()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "in"
        megabytes = write_shards(folder, given.documents, texts(given.documents, None, given.texts))
        rounds = []
        for number in range(given.rounds):
            say(f"round {number + 1}: library call, one process, two")
            rounds.append(
                [
                    bare(given.documents, None, given.texts, megabytes),
                    *(corpus(given.documents, jobs, folder, megabytes) for jobs in (1, 2)),
                ]
            )
    # the least of each: other work on the machine only ever adds
    runs = [min(column, key=lambda run: run.processor) for column in zip(*rounds, strict=True)]
    start = min(started() for _ in range(given.rounds))
    over = (runs[1].processor - start) / runs[0].processor - 1
    say("other correctors")
    peers, skipped = peer_rows(given.peer_documents, given.texts, given.train, given.hunspell)
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors"
    about = (
        f"{machine}; load of the machine at the start {load:.1f}: other work makes the clock's figures "
        f"worse, and the processor's a little. Documents: {given.texts.name}, "
        f"{megabytes / given.documents * 1e3:.2f} kB each; the best of {given.rounds} rounds."
    )
    cost = (
        f"Starting takes {start:.1f} s of processor time, language data included. Besides, the runner with "
        f"one process takes {over:+.1%} of the library call's processor time. MB are of texts in UTF-8; "
        "memory is the peak, of the largest process and of the one that reads and writes by RSS, of all by "
        "PSS."
    )
    lines = [
        f"# Corpus runs, {date}",
        "",
        about,
        "",
        HEAD,
        *(run.row() for run in runs),
        "",
        cost,
        "",
        "## Other correctors on the same texts, one process, per second of processor time",
        "",
        "| corrector | documents/s | MB/s |",
        "|---|--:|--:|",
        *peers,
        *(["", f"Not run: {'; '.join(skipped)}"] if skipped else []),
        "",
        "What they mend and what they break: `compare.py`.",
    ]
    text = "\n".join(lines) + "\n"
    if given.write:
        (HERE / "results" / f"{date}-scale.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
