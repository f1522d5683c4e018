import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm
from scipy.stats import t as student

from geo.dispersion import pooled_dispersion
from geo.errors import GeoError
from geo.seasons import season_of
from geo.weekly import Swing, judge_week, latest_weeks, root_score, week_swing

CERTAIN = Swing(np.array([1.0]), np.array([math.inf]))
EVERY = np.ones(8, dtype=bool)


def drawn(rng: np.random.Generator, mean: float, dispersion: float, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    if dispersion == 1.0:
        return rng.poisson(mean, shape)
    return rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion, shape)


# -- which weeks --


def test_the_base_are_the_last_usable_weeks_and_none_from_long_ago() -> None:
    usable = np.ones((1, 40), dtype=bool)
    usable[0, [39, 36]] = False
    assert np.flatnonzero(latest_weeks(usable, 8)[0]).tolist() == [30, 31, 32, 33, 34, 35, 37, 38]
    usable[0, 20:] = False
    assert not latest_weeks(usable, 8).any()


def test_a_week_that_is_left_out_may_hold_anything() -> None:
    rows = np.array([[5.0, 6, 4, 7, 5, 6, 5, 4, 6]])
    fit = np.ones((1, 9), dtype=bool)
    fit[0, 3] = False
    told = []
    for odd in (0.0, 900.0, math.nan):
        rows[0, 3] = odd
        told.append(judge_week([12], rows, latest_weeks(fit, 8), week_swing(rows, fit)))
    assert len({(float(one.expected[0]), float(one.p[0]), int(one.high[0])) for one in told}) == 1
    assert told[0].weeks.tolist() == [8]


# -- how much they swing --


def test_the_swing_of_one_block_is_the_pooled_dispersion() -> None:
    row = [3, 9, 1, 14, 2, 8, 0, 11, 6]
    assert week_swing([row], np.ones(9, bool)).dispersion[0] == pytest.approx(pooled_dispersion([row]))


def test_a_slow_change_is_not_taken_for_swing() -> None:
    rng = np.random.default_rng(3)
    rising = rng.poisson(np.linspace(10, 40, 54), (400, 54))
    found = week_swing(rising, np.ones(54, bool))
    assert found.dispersion.mean() < 1.2
    whole = week_swing(rising, np.ones(54, bool), block_weeks=54)
    assert whole.dispersion.mean() > 3


def test_few_weeks_are_steadied_by_the_other_series() -> None:
    rng = np.random.default_rng(4)
    table = drawn(rng, 8.0, 3.0, (500, 9))
    alone, together = (week_swing(table, np.ones(9, bool), common_freedom=each) for each in (0.0, 8.0))
    assert together.dispersion.std() < 0.7 * alone.dispersion.std()
    assert together.dispersion.mean() == pytest.approx(3.0, rel=0.1)
    assert together.freedom.max() == 16.0


def test_one_week_of_storm_does_not_widen_the_range_for_a_year() -> None:
    rng = np.random.default_rng(12)
    calm = drawn(rng, 20.0, 1.5, (300, 52))
    stormy = calm.copy()
    stormy[:, 25] += 150
    before, after = (week_swing(each, np.ones(52, bool)).dispersion.mean() for each in (calm, stormy))
    assert before == pytest.approx(1.5, rel=0.06)
    assert after < 1.3 * before


def test_the_weeks_after_a_storm_are_not_called_less_than_usual() -> None:
    rng = np.random.default_rng(13)
    table = drawn(rng, 20.0, 1.5, (2_000, 53))
    table[:, 48] += 150
    earlier, now = table[:, :-1], table[:, -1]
    swing = week_swing(earlier, np.ones(52, bool))
    found = judge_week(now, earlier, latest_weeks(np.ones(earlier.shape, bool), 8), swing)
    assert (np.abs(found.z) >= 3).mean() < 0.006


def test_pulling_in_does_not_move_the_mean_of_the_swing() -> None:
    rng = np.random.default_rng(14)
    for dispersion in (2.0, 4.0):
        found = week_swing(drawn(rng, 30.0, dispersion, (4_000, 52)), np.ones(52, bool), common_freedom=0.0)
        assert found.dispersion.mean() == pytest.approx(dispersion, rel=0.03)


def test_a_few_wild_series_do_not_speak_for_the_others() -> None:
    rng = np.random.default_rng(15)
    table = drawn(rng, 10.0, 1.0, (200, 52))
    wild = table.copy()
    wild[:10] = drawn(rng, 300.0, 80.0, (10, 52))
    alone, beside = (week_swing(each, np.ones(52, bool)).dispersion[10:].mean() for each in (table, wild))
    assert beside == pytest.approx(alone, rel=0.03)


