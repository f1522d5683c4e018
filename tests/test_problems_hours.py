"""Hours of the week: which time is known, what is never mixed, and stretches that are there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from geo.aoristic import week_hours
from problems.hours import HoursTable, TimeOf, busiest_stretch, hours_of
from problems.reports import Report, ReportFlag
from problems.sources import TimePrecision
from tests.storing import a_report

LONDON = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 3, 2, tzinfo=LONDON)


def told(at: datetime, occurred: datetime | None = None, **changes: object) -> Report:
    return replace(a_report(), reported_at=at.astimezone(UTC), occurred_at=occurred, **changes)  # type: ignore[arg-type] # fields


def hours(reports: list[Report], **precision: TimePrecision) -> HoursTable:
    return hours_of(reports, precision, LONDON)


def test_the_time_it_happened_counts_where_it_is_known_of_most() -> None:
    happened = MONDAY.replace(hour=22, minute=40)
    reports = [told(MONDAY + timedelta(days=1, hours=9), happened)] * 20 + [told(MONDAY + timedelta(hours=9))] * 5
    found = hours(reports)
    assert (found.time_of, found.incidents, found.left_out) == (TimeOf.INCIDENT, 20, 5)
    assert found.hours.table[0, 22] == 20


def test_where_too_few_times_of_the_incident_are_known_it_is_the_time_of_the_report() -> None:
    happened = MONDAY.replace(hour=22)
    reports = [told(MONDAY + timedelta(days=1, hours=9), happened)] * 19 + [
        told(MONDAY + timedelta(hours=10, minutes=5))
    ] * 30
    found = hours(reports)
    assert (found.time_of, found.incidents) == (TimeOf.REPORT, 49)
    assert found.hours.table[1, 9] == 19
    assert found.hours.table[0, 10] == 30


def test_an_incident_of_which_the_day_is_known_counts_in_every_hour_until_it_was_told() -> None:
    found = hours([told(MONDAY + timedelta(hours=4), MONDAY)] * 20)
    assert found.hours.spread == 20
    assert found.hours.table[0, :5].tolist() == [5, 5, 5, 5, 0]
    later = hours([told(MONDAY + timedelta(days=3), MONDAY)] * 24)
    assert later.hours.table[0].tolist() == pytest.approx([1.0] * 24)


def test_a_day_without_an_hour_is_no_hour() -> None:
    by_day = told(MONDAY + timedelta(hours=9), source="days")
    by_month = told(MONDAY + timedelta(hours=9), flags=ReportFlag.MONTH_ONLY)
    at_midnight = told(MONDAY)
    found = hours([by_day, by_month, at_midnight, told(MONDAY + timedelta(hours=9))], days=TimePrecision.DAY)
    assert (found.incidents, found.left_out) == (1, 3)
    assert not found.is_enough


def test_an_incident_after_its_report_is_a_fault_in_the_record() -> None:
    found = hours([told(MONDAY, MONDAY + timedelta(hours=5))])
    assert found.time_of is TimeOf.REPORT


def test_hours_are_those_of_the_clock_on_the_wall() -> None:
    summer = datetime(2026, 7, 6, 21, 30, tzinfo=UTC)
    winter = datetime(2026, 1, 5, 22, 30, tzinfo=UTC)
    found = hours([told(at + timedelta(hours=1), at) for at in (summer, winter)] * 10)
    assert found.hours.table[0, 22] == 20


def test_few_incidents_are_shown_three_hours_at_a_time() -> None:
    few, many = (hours([told(MONDAY + timedelta(hours=9, minutes=5))] * number) for number in (199, 200))
    assert (few.block_hours, few.blocks.shape) == (3, (7, 8))
    assert (many.block_hours, many.blocks.shape) == (1, (7, 24))
    assert few.blocks[0, 3] == 199


# -- the stretch --


def week(counts: dict[tuple[int, int], int]) -> np.ndarray:
    """Return moments of a UTC week with so many incidents on a weekday (0 Monday) at an hour."""
    begin = 4 * 86_400
    return np.repeat([begin + day * 86_400 + hour * 3_600 + 60 for day, hour in counts], list(counts.values())).astype(
        np.int64
    )


def stretch_of(counts: dict[tuple[int, int], int]) -> str | None:
    at = week(counts)
    found = busiest_stretch(week_hours(at, at, UTC), seed=1)
    return None if found is None else found.words


def test_two_nights_that_go_over_midnight_are_told_by_their_evenings() -> None:
    nights = {(4, 22): 10, (5, 1): 10, (5, 22): 10, (6, 1): 10}
    even = {(day, hour): 1 for day in range(7) for hour in range(0, 24, 5)}
    assert stretch_of({**even, **nights}) == "on Friday and Saturday between 21:00 and 03:00"


def test_hours_without_a_day_name_no_day() -> None:
    assert stretch_of({(day, hour): 4 for day in range(7) for hour in (9, 10, 16)}) == "between 09:00 and 12:00"


def test_days_without_an_hour_name_no_hour() -> None:
    even = {(day, hour): 1 for day in range(7) for hour in range(24)}
    assert stretch_of({**even, **{(5, hour): 12 for hour in range(24)}}) == "on Saturday"


def test_an_even_week_has_no_stretch() -> None:
    assert stretch_of({(day, hour): 1 for day in range(7) for hour in range(24)}) is None


def test_too_few_have_none() -> None:
    assert stretch_of({(0, 9): 19}) is None
    assert stretch_of({(0, 9): 20}) == "on Monday between 09:00 and 12:00"


def test_a_week_by_chance_is_seldom_given_one() -> None:
    rng = np.random.default_rng(12)
    drawn = (rng.integers(0, 364 * 86_400, 40) for _ in range(60))
    given = [busiest_stretch(week_hours(at, at, UTC), seed=1) is not None for at in drawn]
    assert sum(given) <= 8


def test_half_of_them_is_in_it_and_the_same_every_time() -> None:
    at = np.random.default_rng(3).integers(0, 364 * 86_400, 400)
    evenings = at - at % 86_400 + at % 20_000 + 60_000
    once, again = (busiest_stretch(week_hours(evenings, evenings, UTC), seed=1) for _ in range(2))
    assert once == again
    assert once is not None
    assert once.share >= 0.5
