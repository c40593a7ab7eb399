"""Channel, candidates, decoder, confidence: the parts of the word corrector."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ocrfix
from ocrfix._data import data_path
from ocrfix._pairs import Pair, pages, paragraphs, read_pairs
from ocrfix.correction.alignment import align_letters, align_words
from ocrfix.correction.channel import Channel, load_channel
from ocrfix.correction.channel_counts import count_pairs, learn_channel, read_counts
from ocrfix.correction.confidence import load_confidence
from ocrfix.correction.corrector import in_case_of, load_corrector
from ocrfix.document import Document

WORDS = st.text("abcdđeêghiklmnoôơprstuưvxyàáảãạế", min_size=1, max_size=8)


def plain_cost(channel: Channel, read: str, meant: str) -> float:
    """-log P(read | meant) by the textbook: one table, one pair."""
    from ocrfix.correction.channel import encode

    a, b = encode([meant], 14)[0], encode([read], 14)[0]
    n, m = len(meant), len(read)
    best = np.full((n + 1, m + 1), np.inf)
    best[0, 0] = 0
    for i in range(n + 1):
        for j in range(m + 1):
            if i:
                best[i, j] = min(best[i, j], best[i - 1, j] + channel._lose[a[i - 1]])
            if j:
                best[i, j] = min(best[i, j], best[i, j - 1] + channel._add[b[j - 1]])
            if i and j:
                best[i, j] = min(best[i, j], best[i - 1, j - 1] + channel._substitute[a[i - 1], b[j - 1]])
    return float(best[n, m])


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=20))
def test_costs_in_bulk_equal_the_textbook(pairs):
    from ocrfix.correction.channel import encode

    channel = load_channel()
    read, meant = [p[0] for p in pairs], [p[1] for p in pairs]
    bulk = channel.letter_costs(encode(read, 14), encode(meant, 14))
    assert bulk.tolist() == pytest.approx([plain_cost(channel, r, m) for r, m in pairs], rel=1e-4)


@given(WORDS)
def test_a_word_read_right_costs_nothing(word):
    assert load_channel().costs([word], [word])[0] == 0


def test_confusions_of_one_kind_cost_alike():
    counts = count_pairs([("bà và ta", "bá và ta")] * 40 + [("tà là cà", "tà là cà")] * 200)
    channel = Channel(counts)
    seen, unseen, other = channel.costs(["bá", "bè", "bq"], ["bà", "bé", "bà"])
    assert seen < unseen < other


def test_whole_words_outweigh_letters():
    pairs = [("chi hội", "chỉ hội")] * 3000 + [("nghi ngờ", "nghi ngờ")] * 6000
    channel = Channel(count_pairs(pairs))
    often, seldom = channel.costs(["chỉ", "nghỉ"], ["chi", "nghi"])
    assert often < seldom


def test_a_channel_is_written_and_read(tmp_path):
    source = tmp_path / "pairs.jsonl"
    source.write_text(
        json.dumps({"gold": "vì người nghèo", "ocr": "vi nguời nghèo"}) * 1 + "\n", encoding="utf-8"
    )
    source.write_text(source.read_text("utf-8") * 6, encoding="utf-8")
    counts = learn_channel([source], tmp_path / "channel.tsv")
    again = read_counts(tmp_path / "channel.tsv")
    assert again.readings == counts.readings == {("vì", "vi"): 6, ("người", "nguời"): 6}
    assert again.confusions == counts.confusions
    bad = tmp_path / "bad.tsv"
    bad.write_text("letter\ta\tmany\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.tsv, line 1"):
        read_counts(bad)


@given(st.lists(WORDS, max_size=12), st.lists(WORDS, max_size=12))
def test_alignment_loses_no_word(gold, read):
    aligned = list(align_words(" ".join(gold), " ".join(read)))
    assert [w for a, _ in aligned for w in a] == gold
    assert [w for _, b in aligned for w in b] == read


@given(WORDS, WORDS)
def test_alignment_loses_no_letter(gold, read):
    aligned = align_letters(gold, read)
    assert "".join(a for a, _ in aligned) == gold
    assert "".join(b for _, b in aligned) == read


@pytest.mark.parametrize(
    ("read", "meant"),
    [("vi", "vì"), ("đuợc", "được"), ("ắt", "bắt"), ("nguời", "người"), ("chỉ", "chi"), ("dống", "đồng")],
)
def test_the_truth_is_among_the_candidates(read, meant):
    corrector = load_corrector()
    (choices,) = corrector.candidates.find([read])
    assert len(choices.ids) <= 32
    assert meant in [corrector.model.words[i] for i in choices.ids]
    assert read not in [corrector.model.words[i] for i in choices.ids]


def test_candidates_do_not_depend_on_the_company():
    corrector = load_corrector()
    from ocrfix.correction.candidates import Candidates

    fresh = Candidates(corrector.model, load_channel())
    readings = ["vi", "nguời", "thàrh", "xyz", "a", "hệtình", "2o23"]
    together = fresh.find(readings)
    for reading, choices in zip(readings, together, strict=True):
        (alone,) = (
            Candidates(corrector.model, load_channel()).find([reading])
            if reading == "vi"
            else fresh.find([reading])
        )
        assert alone.ids.tolist() == choices.ids.tolist()


def test_evidence_names_the_alternatives():
    (finding,) = ocrfix.check("Quỹ Vi người nghèo").findings
    words = [a["word"] for a in finding.finding.evidence["alternatives"]]
    assert words[0] == "Vì"
    assert "Vi" in words


def test_blocks_do_not_see_each_other():
    corrector = load_corrector()
    one = "Quỹ Vi người nghèo của xã."
    two = "Hội nghị đã thàrh công tốt đẹp."
    apart = corrector.correct(ocrfix.Document(one))
    both = corrector.correct(ocrfix.Document(f"{one}\n\n{two}"))
    assert [c.meant for c in both][: len(apart)] == [c.meant for c in apart]


def test_a_long_document_is_decided_in_portions():
    corrector = load_corrector()
    paragraph = "Quỹ Vi người nghèo của xã đã trao qùa cho hộ nghéo. "
    short = [c.meant for c in corrector.correct(ocrfix.Document(paragraph * 2))]
    found = [c.meant for c in corrector.correct(ocrfix.Document("\n\n".join([paragraph] * 900)))]
    assert set(found) <= set(short) | set(found[:5])
    assert len(found) >= 900


@given(WORDS, st.sampled_from(["viên", "được", "chi"]))
def test_letter_case_follows_the_reading(read, word):
    assert in_case_of(word, read.lower()) == word
    assert in_case_of(word, read.upper() + "X") == word.upper()
    assert in_case_of(word, read[:1].upper() + "xx").istitle()


def test_a_file_of_another_confidence_is_refused(tmp_path):
    body = json.loads(data_path("vi", "confidence.json").read_text("utf-8"))
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(body | {"choice": {"narrow": 1.0}}), encoding="utf-8")
    with pytest.raises(ValueError, match="weights of the choice"):
        load_confidence(str(path))
    path.write_text(json.dumps(body | {"features": {}}), encoding="utf-8")
    with pytest.raises(ValueError, match="no network for these features"):
        load_confidence(str(path))


def test_pairs_of_lines_make_paragraphs_and_pages(tmp_path):
    rows = [
        {"gold": "hai", "ocr": "haj", "engine": "e", "page": "p", "par": 1, "line": 0},
        {"gold": "Một", "ocr": "Môt", "engine": "e", "page": "p", "par": 0, "line": 0},
        {"gold": "dòng", "ocr": "dòng", "engine": "e", "page": "p", "par": 0, "line": 1},
        {"gold": "lẻ", "ocr": "lè"},
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    pairs = list(read_pairs(path))
    assert [p.gold for p in paragraphs(pairs)] == ["lẻ", "Một dòng", "hai"]
    assert [(p.gold, p.ocr) for p in pages(pairs)] == [("Một dòng\n\nhai", "Môt\ndòng\n\nhaj")]
    path.write_text('{"gold": "một"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 1: the field .ocr. is missing"):
        list(read_pairs(path))
    assert Pair("a", "b").engine == ""


def test_confidence_from_pairs(tmp_path):
    from ocrfix.correction.learning import learn_confidence

    corrector = load_corrector()
    gold = "Quỹ vì người nghèo của xã đã trao quà cho hộ nghèo. Hội nghị đã thành công tốt đẹp."
    bad = "Quỹ vi nguời nghèo cùa xã đã trao qua cho hộ nghèo. Hội nghị dã thành công tôt đẹp."
    name = "Chị Vi và em Quyên đọc sách của Hới ở nhà bà Lạn cạnh chợ Diên."
    path = tmp_path / "pairs.jsonl"
    slips = "Bà cụ mây áo cho cháu, ông lảo đi câu tôm ở bờ ao, em bé ngôi chơi bên thềm nhà."
    rows = [{"gold": gold, "ocr": bad}, {"gold": name, "ocr": name}, {"gold": slips, "ocr": slips}] * 30
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    learn_confidence([path], tmp_path / "c.json", corrector)
    assert load_confidence(str(tmp_path / "c.json")) is not None
    path.write_text(json.dumps({"gold": gold, "ocr": gold}), encoding="utf-8")
    with pytest.raises(ValueError, match="too few doubtful words"):
        learn_confidence([path], tmp_path / "d.json", corrector)


def test_one_phrase_is_misread_every_time_or_never():
    parts = [
        'Ban vận động quỹ "Vi người nghèo" các cấp đã trao quà cho hộ nghèo.',
        'Ông nói: Quỹ "Vi người nghèo" vận động được 12 tỷ đồng trong năm qua.',
        'Phong trào thi đua "Vi người nghèo - không để ai bị bỏ lại phía sau" lan rộng.',
        'Từ nguồn quỹ này, tháng cao điểm "Vi người nghèo" và dịp tết, nhiều nhà được sửa.',
    ]
    found = load_corrector().correct(ocrfix.Document("\n\n".join(parts)))
    sure = [c.confidence for c in found if c.reading == "Vi"]
    assert len(sure) == len(parts)
    same_phrase = load_corrector().correct(ocrfix.Document(parts[0]))
    assert {c.meant for c in found if c.reading == "Vi"} == {"Vì"} == {c.meant for c in same_phrase}
    assert max(sure) - min(sure) < 0.15


def test_the_engine_speaks_against_a_change_of_a_word_it_was_sure_of():
    text = "Quỹ Vi người nghèo của xã đã chi hơn hai trăm triệu đồng trong năm nay"
    told = np.full(len(text), 0.9, dtype=np.float32)
    corrector = load_corrector()

    def probability(confidence):
        found = corrector.correct(Document(text, confidence=confidence))
        return next((c.confidence, c.evidence.get("engine")) for c in found if c.reading == "Vi")

    plain, nothing = probability(None)
    same, engine = probability(told)
    assert nothing is None
    assert same == pytest.approx(plain)
    assert engine == 0.9
    told[4:6] = 0.99
    assert probability(told)[0] < plain
    told[4:6] = 0.1
    assert probability(told)[0] < plain
    told[4:6] = np.nan
    assert probability(told) == (pytest.approx(plain), None)
