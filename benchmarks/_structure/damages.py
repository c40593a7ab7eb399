"""The registry of damages: add a `Damage` to `DAMAGES` to measure another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Final

from ocrfix.evaluation import DataError

from .breaks import broken, broken_around, columns, displaced, initial
from .case import GAP, Case
from .copies import Copying, copied_block, copied_span, looped_line, looped_phrase, looped_signs
from .lines import hyphened, wrapped
from .litter import chatter, chrome, fences, page_furniture
from .texts import Article, Phrases

__all__ = ["DAMAGES", "KINDS", "Damage", "make_cases"]

Make = Callable[[Sequence[Article], Random, Phrases], Case]


@dataclass(frozen=True)
class Damage:
    """A way to damage a text.

    Parameters: ``kind``, under which it is scored; ``variant``; ``make``, a pure function of articles, a
    source of chance and phrases, which raises LookupError when the articles have no fitting place;
    ``articles``, how many it takes.
    """

    kind: str
    variant: str
    make: Make
    articles: int = 1


def _damage(
    kind: str, variant: str, make: Callable[..., Case], *, takes: int = 1, **options: object
) -> Damage:
    return Damage(kind, variant, partial(make, variant=variant, **options), takes)


def _of(kind: str, variant: str, make: Callable[..., Case], *, takes: int = 1, **options: object) -> Damage:
    """A damage whose function serves several kinds."""
    return Damage(kind, variant, partial(make, kind=kind, variant=variant, **options), takes)


def _furniture(kind: str, *, noisy: bool) -> list[Damage]:
    return [
        _of(
            kind,
            ("form feeds" if feeds else "no form feeds")
            + (", in sentences" if inside else ", between paragraphs")
            + (", misread" if misread else ""),
            page_furniture,
            takes=3,
            feeds=feeds,
            inside=inside,
            noisy=misread,
        )
        for feeds in (True, False)
        for inside in (True, False)
        for misread in ((False, True) if noisy else (False,))
    ]


DAMAGES: Final[tuple[Damage, ...]] = (
    _of("exact", "next", copied_block, copying=Copying(where="next")),
    _of("exact", "later", copied_block, copying=Copying(where="later")),
    _of("exact", "before", copied_block, copying=Copying(where="before")),
    _of("exact", "two blocks later", copied_block, copying=Copying(where="later", blocks=2)),
    _of("exact", "three copies", copied_block, copying=Copying(where="next", times=2)),
    _of("exact", "page read twice", copied_block, copying=Copying(where="next", blocks=3, feeds=True)),
    _of("exact", "copy wrapped", copied_block, copying=Copying(where="later", width=60)),
    _of("near", "next, copy worse", copied_block, copying=Copying(where="next", worse="copy")),
    _of("near", "next, original worse", copied_block, copying=Copying(where="next", worse="original")),
    _of("near", "later, copy worse", copied_block, copying=Copying(where="later", worse="copy")),
    _of("near", "later, original worse", copied_block, copying=Copying(where="later", worse="original")),
    _of("near", "two blocks later", copied_block, copying=Copying(where="later", worse="copy", blocks=2)),
    _of("near", "three copies", copied_block, copying=Copying(where="next", worse="copy", times=2)),
    _of(
        "near",
        "page read twice",
        copied_block,
        copying=Copying(where="next", worse="copy", blocks=3, feeds=True),
    ),
    _damage("span", "in a sentence", copied_span, inside=True, noisy=False),
    _damage("span", "in a sentence, misread", copied_span, inside=True, noisy=True),
    _damage("span", "between sentences", copied_span, inside=False, noisy=False),
    _damage("span", "between sentences, misread", copied_span, inside=False, noisy=True),
    _damage("loop", "own words", looped_phrase, own=True),
    _damage("loop", "other words", looped_phrase, own=False),
    _damage("loop", "own line", looped_line, own=True),
    _damage("loop", "other line", looped_line, own=False),
    _damage("loop", "signs", looped_signs),
    _damage("block", "blank line", broken, gap_text=GAP),
    _damage("block", "blank lines", broken, gap_text="\n\n\n"),
    _damage("block", "form feed", broken, gap_text="\n\f\n"),
    _of("caption", "one", broken_around, count=1),
    _of("caption", "two", broken_around, count=2),
    _of("heading", "one", broken_around),
    _of("sidebox", "one", broken_around),
    _damage("columns", "halves", columns, takes=2),
    _damage("displaced", "2 to 4 blocks", displaced, takes=2, least=2, most=4),
    _damage("displaced", "5 to 10 blocks", displaced, takes=2, least=5, most=10),
    _damage("wrap", "blank lines", wrapped, between=GAP),
    _damage("wrap", "no blank lines", wrapped, between="\n"),
    _damage("wrap", "indents", wrapped, between="\n", indent=4),
    _damage("hyphen", "foreign words", hyphened, real=False),
    _damage("hyphen", "real hyphens", hyphened, real=True),
    *_furniture("page-number", noisy=False),
    *_furniture("header", noisy=True),
    *_furniture("footer", noisy=True),
    _damage("chrome", "before", chrome, where="before"),
    _damage("chrome", "in", chrome, where="in"),
    _damage("chrome", "after", chrome, where="after"),
    _damage("chrome", "all", chrome, where="all"),
    _damage("chatter", "before", chatter, where="before"),
    _damage("chatter", "after", chatter, where="after"),
    _damage("chatter", "middle", chatter, where="middle"),
    _damage("chatter", "glued", chatter, where="glued"),
    _damage("chatter", "fences", fences, remark=False),
    _damage("chatter", "remark and fences", fences, remark=True),
    _damage("initial", "lost", initial, form="lost"),
    _damage("initial", "lost, next one large", initial, form="lost-capital"),
    _damage("initial", "apart", initial, form="space"),
    _damage("initial", "block of its own", initial, form="line"),
    _damage("initial", "line of its own", initial, form="line-end"),
)

KINDS: Final = tuple(dict.fromkeys(damage.kind for damage in DAMAGES))
"""The kinds of damage, in the order of the table."""

# How many cases a kind gets for one of the others: fewer where a case holds many items.
CASES: Final = {"wrap": 0.4, "hyphen": 1.5, "page-number": 0.5, "header": 0.7, "footer": 0.7}


def make_cases(
    articles: Sequence[Article],
    phrases: Phrases,
    *,
    seed: int,
    per_kind: int,
    kinds: Sequence[str] = KINDS,
) -> list[Case]:
    """Damaged texts, about ``per_kind`` of each kind, its variants in turn; see `CASES`.

    The same seed, articles and phrases give the same cases. Raises DataError when no article has a
    fitting place for a damage.
    """
    cases = []
    for kind in kinds:
        variants = [d for d in DAMAGES if d.kind == kind]
        number = max(len(variants), round(per_kind * CASES.get(kind, 1)))
        cases += [_make(variants[i % len(variants)], articles, phrases, f"{seed}:{i}") for i in range(number)]
    return cases


def _make(damage: Damage, articles: Sequence[Article], phrases: Phrases, seed: str) -> Case:
    rng = Random(f"{seed}:{damage.kind}:{damage.variant}")
    for _ in range(60):
        case: Case | None = None
        try:
            case = damage.make(rng.sample(articles, damage.articles), rng, phrases)
        except LookupError:
            continue
        if case.damaged != case.expected:
            return case
    raise DataError(f"no article has a place for {damage.kind}, {damage.variant}")


def fingerprint(cases: Sequence[Case]) -> str:
    """SHA-256 over the damaged and the right texts, in hexadecimal."""
    digest = hashlib.sha256()
    for case in cases:
        for text in (case.damaged, *(a.text for a in case.accepted)):
            digest.update(text.encode())
            digest.update(b"\0")
    return digest.hexdigest()
