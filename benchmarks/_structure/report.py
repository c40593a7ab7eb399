"""The dated results, in Markdown."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ocrfix import __version__

from .run import Results
from .show import HEADS, summary_rows, table
from .texts import data_hash

if TYPE_CHECKING:
    from .growth import Growth

__all__ = ["growth_rows", "write_results"]


def _commit(folder: Path) -> str:
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=folder, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def _split(results: Results) -> list[str]:
    request = results.request
    source = request.articles.name if request.articles else "our own articles"
    out = [
        f"## {source}, {request.split}",
        "",
        f"Seed {request.seed}, rules: {request.select}; default settings, and with --unsafe.",
        "",
        table(HEADS, summary_rows(results.default, results.unsafe), markdown=True),
        "",
        "Share repaired by variant, %:",
        "",
        table(
            ("variant", "repaired %", "unsafe too"),
            [
                [f"{kind}: {name}", f"{100 * share:.1f}", f"{100 * results.unsafe[kind].variants[name]:.1f}"]
                for kind, summary in results.default.items()
                if kind != "all"
                for name, share in summary.variants.items()
            ],
            markdown=True,
        ),
        "",
    ]
    total = sum(results.documents.values())
    same, same_unsafe = (total - len(some) for some in (results.touched, results.touched_unsafe))
    out += [f"Right documents that came back identical: {same} of {total}; with --unsafe {same_unsafe}.", ""]
    if request.articles is None:
        counts = [
            (k, n, *(sum(t.kind == k for t in some) for some in (results.touched, results.touched_unsafe)))
            for k, n in results.documents.items()
        ]
        rows = [[k, str(n), str(n - a), str(n - b)] for k, n, a, b in counts]
        out += [table(("class", "documents", "identical", "unsafe too"), rows, markdown=True), ""]
    for name, changed in (("default", results.touched), ("--unsafe", results.touched_unsafe)):
        if changed and (name == "default" or request.articles is None):
            out += [f"Changed ({name}):", ""]
            out += [f"- {t.kind} {t.number}: {'; '.join(t.findings[:3])}" for t in changed]
            out.append("")
    rows = [[name, f"{speed:.2f}"] for name, speed in results.speed.items()]
    out += [table(("rules", "MB per second of processor time"), rows, markdown=True), ""]
    return out


def growth_rows(grown: Sequence[Growth]) -> list[list[str]]:
    """A row for each text of a growth measurement."""
    return [
        [g.name, f"{p.octets / 1e6:.2f}", f"{p.seconds:.2f}", f"{p.peak / 1e6:.0f}", f"{g.exponent:.2f}"]
        for g in grown
        for p in g.points
    ]


def write_results(
    measured: Mapping[str, Results], grown: Sequence[Growth] | None, folder: Path, date: str
) -> Path:
    """Write DATE-structure.md; returns its path."""
    request = next(iter(measured.values())).request
    system = f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    data = f"Bundled data: SHA-256 {data_hash(request.data)[:16]}"
    lines = [
        f"# Structure, {date}",
        "",
        f"ocrfix {__version__}, commit {_commit(folder)}; {system}. {data}.",
        "",
        "What the figures mean: [README](../README.md).",
        "",
    ]
    for results in measured.values():
        lines += _split(results)
    if grown:
        lines += [
            "## Growth on texts of nothing but repeats",
            "",
            table(GROWTH_HEADS, growth_rows(grown), markdown=True),
            "",
            f"![time over size]({date}-structure-growth.svg)",
            "",
        ]
    path = folder / f"{date}-structure.md"
    path.write_text("\n".join(lines).rstrip() + "\n", "utf-8")
    return path


GROWTH_HEADS = ("text", "MB", "seconds", "peak memory MB", "exponent")
