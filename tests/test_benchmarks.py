"""Our own set, the gate, the comparison and ``ocrfix bench``."""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from ocrfix.cli.bench import command
from ocrfix.evaluation import evaluate_pairs, normalise, read_pairs, words_right
from ocrfix.vietnamese.syllable import tone_style

FOLDER = Path(__file__).parent.parent / "benchmarks"
OWN = FOLDER / "own"


@pytest.fixture(scope="module")
def scripts():
    """Import a script of the benchmarks folder."""
    sys.path.insert(0, str(FOLDER))
    yield importlib.import_module
    sys.path.remove(str(FOLDER))


# ------------------------------------------------------------------ our own set


def _paragraphs() -> list[tuple[str, str]]:
    lines = (OWN / "paragraphs.txt").read_text("utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines]


def test_paragraphs_are_many_distinct_and_well_formed():
    rows = _paragraphs()
    assert len(rows) >= 160
    assert len({text for _, text in rows}) == len(rows)
    assert len({category for category, _ in rows}) == 20
    for _, text in rows:
        assert normalise(text) == text
        assert 60 <= len(text.split()) <= 160
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Co") for c in text)


def test_both_manners_of_tone_placement_and_never_in_one_paragraph():
    seen = set()
    for _, text in _paragraphs():
        styles = {tone_style(word.strip(".,;:?!()“”'").lower()) for word in text.split()} - {None}
        assert len(styles) <= 1, text
        seen |= styles
    assert len(seen) == 2


def test_pages_are_of_the_paragraphs_and_of_many_degrees_of_damage():
    rows = [json.loads(line) for line in (OWN / "ocr.jsonl").read_text("utf-8").splitlines()]
    assert {row["gold"] for row in rows} == {text for _, text in _paragraphs()}
    assert len({row["id"] for row in rows}) == len(rows) == 2 * len(_paragraphs())
    fields = {"id", "category", "engine", "font", "degradation", "gold", "ocr", "cer"}
    assert all(set(row) == fields for row in rows)
    rates = []
    for row in rows:
        right = words_right(row["gold"].split(), normalise(row["ocr"]).split())[0]
        rates.append(1 - sum(right) / len(right))
    assert 0.06 < sum(rates) / len(rates) < 0.12
    assert sum(rate < 0.02 for rate in rates) > 30
    assert sum(0.05 < rate < 0.15 for rate in rates) > 60
    assert sum(rate > 0.15 for rate in rates) > 30
    assert sum(rate > 0.3 for rate in rates) < 5


def test_the_scorer_reads_our_own_set():
    pairs = list(read_pairs(OWN / "ocr.jsonl"))[:40]
    result = evaluate_pairs(pairs, {pair.ocr: pair.gold for pair in pairs}.__getitem__)
    assert result.total.recall == 1
    assert result.total.wer_after == 0
    assert set(result.kinds) == {pair.kind for pair in pairs}


# ------------------------------------------------------------------ the gate


def _set(tmp_path: Path, scripts, text: str = '{"gold": "Vì", "ocr": "Vi"}\n'):
    path = tmp_path / "pairs.jsonl"
    path.write_text(text, "utf-8")
    return scripts("common").DataSet("toy", path, "pairs")


GOOD = {
    "wer_reduction": 0.5,
    "cer_reduction": 0.4,
    "precision": 0.95,
    "recall": 0.5,
    "harm": 0.0005,
    "calibration_error": 0.03,
}


def test_floors_belong_to_the_hash_of_the_data(tmp_path, scripts):
    data = _set(tmp_path, scripts)
    assert data.key == "pairs:" + hashlib.sha256(data.path.read_bytes()).hexdigest()
    key = data.key
    data.path.write_text('{"gold": "Vì", "ocr": "Vĩ"}\n', "utf-8")
    assert data.key != key


@pytest.mark.parametrize(
    ("change", "worse"),
    [
        ({}, set()),
        ({"recall": 0.4995}, set()),
        ({"recall": 0.49}, {"recall"}),
        ({"recall": 0.6, "harm": 0.0001}, set()),
        ({"harm": 0.0006}, {"harm"}),
        ({"precision": None}, {"precision"}),
        ({"calibration_error": 0.05, "precision": 0.9}, {"calibration_error", "precision"}),
    ],
)
def test_the_gate_sees_a_regression(tmp_path, scripts, change, worse):
    gate = scripts("gate")
    data = _set(tmp_path, scripts)
    floors = {"default": GOOD}
    verdicts = gate.judge_set(data, floors, {"default": GOOD | change})
    assert {v.metric.name for v in verdicts if v.regression} == worse


def test_update_never_lowers_a_floor_by_itself(tmp_path, scripts):
    gate = scripts("gate")
    data = _set(tmp_path, scripts)
    today = {"default": GOOD | {"recall": 0.4, "precision": 0.97, "harm": 0.0007}}
    verdicts = gate.judge_set(data, {"default": GOOD}, today)
    kept = gate.new_floors({"default": GOOD}, verdicts, allow_regression=False)["default"]
    assert (kept["recall"], kept["precision"], kept["harm"]) == (0.5, 0.97, 0.0005)
    lowered = gate.new_floors({"default": GOOD}, verdicts, allow_regression=True)["default"]
    assert (lowered["recall"], lowered["precision"], lowered["harm"]) == (0.4, 0.97, 0.0007)


@pytest.fixture
def gated(tmp_path, scripts, monkeypatch):
    """Run the gate on a toy set; the figures come from a dict. Returns a function and that dict."""
    gate = scripts("gate")
    data = _set(tmp_path, scripts)
    today = dict(GOOD)
    monkeypatch.setattr(gate, "data_sets", lambda *_: [data])
    monkeypatch.setattr(gate, "OWN", (data,))
    monkeypatch.setattr(gate, "figures", lambda *_: dict(today))
    baseline = tmp_path / "baseline.json"

    def run(*arguments: str) -> int:
        return gate.main(["--baseline", str(baseline), *arguments])

    return run, today, data, baseline


def test_the_gate_from_first_pinning_to_a_regression(gated, capsys):
    run, today, _, baseline = gated
    assert run() == 0
    assert run("--strict") == 1
    assert not baseline.exists()
    assert run("--update") == 0
    assert run("--strict") == 0
    today["recall"] = 0.3
    assert run() == 1
    assert "WORSE" in capsys.readouterr().out
    pinned = baseline.read_text("utf-8")
    assert run("--update") == 1
    assert baseline.read_text("utf-8") == pinned
    assert run("--update", "--allow-regression") == 0
    assert run() == 0


@pytest.mark.parametrize("words", [16_448, 107_069])
def test_a_figure_that_was_just_pinned_passes(tmp_path, scripts, words):
    gate = scripts("gate")
    right = scripts("common").DataSet("right", tmp_path / "right.txt", "clean")
    for changed in range(1, 40):
        today = {"default": {"changed_per_10k": 1e4 * changed / words}}
        floors = gate.new_floors({}, gate.judge_set(right, {}, today), allow_regression=False)
        assert not any(v.regression for v in gate.judge_set(right, floors, today))
        one_more = {"default": {"changed_per_10k": 1e4 * (changed + 1) / words}}
        assert all(v.regression for v in gate.judge_set(right, floors, one_more))


def test_changed_data_of_our_own_needs_new_floors(gated, capsys):
    run, _, data, baseline = gated
    assert run("--update") == 0
    data.path.write_text('{"gold": "Vì", "ocr": "Vĩ"}\n', "utf-8")
    assert run() == 1
    assert "not what its floors were pinned on" in capsys.readouterr().out
    assert run("--update") == 0
    assert list(json.loads(baseline.read_text("utf-8"))) == [data.key]
    assert run() == 0


def test_allow_regression_goes_with_update(gated):
    run, *_ = gated
    with pytest.raises(SystemExit):
        run("--allow-regression")


def test_data_that_cannot_be_read_is_an_error(tmp_path, scripts, capsys):
    gate = scripts("gate")
    path = tmp_path / "pairs.jsonl"
    path.write_text("no json", "utf-8")
    common = scripts("common")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "data_sets", lambda *_: [common.DataSet("toy", path, "pairs")])
        assert gate.main(["--baseline", str(tmp_path / "b.json")]) == 2
    assert "line 1: not JSON" in capsys.readouterr().err


