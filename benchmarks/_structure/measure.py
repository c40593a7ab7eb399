"""Running ocrfix over damaged and right texts, and adding up what came of it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final, TypeVar

from ocrfix import Config, clean

from .case import Case
from .scoring import Outcome, score
from .texts import Document

__all__ = ["STRUCTURE", "Summary", "Touched", "configs", "outcomes", "summarise", "touched"]

STRUCTURE: Final = ("ENC", "NOI", "DUP", "JOI", "SPC")
"""The families of rules that mend structure; words are measured elsewhere."""
RESAMPLES: Final = 1000

Item = TypeVar("Item")
Made = TypeVar("Made")


def configs(select: Sequence[str]) -> dict[str, Config]:
    """The two ways to run ocrfix: by default, and with likely changes applied, too."""
    return {"default": Config(select=tuple(select)), "unsafe": Config(select=tuple(select), unsafe=True)}


@dataclass(frozen=True)
class Touched:
    """A right text that was changed: which one, and by which findings ("RULE: before → after")."""

    kind: str
    number: int
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """The outcomes of one kind of damage added up.

    Shares are in [0, 1]; ``interval`` is the 95 % bootstrap interval of ``repaired`` over cases; ``lost``
    and ``added`` are characters per 100 of the right text.
    """

    kind: str
    cases: int
    items: int
    repaired: float
    interval: tuple[float, float]
    harmless: float
    lost: float
    added: float
    variants: dict[str, float] = field(default_factory=dict)


def _map(work: Callable[[Item], Made], items: Sequence[Item], jobs: int) -> list[Made]:
    if jobs < 2:
        return [work(item) for item in items]
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return pool.map(work, items, chunksize=max(1, min(16, len(items) // (4 * jobs) or 1)))


def _outcome(case: Case, config: Config | None) -> Outcome:
    return score(case, case.damaged if config is None else clean(case.damaged, config).text)


def outcomes(cases: Sequence[Case], config: Config | None, jobs: int = 1) -> list[Outcome]:
    """What ocrfix makes of each case; None as config stands for no correction at all."""
    return _map(partial(_outcome, config=config), cases, jobs)


def _touched(document: Document, config: Config) -> Touched | None:
    result = clean(document.text, config)
    if result.text == document.text:
        return None
    findings = tuple(
        f"{f.finding.rule.code}: {_short(f.before)} → {_short(f.after)}" for f in result.report.applied
    )
    return Touched(document.kind, document.number, findings)


def _short(text: str, most: int = 90) -> str:
    shown = repr(text)[1:-1]
    return f"“{shown}”" if len(shown) <= most else f"“{shown[: most // 2]} … {shown[-most // 2 :]}”"


def touched(documents: Sequence[Document], config: Config, jobs: int = 1) -> list[Touched]:
    """The right texts that ocrfix changes."""
    return [t for t in _map(partial(_touched, config=config), documents, jobs) if t]


def _share(found: Iterable[Outcome]) -> float:
    repaired = [ok for outcome in found for ok in outcome.repaired]
    return sum(repaired) / len(repaired)


def _interval(found: Sequence[Outcome]) -> tuple[float, float]:
    """The 95 % bootstrap interval of the share repaired, cases being drawn with replacement."""
    rng = Random(0)
    pairs = [(sum(o.repaired), len(o.repaired)) for o in found]
    shares = []
    for _ in range(RESAMPLES):
        drawn = rng.choices(pairs, k=len(pairs))
        shares.append(sum(a for a, _ in drawn) / sum(b for _, b in drawn))
    shares.sort()
    return shares[round(0.025 * RESAMPLES)], shares[round(0.975 * RESAMPLES) - 1]


def summarise(found: Sequence[Outcome], kind: str = "all") -> Summary:
    """Add up outcomes; ``kind`` is what to call them. Raises ZeroDivisionError without any."""
    size = sum(o.size for o in found)
    variants: dict[str, list[Outcome]] = {}
    for outcome in found:
        variants.setdefault(outcome.variant, []).append(outcome)
    return Summary(
        kind,
        len(found),
        sum(len(o.repaired) for o in found),
        _share(found),
        _interval(found),
        sum(o.harmless for o in found) / len(found),
        100 * sum(o.lost for o in found) / size,
        100 * sum(o.added for o in found) / size,
        {name: _share(some) for name, some in variants.items()},
    )


def by_kind(found: Sequence[Outcome]) -> dict[str, Summary]:
    """A summary of each kind, in order of appearance."""
    kinds: dict[str, list[Outcome]] = {}
    for outcome in found:
        kinds.setdefault(outcome.kind, []).append(outcome)
    return {kind: summarise(some, kind) for kind, some in kinds.items()}
