"""The context model: its arithmetic, its file, what it learns from, and how it is heeded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ocrfix
from ocrfix._arrays import ArraysError, read_arrays, write_arrays
from ocrfix.correction import context
from ocrfix.correction._choice_learning import fit_choice
from ocrfix.correction._context_data import Places
from ocrfix.correction.confidence import load_confidence
from ocrfix.correction.context import NEAR, WIDE, ContextModel, Weights, load_context, vocabulary_digest
from ocrfix.correction.corrector import Corrector, load_corrector
from ocrfix.correction.decoder import decode
from ocrfix.correction.reading import read
from ocrfix.correction.rescoring import EVEN, rescore
from ocrfix.document import Document
from ocrfix.language_model import load

SEEN, MEANT, VECTOR, MEANS, HIDDEN, OUT = 12, 20, 4, 2, 6, 5


def tiny(seed: int = 0) -> Weights:
    rng = np.random.default_rng(seed)

    def some(*shape):
        return rng.normal(0, 0.5, shape).astype(np.float32)

    return Weights(
        words=some(SEEN, VECTOR),
        salience=some(SEEN, MEANS),
        distance=some(MEANS, 2 * WIDE + 1),
        across=some(MEANS),
        near=some(2 * NEAR * VECTOR, HIDDEN),
        wide=some(MEANS * VECTOR, HIDDEN),
        bias=some(HIDDEN),
        again=some(HIDDEN, HIDDEN),
        again_bias=some(HIDDEN),
        out=some(HIDDEN, OUT),
        meant=some(MEANT, OUT),
        common=some(MEANT),
    )


def by_the_book(w: Weights, text: list[int], at: int, option: int) -> float:
    """The score of one option, word by word. The text has one boundary at most between two blocks."""
    block, blocks = 0, []
    for word in text:
        block += word == 0
        blocks.append(block)
    near, shares = [], [[] for _ in range(MEANS)]
    for step in range(-WIDE, WIDE + 1):
        k = at + step
        inside = 0 <= k < len(text)
        word = text[k] if inside else 0
        word = word if word < SEEN else 1
        same = inside and word != 0 and blocks[k] == blocks[at]
        if word and step:
            for m in range(MEANS):
                weight = w.salience[word, m] + w.distance[m, step + WIDE] + (0 if same else w.across[m])
                shares[m].append((float(weight), w.words[word]))
        if step and abs(step) <= NEAR:
            # the boundary of the own block is seen, what lies behind it is not
            edge = word == 0 and all(
                0 <= j < len(text) and text[j] != 0 for j in range(min(k, at) + 1, max(k, at))
            )
            near.append(w.words[word] if same or edge else np.zeros(VECTOR))
    means = []
    for share in shares:
        top = max(weight for weight, _ in share)
        total = sum(np.exp(weight - top) for weight, _ in share)
        means.append(sum(np.exp(weight - top) / total * vector for weight, vector in share))
    first = np.maximum(np.concatenate(near) @ w.near + np.concatenate(means) @ w.wide + w.bias, 0)
    second = first + np.maximum(first @ w.again + w.again_bias, 0)
    return float(second @ w.out @ w.meant[option] + w.common[option])


TEXTS = st.lists(st.lists(st.integers(1, MEANT - 1), min_size=2, max_size=25), min_size=1, max_size=4)


@given(TEXTS, st.data())
@settings(max_examples=40)
def test_scores_in_bulk_equal_the_book(blocks, data):
    weights = tiny()
    text = [0] + [word for block in blocks for word in (*block, 0)]
    places = [k for k, word in enumerate(text) if word]
    at = sorted(data.draw(st.sets(st.sampled_from(places), min_size=1, max_size=5)))
    options = [data.draw(st.lists(st.integers(1, MEANT - 1), min_size=1, max_size=4)) for _ in at]
    # blocks are parted by three boundaries in a reading; the model sees one
    wide = np.repeat(text, [3 if word == 0 else 1 for word in text])
    where = [3 * text[:k].count(0) + k - text[:k].count(0) for k in at]
    found = ContextModel(lambda: weights).score(
        wide, np.array(where), np.concatenate(options), np.array([len(o) for o in options])
    )
    expected = [by_the_book(weights, text, k, o) for k, some in zip(at, options, strict=True) for o in some]
    assert found.tolist() == pytest.approx(expected, abs=1e-3)


def test_the_own_word_is_not_looked_at():
    model = ContextModel(tiny)
    text = np.array([0, 3, 4, 5, 6, 0])
    other = np.array([0, 3, 9, 5, 6, 0])
    args = (np.array([2]), np.array([4, 9]), np.array([2]))
    assert model.score(text, *args).tolist() == model.score(other, *args).tolist()


def test_a_model_is_written_and_read(tmp_path):
    words = load()
    context.write(tmp_path / "c.model", tiny(), vocabulary_digest(words), {"places": 7})
    args = (np.array([0, 3, 4, 5, 6, 0]), np.array([2, 3]), np.array([4, 9, 3]), np.array([2, 1]))
    model = load_context(words, str(tmp_path / "c.model"))
    assert model is not None
    assert model.score(*args).tolist() == pytest.approx(ContextModel(tiny).score(*args).tolist(), abs=0.1)
    first = (tmp_path / "c.model").read_bytes()
    context.write(tmp_path / "c.model", tiny(), vocabulary_digest(words), {"places": 7})
    assert (tmp_path / "c.model").read_bytes() == first
    context.write(tmp_path / "d.model", tiny(), "another vocabulary", {})
    assert load_context(words, str(tmp_path / "d.model")) is None


@pytest.mark.parametrize("size", [0, 10, 30, 2000, -1])
def test_a_damaged_model_is_refused(tmp_path, size):
    words = load()
    path = tmp_path / f"c{size}.model"
    context.write(path, tiny(), vocabulary_digest(words), {})
    data = path.read_bytes()
    path.write_bytes(data[:size] if size >= 0 else data[:-1] + bytes((data[-1] ^ 1,)))
    with pytest.raises(ArraysError, match=f"c{size}"):
        load_context(words, str(path))


def test_arrays_come_back_as_they_were(tmp_path):
    arrays = {"a": np.arange(6, dtype=np.int8).reshape(2, 3), "b": np.zeros(0, dtype=np.float32)}
    write_arrays(tmp_path / "x", b"magic\n", {"n": 1}, arrays)
    header, found = read_arrays(tmp_path / "x", b"magic\n", "a test")
    assert header["n"] == 1
    assert {k: v.tolist() for k, v in found.items()} == {k: v.tolist() for k, v in arrays.items()}
    with pytest.raises(ArraysError, match="is not a test"):
        read_arrays(tmp_path / "x", b"other\n", "a test")


def test_what_is_learned_from_is_right_text_with_slips():
    corrector = load_corrector()
    line = "Hội Chữ thập đỏ xã đã vận động nhân dân ủng hộ quỹ vì người nghèo trong tháng cao điểm . "
    ids = np.array([0, *corrector.model.token_ids(line * 200)], dtype=np.uint16)
    places = Places(ids, corrector.model, corrector.candidates)
    one, again, other = places.batch(1, 5), places.batch(1, 5), places.batch(1, 6)
    assert all((a == b).all() for a, b in zip(one, again, strict=True))
    assert (one.text != other.text).any()
    known = set(ids.tolist())
    assert set(one.words[:, 0].tolist()) <= known
    assert not (one.words[:, 1:] == one.words[:, :1]).any()
    slips = np.mean([word not in known for word in one.text.ravel().tolist()])
    assert 0.005 < slips < 0.1


def test_weights_of_the_choice_are_found_again():
    rng = np.random.default_rng(3)
    wanted = np.array([1.0, 0.4, -0.3, 0.2, 0.5, 0.8, -0.6, 0.3])
    places = []
    for _ in range(6000):
        rows = rng.normal(0, 1.5, (4, 8)).astype(np.float32)
        chance = np.exp(rows @ wanted)
        places.append((rows, int(rng.choice(4, p=chance / chance.sum()))))
    assert list(fit_choice(places)) == pytest.approx(wanted.tolist(), abs=0.1)


def test_an_unheeded_context_model_changes_nothing():
    corrector = load_corrector()
    reading = read(Document("Chi bộ đã hop bàn vẽ việc nây và thống nhát cao"), corrector.model)
    before = decode(reading, corrector.model, corrector.candidates)
    after = rescore(reading, before, corrector.context, corrector.model.unigram, EVEN)
    assert any(p.context is not None for p in after.places)
    for one, other in zip(before.places, after.places, strict=True):
        best = int(one.options[one.posterior.argmax()])
        assert int(other.options[other.posterior.argmax()]) == best
        assert other.posterior.sum() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "read", "meant"),
    [
        ("Bà cụ ngồi bên cửa sổ, đeo kính, xâu kim rồi tỉ mẩn mây lại chiếc áo cho cháu.", "mây", "may"),
        ("Chị mua hai mét vải hoa về nhờ thợ mây cho con gái một chiếc áo dài đi học.", "mây", "may"),
    ],
)
def test_the_sentence_decides(text, read, meant):
    corrector = load_corrector()
    words = corrector.model.token_ids(text.replace(".", ""))
    ids = np.array([0, *words, 0])
    options = np.array(corrector.model.word_ids([read, meant]))
    at = np.array([ids.tolist().index(int(options[0]))])
    scores = corrector.context.score(ids, at, options, np.array([2]))
    assert scores[1] > scores[0] + 1


def test_without_a_context_model_the_n_grams_decide():
    full = load_corrector()
    plain = Corrector(full.model, full.candidates, load_confidence(context=False))
    assert [c.meant for c in plain.correct(Document("Quỹ Vi người nghèo"))] == ["Vì"]


def test_learning_goes_on_where_it_was_broken_off(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    from ocrfix.correction import context_learning

    corrector = load_corrector()
    line = "Hội Chữ thập đỏ xã đã vận động nhân dân ủng hộ quỹ vì người nghèo trong tháng cao điểm số {}.\n"
    (tmp_path / "a.txt").write_text("".join(line.format(n) for n in range(400)), encoding="utf-8")
    monkeypatch.setattr(context_learning.shutil, "which", lambda _: None)
    monkeypatch.setattr(context_learning, "_SAVED", 1)
    lines: list[str] = []

    def run(output):
        context_learning.learn_context(
            [tmp_path / "a.txt"],
            output,
            corrector.model,
            corrector.candidates,
            places=11_008,
            progress=lines.append,
        )

    run(tmp_path / "whole.model")
    step = context_learning._Trainer.step

    def broken(self, batch):
        if self.done == 1:
            raise KeyboardInterrupt
        return step(self, batch)

    monkeypatch.setattr(context_learning._Trainer, "step", broken)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "parts.model")
    monkeypatch.setattr(context_learning._Trainer, "step", step)
    run(tmp_path / "parts.model")
    assert any("going on after 5504 places" in line for line in lines)
    assert (tmp_path / "parts.model").read_bytes() == (tmp_path / "whole.model").read_bytes()
    assert not (tmp_path / "parts.model.state").exists()


def test_the_report_is_of_one_mind_with_the_text():
    text = "Tối qua, sau khi xem xong chương trình, bà cụ mới đi ngủ.\n\nSáng nay bà dậy sớm nấu cơm."
    assert ocrfix.clean(text).text == text


@pytest.mark.parametrize("kind", ["as shipped", "convolutions", "recurrent", "transformer", "query"])
def test_networks_compared_are_the_same_learned_and_used(kind, monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.syspath_prepend(Path(__file__).parent.parent / "benchmarks")
    from _networks.learned import KINDS
    from _networks.used import state_of

    rng = np.random.default_rng(5)
    inside = rng.integers(1, 900, 300)
    inside[20::45] = 0
    text = np.concatenate((np.zeros(WIDE, dtype=np.int64), inside, np.zeros(WIDE, dtype=np.int64)))
    places = np.flatnonzero(text)[::7]
    network = KINDS[kind](50, 0.25)
    with torch.no_grad():
        for values in network.parameters():
            values.add_(torch.randn(values.shape), alpha=0.1)
        window = torch.from_numpy(text[places[:, None] + np.arange(-WIDE, WIDE + 1)])
        options = torch.arange(4, 50).expand(len(places), 46)
        learned = network(window, torch.arange(len(places)), options).numpy()
        meant, common = network.meant.numpy()[4:50], network.common.numpy()[4:50]
    used = state_of(network)(text, places) @ meant.T + common
    # what is learned is rounded to 16 bits on the way
    assert abs(used - learned).max() < 0.1 * learned.std()
    moved = state_of(network)(text, places + 1) @ meant.T + common
    assert abs(moved - learned).max() > learned.std()
