"""The laws that hold for every text and every set of detectors."""

from __future__ import annotations

import re
import sys
import unicodedata

import fakes
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import ocrfix
from ocrfix import Config, Edit, Finding, Rule, Safety, Span
from ocrfix.detectors import Stage, stages
from ocrfix.document import SourceMap
from ocrfix.report import Status
from ocrfix.reports.changes import changes

# --- texts in which something is wrong ---

SYLLABLES = [
    "Hội",
    "nghị",
    "tổng",
    "kết",
    "công",
    "tác",
    "Vì",
    "người",
    "nghèo",
    "chỉ",
    "hội",
    "phụ",
    "nữ",
    "xã",
    "đã",
    "ủng",
    "hộ",
    "các",
    "gia",
    "đình",
    "khó",
    "khăn",
]
DAMAGE = [
    "Vi", "ðã", "QUYẾT", "đnh", "nứơc", "2O23", "ĐIỀ", "U", "{name}", "- 12 -", "Trang 3",
    "(NLD)", "TRIỆUChủ", "cho-\n", "à", "\u200b", "\ufeff", "á»",
    "Chia sẻ", "  ", " ,", ".", "…", '"', "“", ">strayed\n",
    "muc", "la", "người người người người người",
]  # fmt: skip
JOINTS = [" ", " ", " ", " ", "\n", "\n\n", ". ", ", ", "\f", "\r\n"]
SENTENCE = st.lists(st.sampled_from(SYLLABLES + DAMAGE), min_size=1, max_size=14)


@st.composite
def damaged(draw):
    """A text of Vietnamese words with damage, some of its blocks twice."""
    blocks = []
    for _ in range(draw(st.integers(1, 5))):
        words = draw(SENTENCE)
        joints = draw(st.lists(st.sampled_from(JOINTS), min_size=len(words), max_size=len(words)))
        blocks.append("".join(w + j for w, j in zip(words, joints, strict=True)))
    again = draw(st.lists(st.integers(0, len(blocks) - 1), max_size=2))
    blocks += [blocks[i] for i in again]
    return draw(st.sampled_from(["\n\n", "\n"])).join(blocks)


ANY = st.one_of(damaged(), st.text(max_size=60))
CONFIGS = st.sampled_from(
    [Config(), Config(unsafe=True), Config(min_confidence=0.9), Config(protect=("Vi", "/[0-9]+/"))]
)


@pytest.fixture(params=["real", "fake"])
def detectors(request, monkeypatch):
    if request.param == "fake":
        fakes.install(monkeypatch)
    return request.param


# hypothesis runs every example with the one set of detectors that the fixture has put in place
def law(function):

    return settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])(
        function
    )


@law
@pytest.mark.usefixtures("detectors")
@given(text=ANY, config=CONFIGS)
def test_replay_and_revert(text, config):
    result = ocrfix.clean(text, config)
    assert ocrfix.replay(result.report, text) == result.text
    assert ocrfix.revert(result.report, result.text) == text


@law
@pytest.mark.usefixtures("detectors")
@given(text=ANY, config=CONFIGS)
def test_cleaning_twice_is_cleaning_once(text, config):
    once = ocrfix.clean(text, config)
    twice = ocrfix.clean(once.text, config)
    assert twice.text == once.text
    assert not twice.report.applied


@law
@pytest.mark.usefixtures("detectors")
@given(text=ANY, config=CONFIGS)
def test_cleaning_is_pure(text, config):
    assert ocrfix.clean(text, config) == ocrfix.clean(text, config)
    assert ocrfix.check(text, config) == ocrfix.clean(text, config).report


@law
@pytest.mark.usefixtures("detectors")
@given(text=ANY, config=CONFIGS)
def test_nothing_differs_outside_reported_edits(text, config):
    result = ocrfix.clean(text, config)
    position, rebuilt = 0, []
    for change in changes(result.report):
        assert change.findings, "a change that no finding owns"
        rebuilt += (text[position : change.before.start], result.text[change.after.slice])
        position = change.before.end
    assert "".join(rebuilt) + text[position:] == result.text


