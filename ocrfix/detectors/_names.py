"""Names that one document spells in two ways (WRD006)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from ocrfix.detectors.base import Context
from ocrfix.document import Document
from ocrfix.model import Finding, Rule, Safety, Span
from ocrfix.vietnamese.letters import strip_marks
from ocrfix.vietnamese.syllable import canonical, is_syllable

__all__ = ["NameSpeltTwoWays"]

NAME_SPELT_TWO_WAYS: Final = Rule(
    "WRD006",
    "name-spelt-two-ways",
    "A name that the document spells in two ways",
    Safety.DISPLAY,
    """What it finds
    A personal name of three or four syllables that comes rarely, beside one that comes at least twice as
    often and differs from it in the marks or one letter of one syllable.

Example
    before: Bà Nguyễn Thị Chiên cho biết ... bà Nguyễn Thị Chiên ... bà Nguyễn Thị Chiến nói thêm
    after:  (only shown: "Nguyễn Thị Chiến" once, "Nguyễn Thị Chiên" twice)

Fix safety
    Never applied: two people may have names as alike as Nguyễn Thị Lan and Nguyễn Thị Lân.

Risk
    Relatives and namesakes in one text.
""",
)

_SURNAMES: Final = frozenset(
    """
    nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly doan dinh lam mai trinh dao
    cao luong luu chau ta phung to quach tang thai ha la kieu trieu nghiem vuong tong truong chu dam doi
    giang han hua khuc lai lo lu mac nong phi quan than thach tieu tu ton cu au bach ninh
    """.split()  # noqa: SIM905
)
"""Common Vietnamese family names, without marks."""
_TITLES: Final = frozenset(["ông", "bà", "anh", "chị", "em", "cô", "chú", "bác", "cụ", "dì", "cậu", "thầy"])
_TITLED: Final = re.compile(r"[^\W\d_a-z]\w{1,6}(?: [^\W\d_a-z]\w{1,6}){2,9}")
_SMALL: Final = "a-zà-öø-ÿăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
_THREE: Final = re.compile(rf" [^\W\d_{_SMALL}]\w{{1,6}} [^\W\d_{_SMALL}]\w")
"""The second and third of three words in capitals, as every name has them."""
_MOST_PLACES: Final = 20


class NameSpeltTwoWays:
    """WRD006: one name, two spellings."""

    rules = (NAME_SPELT_TWO_WAYS,)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:  # noqa: ARG002
        """The rarer spellings of names that the document also spells in another way."""
        text = document.text
        if _THREE.search(text) is None:
            return
        places: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
        for match in _TITLED.finditer(text):
            if _THREE.search(" " + match.group()) is None:
                continue
            for name, start, end in _names(match.group(), match.start()):
                places[name].append((start, end))
        if len(places) < 2:
            return
        alike: dict[tuple[object, ...], list[tuple[str, ...]]] = defaultdict(list)
        for name in places:
            for key in _keys(name):
                alike[key].append(name)
        for rare, often in _pairs(places, alike):
            start, end = places[rare][0]
            other = text[slice(*places[often][0])]
            yield Finding(
                NAME_SPELT_TWO_WAYS,
                Span(start, end),
                f'"{text[start:end]}" {len(places[rare])}×, "{other}" {len(places[often])}×',
                (),
                0.5,
                Safety.DISPLAY,
                {
                    "spelling": text[start:end],
                    "count": len(places[rare]),
                    "places": [p for p, _ in places[rare][:_MOST_PLACES]],
                    "other_spelling": other,
                    "other_count": len(places[often]),
                    "other_places": [p for p, _ in places[often][:_MOST_PLACES]],
                },
            )


def _names(run: str, offset: int) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """The name in a run of capitalised words: from the first family name on, three or four syllables."""
    words = run.split(" ")
    start = offset
    for index, word in enumerate(words):
        rest = words[index : index + 4]
        if len(rest) < 3:
            return
        if (
            word.lower() not in _TITLES
            and strip_marks(word).lower() in _SURNAMES
            and all(w.istitle() and is_syllable(w) for w in rest)
        ):
            name = tuple(map(canonical, rest))
            yield name, start, start + len(" ".join(rest))
            return
        start += len(word) + 1


@lru_cache(maxsize=65536)
def _shapes(syllable: str) -> tuple[str, ...]:
    """The syllable without marks, whole and with each letter left out: alike syllables share one."""
    bare = strip_marks(syllable)
    return (bare, *(bare[:i] + "·" + bare[i + 1 :] for i in range(len(bare))))


def _keys(name: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    for index, syllable in enumerate(name):
        for shape in _shapes(syllable):
            yield (index, *name[:index], shape, *name[index + 1 :])


def _pairs(
    places: dict[tuple[str, ...], list[tuple[int, int]]],
    alike: dict[tuple[object, ...], list[tuple[str, ...]]],
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Rare names with the most frequent alike one."""
    best: dict[tuple[str, ...], tuple[str, ...]] = {}
    for names in alike.values():
        if len(names) < 2:
            continue
        often = max(names, key=lambda n: (len(places[n]), n))
        for rare in names:
            if rare == often or len(places[often]) < 2 * len(places[rare]):
                continue
            if rare not in best or len(places[best[rare]]) < len(places[often]):
                best[rare] = often
    return sorted(best.items(), key=lambda pair: places[pair[0]][0])
