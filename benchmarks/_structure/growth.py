"""How time and memory grow on texts that are nothing but repeats."""

from __future__ import annotations

import math
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

from common import say

from ocrfix import Config, clean
from ocrfix._compressed import open_text
from ocrfix.evaluation import DataError

from .measure import STRUCTURE
from .noise import misread

__all__ = ["TEXTS", "Growth", "Point", "draw", "exponent", "grow", "show_growth"]

SIZES: Final = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
"""Characters."""

BLOCK: Final = (
    "Chiều qua, hợp tác xã nghề cá Cửa Sót đưa vào sử dụng kho lạnh mới sức chứa 300 tấn. Theo ban quản trị, "
    "nhờ có kho, bà con không còn phải bán đổ bán tháo mỗi khi tàu về dồn dập; giá mực tại bến đã nhích lên "
    "gần một phần tư so với cùng kỳ."
)
OTHER: Final = (
    "Đêm hội trống của bốn làng ven sông mở ra dưới cơn mưa bụi. Người già kê ghế ngồi sát mép sân, trẻ con "
    "trèo cả lên bờ tường. Khi hồi trống cuối vừa dứt, cả bãi lặng đi một lúc rồi mới vỡ ra trong tiếng reo."
)
THIRD: Final = "Trạm bơm số hai chạy suốt đêm để kịp đưa nước về những thửa ruộng xa cuối kênh."
ARTICLE: Final = f"{OTHER}\n\n{THIRD}\n\n{BLOCK}"
OTHER_ARTICLE: Final = (
    "Lớp học chữ của cô giáo về hưu mở ba buổi một tuần, bàn ghế là mấy cánh cửa cũ kê lên gạch. Học trò lớn "
    "nhất năm nay sáu mươi hai tuổi.\n\nBà bảo học để ký được tên mình, khỏi phải điểm chỉ mỗi lần "
    "ra xã lĩnh tiền."
)


def _fill(size: int, blocks: Callable[[int], str], gap: str = "\n\n") -> str:
    out: list[str] = []
    length = 0
    for i in count():
        out.append(blocks(i))
        length += len(out[-1]) + len(gap)
        if length >= size + len(gap):
            return gap.join(out)
    raise AssertionError


def _near(size: int) -> str:
    rng = Random(7)
    return _fill(size, lambda _: misread(BLOCK, rng, rng.uniform(0.02, 0.08)))


def _glued(size: int) -> str:
    """Paragraphs into whose sentences ever other words of one are glued."""
    rng, words = Random(3), BLOCK.split()

    def paragraph(number: int) -> str:
        host = (OTHER, THIRD)[number % 2].split()
        first, place = rng.randrange(len(words) - 20), rng.randrange(2, len(host) - 2)
        return " ".join([*host[:place], *words[first : first + rng.randint(12, 20)], *host[place:]])

    return _fill(size, paragraph)


def _looped(size: int) -> str:
    """Copies of a paragraph, each with a loop of its own."""
    rng, words = Random(4), BLOCK.split()

    def paragraph(_: int) -> str:
        phrase, rounds = rng.randint(2, 5), rng.randint(6, 20)
        at = rng.randrange(len(words) - phrase)
        return " ".join([*words[:at], *words[at : at + phrase] * rounds, *words[at + phrase :]])

    return _fill(size, paragraph)


TEXTS: Final[dict[str, Callable[[int], str]]] = {
    "one block": lambda size: _fill(size, lambda _: BLOCK),
    "two articles": lambda size: _fill(size, lambda i: (ARTICLE, OTHER_ARTICLE)[i % 2]),
    "three lines in turn": lambda size: _fill(size, lambda i: (BLOCK, OTHER, THIRD)[i % 3], "\n"),
    "near copies": _near,
    "glued copies": _glued,
    "loops in copies": _looped,
    "one loop": lambda size: _fill(size, lambda _: "nhờ có kho lạnh mới", " "),
}
"""Texts of about a given number of characters."""


@dataclass(frozen=True)
class Point:
    """One text: its size (bytes of UTF-8), its processor time (seconds) and peak memory (bytes)."""

    octets: int
    seconds: float
    peak: int


@dataclass(frozen=True)
class Growth:
    """The points of one kind of text, and the exponent of size that fits its times."""

    name: str
    points: tuple[Point, ...]

    @property
    def exponent(self) -> float:
        """The slope of log time over log size; n log n is about 1.07 between 100 kB and 10 MB."""
        return exponent(self.points)


