"""Corpus runs under attack: odd inputs, damaged state, places that fill, runs that are stopped at any point.

tests/README.md has the table of what is tried here.
"""

from __future__ import annotations

import gzip
import json
import lzma
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from running import OPTIONS, invoke, unix

from ocrfix._compressed import pack
from ocrfix.scale._state import State

BAD = "Hội Chữ thập ðỏ xã vận ðộng nhân dân hiến máu đợt {}."


def rows(number=3, **more):
    return "".join(
        json.dumps({"text": BAD.format(n), **more}, ensure_ascii=False) + "\n" for n in range(number)
    )


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "bao"
    place.mkdir()
    (place / "a.jsonl").write_text(rows(), "utf-8")
    (place / "b.txt").write_text(BAD.format(9), "utf-8")
    return place


def corpus(folder, *more):
    return invoke("clean", *OPTIONS, folder, "-o", folder.parent / "ra", "--resume", *more)


def ocrfix(*arguments, command="clean", **kwargs):
    options = OPTIONS if command == "clean" else ("--isolated",)
    line = [sys.executable, "-m", "ocrfix", command, *options, *map(str, arguments)]
    done = subprocess.run(line, capture_output=True, check=False, timeout=120, **kwargs)
    error = done.stderr.decode("utf-8", "replace")
    assert "Traceback" not in error
    assert "Exception ignored" not in error
    assert "itself failed" not in error
    return done.returncode, error


def tree(place):
    return {p.relative_to(place).as_posix(): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}


# --- inputs ---


@unix
def test_named_pipes(folder):
    os.mkfifo(folder / "ong.jsonl")
    os.mkfifo(folder / "ong.txt")
    for result in (corpus(folder), invoke("clean", *OPTIONS, folder, "-o", folder.parent / "hai")):
        assert result.exit_code == 0
        assert "ong.jsonl: this is no file, and is passed over" in result.stderr
        assert "ong.txt: this is no file, and is passed over" in result.stderr
    for result in (
        corpus(folder / "ong.jsonl"),
        invoke("duplicates", folder / "ong.txt"),
    ):
        assert result.exit_code == 2
        assert "cannot be read again; name files" in result.stderr
    for name in ("ong.jsonl", "ong.txt"):
        writer = threading.Thread(target=(folder / name).write_text, args=(rows(1), "utf-8"))
        writer.start()
        out = folder.parent / f"x-{name}"
        assert invoke("clean", *OPTIONS, folder / name, "-o", out).exit_code == 0
        writer.join()
        assert out.read_text("utf-8") == rows(1).replace("ð", "đ")


def test_files_of_no_bytes(folder):
    for name in ("0.txt", "0.md", "0.jsonl", "0.jsonl.gz", "0.txt.xz", "0.parquet"):
        (folder / name).write_bytes(b"")
    result = corpus(folder)
    assert result.exit_code == 2
    (told,) = [line for line in result.stderr.splitlines() if line.startswith("ocrfix:")]
    assert "0.parquet: cannot be read as Parquet" in told
    found = tree(folder.parent / "ra")
    assert all(found[name] == b"" for name in ("0.txt", "0.md", "0.jsonl"))
    assert gzip.decompress(found["0.jsonl.gz"]) == lzma.decompress(found["0.txt.xz"]) == b""


def test_packed_rows_that_are_cut_short_or_swell(folder):
    data = rows(2000).encode()
    for suffix, packing in ((".gz", "gzip"), (".bz2", "bzip2"), (".xz", "xz")):
        (folder / f"cut.jsonl{suffix}").write_bytes(pack(data, packing)[:-20])
    (folder / "bom.jsonl.gz").write_bytes(gzip.compress(bytes(100 << 20), 9))
    (folder / "bom.jsonl.xz").write_bytes(lzma.compress(bytes(100 << 20)))
    before = tree(folder)
    result = corpus(folder)
    assert result.exit_code == 2
    assert result.stderr.count("data is damaged or cut short") == 3
    assert result.stderr.count("it unpacks to over 200 times its size") == 2
    assert tree(folder) == before
    assert {name for name in tree(folder.parent / "ra") if "/" not in name} == {"a.jsonl", "b.txt"}


