"""Parquet: one column is cleaned, everything else is what it was."""

from __future__ import annotations

import pytest
from rows import BAD, GOOD, lines
from running import OPTIONS, invoke


def table(arrow, kind=None):
    texts = [BAD, GOOD, None, "", BAD] * 3
    schema_ = arrow.schema(
        [
            arrow.field("id", arrow.int32(), metadata={b"unit": b"none"}),
            arrow.field("body", kind or arrow.string()),
            arrow.field("nested", arrow.list_(arrow.struct([("x", arrow.float64())]))),
        ],
        metadata={b"huggingface": b'{"info": 1}'},
    )
    column = arrow.array(texts)
    column = (
        column.dictionary_encode().cast(kind)
        if kind and "dictionary" in str(kind)
        else column.cast(kind or arrow.string())
    )
    nested = arrow.array([[{"x": 1 / 3}], None, []] * 5, schema_.field("nested").type)
    return arrow.Table.from_arrays([arrow.array(range(15), arrow.int32()), column, nested], schema=schema_)


@pytest.mark.parametrize("compression", ["zstd", "snappy", "none"])
@pytest.mark.parametrize("kind", ["string", "large_string", "dictionary"])
def test_parquet_changes_one_column(tmp_path, arrow, compression, kind):
    parquet = pytest.importorskip("pyarrow.parquet")
    types = {
        "large_string": arrow.large_string(),
        "dictionary": arrow.dictionary(arrow.int32(), arrow.string()),
    }
    path, out, side = tmp_path / "a.parquet", tmp_path / "sach" / "a.parquet", tmp_path / "f.jsonl"
    parquet.write_table(table(arrow, types.get(kind)), path, row_group_size=6, compression=compression)
    options = ("--text-column", "body", "--id-column", "id", "--findings", side)
    result = invoke("clean", *OPTIONS, path, "-o", out, *options)
    assert result.exit_code == 0, result.output
    old, new = parquet.ParquetFile(path), parquet.ParquetFile(out)
    assert new.schema_arrow.equals(old.schema_arrow, check_metadata=True)
    assert new.metadata.metadata.keys() == old.metadata.metadata.keys()
    sizes = [[f.metadata.row_group(i).num_rows for i in range(f.num_row_groups)] for f in (old, new)]
    assert sizes == [[6, 6, 3]] * 2
    codecs = {new.metadata.row_group(i).column(c).compression for i in range(3) for c in range(3)}
    assert codecs == {"UNCOMPRESSED" if compression == "none" else compression.upper()}
    before, after = old.read(), new.read()
    assert after.drop_columns(["body"]).equals(before.drop_columns(["body"]))
    assert after["body"].to_pylist() == [
        text and text.replace("ð", "đ") for text in before["body"].to_pylist()
    ]
    found = [line for line in lines(side) if "rule" in line]
    assert {(line["row"], line["id"]) for line in found} == {(n + 1, n) for n in (0, 4, 5, 9, 10, 14)}
    again = tmp_path / "again.parquet"
    assert invoke("clean", *OPTIONS, out, "-o", again, *options[:2], "-j", 2).exit_code == 0
    assert again.read_bytes() == out.read_bytes()


def test_parquet_in_place_and_empty(tmp_path, arrow):
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    parquet.write_table(table(arrow), path)
    assert invoke("clean", *OPTIONS, "--in-place", path, "--text-column", "body").exit_code == 0
    assert BAD not in parquet.read_table(path)["body"].to_pylist()
    parquet.write_table(table(arrow).slice(0, 0), path)
    data = path.read_bytes()
    assert invoke("clean", *OPTIONS, "--in-place", path, "--text-column", "body").exit_code == 0
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    "options",
    [
        {"store_schema": False},
        {"use_deprecated_int96_timestamps": True},
        {"use_compliant_nested_type": False},
        {"version": "1.0", "use_dictionary": False, "write_statistics": False},
    ],
)
def test_parquet_of_other_writers(tmp_path, arrow, options):
    parquet = pytest.importorskip("pyarrow.parquet")
    path, out = tmp_path / "a.parquet", tmp_path / "b.parquet"
    data = table(arrow).append_column(
        "t", arrow.array(range(0, 15_000_000, 1_000_000), arrow.timestamp("ns"))
    )
    parquet.write_table(data, path, compression="gzip", **options)
    result = invoke("clean", *OPTIONS, path, "-o", out, "--text-column", "body")
    assert result.exit_code == 0, result.output
    old, new = parquet.ParquetFile(path), parquet.ParquetFile(out)
    assert str(new.schema).splitlines()[1:] == str(old.schema).splitlines()[1:]
    assert (new.metadata.metadata or {}).keys() == (old.metadata.metadata or {}).keys()
    assert new.metadata.format_version == old.metadata.format_version
    for number in range(old.metadata.num_columns):
        one, other = (f.metadata.row_group(0).column(number) for f in (old, new))
        assert (one.compression, one.physical_type, one.is_stats_set, one.encodings) == (
            other.compression,
            other.physical_type,
            other.is_stats_set,
            other.encodings,
        )
    assert new.read().drop_columns(["body"]).equals(old.read().drop_columns(["body"]))


def test_a_schema_that_would_change_is_refused(tmp_path, arrow, monkeypatch):
    from ocrfix.formats.parquet import ParquetRows

    parquet = pytest.importorskip("pyarrow.parquet")
    path, out = tmp_path / "a.parquet", tmp_path / "b.parquet"
    parquet.write_table(table(arrow), path)

    def writer(self, file):
        del self
        return parquet.ParquetWriter(file, table(arrow).schema, use_compliant_nested_type=False)

    monkeypatch.setattr(ParquetRows, "writer", writer)
    result = invoke("clean", *OPTIONS, path, "-o", out, "--text-column", "body")
    assert result.exit_code == 2
    assert "would not write its schema back as it is" in result.stderr
    assert not out.exists()


def test_parquet_errors(tmp_path, arrow, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    parquet.write_table(table(arrow), path)
    for column, message in (
        ("bodi", "there is no column 'bodi'; did you mean 'body'?"),
        ("id", "the column 'id' holds int32, not text"),
    ):
        result = invoke("check", *OPTIONS, path, "--text-column", column)
        assert result.exit_code == 2
        assert f"{path}: {message}" in result.stderr
    result = invoke("clean", *OPTIONS, path, "--text-column", "body")
    assert "Parquet is read from a file and written to one" in result.stderr
    path.write_bytes(b"PAR1 nothing PAR1")
    assert f"{path}: cannot be read as Parquet" in invoke("check", *OPTIONS, path).stderr
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    assert 'pip install "ocrfix[parquet]"' in invoke("check", *OPTIONS, path).stderr
