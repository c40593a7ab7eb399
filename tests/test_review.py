"""The review page and its proposals: any choice gives a text in which just the chosen edits happened."""

from __future__ import annotations

import dataclasses
import itertools
import json
from html.parser import HTMLParser

import fakes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ocrfix
from ocrfix.document import SourceMap
from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.repair import apply
from ocrfix.report import Report, ReportedFinding, Status
from ocrfix.reports import Failure, Reviewed
from ocrfix.reports.html import render
from ocrfix.reports.proposals import merged, proposals


@st.composite
def reviewed(draw):
    """A report, some of whose findings were left and have edits of the cleaned text."""
    report, original, cleaned = draw(fakes.reports())
    source = SourceMap.identity(len(original))
    for step in report.steps:
        source = source.apply([a.edit for a in step.edits])
    left = []
    for _ in range(draw(st.integers(0, 3))):
        edits = tuple(draw(fakes.edits(cleaned)))
        span = edits[0].span if edits else Span(0, min(2, len(cleaned)))
        finding = Finding(fakes.RULES[0], span, "seen", edits, 0.5, Safety.UNSAFE)
        place = source.original(span)
        left.append(ReportedFinding(finding, Status.LEFT, place, 1, 1, "", "", len(report.steps), "last"))
    found = sorted((*report.findings, *left), key=lambda f: (f.span, f.step, f.finding.rule.code))
    return dataclasses.replace(report, findings=tuple(found)), original, cleaned


def in_order(edits):
    return all(a.span.end <= b.span.start for a, b in itertools.pairwise(edits))


@settings(max_examples=300)
@given(reviewed(), st.randoms(use_true_random=False))
def test_any_choice_is_well_formed(made, rng):
    report, original, cleaned = made
    found = proposals(report, original, cleaned)
    every = [p for p in found if p.made]
    assert apply(original, merged(every)) == cleaned
    assert apply(original, merged([])) == original
    chosen = []
    for index in rng.sample(range(len(found)), len(found)):
        if rng.random() < 0.7 and not any(c in chosen for c in found[index].conflicts):
            chosen.append(index)
    edits = merged(found[index] for index in chosen)
    assert in_order(edits)
    text, rebuilt, position = apply(original, edits), "", 0
    for edit in edits:
        rebuilt += original[position : edit.span.start] + edit.replacement
        position = edit.span.end
    assert text == rebuilt + original[position:]


@settings(max_examples=300)
@given(reviewed())
def test_a_suggestion_does_what_its_finding_would(made):
    report, original, cleaned = made
    found = proposals(report, original, cleaned)
    for proposal in found:
        if proposal.made or not proposal.edits or not report.findings[proposal.findings[0]].finding.edits:
            continue
        others = [p for i, p in enumerate(found) if p.made and i not in proposal.conflicts]
        (index,) = proposal.findings
        wanted = apply(cleaned, report.findings[index].finding.edits)
        assert apply(original, merged([*others, proposal])) == wanted


@given(reviewed())
def test_every_finding_that_matters_is_decided_on_once(made):
    report, original, cleaned = made
    found = proposals(report, original, cleaned)
    left = [i for p in found if not p.made for i in p.findings]
    assert sorted(left) == [i for i, f in enumerate(report.findings) if f.status is not Status.APPLIED]
    for index, proposal in enumerate(found):
        assert not (proposal.made and any(found[c].made for c in proposal.conflicts))
        assert all(index in found[c].conflicts for c in proposal.conflicts)
        assert proposal.edits or not (proposal.made or proposal.conflicts)
        for item in proposal.edits:
            assert original[item.edit.span.slice] == item.removed


# the page


EVIL = '</script><!--<script>alert(1)</script><img src=x onerror="alert(1)">&amp;"\'\u2028\ud800'


class _Page(HTMLParser):
    """Collects tags, ids and data, and fails on tags that are not closed."""

    VOID = ("meta", "link", "img", "br", "input")

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.ids, self.links, self.outside = [], [], [], [], []
        self.scripts = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for key, value in attrs:
            if key == "id":
                self.ids.append(value)
            elif key == "href" and not value.startswith("data:"):
                self.links.append(value)
            elif key in ("src", "action", "srcset", "style") or key.startswith("on"):
                self.outside.append((tag, key))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)


