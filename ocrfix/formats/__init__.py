"""Files in, files out."""

from __future__ import annotations

from ocrfix.formats.errors import FormatError
from ocrfix.formats.files import SUFFIXES, read, read_data, same_file, walk, write
from ocrfix.formats.layout_source import Box, LayoutSource, Word
from ocrfix.formats.packed import PackedSource
from ocrfix.formats.sniff import FORMATS, sniff
from ocrfix.formats.source import Source
from ocrfix.formats.text import TextSource, read_text

__all__ = [
    "FORMATS",
    "SUFFIXES",
    "Box",
    "FormatError",
    "LayoutSource",
    "PackedSource",
    "Source",
    "TextSource",
    "Word",
    "read",
    "read_data",
    "read_text",
    "same_file",
    "sniff",
    "walk",
    "write",
]
