"""The structure benchmark: its sums, its gate and its command."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"
DATA = FOLDER / "structure-data"
SPLITS = ("dev", "held-out")


# ------------------------------------------------------------------ sums, right documents


def test_summary_weighs_items_and_its_interval_holds_the_share(bench):
    outcome = bench.scoring.Outcome
    found = [
        outcome("wrap", "a", (True,) * 9, "", 0, 0, 100),
        outcome("wrap", "b", (False,), "2 characters lost", 2, 4, 100),
    ]
    summary = bench.measure.summarise(found, "wrap")
    assert (summary.cases, summary.items, summary.repaired, summary.harmless) == (2, 10, 0.9, 0.5)
    assert (summary.lost, summary.added) == (1.0, 2.0)
    assert summary.interval == (0.0, 1.0)
    assert summary.variants == {"a": 1.0, "b": 0.0}


def test_right_documents_that_change_are_named_with_the_finding(bench):
    documents = [
        bench.texts.Document("news", 0, "Quỹ Vì người nghèo của xã nhận thêm 20 triệu đồng.\n"),
        bench.texts.Document("news", 1, "Quỹ Vi người nghèo của xã nhận thêm 20 triệu đồng.\n"),
    ]
    changed = bench.measure.touched(documents, bench.measure.configs(())["default"])
    assert [(t.kind, t.number) for t in changed] == [("news", 1)]
    assert "WRD" in changed[0].findings[0]
    assert bench.measure.touched(documents, bench.measure.configs(("ENC",))["default"]) == []


def test_speed_is_measured_by_stage_and_with_the_rules_of_the_run(bench):
    chosen = bench.run.speed_selections(("NOI", "SPC"))
    alone = {name: set(rules) for name, rules in chosen.items() if name.startswith("stage ")}
    assert chosen["NOI+SPC"] == ("NOI", "SPC")
    assert sorted(alone) == ["stage duplicates", "stage joins", "stage noise"]
    assert set(chosen["stages noise+duplicates+joins"]) == set().union(*alone.values())
    for name, rules in alone.items():
        stages = {s.name for s in bench.run.stages() for d in s.detectors for r in d.rules if r.code in rules}
        assert stages == {name.removeprefix("stage ")}
    assert bench.run.speed_selections(())["all"] == ()


def test_workers_give_the_same_outcomes(bench):
    request = bench.run.Request(data=DATA, per_kind=4, kinds=("exact", "block"))
    cases = bench.run.cases_of(request)
    config = bench.measure.configs(request.families)["default"]
    assert bench.measure.outcomes(cases, config, 2) == bench.measure.outcomes(cases, config, 1)
    assert not any(any(o.repaired) for o in bench.measure.outcomes(cases, None))


# ------------------------------------------------------------------ gate and command


def _results(bench, repaired: float, *, touched: int = 0, split: str = "dev"):
    summary = bench.measure.Summary("exact", 4, 4, repaired, (0.0, 1.0), 1.0, 0.0, 0.0)
    changed = [bench.measure.Touched("verse", i, ()) for i in range(touched)]
    request = bench.run.Request(data=DATA, split=split)
    kinds = {"exact": summary}
    return bench.run.Results(request, kinds, kinds, {"verse": 10}, changed, changed, {})


def test_gate_pins_then_holds_and_never_lowers(bench, tmp_path, monkeypatch, capsys):
    share = {"now": 0.9}
    monkeypatch.setattr(
        bench.gate, "measure", lambda request, **_: _results(bench, share["now"], split=request.split)
    )
    request, baseline = bench.run.Request(data=DATA), tmp_path / "floors.json"
    assert bench.gate.gate(request, baseline) == 1
    assert bench.gate.gate(request, baseline, update=True) == 0
    assert bench.gate.gate(request, baseline) == 0
    share["now"] = 0.8
    assert bench.gate.gate(request, baseline) == 1
    assert "WORSE" in capsys.readouterr().out
    assert bench.gate.gate(request, baseline, update=True) == 1
    assert json.loads(baseline.read_text("utf-8"))["floors"]["held-out"]["exact"]["repaired"] == 0.9
    assert bench.gate.gate(request, baseline, update=True, allow_regression=True) == 0
    assert bench.gate.gate(request, baseline) == 0
    assert bench.gate.gate(dataclasses.replace(request, seed=99), baseline) == 1


def test_gate_holds_right_documents(bench):
    floors = {"dev": {"right documents": {"identical": 1.0}}}
    figures = bench.gate.figures(_results(bench, 1.0, touched=1), floors)
    assert [f.metric for f in figures if f.worse] == ["identical"]
    assert not any(f.worse for f in bench.gate.figures(_results(bench, 1.0), floors))


def test_pinned_floors_belong_to_the_data_and_to_every_kind(bench):
    content = json.loads(bench.command.BASELINE.read_text("utf-8"))
    assert content["data"] == bench.texts.data_hash(DATA)
    assert (content["seed"], content["per_kind"]) == (bench.command.SEED, bench.command.GATE_PER_KIND)
    for split in SPLITS:
        assert set(content["floors"][split]) == {*bench.damages.KINDS, "all", "right documents"}


def test_command_prints_tables_and_failing_cases(bench, capsys):
    assert bench.command.main(["--kinds", "exact,block", "--per-kind", "4", "--jobs", "1", "--variants"]) == 0
    out = capsys.readouterr().out
    assert "right documents identical" in out
    assert "block: blank line" in out
    assert (
        bench.command.main(["--show", "block", "2", "--select", "ENC", "--jobs", "1", "--per-kind", "4"]) == 0
    )
    out = capsys.readouterr().out
    assert out.count("--- block") == 2
    assert "4 of 4 cases fail" in out


def test_command_writes_both_splits(bench, tmp_path, monkeypatch):
    monkeypatch.setattr(bench.command, "RESULTS", tmp_path)
    assert bench.command.main(["--kinds", "exact", "--per-kind", "4", "--jobs", "1", "--write"]) == 0
    (path,) = tmp_path.iterdir()
    text = path.read_text("utf-8")
    assert "our own articles, dev" in text
    assert "our own articles, held-out" in text
    assert "| exact | " in text


@pytest.mark.parametrize(
    "options",
    [["--kinds", "nothing"], ["--update"], ["--gate", "--allow-regression"], ["--gate", "--kinds", "exact"]],
)
def test_command_says_what_it_cannot_do(bench, options):
    with pytest.raises(SystemExit) as stop:
        bench.command.main(options)
    assert stop.value.code == 2


def test_missing_data_is_told_with_status_2(bench, tmp_path, capsys):
    assert bench.command.main(["--data", str(tmp_path), "--kinds", "exact"]) == 2
    assert "articles.txt" in capsys.readouterr().err
    (tmp_path / "few.txt").write_text("Chỉ một tin\n", "utf-8")
    assert bench.command.main(["--articles", str(tmp_path / "few.txt"), "--kinds", "exact"]) == 2
    assert "three articles" in capsys.readouterr().err


# ------------------------------------------------------------------ growth


def test_growth_texts_have_their_size_and_repeat(bench):
    for make in bench.growth.TEXTS.values():
        text = make(20_000)
        assert 20_000 <= len(text) < 21_500
    assert len(set(bench.growth.TEXTS["near copies"](20_000).split("\n\n"))) > 20
    assert len(set(bench.growth.TEXTS["three lines in turn"](20_000).split("\n"))) == 3


def test_exponent_of_n_log_n(bench):
    points = [
        bench.growth.Point(n, n * math.log(n) / 1e6, 0)
        for n in (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
    ]
    assert bench.growth.exponent(points) == pytest.approx(1.07, abs=0.01)
    assert math.isnan(bench.growth.exponent(points[:1]))


def test_growth_is_measured_up_to_the_limit_and_drawn(bench, tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(bench.growth, "TEXTS", {"one block": bench.growth.TEXTS["one block"]})
    grown = bench.growth.grow(limit=1000.0, sizes=(2_000, 4_000))
    assert [len(g.points) for g in grown] == [2]
    assert all(p.peak > 10e6 and p.octets > 2_000 for p in grown[0].points)
    assert len(bench.growth.grow(limit=0.0, sizes=(2_000, 4_000))[0].points) == 1
    name = bench.growth.draw(grown, tmp_path, "2000-01-01")
    assert (tmp_path / name).read_text("utf-8").lstrip().startswith("<?xml")
