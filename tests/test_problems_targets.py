"""Clocks and targets: never negative, never backwards, and the same for one report as for many."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calendars import CALENDARS, CalendarSettings, working_days
from problems.targets import Lateness, WorkingDays, day_number, deadlines, standing

DAYS = st.dates(date(2019, 1, 1), date(2031, 12, 31))
CALENDAR = st.builds(
    WorkingDays,
    week=st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1).map(frozenset),
    closed=st.sets(DAYS, max_size=40).map(frozenset),
)
COUNTS = st.integers(0, 200)
PLAIN = WorkingDays()


@given(CALENDAR, DAYS, DAYS, DAYS)
def test_working_days_add_up_and_are_never_more_than_days(
    days: WorkingDays, first: date, second: date, third: date
) -> None:
    first, second, third = sorted((first, second, third))
    assert days.between(first, second) + days.between(second, third) == days.between(first, third)
    assert 0 <= days.between(first, third) <= (third - first).days
    assert days.between(third, first) == 0


@given(CALENDAR, DAYS, COUNTS)
def test_the_day_that_is_reached_has_so_many_working_days_behind_it(days: WorkingDays, start: date, count: int) -> None:
    reached = days.after(start, count)
    assert reached >= start
    assert days.between(start, reached) == (count or days.between(start, reached))
    if count:
        assert days.between(start, reached - timedelta(days=1)) == count - 1


@given(CALENDAR, DAYS, COUNTS, COUNTS, st.integers(0, 30))
def test_a_later_start_or_a_longer_promise_is_never_due_earlier(
    days: WorkingDays, start: date, one: int, other: int, later: int
) -> None:
    short, long = sorted((one, other))
    assert days.after(start, short) <= days.after(start, long)
    assert days.after(start, short) <= days.after(start + timedelta(days=later), short)


@given(CALENDAR, DAYS, st.integers(0, 400), COUNTS, st.none() | st.integers(0, 100))
def test_clocks_are_never_negative_and_the_net_one_never_ahead_of_the_gross_one(
    days: WorkingDays, start: date, open_days: int, waited: int, target: int | None
) -> None:
    held = standing(start, start + timedelta(days=open_days), waited, target, days)
    assert 0 <= held.net_days <= held.gross_days == open_days
    assert held.late_days >= 0
    assert (held.due_on is None) == (target is None)
    assert (held.lateness is Lateness.ON_TIME) == (held.late_days == 0)


@given(CALENDAR, DAYS, st.integers(0, 300), st.integers(0, 50), st.integers(0, 60), st.integers(0, 20))
def test_clocks_run_forward_and_waiting_never_makes_anything_later(
    days: WorkingDays, start: date, open_days: int, waited: int, target: int, more: int
) -> None:
    now = start + timedelta(days=open_days)
    held = standing(start, now, waited, target, days)
    tomorrow = standing(start, now + timedelta(days=1), waited, target, days)
    assert tomorrow.net_days >= held.net_days
    assert tomorrow.gross_days == held.gross_days + 1
    assert (tomorrow.late_days, tomorrow.lateness) >= (held.late_days, held.lateness)
    longer = standing(start, now, waited + more, target, days)
    assert longer.net_days <= held.net_days
    assert longer.late_days <= held.late_days
    assert longer.due_on is not None
    assert held.due_on is not None
    assert longer.due_on >= held.due_on


@given(CALENDAR, DAYS, st.integers(0, 300), st.integers(0, 60))
def test_a_matter_is_late_from_the_first_working_day_after_it_was_due(
    days: WorkingDays, start: date, open_days: int, target: int
) -> None:
    now = start + timedelta(days=open_days)
    held = standing(start, now, 0, target, days)
    assert held.due_on is not None
    first_late = days.after(held.due_on, 1)
    if target:
        assert (held.late_days > 0) == (now >= first_late)


@given(CALENDAR, st.lists(st.tuples(DAYS, st.integers(0, 200), st.integers(0, 20), st.none() | COUNTS), max_size=8))
def test_many_reports_are_held_against_their_targets_as_each_by_itself(
    days: WorkingDays, rows: list[tuple[date, int, int, int | None]]
) -> None:
    start = np.array([day_number(each[0]) for each in rows], dtype=np.int64)
    open_days, waited = (np.array([each[at] for each in rows], dtype=np.int64) for at in (1, 2))
    target = np.array([-1 if each[3] is None else each[3] for each in rows], dtype=np.int64)
    held = deadlines(start, start + open_days, waited, target, days)
    for place, (begun, gone, stood, promised) in enumerate(rows):
        one = standing(begun, begun + timedelta(days=gone), stood, promised, days)
        assert (held.net[place], held.late[place], held.lateness[place]) == (one.net_days, one.late_days, one.lateness)
        assert held.due[place] == (-1 if one.due_on is None else day_number(one.due_on))


@pytest.mark.parametrize(
    ("target", "days_open", "lateness"),
    [(5, 7, Lateness.ON_TIME), (5, 8, Lateness.LATE), (5, 21, Lateness.LATE), (5, 22, Lateness.VERY_LATE)],
)
def test_what_took_over_three_times_as_long_as_promised_is_marked(
    target: int, days_open: int, lateness: Lateness
) -> None:
    monday = date(2026, 3, 2)
    assert standing(monday, monday + timedelta(days=days_open), 0, target, PLAIN).lateness is lateness


#: The first working day after each of these days, as the calendars of governments say.
KNOWN = [
    ("england", date(2026, 4, 2), date(2026, 4, 7)),  # Good Friday and Easter Monday
    ("scotland", date(2026, 4, 2), date(2026, 4, 6)),  # no Easter Monday
    ("northern-ireland", date(2026, 3, 16), date(2026, 3, 18)),  # St Patrick's Day
    ("england", date(2026, 3, 16), date(2026, 3, 17)),
    ("scotland", date(2026, 1, 1), date(2026, 1, 5)),  # the second of January
    ("england", date(2026, 12, 24), date(2026, 12, 29)),  # Boxing Day on a Saturday has a substitute
    ("england", date(2026, 8, 28), date(2026, 9, 1)),  # the last Monday of August
    ("scotland", date(2026, 8, 28), date(2026, 8, 31)),
    ("us-federal", date(2026, 7, 2), date(2026, 7, 6)),  # Independence Day on a Saturday is kept on Friday
    ("us-federal", date(2026, 11, 25), date(2026, 11, 27)),  # Thanksgiving
    ("us-federal", date(2026, 10, 9), date(2026, 10, 13)),  # Columbus Day
    ("none", date(2026, 12, 24), date(2026, 12, 25)),
]


@pytest.mark.parametrize(("calendar", "day", "after"), KNOWN)
def test_calendars_know_the_public_holidays(calendar: str, day: date, after: date) -> None:
    assert working_days(CalendarSettings(calendar=calendar)).after(day, 1) == after


@pytest.mark.parametrize("calendar", CALENDARS)
def test_own_closed_days_and_another_working_week_hold_in_every_calendar(calendar: str) -> None:
    wednesday = date(2025, 9, 10)
    closed = working_days(CalendarSettings(calendar=calendar, closed=frozenset({date(2025, 9, 11)})))
    assert closed.after(wednesday, 1) == date(2025, 9, 12)
    every_day = frozenset(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    assert working_days(CalendarSettings(calendar=calendar, week=every_day)).between(wednesday, date(2025, 9, 17)) == 7
