"""Every case of every rule, and the completeness of the case files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import ocrfix
from ocrfix.detectors import rules

CASES = Path(__file__).parent / "cases"
KINDS = ("in-the-wild", "synthetic", "negative", "known-failures")


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "\n".join(value)


def _collect() -> list:
    params = []
    for rule in rules():
        for kind in KINDS:
            path = CASES / rule.name / f"{kind}.json"
            if not path.exists():
                continue
            marks = [pytest.mark.xfail(strict=True)] if kind == "known-failures" else []
            for case in json.loads(path.read_text("utf-8")):
                name = f"{rule.name}/{kind}/{case['label']}"
                params.append(pytest.param(rule, case, id=name, marks=marks))
    return params


@pytest.mark.parametrize(("rule", "case"), _collect())
def test_case(rule, case):
    original, fixed = _text(case["original"]), _text(case["fixed"])
    select = tuple(case.get("select", (rule.code,)))
    config = ocrfix.Config(select=select, unsafe=case.get("unsafe", False))
    result = ocrfix.clean(original, config)
    assert result.text == fixed
    assert ocrfix.replay(result.report, original) == fixed
    assert ocrfix.revert(result.report, fixed) == original
    if "finds" in case:
        assert sum(f.finding.rule == rule for f in result.report.findings) == case["finds"]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_rule_is_documented_and_tested(rule):
    for kind in KINDS:
        path = CASES / rule.name / f"{kind}.json"
        assert path.exists(), f"{rule.name} has no {kind} cases"
        cases = json.loads(path.read_text("utf-8"))
        labels = [case["label"] for case in cases]
        assert len(labels) == len(set(labels)), f"{path}: labels must be unique"
        if kind in ("synthetic", "negative"):
            assert cases, f"{rule.name} needs {kind} cases"
        if kind == "negative":
            assert all(_text(c["original"]) == _text(c["fixed"]) for c in cases)
    for heading in ("What it finds", "Example", "Risk"):
        assert heading in rule.doc, f"{rule.code}: its doc block lacks '{heading}'"


def test_no_case_without_a_rule():
    names = {rule.name for rule in rules()}
    assert {path.name for path in CASES.iterdir() if path.is_dir()} <= names


def test_codes_and_names_are_unique():
    assert len({r.code for r in rules()}) == len({r.name for r in rules()}) == len(rules())
