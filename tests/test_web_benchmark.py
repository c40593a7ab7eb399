"""The benchmark of whole pages: its data and what it counts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import ocrfix

FOLDER = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def web(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import web

    yield web
    for name in ("web", "common"):
        sys.modules.pop(name, None)


def test_every_line_of_every_page_is_marked(web):
    for split in web.SPLITS:
        found = list(web.pages(split))
        assert len(found) == 20
        for page in found:
            marks = {line.mark for line in page.lines}
            assert {"T", "N"} <= marks <= {"T", "N", "?", ""}


def test_a_line_without_a_mark_is_named(web, tmp_path):
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "1.txt").write_text("T Lúa đã chín.\nGặt thôi.\n", "utf-8")
    with pytest.raises(ValueError, match=r"1\.txt:2: a line must begin with"):
        list(web.pages("dev", tmp_path))


def test_what_goes_is_counted_by_its_mark(web):
    prose = "Sáng 12-5, bà con thôn Hạ ra đồng gặt lúa từ khi trời chưa sáng, cả xóm rộn tiếng máy."
    lines = (
        web.Marked("T", prose),
        web.Marked("", ""),
        web.Marked("N", "BÌNH LUẬN (0)"),
        web.Marked("T", prose[:40]),
    )
    page = web.Page("thử", lines)
    assert web.removed(page, ocrfix.Config()) == [0, 0, 1, 0]
    assert web.removed(page, ocrfix.Config(ignore=("NOI",))) == [0, 0, 0, 0]


def test_the_command(web, monkeypatch, capsys):
    monkeypatch.setattr(web, "DATA", FOLDER / "web-data")
    some = list(web.pages("dev"))[:2]
    monkeypatch.setattr(web, "pages", lambda _split: iter(some))
    web.main(["--show"])
    default, unsafe = [line for line in capsys.readouterr().out.splitlines() if line.startswith("dev, ")]
    assert default.startswith("dev, default: of ")
    assert unsafe.startswith("dev, unsafe: of ")
