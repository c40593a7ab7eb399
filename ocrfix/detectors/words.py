"""WRD: misread words, found by the corrector and sorted into rules by how they were misread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ocrfix.correction.corrector import Correction, load_corrector
from ocrfix.detectors.abbreviations import ABBREVIATIONS
from ocrfix.detectors.base import Context, Detector
from ocrfix.detectors.digits import DIGITS, LETTER_DIGIT
from ocrfix.detectors.punctuation import PUNCTUATION
from ocrfix.detectors.tones import TONES
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety
from ocrfix.vietnamese.letters import strip_marks
from ocrfix.vietnamese.syllable import is_syllable

__all__ = ["DETECTORS", "SAFE_FROM", "UNSAFE_FROM", "Words"]

SAFE_FROM: Final = 0.8
"""Least probability of a safe change. Taken together, more than 95 of 100 changes above it are right: the
sure ones are by far the most."""
UNSAFE_FROM: Final = 0.6
"""Least probability of an unsafe change; about 70 of 100 of those below `SAFE_FROM` are right."""

_HOW = """
The word, its neighbours to both sides and how letters get misread decide: P(read | meant), learned from pairs
of OCR output and truth, times P(meant | context) from the language model. A calibrated confidence, which also
weighs how often the reading stands elsewhere in the document, whether it looks like a name, and how badly
the document is read, decides about safety: of the SAFE changes taken together at least 95 of 100 are expected
to be right (each has a probability of at least 0.8), of the UNSAFE ones 70 (at least 0.6)."""

NO_SYLLABLE: Final = Rule(
    "WRD001",
    "no-syllable",
    "A word that is no Vietnamese syllable, read for one that is",
    Safety.SAFE,
    f"""What it finds
A word that is not a Vietnamese syllable and whose letters and neighbours point to one.

Example
    đại hội thàrh công tốt đẹp
becomes
    đại hội thành công tốt đẹp

Why it is safe
{_HOW}

Risk
Foreign words and rare names. They are kept unless the context speaks strongly; protect what must stay.""",
)
WRONG_SYLLABLE: Final = Rule(
    "WRD002",
    "wrong-syllable",
    "A real syllable that does not fit its context, read for another",
    Safety.SAFE,
    f"""What it finds
A real syllable that its neighbours contradict, where a likely misreading fits them.

Example
    Quỹ Vi người nghèo
becomes
    Quỹ Vì người nghèo

Why it is safe
{_HOW}

Risk
Rare names, dialect, wordplay, old spelling: right words that the model has not seen in such a place.""",
)
LOST_MARKS: Final = Rule(
    "WRD007",
    "lost-marks",
    "A word that lost its marks",
    Safety.SAFE,
    f"""What it finds
A word without marks that stands for one with marks.

Example
    hội liên hiep phụ nữ
becomes
    hội liên hiệp phụ nữ

Why it is safe
{_HOW}

Risk
Foreign words, and names written without marks.""",
)


def _rule_of(correction: Correction) -> Rule:
    reading, meant = correction.reading.lower(), correction.meant.lower()
    if any(c.isdigit() for c in reading):
        return LETTER_DIGIT
    if reading.isascii() and reading == strip_marks(meant):
        return LOST_MARKS
    return WRONG_SYLLABLE if is_syllable(reading) else NO_SYLLABLE


class Words:
    """Detector of misread words."""

    rules: tuple[Rule, ...] = (NO_SYLLABLE, WRONG_SYLLABLE, LETTER_DIGIT, LOST_MARKS)

    def find(self, document: Document, context: Context) -> Iterable[Finding]:
        """The corrector's changes as findings."""
        for correction in load_corrector(context.config.model).correct(document):
            if correction.confidence >= SAFE_FROM:
                safety = Safety.SAFE
            elif correction.confidence >= UNSAFE_FROM:
                safety = Safety.UNSAFE
            else:
                safety = Safety.DISPLAY
            yield Finding(
                _rule_of(correction),
                correction.span,
                f'read "{correction.reading}", probably meant "{correction.meant}"',
                (Edit(correction.span, correction.meant),),
                round(correction.confidence, 4),
                safety,
                correction.evidence,
            )


DETECTORS: tuple[Detector, ...] = (*TONES, *ABBREVIATIONS, *DIGITS, *PUNCTUATION, Words())
