import pytest
from scipy.stats import poisson

from geo.run_chart import Run, complete_weeks, run_chart

CALM = [9, 11, 10, 8, 12, 10, 9, 11]


def test_eight_weeks_on_one_side_are_a_run_and_seven_are_not() -> None:
    eight = run_chart([*CALM, *[8] * 8], baseline_weeks=8)
    seven = run_chart([*CALM, *[8] * 7], baseline_weeks=8)
    assert eight is not None
    assert seven is not None
    assert (eight.runs, seven.runs) == ((Run(8, 16, above=False),), ())
    assert eight.outside == ()


def test_a_week_on_the_centre_neither_makes_nor_breaks_a_run() -> None:
    chart = run_chart([*CALM, 8, 8, 8, 8, 10, 8, 8, 8, 8], baseline_weeks=8)
    assert chart is not None
    assert chart.runs == (Run(8, 17, above=False),)


def test_weeks_outside_of_the_band_are_named() -> None:
    chart = run_chart([*CALM, 0, 10, 40], baseline_weeks=8)
    assert chart is not None
    assert (chart.low, chart.high) == (poisson.ppf(0.001, 10), poisson.ppf(0.999, 10))
    assert chart.outside == (8, 10)


def test_rare_events_need_a_longer_run_below_than_above() -> None:
    chart = run_chart([0, 0, 1, 0, 0, 0, 1, 0] + [0] * 10, baseline_weeks=8)
    assert chart is not None
    assert chart.runs == ()
    assert chart.long_above == 8
    assert chart.long_below > 18


def test_swinging_weeks_get_a_wider_band() -> None:
    calm, wild = (run_chart(CALM, baseline_weeks=8, dispersion=swing) for swing in (1.1, 3.0))
    assert calm is not None
    assert wild is not None
    assert (calm.dispersion, wild.dispersion) == (1.0, 3.0)
    assert wild.low < calm.low < calm.high < wild.high


def test_a_short_baseline_gives_no_chart_and_an_empty_one_a_chart_of_zeros() -> None:
    assert run_chart(CALM[:7], baseline_weeks=7) is None
    assert run_chart(CALM, baseline_weeks=9) is None
    quiet = run_chart([0] * 8 + [1], baseline_weeks=8)
    assert quiet is not None
    assert (quiet.centre, quiet.outside) == (0.0, (8,))


def test_the_last_fourteen_days_are_left_out() -> None:
    days = list(range(35))
    assert complete_weeks(days, first_day=0, last_day=34).tolist() == [7, 7, 7]
    assert complete_weeks(days, first_day=0, last_day=33).tolist() == [7, 7]
    assert complete_weeks(days, first_day=0, last_day=5).tolist() == []
    with pytest.raises(ValueError, match="incomplete"):
        complete_weeks(days, first_day=0, last_day=34, incomplete_days=-1)
