"""Bytes to text: which encoding they are in, or what they are when they are no text."""

from __future__ import annotations

import codecs
import contextlib
import re
import unicodedata
from collections import Counter
from difflib import get_close_matches
from typing import Final, NamedTuple

from ocrfix.formats.errors import FormatError

__all__ = ["Decoded", "check_encoding", "decode"]

_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "a PDF; extract its text first, with pdftotext for instance"),
    (b"\x89PNG\r\n", "a PNG image; run it through OCR first"),
    (b"\xff\xd8\xff", "a JPEG image; run it through OCR first"),
    (b"GIF8", "a GIF image; run it through OCR first"),
    (b"II*\x00", "a TIFF image; run it through OCR first"),
    (b"MM\x00*", "a TIFF image; run it through OCR first"),
    (b"AT&TFORM", "a DjVu document; extract its text first, with djvutxt for instance"),
    (b"RIFF", "a RIFF file (WebP image or sound); only text can be cleaned"),
    (b"\x1f\x8b", "gzip-compressed; unpack it first"),
    (b"BZh", "bzip2-compressed; unpack it first"),
    (b"\xfd7zXZ\x00", "xz-compressed; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"Rar!\x1a", "a RAR archive; unpack it first"),
    (b"PK\x03\x04", "a ZIP archive (or docx, xlsx, odt, epub); export it as text first"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (doc, xls); export it as text first"),
    (b"{\\rtf", "an RTF document; export it as text first"),
    (b"PAR1", "a Parquet file; only text can be cleaned"),
    (b"SQLite format 3\x00", "an SQLite database; only text can be cleaned"),
    (b"\x7fELF", "a program; only text can be cleaned"),
)
_BOMS: Final[tuple[tuple[bytes, str], ...]] = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE: Final = 1 << 17
"""Bytes that are looked at to tell one encoding from another."""
_STRAY_SHARE: Final = 0.05
"""UTF-8 with up to this share of broken characters among its non-ASCII ones is damaged UTF-8."""
_LATIN_SHARE: Final = 0.3
"""Up to this share of bytes above ASCII, single-byte text is Latin and taken for Windows-1252: from so few
marks charset-normalizer cannot tell it from Windows-1250 or Mac text (French comes out as "élčves")."""
_CONTROL_SHARE: Final = 0.02
"""More control characters than this, and bytes are no text."""
_ASCII_WORD: Final = re.compile(rb"(?<![^\s\"'(.,;:!?-])[A-Za-z]{2,7}(?![^\s\"').,;:!?-])")


class Decoded(NamedTuple):
    """Text and how its bytes were read.

    ``encoding`` is a codec's name; ``bom``, whether UTF-8 began with a byte order mark (which is not
    in the text); ``broken``, the number of U+FFFD that stand for undecodable bytes.
    """

    text: str
    encoding: str
    bom: bool = False
    broken: int = 0


def check_encoding(name: str) -> str:
    """The codec's own name for an encoding.

    Raises FormatError, with the nearest right name, for one that is unknown or no text encoding.

    >>> check_encoding("UTF8")
    'utf-8'
    """
    try:
        info = codecs.lookup(name)
        "".encode(name)
    except (LookupError, UnicodeError):
        import encodings.aliases  # noqa: PLC0415  (only for the message)

        known = {a.replace("_", "-") for pair in encodings.aliases.aliases.items() for a in pair}
        near = get_close_matches(name.lower().replace("_", "-"), sorted(known), 1)
        hint = f"; did you mean {near[0]}?" if near else "; utf-8, utf-16, cp1258 and cp1252 are usual ones"
        raise FormatError(f"{name!r} is no text encoding{hint}") from None
    return info.name.removesuffix("-sig")  # the mark is looked after here


def decode(data: bytes, name: str, encoding: str | None = None) -> Decoded:
    """Read bytes as text.

    Parameters: ``data``; ``name``, the file's, for messages; ``encoding``, to be used without
    question, or None to find out. Tried in order: a byte order mark, UTF-8, UTF-16 without a mark,
    UTF-8 with a few broken characters, then single-byte Vietnamese and Western encodings,
    then what charset-normalizer says. Legacy Vietnamese fonts (TCVN3, VNI) come out as Windows-1252 text,
    which the rules of family ENC convert.

    Raises FormatError when the bytes are no text or are not in ``encoding``.

    >>> decode("Vì người nghèo".encode("utf-16"), "a.txt").text
    'Vì người nghèo'
    """
    if encoding is not None:
        return _decode_as(data, name, _named(encoding, name))
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return _decode_as(data, name, codec)
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise FormatError(f"{name}: this is {what}")
    if data[4:8] == b"ftyp":
        raise FormatError(f"{name}: this is a HEIC image or a film; only text can be cleaned")
    if b"\0" in data[:_SAMPLE]:
        codec16 = _utf16(data)
        if codec16:
            return _decode_as(data, name, codec16)
    _refuse_binary(data, name)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _damaged_utf8(data) or _single_byte(data, name)


def _named(encoding: str, name: str) -> str:
    """The codec's own name of an encoding that a file is said to be in."""
    try:
        return check_encoding(encoding)
    except FormatError as error:
        raise FormatError(f"{name}: {error}") from None


def _decode_as(data: bytes, name: str, codec: str) -> Decoded:
    mark = next((m for m, c in _BOMS if c == codec and data.startswith(m)), b"")
    body = data[len(mark) :]
    try:
        text = body.decode(codec)
    except UnicodeDecodeError as error:
        offset = error.start + len(mark)
        line = data.count(b"\n", 0, offset) + 1
        raise FormatError(
            f"{name}: byte {offset} (line {line}) is not {codec}: {error.reason}; "
            "name the right encoding with --encoding, or leave it out to have it found"
        ) from None
    except UnicodeError as error:
        raise FormatError(f"{name}: this is not {codec}: {error}") from None
    return Decoded(text, codec, bom=codec == "utf-8" and bool(mark))


def _utf16(data: bytes) -> str | None:
    """The byte order of UTF-16 without a mark: the one whose characters are nearly all Latin letters."""
    sample = data[: _SAMPLE // 2 * 2]
    for codec in ("utf-16-le", "utf-16-be"):
        text = sample.decode(codec, "replace")
        latin = sum("\t" <= c <= "\u024f" or "\u1e00" <= c <= "\u206f" for c in text)
        if len(data) % 2 == 0 and latin >= 0.95 * len(text) and "\0" not in text:
            return codec
    return None


def _refuse_binary(data: bytes, name: str) -> None:
    sample = data[:_SAMPLE]
    counts = Counter(sample)
    odd = sum(n for byte, n in counts.items() if byte < 32 and byte not in b"\t\n\r\f\x0b\x1a\x1b\b")
    # TCVN3 puts capital letters at 0x01-0x14, a few in a page of text
    if odd > _CONTROL_SHARE * len(sample):
        raise FormatError(
            f"{name}: this is binary data, not text; if it is text in an unusual encoding, name that "
            "with --encoding"
        )


def _damaged_utf8(data: bytes) -> Decoded | None:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    wide = sum(not c.isascii() for c in text)
    if broken > max(1, _STRAY_SHARE * wide) or wide - broken < broken:
        return None
    return Decoded(text, "utf-8", broken=broken)


def _single_byte(data: bytes, name: str) -> Decoded:
    text = _try_cp1258(data)
    if text is not None:
        return Decoded(text, "cp1258")
    if _looks_vietnamese(data):
        return _cp1252(data)
    if _high_share(data) < _LATIN_SHARE:
        return _cp1252(data)
    from charset_normalizer import from_bytes  # noqa: PLC0415  (start-up time)

    best = from_bytes(data[:_SAMPLE]).best()
    if best is not None:
        with contextlib.suppress(UnicodeDecodeError):
            return Decoded(data.decode(best.encoding).removeprefix("\ufeff"), best.encoding)
    raise FormatError(
        f"{name}: this is not text in any encoding that could be recognised; "
        "if it is text, name its encoding with --encoding"
    )


def _cp1252(data: bytes) -> Decoded:
    """Windows-1252, its five unused bytes as Latin-1 has them, so that every byte is a character."""
    import ftfy.bad_codecs  # noqa: F401, PLC0415  (registers the codec; start-up time)

    return Decoded(data.decode("sloppy-windows-1252"), "cp1252")


def _high_share(data: bytes) -> float:
    sample = data[:_SAMPLE]
    return sum(b >= 0x80 for b in sample) / max(1, len(sample))


def _looks_vietnamese(data: bytes) -> bool:
    """Whether most words of ASCII letters alone are Vietnamese syllables (theo, trong, cho, khi).

    Legacy Vietnamese fonts leave the ASCII letters alone. In French or English text about a fifth
    of such words happen to be syllables; in Vietnamese nearly all are.
    """
    from ocrfix.vietnamese.syllable import is_syllable  # noqa: PLC0415

    words = [w.decode("ascii") for w in _ASCII_WORD.findall(data[:_SAMPLE])]
    return len(words) >= 3 and sum(map(is_syllable, words)) >= 0.6 * len(words)


def _try_cp1258(data: bytes) -> str | None:
    """The text, if its marked words are Vietnamese syllables in Windows-1258, and some use its tone marks."""
    from ocrfix.vietnamese.syllable import is_syllable  # noqa: PLC0415

    try:
        text = data.decode("cp1258")
    except UnicodeDecodeError:
        return None
    words = [w for w in re.findall(r"(?:[^\W\d_][\u0300-\u0323]?)+", text[:_SAMPLE]) if not w.isascii()]
    toned = sum(not unicodedata.is_normalized("NFC", w) for w in words)
    right = sum(map(is_syllable, words))
    return text if toned >= 0.2 * len(words) and right >= 0.7 * len(words) and toned else None
