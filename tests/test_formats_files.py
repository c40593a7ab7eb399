"""Files with word boxes from outside: hostile and cut ones, encodings, and what the command makes of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import fakes
import numpy as np
import pytest
from boxes import FOLDER, MoveUp, edited
from click.testing import CliRunner

import ocrfix
from ocrfix import Config, Document
from ocrfix.cli.commands import cli
from ocrfix.formats import FormatError, read, read_data, sniff
from ocrfix.report import Result

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
