"""What a report writer is given: one cleaned file, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from ocrfix.report import Report

__all__ = ["Failure", "Reviewed"]


@dataclass(frozen=True)
class Reviewed:
    """A cleaned file for a report.

    ``report`` is `ocrfix.clean`'s; ``original`` and ``cleaned`` are the texts that its offsets count in;
    ``raw_original`` and ``raw_cleaned`` are the same as they stand in files, with their own line ends
    and byte order mark, and are ``original`` and ``cleaned`` when None. ``min_confidence`` is the config's.
    """

    report: Report
    original: str
    cleaned: str
    raw_original: str | None = None
    raw_cleaned: str | None = None
    min_confidence: float | None = None


@dataclass(frozen=True)
class Failure:
    """A file that could not be cleaned: its ``name`` and a ``message`` that says why."""

    name: str
    message: str
