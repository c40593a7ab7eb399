"""Plots of how far the confidence can be trusted."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ocrfix.detectors.words import SAFE_FROM, UNSAFE_FROM
from ocrfix.evaluation import Measured, calibration_error, precision_recall, reliability

INK, LINE, PALE = "#1f2933", "#1f6feb", "#9aa5b1"
# No date and no random ids, so that the same figures give the same file.
mpl.rcParams.update(
    {"svg.hashsalt": "ocrfix", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
)


def draw(measured: Measured, folder: Path, stem: str, title: str) -> list[str]:
    """Write STEM-precision-recall.svg and STEM-reliability.svg; returns the names of those written.

    Nothing is drawn without judged findings.
    """
    if not measured.judged:
        return []
    names = [f"{stem}-precision-recall.svg", f"{stem}-reliability.svg"]
    _precision_recall(measured, folder / names[0], title)
    _reliability(measured, folder / names[1], title)
    return names


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)


def _precision_recall(measured: Measured, path: Path, title: str) -> None:
    points = precision_recall(measured.judged, measured.evaluation.total.wrong_before)
    figure, axes = plt.subplots(figsize=(4.6, 3.2))
    axes.plot([p.recall for p in points], [p.precision for p in points], color=LINE, linewidth=1.5)
    for threshold, name, below in ((SAFE_FROM, "safe", -26), (UNSAFE_FROM, "unsafe", -12)):
        sure = [p for p in points if p.threshold >= threshold]
        if sure:
            at = (sure[-1].recall, sure[-1].precision)
            axes.plot(*at, "o", color=LINE, markersize=5)
            label = f"{name}, from {threshold:g}"
            axes.annotate(label, at, (-12, below), textcoords="offset points", ha="right", color=INK)
    axes.set(xlabel="recall (share of wrong words mended)", ylabel="precision of edits", title=title)
    axes.set_xlim(0, None)
    axes.set_ylim(min(0.8, min(p.precision for p in points[len(points) // 20 :]) - 0.02), 1.005)
    axes.grid(color=PALE, alpha=0.3)
    _save(figure, path)


def _reliability(measured: Measured, path: Path, title: str) -> None:
    bins = reliability(measured.judged)
    figure, axes = plt.subplots(figsize=(3.6, 3.4))
    axes.plot([0, 1], [0, 1], color=PALE, linewidth=1, linestyle="--")
    axes.plot([b.confidence for b in bins], [b.accuracy for b in bins], color=LINE, linewidth=1)
    most = max(b.findings for b in bins)
    axes.scatter(
        [b.confidence for b in bins],
        [b.accuracy for b in bins],
        [12 + 120 * b.findings / most for b in bins],
        color=LINE,
        zorder=3,
    )
    error = calibration_error(measured.judged)
    axes.set(xlabel="confidence", ylabel="share of edits that are right", title=title)
    axes.text(0.03, 0.93, f"expected error {error:.3f}, {len(measured.judged)} findings", color=INK)
    axes.set_xlim(0, 1.01)
    axes.set_ylim(0, 1.01)
    axes.grid(color=PALE, alpha=0.3)
    _save(figure, path)


def curves(every: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]], path: Path) -> None:
    """Precision of the surest changes against how many of them are right, a line each."""
    figure, axes = plt.subplots(figsize=(4.6, 3.2))
    for (name, (right, precision)), color in zip(every.items(), (PALE, LINE, INK), strict=False):
        axes.plot(right[20:], precision[20:], color=color, linewidth=1.5, label=name)
    axes.set(xlabel="right changes", ylabel="precision", ylim=(0.9, 1.0))
    axes.legend(frameon=False)
    axes.grid(color=PALE, alpha=0.3)
    _save(figure, path)
