"""Joins: the laws, the page breaks, the moved text, and what the language model is asked."""

from __future__ import annotations

import textwrap
import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrfix.config import Config
from ocrfix.detectors.base import Context
from ocrfix.detectors.joins import DETECTORS, Joins
from ocrfix.document import Document, SourceMap
from ocrfix.model import Safety, Span
from ocrfix.repair import apply, choose, replay, revert

PARAGRAPHS = tuple(
    " ".join(lines.split())
    for lines in (
        """
        Những năm qua, phong trào đền ơn đáp nghĩa của huyện được các cấp, các ngành quan tâm thực hiện bằng
        nhiều việc làm cụ thể. Từ nguồn quỹ, huyện đã xây mới, sửa chữa nhà cho gia đình chính sách và thăm
        hỏi, tặng quà các thương binh nặng.
        """,
        """
        Tại hội nghị, đồng chí chủ tịch huyện đề nghị các xã tiếp tục rà soát hộ nghèo, hộ cận nghèo, bảo đảm
        đúng đối tượng, không để sót, đồng thời đẩy mạnh tuyên truyền để người dân chủ động vươn lên trong
        cuộc sống.
        """,
        """
        Vụ mùa năm nay, nông dân trong tỉnh gieo cấy hơn 30 nghìn ha lúa. Nhờ chủ động nguồn nước và chăm sóc
        đúng kỹ thuật, lúa sinh trưởng tốt, ít sâu bệnh, hứa hẹn một mùa vàng bội thu cho bà con.
        """,
        """
        Buổi tối, bọn trẻ trong xóm lại rủ nhau ra sân đình nghe ông cụ kể chuyện ngày xưa, chuyện những người
        lính đi qua làng trong mùa nước nổi và để lại một lời hẹn ngày trở về.
        """,
    )
)


def joined(text: str, *, unsafe: bool = False, without: str = "") -> str:
    """The text after the joins alone, repeated until nothing changes."""
    config = Config(unsafe=unsafe)
    for _ in range(8):
        findings = [f for f in Joins().find(Document(text), Context(config)) if f.rule.code != without]
        fates = choose(text, findings, config)
        edits = sorted(
            (
                e
                for f, status in fates
                if status.value == "applied"
                for e in f.edits
                if text[e.span.slice] != e.replacement
            ),
            key=lambda e: e.span,
        )
        if not edits:
            return text
        text = apply(text, edits)
    pytest.fail("the joins do not settle")


def find(text: str) -> list:
    return list(Joins().find(Document(text), Context()))


class NoModel(Context):
    """A context whose language model must not be asked."""

    @property
    def language(self):
        pytest.fail("the language model was asked about right text")


def test_detector_is_registered_with_its_rules():
    assert [r.code for d in DETECTORS for r in d.rules] == [f"JOI00{n}" for n in range(1, 7)]


@pytest.mark.parametrize("width", [28, 34, 45, 60, 78])
@pytest.mark.parametrize("between", ["\n\n", "\n\n\n"])
def test_wrapped_paragraphs_come_back(width, between):
    text = between.join("\n".join(textwrap.wrap(p, width)) for p in PARAGRAPHS)
    assert joined(text) == between.join(PARAGRAPHS)


@pytest.mark.parametrize("width", [34, 45, 60])
def test_double_spaced_lines_come_back(width):
    text = "\n\n\n".join("\n\n".join(textwrap.wrap(p, width)) for p in PARAGRAPHS)
    assert joined(text) == "\n\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize("width", [34, 45, 60])
def test_indents_part_paragraphs(width):
    text = "\n".join("    " + "\n".join(textwrap.wrap(p, width)) for p in PARAGRAPHS)
    assert [line.strip() for line in joined(text).split("\n")] == list(PARAGRAPHS)


def test_right_text_stays():
    text = "HIỆU NGHĨA\n\n" + "\n\n".join(PARAGRAPHS) + "\n\n" + "\n".join(PARAGRAPHS)
    assert find(text) == []


def test_short_closed_lines_ask_nothing():
    text = "Hội nghị đã thành công.\nCảm ơn các đại biểu.\n\nXin chào!"
    assert list(Joins().find(Document(text), NoModel())) == []


def test_page_break_moves_behind_the_sentence():
    text = (
        "Ngày hội đã thu hút đông đảo nhân dân trong xã và du khách thập phương về\n\f\n"
        "tham dự, tạo không khí vui tươi.\n\n"
        "Hai là, tiếp tục đổi mới."
    )
    after = joined(text)
    assert after.count("\f") == 1
    assert "về tham dự, tạo không khí vui tươi." in after
    assert after.index("\f") < after.index("Hai là")


MOVED = (
    "Văn bản phải xây dựng nhiều, yêu cầu cao về tiến độ và chất lượng, vì vậy chúng tôi\n\n"
    "Các đại biểu dự lớp bồi dưỡng nghiệp vụ công tác văn phòng.\n\n"
    "thường xuyên làm hết việc chứ không làm hết giờ, luôn thận trọng từng câu chữ.\n\nThu Hà"
)


