"""Abbreviations against their definitions (WRD005) and names spelt in two ways (WRD006)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from ocrfix.detectors._names import NameSpeltTwoWays
from ocrfix.detectors.base import Context, Detector
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.vietnamese.letters import letter, set_tone, strip_marks
from ocrfix.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from ocrfix.language_model import LanguageModel

__all__ = ["ABBREVIATIONS", "ContradictedAbbreviation"]

CONTRADICTED_ABBREVIATION: Final = Rule(
    "WRD005",
    "contradicted-abbreviation",
    "An abbreviation that contradicts its own definition",
    Safety.SAFE,
    """What it finds
    An abbreviation defined in the document ("full form (ABC)", "full form (viết tắt là ABC)",
    "ABC (full form)", "full form - ABC") that has as many letters as the full form has syllables and
    differs from their initials in a lost or wrong mark or a look-alike digit alone; there and wherever the
    document uses it. And, beside a definition that agrees (NLĐ), the same letters with D for Đ (NLD), where
    they have no definition of their own and the document has the right form more often.

Example
    before: Quyền lợi của người lao động (NLD) được bảo đảm; NLD được khám sức khoẻ.
    after:  Quyền lợi của người lao động (NLĐ) được bảo đảm; NLĐ được khám sức khoẻ.

Fix safety
    Safe where the full form is a common noun in small letters, or the right form stands elsewhere in the
    document, or the language model knows the right form as the usual one; unsafe else, since trade names
    and stock symbols drop marks on purpose (Đạm Phú Mỹ: DPM). Left alone: abbreviations that skip words
    (LHPN), that fit the full form in another way, foreign ones (WHO), those with a second definition, and
    letters inside codes and addresses.

Risk
    An author who writes all abbreviations without marks.
