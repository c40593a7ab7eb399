"""Files with word boxes: what is read from each dialect, what a repair does to the file."""

from __future__ import annotations

import re

import numpy as np
import pytest
from boxes import FOLDER, changed_lines, edited, rewritten

import ocrfix
from ocrfix import Config, Span
from ocrfix.formats import Box, read, read_data, sniff

# reading


def test_tesseract_hocr():
    source = read(FOLDER / "tesseract.hocr")
    text = source.document.text
    assert text.startswith("Xã Tân Lập thêm một trạm bơm\n\nSáng qua, Ủy ban nhân dân xã Tân\nLập khánh")
    assert "định kỳ.\n\fLớp học xóa mù chữ" in text
    word = source.words_at(Span(0, 2))[0]
    assert (word.text, word.id, word.page, word.box, word.confidence) == (
        "Xã",
        "word_1_1",
        1,
        Box(80, 65, 136, 98),
        0.96,
    )
    assert [word.text for word in source.words] == text.split()


def test_hocr_and_alto_of_one_page_say_the_same():
    one, other = read(FOLDER / "tesseract.hocr"), read(FOLDER / "tesseract.xml")
    assert one.document.text == other.document.text
    assert [w.box for w in one.words] == [w.box for w in other.words]
    assert np.allclose(one.document.confidence, other.document.confidence, equal_nan=True)


def test_letters_with_elements_of_their_own():
    source = read(FOLDER / "tesseract-letters.hocr")
    assert source.document.text == "Lớp học xóa mù chữ ở bản Nà Lốc\n"
    assert 0.5 < source.document.confidence[0] < 1
    assert source.document.confidence[0] != source.document.confidence[1]
    written = rewritten("tesseract-letters.hocr", ("xóa", "xoá"))
    assert ">xoá</span>" in written
    assert (
        written.count("ocrx_cinfo") == (FOLDER / "tesseract-letters.hocr").read_text().count("ocrx_cinfo") - 3
    )


def test_alto_tells_joined_words_and_turns_its_character_confidences_round():
    source = read(FOLDER / "alto-2.xml")
    assert source.document.text == (
        "NÔNG THÔN\n\nQuỹ Vi ngườinghèo chở contaimer\ngạo về R&D ma-\nrathon.\n\nĐợt đầ u xong.\n"
    )
    found = dict(zip(source.document.text, source.document.confidence.tolist(), strict=True))
    at = source.document.text.index("Vi")
    assert source.document.confidence[at : at + 2].tolist() == pytest.approx([1, 2 / 9], abs=1e-6)
    assert np.isnan(found["\n"])
    joined = next(word for word in source.words if word.text == "contaimer")
    assert joined.confidence == pytest.approx(0.7)


def test_reading_orders():
    assert read(FOLDER / "alto-4.xml").document.text == "Ông và\n\nbà con nôngdân\n\nHết.\n"
    assert read(FOLDER / "page-2013-lines.xml").document.text.startswith("CÔNG VĂN SỐ 17\n\nKính đề nghị")


def test_page_without_words_and_without_lines():
    source = read(FOLDER / "page-2013-lines.xml")
    assert source.document.text.endswith(
        "hộ < 3 nhân khẩu thuộc diện quỹ Vi người nghèo.\n\nNơi nhận: như trên.\nLưu văn thư.\n"
    )
    assert source.words[1].confidence == pytest.approx(0.82)
    assert source.words[2].confidence is None


def test_the_best_of_several_readings():
    source = read(FOLDER / "page-2019-words.xml")
    assert source.document.text.startswith("Quỹ Vi ngườinghèo\n")
    assert source.words[1].confidence == pytest.approx(0.6)
    assert read(FOLDER / "kraken.html").document.text.startswith("Quỹ Vi người nghèo, A<B\nchươ-\nng hai.")


def test_what_people_corrected_in_transkribus_is_read():
    source = read(FOLDER / "transkribus.xml")
    assert source.document.text.startswith("Ngày mùng ba, chỉ hội")
    assert source.notes == (
        "1 line has other words than text; the text is read and the words stay as they are",
    )


def test_html_that_is_no_xml():
    source = read(FOLDER / "ocropus.html")
    assert source.document.text == (
        "Chỉ hội phụ nữ xã & đoàn thanh niên\nnhận 3 tạ gạo, quỹ Vi người nghèo\n\nThủ kho đã ký.\n"
        "\fTồn kho cuối tháng: 12 bao.\n"
    )


# writing


