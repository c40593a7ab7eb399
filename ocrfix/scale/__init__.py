"""Many documents: one function for every engine, and corpus runs that go on where they were cut off."""

from __future__ import annotations

from ocrfix.scale.batch import Cleaned, clean_batch

__all__ = ["Cleaned", "clean_batch"]
