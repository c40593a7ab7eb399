"""What ocrfix is made of: nothing evaluated, unpickled or fetched; no runaway pattern; checked data."""

from __future__ import annotations

import ast
import importlib
import os
import pkgutil
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ocrfix
from ocrfix import _data
from ocrfix._data import SUMS, DataError
from ocrfix.language_model import ModelFileError, learn, load

PACKAGE = Path(ocrfix.__file__).parent
ROOT = PACKAGE.parent
SOURCES = sorted(PACKAGE.rglob("*.py"))

FORBIDDEN_MODULES = frozenset(
    "pickle cPickle dill cloudpickle joblib marshal shelve socket ssl http urllib ftplib smtplib telnetlib "  # noqa: SIM905
    "xmlrpc requests httpx aiohttp urllib3 asyncio webbrowser ctypes".split()
)
FORBIDDEN_CALLS = frozenset(("eval", "exec", "compile", "__import__"))
FORBIDDEN_METHODS = frozenset(
    (
        "os.system",
        "os.popen",
        "subprocess.call",
        "subprocess.run",
        "subprocess.Popen",
        "np.load",
        "numpy.load",
    )
)
LEAVES = frozenset(("urllib.parse",))
"""Parts of such modules that fetch nothing."""


def offences(source):
    """What a module must not do, with lines."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        found += [(node.lineno, n) for n in names if n.split(".")[0] in FORBIDDEN_MODULES and n not in LEAVES]
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in FORBIDDEN_CALLS | FORBIDDEN_METHODS or "allow_pickle" in {
                k.arg for k in node.keywords
            }:
                found.append((node.lineno, name))
    return found


def test_nothing_is_evaluated_unpickled_or_fetched():
    assert len(SOURCES) > 100
    found = {str(path.relative_to(ROOT)): offences(path.read_text("utf-8")) for path in SOURCES}
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from urllib.request import urlopen",
        "import http.client as x",
        "eval('1')",
        "np.load('x')",
        "f(x, allow_pickle=True)",
        "def f():\n    import socket",
    ],
)
def test_offences_are_seen(line):
    assert offences(line)


def test_cleaning_opens_no_connection(tmp_path):
    code = (
        "import sys\n"
        "def hook(event, _):\n"
        "    if event.startswith(('socket.', 'subprocess.', 'os.system', 'url')): raise SystemExit(event)\n"
        "sys.addaudithook(hook)\n"
        "from ocrfix.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    path = tmp_path / "a.txt"
    path.write_text("Quỹ Vi người nghèo\n", "utf-8")
    arguments = [
        "clean",
        "--isolated",
        str(path),
        "-o",
        str(tmp_path / "b.txt"),
        "--report",
        f"html:{tmp_path}/r",
    ]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "b.txt").read_text("utf-8") == "Quỹ Vì người nghèo\n"


# --- patterns ---


def patterns():
    """Every compiled pattern that a module of ocrfix holds, or has made and keeps in a cache, by name."""
    found = {}
    for info in pkgutil.walk_packages(ocrfix.__path__, "ocrfix."):
        if info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            values = [value]
            if isinstance(value, dict):
                values = list(value.values())
            elif isinstance(value, list | tuple):
                values = list(value)
            elif (
                callable(value) and hasattr(value, "cache_info") and name.endswith(("_pattern", "_patterns"))
            ):
                try:
                    made = value()
                except TypeError:
                    continue
                values = list(made.values()) if isinstance(made, dict) else [made]
            for number, item in enumerate(values):
                if isinstance(item, re.Pattern):
                    found[f"{info.name}.{name}[{number}]"] = item
    return found


ATTACKS = (
    "a", " ", "\n", "\t", "á", "A", "1", ".", ",", "-", "(", "[", "{", '"', "<", "=", "/", ":", "&", "_", "|",
    "\u0301", "a ", "a.", "1.", "1 ", "- ", " -", ". ", "a-\n", " \n", "\n\n", "A.", "aA", "a1", "<a ",
    'a="', "&a",
    "a@", "www.", "http://", "a/", "bbox 1 ", "x_wconf 1;", "readingOrder {", "{a", "{{", "**", "*a", "`",
    "trang ", "người ", "\ud800",
)  # fmt: skip
ENDS = ("", "!", "\n", "\x00", "é")


def _seconds(pattern, text):
    import time

    begun = time.perf_counter()
    data = text.encode("utf-8", "surrogatepass") if isinstance(pattern.pattern, bytes) else text
    pattern.match(data)
    pattern.fullmatch(data)
    return time.perf_counter() - begun


def test_no_pattern_backtracks():
    """One try at one place may take time that grows with the length of what it reads, not with its square."""
    every = patterns()
    assert len(every) > 100
    slow = {}
    for name, pattern in every.items():
        for attack in ATTACKS:
            for end in ENDS:
                text = attack * (4000 // len(attack)) + end
                # a square of 4,000 steps is about 0.1 s, an exponential never ends: so first a short one
                if (
                    _seconds(pattern, attack * 24 + end) > 0.05
                    or min(_seconds(pattern, text) for _ in range(3 if _seconds(pattern, text) > 0.02 else 1))
                    > 0.02
                ):
                    slow.setdefault(name, []).append(attack)
    assert slow == {}


def test_a_pattern_that_backtracks_is_seen():
    assert _seconds(re.compile(r"(a*)*b"), "a" * 22 + "!") > 0.05
    assert _seconds(re.compile(r"(?:a+)+\Z"), "a" * 22 + "!") > 0.05


# --- data ---


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """ocrfix as it lies when it is installed: the data inside the package."""
    place = tmp_path_factory.mktemp("site")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, place / "ocrfix", ignore=ignored)
    shutil.copytree(ROOT / "dictionaries", place / "ocrfix" / "dictionaries")
    return place


def run(installation, *arguments):
    env = {**os.environ, "PYTHONPATH": str(installation), "PYTHONSAFEPATH": "1"}
    line = [sys.executable, "-m", "ocrfix", *arguments]
    return subprocess.run(line, capture_output=True, check=False, timeout=120, env=env, cwd=installation)


def test_an_installation_checks_its_data(installation, tmp_path):
    path = tmp_path / "bao.txt"
    path.write_text("Quỹ Vi người nghèo\n", "utf-8")
    data = installation / "ocrfix" / "dictionaries"
    done = run(installation, "clean", "--isolated", "-q", str(path))
    assert (done.returncode, done.stdout.decode()) == (0, "Quỹ Vì người nghèo\n"), done.stderr
    for name in ("vi/syllables.lm", "vi/channel.tsv", "vi/capitals.tsv", SUMS):
        file = data / name
        whole = file.read_bytes()
        middle = len(whole) // 2
        for damage in (
            whole[:middle],
            whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            None,
        ):
            if damage is None:
                file.unlink()
            else:
                file.write_bytes(damage)
            done = run(installation, "clean", "--isolated", "-q", str(path))
            file.write_bytes(whole)
            error = done.stderr.decode()
            if name == SUMS and damage is not None:
                assert done.returncode in (0, 2)  # what is damaged may be the line of a file that is not read
                continue
            assert (done.returncode, done.stdout) == (2, b""), (name, error)
            assert file.name in error
            assert "install ocrfix again" in error
            assert "Traceback" not in error
            assert "ocrfix itself failed" not in error
    assert path.read_text("utf-8") == "Quỹ Vi người nghèo\n"


def test_a_file_that_was_not_shipped_is_refused(tmp_path, monkeypatch):
    package = tmp_path / "ocrfix"
    folder = package / "dictionaries"
    folder.mkdir(parents=True)
    (folder / SUMS).write_text(f"{'0' * 64}  a.txt\n", "ascii")
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("x", "ascii")
    monkeypatch.setattr(_data, "__file__", str(package / "_data.py"))
    for name in ("a.txt", "b.txt"):
        with pytest.raises(DataError, match=rf"{name} is damaged, or is not the one that came"):
            _data.data_path(name)
    with pytest.raises(DataError, match=r"c\.txt is missing"):
        _data.data_path("c.txt")


def test_a_model_of_ones_own_is_checked(tmp_path):
    corpus, path = tmp_path / "a.txt", tmp_path / "a.lm"
    rng = random.Random(1)
    words = "bà con xã đã cùng nhau đóng góp ngày công làm đường".split()  # noqa: SIM905
    corpus.write_text("".join(" ".join(rng.choices(words, k=12)) + ".\n" for _ in range(400)), "utf-8")
    learn([corpus], path, lambda _: None, order=3, size=1.0, held_out=[])
    assert load(str(path)).known("xã")
    whole = path.read_bytes()
    start = whole.index(b"\n", whole.index(b"\n") + 1) + 1
    for _ in range(60):
        place = rng.randrange(start, len(whole))
        (tmp_path / "b.lm").write_bytes(
            whole[:place] + bytes([whole[place] ^ 1 << rng.randrange(8)]) + whole[place + 1 :]
        )
        with pytest.raises(ModelFileError, match="damaged"):
            load(str(tmp_path / "b.lm"))
    for _ in range(200):
        place = rng.randrange(start)
        (tmp_path / "b.lm").write_bytes(whole[:place] + bytes([rng.randrange(256)]) + whole[place + 1 :])
        try:
            load(str(tmp_path / "b.lm")).quality("bà con xã")
        except ModelFileError as error:
            assert "b.lm" in str(error)  # noqa: PT017
    for size in (0, 10, start - 5, start, len(whole) - 1):
        (tmp_path / "b.lm").write_bytes(whole[:size])
        with pytest.raises(ModelFileError):
            load(str(tmp_path / "b.lm"))
