"""Duplicates across documents: found, reviewed, taken away."""

from __future__ import annotations

import json
import random
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from running import invoke

from ocrfix.document import Document
from ocrfix.reports.jsonl import schema
from ocrfix.scale import _passages
from ocrfix.scale._passages import keys_of, likeness
from ocrfix.scale._runs import SortedRuns
from ocrfix.scale.documents import CorpusDocument
from ocrfix.scale.duplicates import find_duplicates

AGENCY = (
    "Sáng nay, tại trụ sở Ủy ban nhân dân huyện, lãnh đạo tỉnh đã làm việc với các xã ven sông về công tác "
    "phòng chống lụt bão. Đoàn công tác yêu cầu các địa phương kiểm tra lại toàn bộ hệ thống đê điều, "
    "chuẩn bị đủ vật tư dự phòng và lên phương án di dời những hộ dân ở vùng trũng trước mùa mưa năm nay."
)
OTHER = (
    "Vụ mùa này, bà con nông dân trong xã gieo cấy được hơn ba trăm mẫu lúa, phần lớn là giống mới có năng "
    "suất cao. Hợp tác xã đã ký hợp đồng bao tiêu sản phẩm với hai doanh nghiệp, nhờ đó giá thu mua ổn định "
    "hơn và nhiều gia đình mạnh dạn đầu tư thêm máy móc để giảm bớt công lao động trong những ngày thu hoạch."
)
NOTICE = "Bạn đọc có nhu cầu đặt báo năm tới xin liên hệ bưu cục gần nhất hoặc tòa soạn."


def find(*texts, **kwargs):
    documents = (CorpusDocument({"file": "t.jsonl", "row": n}, Document(t)) for n, t in enumerate(texts, 1))
    found = [json.loads(line) for line in find_duplicates(documents, **kwargs)]
    for item in found:
        jsonschema.validate(item, schema())
        assert texts[item["row"] - 1][item["start"] : item["end"]] == item["before"]
        kept = item["evidence"]["kept"]
        assert kept["row"] < item["row"]
    return [(f["row"], f["rule"], f["safety"], f["evidence"]["kept"]["row"]) for f in found]


def misread(text, share=0.03, seed=1):
    rng = random.Random(seed)
    plain = str.maketrans("àáảãạêôơưđậấếềộốớ", "aaaaaeooudaaeeooo")
    return "".join(c.translate(plain) if c.isalpha() and rng.random() < share * 3 else c for c in text)


def test_each_kind():
    texts = [
        f"Tin lũ\n\n{AGENCY}\n\n{NOTICE}",
        f"Tin đồng áng\n\n{OTHER}\n\n{NOTICE}",
        f"Huyện nhà\n\n{AGENCY}\n\nHết tin",
        f"{misread(AGENCY)}\n\nChuyện khác hẳn, chẳng dính gì đến những bài ở trên, viết cho đủ đoạn dài.",
        f"Tin đồng áng\n{OTHER}\n\n{NOTICE}\n",
        misread(f"Tin đồng áng\n\n{OTHER}\n\n{NOTICE}"),
    ]
    assert find(*texts) == [
        (2, "DUP101", "unsafe", 1),
        (3, "DUP101", "safe", 1),
        (4, "DUP102", "unsafe", 1),
        (5, "DUP103", "safe", 2),
        (6, "DUP104", "unsafe", 2),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ba trăm mẫu lúa", "bốn trăm mẫu ngô"),
        ("năm nay.", "năm 2019."),
        ("tỉnh", "tỉnh Nam Định và tỉnh Thái Bình cùng nhiều cơ quan"),
    ],
)
def test_other_texts_of_one_pattern_stay(one, other):
    text = f"{AGENCY} Theo kế hoạch, ông Trần Văn Hải gieo ba trăm mẫu lúa."
    assert one in text
    assert find(text, text.replace(one, other, 1)) == []
    assert find(text, text.replace("Hải", "Hồng")) == []
    assert find(text.replace("ba trăm", "315"), text.replace("ba trăm", "316")) == []


def test_short_blocks_and_blocks_within_one_document_are_left_alone():
    assert find("CHUYÊN MỤC BẠN ĐỌC VIẾT", "CHUYÊN MỤC BẠN ĐỌC VIẾT") == []
    assert find(f"{AGENCY}\n\n{OTHER}\n\n{AGENCY}") == []
    assert find(NOTICE, NOTICE, least_words=40) == []


def test_the_first_is_kept_and_never_goes_itself():
    texts = [f"Bài số {n} của tòa soạn\n\n{misread(AGENCY, 0.02, seed=n)}" for n in range(12)]
    found = find(*texts)
    assert {row for row, *_ in found} == set(range(2, 13))
    assert not {kept for *_, kept in found} & {row for row, *_ in found}
    assert found == find(*texts)


def test_what_a_copy_has_is_not_kept_for_others():
    # the second document goes as a whole, so the third one's block must be kept in the first
    whole = f"{AGENCY}\n\n{OTHER}"
    assert find(whole, whole, f"Tin thêm trong ngày\n\n{OTHER}") == [
        (2, "DUP103", "safe", 1),
        (3, "DUP101", "safe", 1),
    ]


def test_runs_are_sorted_whatever_their_size(tmp_path):
    rng = np.random.default_rng(5)
    keys = rng.integers(0, 50, 1000).astype(np.uint64)
    values = rng.integers(0, 1 << 60, 1000).astype(np.uint64)
    expected = sorted(zip(keys.tolist(), values.tolist(), strict=True))
    for size in (1, 7, 100, 5000):
        runs = SortedRuns(tmp_path, f"r{size}", run=size)
        for at in range(0, 1000, 10):
            runs.add(keys[at : at + 10], values[at : at + 10])
        portions = list(runs.merged())
        found = [pair for k, v in portions for pair in zip(k.tolist(), v.tolist(), strict=True)]
        assert found == expected
        tops = [k[-1] for k, _ in portions]
        assert tops == sorted(set(tops))  # no key in two portions
    assert not list(tmp_path.iterdir())


