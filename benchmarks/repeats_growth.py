"""Growth measured: time and memory of one document, from 100 kB to 10 MB, of repeats alone and of right text.

    python benchmarks/repeats_growth.py --ordinary news.txt.xz law.txt.xz --write

Every text is cleaned in a process of its own, by the rules of noise, duplicates and joins. Writes its section
of results/DATE-growth.md anew, and a plot beside it; the other sections are those of corpus_growth.py.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from _structure.growth import SIZES, Growth, draw, grow
from _structure.report import GROWTH_HEADS, growth_rows
from common import HERE

SELECT: Final = ("NOI", "DUP", "JOI")
TITLE: Final = "## One document, of repeats alone"
STEM: Final = "growth-repeats"


def section(grown: list[Growth], load: float, plot: str) -> str:
    """The section as Markdown."""
    rows = [GROWTH_HEADS, ["---"] + ["---:"] * (len(GROWTH_HEADS) - 1), *growth_rows(grown)]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    system = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors"
    machine = f"{system}, load at the start {load:.1f}"
    return f"""{TITLE}

`benchmarks/repeats_growth.py`: `clean` with {", ".join(SELECT)}, each text in a process of its own; seconds
of processor time, peak memory of the process with the language data. {machine}.
The exponent is the slope of log time over log size; n log n has 1.07.

{table}

![seconds by size of the text]({plot})
"""


def written(path: Path, text: str) -> None:
    """Put the section in the place of the one of that title, or at the end."""
    before = path.read_text("utf-8") if path.exists() else f"# Growth, {path.name[:10]}\n"
    own = re.compile(rf"^{re.escape(TITLE)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    after = own.sub(lambda _: text, before) if own.search(before) else f"{before.rstrip()}\n\n{text}"
    path.write_text(after, "utf-8")


def main() -> None:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ordinary", type=Path, nargs="*", default=[], help="right text")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="characters")
    parser.add_argument("--limit", type=float, default=60.0, help="no larger text once one took so many s")
    parser.add_argument("--write", action="store_true", help=f"write results/DATE-growth.md and {STEM}.svg")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    grown = grow(given.limit, given.sizes, given.ordinary, SELECT)
    date = datetime.now(UTC).date().isoformat()
    text = section(grown, load, f"{date}-{STEM}.svg")
    if given.write:
        draw(grown, HERE / "results", date, STEM)
        written(HERE / "results" / f"{date}-growth.md", text)
    print(text)


if __name__ == "__main__":
    main()
