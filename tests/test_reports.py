"""Reports: that they are right, complete and harmless, whatever is in the text."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import fakes
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ocrfix
from ocrfix.model import Finding, Rule, Safety, Span
from ocrfix.report import Report, ReportedFinding, Status
from ocrfix.reports import FORMATS, Failure, Reviewed, render
from ocrfix.reports import json as json_report
from ocrfix.reports._rows import rows
from ocrfix.reports.changes import changes
from ocrfix.reports.diff import unified
from ocrfix.reports.html import render as render_html
from ocrfix.reports.summary import Totals
from ocrfix.reports.text import arrow, lines, shorten

EVIL = '</script><script>alert(1)</script><img src=x onerror="alert(1)">&amp;"\''
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


@given(fakes.reports())
def test_rows_hold_both_texts_and_every_finding(made):
    report, original, cleaned = made
    found = rows(report, original, cleaned)
    for text, tokens in (
        (original, [t for r in found for t in r.old]),
        (cleaned, [t for r in found for t in r.new]),
    ):
        assert re.sub(r"\s", "", "".join(t.text for t in tokens)) == re.sub(r"\s", "", text)
    explained = sorted(f for r in found for f in r.findings)
    assert explained == list(range(len(report.findings)))
    for row in found:
        kept = ["".join(t.text for t in side if t.kind in ("", "left")) for side in (row.old, row.new)]
        assert kept[0] == kept[1]


class _Page(HTMLParser):
    """Collects tags and ids, and fails on tags that are not closed."""

    VOID = ("meta", "link", "img", "br")

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.ids, self.links, self.text = [], [], [], [], []
        self.outside = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for key, value in attrs:
            if key == "id":
                self.ids.append(value)
            elif key == "href":
                self.links.append(value)
            elif key in ("src", "action", "srcset") or key.startswith("on"):
                self.outside.append((tag, key))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def _parsed(html):
    page = _Page()
    page.feed(html)
    page.close()
    assert not page.open
    return page


@given(fakes.reports(st.text(st.sampled_from("<>&\"' a\n{}%"), max_size=40)))
def test_html_is_well_formed_and_self_contained(made):
    page = _parsed(render_html([Reviewed(*made)]))
    assert page.tags.count("script") == 1
    assert not page.outside
    assert len(page.ids) == len(set(page.ids))
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)


def test_html_escapes_everything():
    evil = Rule("WRD099", "evil-rule", EVIL, Safety.SAFE)
    finding = Finding(evil, Span(0, 2), EVIL, (), 0.5, Safety.SAFE, {EVIL: EVIL, "list": [EVIL]})
    item = ReportedFinding(finding, Status.LEFT, Span(0, 2), 1, 1, EVIL, EVIL, 0, EVIL)
    report = Report(name=EVIL, findings=(item,), original_length=len(EVIL), notes=(EVIL,))
    html = render_html([Reviewed(report, EVIL, EVIL)], [Failure(EVIL, EVIL)])
    page = _parsed(html)
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
    assert not page.outside
    assert page.text.count(EVIL) >= 5
    assert "http" not in html.replace("http-equiv", "")


def test_html_marks_changes_with_reason_and_confidence(monkeypatch):
    fakes.install(monkeypatch)
    html = render_html([reviewed("Quỹ Vi người nghèo\nmuc lục\n")])
    assert "<del>Vi</del>" in html
    assert "<ins>Vì</ins>" in html
    assert "<mark>muc</mark>" in html
    assert "99 % sure" in html
    assert '<dt>alternatives</dt><dd lang="vi">Vì, Vị</dd>' in html
    assert "WRD091" in html


def test_html_folds_unchanged_text(monkeypatch):
    fakes.install(monkeypatch)
    html = render_html([reviewed("".join(f"đoạn {i}\n" for i in range(50)) + "Vi người nghèo\n")])
    assert "49 unchanged paragraphs, lines 1–49" in html
    assert "<summary>" in html


def test_invisible_changes_can_be_seen_in_html(monkeypatch):
    fakes.install(monkeypatch, (fakes.Stage("first", (fakes.Replace("CHR002", "\u200b", ""),)),))
    assert "⟨U+200B⟩" in render_html([reviewed("người\u200b nghèo")])


def test_summary_table(monkeypatch):
    fakes.install(monkeypatch)
    text = render("summary", [reviewed("Quỹ Vi người nghèo\nmuc lục Vi\n")], [Failure("x", "x: no")])
    assert re.search(r"WRD091 +wrong-vi +2 +2 +0 +Vi → Vì", text)
    assert re.search(r"WRD092 +lost-mark +1 +0 +1 +muc → mục", text)
    assert "1 file: 3 findings, 2 repaired, 1 left; 1 file failed" in text
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
    with pytest.raises(ValueError, match="choose from diff, html, json, sarif, summary"):
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
