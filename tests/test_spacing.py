"""Spacing: laws that hold on any text, linear time, and what the model is not asked for."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ocrfix
from ocrfix.detectors._spacing_language import log_probabilities, scores, scores_of
from ocrfix.detectors._spacing_segment import (
    begins_syllable,
    ends_syllable,
    near_syllable,
    segmentations,
)
from ocrfix.detectors._spacing_text import in_address
from ocrfix.detectors._tokens import words_of
from ocrfix.detectors.base import Context
from ocrfix.detectors.spacing import DETECTORS
from ocrfix.document import Document
from ocrfix.language_model import load
from ocrfix.vietnamese.syllable import all_syllables

CONFIG = ocrfix.Config(select=("SPC",))
PIECES = [
    *("thực", "hiện", "thựchiện", "thị", "xã", "T", "H", "Ô", "NG", "ĐIỀ", "U", "ngườ", "i", "Ông", "b"),
    *("năm2023", "2,5tỷ", " ", "  ", " ", " ", ",", ".", " ,", "?", "(", ")", "“", "”", '"', "..."),
    *("…", "\n", ":", ";", "TP.HCM"),
]


class Unasked(Context):
    """A context whose language model must not be asked."""

    @property
    def language(self):
        raise AssertionError("the language model was asked")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_a_second_run_finds_nothing_more(text):
    once = ocrfix.clean(text, CONFIG).text
    assert ocrfix.clean(once, CONFIG).text == once


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_only_blanks_change(text):
    cleaned = ocrfix.clean(text, ocrfix.Config(select=("SPC",), unsafe=True)).text
    assert "".join(cleaned.split(" ")).replace("\u00a0", "") == "".join(text.split(" ")).replace("\u00a0", "")


def test_plain_text_needs_no_language_model():
    document = Document("Chủ nhật, ông Nam (thôn Hạ) đến UBND xã. Trời đẹp, bà con rất vui.\n" * 20)
    assert [f for d in DETECTORS for f in d.find(document, Unasked())] == []


@pytest.mark.parametrize(
    "unit", ["a", "Đ", " ", "\n", "( ", '" ', ",a", ".", "“ ", "xã  ", "1ă", "(", "Đ Ô N "]
)
def test_time_grows_with_the_length_alone(unit):
    def seconds(size: int) -> float:
        document = Document(unit * size)
        start = time.process_time()
        for detector in DETECTORS:
            list(detector.find(document, Context()))
        return time.process_time() - start

    small, large = seconds(10_000), seconds(80_000)
    assert large < 24 * small + 0.5


def test_segmentation_prefers_the_likelier_words():
    common = {"công", "ty", "đã", "thực", "hiện"}
    found = segmentations("côngtyđãthựchiện", lambda word: -1.0 if word in common else -12.0)
    assert found[0] == ("công", "ty", "đã", "thực", "hiện")


def test_no_segmentation_of_what_is_not_made_of_syllables():
    assert segmentations("xyzwđkhx", lambda _: -1.0) == []


def test_near_syllable_knows_a_wrong_letter_from_a_lost_space():
    assert near_syllable("trườmg")
    assert not near_syllable("chínhquyền")


def test_addresses_are_told_from_sentences():
    assert in_address("viết cho lan.anh@coquan.vn nhé", 12)
    assert in_address("tệp báo.cáo.docx", 6)
    assert not in_address("mọi người.Ông Nam", 9)


def test_no_syllable_is_ruled_out_by_its_beginning_or_end():
    for syllable in all_syllables():
        assert all(begins_syllable(syllable[:size]) for size in range(1, len(syllable) + 1))
        assert all(ends_syllable(syllable[start:]) for start in range(len(syllable)))


def test_words_that_may_be_wrong_are_kept_with_their_places():
    text = "Ông Nam_ở xã²Đoài có 2kg thịt bò, thịt trâu và thịtbò; HỘi bán CTY, ngườ i bán thịtbò."
    words = words_of(text)
    assert words.total == 19
    assert words.doubtful == {"xã²Đoài": 1, "kg": 1, "thịtbò": 2, "HỘi": 1, "CTY": 1, "i": 1, "ngườ": 1}
    assert all(text[start:].startswith(word) for start, word in words.places)
    assert [word for _, word in words.places].count("thịtbò") == 2
    assert [start for start, _ in words.places] == sorted(start for start, _ in words.places)


def test_answers_in_bulk_are_those_given_one_by_one():
    model = load()
    sequences = [(["hội", "phụ", "nữ"], 1), (["xã"], 0), (["các", '"', "ban", '"', ",", "ngành"], 2), ([], 0)]
    for (words, skip), found in zip(sequences, log_probabilities(model, sequences), strict=True):
        alone = model.score(words)[skip:]
        assert found.tolist() == [s for s, w in zip(alone.tolist(), words[skip:], strict=True) if w != '"']
    asked = [(["hội", "phụ", "nữ"], 1), (["xkhw", "nữ"], 0), (["hội", "phụ", "nữ"], 1)]
    assert scores_of(model, asked) == [scores(model, words, skip) for words, skip in asked]
