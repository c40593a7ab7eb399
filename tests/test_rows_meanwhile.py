"""Rows of a file that others change while it is being cleaned."""

from __future__ import annotations

import os
from pathlib import Path

import fakes
import pytest
from running import invoke

from ocrfix.scale.pool import Pool, run


def _appended(path):
    with path.open("ab") as file:
        file.write(b'{"text": "m"}\n')


def _replaced(path):
    other = path.with_name("khac")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def _rewritten_with_its_old_time(path):
    status = path.stat()
    path.write_bytes(path.read_bytes().replace(b"\xc3\xb0", b"\xc4\x91"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size


class Meddler(fakes.Replace):
    """Somebody changes the file while it is being cleaned."""

    path: Path
    change = staticmethod(_appended)

    def find(self, document, context):
        if self.path.exists():
            Meddler.change(self.path)
        return super().find(document, context)


@pytest.fixture
def meddled(tmp_path, monkeypatch):
    place = tmp_path / "giay"
    place.mkdir()
    Meddler.path = place / "a.jsonl"
    Meddler.path.write_text('{"text": "Quỹ Vi người nghèo, ðỏ"}\n' * 3, "utf-8")
    fakes.install(monkeypatch, (fakes.Stage("one", (Meddler("WRD001", "Vi", "Vì"),)),))
    return Meddler.path


@pytest.mark.parametrize("change", [_appended, _replaced, _rewritten_with_its_old_time, Path.unlink])
def test_rows_that_change_meanwhile_stay(meddled, monkeypatch, change):
    told = []

    def changed(path):
        if not told:
            change(path)
            told.append(path.read_bytes() if path.exists() else None)

    monkeypatch.setattr(Meddler, "change", staticmethod(changed))
    result = invoke("clean", "--isolated", "--in-place", meddled)
    assert result.exit_code == 2
    assert f"{meddled}: it was changed while it was being cleaned, and stays so" in result.stderr
    assert (meddled.read_bytes() if meddled.exists() else None) == told[0]
    assert [path.name for path in meddled.parent.iterdir()] in ([meddled.name], [])


@pytest.mark.parametrize("options", [(), ("--resume",)])
def test_rows_that_change_while_they_are_read_are_not_written(meddled, monkeypatch, options):
    told = []

    def changed(path):
        if not told:
            told.append(_appended(path))

    monkeypatch.setattr(Meddler, "change", staticmethod(changed))
    out = meddled.parent.parent / "ra"
    # no other process, which would not know of the meddler
    monkeypatch.setattr(Pool, "run", lambda _pool, batches: run(batches, None))
    result = invoke("clean", "--isolated", meddled, "-o", f"{out}/", *options)
    assert result.exit_code == 2
    assert "a.jsonl: it was changed while it was being cleaned" in result.stderr
    assert not [path for path in out.rglob("*") if "a.jsonl" in path.name]
    assert told


def test_rows_that_are_only_read_may_grow_meanwhile(meddled, monkeypatch):
    told = []
    change = lambda path: None if told else told.append(_appended(path))  # noqa: E731
    monkeypatch.setattr(Meddler, "change", staticmethod(change))
    assert invoke("check", "--isolated", "-q", meddled).exit_code == 1
    assert told


def test_rows_of_parquet_that_change_meanwhile_stay(meddled, monkeypatch, arrow):
    from pyarrow import parquet as pq

    path = meddled.with_name("a.parquet")
    pq.write_table(arrow.table({"text": ["Quỹ Vi người nghèo"] * 3}), path)
    Meddler.path = path
    other = arrow.table({"text": ["Bản khác"]})
    monkeypatch.setattr(Meddler, "change", staticmethod(lambda path: pq.write_table(other, path)))
    result = invoke("clean", "--isolated", "--in-place", path)
    assert result.exit_code == 2
    assert pq.read_table(path).equals(other)
    assert sorted(p.name for p in path.parent.iterdir()) == ["a.jsonl", "a.parquet"]
