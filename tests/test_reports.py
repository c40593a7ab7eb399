"""Reports: that they are right, complete and harmless, whatever is in the text."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import fakes
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ocrfix
from ocrfix.model import Finding, Safety, Span
from ocrfix.report import Report, ReportedFinding, Status
from ocrfix.reports import FORMATS, Failure, Reviewed, render
from ocrfix.reports import json as json_report
from ocrfix.reports.changes import changes
from ocrfix.reports.diff import unified
from ocrfix.reports.summary import Totals
from ocrfix.reports.text import arrow, lines, shorten

VALIDATOR = jsonschema.Draft202012Validator(json_report.schema())


def reviewed(text, name="bao.txt", config=None):
    document = ocrfix.Document(text, name)
    result = ocrfix.clean(document, config)
    return Reviewed(result.report, text, result.text)


@given(fakes.reports())
def test_changes_are_all_and_only_what_differs(made):
    report, original, cleaned = made
    position = shift = 0
    rebuilt = []
    for change in changes(report):
        assert change.before.start >= position
        assert change.after.start == change.before.start + shift
        rebuilt += (original[position : change.before.start], cleaned[change.after.slice])
        position, shift = change.before.end, change.after.end - change.before.end
        assert change.findings
    rebuilt.append(original[position:])
    assert "".join(rebuilt) == cleaned


@given(fakes.reports())
def test_json_round_trip(made):
    report, original, cleaned = made
    text = json_report.render([Reviewed(report, original, cleaned)], [Failure("x.txt", "x.txt: no")])
    data = json.loads(text, parse_constant=pytest.fail)
    VALIDATOR.validate(data)
    (again,) = json_report.from_dict(data)
    assert again == report
    assert ocrfix.replay(again, original) == cleaned
    assert ocrfix.revert(again, cleaned) == original


def test_json_schema_is_itself_right():
    jsonschema.Draft202012Validator.check_schema(json_report.schema())
    good = json_report.to_dict(Report())
    for key in good:
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate({k: v for k, v in good.items() if k != key})


def test_json_never_holds_nan():
    finding = Finding(fakes.RULES[0], Span(0, 1), "", (), 0.5, Safety.SAFE, {"score": float("nan")})
    item = ReportedFinding(finding, Status.LEFT, Span(0, 1), 1, 1, "a", "a", 0, "words")
    data = json.loads(json_report.render([Reviewed(Report(findings=(item,)), "a", "a")]))
    assert data["files"][0]["findings"][0]["evidence"] == {"score": None}


def test_json_of_half_a_surrogate_pair():
    finding = Finding(fakes.RULES[0], Span(0, 1), "\ud800")
    item = ReportedFinding(finding, Status.LEFT, Span(0, 1), 1, 1, "a", "a", 0, "words")
    text = json_report.render([Reviewed(Report(findings=(item,)), "a", "a")])
    assert text.encode("utf-8")
    assert json_report.from_dict(json.loads(text))[0].findings[0].finding.message == "\ud800"


@pytest.mark.parametrize(
    "data",
    [{}, {"schema": "ocrfix-report/99"}, {"schema": json_report.SCHEMA, "rules": [], "files": [{}]}],
)
def test_json_of_another_format_is_refused(data):
    with pytest.raises(ValueError, match="report"):
        json_report.from_dict(data)


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
needs_patch = pytest.mark.skipif(shutil.which("patch") is None, reason="patch is not installed")


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


@needs_git
@settings(max_examples=80)
@given(
    made=fakes.reports(st.text(st.sampled_from("ab \n\n\n\f\r"), max_size=80)),
    ends=st.sampled_from(["\n", "\r\n"]),
)
def test_git_applies_the_diff(repository, made, ends):
    report, original, cleaned = made
    report = Report(**{**vars(report), "name": "thư mục/số 1.txt"}) if report.name == "-" else report
    raw, raw_cleaned = (text.replace("\n", ends) for text in (original, cleaned))
    diff = unified(Reviewed(report, original, cleaned, raw, raw_cleaned))
    path = repository / report.name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(raw.encode())
    if raw == raw_cleaned:
        assert diff == ""
        return
    command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(command, input=diff.encode(), cwd=repository, check=True, capture_output=True)
    assert path.read_bytes() == raw_cleaned.encode()


@needs_patch
@settings(max_examples=25)
@given(made=fakes.reports(st.text(st.sampled_from("ab \n\n\n"), min_size=1, max_size=80)))
def test_patch_applies_the_diff(tmp_path_factory, made):
    report, original, cleaned = made
    folder = tmp_path_factory.mktemp("patch")
    path = folder / "bao.txt"
    path.write_bytes(original.encode())
    diff = unified(Reviewed(Report(**{**vars(report), "name": "bao.txt"}), original, cleaned))
    if diff and cleaned:  # patch removes a file that becomes empty
        subprocess.run(["patch", "-s", "-p1"], input=diff.encode(), cwd=folder, check=True)
        assert path.read_bytes() == cleaned.encode()


def test_diff_has_three_lines_of_context_and_separate_hunks(monkeypatch):
    fakes.install(monkeypatch)
    text = "".join(f"dòng {i}\n" for i in range(1, 30))
    text = text.replace("dòng 5\n", "Vi 5\n").replace("dòng 20\n", "Vi 20\n")
    diff = unified(reviewed(text))
    assert diff.startswith("--- a/bao.txt\n+++ b/bao.txt\n@@ -2,7 +2,7 @@\n dòng 2\n")
    assert diff.count("@@ -") == 2
    assert diff.count("\n-") == diff.count("\n+Vì") == 2


def test_summary_table(monkeypatch):
    fakes.install(monkeypatch)
    text = render("summary", [reviewed("Quỹ Vi người nghèo\nmuc lục Vi\n")], [Failure("x", "x: no")])
    assert re.search(r"WRD091 +wrong-vi +2 +2 +0 +Vi → Vì", text)
    assert re.search(r"WRD092 +lost-mark +1 +0 +1 +muc → mục", text)
    assert "1 file: 3 findings, 2 repaired, 1 left; 1 file failed\n2 words changed\n" in text
    assert "--unsafe" in text


def test_sarif(monkeypatch):
    fakes.install(monkeypatch)
    text = "Quỹ ðã giúp\nVi người nghèo, muc lục\n"
    data = json.loads(render("sarif", [reviewed(text, "thư mục/số 1.txt")], [Failure("x", "x: no")]))
    (run,) = data["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["CHR001", "WRD091", "WRD092"]
    assert not run["invocations"][0]["executionSuccessful"]
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "th%C6%B0%20m%E1%BB%A5c/s%E1%BB%91%201.txt"
        region = place["region"]
        start = region["charOffset"]
        assert text[start : start + region["charLength"]] == result["properties"]["before"]
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert [r["level"] for r in run["results"]] == ["error", "error", "warning"]
    fixed = [r for r in run["results"] if "fixes" in r]
    assert [r["ruleId"] for r in fixed] == ["CHR001"]
    (replacement,) = fixed[0]["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"]["text"] == "đ"


def test_totals_of_nothing():
    totals = Totals()
    assert totals.headline() == "0 files: nothing found"


def test_unknown_format_is_named():
    with pytest.raises(ValueError, match="choose from diff, html, json, jsonl, sarif, summary"):
        render("pdf", [])


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_takes_nothing(form):
    assert isinstance(render(form, []), str)


def test_check_lines(monkeypatch):
    fakes.install(monkeypatch)
    report = reviewed("Quỹ\nVi người nghèo, muc lục\n").report
    assert list(lines(report)) == [
        'bao.txt:2:1: WRD091 read "Vi" [Vi → Vì] (0.99)',
        'bao.txt:2:17: WRD092 read "muc" [muc → mục] (0.80)',
    ]
    assert len(list(lines(report, 0.9))) == 1


@given(st.text(max_size=80), st.integers(12, 60))
def test_shorten_keeps_to_the_width(text, width):
    assert len(shorten(text, width)) <= width
    assert len(text) > width or shorten(text, width) == text


def test_arrow_shows_where_long_texts_differ():
    before, after = "mở " * 40 + "Vi" + " mở" * 40, "mở " * 40 + "Vì" + " mở" * 40
    finding = Finding(fakes.RULES[0], Span(0, 5), "", (ocrfix.Edit(Span(0, 5), after),))
    item = ReportedFinding(finding, Status.LEFT, Span(0, 5), 1, 1, before, after, 0, "words")
    assert "Vi" in arrow(item)
    assert "Vì" in arrow(item)
    assert len(arrow(item)) <= 60
