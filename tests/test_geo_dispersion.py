"""How much counts swing: both measures, what sets them apart, and the law of counts that swing so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import nbinom, poisson

from geo.dispersion import chances, chances_up_to, mean_dispersion, pooled_dispersion, usual_range
from geo.errors import GeoError


@pytest.mark.parametrize("mean", [0.2, 1.0, 8.0])
def test_poisson_counts_have_a_dispersion_of_one_however_small_they_are(mean: float) -> None:
    counts = np.random.default_rng(1).poisson(mean * np.linspace(0.5, 1.5, 2000)[:, None], (2000, 12))
    assert pooled_dispersion(counts) == pytest.approx(1.0, abs=4 * np.sqrt((2 + 1 / mean) / (2000 * 11)))


def test_the_dispersion_of_dispersed_counts_in_unequal_periods_is_found() -> None:
    lengths = np.array([30, 90, 60, 45])
    means = np.linspace(0.02, 0.2, 4000)[:, None] * lengths
    counts = np.random.default_rng(2).negative_binomial(means / 1.5, 1 / 2.5)
    assert pooled_dispersion(counts, lengths=lengths) == pytest.approx(2.5, rel=0.05)
    assert pooled_dispersion(counts) > 3.0


@given(arrays(np.int64, (6, 5), elements=st.integers(0, 20)), st.randoms(use_true_random=False))
def test_order_of_places_and_periods_does_not_matter_to_dispersion(counts: np.ndarray, random) -> None:
    rows, columns = random.sample(range(6), 6), random.sample(range(5), 5)
    turned = pooled_dispersion(counts[np.ix_(rows, columns)])
    assert turned == pytest.approx(pooled_dispersion(counts), nan_ok=True)


@pytest.mark.parametrize("counts", [np.zeros((3, 4)), np.ones((3, 1)), np.empty((0, 4))])
def test_no_reports_or_one_period_have_no_dispersion(counts: np.ndarray) -> None:
    assert np.isnan(pooled_dispersion(counts))


@given(arrays(np.int64, (1, 7), elements=st.integers(0, 50)))
def test_of_one_place_both_measures_are_the_same(counts: np.ndarray) -> None:
    other = mean_dispersion(counts)
    assert pooled_dispersion(counts) == pytest.approx(np.nan if other is None else other, nan_ok=True)


def test_places_with_few_reports_each_pull_the_mean_down_and_a_busy_one_the_pool_up() -> None:
    random = np.random.default_rng(3)
    few = random.negative_binomial(np.full((20_000, 4), 0.1) / 1.5, 1 / 2.5)
    assert pooled_dispersion(few) == pytest.approx(2.5, abs=0.15)
    assert (mean_dispersion(few) or 0.0) < 2.1
    wild = random.negative_binomial(np.full((1, 2_000), 40.0) / 3.0, 1 / 4.0)
    calm = random.poisson(5.0, (5, 2_000))
    assert mean_dispersion(np.vstack((wild, calm))) == pytest.approx(9 / 6, abs=0.15)
    assert pooled_dispersion(np.vstack((wild, calm))) == pytest.approx((40 * 4 + 25) / 65, abs=0.3)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: pooled_dispersion([1, 2, 3]),
        lambda: pooled_dispersion([[1, -2, 3]]),
        lambda: pooled_dispersion([[1, 2, 3]], lengths=[1, 0, 1]),
        lambda: pooled_dispersion([[1, 2, 3]], lengths=[1, 1]),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(ask) -> None:
    with pytest.raises(GeoError, match=r"\. .+\. "):
        ask()


def test_the_laws_of_counts_are_those_of_the_books() -> None:
    numbers = np.arange(60)
    assert chances(numbers, mean=7.5) == pytest.approx(poisson.pmf(numbers, 7.5), rel=1e-9)
    assert chances_up_to(numbers, mean=7.5) == pytest.approx(poisson.cdf(numbers, 7.5), rel=1e-9)
    law = nbinom(7.5 / 1.5, 1 / 2.5)
    assert chances(numbers, mean=7.5, dispersion=2.5) == pytest.approx(law.pmf(numbers), rel=1e-9)
    assert chances_up_to(numbers, mean=7.5, dispersion=2.5) == pytest.approx(law.cdf(numbers), rel=1e-9)
    assert chances(numbers, mean=7.5, dispersion=1 + 1e-9) == pytest.approx(chances(numbers, mean=7.5))
    assert usual_range(mean=7.5, dispersion=2.5) == (law.ppf(0.025), law.ppf(0.975))


def test_each_place_swings_round_its_own_mean() -> None:
    assert mean_dispersion([[5, 5, 5], [50, 50, 50]]) == 0.0
    assert mean_dispersion([[2, 4, 6], [0, 0, 0]]) == 1.0
    assert mean_dispersion([[3], [4]]) is None
    assert mean_dispersion([0, 0, 0]) is None
    with pytest.raises(ValueError, match="0 or more"):
        mean_dispersion([-1, 2])
