"""Files with one text a row, read by rows and written by rows."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self, cast

from ocrfix._compressed import PackingError, packing_of, reader, split_suffix, writer
from ocrfix.formats.errors import FormatError
from ocrfix.formats.files import Output, reason, replacing
from ocrfix.formats.rows import Row, row_format

if TYPE_CHECKING:
    from ocrfix.scale.rows import RowTask

__all__ = ["RowFile", "open_rows"]


def open_rows(task: RowTask) -> RowFile:
    """The file of a task, to be used as a context. Raises FormatError when it cannot be read or written."""
    other = "" if task.output is None else row_format(task.output)
    if other and other != task.form:
        raise FormatError(
            f"{task.name}: {task.output} would not be what its name says: the format stays {task.form}"
        )
    return _ParquetFile(task) if task.form == "parquet" else _LineFile(task)


class RowFile:
    """A file that is read by rows, and written by rows in the same order.

    Leaving the context without `finish` leaves an old output as it was. All methods raise FormatError when
    the file cannot be read or written, and `finish` when it was changed by others in the meantime.
    """

    def __init__(self, task: RowTask) -> None:
        self.task = task
        self.changed = False
        self._stack = ExitStack()
        self._output: Output | None = None
        self._finished = False
        self._before: tuple[int, int, int, int, str] | None = None

    def __enter__(self) -> Self:
        try:
            self._before = self._seen()
            self._open()
        except BaseException:
            self._abandon()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._finished:
            self._abandon()

    def _abandon(self) -> None:
        # closing what cannot be written fails once more
        with suppress(OSError, FormatError):
            self._stack.__exit__(_Abandoned, _Abandoned(), None)

    def _open(self) -> None:
        raise NotImplementedError

    def rows(self) -> Iterator[Row]:
        """The rows, in order."""
        raise NotImplementedError

    def put(self, rows: Sequence[Row], texts: Sequence[str | None]) -> None:
        """Write the next rows, with another text where that is not None."""
        with self._explained():
            self._put(rows, texts)

    def _put(self, rows: Sequence[Row], texts: Sequence[str | None]) -> None:
        raise NotImplementedError

    def _complete(self) -> None:
        raise NotImplementedError

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say which file it is that cannot be written; standard output is the command's affair."""
        try:
            yield
        except OSError as error:
            if self.task.output is None:
                raise
            raise FormatError(
                f"{self.task.output}: cannot be written: {reason(error)}; choose another output with -o"
            ) from error

    def finish(self) -> None:
        """Let the output take its place; byte for byte the input where no row changed."""
        try:
            with self._explained():
                self._complete()
            self._see_that_it_is_the_same()
        except BaseException:
            self._abandon()
            raise
        finally:
            self._finished = True
        self._stack.close()

    @property
    def _in_place(self) -> bool:
        path, output = self.task.path, self.task.output
        return path is not None and output is not None and output.exists() and output.samefile(path)

    def _seen(self) -> tuple[int, int, int, int, str] | None:
        """What tells whether the input is still the same; None where nothing is written, or it is no file.

        What is to be overwritten is compared byte for byte: times tell little of changes that follow each
        other closely, and nothing of those that set them back.
        """
        path = self.task.path
        if path is None or self.task.output is None:
            return None
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                return None
            digest = ""
            if self._in_place:
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "blake2b").hexdigest()
        except OSError as error:
            raise FormatError(f"{self.task.name}: cannot be read: {reason(error)}") from error
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, digest

    def _see_that_it_is_the_same(self) -> None:
        if self._before is None:
            return
        try:
            same = self._seen() == self._before
        except FormatError:  # it is gone
            same = False
        if not same:
            raise FormatError(
                f"{self.task.name}: it was changed while it was being cleaned, and stays so; clean it again, "
                "or a copy of it"
            )

    def _keep_bytes(self) -> None:
        path, output = self.task.path, self._output
        if path is None or output is None or self._before is None:
            return  # what is no file cannot be read again
        if self._in_place:
            output.wanted = False
            return
        if output.file.seekable():
            output.file.seek(0)
            output.file.truncate()
            with path.open("rb") as file:
                shutil.copyfileobj(file, output.file)


class _Abandoned(Exception):  # noqa: N818  (no error: the signal for what is being written to be dropped)
    pass


