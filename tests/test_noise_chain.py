"""Stage "noise": lines told to be litter by their own words and by the lines beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrfix.detectors._noise_chain import _likely, told_lines, weigh
from ocrfix.detectors._noise_lines import Sheet
from ocrfix.document import Document

PROSE = (
    "Chiều 3-11, lớp học xóa mù chữ ở bản Nà Hin đã bế giảng, 24 học viên đều đọc thông viết thạo.",
    "Nhiều chị ban ngày lên nương, tối đến lại địu con tới lớp, có hôm mưa to vẫn không vắng ai.",
    "Ngành giáo dục huyện dự định mở thêm ba lớp ở các bản vùng cao trong mùa nông nhàn tới.",
)
TOOLS = ("Lưu vào tủ bài của tôi", "Nghe bài bằng giọng nữ", "Báo lỗi chính tả cho tòa soạn")
NONE: frozenset[int] = frozenset()


def _told(*lines):
    found = told_lines(Sheet(Document("\n\n".join(lines))), {}, NONE)
    return {lines[i]: one for i, one in found.items()}


@given(st.lists(st.floats(0.0, 1e9), min_size=1, max_size=30))
def test_chances_are_chances(odds):
    assert all(0 <= p <= 1 for p in _likely(odds))
    assert len(_likely(odds)) == len(odds)


@given(st.floats(0.1, 1e4), st.floats(1.0, 1e4))
def test_company_makes_a_line_likelier(own, other):
    alone = _likely([0.0, own, 0.0, 0.0, 0.0])[1]
    assert _likely([0.0, own, own * other, 0.0, 0.0])[1] > alone
    assert _likely([0.0, own * 2, 0.0, 0.0, 0.0])[1] > alone


def test_lines_of_litter_vouch_for_each_other():
    together, one = _told(*PROSE, *TOOLS), _told(PROSE[0], TOOLS[1], *PROSE[1:])
    assert set(together) == set(TOOLS)
    assert all(told.likely >= 0.95 for told in together.values())
    assert one.get(TOOLS[1]) is None or one[TOOLS[1]].likely < together[TOOLS[1]].likely


def test_what_goes_parts_nothing():
    lines = (*PROSE, TOOLS[0], "12", TOOLS[1])
    told = told_lines(Sheet(Document("\n\n".join(lines))), {}, frozenset((4,)))
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
def test_quotations_and_lists_weigh_nothing(line):
    assert weigh(line) is None
