"""Furniture in the margins of pages: where files say where lines stand, and what it counts for."""

from __future__ import annotations

import unicodedata
from collections import Counter

import numpy as np
import pytest

from ocrfix import Config, Document, clean
from ocrfix.formats import read_data
from ocrfix.report import Status

PROSE = (
    "Từ đầu tháng, bà con ba thôn ven sông đã ra quân nạo vét hai cây số kênh để đón nước về đồng.",
    "Theo hợp tác xã, diện tích lúa lai vụ này tăng hơn trăm héc ta, giống đều được cấp phát từ sớm.",
    "Nhiều hộ có ruộng cao thiếu nước đã chuyển sang trồng ngô và lạc, thu nhập khá hơn hẳn trước.",
    "Ông trưởng thôn cho biết tiền công do các hộ cùng góp, mỗi nhà một ngày công và hai bữa cơm.",
)
BROKEN = (
    "Từ đầu tháng, bà con ba thôn ven sông đã ra quân nạo vét hai cây số",
    "kênh để đón nước về đồng, có hôm làm tới khuya mới nghỉ tay.",
)


def paged(*pages):
    """A document of pages, each its lines at the top, its text, its lines at the bottom."""
    text, marks = "", []
    for number, (top, body, bottom) in enumerate(pages):
        if number:
            text += "\n\f"
        lines = (
            [(line, True) for line in top] + [(p, False) for p in body] + [(line, True) for line in bottom]
        )
        for place, (line, apart) in enumerate(lines):
            text += "\n\n" if place else ""
            marks += [False] * (len(text) - len(marks)) + [apart] * len(line)
            text += line
    return Document(text, margin=np.array(marks, dtype=np.bool_))


def gone(document):
    """The lines that are removed, sorted."""
    result = clean(document, Config(select=("NOI",)))
    before, after = (
        Counter(filter(None, text.replace("\f", "\n").split("\n"))) for text in (document.text, result.text)
    )
    return sorted((before - after).elements())


def plain(document):
    """The same text, its margins not known."""
    return Document(document.text)


# ------------------------------------------------------------------ what goes


def test_a_line_of_two_pages_that_a_sentence_goes_on_behind_is_a_header():
    header = "Làng nghề ven sông"
    pages = paged(([header], [BROKEN[0]], []), ([header], [BROKEN[1], PROSE[1]], []))
    assert gone(pages) == [header]
    assert gone(plain(pages)) == []


def test_two_page_numbers_in_the_margins_are_enough():
    pages = paged(([], [PROSE[0]], ["118"]), ([], [PROSE[1]], ["119"]))
    assert gone(pages) == ["118", "119"]
    assert gone(plain(pages)) == []


def test_a_number_that_is_badly_read_on_one_of_two_pages_goes_too():
    pages = paged(([], [PROSE[0]], ["Trang 118"]), ([], [PROSE[1]], ["Trarig 1l9"]))
    assert gone(pages) == ["Trang 118", "Trarig 1l9"]


def test_a_header_with_its_number_goes_from_two_pages():
    pages = paged(
        (["BÁO BẾN GỖ - Số 912 | 6"], [PROSE[0]], []), (["7 | BÁO BẾN GÕ - Số 9l2"], [PROSE[1]], [])
    )
    assert gone(pages) == ["7 | BÁO BẾN GÕ - Số 9l2", "BÁO BẾN GỖ - Số 912 | 6"]


def test_a_header_without_a_number_goes_when_the_pages_have_theirs():
    header = "Hồi ký một người lái đò"
    pages = paged(([header], [PROSE[0]], ["7"]), ([header], [PROSE[1]], ["8"]))
    assert gone(pages) == ["7", "8", header]  # the first opens the text as its title


def test_a_footer_goes_from_pages_of_which_one_is_a_title_page():
    footer = "In tại xưởng in Bến Gỗ - Giấy phép số 31 ngày 4-5-2009"
    pages = paged(([], ["NƯỚC VỀ ĐỒNG"], [footer]), ([], [PROSE[0]], [footer]), ([], [PROSE[1]], []))
    assert gone(pages) == [footer, footer]


def test_margins_are_carried_through_repairs_before():
    header = "Làng nghề ven sông"
    first = unicodedata.normalize("NFD", BROKEN[0])
    pages = paged(([header], [first], []), ([header], [BROKEN[1], PROSE[1]], []))
    text = clean(pages, Config(select=("ENC", "NOI"))).text
    assert text == f"{header}\n\n{BROKEN[0]}\n\f{BROKEN[1]}\n\n{PROSE[1]}"


