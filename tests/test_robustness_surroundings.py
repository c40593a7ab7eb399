"""Bad surroundings, from outside: no room, no permission, stopped in the middle; originals intact.

tests/README.md has the table of what is tried here.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import fakes
import pytest
from click.testing import CliRunner
from running import BAD, COMMAND, GOOD, QUIET, everything, ocrfix, unix

from ocrfix.cli.commands import cli

# --- places that cannot be written ---

AS_ANOTHER = """
import importlib, os, pkgutil, sys
import ocrfix
for module in pkgutil.walk_packages(ocrfix.__path__, "ocrfix."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
from ocrfix.cli import main
main(["clean", "--isolated", "--quiet", sys.argv[1], "-o", os.devnull])
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.exit(main(sys.argv[2:]))
"""
"""The command as a user whom permissions bind; all that is imported late is imported before."""


def as_another(folder, *arguments):
    line = [sys.executable, "-c", AS_ANOTHER, folder / "bao.txt", *map(str, arguments)]
    done = subprocess.run(line, capture_output=True, check=False, timeout=120, cwd="/")
    error = done.stderr.decode()
    assert "Traceback" not in error, error
    return done.returncode, error


@pytest.fixture
def open_folder(folder):
    """The folder, reachable by every user."""
    place = folder
    while place != Path("/"):
        if not place.stat().st_mode & 0o001 and os.getuid() == 0:
            place.chmod(place.stat().st_mode | 0o055)
        place = place.parent
    return folder


@unix
def test_no_permission(open_folder):
    folder = open_folder
    path = folder / "bao.txt"
    path.chmod(0o444)
    for arguments, words in (
        ((path, "--in-place"), "bao.txt: cannot be written: "),
        ((path, "-o", folder / "moi.txt"), "moi.txt: cannot be written: permission denied"),
        ((path, "-o", folder / "moi" / "a.txt"), "a.txt: cannot be written: permission denied"),
        ((path, "-o", os.devnull, "--report", f"json:{folder}/r.json"), "r.json: cannot be written"),
    ):
        folder.chmod(0o555)
        status, error = as_another(folder, "clean", *QUIET, *arguments)
        folder.chmod(0o755)
        assert status == 2
        assert words in error
        assert everything(folder) == {"bao.txt": BAD.encode()}
    path.chmod(0)
    if os.getuid() == 0:
        (folder / "hai.txt").write_text(BAD, "utf-8")
        line = [sys.executable, "-c", AS_ANOTHER, folder / "hai.txt", "check", *QUIET, str(path)]
        done = subprocess.run(line, capture_output=True, check=False, timeout=120, cwd="/")
        assert done.returncode == 2
        assert "bao.txt: cannot be read: permission denied" in done.stderr.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk(folder):
    path = folder / "bao.txt"
    status, _, error = ocrfix(path, "-o", "/dev/full")
    assert status == 2
    assert "/dev/full: cannot be written: no space left on device" in error
    with Path("/dev/full").open("wb") as full:
        for command in ("clean", "check"):
            line = [*COMMAND, command, "--isolated", "--select", "ENC", "-q", "--report", "json", str(path)]
            arguments = line if command == "check" else [*line[:-3], str(path)]
            done = subprocess.run(arguments, stdout=full, stderr=subprocess.PIPE, check=False, timeout=120)
            assert done.returncode == 2
            assert b"no space left on device" in done.stderr
            assert b"Traceback" not in done.stderr
    assert everything(folder) == {"bao.txt": BAD.encode()}


@unix
def test_no_room_in_the_middle_of_a_file(folder):
    big = BAD * 400
    path = folder / "to.txt"
    path.write_text(big, "utf-8")

    def little_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    for arguments in ((path, "--in-place"), (path, "-o", folder / "moi.txt")):
        status, _, error = ocrfix(*arguments, preexec_fn=little_room)
        assert status == 2
        assert "cannot be written: file too large" in error
        assert everything(folder) == {"bao.txt": BAD.encode(), "to.txt": big.encode()}


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare")
def test_a_small_disk_that_fills(folder):
    (folder / "to.txt").write_text(BAD * 3000, "utf-8")
    disk = folder.parent / "dia"
    disk.mkdir()
    script = (
        f"mount -t tmpfs -o size=64k ocrfix {disk} && {sys.executable} -m ocrfix clean --isolated -q "
        f"--select ENC {folder} -o {disk}/sach; echo status $?; find {disk} -type f | wc -l"
    )
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], capture_output=True, check=False, timeout=120
    )
    if b"status" not in done.stdout:
        pytest.skip("no disk may be mounted here")
    assert done.stdout.split() == [b"status", b"2", b"1"]
    assert b"to.txt: cannot be written: no space left on device" in done.stderr


# --- while it works ---


class Meddler(fakes.Replace):
    """Somebody writes to the file while it is being cleaned."""

    path: Path

    def find(self, document, context):
        self.path.write_text("Bản khác.\n", "utf-8")
        return super().find(document, context)


def test_a_file_that_changes_meanwhile(tmp_path, monkeypatch):
    path = tmp_path / "bao.txt"
    path.write_text("Quỹ Vi người nghèo\n", "utf-8")
    Meddler.path = path
    fakes.install(monkeypatch, (fakes.Stage("one", (Meddler("WRD001", "Vi", "Vì"),)),))
    result = CliRunner().invoke(cli, ["clean", "--isolated", "--in-place", str(path)])
    assert result.exit_code == 2
    assert "it was changed while it was being cleaned" in result.stderr
    assert everything(tmp_path) == {"bao.txt": "Bản khác.\n".encode()}


@unix
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_being_stopped(tmp_path, jobs, name, status):
    folder = tmp_path / "giay"
    folder.mkdir()
    for number in range(3):
        text = "".join(f"{BAD[:-1]} Số {i}.\n\n" for i in range(40000 + number))
        (folder / f"{number}.txt").write_text(text, "utf-8")
    before = everything(folder)
    line = [*COMMAND, "clean", "--isolated", "-q", "--in-place", "--jobs", str(jobs), str(folder)]
    with subprocess.Popen(line, stderr=subprocess.PIPE, start_new_session=True) as process:
        time.sleep(3)
        assert process.poll() is None, "the work was done too soon"
        begun = time.monotonic()
        process.send_signal(getattr(signal, name))
        error = process.stderr.read().decode()
        assert process.wait(60) == status
        assert time.monotonic() - begun < 20  # hours of work may be waiting
    assert "files not finished are as they were" in error
    assert "Traceback" not in error
    time.sleep(0.5)
    assert everything(folder) == before
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@unix
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_wants_one_line(folder, unbuffered):
    path = folder / "to.txt"
    path.write_text(GOOD * 20000, "utf-8")
    line = [*COMMAND, "clean", *QUIET, str(path)]
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        assert process.stdout.readline().decode() == GOOD
        process.stdout.close()
        assert (process.stderr.read(), process.wait(60)) == (b"", 141)


@unix
def test_streams_that_are_closed(folder):
    path = folder / "bao.txt"
    for close, arguments, words in (
        ("<&-", "-", "standard input is closed"),
        (">&-", str(path), "standard output is closed"),
    ):
        line = f"{sys.executable} -m ocrfix clean {' '.join(QUIET)} {arguments} {close}"
        done = subprocess.run(["bash", "-c", line], capture_output=True, check=False, timeout=120)
        assert done.returncode == 2
        assert words in done.stderr.decode()
        assert b"Traceback" not in done.stderr
    line = f"{sys.executable} -m ocrfix clean {' '.join(QUIET)} {path} 2>&-"
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stdout.decode()) == (0, GOOD)


@unix
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not limit address space")
def test_too_little_memory(folder):
    path = folder / "to.txt"
    path.write_text(BAD * 400_000, "utf-8")

    def little_memory():
        resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))

    status, _, error = ocrfix(
        path, folder / "bao.txt", "-o", folder.parent / "sach", preexec_fn=little_memory
    )
    assert status == 2
    assert "to.txt: not enough memory; clean it in parts" in error
    assert everything(folder.parent / "sach") == {"bao.txt": GOOD.encode()}


def test_settings_and_decisions_that_are_nested_deep(folder):
    (folder / "sau.toml").write_text("protect = " + "[" * 50_000)
    (folder / "sau.json").write_text("[" * 100_000)
    line = [*COMMAND, "check", "--config", str(folder / "sau.toml"), str(folder / "bao.txt")]
    done = subprocess.run(line, capture_output=True, check=False, timeout=120)
    assert done.returncode == 2
    assert b"sau.toml: this is no configuration: too deeply nested" in done.stderr
    line = [*COMMAND, "apply", str(folder / "sau.json"), str(folder / "bao.txt")]
    done = subprocess.run(line, capture_output=True, check=False, timeout=120)
    assert done.returncode == 2
    assert b"too deeply nested" in done.stderr
