"""What speaks for a line's being litter: its words and its form, where it stands, and the lines beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import pairwise
from math import log1p
from typing import Final

import numpy as np

from ocrfix._network import F64
from ocrfix.detectors._noise_concepts import english_talk
from ocrfix.detectors._noise_lines import ENDINGS, Line, Sheet, wrapped
from ocrfix.detectors._noise_talk import strangeness, talk_weight
from ocrfix.detectors._noise_weights import LineWeight, Weigher

__all__ = ["AGAIN", "LONGEST", "TRAITS", "LineTraits"]

LONGEST: Final = 140
"""Characters of the longest line that can be litter by these traits."""
_PROSE: Final = 50  # characters of a line of running text
_NONE: Final = -4.0  # what a line weighs that has no chance
_BOUND: Final = 6.0  # what a line weighs at most
_COMPANY: Final = 8
"""Lines to each side that count as company, at most."""
_AROUND: Final = 20
"""Lines around one in which its pairs of words are looked for."""
_NEAR: Final = 3
"""Lines from one that is likely up to which others may be litter by their company alone."""
_STOPS: Final = ".!?…;"
_FAR: Final = 8  # lines to the ends of a text or of its running text, beyond which there is no difference
_TIER_WEIGHTS: Final = {
    "sure": 4.0, "built": 3.0, "near": 2.0, "solo": 2.2, "pointer": 2.2, "link": 1.0, "keys": 1.0,
    "weak": 1.0, "section": 0.0,
}  # fmt: skip
"""What lines of the tiers weigh at least for the lines beside them."""
_TIERS: Final = tuple(_TIER_WEIGHTS)
_CONTACT: Final = re.compile(
    r"(?:hotline|website|web|e-?mail|fanpage|facebook|zalo|đt|tel|điện thoại|fax|địa chỉ|trụ sở|liên hệ|mst)"
    r"\b.{0,30}[:\d@/]",
    re.IGNORECASE,
)
_NAME: Final = re.compile(
    r"(?-i:[A-ZĐÀ-Ỹ])[^\W\d_]+(?: (?-i:[A-ZĐÀ-Ỹ])[^\W\d_]*){1,4}(?: ?[-–,] ?(?-i:[A-ZĐÀ-Ỹ]).{1,30})?"
)
_INVITES: Final = re.compile(r"(?:(?:kính|xin) )?mời\b|đón xem|thông tin chi tiết\b", re.IGNORECASE)
_PLAIN: Final = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")
_WORDS: Final = re.compile(r"[^\W\d_]+")
_OF_PAGES: Final = frozenset(("defect", "reading", "model", "self", "you", "given"))

_OF_WORDS: Final = (
    "chrome", "remark", "form", "told", "first words", "last words", "strange", "of pages", "english",
)  # fmt: skip
_OF_FORM: Final = (
    "length", "words", "stop", "colon", "comma", "small", "number first", "sign first", "upper", "ascii",
    "number", "quotation", "contact", "name", "invites", "plain", "capitals", *_TIERS,
)  # fmt: skip
_OF_PLACE: Final = (
    "before", "after", "from start", "from end", "to text", "from text", "alone", "block", "shared", "same",
)  # fmt: skip
_OF_COMPANY: Final = (
    "last", "last length", "second last", "second last length", "next", "next length", "second next",
    "second next length", "company before", "lines before", "starts", "company after", "lines after", "ends",
)  # fmt: skip
_OF_TEXT: Final = ("lines", "prose", "ended", "short", "likely", "likely for prose")
TRAITS: Final = (*_OF_WORDS, *_OF_FORM, *_OF_PLACE, *_OF_COMPANY, *_OF_TEXT)
"""Names of the columns of `LineTraits.rows`."""
_SAID: Final = ("last said", "second last said", "run before", "next said", "second next said", "run after")
AGAIN: Final = (*TRAITS, *_SAID)
"""The same with what was said of the lines beside it."""


class LineTraits:
    r"""The lines of a text that may be litter, and what speaks for each.

    Parameters: ``sheet`` of the text; ``tiers`` of its lines, as of the phrase list, by number; ``gone``,
    lines that go anyway and part nothing; ``weigher`` of lines.

    >>> from ocrfix.detectors._noise_weights import weigher
    >>> from ocrfix.document import Document
    >>> text = "Bà con xã Tân Lập đã gặt xong lúa mùa trước bão số 5.\n\nChia sẻ bài viết\n\nGửi bình luận"
    >>> traits = LineTraits(Sheet(Document(text)), {}, frozenset(), weigher())
    >>> traits.places, traits.rows().shape == (2, len(TRAITS))
    ([1, 2], True)
    """

    def __init__(
        self, sheet: Sheet, tiers: Mapping[int, str], gone: Container[int], weigher: Weigher
    ) -> None:
        self._sheet = sheet
        self._tiers = tiers
        numbers = [i for i in range(len(sheet.lines)) if i not in gone]
        self._lines: list[Line] = [sheet.lines[i] for i in numbers]
        self._numbers = numbers
        self._weights: dict[int, LineWeight] = {}
        """By place among the lines that do not go."""
        for place, line in enumerate(self._lines):
            if (
                1 < len(line.text) <= LONGEST
                and (found := weigher.weigh(line.text))
                and any(map(str.isalpha, line.text))
            ):
                self._weights[place] = found
        sure = [
            place
            for place, number in enumerate(numbers)
            if number in tiers or (place in self._weights and self._weights[place].most >= 0)
        ]
        near = {place + step for place in sure for step in range(-_NEAR, _NEAR + 1)}
        self._own = [
            place
            for place, number in enumerate(numbers)
            if (
                place in self._weights
                or number in tiers
                or (place in near and self._lines[place].text[-1] not in _STOPS)
            )
            and 1 < len(self._lines[place].text) <= LONGEST
            and not wrapped(sheet, number)
        ]
        self.places: list[int] = [numbers[place] for place in self._own]
        """The numbers of the lines that may be litter."""
        self._place = dict(zip(self.places, self._own, strict=True))

    def weight(self, number: int) -> LineWeight | None:
        """What one of these lines weighs; None for nothing."""
        return self._weights.get(self._place[number])

    def rows(self) -> F64:
        """The traits, a row for each of ``places`` and a column for each of `TRAITS`."""
        if not self._own:
            return np.empty((0, len(TRAITS)))
        lines = self._lines
        weights = [self._company_weight(place) for place in range(len(lines))]
        prose = [len(line.text) >= _PROSE and w < 0 for line, w in zip(lines, weights, strict=True)]
        text = [place for place, is_prose in enumerate(prose) if is_prose]
        if not text:
            text = [place for place, line in enumerate(lines) if len(line.text) >= _PROSE] or [0]
        whole = self._of_text(text, weights)
        folded = [line.text.casefold() for line in lines]
        times = Counter(folded)
        return np.array(
            [
                [
                    *self._of_line(place),
                    *self._of_place(place, text[0], text[-1]),
                    self._shared(place, folded, weights),
                    min(times[folded[place]] - 1, 3),
                    *self._of_company(place, weights, prose),
                    *whole,
                ]
                for place in self._own
            ],
            dtype=np.float64,
        )

    def again(self, rows: F64, chances: Sequence[float]) -> F64:
        """The rows with what was said of the lines beside each, a column for each of `AGAIN`."""
        said = dict(zip(self._own, chances, strict=True))
        beside = []
        for place in self._own:
            row: list[float] = []
            for step in (-1, 1):
                run = 0
                while run < _COMPANY and said.get(place + step * (run + 1), 0.0) > 0.5:
                    run += 1
                row += [said.get(place + step, 0.0), said.get(place + 2 * step, 0.0), run]
            beside.append(row)
        return np.hstack((rows, np.array(beside).reshape(len(rows), len(_SAID))))

    def _company_weight(self, place: int) -> float:
        """What a line weighs for the lines beside it."""
        own = self._weights.get(place)
        weight = _NONE if own is None else min(max(own.most, _NONE), _BOUND)
        tier = self._tiers.get(self._numbers[place])
        return weight if tier is None else max(weight, _TIER_WEIGHTS[tier])

    def _of_text(self, text: Sequence[int], weights: Sequence[float]) -> list[float]:
        likely = sum(w > 0 for w in weights)
        return [
            log1p(len(weights)),
            log1p(len(text)),
            sum(self._lines[place].text[-1] in ENDINGS for place in text) / len(text),
            sum(len(line.text) < _PROSE for line in self._lines) / len(weights),
            min(likely, 15),
            likely / len(text),
        ]

    def _of_line(self, place: int) -> list[float]:
        text = self._lines[place].text
        weight = self._weights.get(place)
        tier = self._tiers.get(self._numbers[place])
        words = _WORDS.findall(text)
        rest = words[1:]
        return [
            *_of_weight(weight, text),
            log1p(len(text)),
            len(words),
            text[-1] in ".!?…",
            text[-1] == ":",
            text[-1] == ",",
            text[0].islower(),
            text[0].isdigit(),
            not text[0].isalnum(),
            text.isupper(),
            text.isascii(),
            any(map(str.isdigit, text)),
            '"' in text or "“" in text,
            _CONTACT.match(text) is not None,
            _NAME.fullmatch(text) is not None,
            _INVITES.match(text) is not None,
            _PLAIN.fullmatch(text.rstrip(" *:.")) is not None,
            sum(w[0].isupper() for w in rest) / max(1, len(rest)),
            *(tier == name for name in _TIERS),
        ]

    def _of_place(self, place: int, first: int, last: int) -> list[float]:
        block = len(self._sheet.ranges[self._lines[place].block])
        return [
            place < first,
            place > last,
            min(place, _FAR),
            min(len(self._lines) - 1 - place, _FAR),
            min(max(0, first - place), _FAR),
            min(max(0, place - last), _FAR),
            block == 1,
            min(block, _FAR),
        ]

    def _shared(self, place: int, folded: Sequence[str], weights: Sequence[float]) -> float:
        """The share of a line's pairs of words that stand in the running text around it, too."""
        pairs = {f"{a} {b}" for a, b in pairwise(_WORDS.findall(folded[place]))}
        if not pairs:
            return 0.0
        near = range(max(0, place - _AROUND), min(len(folded), place + _AROUND + 1))
        text = "\n".join(folded[i] for i in near if weights[i] < 0 and i != place)
        return sum(pair in text for pair in pairs) / len(pairs)

    def _of_company(self, place: int, weights: Sequence[float], prose: Sequence[bool]) -> list[float]:
        beside: list[float] = []
        runs: list[float] = []
        last = len(weights) - 1
        for step in (-1, 1):
            for other in (place + step, place + 2 * step):
                inside = 0 <= other <= last
                beside += [weights[other] if inside else -_BOUND]
                beside += [log1p(len(self._lines[other].text)) if inside else 0.0]
            other, total, count = place + step, 0.0, 0
            while 0 <= other <= last and count < _COMPANY and not prose[other]:
                total += min(weights[other], -_NONE)
                count += 1
                other += step
            runs += [total / (count + 1), count, not 0 <= other <= last]
        return beside + runs


def _of_weight(weight: LineWeight | None, text: str) -> Iterable[float]:
    if weight is None:
        return (_NONE, _NONE, _NONE, False, _NONE, _NONE, 1.0, False, 0)
    talk = strange = spoken = 0.0
    if weight.remark > _NONE / 2:
        strange = strangeness(text)
        spoken = not talk_weight(text.casefold())[1].isdisjoint(_OF_PAGES)
        if text.isascii() and (english := english_talk(text, note=True)):
            talk = min(english.reading + english.things, 3)
    return (
        min(max(weight.chrome, -_BOUND), _BOUND + 2),
        min(max(weight.remark, -_BOUND), _BOUND + 2),
        min(max(weight.form, -_BOUND), _BOUND),
        weight.told,
        min(max(weight.begin, -_BOUND), _BOUND),
        min(max(weight.end, -_BOUND), _BOUND),
        strange,
        spoken,
        talk,
    )
