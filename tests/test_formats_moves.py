"""Files with word boxes in which a repair moves text."""

from __future__ import annotations

import re

import fakes
import pytest
from boxes import FOLDER, MoveUp

import ocrfix
from ocrfix import Config
from ocrfix.formats import read, read_data


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
