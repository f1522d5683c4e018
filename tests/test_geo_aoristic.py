"""Hours of the week: every event counts once, wherever the clocks stand."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.aoristic import UNITS, WEEK_S, week_hours
from geo.errors import GeoError

LONDON = ZoneInfo("Europe/London")
ZONES = [UTC, LONDON, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/New_York")]
YEAR_S = 365 * 86_400
START_S = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())


def at(*when: int, zone: ZoneInfo = LONDON) -> int:
    return int(datetime(*when, tzinfo=zone).timestamp())


def cells(table: np.ndarray) -> dict[tuple[int, int], float]:
    return {(int(day), int(hour)): float(table[day, hour]) for day, hour in np.argwhere(table)}


def test_a_known_moment_counts_in_its_local_hour() -> None:
    moment = at(2026, 7, 3, 23, 59)
    assert cells(week_hours([moment], [moment], LONDON).table) == {(4, 23): 1.0}
    assert cells(week_hours([moment], [moment], UTC).table) == {(4, 22): 1.0}


def test_an_interval_is_shared_out_by_time_across_midnight_and_the_week() -> None:
    hours = week_hours([at(2026, 3, 8, 22, 30)], [at(2026, 3, 9, 0, 30)], LONDON)
    assert cells(hours.table) == {(6, 22): 0.25, (6, 23): 0.5, (0, 0): 0.25}


def test_the_end_is_not_part_of_an_interval() -> None:
    assert cells(week_hours([at(2026, 3, 9, 9)], [at(2026, 3, 9, 10)], LONDON).table) == {(0, 9): 1.0}


def test_the_hour_that_is_skipped_gets_nothing() -> None:
    """On 29 March 2026 the clocks of London go from 01:00 to 02:00."""
    hours = week_hours([at(2026, 3, 29, 0)], [at(2026, 3, 29, 3)], LONDON)
    assert cells(hours.table) == {(6, 0): 0.5, (6, 2): 0.5}


def test_the_hour_that_comes_twice_gets_both() -> None:
    """On 25 October 2026 the hour from 01:00 comes twice: midnight to 03:00 is four hours."""
    hours = week_hours([at(2026, 10, 25, 0)], [at(2026, 10, 25, 3)], LONDON)
    assert cells(hours.table) == {(6, 0): 0.25, (6, 1): 0.5, (6, 2): 0.25}


def test_clocks_that_change_by_half_an_hour_are_followed() -> None:
    """Lord Howe Island: on 4 October 2026 the clocks go from 02:00 to 02:30."""
    zone = ZoneInfo("Australia/Lord_Howe")
    hours = week_hours([at(2026, 10, 4, 1, zone=zone)], [at(2026, 10, 4, 3, zone=zone)], zone)
    assert cells(hours.table) == pytest.approx({(6, 1): 2 / 3, (6, 2): 1 / 3}, abs=1e-8)


def test_a_whole_week_is_even_and_more_than_a_week_tells_nothing() -> None:
    start = at(2026, 6, 1, 0)
    week = week_hours([start], [start + WEEK_S], LONDON)
    assert np.allclose(week.table, 1 / 168, atol=1e-8)
    longer = week_hours([start], [start + WEEK_S + 1], LONDON)
    assert (longer.counted, longer.too_long, longer.spread) == (0, 1, 0)
    spread = week_hours([start, start], [start + WEEK_S + 1, start], LONDON, spread_long=True)
    assert (spread.counted, spread.too_long, spread.exact) == (2, 1, 1)
    assert np.allclose(np.sort(spread.table, axis=None)[:-1], 1 / 168, atol=1e-8)


def test_dates_without_an_hour_are_left_out_and_counted() -> None:
    noon = at(2026, 6, 1, 12)
    hours = week_hours([noon, noon], [noon, noon + 86_400], LONDON, has_hour=[True, False])
    assert (hours.counted, hours.exact, hours.spread, hours.no_hour) == (1, 1, 0, 1)


EVENTS = st.lists(
    st.tuples(
        st.integers(START_S, START_S + YEAR_S),
        st.sampled_from([0, 1, 59, 3600, 5400]) | st.integers(0, WEEK_S + 5),
        st.booleans(),
    ),
    max_size=12,
)


@given(EVENTS, st.sampled_from(ZONES), st.booleans())
def test_sums_reconcile_exactly(events: list[tuple[int, int, bool]], zone: ZoneInfo, spread_long: bool) -> None:
    start = np.array([one[0] for one in events], dtype=np.int64)
    end = start + np.array([one[1] for one in events], dtype=np.int64)
    known = np.array([one[2] for one in events], dtype=bool)
    hours = week_hours(start, end, zone, has_hour=known, spread_long=spread_long)
    assert hours.exact + hours.spread + hours.too_long + hours.no_hour == len(events)
    placed = hours.exact + hours.spread + (hours.too_long if spread_long else 0)
    assert int(hours.units.sum()) == placed * UNITS
    assert float(hours.table.sum()) == hours.counted == placed
    assert (hours.units >= 0).all()
    backwards = week_hours(start[::-1], end[::-1], zone, has_hour=known[::-1], spread_long=spread_long)
    assert (backwards.units == hours.units).all()


@given(st.integers(START_S, START_S + YEAR_S), st.integers(1, 4000), st.sampled_from(ZONES))
def test_shares_are_those_of_counting_minute_by_minute(start: int, minutes: int, zone: ZoneInfo) -> None:
    start -= start % 60
    expected: dict[tuple[int, int], Fraction] = {}
    for minute in range(minutes):
        local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=start + 60 * minute)).astimezone(zone)
        key = (local.weekday(), local.hour)
        expected[key] = expected.get(key, Fraction(0)) + Fraction(1, minutes)
    table = week_hours([start], [start + 60 * minutes], zone).table
    assert cells(table) == pytest.approx({key: float(share) for key, share in expected.items()}, abs=1e-8)


def test_more_events_than_one_block_are_the_same_as_fewer() -> None:
    rng = np.random.default_rng(8)
    start = rng.integers(START_S - 10 * YEAR_S, START_S, 30_000)
    end = start + rng.integers(0, WEEK_S, 30_000)
    whole = week_hours(start, end, LONDON)
    parts = [week_hours(start[rows], end[rows], LONDON).units for rows in np.array_split(np.arange(30_000), 7)]
    assert (whole.units == sum(parts)).all()
    assert whole.counted == 30_000


def test_a_zone_without_whole_hours_and_times_before_1970_work() -> None:
    odd = timezone(timedelta(hours=5, minutes=45))
    moment = -86_400 * 3  # Monday 29 December 1969, midnight UTC
    assert cells(week_hours([moment], [moment], odd).table) == {(0, 5): 1.0}


@pytest.mark.parametrize(
    ("start", "end", "known"),
    [
        ([10], [9], None),
        ([10], [10, 11], None),
        ([1.5], [2.5], None),
        ([10], [10], [True, False]),
        ([10], [10], [1]),
        ([2**60], [2**60], None),
    ],
)
def test_impossible_times_are_refused(start: list[int], end: list[int], known: list[bool] | None) -> None:
    with pytest.raises(GeoError):
        week_hours(start, end, UTC, has_hour=known)


def test_no_event_makes_an_empty_table() -> None:
    hours = week_hours([], [], LONDON)
    assert (hours.counted, hours.table.shape) == (0, (7, 24))
