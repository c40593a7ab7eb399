"""Compressed files: the same compression comes out, bombs and damage are refused."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import BAD, GOOD, OPTIONS, invoke

from ocrfix import _compressed
from ocrfix._compressed import PACKINGS, PackingError, open_text, pack, packing_of, unpack
from ocrfix.formats import FormatError, read, read_data, walk

SUFFIXES = sorted(PACKINGS)


@pytest.mark.parametrize("packing", sorted(PACKINGS.values()))
@given(data=st.binary(max_size=3000))
def test_round_trip(packing, data):
    packed = pack(data, packing)
    assert packing_of(packed) == packing
    assert unpack(packed, packing) == data
    assert unpack(packed + packed, packing) == data + data
    assert pack(data, packing) == packed


@pytest.mark.parametrize("packing", sorted(PACKINGS.values()))
def test_what_is_cut_short_is_refused(packing):
    packed = pack(BAD.encode() * 100, packing)
    for size in (len(packed) - 1, len(packed) - 4, len(packed) // 2):
        with pytest.raises(PackingError, match="damaged or cut short"):
            unpack(packed[:size], packing)


@pytest.mark.parametrize("packing", sorted(PACKINGS.values()))
def test_a_bomb_is_refused_unless_it_is_allowed(packing, monkeypatch):
    monkeypatch.setattr(_compressed, "_FLOOR", 1 << 20)
    bomb = pack(b"a" * (3 << 20), packing)
    with pytest.raises(PackingError, match=r"over 200 times its size.*--max-unpacked"):
        unpack(bomb, packing)
    with pytest.raises(PackingError, match="over 2 MB"):
        unpack(bomb, packing, 2_000_000)
    assert len(unpack(bomb, packing, 4_000_000)) == len(unpack(bomb, packing, 0)) == 3 << 20
    monkeypatch.setattr(_compressed, "LARGEST", 2_000_000)
    monkeypatch.setattr(_compressed, "RATIO", 1_000_000)
    with pytest.raises(PackingError, match="over 2 MB"):
        unpack(bomb, packing)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", ["bao.txt", "bao.md"])
def test_a_file_comes_out_as_it_went_in(tmp_path, suffix, name):
    path, out = tmp_path / (name + suffix), tmp_path / "sach"
    path.write_bytes(pack(BAD.encode(), PACKINGS[suffix]))
    assert invoke("clean", *OPTIONS, tmp_path, "-o", out).exit_code == 0
    cleaned = (out / path.name).read_bytes()
    assert unpack(cleaned, PACKINGS[suffix]).decode() == GOOD
    assert invoke("clean", *OPTIONS, "-q", path).stdout_bytes.decode() == GOOD
    plain = tmp_path / "bao.out"
    invoke("clean", *OPTIONS, path, "-o", plain)
    assert plain.read_text("utf-8") == GOOD
    other = tmp_path / "bao2.txt.gz"
    invoke("clean", *OPTIONS, path, "-o", other)
    assert unpack(other.read_bytes(), "gzip").decode() == GOOD
    assert invoke("clean", *OPTIONS, "--in-place", path).exit_code == 0
    assert path.read_bytes() == cleaned
    assert read(path).document.text == GOOD


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_right_file_is_copied_byte_for_byte(tmp_path, suffix):
    path, out = tmp_path / f"bao.txt{suffix}", tmp_path / "x" / f"bao.txt{suffix}"
    packed = pack(GOOD[:20].encode(), PACKINGS[suffix]) + pack(GOOD[20:].encode(), PACKINGS[suffix])
    path.write_bytes(packed)
    assert invoke("clean", *OPTIONS, path, "-o", out).exit_code == 0
    assert out.read_bytes() == packed


def test_a_packed_file_is_known_by_its_bytes(tmp_path):
    path = tmp_path / "bao.txt"
    path.write_bytes(pack(BAD.encode(), "xz"))
    assert invoke("clean", *OPTIONS, "--in-place", path).exit_code == 0
    assert unpack(path.read_bytes(), "xz").decode() == GOOD
    assert (
        invoke("clean", *OPTIONS, "-q", "-", input=pack(BAD.encode(), "gzip")).stdout_bytes.decode() == GOOD
    )


def test_the_diff_of_a_packed_file_is_of_its_text(tmp_path):
    path = tmp_path / "bao.txt.gz"
    path.write_bytes(pack(BAD.encode(), "gzip"))
    result = invoke("clean", *OPTIONS, "--diff", path)
    assert f"-{BAD}+{GOOD}" in result.stdout
    assert "git cannot apply it" in result.stderr


def test_errors_name_the_file_and_the_way_out(tmp_path, monkeypatch):
    path = tmp_path / "bao.txt.gz"
    path.write_bytes(pack(BAD.encode(), "gzip")[:-9])
    result = invoke("clean", *OPTIONS, path)
    assert result.exit_code == 2
    assert f"{path}: the gzip data is damaged or cut short" in result.stderr
    monkeypatch.setattr(_compressed, "_FLOOR", 1000)
    path.write_bytes(pack(b"a " * 100_000, "gzip"))
    result = invoke("check", *OPTIONS, path)
    assert f"{path}: it unpacks to over 200 times its size" in result.stderr
    assert invoke("check", *OPTIONS, "--max-unpacked", 1, path).exit_code == 0


def test_without_its_library_zstd_is_refused_with_advice(monkeypatch):
    packed = pack(b"Vi", "zstd")
    monkeypatch.setitem(sys.modules, "zstandard", None)
    monkeypatch.setitem(sys.modules, "compression", None)
    with pytest.raises(FormatError, match=r"bao\.zst: zstd needs a package.*ocrfix\[zstd\]"):
        read_data(packed, "bao.zst")


def test_a_folder_gives_its_packed_files_too(tmp_path):
    for name in ("a.txt", "a.txt.gz", "b.MD.XZ", "c.jsonl.zst", "d.parquet", "e.parquet.gz", "f.gz", "g.png"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in walk(tmp_path)] == [
        "a.txt",
        "a.txt.gz",
        "b.MD.XZ",
        "c.jsonl.zst",
        "d.parquet",
    ]


def test_open_text_unpacks(tmp_path):
    for suffix in SUFFIXES:
        path = tmp_path / f"bao.txt{suffix}"
        path.write_bytes(pack(BAD.encode(), PACKINGS[suffix]))
        with open_text(path) as file:
            assert list(file) == [BAD]
