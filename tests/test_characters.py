"""The character detector as a whole: laws, mixtures of damage, cost."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ocrfix
from ocrfix.detectors.base import Context
from ocrfix.detectors.characters import DETECTORS
from ocrfix.document import Document
from ocrfix.model import Safety
from ocrfix.vietnamese import legacy

CONFIG = ocrfix.Config(select=("ENC",))
TEXT = """ĐẠI HỘI CHI BỘ THÔN

Tối qua, chi bộ thôn họp bàn việc làm đường, xây lại nhà văn hóa và trồng cây dọc bờ sông.
Bí thư chi bộ nói: "Việc gì có lợi cho dân thì phải hết sức làm."

Các gia đình đều đồng ý góp công; ai khó khăn thì được miễn. Dự kiến khởi công vào đầu tháng sau."""


def clean(text: str) -> str:
    result = ocrfix.clean(text, CONFIG)
    assert ocrfix.replay(result.report, text) == result.text
    assert ocrfix.revert(result.report, result.text) == text
    assert ocrfix.clean(result.text, CONFIG).text == result.text
    return result.text


@pytest.mark.parametrize("latin1", [False, True])
@pytest.mark.parametrize("charset", legacy.CHARSETS)
def test_legacy_text_comes_back(charset, latin1):
    assert clean(legacy.encode(TEXT, charset, latin1=latin1)) == TEXT


@pytest.mark.parametrize("charset", legacy.CHARSETS)
def test_legacy_text_with_windows_line_ends_comes_back(charset):
    text = TEXT.replace("\n", "\r\n")
    assert clean(legacy.encode(text, charset)) == text


@pytest.mark.parametrize("charset", ["latin-1", "mac-roman", "cp437"])
def test_mojibake_comes_back(charset):
    assert clean(TEXT.encode().decode(charset)) == TEXT


def test_legacy_text_that_became_mojibake_comes_back():
    assert clean(legacy.encode(TEXT, "tcvn3").encode().decode("latin-1")) == TEXT


def test_several_kinds_of_damage_at_once():
    damaged = (
        unicodedata.normalize("NFD", TEXT.replace("Tối", "\ufeffTối").replace("đường", "ðường"))
        + "\n\nQuỹ\u00a0khuyến h\u200bọc"
    )
    assert clean(damaged) == TEXT + "\n\nQuỹ khuyến học"


def test_right_text_has_no_findings():
    for text in (TEXT, TEXT.replace("\n", "\r\n"), ""):
        assert not ocrfix.check(text, CONFIG).findings


def test_edits_are_small():
    damaged = legacy.encode(TEXT, "vni")
    for item in ocrfix.check(damaged, CONFIG).findings:
        assert "\n" not in damaged[item.finding.span.slice]
        for edit in item.finding.edits:
            assert len(edit.span) <= 12
            assert unicodedata.is_normalized("NFC", edit.replacement)


def test_ignoring_the_legacy_rule_leaves_its_text_alone():
    damaged = legacy.encode("ẨM THỰC VÙNG CAO, CHỢ PHIÊN ĐẦU NĂM ĐÔNG NGƯỜI", "viscii", latin1=True)
    config = ocrfix.Config(select=("ENC",), ignore=("ENC002",))
    assert ocrfix.clean(damaged, config).text == damaged


def test_protected_words_stay():
    config = ocrfix.Config(select=("ENC004",), protect=("Ðiều",))
    assert ocrfix.clean("Ðiều 5. Ðại biểu được bầu", config).text == "Ðiều 5. Đại biểu được bầu"


def test_surrogates_are_shown():
    report = ocrfix.check("đã họp \udce1 xong", CONFIG)
    assert [f.finding.rule.code for f in report.findings] == ["ENC011"]
    assert report.findings[0].finding.safety is Safety.DISPLAY


class _Frequencies:
    def word_logp(self, word):
        return -5.0 if word in {"hỏi", "trường"} else -12.0


class _Context(Context):
    language = _Frequencies()


def test_a_letter_that_lost_a_byte_is_offered():
    line = "đã há»i các sở, bàn viá»‡c xây trưá»ng mới tại Bắc Giang"
    found = [f for f in DETECTORS[0].find(Document(line), _Context()) if f.safety is Safety.UNSAFE]
    assert [e.replacement for f in found for e in f.edits if line[: e.span.start].endswith(" h")] == ["ỏ"]


ALPHABET = "aeoêôđơư ðÐƣÃ¡»á\u00a0\u200b\u00ad\u0301\u0323\u0302\r\n\t\x07\x93\ufffdАсо^.(+d&;nbspфﬁ，ӝ®¸µéÖ1"


@settings(max_examples=300, deadline=None)
@given(st.text(ALPHABET, max_size=60))
def test_laws_hold_for_any_text(text):
    clean(text)


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        " ",
        "\n",
        "\r",
        "ð",
        "Ã",
        "Ã ",
        "µ ",
        "&",
        "\u00a0",
        "\u0301",
        "a^",
        "ӝ",
        "а b",
        "\x1b[",
        "\ufffd",
        "，",
    ],
)
def test_cost_grows_with_the_length_only(unit):
    def cost(length):
        document = Document(unit * (length // len(unit)))
        start = time.process_time()
        for _ in DETECTORS[0].find(document, _Context()):
            pass
        return time.process_time() - start

    small, large = cost(20_000), cost(160_000)
    assert large < 40 * small + 0.5