def test_a_season_that_is_known_is_no_swing() -> None:
    season = np.tile([1.0, 3.0, 5.0], 9)
    counts = (4 * season).astype(int)
    assert week_swing([counts], np.ones(27, bool)).dispersion[0] > 2
    assert week_swing([counts], np.ones(27, bool), season=season).dispersion[0] == 1.0


def test_series_without_any_report_are_poisson() -> None:
    found = week_swing(np.zeros((2, 9)), np.ones(9, bool))
    assert (found.dispersion.tolist(), found.freedom.tolist()) == ([1.0, 1.0], [math.inf, math.inf])


# -- the test --


@given(st.integers(0, 60), st.lists(st.integers(0, 30), min_size=8, max_size=8))
def test_the_tail_of_poisson_weeks_is_that_of_the_conditional_binomial(now: int, weeks: list[int]) -> None:
    """The chance of so many among all of now and base; half an event more lies between the two closed forms."""
    total = sum(weeks)
    found = judge_week([now], [weeks], EVERY, CERTAIN)
    if now > total / 8:
        at_most = binom.sf(now - 1, total + now, 1 / 9) if total else 1.0
        assert found.p[0] <= min(1.0, 2 * at_most) + 1e-9
    assert 0.0 < found.p[0] <= 1.0


@given(
    st.lists(st.integers(0, 80), min_size=8, max_size=8),
    st.floats(1.0, 6.0),
    st.sampled_from([7.0, 16.0, 54.0, math.inf]),
)
def test_the_range_holds_the_expected_count_and_whatever_lies_outside_has_a_small_p(
    weeks: list[int], dispersion: float, freedom: float
) -> None:
    swing = Swing(np.full(400, dispersion), np.full(400, freedom))
    found = judge_week(np.arange(400), np.tile(weeks, (400, 1)), EVERY, swing)
    low, high, expected = int(found.low[0]), int(found.high[0]), float(found.expected[0])
    assert low <= expected <= high + 1
    outside = (np.arange(400) < low) | (np.arange(400) > high)
    assert (found.p[outside] <= 0.05 + 1e-9).all()
    assert (np.abs(found.z[~outside & (np.arange(400) > expected)]) < norm.isf(0.005)).all()


@given(st.lists(st.integers(0, 40), min_size=8, max_size=8), st.floats(1.0, 5.0))
def test_more_reports_never_have_a_lower_z(weeks: list[int], dispersion: float) -> None:
    swing = Swing(np.full(150, dispersion), np.full(150, 20.0))
    z = judge_week(np.arange(150), np.tile(weeks, (150, 1)), EVERY, swing).z
    assert (np.diff(z) >= -1e-9).all()


def test_an_uncertain_dispersion_widens_by_students_law() -> None:
    weeks = [[20] * 8]
    sure, unsure = (judge_week([36], weeks, EVERY, Swing(np.array([1.5]), np.array([f]))) for f in (math.inf, 7.0))
    assert unsure.p[0] == pytest.approx(2 * student.sf(norm.isf(sure.p[0] / 2), 7))
    assert unsure.low[0] < sure.low[0] < sure.high[0] < unsure.high[0]


def test_too_short_a_base_says_nothing() -> None:
    found = judge_week(
        [9, 9],
        np.ones((2, 8)),
        [[True] * 5 + [False] * 3, [True] * 6 + [False] * 2],
        Swing(np.ones(2), np.full(2, math.inf)),
    )
    assert np.isnan(found.p[0])
    assert np.isnan(found.expected[0])
    assert (found.low[0], found.high[0]) == (-1, -1)
    assert found.p[1] < 0.05


def test_a_base_without_any_report_can_be_exceeded() -> None:
    found = judge_week([0, 1, 6], np.zeros((3, 8)), EVERY, Swing(np.ones(3), np.full(3, math.inf)))
    assert found.low.tolist() == [0, 0, 0]
    assert found.p[0] > 0.9
    assert found.p[2] < 0.001


def test_a_season_moves_what_is_expected_and_its_error_widens_the_range() -> None:
    plain, busy, unsure = (
        judge_week([30], [[20] * 8], EVERY, CERTAIN, season_now=now, season_error=error)
        for now, error in ((1.0, 0.0), (1.5, 0.0), (1.5, 0.2))
    )
    assert (plain.expected[0], busy.expected[0]) == (20.0, 30.0)
    assert plain.z[0] > 1.5 > abs(busy.z[0])
    assert unsure.high[0] - unsure.low[0] > busy.high[0] - busy.low[0]


