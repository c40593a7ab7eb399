"""Markdown: prose is repaired, and all else stays byte for byte."""

from __future__ import annotations

import pickle
import re

import pytest
from fakes import Replace, install
from hypothesis import given
from hypothesis import strategies as st

import ocrfix
from ocrfix import Config, Document
from ocrfix.detectors import Stage
from ocrfix.formats import read_data
from ocrfix.formats._markdown import prose, structure
from ocrfix.formats.markdown import markdown_document
from ocrfix.report import Status


def shown(text):
    """The text with "_" for every character that is left alone."""
    return "".join(c if free or c == "\n" else "_" for c, free in zip(text, prose(text), strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Quỹ `Vi` nghèo", "Quỹ ____ nghèo"),
        ("Quỹ ``V`i`` nghèo", "Quỹ _______ nghèo"),
        ("# Quỹ Vi #", "__Quỹ Vi__"),
        ("Quỹ Vi\n===", "Quỹ Vi\n___"),
        ("- Quỹ\n  Vi\n- [ ] xã", "__Quỹ\n  Vi\n_____ xã"),
        ("1. Quỹ\n   Vi", "___Quỹ\n   Vi"),
        ("> Quỹ\n> Vi", "__Quỹ\n__Vi"),
        ("> Quỹ\nVi", "__Quỹ\nVi"),
        ("> - **Vi** xã", "______Vi__ xã"),
        ("[Quỹ](http://a.vn/ð 'ð') Vi", "_Quỹ____________________ Vi"),
        (
            "[Quỹ][a] [Vi][] [xã]\n\n[a]: /ð\n[vi]: /b\n[xã]: /c",
            "_Quỹ____ ______ ____\n\n_______\n________\n________",
        ),
        ("[Quỹ] Vi", "[Quỹ] Vi"),
        ("![Quỹ](ð.png) Vi", "_____________ Vi"),
        ("[![Quỹ](a.png) Vi](b)", "______________ Vi____"),
        ("<http://a.vn/ð> Vi <b>Vi</b>", "_______________ Vi ___Vi____"),
        ("Vi <!-- Vi --> &nbsp;\\*", "Vi ___________ ________"),
        ("Vi $x_1$ và $$y$$ \\(z\\)", "Vi _____ và _____ _____"),
        ("giá 5$ đến 6$ một ký, $7 và $8", "giá 5$ đến 6$ một ký, $7 và $8"),
        ("$$\nVi\n\nxã\n$$\nQuỹ", "__\n__\n\n__\n__\nQuỹ"),
        ("\\[\nVi = 1\n\\]\n\nQuỹ", "__\n______\n__\n\nQuỹ"),
        ("\\begin{align*}\nVi\n\\end{align*}", "______________\n__\n____________"),
        ("Quỹ  \nVi\\\nxã", "Quỹ__\nVi_\nxã"),
        ("Quỹ[^1] Vi\n\n[^1]: Chú thích đây", "Quỹ____ Vi\n\n_____ Chú thích đây"),
        ("    Vi\n\nQuỹ", "______\n\nQuỹ"),
        ("```py\nVi\n```\nQuỹ", "_____\n__\n___\nQuỹ"),
        ("| a | Vi |\n|---|---|\n| ð | Vi |\n\nQuỹ", "__________\n_________\n__________\n\nQuỹ"),
        ("| a | Vi |\n| ð | Vi |", "__________\n__________"),
        ("---\ntieu_de: Vi\n---\nQuỹ", "___\n___________\n___\nQuỹ"),
        ("+++\na = 'Vi'\n+++\nQuỹ", "___\n________\n___\nQuỹ"),
        ("Quỹ\n\n---\n\nVi\n\n---\n\nxã", "Quỹ\n\n___\n\nVi\n\n___\n\nxã"),
        ("<div>\nVi\n</div>\n\nQuỹ", "_____\n__\n______\n\nQuỹ"),
        ("~~Vi~~ *Vi* __Vi__", "__Vi__ _Vi_ __Vi__"),
        ("\tVi\n- Quỹ\n\tVi", "___\n__Quỹ\n\tVi"),
        ("a\rb `Vi`", "a_b ____"),
    ],
)
def test_what_is_prose(text, expected):
    found = shown(text)
    assert found.replace("\t", " ").replace("\r", " ") == expected.replace("\t", " ").replace("a_b", "a b")


