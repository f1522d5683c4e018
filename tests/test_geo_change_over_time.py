"""Whether shares, counts and times change along a row of periods by more than chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, kendalltau, logrank

from geo.change_over_time import count_change, pace_change, share_change, two_shares
from geo.errors import GeoError


def test_a_share_that_rises_is_the_one_of_the_book() -> None:
    # By hand: 19 of 40; T = 9.5, variance 0.475 x 0.525 x 50.
    found = share_change([2, 4, 5, 8], [10, 10, 10, 10])
    assert found.z == pytest.approx(9.5 / (0.475 * 0.525 * 50) ** 0.5)
    assert found.dispersion == 1.0


def test_turning_the_row_round_turns_the_sign_and_nothing_else() -> None:
    counts, totals = [1, 3, 4, 8, 9], [10, 12, 9, 14, 11]
    found, turned = share_change(counts, totals), share_change(counts[::-1], totals[::-1])
    assert turned.z == pytest.approx(-found.z)
    assert turned.p == pytest.approx(found.p)


@pytest.mark.parametrize("counts", [[0, 0, 0, 0], [5, 5, 5, 5]])
def test_none_or_all_is_no_change(counts: list[int]) -> None:
    assert share_change(counts, [5, 5, 5, 5]).p == 1.0


@given(st.lists(st.integers(0, 40), min_size=4, max_size=30))
def test_counts_that_rise_have_a_positive_score_as_kendall_says(counts: list[int]) -> None:
    found = count_change(sorted(counts))
    assert 0.0 <= found.p <= 1.0
    tau = kendalltau(range(len(counts)), sorted(counts)).statistic
    assert found.z >= 0.0
    assert (found.z > 0.0) == (tau > 0.0 if np.isfinite(tau) else False)


def test_without_any_change_shares_are_rarely_called_out() -> None:
    rng = np.random.default_rng(6)
    for spread in (0.0, 0.15):
        called = 0
        for _ in range(2000):
            shares = np.clip(0.4 + rng.normal(0, spread, 13), 0.02, 0.98)
            called += share_change(rng.binomial(30, shares), [30] * 13).p < 0.05 / 6
        assert called / 2000 < 0.015, spread


def test_without_any_change_counts_are_rarely_called_out_whatever_their_spread() -> None:
    rng = np.random.default_rng(7)
    for dispersion in (1.0, 3.0):
        called = 0
        for _ in range(2000):
            if dispersion == 1.0:
                counts = rng.poisson(6, 13)
            else:
                counts = rng.negative_binomial(6 / (dispersion - 1), 1 / dispersion, 13)
            called += bool(counts.sum()) and count_change(counts).p < 0.05 / 6
        assert called / 2000 < 0.015, dispersion


def test_a_change_that_was_planted_is_found() -> None:
    rng = np.random.default_rng(8)
    rising = [count_change(rng.poisson(np.linspace(2, 18, 13))).p < 0.05 / 6 for _ in range(200)]
    assert np.mean(rising) > 0.9


def test_of_two_groups_the_pace_is_that_of_the_log_rank_test() -> None:
    rng = np.random.default_rng(9)
    days = np.concatenate([rng.exponential(10, 40), rng.exponential(6, 40)]).round()
    ended = rng.random(80) < 0.8
    group = np.repeat([0.0, 1.0], 40)
    sides = [group == 0.0, group == 1.0]
    early, late = (CensoredData(uncensored=days[one & ended], right=days[one & ~ended]) for one in sides)
    peer = logrank(early, late)
    found = pace_change(days, ended, group)
    assert abs(found.z) == pytest.approx(abs(peer.statistic))
    assert found.p == pytest.approx(peer.pvalue)
    assert found.z > 0, "those that began later end sooner"


def test_without_any_end_nothing_is_known_of_the_pace() -> None:
    assert pace_change([1, 2, 3], [False] * 3, [0, 1, 2]).p == 1.0


def test_two_shares_differ_as_fisher_says() -> None:
    # By hand: 2 x C(10,1) x C(10,9) / C(20,10) + 2 / C(20,10).
    assert two_shares(1, 10, 9, 10) == pytest.approx(2 * (100 + 1) / 184_756)
    assert two_shares(0, 0, 3, 5) == 1.0


@pytest.mark.parametrize(
    "ask",
    [
        lambda: share_change([1, 2, 3], [4, 4, 4]),
        lambda: share_change([5, 1, 1, 1], [4, 4, 4, 4]),
        lambda: count_change([1, -1, 2, 3]),
        lambda: two_shares(3, 2, 0, 1),
    ],
)
def test_what_is_no_row_is_refused(ask: object) -> None:
    with pytest.raises(GeoError):
        ask()  # type: ignore[operator] # each is a call
