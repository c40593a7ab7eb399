"""Measure ocrfix itself: its scores on pairs, and its findings judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ocrfix._pairs import Pair
from ocrfix.config import Config
from ocrfix.document import Document
from ocrfix.evaluation.calibration import (
    Judgement,
    brier_score,
    calibration_error,
    judge,
    precision_recall,
    reliability,
)
from ocrfix.evaluation.scores import Evaluation, evaluate_pairs
from ocrfix.repair import repair

__all__ = ["Measured", "RuleFigures", "corrector", "measure"]


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """The judged findings of one rule: their number, how many are right, their mean confidence."""

    findings: int
    right: int
    confidence: float

    @property
    def precision(self) -> float:
        """Share of the findings whose edits are right."""
        return self.right / self.findings


@dataclass(frozen=True)
class Measured:
    """The scores of ocrfix on pairs and, when asked for, every finding with edits judged."""

    evaluation: Evaluation
    judged: tuple[Judgement, ...] = ()

    @property
    def rules(self) -> dict[str, RuleFigures]:
        """The judged findings by rule code."""
        groups: dict[str, list[Judgement]] = {}
        for item in self.judged:
            groups.setdefault(item.rule, []).append(item)
        return {
            code: RuleFigures(
                len(found),
                sum(j.right for j in found),
                sum(j.confidence for j in found) / len(found),
            )
            for code, found in sorted(groups.items())
        }

    def calibration(self, *, bins: int = 10) -> dict[str, Any]:
        """Calibration figures as JSON-able values: errors, bins, precision-recall curve, rules."""
        wrong = self.evaluation.total.wrong_before
        return {
            "findings": len(self.judged),
            "calibration_error": calibration_error(self.judged, bins=bins),
            "brier_score": brier_score(self.judged),
            "reliability": [b._asdict() for b in reliability(self.judged, bins=bins)],
            "precision_recall": [p._asdict() for p in precision_recall(self.judged, wrong)],
            "rules": {
                code: {
                    "findings": r.findings,
                    "right": r.right,
                    "precision": r.precision,
                    "confidence": r.confidence,
                }
                for code, r in self.rules.items()
            },
        }


def corrector(config: Config) -> Callable[[str], str]:
    """`ocrfix.clean` as a function from text to text.

    >>> corrector(Config(ignore=("WRD",)))("Vì người nghèo")
    'Vì người nghèo'
    """
    return lambda text: repair(Document(text), config).text


def measure(
    pairs: Sequence[Pair],
    config: Config,
    *,
    judged: bool = False,
    changes: bool = False,
    progress: Callable[[], None] = lambda: None,
) -> Measured:
    """Clean every pair's OCR text with ocrfix and score the outcome.

    Parameters: ``judged``, whether to judge the findings too; ``changes``, whether to keep every word
    touched; ``progress``, called after each pair.

    >>> measure([Pair("Vì người nghèo", "Vi người nghèo")], Config(select=("ENC",))).evaluation.total.recall
    0.0
    """
    judgements: list[Judgement] = []
    rows = iter(pairs)

    def correct(text: str) -> str:
        result = repair(Document(text), config)
        pair = next(rows)
        if judged:
            judgements.extend(judge(result.report, text, pair.gold))
        progress()
        return result.text

    return Measured(evaluate_pairs(pairs, correct, changes=changes), tuple(judgements))
