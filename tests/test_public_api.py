"""What the package exports, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import ocrfix

HEAVY = ("charset_normalizer", "ftfy", "jinja2", "multiprocessing", "rapidfuzz", "rich", "symspellpy")


def test_exported_names_are_the_public_ones_sorted():
    public = [
        name
        for name, value in vars(ocrfix).items()
        if not name.startswith("_") and not isinstance(value, ModuleType) and name != "annotations"
    ]
    assert sorted(public) == sorted(ocrfix.__all__)
    assert ocrfix.__all__ == sorted(ocrfix.__all__)


@pytest.mark.parametrize(
    ("module", "without"),
    [
        ("ocrfix", (*HEAVY, "click", "ocrfix.language_model", "ocrfix.detectors.words")),
        ("ocrfix.cli", (*HEAVY, "click")),
        ("ocrfix.cli.commands", HEAVY),
    ],
)
def test_importing_loads_nothing_heavy(module, without):
    code = f"import sys, {module}; print([n for n in {without!r} if n in sys.modules])"
    result = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, check=True)
    assert result.stdout.decode().strip() == "[]"
    assert result.stderr == b""


def test_every_public_name_is_documented():
    for name in ocrfix.__all__:
        assert (getattr(ocrfix, name).__doc__ or "").strip(), name