""",
)

_ABBREVIATION: Final = r"[A-ZÀ-ỸĐƠƯ0158][A-ZÀ-ỸĐƠƯ0-9]{1,7}"
_CALLED: Final = (
    r"(?:(?:sau đây |dưới đây )?(?:viết tắt|gọi tắt|gọi chung|gọi)(?: là)?"
    r"|sau đây (?:viết|gọi) (?:tắt )?là)[ :]+"
)
_AFTER_FORM: Final = re.compile(rf"\((?i:{_CALLED})?[“\"]?({_ABBREVIATION})[”\"]?\)")
_AFTER_DASH: Final = re.compile(rf" [-–] (?<=\w...)({_ABBREVIATION})(?=[\s,.;:)]|\Z)")
_BEFORE_FORM: Final = re.compile(rf"(?<![\w./-])({_ABBREVIATION}) ?\(([^()\n\d]{{5,80}})\)")
_USE: Final = re.compile(r"(?<![\w./@&+-])[^\W_]{2,8}(?![\w/@&+-]|\.\w)")
_SYLLABLES: Final = re.compile(r"[^\W\d_]+")
_LINKING: Final = frozenset("và của các về cho trong hoặc với những".split())  # noqa: SIM905
_ALIKE: Final = {"0": "o", "1": "i", "5": "s", "8": "b"}
_MARK_SYMBOL: Final = re.compile(r"\b(?:mã|HOSE|HoSE|HNX|UPCOM|UPCoM|CTCP|cổ phiếu)\b")
_REACH: Final = 120
"""Characters before an abbreviation in which its full form is looked for."""
_ADVANTAGE: Final = 2.0
"""Nats by which the right form must be likelier than the one read to count as the usual one."""


class _Definition(NamedTuple):
    """An abbreviation as it is read, what its definition makes of it, and where."""

    read: str
    meant: str
    full: str
    place: int
    trusted: bool
    spelt: bool = False
    """Whether the abbreviation is the initials of the full form, letter for letter, Đ among them."""


class ContradictedAbbreviation:
    """WRD005: an abbreviation that contradicts its own definition."""

    rules = (CONTRADICTED_ABBREVIATION,)

    def find(self, document: Document, context: Context) -> Iterator[Finding]:
        """The contradicted abbreviations where they are defined and where they are used."""
        text = document.text
        wrong = _contradicted(text)
        uses: dict[str, list[Span]] = {read: [] for read in wrong}
        if not uses:
            return
        attested: Counter[str] = Counter()
        for match in _USE.finditer(text):
            attested[match.group()] += 1
            if match.group() in uses:
                uses[match.group()].append(Span(*match.span()))
        for read, spans in uses.items():
            definition = wrong[read]
            if definition.spelt and attested[definition.meant] <= len(spans):
                continue
            right = definition.meant in attested
            sure = right or definition.trusted or _usual(definition, context.language)
            for span in spans:
                yield Finding(
                    CONTRADICTED_ABBREVIATION,
                    span,
                    f'"{definition.full}" makes "{definition.meant}", not "{read}"',
                    (Edit(span, definition.meant),),
                    0.97 if sure else 0.75,
                    Safety.SAFE if sure else Safety.UNSAFE,
                    {
                        "definition": definition.full,
                        "defined_at": definition.place,
                        "uses": len(spans),
                        "right_form_in_document": right,
                    },
                )


def _contradicted(text: str) -> dict[str, _Definition]:
    """The abbreviations of a text that contradict a definition, each with it."""
    wrong: dict[str, _Definition] = {}
    slips: dict[str, _Definition] = {}
    settled: set[str] = set()
    for definition in _definitions(text):
        agrees = definition.meant == definition.read
        if agrees or wrong.setdefault(definition.read, definition).meant != definition.meant:
            settled.add(definition.read)
        if definition.spelt:
            slips.setdefault(definition.read.replace("Đ", "D"), definition)
    return {read: d for read, d in (slips | wrong).items() if read not in settled}


def _usual(definition: _Definition, language: LanguageModel) -> bool:
    """Whether the language model knows the right form and finds it clearly likelier than the one read."""
    if not language.known(definition.meant):
        return False
    if not language.known(definition.read):
        return True
    return language.word_logp(definition.meant) > language.word_logp(definition.read) + _ADVANTAGE


def _definitions(text: str) -> Iterator[_Definition]:
    """The definitions whose abbreviation equals or nearly equals the initials of the full form."""
    for match in _AFTER_FORM.finditer(text):
        if match.group(1).isupper():
            found = _from_before(text, match.start(), match.group(1))
            if found:
                yield found
    for match in _AFTER_DASH.finditer(text):
        found = _from_before(text, match.start(), match.group(1))
        # A dash also parts things that are no definition, so only long, lower-case forms count.
        if found and (found.meant == found.read or (len(found.read) > 2 and found.trusted)):
            yield found
    for match in _BEFORE_FORM.finditer(text) if "(" in text else ():
        words = _SYLLABLES.findall(match.group(2))
        found = _match(match.group(1), words, match.start(), whole=True)
        if found:
            yield found


def _from_before(text: str, place: int, abbreviation: str) -> _Definition | None:
    start = max(0, place - _REACH)
    before = text[start:place]
    for mark in "\n.;:()":
        before = before.rpartition(mark)[2]
    if _MARK_SYMBOL.search(before):
        return None
    return _match(abbreviation, _SYLLABLES.findall(before), place, whole=False)


def _match(abbreviation: str, words: list[str], place: int, *, whole: bool) -> _Definition | None:
    """Compare an abbreviation with the initials of the last words before it (or all words inside)."""
    size = len(abbreviation)
    near = words if whole else words[-2 * size - 2 :]
    if not abbreviation.isupper():
        return None
    if len(near) < size or _fits(abbreviation, near):
        at = "".join(map(_initial, near)).rfind(abbreviation) if size > 2 and "Đ" in abbreviation else -1
        whole_form = " ".join(near[at : at + size] if at >= 0 else near)
        return _Definition(abbreviation, abbreviation, whole_form, place, trusted=True, spelt=at >= 0)
    readings = {}
    for chosen in (near[-size:], [w for w in near if w.lower() not in _LINKING][-size:]):
        if len(chosen) < size or (whole and len(chosen) != size and len(near) != size):
            continue
        if whole and near[0] is not chosen[0]:
            continue
        meant = "".join(map(_initial, chosen))
        if all(map(is_syllable, chosen)) and _confusable(abbreviation, meant):
            first = next(i for i, w in enumerate(near) if w is chosen[0])
            readings[meant] = near[first:]
    if len(readings) != 1:
        return None
    [(meant, full)] = readings.items()
    small = all(w.islower() for w in full[1:]) and full[0][1:].islower()
    # Many writers leave the marks off vowels in abbreviations, Đ they keep; and where the abbreviation has
    # a mark that the full form lacks, the full form may be the one that was misread.
    lost = all((a, b) == ("D", "Đ") for a, b in zip(abbreviation, meant, strict=True) if a != b)
    common = size > 2 and small and lost
    return _Definition(abbreviation, meant, " ".join(full), place, trusted=common)


def _initial(word: str) -> str:
    """The capital that stands for a word in an abbreviation: its first letter without the tone mark."""
    return set_tone(word[0].upper(), 0)


def _fits(abbreviation: str, words: list[str]) -> bool:
    """Whether the letters of the abbreviation are initials, in order, of some of the words."""
    rest = iter(words)
    return all(any(char in (_initial(word), word[0].upper()) for word in rest) for char in abbreviation)


def _confusable(read: str, meant: str) -> bool:
    """Whether two forms of one length differ in marks and look-alike digits alone."""
    if read == meant or len(read) != len(meant) or not any(c.isalpha() for c in read):
        return False
    return all(_skeleton(a) == _skeleton(b) for a, b in zip(read, meant, strict=True))


def _skeleton(char: str) -> str:
    return _ALIKE.get(char, letter(char).base.lower() if char.isalpha() else strip_marks(char).lower())


ABBREVIATIONS: tuple[Detector, ...] = (ContradictedAbbreviation(), NameSpeltTwoWays())
