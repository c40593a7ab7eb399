"""Syllables that were read in pieces (SPC003)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._spacing_language import UNKNOWN, scores, word_logp
from ocrfix.detectors._spacing_segment import MAX_SYLLABLE, good_part
from ocrfix.detectors._spacing_text import has_marks, in_address, word_after, word_before
from ocrfix.detectors.base import Context
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.vietnamese.letters import is_vietnamese_letter
from ocrfix.vietnamese.syllable import canonical, parse

if TYPE_CHECKING:
    from ocrfix.language_model import LanguageModel

__all__ = ["SplitSyllable"]

SPLIT_SYLLABLE: Final = Rule(
    "SPC003",
    "split-syllable",
    "One syllable written in pieces",
    Safety.SAFE,
    """What it finds
    Neighbouring pieces, at least one of which is no Vietnamese word, that make one syllable together; lines
    that are broken so throughout; headings set letter by letter.

Example
    before: ĐIỀ U KHO ẢN S Ử D Ụ NG / T H Ô N G B Á O / xã đã ho àn thà nh tiêu chí
    after:  ĐIỀU KHOẢN SỬ DỤNG / THÔNG BÁO / xã đã hoàn thành tiêu chí

Fix safety
    The line is cut anew into syllables so that the likeliest words come out. Safe where a piece is no
    syllable (or the line has several such pieces) and the language model finds the whole syllable clearly
    likelier in its place than the pieces. A capital letter before a word may be an initial or a label
    ("anh T an toàn", "điểm A ở") and is not safe there. Lists of letters, formulas, abbreviations, and
    pieces beside digits, hyphens and full stops are left alone.

Risk
    Foreign syllables and lone letters in running text that happen to make a Vietnamese word.
""",
)

_RUN: Final = re.compile(r"[^\W\d_]+")
_ATTACHED: Final = "-_./@&'’#\\+=*–"
_COMMON_BARE: Final = frozenset(
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
_MAX_PARTS: Final = 7
_REACH: Final = 8
"""Tokens looked at on each side of a doubtful one."""
_JOIN_COST: Final = 1.0
_SAFE_GAIN: Final = 5.0
_UNSAFE_GAIN: Final = 2.0
"""Nats that the whole must win over its pieces in its place."""
_SAFE_SCORE: Final = -9.5
_UNSAFE_SCORE: Final = -12.0
"""Least log-probability, in nats, of the whole and the word after it."""
_LONE_GAIN: Final = 10.0
"""The same where one of the pieces is a single letter."""
_RIVAL_MARGIN: Final = 3.0
_REAL_WORD: Final = -13.0
"""Log-probability, in nats, from which a syllable counts as a word in use."""
_MANY: Final = 2
"""Doubtful pieces above which a stretch counts as broken throughout."""
_SPACED_LETTERS: Final = 5


@dataclass(frozen=True, slots=True)
class _Piece:
    """A token of letters and its place."""

    text: str
    start: int
    end: int
    doubtful: bool


class SplitSyllable:
    """SPC003: a syllable in pieces."""

    rules = (SPLIT_SYLLABLE,)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """The pieces that belong together; the language model is asked only where pieces can be joined."""
        text = document.text
        doubtful = {run for run in set(_RUN.findall(text)) if _doubtful(run)}
        if not doubtful:
            return
        done = -1
        for match in _RUN.finditer(text):
            if match.start() < done or match.group() not in doubtful or not _near(text, match):
                continue
            window = _window(text, match, doubtful)
            if len(window) < 2:
                continue
            done = window[-1].end
            if _joinable(window):
                yield from _rejoin(text, window, context.language)


@lru_cache(maxsize=65536)
def _doubtful(run: str) -> bool:
    """Whether a token may be a piece: short, and no syllable or a rare one without an onset."""
    if len(run) >= MAX_SYLLABLE or not all(map(is_vietnamese_letter, run)):
        return False
    if len(run) > 1 and not (run.islower() or run.isupper() or run.istitle()):
        return False
    syllable = parse(run)
    if syllable is None:
        return not any(c in "fjwzFJWZ" for c in run)
    return not syllable.onset and canonical(run) not in _COMMON_BARE


def _near(text: str, match: re.Match[str]) -> bool:
    """Whether a neighbour is short enough, and of the letter case, to be of one syllable with the token."""
    run = match.group()
    place = match.end() + _gap(text, match.end(), 1)
    if place > match.end():
        right = word_after(text, place)
        if right and len(run) + len(right) <= MAX_SYLLABLE and _same_case([run, right]):
            return True
    place = match.start() - _gap(text, match.start(), -1)
    if place < match.start():
        left = word_before(text, place)
        return bool(left) and len(run) + len(left) <= MAX_SYLLABLE and _same_case([left, run])
    return False


def _window(text: str, match: re.Match[str], doubtful: set[str]) -> list[_Piece]:
    """The tokens around a doubtful one that stand in one line with nothing but blanks between them."""
    pieces = [_Piece(match.group(), match.start(), match.end(), doubtful=True)]
    if _attached(text, match.start(), match.end()):
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
        pieces.insert(0, _Piece(run, start, stop, run in doubtful))
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
        pieces.append(_Piece(run, begin, stop, run in doubtful))
        right = _REACH if run in doubtful and len(pieces) < 200 else right - 1
    return pieces


def _gap(text: str, place: int, step: int) -> int:
    """How many blanks (at most three) part the token that ends or starts at ``place`` from the next."""
    count = 0
    index = place if step > 0 else place - 1
    while 0 <= index < len(text) and text[index] in " \u00a0" and count < 4:
        count += 1
        index += step
    return count if count < 4 else 0


def _attached(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if before and (before.isalnum() or before in _ATTACHED):
        return True
    if after and (
        after.isalnum() or after in "-_/@&'’#\\+=*" or (not after.isprintable() and not after.isspace())
    ):
        return True
    # A full stop after a lone letter makes an initial of it.
    return (after == "." and end - start == 1) or in_address(text, start)


def _same_case(parts: list[str]) -> bool:
    """Whether the pieces' letter case fits one word."""
    return all(p.isupper() for p in parts) or all(p.islower() for p in parts[1:])