def test_a_changed_word_and_nothing_else():
    old, new = changed_lines("tesseract.hocr", ("Lựu", 'L<&>"ựu'))
    assert len(old) == len(new) == 1
    assert new == [re.sub("; x_wconf [0-9]+'>Lựu", "'>L&lt;&amp;&gt;\"ựu", old[0])]
    old, new = changed_lines("tesseract.xml", ("Lựu", 'L<&>"ựu'))
    assert new == [re.sub(' WC="[0-9.]+" CONTENT="Lựu"', ' CONTENT="L&lt;&amp;&gt;&quot;ựu"', old[0])]


def test_a_word_that_becomes_two_shares_its_box():
    old, new = changed_lines("alto-2.xml", ("ngườinghèo", "người nghèo"))
    assert len(old) == 1
    assert new == [
        (
            "<String ID='P1_S3' HPOS='350' VPOS='220' WIDTH='130' HEIGHT='40' CONTENT='người' WC='0.62'/>"
            '<SP HPOS="480" VPOS="220" WIDTH="0"/>'
            "<String ID='P1_S3_2' HPOS='480' VPOS='220' WIDTH='130' HEIGHT='40' CONTENT='nghèo' WC='0.62'/>"
            "<SP HPOS='610' VPOS='220' WIDTH='20'/>"
        )
    ]


def test_two_words_that_become_one_have_one_box():
    _, new = changed_lines("alto-2.xml", ("đầ u", "đầu"))
    assert new == [
        (
            "<String ID='P1_S13' HPOS='260' VPOS='1000' WIDTH='110' HEIGHT='40' CONTENT='đầu' WC='0.4'/>"
            "<SP HPOS='370' VPOS='1000' WIDTH='20'/>"
        )
    ]


def test_letters_that_change_sides():
    source = read(FOLDER / "alto-2.xml")
    again = read_data(source.render(edited(source, ("đầ u", "đ ầu"))), "a.xml")
    one, other = (word for word in again.words if word.text in ("đ", "ầu"))
    assert (one.box, other.box) == (Box(260, 1000, 295, 1040), Box(295, 1000, 370, 1040))


def test_a_word_that_was_not_read_stands_in_the_gap():
    source = read(FOLDER / "tesseract.hocr")
    again = read_data(source.render(edited(source, ("Xã Tân Lập thêm", "Xã này Tân Lập thêm"))), "a.hocr")
    left, new, right = again.words[:3]
    assert new.text == "này"
    assert (new.box.left, new.box.right) == (left.box.right, right.box.left)
    assert new.confidence is None


def test_halves_of_a_word_in_alto():
    written = rewritten("alto-2.xml", ("contaimer", "container"))
    assert "CONTENT='con' SUBS_TYPE='HypPart1' SUBS_CONTENT='container'/><HYP CONTENT='&#xAD;'/>" in written
    assert "CONTENT='tainer' SUBS_TYPE='HypPart2' SUBS_CONTENT='container' />" in written
    written = rewritten("alto-2.xml", ("ma-\nrathon", "marathon"))
    assert (
        """CONTENT='ma' WC='0.8' SUBS_TYPE="HypPart1" SUBS_CONTENT="marathon."/><HYP CONTENT='-'/>"""
        in written
    )
    assert read_data(written.encode(), "a.xml").document.text.split()[-5:-4] == ["marathon."]


def test_a_joined_word_stays_where_it_began():
    source = read(FOLDER / "kraken.html")
    again = read_data(source.render(edited(source, ("chươ-\nng", "chương"))), "a.html")
    assert again.document.text.endswith("\nchương\nhai.\n")
    assert next(w for w in again.words if w.text == "chương").box == Box(100, 150, 180, 200)


def test_lines_and_regions_say_what_their_words_say():
    written = rewritten("page-2019-words.xml", ("Vi ngườinghèo", "Vì người nghèo"))
    assert '<pc:TextEquiv index="0"><pc:Unicode>Quỹ Vì người nghèo</pc:Unicode></pc:TextEquiv>' in written
    assert '<pc:Unicode>Quỹ Vì người nghèo\n"đã vận động"</pc:Unicode>' in written
    assert '<pc:TextEquiv index="1" conf="0.31"><pc:Unicode>Ví</pc:Unicode>' in written
    assert "pc:Glyph" not in written
    assert '<pc:Word id="a1w3_2"><pc:Coords points="370,90 470,90 470,138 370,138"/>' in written


def test_cdata_stays_cdata():
    assert "<Unicode><![CDATA[CÔNG VĂN SỐ < 18]]></Unicode>" in rewritten(
        "page-2013-lines.xml", ("SỐ 17", "SỐ < 18")
    )


