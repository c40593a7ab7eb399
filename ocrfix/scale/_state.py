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

__all__ = ["STATE", "State", "facts", "settings_hash"]

STATE: Final = ".ocrfix"
"""The folder in the output's: hidden, so that a run over the output passes over it."""
FORMAT: Final = "ocrfix-done/1"


def facts(path: Path) -> list[Any] | None:
    """A file's name, size in bytes and time of change in nanoseconds; None when there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return [os.fsencode(path).decode("utf-8", "backslashreplace"), found.st_size, found.st_mtime_ns]


def settings_hash(config: Config, more: Mapping[str, Any]) -> str:
    """A hash of what the outcome depends on besides the input: version, config and model, ``more``."""
    from ocrfix import __version__  # noqa: PLC0415  (the package imports nothing of this one)

    model = facts(Path(config.model)) if config.model else None
    data = json.dumps([__version__, asdict(config), model, more], sort_keys=True)
    return hashlib.sha256(data.encode()).hexdigest()


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
        return self.folder / "findings" / f"{shard}.jsonl"

    def marker(self, shard: str) -> Path:
        """The file that is there when a shard is done."""
        return self.folder / "done" / f"{shard}.json"

    def done(self, shard: str, mark: Mapping[str, Any], budget: float | None) -> dict[str, Any] | None:
        """The counts of a shard that is done with the same inputs and settings, else None.

        A shard with errors is done anew where the time budget is another. ``mark`` is what `finish` was
        given.
        """
        try:
            data = json.loads(self.marker(shard).read_text("utf-8"))
            counts: dict[str, Any] = data["counts"]
            if any(data[key] != value for key, value in mark.items()) or data["format"] != FORMAT:
                return None
            if counts["errors"] and data["budget"] != budget:
                return None
            outputs = data["outputs"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not self.findings(shard).is_file():
            return None
        for name, size in outputs:
            found = facts(Path(name))
            if found is None or found[1] != size:
                return None
        return counts

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
        write(self.marker(shard), (json.dumps(data, ensure_ascii=False) + "\n").encode())

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
        names = hashlib.sha256("\n".join(shards).encode("utf-8", "surrogateescape")).hexdigest()
        path = self.folder / f"lock-{names[:16]}"
        with path.open("wb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise FormatError(f"{self.folder}: another run is at work on the same inputs") from error
            try:
                yield
            finally:
                with contextlib.suppress(OSError):
                    path.unlink()


_TEMPORARY: Final = re.compile(r"\.(.{1,40})\.[a-z0-9_]{8}\.tmp", re.DOTALL)
