"""Corpus runs: the same bytes for every number of processes, however often they are cut off."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import OPTIONS, invoke

from ocrfix.config import Config
from ocrfix.scale import _shard_work, _shards, files
from ocrfix.scale.corpus import make_shards, run_shards
from ocrfix.scale.counts import Counts
from ocrfix.scale.files import Task
from ocrfix.scale.rows import RowTask

BAD = "Hội Chữ thập ðỏ xã vận ðộng nhân dân hiến máu đợt {}."
CONFIG = Config(select=("ENC",))


def make_corpus(folder: Path, rows: int = 30) -> Path:
    source = folder / "in"
    (source / "xa").mkdir(parents=True)
    for name in ("a", "b", "c"):
        lines = [json.dumps({"id": f"{name}{n}", "text": BAD.format(n)}) + "\n" for n in range(rows)]
        lines[5:5] = ['{"text": null}\n', "{hỏng\n", "\n"]
        (source / f"{name}.jsonl").write_text("".join(lines), "utf-8")
    for number in range(20):
        (source / "xa" / f"{number:02}.txt").write_text(BAD.format(number) + "\r\n", "utf-8")
    return source


def tree(folder: Path) -> dict[str, bytes]:
    """All files; of markers, what does not name the folder."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        if ".ocrfix/done" in path.as_posix():
            marker = json.loads(data)
            data = json.dumps([marker["counts"], marker["settings"], marker["inputs"]]).encode()
        found[path.relative_to(folder).as_posix()] = data
    return found


def test_the_same_bytes_as_a_plain_run_for_every_number_of_processes(tmp_path):
    source = make_corpus(tmp_path)
    plain = invoke(
        "clean", *OPTIONS, source, "-o", tmp_path / "plain", "--findings", tmp_path / "plain.jsonl"
    )
    assert plain.exit_code == 2  # the damaged rows
    one = tree(tmp_path / "plain")
    for jobs in (1, 2, 5):
        out, findings = tmp_path / f"out{jobs}", tmp_path / f"{jobs}.jsonl"
        result = invoke(
            "clean", *OPTIONS, source, "-o", out, "--resume", "--jobs", jobs, "--findings", findings
        )
        assert result.exit_code == 2
        found = tree(out)
        assert {k: v for k, v in found.items() if not k.startswith(".ocrfix")} == one
        assert findings.read_bytes() == (tmp_path / "plain.jsonl").read_bytes()
        assert found == tree(tmp_path / "out1")
        messages = [line for line in result.stderr.splitlines() if line.startswith("ocrfix:")]
        assert messages == [line for line in plain.stderr.splitlines() if line.startswith("ocrfix:")]


def test_what_is_done_is_passed_over(tmp_path):
    source, out = make_corpus(tmp_path), tmp_path / "out"
    run_ = ("clean", *OPTIONS, source, "-o", out, "--resume")
    first = invoke(*run_)
    before = tree(out)
    stamps = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    again = invoke(*run_)
    assert "4 of 4 shards were done already" in again.stderr
    assert again.exit_code == first.exit_code
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == stamps
    assert first.stderr.splitlines()[:-1] == [
        line for line in again.stderr.splitlines()[:-1] if "were done already" not in line
    ]
    # a changed input, a lost output, other settings: done anew
    (source / "b.jsonl").write_text('{"text": "ðỏ"}\n', "utf-8")
    (out / "xa" / "03.txt").unlink()
    assert "2 of 4 shards" in invoke(*run_).stderr
    assert (out / "b.jsonl").read_text("utf-8") == '{"text": "đỏ"}\n'
    assert tree(out)["xa/03.txt"] == before["xa/03.txt"]
    assert "done already" not in invoke(*run_, "--unsafe").stderr


def test_groups_that_are_grouped_otherwise_leave_nothing_behind(tmp_path, monkeypatch):
    source, out = make_corpus(tmp_path), tmp_path / "out"
    run_ = ("clean", *OPTIONS, source, "-o", out, "--resume")
    monkeypatch.setattr(_shards, "_GROUP", 7)
    invoke(*run_)
    (source / "xa" / "00.txt").unlink()
    (out / "xa" / "00.txt").unlink()
    invoke(*run_)
    invoke("clean", *OPTIONS, source, "-o", tmp_path / "fresh", "--resume")
    assert tree(out) == tree(tmp_path / "fresh")


def tasks(source: Path, out: Path) -> list[Task | RowTask]:
    found: list[Task | RowTask] = [
        RowTask(path, "jsonl", CONFIG, "text", "id", out / path.name)
        for path in sorted(source.glob("*.jsonl"))
    ]
    found += [Task(path, CONFIG, output=out / "xa" / path.name) for path in sorted(source.glob("xa/*"))]
    return found


def real_work(task):
    return files.work(task)


def stuck_work(task):
    if task.name.endswith("07.txt"):
        time.sleep(60)
    if task.name.endswith("08.txt"):
        os._exit(1)
    if task.name.endswith("09.txt"):
        raise ValueError("hỏng")
    return _shard_work.Compact(None, "", Counts(documents=1))


def stuck_row(_name, _config, _markdown, item):
    number, text, _place = item
    if number == 2:
        time.sleep(60)
    return None if text is None else _shard_work.Compact(text.upper(), "", Counts(documents=1))


