"""The words of a text, cut once for all detectors that look at words one by one."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

from ocrfix.detectors._spacing_segment import MAX_SYLLABLE
from ocrfix.language_model.tokens import piece_starts
from ocrfix.vietnamese.syllable import canonical, parse

__all__ = ["COMMON_BARE", "Words", "words_of"]

COMMON_BARE: Final = frozenset(
    """
    a à á ạ ác ách ai ái am ám an án ang áng anh ánh ảnh ao ào áo ảo ăn ắc ẩm ấm ầm âm ân ấn ẩn ấp ập ất
    âu ấu ẩu ấy ẻo em én eo éo èo ép ẹp ê ế ếch êm ếm ên ì ỉ í ích im in ít iu ỉu o ó ò oa oà oai oái
    oải oan oán oang oanh oát oằn oi ói om ỏm on ong óng ỏng op ọp ót ô ố ồ ổ ốc ôi ối ổi ôm ốm ôn ồn ổn
    ông ống ơ ờ ở ơi ơn ớn ớt ới u ú ù ủ ua ùa úa uân uất uẩn úc uể uế ui ủi um úm ùm un ùn ủn ung ùng
    úng ủng uốn uống uổng úp ụp út ụt uy úy uỷ uỳ uyên uyển uyến ư ừ ứ ự ưa ứa ức ực ưng ứng ửng ước ươm
    ướm ương ướp ướt ưỡn ưu y ỷ ý yếm yểm yên yến yết yếu yêu
    """.split()  # noqa: SIM905
)
"""Syllables without an onset that are common words; other syllables without one look like pieces."""
_RUN: Final = re.compile(r"[^\W\d_]+")
_LONG_PIECE: Final = 64
"""Characters of a piece between blanks that is not worth remembering."""


class Words(NamedTuple):
    """The runs of letters of a text of which something may be wrong by themselves.

    ``total`` counts all runs of letters. ``doubtful`` counts, by run, those that are not plain syllables:
    no syllable, a rare one without an onset, or in odd letter case. ``places`` has the start (an offset in
    characters) of each of these, and the run, in the order of the text.
    """

    total: int
    doubtful: dict[str, int]
    places: tuple[tuple[int, str], ...]


@lru_cache(maxsize=65536)
def _plain(word: str) -> bool:
    """Whether a word is a syllable in one kind of letter case that is no piece of another."""
    if not (word.islower() or word[1:].islower() or word.isupper()):
        return False
    syllable = parse(word)
    return syllable is not None and (bool(syllable.onset) or canonical(word) in COMMON_BARE)


# The detectors of a stage, and often those of the next, are given the same text.
@lru_cache(maxsize=2)
def words_of(text: str) -> Words:
    """Cut a text into runs of letters, and keep those that are not plain syllables.

    >>> words_of("Bà con đã thựchiện xong.")
    Words(total=5, doubtful={'thựchiện': 1}, places=((10, 'thựchiện'),))
    """
    pieces = text.split()
    long = max(map(len, pieces), default=0) > _LONG_PIECE
    found = list(map(_runs if long else _cut_once, pieces))
    total = sum(map(itemgetter(0), found))
    if not any(map(itemgetter(1), found)):
        return Words(total, {}, ())
    places = tuple(
        (start + at, word)
        for start, (_, odd) in zip(piece_starts(text).tolist(), found, strict=True)
        if odd
        for at, word in odd
    )
    return Words(total, dict(Counter([word for _, word in places])), places)


def _runs(piece: str) -> tuple[int, tuple[tuple[int, str], ...]]:
    """How many runs of letters a piece of text without blanks has; start and text of the doubtful ones."""
    return _cut(piece) if len(piece) > _LONG_PIECE else _cut_once(piece)


def _cut(piece: str) -> tuple[int, tuple[tuple[int, str], ...]]:
    matches = list(_RUN.finditer(piece))
    odd = tuple(
        (m.start(), m.group()) for m in matches if m.end() - m.start() > MAX_SYLLABLE or not _plain(m.group())
    )
    return len(matches), odd


_cut_once = lru_cache(maxsize=32768)(_cut)
"""Most pieces come again."""
