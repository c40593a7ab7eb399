"""Which format a file is in, told from its beginning."""

from __future__ import annotations

import re
from typing import Final

from ocrfix.formats.errors import FormatError

__all__ = ["FORMATS", "SNIFFED", "sniff"]

FORMATS: Final = ("text", "markdown", "hocr", "alto", "page")
"""The names of the formats that are read."""
SNIFFED: Final = 1 << 16
"""Bytes at the beginning of a file that tell its format."""
_ROOT: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_SKIP: Final = re.compile(rb"\s+|<\?.*?>|<!--.*?-->|<![A-Za-z][^\[>]*(?:\[[^\]]*\]\s*)?>", re.DOTALL)
_HOCR: Final = re.compile(
    rb"""class\s*=\s*(?:["'][^"'<>]*\b)?(?:ocrx?_(?:page|carea|par|lines?|words?|block))\b"""
    rb"""|name\s*=\s*["']ocr-(?:system|capabilities)["']"""
)


def sniff(data: bytes, name: str = "-") -> str:
    """The format of a file: one of `FORMATS`.

    Parameters: ``data``, its bytes, of which the beginning is enough; ``name``, the file's, for messages.
    What is no markup is text. Raises FormatError for XML and HTML in none of these formats: cleaned as
    text, their tags would be taken for words.

    >>> sniff(b'<?xml version="1.0"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v3#">')
    'alto'
    """
    head = data[:SNIFFED]
    if b"\0" in head[:64]:
        head = head.replace(b"\0", b"").lstrip(b"\xff\xfe")  # UTF-16: ASCII letters are enough
    head = head.removeprefix(b"\xef\xbb\xbf")
    if not head.lstrip().startswith(b"<"):
        return "text"
    xml = head.lstrip().startswith(b"<?xml")
    position = 0
    while match := _SKIP.match(head, position):
        position = match.end()
    root = _ROOT.match(head, position)
    element = root[1].decode("ascii").lower() if root else ""
    if element in ("alto", "pcgts"):
        return "alto" if element == "alto" else "page"
    if _HOCR.search(head):
        return "hocr"
    if xml or element in ("html", "body", "head"):
        what = "XML" if xml and element != "html" else "HTML"
        inside = f" (its root element is {element})" if element not in ("html", "") else ""
        raise FormatError(
            f"{name}: this is {what}{inside}, but neither hOCR, ALTO nor PAGE-XML; extract its text first, "
            "or clean it as it stands with --format text"
        )
    return "text"