def test_moved_text_keeps_its_origin():
    (finding,) = [f for f in find(MOVED) if f.rule.code == "JOI004"]
    edits = sorted(finding.edits, key=lambda e: e.span)
    after = apply(MOVED, edits)
    source = SourceMap.identity(len(MOVED)).apply(edits)
    place = after.index("thận trọng")
    origin = source.original(Span(place, place + 10))
    assert MOVED[origin.slice] == "thận trọng"
    moved = next(e for e in edits if e.source is not None)
    assert moved.replacement == MOVED[moved.source.slice]
    assert "\n\n\n" not in after


def test_no_room_for_a_move_is_only_shown():
    text = MOVED.replace("chúng tôi\n\n", "chúng tôi\n")
    for finding in find(text):
        assert finding.rule.code != "JOI004" or (finding.safety is Safety.DISPLAY and not finding.edits)


def test_the_rest_goes_to_the_half_it_fits():
    text = (
        "Nhờ được vay vốn ưu đãi, gia đình chị đã đầu tư xây dựng chuồng trại, mua thêm con\n\n"
        "Ngành y tế khuyến cáo người dân cần chủ động tiêm vắc-xin để phòng, chống\n\n"
        "Mô hình nuôi bò của gia đình chị Hoa.\n\n"
        "dịch bệnh cho bản thân và gia đình trong mùa đông.\n\n"
        "giống và mở rộng chăn nuôi, mỗi năm thu lãi hơn 100 triệu đồng."
    )
    after = joined(text, unsafe=True)
    assert "mua thêm con giống và mở rộng" in after
    assert "phòng, chống dịch bệnh cho bản thân" in after


@pytest.mark.parametrize(
    "text",
    [
        MOVED,
        "T rong những năm qua, tỉnh đã quan tâm đầu tư hạ tầng.",
        "\n\n".join("\n".join(textwrap.wrap(p, 40)) for p in PARAGRAPHS),
        PARAGRAPHS[0].replace("thực hiện bằng ", "thực hiện bằng\n\n"),
    ],
    ids=["move", "initial", "wraps", "blocks"],
)
def test_report_replays_and_reverts(text):
    from ocrfix import clean

    result = clean(text, Config(select=("JOI",)))
    assert result.text != text
    assert replay(result.report, text) == result.text
    assert revert(result.report, result.text) == text
    assert clean(result.text, Config(select=("JOI",))).text == result.text


PIECES = [
    *PARAGRAPHS[0].split(", "),
    "Thu Hà",
    "- tiền mặt;",
    "a) hồ sơ",
    "CHUNG TAY",
    'quỹ "Vì',
    'người nghèo" các cấp',
    "(xã An",
    "Thái) cho biết",
    "T",
    "rong",
    "Mát-xcơ-",
    "va",
    "N",
    "1.",
    "   ",
    "|",
]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(PIECES),
            st.sampled_from([" ", "\n", "\n\n", "\n\f\n", "\f", "\n\n\n", "-\n", ". "]),
        ),
        max_size=24,
    )
)
def test_any_text_settles_and_loses_no_letter(pieces):
    text = "".join(a + b for a, b in pieces)
    for unsafe in (False, True):
        after = joined(text, unsafe=unsafe)
        assert joined(after, unsafe=unsafe) == after
        # Only a lost initial puts letters in, and nothing takes any out.
        after = joined(text, unsafe=unsafe, without="JOI006")
        assert sorted(filter(str.isalnum, after)) == sorted(filter(str.isalnum, text))
        assert unicodedata.is_normalized("NFC", after)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20), st.sampled_from(["\n", "\n\n", " \n"]))
def test_edits_lie_in_the_text_and_apart(pieces, separator):
    text = separator.join(pieces)
    for finding in find(text):
        spans = sorted(e.span for e in finding.edits)
        assert all(0 <= s.start <= s.end <= len(text) for s in spans)
        assert not any(a.overlaps(b) for a, b in pairwise(spans))
        assert 0 <= finding.span.start <= finding.span.end <= len(text)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        " ",
        "\n",
        "a\n",
        "xin chào\n",
        "ab-\n",
        "(x\n\n",
        '"',
        "T\nrong\n",
        "a   ",
        "đây là dòng chữ thường\n\n",
    ],
)
def test_time_grows_with_the_text_not_faster(piece):
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        start = time.process_time()
        find(text)
        return time.process_time() - start

    seconds(2_000)
    small, large = seconds(30_000), seconds(240_000)
    assert large < 20 * small + 1.0


def test_lists_with_small_letters_stay():
    places = ["Bắc", "Trung", "Nam", "Đông", "Tây", "Hạ", "Thượng"]
    text = "\n".join(f"nhánh ngữ tộc của vùng {place}" for place in places)
    assert joined(text) == text
