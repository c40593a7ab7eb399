"""Whole pages as a careless extraction or a vision model gives them: what goes, and what must not.

    python benchmarks/web.py                     development data
    python benchmarks/web.py --split held-out    the data that are only measured
    python benchmarks/web.py --show              lines that stay though they are no content, and lost ones

Forty pages of as many kinds of sites and documents, written without knowing the rules. Each line is marked:
"T" belongs to the text, "N" does not (buttons, menus, counts, links to other articles, imprints, remarks of
models), "?" may go or stay. A page is cleaned with every rule, by default and with unsafe repairs. A line
is gone when nine tenths of its letters are; a line of the text is lost when three tenths are.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from common import HERE, MODES

from ocrfix import Config, clean
from ocrfix.report import Status

DATA: Final = HERE / "web-data"
SPLITS: Final = ("dev", "held-out")
MARKS: Final = {"T": "text", "N": "no content", "?": "either"}
GONE: Final = 0.9
LOST: Final = 0.3


class Marked(NamedTuple):
    """A line of a page and its mark: "T", "N" or "?"; a blank line has none."""

    mark: str
    text: str


@dataclass(frozen=True)
class Page:
    """A page and its lines."""

    name: str
    lines: tuple[Marked, ...]

    @property
    def text(self) -> str:
        """The page as it is cleaned."""
        return "\n".join(line.text for line in self.lines)


def pages(split: str, data: Path = DATA) -> Iterator[Page]:
    """The pages of a split. Raises ValueError, naming file and line, for a line without a mark."""
    for path in sorted((data / split).glob("*.txt")):
        lines = []
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line and line[:2] not in {f"{mark} " for mark in MARKS}:
                raise ValueError(f"{path}:{number}: a line must begin with T, N or ? and a blank")
            lines.append(Marked(line[:1], line[2:]))
        yield Page(path.stem, tuple(lines))


def removed(page: Page, config: Config) -> list[float]:
    """For each line of a page the share of its letters that are gone, 0 to 1."""
    result = clean(page.text, config)
    gone = [False] * len(page.text)
    for one in result.report.findings:
        if one.status is Status.APPLIED and all(not edit.replacement for edit in one.finding.edits):
            gone[one.span.slice] = [True] * len(one.span)
    shares, start = [], 0
    for line in page.lines:
        letters = [gone[i] for i in range(start, start + len(line.text)) if not page.text[i].isspace()]
        shares.append(sum(letters) / max(1, len(letters)))
        start += len(line.text) + 1
    return shares


def measure(split: str, config: Config, *, show: bool = False) -> Counter[str]:
    """Lines by mark, those of them that are gone, and lines of the text that are lost."""
    count: Counter[str] = Counter()
    for page in pages(split):
        for line, share in zip(page.lines, removed(page, config), strict=True):
            if not line.mark:
                continue
            count[line.mark] += 1
            count[f"{line.mark} gone"] += share >= GONE
            lost = line.mark == "T" and share >= LOST
            count["T lost"] += lost
            if show and (lost or (line.mark == "N" and share < GONE)):
                print(f"{page.name} {'lost' if lost else 'left'}: {line.text[:100]}")
    return count


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--split", choices=SPLITS, default="dev")
    parser.add_argument("--show", action="store_true", help="lines that are judged wrong, by default")
    options = parser.parse_args(arguments)
    for name, config in MODES.items():
        count = measure(options.split, config, show=options.show and name == "default")
        share = 100 * count["N gone"] / count["N"]
        print(
            f"{options.split}, {name}: of {count['N']} lines of no content {share:.1f} % gone, "
            f"of {count['T']} of the text {count['T lost']} lost, others {count['? gone']} of {count['?']}"
        )


if __name__ == "__main__":
    main()
