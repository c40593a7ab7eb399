"""Right text in files, to learn from and to measure with: UTF-8, a paragraph a line, also compressed.

A form feed, mostly on a line by itself, parts two documents.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from ocrfix._compressed import PackingError, open_text
from ocrfix._pairs import DataError

__all__ = ["documents", "lines", "read_paragraphs"]


def lines(paths: Iterable[Path], characters: int | None = None) -> Iterator[str]:
    """The lines of the files as they are, of each those that begin in the first ``characters`` characters.

    Raises OSError on files, UnicodeDecodeError for text that is not UTF-8, PackingError for damaged data.
    """
    for path in paths:
        left = characters
        with open_text(path) as file:
            for line in file:
                yield line
                if left is not None:
                    left -= len(line)
                    if left <= 0:
                        break


def documents(
    path: Path, *, characters: int | None = None, longest: int | None = None
) -> Iterator[list[str]]:
    """The documents of a file that hold text, each as its paragraphs, in NFC and with single blanks.

    Parameters: ``characters``, after which no document begins any more; ``longest``, how many paragraphs of a
    document are kept together; what follows is given as one more. Raises as `lines` does.
    """
    found: list[str] = []
    seen = 0
    for line in lines([path]):
        seen += len(line)
        for number, piece in enumerate(line.split("\f")):
            if number:
                if found:
                    yield found
                    found = []
                if characters is not None and seen >= characters:
                    return
            text = " ".join(unicodedata.normalize("NFC", piece).split())
            if text:
                found.append(text)
            if len(found) == longest:
                yield found
                found = []
    if found:
        yield found


def read_paragraphs(path: Path) -> list[str]:
    """Right paragraphs from a text file (bare or compressed); blank lines and form feeds are passed over.

    Raises DataError, naming the file, when it holds no text, is not UTF-8 or damaged; OSError when it cannot
    be read.
    """
    try:
        with open_text(path) as file:
            pieces = file.read().replace("\f", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from None
    except PackingError as error:
        raise DataError(str(error)) from None
    found = [piece.strip() for piece in pieces if piece.strip()]
    if not found:
        raise DataError(f"{path}: no text")
    return found