@pytest.mark.parametrize(("mean", "dispersion"), [(2.0, 1.0), (10.0, 2.0), (30.0, 4.0)])
def test_usual_weeks_are_called_unusual_about_as_often_as_three_sigma_promise(mean: float, dispersion: float) -> None:
    rng = np.random.default_rng(11)
    table = drawn(rng, mean, dispersion, (20_000, 53))
    earlier, now = table[:, :-1], table[:, -1]
    found = judge_week(
        now, earlier, latest_weeks(np.ones(earlier.shape, bool), 8), week_swing(earlier, np.ones(52, bool))
    )
    assert (np.abs(found.z) >= 3).mean() < 0.006
    inside = (now >= found.low) & (now <= found.high)
    assert 0.94 < inside.mean() < 0.99


@pytest.mark.parametrize(
    "wrong",
    [
        {"counts": [1, 2, 3], "usable": [True] * 3},
        {"counts": [[1, -2]], "usable": [True, True]},
        {"counts": [[1, 2]], "usable": [True] * 3},
        {"counts": [[1, 2]], "usable": [True, True], "season": 0.0},
        {"counts": [[1, 2]], "usable": [True, True], "block_weeks": 1},
    ],
)
def test_weeks_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(GeoError):
        week_swing(**wrong)  # type: ignore[arg-type] # wrong on purpose


def test_counts_and_levels_that_make_no_sense_are_refused() -> None:
    for now, level in ([-1], 0.95), ([math.nan], 0.95), ([3], 1.0):
        with pytest.raises(GeoError):
            judge_week(now, [[1] * 8], EVERY, CERTAIN, level=level)


# -- by square roots --


def test_the_root_score_is_the_formula_of_the_briefing() -> None:
    for now, before, dispersion in ((14, 8, 1.0), (3, 25, 2.5)):
        known = math.sqrt(2) * (math.sqrt(now) - math.sqrt(before)) / math.sqrt(dispersion)
        assert root_score(now, before, dispersion=dispersion)[0] == pytest.approx(known)
    with pytest.raises(GeoError):
        root_score(3, -1)


def test_the_root_score_agrees_with_the_law_for_large_counts() -> None:
    found = judge_week([260], [[200] * 8], EVERY, CERTAIN)
    assert found.z[0] == pytest.approx(root_score(260, 200, weeks=8)[0], abs=0.1)


# -- seasons --

WEEKS = np.arange(156)


def test_the_season_is_found_beside_a_steady_rise() -> None:
    rng = np.random.default_rng(2)
    truth = np.exp(0.4 * np.cos(2 * np.pi * (WEEKS / 52 - 0.1)))
    found = season_of(rng.poisson(60 * truth * np.exp(0.3 * WEEKS / 52)), WEEKS / 52 % 1, WEEKS >= 0)
    assert found is not None
    at = np.arange(52) / 52
    assert found.factors(at) == pytest.approx(np.exp(0.4 * np.cos(2 * np.pi * (at - 0.1))), rel=0.08)
    assert 0.01 < found.error(0.1, [0.45, 0.55]) < 0.05


def test_the_error_of_a_season_is_what_it_varies_by() -> None:
    rng = np.random.default_rng(8)
    fits = [season_of(rng.poisson(20.0, 156), WEEKS / 52 % 1, WEEKS >= 0) for _ in range(300)]
    at, base = 0.5, np.arange(0.34, 0.49, 0.02)
    logs = [float(np.log(one.factors([at])[0] / one.factors(base).mean())) for one in fits if one]
    told = np.mean([one.error(at, base) for one in fits if one])
    assert np.std(logs) == pytest.approx(told, rel=0.15)


def test_under_two_years_or_with_few_reports_no_season_is_told() -> None:
    assert season_of(np.full(103, 50), WEEKS[:103] / 52 % 1, np.ones(103, bool)) is None
    assert season_of(np.full(156, 3), WEEKS / 52 % 1, WEEKS >= 0) is None
    assert season_of(np.full(156, 50), WEEKS / 52 % 1, WEEKS >= 60) is None
    assert season_of(np.full(156, 50), np.full(156, 0.3), WEEKS >= 0) is None
    with pytest.raises(GeoError):
        season_of(np.full(156, 50), WEEKS[:100], WEEKS >= 0)
    with pytest.raises(GeoError):
        season_of(np.full(156, -1), WEEKS / 52 % 1, WEEKS >= 0)