@law
@pytest.mark.usefixtures("detectors")
@given(text=ANY, config=CONFIGS)
def test_findings_lie_in_the_original(text, config):
    report = ocrfix.check(text, config)
    lines = text.split("\n")
    for item in report.findings:
        assert 0 <= item.span.start <= item.span.end <= len(text)
        # line and column lead to the start of the span, counted in the plainest way
        offset = sum(len(line) + 1 for line in lines[: item.line - 1]) + item.column - 1
        assert offset == item.span.start
        assert item.finding.safety in Safety
        assert (item.status is Status.APPLIED) <= bool(item.finding.edits)
    assert sum(sum(c.values()) for c in report.counts.values()) == len(report.findings)
    assert len(report.applied) + len(report.remaining) == len(report.findings)


@law
@pytest.mark.usefixtures("detectors")
@given(text=ANY)
def test_first_stage_findings_point_at_what_they_quote(text):
    for item in ocrfix.check(text).findings:
        edits = item.finding.edits
        if item.step == 0 and len(edits) == 1:
            assert text[edits[0].span.slice] == item.before
            assert item.after == edits[0].replacement


@law
@pytest.mark.usefixtures("detectors")
@given(text=ANY, config=CONFIGS)
def test_steps_hold_what_they_removed_and_change_something(text, config):
    for step in ocrfix.check(text, config).steps:
        previous = None
        for item in step.edits:
            assert item.edit.replacement != item.removed
            assert len(item.removed) == len(item.edit.span)
            assert previous is None or previous.end <= item.edit.span.start
            assert previous is None or not previous.overlaps(item.edit.span)
            previous = item.edit.span


@law
@pytest.mark.usefixtures("detectors")
@given(text=ANY, config=CONFIGS)
def test_replacements_are_in_composed_form(text, config):
    for item in ocrfix.check(text, config).findings:
        for edit in item.finding.edits:
            moved = edit.source is not None
            assert moved or unicodedata.is_normalized("NFC", edit.replacement)


@law
@pytest.mark.usefixtures("detectors")
@given(text=ANY, config=CONFIGS)
def test_only_what_may_be_applied_is(text, config):
    for item in ocrfix.check(text, config).applied:
        assert config.applies(item.finding.safety, item.finding.confidence)
        assert config.uses(item.finding.rule)


@law
@pytest.mark.usefixtures("detectors")
@given(text=ANY)
def test_protected_text_stays(text):
    config = Config(unsafe=True, protect=("/.+/",))
    result = ocrfix.clean(text, config)
    for line in text.split("\n"):
        assert line in result.text


@law
@pytest.mark.usefixtures("detectors")
@given(text=ANY)
def test_nothing_selected_changes_nothing(text):
    every = tuple({rule.family for s in stages() for d in s.detectors for rule in d.rules})
    assert ocrfix.clean(text, Config(ignore=(*every, "CHR", "DUP", "JOI", "WRD"))).text == text


def test_replay_and_revert_refuse_another_text(monkeypatch):
    fakes.install(monkeypatch)
    result = ocrfix.clean("Quỹ Vi người nghèo")
    with pytest.raises(ValueError, match="not the text that the report was made from"):
        ocrfix.replay(result.report, "Quỹ Vì người nghèo")
    with pytest.raises(ValueError, match="not the text that the report ends with"):
        ocrfix.revert(result.report, "Quỹ Vi người nghèo")


def test_a_late_finding_points_at_the_original_after_text_has_moved(monkeypatch):
    fakes.install(monkeypatch)
    text = "ðầu\n>Quỹ Vi người nghèo\nðuôi\nðuôi\ncuối\n"
    result = ocrfix.clean(text)
    assert result.text == "đầu\nđuôi\ncuối\nQuỹ Vì người nghèo\n"
    (found,) = [f for f in result.report.applied if f.finding.rule.code == "WRD091"]
    assert text[found.span.slice] == "Vi"
    assert (found.line, found.column) == (2, 6)


