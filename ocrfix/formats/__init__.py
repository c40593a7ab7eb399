"""Files in, files out."""

from __future__ import annotations

from ocrfix.formats.errors import FormatError
from ocrfix.formats.files import SUFFIXES, read, same_file, walk, write
from ocrfix.formats.text import TextSource, read_text

__all__ = ["SUFFIXES", "FormatError", "TextSource", "read", "read_text", "same_file", "walk", "write"]
