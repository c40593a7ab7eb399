"""The language data is what dictionaries/README.md describes; run as a script, this refreshes its table."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from ocrfix._data import SUMS, data_path

FOLDER = Path(__file__).parent.parent / "dictionaries"
README = FOLDER / "README.md"
HEAD = re.compile(r"(\| file \| what \| from \|[^\n]*\n\|[-|]+\n)((?:\|[^\n]*\n)*)")
MEGABYTES = 25


def _facts(path: Path) -> tuple[str, str]:
    data = path.read_bytes()
    return f"{len(data):,}", hashlib.sha256(data).hexdigest()


def _rows() -> dict[str, list[str]]:
    rows = [line.strip("| ").split(" | ") for line in HEAD.search(README.read_text("utf-8"))[2].splitlines()]
    return {row[0].strip("`"): row for row in rows}


def _files() -> dict[str, Path]:
    return {
        path.relative_to(FOLDER).as_posix(): path
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file() and path not in (README, FOLDER / SUMS)
    }


def test_every_file_is_described():
    assert set(_rows()) == set(_files())
    assert all(what and source for _, what, source, *_ in _rows().values())


def test_sizes_and_hashes():
    assert {name: tuple(row[3:]) for name, row in _rows().items()} == {
        name: (size, f"`{digest}`") for name, (size, digest) in ((n, _facts(p)) for n, p in _files().items())
    }


def _sums() -> str:
    return "".join(f"{_facts(path)[1]}  {name}\n" for name, path in _files().items())


def test_hashes_that_are_shipped():
    assert (FOLDER / SUMS).read_text("ascii") == _sums()


def test_the_model_stays_small():
    assert 0 < data_path("vi", "syllables.lm").stat().st_size <= MEGABYTES * 10**6


def test_every_file_is_explained_below_the_table():
    text = README.read_text("utf-8")
    below = text[HEAD.search(text).end() :]
    headings = " ".join(re.findall(r"^## (.*)$", below, re.MULTILINE))
    assert [name for name in _files() if name not in headings] == []


def refresh() -> None:
    """Write the sizes and hashes of the files there and into SHA256SUMS; a new file gets a row to fill in."""
    rows = _rows()
    lines = ""
    for name, path in _files().items():
        size, digest = _facts(path)
        what, source = rows[name][1:3] if name in rows else ("", "")
        lines += f"| `{name}` | {what} | {source} | {size} | `{digest}` |\n"
    text = README.read_text("utf-8")
    (FOLDER / SUMS).write_text(_sums(), "ascii")
    README.write_text(HEAD.sub(lambda match: match[1] + lines, text), "utf-8")


if __name__ == "__main__":
    refresh()
