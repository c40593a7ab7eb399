"""Reports for people and for programs.

Every format is a module with ``render(files, failures) -> str``; `FORMATS` names them.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Final, cast

from ocrfix.reports.model import Failure, Reviewed

__all__ = ["FORMATS", "Failure", "Reviewed", "render"]

FORMATS: Final = ("diff", "html", "json", "jsonl", "sarif", "summary")
"""The names of the formats, each a module of this package, loaded when used."""


def render(form: str, files: Iterable[Reviewed], failures: Iterable[Failure] = ()) -> str:
    """The report of several files in one format.

    Parameters: ``form``, one of `FORMATS`; ``files``; ``failures``, the files that could not be
    cleaned. Raises ValueError for a format that there is not.

    >>> render("diff", [])
    ''
    """
    if form not in FORMATS:
        raise ValueError(f"there is no report format {form!r}; choose from {', '.join(FORMATS)}")
    module = import_module(f"ocrfix.reports.{form}")
    return cast("str", module.render(files, failures))
