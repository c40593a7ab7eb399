"""The language model: tokens, static maps, estimation, the file, and scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrfix.language_model import ModelFileError, learn, load
from ocrfix.language_model.counting import count_ngrams, encode, without
from ocrfix.language_model.model import SKIP_ID, LanguageModel
from ocrfix.language_model.passage import Options, Passage
from ocrfix.language_model.static_map import build
from ocrfix.language_model.tokens import TOKEN, normal_form

SENTENCES = (
    "Chi hội phụ nữ xã tổ chức họp.",
    "Chi hội phụ nữ thôn tổ chức họp.",
    "Quỹ vì người nghèo của xã đã vận động được 12 triệu đồng.",
    "Quỹ vì người nghèo của thôn đã vận động được 3 triệu đồng.",
)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> LanguageModel:
    folder = tmp_path_factory.mktemp("lm")
    corpus = folder / "corpus.txt"
    lines = [f"Ngày {k} tháng này, {s.lower()}" for k in range(30) for s in SENTENCES]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    learn([corpus], folder / "small.lm", size=1.0, min_count=2)
    return LanguageModel(folder / "small.lm")


@given(st.sets(st.integers(1, 2**63), min_size=1, max_size=500), st.booleans())
def test_a_static_map_gives_back_its_values(keys, wide):
    array = np.array(sorted(keys), dtype=np.uint64)
    values = np.arange(len(array)) % 128
    built = build(array, values, 7, wide=wide)
    assert built.get(array).tolist() == values.tolist()


def test_a_static_map_knows_strangers():
    rng = np.random.default_rng(5)
    keys = np.unique(rng.integers(0, 2**63, 20_000).astype(np.uint64))
    built = build(keys[::2], np.zeros(len(keys[::2]), dtype=int), 12, wide=True)
    taken = (built.get(keys[1::2]) >= 0).mean()
    assert taken < 4 * 2**-12


def test_ngrams_do_not_cross_paragraphs():
    ids = np.array([0, 5, 6, 0, 7, 8], dtype=np.uint16)
    keys, counts = count_ngrams(ids, 2)
    pairs = [(int(k) >> 16, int(k) & 0xFFFF) for k in keys]
    assert pairs == [(0, 5), (0, 7), (5, 6), (7, 8)]
    assert counts.tolist() == [1, 1, 1, 1]


def test_a_paragraph_counts_once(tmp_path):
    corpus = tmp_path / "c.txt"
    corpus.write_text("Vì người nghèo\nvì người nghèo \n\fKhác hẳn\n", encoding="utf-8")
    tokens, forms = encode([corpus])
    assert [forms[i] for i in tokens] == ["<s>", "vì", "người", "nghèo", "<s>", "khác", "hẳn"]


def test_held_out_paragraphs_are_left_out(tmp_path):
    long = "một hai ba bốn năm sáu bảy tám chín mười trăm nghìn vạn"
    corpus = tmp_path / "c.txt"
    corpus.write_text(f"{long} ức\ngiữ lại đoạn này\n", encoding="utf-8")
    tokens, forms = encode([corpus])
    kept = without(tokens, forms, [f"đầu {long} cuối"])
    assert [forms[i] for i in kept] == ["<s>", "giữ", "lại", "đoạn", "này"]


def test_old_and_new_tone_placement_are_one_word():
    full = load()
    assert full.word_id("hoà") == full.word_id("Hòa") == full.word_id("HÒA")
    assert normal_form("thủy") == normal_form("thuỷ")


def test_probabilities_of_all_words_sum_to_one(small):
    everything = np.arange(len(small.words))
    for context in ([0, 0, 0], [small.word_id("vì"), small.word_id("người"), small.word_id("nghèo")]):
        columns = [np.full(len(everything), c) for c in context]
        total = np.exp(small.logp(everything, columns).astype(float)).sum()
        assert total == pytest.approx(1.0, abs=0.1)  # probabilities are quantised to 7 bits


def test_context_decides(small):
    right = small.score(["chi", "hội", "phụ", "nữ"]).sum()
    wrong = small.score(["quỹ", "hội", "phụ", "nữ"]).sum()
    assert right > wrong
    assert small.seam("quỹ vì người", "nghèo của xã") > small.seam("quỹ vì người", "họp của xã")


@given(st.lists(st.integers(0, 500), min_size=1, max_size=40))
def test_scores_do_not_depend_on_the_company(numbers):
    model = load()
    ids = np.array(numbers)
    padded = np.concatenate((np.zeros(3, dtype=int), ids))
    together = model.score_ids(ids)
    alone = [
        model.logp(ids[k : k + 1], [padded[k + j : k + j + 1] for j in range(3)])[0] for k in range(len(ids))
    ]
    assert together.tolist() == pytest.approx(alone)


def test_the_model_learned_is_the_same_every_time(tmp_path):
    corpus = tmp_path / "c.txt"
    corpus.write_text("\n".join(f"{s} {k}" for k in range(9) for s in SENTENCES), encoding="utf-8")
    for name in ("a.lm", "b.lm"):
        learn([corpus], tmp_path / name, size=1.0, min_count=2)
    assert (tmp_path / "a.lm").read_bytes() == (tmp_path / "b.lm").read_bytes()


@pytest.mark.parametrize("order", [2, 3])
def test_shorter_orders(tmp_path, order):
    corpus = tmp_path / "c.txt"
    corpus.write_text("\n".join(f"{s} {k}" for k in range(9) for s in SENTENCES), encoding="utf-8")
    learn([corpus], tmp_path / "m.lm", order=order, size=1.0, min_count=2)
    model = LanguageModel(tmp_path / "m.lm")
    assert model.score(["vì", "người", "nghèo"]).sum() > model.score(["nghèo", "người", "vì"]).sum()


@pytest.mark.parametrize("order", [2, 3, 4])
def test_a_passage_and_changes_of_it_have_the_scores_of_their_words(tmp_path, order):
    corpus = tmp_path / "c.txt"
    corpus.write_text("\n".join(f"{s} {k}" for k in range(9) for s in SENTENCES), encoding="utf-8")
    learn([corpus], tmp_path / "m.lm", order=order, size=1.0, min_count=2)
    model = LanguageModel(tmp_path / "m.lm")
    numbers = [i for s in SENTENCES for i in [*model.ids_of(s), 0, 0, 0]]
    ids = np.array([0, 0, 0, *numbers])
    passage = Passage(model, ids)
    assert passage.scores(3).tolist() == model.score_ids(ids)[3:].tolist()
    rng = np.random.default_rng(3)
    at = np.flatnonzero(ids)
    words = rng.integers(1, len(model.words), len(at))
    options = Options(passage, at, words)
    kept = rng.random(len(at)) < 0.5
    scores, _, targets = options.score(0, 2)
    assert ((scores * (targets != 0)).sum(0) <= options.ceiling() + 1e-4).all()
    for begin, end, chosen, some in (
        (0, 2, options, np.ones(len(at), bool)),
        (1, 4, options.kept(kept), kept),
    ):
        scores, orders, targets = chosen.score(begin, end)
        for column, (place, word) in enumerate(zip(at[some], words[some], strict=True)):
            changed = ids.copy()
            changed[place] = word
            window = np.arange(place + begin, place + end)
            expected, held = model.logp_orders(changed[window], [changed[window - 3 + k] for k in range(3)])
            assert targets[:, column].tolist() == changed[window].tolist()
            assert scores[:, column].tolist() == expected.tolist()
            assert orders[:, column].tolist() == held.tolist()
    assert orders.max() == order


@given(st.text('aớ0.,:"“_- \n\t\u2003đ\u0301', max_size=40))
def test_tokens_are_the_same_piece_by_piece(text):
    model = load()
    tokens = [(model.word_id(m.group()), m.group(), m.start()) for m in TOKEN.finditer(text)]
    tokens = [token for token in tokens if token[0] != SKIP_ID]
    ids, surfaces, starts = model.cut(text)
    assert list(zip(ids, surfaces, starts.tolist(), strict=True)) == tokens
    assert model.ids_of(text) == ids


def test_foreign_and_damaged_files_are_refused(tmp_path):
    path = tmp_path / "x.lm"
    path.write_text("not a model", encoding="utf-8")
    with pytest.raises(ModelFileError, match="not a language model"):
        LanguageModel(path)
    corpus = tmp_path / "c.txt"
    corpus.write_text("\n".join(f"{s} {k}" for k in range(9) for s in SENTENCES), encoding="utf-8")
    learn([corpus], path, size=1.0, min_count=2)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(ModelFileError, match="cut short"):
        LanguageModel(path)


def test_no_words_no_model(tmp_path):
    corpus = tmp_path / "c.txt"
    corpus.write_text("một\n", encoding="utf-8")
    with pytest.raises(ValueError, match="too few words"):
        learn([corpus], tmp_path / "m.lm")
    assert not (tmp_path / "m.lm").exists()


@given(st.text())
def test_tokens_cover_everything_but_white_space(text):
    covered = "".join(m.group() for m in TOKEN.finditer(text))
    assert covered == "".join(text.split())
