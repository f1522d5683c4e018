"""Time as an argument: use cases are told what time it is and never look at a watch."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time now, aware UTC: the clock of a running installation."""
    return datetime.now(UTC)


def day_start(day: date, zone: tzinfo) -> datetime:
    """Return the first moment of ``day`` in ``zone``, as aware UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def day_end(day: date, zone: tzinfo) -> datetime:
    """Return the first moment after ``day`` in ``zone``, as aware UTC."""
    return day_start(day + timedelta(days=1), zone)