def test_a_document_over_the_budget_stays(tmp_path, monkeypatch):
    source, out = make_corpus(tmp_path), tmp_path / "out"
    monkeypatch.setattr(_shard_work, "_clean_file", stuck_work)
    monkeypatch.setattr(_shard_work, "_clean_row", stuck_row)
    shards = make_shards([t for t in tasks(source, out) if t.name.endswith(("a.jsonl", ".txt"))], out)
    with (tmp_path / "findings").open("w+b") as file:
        done = list(run_shards(shards, out, jobs=2, budget=1.0, findings=file))
        file.seek(0)
        lines = [json.loads(line) for line in file if b"error" in line]
    assert [d.error for d in done] == ["", ""]
    assert [d.counts.errors for d in done] == [2, 3]
    texts = [
        json.loads(line).get("text")
        for line in (out / "a.jsonl").read_text("utf-8").splitlines()
        if '"id"' in line
    ]
    assert texts[1] == BAD.format(1)
    assert texts[2] == BAD.format(2).upper()
    for number in (7, 8, 9):
        name = f"xa/{number:02}.txt"
        assert (out / name).read_bytes() == (source / name).read_bytes()
    assert [(Path(line["file"]).name, line["error"]) for line in lines if line.get("row") not in (6, 7)] == [
        ("a.jsonl", "over the time budget of 1 s"),
        ("07.txt", "over the time budget of 1 s"),
        ("08.txt", "the process died, perhaps for want of memory"),
        ("09.txt", "ocrfix itself failed: ValueError: hỏng"),
    ]
    # with the same budget it is done; with another it is tried again
    assert [d.earlier for d in run_shards(shards, out, budget=1.0)] == [True, True]
    monkeypatch.undo()
    assert [d.earlier for d in run_shards(shards, out, budget=30.0)] == [False, False]
    assert (out / "xa" / "07.txt").read_text("utf-8") == BAD.format(7).replace("ð", "đ") + "\n"


def test_a_shard_that_cannot_be_read_stops_no_other(tmp_path):
    source, out = make_corpus(tmp_path), tmp_path / "out"
    (source / "b.jsonl").rename(source / "b.jsonl.gz")
    (source / "b.jsonl.gz").write_bytes(b"\x1f\x8b\x08" + b"\0" * 20)
    done = list(run_shards(make_shards(tasks_of(source, out), out), out))
    assert [bool(d.error) for d in done] == [False, True, False]
    assert "b.jsonl.gz: the gzip data is damaged" in done[1].error
    assert not (out / "b.jsonl.gz").exists()
    assert [d.earlier for d in run_shards(make_shards(tasks_of(source, out), out), out)] == [
        True,
        False,
        True,
    ]


def tasks_of(source, out):
    return [RowTask(p, "jsonl", CONFIG, "text", None, out / p.name) for p in sorted(source.glob("*.jsonl*"))]


def test_two_runs_over_one_output_are_refused(tmp_path):
    pytest.importorskip("fcntl")
    source, out = make_corpus(tmp_path), tmp_path / "out"
    shards = make_shards(tasks(source, out), out)
    running = run_shards(shards, out)
    next(running)
    result = invoke("clean", *OPTIONS, "--id-column", "id", source, "-o", out, "--resume")
    assert result.exit_code == 2
    assert "another run is at work on the same inputs" in result.stderr
    running.close()
    assert invoke("clean", *OPTIONS, source, "-o", out, "--resume").exit_code == 2


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_run_that_was_killed_goes_on(tmp_path, after):
    make_corpus(tmp_path, rows=150)
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "ocrfix",
        "clean",
        *OPTIONS,
        "in",
        "-o",
        "out",
        "--resume",
        "--jobs",
        "2",
    ]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 60
        while len([*out.glob(".ocrfix/done/**/*.json")]) < after and process.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.002)
        process.kill()
    subprocess.run([*command, "--findings", "f1"], cwd=tmp_path, stderr=subprocess.PIPE, check=False)
    command[command.index("out")] = "whole"
    subprocess.run([*command, "--findings", "f2"], cwd=tmp_path, stderr=subprocess.PIPE, check=False)
    assert tree(out) == tree(tmp_path / "whole")
    assert (tmp_path / "f1").read_bytes() == (tmp_path / "f2").read_bytes()
    assert len(tree(out)) == 3 + 20 + 4 + 4
    assert not [*out.rglob("*.tmp")]


def test_lists_of_files(tmp_path, monkeypatch):
    source = make_corpus(tmp_path)
    monkeypatch.chdir(tmp_path)
    names = tmp_path / "names"
    names.write_text(f"in/xa/03.txt\r\n\nin/a.jsonl\n{source}/xa/04.txt\n", "utf-8")
    result = invoke("clean", *OPTIONS, "--files-from", names, "-o", "out", "--resume")
    assert result.exit_code == 2
    absolute = (source / "xa" / "04.txt").relative_to(source.anchor)
    found = [name for name in tree(tmp_path / "out") if not name.startswith(".ocrfix")]
    assert found == sorted(["in/a.jsonl", "in/xa/03.txt", absolute.as_posix()])
    names.write_text("../a.txt\n", "utf-8")
    assert "has no place in the output" in invoke("check", "--files-from", names).stderr
    assert "Missing argument" in invoke("clean").stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--resume"], "--resume needs -o FOLDER"),
        (["--resume", "-o", "out", "--report", "html:a.html"], "a corpus is too large for it"),
        (["--resume", "--in-place"], "--resume needs -o FOLDER"),
        (["--resume", "-o", "out", "--budget", "0"], "not in the range"),
    ],
)
def test_what_a_corpus_run_cannot_do_is_refused(tmp_path, monkeypatch, options, message):
    make_corpus(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = invoke("clean", "in/xa", *options)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (tmp_path / "out").exists()
