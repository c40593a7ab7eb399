"""Where the language data lies: inside the installed package, or beside it in a checkout.

What is installed is compared with the hashes that were shipped with it (``dictionaries/SHA256SUMS``), each
file once a process, when it is first needed: 14 ms for the model, a quarter of one for all tables (x86-64
with SHA instructions, files in memory). In a checkout, where files are being worked on, git and tests look
after them.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final

__all__ = ["SUMS", "DataError", "data_path"]

SUMS: Final = "SHA256SUMS"
"""Name of the list of hashes, in the format of sha256sum, which can check it too."""


class DataError(OSError):
    """A file of language data that ocrfix carries is missing, damaged, or another than was shipped."""


def data_path(*parts: str) -> Path:
    """Path of a file under ``dictionaries/``.

    Raises DataError, naming the file, when the installation lacks it or has another one.

    >>> data_path("vi", "channel.tsv").name
    'channel.tsv'
    """
    package = _folder(__file__)
    name = "/".join(parts)
    for root, installed in ((package, True), (package.parent, False)):
        path = root.joinpath("dictionaries", *parts)
        if path.exists():
            if installed:
                status = path.stat()
                _check(root / "dictionaries", name, status.st_mtime_ns, status.st_size)
            return path
    raise DataError(f"ocrfix's own file dictionaries/{name} is missing; install ocrfix again")


@lru_cache(maxsize=1)
def _folder(file: str) -> Path:
    """The folder that a module lies in, links resolved: asked for with every document."""
    return Path(file).resolve().parent


@lru_cache(maxsize=64)
def _check(folder: Path, name: str, _changed: int, _size: int) -> None:
    """See that a file is the one that was shipped; the time and size of its change serve the cache."""
    try:
        with (folder / name).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        why = error.strerror or str(error)
        raise DataError(f"ocrfix's own file {folder / name} cannot be read: {why}") from error
    if found != _sums(folder).get(name):
        raise DataError(
            f"ocrfix's own file {folder / name} is damaged, or is not the one that came with this version; "
            "install ocrfix again"
        )


@lru_cache(maxsize=4)
def _sums(folder: Path) -> dict[str, str]:
    """The shipped hashes by file name."""
    try:
        lines = (folder / SUMS).read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        raise DataError(
            f"ocrfix's own file {folder / SUMS} is missing or damaged; install ocrfix again"
        ) from None
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
