"""Files with word boxes: what is read from each dialect, what a repair does to the file, what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import fakes
import numpy as np
import pytest
from click.testing import CliRunner

import ocrfix
from ocrfix import Config, Document, Edit, Span
from ocrfix.cli.commands import cli
from ocrfix.formats import Box, FormatError, read, read_data, sniff
from ocrfix.repair import apply
from ocrfix.report import AppliedEdit, Report, Result, Step

FOLDER = Path(__file__).parent / "formats"


def edited(source, *changes):
    """A result in which stretches of the text, each there once, are replaced; one step."""
    text, edits = source.document.text, []
    for old, new in changes:
        assert text.count(old) == 1, old
        start = text.index(old)
        edits.append(Edit(Span(start, start + len(old)), new))
    edits.sort(key=lambda edit: edit.span)
    step = Step("made-up", tuple(AppliedEdit(e, text[e.span.slice]) for e in edits))
    now = apply(text, edits)
    return Result(now, Report("-", (), (step,), len(text), len(now)))


def rewritten(name, *changes, **options):
    source = read(FOLDER / name, **options)
    return source.render(edited(source, *changes)).decode()


def changed_lines(name, *changes, **options):
    """The lines of a file that a repair takes away, and those that it puts in their place."""
    old, new = (
        (FOLDER / name).read_text("utf-8").splitlines(),
        rewritten(name, *changes, **options).splitlines(),
    )
    return [line.strip() for line in old if line not in new], [
        line.strip() for line in new if line not in old
    ]


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


class MoveUp:
    """Moves a passage to stand after another one, as the rules for broken sentences do."""

    def __init__(self, passage, after):
        self.passage, self.after = passage, after
        self.rules = (fakes.Rule("JOI090", "strayed", "moves", fakes.Safety.SAFE, fakes.DOC),)

    def find(self, document, context):
        del context
        text = document.text
        place, start = text.find(self.after), text.find(self.passage)
        if min(place, start) < 0 or text.startswith(" " + self.passage, place + len(self.after)):
            return
        end = place + len(self.after)
        source = Span(start, start + len(self.passage))
        edits = (
            Edit(Span(end, end + 1), " "),
            Edit(Span(end + 1, end + 1), self.passage, source),
            Edit(Span(end + 1, end + 2), text[end : end + 2]),
            Edit(source, ""),
        )
        yield fakes.Finding(self.rules[0], source, "strayed", edits)


@pytest.mark.parametrize(
    ("name", "passage", "after", "expected"),
    [
        (
            "page-2019-words.xml",
            "ba tỷ đồng.",
            'động"',
            'Quỹ Vi ngườinghèo\n"đã vận động"\n\nba tỷ đồng.\n\nẢnh: Bảo\n',
        ),
        ("alto-4.xml", "Hết.", "và", "Ông và\n\nHết.\n\nbà con nôngdân\n"),
        ("transkribus.xml", "Trời mưa to.", "họp.", None),
    ],
)
def test_moved_blocks(monkeypatch, name, passage, after, expected):
    fakes.install(monkeypatch, (fakes.Stage("one", (MoveUp(passage, after),)),))
    source = read(FOLDER / name)
    result = ocrfix.clean(source.document)
    again = read_data(source.render(result), name)
    assert again.document.text.split() == result.text.split()
    if expected:
        assert again.document.text == expected
        # the reading order says so; no element has moved
        strip = re.compile(rb'(?:regionRef|REF)="\w+"')
        assert strip.sub(b"", again.data) == strip.sub(b"", source.data)
    else:
        numbers = re.findall(rb"index:(\d+);}\">\s*<Coords[^>]*>\s*(?:<Baseline[^>]*>\s*)?<", again.data)
        assert numbers


def test_moved_lines_are_numbered_again(monkeypatch):
    fakes.install(monkeypatch, (fakes.Stage("one", (MoveUp("Trời mưa to.", "họp."),)),))
    source = read(FOLDER / "transkribus.xml")
    written = source.render(ocrfix.clean(source.document)).decode()
    order = re.findall(r'<TextLine id="(tl_\d)" custom="readingOrder \{index:(\d);\}"', written)
    assert order == [("tl_1", "0"), ("tl_3", "1"), ("tl_2", "2")]
    assert "tr_2" not in written


def test_words_moved_to_another_page_are_told(monkeypatch):
    fakes.install(monkeypatch, (fakes.Stage("one", (MoveUp("Cứ chập tối,", "trạm bơm"),)),))
    source = read(FOLDER / "tesseract.hocr")
    result = ocrfix.clean(source.document)
    assert source.locate(result.report).notes == (
        "3 words moved to another page in the text; not so in the file",
    )
    assert read_data(source.render(result), "a.hocr").document.text == source.document.text


def test_words_moved_to_another_page_stay_on_theirs_beside_other_changes(monkeypatch):
    change = fakes.Replace("WRD090", "Lựu", "Lan")
    stages = (fakes.Stage("one", (MoveUp("Cứ chập tối,", "trạm bơm"),)), fakes.Stage("two", (change,)))
    fakes.install(monkeypatch, stages)
    source = read(FOLDER / "tesseract.hocr")
    result = ocrfix.clean(source.document)
    assert result.text.count("trạm bơm Cứ chập tối,") == result.text.count("Lan") == 1
    again = read_data(source.render(result), "a.hocr").document.text
    assert again == source.document.text.replace("Lựu", "Lan")


def newspaper(*blocks):
    """A page with blocks at places: (left, top, text), 300 wide and 100 high."""
    found = "".join(
        f"<p class='ocr_par'><span class='ocr_line'><span class='ocrx_word' "
        f"title='bbox {left} {top} {left + 300} {top + 100}'>{text}</span></span></p>"
        for left, top, text in blocks
    )
    return f"<html><body><div class='ocr_page'>{found}</div></body></html>".encode()


@pytest.mark.parametrize(
    ("first", "second", "moves"),
    [
        ((0, 500), (0, 700), True),  # below
        ((0, 500), (320, 0), True),  # at the head of the next column
        ((0, 500), (290, 0), True),  # the same, a little askew
        ((0, 500), (0, 100), False),  # above, in the same column
        ((320, 500), (0, 100), False),  # in the column before
        ((320, 500), (0, 520), False),  # beside, to the left
        ((320, 500), (0, 700), True),  # the row of columns below
    ],
)
def test_nothing_moves_to_where_the_page_has_it_not(monkeypatch, first, second, moves):
    fakes.install(monkeypatch, (fakes.Stage("one", (MoveUp("cho vay.", "được"),)),))
    source = read_data(newspaper((*first, "được"), (0, 2000, "Ảnh:"), (*second, "cho vay.")), "a.hocr")
    result = ocrfix.clean(source.document, Config(unsafe=True))
    assert ("được cho vay." in result.text) is moves
    (finding,) = result.report.findings
    assert ("against" in finding.finding.evidence) is not moves
    assert finding.finding.safety is (fakes.Safety.SAFE if moves else fakes.Safety.DISPLAY)


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


# safety


BOMB = """<?xml version="1.0"?>
<!DOCTYPE alto [<!ENTITY a "nghèo"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<alto><Layout><Page><TextBlock><TextLine>
<String CONTENT="&b;"/></TextLine></TextBlock></Page></Layout></alto>"""


WITHOUT_ENTITIES = BOMB.replace("[<!", "[<!-- ").replace('">]', "-->]").replace("&b;", "")
REFUSED = {
    BOMB: r"^a\.xml: line 2: declares an entity, 'a'",
    BOMB.replace('a "nghèo"', 'a SYSTEM "file:///etc/hostname"'): "declares an entity, 'a'",
    WITHOUT_ENTITIES[:-60]: r"line \d+, column \d+: .*get the file again",
    '<?xml version="1.0"?><TEI><text>Vì</text></TEI>': r"this is XML \(its root element is tei\)",
    "<!DOCTYPE html><html><p>Vì người nghèo</p></html>": "this is HTML, but neither hOCR",
    "<alto><Layout><Page><TextBlock></Page></Layout></alto>": "not well-formed XML: mismatched tag",
    '<?xml version="1.0" encoding="UTF-8"?><alto>V\udcec</alto>': "is not utf-8",
    "<alto>" + "<ComposedBlock>" * 300 + "</ComposedBlock>" * 300 + "</alto>": "more than 200 deep",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_is_refused(text, message):
    with pytest.raises(FormatError, match=message):
        read_data(text.encode("utf-8", "surrogateescape"), "a.xml")


@pytest.mark.parametrize(
    "name", ["tesseract.hocr", "alto-2.xml", "page-2013-lines.xml", "ocropus.html", "kraken.html"]
)
def test_a_file_that_was_cut_off_is_refused_in_words(name):
    data = (FOLDER / name).read_bytes()
    for share in (0.4, 0.6, 0.8):
        with pytest.raises(
            FormatError, match=rf"^{name}: .*(line \d+|byte \d+).*get|^{name}: line"
        ) as caught:
            read_data(data[: int(len(data) * share)], name)
        assert "get" in str(caught.value) or "encoding" in str(caught.value)


def test_a_doctype_is_not_fetched_and_stays():
    data = (FOLDER / "tesseract.hocr").read_bytes()
    assert b"www.w3.org/TR/xhtml1/DTD" in read(FOLDER / "tesseract.hocr").render(
        edited(read_data(data, "a"), ("Lựu", "lựu"))
    )


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_encodings_stay(codec):
    text = (FOLDER / "alto-4.xml").read_text("utf-8").replace(' encoding="UTF-8"', "")
    data = text.encode(codec)
    source = read_data(data, "a.xml")
    assert source.render(Result(source.document.text)) == data
    written = source.render(edited(source, ("bà", "bác")))
    assert written.decode(codec).count("bác") == 1
    assert read_data(written, "a.xml").document.text == source.document.text.replace("bà", "bác")


def test_letters_that_the_encoding_lacks_are_written_by_number():
    strings = '<String CONTENT="ch&#7881;"/><String CONTENT="h&#7897;i và"/>'
    line = f"<TextBlock><TextLine>{strings}</TextLine></TextBlock>"
    data = f'<?xml version="1.0" encoding="ISO-8859-1"?><alto><Layout><Page>{line}</Page></Layout></alto>'
    source = read_data(data.encode("iso-8859-1"), "a.xml")
    assert source.document.text == "chỉ hội và\n"
    written = source.render(edited(source, ("chỉ", "Chị")))
    assert b'CONTENT="Ch&#7883;"' in written
    assert 'CONTENT="h&#7897;i và"'.encode("iso-8859-1") in written


def test_kinds_of_files():
    assert sniff((FOLDER / "ocropus.html").read_bytes()) == "hocr"
    assert sniff("<3 người nghèo".encode()) == "text"
    assert sniff(b"<!-- x --><p:PcGts xmlns:p='x'>") == "page"
    with pytest.raises(ValueError, match="there is no format 'pdf'"):
        read_data(b"", "a", form="pdf")


# what the engine was sure of


def test_confidence_goes_with_the_words(monkeypatch):
    seen = []

    class Look:
        rules = (fakes.Rule("WRD099", "look", "looks", fakes.Safety.SAFE, fakes.DOC),)

        def find(self, document, context):
            del context
            seen.append(document)
            return ()

    stages = (
        fakes.Stage("one", (fakes.Replace("WRD091", r"\bVi\b", "Vì"), MoveUp("xã.", "Quỹ"))),
        fakes.Stage("two", (fakes.Replace("WRD092", "ng ", ""), Look())),
    )
    fakes.install(monkeypatch, stages)
    text = "Quỹ  Vi người rung xã. Hết"
    told = np.linspace(0.1, 0.9, len(text), dtype=np.float32)
    ocrfix.clean(Document(text, confidence=told))
    last = seen[-1]
    assert last.text == "Quỹ xã.  Vì người ruHết" or "Vì" in last.text
    for word in re.finditer(r"\S+", last.text):
        values = last.confidence[slice(*word.span())]
        if word[0] in text:
            assert values.tolist() == told[text.index(word[0]) :][: len(word[0])].tolist()
        elif word[0] == "Vì":
            assert np.isnan(values).all()


def test_confidences_must_be_one_for_each_character():
    with pytest.raises(ValueError, match="one confidence for each of 2 characters"):
        Document("Vì", confidence=np.zeros(3, np.float32))


# the command


def test_the_command_writes_the_same_format(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scans").mkdir()
    for name in ("tesseract.hocr", "alto-2.xml", "ocropus.html", "page-2013-lines.xml"):
        (tmp_path / "scans" / name).write_bytes((FOLDER / name).read_bytes())
    (tmp_path / "scans" / "khac.xml").write_text("<?xml version='1.0'?><so/>")
    (tmp_path / "scans" / "trang.html").write_text("<html></html>")
    run = CliRunner().invoke(cli, ["clean", "--isolated", "scans", "-o", "sach", "--report", "json:r.json"])
    assert run.exit_code == 0, run.output
    assert sorted(p.name for p in (tmp_path / "sach").iterdir()) == [
        "alto-2.xml",
        "ocropus.html",
        "page-2013-lines.xml",
        "tesseract.hocr",
    ]
    assert "quỹ Vì</b> người nghèo" in (tmp_path / "sach" / "ocropus.html").read_text("utf-8")
    assert "quỹ Vì người nghèo.</Unicode>" in (tmp_path / "sach" / "page-2013-lines.xml").read_text("utf-8")
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    places = [f["evidence"] for file in report["files"] for f in file["findings"]]
    assert {"page", "elements"} <= places[0].keys()
    # once more: nothing is left to do
    before = {p.name: p.read_bytes() for p in (tmp_path / "sach").iterdir()}
    run = CliRunner().invoke(cli, ["clean", "--isolated", "--in-place", "sach"])
    assert run.exit_code == 0
    assert {p.name: p.read_bytes() for p in (tmp_path / "sach").iterdir()} == before


def test_the_command_takes_and_gives_bytes(tmp_path):
    data = (FOLDER / "alto-4.xml").read_text("utf-8").replace(' encoding="UTF-8"', "").encode("utf-16")
    run = CliRunner().invoke(cli, ["clean", "--isolated", "-q", "--select", "ENC", "-"], input=data)
    assert run.exit_code == 0
    assert run.stdout_bytes == data
    path = tmp_path / "a.xml"
    path.write_text("<so>Vì</so>", "utf-8")
    run = CliRunner().invoke(cli, ["clean", "--isolated", "-q", "--format", "text", str(path)])
    assert run.stdout_bytes == path.read_bytes()
    run = CliRunner().invoke(cli, ["check", "--isolated", "--format", "alto", str(FOLDER / "ocropus.html")])
    assert run.exit_code in (0, 1)


def test_a_rule_s_repair_end_to_end():
    source = read(FOLDER / "tesseract.hocr")
    result = ocrfix.clean(source.document, Config(select=("WRD",)))
    assert result.report.applied
    again = read_data(source.render(result), "a.hocr")
    assert again.document.text == result.text


def test_a_diff_shows_the_changed_elements_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.hocr").write_bytes((FOLDER / "tesseract.hocr").read_bytes())
    run = CliRunner().invoke(cli, ["clean", "--isolated", "-q", "--select", "WRD", "--diff", "a.hocr"])
    lines = [line for line in run.stdout.splitlines() if line[0] in "+-" and line[:3] not in ("+++", "---")]
    assert lines
    assert all("ocrx_word" in line for line in lines)
    assert len({re.search("id='(.*?)'", line)[1] for line in lines}) * 2 == len(lines)
