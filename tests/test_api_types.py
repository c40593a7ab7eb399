"""The types of the public API, as a user's type checker sees them: right use passes, wrong use does not."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from importlib.resources import files

import ocrfix

RIGHT = """
from collections.abc import Callable, Mapping
from typing import Any, assert_type

import numpy as np

import ocrfix
from ocrfix import Config, Document, Edit, Finding, Report, Result, Rule, Safety, Span

config = Config(unsafe=True, min_confidence=0.9, select=("DUP",), ignore=("WRD",), protect=("Vi",))
result = ocrfix.clean("Quỹ Vi người nghèo", config)
assert_type(result, Result)
assert_type(result.text, str)
assert_type(result.report, Report)
assert_type(ocrfix.check(Document("Vi", name="a.txt", confidence=np.ones(2, np.float32))), Report)
assert_type(ocrfix.replay(result.report, "Quỹ Vi người nghèo"), str)
assert_type(ocrfix.revert(result.report, result.text), str)
decisions: Mapping[str, Any] = {}
again: Callable[[Mapping[str, Any], str], Result] = ocrfix.apply_decisions
for item in result.report.findings:
    finding: Finding = item.finding
    rule: Rule = finding.rule
    assert_type(finding.edits, tuple[Edit, ...])
    assert_type(item.span, Span)
    assert_type(item.line, int)
    if finding.safety >= Safety.UNSAFE and finding.confidence > 0.5:
        print(rule.code, item.before, item.after, finding.evidence.get("kept"))
counts: int = sum(sum(by_status.values()) for by_status in result.report.counts.values())
"""
WRONG = {
    'ocrfix.clean(b"Vi")': "arg-type",
    'ocrfix.clean("Vi", unsafe=True)': "call-arg",
    'ocrfix.clean("Vi", {"unsafe": True})': "arg-type",
    'Config(select="DUP", min_confidence="0.9")': "arg-type",
    "Config(protct=())": "call-arg",
    "Span(0, 1).start = 2": "misc",
    'ocrfix.check("Vi").text': "attr-defined",
    'ocrfix.clean("Vi").report.findings.append(1)': "attr-defined",
    "ocrfix.replay(1, 2)": "arg-type",
    "ocrfix.clan": "attr-defined",
    'number: int = ocrfix.clean("Vi").text': "assignment",
}


def checked(tmp_path, code):
    """What mypy says of a user's program: its status, and the lines and codes of the errors."""
    path = tmp_path / "user.py"
    path.write_text(code, "utf-8")
    line = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file=", str(path)]
    done = subprocess.run(line, capture_output=True, check=False, timeout=300, cwd=tmp_path, text=True)
    found = re.findall(r"user\.py:(\d+): error: .*\[([a-z-]+)\]", done.stdout)
    return done.returncode, {int(number): name for number, name in found}, done.stdout + done.stderr


def test_right_use_passes(tmp_path):
    status, found, said = checked(tmp_path, RIGHT)
    assert (status, found) == (0, {}), said


def test_wrong_use_does_not(tmp_path):
    code = "import ocrfix\nfrom ocrfix import Config, Span\n" + "".join(f"{line}\n" for line in WRONG)
    status, found, said = checked(tmp_path, code)
    assert status == 1, said
    assert found == dict(enumerate(WRONG.values(), 3)), said


def test_the_package_says_that_it_is_typed():
    assert files("ocrfix").joinpath("py.typed").is_file()


def test_every_public_function_has_types():
    for name in ocrfix.__all__:
        value = getattr(ocrfix, name)
        if inspect.isfunction(value):
            signature = inspect.signature(value)
            assert signature.return_annotation is not inspect.Signature.empty, name
            assert all(p.annotation is not p.empty for p in signature.parameters.values()), name