def exponent(points: Sequence[Point]) -> float:
    """The least-squares slope of log seconds over log size; NaN for fewer than two points.

    >>> round(exponent([Point(10, 1.0, 0), Point(100, 100.0, 0)]), 6)
    2.0
    """
    if len(points) < 2:
        return math.nan
    xs = [math.log(p.octets) for p in points]
    ys = [math.log(max(p.seconds, 1e-6)) for p in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def _start(path: Path, size: int) -> str:
    """The first ``size`` characters of a file's text, without form feeds."""
    with open_text(path) as file:
        text = file.read(size + size // 100).replace("\f", "")[:size]
    if len(text) < size:
        raise DataError(f"{path}: {len(text):,} characters, not {size:,}")
    return text


def _measure(name: str, size: int, ordinary: Path | None, select: tuple[str, ...]) -> Point:
    config = Config(select=select)
    clean(BLOCK, config)
    text = TEXTS[name](size) if ordinary is None else _start(ordinary, size)
    start = time.process_time()
    clean(text, config)
    seconds = time.process_time() - start
    unit = 1 if sys.platform == "darwin" else 1024
    return Point(len(text.encode()), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


PATIENCE: Final = 10
"""How many times the limit a text may take before its measurement is broken off."""


def grow(
    limit: float,
    sizes: Sequence[int] = SIZES,
    ordinary: Sequence[Path] = (),
    select: tuple[str, ...] = STRUCTURE,
) -> list[Growth]:
    """Measure every kind of text, each in a process of its own.

    ``ordinary``, files of right text whose beginnings are measured as well; ``select``, families of rules;
    ``limit``, in seconds: once a text took so long, no larger one of its kind is tried; one that takes
    `PATIENCE` times as long is broken off and left out.
    """
    out = []
    context = multiprocessing.get_context("spawn")
    files = dict.fromkeys(TEXTS) | {file.name.split(".")[0]: file for file in ordinary}
    for name, file in files.items():
        points: list[Point] = []
        for size in sizes:
            with context.Pool(1) as pool:
                try:
                    points.append(
                        pool.apply_async(_measure, (name, size, file, select)).get(PATIENCE * limit + 10)
                    )
                except DataError as error:
                    say(str(error))
                    break
                except multiprocessing.TimeoutError:
                    say(f"{name}, {size:,} characters: broken off")
                    break
            last = points[-1]
            say(f"{name}, {size:,} characters: {last.seconds:.1f} s, {last.peak / 1e6:.0f} MB")
            if last.seconds > limit:
                break
        out.append(Growth(name, tuple(points)))
    return out


def show_growth(grown: Sequence[Growth]) -> None:
    """Print the table."""
    from .report import GROWTH_HEADS, growth_rows  # noqa: PLC0415  (report knows this module's types)
    from .show import table  # noqa: PLC0415

    print(table(GROWTH_HEADS, growth_rows(grown)))


def draw(grown: Sequence[Growth], folder: Path, date: str, stem: str = "structure-growth") -> str:
    """Write DATE-STEM.svg, time over size with a line n log n; returns its name."""
    from plots import INK, PALE, plt  # noqa: PLC0415  (matplotlib is only needed here)

    figure, axes = plt.subplots(figsize=(5.2, 3.6))
    for growth in grown:
        xs = [p.octets / 1e6 for p in growth.points]
        ys = [p.seconds for p in growth.points]
        label = f"{growth.name} ({growth.exponent:.2f})"
        axes.plot(xs, ys, marker="o", markersize=3.5, linewidth=1.4, label=label)
    low = min(growth.points[0].seconds for growth in grown)
    first = min(growth.points[0].octets for growth in grown)
    last = max(growth.points[-1].octets for growth in grown)
    line = [first * (last / first) ** (i / 20) for i in range(21)]
    scale = low / (first * math.log(first))
    axes.plot(
        [n / 1e6 for n in line], [scale * n * math.log(n) for n in line], "--", color=PALE, label="n log n"
    )
    axes.set(xscale="log", yscale="log", xlabel="text, MB", ylabel="processor time, s")
    axes.set_title("Texts of nothing but repeats", color=INK)
    axes.legend(frameon=False, fontsize=7)
    axes.grid(color=PALE, alpha=0.3, which="both")
    name = f"{date}-{stem}.svg"
    figure.savefig(folder / name, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
    return name
