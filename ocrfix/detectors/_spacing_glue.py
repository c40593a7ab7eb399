"""Words that were read as one (SPC001)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from ocrfix.detectors._spacing_language import scores, scores_of, word_logp
from ocrfix.detectors._spacing_segment import good_part, near_syllable, segmentations
from ocrfix.detectors._spacing_text import has_marks, in_address
from ocrfix.detectors._tokens import words_of
from ocrfix.detectors.base import Context
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.vietnamese.letters import is_vietnamese_letter
from ocrfix.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from ocrfix.language_model import LanguageModel

__all__ = ["GluedWords"]

GLUED_WORDS: Final = Rule(
    "SPC001",
    "glued-words",
    "Two or more words written as one",
    Safety.SAFE,
    """What it finds
    A run of letters that is no syllable and no known word, but can be cut into Vietnamese syllables; and a
    word stuck to a number.

Example
    before: NGUYỄN HỮU TRIỆUChủ nhật này, hệtình nguyện viên của xã đã thựchiện xong khoảng200 phiếu hỏi.
    after:  NGUYỄN HỮU TRIỆU Chủ nhật này, hệ tình nguyện viên của xã đã thực hiện xong khoảng 200 phiếu hỏi.

Fix safety
    Safe where the run has Vietnamese marks, the parts follow each other well (the language model scores
    them with the words before and after), no other cut is nearly as good, and the run is not a single
    syllable with one wrong letter. Names and foreign words (YouTube, sôcôla, TPHCM), addresses, file
    names, hashtags, codes, and runs that come back several times in the document are not safe or not
    touched; nor are 20kg, 80m², 5G.

Risk
    A borrowed word or a trade name that is spelt like Vietnamese syllables and that the vocabulary lacks.
