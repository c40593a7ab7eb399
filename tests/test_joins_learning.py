"""Learning the weights of seams: the regression, the damage, and the whole way on a small file."""

from __future__ import annotations

import json
from random import Random

import numpy as np
import pytest
from articles import articles, written
from click.testing import CliRunner

from ocrfix.cli.commands import cli
from ocrfix.detectors import _joins_learning
from ocrfix.detectors._joins_damage import broken_documents, material
from ocrfix.detectors._joins_learning import logistic
from ocrfix.detectors._joins_weights import load_weights


@pytest.fixture
def corpus(tmp_path):
    return written(tmp_path / "news.txt", articles(40))


def test_regression_finds_the_weights_that_made_the_data():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(20_000, 3))
    truth, start = np.array([1.5, -0.7, 0.0]), -0.4
    y = rng.random(20_000) < 1 / (1 + np.exp(-(x @ truth + start)))
    weights, intercept = logistic(x, y)
    assert weights == pytest.approx(truth, abs=0.08)
    assert intercept == pytest.approx(start, abs=0.08)


def test_pairs_of_the_damage_are_halves(corpus):
    found = material([corpus], Random(1), 100)
    assert len(found.articles) == 40
    right = " ".join(" ".join(" ".join(a) for a in found.articles).split())
    documents = list(broken_documents(found, Random(1), 2))
    assert len(documents) > 40
    whole = 0
    for document in documents:
        for left, right_half in document.pairs:
            joined = f"{document.blocks[left]} {document.blocks[right_half]}"
            whole += " ".join(joined.split()[:-1]) in right or joined in right
    assert whole >= 0.7 * sum(len(d.pairs) for d in documents)  # some are stained
    again = list(broken_documents(material([corpus], Random(1), 100), Random(1), 2))
    assert again == documents


def test_the_command_learns_a_file_that_can_be_read(corpus, tmp_path):
    for name in ("one.json", "two.json"):
        result = CliRunner().invoke(cli, ["learn", "--seams", str(corpus), "-o", str(tmp_path / name)])
        assert result.exit_code == 0, result.output
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    learned = json.loads((tmp_path / "one.json").read_text("utf-8"))
    weights = load_weights()
    assert set(learned["alone"]) == set(weights.alone)
    assert tuple(learned["features"]) == weights.network.names
    assert set(learned["thresholds"]) == set(weights.thresholds)
    assert learned["alone"]["small"] > 0
    assert all(safe > unsafe for table in learned["thresholds"].values() for safe, unsafe in table.values())


def test_a_file_without_articles_is_refused(tmp_path):
    path = tmp_path / "lists.txt"
    path.write_text("gạo tẻ\nmuối\nmắm\n", "utf-8")
    result = CliRunner().invoke(cli, ["learn", "--seams", str(path), "-o", str(tmp_path / "x.json")])
    assert result.exit_code == 2
    assert "no articles" in result.output
    assert not (tmp_path / "x.json").exists()
    assert _joins_learning.SEED == 1
