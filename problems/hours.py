"""When in the week it happens: which time of each incident is known, and where the half of them falls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from geo.aoristic import WeekHours, week_hours
from problems.reports import Report, ReportFlag
from problems.sources import TimePrecision

#: Fewer incidents with a time of day, and nothing is said about the hours.
MIN_INCIDENTS = 20
#: From so many on each hour is shown by itself; before, three hours together.
MIN_FOR_HOURS = 200
#: Hours in a block of the coarse table.
BLOCK_HOURS = 3
#: Days, or hours of the day, are named when chance makes them as uneven in at most this share of cases.
MOST_BY_CHANCE = 0.025
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_BLOCKS = 24 // BLOCK_HOURS
_DRAWS = 499
# Half of them must be reached by exactly half whatever the rounding.
_HAIR = 1e-9

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class TimeOf(StrEnum):
    """What the hours of a table are the hours of."""

    INCIDENT = "incident"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class HoursTable:
    """Incidents by hour of the week. ``left_out`` are those whose time of that kind is not known."""

    hours: WeekHours
    time_of: TimeOf
    left_out: int

    @property
    def incidents(self) -> int:
        """How many incidents the table holds."""
        return self.hours.counted

    @property
    def is_enough(self) -> bool:
        """Tell whether anything can be said about the hours."""
        return self.incidents >= MIN_INCIDENTS

    @property
    def block_hours(self) -> int:
        """How many hours a row of the table should hold."""
        return 1 if self.incidents >= MIN_FOR_HOURS else BLOCK_HOURS

    @property
    def blocks(self) -> Floats:
        """Incidents by weekday (7 rows, Monday first) and block of :attr:`block_hours` hours."""
        blocks = self.hours.table.reshape(7, 24 // self.block_hours, self.block_hours).sum(axis=2)
        return np.asarray(blocks, dtype=np.float64)


def hours_of(reports: Sequence[Report], precision: Mapping[str, TimePrecision], zone: tzinfo) -> HoursTable:
    """Put incidents into the hours of the week.

    Parameters
    ----------
    reports
        One report of each distinct incident.
    precision
        How exact the dates of each source are, by its name; a moment where it is not named.
    zone
        Where weekdays and hours are read from the clock.

    Returns
    -------
    HoursTable
        By when it happened if that is known of at least half of the incidents, and of twenty; the
        others are left out and counted. Else by when it was reported: that is never mixed with the
        former. Where only the day of an incident is told, it counts evenly in the hours from its
        midnight to when it was reported, at most to the end of that day.

    Notes
    -----
    An incident dated to exactly midnight is taken for one of which the day alone is known: systems
    write days that way. A report dated to exactly midnight has no hour.
    """
    happened = [_happened(report, zone) for report in reports]
    known = [span for span in happened if span is not None]
    if len(known) >= MIN_INCIDENTS and 2 * len(known) >= len(reports):
        spans = np.array(known, dtype=np.int64).reshape(-1, 2)
        table = week_hours(spans[:, 0], spans[:, 1], zone)
        return HoursTable(table, TimeOf.INCIDENT, len(reports) - table.counted)
    at = np.array([int(report.reported_at.timestamp()) for report in reports], dtype=np.int64)
    has_hour = np.array([_has_hour(report, precision, zone) for report in reports], dtype=np.bool_)
    table = week_hours(at, at, zone, has_hour=has_hour)
    return HoursTable(table, TimeOf.REPORT, len(reports) - table.counted)


def _happened(report: Report, zone: tzinfo) -> tuple[int, int] | None:
    """Return between which moments it happened (equal where the moment is known), or None."""
    at = report.occurred_at
    if at is None or at > report.reported_at or ReportFlag.MONTH_ONLY in report.flags:
        return None
    start = int(at.timestamp())
    if not _is_midnight(at, zone):
        return start, start
    local = at.astimezone(zone)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), local.time().replace(tzinfo=None), tzinfo=zone)
    end = min(int(tomorrow.astimezone(UTC).timestamp()), int(report.reported_at.timestamp()))
    return (start, end) if end > start else None


def _has_hour(report: Report, precision: Mapping[str, TimePrecision], zone: tzinfo) -> bool:
    told = precision.get(report.source, TimePrecision.MOMENT)
    by_day = told is not TimePrecision.MOMENT or ReportFlag.MONTH_ONLY in report.flags
    return not by_day and not _is_midnight(report.reported_at, zone)


def _is_midnight(at: datetime, zone: tzinfo) -> bool:
    local = at.astimezone(zone)
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the week: ``days`` days from weekday ``first_day`` on, each from ``from_hour`` for ``hours`` hours.

    ``share`` of the incidents fall into it.
    """

    first_day: int
    days: int
    from_hour: int
    hours: int
    share: float

    @property
    def words(self) -> str:
        """The stretch in words: ``on Friday and Saturday between 21:00 and 03:00``."""
        names = [DAY_NAMES[(self.first_day + step) % 7] for step in range(self.days)]
        days = {1: names[0], 2: " and ".join(names)}.get(self.days, f"{names[0]} to {names[-1]}")
        until = (self.from_hour + self.hours) % 24 or 24
        hours = f"between {self.from_hour:02d}:00 and {until:02d}:00"
        if self.days == 7:
            return hours
        return f"on {days}" if self.hours == 24 else f"on {days} {hours}"


