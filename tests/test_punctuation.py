"""Punctuation, letter case and speckle: laws, doc examples, tables and time."""

from __future__ import annotations

import re
import time

import pytest

import ocrfix
from ocrfix.detectors import Context
from ocrfix.detectors._punctuation_capitals import count_capitals, load_capitals, write_capitals
from ocrfix.detectors._punctuation_features import load_punctuation
from ocrfix.detectors._punctuation_gaps import NOTHING, gaps, noise_of
from ocrfix.detectors._punctuation_learning import examples, learn_punctuation, write_punctuation
from ocrfix.detectors._punctuation_rules import LOST_CAPITAL, MISREAD_QUOTE, MISREAD_STOP, ODD_CASE, SPECKLE
from ocrfix.detectors.punctuation import PUNCTUATION

RULES = (SPECKLE, ODD_CASE, MISREAD_STOP, MISREAD_QUOTE, LOST_CAPITAL)
CODES = tuple(rule.code for rule in RULES)
DAMAGED = (
    "Đoàn kiểm tra đã làm việc _ với lãnh đạo : xã về công tác bảo vệ - rừng, Theo đó, huyện đÃ giao khoán "
    "cho dân. Phong trào 'Toàn dân giữ rừng” được nhân rộng. Hiện các. xã đang triển khai, ¬"
)


@pytest.fixture(scope="module")
def language():
    return Context().language


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_doc_example_holds(rule):
    before, after = re.search(r"before: (.+)\n    after:  (.+)\n", rule.doc).groups()
    unsafe = rule.safety is not ocrfix.Safety.SAFE
    assert ocrfix.clean(before, ocrfix.Config(select=(rule.code,), unsafe=unsafe)).text == after


@pytest.mark.parametrize("unsafe", [False, True])
def test_repairing_twice_changes_nothing_more(unsafe):
    config = ocrfix.Config(select=CODES, unsafe=unsafe)
    once = ocrfix.clean(DAMAGED, config)
    assert once.text != DAMAGED
    assert ocrfix.clean(once.text, config).text == once.text
    assert ocrfix.revert(once.report, once.text) == DAMAGED


def test_words_stay_but_for_their_case():
    result = ocrfix.clean(DAMAGED, ocrfix.Config(select=CODES, unsafe=True)).text
    words = re.compile(r"[^\W_]+")
    assert [w.lower() for w in words.findall(result)] == [w.lower() for w in words.findall(DAMAGED)]


def test_one_change_a_gap():
    document = ocrfix.Document(DAMAGED)
    for detector in PUNCTUATION:
        edits = [e for f in detector.find(document, Context()) for e in f.edits]
        starts = [e.span for e in edits]
        assert len(starts) == len(set(starts))


@pytest.mark.parametrize("char", ["a", " ", "\n", ".", "'", "_", "“", ", ", "ˆ", "A ", "a A", "- "])
def test_no_text_takes_long(char):
    text = char * (1_000_000 // len(char))
    start = time.process_time()
    for detector in PUNCTUATION:
        for _ in detector.find(ocrfix.Document(text), Context()):
            pass
    assert time.process_time() - start < 20


def test_well_read_text_has_few_doubtful_gaps(language):
    text = "Sáng nay, bà con xã Bình Minh ra đồng sớm. Vụ này, lúa tốt, giá cao. Ai cũng vui."
    noise = noise_of(text, language)
    assert not noise.high
    assert not list(gaps(text, noise))


def test_badly_read_text_is_noisy(language):
    assert noise_of("Cảnk sát ¬ đãã băt _ nghị phạmn ˆ ở Nìnhh Bìnhh | sàng nạyy", language).high


def test_examples_know_what_the_truth_has(language):
    truth = "Công an huyện đã khởi tố vụ án, khởi tố bị can."
    options, rows, right = examples("Công an _ huyện đã khởi tố vụ án ' khởi tố bị can.", truth, language)
    assert rows.shape[0] == len(options) == len(right)
    answers = {(o.gap.left, o.meant): bool(y) for o, y in zip(options, right, strict=True)}
    assert answers["an", NOTHING] is True
    assert answers.get(("án", NOTHING), False) is False


def test_learned_confidence_survives_its_file(language, tmp_path, monkeypatch):
    truth = "Công an huyện đã khởi tố vụ án, bắt tạm giam bị can. Theo đó, vụ việc được làm rõ."
    readings = [
        truth.replace(", bắt", "_ bắt"),
        truth.replace(". Theo", ", Theo"),
        truth.replace("huyện", "_ huyện"),
    ]
    model, seen = learn_punctuation([(truth, r) for r in readings], [truth], language)
    assert seen >= 3
    path = tmp_path / "punctuation.json"
    write_punctuation(path, model, seen)
    monkeypatch.setattr("ocrfix.detectors._punctuation_features.data_path", lambda *_: path)
    load_punctuation.cache_clear()
    try:
        rows = examples(readings[0], truth, language)[1]
        assert load_punctuation()(rows) == pytest.approx(model(rows), abs=0.01)
    finally:
        load_punctuation.cache_clear()


def test_capitals_are_counted_inside_sentences_only(tmp_path, monkeypatch):
    lines = ["Theo kế hoạch, Lan về quê. Theo Lan, mẹ đã khỏe.", "Hôm qua Lan theo bạn ra chợ."]
    table = count_capitals(lines, 1)
    assert table["lan"].plain_capital + table["lan"].other_capital == 2
    assert table["theo"].plain_capital + table["theo"].other_capital == 0
    write_capitals(tmp_path / "capitals.tsv", table)
    monkeypatch.setattr(
        "ocrfix.detectors._punctuation_capitals.data_path", lambda *_: tmp_path / "capitals.tsv"
    )
    load_capitals.cache_clear()
    try:
        assert load_capitals() == table
    finally:
        load_capitals.cache_clear()
