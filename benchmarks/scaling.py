"""How the time of every detector, and of the whole, grows with the length of hostile texts.

    python benchmarks/scaling.py [--sizes 25000 50000 …] [--only NAME] [--limit SECONDS] [--write]

Prints the worst texts of every detector with the exponent of size that fits its times; ``--write`` makes
results/DATE-scaling.md. An exponent of 1 is linear; n log n is about 1.09 between 25,000 and 200,000
characters.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import math
import platform
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Final

from ocrfix import Config, Document, clean
from ocrfix.detectors import Context, Detector, stages

HERE = Path(__file__).parent
SIZES: Final = (25_000, 50_000, 100_000, 200_000)
"""Characters."""
LEAST: Final = 0.008
"""Seconds under which a measurement says nothing of growth."""
_RUNS: Final = 3
_ENOUGH: Final = 0.15
"""Seconds after which a run is not repeated."""
_COARSE: Final = 0.2
_STEEP: Final = 1.2
"""What is steeper is measured once more: on a shared machine a neighbour may have been at work."""
SYLLABLES: Final = (  # noqa: SIM905  (words read better in a row)
    "hội nghị tổng kết công tác vì người nghèo chi phụ nữ xã đã ủng hộ các gia đình khó khăn trong năm qua "
    "bà con thôn đóng góp làm đường giao thông nông trồng lúa nuôi cá bán chợ huyện tỉnh"
).split(" ")
SENTENCE: Final = "Bà con trong xã đã cùng nhau đóng góp ngày công làm đường. "


def _words(size: int, seed: int, joints: Sequence[str], odd: Sequence[str] = ()) -> str:
    rng = random.Random(seed)
    pieces = [*SYLLABLES, *odd]
    out: list[str] = []
    while size > 0:
        out += (rng.choice(pieces), rng.choice(joints))
        size -= len(out[-1]) + len(out[-2])
    return "".join(out)


def _numbered(size: int, make: Callable[[int], str]) -> str:
    out: list[str] = []
    number = 0
    while size > 0:
        out.append(make(number))
        size -= len(out[-1])
        number += 1
    return "".join(out)


def _of(piece: str) -> Callable[[int], str]:
    return lambda size: (piece * (size // len(piece) + 1))[:size]


SHAPES: Final[dict[str, Callable[[int], str]]] = {
    "one letter": _of("a"),
    "one marked letter": _of("ạ"),
    "one capital": _of("Đ"),
    "one consonant": _of("đ"),
    "lone capitals": _of("A "),
    "capitals on lines": _of("H\n"),
    "a b": _of("a b "),
    "empty lines": _of("\n"),
    "blank lines": _of(" \n"),
    "spaces": _of(" "),
    "tabs": _of("\t"),
    "form feeds": _of("\f"),
    "form feeds, numbers": lambda size: _numbered(size, lambda i: f"\f{i}\n"),
    "page numbers": lambda size: _numbered(size, lambda i: f"- {i} -\n\n{SENTENCE}\n\f"),
    "brackets (": _of("("),
    "brackets ([{": _of("([{"),
    "brackets ()": _of("()"),
    "braces {{": _of("{{"),
    "placeholders": _of("{name} "),
    "quotes": _of('"'),
    "curly quotes": _of("“"),
    "words in quotes": _of('"a" '),
    "stacked marks": _of("\u0301\u0323\u0302"),
    "letter, stacked marks": lambda size: "a" + "\u0301" * (size - 1),
    "decomposed": _of("a\u0302\u0323"),
    "digits": _of("1"),
    "numbers": _of("12.345,6 "),
    "letters and digits": _of("2O"),
    "dots": _of("."),
    "dots apart": _of(". "),
    "commas": _of(","),
    "hyphens": _of("-"),
    "hyphens apart": _of("- "),
    "broken hyphens": _of("thông-\n"),
    "stars": _of("*"),
    "bars": _of("|"),
    "table rows": lambda size: _numbered(size, lambda i: f"| {i} | {i * 7 % 1000} | xã |\n"),
    "table columns": lambda size: _numbered(size, lambda i: f"{i}   xã   {i * 7 % 1000}\n"),
    "URLs": _of("http://a.vn/b?c=d&e=f "),
    "one URL": lambda size: "http://" + "a." * (size // 2),
    "addresses": _of("a@b.vn,"),
    "slashes": _of("/"),
    "zero width": _of("a\u200b"),
    "no-break spaces": _of("\u00a0"),
    "no such letters": _of("ð"),
    "mojibake": _of("Vì ngÆ°á»i nghèo "),
    "mojibake glued": _of("á»"),
    "TCVN3": _of("Héi nghÞ tæng kÕt c«ng t¸c "),
    "VIQR": _of("Vi` ngu+o+`i nghe`o "),
    "surrogates": _of("\ud800"),
    "replacement characters": _of("\ufffd"),
    "emoji": _of("👨‍👩‍👧"),
    "Chinese": _of("中文"),
    "Chinese lines": _of("中文\n\n"),
    "English": _of("I am sorry, as a model I cannot read this page.\n\n"),
    "one sentence": _of(SENTENCE),
    "short lines": _of("Bà con\n"),
    "short blocks": _of("Bà con\n\n"),
    "one block": _of(SENTENCE * 3 + "\n\n"),
    "two blocks": _of(SENTENCE * 2 + "\n\nHội nghị tổng kết công tác năm qua.\n\n"),
    "growing blocks": lambda size: _numbered(size, lambda i: SENTENCE * (1 + i % 30) + "\n\n"),
    "numbered blocks": lambda size: _numbered(size, lambda i: f"{i}. {SENTENCE}\n\n"),
    "one loop": _of("người nghèo "),
    "a loop of capitals": _of("NGƯỜI NGHÈO "),
    "syllables": lambda size: _words(size, 1, (" ",)),
    "syllables, soft wrapped": lambda size: _words(size, 2, (" ", " ", " ", " ", " ", "\n")),
    "syllables on lines": lambda size: _words(size, 3, ("\n",)),
    "syllables in blocks": lambda size: _words(size, 4, (" ", " ", " ", " ", " ", "\n\n")),
    "syllables glued": lambda size: _words(size, 5, ("",)),
    "marks between": lambda size: _words(size, 6, (" , ", " . ", " - ", ", ", " : ")),
    "damaged": lambda size: _words(
        size, 7, (" ", " ", "\n", "\n\n", "-\n"), ("Vi", "ðã", "2O23", "ĐIỀ", "U", "H", "à")
    ),
    "no syllables": lambda size: _words(size, 8, (" ",), ("xqz", "brk", "nghuời", "thuơng", "ngưòi") * 20),
    "abbreviations": lambda size: _numbered(size, lambda i: f"người lao động số {i} (NLD{i}) "),
    "one abbreviation": _of("người lao động (NLD) "),
    "names": _of("Nguyễn Văn Nam, "),
    "share buttons": _of("Chia sẻ\nFacebook\n"),
    "comments": _of("Bình luận (3)\nThích Trả lời\n"),
    "markup": _of("<b>xã</b>"),
    "entities": _of("&amp;"),
    "carriage returns": _of("\r"),
    "drop capitals": _of("H\n\nội nghị tổng kết công tác.\n\n"),
    "cut sentences": _of("bà con trong xã đã\n\ncùng nhau đóng góp\n\n"),
    "small after small": _of("xã\n\n"),
}
"""Texts of a given number of characters, each hostile to something."""


@dataclass(frozen=True)
class Growth:
    """What one detector (or "clean") took for one shape: sizes in characters, processor times in seconds."""

    name: str
    shape: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def exponent(self) -> float:
        """The steepest least-squares slope that the larger sizes speak for; NaN where all was too quick."""
        points = [
            (math.log(n), math.log(s)) for n, s in zip(self.sizes, self.seconds, strict=True) if s > LEAST
        ]
        if len(points) < 2:
            return math.nan
        x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
        return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


class TooLongError(Exception):
    """A measurement took more than its limit."""


def _alarm(_signal: int, _frame: FrameType | None) -> None:
    raise TooLongError


def _seconds(work: Callable[[], object], limit: float) -> float:
    """Processor time of the work, the least of some runs; infinity when over the limit."""
    signal.signal(signal.SIGVTALRM, _alarm)
    best, spent = math.inf, 0.0
    for _ in range(_RUNS):
        gc.collect()
        signal.setitimer(signal.ITIMER_VIRTUAL, limit)
        # processor time is told in steps of up to 4 ms, which are too coarse for what is quick
        start, begun = time.process_time(), time.perf_counter()
        try:
            work()
        except TooLongError:
            return math.inf
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        took, passed = time.process_time() - start, time.perf_counter() - begun
        best = min(best, took if took > _COARSE else passed)
        spent += passed
        if spent > _ENOUGH:
            break
    return best


def detectors() -> Iterator[tuple[str, Detector]]:
    """Every detector of the registry with a name: its stage and its rules."""
    for stage in stages():
        for detector in stage.detectors:
            codes = [rule.code for rule in detector.rules]
            yield (
                f"{stage.name}: {type(detector).__name__} {codes[0]}" + ("…" if len(codes) > 1 else ""),
                detector,
            )


def measure(
    sizes: Sequence[int], limit: float, only: str = "", shapes: Sequence[str] = ()
) -> Iterator[Growth]:
    """Measure every detector, and `clean`, on every shape.

    Parameters: ``sizes``, characters; ``limit``, seconds of one run, after which the larger sizes are left
    out; ``only``, a part of the names to be measured; ``shapes``, those to be measured, all when empty.
    """
    context = Context(Config(unsafe=True))
    clean("Vi người nghèo")
    works: list[tuple[str, Callable[[str], object]]] = [
        (name, lambda text, d=detector: list(d.find(Document(text), context)))
        for name, detector in detectors()
    ]
    works.append(("clean", clean))
    for name, work in works:
        if only.lower() not in name.lower():
            continue
        for shape in shapes or SHAPES:
            growth = _series(name, work, shape, sizes, limit)
            for _ in range(2):
                if growth.exponent > _STEEP:
                    again = _series(name, work, shape, growth.sizes, limit)
                    least = tuple(map(min, growth.seconds, again.seconds))
                    growth = Growth(name, shape, growth.sizes[: len(least)], least)
            yield growth


def _series(
    name: str, work: Callable[[str], object], shape: str, sizes: Sequence[int], limit: float
) -> Growth:
    done: list[float] = []
    for size in sizes:
        text = SHAPES[shape](size)
        done.append(_seconds(partial(work, text), limit))
        if done[-1] > limit / 2:
            break
    kept = tuple(s for s in done if s < math.inf)
    return Growth(name, shape, tuple(sizes[: len(kept)]), kept)


def table(grown: Sequence[Growth], worst: int = 3) -> str:
    """A Markdown table: for each detector its steepest and its slowest shapes."""
    lines = ["| detector | text | seconds | exponent |", "| --- | --- | ---: | ---: |"]
    names = list(dict.fromkeys(g.name for g in grown))
    for name in names:
        own = [g for g in grown if g.name == name]
        steep = sorted(own, key=lambda g: -g.exponent if g.exponent == g.exponent else 9.0)[:worst]
        slow = sorted(own, key=lambda g: -(g.seconds[-1] if g.seconds else math.inf))[:1]
        for growth in dict.fromkeys([*steep, *slow]):
            time_ = f"{growth.seconds[-1]:.3f}" if growth.seconds else "over the limit"
            size = f" ({growth.sizes[-1]:,})" if growth.sizes else ""
            told = "too quick to tell" if math.isnan(growth.exponent) else f"{growth.exponent:.2f}"
            lines.append(f"| {name} | {growth.shape} | {time_}{size} | {told} |")
    return "\n".join(lines)


def _write(grown: Sequence[Growth], sizes: Sequence[int]) -> Path:
    date = dt.datetime.now(tz=dt.UTC).date().isoformat()
    path = HERE / "results" / f"{date}-scaling.md"
    known = [g for g in grown if not math.isnan(g.exponent)]
    steep = sorted((g for g in known if g.exponent > _STEEP), key=lambda g: -g.exponent)
    head = (
        f"# Growth with the length of hostile texts, {date}\n\n"
        "`python benchmarks/scaling.py --write`: processor time of every detector alone, and of `clean`, on "
        f"{len(SHAPES)} "
        f"kinds of text of {sizes[0]:,} to {sizes[-1]:,} characters; "
        f"Python {platform.python_version()}, "
        f"{platform.machine()}. The exponent is the slope of log time over log size, of runs over "
        f"{LEAST * 1000:.0f} ms. Of {len(grown)} series {len(known)} took long enough to tell; {len(steep)} "
        f"of them are steeper than {_STEEP}.\n\n"
        "For each detector its three steepest texts and its slowest, with the time of the largest size.\n\n"
    )
    path.write_text(head + table(grown) + "\n", "utf-8")
    return path


def main() -> int:
    """Read the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--only", default="", help="a part of the detectors' names")
    parser.add_argument("--shapes", nargs="+", default=[], choices=list(SHAPES), metavar="TEXT")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds for one text")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    grown = []
    for growth in measure(given.sizes, given.limit, given.only, given.shapes):
        grown.append(growth)
        if growth.exponent > _STEEP or len(growth.sizes) < len(given.sizes):
            times = " ".join(f"{s:.3f}" for s in growth.seconds)
            print(
                f"{growth.name}: {growth.shape}: {times}: {growth.exponent:.2f}", file=sys.stderr, flush=True
            )
    print(_write(grown, given.sizes) if given.write else table(grown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