def test_keys_do_not_depend_on_the_pieces(monkeypatch):
    keys = keys_of(AGENCY)
    monkeypatch.setattr(_passages, "_PIECE", 10)
    assert (keys_of(AGENCY) == keys).all()
    assert len(set(keys_of(AGENCY)) & set(keys_of(misread(AGENCY)))) >= 2
    assert not set(keys_of(AGENCY)) & set(keys_of(OTHER))


def test_likeness_is_of_both_sides():
    for other in (misread(AGENCY), OTHER, AGENCY + " Thêm một câu rất dài nữa ở cuối bài cho khác hẳn đi."):
        assert likeness(AGENCY, other) == likeness(other, AGENCY)


def corpus(folder: Path) -> list[str]:
    rows = [f"Tin lũ\n\n{AGENCY}", f"Huyện nhà\n\n{AGENCY}\n\nHết tin\n", f"Huyện nhà\n\n{AGENCY}\n", AGENCY]
    lines = [
        "\n",
        '{"text": 5}\n',
        *(json.dumps({"id": f"b{n}", "text": t}) + "\n" for n, t in enumerate(rows)),
    ]
    folder.mkdir()
    (folder / "a.txt").write_bytes(f"{OTHER}\r\n\r\n{NOTICE}\r\n".encode())
    (folder / "b.jsonl").write_text("".join(lines), "utf-8")
    (folder / "c.txt").write_bytes(f"Mở đầu\r\n\r\n{OTHER}\r\n\r\n{NOTICE}\r\n".encode())
    return rows


def test_find_review_apply(tmp_path):
    rows = corpus(tmp_path / "in")
    before = {p: p.read_bytes() for p in (tmp_path / "in").iterdir()}
    findings = tmp_path / "f.jsonl"
    result = invoke("duplicates", tmp_path / "in", "--id-column", "id", "-o", findings)
    assert result.exit_code == 0, result.stderr
    assert "6 documents: 5 copies" in result.stderr
    found = [json.loads(line) for line in findings.read_text("utf-8").splitlines()]
    assert [(f["rule"], f.get("id"), f["line"]) for f in found] == [
        ("DUP101", "b1", 3),
        ("DUP101", "b2", 3),
        ("DUP101", "b3", 1),
        ("DUP101", None, 3),
        ("DUP101", None, 5),
    ]
    out = tmp_path / "out"
    result = invoke("duplicates", tmp_path / "in", "--apply", findings, "-o", out)
    assert result.exit_code == 0, result.stderr
    assert "4 copies taken away, 1 left" in result.stderr
    lines = (out / "b.jsonl").read_text("utf-8").splitlines(keepends=True)
    assert lines[:2] == ["\n", '{"text": 5}\n']
    texts = [json.loads(line)["text"] for line in lines[2:]]
    assert texts == [rows[0], "Huyện nhà\n\nHết tin\n", "Huyện nhà\n", ""]
    assert (out / "a.txt").read_bytes() == before[tmp_path / "in" / "a.txt"]
    assert (out / "c.txt").read_bytes() == f"Mở đầu\r\n\r\n{NOTICE}\r\n".encode()
    assert {p: p.read_bytes() for p in (tmp_path / "in").iterdir()} == before
    # a line that is taken out stays; with --unsafe the notice goes too
    findings.write_text("".join(json.dumps(f) + "\n" for f in found[1:]), "utf-8")
    assert invoke("duplicates", tmp_path / "in", "--apply", findings, "-o", out, "--unsafe").exit_code == 0
    assert json.loads((out / "b.jsonl").read_text("utf-8").splitlines()[3])["text"] == rows[1]
    assert (out / "c.txt").read_bytes() == "Mở đầu\r\n".encode()
    # once is enough
    assert invoke("duplicates", tmp_path / "in" / "a.txt", out / "c.txt").stdout == ""


def test_findings_of_other_texts_are_refused(tmp_path):
    corpus(tmp_path / "in")
    findings = tmp_path / "f.jsonl"
    invoke("duplicates", tmp_path / "in", "-o", findings)
    (tmp_path / "in" / "c.txt").write_text("Khác", "utf-8")
    result = invoke("duplicates", tmp_path / "in", "--apply", findings, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "2 findings are about other texts" in result.stderr
    assert (tmp_path / "out" / "c.txt").read_text("utf-8") == "Khác"
    result = invoke("duplicates", tmp_path / "in" / "a.txt", "--apply", findings, "-o", tmp_path / "out" / "")
    assert result.exit_code == 2
    assert "b.jsonl is not among the inputs" in result.stderr
    findings.write_text("{}\n", "utf-8")
    result = invoke("duplicates", tmp_path / "in", "--apply", findings, "-o", tmp_path / "out")
    assert "these are no findings of ocrfix duplicates" in result.stderr


def test_what_cannot_be_read_stops_nothing(tmp_path):
    corpus(tmp_path / "in")
    (tmp_path / "in" / "b.jsonl").rename(tmp_path / "in" / "b.parquet")
    result = invoke("duplicates", tmp_path / "in", "-o", tmp_path / "f")
    assert result.exit_code == 2
    assert "b.parquet" in result.stderr
    assert "2 documents: 2 copies" in result.stderr
    assert invoke("duplicates", "-").exit_code == 2
    assert invoke("duplicates").exit_code == 2
