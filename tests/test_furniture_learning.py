"""Learning what furniture of pages looks like: the list, laying it in, the whole way on a small file."""

from __future__ import annotations

import json
from random import Random
from statistics import fmean

import pytest
from articles import articles, written

from ocrfix._data import data_path
from ocrfix.detectors import _noise_recurrence_learning as learning
from ocrfix.detectors._noise_borders import weighed
from ocrfix.detectors._noise_lines import Sheet
from ocrfix.detectors._noise_recurrence import KINDS, furniture_weights
from ocrfix.detectors._noise_recurrence_learning import rows
from ocrfix.detectors._noise_recurrence_pages import (
    CONTENT,
    Entry,
    Laid,
    entries,
    furniture,
    lay_in,
    put_together,
    right_texts,
)
from ocrfix.document import Document


@pytest.fixture
def corpus(tmp_path):
    return written(tmp_path / "news.txt", articles(60))


def test_entries_of_every_kind():
    found = entries()
    kinds = {entry.kind for entry in found}
    assert kinds == {"header", "chapter", "footer", "page-number", *CONTENT}
    assert all(entry.lines and all(line.strip() for line in entry.lines) for entry in found)
    assert len({entry.lines for entry in found}) == len(found)


def test_entries_of_one_kind_each():
    text = data_path("vi", "furniture-lines.txt").read_text("utf-8")
    bodies = [piece.splitlines() for piece in text.split("\n\n")[1:]]
    assert all(len({line.partition("\t")[0] for line in body}) == 1 for body in bodies)


@pytest.mark.parametrize("seed", range(5))
def test_fields_are_filled(seed):
    rng = Random(seed)
    for entry in entries():
        if entry.kind not in CONTENT and len(entry.lines) < 6:
            lines = furniture(entry, 5, rng)
            assert len(lines) == 5
            assert not any("{" in line or "}" in line for line in lines)


def test_lines_take_turns():
    lines = furniture(Entry("header", ("{p}", "Mùa lúa chín")), 4, Random(3))
    numbers = [int(line) for line in lines if line.isdigit()]
    assert lines.count("Mùa lúa chín") == 2
    assert numbers[1] - numbers[0] == 2


def test_chapters_stay():
    lines = furniture(Entry("chapter", ("Chợ quê", "Bến sông", "Đường làng")), 12, Random(3))
    runs = "".join("ABC"[("Chợ quê", "Bến sông", "Đường làng").index(line)] for line in lines)
    assert runs.startswith(("AAB", "AAAB"))
    assert all(
        len(run) <= 3 for run in runs.replace("AB", "A B").replace("BC", "B C").replace("CA", "C A").split()
    )


def test_entries_that_stand_as_they_are():
    lines = tuple(f"tờ {n}" for n in range(8))
    for seed in range(20):
        found = furniture(Entry("page-number", lines), 5, Random(seed))
        first = lines.index(found[0])
        assert tuple(found) == lines[first : first + 5]
    assert furniture(Entry("page-number", lines), 12, Random(1)) == list(lines)


@pytest.mark.parametrize("seed", range(30))
def test_furniture_is_where_it_is_said_to_be(seed):
    laid = lay_in(Entry("header", ("Sổ tay {p}",)), articles(30), Random(seed), bad=False)
    lines = [laid.text[span.start : span.stop] for span in laid.furniture]
    headers = [line for line in lines if not line.isdigit()]
    assert len(headers) >= 2
    assert all(line.startswith("Sổ tay ") for line in headers)
    assert len(lines) in {len(headers), 2 * len(headers)}
    assert list(laid.furniture) == sorted(laid.furniture, key=lambda span: span.start)
    rest = "".join(c for i, c in enumerate(laid.text) if not any(i in span for span in laid.furniture))
    assert "Sổ tay" not in rest


@pytest.mark.parametrize("kind", CONTENT)
def test_content_is_no_furniture(kind):
    laid = put_together(Entry(kind, ("Người kể {i}", "(ký tên)")), articles(30), Random(5))
    assert laid.furniture == ()
    assert laid.text.count("(ký tên)") >= 2
    assert "Người kể 2" in laid.text


def test_right_text_is_all_there():
    right = articles(30)
    texts = list(right_texts(right, Random(2)))
    words = " ".join(laid.text for laid in texts).split()
    assert words == [word for article in right for paragraph in article for word in paragraph.split()]
    assert not any(laid.furniture for laid in texts)


def test_rows_know_furniture_from_prose():
    body = [p for article in articles(3) for p in article if len(p) > 100]
    pages, spans, text = [body[i : i + 4] for i in range(0, 24, 4)], [], ""
    for number, page in enumerate(pages, 31):
        line = f"- {number} -"
        spans.append(range(len(text), len(text) + len(line)))
        text += line + "\n\n" + "\n\n".join(page) + "\n\n" + f"Việc thứ {number}" + "\n\n"
    found = list(rows(Laid(text, tuple(spans)), furniture_weights()))
    assert {row.true for row in found} == {True, False}
    assert all(row.true == bool(row.traits.get("form digits")) for row in found if row.kind == "chain")


@pytest.fixture
def fewer(monkeypatch):
    """A few of the entries, so that learning is soon done."""
    every = entries()
    monkeypatch.setattr(learning, "entries", lambda: every[::24])


@pytest.mark.usefixtures("fewer")
def test_the_command(corpus, tmp_path):
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    learning.main([str(corpus), "-o", str(first)])
    learning.main([str(corpus), "-o", str(second)])
    assert first.read_bytes() == second.read_bytes()
    data = json.loads(first.read_text("utf-8"))
    assert data["note"].endswith("in text of news")
    weights = data["weights"]
    assert sorted(weights) == sorted(KINDS)

    right = articles(40, seed=9)
    headers, prose = [], []
    for seed in range(12):
        laid = lay_in(Entry("header", ("Những mùa nước nổi {p}",)), right, Random(seed), bad=False)
        sheet = Sheet(Document(laid.text))
        for candidate in weighed(sheet, set(), weights):
            line = sheet.lines[candidate.lines[0]].text
            if len(candidate.lines) > 3 and line.startswith("Những mùa"):
                headers.append(candidate.chance)
            if line == "Lời người dân":
                prose.append(candidate.chance)
    assert len(headers) > 5 < len(prose)
    assert fmean(headers) > 0.7
    assert max(prose) < 0.5


def test_too_little_text(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("Một dòng thôi.\n", "utf-8")
    with pytest.raises(ValueError, match="too little text: no chain that is furniture"):
        learning.learn([path], entries()[:3], times=1)


def test_the_shipped_weights_have_all_traits():
    weights = furniture_weights()
    assert sorted(weights) == sorted(KINDS)
    rng = Random(8)
    right = articles(60)
    made = [lay_in(entry, right, rng, bad=False) for entry in entries()[::3] if entry.kind not in CONTENT]
    made += [put_together(entry, right, rng) for entry in entries() if entry.kind in CONTENT]
    seen = {kind: set() for kind in KINDS}
    for laid in made:
        for candidate in weighed(Sheet(Document(laid.text)), set()):
            seen[candidate.kind].update(candidate.traits)
    assert all(seen.values())
    assert {kind: sorted(seen[kind] - weights[kind].keys()) for kind in KINDS} == {kind: [] for kind in KINDS}


def test_what_a_weight_must_say():
    weights = furniture_weights()
    for kind in KINDS:
        own = weights[kind]
        assert own["broken"] + own["broken ones"] > 0 > own["fragments"]
        assert own["bias"] < 0 < own["span"]
        assert own["sentence"] < 0
        assert all(value == round(value, 2) for value in own.values())
