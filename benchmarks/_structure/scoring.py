"""How much of the damage is undone, and what was lost or left on the way."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from .case import Case, Expected, Probe

__all__ = ["Outcome", "Tokens", "score"]

LINE, BLOCK = "\n", "\n\n"
BREAKS: Final = {LINE: "↵", BLOCK: "¶"}
"""How breaks are shown to people."""
RUN: Final = 3
"""Words in a row that count as moved."""
LIKE: Final = 60.0
"""Likeness (rapidfuzz ratio, per cent) from which a line that stayed is taken for a piece of litter."""


@dataclass(frozen=True)
class Tokens:
    r"""The words of a text and its breaks (line end, paragraph end), with their places.

    Spaces, and white space at the ends of the text, are no tokens; a form feed ends a paragraph.

    >>> Tokens.of("Sáng nay  trời\nmưa.\f\nBà con").texts
    ('Sáng', 'nay', 'trời', '\n', 'mưa.', '\n\n', 'Bà', 'con')
    """

    texts: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str, *, loose_breaks: bool = False) -> Tokens:
        """The tokens of a text; with ``loose_breaks`` every line end is taken for a paragraph's end."""
        found: list[tuple[str, int, int]] = []
        for match in re.finditer(r"\S+|\s+", text):
            piece = match.group()
            if piece.isspace():
                if "\n" not in piece and "\f" not in piece:
                    continue
                if match.start() == 0 or match.end() == len(text):
                    continue
                piece = BLOCK if loose_breaks or "\f" in piece or piece.count("\n") > 1 else LINE
            found.append((piece, *match.span()))
        texts, starts, ends = zip(*found, strict=True) if found else ((), (), ())
        return cls(texts, starts, ends)


@dataclass(frozen=True)
class Outcome:
    """What a system made of a case.

    Parameters: ``repaired``, for each item whether its damage is undone; ``harm``, in words, if something
    was lost, two words were joined wrongly or the text was changed elsewhere; ``lost``, characters of the
    right text that were in the damaged one and are gone; ``added``, characters that do not belong there
    and stayed; ``size``, characters of the right text.
    """

    kind: str
    variant: str
    repaired: tuple[bool, ...]
    harm: str
    lost: int
    added: int
    size: int

    @property
    def harmless(self) -> bool:
        """Whether nothing was made worse."""
        return not self.harm


@dataclass(frozen=True)
class _Difference:
    """The right tokens that are missing in a text, and the tokens that it has in addition."""

    deleted: list[int]
    """Numbers of right tokens."""
    inserted: list[tuple[int, list[str]]]
    """Before which right token, and what."""

    @classmethod
    def between(cls, right: Sequence[str], got: Sequence[str]) -> _Difference:
        deleted: list[int] = []
        inserted: list[tuple[int, list[str]]] = []
        for op in Indel.opcodes(right, got):
            if op.tag in ("delete", "replace"):
                deleted += range(op.src_start, op.src_end)
            if op.tag in ("insert", "replace"):
                # In a replacement the new tokens stand for the old ones, wherever among them.
                inserted.append((op.src_end, list(got[op.dest_start : op.dest_end])))
        return cls(deleted, inserted)

    def amounts(self, right: Sequence[str]) -> tuple[int, int]:
        """Characters lost and added; what only stands elsewhere is neither."""
        gone = [right[i] for i in self.deleted if not right[i].isspace()]
        new = [t for _, texts in self.inserted for t in texts if not t.isspace()]
        same = _moved(gone, new)
        return sum(map(len, gone)) - same, sum(map(len, new)) - same


def _moved(gone: Sequence[str], new: Sequence[str]) -> int:
    """Characters of the words that are missing in one place and stand in another.

    Common subsequences are taken away one after the other, since several passages may have changed
    their order; from the second one on, only runs of `RUN` words count.
    """
    gone, new = list(gone), list(new)
    total, least = 0, 1
    while gone and new:
        runs = [
            op for op in Indel.opcodes(gone, new) if op.tag == "equal" and op.src_end - op.src_start >= least
        ]
        if not runs:
            break
        for op in reversed(runs):
            total += sum(map(len, gone[op.src_start : op.src_end]))
            del gone[op.src_start : op.src_end]
            del new[op.dest_start : op.dest_end]
        least = RUN
    return total


def score(case: Case, cleaned: str) -> Outcome:
    """Compare what a system made of the damaged text with the right text that it comes nearest to."""
    got = Tokens.of(cleaned, loose_breaks=case.loose_breaks)
    damaged = Tokens.of(case.damaged, loose_breaks=case.loose_breaks)
    outcomes = [_score(case, right, got, damaged) for right in case.accepted]
    return max(outcomes, key=lambda o: (sum(o.repaired), o.harmless, -o.lost - o.added))