def test_the_baseline_is_of_the_data_in_the_repository(scripts):
    common = scripts("common")
    baseline = common.load_json(FOLDER / "baseline.json")
    metrics = scripts("gate").METRICS
    for data in common.OWN:
        floors = baseline[data.key]["floors"]
        assert set(floors) == set(common.MODES)
        for values in floors.values():
            assert set(values) == {metric.name for metric in metrics[data.kind]}


# ------------------------------------------------------------------ the comparison


def test_peers_keep_case_punctuation_and_what_they_know(scripts):
    peers = scripts("peers")
    correct = peers.letters_only({"vi": "vì", "trieu": "triệu"}.get)
    assert correct("“Vi”, VI 2.500 TRIEU (iPhone)") == "“Vì”, VÌ 2.500 TRIỆU (iPhone)"


def test_a_peer_without_its_data_is_skipped_with_a_reason(scripts):
    peers = scripts("peers")
    found, skipped = peers.load_peers(peers.Counter())
    assert found == []
    assert {line.partition(":")[0] for line in skipped} == {
        "JamSpell",
        "symspellpy",
        "pyspellchecker",
        "hunspell",
    }
    assert "symspellpy: needs a vocabulary: give --train FILE" in skipped


def test_symspellpy_runs_when_it_has_a_vocabulary(scripts, tmp_path):
    peers = scripts("peers")
    text = tmp_path / "train.txt"
    text.write_text("Người nghèo được giúp đỡ\n" * 9 + "nguời\n", "utf-8")
    counts = peers.train_counts([text], most=10_000)
    assert "nguời" not in counts
    found, _ = peers.load_peers(counts)
    names = [peer.name for peer in found if peer.name.startswith("symspellpy")]
    assert len(names) == 1
    (peer,) = (peer for peer in found if peer.name in names)
    assert peer.correct("Nguời nghèo.") == "Người nghèo."