def test_removed_blocks_are_dropped_with_what_names_them():
    written = rewritten("page-2019-words.xml", ("Ảnh: Bảo", ""))
    assert 'id="b"' not in written
    assert "OrderedGroupIndexed" not in written
    assert '<pc:RegionRefIndexed regionRef="c" index="2"/>' in written
    written = rewritten("alto-4.xml", ("Hết.", ""))
    assert 'REF="b3"' not in written
    assert "IDNEXT" not in written
    written = rewritten("alto-2.xml", ("Đợt đầ u xong.", ""))
    assert "P1_CB1" not in written
    assert "P1_I1" in written


@pytest.mark.parametrize(
    "name", ["page-2019-words.xml", "alto-4.xml", "tesseract.hocr", "page-2013-lines.xml"]
)
def test_removed_blocks_stay_by_wish(name):
    source = read(FOLDER / name, keep_removed=True)
    first = source.document.text.split("\n\n")[0]
    written = source.render(edited(source, (first, "")))
    again = read_data(written, name)
    assert again.document.text == source.document.text[len(first) + 2 :]
    count = re.compile(rb"<(?:\w+:)?(?:String|Word|TextLine|TextRegion|span|p)\b")
    assert len(count.findall(written)) == len(count.findall(source.data))


# what Transkribus and OCR-D write in PAGE-XML


def test_the_cells_of_a_table_are_read_and_left_alone():
    data = (FOLDER / "page-2013-table.xml").read_bytes().replace("quỹVi".encode(), "quỹ Vi".encode())
    source = read_data(data, "a.xml")
    assert source.document.text.split("\n\n")[1:3] == ["Quỹ Vi người nghèo", "12.500.000"]
    result = ocrfix.clean(source.document, Config(unsafe=True))
    assert "Quỹ Vi người nghèo\n\n12.500.000" in result.text
    assert "quỹ Vì người nghèo" in result.text
    old, new = source.data.decode(), source.render(result).decode()
    table = re.compile(r"<TableRegion.*?</TableRegion>", re.DOTALL)
    assert table.findall(new) == table.findall(old) != []


def test_marked_parts_of_a_line_go_with_their_letters():
    _, new = changed_lines("page-2013-table.xml", ("đã trao quỹVi", "đã chi trả quỹ Vì"))
    assert "abbrev {offset:0; length:3;" in new[0]
    # "quỹV" as it was read, four letters from the 15th on, with two spaces before them
    assert "unclear {offset:16; length:5;continued:true;}" in new[0]
    written = rewritten("page-2013-table.xml", ("SỔ QUỸ XÃ", "QUYỂN SỔ QUỸ XÃ"))
    assert "textStyle {offset:9; length:3;bold:true;} place {offset:18; length:7;" in written
    assert written.count("QUYỂN SỔ QUỸ XÃ &amp; TÂN LẬP") == 2


def test_regions_in_regions_are_read_once_and_say_the_same():
    source = read(FOLDER / "page-2017-nested.xml")
    assert source.document.text == ("BẢN TIN XÃ\n\n1 Xem số 3.\n\nchỉ hội phụnữ\n\nLớp xóa mù mở ở bản.\n")
    assert [w.confidence for w in source.words[1:3]] == pytest.approx([0.7, 0.8])
    written = rewritten("page-2017-nested.xml", ("phụnữ", "phụ nữ"))
    assert written.count("chỉ hội phụ nữ") == 3  # PlainText and Unicode of the line, and the outer region
    assert '<TextEquiv index="1" conf="0.3"><Unicode>chi hội phụnữ</Unicode></TextEquiv>' in written


def test_a_group_of_the_reading_order_names_the_region_that_its_regions_stand_in():
    source = read(FOLDER / "page-2019-ocrd.xml")
    assert source.document.text == ("S\n\náng qua quỹ Vi người nghèo\n\nThóc (ta)\n\n27,5\n\nKý tên.\n")
    written = rewritten("page-2019-ocrd.xml", ("S\n\náng", "Sáng"))
    assert '<pc:OrderedGroupIndexed id="group_p" regionRef="region_p" index="0">' in written
    assert read_data(written.encode(), "a.xml").document.text.startswith("Sáng\n\nqua quỹ Vi")
    written = rewritten("page-2019-ocrd.xml", ("S\n\n", ""))
    assert 'regionRef="region_drop"' not in written
    assert read_data(written.encode(), "a.xml").document.text.startswith("áng qua quỹ Vi người nghèo\n\nThóc")


@pytest.mark.parametrize("year", ["2013-07-15", "2016-07-15", "2017-07-15", "2018-07-15", "2019-07-15"])
def test_every_version_of_page_is_read_alike(year):
    for path in FOLDER.glob("page-*.xml"):
        data = re.sub(rb"\d{4}-07-15", year.encode(), path.read_bytes())
        assert sniff(data) == "page"
        assert read_data(data, "a.xml").document.text == read(path).document.text
