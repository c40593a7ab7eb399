"""Repair badly read Vietnamese documents.

>>> import ocrfix
>>> ocrfix.clean("chỉ hội phụ nữ xã").text
'chi hội phụ nữ xã'
"""

from __future__ import annotations

from ocrfix.config import Config
from ocrfix.decisions import apply_decisions
from ocrfix.document import Document
from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.repair import repair as _repair
from ocrfix.repair import replay, revert
from ocrfix.report import Report, Result

__all__ = [
    "Config",
    "Document",
    "Edit",
    "Finding",
    "Report",
    "Result",
    "Rule",
    "Safety",
    "Span",
    "apply_decisions",
    "check",
    "clean",
    "replay",
    "revert",
]

__version__ = "0.1.0"


def clean(text: str | Document, config: Config | None = None) -> Result:
    """Repair a text and say what was changed.

    Parameters: ``text``, a string or a `Document`; ``config``, what to look for and how freely to
    repair (`Config`). Returns a `Result` with ``.text`` and ``.report``. Pure and thread-safe.

    >>> clean("Quỹ Vi người nghèo").text
    'Quỹ Vì người nghèo'
    """
    document = text if isinstance(text, Document) else Document(text)
    return _repair(document, config or Config())


def check(text: str | Document, config: Config | None = None) -> Report:
    """Look for everything that `clean` would find, and say so, without giving the text back.

    >>> [item.after for item in check("Quỹ Vi người nghèo").findings]
    ['Vì']
    """
    return clean(text, config).report
