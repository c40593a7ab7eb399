"""Whether the confidence of a finding tells how often its edits are right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrfix.evaluation.alignment import normalise, words_right
from ocrfix.model import Edit, Safety
from ocrfix.report import Report, Status

__all__ = [
    "Bin",
    "CurvePoint",
    "Judgement",
    "brier_score",
    "calibration_error",
    "judge",
    "precision_recall",
    "reliability",
]


class Judgement(NamedTuple):
    """A finding's edits, judged against the gold text.

    ``fixed`` gold words became right through them (punctuation at the ends of words set aside).
    """

    rule: str
    safety: Safety
    confidence: float
    right: bool
    fixed: int
    before: str
    after: str


def judge(report: Report, original: str, gold: str) -> list[Judgement]:
    """Judge each finding with edits, applied or left, on its own.

    The edits of a finding are made alone in the text that its detector read. They are right when a
    gold word becomes right and none becomes wrong; edits that touch no gold word (they take away a
    stray word, or change punctuation) are right when every character that they change brings the text
    nearer to the gold text and no word is the worse for it. Not judged are edits that turn white space
    into other white space, and findings that lost to a surer one or touched protected text.

    Raises ValueError when the report is not that of ``original``.
    """
    texts = _texts(report, original)
    words = _bare(normalise(gold).split())
    known: dict[int, list[bool]] = {}
    judged = []
    for item in report.findings:
        if item.status not in (Status.APPLIED, Status.LEFT) or not item.finding.edits:
            continue
        if item.step >= len(texts):
            continue
        text = texts[item.step]
        changed = _apply(text, item.finding.edits)
        before, after = normalise(text), normalise(changed)
        if before == after:
            continue
        was = known.setdefault(item.step, words_right(words, _bare(before.split()))[0])
        now = words_right(words, _bare(after.split()))[0]
        fixed = sum(n and not w for w, n in zip(was, now, strict=True))
        broken = sum(w and not n for w, n in zip(was, now, strict=True))
        right = fixed > 0 and not broken
        if not fixed and not broken:
            right = _touches_no_word(words, before, after) and _only_mends(gold, before, after)
        finding = item.finding
        judged.append(
            Judgement(
                finding.rule.code, finding.safety, finding.confidence, right, fixed, item.before, item.after
            )
        )
    return judged


def _texts(report: Report, original: str) -> list[str]:
    """The text before the first step, after it, after the second, and so on."""
    if len(original) != report.original_length:
        raise ValueError(f"{report.name}: this is not the text that the report was made from")
    texts = [original]
    for step in report.steps:
        texts.append(_apply(texts[-1], [a.edit for a in step.edits]))
    return texts


def _apply(text: str, edits: Iterable[Edit]) -> str:
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda e: e.span):
        pieces += (text[position : edit.span.start], edit.replacement)
        position = edit.span.end
    return "".join([*pieces, text[position:]])


def _bare(words: Sequence[str]) -> list[str]:
    """The words without punctuation at their ends; those that are nothing else are left out."""
    out = []
    for word in words:
        start, end = 0, len(word)
        while start < end and not word[start].isalnum():
            start += 1
        while end > start and not word[end - 1].isalnum():
            end -= 1
        if start < end:
            out.append(word[start:end])
    return out


def _touches_no_word(words: Sequence[str], before: str, after: str) -> bool:
    """Whether the same text stands for every gold word, punctuation aside, before and after."""
    return words_right(words, _bare(before.split()))[1] == words_right(words, _bare(after.split()))[1]


def _only_mends(gold: str, before: str, after: str) -> bool:
    """Whether every changed character is a step towards the gold text, and no word is the worse for it."""
    gold = normalise(gold)
    gained = Levenshtein.distance(gold, before) - Levenshtein.distance(gold, after)
    if gained != Levenshtein.distance(before, after):
        return False
    words = gold.split()
    was, now = (words_right(words, text.split())[0] for text in (before, after))
    return not any(w and not n for w, n in zip(was, now, strict=True))


class Bin(NamedTuple):
    """Findings of confidence in ``[low, high)`` (the last bin holds 1 too): their number, mean
    confidence and the share of them that is right.
    """

    low: float
    high: float
    findings: int
    confidence: float
    accuracy: float


def reliability(judged: Sequence[Judgement], *, bins: int = 10) -> list[Bin]:
    """The bins of a reliability diagram, of equal width; empty ones are left out.

    >>> one = Judgement("WRD002", Safety.SAFE, 0.95, True, 1, "Vi", "Vì")
    >>> reliability([one, one._replace(right=False)])
    [Bin(low=0.9, high=1.0, findings=2, confidence=0.95, accuracy=0.5)]
    """
    if not judged:
        return []
    confidence = np.array([j.confidence for j in judged])
    right = np.array([j.right for j in judged], dtype=float)
    # Rounded, since 0.7 * 10 is 7.000000000000001 or 6.999999999999999 for some numbers of bins.
    place = np.minimum(np.floor(np.round(confidence * bins, 9)).astype(int), bins - 1)
    return [
        Bin(
            k / bins,
            (k + 1) / bins,
            int((place == k).sum()),
            float(confidence[place == k].mean()),
            float(right[place == k].mean()),
        )
        for k in range(bins)
        if (place == k).any()
    ]


def calibration_error(judged: Sequence[Judgement], *, bins: int = 10) -> float | None:
    """Expected calibration error: the mean distance of confidence and accuracy over bins of equal width,
    weighted by their findings (Naeini et al., AAAI 2015). None without findings.

    >>> one = Judgement("WRD002", Safety.SAFE, 0.75, True, 1, "Vi", "Vì")
    >>> calibration_error([one, one._replace(right=False)])
    0.25
    """
    if not judged:
        return None
    filled = reliability(judged, bins=bins)
    return sum(b.findings * abs(b.confidence - b.accuracy) for b in filled) / len(judged)


def brier_score(judged: Sequence[Judgement]) -> float | None:
    """Mean squared distance of confidence and outcome (Brier 1950); None without findings."""
    if not judged:
        return None
    return sum((j.confidence - j.right) ** 2 for j in judged) / len(judged)


class CurvePoint(NamedTuple):
    """Precision over the edits of at least this confidence, and the share of the wrong words they mend."""

    threshold: float
    precision: float
    recall: float
    edits: int


def precision_recall(judged: Sequence[Judgement], wrong_words: int) -> list[CurvePoint]:
    """Precision and recall at every confidence that occurs, the surest first.

    Parameters: ``wrong_words``, the gold words that were read wrong. Each finding is judged on its own,
    so words that need two edits count as missed.

    >>> one = Judgement("WRD002", Safety.SAFE, 0.75, True, 1, "Vi", "Vì")
    >>> precision_recall([one, one._replace(confidence=0.5, right=False, fixed=0)], 4)
    [CurvePoint(threshold=0.75, precision=1.0, recall=0.25, edits=1),
     CurvePoint(threshold=0.5, precision=0.5, recall=0.25, edits=2)]
    """
    points: list[CurvePoint] = []
    right = fixed = 0
    for count, item in enumerate(sorted(judged, key=lambda j: -j.confidence), 1):
        right += item.right
        fixed += item.fixed if item.right else 0
        point = CurvePoint(item.confidence, right / count, fixed / wrong_words if wrong_words else 0.0, count)
        if points and points[-1].threshold == item.confidence:
            points[-1] = point
        else:
            points.append(point)
    return points