def test_parquet_with_columns_that_cannot_be_used(folder):
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    for name, table, words in (
        ("hai", arrow.table([["x"], ["y"]], names=["text", "text"]), "there are several columns 'text'"),
        ("long", arrow.table({"text": [{"a": "x"}]}), "holds struct<a: string>, not text"),
        ("ds", arrow.table({"text": [["x"]]}), "not text; name the right one"),
        ("bytes", arrow.table({"text": [b"\xff"]}), "holds binary, not text"),
        ("rong", arrow.table({}), "there is no column 'text'; there are none at all"),
        ("khac", arrow.table({"texts": ["x"]}), "did you mean 'texts'?"),
    ):
        parquet.write_table(table, folder / f"{name}.parquet")
        for result in (corpus(folder / f"{name}.parquet"), invoke("duplicates", folder / f"{name}.parquet")):
            assert result.exit_code == 2
            assert f"{name}.parquet: " in result.stderr
            assert words in result.stderr
            assert "itself failed" not in result.stderr
    broken = arrow.array([b"\xff\xfe" * 9, b"x"], arrow.binary()).cast(arrow.string(), safe=False)
    parquet.write_table(arrow.table({"text": broken}), folder / "hong.parquet")
    result = corpus(folder / "hong.parquet")
    assert result.exit_code == 2
    assert "hong.parquet: row group 1 cannot be read" in result.stderr


def test_an_output_that_would_not_be_what_its_name_says(folder):
    out = folder.parent / "x.parquet"
    result = invoke("clean", *OPTIONS, folder / "a.jsonl", "-o", out)
    assert result.exit_code == 2
    assert f"{out} would not be what its name says: the format stays jsonl" in result.stderr
    assert not out.exists()


def test_duplicates_tells_of_rows_without_text(folder):
    (folder / "a.jsonl").write_text(rows() + '{"x": 1}\n', "utf-8")
    result = invoke("duplicates", folder)
    assert result.exit_code == 0
    assert "a.jsonl: 1 rows have no text, the first row 4: no field 'text'" in result.stderr
    (folder / "a.jsonl").write_text(rows() + '{"x": 1}\n{"text": "hỏng\n', "utf-8")
    result = invoke("duplicates", folder)
    assert result.exit_code == 2
    assert "a.jsonl: 2 rows have no text, the first row 5: not JSON" in result.stderr
    result = invoke("duplicates", folder, "--text-column", "noi_dung")
    assert result.exit_code == 2


# --- names ---


@unix
def test_names_that_are_long_or_no_unicode_are_passed_over_when_they_are_done(folder):
    names = ["x" * 249 + ".jsonl", "ơ" * 80 + ".jsonl", "dòng\nmới.txt", "-o.jsonl"]
    if sys.platform == "linux":
        names += [os.fsdecode(b"b\xe1o.jsonl"), os.fsdecode(b"c\xe1o.txt")]
    for name in names:
        (folder / name).write_text(rows() if name.endswith("l") else BAD, "utf-8")
    findings = folder.parent / "f.jsonl"
    first = corpus(folder, "--findings", findings)
    assert first.exit_code == 0, first.stderr
    whole, told = tree(folder.parent / "ra"), findings.read_bytes()
    assert set(names) <= whole.keys()
    again = corpus(folder, "--findings", findings)
    shards = [name for name in whole if name.startswith(".ocrfix/done/")]
    assert f"{len(shards)} of {len(shards)} shards were done already" in again.stderr
    assert (tree(folder.parent / "ra"), findings.read_bytes()) == (whole, told)


