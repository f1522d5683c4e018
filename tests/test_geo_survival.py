import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, binomtest, ecdf

from geo.errors import GeoError
from geo.survival import Quantile, kaplan_meier

#: Weeks of remission of 21 patients (Freireich and others 1963), the example of most books.
REMISSION = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)

ages = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40)


def test_the_example_of_the_books_comes_out_as_in_the_books() -> None:
    found = kaplan_meier(REMISSION, RELAPSED)
    assert found.at_days.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert found.remaining == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5)
    # R: survfit(Surv(time, status) ~ 1, conf.type = "log-log")
    assert (found.low[0], found.high[0]) == pytest.approx((0.620, 0.952), abs=5e-4)
    assert (found.low[-1], found.high[-1]) == pytest.approx((0.188, 0.680), abs=5e-4)
    assert found.quantile(0.5) == Quantile(23.0, 13.0, None)
    assert (found.subjects, found.events, found.watched_until_days) == (21, 9, 35.0)


def test_what_was_not_reached_is_not_told() -> None:
    found = kaplan_meier(REMISSION, RELAPSED)
    assert found.quantile(0.9) == Quantile(None, None, None)
    nothing = kaplan_meier([4, 9], [False, False])
    assert nothing.quantile(0.5) == Quantile(None, None, None)
    assert nothing.ended_by(10) is None
    assert kaplan_meier([], []).quantile(0.5).days is None


@given(ages)
def test_the_curve_is_that_of_another_program(rows: list[tuple[int, bool]]) -> None:
    days, ended = np.array([day for day, _ in rows], dtype=float), np.array([end for _, end in rows])
    found = kaplan_meier(days, ended)
    peer = ecdf(CensoredData(uncensored=days[ended], right=days[~ended])).sf
    assert found.remaining == pytest.approx(peer.evaluate(found.at_days), abs=1e-12)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.integers(0, 60))
def test_with_every_end_known_it_is_the_plain_share_with_wilsons_interval(days: list[int], by: int) -> None:
    found = kaplan_meier(days, np.ones(len(days), bool)).ended_by(by)
    number = sum(day <= by for day in days)
    peer = binomtest(number, len(days)).proportion_ci(method="wilson")
    assert found is not None
    assert found.share == pytest.approx(number / len(days))
    if number or by <= min(days):
        assert (found.low, found.high) == pytest.approx((peer.low, peer.high), abs=1e-9)


@given(ages, st.permutations(range(40)))
def test_the_order_does_not_matter(rows: list[tuple[int, bool]], order: list[int]) -> None:
    mixed = [rows[at] for at in order if at < len(rows)]
    one, other = (kaplan_meier([day for day, _ in each], [end for _, end in each]) for each in (rows, mixed))
    assert one.remaining.tolist() == other.remaining.tolist()
    assert one.quantile(0.5) == other.quantile(0.5)


@given(ages)
def test_the_curve_falls_and_lies_within_its_interval(rows: list[tuple[int, bool]]) -> None:
    found = kaplan_meier([day for day, _ in rows], [end for _, end in rows])
    assert (np.diff(found.remaining) <= 0).all()
    assert ((found.low <= found.remaining + 1e-12) & (found.remaining <= found.high + 1e-12)).all()
    median = found.quantile(0.5)
    if median.days is not None:
        assert median.low_days is not None
        assert median.low_days <= median.days
        assert median.high_days is None or median.high_days >= median.days


def test_those_that_came_under_watch_late_say_nothing_about_younger_ages() -> None:
    rng = np.random.default_rng(6)
    received, lasts = rng.uniform(-400, 100, 60_000), rng.exponential(60, 60_000)
    in_window = (received + lasts > 0) & (received < 100)
    end = np.minimum(received + lasts, 100)[in_window]
    days, ended = end - received[in_window], (received + lasts <= 100)[in_window]
    entered = np.maximum(0, -received[in_window])
    right = kaplan_meier(days, ended, entered_days=entered)
    wrong = kaplan_meier(days, ended)
    truth = 60 * np.log(2)
    assert right.quantile(0.5).days == pytest.approx(truth, rel=0.03)
    assert wrong.quantile(0.5).days > 1.25 * truth


def test_a_curve_that_runs_out_of_watched_ones_says_nothing_from_there_on() -> None:
    found = kaplan_meier([2, 3, 40, 50], [True, True, True, False], entered_days=[0, 0, 30, 30])
    assert found.broken_at_days == 3.0
    assert found.quantile(0.5).days == 2.0
    assert found.quantile(0.9).days is None
    assert found.ended_by(45) is None


def test_where_nothing_ended_the_share_is_none_with_an_upper_end_for_its_number() -> None:
    found = kaplan_meier([200] * 20, [False] * 20).ended_by(180)
    assert found is not None
    assert (found.share, found.low, found.watched) == (0.0, 0.0, 20)
    assert found.high == pytest.approx(binomtest(0, 20).proportion_ci(method="wilson").high)


@pytest.mark.parametrize(
    ("days", "ended", "entered"),
    [
        ([1, 2], [True], 0),
        ([-1], [True], 0),
        ([float("nan")], [True], 0),
        ([3], [True], [4]),
        ([3], [True], [0, 0]),
    ],
)
def test_ages_that_make_no_sense_are_refused(days: list[float], ended: list[bool], entered: list[float]) -> None:
    with pytest.raises(GeoError):
        kaplan_meier(days, ended, entered_days=entered)


def test_levels_and_shares_that_make_no_sense_are_refused() -> None:
    with pytest.raises(GeoError):
        kaplan_meier([1], [True], level=1.0)
    with pytest.raises(GeoError):
        kaplan_meier([1], [True]).quantile(0.0)
