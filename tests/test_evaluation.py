"""The scorer, against figures worked out by hand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrfix.config import Config
from ocrfix.evaluation import (
    CleanCounts,
    Counts,
    DataError,
    Judgement,
    Pair,
    align_words,
    brier_score,
    calibration_error,
    evaluate_clean,
    evaluate_pairs,
    intervals,
    judge,
    measure,
    normalise,
    outcomes,
    precision_recall,
    read_pairs,
    read_paragraphs,
    reliability,
    score_clean,
    score_pair,
    words_right,
)
from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.report import AppliedEdit, Report, ReportedFinding, Status, Step

WORDS = st.lists(
    st.sampled_from(["Vì", "Vi", "người", "nguời", "nghèo", "nghèo,", "-", "chi", "chỉhội"]), max_size=9
)


@given(WORDS, WORDS)
def test_alignment_covers_both_lists_in_order(a, b):
    i = j = 0
    for group in align_words(a, b):
        assert (group.a_start, group.b_start) == (i, j)
        i, j = group.a_end, group.b_end
        assert group.equal == (a[group.a_start : i] == b[group.b_start : j] and i - group.a_start == 1)
    assert (i, j) == (len(a), len(b))


@given(WORDS)
def test_a_text_aligns_with_itself(a):
    assert all(group.equal for group in align_words(a, a))


@pytest.mark.parametrize(
    ("gold", "read", "right", "text"),
    [
        ("a b c", "a b c", [True, True, True], ["a", "b", "c"]),
        ("Chủ nhật vui", "Chủnhật vui", [False, False, True], ["Chủnhật", "Chủnhật", "vui"]),
        ("người nghèo", "ngư ời nghèo", [False, True], ["ngư ời", "nghèo"]),
        ("Vì người nghèo", "Vì nghèo", [True, False, True], ["Vì", "", "nghèo"]),
        ("Vì nghèo", "Vì . nghèo", [True, True], ["Vì", "nghèo"]),
        ("trường học", "trưởng họe", [False, False], ["trưởng", "họe"]),
        ("", "a", [], []),
    ],
)
def test_words_right(gold, read, right, text):
    assert words_right(gold.split(), read.split()) == (right, text)


def test_a_rewritten_document_is_aligned_in_time():
    a, b = [f"a{i}" for i in range(1200)], [f"b{i}" for i in range(900)]
    groups = list(align_words(a, b))
    assert len(groups) == 1200
    assert not any(group.equal for group in groups)


def test_scores_worked_out_by_hand():
    counts = score_pair(
        "Chi hội phụ nữ xã Tân Hòa",
        "Chỉ hội phụ nử xả Tân Hòa",
        "Chi hội phụ nữa xả Tân Hoà",
    )
    assert (counts.words, counts.wrong_before, counts.right_before) == (7, 3, 4)
    assert (counts.fixed, counts.broken, counts.rewrong) == (1, 1, 1)
    assert (counts.word_errors_before, counts.word_errors_after) == (3, 3)
    assert (counts.character_errors_before, counts.character_errors_after) == (3, 4)
    assert counts.precision == pytest.approx(1 / 3)
    assert counts.recall == pytest.approx(1 / 3)
    assert counts.harm == pytest.approx(1 / 4)
    assert counts.wer_reduction == 0
    assert counts.f_score() == pytest.approx(1 / 3)


def test_folding_sets_case_and_punctuation_aside():
    counts = score_pair("Chào các bạn!", "CHÀO các bạn?", "chào cạc bạn")
    assert counts.word_errors_before == 2
    assert counts.folded_errors_before == 0
    assert counts.folded_errors_after == 1


def test_white_space_and_unicode_form_do_not_count():
    counts = score_pair("Vì người nghèo", "Vì người\n\nnghe\u0300o ", "Vì\tngười nghèo")
    assert counts.word_errors_before == counts.word_errors_after == counts.changed_pairs == 0
    assert normalise("nghe\u0300o") == "nghèo"


def test_rates_without_a_denominator_are_none():
    counts = score_pair("Vì", "Vì", "Vì")
    assert counts.precision is None
    assert counts.recall is None
    assert counts.wer_reduction is None
    assert counts.f_score() is None
    assert Counts().wer_before is None
    assert CleanCounts().changed_per_10k is None


def test_outcomes_name_the_words():
    kinds = {(o.gold, o.kind) for o in outcomes("chi hội nữ", "chỉ hội nử", "chi hồi nữa")}
    assert kinds == {("chi", "fixed"), ("hội", "broken"), ("nữ", "rewrong")}


def test_groups_and_totals():
    pairs = [
        Pair("Vì nghèo", "Vi nghèo", engine="one", kind="news"),
        Pair("Vì nghèo", "Vì nghẻo", engine="two", kind="news"),
    ]
    result = evaluate_pairs(pairs, lambda text: text.replace("Vi ", "Vì "), changes=True)
    assert result.engines["one"].recall == 1
    assert result.engines["two"].recall == 0
    assert result.kinds == {}
    assert result.total.recall == 0.5
    assert [c.gold for c in result.changes] == ["Vì"]
    assert result.total == sum(result.pairs, Counts())


def test_intervals_hold_the_figure_and_need_ten_pairs():
    good, bad = score_pair("Vì", "Vi", "Vì"), score_pair("Vì", "Vi", "Vi")
    assert intervals([good] * 9) == {}
    low, high = intervals([good, bad] * 40)["recall"]
    assert 0.3 < low < 0.5 < high < 0.7
    assert intervals([good, bad] * 40) == intervals([good, bad] * 40)


@pytest.mark.parametrize(
    ("after", "changed", "inserted", "folded"),
    [
        ("Vì người nghèo", 0, 0, 0),
        ("Vi người nghèo", 1, 0, 1),
        ("Vì người nghèo.", 1, 0, 0),
        ("Vì nghèo", 1, 0, 1),
        ("Vì những người nghèo", 0, 1, 1),
        ("Vìngười nghèo", 2, 0, 2),
    ],
)
def test_clean_counts(after, changed, inserted, folded):
    counts = score_clean("Vì người nghèo", after)
    assert (counts.changed, counts.inserted, counts.folded_changed) == (changed, inserted, folded)


def test_evaluate_clean_adds_up():
    total = evaluate_clean(["Vì người nghèo", "chi hội"], lambda text: text.replace("chi", "chỉ"))
    assert (total.paragraphs, total.touched_paragraphs, total.words) == (2, 1, 5)
    assert total.changed_per_10k == 2000


# ------------------------------------------------------------------ calibration

RULE = Rule("WRD002", "wrong-syllable", "", Safety.SAFE)


def _report(text: str, *edits: tuple[int, int, str, float]) -> Report:
    """A report of findings that were left, each with one edit (start, end, replacement, confidence)."""
    findings = []
    for start, end, replacement, confidence in edits:
        edit = Edit(Span(start, end), replacement)
        finding = Finding(RULE, edit.span, "", (edit,), confidence)
        findings.append(
            ReportedFinding(finding, Status.LEFT, edit.span, 1, 1, text[start:end], replacement, 0, "words")
        )
    return Report(findings=tuple(findings), original_length=len(text))


@pytest.mark.parametrize(
    ("gold", "text", "edit", "right"),
    [
        ("Vì người", "Vi người", (0, 2, "Vì"), True),
        ("Vì người", "Vi người", (0, 2, "Vị"), False),
        ("Vì người", "Vì người", (0, 2, "Vi"), False),
        ("Vì người.", "Vi người", (0, 2, "Vì"), True),
        ("nữ.", "nử,", (0, 2, "nữ"), True),
        ("Vì người", "Vì . người", (3, 5, ""), True),
        ("Vì người", "Vì Vì người", (0, 3, ""), True),
        ("Vì người", "Vì . người", (2, 4, "."), False),
        ("Vì, người", "Vì , người", (2, 3, ""), True),
        ("Chủ nhật", "Chủnhật", (3, 3, " "), True),
        ("người", "ngư ời", (3, 4, ""), True),
        ("trường", "trựờng", (2, 3, "ư"), True),
        ("trường", "tlựờng", (2, 3, "ư"), False),
    ],
)
def test_an_edit_is_judged_by_the_word_it_makes(gold, text, edit, right):
    (judged,) = judge(_report(text, (*edit, 0.9)), text, gold)
    assert judged.right == right


def test_white_space_is_not_judged():
    assert judge(_report("Vì\nngười", (2, 3, " ", 0.9)), "Vì\nngười", "Vì người") == []


def test_findings_of_a_later_step_are_judged_in_its_text():
    text, gold = "Vi nguời", "Vì người"
    first = Edit(Span(0, 2), "Vì")
    report = _report("Vì nguời", (3, 8, "người", 0.8))
    later = report.findings[0]
    later = ReportedFinding(later.finding, Status.LEFT, later.span, 1, 4, "nguời", "người", 1, "words")
    report = Report(
        findings=(later,),
        steps=(Step("words", (AppliedEdit(first, "Vi"),)),),
        original_length=len(text),
    )
    (judged,) = judge(report, text, gold)
    assert judged.right
    assert judged.fixed == 1


def test_a_report_of_another_text_is_refused():
    with pytest.raises(ValueError, match="not the text"):
        judge(_report("Vi", (0, 2, "Vì", 0.9)), "Vi người", "Vì người")


def _judged(*items: tuple[float, bool]) -> list[Judgement]:
    return [Judgement("WRD002", Safety.SAFE, c, right, int(right), "", "") for c, right in items]


def test_calibration_figures_worked_out_by_hand():
    judged = _judged((0.95, True), (0.95, True), (0.95, False), (0.6, True), (1.0, True))
    bins = reliability(judged)
    assert [(b.low, b.findings) for b in bins] == [(0.6, 1), (0.9, 4)]
    assert bins[1].accuracy == 0.75
    # |0.9625 - 0.75| over four of five, |0.6 - 1| over one of five
    assert calibration_error(judged) == pytest.approx(0.2125 * 0.8 + 0.4 * 0.2)
    assert brier_score(judged) == pytest.approx((3 * 0 + 2 * 0.0025 + 0.9025 + 0.16) / 5)
    assert calibration_error([]) is brier_score([]) is None
    assert reliability([]) == precision_recall([], 3) == []


def test_bin_edges_belong_to_the_upper_bin():
    lows = [b.low for b in reliability(_judged(*((k / 10, True) for k in range(11))))]
    assert lows == [k / 10 for k in range(10)]


def test_precision_recall_curve():
    points = precision_recall(_judged((0.9, True), (0.8, False), (0.8, True), (0.5, False)), 4)
    assert [(p.threshold, p.edits, p.recall) for p in points] == [
        (0.9, 1, 0.25),
        (0.8, 3, 0.5),
        (0.5, 4, 0.5),
    ]
    assert [p.precision for p in points] == pytest.approx([1, 2 / 3, 0.5])


def test_measure_judges_what_ocrfix_finds():
    pairs = [Pair("Đến nay, mọi việc đã xong.", "Đến nay , mọi việc đã xong.")]
    seen = []
    result = measure(pairs, Config(select=("SPC",)), judged=True, progress=lambda: seen.append(1))
    assert result.evaluation.total.recall == 1
    assert {j.right for j in result.judged} == {True}
    figures = result.calibration()
    assert figures["findings"] == sum(r["findings"] for r in figures["rules"].values()) > 0
    assert seen == [1]
    json.dumps(figures | result.evaluation.figures(rounds=10))


# ------------------------------------------------------------------ data


def test_read_pairs(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text(
        '{"gold": "Vì", "ocr": "Vi", "engine": "x", "category": "news"}\n\n{"gold": "a", "ocr": ""}\n'
    )
    assert list(read_pairs(path)) == [Pair("Vì", "Vi", "x", "news"), Pair("a", "")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no pairs"),
        (b"[1]\n", "line 1: an object"),
        (b'{"gold": "a", "ocr": "b"}\n{"gold": "a"}\n', 'line 2: the field "ocr"'),
        (b"{", "line 1: not JSON"),
        (b'{"gold": "\xff", "ocr": "b"}', "not UTF-8"),
    ],
)
def test_pairs_that_cannot_be_used(tmp_path, content, message):
    path = tmp_path / "pairs.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        list(read_pairs(path))


def test_read_paragraphs(tmp_path):
    path = tmp_path / "clean.txt"
    path.write_text("Vì người nghèo\n\n\fChi hội\n  \n", "utf-8")
    assert read_paragraphs(path) == ["Vì người nghèo", "Chi hội"]
    path.write_text(" \n\f", "utf-8")
    with pytest.raises(DataError, match="no text"):
        read_paragraphs(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="not UTF-8"):
        read_paragraphs(path)