def parsed(files, failures=()):
    page = _Page()
    html = render(files, failures)
    assert html.encode("utf-8")
    page.feed(html)
    page.close()
    assert not page.open
    assert not page.outside
    assert page.tags.count("script") == 2
    assert len(page.ids) == len(set(page.ids))
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    return json.loads(page.scripts[0])


def made_review(text, name="bao.txt", raw=None):
    result = ocrfix.clean(ocrfix.Document(text, name))
    return Reviewed(result.report, text, result.text, raw)


@given(fakes.reports(st.text(st.sampled_from("<>&\"' a\n{}%-!"), max_size=40)))
def test_the_page_holds_the_text_and_every_edit(made):
    report, original, cleaned = made
    (file,) = parsed([Reviewed(*made)])["files"]
    assert file["text"] == original
    edits = [edit for item in file["items"] if item["made"] for edit in item["edits"]]
    assert (
        apply(original, [Edit(Span(e[2], e[3]), e[4]) for e in sorted(edits, key=lambda e: e[2:4])])
        == cleaned
    )
    assert file["sha256"] == report.original_hash
    keys = [item["key"] for item in file["items"]]
    assert len(keys) == len(set(keys))


def test_hostile_text_stays_text():
    rule = Rule("WRD099", "evil-rule", EVIL, Safety.SAFE)
    finding = Finding(rule, Span(0, 2), EVIL, (), 0.5, Safety.SAFE, {EVIL: EVIL, "alternatives": [EVIL]})
    item = ReportedFinding(finding, Status.LEFT, Span(0, 2), 1, 1, EVIL, EVIL, 0, EVIL)
    report = Report(name=EVIL, findings=(item,), original_length=len(EVIL), notes=(EVIL,))
    data = parsed([Reviewed(report, EVIL, EVIL)], [Failure(EVIL, EVIL)])
    (file,) = data["files"]
    assert file["text"] == file["name"] == file["notes"][0] == data["failures"][0] == EVIL
    assert file["items"][0]["found"][0]["readings"] == [{"text": EVIL}]


def test_nothing_comes_from_outside():
    html = render([])
    assert "http" not in html.replace("http-equiv", "")
    assert "default-src 'none'" in html


def test_offsets_are_those_of_javascript(monkeypatch):
    fakes.install(monkeypatch)
    (file,) = parsed([made_review("\U0001d49e Vi nghèo")])["files"]
    assert file["items"][0]["edits"] == [[3, 5, 2, 4, "Vì"]]
    assert file["items"][0]["at"] == 3


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("Vi\nnghèo\n", ("\n", False)),
        ("Vi\r\nnghèo\r\n", ("\r\n", False)),
        ("\ufeffVi\rnghèo\r", ("\r", True)),
        ("Vi\r\nnghèo\n", (None, False)),
        ("<p>Vi</p>", (None, False)),
    ],
)
def test_the_page_knows_how_the_text_stands_in_its_file(monkeypatch, raw, form):
    fakes.install(monkeypatch)
    (file,) = parsed([made_review("Vi\nnghèo\n", raw=raw)])["files"]
    assert (file["end"], file["bom"]) == form


def test_a_finding_says_why_how_sure_and_what_else(monkeypatch):
    fakes.install(monkeypatch)
    (file,) = parsed([made_review("Quỹ Vi người nghèo\nmuc lục la\n")])["files"]
    sure, unsafe, shown = file["items"]
    assert sure["made"]
    assert not unsafe["made"]
    assert sure["found"][0]["sure"] == 0.99
    assert sure["found"][0]["readings"] == [{"text": "Vì"}, {"text": "Vị"}]
    assert sure["found"][0]["why"] == 'read "Vi"'
    assert unsafe["edits"][0][4] == "mục"
    assert shown["edits"][0][4] == "la"