# --- state ---


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"\xff{",
        lambda _: b"[]",
        lambda _: b"[" * 100_000,
        lambda m: {**m, "format": "ocrfix-done/0"},
        lambda m: {**m, "counts": {"errors": 0}},
        lambda m: {**m, "counts": {**m["counts"], "rules": [1]}},
        lambda m: {**m, "counts": {**m["counts"], "rules": {"ENC004": 5}}},
        lambda m: {**m, "counts": {**m["counts"], "words": "9"}},
        lambda m: {**m, "counts": {**m["counts"], "more": 1}},
        lambda m: {**m, "counts": None},
        lambda m: {**m, "outputs": 5},
        lambda m: {**m, "outputs": [["x"]]},
        lambda m: {**m, "outputs": [[1, 2]]},
        lambda m: {**m, "inputs": None},
        lambda m: {k: v for k, v in m.items() if k != "budget"} | {"settings": "0"},
    ],
)
def test_a_damaged_marker_is_none(folder, damage):
    assert corpus(folder).exit_code == 0
    out = folder.parent / "ra"
    whole = tree(out)
    marker = State(out).marker("a.jsonl")
    made = damage(json.loads(marker.read_bytes()))
    marker.write_bytes(made if isinstance(made, bytes) else json.dumps(made).encode())
    result = corpus(folder)
    assert result.exit_code == 0
    assert "1 of 2 shards were done already" in result.stderr
    assert tree(out) == whole


@pytest.mark.parametrize("lost", ["a.jsonl", ".ocrfix/done/a.jsonl.json", ".ocrfix/findings/a.jsonl.jsonl"])
def test_what_is_lost_is_made_anew(folder, lost):
    assert corpus(folder).exit_code == 0
    out = folder.parent / "ra"
    whole = tree(out)
    (out / lost).unlink()
    if not lost.startswith("a"):
        (out / "a.jsonl").write_text("nửa chừng", "utf-8")
    assert "1 of 2 shards were done already" in corpus(folder).stderr
    assert tree(out) == whole


def test_a_clock_that_goes_back(folder):
    assert corpus(folder).exit_code == 0
    (folder / "a.jsonl").write_text(rows().replace("đợt", "kỳ "), "utf-8")
    for seconds in (1, 5_000_000_000):  # 1970, 2128
        os.utime(folder / "a.jsonl", (seconds, seconds))
        assert "1 of 2 shards were done already" in corpus(folder).stderr
        assert "kỳ " in (folder.parent / "ra" / "a.jsonl").read_text("utf-8")
        assert "2 of 2 shards were done already" in corpus(folder).stderr


def test_a_state_that_is_no_folder(folder):
    out = folder.parent / "ra"
    out.mkdir()
    (out / ".ocrfix").write_text("x")
    result = corpus(folder)
    assert result.exit_code == 2
    assert f"{out}/.ocrfix: cannot be written" in result.stderr
    (out / ".ocrfix").unlink()
    State(out).marker("a.jsonl").mkdir()
    result = corpus(folder)
    assert result.exit_code == 2
    assert "a.jsonl.json: cannot be written: this is a folder" in result.stderr
    assert (out / "b.txt").read_text("utf-8") == BAD.format(9).replace("ð", "đ")


def test_runs_that_share_an_input_are_kept_apart(folder, tmp_path):
    pytest.importorskip("fcntl")
    state = State(tmp_path / "ra")
    with state.locked(["a.jsonl", "c.jsonl"]):
        result = corpus(folder)
        assert result.exit_code == 2
        assert "another run is at work on some of the inputs" in result.stderr
        assert corpus(folder / "b.txt").exit_code == 0
    assert corpus(folder).exit_code == 0
    # what a run that was killed left behind holds nobody up
    (state.folder / "lock-0123456789abcdef").write_text("a.jsonl")
    assert corpus(folder).exit_code == 0


# --- places that fill ---


def little_room():
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))


