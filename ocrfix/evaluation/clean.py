"""What a corrector does to right text, where every change is harm."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, fields

from rapidfuzz.distance import Levenshtein

from ocrfix.evaluation.alignment import align_words, fold, normalise
from ocrfix.evaluation.scores import ratio

__all__ = ["CleanCounts", "evaluate_clean", "score_clean"]


@dataclass(frozen=True, slots=True)
class CleanCounts:
    """What a corrector did to right text; counts add up. ``changed`` are words altered or taken away,
    ``inserted`` words put in between; ``folded_`` leaves letter case and punctuation aside.
    """

    paragraphs: int = 0
    touched_paragraphs: int = 0
    words: int = 0
    changed: int = 0
    inserted: int = 0
    folded_words: int = 0
    folded_changed: int = 0

    def __add__(self, other: CleanCounts) -> CleanCounts:
        return CleanCounts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def changed_per_10k(self) -> float | None:
        """Words changed or put in, per 10,000."""
        return ratio(1e4 * (self.changed + self.inserted), self.words)

    @property
    def folded_changed_per_10k(self) -> float | None:
        """Words changed in their letters, per 10,000."""
        return ratio(1e4 * self.folded_changed, self.folded_words)

    def figures(self) -> dict[str, float | int | None]:
        """All counts and rates, by name."""
        counts = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            **counts,
            "changed_per_10k": self.changed_per_10k,
            "folded_changed_per_10k": self.folded_changed_per_10k,
        }


def score_clean(text: str, after: str) -> CleanCounts:
    """Count what was changed in a right text.

    >>> score_clean("Quỹ Vì người nghèo", "Quỹ Vi người nghèo").changed_per_10k
    2500.0
    """
    words, now = normalise(text).split(), normalise(after).split()
    folded, folded_now = ([w for w in map(fold, x) if w] for x in (words, now))
    changed = inserted = 0
    if words != now:
        for group in align_words(words, now):
            if group.a_start == group.a_end:
                inserted += group.b_end - group.b_start
            elif not group.equal:
                changed += group.a_end - group.a_start
    return CleanCounts(
        paragraphs=1,
        touched_paragraphs=int(words != now),
        words=len(words),
        changed=changed,
        inserted=inserted,
        folded_words=len(folded),
        folded_changed=Levenshtein.distance(folded, folded_now),
    )


def evaluate_clean(paragraphs: Iterable[str], correct: Callable[[str], str]) -> CleanCounts:
    """Correct right paragraphs, each on its own, and count what was changed.

    >>> evaluate_clean(["Vì người nghèo"], lambda text: text).changed_per_10k
    0.0
    """
    total = CleanCounts()
    for text in paragraphs:
        total += score_clean(text, correct(text))
    return total
