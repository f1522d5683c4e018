"""Dates as feeds write them: which order a column uses, and one value as aware UTC."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_MONTHS = dict(
    zip(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), range(1, 13), strict=True)
)
_TIME = (
    r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?"
    r"\s*(Z|z|UTC|GMT|[+-]\d{2}:?\d{2})?$"
)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?" + _TIME)
_NUMERIC = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _TIME)
_WORDY = re.compile(r"(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?[- ]([A-Za-z]{3,9})\.?,?[- ](\d{4})" + _TIME)
_WORDY_US = re.compile(r"(?:[A-Za-z]{3,9},?\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})" + _TIME)
_EPOCH = re.compile(r"-?\d{9,10}(?:\.\d+)?$|-?\d{12,13}$")
#: A year outside these is a slip of the keyboard. Null dates of databases (1899, 1900) can be read.
_YEARS = range(1800, 2101)


def read_date(value: str, order: str, zone: tzinfo) -> datetime | None:
    """Return ``value`` as aware UTC, or None if it cannot be read in this ``order``.

    Parameters
    ----------
    order
        One of :data:`data.reading.columns.DATE_ORDERS`. Dates that can be read in one way only (ISO, with
        the month as a word) are read in any order.
    zone
        Where clocks show the time of a value that does not say its own offset. A month without a
        day is its first day. An hour that a clock shows twice is the first of the two.
    """
    value = value.strip()
    if order == "epoch":
        return _from_epoch(value)
    if found := _NUMERIC.match(value):
        if order not in ("dmy", "mdy"):
            return None
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        day, month = (first, second) if order == "dmy" else (second, first)
        if len(found[3]) == 2:
            year += 2000 if year < 70 else 1900
        return _moment(year, month, day, found.groups()[3:], zone)
    if found := _ISO.match(value):
        return _moment(int(found[1]), int(found[2]), int(found[3] or 1), found.groups()[3:], zone)
    if found := _WORDY.match(value):
        return _moment(int(found[3]), _month(found[2]), int(found[1]), found.groups()[3:], zone)
    if found := _WORDY_US.match(value):
        return _moment(int(found[3]), _month(found[1]), int(found[2]), found.groups()[3:], zone)
    return None


def _month(word: str) -> int:
    return _MONTHS.get(word[:3].casefold(), 0)


def _moment(year: int, month: int, day: int, clock: tuple[str | None, ...], zone: tzinfo) -> datetime | None:
    hours, minutes, seconds, half, offset = clock
    hour = int(hours or 0)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    if year not in _YEARS:
        return None
    try:
        local = datetime(
            year, month, day, hour, int(minutes or 0), int(seconds or 0), tzinfo=_offset(offset) if offset else zone
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(told: str) -> tzinfo:
    if told[0] not in "+-":
        return UTC
    digits = told[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if told[0] == "-" else span)


def _from_epoch(value: str) -> datetime | None:
    if not _EPOCH.match(value):
        return None
    seconds = float(value)
    if abs(seconds) >= 1e11:
        seconds /= 1000
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year in _YEARS else None


def looks_like_date(value: str) -> bool:
    """Tell whether ``value`` could be a date in some order."""
    return any(read_date(value, order, UTC) for order in ("iso", "dmy", "mdy"))


def looks_like_epoch(value: str) -> bool:
    """Tell whether ``value`` could be seconds or milliseconds since 1970, in this century."""
    moment = _from_epoch(value.strip())
    return moment is not None and moment.year >= 2000


def find_order(values: Iterable[str]) -> tuple[str, str]:
    """Return (order, why) of a column of dates, decided by the values that fit one order only.

    The order is empty where every value fits both day-first and month-first.
    """
    day_first = month_first = numeric = epoch = halves = 0
    for value in values:
        if found := _NUMERIC.match(value.strip()):
            numeric += 1
            day_first += int(found[1]) > 12
            month_first += int(found[2]) > 12
            halves += found[7] is not None
        elif looks_like_epoch(value):
            epoch += 1
    if numeric:
        return _numeric_order(day_first, month_first, halves)
    if epoch:
        return "epoch", "seconds since 1970"
    return "iso", "year first"


def _numeric_order(day_first: int, month_first: int, halves: int) -> tuple[str, str]:
    if day_first > month_first:
        return "dmy", f"{day_first} values can only be day/month/year"
    if month_first > day_first:
        return "mdy", f"{month_first} values can only be month/day/year"
    if halves:
        return "mdy", "assumed month/day/year: times are written with AM and PM"
    return "", "every value could be day/month or month/day"
