"""Time as an argument: use cases are told what time it is and never look at a watch.

A clock returns aware moments. Its zone decides which day "today" is for due dates, visits and
reviews; stores keep every moment in UTC.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from problems.errors import InputRefused

Clock = Callable[[], datetime]

#: The years that days may be of: wider than any report, and with room to count on both sides.
FIRST_YEAR, LAST_YEAR = 1900, 2200


def utc_now() -> datetime:
    """Return the time now, aware UTC."""
    return datetime.now(UTC)


def clock_in(zone: tzinfo) -> Clock:
    """Return the clock of a running installation: its days begin at midnight in ``zone``."""
    return lambda: datetime.now(zone)


def check_day(day: date) -> None:
    """Make sure that reports can be of ``day``.

    Raises
    ------
    InputRefused
        For a day before :data:`FIRST_YEAR` or after :data:`LAST_YEAR`.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InputRefused(
            f"The day {day.isoformat()} cannot be looked at.", "", f"Give a year from {FIRST_YEAR} to {LAST_YEAR}."
        )


def day_start(day: date, zone: tzinfo) -> datetime:
    """Return the first moment of ``day`` in ``zone``, as aware UTC.

    Raises
    ------
    InputRefused
        For a day that no report can be of.
    """
    check_day(day)
    return _midnight(day, zone)


def day_end(day: date, zone: tzinfo) -> datetime:
    """Return the first moment after ``day`` in ``zone``, as aware UTC.

    Raises
    ------
    InputRefused
        For a day that no report can be of.
    """
    check_day(day)
    return _midnight(day + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def day_words(day: date) -> str:
    """Return a day as people say it: ``3 Dec 2026``."""
    return f"{day.day} {day:%b} {day.year}"
