"""Times of day in a column of their own, and the dates that they belong to."""

import re
from datetime import UTC, tzinfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.reading.date_arrays import offsets_at, read_dates
from data.reading.strings import is_missing

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SECOND_US = 1_000_000
_DAY_S = 86_400
_CLOCK = re.compile(
    r"(?P<null>(?:1899-12-3[01]|1900-01-0[01]|12/3[01]/1899|0?1/0?[01]/1900)[T ])?T?"
    r"(?P<hour>\d{1,2})(?:[:.hH](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?$"
)
_DIGITS = re.compile(r"\d{1,6}$")
#: A share of the day, as spreadsheets write a time.
_SHARE = re.compile(r"0?[.,]\d{3,}$")
#: In the names of columns: a pair is named alike but for these.
_DATE_WORDS = re.compile(r"date|datum|fecha|dt$|day$|tag$")
_TIME_WORDS = re.compile(r"time|tijdstip|tijd|uhrzeit|zeit|heure|hora|tm$|hour$|hr$")
_OWN_CLOCK = re.compile(r"[T ](?!(?:00?:00(?::00(?:\.0+)?)?|12:00(?::00)?\s*[Aa]\.?[Mm]\.?)\b)\d{1,2}:\d{2}")


def read_clock(value: str, *, military: bool = True) -> int | None:
    """Return the seconds since midnight that a clock shows, or None.

    Read are “14:35”, “14:35:20”, “2:35 PM”, “14h35”, “1435”, “143520”, a share of the day such as 0.608,
    and a time that follows the null date of a database. 24:00 is the end of the day.

    Parameters
    ----------
    military
        One or two digits alone are minutes after midnight, as in a column of “935” and “1435”.

    Examples
    --------
    >>> [read_clock(told) for told in ("2:35 PM", "1435", "935", "25:00")]
    [52500, 52500, 34500, None]
    """
    value = value.strip()
    if _SHARE.match(value):
        return round(float(value.replace(",", ".")) * _DAY_S)
    if _DIGITS.match(value):
        return _from_digits(value) if military or len(value) > 2 else None
    found = _CLOCK.match(value)
    if found is None or (found["minute"] is None and found["half"] is None):
        return None
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"][0] in "Pp" else 0)
    return _seconds(hour, int(found["minute"] or 0), int(found["second"] or 0))


def _from_digits(value: str) -> int | None:
    if len(value) > 4:
        value = value.zfill(6)
        return _seconds(int(value[:2]), int(value[2:4]), int(value[4:]))
    value = value.zfill(4)
    return _seconds(int(value[:2]), int(value[2:]), 0)


def _seconds(hour: int, minute: int, second: int) -> int | None:
    seconds = hour * 3_600 + minute * 60 + second
    return seconds if minute < 60 and second < 60 and seconds <= _DAY_S else None


def looks_like_clock(value: str) -> bool:
    """Tell whether ``value`` is a time of day that is no plain small number."""
    return read_clock(value, military=False) is not None


def read_dates_and_clocks(
    dates: pa.Array, clocks: pa.Array, order: str, zone: tzinfo
) -> tuple[Integers, Mask, Mask, Mask]:
    """Read a column of dates together with the column of their times.

    Parameters
    ----------
    dates, clocks : text, n values each
    order, zone : as for :func:`data.reading.date_arrays.read_dates`

    Returns
    -------
    micros, ok, empty : ndarrays, shape (n,)
        As :func:`data.reading.date_arrays.read_dates`. A date that tells a time of its own keeps it.
    unread : ndarray, shape (n,), bool
        Where a time stands that is none.
    """
    micros, ok, empty = read_dates(dates, order, zone)
    seconds, unread = _read_clocks(clocks)
    shown, _ok, _empty = read_dates(dates, order, UTC)
    joined = ok & (shown % (_DAY_S * _SECOND_US) == 0) & (seconds >= 0)
    local_s = np.where(joined, shown // _SECOND_US + seconds, 0)
    at = (local_s - offsets_at(local_s, zone, joined)) * _SECOND_US
    return np.where(joined, at, micros), ok, empty, unread & ~empty


def _read_clocks(clocks: pa.Array) -> tuple[Integers, Mask]:
    """Return seconds since midnight, -1 where no time is told, and where something stands that is none."""
    coded = clocks.dictionary_encode()
    told, codes = coded.dictionary.to_pylist(), coded.indices.to_numpy()
    # Where no value is longer, one or two digits may as well be hours: they are not guessed.
    military = any(_DIGITS.match(value.strip()) and len(value.strip()) > 2 for value in told)
    read = [None if is_missing(value) else read_clock(value, military=military) for value in told]
    seconds = np.array([-1 if each is None else each for each in read], dtype=np.int64)
    missing = np.array([is_missing(value) for value in told], dtype=np.bool_)
    return seconds[codes], (seconds[codes] < 0) & ~missing[codes]


def named_alike(date_name: str, clock_name: str) -> bool:
    """Tell whether two folded names of columns are those of a date and its time: “creationdate”, “creationtime”."""
    stem = _TIME_WORDS.sub("", clock_name)
    return stem != clock_name and stem == _DATE_WORDS.sub("", date_name)


def names_clock_alone(name: str) -> bool:
    """Tell whether a folded name says time and nothing else."""
    return name != "" and _TIME_WORDS.sub("", name) == ""


def tells_own_clock(value: str) -> bool:
    """Tell whether a date says a time of day other than midnight."""
    return _OWN_CLOCK.search(value) is not None
