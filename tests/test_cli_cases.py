"""Runs of the command, one a folder of tests/cli.

``cmd.toml`` has ``args``, and may have ``status`` (0), ``stdin`` (a file in ``in``), ``stderr`` (texts that
standard error must hold). ``in/`` is the folder that the command runs in; ``out/`` is that folder
afterwards, whole, and the same as ``in/`` when there is none; ``stdout`` is standard output.
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from ocrfix.cli.commands import cli

FOLDER = Path(__file__).parent / "cli"
CASES = sorted(path.parent for path in FOLDER.glob("*/cmd.toml"))


def tree(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_every_folder_is_a_case():
    assert sorted(path for path in FOLDER.iterdir() if path.is_dir()) == CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case, tmp_path, monkeypatch):
    command = tomllib.loads((case / "cmd.toml").read_text("utf-8"))
    assert command.keys() <= {"args", "status", "stdin", "stderr"}
    before, work = case / "in", tmp_path / "work"
    shutil.copytree(before, work)
    monkeypatch.chdir(work)
    data = (before / command["stdin"]).read_bytes() if "stdin" in command else b""
    result = CliRunner().invoke(cli, command["args"], input=data, catch_exceptions=False)
    assert result.exit_code == command.get("status", 0), result.output
    expected = case / "out" if (case / "out").is_dir() else before
    assert tree(work) == tree(expected)
    stdout = case / "stdout"
    assert result.stdout_bytes.decode() == (stdout.read_bytes().decode() if stdout.exists() else "")
    for text in command.get("stderr", ["repaired" if "-q" not in command["args"] else ""]):
        assert text in result.stderr
