"""Pieces that a syllable may have been read in, and which of them can be joined."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from ocrfix.detectors._spacing_segment import MAX_SYLLABLE, begins_syllable, good_part
from ocrfix.detectors._spacing_text import in_address, word_after, word_before
from ocrfix.detectors._tokens import COMMON_BARE
from ocrfix.vietnamese.letters import is_vietnamese_letter
from ocrfix.vietnamese.syllable import canonical, parse

__all__ = ["MAX_PARTS", "Piece", "fitting", "has_near", "joinable", "maybe_piece", "window_around"]

_ATTACHED: Final = "-_./@&'’#\\+=*–"
MAX_PARTS: Final = 7
"""Pieces that one syllable was read in at most."""
_REACH: Final = 8
"""Tokens looked at on each side of a doubtful one."""
_BLANK: Final = " \u00a0"


class Piece(NamedTuple):
    """A token of letters and its place; ``doubtful``: it is likely no word by itself, see `maybe_piece`."""

    text: str
    start: int
    end: int
    doubtful: bool


@lru_cache(maxsize=65536)
def maybe_piece(run: str) -> bool:
    """Whether a short token may be a piece: no syllable, or a rare one without an onset."""
    if not all(map(is_vietnamese_letter, run)):
        return False
    if len(run) > 1 and not (run.islower() or run.isupper() or run.istitle()):
        return False
    syllable = parse(run)
    if syllable is None:
        return not any(c in "fjwzFJWZ" for c in run)
    return not syllable.onset and canonical(run) not in COMMON_BARE


def has_near(text: str, start: int, run: str) -> bool:
    """Whether a neighbour is short enough, and of the letter case, to be of one syllable with a token.

    ``run`` is the token, ``start`` where it stands.

    >>> has_near("xã đã ho àn thành", 6, "ho"), has_near("xã đã ho, sốt", 6, "ho")
    (True, True)
    >>> has_near("xã, ho, sốt", 4, "ho")
    False
    """
    end = start + len(run)
    place = end + _gap(text, end, 1)
    if place > end:
        right = word_after(text, place)
        if right and len(run) + len(right) <= MAX_SYLLABLE and same_case([run, right]):
            return True
    place = start - _gap(text, start, -1)
    if place < start:
        left = word_before(text, place)
        return bool(left) and len(run) + len(left) <= MAX_SYLLABLE and same_case([left, run])
    return False


def window_around(text: str, start: int, run: str, doubtful: set[str]) -> list[Piece]:
    """The tokens around a doubtful one that stand in one line with nothing but blanks between them.

    Parameters: ``run``, the token, and ``start``, where it stands; ``doubtful``, all such tokens of the text.
    Eight tokens are taken on the left, and as many on the right of the last doubtful one.

    >>> [piece.text for piece in window_around("Ảnh: xã đã ho àn thành, tốt", 11, "ho", {"ho", "àn"})]
    ['xã', 'đã', 'ho', 'àn', 'thành']
    """
    pieces = [Piece(run, start, start + len(run), doubtful=True)]
    if _attached(text, start, start + len(run)):
        return pieces
    left = _REACH
    while left:
        end = pieces[0].start
        gap = _gap(text, end, -1)
        if not gap:
            break
        stop = start = end - gap
        while start and text[start - 1].isalpha() and stop - start < 2 * MAX_SYLLABLE:
            start -= 1
        run = text[start:stop]
        if not run or _attached(text, start, stop):
            break
        pieces.insert(0, Piece(run, start, stop, run in doubtful))
        left -= 1
    right = _REACH
    while right:
        start = pieces[-1].end
        gap = _gap(text, start, 1)
        if not gap:
            break
        begin = stop = start + gap
        while stop < len(text) and text[stop].isalpha() and stop - begin < 2 * MAX_SYLLABLE:
            stop += 1
        run = text[begin:stop]
        if not run or _attached(text, begin, stop):
            break
        pieces.append(Piece(run, begin, stop, run in doubtful))
        right = _REACH if run in doubtful and len(pieces) < 200 else right - 1
    return pieces


def _gap(text: str, place: int, step: int) -> int:
    """How many blanks (at most three) part the token that ends or starts at ``place`` from the next."""
    near = text[place : place + 4] if step > 0 else text[max(0, place - 4) : place]
    rest = near.lstrip(_BLANK) if step > 0 else near.rstrip(_BLANK)
    count = len(near) - len(rest)
    return count if count < 4 else 0


def _attached(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if (not before or before.isspace()) and (not after or after.isspace()):
        return False
    if before and (before.isalnum() or before in _ATTACHED):
        return True
    if after and (
        after.isalnum() or after in "-_/@&'’#\\+=*" or (not after.isprintable() and not after.isspace())
    ):
        return True
    # A full stop after a lone letter makes an initial of it.
    return (after == "." and end - start == 1) or in_address(text, start)


def same_case(parts: list[str]) -> bool:
    """Whether the pieces' letter case fits one word."""
    return all(p.isupper() for p in parts) or all(p.islower() for p in parts[1:])


def fitting(window: list[Piece], start: int, end: int) -> str | None:
    """The syllable that the pieces from ``start`` up to ``end`` of a window make, if they make one.

    >>> window = window_around("đã ho àn thành", 3, "ho", {"ho", "àn"})
    >>> fitting(window, 1, 3), fitting(window, 0, 2)
    ('hoàn', None)
    """
    parts = [p.text for p in window[start:end]]
    whole = "".join(parts)
    if len(whole) > MAX_SYLLABLE or not same_case(parts) or len(whole) < 2 or not good_part(whole):
        return None
    return whole


def joinable(window: list[Piece]) -> bool:
    """Whether some doubtful piece makes a syllable with its neighbours."""
    for start, first in enumerate(window):
        whole, doubtful = first.text, first.doubtful
        upper, lower = whole.isupper(), True
        for piece in window[start + 1 : start + MAX_PARTS]:
            part = piece.text
            whole += part
            upper, lower = upper and part.isupper(), lower and part.islower()
            if len(whole) > MAX_SYLLABLE or not (upper or lower) or not begins_syllable(whole):
                break
            doubtful = doubtful or piece.doubtful
            if doubtful and good_part(whole):
                return True
    return False