def _score(case: Case, expected: Expected, got: Tokens, damaged: Tokens) -> Outcome:
    right = Tokens.of(expected.text, loose_breaks=case.loose_breaks)
    difference = _Difference.between(right.texts, got.texts)
    before = _Difference.between(right.texts, damaged.texts)
    windows = [_window(probe, right) for probe in expected.probes]
    lost, added = difference.amounts(right.texts)
    lost = max(0, lost - before.amounts(right.texts)[0])
    deleted = difference.deleted
    places = [at for at, _ in difference.inserted]

    def kept(first: int, stop: int) -> bool:
        return bisect_left(deleted, first) == bisect_left(deleted, stop)

    count = len(right.texts)
    inner = [[_inner(first, stop, count) for first, stop in ranges] for ranges in windows]
    outside = _outside(difference, before, windows, count)
    litter = [piece for probe in expected.probes if probe.litter for piece in _pieces(probe.litter)]
    shifted = [line for texts in outside for line in _lines([texts]) if _like(line, litter)]
    strays = [texts for texts in outside if not any(line in shifted for line in _lines([texts]))]
    repaired = []
    for probe, ranges, joints in zip(expected.probes, windows, inner, strict=True):
        if not probe.counts:
            continue
        put_in = [
            texts
            for low, high in joints
            for _, texts in difference.inserted[bisect_left(places, low) : bisect_right(places, high)]
        ]
        good = all(kept(first, stop) for first, stop in ranges)
        if probe.litter is None:
            good = good and not put_in
        else:
            others = [p.litter for p in expected.probes if p.regions == probe.regions and p.litter]
            good = good and not _remains(probe.litter, others, put_in)
            # Litter that was only shifted to another place stays litter; each shifted piece spoils one item.
            moved = next((line for line in shifted if _like(line, _pieces(probe.litter))), None)
            if good and moved is not None:
                shifted.remove(moved)
                good = False
        repaired.append(good)
    spared = _covered(windows) | set(before.deleted)
    elsewhere = [i for i in difference.deleted if i not in spared]
    harm = _harm(
        lost,
        _new_joint(got, right, damaged),
        [*strays, *([[right.texts[i] for i in elsewhere]] if elsewhere else [])],
    )
    size = sum(len(t) for t in right.texts if not t.isspace())
    return Outcome(case.kind, case.variant, tuple(repaired), harm, lost, added, size)


def _harm(lost: int, joint: tuple[str, ...] | None, elsewhere: Sequence[Sequence[str]]) -> str:
    if lost:
        return f"{lost} characters lost"
    if joint:
        return f"joined: {' '.join(joint)}"
    if elsewhere:
        words = [BREAKS.get(word, word) for word in elsewhere[0]]
        return f"changed elsewhere: {' '.join(words[:12])}"
    return ""


def _window(probe: Probe, right: Tokens) -> list[tuple[int, int]]:
    """The tokens that a probe's regions and their context touch, as half-open ranges."""
    return [
        (bisect_left(right.ends, start - probe.context), bisect_right(right.starts, end + probe.context))
        for start, end in probe.regions
    ]


def _covered(windows: Sequence[Sequence[tuple[int, int]]]) -> set[int]:
    """The right tokens that lie in a window."""
    return {i for ranges in windows for first, stop in ranges for i in range(first, stop)}


def _outside(
    difference: _Difference, before: _Difference, windows: Sequence[Sequence[tuple[int, int]]], count: int
) -> list[list[str]]:
    """What stands where no damage was, and did not stand there before."""
    joints = bytearray(count + 1)
    for ranges in windows:
        for first, stop in ranges:
            low, high = _inner(first, stop, count)
            joints[low : high + 1] = b"\1" * (high + 1 - low)
    there = {(at, *texts) for at, texts in before.inserted}
    return [texts for at, texts in difference.inserted if not joints[at] and (at, *texts) not in there]


def _new_joint(got: Tokens, right: Tokens, damaged: Tokens) -> tuple[str, ...] | None:
    """Two words that stand side by side in one line and do so in neither other text.

    Spaces are set aside, since a glued word may be parted anywhere that reading errors put it.
    """
    known = {*pairwise(right.texts), *pairwise(damaged.texts)}
    texts = ("".join(right.texts), "".join(damaged.texts))
    for pair in pairwise(got.texts):
        if pair in known or pair[0].isspace() or pair[1].isspace():
            continue
        if not any("".join(pair) in text for text in texts):
            return pair
    return None


def _inner(first: int, stop: int, count: int) -> tuple[int, int]:
    """The least and the greatest place of an insertion inside a range of tokens."""
    return first if first == 0 else first + 1, stop if stop == count else stop - 1


def _remains(litter: str, others: Sequence[str], put_in: Sequence[Sequence[str]]) -> bool:
    """Whether a piece of litter, or a rest that is like no other piece there, is still in the text."""
    every = [piece for other in others for piece in _pieces(other)]
    return any(_like(line, _pieces(litter)) or not _like(line, every) for line in _lines(put_in))


def _like(line: str, pieces: Sequence[str]) -> bool:
    return any(fuzz.ratio(line, piece) >= LIKE for piece in pieces)


def _lines(runs: Sequence[Sequence[str]]) -> list[str]:
    """The lines that runs of tokens hold."""
    lines: list[str] = []
    for texts in runs:
        line: list[str] = []
        for text in (*texts, BLOCK):
            if not text.isspace():
                line.append(text)
            elif line:
                lines.append(" ".join(line))
                line = []
    return lines


def _pieces(litter: str) -> list[str]:
    lines = [" ".join(line.split()) for line in litter.splitlines()]
    return [*filter(None, lines), " ".join(litter.split())]
