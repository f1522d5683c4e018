"""Counts are drawn together as far as chance explains, and no further."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gamma

from geo.errors import GeoError
from geo.shrinkage import shrink

COUNTS = st.lists(st.integers(0, 50).map(float), max_size=30)


def test_the_moments_give_the_mean_and_the_share_that_is_kept() -> None:
    counts = np.array([0.0, 4.0] * 10)
    found = shrink(counts)
    variance = 80 / 19
    kept = 1 - 17 / 19 * 2 / variance
    assert found.kept == pytest.approx(kept, rel=1e-12)
    assert found.mean == pytest.approx(2 + kept * (counts - 2), rel=1e-12)


def test_the_interval_is_that_of_the_gamma_distribution() -> None:
    found = shrink([3.0])
    assert found.low[0] == pytest.approx(gamma.ppf(0.025, 3.5), rel=1e-12)
    assert found.high[0] == pytest.approx(gamma.ppf(0.975, 3.5), rel=1e-12)


def test_places_that_are_all_alike_are_drawn_to_one_value() -> None:
    found = shrink([5.0] * 20)
    assert np.allclose(found.mean, 5.0)
    assert found.kept == pytest.approx(2 / 19)


def test_intervals_hold_the_truth_also_where_all_places_are_alike() -> None:
    """The interval must not collapse on a common mean that is itself an estimate."""
    counts = np.random.default_rng(3).poisson(6, (300, 30)).astype(float)
    held = [((one.low <= 6) & (one.high >= 6)).mean() for one in map(shrink, counts)]
    assert np.mean(held) > 0.93


@given(COUNTS)
def test_shrinking_keeps_the_order_and_the_mean(counts: list[float]) -> None:
    found = shrink(counts)
    assert (found.low <= found.high).all()
    if counts:
        assert found.mean.mean() == pytest.approx(np.mean(counts), rel=1e-9)
        by_count = np.argsort(counts, kind="stable")
        assert (np.diff(found.mean[by_count]) >= -1e-12).all()
    if 0 < len(counts) < 10:
        assert found.mean.tolist() == counts


def test_shrunk_means_are_nearer_to_the_truth_and_intervals_hold_it() -> None:
    rng = np.random.default_rng(9)
    truth = rng.gamma(2.0, 3.0, (60, 80))
    counts = rng.poisson(truth).astype(float)
    found = [shrink(row) for row in counts]
    error = np.mean([(one.mean - row) ** 2 for one, row in zip(found, truth, strict=True)])
    assert error < 0.85 * np.mean((counts - truth) ** 2)
    held = np.mean([(one.low <= row) & (row <= one.high) for one, row in zip(found, truth, strict=True)])
    assert 0.94 < held < 0.975


@pytest.mark.parametrize("counts", [[-1.0], [np.nan], [[1.0]], [np.inf]])
def test_what_is_no_count_is_refused(counts: list[float]) -> None:
    with pytest.raises(GeoError):
        shrink(counts)


def test_a_level_out_of_range_is_refused() -> None:
    with pytest.raises(GeoError):
        shrink([1.0], level=1.0)
