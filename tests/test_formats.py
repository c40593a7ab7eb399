"""Reading and writing files: nothing is lost, whatever bytes come."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ocrfix
from ocrfix import Config, Edit, Span
from ocrfix.formats import FormatError, read, read_data, read_text, walk, write
from ocrfix.formats.encodings import check_encoding
from ocrfix.report import AppliedEdit, Report, Result, Step
from ocrfix.reports.text import lines

PAGE = """Ủy ban nhân dân huyện vừa tổ chức hội nghị tổng kết phong trào thi đua yêu nước.
Đến dự có các đồng chí trong Ban Thường vụ, lãnh đạo các phòng, ban và đại diện nhân dân.
Hội nghị đã nghe báo cáo về kết quả thực hiện nhiệm vụ phát triển kinh tế trong năm qua.
"""


def legacy_1258(text):
    out = b""
    for char in unicodedata.normalize("NFC", text):
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tone = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in tone))
            out += (base + tone).encode("cp1258")
    return out


def test_windows_1258():
    source = read_text(legacy_1258(PAGE), "a.txt")
    assert source.encoding == "cp1258"
    assert unicodedata.normalize("NFC", source.document.text) == PAGE
    assert source.notes == ("read as cp1258, written as UTF-8",)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings_are_found(codec):
    assert read_text(PAGE.encode(codec), "a.txt").document.text == PAGE


def test_unicode_with_a_big_endian_mark():
    assert read_text(b"\xfe\xff" + PAGE.encode("utf-16-be"), "a.txt").document.text == PAGE


# "Tỉnh ủy", "hội nghị", "phát triển" as fonts of the nineties had them
@pytest.mark.parametrize(
    "text",
    [
        "TØnh uû tæ chøc héi nghÞ trong th¸ng n¨m ®Ó bµn vÒ ph¸t triÓn kinh tÕ cho nh©n d©n",
        "Tænh uûy toå chöùc hoäi nghò trong thaùng naêm ñeå baøn veà phaùt trieån kinh teá cho nhaân daân",
    ],
)
def test_legacy_fonts_come_in_as_windows_1252(text):
    source = read_text(text.encode("cp1252"), "a.txt")
    assert source.encoding == "cp1252"
    assert source.document.text == text


def test_russian_is_left_to_the_library():
    text = "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 5
    assert read_text(text.encode("cp1251"), "a.txt").document.text == text


def test_french_is_windows_1252():
    text = "L'été dernier, les élèves français ont étudié l'œuvre d'un poète très célèbre. " * 3
    source = read_text(text.encode("cp1252"), "a.txt")
    assert source.document.text == text


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "PNG image"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "JPEG image"),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"\x1f\x8b\x08\x00" + bytes(20), "gzip"),
        (b"PK\x03\x04" + bytes(20), "ZIP archive"),
        (b"II*\x00" + bytes(20), "TIFF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20), "Office"),
        (b"{\\rtf1\\ansi", "RTF"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(20), "HEIC"),
        (bytes(range(256)) * 4, "binary data"),
        (b"\x00" * 100, "binary data"),
    ],
)
def test_what_is_no_text_is_named(data, what):
    with pytest.raises(FormatError, match=f"^anh: .*{what}"):
        read_text(data, "anh")


def test_stray_bytes_in_utf8_do_not_spoil_the_rest():
    data = PAGE.encode() + b"n\xe1\xbb"
    source = read_text(data, "a.txt")
    assert source.document.text == PAGE + "n\ufffd"
    assert source.broken == 1
    assert source.notes == ("1 broken character became U+FFFD, the first at 4:2",)


def test_a_character_that_was_lost_before_is_not_counted():
    assert read_text((PAGE + "\ufffd").encode(), "a.txt").broken == 0


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused_in_words(data):
    try:
        source = read_text(data, "a.txt")
    except FormatError as error:
        message = str(error)
    else:
        message = "a.txt: "
        assert source.restore(Result(source.document.text)) == source.raw
    assert message.startswith("a.txt: ")


@given(st.text(st.sampled_from("aạ \r\n\n\f\ufeff"), max_size=30), st.booleans())
def test_unchanged_text_is_written_as_it_was(text, mark):
    data = (b"\xef\xbb\xbf" if mark else b"") + text.encode()
    source = read_text(data, "a.txt")
    assert source.render(Result(source.document.text)) == data


@given(st.lists(st.sampled_from(["ab\n", "ab\r\n", "x\n", "x\r\n", "\n", "\r\n"]), max_size=12))
def test_kept_lines_keep_their_ends(lines):
    source = read_text("".join(lines).encode(), "a.txt")
    config = ocrfix.Config(select=("ENC",))
    result = ocrfix.clean(source.document, config)
    assert source.restore(result) == "".join(lines)


def test_mixed_line_ends_around_a_change(monkeypatch):
    import fakes

    fakes.install(monkeypatch, (fakes.Stage("one", (fakes.Replace("WRD001", "x\n", "y\nz\n"),)),))
    source = read_text(b"a\r\nx\nb\r\nc\r\nd\ne\r\n", "a.txt")
    assert source.render(ocrfix.clean(source.document)) == b"a\r\ny\nz\nb\r\nc\r\nd\ne\r\n"


def test_encoding_names():
    assert check_encoding("UTF8") == "utf-8"
    with pytest.raises(FormatError, match="did you mean cp1258"):
        check_encoding("cp12588")
    with pytest.raises(FormatError, match="no text encoding"):
        check_encoding("base64")


def test_writing_keeps_permissions_and_links(tmp_path):
    real, link = tmp_path / "so.txt", tmp_path / "lien-ket.txt"
    real.write_text("cũ")
    real.chmod(0o640)
    link.symlink_to(real.name)
    write(link, "mới".encode())
    assert link.is_symlink()
    assert real.read_text("utf-8") == "mới"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["lien-ket.txt", "so.txt"]


def test_a_new_file_has_the_usual_permissions(tmp_path):
    mask = os.umask(0o027)
    try:
        write(tmp_path / "moi" / "so.txt", b"")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "moi" / "so.txt").stat().st_mode) == 0o640


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "so.txt"
    path.write_text("cũ", "utf-8")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FormatError, match=r"so\.txt: cannot be written: no space left on device"):
        write(path, b"x")
    assert path.read_text("utf-8") == "cũ"
    assert list(tmp_path.iterdir()) == [path]


def test_devices_are_written_to():
    write(Path(os.devnull), b"x")
    assert not Path(os.devnull).is_file()


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(FormatError, match="this is a folder"):
        read(tmp_path)
    with pytest.raises(FormatError, match="this is a folder"):
        write(tmp_path, b"")


def test_walk_is_sorted_and_passes_over_links_to_folders(tmp_path):
    for name in ("b/2.txt", "b/1.md", "a.txt", ".an/x.txt", "c.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "vong").symlink_to(tmp_path)
    (tmp_path / "d.txt").symlink_to(tmp_path / "a.txt")
    assert [str(p.relative_to(tmp_path)) for p in walk(tmp_path)] == ["a.txt", "b/1.md", "b/2.txt", "d.txt"]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize(
    "ends", ["\n \n \n", "\r\n \r\n \r\n", "\r \r \r", "\r\n \r \n", "\n \r\n \r\r\n", "\n \r \n"]
)
def test_line_ends_of_any_kind_stay(ends, last, mark):
    one, two, three = ends.split(" ")
    raw = f"{mark}Trạm y tế xã.{one}{two}Quỹ Vi người nghèo{three if last else ''}"
    source = read_data(raw.encode(), "a.txt")
    text = source.document.text
    assert text == "Trạm y tế xã.\n\nQuỹ Vi người nghèo" + "\n" * last
    assert source.render(Result(text)) == raw.encode()
    place = text.index("Vi")
    step = Step("made-up", (AppliedEdit(Edit(Span(place, place + 2), "Vì"), "Vi"),))
    cleaned = text.replace("Vi", "Vì")
    result = Result(cleaned, Report("-", (), (step,), len(text), len(cleaned)))
    assert source.render(result) == raw.replace("Vi", "Vì").encode()


def test_findings_name_their_page():
    source = read_data("Quỹ Vi người nghèo của xã.\n\f\fquỹ Vi người nghèo của tỉnh.".encode(), "a.txt")
    report = source.locate(ocrfix.clean(source.document, Config(select=("WRD",))).report)
    assert [(f.line, f.finding.evidence["page"]) for f in report.findings] == [(1, 1), (2, 3)]
    assert [line.rpartition(", ")[2] for line in lines(report)] == ["page 1)", "page 3)"]
    assert read_data(b"Vi", "a.txt").locate(report) is report
