"""The structure benchmark: its texts, its damages and its scorer."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from pathlib import Path
from random import Random

import pytest
from rapidfuzz.distance import Levenshtein

from ocrfix.evaluation import DataError

FOLDER = Path(__file__).parent.parent / "benchmarks"
DATA = FOLDER / "structure-data"
SPLITS = ("dev", "held-out")
RIGHT = "Chợ Gò họp từ tờ mờ sáng.\n\nBà Tư bán cá, cô Lài bán rau; ai cũng vội vì nước sắp ròng."


@pytest.fixture(scope="module", params=SPLITS)
def cases(request, bench):
    """Cases of one split, every variant of every kind among them."""
    return bench.run.cases_of(bench.run.Request(data=DATA, split=request.param, per_kind=12))


# ------------------------------------------------------------------ data


def test_both_splits_have_articles_phrases_and_right_documents_of_their_own(bench):
    articles = [bench.texts.bundled_articles(DATA, split) for split in SPLITS]
    assert all(len(some) >= 40 for some in articles)
    paragraphs = [{p for a in some for p in a.paragraphs} for some in articles]
    assert not paragraphs[0] & paragraphs[1]
    phrases = [bench.texts.load_phrases(DATA, split) for split in SPLITS]
    for name in (f.name for f in dataclasses.fields(bench.texts.Phrases)):
        one, other = (getattr(p, name) for p in phrases)
        assert one, name
        assert other, name
        if name != "page_numbers":  # there are only so many ways to write one
            assert not set(one) & set(other), name
    documents = [bench.texts.bundled_untouched(DATA, split) for split in SPLITS]
    assert all(len({d.kind for d in some}) >= 20 for some in documents)
    texts = [{d.text for d in some} for some in documents]
    assert not texts[0] & texts[1]


def test_documents_from_outside_are_read_and_short_ones_left_out(bench, tmp_path):
    path = tmp_path / "news.txt"
    body = "\n".join(f"Đoạn {i}, " + "bà con ra đồng từ sáng sớm, " * 8 + "trưa mới về." for i in range(6))
    path.write_text(f"Tin thứ nhất\n\n{body}\n\f\nTin quá ngắn\n\f\nTin thứ hai\n{body}\n", "utf-8")
    articles = bench.texts.load_articles(path)
    assert [a.paragraphs[0] for a in articles] == ["Tin thứ nhất", "Tin thứ hai"]
    assert all(len(a.paragraphs) == 7 for a in articles)
    assert len(bench.texts.load_articles(path, 1)) == 1


def test_phrase_file_without_a_table_is_an_error(bench, tmp_path):
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "phrases.toml").write_text('captions = ["Ảnh: chợ nổi"]\n', "utf-8")
    with pytest.raises(DataError, match="headings"):
        bench.texts.load_phrases(tmp_path, "dev")


def test_data_hash_follows_every_file(bench, tmp_path):
    (tmp_path / "dev" / "untouched").mkdir(parents=True)
    (tmp_path / "dev" / "articles.txt").write_text("Một", "utf-8")
    before = bench.texts.data_hash(tmp_path)
    (tmp_path / "dev" / "untouched" / "verse.txt").write_text("Hai", "utf-8")
    between = bench.texts.data_hash(tmp_path)
    (tmp_path / "dev" / "articles.txt").write_text("Ba", "utf-8")
    assert len({before, between, bench.texts.data_hash(tmp_path)}) == 3


# ------------------------------------------------------------------ damages


def test_every_variant_damages_and_stays_in_nfc(bench, cases):
    assert {(c.kind, c.variant) for c in cases} == {(d.kind, d.variant) for d in bench.damages.DAMAGES}
    for case in cases:
        assert case.items
        assert unicodedata.is_normalized("NFC", case.damaged)
        for right in case.accepted:
            assert case.damaged != right.text
            assert sum(p.counts for p in right.probes) == case.items


def test_a_perfect_system_scores_everything_and_no_correction_nothing(bench, cases):
    for case in cases:
        for right in case.accepted:
            outcome = bench.scoring.score(case, right.text)
            assert all(outcome.repaired), (case.kind, case.variant)
            assert outcome.harmless
            assert (outcome.lost, outcome.added) == (0, 0)
        outcome = bench.scoring.score(case, case.damaged)
        assert not any(outcome.repaired), (case.kind, case.variant)
        assert outcome.harmless
        assert outcome.lost == 0


def test_a_system_that_cuts_the_text_short_loses_and_does_harm(bench, cases):
    for case in cases:
        words = case.expected.split(" ")
        outcome = bench.scoring.score(case, " ".join(words[: len(words) // 3]))
        assert not outcome.harmless, (case.kind, case.variant)
        assert outcome.lost > 0.4 * outcome.size


def test_cases_follow_the_seed(bench):
    request = bench.run.Request(data=DATA, per_kind=4, kinds=("exact", "span", "header", "chrome"))
    prints = [bench.damages.fingerprint(bench.run.cases_of(r)) for r in (request, request)]
    other = dataclasses.replace(request, seed=request.seed + 1)
    assert prints[0] == prints[1] != bench.damages.fingerprint(bench.run.cases_of(other))


@pytest.mark.parametrize("template", ["{page}/48", "{page} of 48"])
def test_page_numbers_do_not_go_beyond_the_number_of_pages(bench, template):
    phrases = dataclasses.replace(bench.texts.load_phrases(DATA, "dev"), page_numbers=(template,))
    articles = bench.texts.bundled_articles(DATA, "dev")
    for case in bench.damages.make_cases(articles, phrases, seed=1, per_kind=20, kinds=("page-number",)):
        numbers = [int(re.match(r"\d+", p.litter)[0]) for p in case.accepted[0].probes]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert numbers[-1] <= 48


@pytest.mark.parametrize("rate", [0.02, 0.05, 0.08])
def test_reading_errors_are_as_many_as_asked_for(bench, rate):
    read = bench.noise.misread(RIGHT, Random(1), rate)
    assert read != RIGHT
    assert unicodedata.is_normalized("NFC", read)
    letters = sum(not c.isspace() for c in RIGHT)
    # A space may be lost and a letter read as two, so the alignment counts a little more.
    assert 1 <= Levenshtein.distance(RIGHT, read) <= 2 * round(rate * letters)
    assert bench.noise.misread(RIGHT, Random(1), rate) == read


def test_changed_marks_still_make_one_letter(bench):
    read = bench.noise.misread("ậ ộ ề ữ ở ấ ẫ ệ " * 20, Random(2), 0.9, spaces=False)
    assert not any(unicodedata.combining(c) for c in read)


# ------------------------------------------------------------------ scorer


def _case(bench, damaged: str, *probes, right: str = RIGHT, **options):
    return bench.case.Case("kind", "variant", damaged, (bench.case.Expected(right, probes),), **options)


def _outcome(bench, case, cleaned):
    outcome = bench.scoring.score(case, cleaned)
    return outcome.repaired, outcome.harmless, outcome.lost, outcome.added


def test_a_wrong_join_is_harm_even_where_the_damage_was(bench):
    damaged = RIGHT.replace("cô Lài bán", "cô Lài\n\nbán")
    at = RIGHT.index(" bán rau")
    case = _case(bench, damaged, bench.case.Probe(((at, at + 1),)))
    assert _outcome(bench, case, RIGHT) == ((True,), True, 0, 0)
    assert _outcome(bench, case, damaged) == ((False,), True, 0, 0)
    assert _outcome(bench, case, damaged.replace("sáng.\n\nBà", "sáng. Bà"))[:2] == ((False,), False)


def test_parting_a_glued_word_of_litter_is_no_harm(bench):
    at = RIGHT.index("\n\n")
    damaged = RIGHT.replace("\n\n", "\n\nTrang 12 tậpsan Sông Tiền\n\n")
    case = _case(bench, damaged, bench.case.Probe(((at, at + 2),), litter="Trang 12 tậpsan Sông Tiền"))
    assert _outcome(bench, case, damaged.replace("tậpsan", "tập san"))[:2] == ((False,), True)
    assert _outcome(bench, case, damaged.replace("tậpsan", "tậpsao"))[:2] == ((False,), False)


def test_litter_at_one_place_is_judged_line_by_line(bench):
    at = RIGHT.index("\n\n")
    place = ((at, at + 2),)
    lines = ("Chia sẻ bài viết", "Lượt xem: 120")
    probes = [bench.case.Probe(place, litter=line) for line in lines]
    damaged = RIGHT.replace("\n\n", "\n\n" + "\n\n".join(lines) + "\n\n")
    case = _case(bench, damaged, *probes)
    assert _outcome(bench, case, damaged)[0] == (False, False)
    assert _outcome(bench, case, RIGHT) == ((True, True), True, 0, 0)
    one_left = RIGHT.replace("\n\n", f"\n\n{lines[1]}\n\n")
    assert _outcome(bench, case, one_left)[:2] == ((True, False), True)
    rest_left = RIGHT.replace("\n\n", "\n\n120\n\n")
    assert _outcome(bench, case, rest_left)[0] == (False, False)


def test_litter_that_was_only_shifted_is_not_repaired(bench):
    at = RIGHT.index("\n\n")
    text = RIGHT + "\n\n" + "Chiều về, chợ vắng tanh, chỉ còn mấy con mèo quanh sạp cá và mùi bùn. " * 3
    text = text.rstrip()
    case = _case(
        bench,
        text.replace("\n\n", "\n\nTrang 12 của tập san\n\n", 1),
        bench.case.Probe(((at, at + 2),), litter="Trang 12 của tập san"),
        right=text,
    )
    assert _outcome(bench, case, text + "\n\nTrang 12 của tập san")[0] == (False,)
    assert _outcome(bench, case, text)[0] == (True,)


def test_moved_text_is_neither_lost_nor_added(bench):
    blocks = ["Một hai ba bốn năm.", "Sáu bảy tám chín.", "Mười mười một mười hai.", "Hết rồi đấy."]
    right = "\n\n".join(blocks)
    case = _case(bench, right + ".", bench.case.Probe(((len(right), len(right)),)), right=right)
    _, harmless, lost, added = _outcome(bench, case, "\n\n".join(reversed(blocks)))
    assert (harmless, lost, added) == (False, 0, 0)


def test_a_line_end_may_part_paragraphs_only_where_there_is_nothing_else(bench):
    at = RIGHT.index(" họp")
    damaged = RIGHT.replace(" họp", "\nhọp").replace("\n\n", "\n")
    probe = bench.case.Probe(((at, at + 1),), context=0)
    cleaned = RIGHT.replace("\n\n", "\n")
    assert _outcome(bench, _case(bench, damaged, probe, loose_breaks=True), cleaned)[:2] == ((True,), True)
    strict = _case(bench, damaged.replace(".\n", ".\n\n"), probe)
    assert _outcome(bench, strict, cleaned)[:2] == ((True,), False)


def test_the_nearest_accepted_text_counts(bench):
    expected = bench.case.expect
    one = expected(["Đầu.", "Chợ Gò.", "Cuối."], [[bench.case.whole(["", "Chợ Gò."], 1)]])
    other = expected(["Chợ Gò.", "Đầu.", "Cuối."], [[bench.case.whole(["Chợ Gò."], 0)]])
    case = bench.case.Case("kind", "", "Chợ Gò.\n\nĐầu.\n\nChợ Gò.\n\nCuối.", (one, other))
    for text in (one.text, other.text):
        assert _outcome(bench, case, text) == ((True,), True, 0, 0)
