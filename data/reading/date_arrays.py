"""Whole columns of dates at once: the same result as :func:`data.reading.dates.read_date` for each.

Values of one length that differ only in their digits are written alike. Such values are matched once, and
their digits are turned into numbers by columns of bytes; what is left is read one by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import numpy.typing as npt

from data.reading.dates import YEARS, match_date, month_of, read_date
from data.reading.strings import Strings, as_strings, bytes_of, is_missing, trimmed

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_LONGEST = 40
#: So many ways of writing are tried for each length: twelve months, with and without a time.
_MOST_WAYS = 24
_FEW = 50
_SECOND_US = 1_000_000
_DAY_S = 86_400
_EPOCH_START = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_US = int((datetime(YEARS[0], 1, 1, tzinfo=UTC) - _EPOCH_START) / timedelta(microseconds=1))
_LAST_US = int((datetime(YEARS[-1] + 1, 1, 1, tzinfo=UTC) - _EPOCH_START) / timedelta(microseconds=1))
_ZERO, _NINE = ord("0"), ord("9")


def read_dates(values: Strings, order: str, zone: tzinfo) -> tuple[Integers, Flags, Flags]:
    """Read a column of dates.

    Parameters
    ----------
    values
        Text, n values; None and the words for nothing (“N/A”, “NULL”, “-”) are empty.
    order, zone
        As for :func:`data.reading.dates.read_date`.

    Returns
    -------
    micros, ok, empty : ndarrays, shape (n,), int64, bool, bool
        Microseconds since 1970 in UTC, 0 where there is no date; whether the value is a date; whether it is
        empty. A value that is neither is one that cannot be read.
    """
    told = trimmed(as_strings(values))
    reading = _Reading(order, zone, *bytes_of(told))
    for length in np.flatnonzero(np.bincount(np.minimum(reading.lengths, _LONGEST + 1))):
        if 0 < length <= _LONGEST:
            reading.read_length(int(length))
    left = np.flatnonzero(~reading.done & (reading.lengths > 0))
    if len(left):
        coded = told.take(left).dictionary_encode()
        read = [_one(value, order, zone) for value in coded.dictionary.to_pylist()]
        codes = coded.indices.to_numpy()
        reading.micros[left] = np.array([micros or 0 for micros, _ in read], dtype=np.int64)[codes]
        reading.ok[left] = np.array([micros is not None for micros, _ in read], dtype=np.bool_)[codes]
        reading.empty[left] = np.array([missing for _, missing in read], dtype=np.bool_)[codes]
    return reading.micros, reading.ok, reading.empty


def _one(value: str, order: str, zone: tzinfo) -> tuple[int | None, bool]:
    if is_missing(value):
        return None, True
    moment = read_date(value, order, zone)
    return None if moment is None else (moment - _EPOCH_START) // timedelta(microseconds=1), False


@dataclass
class _Written:
    """Values written alike: the bytes of each place, and where the parts of a date stand."""

    places: list[npt.NDArray[np.uint8]]
    spans: Mapping[str, tuple[int, int]]
    text: str

    def number(self, name: str, otherwise: int = 0) -> Integers:
        if name not in self.spans:
            return np.full(len(self.places[0]), otherwise, dtype=np.int64)
        start, end = self.spans[name]
        return _number(self.places[start:end])


class _Reading:
    def __init__(self, order: str, zone: tzinfo, offsets: Integers, letters: npt.NDArray[np.uint8]) -> None:
        self.order, self.zone = order, zone
        self.starts, self.lengths, self.letters = offsets[:-1], np.diff(offsets), letters
        count = len(self.starts)
        self.micros = np.zeros(count, dtype=np.int64)
        self.ok = np.zeros(count, dtype=np.bool_)
        self.empty = self.lengths == 0
        self.done = self.empty.copy()

    def read_length(self, length: int) -> None:
        """Read the values of one length, way of writing by way of writing."""
        rows = np.flatnonzero(self.lengths == length)
        for _ in range(_MOST_WAYS):
            if len(rows) < _FEW:
                return
            starts = self.starts[rows]
            sample = bytes(self.letters[starts[0] : starts[0] + length])
            places = [self.letters[starts + place] for place in range(length)]
            alike = _alike(places, sample)
            self._read_alike(rows[alike], [place[alike] for place in places] if not alike.all() else places, sample)
            rows = rows[~alike]

    def _read_alike(self, rows: Integers, places: list[npt.NDArray[np.uint8]], sample: bytes) -> None:
        if not sample.isascii():
            return
        text = sample.decode()
        if is_missing(text):
            self.empty[rows] = self.done[rows] = True
            return
        if self.order == "epoch":
            if text.lstrip("-").isdigit() and len(text.lstrip("-")) in (9, 10, 12, 13):
                self._keep(rows, *_from_epoch(places, text))
            return
        found = match_date(text, self.order)
        # Eight digits are a date for some years only, and five a serial number: these are read one by one.
        if found is None or text.isdigit():
            return
        spans = {name: found.span(name) for name, part in found.groupdict().items() if part is not None}
        self._keep(rows, *_moments(_Written(places, spans, text), self.zone))

    def _keep(self, rows: Integers, micros: Integers, ok: Flags) -> None:
        self.micros[rows] = np.where(ok, micros, 0)
        self.ok[rows] = ok
        self.done[rows] = True


def _alike(places: list[npt.NDArray[np.uint8]], sample: bytes) -> Flags:
    """Tell which values have digits where ``sample`` has digits and the same letters elsewhere, but for AM and PM."""
    alike = np.ones(len(places[0]), dtype=np.bool_)
    for place, (letters, wanted) in enumerate(zip(places, sample, strict=True)):
        if _ZERO <= wanted <= _NINE:
            alike &= letters - np.uint8(_ZERO) <= 9
        elif chr(wanted) in "AP" and sample[place + 1 : place + 2] == b"M":
            alike &= (letters == ord("A")) | (letters == ord("P"))
        else:
            alike &= letters == wanted
    return alike


def _number(digits: list[npt.NDArray[np.uint8]]) -> Integers:
    total = np.zeros(len(digits[0]), dtype=np.int64)
    for place in digits:
        total *= 10
        total += place
        total -= _ZERO
    return total


def _from_epoch(places: list[npt.NDArray[np.uint8]], text: str) -> tuple[Integers, Flags]:
    number = _number(places[1:] if text[0] == "-" else places)
    micros = np.where(number >= 100_000_000_000, number * 1_000, number * _SECOND_US)
    if text[0] == "-":
        micros = -micros
    return micros, (micros >= _FIRST_US) & (micros < _LAST_US)


def _moments(written: _Written, zone: tzinfo) -> tuple[Integers, Flags]:
    spans, text = written.spans, written.text
    year, day = written.number("year"), written.number("day", 1)
    if spans["year"][1] - spans["year"][0] == 2:
        year += np.where(year < 70, 2000, 1900)
    month = written.number("month", month_of(text[slice(*spans["word"])]) if "word" in spans else 0)
    hour, minute, second = (written.number(part) for part in ("hour", "minute", "second"))
    ok = (year >= YEARS[0]) & (year <= YEARS[-1]) & (minute < 60) & (second < 60)
    if "half" in spans:
        ok &= (hour >= 1) & (hour <= 12)
        letter = written.places[spans["half"][0]]
        hour = hour % 12 + np.where((letter == ord("P")) | (letter == ord("p")), 12, 0)
    ok &= (hour < 24) & (month >= 1) & (month <= 12)
    days, is_day = _days(np.where(ok, year, 1970), np.where(ok, month, 1), day)
    ok &= is_day
    local_s = days * _DAY_S + hour * 3_600 + minute * 60 + second
    if "offset" not in spans:
        return (local_s - offsets_at(local_s, zone, ok)) * _SECOND_US, ok
    offset_s = _told_offset(written)
    return (local_s - offset_s) * _SECOND_US, ok & (np.abs(offset_s) < _DAY_S) & ("day" in spans)


def _days(year: Integers, month: Integers, day: Integers) -> tuple[Integers, Flags]:
    """Return (days since 1970, whether the month has that day)."""
    months = (year - 1970) * 12 + month - 1
    first = months.astype("M8[M]").astype("M8[D]").astype(np.int64)
    length = (months + 1).astype("M8[M]").astype("M8[D]").astype(np.int64) - first
    return first + day - 1, (day >= 1) & (day <= length)


def _told_offset(written: _Written) -> Integers:
    start, end = written.spans["offset"]
    told = written.text[start:end]
    digits = [written.places[place] for place in range(start, end) if written.text[place].isdigit()]
    if not digits:
        return np.zeros(len(written.places[0]), dtype=np.int64)
    offset_s = _number(digits[:2]) * 3_600
    if len(digits) == 4:
        offset_s += _number(digits[2:]) * 60
    return -offset_s if told[0] == "-" else offset_s


def offsets_at(local_s: Integers, zone: tzinfo, wanted: Flags | None = None) -> Integers:
    """Return what clocks of ``zone`` were ahead of UTC, in seconds, where they showed ``local_s``.

    Parameters
    ----------
    local_s : ndarray, shape (n,), int64
        Seconds since 1970 as the clocks showed them. A time that they showed twice is the first of the
        two, and one that they passed over is taken as before the change: what :mod:`zoneinfo` says.
    wanted : ndarray, shape (n,), bool
        Where False, nothing is asked for and 0 is returned.
    """
    if zone is UTC or len(local_s) == 0:
        return np.zeros(len(local_s), dtype=np.int64)
    days = np.where(wanted, local_s, 0) // _DAY_S if wanted is not None else local_s // _DAY_S
    first = int(days.min())
    seen = np.zeros(int(days.max()) - first + 1, dtype=np.bool_)
    seen[days - first] = True
    before, after, change = (np.zeros(len(seen), dtype=np.int64) for _ in range(3))
    for day in np.flatnonzero(seen).tolist():
        before[day], after[day], change[day] = _offsets_of_day(first + day, zone)
    place = days - first
    passed: Flags = local_s - days * _DAY_S >= change[place]
    told: Integers = np.where(passed, after[place], before[place])
    return told


def _offsets_of_day(day: int, zone: tzinfo) -> tuple[int, int, int]:
    """Return (offset at the start of a day, at its end, second from which the second one holds)."""
    start, end = _offset_at(day, 0, zone), _offset_at(day, _DAY_S - 1, zone)
    if start == end:
        return start, end, 0
    low, high = 0, _DAY_S - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset_at(day, middle, zone) == start else (low, middle)
    return start, end, high


def _offset_at(day: int, second: int, zone: tzinfo) -> int:
    local = datetime(1970, 1, 1) + timedelta(days=day, seconds=second)  # noqa: DTZ001 - the zone is asked for
    offset = local.replace(tzinfo=zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
