"""Work grows with the length of a text, whatever the text is: lines of code are counted, not seconds.

``benchmarks/scaling.py`` has the texts, and measures times.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ocrfix import Config, Document, clean
from ocrfix.detectors import Context

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from scaling import SHAPES, detectors

SMALL, LARGE = 2_500, 10_000
"""Characters."""
STEEPEST = 1.25
"""The exponent that the work of the larger text may have."""
SLACK = 40_000
"""Lines that may be run besides: rules that need a text of some length, limits, tables that are read."""
PASSES = 8
"""How many times more the whole may do for the larger text: it may settle in more passes."""


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of ocrfix's own code are run."""
    number = 0

    def count(_frame, _event, _argument):
        nonlocal number
        number += 1
        return count

    def enter(frame, _event, _argument):
        return count if "ocrfix" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        work()
    finally:
        sys.settrace(before)
    return number


def test_the_counter_tells_linear_from_square():
    def loops(n):
        text = Document("a\n\n" * n)
        return lambda: [text.position(0) for _ in range(n * n)]

    assert lines_run(loops(20)) > 12 * lines_run(loops(5))
    assert lines_run(lambda: Document("a\n\n" * 4000).blocks) < 6 * lines_run(
        lambda: Document("a\n\n" * 1000).blocks
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_every_detector(shape):
    clean("Quỹ Vi người nghèo")  # tables are loaded
    context = Context(Config(unsafe=True))
    small, large = SHAPES[shape](SMALL), SHAPES[shape](LARGE)
    too_much = {}
    for name, detector in detectors():
        one = lines_run(lambda d=detector: list(d.find(Document(small), context)))
        other = lines_run(lambda d=detector: list(d.find(Document(large), context)))
        if other > one * (LARGE / SMALL) ** STEEPEST + SLACK:
            # some rules begin at a certain length: what counts is how it goes on
            double = Document(SHAPES[shape](2 * LARGE))
            further = lines_run(lambda d=detector, t=double: list(d.find(t, context)))
            if further > other * 2**STEEPEST + SLACK:
                too_much[name] = (one, other, further)
    assert too_much == {}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_whole(shape):
    small, large = SHAPES[shape](SMALL), SHAPES[shape](LARGE)
    one, other = lines_run(lambda: clean(small)), lines_run(lambda: clean(large))
    assert other <= PASSES * one * LARGE / SMALL + SLACK
