"""Duplicates under damage made by program, at size, and in their parts."""

from __future__ import annotations

import itertools
import random
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ocrfix
from ocrfix.config import Config
from ocrfix.detectors import (
    Context,
    _duplicates_align,
    _duplicates_cuts,
    _duplicates_layout,
    _duplicates_rounds,
)
from ocrfix.detectors._duplicates_gaps import gap_kind, unlike
from ocrfix.detectors._duplicates_match import find_matches
from ocrfix.detectors._duplicates_tokens import fold, tokenize
from ocrfix.detectors.duplicates import Duplicates
from ocrfix.document import Document
from ocrfix.model import Safety

PARAGRAPHS = tuple(
    " ".join(paragraph.split())
    for paragraph in (
        """
        Vụ mùa năm nay, hợp tác xã Phương Viên gieo cấy một trăm hai mươi héc-ta lúa chất lượng cao,
        bao tiêu toàn bộ sản phẩm cho xã viên, nhờ đó người dân yên tâm chăm sóc ruộng đồng và mạnh
        dạn đưa máy cấy, máy gặt vào sản xuất.
        """,
        """
        Ông Đặng Hữu Tấn, giám đốc hợp tác xã, cho hay khâu khó nhất là vận động các hộ dồn đổi
        ruộng; có nhà phải đến năm lần bảy lượt mới thuận, nhưng khi thấy bờ vùng bờ thửa thẳng tắp,
        nước vào tận gốc lúa thì ai cũng mừng.
        """,
        """
        Không chỉ làm lúa, nhiều gia đình trong xã còn trồng rau màu trên đất bãi, nuôi cá lồng ven
        sông, mỗi năm thu về hàng trăm triệu đồng, xây được nhà mới, sắm sửa nông cụ và nuôi con ăn
        học thành người.
        """,
        """
        Cùng với sản xuất, phong trào văn nghệ, thể thao ở các thôn cũng sôi nổi: tối nào sân nhà
        văn hóa cũng sáng đèn, thanh niên chơi bóng chuyền, các bà các chị tập dân vũ, các cụ đánh
        cờ bên ấm chè xanh.
        """,
        """
        Năm tới, hợp tác xã dự tính mở thêm xưởng sấy thóc và kho lạnh, liên kết với doanh nghiệp
        ngoài tỉnh để gạo làng có nhãn hiệu riêng; cán bộ khuyến nông sẽ về tận ruộng hướng dẫn quy
        trình sạch cho từng tổ sản xuất.
        """,
    )
)
LOOK_ALIKE = {
    "a": "ạăâ",
    "o": "ôơọ",
    "e": "êẹc",
    "i": "íl",
    "u": "ưú",
    "n": "mh",
    "h": "b",
    "c": "e",
    "t": "l",
    "đ": "d",
}
DUP = Config(select=("DUP",))
CONTEXT = Context()


