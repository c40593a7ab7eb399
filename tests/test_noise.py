"""Stage "noise": what holds for every deletion, for the phrase lists, and for long odd texts."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ocrfix
from ocrfix import document
from ocrfix._data import data_path
from ocrfix.config import Config
from ocrfix.detectors import Context, _noise_groups
from ocrfix.detectors._noise_chrome_lines import fold_chrome
from ocrfix.detectors._noise_english import _patterns, is_english
from ocrfix.detectors._noise_lines import Sheet, breaks_sentence, skeleton
from ocrfix.detectors._noise_litter_pages import expand
from ocrfix.detectors.noise import DETECTORS
from ocrfix.document import Document
from ocrfix.model import Safety
from ocrfix.repair import apply, choose
from ocrfix.report import Status

PROSE = (
    "Sáng 14-9, Hội Nông dân huyện biểu dương các hộ sản xuất, kinh doanh giỏi của 18 xã.",
    "Các cấp hội đã tín chấp cho hội viên vay trên 180 tỷ đồng để mở rộng chuồng trại.",
    "Tuy vậy, việc tiêu thụ nông sản còn khó khăn, nhiều hộ vẫn làm nhỏ lẻ.",
    "Thời gian tới, hội sẽ giúp bà con đưa sản phẩm lên sàn thương mại điện tử.",
)
LITTER = (
    "Chia sẻ bài viết",
    "BÌNH LUẬN (0)",
    "Lượt xem: 1.204",
    "{author_name}",
    "[object Object]",
    "[illegible]",
    "The text continues on the next page.",
    "Page 3 of 10",
)


def findings(text, config=None):
    (detector,) = DETECTORS
    return list(detector.find(Document(text), Context(config or Config())))


def once(text, config=None):
    """The text after one run of the detector, and whether every finding to be applied was."""
    config = config or Config()
    fates = choose(text, findings(text, config), config)
    applied = [f for f, status in fates if status is Status.APPLIED]
    edits = sorted((e for f in applied for e in f.edits), key=lambda e: e.span)
    return apply(text, edits), all(status is not Status.SKIPPED for _, status in fates)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*PROSE, *LITTER]), st.sampled_from(["\n\n", "\n\n\n", "\n \n\t\n", "\n\n\f"])
        ),
        min_size=1,
        max_size=12,
    )
)
def test_litter_goes_and_prose_stays(blocks):
    text = PROSE[0] + "\n\n" + "".join(block + gap for block, gap in blocks) + PROSE[1]
    cleaned, whole = once(text)
    assert whole, "the edits of one run must fit together"
    kept = [PROSE[0], *(block for block, _ in blocks if block in PROSE), PROSE[1]]
    assert [line for line in cleaned.replace("\f", "\n").split("\n") if line.strip()] == kept
    assert not [f for f in findings(cleaned) if f.safety is Safety.SAFE]


@given(st.lists(st.sampled_from([*PROSE, *LITTER]), min_size=1, max_size=8), st.integers(2, 5))
def test_exactly_one_blank_line_stays_where_litter_stood(blocks, newlines):
    text = ("\n" * newlines).join([PROSE[0], LITTER[0], *blocks, LITTER[1], PROSE[1]])
    cleaned, _ = once(text)
    kept = [b for b in blocks if b in PROSE]
    after_first = kept[0] if kept else PROSE[1]
    assert cleaned.startswith(f"{PROSE[0]}\n\n{after_first}")
    before_last = kept[-1] if kept else PROSE[0]
    assert cleaned.endswith(f"{before_last}\n\n{PROSE[1]}")


@given(st.lists(st.sampled_from([*PROSE, *LITTER]), min_size=1, max_size=10))
def test_lines_of_one_block_stay_lines(lines):
    text = "\n".join([PROSE[0], *lines, PROSE[1]])
    cleaned, _ = once(text)
    assert cleaned.split("\n") == [PROSE[0], *(line for line in lines if line in PROSE), PROSE[1]]


@given(st.text(alphabet="aBề 12-.\n\f[]{}<>`|:“\"'©Trang", max_size=200))
def test_any_text_is_survived_and_only_deleted_from(text):
    cleaned, whole = once(text, Config(unsafe=True))
    assert whole
    rest = iter(text)
    assert all(c in rest for c in cleaned), "what stays is a subsequence of the text"


def test_findings_are_pure_and_sorted():
    text = "\n\n".join([PROSE[0], *LITTER, PROSE[1]])
    first, second = findings(text), findings(text)
    assert first == second
    assert [f.span for f in first] == sorted(f.span for f in first)
    assert {f.rule.code for f in first} == {"NOI001", "NOI003", "NOI004", "NOI005"}


def test_protected_litter_stays_whole():
    text = "\n\n".join([PROSE[0], "Chia sẻ bài viết", "BÌNH LUẬN (0)", PROSE[1]])
    config = Config(protect=("BÌNH LUẬN",))
    cleaned, _ = once(text, config)
    assert cleaned == "\n\n".join([PROSE[0], "BÌNH LUẬN (0)", PROSE[1]])


def test_ignored_rule_does_not_lend_its_lines_to_another():
    text = "\n\n".join([PROSE[0], "Bình luận", "[object Object]"])
    alone, _ = once(text, Config(ignore=("NOI003",)))
    both, _ = once(text)
    assert alone == text
    assert both == PROSE[0]


@pytest.mark.parametrize(
    "sign", ["a", "đ", " ", "\n", "\f", "[", "{{", "<", "“", "1\n", "- ", "`", "The text "]
)
def test_long_runs_of_one_sign_take_no_more_than_linear_time(sign):
    def seconds(size):
        text = (sign * (size // len(sign) + 1))[:size]
        start = time.perf_counter()
        findings(text)
        return time.perf_counter() - start

    seconds(20_000)
    small, large = min(seconds(50_000) for _ in range(3)), seconds(500_000)
    assert large < 40 * small + 0.5


def _book(pages):
    """Pages of prose, each with a header of its own reading and a number, without page breaks."""
    return "\n\n".join(
        f"{number} Chuyện bên sôn{'gq'[number % 7 == 0]}\n\n{PROSE[number % 4] * 6}"
        for number in range(11, 11 + pages)
    )


def test_comparing_lines_is_linear_in_the_lines(monkeypatch):
    compared = []
    original = _noise_groups.process.cdist

    def counted(seeds, keys, **options):
        compared.append(len(seeds) * len(keys))
        return original(seeds, keys, **options)

    monkeypatch.setattr(_noise_groups.process, "cdist", counted)

    def work(size):
        compared.clear()
        words = (f"{'abcdghiklm'[n % 10]}{'aeiou'[n // 10 % 5]}{'nmtpc'[n // 50 % 5]}" for n in range(size))
        lines = [f"{word} {'aeo'[i % 3]}n {word} {i % 11}" for i, word in enumerate(words)] * 2
        findings(f"\n\n{PROSE[0]}\n\n".join(lines))
        return sum(compared)

    small, large = work(600), work(2400)
    assert small > 0
    assert large <= 5 * small


def test_every_page_of_a_long_book_loses_its_furniture():
    cleaned, whole = once(_book(300))
    assert whole
    assert "Chuyện bên sôn" not in cleaned
    assert cleaned.count(PROSE[0]) == 75 * 6


def test_bare_line_ends_are_not_walked_through_one_by_one(monkeypatch):
    seen = []
    lines = document._LINE

    class Counted:
        @staticmethod
        def finditer(text):
            for match in lines.finditer(text):
                seen.append(match.span())
                yield match

    monkeypatch.setattr(document, "_LINE", Counted)
    assert len(Document("Tin vắn" + "\n" * 1000 + "\f" * 1000 + "Báo Xuân").blocks) == 2
    assert len(seen) == 2


def _phrases():
    lines = data_path("vi", "web-chrome.txt").read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def test_phrase_list_has_no_double_and_known_tiers():
    phrases = [phrase for _, phrase in _phrases()]
    assert len(phrases) == len(set(phrases))
    assert {tier for tier, _ in _phrases()} == {"sure", "near", "solo", "weak", "section", "keys", "link"}
    folded = [fold_chrome(p.replace("#", "12")) for p in phrases if not p.endswith("…")]
    clashes = {f for f in folded if folded.count(f) > 1}
    assert not clashes, clashes


def test_every_sure_phrase_is_found_as_a_whole_line():
    for tier, phrase in _phrases():
        if tier == "sure":
            line = phrase.replace("#", "12").replace("…", " và hơn thế").capitalize()
            text = f"{PROSE[0]}\n\n{line}\n\n{PROSE[1]}"
            assert once(text)[0] == f"{PROSE[0]}\n\n{PROSE[1]}", line


def test_no_phrase_is_taken_out_of_a_sentence():
    for _, phrase in _phrases():
        line = phrase.replace("#", "12").replace("…", "")
        text = f"{PROSE[0]}\n\nTrong buổi họp, nhiều người nhắc đến chữ {line} ở cuối trang.\n\n{PROSE[1]}"
        assert once(text)[0] == text, line


def test_remark_patterns_compile_and_have_tiers():
    assert set(_patterns()) == {"sure", "likely"}


@pytest.mark.parametrize(
    ("sentence", "english"),
    [
        ("The rest of the text is cut off.", True),
        ("Here are the names of Nguyễn Văn Bình and his family.", True),
        ("Công ty The Garden of Eden khai trương.", False),
        ("Hội nghị đã bầu ban chấp hành mới.", False),
        ("Chung ta cung di den nha ban an com.", False),
        ("Samsung Galaxy", False),
    ],
)
def test_english(sentence, english):
    assert is_english(sentence) is english


def test_noisy_copies_share_a_skeleton():
    assert skeleton("BÁO QUÊ HƯƠNG  số 12") == skeleton("Bảo Quê Hượng so 34")


def test_a_sentence_is_broken_only_between_long_lines():
    long = "Hội nghị đã nghe báo cáo của các huyện và"
    assert breaks_sentence(Sheet(Document(f"{long}\n\n12\n\nthành phố về kết quả sản xuất")), 1)
    assert not breaks_sentence(Sheet(Document(f"{long}.\n\n12\n\nthành phố về kết quả sản xuất")), 1)
    assert not breaks_sentence(Sheet(Document("Gạo tẻ\n\n12\n\ngạo nếp")), 1)
    assert not breaks_sentence(Sheet(Document(f"{long}\n\n12\n\na) thành phố về kết quả sản xuất")), 1)


def _litter():
    """A line of every template of litter, another one for each."""
    rows = data_path("vi", "litter-lines.txt").read_text("utf-8").splitlines()
    templates = [row.split("\t")[1] for row in rows if row and not row.startswith("#")]
    return [Random(n).choice(expand(template, Random(n))) for n, template in enumerate(templates)]


def test_a_second_run_finds_nothing_more():
    lines = [*_litter(), "(3.502 lượt xem)", "I hope this helps.", "Let me know if you need anything else!"]
    for at in range(0, len(lines), 3):
        some = lines[at : at + 3]
        for text in (
            "\n\n".join([*some[:2], *PROSE, *some[2:]]),
            "\n\n".join([PROSE[0], *some, *PROSE[1:]]),
            "\n\n".join([*PROSE, "\n".join(some)]),
        ):
            cleaned = ocrfix.clean(text, ocrfix.Config(select=("NOI",))).text
            assert ocrfix.clean(cleaned, ocrfix.Config(select=("NOI",))).text == cleaned, some
            assert all(p in cleaned for p in PROSE), some
