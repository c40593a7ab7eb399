"""Large files with word boxes: cut between pages, cleaned section by section, reported as one."""

from __future__ import annotations

import gzip

import fakes
import pytest

import ocrfix
from ocrfix import Config
from ocrfix.formats import FormatError, book, read_data, sections
from ocrfix.reports.json import from_dict, to_dict
from ocrfix.scale.files import Task, work

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><meta name='ocr-capabilities' content='ocr_page ocrx_word'/>
<!-- <div class='ocr_page'> --></head><body>
"""


def hocr(texts, head=HEAD):
    """A file with a page for each text; a word a "|", a line each."""
    pages = []
    for number, text in enumerate(texts):
        lines = "".join(
            f"<span class='ocr_line' id='l{number}_{row}'>"
            + " ".join(
                f"<span class='ocrx_word' id='w{number}_{row}_{at}'>{w}</span>"
                for at, w in enumerate(line.split())
            )
            + "</span>\n"
            for row, line in enumerate(text.split("|"))
        )
        pages.append(f"<div class='ocr_page' id='p{number}'>\n<p class='ocr_par'>{lines}</p></div>\n")
    return (head + "".join(pages) + "</body></html>\n").encode()


def alto(texts):
    pages = (
        "<a:Page><a:PrintSpace><a:TextBlock><a:TextLine>"
        + "<a:SP/>".join(f'<a:String CONTENT="{word}"/>' for word in text.split())
        + "</a:TextLine></a:TextBlock></a:PrintSpace></a:Page>\n"
        for text in texts
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<a:alto xmlns:a="http://www.loc.gov/standards/alto/ns-v3#"><a:Layout>'
    return (head + "".join(pages) + "</a:Layout></a:alto>").encode()


PAGES = ["Quỹ Vi người nghèo|của xã ta", "", "Hết phần một", "", "", "quỹ Vi trẻ em", "Trang cuối Vi thế"]


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Sections of two pages, and rules that are made up."""
    monkeypatch.setattr(sections, "_PAGES", 2)
    monkeypatch.setattr(sections, "_FEWEST", 2)
    monkeypatch.setattr(sections, "_LIGHT", 100)
    fakes.install(monkeypatch)


@pytest.mark.parametrize("make", [hocr, alto])
def test_a_book_is_cleaned_and_reported_as_if_it_were_read_whole(make):
    data, form = make(PAGES), make.__name__
    source = read_data(data, "a", form=form)
    whole = ocrfix.clean(source.document)
    found, result = book.clean_book(data, "a", Config())
    assert len(sections.cut(data, form)) == 4
    assert found.document.text == source.document.text
    assert result.text == whole.text
    assert found.render(result) == source.render(whole)
    located = source.locate(whole.report)
    assert [
        (f.span, f.line, f.column, f.finding.edits, f.finding.evidence) for f in result.report.findings
    ] == [(f.span, f.line, f.column, f.finding.edits, f.finding.evidence) for f in located.findings]
    assert result.report.original_hash == whole.report.original_hash
    assert ocrfix.replay(result.report, source.document.text) == result.text
    assert ocrfix.revert(result.report, result.text) == source.document.text
    assert from_dict(to_dict(result.report)) == (result.report,)
    assert result.report.notes == ("7 pages, cleaned in 4 parts; what comes twice in different parts stays",)
    again, second = book.clean_book(found.cleaned, "a", Config())
    assert again.cleaned == found.cleaned
    assert not second.report.applied


def test_findings_keep_the_places_that_they_had_in_steps_of_their_own():
    data = hocr(["Quỹ Vi người", "xã nghèo", "Quỹ Vi người", "xã nghèo", "Quỹ Vi em", "muc lục"])
    _, result = book.clean_book(data, "a", Config())
    text, steps = result.report, result.report.steps
    now = read_data(data, "a").document.text
    states = [now]
    for step in steps:
        now = ocrfix.repair.apply(now, [item.edit for item in step.edits])
        states.append(now)
    for item in text.applied:
        read = "".join(states[item.step][edit.span.slice] for edit in item.finding.edits)
        assert read == item.before


def test_what_need_not_or_cannot_be_cut_is_read_whole(monkeypatch):
    assert sections.cut(hocr(PAGES[:2]), "hocr") == []
    assert sections.cut(hocr(PAGES), "text") == []
    assert sections.cut(hocr(PAGES).decode().replace("UTF-8", "UTF-16").encode("utf-16"), "hocr") == []
    ordered = alto(PAGES).replace(b"<a:Layout>", b"<a:Layout><a:ReadingOrder></a:ReadingOrder>")
    assert sections.cut(ordered, "alto") == []
    assert book.clean_book(b"Vi", "a.txt", Config()) is None
    # an element around pages of two sections: these are no files of their own
    mark = b"<div class='ocr_page' id='p%d'"
    odd = hocr(PAGES).replace(mark % 2, b"<div>" + mark % 2).replace(mark % 4, b"</div>" + mark % 4)
    assert book.clean_book(odd, "a", Config()) is None
    assert read_data(odd, "a").document.text
    monkeypatch.setattr(sections, "MAX_MARKUP", 1000)
    with pytest.raises(FormatError, match=r"a\.hocr: 0 MB of markup in one piece .*divide it by its pages"):
        read_data(hocr(PAGES), "a.hocr")


def test_html_that_is_no_xml_is_cut_too():
    data = hocr(PAGES, "<!DOCTYPE html><html><head><meta charset=utf-8><title>x</title><body>\n")
    found, result = book.clean_book(data, "a", Config())
    assert found.cleaned == read_data(data, "a").render(ocrfix.clean(read_data(data, "a").document))
    with pytest.raises(ValueError, match="not the result"):
        found.render(ocrfix.clean(found.document))
    assert found.locate(result.report) is result.report


def test_the_command_cleans_books_packed_or_not(tmp_path):
    path, packed = tmp_path / "a.hocr", tmp_path / "b.hocr.gz"
    path.write_bytes(hocr(PAGES))
    packed.write_bytes(gzip.compress(hocr(PAGES)))
    one = work(Task(path, Config(), output=tmp_path / "a.out"))
    other = work(Task(packed, Config(), output=tmp_path / "b.out.gz"))
    assert one.error is other.error is None
    cleaned = (tmp_path / "a.out").read_bytes()
    assert cleaned == gzip.decompress((tmp_path / "b.out.gz").read_bytes())
    assert read_data(cleaned, "a").document.text.startswith("Quỹ Vì người nghèo\ncủa xã ta")
