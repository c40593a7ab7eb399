"""Compressed data: gzip, bzip2, xz and zstd, unpacked under guard and packed again."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final, TextIO, cast

__all__ = [
    "PACKINGS",
    "PackingError",
    "open_text",
    "pack",
    "packing_of",
    "reader",
    "split_suffix",
    "unpack",
    "writer",
]

PACKINGS: Final = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}
"""The endings of compressed files' names, with what they are compressed by."""
_MAGIC: Final = {
    "gzip": re.compile(rb"\x1f\x8b\x08"),
    "bzip2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    "xz": re.compile(rb"\xfd7zXZ\x00"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd"),
}
LARGEST: Final = 1_000_000_000
"""Bytes that one file may unpack to in memory, unless more is allowed."""
RATIO: Final = 200
"""Times its size that a file may unpack to; text seldom shrinks to less than a tenth, and a bomb grows
a thousandfold with gzip and more with the others."""
_FLOOR: Final = 64 << 20
"""Bytes up to which no ratio is suspicious."""
_CHUNK: Final = 1 << 20
_XZ_MEMORY: Final = 512 << 20
"""Bytes of memory that unpacking xz may ask for; the highest usual level needs 65 MB."""


class PackingError(ValueError):
    """Compressed data that is damaged, unpacks to too much, or whose library is missing."""


def split_suffix(name: str) -> tuple[str, str]:
    """A file's name without the ending of its compression, and what that ending says.

    >>> split_suffix("bao.txt.gz"), split_suffix("bao.txt")
    (('bao.txt', 'gzip'), ('bao.txt', ''))
    """
    for suffix, packing in PACKINGS.items():
        if name.lower().endswith(suffix):
            return name[: -len(suffix)], packing
    return name, ""


def packing_of(head: bytes) -> str:
    """What data is compressed by, from its first bytes (10 are enough); "" when it is not.

    >>> packing_of(gzip.compress(b"Vi")), packing_of(b"BZhang")
    ('gzip', '')
    """
    return next((name for name, magic in _MAGIC.items() if magic.match(head)), "")


def _zstd() -> Any:  # noqa: ANN401  (one of two modules that have little in common)
    """The module for zstd: Python's own from 3.14 on, or the package zstandard."""
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd  # noqa: PLC0415

            return zstd
        import zstandard  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise PackingError('zstd needs a package that is not here: pip install "ocrfix[zstd]"') from error
    return zstandard


def _errors() -> tuple[type[Exception], ...]:
    found: list[type[Exception]] = [EOFError, OSError, ValueError, zlib.error, lzma.LZMAError]
    for name in ("zstandard", "compression.zstd"):
        module = sys.modules.get(name)
        if module is not None:
            found.append(module.ZstdError)
    return tuple(found)


class _Guarded(io.RawIOBase):
    """What an unpacking stream gives, as long as it gives no more than is allowed."""

    def __init__(self, stream: Any, what: str, most: int, excess: str, own: BinaryIO | None) -> None:  # noqa: ANN401
        self._own = own
        self._stream = stream
        self._what = what
        self._most = most
        self._excess = excess
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  (whatever buffers are)
        try:
            data = self._stream.read(min(len(buffer), _CHUNK))
        except MemoryError as error:
            raise PackingError(f"{self._what} asks for too much memory") from error
        except _errors() as error:
            raise PackingError(f"{self._what} is damaged or cut short: {error}") from error
        self._given += len(data)
        if self._given > self._most:
            raise PackingError(self._excess)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            if self._own is not None:
                self._own.close()
        super().close()


def reader(
    file: BinaryIO, packing: str, size: int, limit: int | None = None, *, own: str = ""
) -> io.BufferedReader:
    """A stream of unpacked bytes.

    Parameters: ``file``, the packed stream; ``packing``, one of `PACKINGS`' values; ``size``, the packed
    size in bytes; ``limit``, the bytes that may be unpacked (0: any number); when None, no more than
    `RATIO` times the size, beyond the first 64 MiB; ``own``, the name of a file that nobody else has
    open: messages begin with it, and closing the stream closes it.
    Reading raises PackingError for damaged data and for what is over the limit; so does the call when the
    library for zstd is missing.
    """
    stream: Any
    if packing == "gzip":
        stream = gzip.GzipFile(fileobj=file, mode="rb")
    elif packing == "bzip2":
        stream = bz2.BZ2File(file, "rb")
    elif packing == "xz":
        stream = _Frames(file, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY))
    else:
        zstd = _zstd()
        # the stream reader of the package zstandard takes data that is cut short for whole
        whole = hasattr(zstd, "ZstdFile")
        stream = zstd.ZstdFile(file) if whole else _Frames(file, lambda: _Zstandard(zstd))
    if limit is None:
        most = max(_FLOOR, RATIO * size)
        excess = f"it unpacks to over {RATIO} times its size"
    else:
        most, excess = limit or sys.maxsize, f"it unpacks to over {_megabytes(limit)} MB"
    excess += "; if that is right, allow more with --max-unpacked"
    what = f"{own}: the {packing} data" if own else f"the {packing} data"
    return io.BufferedReader(_Guarded(stream, what, most, excess, file if own else None), _CHUNK)