def text_of(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def misread(text: str, rate: float, seed: int) -> str:
    """The text with this share of its letters read as ones that look alike."""
    rng = random.Random(seed)
    return "".join(rng.choice(LOOK_ALIKE[c]) if c in LOOK_ALIKE and rng.random() < rate else c for c in text)


def glue(host: str, place: int, passage: str) -> str:
    """The passage set into the host before its word number ``place``."""
    words = host.split()
    return " ".join([*words[:place], passage, *words[place:]])


def check_laws(original: str, config: Config = DUP) -> str:
    """The cleaned text, after the laws that hold for every repair."""
    result = ocrfix.clean(original, config)
    assert ocrfix.replay(result.report, original) == result.text
    assert ocrfix.revert(result.report, result.text) == original
    assert ocrfix.clean(result.text, config).text == result.text
    return result.text


def findings(text: str):
    return list(Duplicates().find(Document(text), CONTEXT))


@given(st.integers(0, 4), st.integers(0, 5))
def test_a_block_copied_anywhere_goes(which, place):
    blocks = list(PARAGRAPHS)
    blocks.insert(max(place, which + 1), PARAGRAPHS[which])
    assert check_laws(text_of(*blocks)) == text_of(*PARAGRAPHS)


@given(st.integers(0, 4), st.integers(3, 8), st.integers(0, 1000))
def test_loops_in_copies_go_before_the_copies(which, copies, seed):
    """However many copies there are, each with a loop of its own, the passes are few."""
    rng, words = random.Random(seed), PARAGRAPHS[which].split()
    some = []
    for _ in range(copies):
        size = rng.randint(4, 7)
        at = rng.randrange(len(words) - size)
        some.append(" ".join([*words[:at], *words[at : at + size] * rng.randint(9, 30), *words[at + size :]]))
    result = ocrfix.clean(text_of(*some), DUP)
    assert not result.report.notes
    assert len(result.report.steps) <= 6
    assert len(result.text) < 2 * len(PARAGRAPHS[which]) + len(some[0])


@given(st.integers(0, 4), st.integers(0, 1000))
def test_a_misread_copy_goes_wherever_it_stands(which, seed):
    """Five letters in a hundred misread: one copy goes whole, or nothing does."""
    noisy = misread(PARAGRAPHS[which], 0.05, seed)
    before, after = PARAGRAPHS[:which], PARAGRAPHS[which + 1 :]
    for blocks in (
        [*before, PARAGRAPHS[which], noisy, *after],
        [*PARAGRAPHS, noisy],
        [*before, noisy, *after, PARAGRAPHS[which]],
    ):
        cleaned = check_laws(text_of(*blocks))
        assert cleaned in (text_of(*PARAGRAPHS), text_of(*before, noisy, *after), text_of(*blocks))


def test_most_misread_copies_go():
    """At least four in five, whichever comes first, and the better one is kept."""
    right = 0
    for seed in range(40):
        which = seed % len(PARAGRAPHS)
        noisy = misread(PARAGRAPHS[which], 0.05, seed)
        before, after = PARAGRAPHS[:which], PARAGRAPHS[which + 1 :]
        blocks = [*PARAGRAPHS, noisy] if seed % 2 else [*before, noisy, *after, PARAGRAPHS[which]]
        right += ocrfix.clean(text_of(*blocks), DUP).text == text_of(*PARAGRAPHS)
    assert right >= 32


@pytest.mark.parametrize("feed", ["\n\n\f\n\n", "\n\f\n", "\f"])
def test_a_page_read_twice_over_a_form_feed_goes_once(feed):
    """Both readings misread: one of the two goes nearly whole, whatever stands between them."""
    size = len(" ".join(PARAGRAPHS).split())
    for seed in range(8):
        pages = [
            text_of(*(misread(p, 0.02, 100 * seed + 10 * n + k) for k, p in enumerate(PARAGRAPHS)))
            for n in (0, 1)
        ]
        assert len(check_laws(feed.join(pages)).split()) <= 1.03 * size


def test_most_glued_tails_go_and_no_wrong_word_with_them():
    right = wrong = 0
    for seed in range(60):
        rng = random.Random(seed)
        a, b = rng.sample(range(len(PARAGRAPHS)), 2)
        source = PARAGRAPHS[a] + " " + PARAGRAPHS[(a + 2) % 5 if (a + 2) % 5 != b else (a + 3) % 5]
        words = source.split()
        tail = " ".join(words[-rng.randint(40, 70) :])
        host = PARAGRAPHS[b]
        place = rng.randrange(8, len(host.split()) - 8)
        cleaned = ocrfix.clean(text_of(source, glue(host, place, tail)), DUP).text
        right += cleaned == text_of(source, host)
        wrong += cleaned not in (text_of(source, host), text_of(source, glue(host, place, tail)))
    assert right >= 30
    assert wrong <= 2


@given(st.integers(0, 4), st.integers(5, 30), st.integers(2, 4), st.integers(12, 60))
def test_a_loop_leaves_one_round(which, place, size, rounds):
    words = PARAGRAPHS[which].split()
    unit = words[place : place + size]
    if len(set(map(fold, unit))) < size or any(not w.isalpha() for w in unit):
        return
    looped = " ".join([*words[: place + size], *unit * rounds, *words[place + size :]])
    cleaned = check_laws(looped)
    assert cleaned.count(" ".join(unit)) <= 2
    assert len(cleaned.split()) <= len(words) + size


@given(
    st.lists(
        st.sampled_from(
            [
                *PARAGRAPHS,
                "Ảnh: Minh Đức",
                "- Một",
                "Dòng thơ ngắn",
                "ha ha ha",
                "\n",
                "\f",
                "1. Điều",
                "a b",
                "của các của các",
            ]
        ),
        max_size=12,
    ),
    st.booleans(),
)
def test_the_laws_hold_for_any_arrangement(pieces, unsafe):
    for joint in ("\n", "\n\n", " "):
        check_laws(joint.join(pieces), Config(select=("DUP",), unsafe=unsafe))


def test_right_text_stays():
    right = text_of("Gạo làng Phương Viên", *PARAGRAPHS, "Bài và ảnh: Thu Hiền")
    assert not findings(right)


def test_every_finding_names_what_is_kept():
    text = text_of(*PARAGRAPHS, misread(PARAGRAPHS[1], 0.05, 3), PARAGRAPHS[3], "của các " * 20)
    found = findings(text)
    assert {f.rule.code for f in found} >= {"DUP001", "DUP002", "DUP004"}
    for finding in found:
        kept = finding.evidence["kept"]
        assert text[kept["start"] : kept["end"]].startswith(kept["text"].rstrip("… ")[:20])
        assert finding.evidence["why"]
        assert 0 < finding.evidence["similarity"] <= 1
        assert not any(e.span.start <= kept["start"] < e.span.end for e in finding.edits[-1:])


def test_the_copy_kept_for_the_third_is_the_first():
    text = text_of(PARAGRAPHS[0], PARAGRAPHS[1], PARAGRAPHS[0], PARAGRAPHS[2], PARAGRAPHS[0])
    found = [f for f in findings(text) if f.safety is Safety.SAFE]
    assert [f.evidence["kept"]["start"] for f in found] == [0, 0]


class _Reader(Context):
    """A context whose model likes what it is told to like."""

    def quality(self, text: str) -> float:
        return -1.0 if "Đặng Hữu Tấn" in text else -2.0

    def seam(self, left: str, right: str) -> float:  # noqa: ARG002
        return 1.0


@pytest.mark.parametrize("first_is_better", [True, False])
def test_the_better_read_copy_is_kept_in_the_first_place(first_is_better):
    good = PARAGRAPHS[1]
    bad = good.replace("Đặng Hữu Tấn", "Đậng Hữu Tẩn").replace("vận động", "vặn dộng")
    pair = (good, bad) if first_is_better else (bad, good)
    text = text_of(pair[0], PARAGRAPHS[0], pair[1], PARAGRAPHS[2])
    (found,) = Duplicates().find(Document(text), _Reader())
    cleaned = text
    for edit in sorted(found.edits, key=lambda e: e.span, reverse=True):
        cleaned = cleaned[: edit.span.start] + edit.replacement + cleaned[edit.span.end :]
    assert cleaned == text_of(good, PARAGRAPHS[0], PARAGRAPHS[2])
    assert len(found.edits) == (1 if first_is_better else 2)
    if not first_is_better:
        moved = found.edits[0]
        assert moved.source is not None
        assert text[moved.source.slice] == moved.replacement


def test_numbers_and_names_make_another_text():
    one = PARAGRAPHS[0].replace("một trăm hai mươi", "120")
    assert not findings(text_of(one, PARAGRAPHS[1], one.replace("120", "130")))
    assert not findings(
        text_of(PARAGRAPHS[1], PARAGRAPHS[0], PARAGRAPHS[1].replace("Đặng Hữu Tấn", "Lê Bá Chung"))
    )


@given(st.text(alphabet="aăâbcđeêghi 0123\n.,-–\u0301😀漢", max_size=300))
def test_tokens_are_the_words(text):
    tokens = tokenize(text)
    assert (tokens.start < tokens.end).all()
    assert (tokens.end[:-1] <= tokens.start[1:]).all()
    keys = {}
    for start, end, key in zip(tokens.start, tokens.end, tokens.key, strict=True):
        assert keys.setdefault(int(key), fold(text[start:end])) == fold(text[start:end])
    for n, (start, end) in enumerate(zip(tokens.start, tokens.end, strict=True)):
        assert tokens.folded(n, n + 1) == fold(text[start:end])
        assert tokens.apart[n] or text[start - 1 : start] == " "
        assert tokens.odd[n] == any(c in "\u0301😀漢" for c in text[start:end])
    covered = np.zeros(len(text), dtype=bool)
    for start, end in zip(tokens.start, tokens.end, strict=True):
        covered[start:end] = True
    assert all(covered[i] for i, c in enumerate(text) if c.isalnum() and c != "😀")


def test_tokens_do_not_depend_on_pieces(monkeypatch):
    text = "\n".join(PARAGRAPHS * 3)
    whole = tokenize(text)
    monkeypatch.setattr("ocrfix.detectors._duplicates_tokens._PIECE", 100)
    parted = tokenize(text)
    for column in ("start", "end", "key", "apart", "odd", "first"):
        assert (getattr(whole, column) == getattr(parted, column)).all()
    assert whole.letters == parted.letters


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("người dân", "ngưòi đân", "reading"),
        ("trồng cây", "trồngcây", "reading"),
        ("1.900 hộ", "l.9OO hộ", "reading"),
        ("khoản 2", "khoản 3", "number"),
        ("12 hộ", "hộ", "number"),
        ("tăng", "giảm", "content"),
        ("bà Hà", "ông Bình", "content"),
        ("", "không", "content"),
        ("a", "b", "content"),
    ],
)
def test_how_copies_differ(one, other, kind):
    assert gap_kind(one, other) == gap_kind(other, one) == kind


