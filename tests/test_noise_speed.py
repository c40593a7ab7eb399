"""Stage "noise": the quick bounds and memories that come before patterns never hide what they would find."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrfix._data import data_path
from ocrfix.detectors import _noise_memory
from ocrfix.detectors._noise_chrome_lines import chrome_tier, fold_chrome, may_have_notices
from ocrfix.detectors._noise_litter_pages import expand
from ocrfix.detectors._noise_memory import WordMemory
from ocrfix.detectors._noise_talk import strangeness
from ocrfix.detectors._noise_vocabulary import first_of_menu, is_parted, split_menu
from ocrfix.detectors._noise_weights import weigher

WORDS = (
    "Bạn", "đọc", "gửi", "bình", "luận", "Trang", "chủ", "bản", "scan", "bị", "mờ", "Tin", "12", "1.204", "©",
    "Xem", "thêm:", "»", "|", "-", "Facebook", "gặt", "lúa", "xã", "Hòa", "Sơn.", "OCR", "đ/c", "hôm-nay",
)  # fmt: skip
LINES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=24).map(" ".join)


def _templates(kind):
    rng = Random(3)
    for row in data_path("vi", "litter-lines.txt").read_text("utf-8").splitlines():
        if row and not row.startswith("#") and row.split("\t")[0] == kind:
            yield from expand(row.split("\t")[1], rng, 30)


@pytest.mark.parametrize("kind", ["chrome", "remark"])
def test_the_screen_of_single_words_loses_few_lines(kind):
    lines = list(_templates(kind))
    assert len(lines) > 500
    lost = 0
    for line in lines:
        lost += weigher().weigh(line) is None and getattr(weigher().whole(line), kind) >= 1
    assert lost <= 0.01 * len(lines)


@given(LINES, st.floats(0.0, 1.0))
def test_a_limit_changes_no_strangeness_below_it(line, most):
    whole, limited = strangeness(line), strangeness(line, most)
    assert whole == limited or min(whole, limited) > most


@given(LINES)
def test_a_line_that_is_not_parted_is_one_button(line):
    parts = split_menu(line)
    if not is_parted(line):
        assert parts == [line]
    first = first_of_menu(line)
    assert not first or parts[0] == first


@given(LINES)
def test_lines_of_a_text_without_notices_have_none(line):
    if not may_have_notices(line):
        assert chrome_tier(line) == chrome_tier(line, notices=False)


def test_every_notice_is_seen_by_its_screen():
    notices = (
        "© 2021 Báo Quê Hương", "BẢN QUYỀN thuộc về Báo Quê Hương", "Mọi quyền được bảo lưu.",
        "All rights reserved", "Copyright (c) 2019", "Ghi rõ nguồn khi đăng lại bài này",
        "Cấm sao chép dưới mọi hình thức", "Chúng tôi sử dụng cookie để trang chạy tốt hơn",
    )  # fmt: skip
    assert [n for n in notices if not may_have_notices(n)] == []
    assert not may_have_notices("Chính quyền xã đã họp với bà con về vụ mùa")


def test_every_phrase_of_the_list_passes_the_screen_of_first_words():
    for row in data_path("vi", "web-chrome.txt").read_text("utf-8").splitlines():
        if row and not row.startswith("#") and not row.endswith("…"):
            tier, phrase = row.split("\t")
            line = phrase.replace("#", "12")
            assert fold_chrome(line) == fold_chrome(line.upper())
            assert chrome_tier(line), (tier, line)


def test_a_memory_of_words_is_bounded_and_right(monkeypatch):
    monkeypatch.setattr(_noise_memory, "_MOST", 10)
    memory = WordMemory(len)
    words = ["a" * (n % 50) + str(n) for n in range(200)]
    assert list(memory.of(words)) == [len(w) for w in words]
    assert 0 < len(memory) <= 10
    assert all(len(w) <= 32 for w in memory)