class _LineFile(RowFile):
    """JSON lines, compressed or not, from a file or standard input."""

    def _open(self) -> None:
        self._file, found, packing = self._opened()
        self._packed = bool(packing)
        self._same_packing = packing == found
        self._out = self._sink(packing)

    def rows(self) -> Iterator[Row]:
        from ocrfix.formats.jsonl import read_rows  # noqa: PLC0415  (start-up time)

        task = self.task
        try:
            yield from read_rows(self._file, task.name, task.column, task.id_column)
        except PackingError as error:
            raise FormatError(f"{task.name}: {error}") from error
        except OSError as error:
            raise FormatError(f"{task.name}: cannot be read: {reason(error)}") from error

    def _put(self, rows: Sequence[Row], texts: Sequence[str | None]) -> None:
        from ocrfix.formats.jsonl import with_text  # noqa: PLC0415

        for row, text in zip(rows, texts, strict=True):
            self.changed = self.changed or text is not None
            if self._out is not None:
                self._out.write(row.data if text is None else with_text(row, self.task.column, text))

    def _complete(self) -> None:
        if self._out is not None and self._packed:
            self._out.close()
        if not self.changed and self._same_packing:
            self._keep_bytes()

    def _opened(self) -> tuple[BinaryIO, str, str]:
        """The stream of unpacked lines, the input's compression, and the one that the output is to have."""
        task = self.task
        try:
            if task.path is None:
                file: BinaryIO = sys.stdin.buffer
                size = sys.maxsize >> 16  # not known; what is read as a stream takes little memory anyhow
            else:
                if task.path.is_dir():
                    raise FormatError(f"{task.name}: this is a folder")
                file = self._stack.enter_context(task.path.open("rb"))
                size = os.fstat(file.fileno()).st_size
            buffered: Any = file if hasattr(file, "peek") else io.BufferedReader(cast("io.RawIOBase", file))
            found = packing_of(buffered.peek(10)[:10])
        except OSError as error:
            raise FormatError(f"{task.name}: cannot be read: {reason(error)}") from error
        packing = ""
        if task.output is not None:
            same = task.path is not None and task.output.name == task.path.name
            packing = split_suffix(task.output.name)[1] or (found if same else "")
        if not found:
            return buffered, found, packing
        try:
            return cast("BinaryIO", reader(buffered, found, size, task.max_unpacked)), found, packing
        except PackingError as error:
            raise FormatError(f"{task.name}: {error}") from error

    def _sink(self, packing: str) -> BinaryIO | None:
        """The stream that takes the lines."""
        task = self.task
        if task.output is None:
            return sys.stdout.buffer if task.to_stdout else None
        self._output = self._stack.enter_context(replacing(task.output))
        if not packing:
            return self._output.file
        try:
            out = writer(self._output.file, packing)
        except PackingError as error:
            raise FormatError(f"{task.name}: {error}") from error
        self._stack.callback(out.close)
        return out


class _ParquetFile(RowFile):
    """Parquet, a row group at a time."""

    def _open(self) -> None:
        from ocrfix.formats.parquet import ParquetRows  # noqa: PLC0415  (start-up time)

        task = self.task
        if task.path is None or task.to_stdout:
            raise FormatError(f"{task.name}: Parquet is read from a file and written to one: name it, and -o")
        self._source = ParquetRows(task.path, task.column, task.id_column)
        self._target: Any = None
        if task.output:
            self._output = self._stack.enter_context(replacing(task.output))
            self._target = self._source.writer(self._output.file)
            self._stack.callback(self._close_target)
        self._sizes: list[int] = []
        self._texts: list[str | None] = []
        self._group = 0
        self._changed_here = False

    def _close_target(self) -> None:
        """Close a writer that was dropped, which would complain later that it cannot write any more."""
        with suppress(OSError, ValueError):
            self._target.close()

    def rows(self) -> Iterator[Row]:
        for group in self._source.rows():
            self._sizes.append(len(group))
            yield from group
            self._write_groups()

    def _put(self, rows: Sequence[Row], texts: Sequence[str | None]) -> None:
        for row, text in zip(rows, texts, strict=True):
            self._texts.append(row.text if text is None else text)
            self._changed_here = self._changed_here or text is not None
            if len(self._texts) == self._sizes[self._group]:
                self._write_group()
                self._write_groups()

    def _write_group(self) -> None:
        self.changed = self.changed or self._changed_here
        if self._target is not None:
            self._source.write(self._target, self._group, self._texts, self._changed_here)
        self._texts, self._changed_here = [], False
        self._group += 1

    def _write_groups(self) -> None:
        """Write the groups without rows whose turn it is."""
        while self._group < len(self._sizes) and self._sizes[self._group] == len(self._texts) == 0:
            self._write_group()

    def _complete(self) -> None:
        self._write_groups()
        if self._target is not None:
            self._target.close()
        output = self._output
        if output is None:
            return
        if not self.changed:
            self._keep_bytes()
        elif output.file.seekable():
            output.file.flush()
            self._source.check(Path(output.file.name))