# ------------------------------------------------------------------ what stays


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param([([f"Đội {n}"], [PROSE[n - 4]], []) for n in range(4, 8)], id="things-told-in-a-row"),
        pytest.param([([f"Thửa số {n}"], [PROSE[n - 4]], []) for n in range(4, 8)], id="numbers-of-things"),
        pytest.param([([f"NĂM {n}"], [PROSE[n - 2019]], []) for n in range(2019, 2023)], id="years"),
        pytest.param([([str(n)], [PROSE[n - 1945]], []) for n in (1945, 1946)], id="two-years"),
        pytest.param([([f"{n}/3"], [PROSE[n - 4]], []) for n in range(4, 8)], id="days-of-a-diary"),
        pytest.param(
            [([], [PROSE[n]], [f"{n + 1} Sđd, tr. {45 + n}"]) for n in range(4)], id="notes-on-one-book"
        ),
        pytest.param(
            [([], [PROSE[n]], [f"{n + 1} Kiều Nhạ, Đất bãi, tr. {45 + 3 * n}"]) for n in range(4)],
            id="notes-on-pages",
        ),
        pytest.param(
            [
                (
                    ["XÍ NGHIỆP GẠCH BẾN GỖ", "ĐT: 0251 3822 111"],
                    ["Kính gửi: Ủy ban xã", PROSE[n]],
                    ["Giám đốc"],
                )
                for n in range(2)
            ],
            id="letters",
        ),
        pytest.param([([], [PROSE[n]], ["Đoàn Thị Hậu"]) for n in range(3)], id="signed-articles"),
        pytest.param(
            [([], [PROSE[n]], ["Bà con nạo vét kênh mương trước vụ"]) for n in range(2)], id="captions"
        ),
        pytest.param(
            [
                (
                    ["TT Tên thôn Diện tích Sản lượng"],
                    [f"{n} Bãi Trên 12{n} 50{n}", f"{n + 1} Bãi Dưới 8{n} 3{n}"],
                    [],
                )
                for n in (1, 3)
            ],
            id="heads-of-a-table",
        ),
        pytest.param([([f"Điều {n}"], [PROSE[n]], []) for n in range(1, 4)], id="articles-of-a-law"),
        pytest.param(
            [
                (
                    ["PHIẾU GHI CÔNG"],
                    [f"Họ tên: Kiều {name}", "Thôn: Bãi Trên", "Số công: 12", "Ngày ghi: 4/5"],
                    ["7"],
                )
                for name in ("Nhạ", "Hậu")
            ],
            id="forms",
        ),
    ],
)
def test_what_belongs_to_its_page_stays(pages):
    document = paged(*pages)
    assert gone(document) == []
    assert gone(plain(document)) == []


# ------------------------------------------------------------------ places in files

LINE = "<span class='ocr_line'><span class='ocrx_word' title='bbox {} {} {} {}'>{}</span></span>"


def _hocr(*pages):
    """Pages of lines, each a word with its left and top; letters are 30 high."""
    out = []
    for lines in pages:
        spans = (LINE.format(left, top, left + 20 * len(word), top + 30, word) for word, left, top in lines)
        out.append(f"<div class='ocr_page'>{''.join(spans)}</div>")
    return read_data("".join(out).encode(), "trang.hocr").document


def _apart(document):
    words = document.text.split()
    if document.margin is None:
        return []
    return [w for w in words if document.margin[document.text.index(w)]]


def test_rows_apart_from_the_text_at_both_edges_are_margins():
    body = [(f"chữ{n}", 100, 300 + 44 * n) for n in range(12)]
    page = [("tên", 100, 150), ("báo", 900, 154), *body, ("lề", 100, 950), ("12", 100, 1000)]
    assert _apart(_hocr(page)) == ["tên", "báo", "lề", "12"]


def test_lines_at_the_usual_distance_are_no_margins():
    assert _apart(_hocr([(f"chữ{n}", 100, 300 + 44 * n) for n in range(12)])) == []


def test_a_gap_in_the_middle_of_a_page_makes_no_margin():
    upper = [(f"trên{n}", 100, 100 + 44 * n) for n in range(6)]
    lower = [(f"dưới{n}", 100, 700 + 44 * n) for n in range(6)]
    assert _apart(_hocr(upper + lower)) == []


def test_pages_without_places_have_no_margins():
    lines = "".join(f"<span class='ocr_line'>dòng {n}</span>" for n in range(5))
    document = read_data(f"<div class='ocr_page'>{lines}</div>".encode(), "trang.hocr").document
    assert document.margin is None


def test_a_mark_for_each_character_is_asked_for():
    with pytest.raises(ValueError, match="one mark for each of 3 characters"):
        Document("abc", margin=np.zeros(2, dtype=np.bool_))


def test_findings_name_the_margin():
    pages = paged(([], [PROSE[0]], ["118"]), ([], [PROSE[1]], ["119"]))
    report = clean(pages, Config(select=("NOI001",))).report
    assert {f.status for f in report.findings} == {Status.APPLIED}
    assert all("in the margin at the bottom of 2 pages" in f.finding.message for f in report.findings)