def _fits(window: list[_Piece], start: int, end: int) -> str | None:
    """The syllable that the pieces make together, if they make one."""
    parts = [p.text for p in window[start:end]]
    whole = "".join(parts)
    if len(whole) > MAX_SYLLABLE or not _same_case(parts) or len(whole) < 2 or not good_part(whole):
        return None
    return whole


def _joinable(window: list[_Piece]) -> bool:
    """Whether some doubtful piece makes a syllable with its neighbours."""
    for index, piece in enumerate(window):
        if not piece.doubtful:
            continue
        for start in range(max(0, index - _MAX_PARTS + 1), index + 1):
            for end in range(max(index + 1, start + 2), min(len(window), start + _MAX_PARTS) + 1):
                if sum(len(p.text) for p in window[start:end]) > MAX_SYLLABLE:
                    break
                if _fits(window, start, end):
                    return True
    return False


def _cut(window: list[_Piece], language: LanguageModel) -> list[tuple[int, int]]:
    """Group the pieces into words so that the sum of the words' log-probabilities is greatest."""
    best = [0.0]
    back = [0]
    for end in range(1, len(window) + 1):
        piece = window[end - 1].text
        single = word_logp(language, piece) if len(piece) > 1 or good_part(piece) else UNKNOWN
        score, origin = best[end - 1] + single, end - 1
        for start in range(end - 2, max(-1, end - _MAX_PARTS - 1), -1):
            if sum(len(p.text) for p in window[start:end]) > MAX_SYLLABLE:
                break
            whole = _fits(window, start, end)
            if whole is None:
                continue
            joined = best[start] + word_logp(language, whole) - _JOIN_COST
            if joined > score:
                score, origin = joined, start
        best.append(score)
        back.append(origin)
    groups = []
    end = len(window)
    while end:
        groups.append((back[end], end))
        end = back[end]
    return groups[::-1]