PIECES = [
    "Quỹ Vi", "người nghèo", "ðã", "muc lục", "la", "`ðã`", "**Vi**", "*ðã*", "[ðã](b)", "[ðã]", "$ð_1$",
    "<b>", "  \n", "\\\n", "\n", "\n\n", "\n- ", "\n1. ", "\n> ", "\n# ", "\n\n    ", "\n```\n",
    "\n| ð | b |\n|--|--|\n", "\n---\n", "\n===\n", " , ", "\n\n- 12 -\n\n", "&amp;", "\\*", "![ð](a)",
    "\n[ðã]: /ð\n", "\n\n\n", "$$", "\f", "\r\n", "Hội nghị tổng kết công tác hội và phong trào phụ nữ",
    "\n  ", "\u200b", "|", "+", "2. ", "#", "- ",
]  # fmt: skip
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
MANGLERS = (
    Replace("CHR001", "ð", "đ", name="wrong-d"),
    Replace("SPC091", r" ,", ",", name="space-before"),
    Replace("SPC092", r"\*\*", "** ", name="opened"),
    Replace("JOI091", r"(?<=\w)\n(?=\w)", " ", name="joined"),
    Replace("JOI092", r"Vi ", "\n", name="cut"),
    Replace("NOI091", r"(?m)^la *", "", name="first-word"),
    Replace("DUP091", r"(?s)\n\nQuỹ Vi\n\n", "\n\n", name="paragraph"),
    Replace("WRD091", r"\bVi\b", "Vì", name="wrong-vi"),
    Replace("WRD092", r"người", "*người", name="starred"),
)


@given(text=MARKDOWN)
@pytest.mark.parametrize("detectors", ["real", "manglers"])
def test_fixed_parts_stay_and_twice_is_once(detectors, text):
    with pytest.MonkeyPatch.context() as patch:
        if detectors == "manglers":
            install(patch, (Stage("first", MANGLERS[:4]), Stage("second", MANGLERS[4:])))
        result = ocrfix.clean(markdown_document(text))
        assert structure(result.text) == structure(text)
        again = ocrfix.clean(markdown_document(result.text))
        assert again.text == result.text
        assert ocrfix.replay(result.report, text) == result.text
        assert ocrfix.revert(result.report, result.text) == text
    # nothing fixed was touched by any step
    current, fixed = text, ~prose(text)
    for step in result.report.steps:
        for item in step.edits:
            assert not any(fixed[item.edit.span.slice])
        fixed = list(_kept(fixed, step))
        current = ocrfix.repair.apply(current, [item.edit for item in step.edits])
        assert len(fixed) == len(current)


def _kept(fixed, step):
    place = 0
    for item in step.edits:
        yield from fixed[place : item.edit.span.start]
        moved = item.edit.source
        yield from fixed[moved.slice] if moved else [False] * len(item.edit.replacement)
        place = item.edit.span.end
    yield from fixed[place:]


def test_a_repair_that_would_make_a_list_is_protected(monkeypatch):
    install(monkeypatch, (Stage("first", (Replace("NOI091", "Trang 3 ", "", name="page"),)),))
    result = ocrfix.clean(markdown_document("Trang 3 - mục\n\nxã Trang 3 ta"))
    assert result.text == "Trang 3 - mục\n\nxã ta"
    assert [item.status for item in result.report.findings] == [Status.PROTECTED, Status.APPLIED]


def test_findings_in_code_alone_are_not_told(monkeypatch):
    install(monkeypatch)
    result = ocrfix.clean(markdown_document("`Vi` và Vi\n\n```\nla\n```\n"))
    assert result.text == "`Vi` và Vì\n\n```\nla\n```\n"
    assert [item.finding.rule.code for item in result.report.findings] == ["WRD091"]


def test_a_deletion_is_shifted_off_what_is_fixed(monkeypatch):
    install(monkeypatch, (Stage("first", (Replace("DUP091", r"(Quỹ\n\n)\1", r"\1", name="twice"),)),))
    text = "Quỹ\n\nQuỹ\n\n- mục\n"
    result = ocrfix.clean(markdown_document(text))
    assert result.text == "Quỹ\n\n- mục\n"
    assert ocrfix.revert(result.report, result.text) == text