def test_the_comparison_writes_tables(scripts, tmp_path):
    compare = scripts("compare")
    peers = scripts("peers")
    data = _set(tmp_path, scripts, '{"gold": "Vì nghèo", "ocr": "Vi nghèo"}\n' * 12)
    right = tmp_path / "right.txt"
    right.write_text("Vì người nghèo\n", "utf-8")
    clean = scripts("common").DataSet("right", right, "clean")
    peer = peers.Peer("toy 1.0", lambda text: text.replace("Vi", "Vì"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compare, "MODES", {"default": scripts("common").Config(select=("ENC",))})
        patch.setattr(compare, "group_table", lambda _: "")
        result = compare.compare([data, clean], [peer], None)
        result.skipped = ["JamSpell: not installed"]
        text = compare.write(result, [data, clean], {}, "2020-02-02")
    assert "# Results of 2020-02-02" in text
    assert "| no correction | 50.00 |" in text
    assert "| toy 1.0 | 0.00 | 0.00 | 100.0 [100.0, 100.0] | 12 / 0 / 0 | 100.0 | 100.0 | 0.000 |" in text
    assert "| toy 1.0 | 0 of 3 | 0.00 | 0 of 1 |" in text
    assert "Not run: JamSpell: not installed." in text


# ------------------------------------------------------------------ ocrfix bench


@pytest.fixture
def pairs_file(tmp_path):
    rows = [
        {"gold": "Đến nay, mọi việc đã xong.", "ocr": "Đến nay , mọi việc đã xong.", "engine": "one"},
        {"gold": "Bà con rất vui.", "ocr": "Bà con rất vưi.", "engine": "two"},
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def _bench(*arguments: str):
    return CliRunner().invoke(command, ["--select", "SPC", *arguments])


def test_bench_prints_a_row_without_correction(pairs_file, tmp_path):
    right = tmp_path / "right.txt"
    right.write_text("Bà con rất vui.\n", "utf-8")
    result = _bench(str(pairs_file), "--clean", str(right), "--calibration", "--examples", "3")
    assert result.exit_code == 0, result.output
    assert "no correction" in result.output
    assert "one" in result.output
    assert "two" in result.output
    assert "Right text: 0 of 4 words changed (0.00 per 10,000)" in result.output
    assert "Reliability" in result.output


def test_bench_writes_json(pairs_file, tmp_path):
    out = tmp_path / "out.json"
    assert _bench(str(pairs_file), "--json", str(out), "--calibration").exit_code == 0
    figures = json.loads(out.read_text("utf-8"))
    assert figures["pairs"]["wrong_before"] == 2
    assert figures["pairs"]["fixed"] == 1
    assert figures["pairs"]["engines"]["one"]["recall"] == 1
    assert figures["calibration"]["findings"] == 1
    assert figures["unsafe"] is False
    result = _bench(str(pairs_file), "--json", "-", "--limit", "1")
    assert json.loads(result.stdout)["pairs"]["pairs"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("no-such-file.jsonl",), "no-such-file.jsonl"),
        (("{pairs}", "--clean", "no-such.txt"), "no-such.txt"),
        (("{pairs}", "--protect", "/(/"), "not a regular expression"),
        (("{pairs}", "--select", "NOSUCH"), "NOSUCH"),
        (("{pairs}", "--model", "no-such.lm"), "no-such.lm"),
        (("{pairs}", "--min-confidence", "2"), "min-confidence"),
    ],
)
def test_bench_names_what_is_wrong_and_exits_with_2(pairs_file, arguments, message):
    result = _bench(*(str(pairs_file) if a == "{pairs}" else a for a in arguments))
    assert result.exit_code == 2
    assert message in result.output


def test_bench_names_the_line_of_a_bad_pair(tmp_path):
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"gold": "a", "ocr": "b"}\n{"gold": 1}\n', "utf-8")
    result = _bench(str(path))
    assert result.exit_code == 2
    assert 'line 2: the field "gold" is missing or no string' in result.output
