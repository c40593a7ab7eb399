"""Files on disk: read whole, written whole or not at all, and folders walked in order."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ocrfix._compressed import PackingError, packing_of, reader, split_suffix, unpack
from ocrfix.formats._markup import Markup, decode_markup
from ocrfix.formats.errors import FormatError
from ocrfix.formats.layout_source import Dialect, make_source
from ocrfix.formats.packed import PackedSource
from ocrfix.formats.sections import check_size
from ocrfix.formats.sniff import FORMATS, SNIFFED, sniff
from ocrfix.formats.source import Source
from ocrfix.formats.text import read_text

__all__ = [
    "SUFFIXES",
    "Output",
    "read",
    "read_bytes",
    "read_data",
    "reason",
    "replacing",
    "same_file",
    "walk",
    "write",
]

SUFFIXES = (".txt", ".md", ".markdown", ".hocr", ".jsonl", ".ndjson", ".parquet")
"""Endings of the files that are taken from a folder, also with .gz, .bz2, .xz or .zst behind them; a file
that is named itself may have any."""
MARKDOWN_SUFFIXES = (".md", ".markdown")
"""Endings of Markdown files."""
MARKUP_SUFFIXES = (".xml", ".html", ".htm", ".xhtml")
"""Endings of files that are taken from a folder when they turn out to be in a format with word boxes."""


def reason(error: OSError) -> str:
    """What the operating system says is wrong, without the file name and number.

    >>> reason(FileNotFoundError(2, "No such file or directory"))
    'no such file or directory'
    """
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]


def read(
    path: Path,
    encoding: str | None = None,
    form: str = "auto",
    *,
    keep_removed: bool = False,
    max_unpacked: int | None = None,
) -> Source:
    """Read a file.

    Parameters: ``path``; ``encoding``, a codec's name, or None to find out; ``form``, one of
    `ocrfix.formats.FORMATS`, or "auto" to find out; ``keep_removed``, whether elements with word boxes
    stay, empty, when their text is removed; ``max_unpacked``, the bytes that a compressed file may unpack
    to (0 is any number; for None see `ocrfix._compressed.unpack`). A compressed file gives a
    `PackedSource`. Raises FormatError when the file cannot be read, is no text, or is not in the format.
    """
    data = read_bytes(path)
    return read_data(data, str(path), encoding, form, keep_removed=keep_removed, max_unpacked=max_unpacked)


def read_bytes(path: Path) -> bytes:
    """A file's bytes. Raises FormatError when it cannot be read."""
    try:
        if path.is_dir():
            raise FormatError(f"{path}: this is a folder")
        return path.read_bytes()
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {reason(error)}") from error


def read_data(
    data: bytes,
    name: str,
    encoding: str | None = None,
    form: str = "auto",
    *,
    keep_removed: bool = False,
    max_unpacked: int | None = None,
) -> Source:
    """Read a file's bytes; ``name`` is the file's.

    Parameters: ``encoding``, ``form``, ``keep_removed`` and ``max_unpacked`` (bytes) as of `read`. Raises
    FormatError, naming the file, for what cannot be read or unpacked.

    >>> read_data("Vì người nghèo".encode(), "-").document.text
    'Vì người nghèo'
    """
    packing = packing_of(data[:10])
    if packing:
        try:
            unpacked = unpack(data, packing, max_unpacked)
        except PackingError as error:
            raise FormatError(f"{name}: {error}") from error
        inner = read_data(unpacked, name, encoding, form, keep_removed=keep_removed)
        return PackedSource(inner, data, packing)
    if form == "auto":
        markdown = split_suffix(name.lower())[0].endswith(MARKDOWN_SUFFIXES)
        form = "markdown" if markdown else sniff(data, name)
    if form == "text":
        return read_text(data, name, encoding)
    if form == "markdown":
        from ocrfix.formats.markdown import read_markdown  # noqa: PLC0415  (start-up time)

        return read_markdown(data, name, encoding)
    check_size(data, name)
    markup = decode_markup(data, name, encoding)
    dialect = _dialect(form, markup, name)
    return make_source(dialect, markup, data, name, keep_removed=keep_removed)


