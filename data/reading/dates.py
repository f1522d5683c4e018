"""Dates as feeds write them: which order a column uses, and one value as aware UTC.

:func:`data.reading.date_arrays.read_dates` reads whole columns to the same result.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from unicodedata import combining, normalize

_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
#: Months in French, German, Dutch, Spanish and Italian, long and short, without accents; no word means two of them.
_OTHER_MONTHS = (
    "janvier janv januar janner januari enero ene gennaio gen",
    "fevrier fevr fev februar februari febrero febbraio",
    "mars marz maerz mrz maart mrt marzo",
    "avril avr abril abr aprile",
    "mai mei mayo maggio mag",
    "juin juni junio giugno giu",
    "juillet juil juli julio luglio lug",
    "aout augustus agosto ago",
    "septembre septiembre setiembre settembre set",
    "octobre oktober okt octubre ottobre ott",
    "novembre noviembre",
    "decembre dezember dez diciembre dicembre dic",
)
_MONTHS = {
    name[:length]: number for number, name in enumerate(_MONTH_NAMES, start=1) for length in range(3, len(name) + 1)
} | {word: number for number, words in enumerate(_OTHER_MONTHS, start=1) for word in words.split()}
_TIME = (
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
    r"\s*(?P<offset>Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$"
)
_YEAR, _SHORT_YEAR = r"(?P<year>\d{4})", r"(?P<year>\d{4}|\d{2})"
_DAY, _MONTH, _WORD = r"(?P<day>\d{1,2})", r"(?P<month>\d{1,2})", r"(?P<word>[^\W\d_]{3,10})"
_DAY_NAME = r"(?:[^\W\d_]{2,10}[.,]{0,2}\s+)?"
_NUMERIC = {
    "dmy": re.compile(rf"{_DAY}[-/.]{_MONTH}[-/.]{_SHORT_YEAR}{_TIME}"),
    "mdy": re.compile(rf"{_MONTH}[-/.]{_DAY}[-/.]{_SHORT_YEAR}{_TIME}"),
}
#: Ways that can be read in one way only, whatever the order of the column.
_PLAIN = (
    re.compile(rf"{_YEAR}[-/.]{_MONTH}(?:[-/.]{_DAY})?{_TIME}"),
    re.compile(rf"{_DAY_NAME}{_DAY}(?:st|nd|rd|th|er|\.)?[-/ ](?:de )?{_WORD}\.?,?[-/ ](?:de )?{_SHORT_YEAR}{_TIME}"),
    re.compile(rf"{_DAY_NAME}{_WORD}\.?\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}{_TIME}"),
    re.compile(rf"{_YEAR}[- ]{_WORD}[- ]{_DAY}{_TIME}"),
    re.compile(rf"{_WORD}\.?,?[-/ ]{_YEAR}$"),
    re.compile(rf"{_MONTH}/{_YEAR}$"),
    re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})$"),
)
_FEWEST_DECISIVE = 0.05
_EPOCH = re.compile(r"-?\d{9,10}(?:\.\d+)?$|-?\d{12,13}$")
#: Days since the end of 1899, as spreadsheets count them: 1954 to 2064.
_SERIAL = re.compile(r"[2-5]\d{4}(?:\.\d+)?$")
#: Day 0 of the serial numbers. Spreadsheets hold 1900 to be a leap year, which moves it back by one.
SERIAL_START = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial number tells no zone
#: A year outside these is a slip of the keyboard. Null dates of databases (1899, 1900) can be read.
YEARS = range(1800, 2101)


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
    if order == "serial" and _SERIAL.match(value):
        local = SERIAL_START + timedelta(seconds=round(float(value) * 86_400))
        return local.replace(tzinfo=zone).astimezone(UTC)
    found = match_date(value, order)
    return _moment(found, zone) if found else None


def match_date(value: str, order: str) -> re.Match[str] | None:
    """Return how a stripped ``value`` is written, with the groups year, month or word, day, hour and so on.

    What matches depends on the letters and marks and on where digits stand, never on which digits
    they are, but for the first two of a date of eight digits.
    """
    numeric = _NUMERIC.get(order)
    if numeric and (found := numeric.match(value)):
        return found
    for pattern in _PLAIN:
        if found := pattern.match(value):
            return found
    return None


def month_of(word: str) -> int:
    """Return the number of a month in English or another language of :data:`_OTHER_MONTHS`, 0 for another word."""
    plain = "".join(letter for letter in normalize("NFKD", word.casefold()) if not combining(letter))
    return _MONTHS.get(plain, 9 if plain == "sept" else 0)


def year_of(told: str) -> int:
    """Return the year that two or four digits mean."""
    year = int(told)
    return year if len(told) > 2 else year + (2000 if year < 70 else 1900)


def _moment(found: re.Match[str], zone: tzinfo) -> datetime | None:
    told = found.groupdict()
    year, month = year_of(told["year"]), int(told.get("month") or 0) or month_of(told.get("word") or "")
    hour, offset = int(told.get("hour") or 0), told.get("offset")
    if half := told.get("half"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    if year not in YEARS or (offset and not told.get("day")):
        return None
    try:
        local = datetime(
            year,
            month,
            int(told.get("day") or 1),
            hour,
            int(told.get("minute") or 0),
            int(told.get("second") or 0),
            tzinfo=_offset(offset) if offset else zone,
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(told: str) -> tzinfo:
    if told[0] not in "+-":
        return UTC
    digits = told[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
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
    return moment if moment.year in YEARS else None


def looks_like_date(value: str) -> bool:
    """Tell whether ``value`` could be a date in some order."""
    return any(read_date(value, order, UTC) for order in ("iso", "dmy", "mdy"))


def looks_like_epoch(value: str) -> bool:
    """Tell whether ``value`` could be seconds or milliseconds since 1970, in this century."""
    moment = _from_epoch(value.strip())
    return moment is not None and moment.year >= 2000


def looks_like_serial(value: str) -> bool:
    """Tell whether ``value`` could be the number of a day in a spreadsheet."""
    return _SERIAL.match(value.strip()) is not None


def find_order(values: Iterable[str]) -> tuple[str, str]:
    """Return (order, why) of a column of dates, decided by the values that fit one order only.

    The order is empty where every value fits both day-first and month-first.
    """
    day_first = month_first = numeric = epoch = serial = plain = 0
    for value in (value.strip() for value in values):
        if found := _NUMERIC["dmy"].match(value):
            numeric += 1
            day_first += int(found["day"]) > 12
            month_first += int(found["month"]) > 12
        elif match_date(value, "iso"):
            plain += 1
        elif looks_like_epoch(value):
            epoch += 1
        elif looks_like_serial(value):
            serial += 1
    if numeric:
        return _numeric_order(day_first, month_first, numeric)
    if epoch > max(plain, serial):
        return "epoch", "seconds since 1970"
    if serial > plain:
        return "serial", "days counted as a spreadsheet does"
    return "iso", "year first"


def _numeric_order(day_first: int, month_first: int, numeric: int) -> tuple[str, str]:
    if max(day_first, month_first) < _FEWEST_DECISIVE * numeric:
        # Of real dates more than half can be read in one way only: these few may as well be mistyped.
        return "", f"only {day_first + month_first} of {numeric} values cannot be read both ways"
    if day_first > month_first:
        return "dmy", f"{day_first} values can only be day/month/year"
    if month_first > day_first:
        return "mdy", f"{month_first} values can only be month/day/year"
    return "", "every value could be day/month or month/day"