def test_the_key_of_a_change_does_not_hang_on_the_others(monkeypatch):
    fakes.install(monkeypatch)
    text = "Quỹ Vi người nghèo, muc lục\n"
    both = {item["key"] for item in parsed([made_review(text)])["files"][0]["items"]}
    fakes.install(monkeypatch, fakes.DEFAULT[:2])
    assert not parsed([made_review(text)])["files"][0]["items"]
    stage = fakes.Stage("third", (fakes.Replace("WRD091", r"\bVi\b", "Vì", name="wrong-vi"),))
    fakes.install(monkeypatch, (stage,))
    assert {item["key"] for item in parsed([made_review(text)])["files"][0]["items"]} < both


# moved text


def test_a_moved_passage_is_one_choice_with_its_source(monkeypatch):
    fakes.install(monkeypatch)
    text = ">Vi nghèo\nđầu\ncuối\n"
    made = made_review(text)
    (moved,) = proposals(made.report, text, made.cleaned)
    sources = [a.edit for a in moved.edits if a.edit.source]
    assert sources
    assert all(text[e.source.slice] == e.replacement for e in sources)
    assert apply(text, merged([moved])) == made.cleaned
    assert len(set(moved.findings)) == 2


def test_a_change_at_the_seam_of_a_removal_goes_with_it(monkeypatch):
    gone = fakes.Replace("NOI091", r"\n\nQuảng cáo", "")
    joined = fakes.Replace("JOI091", r"vốn\n\nđể", "vốn để")
    seam = fakes.Replace("JOI092", r"(?<=vốn)\n\n(?=để)", " ")
    text = "thêm vốn\n\nQuảng cáo\n\nđể làm ăn"
    for second in (joined, seam):
        fakes.install(monkeypatch, (fakes.Stage("a", (gone,)), fakes.Stage("b", (second,))))
        made = made_review(text)
        assert made.cleaned == "thêm vốn để làm ăn"
        (one,) = proposals(made.report, text, made.cleaned)
        assert len(one.findings) == 2


def test_suggestions_that_overlap_stand_against_each_other(monkeypatch):
    one = fakes.Replace("WRD091", "muc luc", "mục lục", Safety.UNSAFE, 0.8)
    other = fakes.Replace("WRD092", "luc", "lúc", Safety.UNSAFE, 0.7)
    sure = fakes.Replace("CHR001", "ð", "đ")
    fakes.install(monkeypatch, (fakes.Stage("a", (sure,)), fakes.Stage("b", (one, other))))
    text = "ðây muc luc"
    made = made_review(text)
    found = proposals(made.report, text, made.cleaned)
    assert [p.conflicts for p in found] == [(), (2,), (1,)]


def test_a_suggestion_on_changed_text_takes_the_place_of_the_change(monkeypatch):
    sure = fakes.Replace("CHR001", "ð", "đ")
    word = fakes.Replace("WRD091", "đuờng", "đường", Safety.UNSAFE, 0.8)
    fakes.install(monkeypatch, (fakes.Stage("a", (sure,)), fakes.Stage("b", (word,))))
    text = "con ðuờng"
    made = made_review(text)
    change, word = proposals(made.report, text, made.cleaned)
    assert change.conflicts == (1,)
    assert word.edits[0].removed == "ðuờng"
    assert word.edits[0].edit.replacement == "đường"


def test_a_suggestion_in_moved_text_moves_it_too(monkeypatch):
    word = fakes.Replace("WRD092", r"\bmuc\b", "mục", Safety.UNSAFE, 0.8)
    fakes.install(monkeypatch, (fakes.Stage("a", (fakes.MoveToEnd(),)), fakes.Stage("b", (word,))))
    text = ">có muc lục\nđầu\ncuối\n"
    made = made_review(text)
    moved, suggested = sorted(proposals(made.report, text, made.cleaned), key=lambda p: not p.made)
    assert moved.conflicts
    assert suggested.conflicts
    assert apply(text, merged([suggested])) == "đầu\ncuối\ncó mục lục\n"