""",
)

_WORD: Final = re.compile(r"[^\W\d_]+")
_BORROWED: Final = frozenset(
    [
        *(
            "nilông",
            "nylông",
            "vắcxin",
            "căngtin",
            "canô",
            "phốtpho",
            "phốtphat",
            "phốtphát",
            "catốt",
            "anốt",
        ),
        *(
            "côca",
            "côcain",
            "côcaine",
            "hêrôin",
            "sôcôla",
            "ôtô",
            "môtô",
            "đôla",
            "xíchlô",
            "bêtông",
            "ximăng",
        ),
        *(
            "càphê",
            "cáctông",
            "cactông",
            "kilômét",
            "kilôgam",
            "kilôgram",
            "xăngtimét",
            "milimét",
            "ôxy",
            "ôxi",
        ),
        *(
            "hyđrô",
            "hiđrô",
            "hidrô",
            "nitơ",
            "iốt",
            "brôm",
            "cácbon",
            "cácbonic",
            "ađrênalin",
            "côngxoócxiom",
        ),
        *("prôtêin", "pôlyme", "pôlime", "êtilen", "êtanol", "mêtan", "axít", "bazơ", "nơtron"),
        *("prôtôn", "êlectrôn", "rađa", "rađiô", "viđêô", "viôlông", "ghita", "ápphích", "panô"),
        *(
            "côngtenơ",
            "côngxon",
            "ápxe",
            "lôgarit",
            "lôgic",
            "lôgích",
            "ôliu",
            "ôsin",
            "ôpêra",
            "ôzôn",
            "ôxít",
        ),
        *("giăngxen", "mêtrô", "sơmi", "cavát", "caravát", "víttamin", "ôkê", "xìcăngđan", "scăngđan"),
        *(
            "apatít",
            "bôxít",
            "bauxít",
            "mácxít",
            "phátxít",
            "phátxit",
            "lêninnít",
            "xôviết",
            "đêxiben",
            "ămpe",
        ),
        *("giêsu", "giêhôva", "kitô", "phêrô", "phaolô", "giuse", "đôminicô", "phanxicô", "giacôbê"),
    ]
)
"""Borrowed words that are written both as one and syllable by syllable; as one they are no error."""
_MIN_RUN: Final = 4
_MAX_RUN: Final = 400
"""Letters of the shortest and longest runs that are looked at."""
_LONG_RUN: Final = 7
_REPEATED: Final = 3
"""Times a run comes in a document from which it counts as a word of its own."""
_SAFE_SCORE: Final = -6.0
_UNSAFE_SCORE: Final = -8.5
"""Mean log-probability of the parts and the next word, in nats, for safe and unsafe cuts."""
_MARGIN: Final = 2.0
"""Nats by which the best cut must beat the next for a safe one."""
_BEFORE_NUMBER: Final = frozenset(
    [
        *(
            "năm",
            "tháng",
            "ngày",
            "khoảng",
            "hơn",
            "gần",
            "khoản",
            "điều",
            "lớp",
            "quý",
            "thứ",
            "đường",
            "phòng",
        ),
        *(
            "từ",
            "đến",
            "lúc",
            "trên",
            "dưới",
            "mức",
            "tổ",
            "số",
            "đạt",
            "tăng",
            "giảm",
            "chiếm",
            "khóa",
            "khoá",
        ),
    ]
)
_COMMON_WORD: Final = -10.5
"""Log-probability, in nats, of the rarest word at a sentence start that is parted from a number before it."""
_STUCK: Final = re.compile(r"\d(?:(?=[^\W\d_])|(?<=[^\W\d_]\d))")
"""A digit beside a letter."""
_NUMBER: Final = re.compile(r"(\d[\d./-]*)(?![^\W\d_])")
_AFTER_NUMBER: Final = re.compile(r"[^\W\d_]{2,7}(?![\w./@-])")
_LONGEST: Final = 7
"""Letters of the longest word that is parted from a number."""


class GluedWords:
    """SPC001: words written as one."""

    rules = (GLUED_WORDS,)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """The runs of letters that can be cut; the language model is asked only where there is one."""
        text = document.text
        yield from _numbers(text, context)
        words = words_of(text)
        doubtful = {run for run in words.doubtful if _doubtful(run)}
        if not doubtful:
            return
        for start, run in words.places:
            if run not in doubtful or _attached(text, start, start + len(run)):
                continue
            language = context.language
            if language.known(run):
                doubtful.discard(run)
                continue
            ways = _ways(run, language)
            if not ways:
                doubtful.discard(run)
                continue
            finding = _judge(text, (start, run), ways, words.doubtful[run], language)
            if finding is not None:
                yield finding


def _doubtful(run: str) -> bool:
    """Whether the run might be several words: no syllable, with Vietnamese marks and letters alone."""
    if not _MIN_RUN <= len(run) <= _MAX_RUN or run.isascii() or is_syllable(run) or not has_marks(run):
        return False
    if run.lower() in _BORROWED:
        return False
    return all(map(is_vietnamese_letter, run))


def _attached(text: str, start: int, end: int) -> bool:
    """Whether the run is part of a larger whole: a code, an address, a word with a hyphen."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before and (before in "-_@#/\\&'’" or before.isdigit()):
        return True
    if after and (after in "-_@/\\&'’" or after.isdigit() or unicodedata.category(after) == "Mn"):
        return True
    return in_address(text, start)


def _ways(run: str, language: LanguageModel) -> list[tuple[str, ...]]:
    """The ways to cut a run, a small letter before a capital always being a cut."""
    logp = partial(word_logp, language)
    seams = [i for i in range(1, len(run)) if run[i - 1].islower() and run[i].isupper()]
    pieces = [run[a:b] for a, b in pairwise((0, *seams, len(run)))]
    if len(pieces) == 1:
        return segmentations(run, logp)
    ways: list[tuple[str, ...]] = [()]
    for piece in pieces:
        if good_part(piece) or (len(piece) > 2 and language.known(piece)):
            found: list[tuple[str, ...]] = [(piece,)]
        else:
            found = segmentations(piece, logp, 2)
        ways = [way + parts for way in ways for parts in found][:4]
    return ways


def _judge(
    text: str,
    place: tuple[int, str],
    ways: list[tuple[str, ...]],
    count: int,
    language: LanguageModel,
) -> Finding | None:
    """The best cut of the run at a place (its start and letters), if it is good enough."""
    start, run = place
    before = _WORD.findall(text[max(0, start - 30) : start].rpartition("\n")[2])[-3:]
    if start > 30 and text[start - 31].isalpha() and len(before) < 3:
        before = before[1:]
    after = _WORD.findall(text[start + len(run) : start + len(run) + 24].partition("\n")[0])[:1]
    skip = len(before)
    asked = scores_of(language, [([*before, *parts, *after], skip) for parts in ways])
    scored = [(sum(found), sum(found) / len(found), parts) for found, parts in zip(asked, ways, strict=True)]
    scored.sort(key=lambda item: (-item[0], item[2]))
    total, mean, parts = scored[0]
    margin = total - scored[1][0] if len(scored) > 1 else float("inf")
    needed = _needed(run, parts)
    if mean < min(_UNSAFE_SCORE, needed):
        return None
    sure = margin >= _MARGIN and count < _REPEATED and mean >= needed and not near_syllable(run)
    seams = [start + at for at in accumulate(map(len, parts[:-1]))]
    edits = [Edit(Span(seam, seam), " ") for seam in seams]
    return Finding(
        GLUED_WORDS,
        Span(start, start + len(run)),
        f'"{run}" is "{" ".join(parts)}"',
        tuple(edits),
        0.97 if sure else 0.75,
        Safety.SAFE if sure else Safety.UNSAFE,
        {"score": round(mean, 2), "margin": round(min(margin, 99.0), 2), "times": count},
    )