@given(st.text(alphabet="aăâđêg hi01.k ", max_size=24), st.text(alphabet="aăâđêg hi01.k ", max_size=24))
def test_what_is_surely_unlike_is_no_reading(one, other):
    """The quick look says of no two readings that they are none."""
    tokens = tokenize(f"{one}\n{other}")
    middle = int(np.searchsorted(tokens.start, len(one)))
    if unlike(tokens, (0, middle), (middle, len(tokens.start))):
        assert gap_kind(one, other) != "reading"


def test_matches_do_not_overlap_each_other():
    text = " ".join(PARAGRAPHS * 4)
    found = find_matches(text, tokenize(text))
    assert found
    for match, after in itertools.pairwise(found):
        assert match.q1 <= after.q0
    assert all(m.p0 < m.q0 and m.p1 < m.q1 for m in found)


BIG = {
    "one letter": "a" * 2_000_000,
    "spaces": " " * 2_000_000,
    "newlines": "\n" * 2_000_000,
    "dots": "." * 2_000_000,
    "dots and spaces": ". " * 1_000_000,
    "one phrase": "của các " * 250_000,
    "one line": "Kính thưa các đồng chí\n" * 100_000,
    "one block": (PARAGRAPHS[0] + "\n\n") * 8_000,
    "three letters": " ".join(random.Random(2).choice("abc") for _ in range(500_000)),
    "clauses": "\n".join(
        f"{i}. Phạt tiền từ {i}.000 đồng đối với hành vi vi phạm trật tự công cộng" for i in range(20_000)
    ),
    "nearly one block": "\n\n".join(misread(PARAGRAPHS[1], 0.02, i) for i in range(3_000)),
    "quotation marks": '"' * 100 + "a " * 100_000 + "\n" * 500_000 + "b",
}


