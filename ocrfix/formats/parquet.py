"""Parquet files: the texts of one column, a row group at a time, and the file with other texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ocrfix.formats.errors import FormatError
from ocrfix.formats.rows import Row

__all__ = ["ParquetRows"]


def _pyarrow(name: str) -> tuple[Any, Any]:
    try:
        import pyarrow  # noqa: PLC0415, ICN001  (an extra)
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise FormatError(
            f'{name}: Parquet needs a package that is not here: pip install "ocrfix[parquet]"'
        ) from error
    return pyarrow, parquet


@dataclass
class ParquetRows:
    """A Parquet file that is read by row groups.

    Parameters: ``path``; ``column``, the one with the texts; ``id_column``, the one with the rows' ids.
    One row group is in memory at a time. Raises FormatError when pyarrow is missing, when the file cannot
    be read, and for a column that there is not or that holds no strings.
    """

    path: Path
    column: str
    id_column: str | None = None

    def __post_init__(self) -> None:
        self._arrow, self._parquet = _pyarrow(str(self.path))
        try:
            self._file = self._parquet.ParquetFile(self.path)
        except (OSError, self._arrow.ArrowException) as error:
            raise FormatError(f"{self.path}: cannot be read as Parquet: {error}") from error
        self.schema = self._file.schema_arrow
        for name in (self.column, self.id_column):
            if name is not None and name not in self.schema.names:
                from rapidfuzz import process  # noqa: PLC0415  (start-up time)

                near = process.extractOne(name, self.schema.names, score_cutoff=50)
                names = ", ".join(self.schema.names) or "none at all"
                hint = f"did you mean {near[0]!r}?" if near else f"there are {names}"
                raise FormatError(f"{self.path}: there is no column {name!r}; {hint}")
            if name is not None and self.schema.names.count(name) > 1:
                raise FormatError(f"{self.path}: there are several columns {name!r}; give them other names")
        kind = self.schema.field(self.column).type
        if not self._is_text(kind):
            raise FormatError(
                f"{self.path}: the column {self.column!r} holds {kind}, not text; name the right one with "
                "--text-column"
            )

    def _is_text(self, kind: Any) -> bool:  # noqa: ANN401  (an arrow type)
        types = self._arrow.types
        if types.is_dictionary(kind):
            kind = kind.value_type
        view = getattr(types, "is_string_view", lambda _kind: False)
        return bool(types.is_string(kind) or types.is_large_string(kind) or view(kind))

    @property
    def groups(self) -> int:
        """Number of row groups."""
        return int(self._file.num_row_groups)

    def rows(self) -> Iterator[list[Row]]:
        """The rows of every row group, nulls too, numbered from 1 through the file.

        Raises FormatError for damaged data.
        """
        number = 0
        columns = [self.column, *([self.id_column] if self.id_column else [])]
        for index in range(self.groups):
            table = self._read(index, columns)
            try:
                texts = table.column(self.column).to_pylist()
                ids = table.column(self.id_column).to_pylist() if self.id_column else [None] * len(texts)
            except (ValueError, self._arrow.ArrowException) as error:  # no UTF-8, a time that there is not
                raise self._unreadable(index, error) from error
            group = []
            for text, name in zip(texts, ids, strict=True):
                number += 1
                problem = f"the column {self.column!r} is null" if text is None else ""
                group.append(Row(number, text, name, problem))
            yield group

    def _read(self, index: int, columns: Sequence[str] | None = None) -> Any:  # noqa: ANN401
        try:
            return self._file.read_row_group(index, columns)
        except (OSError, UnicodeDecodeError, self._arrow.ArrowException) as error:
            raise self._unreadable(index, error) from error

    def _unreadable(self, index: int, error: Exception) -> FormatError:
        return FormatError(f"{self.path}: row group {index + 1} cannot be read: {error}")

    def writer(self, file: BinaryIO) -> Any:  # noqa: ANN401  (pyarrow's)
        """A writer of a file with this one's schema, metadata, version, compression and dictionaries."""
        data = self._file.metadata
        physical = [self._file.schema.column(i) for i in range(len(self._file.schema))]
        options: dict[str, Any] = {
            "version": data.format_version,
            "store_schema": b"ARROW:schema" in (data.metadata or {}),
            "use_deprecated_int96_timestamps": any(c.physical_type == "INT96" for c in physical),
            # lists were once written with "item" where "element" is usual now
            "use_compliant_nested_type": not any(".list.item" in c.path for c in physical),
        }
        if data.num_row_groups:
            group = data.row_group(0)
            columns = [group.column(i) for i in range(group.num_columns)]
            options["compression"] = {c.path_in_schema: _codec(c.compression) for c in columns}
            options["use_dictionary"] = [
                c.path_in_schema for c in columns if any("DICTIONARY" in e for e in c.encodings)
            ]
            options["write_statistics"] = [c.path_in_schema for c in columns if c.is_stats_set]
            if group.sorting_columns:
                options["sorting_columns"] = group.sorting_columns
        return self._parquet.ParquetWriter(file, self.schema, **options)

    def check(self, path: Path) -> None:
        """See that a file that was written has this one's schema. Raises FormatError when it has not."""
        with self._parquet.ParquetFile(path) as written:
            # comparing them passes over names within lists; the first line names the object in memory
            old, new = (str(file.schema).partition("\n")[2] for file in (self._file, written))
            same = old == new
        if not same:
            raise FormatError(
                f"{self.path}: pyarrow {self._arrow.__version__} would not write its schema back as it is; "
                "the file is as it was"
            )

    def write(self, writer: Any, index: int, texts: Sequence[str | None], changed: bool) -> None:  # noqa: ANN401
        """Write one row group (``index`` from 0), with other texts where any ``changed``."""
        table = self._read(index)
        if changed:
            place = self.schema.names.index(self.column)
            field = self.schema.field(place)
            if self._arrow.types.is_dictionary(field.type):
                column = self._arrow.array(texts, field.type.value_type).dictionary_encode().cast(field.type)
            else:
                column = self._arrow.array(texts, field.type)
            table = table.set_column(place, field, column)
        writer.write_table(table, row_group_size=max(1, table.num_rows))


def _codec(name: str) -> str:
    return "none" if name == "UNCOMPRESSED" else name.lower()
