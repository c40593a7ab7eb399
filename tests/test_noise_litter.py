"""Stage "noise": lines told to be litter by their own words, their place and the lines beside them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrfix.detectors._noise_chrome import tiers_of
from ocrfix.detectors._noise_lines import Sheet
from ocrfix.detectors._noise_litter import told_lines
from ocrfix.detectors._noise_traits import AGAIN, TRAITS, LineTraits
from ocrfix.detectors._noise_weights import weigher
from ocrfix.document import Document

PROSE = (
    "Chiều 3-11, lớp học xóa mù chữ ở bản Nà Hin đã bế giảng, 24 học viên đều đọc thông viết thạo.",
    "Nhiều chị ban ngày lên nương, tối đến lại địu con tới lớp, có hôm mưa to vẫn không vắng ai.",
    "Ngành giáo dục huyện dự định mở thêm ba lớp ở các bản vùng cao trong mùa nông nhàn tới.",
)
TOOLS = ("Lưu vào tủ bài của tôi", "Nghe bài bằng giọng nữ", "Báo lỗi chính tả cho tòa soạn")
HEADLINE = "Xã Pa Tần khởi công trường nội trú cho học trò bản xa"
NONE: frozenset[int] = frozenset()
LINES = st.lists(
    st.sampled_from((*PROSE, *TOOLS, HEADLINE, "Bình luận (3)", "12", "- gạo tẻ", "…")), max_size=12
)


def _sheet(*lines):
    return Sheet(Document("\n\n".join(lines)))


def _told(*lines):
    return {lines[i]: one for i, one in told_lines(_sheet(*lines), {}, NONE).told.items()}


def test_lines_of_litter_vouch_for_each_other():
    together, one = _told(*PROSE, *TOOLS), _told(PROSE[0], TOOLS[1], *PROSE[1:])
    assert set(together) == set(TOOLS)
    assert all(told.likely >= 0.95 for told in together.values())
    assert one.get(TOOLS[1]) is None or one[TOOLS[1]].likely < together[TOOLS[1]].likely


def test_a_headline_among_them_is_a_link_to_another_article():
    tail = (*PROSE, TOOLS[2], "Tin cùng chuyên mục", HEADLINE, "Đăng ký nhận bản tin")
    head = (HEADLINE, *PROSE)
    assert _told(*tail)[HEADLINE].likely > 0.5
    assert HEADLINE not in _told(*head)


def test_what_goes_parts_nothing():
    lines = (*PROSE, TOOLS[0], "12", TOOLS[1])
    told = told_lines(_sheet(*lines), {}, frozenset((4,))).told
    assert {lines[i] for i in told} == {TOOLS[0], TOOLS[1]}


@pytest.mark.parametrize(
    "lines",
    [
        ("Thời khóa biểu", "Thứ hai", "Chào cờ", "Toán", "Thứ ba", "Thể dục", "Văn", "Sinh hoạt lớp"),
        ("Họ và tên: ..............", "Ngày sinh: ..............", "Điện thoại: .............."),
        ("| Mục | Trang |", "| Tin tức | 3 |", "| Liên hệ | 9 |"),
    ],
)
def test_short_lines_by_themselves_are_no_litter(lines):
    assert _told(*lines) == {}


@pytest.mark.parametrize(
    "line", ["“Đăng nhập để nhận quà”, màn hình ghi thế.", "1. Đăng ký tài khoản", "x = 12"]
)
def test_quotations_lists_and_formulas_are_content(line):
    assert line not in _told(PROSE[0], line, *PROSE[1:])


@given(LINES)
def test_there_is_a_row_for_each_line_that_may_be_litter(lines):
    sheet = _sheet(*lines)
    traits = LineTraits(sheet, tiers_of(sheet), NONE, weigher())
    rows = traits.rows()
    again = traits.again(rows, [0.7] * len(rows))
    assert rows.shape == (len(traits.places), len(TRAITS))
    assert again.shape == (len(traits.places), len(AGAIN))
    assert np.isfinite(again).all()
    assert traits.places == sorted(set(traits.places))


@given(LINES)
def test_chances_are_chances(lines):
    sheet = _sheet(*lines)
    chances, told = told_lines(sheet, tiers_of(sheet), NONE)
    assert all(0 <= chance <= 1 for chance in chances.values())
    assert all(chances[i] == one.likely >= 0.5 for i, one in told.items())


def test_what_was_said_of_neighbours_is_heard():
    sheet = _sheet(*PROSE, *TOOLS)
    traits = LineTraits(sheet, {}, NONE, weigher())
    assert traits.places == [3, 4, 5]
    heard = traits.again(traits.rows(), [0.9, 0.2, 0.8])[:, len(TRAITS) :].tolist()
    assert heard == [[0, 0, 0, 0.2, 0.8, 0], [0.9, 0, 1, 0.8, 0, 1], [0.2, 0.9, 0, 0, 0, 0]]