@pytest.mark.parametrize("name", BIG)
def test_time_stays_near_linear(name):
    started = time.process_time()
    findings(BIG[name])
    assert time.process_time() - started < 8.0


def test_a_block_many_times_over_becomes_one():
    text = text_of(PARAGRAPHS[1], *[PARAGRAPHS[0]] * 3_000, PARAGRAPHS[2])
    assert ocrfix.clean(text, DUP).text == text_of(PARAGRAPHS[1], PARAGRAPHS[0], PARAGRAPHS[2])


REPEATS = {
    "one block": lambda n: (PARAGRAPHS[0] + "\n\n") * n,
    "two blocks": lambda n: (PARAGRAPHS[0] + "\n\n" + PARAGRAPHS[1] + "\n\n") * n,
    "three words": lambda n: "của các cấp " * (20 * n),
    "misread blocks": lambda n: "\n\n".join(misread(PARAGRAPHS[1], 0.03, i) for i in range(n)),
    "misread loop": lambda n: " ".join(misread("giữa nước xoáy mênh mông", 0.03, i) for i in range(5 * n)),
}


@pytest.mark.parametrize("name", REPEATS)
def test_work_grows_with_the_text(name, monkeypatch):
    """Comparisons of words, not seconds: four times the text takes no more than about four times as many."""
    done = 0

    def counted(function):
        def wrapper(*args, **kwargs):
            nonlocal done
            done += 1
            return function(*args, **kwargs)

        return wrapper

    for module, names in (
        (_duplicates_align, ("unlike", "gap_kind", "_agree")),
        (_duplicates_cuts, ("unlike", "gap_kind")),
        (_duplicates_layout, ("unlike", "gap_kind")),
        (_duplicates_rounds, ("_letters", "_like")),
    ):
        for function in names:
            monkeypatch.setattr(module, function, counted(getattr(module, function)))
    work = []
    for size in (60, 240):
        done = 0
        assert findings(REPEATS[name](size))
        work.append(done)
    assert work[1] <= 5 * work[0] + 200


@given(st.integers(0, 4), st.integers(0, 300))
def test_what_only_one_copy_has_stays(which, seed):
    """Words that only one of two copies has are never lost by default."""
    rng = random.Random(seed)
    more = PARAGRAPHS[which] + " Riêng xóm Chùa, việc này còn phải chờ sang mùa nước cạn mới xong."
    pair = [more, misread(PARAGRAPHS[which], 0.03, seed)]
    rng.shuffle(pair)
    rest = [p for n, p in enumerate(PARAGRAPHS) if n != which]
    cleaned = check_laws(text_of(pair[0], *rest[:2], pair[1], *rest[2:]))
    assert "Riêng xóm Chùa, việc này còn phải chờ sang mùa nước cạn mới xong." in cleaned