def test_hard_breaks_lists_and_quotes_survive_soft_wraps():
    text = (
        "Hội Chữ thập đỏ xã vận động nhân dân trong toàn xã hiến máu, chung tay vì\n"
        "người nghèo trong những ngày cuối năm nay.\n\n"
        "> Hội Chữ thập đỏ xã vận động nhân dân trong toàn xã hiến máu, chung tay vì\n"
        "> người nghèo trong những ngày cuối năm nay.\n\n"
        "Thơ của một bạn đọc gửi về cho toà soạn nhân dịp Tết đến và xuân về trên quê  \n"
        "hương thân yêu.\n\n"
        "- Hội Chữ thập đỏ\n- Hội Phụ nữ\n"
    )
    result = ocrfix.clean(markdown_document(text), Config(select=("soft-wrap",)))
    assert result.text == text.replace("chung tay vì\nngười", "chung tay vì người", 1)


def test_a_duplicate_paragraph_goes_and_the_heading_stays():
    paragraph = (
        "Hội Chữ thập đỏ xã vận động nhân dân hiến máu nhân đạo, chung tay vì người nghèo trong "
        "những ngày cuối năm, với hơn một trăm gia đình tham gia."
    )
    text = f"# Tin xã\n\n{paragraph}\n\n{paragraph}\n\n## Tin huyện\n\nBà con ra đồng từ sớm.\n"
    result = ocrfix.clean(markdown_document(text), Config(select=("DUP",)))
    assert result.text == f"# Tin xã\n\n{paragraph}\n\n## Tin huyện\n\nBà con ra đồng từ sớm.\n"


def test_markdown_is_known_by_its_name_or_asked_for():
    data = b"# Qu\xe1\xbb\xb9 `Vi`\r\n"
    for name, form in (
        ("bao.md", "auto"),
        ("bao.MARKDOWN", "auto"),
        ("bao.md.gz", "auto"),
        ("bao", "markdown"),
    ):
        assert read_data(data, name, form=form).document.fixed is not None
    assert read_data(data, "bao.txt").document.fixed is None
    source = read_data(data, "bao.md")
    assert source.render(ocrfix.clean(source.document)) == data


def test_a_document_with_marks_is_picklable_and_checked():
    document = markdown_document("Quỹ `Vi`")
    copy = pickle.loads(pickle.dumps(document))
    assert copy.intact("Quỹ Vì `Vi`")
    assert not copy.intact("Quỹ `Vì`")
    with pytest.raises(ValueError, match="one mark for each of 3"):
        Document("Quỹ", fixed=document.fixed)


@given(text=st.text(max_size=80) | MARKDOWN)
def test_any_text_has_prose_and_structure(text):
    assert prose(text).shape == (len(text),)
    assert structure(text) == structure(text)


@pytest.mark.parametrize(
    "piece",
    ["\\(a ", "$a ", "$$ a\n", "\\[\n", "[a ", "[a](b ", "*a ", "**a_b_", "> ", "|a\n", "![a ", "<a "],
)
def test_hostile_text_is_parsed_in_time(piece):
    prose(piece * 4000)


def test_right_markdown_is_left_alone():
    text = """---
title: Bản tin
---

# Bản tin xã An Bình, số 4

Sáng 12/4, **Hội Phụ nữ** xã An Bình họp, bàn việc giúp các gia đình khó khăn[^1]. Xem [bài trước](so-3.md).

1. Nhận quà tại nhà văn hoá;
2. Trao tận tay từng gia đình.
   - Thôn Đông: 12 suất
   - Thôn Đoài: 9 suất

> Một miếng khi đói bằng một gói khi no.

| Thôn | Suất quà |
|------|---------:|
| Đông |       12 |
| Đoài |        9 |

```sh
ocrfix clean  bao.txt -o sach.txt
```

[^1]: Theo danh sách của xã.
"""
    result = ocrfix.clean(markdown_document(text))
    assert result.text == text
    assert not re.search("code|table", str(result.report.applied))
