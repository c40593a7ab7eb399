"""JSON lines: one string of a row is cleaned, everything else is what it was."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import fakes
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import BAD, CONFIG, GOOD, lines
from running import OPTIONS, invoke

import ocrfix
from ocrfix._compressed import pack, unpack
from ocrfix.formats import FormatError, jsonl
from ocrfix.formats.jsonl import read_rows, with_text
from ocrfix.report import Report
from ocrfix.reports.jsonl import schema
from ocrfix.scale import rows as _rows
from ocrfix.scale.batch import Cleaned
from ocrfix.scale.rows import RowTask, run_rows

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
