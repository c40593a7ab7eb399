"""The benchmark of page furniture in files with places: its pages, and how it counts."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest

from ocrfix import Config
from ocrfix.formats import read_data

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

import pages
from _structure.texts import bundled_articles, load_phrases

ARTICLES = bundled_articles(pages.DATA, "dev")
PHRASES = load_phrases(pages.DATA, "dev")


def test_pages_are_the_same_for_the_same_seed_and_hold_every_line_once():
    one, two = (pages.cases(ARTICLES, PHRASES, 12, 3) for _ in range(2))
    assert [document.hocr() for document in one] == [document.hocr() for document in two]
    for document in one:
        text = read_data(document.hocr(), "pages.hocr").document.text
        lines = [" ".join(line.text.split()) for page in document.pages for line in page]
        assert text.split() == " ".join(lines).split()
        assert text.count("\f") == len(document.pages) - 1


def test_furniture_of_an_entry_takes_its_lines_page_by_page():
    entry = [f"{page} | Đất bãi" for page in range(40, 46)]
    for seed in range(40):
        document = pages.make(ARTICLES, PHRASES, Random(seed), [entry])
        found = [line.text for page in document.pages for line in page if line.kind == "header"]
        if "misread" not in document.way:
            assert set(found) <= set(entry)


@pytest.mark.parametrize(("select", "removed"), [(("NOI",), True), (("ENC",), False)])
def test_what_is_removed_is_counted(select, removed):
    document = pages.Pages("header; 2 pages, apart")
    text = "Bà con ba thôn ven sông đã ra quân nạo vét hai cây số kênh để đón nước về"
    for number, line in enumerate((text, text.replace("ven sông", "trong đê").lower())):
        page = [pages.Set(f"BÁO BẾN GỖ - Số 912 | {number + 6}", "header", 150, 130, 0)]
        page += [pages.Set(f"{line} {row}", "text", 150, 250 + 44 * row, 1) for row in range(5)]
        document.pages.append(page)
    found = pages.measure(document, Config(select=select))
    assert [gone for _, _, gone in found.furniture] == [removed, removed]
    assert (found.right, found.lost) == (10, [])


def test_lost_lines_are_counted():
    document = pages.Pages("page-number; 2 pages, apart")
    lines = [
        "Sáng nay bà con ra đồng từ sớm để nạo vét kênh mương.",
        "Chia sẻ bài viết này",
        "BÌNH LUẬN (12)",
    ]
    document.pages.append(
        [pages.Set(line, "text", 150, 250 + 44 * row, row) for row, line in enumerate(lines)]
    )
    assert pages.measure(document, Config(select=("NOI",))).lost == lines[1:]


def test_command_prints_shares_and_what_stays(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["pages.py", "--documents", "6", "--show", "2"])
    assert pages.main() == 0
    printed = capsys.readouterr().out
    assert "right lines lost: 0 of" in printed
    assert "all " in printed
