"""What stands around cleaning: settings printed, completion, hooks, and reports that others' tools read."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import fakes
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import BAD, GOOD, OPTIONS, invoke

from ocrfix import Report
from ocrfix.cli.config import toml_value
from ocrfix.config_file import SETTINGS, load
from ocrfix.reports import Failure, Reviewed, render
from ocrfix.reports.diff import unified
from ocrfix.reports.jsonl import schema
from ocrfix.reports.summary import words_changed

ROOT = Path(__file__).parent.parent
# from the package @microsoft/jest-sarif 1.0.0-beta.0 (MIT), which has it from OASIS by way of SchemaStore
SARIF = json.loads((ROOT / "tests" / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


# --- ocrfix config ---


def test_config_can_be_pasted_and_means_the_same(tmp_path, monkeypatch):
    project, other = tmp_path / "du án", tmp_path / "khác"
    project.mkdir()
    other.mkdir()
    (project / "names.txt").write_text("Đắk Lắk\n", "utf-8")
    (project / "pyproject.toml").write_text(
        '[tool.ocrfix]\nprotect = ["Vi"]\nprotect-from = ["names.txt"]\n'
        'min-confidence = 0.97\nignore = ["NOI"]\n',
        "utf-8",
    )
    monkeypatch.chdir(other)
    result = invoke("config", project, "--protect", 'a "b" \\c', "--unsafe")
    assert result.exit_code == 0
    assert f"# settings of {project / 'pyproject.toml'}\n[tool.ocrfix]\n" in result.stdout
    assert "min-confidence = 0.97  # pyproject.toml\n" in result.stdout
    assert "unsafe = true  # command line\n" in result.stdout
    assert 'protect = ["Vi", "a \\"b\\" \\\\c"]  # pyproject.toml and command line\n' in result.stdout
    assert "select = []  # default\n" in result.stdout
    assert '# model = "own.lm"  # not set\n' in result.stdout
    assert all(re.search(rf"^(?:# )?{name} = ", result.stdout, re.MULTILINE) for name in SETTINGS)
    (other / "pyproject.toml").write_text(result.stdout, "utf-8")
    config = load(other / "pyproject.toml")
    assert config.protect == ("Vi", 'a "b" \\c', "Đắk Lắk")
    assert (config.unsafe, config.min_confidence, config.ignore) == (True, 0.97, ("NOI",))
    again = invoke("config", "--config", other / "pyproject.toml")
    assert again.stdout.count("# pyproject.toml") == 6


def test_config_without_a_file(tmp_path):
    result = invoke("config", "--isolated", tmp_path)
    assert result.stdout.startswith("# no configuration file\nignore = []  # default\n")
    data = tomllib.loads(invoke("config", "--isolated", "--pyproject").stdout)
    assert data["tool"]["ocrfix"]["unsafe"] is False


def test_config_names_the_nearest_setting(tmp_path):
    path = tmp_path / "ocrfix.toml"
    for wrong, right in (("min_confidence", "min-confidence"), ("protects", "protect"), ("Unsafe", "unsafe")):
        path.write_text(f"{wrong} = 1\n", "utf-8")
        result = invoke("config", tmp_path)
        assert result.exit_code == 2
        assert f"{path}: unknown setting '{wrong}'; did you mean '{right}'?" in result.stderr
    path.write_text("xyz = 1\n", "utf-8")
    assert "there are ignore, min-confidence, model" in invoke("config", tmp_path).stderr


@given(value=st.booleans() | st.floats(0, 1) | st.text() | st.lists(st.text(max_size=40), max_size=12))
def test_toml_values_round_trip(value):
    assert tomllib.loads(f"x = {toml_value(value)}  # here")["x"] == value


# --- completion, hooks, python -m ---


def complete(*words):
    variables = {
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
        "_OCRFIX_COMPLETE": "bash_complete",
    }
    command = [sys.executable, "-m", "ocrfix"]
    done = subprocess.run(
        command, env={**os.environ, **variables}, capture_output=True, check=True, text=True
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_what_is_completed():
    assert complete("ocrfix", "cl") == ["clean"]
    assert "--in-place" in complete("ocrfix", "clean", "--in")
    assert complete("ocrfix", "clean", "--select", "DUP001,wrong-s") == ["DUP001,wrong-syllable"]
    assert complete("ocrfix", "rules", "enc00")[0] == "ENC001"
    assert complete("ocrfix", "check", "--report", "js") == ["json", "jsonl"]
    assert "jsonl" in complete("ocrfix", "check", "--format", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_the_shells(shell):
    result = invoke("completion", shell)
    assert result.exit_code == 0
    assert f"_OCRFIX_COMPLETE={shell}_complete" in result.stdout
    assert result.stderr == ""
    program = shutil.which(shell)
    if program:
        subprocess.run([program, "-n"], input=result.stdout.encode(), check=True)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes():
    program = Path(sys.executable).with_name("ocrfix")
    if not program.exists():
        pytest.skip("ocrfix is not installed as a command here")
    script = invoke("completion", "bash").stdout
    typed = "COMP_WORDS=(ocrfix comp); COMP_CWORD=1; _ocrfix_completion ocrfix; echo ${COMPREPLY[@]}"
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", f"{script}\n{typed}"],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["completion"]


def test_unknown_shells_are_refused():
    assert invoke("completion", "tcsh").exit_code == 2


def test_hooks_run(tmp_path):
    text = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    hooks = dict(re.findall(r"^- id: (\S+)$.*?^  entry: (.+?)$", text, re.MULTILINE | re.DOTALL))
    assert list(hooks) == ["ocrfix-check", "ocrfix-clean"]
    path = tmp_path / "bao.txt"
    path.write_text(BAD, "utf-8")
    seen = []
    for entry in hooks.values():
        _, *arguments = shlex.split(entry)
        seen.append(invoke(*arguments, *OPTIONS, path, path).exit_code)
    assert seen == [1, 0]
    assert path.read_text("utf-8") == GOOD
    (pattern,) = set(re.findall(r"files: (.+)", text))
    assert re.search(pattern, "scan/bao.md")
    assert not re.search(pattern, "scan/bao.txt.png")


# --- reports ---


@given(made=fakes.reports())
def test_sarif_is_valid(made):
    report, original, cleaned = made
    files = [Reviewed(report, original, cleaned), Reviewed(Report(name="/báo/số 1.txt"), "", "")]
    data = json.loads(render("sarif", files, [Failure("x", "x: no")]))
    jsonschema.Draft4Validator(SARIF).validate(data)


def test_sarif_of_real_findings_is_valid(tmp_path):
    (tmp_path / "bao 1.txt").write_text(BAD * 2 + "Quỹ Vi người nghèo {name}\n\n- 12 -\n", "utf-8")
    (tmp_path / "hỏng.txt").write_bytes(b"%PDF-1.4")
    result = invoke("check", "--isolated", tmp_path, "--report", "sarif")
    data = json.loads(result.stdout)
    jsonschema.Draft4Validator(SARIF).validate(data)
    assert len(data["runs"][0]["results"]) >= 4


def test_the_sarif_schema_refuses_what_is_wrong():
    jsonschema.Draft4Validator.check_schema(SARIF)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SARIF).validate({"version": "2.1.0", "runs": [{"results": []}]})


@given(made=fakes.reports())
def test_json_lines_are_valid(made):
    report, original, cleaned = made
    text = render("jsonl", [Reviewed(report, original, cleaned)], [Failure("x", "x: no")])
    found = [json.loads(line) for line in text.split("\n")[:-1]]
    for line in found:
        jsonschema.validate(line, schema())
    assert len(found) == len(report.findings) + 1
    assert found[-1] == {"file": "x", "error": "x: no"}


def test_the_json_lines_schema_is_itself_right():
    jsonschema.Draft202012Validator.check_schema(schema())
    for wrong in ({}, {"file": "x"}, {"file": "x", "error": "no", "more": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema())


def test_json_lines_of_check_on_standard_output(tmp_path):
    path = tmp_path / "bao.txt"
    path.write_text(BAD, "utf-8")
    result = invoke("check", *OPTIONS, path, "--report", "jsonl")
    assert result.exit_code == 1
    assert [json.loads(line)["after"] for line in result.stdout.splitlines()] == ["đ", "đ"]


PAGES = {
    "bao.txt": BAD.encode(),
    "thư mục/số 1, bản 2.txt": (GOOD * 5 + BAD).encode(),
    "crlf.txt": (GOOD + BAD).replace("\n", "\r\n").encode(),
    "cr.txt": (GOOD + BAD).replace("\n", "\r").encode(),
    "mixed.txt": f"{GOOD}{BAD}".encode().replace(b"\n", b"\r\n", 1),
    "no end.txt": BAD.rstrip().encode(),
    "mark.txt": b"\xef\xbb\xbf" + BAD.encode(),
    "pages.txt": f"{BAD}\f{BAD}\u2028{BAD}\x85\n".encode(),
    "right.txt": GOOD.encode(),
    'a\tb"c\\d\x01.txt': BAD.encode(),
    "bản in.md": f"# ðỏ\n\n{BAD}".encode(),
    "wrap.txt": (
        "Hội Chữ thập đỏ xã vận động nhân dân trong toàn xã hiến máu, chung tay\n"
        "vì người nghèo trong những ngày\ncuối năm, với hơn một trăm gia đình tham gia và ủng hộ.\n"
    ).encode(),
}


@needs_git
def test_git_applies_the_diff_of_many_files(tmp_path, monkeypatch):
    folder, cleaned = tmp_path / "scan", tmp_path / "sach"
    for name, data in PAGES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    monkeypatch.chdir(folder)
    options = ("--isolated", "--select", "ENC,JOI")
    diff = invoke("clean", *options, "--diff", "-q", ".").stdout_bytes
    assert invoke("clean", *options, "-q", ".", "-o", cleaned).exit_code == 0
    command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn"]
    subprocess.run([*command, "--check", "-"], input=diff, check=True)
    subprocess.run([*command, "-"], input=diff, check=True)
    for name, data in PAGES.items():
        assert (folder / name).read_bytes() == (cleaned / name).read_bytes()
        assert name == "right.txt" or (folder / name).read_bytes() != data
    assert diff.count(b"--- ") == len(PAGES) - 1


@needs_git
@given(
    name=st.text(
        st.characters(exclude_characters="\0/\ud800", exclude_categories=["Cs"]), min_size=1, max_size=12
    )
)
def test_git_takes_any_name(tmp_path_factory, name):
    name = f"x{name}x"
    if len(name.encode()) > 100:
        return
    folder = tmp_path_factory.mktemp("names")
    (folder / name).write_bytes(BAD.encode())
    made = invoke("clean", *OPTIONS, "-q", "-", input=BAD.encode()).stdout
    from ocrfix import Config, clean

    report = clean(BAD, Config(select=("ENC",))).report
    diff = unified(Reviewed(Report(**{**vars(report), "name": name}), BAD, made))
    subprocess.run(["git", "apply", "-"], input=diff.encode(), cwd=folder, check=True)
    assert (folder / name).read_text("utf-8") == GOOD


def test_words_changed(monkeypatch):
    fakes.install(monkeypatch)
    from ocrfix import clean

    assert words_changed(clean("Quỹ Vi người ðã Vi\n").report) == 3
    assert words_changed(clean("một hai\nmột hai\n").report) == 4
    assert words_changed(clean(">một hai\nxa\n").report) == 2  # moved: counted where it goes away


def test_pages_stay_pages(tmp_path):
    path = tmp_path / "bao.txt"
    path.write_text(f"{BAD}\f{BAD}\f\n", "utf-8")
    assert invoke("clean", *OPTIONS, path).stdout == f"{GOOD}\f{GOOD}\f\n"


def test_the_summary_tells_files_words_and_time(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(BAD, "utf-8")
    result = invoke("clean", *OPTIONS, tmp_path, "--in-place")
    assert re.search(r"^ENC004 +look-alike-letter +6 +6 +0 ", result.stderr, re.MULTILINE)
    assert re.search(
        r"^3 files: 6 findings, 6 repaired, 0 left\n6 words changed, \d+\.\d s$", result.stderr, re.MULTILINE
    )
