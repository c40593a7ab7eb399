"""Lines that may be furniture together, and whether what speaks for it is enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

__all__ = ["CHAIN", "Candidate", "is_safe"]

CHAIN: Final = 3
"""Page numbers in a row that make a sequence; copies of a header that make a set."""
_SAFE: Final = {
    "chain": (0.75, 0.75, 0.8), "chain paged": (0.5, 0.6, 0.75),
    "group": (0.6, 0.72, 0.88), "group paged": (0.6, 0.7, 0.85),
    "pair": (0.85, 0.95, 0.95), "pair paged": (0.8, 0.93, 0.93),
}  # fmt: skip
"""The likelihood from which on lines go, where their places speak for themselves, for longer lines, and else.

On 23 MB of right text (laws, news, an encyclopaedia; whole, wrapped and cut into pages) nothing reached it.
"""
_COVER: Final = 0.7  # share of the pages in their reach that have one of the lines
_HALF: Final = 0.5
_WORDY: Final = 4 / 12  # the trait of a line of five words


class Candidate(NamedTuple):
    """Lines that may be furniture together, and what speaks for it."""

    kind: str
    """"group" of lines that are alike, or "chain" of numbers that go up."""
    lines: list[int]
    values: list[int]
    form: str
    traits: dict[str, float]
    pieces: list[int]
    """Those of the lines that are pieces of running text."""
    chance: float
    """The likelihood that they are furniture."""
    signed: bool = False
    """Whether they may be the names of writers at the ends of pages."""


def is_safe(candidate: Candidate) -> bool:
    """Whether the lines go by default: likely enough, and nothing that a reader could take for content."""
    traits = candidate.traits
    pair = candidate.kind.startswith("group") and len(candidate.lines) < CHAIN
    placed = _placed(candidate) and not traits["fragments"]
    placed = placed and (not pair or traits["broken"] == 1.0 or traits.get("edge", 0.0) == 1.0)
    # Credits below articles come back as well, but they are short.
    wordy = not pair and traits["words"] >= _WORDY and traits["prose"] >= _COVER and not traits["fragments"]
    low, middle, high = _SAFE[candidate.kind.replace("group", "pair") if pair else candidate.kind]
    strong = bool(traits["strong" if "strong" in traits else "signs"])
    least = low if placed or strong else middle if wordy else high
    return candidate.chance >= least and not _doubtful(candidate)


def _placed(candidate: Candidate) -> bool:
    """Whether the lines break sentences or stand at the edges of pages that are known."""
    traits = candidate.traits
    return traits["broken"] > 0 or (traits.get("edge", 0.0) == 1.0 and traits["cover"] >= _COVER)


def _doubtful(candidate: Candidate) -> bool:
    """Whether a reader could take the lines for headings, years or cells, however well their places fit."""
    traits = candidate.traits
    placed = _placed(candidate)
    if traits["numbered"] and not traits["broken"]:
        return True
    if candidate.kind.startswith("chain"):
        if traits["years"] and candidate.form == "glued" and traits["alike"] < _HALF:
            return True  # headlines
        if placed or candidate.form == "page":
            return False
        return candidate.form != "glued" and bool(traits["years"] or traits["first"])
    return _doubtful_group(candidate, placed=placed)


def _doubtful_group(candidate: Candidate, *, placed: bool) -> bool:
    traits = candidate.traits
    if traits["numbered"] and traits["heading"]:
        return True
    if 0.0 < traits["small"] < 1.0 and not traits["rising"]:
        return True
    beside = max(traits["company"], traits["in step"]) >= _HALF
    if candidate.signed and not (traits["broken"] or traits["signs"] or beside):
        return True
    if len(candidate.lines) < CHAIN and not traits["strong"]:
        # A title that comes again at the end of the text stands under a picture.
        wordy = (traits["sentence"] or traits["long"]) and not _parts_sentences(traits)
        if not (placed or beside) or traits["ends"] > 1 or wordy:
            return True
        return traits["broken"] < 1.0 and not beside and any(traits[n] for n in ("item", "small", "disagree"))
    cut = traits["broken"] == 1.0  # a number may be badly read
    return bool(traits["disagree"]) and not (traits["strong"] or beside or cut)


def _parts_sentences(traits: Mapping[str, float]) -> bool:
    """Whether lines with the signs of a paper stand as blocks of their own where a sentence goes on."""
    return bool(traits["signs"] and traits["broken"]) and traits["alone"] == 1.0 and not traits["fragments"]
