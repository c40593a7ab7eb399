"""JSON lines and Parquet: one column is cleaned, everything else is what it was."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import fakes
import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import ocrfix
from ocrfix import Config
from ocrfix._compressed import pack, unpack
from ocrfix.cli.commands import cli
from ocrfix.formats import FormatError, jsonl
from ocrfix.formats.jsonl import read_rows, with_text
from ocrfix.report import Report
from ocrfix.reports.jsonl import schema
from ocrfix.scale import rows as _rows
from ocrfix.scale.batch import Cleaned
from ocrfix.scale.pool import Pool, run
from ocrfix.scale.rows import RowTask, run_rows

BAD = "Hội Chữ thập ðỏ xã vận ðộng nhân dân hiến máu."
GOOD = BAD.replace("ð", "đ")
OPTIONS = ("--isolated", "--select", "ENC")
CONFIG = Config(select=("ENC",))


def invoke(*arguments, **kwargs):
    return CliRunner().invoke(cli, list(map(str, arguments)), catch_exceptions=False, **kwargs)


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# --- JSON lines ---

LINES = [
    json.dumps({"id": 1, "text": BAD, "z": 1.50}, ensure_ascii=False) + "\r\n",
    '{ "text" :"Vì người nghèo" ,"text2":"\\u00f0"}\n',
    "\n",
    '{"broken": \n',
    '{"text": null}\n',
    '["text"]\n',
    '{"other": "ðỏ"}\n',
    json.dumps({"text": BAD, "note": "ðỏ"}) + "\n",
    '{"text": "ðỏ", "n": 1e400, "text": "xã vận \\/ ðộng"}',
]


def test_only_the_changed_strings_change(tmp_path):
    path, out, side = tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "findings.jsonl"
    path.write_bytes("".join(LINES).encode())
    result = invoke("clean", *OPTIONS, path, "-o", out, "--findings", side, "--id-column", "id")
    assert result.exit_code == 2
    expected = [
        LINES[0].replace("ð", "đ"),
        *LINES[1:7],
        LINES[7]
        .replace("th\\u1eadp \\u00f0", "th\\u1eadp \\u0111")
        .replace("v\\u1eadn \\u00f0", "v\\u1eadn \\u0111"),
        LINES[8].replace("xã vận \\/ ð", "xã vận \\/ đ"),
    ]
    assert out.read_bytes().decode() == "".join(expected)
    found = lines(side)
    for line in found:
        jsonschema.validate(line, schema())
    assert [(f["row"], f.get("rule", f.get("error", ""))[:8]) for f in found] == [
        (1, "ENC004"),
        (1, "ENC004"),
        (4, "not JSON"),
        (5, "the fiel"),
        (6, "not an o"),
        (7, "no field"),
        (8, "ENC004"),
        (8, "ENC004"),
        (9, "ENC004"),
    ]
    assert {f["file"] for f in found} == {str(path)}
    assert found[0]["id"] == 1
    assert (found[0]["start"], found[0]["end"]) == (13, 14)
    assert "1 row stays as it is, the first row 4: not JSON" in result.stderr
    assert "3 rows stay as they are, the first row 5: the field 'text' is null, not a string" in result.stderr
    assert "1 file, 4 rows: 5 findings, 5 repaired, 0 left\n5 words changed, " in result.stderr


VALUES = st.dictionaries(st.sampled_from(["a", "text", "a.text", "é"]), fakes.JSON_VALUES, max_size=4)
TEXTS = st.text(st.sampled_from('aðỏ xã"\\/\n\r\u2028\ud800😀'), max_size=20)


@st.composite
def written(draw):
    """A line of JSON with a text, and the path of that."""
    nested = draw(st.booleans())
    value = draw(VALUES)
    value.pop("a.text", None)
    text = draw(TEXTS)
    if nested:
        value["a"] = {**draw(VALUES), "text": text}
    else:
        value["text"] = text
    items = list(value.items())
    value = dict(draw(st.permutations(items)))
    separators = draw(st.sampled_from([(",", ":"), (" ,\t", " : "), (", ", ": ")]))
    line = json.dumps(value, ensure_ascii=True, separators=separators)
    if draw(st.booleans()) and "\\ud800" not in line:
        line = json.dumps(value, ensure_ascii=False, separators=separators)
    if draw(st.booleans()):
        line = line.replace("/", "\\/")
    head = draw(st.sampled_from(["", " ", "\ufeff"]))
    end = draw(st.sampled_from(["\n", "\r\n", " \n", ""]))
    return f"{head}{line}{end}".encode(), "a.text" if nested else "text", text


@given(made=written(), new=TEXTS)
def test_with_text_changes_one_string(made, new):
    line, column, text = made
    (row,) = read_rows(io.BytesIO(line), "-", column)
    assert row.text == text
    assert row.data == line
    changed = with_text(row, column, new)
    (again,) = read_rows(io.BytesIO(changed), "-", column)
    assert again.text == new
    # every other byte is what it was
    mark = "ocrfix-mark"
    marked, remarked = with_text(row, column, mark), with_text(again, column, mark)
    assert marked == remarked
    head, tail = marked.split(json.dumps(mark).encode())
    assert line.startswith(head)
    assert line.endswith(tail)


@settings(max_examples=40)
@given(
    data=st.lists(st.binary(max_size=30) | written().map(lambda made: made[0]), max_size=8).map(b"\n".join)
)
def test_rows_joined_are_the_file_and_none_is_lost(tmp_path_factory, data):
    rows = list(read_rows(io.BytesIO(data), "-", "text"))
    assert b"".join(row.data for row in rows) == data
    folder = tmp_path_factory.mktemp("rows")
    path, out = folder / "a.jsonl", folder / "b.jsonl"
    path.write_bytes(data)
    outcomes = list(run_rows(RowTask(path, "jsonl", CONFIG, "text", output=out)))
    assert [o.row.number for o in outcomes] == list(range(1, len(rows) + 1))
    for old, new, outcome in zip(
        rows, read_rows(io.BytesIO(out.read_bytes()), "-", "text"), outcomes, strict=True
    ):
        assert (old.data == new.data) == (not outcome.changed)
    once = out.read_bytes()
    list(run_rows(RowTask(out, "jsonl", CONFIG, "text", output=path)))
    assert path.read_bytes() == once


def test_nested_column_and_missing_column(tmp_path):
    path = tmp_path / "a.ndjson"
    path.write_text(json.dumps({"page": {"text": BAD}, "text": BAD}, ensure_ascii=False), "utf-8")
    result = invoke("clean", *OPTIONS, "-q", path, "--text-column", "page.text")
    assert json.loads(result.stdout) == {"page": {"text": GOOD}, "text": BAD}
    result = invoke("clean", *OPTIONS, path, "--text-column", "body")
    assert result.exit_code == 2
    assert "no row has a string in 'body'; name the field with --text-column" in result.stderr


def test_texts_may_be_markdown(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": f"# {BAD}\n\n`{BAD}`"}), "utf-8")
    result = invoke("clean", *OPTIONS, path, "--text-format", "markdown")
    assert json.loads(result.stdout)["text"] == f"# {GOOD}\n\n`{BAD}`"
    assert json.loads(invoke("clean", *OPTIONS, path).stdout)["text"] == f"# {GOOD}\n\n`{GOOD}`"


def test_line_ends_in_a_text_stay(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": f"{BAD}\r\n{BAD}"}), "utf-8")
    assert json.loads(invoke("clean", *OPTIONS, path).stdout)["text"] == f"{GOOD}\r\n{GOOD}"


@pytest.mark.parametrize("suffix", ["", ".zst"])
def test_any_number_of_jobs_gives_the_same_bytes(tmp_path, suffix):
    packing = "zstd" if suffix else ""
    data = "".join(json.dumps({"text": BAD if n % 7 == 0 else GOOD}) + "\n" for n in range(200)).encode()
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(pack(data, packing) if packing else data)
    seen = []
    for jobs in (1, 2):
        out, side = tmp_path / f"b{jobs}.jsonl{suffix}", tmp_path / f"{jobs}.findings"
        assert invoke("clean", *OPTIONS, path, "-o", out, "-j", jobs, "--findings", side).exit_code == 0
        seen.append((out.read_bytes(), side.read_bytes()))
    assert seen[0] == seen[1]
    cleaned = unpack(seen[0][0], packing) if packing else seen[0][0]
    assert [json.loads(line)["text"] for line in cleaned.splitlines()] == [GOOD] * 200
    assert len(seen[0][1].splitlines()) == 2 * 29


def test_rows_are_streamed(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text((json.dumps({"text": GOOD}) + "\n") * 5000, "utf-8")
    seen = 0
    with path.open("rb") as file:
        for row in read_rows(file, "a", "text"):
            seen += len(row.data)
            assert file.tell() - seen < 64_000
    for jobs in (1, 2):
        outcomes = run_rows(RowTask(path, "jsonl", CONFIG, "text", jobs=jobs))
        next(outcomes)
        outcomes.close()


def test_in_place_and_unchanged(tmp_path):
    path, link = tmp_path / "a.jsonl.gz", tmp_path / "l.jsonl.gz"
    path.write_bytes(pack(json.dumps({"text": GOOD}).encode(), "gzip")[:-8])
    broken = path.read_bytes()
    result = invoke("clean", *OPTIONS, "--in-place", path)
    assert result.exit_code == 2
    assert path.read_bytes() == broken
    assert "damaged or cut short" in result.stderr
    packed = pack(b'{"text": "A"}\n', "gzip") + pack(b'{"text": "B"}\n', "gzip")
    path.write_bytes(packed)
    link.symlink_to(path)
    time = path.stat().st_mtime_ns
    assert invoke("clean", *OPTIONS, "--in-place", link).exit_code == 0
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (packed, time)
    out = tmp_path / "c.jsonl.gz"
    assert invoke("clean", *OPTIONS, path, "-o", out).exit_code == 0
    assert out.read_bytes() == packed
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["a.jsonl.gz", "c.jsonl.gz", "l.jsonl.gz"]


def test_standard_input_and_check(tmp_path):
    data = json.dumps({"text": BAD}, ensure_ascii=False).encode()
    assert json.loads(invoke("clean", *OPTIONS, "--format", "jsonl", "-", input=data).stdout)["text"] == GOOD
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n" + data)
    result = invoke("check", *OPTIONS, path)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].startswith(f"{path}:2:1:14: ENC004 ")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--diff"], "--diff: a.jsonl has a text in every row"),
        (["-q", "--report", "html:r.html"], "--report html: a.jsonl has a text in every row"),
        (["--findings", "a.jsonl"], "a.jsonl is one of the texts"),
    ],
)
def test_what_rows_cannot_give_is_refused(tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text("{}", "utf-8")
    result = invoke("clean", *OPTIONS, "a.jsonl", *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_line_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(jsonl, "LONGEST", 10)
    with pytest.raises(FormatError, match="a: line 2 is over 0 MiB long; are these JSON lines"):
        list(read_rows(io.BytesIO(b"{}\n" + b"x" * 20), "a", "text"))


def test_a_row_that_fails_stays(tmp_path, monkeypatch):
    path, out = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    path.write_text(json.dumps({"text": "hỏng"}) + "\n" + json.dumps({"text": BAD}) + "\n", "utf-8")
    real = ocrfix.clean

    def clean(document, config):
        if document.text == "hỏng":
            raise RuntimeError("boom")
        return real(document, config)

    monkeypatch.setattr(ocrfix, "clean", clean)
    result = invoke("clean", *OPTIONS, path, "-o", out)
    assert result.exit_code == 2
    assert "row 1: ocrfix itself failed: RuntimeError: boom" in result.stderr
    assert [row["text"] for row in lines(out)] == ["hỏng", GOOD]


def _die_on_row_3(_name, _config, _markdown, item):
    number, _ = item
    if number == 3:
        os._exit(1)
    return Cleaned(f"{number}", Report())


def test_a_process_that_dies_takes_only_its_row(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n' * 5, "utf-8")
    monkeypatch.setattr(_rows, "_clean_row", _die_on_row_3)
    monkeypatch.setattr(_rows, "_BATCH", 2)
    outcomes = list(run_rows(RowTask(path, "jsonl", CONFIG, "text", jobs=2)))
    assert [o.text for o in outcomes] == ["1", "2", None, "4", "5"]
    assert "the process died" in outcomes[2].error


# --- Parquet ---


@pytest.fixture
def arrow():
    return pytest.importorskip("pyarrow")


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


# --- a file that others change meanwhile ---


def _appended(path):
    with path.open("ab") as file:
        file.write(b'{"text": "m"}\n')


def _replaced(path):
    other = path.with_name("khac")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def _rewritten_with_its_old_time(path):
    status = path.stat()
    path.write_bytes(path.read_bytes().replace(b"\xc3\xb0", b"\xc4\x91"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size


class Meddler(fakes.Replace):
    """Somebody changes the file while it is being cleaned."""

    path: Path
    change = staticmethod(_appended)

    def find(self, document, context):
        if self.path.exists():
            Meddler.change(self.path)
        return super().find(document, context)


@pytest.fixture
def meddled(tmp_path, monkeypatch):
    place = tmp_path / "giay"
    place.mkdir()
    Meddler.path = place / "a.jsonl"
    Meddler.path.write_text('{"text": "Quỹ Vi người nghèo, ðỏ"}\n' * 3, "utf-8")
    fakes.install(monkeypatch, (fakes.Stage("one", (Meddler("WRD001", "Vi", "Vì"),)),))
    return Meddler.path


@pytest.mark.parametrize("change", [_appended, _replaced, _rewritten_with_its_old_time, Path.unlink])
def test_rows_that_change_meanwhile_stay(meddled, monkeypatch, change):
    told = []

    def changed(path):
        if not told:
            change(path)
            told.append(path.read_bytes() if path.exists() else None)

    monkeypatch.setattr(Meddler, "change", staticmethod(changed))
    result = invoke("clean", "--isolated", "--in-place", meddled)
    assert result.exit_code == 2
    assert f"{meddled}: it was changed while it was being cleaned, and stays so" in result.stderr
    assert (meddled.read_bytes() if meddled.exists() else None) == told[0]
    assert [path.name for path in meddled.parent.iterdir()] in ([meddled.name], [])


@pytest.mark.parametrize("options", [(), ("--resume",)])
def test_rows_that_change_while_they_are_read_are_not_written(meddled, monkeypatch, options):
    told = []

    def changed(path):
        if not told:
            told.append(_appended(path))

    monkeypatch.setattr(Meddler, "change", staticmethod(changed))
    out = meddled.parent.parent / "ra"
    # no other process, which would not know of the meddler
    monkeypatch.setattr(Pool, "run", lambda _pool, batches: run(batches, None))
    result = invoke("clean", "--isolated", meddled, "-o", f"{out}/", *options)
    assert result.exit_code == 2
    assert "a.jsonl: it was changed while it was being cleaned" in result.stderr
    assert not [path for path in out.rglob("*") if "a.jsonl" in path.name]
    assert told


def test_rows_that_are_only_read_may_grow_meanwhile(meddled, monkeypatch):
    told = []
    change = lambda path: None if told else told.append(_appended(path))  # noqa: E731
    monkeypatch.setattr(Meddler, "change", staticmethod(change))
    assert invoke("check", "--isolated", "-q", meddled).exit_code == 1
    assert told


def test_rows_of_parquet_that_change_meanwhile_stay(meddled, monkeypatch, arrow):
    from pyarrow import parquet as pq

    path = meddled.with_name("a.parquet")
    pq.write_table(arrow.table({"text": ["Quỹ Vi người nghèo"] * 3}), path)
    Meddler.path = path
    other = arrow.table({"text": ["Bản khác"]})
    monkeypatch.setattr(Meddler, "change", staticmethod(lambda path: pq.write_table(other, path)))
    result = invoke("clean", "--isolated", "--in-place", path)
    assert result.exit_code == 2
    assert pq.read_table(path).equals(other)
    assert sorted(p.name for p in path.parent.iterdir()) == ["a.jsonl", "a.parquet"]