def _needed(run: str, parts: tuple[str, ...]) -> float:
    """The mean log-probability, in nats, from which a cut is sure."""
    if not run.isupper() and any(part[0].isupper() for part in parts[1:]):
        title = all(part.istitle() for part in parts)  # "TiềnPhong" may be a trade name
        return _SAFE_SCORE if title else _SAFE_SCORE - 3.0
    if run[0].isupper() and not run.isupper():
        return _SAFE_SCORE + 1.0 if all(len(part) > 1 for part in parts) else 0.0
    # Borrowed words are short or have a lone vowel; a long run of longer parts is hardly one.
    return _SAFE_SCORE - 1.2 if len(run) >= _LONG_RUN and min(map(len, parts)) > 1 else _SAFE_SCORE


def _numbers(text: str, context: Context) -> Iterator[Finding]:
    """Words stuck to numbers."""
    places = [match.start() for match in _STUCK.finditer(text)]
    for place in places:
        number = _NUMBER.match(text, place)
        start = _word_start(text, place)
        if number is None or not 2 <= place - start <= _LONGEST or _inside_code(text, start):
            continue
        word, digits = text[start:place], number.group()
        year = len(digits.rstrip(".")) == 4 and digits.startswith(("19", "20"))
        good = has_marks(word) and good_part(word) and (word.islower() or word.istitle())
        if good and (word.lower() in _BEFORE_NUMBER or year) and not in_address(text, start):
            yield _number(text, start, place, number.end(), sure=True)
    for place in places:
        following = _AFTER_NUMBER.match(text, place + 1)
        if following is None:
            continue
        word, end = following.group(), following.end()
        if not (word.islower() and has_marks(word) and good_part(word)):
            continue
        first = _number_start(text, place)
        if first is None or in_address(text, first):
            continue
        figure = text[first : place + 1]
        after = _WORD.findall(text[end : end + 24].partition("\n")[0])[:1]
        found = scores(context.language, [word, *after])
        if found[0] >= _COMMON_WORD:
            # A lone 0 or 1 may be a letter of the word that was misread: "1uật" is "luật".
            sure = figure not in ("0", "1") and sum(found) / len(found) >= _SAFE_SCORE - 3.0
            yield _number(text, first, place + 1, end, sure=sure)


def _inside_code(text: str, start: int) -> bool:
    """Whether what starts here goes on from something that stands before it without a blank."""
    before = text[start - 1 : start]
    return bool(before) and (before.isalnum() or before in "_./@#-")


def _word_start(text: str, end: int) -> int:
    """Where the run of letters that ends at ``end`` starts; no further back than a word is long."""
    start, least = end, max(0, end - _LONGEST - 1)
    while start > least and text[start - 1].isalnum() and not text[start - 1].isdecimal():
        start -= 1
    return start


def _number_start(text: str, last: int) -> int | None:
    """Where the longest number starts that ends with the digit at ``last``; None inside a code."""
    found: int | None = None
    start = last
    while start >= 0 and (text[start].isdecimal() or text[start] in ".,"):
        if text[start].isdecimal() and not _inside_code(text, start):
            found = start
        start -= 1
    return found


def _number(text: str, start: int, seam: int, end: int, *, sure: bool) -> Finding:
    return Finding(
        GLUED_WORDS,
        Span(start, end),
        f'"{text[start:end]}" is "{text[start:seam]} {text[seam:end]}"',
        (Edit(Span(seam, seam), " "),),
        0.97 if sure else 0.7,
        Safety.SAFE if sure else Safety.UNSAFE,
    )
