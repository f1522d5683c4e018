"""Time as an argument: use cases are told what time it is and never look at a watch.

A clock returns aware moments. Its zone decides which day "today" is for due dates, visits and
reviews; stores keep every moment in UTC.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time now, aware UTC."""
    return datetime.now(UTC)


def clock_in(zone: tzinfo) -> Clock:
    """Return the clock of a running installation: its days begin at midnight in ``zone``."""
    return lambda: datetime.now(zone)


def day_start(day: date, zone: tzinfo) -> datetime:
    """Return the first moment of ``day`` in ``zone``, as aware UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def day_end(day: date, zone: tzinfo) -> datetime:
    """Return the first moment after ``day`` in ``zone``, as aware UTC."""
    return day_start(day + timedelta(days=1), zone)
