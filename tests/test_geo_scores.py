"""Scores of counts: known answers, no infinity, and the share of a normal law where counts are Poisson."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from geo.errors import GeoError
from geo.scores import count_scores


def test_the_score_is_the_normal_point_of_the_mid_p() -> None:
    observed, expected = np.arange(12), 4.0
    wanted = norm.isf(poisson.sf(observed, expected) + 0.5 * poisson.pmf(observed, expected))
    assert count_scores(observed[None, :], expected)[0] == pytest.approx(wanted)


def test_one_report_where_hardly_any_is_expected_is_not_unusual() -> None:
    plain = (1 - 0.1) / np.sqrt(0.1)
    assert plain > 1.96
    assert count_scores([[1]], [[0.1]])[0, 0] < 1.96


@given(st.integers(0, 5_000), st.just(0.0) | st.floats(1e-6, 5_000), st.floats(1, 20), st.floats(0, 100))
def test_a_score_is_always_finite(observed: int, expected: float, dispersion: float, error: float) -> None:
    score = count_scores([[observed]], [[expected]], dispersion=dispersion, expected_se=error)
    assert np.isfinite(score).all()


def test_what_is_not_known_well_makes_scores_smaller() -> None:
    sure, unsure = count_scores([[9]], [[4.0]])[0, 0], count_scores([[9]], [[4.0]], expected_se=2.0)[0, 0]
    assert 0 < unsure < sure
    assert count_scores([[9]], [[4.0]], dispersion=2.0)[0, 0] < sure


def test_poisson_counts_are_hot_as_often_as_the_law_says() -> None:
    scores = count_scores(np.random.default_rng(8).poisson(6.0, (400, 50)), 6.0)
    assert 0.015 < (scores >= 1.96).mean() < 0.03
    assert abs(scores.mean()) < 0.02


def test_a_missing_value_is_refused() -> None:
    with pytest.raises(GeoError):
        count_scores([[np.nan]], [[1.0]])
    assert count_scores([[3]], [[0.0]]).tolist() == [[0.0]]
