"""The n-gram model over Vietnamese syllables: file, scores in bulk, training."""

from __future__ import annotations

from ocrfix.language_model.model import LanguageModel, load
from ocrfix.language_model.storage import ModelFileError
from ocrfix.language_model.training import learn

__all__ = ["LanguageModel", "ModelFileError", "learn", "load"]
