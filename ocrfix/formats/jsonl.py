"""JSON lines: one object a line, of which one string is cleaned and every other byte kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final

from ocrfix.formats.errors import FormatError
from ocrfix.formats.rows import Row

__all__ = ["LONGEST", "read_rows", "with_text"]

LONGEST: Final = 256 << 20
"""Bytes of one line at most; what has longer ones is not meant to be read line by line."""
_BLANK: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()
_SHOWN: Final = 60


def read_rows(file: BinaryIO, name: str, column: str, id_column: str | None = None) -> Iterator[Row]:
    """The rows of a file, blank and damaged ones too, one at a time.

    Parameters: ``file``, a stream of bytes; ``name``, for messages; ``column``, the field with the text,
    "a.b" being the field "b" of the object in "a" (unless there is a field "a.b"); ``id_column``, the
    field with the row's id. Joined together, the rows' ``data`` are the file. Raises FormatError for a
    line of over 256 MiB.

    >>> import io
    >>> [row.text for row in read_rows(io.BytesIO('{"text": "Vì"}'.encode()), "-", "text")]
    ['Vì']
    """
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise FormatError(
                f"{name}: line {number} is over {LONGEST >> 20} MiB long; are these JSON lines?"
            )
        yield _row(line, number, column, id_column)


def _row(line: bytes, number: int, column: str, id_column: str | None) -> Row:
    try:
        text = _decoded(line)
        if not text.strip():
            return Row(number, data=line)
        value = json.loads(text)
    except UnicodeDecodeError as error:
        return Row(number, problem=f"not UTF-8 at byte {error.start}", damaged=True, data=line)
    except json.JSONDecodeError as error:
        problem = f"not JSON: {error.msg} at column {error.colno}"
        return Row(number, problem=problem, damaged=True, data=line)
    except (ValueError, RecursionError) as error:  # a number of too many digits, too deep a nest
        return Row(number, problem=f"not JSON that can be read: {error}", damaged=True, data=line)
    name = _field(value, id_column) if id_column else None
    found = _field(value, column)
    if isinstance(found, str):
        return Row(number, found, name, data=line)
    if not isinstance(value, dict):
        problem = "not an object"
    elif found is None and not _path(value, column):
        problem = f"no field {column!r}"
    else:
        problem = f"the field {column!r} is {json.dumps(found)[:_SHOWN]}, not a string"
    return Row(number, None, name, problem, data=line)


def _decoded(line: bytes) -> str:
    # JSON has no byte order mark, but files do begin with one
    return line.decode("utf-8").removeprefix("\ufeff")


def _path(value: Any, column: str) -> tuple[str, ...]:  # noqa: ANN401  (what JSON can hold)
    """The keys that lead to a field, none when it is not there."""
    if isinstance(value, dict) and column in value:
        return (column,)
    keys = tuple(column.split("."))
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return ()
        value = value[key]
    return keys


def _field(value: Any, column: str) -> Any:  # noqa: ANN401
    keys = _path(value, column)
    for key in keys:
        value = value[key]
    return value if keys else None


def with_text(row: Row, column: str, text: str) -> bytes:
    r"""The row's line with another text, every other byte as it was.

    The new string is written in the manner of the old one: "\u" escapes and "\/" where that has them.

    >>> row = Row(1, "Vi", data=b'{"id":  1, "text": "Vi"}\n')
    >>> with_text(row, "text", "Vì").decode()
    '{"id":  1, "text": "Vì"}\n'
    """
    line = row.data.decode("utf-8")
    mark = line.startswith("\ufeff")
    start, end = _span(line, mark, _path(json.loads(line[mark:]), column))
    old = line[start:end]
    ascii_only = old.isascii() and "\\u" in old
    new = json.dumps(text, ensure_ascii=ascii_only or _lone_surrogate(text))
    if "\\/" in old:
        new = new.replace("/", "\\/")
    return (line[:start] + new + line[end:]).encode("utf-8")


def _lone_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def _span(line: str, start: int, keys: Sequence[str]) -> tuple[int, int]:
    """Where the value at the end of the keys stands; of equal keys the last counts, as for json.loads."""
    place = _skip(line, start)
    for key in keys:
        place = _value(line, place, key)
    return place, _DECODER.raw_decode(line, place)[1]


def _value(line: str, place: int, wanted: str) -> int:
    """The place of a member's value in the object that begins at ``place``."""
    found = -1
    place = _skip(line, place + 1)
    while line[place] == '"':
        key, place = _DECODER.raw_decode(line, place)
        place = _skip(line, _skip(line, place) + 1)
        if key == wanted:
            found = place
        place = _skip(line, _DECODER.raw_decode(line, place)[1])
        if line[place] == ",":
            place = _skip(line, place + 1)
    assert found >= 0
    return found


def _skip(line: str, place: int) -> int:
    match = _BLANK.match(line, place)
    assert match is not None
    return match.end()
