"""One file of named arrays: a magic line, a JSON header, then the arrays, each at a multiple of 64 bytes."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ArraysError", "packed", "read_arrays", "write_arrays", "write_packed"]


class ArraysError(ValueError):
    """The file is not of the kind that was asked for, or it is damaged."""


def write_arrays(path: Path, magic: bytes, header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
    """Write whole or not at all; the same arrays give the same bytes.

    Parameters: ``magic``, a line that names the kind of file; ``header``, what JSON can hold; ``arrays`` of
    one or two dimensions. The header gets the hash (SHA-256) of all that follows it.
    """
    offsets, blob = packed(arrays)
    places = {n: [offsets[n], list(array.shape), array.dtype.str] for n, array in arrays.items()}
    write_packed(path, magic, {**header, "arrays": places}, blob)


def packed(arrays: dict[str, NDArray[Any]]) -> tuple[dict[str, int], bytes]:
    """The arrays' bytes one after the other, and where each begins."""
    offsets: dict[str, int] = {}
    body, offset = [], 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array).tobytes()
        offsets[name] = offset
        pad = -len(data) % 64
        body.append(data + b"\0" * pad)
        offset += len(data) + pad
    return offsets, b"".join(body)


def write_packed(path: Path, magic: bytes, header: dict[str, Any], blob: bytes) -> None:
    """Write the magic line, the header with the hash of ``blob``, and ``blob``, whole or not at all.

    ``blob`` begins at a multiple of 64 bytes. Raises OSError.
    """
    full = {**header, "sha256": hashlib.sha256(blob).hexdigest()}
    head = magic + json.dumps(full, ensure_ascii=False).encode()
    head += b" " * (-(len(head) + 1) % 64) + b"\n"
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as file:
        file.write(head + blob)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(temporary, 0o644)  # noqa: PTH101  (mkstemp's 0600 would ship)
    Path(temporary).replace(path)


def read_arrays(path: Path, magic: bytes, kind: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header and the arrays, mapped into memory.

    Parameters: ``magic``, the line that such a file begins with; ``kind``, for messages: what the file should
    be. Raises ArraysError for another kind of file and for one that is cut short or changed, OSError when it
    cannot be read.
    """
    with path.open("rb") as file:
        if file.readline(len(magic)) != magic:
            raise ArraysError(f"{path} is not {kind}")
        line = file.readline(1 << 20)
        start = file.tell()
        found = hashlib.file_digest(file, "sha256").hexdigest()
    blob = np.memmap(path, dtype=np.uint8, mode="r")
    try:
        header = json.loads(line)
        whole = header["sha256"] == found
        arrays = {}
        for name, (offset, shape, dtype) in header["arrays"].items():
            begin = start + int(offset)
            end = begin + int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
            arrays[name] = np.asarray(blob[begin:end]).view(dtype).reshape(shape)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise ArraysError(f"{path} is damaged (its header cannot be read)") from None
    if not whole:
        raise ArraysError(f"{path} is damaged (its hash is not the one in its header)")
    return header, arrays
