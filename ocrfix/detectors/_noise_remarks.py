"""What the detectors of a model's remarks share: how a remark is marked, and how long one is."""

from __future__ import annotations

from typing import Final

from ocrfix.detectors._noise_lines import Mark
from ocrfix.detectors._noise_rules import MODEL_CHATTER
from ocrfix.model import Safety, Span

__all__ = ["LABEL", "LIST_MARKS", "OPENING", "Grade", "marked", "short"]

LABEL: Final = 60  # characters of the longest title of a transcription
OPENING: Final = 200  # characters of the longest line that opens a model's answer
LIST_MARKS: Final = "*_# >[]()（）~`"
Grade = tuple[float, Safety]


def marked(message: str, kind: str, grade: Grade, place: int | tuple[int, ...] | Span) -> Mark:
    confidence, safety = grade
    if isinstance(place, Span):
        return Mark(MODEL_CHATTER, message, confidence, safety, (), place, {"kind": kind})
    lines = (place,) if isinstance(place, int) else place
    return Mark(MODEL_CHATTER, message, confidence, safety, lines, None, {"kind": kind})


def short(text: str) -> str:
    text = " ".join(text.split())
    return f'"{text}"' if len(text) <= 70 else f'"{text[:67]}..."'
