"""Right text and pairs in files: what is read of them, bare and compressed, and what is said of bad ones."""

from __future__ import annotations

import unicodedata

import pytest

from ocrfix._compressed import PACKINGS, pack
from ocrfix._corpus import documents, lines, read_paragraphs
from ocrfix._pairs import DataError, read_pairs

NEWS = "Tin  xã\n\nBà con được mùa.\n\f\n\n\f\nTin huyện\nChợ đông khách.\n"
SUFFIXES = ("", ".gz", ".bz2", ".xz")


@pytest.fixture
def file(tmp_path):
    """Writes a text, compressed as the name says."""

    def write(name, text):
        path = tmp_path / name
        packing = PACKINGS.get(path.suffix)
        data = text.encode()
        path.write_bytes(pack(data, packing) if packing else data)
        return path

    return write


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_documents_are_parted_by_form_feeds(file, suffix):
    path = file(f"tin.txt{suffix}", NEWS)
    assert list(documents(path)) == [["Tin xã", "Bà con được mùa."], ["Tin huyện", "Chợ đông khách."]]
    assert read_paragraphs(path) == ["Tin  xã", "Bà con được mùa.", "Tin huyện", "Chợ đông khách."]


def test_text_beside_a_form_feed_belongs_to_its_own_document(file):
    assert list(documents(file("tin.txt", "Hết bài.\fBài sau\nThân bài\f"))) == [
        ["Hết bài."],
        ["Bài sau", "Thân bài"],
    ]


def test_documents_are_nfc(file):
    path = file("tin.txt", unicodedata.normalize("NFD", "Được mùa"))
    assert list(documents(path)) == [["Được mùa"]]


def test_no_document_begins_after_so_many_characters(file):
    path = file("tin.txt", "Bài một\n\f\n" * 9)
    assert len(list(documents(path))) == 9
    assert len(list(documents(path, characters=1))) == 1
    assert len(list(documents(path, characters=10))) == 1
    assert len(list(documents(path, characters=11))) == 2


def test_long_documents_are_cut(file):
    path = file("luat.txt", "Điều 1\nĐiều 2\nĐiều 3\n\f\nĐiều 4\nĐiều 5\n\f\nĐiều 6\n")
    assert [len(document) for document in documents(path, longest=2)] == [2, 1, 2, 1]


def test_lines_of_each_file_up_to_a_limit(file):
    paths = [file("a.txt", "một\nhai\nba\n"), file("b.txt.xz", "bốn\nnăm")]
    assert list(lines(paths)) == ["một\n", "hai\n", "ba\n", "bốn\n", "năm"]
    assert list(lines(paths, 4)) == ["một\n", "bốn\n"]
    assert list(lines(paths, 5)) == ["một\n", "hai\n", "bốn\n", "năm"]


@pytest.mark.parametrize("suffix", SUFFIXES[1:])
@pytest.mark.parametrize("read", [read_paragraphs, lambda path: list(read_pairs(path))])
def test_damaged_data_is_told_by_name(file, suffix, read):
    path = file(f"tin.txt{suffix}", '{"gold": "Vì", "ocr": "Vi"}\n' * 900)
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(DataError, match=rf"tin\.txt\{suffix}: the \w+ data is damaged or cut short"):
        read(path)


@pytest.mark.parametrize("read", [read_paragraphs, lambda path: list(read_pairs(path))])
def test_what_is_not_utf8_is_told_by_name(tmp_path, read):
    path = tmp_path / "tin.txt"
    path.write_bytes(b'{"gold": "a", "ocr": "b"}\n' * 3 + b"\xff\n")
    with pytest.raises(DataError, match=r"tin\.txt: not UTF-8"):
        read(path)