@given(st.data(), st.text(st.sampled_from("abc"), min_size=1, max_size=30))
def test_source_map_points_kept_characters_at_themselves(data, text):
    tagged = list(enumerate(text))
    source = SourceMap.identity(len(text))
    for _ in range(3):
        current = "".join(c for _, c in tagged)
        chosen = data.draw(fakes.edits(current))
        source = source.apply(chosen)
        pieces, position = [], 0
        for edit in chosen:
            pieces += tagged[position : edit.span.start]
            pieces += [(None, c) for c in edit.replacement]
            position = edit.span.end
        tagged = pieces + tagged[position:]
    for place, (origin, _) in enumerate(tagged):
        if origin is not None:
            assert source.original(Span(place, place + 1)) == Span(origin, origin + 1)


@given(st.text(st.sampled_from("ab\n"), min_size=1, max_size=30), st.data())
def test_moved_text_maps_back(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    place = data.draw(st.integers(0, start) | st.integers(end, len(text)))
    moved = Span(start, end)
    edits = sorted(
        [Edit(moved, ""), Edit(Span(place, place), text[moved.slice], moved)], key=lambda e: e.span
    )
    source = SourceMap.identity(len(text)).apply(edits)
    arrived = place if place <= start else place - len(moved)
    assert source.original(Span(arrived, arrived + len(moved))) == moved
    for offset in range(len(moved)):
        one = source.original(Span(arrived + offset, arrived + offset + 1))
        assert one == Span(start + offset, start + offset + 1)


# --- what the repair loop does with detectors that do not behave ---


class Swap:
    """Turns a into b and b into a, for ever."""

    rules = (Rule("WRD090", "swap", "", Safety.SAFE, fakes.DOC),)

    def find(self, document, _):
        for match in re.finditer("[ab]", document.text):
            span = Span(*match.span())
            other = "b" if match.group() == "a" else "a"
            yield Finding(self.rules[0], span, "swap", (Edit(span, other),))


class Grow(Swap):
    """Makes the text longer, for ever."""

    def find(self, document, _):
        end = Span(len(document.text), len(document.text))
        yield Finding(self.rules[0], end, "grow", (Edit(end, "x"),))


@given(text=st.text(st.sampled_from("abc"), max_size=12))
def test_a_cycle_ends_in_one_state(text):
    with pytest.MonkeyPatch.context() as patch:
        fakes.install(patch, (Stage("one", (Swap(),)),))
        once = ocrfix.clean(text)
        assert ocrfix.clean(once.text).text == once.text
        assert ocrfix.replay(once.report, text) == once.text
        assert ocrfix.revert(once.report, once.text) == text


def test_a_text_that_does_not_settle_is_left_as_it_was(monkeypatch):
    fakes.install(monkeypatch, (Stage("one", (Grow(),)),))
    result = ocrfix.clean("abc")
    assert result.text == "abc"
    assert result.report.notes
    assert not result.report.applied


@given(text=st.text(st.sampled_from("abcd"), max_size=20), data=st.data())
def test_overlapping_findings_leave_no_mixture(text, data):
    """Every run of the text is either as it was or as one finding wanted it."""
    assume(text)
    rule = Rule("WRD089", "any", "", Safety.SAFE, fakes.DOC)
    findings = []
    for number in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(text)))
        span = Span(start, data.draw(st.integers(start, min(len(text), start + 4))))
        confidence = data.draw(st.floats(0, 1))
        findings.append(Finding(rule, span, "", (Edit(span, f"<{number}>"),), confidence))
    choose = sys.modules["ocrfix.repair"].choose
    fates = choose(text, findings, Config())
    assert sorted(id(f) for f, _ in fates) == sorted(map(id, findings))
    applied = [f for f, status in fates if status is Status.APPLIED]
    for one in applied:
        assert not any(one is not other and one.span.overlaps(other.span) for other in applied)
    for finding, status in fates:
        if status is Status.SKIPPED:
            rivals = [f for f in applied if f.span.overlaps(finding.span)]
            assert any(r.confidence >= finding.confidence for r in rivals)
