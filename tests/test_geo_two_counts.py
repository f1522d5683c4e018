import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from geo.two_counts import e_test, rate_ratio, smallest_drop

counts = st.integers(0, 60)
exposures = st.sampled_from([0.5, 1.0, 1.7, 2.0, 3.0])


def added_up_pair_by_pair(one: int, two: int, over: float, over_two: float, dispersion: float) -> float:
    """Return the E-test as the paper defines it: every pair of counts, one by one."""
    rate = (one + two) / (over + over_two)
    first, second = np.arange(500)[:, None], np.arange(500)[None, :]

    def statistic(x: object, y: object) -> object:
        x, y = np.asarray(x, float), np.asarray(y, float)
        return np.abs(x / over - y / over_two) / np.sqrt(np.maximum(x + y, 1e-300) / (over * over_two))

    chance = [
        poisson.pmf(numbers, rate * length)
        if dispersion == 1
        else nbinom.pmf(numbers, rate * length / (dispersion - 1), 1 / dispersion)
        for numbers, length in ((first, over), (second, over_two))
    ]
    beyond = np.asarray(statistic(first, second)) >= np.asarray(statistic(one, two)) * (1 - 1e-10)
    beyond[0, 0] = False
    return float((chance[0] * chance[1] * beyond).sum())


def test_published_values_are_met(shared: Path) -> None:
    for case in json.loads((shared / "golden/g09_etest.json").read_text("utf-8"))["cases"]:
        assert e_test(case["k1"], case["k2"]) == pytest.approx(case["p"], rel=1e-8)


@given(counts, counts, exposures, exposures, st.sampled_from([1.0, 1.5, 3.0]))
def test_the_two_roots_find_the_pairs_that_the_paper_adds_up(
    one: int, two: int, over: float, over_two: float, dispersion: float
) -> None:
    found = e_test(one, two, exposure=over, other_exposure=over_two, dispersion=dispersion)
    if found is None:
        assert one + two == 0
    elif found < 1:
        expected = added_up_pair_by_pair(one, two, over, over_two, dispersion)
        assert found == pytest.approx(expected, rel=1e-7, abs=1e-12)


@given(counts, counts, exposures, exposures)
def test_exchanging_the_counts_changes_nothing(one: int, two: int, over: float, over_two: float) -> None:
    forth = e_test(one, two, exposure=over, other_exposure=over_two)
    back = e_test(two, one, exposure=over_two, other_exposure=over)
    assert forth == (None if back is None else pytest.approx(back, rel=1e-9))


def test_equal_rates_differ_by_chance_alone_and_nothing_at_all_is_undefined() -> None:
    assert e_test(6, 3, exposure=2.0) == 1.0
    assert e_test(0, 0) is None
    assert rate_ratio(0, 0) is None


def test_large_counts_agree_with_the_normal_law() -> None:
    z = 400 / math.sqrt(200_000)
    assert e_test(100_200, 99_800) == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-2)


@given(counts, counts.filter(bool), exposures, exposures)
def test_the_interval_holds_the_ratio_and_turns_over_with_it(one: int, two: int, over: float, over_two: float) -> None:
    there = rate_ratio(one, two, exposure=over, other_exposure=over_two)
    back = rate_ratio(two, one, exposure=over_two, other_exposure=over)
    assert there is not None
    assert back is not None
    assert there.ratio is not None
    assert there.low <= there.ratio <= there.high
    assert there.low == pytest.approx(1 / back.high if math.isfinite(back.high) else 0.0, rel=1e-9)


def test_the_interval_is_that_of_the_score_statistic() -> None:
    # At its ends the score statistic of the share equals its quantile.
    found = rate_ratio(30, 60)
    assert found is not None
    for end in (found.low, found.high):
        share = end / (1 + end)
        assert abs(30 - 90 * share) / math.sqrt(90 * share * (1 - share)) == pytest.approx(1.959963984540, rel=1e-9)


def test_the_smallest_drop_is_found_as_often_as_it_says() -> None:
    drop = smallest_drop(100, 100)
    assert drop is not None
    rng = np.random.default_rng(3)
    before, after = rng.poisson(100, 2_000), rng.poisson(100 - drop, 2_000)
    found = np.mean([(e_test(int(a), int(b)) or 1.0) < 0.05 for a, b in zip(after, before, strict=True)])
    assert 0.76 < found < 0.84


def test_a_drop_below_nothing_cannot_be_found() -> None:
    assert smallest_drop(5, 5) is None
    assert smallest_drop(0, 0) is None


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: e_test(-1, 2),
        lambda: e_test(1, 2, exposure=0.0),
        lambda: e_test(1, 2, dispersion=0.5),
        lambda: rate_ratio(1, 2, alpha=1.0),
        lambda: smallest_drop(-1, 2),
        lambda: smallest_drop(1, 2, power=1.0),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError, match=r"not |must|more|between"):
        wrong()
