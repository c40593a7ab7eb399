"""Text files that may be compressed."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Final, TextIO

__all__ = ["open_text"]

_OPENERS: Final[dict[str, Callable[..., TextIO]]] = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}


def open_text(path: Path) -> TextIO:
    """Open a UTF-8 text file for reading, unpacked on the way where its name ends in .xz, .gz or .bz2.

    Raises OSError when it cannot be opened.
    """
    return _OPENERS.get(path.suffix, open)(path, "rt", encoding="utf-8")
