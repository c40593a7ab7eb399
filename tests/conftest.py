from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ocrfix",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
    # .ci/run draws the same examples every time, all other runs new ones
    derandomize="OCRFIX_SAME_EXAMPLES" in os.environ,
)
settings.load_profile("ocrfix")

collect_ignore = ["browser/picture.py", "formats/render.py", "fuzz/fuzz.py"]
collect_ignore_glob = ["scale/recipes/*.py"]
"""Scripts that need more than the tests do."""


@pytest.fixture
def arrow():
    return pytest.importorskip("pyarrow")


@pytest.fixture
def folder(tmp_path):
    """A folder with a text to mend."""
    from running import BAD

    place = tmp_path / "giay"
    place.mkdir()
    (place / "bao.txt").write_text(BAD, "utf-8")
    return place


@pytest.fixture(scope="module")
def bench():
    """The modules of the structure benchmark, by name."""
    folder = str(Path(__file__).parent.parent / "benchmarks")
    sys.path.insert(0, folder)
    names = (
        "case",
        "damages",
        "gate",
        "growth",
        "measure",
        "noise",
        "report",
        "run",
        "scoring",
        "show",
        "texts",
    )
    yield SimpleNamespace(
        **{name: importlib.import_module(f"_structure.{name}") for name in names},
        command=importlib.import_module("structure"),
    )
    sys.path.remove(folder)
