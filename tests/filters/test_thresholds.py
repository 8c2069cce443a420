from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from filters.thresholds import MAX_POINTS, as_rows, choose, from_rows, precision_curve, wilson_lower

scored = st.lists(st.tuples(st.sampled_from([0.5, 0.6, 0.7, 0.8, 0.9, 1.0]), st.booleans()), min_size=1)


@pytest.mark.parametrize(
    ("right", "n"), [(0, 10), (1, 1), (10, 10), (95, 100), (950, 1000), (52, 52), (3, 7)]
)
def test_wilson_as_scipy_has_it(right: int, n: int) -> None:
    two_sided = stats.binomtest(right, n).proportion_ci(confidence_level=0.9, method="wilson")
    assert wilson_lower(right, n) == pytest.approx(two_sided.low, abs=1e-4)
    assert wilson_lower(0, 0) == 0
    surer = stats.binomtest(right, n).proportion_ci(confidence_level=1 - 2 * 0.05 / 7, method="wilson")
    assert wilson_lower(right, n, bounds=7) == pytest.approx(surer.low, abs=1e-4)


@given(scored)
def test_a_point_is_what_its_threshold_gives(examples: list[tuple[float, bool]]) -> None:
    scores, right = zip(*examples, strict=True)
    positives = sum(right) + 3
    for point in precision_curve(scores, right, positives):
        chosen = [hit for score, hit in examples if score >= point.threshold]
        assert (point.given, point.right) == (len(chosen), sum(chosen))
        assert point.precision == sum(chosen) / len(chosen)
        assert point.recall == sum(chosen) / positives
        assert point.lower < point.precision or point.precision == 0


@given(scored, st.floats(0.05, 0.99))
def test_the_lowest_threshold_that_is_sure_enough_is_chosen(
    examples: list[tuple[float, bool]], wanted: float
) -> None:
    curve = precision_curve(*zip(*examples, strict=True), positives=len(examples))
    sure = [point for point in curve if point.lower >= wanted]
    assert choose(curve, wanted) == (min(sure, key=lambda point: point.threshold) if sure else None)


@given(scored)
def test_a_curve_survives_its_file(examples: list[tuple[float, bool]]) -> None:
    curve = precision_curve(*zip(*examples, strict=True), positives=len(examples))
    assert from_rows(as_rows(curve)) == curve


def test_a_long_curve_is_thinned_evenly_and_keeps_its_end() -> None:
    scores = [i / 10_000 for i in range(5000)]
    curve = precision_curve(scores, [True] * 5000, 5000)
    assert len(curve) == MAX_POINTS
    assert [curve[0].given, curve[1].given, curve[-1].given] == [250, 500, 5000]


@pytest.mark.parametrize(
    "rows", [[[0.5, 1, 2, 0.1]], [[0.5, 0, 0, 0.1]], [[0.5]], [[0.5, "1", 1, 0.1]], ["x"]]
)
def test_what_is_no_curve_is_refused(rows: list) -> None:
    with pytest.raises((ValueError, TypeError)):
        from_rows(rows)


def test_the_promised_precision_is_mostly_kept() -> None:
    """The precision of the population is known here, and few draws from it promise too much."""
    short = chosen = 0
    for seed in range(200):
        draw = random.Random(seed)
        scores = [draw.random() for _ in range(2000)]
        right = [draw.random() < 0.6 + 0.4 * min(1.0, 1.15 * score) for score in scores]
        point = choose(precision_curve(scores, right, sum(right)), 0.95)
        if point:
            chosen += 1
            above = [point.threshold + (1 - point.threshold) * i / 400 for i in range(401)]
            short += sum(0.6 + 0.4 * min(1.0, 1.15 * score) for score in above) / 401 < 0.95
    print(f"{short} of {chosen} thresholds fall short")
    assert chosen > 150
    assert short / 200 <= 0.05 + 2 * (0.05 * 0.95 / 200) ** 0.5  # two standard errors of the draws


@pytest.mark.parametrize(
    ("n", "true", "wanted"), [(200, 0.94, 0.95), (1000, 0.945, 0.95), (1000, 0.89, 0.9), (5000, 0.945, 0.95)]
)
def test_what_is_nowhere_precise_enough_is_promised_in_five_draws_of_a_hundred_at_most(
    n: int, true: float, wanted: float
) -> None:
    """Scores that tell nothing: each threshold has a chance of its own to look better than it is."""
    draw, draws = random.Random(1), 200
    scores = [i / n for i in range(n)]
    promised = 0
    for _ in range(draws):
        right = [draw.random() < true for _ in range(n)]
        promised += choose(precision_curve(scores, right, sum(right)), wanted) is not None
    assert promised / draws <= 0.05 + 2 * (0.05 * 0.95 / draws) ** 0.5  # two standard errors of the draws
