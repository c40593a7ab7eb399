"""Which files are read, and where each goes; everything that can be refused before any work."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import click

from ocrfix.formats import FormatError, walk
from ocrfix.formats.files import SUFFIXES, reason

__all__ = ["Item", "Plan", "make_plan", "refuse_what_cannot_be_read_again"]


@dataclass(frozen=True)
class Item:
    """One input; ``path`` is None for standard input. ``output`` is None when nothing is written."""

    path: Path | None
    output: Path | None = None


@dataclass(frozen=True)
class Plan:
    """All inputs in order, what was wrong with some, and whether one file alone was named."""

    items: tuple[Item, ...]
    warnings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    single: bool = False


def make_plan(
    paths: Sequence[str], output: str | None = None, *, in_place: bool = False, files_from: Path | None = None
) -> Plan:
    """Find the inputs.

    Parameters: ``paths``, files, folders or "-" alone; ``output``, a file for one input, else a folder
    whose tree mirrors the inputs'; ``in_place``, whether each file is its own output; ``files_from``, a
    file that names more files, one a line, which go to the output by their path as it stands there.
    A file that is reached twice is taken once. Raises click.UsageError when two inputs would write
    one output, or an output is an input.
    """
    listed = _listed(files_from) if files_from else []
    if not paths and files_from is None:
        raise click.UsageError("Missing argument 'PATH...'.")
    if "-" in paths:
        if len(paths) > 1 or listed:
            raise click.UsageError("- (standard input) must be the only path")
        if in_place:
            raise click.UsageError("--in-place: standard input has no place; leave --in-place out")
        return Plan((Item(None, Path(output) if output else None),), single=True)
    single = len(paths) == 1 and not listed and not Path(paths[0]).is_dir()
    folder = _output_folder(output, single)
    items: list[Item] = []
    warnings: list[str] = []
    errors: list[str] = []
    seen: set[object] = set()
    for path, relative in chain(_inputs(paths, folder, warnings, errors), listed):
        key = _identity(path)
        if key in seen:
            continue
        seen.add(key)
        if in_place:
            items.append(Item(path, path))
        elif output is None:
            items.append(Item(path))
        else:
            items.append(Item(path, folder / relative if folder else Path(output)))
    if not in_place:
        _check_outputs(items, seen)
    return Plan(tuple(items), tuple(warnings), tuple(errors), single)


def _listed(files_from: Path) -> list[tuple[Path, Path]]:
    """The files that a list names, and their paths under the output folder."""
    try:
        data = sys.stdin.buffer.read() if str(files_from) == "-" else files_from.read_bytes()
    except OSError as error:
        raise click.UsageError(f"--files-from: {files_from} cannot be read: {reason(error)}") from error
    found = []
    for line in filter(None, (line.strip() for line in os.fsdecode(data).split("\n"))):
        path = Path(line)
        if ".." in path.parts:
            raise click.UsageError(f"--files-from: {line}: a path with .. has no place in the output")
        found.append((path, path.relative_to(path.anchor)))
    return found


def _output_folder(output: str | None, single: bool) -> Path | None:
    """The folder that outputs go to; None when there is one output file, or none."""
    if output is None:
        return None
    path = Path(output)
    if single and not path.is_dir() and not output.endswith(("/", os.sep)):
        return None
    if path.exists() and not path.is_dir():
        raise click.UsageError(f"-o {output}: this is a file, and several inputs need a folder")
    return path


def _inputs(
    paths: Sequence[str], output: Path | None, warnings: list[str], errors: list[str]
) -> Iterator[tuple[Path, Path]]:
    """Every input file and its path under the output folder."""
    for name in paths:
        path = Path(name)
        if not path.is_dir():
            yield path, Path(path.name)
            continue
        found = False
        try:
            for file in walk(path, leave_out=output):
                if _special(file):
                    warnings.append(f"{file}: this is no file, and is passed over")
                    continue
                found = True
                yield file, file.relative_to(path)
        except FormatError as error:
            errors.append(str(error))
            continue
        if not found:
            *some, last = SUFFIXES
            kinds = f"{', '.join(some)} or {last}"
            warnings.append(
                f"{path}: no files that end in {kinds} here, and no ALTO, PAGE-XML or HTML with hOCR"
            )


def _special(path: Path) -> bool:
    """Whether something is there that is neither a file nor a folder, such as a named pipe.

    >>> _special(Path("/dev/null")), _special(Path("gone.txt"))
    (True, False)
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def refuse_what_cannot_be_read_again(plan: Plan, what: str) -> None:
    """See that all inputs are files. Raises click.UsageError; ``what`` asks for it."""
    for item in plan.items:
        if item.path is None or _special(item.path):
            name = "standard input" if item.path is None else str(item.path)
            raise click.UsageError(f"{what}: {name} cannot be read again; name files")


def _identity(path: Path) -> object:
    """What is equal for two paths of one file, which need not exist."""
    try:
        found = path.stat()
    except OSError:
        return os.path.realpath(path)
    # named pipes and the like have no identity worth keeping apart from their path
    return (found.st_dev, found.st_ino) if found.st_ino else os.path.realpath(path)


def _check_outputs(items: Sequence[Item], inputs: set[object]) -> None:
    writers: dict[object, Item] = {}
    for item in items:
        if item.output is None:
            continue
        key = os.path.realpath(item.output)
        if key in writers:
            raise click.UsageError(
                f"{writers[key].path} and {item.path} would both be written to {item.output}; "
                "clean them into folders of their own"
            )
        writers[key] = item
        if _identity(item.output) in inputs:
            raise click.UsageError(
                f"-o: {item.output} is itself an input; use --in-place to overwrite inputs"
            )
