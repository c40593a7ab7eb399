"""The small networks of confidence: learned, written and read; those that are shipped."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ocrfix._data import data_path
from ocrfix._network import STEEPEST, read_network
from ocrfix._network_learning import fit, fit_several, write_network
from ocrfix.correction import features
from ocrfix.detectors import _duplicates_evidence, _punctuation_features

NAMES = ("dấu", "chữ", "số", "tên")
SHIPPED = {
    "confidence.json": (features.NAMES, (5, 4)),
    "confidence-ngrams.json": (features.NARROW, (5, 4)),
    "punctuation.json": (_punctuation_features.NAMES, (4, 4)),
    "repeats.json": (_duplicates_evidence.NAMES, (3, 3)),
}


@pytest.fixture(scope="module")
def seen():
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(2000, len(NAMES)))
    return rows, rows[:, 0] + rows[:, 1] + 0.3 * rng.normal(size=2000) > 0


def test_it_learns_and_the_same_from_the_same(seen):
    rows, right = seen
    network = fit(rows, right, NAMES, epochs=20)
    sure = network(rows)
    assert sure[right].mean() > 0.8
    assert sure[~right].mean() < 0.2
    assert np.array_equal(fit(rows, right, NAMES, epochs=20)(rows), sure)
    assert not np.array_equal(fit(rows, right, NAMES, epochs=20, seed=2)(rows), sure)


def test_several_are_the_mean_of_their_log_odds(seen):
    rows, right = seen[0][:300], seen[1][:300]
    singles = [fit(rows, right, NAMES, seed=seed)(rows) for seed in range(3)]
    odds = np.mean([np.log(p / (1 - p)) for p in singles], axis=0)
    together = fit_several(rows, right, NAMES, 3)
    assert together(rows) == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-9)
    assert together.inner.shape == (len(NAMES), 3 * fit(rows, right, NAMES, epochs=1).inner.shape[1])


def test_nothing_is_too_far_off_to_be_told(seen):
    network = fit(*seen, NAMES, epochs=5)
    far = network(np.array([[1e30, -1e30, 0.0, 0.0], [-1e30, -1e30, 0.0, 0.0]]))
    least = 1 / (1 + np.exp(STEEPEST))
    assert ((far >= least) & (far <= 1 - least)).all()


def test_a_feature_that_never_differs_divides_by_nothing(seen):
    rows = seen[0].copy()
    rows[:, 2] = 7.0
    assert np.isfinite(fit(rows, seen[1], NAMES, epochs=2)(rows)).all()


def test_written_and_read(seen, tmp_path):
    rows, right = seen
    network = fit(rows, right, NAMES, epochs=20)
    path = tmp_path / "network.json"
    write_network(path, network, "thử", more={"choice": {"own": 1.5}})
    found, body = read_network(path, ("khác",), NAMES)
    assert found.names == NAMES
    assert found(rows) == pytest.approx(network(rows), abs=0.01)
    assert (body["note"], body["choice"]) == ("thử", {"own": 1.5})


@pytest.mark.parametrize(
    "damage",
    [
        "no JSON",
        "[]",
        "{}",
        '{"features": {"dấu": [0, 1]}}',
        '{"features": {"dấu": 1}, "inner_bias": [], "outer": [], "outer_bias": 0}',
        '{"features": {"dấu": [0, 1, "ba"]}, "inner_bias": [0], "outer": [0], "outer_bias": 0}',
        '{"features": {"chữ": [0, 1, 2]}, "inner_bias": [0], "outer": [0], "outer_bias": 0}',
    ],
)
def test_another_file_is_refused_by_name(damage, tmp_path):
    path = tmp_path / "network.json"
    path.write_text(damage, "utf-8")
    with pytest.raises(ValueError, match=r"network\.json is no network for these features"):
        read_network(path, ("dấu",))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_files_are_as_they_are_written(name, tmp_path):
    path, (names, digits) = data_path("vi", name), SHIPPED[name]
    network, body = read_network(path, names)
    more = {key: body[key] for key in ("choice",) if key in body}
    write_network(tmp_path / name, network, body["note"], digits=digits, more=more)
    assert (tmp_path / name).read_bytes() == path.read_bytes()
    assert json.loads(path.read_text("utf-8"))["licence"] == "Apache-2.0"
