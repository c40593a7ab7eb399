"""Kinds of lines and blocks."""

from __future__ import annotations

import time

import pytest

from ocrfix.document import Document
from ocrfix.layout import (
    Kind,
    block_kind,
    ends_sentence,
    first_letter_case,
    is_table_line,
    is_verse,
    line_kind,
    starts_article,
    starts_item,
    unclosed,
    unopened,
)

KINDS = [
    ("Hội Nông dân xã tổ chức lớp tập huấn kỹ thuật trồng lúa cho hội viên.", Kind.PARAGRAPH),
    ("hộ nghèo về vốn, cây giống", Kind.PARAGRAPH),
    ("Giúp đỡ 100 hộ; trao 50 suất quà cho học sinh nghèo", Kind.PARAGRAPH),
    ("Chung tay giúp đỡ người nghèo", Kind.HEADING),
    ("I. ĐẶC ĐIỂM TÌNH HÌNH", Kind.LIST_ITEM),
    ("a) Tên, địa chỉ của tổ chức;", Kind.LIST_ITEM),
    ("- tiền mặt và hiện vật;", Kind.LIST_ITEM),
    ("Điều 12. Trách nhiệm của Ủy ban nhân dân", Kind.LIST_ITEM),
    ("- Thưa bác, con mới về ạ!", Kind.DIALOGUE),
    ("Ảnh minh họa: Thu Hà", Kind.CAPTION),
    ("Hình 2. Sơ đồ tổ chức của hội", Kind.CAPTION),
    ("Nông dân xã An Bình thu hoạch lúa. Ảnh: Thu Hà", Kind.CAPTION),
    ("Lúa đông xuân\t320\t66,5", Kind.TABLE),
    ("| Xã | Diện tích | Năng suất |", Kind.TABLE),
    ("2021 320 66,5 70", Kind.TABLE),
    ("NGUYỄN VĂN SƠN", Kind.BYLINE),
    ("Bài, ảnh: Thu Hà", Kind.BYLINE),
    ("TM. ỦY BAN NHÂN DÂN", Kind.BYLINE),
    ("Địa chỉ: số 12 đường Lê Lợi", Kind.ADDRESS),
    ("Thái Bình, ngày 5 tháng 6 năm 2023", Kind.DATE_LINE),
    ("05/06/2023 - 05:25", Kind.DATE_LINE),
    ("Thứ Hai, 5/6/2023", Kind.DATE_LINE),
]


@pytest.mark.parametrize(("line", "kind"), KINDS, ids=[line[:25] for line, _ in KINDS])
def test_line_kind(line, kind):
    assert line_kind(line) is kind


def test_block_kind_looks_at_all_lines():
    text = (
        "Sông quê lặng lẽ phù sa\nCon đò nằm đợi người ta trở về\nMẹ già tóc trắng bờ đê\nNgóng con mỏi mắt "
        "bốn bề gió sương\n\nXã   Diện tích\nAn Bình   320\n\nGiấc mơ\ncủa người nông dân"
    )
    document = Document(text)
    assert [block_kind(document, b) for b in document.blocks] == [Kind.VERSE, Kind.TABLE, Kind.HEADING]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("xong.", True),
        ("xong…", True),
        ('nói: "Vâng!"', True),
        ("như sau:", True),
        ("đất nước;", True),
        ("(theo báo cáo)", False),
        ("kinh tế -", False),
        ("và", False),
        ("", False),
    ],
)
def test_ends_sentence(text, ends):
    assert ends_sentence(text) is ends


def test_first_letter_skips_opening_marks():
    assert [first_letter_case(t) for t in ("“Đồng khởi”", "(xã", "**Điều", "5 hộ", "- Vâng", "")] == [
        "upper",
        "lower",
        "upper",
        "digit",
        "other",
        "other",
    ]


@pytest.mark.parametrize(
    "text", ["T., trú tại xã", "2023 là năm", "ba người", "Bài học từ thực tế", "Câu chuyện cũ"]
)
def test_no_item(text):
    assert not starts_item(text)


def test_article():
    assert starts_article("Chương II QUY ĐỊNH CỤ THỂ")
    assert not starts_article("Phần lớn các hộ đã thoát nghèo")


@pytest.mark.parametrize(
    ("left", "right", "opened", "closed"),
    [
        ('ban vận động quỹ "Vì', 'người nghèo" các xã', '"', '"'),
        ("xã Tân Lộc (huyện Thới", "Bình) cho biết", "(", ")"),
        ("phương châm “Hai chân", "- Ba mũi” của tỉnh", "“", "”"),
        ('"Tốt", ông nói', 'bà bảo: "Vâng"', "", ""),
        ('màn hình 14" giá rẻ', 'loại 5,5" đẹp', "", ""),
    ],
)
def test_open_and_closed_marks(left, right, opened, closed):
    assert unclosed(left) == opened
    assert unopened(right) == closed


def test_verse_wants_a_metre():
    assert not is_verse(["Trăm năm trong cõi người ta", "Chữ tài chữ mệnh khéo là ghét nhau"])
    assert not is_verse(["một hai ba bốn năm", "một hai ba", "một hai ba bốn", "một hai ba bốn năm sáu"])


def test_figures_make_a_row_words_do_not():
    assert is_table_line("1.200 450 5.200 - 1.800")
    assert not is_table_line("Ngày 5/6")
    assert not is_table_line("Năm 2023")


@pytest.mark.parametrize("piece", ["a", " ", '"', "(", ".", "1.1", "ảnh ", "A.", "- ", "Địa chỉ "])
def test_long_lines_take_no_long_time(piece):
    line = "x" + piece * (400_000 // len(piece))
    start = time.process_time()
    line_kind(line)
    unclosed(line)
    unopened(line)
    assert time.process_time() - start < 2
