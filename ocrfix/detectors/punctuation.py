"""Punctuation, letter case and speckle that a misreading damaged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ocrfix.detectors._punctuation_case import OddCase
from ocrfix.detectors._punctuation_edges import Edges
from ocrfix.detectors._punctuation_features import alike, features, load_punctuation
from ocrfix.detectors._punctuation_gaps import NOTHING, STOP, Gap, Noise, Option, gaps, noise_of
from ocrfix.detectors._punctuation_habits import Habits
from ocrfix.detectors._punctuation_quotes import MisreadQuotes
from ocrfix.detectors._punctuation_rules import LOST_CAPITAL, MISREAD_STOP, SPECKLE
from ocrfix.detectors.base import Context, Detector
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span

__all__ = ["PUNCTUATION", "Marks"]

SAFE_FROM: Final = 0.82
UNSAFE_FROM: Final = 0.5
SAFE_STOP_FROM: Final = 0.95
"""Confidences from which held-out pages show a precision of 0.95 and 0.7."""

_LIST: Final = 2
"""Other commas before capitals near by that make a list of titles likely."""


class Marks:
    """NOI006, WRD009, WRD011: marks between words that were misread, made up or lost."""

    rules = (SPECKLE, MISREAD_STOP, LOST_CAPITAL)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """The doubtful gaps, all asked of the language model at once; of each gap the likeliest change."""
        text = document.text
        noise = noise_of(text, context.language)
        options = list(gaps(text, noise))
        if not options:
            return
        chances = load_punctuation()(features(text, options, noise, context.language))
        best: dict[Gap, tuple[float, Option]] = {}
        for option, chance in zip(options, chances.tolist(), strict=True):
            if chance >= UNSAFE_FROM and chance > best.get(option.gap, (0.0, option))[0]:
                best[option.gap] = (chance, option)
        habits = Habits(text)
        for gap, (chance, option) in best.items():
            run = text[gap.start : gap.end]
            if not (noise.misread or habits.stained) and habits.is_own(gap.start, run, gap.left, gap.right):
                continue
            yield _finding(text, option, chance, noise)


def _finding(text: str, option: Option, chance: float, noise: Noise) -> Finding:
    gap, rule = option.gap, _rule(option)
    read, meant = text[gap.start : gap.end], option.meant
    sure = chance >= (SAFE_FROM if rule is not LOST_CAPITAL else SAFE_STOP_FROM)
    if not noise.high and (rule is LOST_CAPITAL or gap.marks in ("–", "—")):
        sure = False  # in a well read text the author meant it so
    if not noise.high and read == ": ":
        sure = chance >= SAFE_STOP_FROM  # mostly a label
    if gap.marks == "," and meant == STOP and alike(text, gap) >= _LIST:
        sure = False
    where = f'between "{gap.left}" and "{gap.right}"'
    message = {
        SPECKLE.code: f'"{read.strip()}" {where} is probably a stain',
        MISREAD_STOP.code: f'read "{read.strip()}" {where}, probably "{meant.strip()}"',
        LOST_CAPITAL.code: f"a full stop is probably lost {where}",
    }[rule.code]
    place = Span(gap.start, gap.end)
    return Finding(
        rule,
        Span(gap.start - len(gap.left), gap.end + len(gap.right)),
        message,
        (Edit(place, meant),),
        round(chance, 4),
        Safety.SAFE if sure else Safety.UNSAFE,
        {"noise": round(max(noise.words, noise.marks), 2)},
    )


def _rule(option: Option) -> Rule:
    if option.meant == NOTHING:
        return SPECKLE
    if not option.gap.marks:
        return LOST_CAPITAL
    mark = option.meant.strip()
    return SPECKLE if mark in option.gap.marks else MISREAD_STOP


PUNCTUATION: tuple[Detector, ...] = (Marks(), Edges(), MisreadQuotes(), OddCase())
