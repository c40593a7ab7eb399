"""What a corpus run keeps beside its output: findings by shard, and a marker for each that is done."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, Final

from ocrfix.config import Config
from ocrfix.formats.errors import FormatError
from ocrfix.formats.files import reason, write
from ocrfix.scale.counts import Counts

__all__ = ["STATE", "State", "facts", "settings_hash"]

STATE: Final = ".ocrfix"
"""The folder in the output's: hidden, so that a run over the output passes over it."""
_LONGEST_NAME: Final = 216
"""Bytes of a file's name that leave room for endings: most systems have names of 255 bytes."""
FORMAT: Final = "ocrfix-done/1"


def facts(path: Path) -> list[Any] | None:
    """A file's name, size in bytes and time of change in nanoseconds; None when there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return [str(path), found.st_size, found.st_mtime_ns]


def settings_hash(config: Config, more: Mapping[str, Any]) -> str:
    """A hash of what the outcome depends on besides the input: version, config and model, ``more``."""
    from ocrfix import __version__  # noqa: PLC0415  (the package imports nothing of this one)

    model = facts(Path(config.model)) if config.model else None
    data = json.dumps([__version__, asdict(config), model, more], sort_keys=True)
    return hashlib.sha256(data.encode()).hexdigest()


def _short(shard: str) -> str:
    """A shard's name, where that is too long for an ending more with a hash in place of its end.

    >>> _short("bao/so-1.jsonl"), len(_short("a" * 250))
    ('bao/so-1.jsonl', 157)
    """
    folder, slash, name = shard.rpartition("/")
    data = os.fsencode(name)
    if len(data) <= _LONGEST_NAME:
        return shard
    start = data[: _LONGEST_NAME // 2].decode("ascii", "replace").replace("\ufffd", "_")
    return f"{folder}{slash}{start}-{hashlib.sha256(data).hexdigest()[:48]}"


class State:
    """The folder ``.ocrfix`` in a corpus run's output.

    Parameters: ``output``, the output's folder, which is made when it is not there. One run at a time may
    use a shard's state; runs over other inputs may share the folder, on other machines too.
    Raises FormatError when it cannot be written.
    """

    def __init__(self, output: Path) -> None:
        self.folder = output / STATE
        try:
            self.used = self.folder.is_dir()
            for name in ("findings", "done"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FormatError(f"{self.folder}: cannot be written: {reason(error)}") from error

    def findings(self, shard: str) -> Path:
        """Where a shard's findings go."""
        return self.folder / "findings" / f"{_short(shard)}.jsonl"

    def marker(self, shard: str) -> Path:
        """The file that is there when a shard is done."""
        return self.folder / "done" / f"{_short(shard)}.json"

    def done(self, shard: str, mark: Mapping[str, Any], budget: float | None) -> Counts | None:
        """The counts of a shard that is done with the same inputs and settings, else None.

        A shard with errors is done anew where the time budget is another. ``mark`` is what `finish` was
        given.
        """
        try:
            data = json.loads(self.marker(shard).read_text("utf-8"))
            if any(data[key] != value for key, value in mark.items()) or data["format"] != FORMAT:
                return None
            counts = Counts.from_dict(data["counts"])
            if counts.errors and data["budget"] != budget:
                return None
            for name, size in data["outputs"]:
                found = facts(Path(name))
                if found is None or found[1] != size:
                    return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None  # not a marker, or damaged
        return counts if self.findings(shard).is_file() else None

    def finish(
        self,
        shard: str,
        mark: Mapping[str, Any],
        budget: float | None,
        outputs: Iterable[Path],
        counts: Mapping[str, Any],
    ) -> None:
        """Say that a shard is done. Raises FormatError when that cannot be written."""
        sizes = [found[:2] for path in outputs if (found := facts(path))]
        data = {"format": FORMAT, **mark, "budget": budget, "outputs": sizes, "counts": counts}
        try:
            line = json.dumps(data, ensure_ascii=False).encode()
        except UnicodeEncodeError:  # a file's name may be no Unicode
            line = json.dumps(data).encode()
        write(self.marker(shard), line + b"\n")

    def forget(self, shards: Iterable[str]) -> None:
        """Take away the markers of shards that are to be done anew."""
        for shard in shards:
            with contextlib.suppress(OSError):
                self.marker(shard).unlink()

    def sweep(self, outputs: Iterable[Path]) -> None:
        """Take away what a run that was killed left half written beside its outputs."""
        folders: dict[Path, set[str]] = {}
        for path in outputs:
            folders.setdefault(path.parent, set()).add(path.name[:40])
        for folder, names in folders.items():
            with contextlib.suppress(OSError), os.scandir(folder) as entries:
                stale = [e.name for e in entries if (m := _TEMPORARY.fullmatch(e.name)) and m[1] in names]
                for name in stale:
                    (folder / name).unlink()

    def copy_findings(self, shards: Iterable[str], file: BinaryIO) -> None:
        """The findings of shards, one after the other, those that have none passed over."""
        for shard in shards:
            with contextlib.suppress(FileNotFoundError), self.findings(shard).open("rb") as source:
                shutil.copyfileobj(source, file)

    def drop_others(self, shards: AbstractSet[str], inputs: AbstractSet[str]) -> None:
        """Take away the state of shards that there are no longer, but whose inputs are in others now."""
        done = self.folder / "done"
        shards = {_short(name) for name in shards}
        for path in sorted(done.rglob("*.json")) if self.used else ():
            name = path.relative_to(done).as_posix().removesuffix(".json")
            if name in shards:
                continue
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                if any(found[0] in inputs for found in json.loads(path.read_text("utf-8"))["inputs"]):
                    path.unlink()
                    self.findings(name).unlink()

    @contextlib.contextmanager
    def locked(self, shards: Iterable[str]) -> Iterator[None]:
        """Keep other runs over the same shards out, where the system can.

        Raises FormatError when there is one.
        """
        try:
            import fcntl  # noqa: PLC0415  (not on every system)
        except ImportError:
            yield
            return
        wanted = set(shards)
        names = "\n".join(sorted(wanted)).encode("utf-8", "surrogateescape")
        path = self.folder / f"lock-{hashlib.sha256(names).hexdigest()[:16]}"
        with path.open("a+b") as file:
            if not _lock(fcntl, file):
                raise FormatError(f"{self.folder}: another run is at work on the same inputs")
            try:
                file.truncate(0)
                file.write(names)
                file.flush()
                for other in self.folder.glob("lock-*"):
                    if other != path and wanted & _held(fcntl, other):
                        raise FormatError(f"{self.folder}: another run is at work on some of the inputs")
                yield
            finally:
                with contextlib.suppress(OSError):
                    path.unlink()


def _lock(fcntl: Any, file: BinaryIO) -> bool:  # noqa: ANN401  (a module that not every system has)
    """Whether a file could be locked."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _held(fcntl: Any, path: Path) -> set[str]:  # noqa: ANN401
    """The shards that another run is at work on, none when it is gone."""
    try:
        with path.open("rb") as file:
            if _lock(fcntl, file):
                return set()
            return set(file.read().decode("utf-8", "surrogateescape").split("\n"))
    except OSError:
        return set()


_TEMPORARY: Final = re.compile(r"\.(.{1,40})\.[a-z0-9_]{8}\.tmp", re.DOTALL)