@unix
@pytest.mark.parametrize("packing", ["gzip", "bzip2", "xz"])
def test_no_room_for_packed_rows(folder, packing):
    suffix = {"gzip": ".gz", "bzip2": ".bz2", "xz": ".xz"}[packing]
    data = rows(1) + "".join(json.dumps({"text": os.urandom(300).hex()}) + "\n" for _ in range(60))
    (folder / f"to.jsonl{suffix}").write_bytes(pack(data.encode(), packing))
    before, out = tree(folder), folder.parent / "ra"
    status, error = ocrfix(folder, "-o", out, "--resume", preexec_fn=little_room)
    assert status == 2
    assert f"to.jsonl{suffix}: cannot be written: file too large" in error
    # the others are done, and nothing half written stays
    assert {name for name in tree(out) if not name.startswith(".ocrfix")} == {"a.jsonl", "b.txt"}
    assert not [path for path in out.rglob("*") if path.name.endswith(".tmp")]
    status, error = ocrfix(folder / f"to.jsonl{suffix}", "--in-place", preexec_fn=little_room)
    assert status == 2
    assert "cannot be written: file too large" in error
    assert tree(folder) == before


@unix
def test_no_room_for_findings(folder):
    (folder / "a.jsonl").write_text(rows(100), "utf-8")
    status, error = ocrfix(folder, "-o", folder.parent / "ra", "--resume", preexec_fn=little_room)
    assert status == 2
    assert "findings/a.jsonl.jsonl: cannot be written: file too large" in error
    assert {n for n in tree(folder.parent / "ra") if not n.startswith(".ocrfix")} == {"b.txt"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_for_duplicates(folder):
    with Path("/dev/full").open("wb") as full:
        (folder / "c.jsonl").write_text(rows(40) * 2, "utf-8")
        line = [sys.executable, "-m", "ocrfix", "duplicates", "--isolated", "--min-words", "3", str(folder)]
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, check=False, timeout=120)
    assert done.returncode == 2
    assert b"no space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


@unix
def test_no_room_for_temporary_files_of_duplicates(folder):
    (folder / "a.jsonl").write_text(rows(2000), "utf-8")
    out, place = folder.parent / "f.jsonl", folder.parent / "tam"
    place.mkdir()
    status, error = ocrfix(
        folder, "-o", out, "--temporary", place, command="duplicates", preexec_fn=little_room
    )
    assert status == 2
    assert f"{place}: temporary files cannot be written: file too large" in error
    assert not out.exists()
    assert not list(place.iterdir())


# --- runs that are stopped ---


@unix
@pytest.mark.parametrize("whole", [False, True], ids=["one", "group"])  # a terminal tells them all
@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_stopped_at_any_point_and_gone_on_with(folder, name, status, whole):
    (folder / "a.jsonl").write_text(rows(4000), "utf-8")
    out = folder.parent / "ra"
    before = tree(folder)
    line = [
        sys.executable,
        "-m",
        "ocrfix",
        "clean",
        "--isolated",
        "-q",
        str(folder),
        "-o",
        str(out),
        "--resume",
        "-j2",
    ]
    number = getattr(signal, name)

    def heed() -> None:
        signal.signal(number, signal.SIG_DFL)  # under nohup, or in the background, it may be ignored

    for reached in (".ocrfix", ".ocrfix/findings/.a*", ".a.jsonl.*"):
        with subprocess.Popen(
            line,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=heed,  # noqa: PLW1509  (no threads here)
        ) as process:
            end = time.monotonic() + 60
            while not list(out.glob(reached)):
                assert time.monotonic() < end
                assert process.poll() is None
                time.sleep(0.01)
            if whole:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
            error = process.stderr.read().decode()
            assert process.wait(60) == status
        assert "files not finished are as they were" in error
        assert "Traceback" not in error
        assert not [path for path in out.rglob("*") if path.name.endswith(".tmp")]
        assert not list(out.rglob("a.jsonl*"))
        assert tree(folder) == before
        shutil.rmtree(out)
