from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.agreement import Confusion, confusion, interval


def test_a_known_kappa() -> None:
    """The example that textbooks use: 20 and 15 of 50 agreed, 5 and 10 not."""
    found = Confusion(kept_good=20, kept_bad=5, dropped_good=10, dropped_bad=15)
    assert found.right / found.n == 0.7
    assert found.kappa == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("counts", "kappa"), [((5, 0, 0, 5), 1.0), ((0, 5, 5, 0), -1.0), ((5, 5, 5, 5), 0.0)]
)
def test_the_ends_of_kappa(counts: tuple[int, int, int, int], kappa: float) -> None:
    assert Confusion(*counts).kappa == kappa


@pytest.mark.parametrize("counts", [(5, 0, 0, 0), (0, 0, 0, 5), (0, 0, 0, 0)])
def test_where_chance_agrees_always_there_is_no_kappa(counts: tuple[int, int, int, int]) -> None:
    assert Confusion(*counts).kappa is None


PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1)


@given(PAIRS)
def test_all_are_counted(pairs: list[tuple[bool, bool]]) -> None:
    found = confusion([verdict for verdict, _ in pairs], [label for _, label in pairs])
    assert found.n == len(pairs)
    assert found.right == sum(verdict == label for verdict, label in pairs)
    assert found.kept_good + found.kept_bad == sum(verdict for verdict, _ in pairs)


@given(PAIRS)
def test_kappa_does_not_know_who_judged(pairs: list[tuple[bool, bool]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    kappa = confusion(first, second).kappa
    assert kappa == confusion(second, first).kappa
    assert kappa is None or -1 <= kappa <= 1
    assert (kappa == 1) == (first == second and len(set(first)) == 2)


@given(st.integers(0, 50), st.integers(0, 50))
def test_an_interval_holds_its_share(right: int, wrong: int) -> None:
    low, high = interval(right, right + wrong)
    assert 0 <= low <= high <= 1
    if right + wrong:
        assert low - 1e-12 <= right / (right + wrong) <= high + 1e-12


def test_a_known_interval() -> None:
    assert interval(8, 10) == pytest.approx((0.490, 0.943), abs=1e-3)
    assert interval(0, 0) == (0, 1)
