"""What a corrector mends and what it breaks.

A word is what `str.split` gives, letter case and punctuation included, in NFC with white space made
single. A gold word is right when the alignment pairs it with the same word. A merge ("a b" read as
"ab") is two wrong gold words, a split is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field, fields
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrfix._pairs import Pair
from ocrfix.evaluation.alignment import fold, normalise, words_right

__all__ = [
    "Counts",
    "Evaluation",
    "Outcome",
    "evaluate_pairs",
    "intervals",
    "outcomes",
    "score_pair",
]


def ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one pair or of many; they add up.

    ``word_errors``, ``character_errors`` and ``folded_errors`` (letters alone, case aside) are edit
    distances to the gold text before and after correction. ``fixed`` gold words were wrong and are
    right; ``broken`` were right and are wrong; ``rewrong`` were wrong, were changed and still are.
    A rate whose denominator is zero is None.

    >>> (Counts(fixed=3, broken=1, wrong_before=10) + Counts(fixed=1, wrong_before=10)).recall
    0.2
    """

    pairs: int = 0
    changed_pairs: int = 0
    words: int = 0
    characters: int = 0
    folded_words: int = 0
    word_errors_before: int = 0
    word_errors_after: int = 0
    character_errors_before: int = 0
    character_errors_after: int = 0
    folded_errors_before: int = 0
    folded_errors_after: int = 0
    right_before: int = 0
    wrong_before: int = 0
    fixed: int = 0
    broken: int = 0
    rewrong: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def wer_before(self) -> float | None:
        """Word error rate of the text as it was read."""
        return ratio(self.word_errors_before, self.words)

    @property
    def wer_after(self) -> float | None:
        """Word error rate after correction."""
        return ratio(self.word_errors_after, self.words)

    @property
    def wer_reduction(self) -> float | None:
        """Share of the word errors that correction took away; below zero it added some."""
        return ratio(self.word_errors_before - self.word_errors_after, self.word_errors_before)

    @property
    def cer_before(self) -> float | None:
        """Character error rate of the text as it was read."""
        return ratio(self.character_errors_before, self.characters)

    @property
    def cer_after(self) -> float | None:
        """Character error rate after correction."""
        return ratio(self.character_errors_after, self.characters)

    @property
    def cer_reduction(self) -> float | None:
        """Share of the character errors that correction took away."""
        return ratio(self.character_errors_before - self.character_errors_after, self.character_errors_before)

    @property
    def folded_wer_before(self) -> float | None:
        """Word error rate as it was read, with letter case and punctuation set aside."""
        return ratio(self.folded_errors_before, self.folded_words)

    @property
    def folded_wer_after(self) -> float | None:
        """Word error rate after correction, with letter case and punctuation set aside."""
        return ratio(self.folded_errors_after, self.folded_words)

    @property
    def precision(self) -> float | None:
        """Of the gold words that correction touched to any effect, the share that it mended."""
        return ratio(self.fixed, self.fixed + self.broken + self.rewrong)

    @property
    def recall(self) -> float | None:
        """Share of the wrong gold words that were mended."""
        return ratio(self.fixed, self.wrong_before)

    @property
    def harm(self) -> float | None:
        """Share of the right gold words that were broken."""
        return ratio(self.broken, self.right_before)

    def f_score(self, beta: float = 1.0) -> float | None:
        """Weighted harmonic mean of precision and recall; recall counts ``beta`` times as much."""
        if self.precision is None or self.recall is None:
            return None
        weight = beta * beta
        below = weight * self.precision + self.recall
        return (1 + weight) * self.precision * self.recall / below if below else 0.0

    def figures(self) -> dict[str, float | int | None]:
        """All counts and rates, by name."""
        counts = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            **counts,
            **{name: getattr(self, name) for name in RATES},
            "f1": self.f_score(),
            "f05": self.f_score(0.5),
        }


RATES = (
    "wer_before",
    "wer_after",
    "wer_reduction",
    "cer_before",
    "cer_after",
    "cer_reduction",
    "folded_wer_before",
    "folded_wer_after",
    "precision",
    "recall",
    "harm",
)
"""Names of the rates of `Counts`."""


class Outcome(NamedTuple):
    """What became of one gold word: ``kind`` is "fixed", "broken" or "rewrong"; ``before`` and ``after``
    stood for it; ``context`` is the gold text around it.
    """

    kind: str
    gold: str
    before: str
    after: str
    context: str


def outcomes(gold: str, before: str, after: str) -> Iterator[Outcome]:
    """The gold words on which correction had an effect.

    >>> list(outcomes("Quỹ Vì người nghèo", "Quỹ Vi người nghèo", "Quỹ Vì người nghẽo"))
    [Outcome(kind='fixed', gold='Vì', before='Vi', after='Vì', context='Quỹ Vì người nghèo'),
     Outcome(kind='broken', gold='nghèo', before='nghèo', after='nghẽo', context='Quỹ Vì người nghèo')]
    """
    words = normalise(gold).split()
    was, was_text = words_right(words, normalise(before).split())
    now, now_text = words_right(words, normalise(after).split())
    for k, word in enumerate(words):
        if was[k] != now[k]:
            kind = "fixed" if now[k] else "broken"
        elif not now[k] and was_text[k] != now_text[k]:
            kind = "rewrong"
        else:
            continue
        context = " ".join(words[max(0, k - 4) : k + 5])
        yield Outcome(kind, word, was_text[k], now_text[k], context)


