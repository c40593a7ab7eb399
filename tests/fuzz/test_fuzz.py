"""Inputs that once failed, kept for good, and some new ones: every target's laws hold.

``fuzz.py`` looks for more, for as long as one likes.
"""

from __future__ import annotations

import random
from pathlib import Path

import fuzz
import mutate
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import TARGETS

HERE = Path(__file__).parent

INPUTS = sorted(path for path in (HERE / "inputs").rglob("*") if path.is_file())


def test_every_input_belongs_to_a_target():
    assert INPUTS
    assert {path.parent.name for path in INPUTS} <= set(TARGETS)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_kept_input(path):
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_seeds(target):
    for data in mutate.seeds(target)[:6]:
        TARGETS[target](data)


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=12)
@given(seed=st.integers(0, 10**9))
def test_mutated_seeds(target, seed):
    rng = random.Random(seed)
    TARGETS[target](mutate.mutate(rng.choice(mutate.seeds(target)), rng, target))


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=25)
@given(data=st.binary(max_size=300))
def test_any_bytes(target, data):
    TARGETS[target](data)


def test_the_fuzzer_tells_faults_apart_and_makes_them_smaller(monkeypatch):
    def faulty(data):
        assert b"x" not in data, "an x"
        if b"y" in data:
            raise KeyError

    monkeypatch.setitem(TARGETS, "clean", faulty)
    assert fuzz.fault("clean", b"abc") == ""
    assert fuzz.fault("clean", b"ab y").startswith("KeyError-")
    assert fuzz.fault("clean", b"abxy").endswith("-an-x")
    assert fuzz.shrink("clean", b"a long input with an x in it") == b"x"
    assert len(fuzz.shrink("clean", b"why y not")) == 1


def test_mutations_are_the_same_for_one_seed_and_keep_their_limit():
    for target in TARGETS:
        seed = mutate.seeds(target)[0]
        one, other = (mutate.mutate(seed, random.Random(5), target, 200) for _ in range(2))
        assert one == other
        assert len(one) <= 200
