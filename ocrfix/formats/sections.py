"""Large files with word boxes, cut between pages: each section is a small file of its own.

What is held of such a file at a time is its bytes, the bytes that are written, and the words of one section.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from ocrfix.formats.errors import FormatError

__all__ = ["MAX_MARKUP", "Section", "check_size", "cut"]

MAX_MARKUP: Final = 256 << 20
"""Bytes of markup that are read in one piece: cleaning takes 20 to 30 times as much memory."""
_PAGES: Final = 250
"""Pages of a section where a page has up to `_LIGHT` bytes, as with words; fewer where it has more."""
_LIGHT: Final = 128 << 10
_FEWEST: Final = 8
_HEAD: Final = 1 << 20
_ENCODING: Final = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["'](?!(?i:utf-8)["'])"""
)
_ALTO_PAGE: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?Page[\s>]")
_HOCR_PAGE: Final = re.compile(
    rb"""<[A-Za-z][\w:.-]*\s[^<>]{0,2000}?\bclass\s*=\s*["'][^"'<>]{0,200}?\bocr_page\b"""
)
_TAG: Final = re.compile(
    rb"""<!--.*?-->|<\?.*?\?>|<(/?)([A-Za-z_][^\s/>]*+)(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""", re.DOTALL
)
_COMMENT: Final = re.compile(rb"<!--.*?-->", re.DOTALL)
_VOID: Final = (b"br", b"hr", b"img", b"input", b"link", b"meta")


class Section(NamedTuple):
    """Some pages of a file, to be read as a file of their own.

    ``file``, the bytes of the whole; ``start`` and ``stop``, where the pages are in it; ``head`` and
    ``tail``, what is put around them; ``first``, the number of the first of the pages, from 0; ``pages``,
    how many they are.
    """

    file: bytes
    start: int
    stop: int
    head: bytes
    tail: bytes
    first: int
    pages: int

    @property
    def data(self) -> bytes:
        """The section as a file."""
        return self.head + self.file[self.start : self.stop] + self.tail

    def body(self, written: bytes) -> bytes:
        """The pages of the section as it was written. Raises FormatError when what is around them changed."""
        if not (written.startswith(self.head) and written.endswith(self.tail)):
            raise FormatError("a section of the file was changed outside its pages")
        return written[len(self.head) : len(written) - len(self.tail)]


def check_size(data: bytes, name: str) -> None:
    """Raises FormatError, by the file's ``name``, for ``data`` of over `MAX_MARKUP` bytes in one piece."""
    if len(data) > MAX_MARKUP:
        raise FormatError(
            f"{name}: {len(data) >> 20} MB of markup in one piece would need more than "
            f"{len(data) // 50_000_000} GB of memory; divide it by its pages into several files"
        )


def cut(data: bytes, form: str) -> list[Section]:
    """The sections of a file, in order; none where it can be read whole, or cannot be cut.

    Parameters: ``data``; ``form``, "hocr" or "alto" (a PAGE-XML file has one page). Where a section ends
    depends on how many pages there are, so that a cleaned file is mostly cut as it was before.

    >>> cut(b"<alto><Page></Page></alto>", "alto")
    []
    """
    if form not in ("hocr", "alto") or len(data) <= _LIGHT * _FEWEST:
        return []
    if b"\0" in data[:_HEAD] or _ENCODING.match(data[:4096]):
        return []
    starts = list(_page_starts(data, form))
    most = _pages_of_section(len(data), len(starts))
    if len(starts) <= most or starts[0] > _HEAD:
        return []
    head = data[: starts[0]]
    if b"ReadingOrder" in head:  # it names blocks of all pages
        return []
    number = -(-len(starts) // most)
    bounds = [len(starts) * i // number for i in range(number + 1)]
    close = b"".join(b"</" + name + b">" for name in reversed(_open_elements(head)))
    sections = []
    for first, stop in pairwise(bounds):
        end, tail = (len(data), b"") if stop == len(starts) else (starts[stop], close)
        sections.append(Section(data, starts[first], end, head, tail, first, stop - first))
    return sections


def _pages_of_section(size: int, pages: int) -> int:
    """How many pages a section has at most, in coarse steps of what a page weighs."""
    most, weight = _PAGES, _LIGHT
    while most > _FEWEST and size > weight * pages:
        most, weight = most // 4, weight * 4
    return max(most, _FEWEST)


def _page_starts(data: bytes, form: str) -> Iterator[int]:
    """Where the start tags of the pages begin."""
    if form == "alto":
        found = [match.start() for match in _ALTO_PAGE.finditer(data)]
    else:
        found = list(_hocr_page_starts(data))
    comments = [match.span() for match in _COMMENT.finditer(data)]
    for start in found:
        index = bisect_right(comments, (start, start))
        if index == 0 or comments[index - 1][1] <= start:
            yield start


def _hocr_page_starts(data: bytes) -> Iterator[int]:
    at = data.find(b"ocr_page")
    while at >= 0:
        start = data.rfind(b"<", max(0, at - 4096), at)
        if start >= 0 and _HOCR_PAGE.match(data, start, at + 9):
            yield start
        at = data.find(b"ocr_page", at + 8)


def _open_elements(head: bytes) -> list[bytes]:
    """The names of the elements that a beginning of a file leaves open, from the outside in."""
    names: list[bytes] = []
    for match in _TAG.finditer(head):
        if match[2] is None or match[0].endswith(b"/>") or match[2].lower() in _VOID:
            continue
        if not match[1]:
            names.append(match[2])
        elif match[2] in names:
            del names[len(names) - 1 - names[::-1].index(match[2]) :]
    return names
