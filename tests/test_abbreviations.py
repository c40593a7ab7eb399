"""Abbreviations, names and tones: evidence, places, and what is left alone."""

from __future__ import annotations

import pytest

import ocrfix
from ocrfix.detectors.abbreviations import ABBREVIATIONS
from ocrfix.detectors.base import Context
from ocrfix.detectors.tones import with_tone_placed
from ocrfix.document import Document
from ocrfix.model import Safety

ABBREVIATION, NAMES = ABBREVIATIONS


def test_every_use_is_a_finding_of_its_own():
    text = "Quyền của người lao động (NLD). NLD được nghỉ phép, mẫu 12/NLD thì không đổi. Một NLD nữa."
    found = list(ABBREVIATION.find(Document(text), Context()))
    assert [text[f.span.slice] for f in found] == ["NLD"] * 3
    assert {f.edits[0].replacement for f in found} == {"NLĐ"}
    assert {f.safety for f in found} == {Safety.SAFE}
    assert found[0].evidence["definition"] == "người lao động"
    assert found[0].evidence["uses"] == 3


def test_the_right_form_in_the_document_makes_a_name_safe():
    doubtful = "Công ty Đạm Sông Hồng (DSH) có lãi."
    assert [f.safety for f in ABBREVIATION.find(Document(doubtful), Context())] == [Safety.UNSAFE]
    sure = doubtful + " Cổ đông ĐSH mừng."
    assert [f.safety for f in ABBREVIATION.find(Document(sure), Context())] == [Safety.SAFE]


@pytest.mark.parametrize(
    "text",
    [
        "người lao động (NLĐ) và NLD",
        "Người lao động (NLD), nhà lãnh dược (NLD)",
        "Tổ chức Y tế Thế giới (WHO)",
        "Ủy ban nhân dân (UBND)",
        "(NLD) đứng một mình",
    ],
)
def test_agreeing_ambiguous_and_foreign_ones_are_left(text):
    assert list(ABBREVIATION.find(Document(text), Context())) == []


def test_a_name_in_two_spellings_is_shown_with_counts_and_places():
    text = "Bà Trần Thị Chiên. Bà Trần Thị Chiên. Bà Trần Thị Chiến."
    [finding] = NAMES.find(Document(text), Context())
    assert finding.safety is Safety.DISPLAY
    assert finding.edits == ()
    assert finding.evidence["spelling"] == "Trần Thị Chiến"
    assert finding.evidence["other_count"] == 2
    assert finding.evidence["other_places"] == [3, 22]


@pytest.mark.parametrize(
    ("word", "placed"),
    [
        ("nứơc", "nước"),
        ("NỨƠC", "NƯỚC"),
        ("Qủa", "Quả"),
        ("qúy", "quý"),
        ("hòan", "hoàn"),
        ("gỉa", "giả"),
        ("hòa", None),
        ("hoà", None),
        ("nước", None),
        ("gÌa", None),
        ("café", None),
        ("García", None),
    ],
)
def test_tone_placement(word, placed):
    assert with_tone_placed(word) == placed


def test_repaired_words_hold_still():
    config = ocrfix.Config(select=("WRD004", "WRD005"))
    once = ocrfix.clean("Kết qủa: người lao động (NLD) đã hòan thành. NLD vui.", config).text
    assert once == "Kết quả: người lao động (NLĐ) đã hoàn thành. NLĐ vui."
    assert ocrfix.clean(once, config).text == once