def busiest_stretch(hours: WeekHours, seed: int) -> Stretch | None:
    """Return the smallest stretch of the week that holds half of the incidents, if the week is uneven.

    A stretch is a run of days, each from one hour to another in steps of three hours; what goes over
    midnight belongs to the evening's day. Days are only told apart where the incidents are spread over
    the days less evenly than chance makes them, hours likewise; else a stretch has all of them. Among
    stretches of the same size the one with the most incidents is taken, then the earliest in the week.

    Returns
    -------
    Stretch or None
        None with fewer than :data:`MIN_INCIDENTS`, and where neither days nor hours are uneven.

    Notes
    -----
    The comparison is with incidents that do not care for the day or the hour (499 seeded draws; 2.5 %
    each, so that a week without any pattern is given one in at most 5 %). It does not say that the
    stretch is the only one, nor that the next incident falls into it.
    """
    blocks = hours.table.reshape(7 * _BLOCKS, BLOCK_HOURS).sum(axis=1)
    total = float(blocks.sum())
    if total < MIN_INCIDENTS:
        return None
    even = np.full(7 * _BLOCKS, 1 / (7 * _BLOCKS))
    draws = np.random.default_rng(seed).multinomial(round(total), even, _DRAWS).reshape(_DRAWS, 7, _BLOCKS)
    week = blocks.reshape(1, 7, _BLOCKS)
    by_day, by_hour = (_is_uneven(week.sum(axis=axis), draws.sum(axis=axis)) for axis in (2, 1))
    if not (by_day or by_hour):
        return None
    inside, sizes, shapes = _stretches(by_day=by_day, by_hour=by_hour)
    held = inside @ blocks
    enough = held >= total / 2.0 - _HAIR
    best = np.lexsort((np.arange(len(sizes)), -np.round(held, 6), np.where(enough, sizes, 7 * _BLOCKS + 1)))[0]
    first_day, days, block, length = shapes[int(best)]
    return Stretch(first_day, days, block * BLOCK_HOURS, length * BLOCK_HOURS, float(held[best]) / total)


def _is_uneven(seen: Floats, drawn: Ints) -> bool:
    """Tell whether counts (1, k) swing more than drawn ones (draws, k) with the same total nearly always do."""
    as_uneven = int((drawn.var(axis=1) >= seen.var(axis=1) - _HAIR).sum())
    return (1 + as_uneven) / (1 + len(drawn)) <= MOST_BY_CHANCE


@cache
def _stretches(*, by_day: bool, by_hour: bool) -> tuple[Floats, Ints, list[tuple[int, int, int, int]]]:
    """Return every stretch as a row of 56 blocks, its size, and (first day, days, block, blocks a day)."""
    shapes = [
        (first_day, days, block, length)
        for days in (range(1, 8) if by_day else [7])
        for first_day in range(1 if days == 7 else 7)
        for length in (range(1, _BLOCKS + 1) if by_hour else [_BLOCKS])
        for block in range(1 if length == _BLOCKS else _BLOCKS)
    ]
    inside = np.zeros((len(shapes), 7 * _BLOCKS))
    for row, (first_day, days, block, length) in enumerate(shapes):
        begins = (first_day + np.arange(days)) * _BLOCKS + block
        inside[row, (begins[:, None] + np.arange(length)[None, :]).ravel() % (7 * _BLOCKS)] = 1.0
    return inside, inside.sum(axis=1).astype(np.int64), shapes
