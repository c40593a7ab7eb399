"""A whole run of the benchmark: cases, outcomes, right texts, speed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ocrfix import Config, clean
from ocrfix.detectors import stages
from ocrfix.evaluation import DataError

from .case import Case
from .damages import KINDS, make_cases
from .measure import STRUCTURE, Summary, Touched, by_kind, configs, outcomes, summarise, touched
from .show import HEADS, difference, summary_rows, table
from .texts import (
    Article,
    Document,
    bundled_articles,
    bundled_untouched,
    load_articles,
    load_phrases,
    untouched_articles,
)

__all__ = ["Request", "Results", "cases_of", "measure", "show_failures", "show_results", "speed_selections"]

SPEED_CHARACTERS: Final = 400_000
"""Right text that speed is measured on, in characters; articles come again when there are fewer."""
SPEED_STAGES: Final = ("noise", "duplicates", "joins")
"""The stages that repair structure, whose speed is measured alone and together."""


@dataclass(frozen=True)
class Request:
    """What to measure; the fields are the options of the command."""

    data: Path
    split: str = "dev"
    kinds: tuple[str, ...] = KINDS
    articles: Path | None = None
    limit: int | None = None
    select: str = "structure"
    seed: int = 20
    per_kind: int = 40
    jobs: int = 1

    def of(self, split: str) -> Request:
        """The same for another split of the data."""
        return replace(self, split=split)

    @property
    def families(self) -> tuple[str, ...]:
        """Selectors of rules; none for all."""
        if self.select == "structure":
            return STRUCTURE
        return () if self.select == "all" else tuple(self.select.split(","))


@dataclass(frozen=True)
class Results:
    """Everything measured in one run; speed is in megabytes (UTF-8) per second of processor time."""

    request: Request
    default: dict[str, Summary]
    unsafe: dict[str, Summary]
    documents: dict[str, int]
    """Right texts, by class."""
    touched: list[Touched]
    touched_unsafe: list[Touched]
    speed: dict[str, float]


def _articles(request: Request) -> list[Article]:
    if request.articles is None:
        return bundled_articles(request.data, request.split)
    found = load_articles(request.articles, request.limit)
    if len(found) < 3:
        raise DataError(f"{request.articles}: fewer than three articles that are long enough")
    return found


def _documents(request: Request, articles: Sequence[Article]) -> list[Document]:
    if request.articles is None:
        return bundled_untouched(request.data, request.split)
    return untouched_articles(articles)


def cases_of(request: Request) -> list[Case]:
    """The damaged texts of a request."""
    return make_cases(
        _articles(request),
        load_phrases(request.data, request.split),
        seed=request.seed,
        per_kind=request.per_kind,
        kinds=request.kinds,
    )


def measure(request: Request, *, speed: bool = True) -> Results:
    """Measure everything, with default settings and with ``unsafe``."""
    articles = _articles(request)
    cases = cases_of(request)
    documents = _documents(request, articles)
    settings = configs(request.families)
    summaries = {}
    for name, config in settings.items():
        found = outcomes(cases, config, request.jobs)
        summaries[name] = {**by_kind(found), "all": summarise(found)}
    changed = {name: touched(documents, config, request.jobs) for name, config in settings.items()}
    return Results(
        request,
        summaries["default"],
        summaries["unsafe"],
        dict(Counter(d.kind for d in documents)),
        changed["default"],
        changed["unsafe"],
        _speeds([a.text for a in articles], request.families) if speed else {},
    )


def speed_selections(families: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What speed is measured with: the selection, each stage of structure, and these stages together.

    Parameters: ``families``, the selectors of the run, none for all. Returns selectors of rules by name.

    >>> sorted(speed_selections(("NOI", "DUP")))
    ['NOI+DUP', 'stage duplicates', 'stage joins', 'stage noise', 'stages noise+duplicates+joins']
    """
    rules = {s.name: tuple(dict.fromkeys(r.code for d in s.detectors for r in d.rules)) for s in stages()}
    return {
        "+".join(families) or "all": tuple(families),
        f"stages {'+'.join(SPEED_STAGES)}": tuple(code for name in SPEED_STAGES for code in rules[name]),
        **{f"stage {name}": rules[name] for name in SPEED_STAGES},
    }


def _speeds(texts: Sequence[str], families: Sequence[str]) -> dict[str, float]:
    """Megabytes per second of processor time, by the names of `speed_selections`."""
    size = sum(map(len, texts))
    rounds = [*texts] * max(1, round(SPEED_CHARACTERS / size))
    octets = sum(len(text.encode()) for text in rounds)
    out = {}
    for name, select in speed_selections(families).items():
        config = Config(select=select)
        clean(texts[0], config)
        start = time.process_time()
        for text in rounds:
            clean(text, config)
        out[name] = octets / 1e6 / (time.process_time() - start)
    return out


def show_results(results: Results, *, variants: bool = False) -> None:
    """Print the tables."""
    request = results.request
    source = request.articles.name if request.articles else "bundled articles"
    print(f"{source}, {request.split}, seed {request.seed}, rules: {request.select}")
    print(table(HEADS, summary_rows(results.default, results.unsafe)))
    if variants:
        rows = [
            [f"{kind}: {name}", f"{100 * share:.1f}", f"{100 * results.unsafe[kind].variants[name]:.1f}"]
            for kind, summary in results.default.items()
            if kind != "all"
            for name, share in summary.variants.items()
        ]
        print(table(("variant", "repaired %", "unsafe too"), rows))
    total = sum(results.documents.values())
    print(
        f"right documents identical: {total - len(results.touched)} of {total}; "
        f"unsafe too: {total - len(results.touched_unsafe)}"
    )
    for name, changed in (("default", results.touched), ("unsafe", results.touched_unsafe)):
        for item in changed:
            if name == "default" or item.kind != "articles" or not request.articles:
                print(f"  {name}: {item.kind} {item.number}")
                for finding in item.findings[:4]:
                    print(f"    {finding}")
    for name, speed in results.speed.items():
        print(f"speed {name}: {speed:.2f} MB/s")


def show_failures(request: Request, most: int, *, unsafe: bool = False) -> None:
    """Print the first failing cases of a request as short diffs."""
    cases = cases_of(request)
    config = configs(request.families)["unsafe" if unsafe else "default"]
    failing = [
        (case, outcome)
        for case, outcome in zip(cases, outcomes(cases, config, request.jobs), strict=True)
        if not all(outcome.repaired) or not outcome.harmless
    ]
    for case, outcome in failing[:most]:
        result = clean(case.damaged, config)
        print("\n".join(difference(case, result.text, outcome)))
        for f in result.report.findings:
            if f.finding.edits:
                name = f"{f.finding.rule.code} {f.status.value} {f.finding.confidence:.2f}"
                print(f"  {name}: {f.finding.message[:160]}")
        print()
    print(f"{len(failing)} of {len(cases)} cases fail")
