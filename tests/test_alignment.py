"""Words of one list that stand for words of another: the frame that measuring and learning share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrfix._alignment import cheapest, groups
from ocrfix.correction import alignment as learning
from ocrfix.evaluation import alignment as measuring

WORDS = st.lists(
    st.sampled_from(["vì", "vi", "người", "ngườinghèo", "nghèo", "ng", "ười", ",", "quỹ"]), max_size=5
)
KINDS = pytest.mark.parametrize(
    ("shapes", "cost"),
    [
        (measuring._SHAPES, measuring._cost),
        (learning._SHAPES, learning._words_cost),
        (((1, 0), (0, 1)), lambda _a, _b: 1.0),
    ],
    ids=["measuring", "learning", "strays alone"],
)


def _least(a, b, shapes, cost):
    """The least cost of all ways, each tried."""
    if not a and not b:
        return 0.0
    found = []
    for di, dj in shapes:
        if di <= len(a) and dj <= len(b):
            first = cost(a[:di], b[:dj])
            if first is not None:
                found.append(first + _least(a[di:], b[dj:], shapes, cost))
    return min(found)


@KINDS
@given(a=WORDS, b=WORDS)
def test_no_other_way_is_cheaper(shapes, cost, a, b):
    i, j, total = 0, 0, 0.0
    for di, dj in cheapest(a, b, shapes, cost):
        assert (di, dj) in shapes
        total += cost(a[i : i + di], b[j : j + dj])
        i, j = i + di, j + dj
    assert (i, j) == (len(a), len(b))
    assert total == pytest.approx(_least(a, b, shapes, cost))


@pytest.mark.parametrize("pair_up", [measuring._pair_up, learning._pair_up], ids=["measuring", "learning"])
@given(a=WORDS, b=WORDS)
def test_groups_cover_both_lists_in_order(pair_up, a, b):
    found = list(groups(a, b, pair_up))
    assert [k for start, end, *_ in found for k in range(start, end)] == list(range(len(a)))
    assert [k for *_, start, end in found for k in range(start, end)] == list(range(len(b)))


def test_of_equal_ways_the_first_listed_is_taken():
    free = lambda _a, _b: 0.0  # noqa: E731
    assert cheapest(["a"], ["b"], ((1, 1), (1, 0), (0, 1)), free) == [(1, 1)]
    assert cheapest(["a"], ["b"], ((1, 0), (0, 1), (1, 1)), free) == [(0, 1), (1, 0)]


def test_long_stretches_with_nothing_in_common_are_not_searched():
    a, b = [f"a{k}" for k in range(700)], [f"b{k}" for k in range(600)]
    assert list(groups(a, b, learning._pair_up)) == [(0, 700, 0, 600)]
    assert list(groups(a, b, measuring._pair_up))[:2] == [(0, 1, 0, 1), (1, 2, 1, 2)]
