"""Measure a corrector: right text kept, wrong text mended, and whether its confidence tells the truth.

Used by ``ocrfix bench`` and by ``benchmarks/``, so that what a user measures and what the project
publishes are the same thing.

>>> from ocrfix.evaluation import Pair, evaluate_pairs
>>> pairs = [Pair(gold="Quỹ Vì người nghèo", ocr="Quỹ Vi người nghèo")]
>>> counts = evaluate_pairs(pairs, lambda text: text.replace("Vi ", "Vì ")).total
>>> counts.wer_before, counts.wer_after, counts.precision, counts.recall
(0.25, 0.0, 1.0, 1.0)
"""

from __future__ import annotations

from ocrfix._corpus import read_paragraphs
from ocrfix._pairs import DataError, Pair, read_pairs
from ocrfix.evaluation.alignment import Group, align_words, fold, normalise, words_right
from ocrfix.evaluation.calibration import (
    Bin,
    CurvePoint,
    Judgement,
    brier_score,
    calibration_error,
    judge,
    precision_recall,
    reliability,
)
from ocrfix.evaluation.clean import CleanCounts, evaluate_clean, score_clean
from ocrfix.evaluation.measure import Measured, RuleFigures, corrector, measure
from ocrfix.evaluation.scores import (
    Counts,
    Evaluation,
    Outcome,
    evaluate_pairs,
    intervals,
    outcomes,
    score_pair,
)

__all__ = [
    "Bin",
    "CleanCounts",
    "Counts",
    "CurvePoint",
    "DataError",
    "Evaluation",
    "Group",
    "Judgement",
    "Measured",
    "Outcome",
    "Pair",
    "RuleFigures",
    "align_words",
    "brier_score",
    "calibration_error",
    "corrector",
    "evaluate_clean",
    "evaluate_pairs",
    "fold",
    "intervals",
    "judge",
    "measure",
    "normalise",
    "outcomes",
    "precision_recall",
    "read_pairs",
    "read_paragraphs",
    "reliability",
    "score_clean",
    "score_pair",
    "words_right",
]