def _dialect(form: str, markup: Markup, name: str) -> Dialect:
    """How the file marks its words. Raises ValueError for a format that there is not."""
    if form == "hocr":
        from ocrfix.formats.hocr import HocrDialect  # noqa: PLC0415  (start-up time)

        return HocrDialect(markup, name)
    if form == "alto":
        from ocrfix.formats.alto import AltoDialect  # noqa: PLC0415

        return AltoDialect(markup, name)
    if form == "page":
        from ocrfix.formats.page_xml import PageDialect  # noqa: PLC0415

        return PageDialect(markup, name)
    raise ValueError(f"there is no format {form!r}; choose from {', '.join(FORMATS)}")


@dataclass
class Output:
    """A file that is being written: ``file``, and whether it is to take the old one's place at the end."""

    file: BinaryIO
    wanted: bool = True


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Output]:
    """Write a file whole or not at all.

    The bytes go to a new file in the same folder, which at the end takes the place of the old one with
    its permissions (and owner, where that is allowed), unless ``wanted`` was set to False. A symbolic link
    stays, and the file that it points to is replaced. What is no regular file (/dev/null, a named pipe) is
    written to directly. Missing folders are made. Raises FormatError when the file cannot be written, and
    whatever the caller raises; the old one is then whole.
    """
    target = Path(os.path.realpath(path))
    with _explained(path):
        if target.is_dir():
            raise FormatError(f"{path}: cannot be written: this is a folder")
        special = target.exists() and not target.is_file()
        if not special and target.exists() and not os.access(target, os.W_OK):
            raise FormatError(f"{path}: cannot be written: it is read-only; choose another output with -o")
        if special:
            with target.open("wb") as file:
                yield Output(file)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with _temporary(target) as output:
            yield output


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FormatError(
            f"{path}: cannot be written: {reason(error)}; choose another output with -o"
        ) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[Output]:
    old = target.stat() if target.exists() else None
    # the name is known before there is a file, so that a signal in between leaves none
    temporary = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "xb", opener=_private) as file:
            output = Output(file)
            yield output
            file.flush()
            os.fsync(file.fileno())
        if not output.wanted:
            temporary.unlink()
            return
        if old is not None:
            if hasattr(os, "chown"):
                with contextlib.suppress(PermissionError):
                    os.chown(temporary, old.st_uid, old.st_gid)
            temporary.chmod(stat.S_IMODE(old.st_mode))
        else:
            temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if hasattr(os, "O_DIRECTORY"):
        with contextlib.suppress(OSError):
            folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, as `replacing` does. Raises FormatError when it cannot be written."""
    with replacing(path) as output:
        output.file.write(data)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths, which need not exist, name one file.

    >>> same_file(Path("bao/../so-1.txt"), Path("so-1.txt"))
    True
    """
    try:
        if one.exists() and other.exists():
            return one.samefile(other)
    except OSError:
        pass
    return os.path.realpath(one) == os.path.realpath(other)


def walk(folder: Path, leave_out: Path | None = None) -> Iterator[Path]:
    """The files of a folder and the folders in it that can be cleaned, sorted by path.

    Hidden files and folders are passed over, and links to folders are not followed. ``leave_out`` is
    a folder that is passed over too (where the output goes). Raises FormatError for a folder that
    cannot be read.
    """
    try:
        entries = sorted(folder.iterdir(), key=lambda p: p.name)
    except OSError as error:
        raise FormatError(f"{folder}: cannot be read: {reason(error)}") from error
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink() and not (leave_out and same_file(entry, leave_out)):
                yield from walk(entry, leave_out)
        elif _suffix(entry) in SUFFIXES or _has_boxes(entry):
            yield entry


def _suffix(path: Path) -> str:
    """The ending of a file's name, in small letters, without that of its compression."""
    name, packing = split_suffix(path.name.lower())
    suffix = Path(name).suffix
    return "" if packing and suffix == ".parquet" else suffix  # Parquet is compressed within


def _has_boxes(path: Path) -> bool:
    """Whether a file is XML or HTML in a format with word boxes."""
    if _suffix(path) not in MARKUP_SUFFIXES:
        return False
    try:
        with path.open("rb") as file:
            packing = packing_of(file.peek(10))
            stream = reader(file, packing, SNIFFED) if packing else file
            return sniff(stream.read(SNIFFED), str(path)) != "text"
    except (OSError, FormatError, PackingError):
        return False