def _rejoin(text: str, window: list[_Piece], language: LanguageModel) -> Iterator[Finding]:
    """The groups of pieces that make one syllable, judged each in its place."""
    groups = _cut(window, language)
    words = ["".join(p.text for p in window[a:b]) for a, b in groups]
    many = sum(p.doubtful for p in window) > _MANY
    spaced = _letter_spaced(window, groups)
    for number, (start, end) in enumerate(groups):
        pieces = window[start:end]
        if len(pieces) < 2 or not (many or any(p.doubtful for p in pieces)):
            continue
        before, after = words[max(0, number - 3) : number], words[number + 1 : number + 2]
        gain, score = _gain(before, pieces, after, language)
        if gain < _UNSAFE_GAIN or score < _UNSAFE_SCORE:
            continue
        needed = _LONE_GAIN if any(len(p.text) == 1 for p in pieces) and not many else _SAFE_GAIN
        sure = spaced or (
            gain >= needed
            and score >= _SAFE_SCORE
            and not (_label(text, pieces, language) and not (many and _crumbled(window)))
            and not _rivals(words, window, groups, number, language)
        )
        read = text[pieces[0].start : pieces[-1].end]
        yield Finding(
            SPLIT_SYLLABLE,
            Span(pieces[0].start, pieces[-1].end),
            f'"{read}" is "{words[number]}"',
            tuple(Edit(Span(a.end, b.start), "") for a, b in pairwise(pieces)),
            0.97 if sure else 0.75,
            Safety.SAFE if sure else Safety.UNSAFE,
            {"gain": round(gain, 2), "score": round(score, 2), "pieces": len(pieces)},
        )


def _gain(
    before: list[str], pieces: list[_Piece], after: list[str], language: LanguageModel
) -> tuple[float, float]:
    """Nats that the whole wins over its pieces in its place, and its mean log-probability there."""
    parts = [p.text for p in pieces]
    whole = scores(language, [*before, "".join(parts), *after], len(before))
    apart = scores(language, [*before, *parts, *after], len(before))
    return sum(whole) - sum(apart), sum(whole) / len(whole)


def _rivals(
    words: list[str],
    window: list[_Piece],
    groups: list[tuple[int, int]],
    number: int,
    language: LanguageModel,
) -> bool:
    """Whether the first or last piece would fit its other neighbour nearly as well ("tiến g hét")."""
    start, end = groups[number]
    shifts = []
    if number and groups[number - 1] == (start - 1, start):
        shifts.append((number - 1, _fits(window, start - 1, start + 1), _rest(window, start + 1, end)))
    if number + 1 < len(groups) and groups[number + 1] == (end, end + 1):
        shifts.append((number, _rest(window, start, end - 1), _fits(window, end - 1, end + 1)))
    for place, left, right in shifts:
        if left is None or right is None:
            continue
        context, after = words[max(0, place - 3) : place], words[place + 2 : place + 3]
        chosen = sum(scores(language, [*context, *words[place : place + 2], *after], len(context)))
        other = sum(scores(language, [*context, left, right, *after], len(context)))
        if chosen - other < _RIVAL_MARGIN:
            return True
    return False


def _rest(window: list[_Piece], start: int, end: int) -> str | None:
    """The word that is left of a group when its first or last piece goes elsewhere."""
    return window[start].text if end - start == 1 else _fits(window, start, end)


def _letter_spaced(window: list[_Piece], groups: list[tuple[int, int]]) -> bool:
    """Whether the window is a heading set letter by letter."""
    return (
        len(window) >= _SPACED_LETTERS
        and all(len(p.text) == 1 for p in window)
        and all(end - start > 1 for start, end in groups)
        and any(has_marks(p.text) for p in window)
    )


def _crumbled(window: list[_Piece]) -> bool:
    """Whether at least half of the pieces are of three letters or fewer."""
    return sum(len(p.text) < 4 for p in window) * 2 >= len(window)


def _label(text: str, pieces: list[_Piece], language: LanguageModel) -> bool:
    """Whether the first or last piece may be a letter in its own right: an initial, a label, a unit."""
    first, last = pieces[0].text, pieces[-1].text
    if len(first) == 1 and first.isupper():
        if len(pieces) == 2 and pieces[1].doubtful:
            return False
        others = "".join(p.text for p in pieces[1:])
        return good_part(others) and word_logp(language, others) > _REAL_WORD
    if (
        len(first) == 1
        and text[max(0, pieces[0].start - 4) : pieces[0].start].rstrip(" \u00a0")[-1:].isdigit()
    ):
        return True
    return len(last) == 1 and last.isupper() and not first.isupper()
