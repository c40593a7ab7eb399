"""The command as a process, and what a folder of tests/cli cannot say."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import fakes
import jsonschema
import pytest
from running import BAD, GOOD, OPTIONS, invoke

import ocrfix
from ocrfix.detectors import all_rules
from ocrfix.formats import read
from ocrfix.reports import FORMATS
from ocrfix.reports.json import from_dict, schema
from ocrfix.scale.files import Task, run

TIME = re.compile(rb"\d+\.\d s$", re.MULTILINE)


def ocrfix_process(*arguments, **kwargs):
    command = [sys.executable, "-m", "ocrfix", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, timeout=120, **kwargs)


def test_filter():
    result = ocrfix_process("clean", *OPTIONS, "-", input=(BAD * 2).replace("\n", "\r\n").encode())
    assert result.returncode == 0
    assert result.stdout.decode() == (GOOD * 2).replace("\n", "\r\n")
    assert b"4 findings, 4 repaired" in result.stderr
    assert b"\x1b" not in result.stderr


def test_version_of_the_installed_command():
    command = Path(sys.executable).with_name("ocrfix")
    result = subprocess.run([command, "--version"], capture_output=True, check=True)
    assert result.stdout.decode().strip() == f"ocrfix {ocrfix.__version__}"


def test_usage_errors_leave_with_2():
    for arguments in ([], ["clean"], ["clean", "--nonsense"], ["clean", "a", "--jobs", "x"]):
        result = ocrfix_process(*arguments)
        assert result.returncode == 2
        assert b"Usage" in result.stderr + result.stdout
        assert b"Traceback" not in result.stderr


def test_a_reader_that_goes_away(tmp_path):
    path = tmp_path / "bao.txt"
    path.write_text(GOOD * 20000, "utf-8")
    command = [sys.executable, "-m", "ocrfix", "clean", *OPTIONS, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        error = process.stderr.read()
        assert process.wait(120) == 141
    assert b"Traceback" not in error
    assert b"Exception ignored" not in error


def test_interrupt():
    command = [sys.executable, "-m", "ocrfix", "clean", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdin.write(b"x")
        process.stdin.flush()
        time.sleep(2)  # it waits for the end of its input by then
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        error = process.stderr.read()
    assert b"interrupted" in error
    assert b"Traceback" not in error


def test_any_number_of_jobs_gives_the_same_bytes(tmp_path):
    folder = tmp_path / "giay"
    for number in range(5):
        path = folder / f"{number % 2}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(BAD * number + GOOD, "utf-8")
    (folder / "hong.txt").write_bytes(b"%PDF-1.4")
    seen = []
    for jobs in (1, 3):
        out = tmp_path / f"sach{jobs}"
        reports = [f"--report={form}:{tmp_path}/{jobs}.{form}" for form in FORMATS]
        result = ocrfix_process("clean", *OPTIONS, folder, "-o", out, "--jobs", jobs, *reports)
        assert result.returncode == 2
        texts = {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*.txt"))}
        assert len(texts) == 5
        files = [(tmp_path / f"{jobs}.{form}").read_bytes() for form in FORMATS]
        seen.append((texts, files, TIME.sub(b"", result.stderr)))
    assert seen[0] == seen[1]


class _Deadly:
    """Kills the process that unpickles it."""

    def __reduce__(self):
        return os._exit, (1,)


def test_a_process_that_dies_takes_only_its_file(tmp_path):
    config = ocrfix.Config(select=("ENC",))
    tasks = []
    for name in "abc":
        path = tmp_path / f"{name}.txt"
        path.write_text(BAD, "utf-8")
        tasks.append(Task(path, _Deadly() if name == "b" else config))
    outcomes = list(run(tasks, 2))
    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    assert "b.txt: the process died" in outcomes[1].error


def test_an_error_of_our_own_stops_nothing(tmp_path, monkeypatch):
    class Faulty(fakes.Replace):
        def find(self, document, context):
            if "độc" in document.text:
                raise RuntimeError("oh")
            return super().find(document, context)

    fakes.install(monkeypatch, (fakes.Stage("one", (Faulty("WRD001", "Vi", "Vì"),)),))
    for name, text in (("a", "Vi"), ("b", "độc"), ("c", "Vi")):
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
    result = invoke("clean", "--isolated", tmp_path, "--in-place")
    assert result.exit_code == 2
    assert "b.txt: ocrfix itself failed: RuntimeError: oh" in result.stderr
    assert [(tmp_path / f"{n}.txt").read_text("utf-8") for n in "abc"] == ["Vì", "độc", "Vì"]


def test_a_right_file_is_not_rewritten_in_place(tmp_path):
    path = tmp_path / "bao.txt"
    path.write_bytes(GOOD.replace("\n", "\r\n").encode())
    before = path.stat()
    assert invoke("clean", *OPTIONS, "--in-place", path).exit_code == 0
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_output_that_cannot_be_written(tmp_path):
    path = tmp_path / "bao.txt"
    path.write_text(BAD, "utf-8")
    result = invoke("clean", *OPTIONS, path, "-o", path / "sach.txt")
    assert result.exit_code == 2
    assert "sach.txt: cannot be written" in result.stderr
    result = invoke("clean", *OPTIONS, path, "-o", tmp_path / "s.txt", "--report", f"json:{path}/r.json")
    assert result.exit_code == 2
    assert "r.json: cannot be written" in result.stderr
    assert path.read_text("utf-8") == BAD


def test_several_inputs_need_a_folder(tmp_path):
    for name in ("a.txt", "b.txt", "file"):
        (tmp_path / name).write_text(BAD, "utf-8")
    result = invoke("clean", *OPTIONS, tmp_path / "a.txt", tmp_path / "b.txt", "-o", tmp_path / "file")
    assert result.exit_code == 2
    assert "this is a file, and several inputs need a folder" in result.stderr


def test_hard_links_to_one_file_are_one_input(tmp_path):
    one, other = tmp_path / "a.txt", tmp_path / "b.txt"
    one.write_text(BAD, "utf-8")
    other.hardlink_to(one)
    result = invoke("check", *OPTIONS, tmp_path)
    assert "1 file: 2 findings" in result.stderr


def test_reports_in_all_formats(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("bao.txt").write_bytes(BAD.replace("\n", "\r\n").encode())
    targets = [f"--report={form}:r.{form}" for form in FORMATS]
    result = invoke("clean", *OPTIONS, "-q", "bao.txt", *targets)
    assert result.exit_code == 0
    assert result.stderr == ""
    data = json.loads(Path("r.json").read_text("utf-8"))
    jsonschema.validate(data, schema())
    (report,) = from_dict(data)
    original = read(Path("bao.txt")).document.text
    assert ocrfix.replay(report, original) == GOOD
    assert b"-H\xe1\xbb\x99i" in Path("r.diff").read_bytes()
    assert Path("r.html").read_text("utf-8").startswith("<!doctype html>")
    assert "2 findings, 2 repaired, 0 left" in Path("r.summary").read_text("utf-8")
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    # the text is unchanged on disk, and the diff leads from it to the cleaned text
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "-c", "core.autocrlf=false", "apply", "r.diff"], check=True)
    assert Path("bao.txt").read_bytes() == GOOD.replace("\n", "\r\n").encode()


def test_a_report_on_standard_output_of_check(tmp_path):
    path = tmp_path / "bao.txt"
    path.write_text(BAD, "utf-8")
    result = invoke("check", *OPTIONS, path, "--report", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["files"][0]["name"] == str(path)
    result = invoke("check", *OPTIONS, path, "--report", "json", "--report", "html")
    assert "standard output carries the json report" in result.stderr
    assert result.exit_code == 2


def test_the_summary_fits_80_columns(tmp_path):
    path = tmp_path / "bao.txt"
    path.write_text(BAD, "utf-8")
    result = invoke("clean", *OPTIONS, path, env={"COLUMNS": "80"})
    lines = result.stderr.splitlines()
    assert lines[0].split() == ["rule", "name", "found", "repaired", "left", "example"]
    assert re.match(r"ENC004 +look-alike-letter +2 +2 +0 +ð → đ", lines[1])
    assert max(map(len, lines)) <= 80


def test_a_protected_pattern_that_is_none(tmp_path):
    result = invoke("check", "--isolated", "--protect", "/(/", tmp_path)
    assert result.exit_code == 0  # no file, nothing to protect
    (tmp_path / "a.txt").write_text(BAD, "utf-8")
    result = invoke("check", "--isolated", "--protect", "/(/", tmp_path)
    assert result.exit_code == 2
    assert "--protect: /(/ is not a regular expression" in result.stderr


def test_rules_are_listed_and_explained():
    listed = invoke("rules").stdout.splitlines()
    assert [line.split()[0] for line in listed] == [rule.code for rule in all_rules()]
    for rule in all_rules():
        text = invoke("rules", rule.code).stdout
        assert text.startswith(f"{rule.code} {rule.name} ")
        assert rule.doc.strip() in text
        assert invoke("rules", rule.name).stdout == text


def test_learn_calls_the_trainer(tmp_path, monkeypatch):
    import ocrfix.language_model

    corpus = tmp_path / "corpus.txt"
    corpus.write_text(GOOD, "utf-8")
    calls = []

    def learn(paths, output, progress, **options):
        progress("counting")
        calls.append((paths, output, options))

    monkeypatch.setattr(ocrfix.language_model, "learn", learn)
    result = invoke("learn", corpus, "-o", tmp_path / "new.lm")
    assert result.exit_code == 0
    assert calls == [((corpus,), tmp_path / "new.lm", {"order": 4, "size": 24.0, "held_out": []})]
    assert result.stderr.splitlines() == ["counting", f"wrote {tmp_path}/new.lm"]
    result = invoke("learn", tmp_path / "gone.txt", "-o", tmp_path / "new.lm")
    assert result.exit_code == 2
    assert "gone.txt: no such file" in result.stderr


def test_a_model_that_is_not_there(tmp_path):
    result = invoke("check", "--isolated", "--model", tmp_path / "x.lm", tmp_path)
    assert result.exit_code == 2
    assert "--model: there is no file" in result.stderr


def test_a_model_that_is_none(tmp_path):
    for name in ("a.txt", "b.txt", "x.lm"):
        (tmp_path / name).write_text(BAD, "utf-8")
    result = invoke("check", "--isolated", "--model", tmp_path / "x.lm", tmp_path)
    assert result.exit_code == 2
    assert result.stderr.count("x.lm is not a language model") == 1


@pytest.mark.parametrize("name", ["clean", "check", "rules", "learn"])
def test_help(name):
    result = invoke(name, "--help")
    assert result.exit_code == 0
    assert name in result.stdout


def test_learn_capitals_and_marks(tmp_path):
    corpus, pairs = tmp_path / "right.txt", tmp_path / "pairs.jsonl"
    corpus.write_text("Sáng nay, bà Lan và ông Hùng ra đồng sớm.\n" * 40, "utf-8")
    result = invoke("learn", "--capitals", corpus, "-o", tmp_path / "capitals.tsv", "-q")
    assert result.exit_code == 0
    assert "lan\t" in (tmp_path / "capitals.tsv").read_text("utf-8")
    rows = [
        {
            "gold": "Ông ra đồng từ sớm. Bà ở nhà nấu cơm, chờ con.",
            "ocr": "Ông ra đồng - từ sớm, Bà ở nhà : nấu cơm, chờ con.",
        },
        {"gold": "Hôm nay họp xã, mai họp huyện.", "ocr": "Hôm nay họp . xã, mai họp huyện."},
    ]
    pairs.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows * 20), "utf-8")
    options = ("--punctuation", pairs, "--right", corpus, "-o", tmp_path / "marks.json", "-q")
    result = invoke("learn", *options)
    assert result.exit_code == 0, result.output
    assert "features" in json.loads((tmp_path / "marks.json").read_text("utf-8"))
    result = invoke("learn", "--pairs", "--capitals", corpus, "-o", tmp_path / "x")
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr
    pairs.write_text("", "utf-8")
    assert "no pairs" in invoke("learn", *options).stderr


def test_check_obeys_the_confidence_of_a_settings_file(tmp_path):
    (tmp_path / "ocrfix.toml").write_text("min-confidence = 1.0\n", "utf-8")
    (tmp_path / "a.txt").write_text("Quỹ Vi người nghèo", "utf-8")
    assert invoke("check", tmp_path / "a.txt").exit_code == 0
    assert invoke("check", "--isolated", tmp_path / "a.txt").exit_code == 1
