"""Spacing: glued words, split syllables, spaces that lack or are too many beside punctuation."""

from __future__ import annotations

from ocrfix.detectors._spacing_before import SpaceBeforePunctuation
from ocrfix.detectors._spacing_blanks import DoubledSpace
from ocrfix.detectors._spacing_glue import GluedWords
from ocrfix.detectors._spacing_marks import MissingSpace
from ocrfix.detectors._spacing_split import SplitSyllable
from ocrfix.detectors.base import Detector

__all__ = ["DETECTORS"]

DETECTORS: tuple[Detector, ...] = (
    GluedWords(),
    SplitSyllable(),
    MissingSpace(),
    SpaceBeforePunctuation(),
    DoubledSpace(),
)
