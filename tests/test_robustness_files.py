"""Bad input, from outside: a clear message, the right status, originals intact.

tests/README.md has the table of what is tried here.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
from pathlib import Path

import pytest
from running import BAD, GOOD, everything, ocrfix, unix


def refused(folder, name, *words, arguments=()):
    """The file is refused with these words, nothing is written, and the others are still cleaned."""
    before = everything(folder)
    out = folder.parent / "sach"
    status, stdout, error = ocrfix(folder / name, folder / "bao.txt", "-o", out, *arguments)
    assert (status, stdout) == (2, b"")
    assert name in error
    for word in words:
        assert word in error
    assert everything(folder) == before
    assert everything(out) == {"bao.txt": GOOD.encode()}
    status, _, error = ocrfix(folder / name, "--in-place", *arguments)
    assert status == 2
    assert everything(folder) == before


# --- what is in files ---


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("rac.txt", bytes(range(256)) * 8, "this is binary data, not text"),
        ("bao.pdf.txt", b"%PDF-1.7\n%\xe2\xe3\n", "this is a PDF"),
        ("anh.txt", b"\x89PNG\r\n\x1a\n" + bytes(64), "this is a PNG image"),
        ("le.txt", "Hội nghị".encode("utf-16-le")[:-1] + b"\0\0\0", "not text"),
        ("dau.txt", b"\xff\xfe" + "Hội".encode("utf-16-le") + b"\xd8", "is not utf-16-le"),
        ("nua.txt", b"\xff\xfe\x00\xd8a\x00", "is not utf-16-le"),
        ("cut.xml", b"<?xml version='1.0'?><alto><Layout><Page>", "the file ends too early"),
        ("lech.xml", b"<?xml version='1.0'?><alto><a></b></alto>", "not well-formed XML: mismatched tag"),
        (
            "bom.xml",
            b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "xx"><!ENTITY b "&a;&a;&a;&a;">]><alto>&b;</alto>',
            "declares an entity, 'a'",
        ),
        (
            "ngoai.xml",
            b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><alto>&a;</alto>',
            "declares an entity, 'a'",
        ),
        ("sau.hocr", b"<div class='ocr_page'>" * 5000, "sau.hocr"),
        ("hong.txt.gz", gzip.compress(b"x" * 1000, mtime=0)[:-9], "damaged or cut short"),
        ("dut.txt.xz", b"\xfd7zXZ\x00\x00\x04", "damaged or cut short"),
        ("phinh.txt.gz", gzip.compress(bytes(200 << 20), 9, mtime=0), "unpacks to over"),
        ("kho.txt", b"PK\x03\x04" + bytes(40), "a ZIP archive"),
    ],
)
def test_files_that_are_refused(folder, name, data, words):
    (folder / name).write_bytes(data)
    refused(folder, name, words)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_wide_encodings_with_and_without_mark(folder, codec):
    text = "Hội Chữ thập đỏ xã vận động nhân dân hiến máu, kỳ ðầu năm.\n"
    (folder / "rong.txt").write_bytes(text.encode(codec))
    status, out, _ = ocrfix(folder / "rong.txt")
    assert status == 0
    assert out.decode("utf-8-sig") == text.replace("ð", "đ")


def test_an_archive_with_paths_that_lead_out(folder):
    (folder / "trong.txt").write_text(BAD, "utf-8")
    with tarfile.open(folder / "kho.txt", "w") as archive:
        archive.add(folder / "trong.txt", "../../ra-ngoai.txt")
    with (folder / "kho.txt").open("ab") as file:
        file.write(bytes(512))
    (folder / "trong.txt").unlink()
    refused(folder, "kho.txt", "not text")
    assert not list(folder.parent.parent.glob("ra-ngoai.txt"))


def test_a_name_inside_a_compressed_file_is_not_used(folder):
    with (
        (folder / "b.txt.gz").open("wb") as file,
        gzip.GzipFile("../../ra-ngoai.txt", "wb", 9, file, 0) as out,
    ):
        out.write(BAD.encode())
    out = folder.parent / "sach"
    assert ocrfix(folder / "b.txt.gz", "-o", f"{out}/")[0] == 0
    assert list(everything(out)) == ["b.txt.gz"]
    assert gzip.decompress((out / "b.txt.gz").read_bytes()).decode() == GOOD


# --- names and links ---


@unix
def test_names_with_tricks(folder):
    names = ["-o.txt", "dòng\nmới.txt", "  .txt", "$(touch x).txt", "a\\b.txt", "%s.txt"]
    for name in names:
        (folder / name).write_text(BAD, "utf-8")
    out = folder.parent / "sach"
    status, _, _ = ocrfix(folder, "-o", out)
    assert status == 0
    assert everything(out) == dict.fromkeys(["bao.txt", *names], GOOD.encode())
    (folder / "con").mkdir()
    one = folder.parent / "mot"
    assert ocrfix(folder / "con" / ".." / "bao.txt", "-o", f"{one}/")[0] == 0
    assert list(everything(one)) == ["bao.txt"]


@unix
def test_a_name_that_is_no_unicode(folder):
    path = os.fsencode(folder) + b"/b\xe1o.txt"
    try:
        Path(os.fsdecode(path)).write_text(BAD, "utf-8")
    except OSError:
        pytest.skip("this file system has Unicode names only")
    status, _, error = ocrfix(
        folder, "-o", folder.parent / "sach", "--report", f"json:{folder.parent}/r.json"
    )
    assert (status, error) == (0, "")
    assert (folder.parent / "sach" / os.fsdecode(b"b\xe1o.txt")).read_text("utf-8") == GOOD


@unix
def test_links_that_lead_nowhere(folder):
    (folder / "vong.txt").symlink_to("vong.txt")
    (folder / "dut.txt").symlink_to("khong-co.txt")
    refused(folder, "vong.txt", "cannot be read: too many levels of symbolic links")
    shutil.rmtree(folder.parent / "sach")
    refused(folder, "dut.txt", "cannot be read: no such file or directory")


@unix
def test_links_to_folders_are_not_followed(folder):
    (folder / "len").symlink_to("..")
    (folder / "vong").symlink_to(".")
    out = folder.parent / "sach"
    assert ocrfix(folder, "-o", out)[0] == 0
    assert everything(out) == {"bao.txt": GOOD.encode()}


@unix
def test_a_link_to_a_file_elsewhere(folder):
    real = folder.parent / "kho" / "that.txt"
    real.parent.mkdir()
    real.write_text(BAD, "utf-8")
    (folder / "bao.txt").unlink()
    (folder / "noi.txt").symlink_to(real)
    out = folder.parent / "sach"
    assert ocrfix(folder, "-o", out)[0] == 0
    assert not (out / "noi.txt").is_symlink()
    assert (out / "noi.txt").read_text("utf-8") == GOOD
    assert real.read_text("utf-8") == BAD
    assert ocrfix(folder / "noi.txt", "--in-place")[0] == 0
    assert (folder / "noi.txt").is_symlink()
    assert real.read_text("utf-8") == GOOD
