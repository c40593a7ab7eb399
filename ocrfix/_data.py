"""Where the language data lies: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

__all__ = ["data_path"]


def data_path(*parts: str) -> Path:
    """Path of a file under ``dictionaries/``.

    Raises FileNotFoundError, naming the file, when the installation lacks it.
    """
    package = Path(__file__).resolve().parent
    for root in (package, package.parent):
        path = root.joinpath("dictionaries", *parts)
        if path.exists():
            return path
    raise FileNotFoundError(
        f"ocrfix's own file dictionaries/{'/'.join(parts)} is missing; install ocrfix again"
    )
