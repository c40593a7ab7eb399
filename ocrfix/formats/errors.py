"""What goes wrong with a file, said for people."""

from __future__ import annotations

__all__ = ["FormatError"]


class FormatError(ValueError):
    """A file that cannot be read as text, or cannot be written.

    The message names the file, the place where there is one, and a way out.
    """