def score_pair(gold: str, before: str, after: str) -> Counts:
    """Score one corrected text against the gold text.

    >>> counts = score_pair("Quỹ Vì người nghèo", "Quỹ Vi người nghèo", "Quỹ Vị người nghèo")
    >>> counts.rewrong, counts.recall, counts.harm
    (1, 0.0, 0.0)
    """
    gold, before, after = normalise(gold), normalise(before), normalise(after)
    words, read, mended = gold.split(), before.split(), after.split()
    folded, folded_read, folded_mended = ([w for w in map(fold, x) if w] for x in (words, read, mended))
    right = sum(words_right(words, read)[0])
    kinds = [o.kind for o in outcomes(gold, before, after)] if before != after else []
    return Counts(
        pairs=1,
        changed_pairs=int(before != after),
        words=len(words),
        characters=len(gold),
        folded_words=len(folded),
        word_errors_before=Levenshtein.distance(words, read),
        word_errors_after=Levenshtein.distance(words, mended),
        character_errors_before=Levenshtein.distance(gold, before),
        character_errors_after=Levenshtein.distance(gold, after),
        folded_errors_before=Levenshtein.distance(folded, folded_read),
        folded_errors_after=Levenshtein.distance(folded, folded_mended),
        right_before=right,
        wrong_before=len(words) - right,
        fixed=kinds.count("fixed"),
        broken=kinds.count("broken"),
        rewrong=kinds.count("rewrong"),
    )


@dataclass(frozen=True)
class Evaluation:
    """The scores of one corrector on a set of pairs.

    ``pairs`` are the counts pair by pair, ``engines`` and ``kinds`` those of each group (empty when
    the set has one group or none), ``changes`` the single words touched, when they were asked for.
    """

    pairs: tuple[Counts, ...]
    engines: dict[str, Counts] = field(default_factory=dict)
    kinds: dict[str, Counts] = field(default_factory=dict)
    changes: tuple[Outcome, ...] = ()

    @property
    def total(self) -> Counts:
        """The counts of all pairs together."""
        return _sum(self.pairs)

    def figures(self, *, rounds: int = 1000) -> dict[str, object]:
        """Everything as JSON-able values, with bootstrap intervals of ``rounds`` resamplings."""
        return {
            **self.total.figures(),
            "intervals": {k: list(v) for k, v in intervals(self.pairs, rounds=rounds).items()},
            "engines": {name: counts.figures() for name, counts in self.engines.items()},
            "kinds": {name: counts.figures() for name, counts in self.kinds.items()},
        }


def _sum(counts: Iterable[Counts]) -> Counts:
    rows = [astuple(c) for c in counts]
    return Counts(*(int(n) for n in np.sum(rows, axis=0))) if rows else Counts()


def _groups(names: Sequence[str], counts: Sequence[Counts]) -> dict[str, Counts]:
    if len(set(names)) < 2:
        return {}
    return {
        name: _sum(c for n, c in zip(names, counts, strict=True) if n == name) for name in sorted(set(names))
    }


def evaluate_pairs(
    pairs: Iterable[Pair], correct: Callable[[str], str], *, changes: bool = False
) -> Evaluation:
    """Correct every pair's OCR text and score the outcome.

    Parameters: ``correct``, a function from text to text, called once for each pair, in order;
    ``changes``, whether to keep every word touched.

    >>> evaluate_pairs([Pair("Vì người nghèo", "Vi người nghèo")], lambda text: text).total.recall
    0.0
    """
    rows = list(pairs)
    counts: list[Counts] = []
    words: list[Outcome] = []
    for pair in rows:
        after = correct(pair.ocr)
        counts.append(score_pair(pair.gold, pair.ocr, after))
        if changes:
            words += outcomes(pair.gold, pair.ocr, after)
    return Evaluation(
        tuple(counts),
        _groups([p.engine for p in rows], counts),
        _groups([p.kind for p in rows], counts),
        tuple(words),
    )


_RESAMPLED = ("wer_after", "wer_reduction", "cer_reduction", "precision", "recall", "harm")


def intervals(
    counts: Sequence[Counts], *, rounds: int = 1000, level: float = 0.95, seed: int = 7
) -> dict[str, tuple[float, float]]:
    """Bootstrap intervals of the main rates, resampling pairs with replacement (percentile method).

    Parameters: ``counts`` of each pair; ``rounds``, resamplings; ``level``, the share of them inside the
    interval; ``seed`` of the chances. Returns the ends of each interval by the rate's name; fewer than ten
    pairs give none.

    >>> counts = [score_pair("Vì người nghèo", "Vi người nghèo", "Vì người nghèo")] * 10
    >>> intervals(counts, rounds=20)["recall"]
    (1.0, 1.0)
    """
    if len(counts) < 10:
        return {}
    table = np.array([astuple(c) for c in counts])
    picks = np.random.default_rng(seed).multinomial(len(counts), [1 / len(counts)] * len(counts), size=rounds)
    samples = [Counts(*(int(n) for n in row)) for row in picks @ table]
    out = {}
    for name in _RESAMPLED:
        values = [v for v in (getattr(s, name) for s in samples) if v is not None]
        if values:
            low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
            out[name] = (float(low), float(high))
    return out
