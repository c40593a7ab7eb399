"""The recipes for other engines give what the library gives. Each test is skipped where its engine is not."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ocrfix import Config, clean
from ocrfix.scale import clean_batch

EXAMPLES = Path(__file__).parent / "recipes"
TEXTS = [
    "Hội Chữ thập ðỏ xã vận ðộng nhân dân hiến máu đợt {}.",
    "Quỹ Vi người nghèo của xã đã nhận hơn {} triệu đồng.",
    "Bà con thôn {} góp công làm đường.\r\nAi cũng vui.",
]
ROWS = [{"id": str(n), "text": TEXTS[n % 3].format(n)} for n in range(20)]
EXPECTED = {row["id"]: clean(row["text"].replace("\r\n", "\n")).text for row in ROWS}

pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the examples are not part of an installation")


def run(name, *arguments, cwd):
    environment = {
        **os.environ,
        "RAY_USAGE_STATS_ENABLED": "0",
        "PYSPARK_PYTHON": sys.executable,
        "HF_HOME": str(cwd / "hf"),
        "HF_HUB_OFFLINE": "1",
    }
    command = [sys.executable, EXAMPLES / name, *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def check(rows):
    assert {row["id"]: row["text"].replace("\r\n", "\n") for row in rows} == EXPECTED
    assert len(rows) == len(ROWS)
    found = "".join(row["findings"] for row in rows)
    assert {json.loads(line)["rule"] for line in found.splitlines()} >= {"ENC004", "WRD007"}


def write_jsonl(path):
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    return path


def write_parquet(path):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.Table.from_pylist(ROWS), path)
    return path


def read_parquet(folder):
    parquet = pytest.importorskip("pyarrow.parquet")
    return [row for path in sorted(folder.glob("*.parquet")) for row in parquet.read_table(path).to_pylist()]


def test_one_text_that_fails_harms_no_other(monkeypatch):
    import ocrfix

    real = ocrfix.clean

    def clean_(document, config):
        if "hỏng" in document.text:
            raise RuntimeError("boom")
        return real(document, config)

    monkeypatch.setattr(ocrfix, "clean", clean_)
    bad, good = clean_batch(["hỏng", "xã vận ðộng"], Config(select=("ENC",)))
    assert (bad.text, bad.report, bad.error) == ("hỏng", None, "ocrfix itself failed: RuntimeError: boom")
    assert json.loads(bad.findings) == {"file": "-", "error": bad.error}
    assert good.text == "xã vận động"
    assert [json.loads(line)["file"] for line in good.findings_of("a", row=3).splitlines()] == ["a"]


def test_without_datatrove_its_extra_is_named(monkeypatch):
    from ocrfix.scale import datatrove

    monkeypatch.setattr(datatrove, "_missing", ImportError("no module"))
    for make in (datatrove.Cleaner, lambda: datatrove.stages("in", "out", 1)):
        with pytest.raises(ImportError, match=r"ocrfix\[datatrove\]"):
            make()


def test_datasets(tmp_path):
    pytest.importorskip("datasets")
    source = write_jsonl(tmp_path / "in.jsonl")
    run("hf_datasets.py", source, tmp_path / "out.jsonl", cwd=tmp_path)
    check([json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()])


def test_ray_data(tmp_path):
    pytest.importorskip("ray.data")
    run("ray_data.py", write_parquet(tmp_path / "in.parquet"), tmp_path / "out", cwd=tmp_path)
    check(read_parquet(tmp_path / "out"))


def test_spark(tmp_path):
    pytest.importorskip("pyspark")
    pytest.importorskip("pandas")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java")
    run("spark_map_in_pandas.py", write_parquet(tmp_path / "in.parquet"), tmp_path / "out", cwd=tmp_path)
    check(read_parquet(tmp_path / "out"))


@pytest.mark.parametrize("kind", ["local", "ray"])
def test_datatrove(tmp_path, kind):
    pytest.importorskip("datatrove")
    if kind == "ray" and not os.environ.get("OCRFIX_TEST_RAY"):
        pytest.skip("slow; set OCRFIX_TEST_RAY=1")
    source = tmp_path / "in"
    write_jsonl(source / "a.jsonl")
    copy = " ".join(row["text"] for row in ROWS)
    for name, text in (("b", copy), ("c", copy.replace("đợt 3.", "đợt 8."))):
        (source / f"{name}.jsonl").write_text(json.dumps({"id": name, "text": text}) + "\n", "utf-8")
    run("datatrove_pipeline.py", kind, source, tmp_path / "work", "--tasks", 3, "--workers", 2, cwd=tmp_path)
    cleaned = read_gzipped(tmp_path / "work" / "clean")
    assert {
        row["id"]: row["text"].replace("\r\n", "\n") for row in cleaned if row["id"] in EXPECTED
    } == EXPECTED
    assert len(cleaned) == len(ROWS) + 2
    removed = read_gzipped(tmp_path / "work" / "removed")
    assert len([row for row in removed if row["id"] in {"b", "c"}]) == 1
    assert len(read_gzipped(tmp_path / "work" / "output")) + len(removed) == len(cleaned)
    lines = [
        json.loads(line)
        for path in sorted((tmp_path / "work" / "findings").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    assert {line["file"] for line in lines} >= {"0", "1", "b", "c"}
    stats = json.loads((tmp_path / "work" / "logs" / "clean" / "stats.json").read_text("utf-8"))
    counted = stats[1]["stats"]["documents"]  # a number where each task had one document at most
    assert (counted if isinstance(counted, int) else counted["total"]) == len(cleaned)


def read_gzipped(folder):
    rows = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows += [json.loads(line) for line in file]
    return rows
