"""Learning what litter looks like: the lists, the pages made of them, the whole way on a small file."""

from __future__ import annotations

from random import Random

import pytest
from articles import articles, written

from ocrfix.detectors import _noise_learning as words
from ocrfix.detectors import _noise_litter_learning as learning
from ocrfix.detectors import _noise_litter_pages as making
from ocrfix.detectors._noise_learning import read_lines, word_weights
from ocrfix.detectors._noise_litter_learning import judged, learn_networks
from ocrfix.detectors._noise_litter_pages import HANDS, Hand, hands, pages, read_right
from ocrfix.detectors._noise_traits import AGAIN, TRAITS
from ocrfix.detectors._noise_weights import KINDS, Weigher, Weights, weigher

HAND = Hand(
    {
        "chrome": ["Mời bạn bấm chuông", "Bấm chuông nhận tin", "Xem kho ảnh bản làng", "Góp lời ở dưới"],
        "remark": ["Tôi đọc không rõ dòng cuối."],
        "right": ["Ảnh: Lò Mai"],
    },
    ["SỔ GHI CÔNG\n\nTổ 1: 12 công\nTổ 2: 9 công"],
)


@pytest.fixture
def corpus(tmp_path):
    return written(tmp_path / "news.txt", articles(60))


@pytest.fixture
def fewer(monkeypatch):
    """A few of the lists' lines, so that learning is soon done."""
    some = tuple(
        Hand({kind: lines[::25] for kind, lines in one.lines.items()}, one.documents[::10]) for one in hands()
    )
    every = making.templates
    for module in (making, learning):
        monkeypatch.setattr(module, "hands", lambda: some)
    monkeypatch.setattr(words, "hands", lambda: some)
    monkeypatch.setattr(words, "templates", lambda kind: list(every(kind))[::25])


def test_lists_of_every_hand():
    assert len(hands()) == HANDS
    for one in hands():
        assert all(len(lines) > 100 for lines in one.lines.values())
        assert all("\f" not in document and document.strip() for document in one.documents)
    lines = [(kind, line) for one in hands() for kind, some in one.lines.items() for line in some]
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize("seed", range(4))
def test_litter_is_where_it_is_said_to_be(corpus, seed):
    right = read_right([corpus])
    known = {line for kind in KINDS for line in HAND.lines[kind]}
    headlines = {rows[0] for rows in articles(60)}
    laid = 0
    for page in pages(HAND, right, Random(seed), 12):
        for start, kind in page.litter.items():
            line = page.text[start:].split("\n")[0]
            assert kind in KINDS
            assert line in known | headlines
            laid += 1
    assert laid > 20


def test_right_documents_come_as_they_are(corpus):
    found = [page for page in pages(HAND, read_right([corpus]), Random(3), 4) if not page.litter]
    assert HAND.documents[0] in [page.text for page in found]


def test_what_is_learned_from_makes_no_pages(corpus):
    (right,) = read_right([corpus])
    assert right.words
    assert right.pages
    assert not {tuple(piece) for piece in right.words} & {tuple(piece) for piece in right.pages}


def test_words_of_a_hand_left_out_are_not_learned(corpus, monkeypatch):
    other = Hand({"chrome": ["Xem kho ảnh", "Góp lời"], "remark": [], "right": []})
    monkeypatch.setattr(words, "hands", lambda: (HAND, other))
    monkeypatch.setattr(words, "templates", lambda _kind: ["{In|Lưu} bài"])
    lines = read_lines("chrome", read_right([corpus]))
    assert "chuông" in word_weights(lines).words
    assert "chuông" not in word_weights(lines, left_out=1).words
    assert "chuông" in word_weights(lines, left_out=2).words


def test_weights_are_rounded_as_they_are_written(tmp_path):
    weights = Weights(-1.25, {"chia": 0.31, "=new 0": -0.5})
    learning._write_weights(tmp_path / "w.json", [("chrome", weights), ("remark", weights)])
    assert '"bias": -125' in (tmp_path / "w.json").read_text("utf-8")


@pytest.mark.usefixtures("fewer")
def test_the_command(corpus, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        learning.main([str(corpus), "-o", str(folder), "--pages", "40"])
    names = ["litter-again.json", "litter-once.json", "litter-weights.json"]
    assert sorted(path.name for path in first.iterdir()) == names
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


def test_networks_tell_litter_from_text(corpus):
    right = read_right([corpus])
    found = [judged(page, weigher()) for page in pages(hands()[0], right, Random(8), 60)]
    once, again = learn_networks([one for one in found if len(one.rows)])
    assert once.names == TRAITS
    assert again.names == AGAIN
    fresh = [judged(page, weigher()) for page in pages(hands()[1], right, Random(9), 20)]
    for one in fresh:
        one_again = again(one.traits.again(one.rows, once(one.rows).tolist()))
        assert len(one_again) == len(one.litter)
    litter = [c for o in fresh for c, t in zip(once(o.rows), o.litter, strict=True) if t]
    text = [c for o in fresh for c, t in zip(once(o.rows), o.litter, strict=True) if not t]
    assert sum(c > 0.5 for c in litter) > 0.8 * len(litter)
    assert sum(c > 0.5 for c in text) < 0.2 * len(text)


def test_a_weigher_knows_its_words_alone():
    weights = Weights(-1.0, {"chuông": 4.0, "^": 0.0, "$": 0.0, "=new 4": -2.0})
    own = Weigher({"chrome": weights, "remark": Weights(-9.0, {})})
    found = own.weigh("Bấm chuông")
    assert found is not None
    assert found.chrome == pytest.approx(3.0)
    assert own.weigh("Gạo tẻ") is None or own.weigh("Gạo tẻ").chrome < 0
