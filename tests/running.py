"""The command as tests run it: in this process or in one of its own, on a text with letters to mend."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from ocrfix.cli.commands import cli

BAD = "Hội Chữ thập ðỏ xã vận ðộng nhân dân hiến máu.\n"
GOOD = BAD.replace("ð", "đ")
OPTIONS = ("--isolated", "--select", "ENC")
QUIET = (*OPTIONS, "--quiet")
COMMAND = (sys.executable, "-m", "ocrfix")
unix = pytest.mark.skipif(sys.platform == "win32", reason="a matter of Unix")


def invoke(*arguments, **kwargs):
    """Run the command in this process; what went wrong in it is raised."""
    return CliRunner().invoke(cli, list(map(str, arguments)), catch_exceptions=False, **kwargs)


def ocrfix(*arguments, command="clean", **kwargs):
    """Run the command in a process; returns its status, standard output and standard error."""
    line = [*COMMAND, command, *QUIET, *map(str, arguments)]
    done = subprocess.run(line, capture_output=True, check=False, timeout=120, **kwargs)
    error = done.stderr.decode("utf-8", "replace")
    assert "Traceback" not in error
    assert "Exception ignored" not in error
    return done.returncode, done.stdout, error


def everything(folder):
    """All that is in a folder, links as links."""
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }
