"""Whole pages with damage of several families, against what should come out (tests/samples/README.md)."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import pytest

import ocrfix

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(p.name.removesuffix(".expected.txt") for p in SAMPLES.glob("*.expected.txt"))

LEFT = {"quet-tap-chi": 6, "to-bao-tinh": 2}
"""Misread words that may stay as they were read, at most."""

WRONG = {"quet-tap-chi": {("giẫm", "giảm"), ("đói,", "đổi,"), ("tắt.", "tốt.")}}
"""Words that may come out wrong otherwise (right, given); the README of the samples lists them."""

NAMES_KEPT = {
    "bao-cao": ["Long Điền", "Ngân hàng Chính sách xã hội", "Sở Lao động - Thương binh và Xã hội", "03/QCPH"],
    "quet-tap-chi": ["Cửa Vích", "Đỗ Văn Thược", "Maurice", "Cà Mau"],
    "tho-va-van-cu": ["lão Khoan", "Cây Gạo"],
    "to-bao-tinh": [
        "Phạm Văn Lịch",
        "Trần Thị Mão",
        "Đinh Thị Nhàn",
        "Lê Đức Thuần",
        "Khánh Tiên",
        "QUANG VIỄN",
    ],
    "tin-ngan": ["Vì người nghèo", "1.200 suất quà"],
    "trang-mang": ["Bản Lìm", "Lò Thị Xuân", "Vàng A Pó", "Hoài Nam", "Minh Thúy", "homestay"],
}
NUMBER = re.compile(r"\d[\d.,/:]*\d|\d")


def _read(name: str) -> tuple[str, str]:
    return tuple((SAMPLES / f"{name}{end}").read_text("utf-8") for end in (".txt", ".expected.txt"))


@pytest.fixture(scope="module")
def results():
    return {name: ocrfix.clean(_read(name)[0]) for name in NAMES}


def test_every_sample_has_its_expected_text_and_names():
    texts = {p.stem for p in SAMPLES.glob("*.txt") if not p.name.endswith(".expected.txt")}
    assert texts == set(NAMES) == set(NAMES_KEPT)
    assert len(NAMES) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_cleaned_is_expected(name, results):
    expected, cleaned = _read(name)[1], results[name].text
    # White space counts as text: a paragraph joined or parted in the wrong place is a difference too.
    one, other = re.split(r"(\s+)", expected), re.split(r"(\s+)", cleaned)
    differences = set()
    for tag, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag != "equal":
            differences.add(("".join(one[i:j]), "".join(other[k:m])))
    differences -= WRONG.get(name, set())
    read = set(_read(name)[0].split())
    left = {(right, given) for right, given in differences if right.strip() and given in read}
    assert differences == left
    assert len(left) <= LEFT.get(name, 0)


@pytest.mark.parametrize("name", NAMES)
def test_laws(name, results):
    original, result = _read(name)[0], results[name]
    assert ocrfix.replay(result.report, original) == result.text
    assert ocrfix.revert(result.report, result.text) == original
    assert ocrfix.clean(result.text).text == result.text


@pytest.mark.parametrize("name", NAMES)
def test_right_text_stays(name):
    expected = _read(name)[1]
    assert ocrfix.clean(expected).text == expected


@pytest.mark.parametrize("name", NAMES)
def test_names_and_numbers_survive(name, results):
    expected, cleaned = _read(name)[1], results[name].text
    for kept in NAMES_KEPT[name]:
        assert cleaned.count(kept) == expected.count(kept) > 0
    assert Counter(NUMBER.findall(cleaned)) == Counter(NUMBER.findall(expected))


def test_the_samples_show_every_family(results):
    applied = {
        f.finding.rule.family
        for result in results.values()
        for f in result.report.findings
        if f.status is ocrfix.report.Status.APPLIED
    }
    assert {"ENC", "NOI", "DUP", "JOI", "SPC", "WRD"} <= applied