class _Zstandard:
    """A decompressor of the package zstandard, given little at a time, for it returns all at once."""

    _FEED = 1 << 11

    def __init__(self, zstd: Any) -> None:  # noqa: ANN401  (a module)
        self._inner = zstd.ZstdDecompressor().decompressobj()
        self._given = b""

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def needs_input(self) -> bool:
        return not self._given

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data) + self._given

    def decompress(self, data: bytes, _size: int) -> bytes:
        data = self._given + data
        self._given = data[self._FEED :]
        return bytes(self._inner.decompress(data[: self._FEED]))


class _Frames:
    """The unpacked data of one frame after another, each with a decompressor of its own.

    Data that is cut short raises EOFError. Frames may be followed by padding of zero bytes.
    """

    def __init__(self, file: BinaryIO, decompressor: Callable[[], Any]) -> None:
        self._file = file
        self._new = decompressor
        self._current: Any = None
        self._packed = b""
        self._ready = b""

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; none at the end."""
        while not self._ready:
            if self._current is None:
                while not (packed := self._packed.lstrip(b"\0")):
                    self._packed = self._file.read(_CHUNK)
                    if not self._packed:
                        return b""
                self._packed, self._current = packed, self._new()
            if self._current.needs_input and not self._packed:
                self._packed = self._file.read(_CHUNK)
                if not self._packed:
                    raise EOFError("the end is missing")
            self._ready = self._current.decompress(self._packed, size)
            self._packed = b""
            if self._current.eof:
                self._packed, self._current = self._current.unused_data, None
        data, self._ready = self._ready[:size], self._ready[size:]
        return data

    def close(self) -> None:
        """Nothing: the file is the caller's."""


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f}" if size >= 1e6 else f"{size / 1e6:g}"


def unpack(data: bytes, packing: str, limit: int | None = None) -> bytes:
    """The unpacked bytes.

    Parameters as for `reader`; when ``limit`` is None no more than `LARGEST` bytes either. Raises
    PackingError.

    >>> unpack(pack("Vì người nghèo".encode(), "xz"), "xz").decode()
    'Vì người nghèo'
    """
    pieces, total = [], 0
    with reader(io.BytesIO(data), packing, len(data), limit) as stream:
        while piece := stream.read(_CHUNK):
            pieces.append(piece)
            total += len(piece)
            if limit is None and total > LARGEST:
                raise PackingError(
                    f"it unpacks to over {_megabytes(LARGEST)} MB; if that is right, allow more with "
                    "--max-unpacked"
                )
    return b"".join(pieces)


def writer(file: BinaryIO, packing: str) -> BinaryIO:
    """A stream that packs what is written to it; closing it leaves ``file`` open.

    The same bytes always give the same: no time, no name. Raises PackingError when the library for zstd
    is missing.
    """
    if packing == "gzip":
        return cast("BinaryIO", gzip.GzipFile("", "wb", 6, file, 0))
    if packing == "bzip2":
        return cast("BinaryIO", bz2.BZ2File(file, "wb"))
    if packing == "xz":
        return cast("BinaryIO", lzma.LZMAFile(file, "wb"))
    zstd = _zstd()
    if hasattr(zstd, "ZstdFile"):
        return cast("BinaryIO", zstd.ZstdFile(file, "wb"))
    return cast("BinaryIO", zstd.ZstdCompressor().stream_writer(file, closefd=False))


def pack(data: bytes, packing: str) -> bytes:
    """The data packed, as `writer` does.

    >>> packing_of(pack(b"Vi", "bzip2"))
    'bzip2'
    """
    out = io.BytesIO()
    with writer(out, packing) as stream:
        stream.write(data)
    return out.getvalue()


def open_text(path: Path) -> TextIO:
    """Open a UTF-8 text file for reading, unpacked on the way where its name ends in .xz, .gz, .bz2 or .zst.

    It may be of any size. Raises OSError when it cannot be opened, PackingError when the library for zstd is
    missing; reading raises PackingError, naming the file, for damaged data.
    """
    packing = split_suffix(path.name)[1]
    if not packing:
        return path.open(encoding="utf-8")
    return io.TextIOWrapper(reader(path.open("rb"), packing, 0, 0, own=str(path)), "utf-8")
