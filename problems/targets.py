"""Targets and the clocks that are held against them: working days to a first response and to an end.

A clock begins on the day of the earliest report of an occurrence and counts *working days* after it.
The net clock stands still while the matter waits for somebody else; the gross clock counts every day
of the calendar, waiting or not, because that is what the resident sees.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

#: The fact that holds the targets of this deployment as CSV.
TARGETS_FACT = "targets"
LONGEST_TARGET = 3_660
#: Marks a clock that has no target, in arrays of whole days.
NO_TARGET = -1
_SEVERAL_TIMES = 3
_FIRST_DAY = date(1970, 1, 1)
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Days = npt.NDArray[np.int64]


class Lateness(IntEnum):
    """How a running clock stands against its target."""

    ON_TIME = 0
    LATE = 1
    VERY_LATE = 2

    @property
    def label(self) -> str:
        """Plain words for it."""
        return {Lateness.ON_TIME: "In time", Lateness.LATE: "Late", Lateness.VERY_LATE: "Over three times late"}[self]


@dataclass(frozen=True, slots=True)
class Target:
    """How many working days a category has; None where nothing was promised."""

    response_days: int | None = None
    resolution_days: int | None = None


Targets = Mapping[str, Target]


@dataclass(frozen=True)
class WorkingDays:
    """The days on which people work: some days of the week, without the closed ones.

    ``week`` holds three-letter names of days, ``name`` is what people call this calendar.

    >>> WorkingDays(closed=frozenset({date(2026, 12, 25)})).after(date(2026, 12, 24), 1)
    datetime.date(2026, 12, 28)
    """

    name: str = "Monday to Friday"
    week: frozenset[str] = frozenset(_WEEK[:5])
    closed: frozenset[date] = frozenset()

    @cached_property
    def _calendar(self) -> np.busdaycalendar:
        return np.busdaycalendar(weekmask=[day in self.week for day in _WEEK], holidays=sorted(self.closed))

    def between(self, start: date, end: date) -> int:
        """Return how many working days there are after ``start``, up to and with ``end``; 0 where it is earlier."""
        return int(self.count(_numbers([start]), _numbers([end]))[0])

    def after(self, start: date, count: int) -> date:
        """Return the day on which ``count`` working days after ``start`` are over.

        For 0 that is ``start`` itself, or the next working day where it is none.
        """
        return day_of(int(self.reached(_numbers([start]), np.array([count]))[0]))

    def count(self, start: Days, end: Days) -> Days:
        """Return :meth:`between` for days since 1970, shapes (n,)."""
        first, last = _moments(start + 1), _moments(np.maximum(end, start) + 1)
        return np.busday_count(first, last, busdaycal=self._calendar).astype(np.int64)

    def reached(self, start: Days, count: Days) -> Days:
        """Return :meth:`after` for days since 1970, shapes (n,)."""
        begun = _moments(start)
        offset = np.maximum(count, 0)
        # On a day off the first working day after it is the first one that counts.
        some = np.busday_offset(begun, offset, roll="backward", busdaycal=self._calendar)
        none = np.busday_offset(begun, 0, roll="forward", busdaycal=self._calendar)
        return np.where(offset > 0, some, none).astype("datetime64[D]").astype(np.int64)


def day_of(number: int) -> date:
    """Return the day that is ``number`` days after the first of 1970."""
    return _FIRST_DAY + timedelta(days=number)


def day_number(day: date) -> int:
    """Return how many days after the first of 1970 ``day`` is."""
    return (day - _FIRST_DAY).days


def _numbers(days: Iterable[date]) -> Days:
    return np.array([day_number(day) for day in days], dtype=np.int64)


def _moments(days: Days) -> npt.NDArray[np.datetime64]:
    return days.astype("datetime64[D]")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """One clock of many reports, held against its target.

    Attributes
    ----------
    due : (n,) int64, days since 1970; :data:`NO_TARGET` where nothing was promised
    net : (n,) int64, working days that the clock has run
    late : (n,) int64, working days past the target; 0 where it is not late
    lateness : (n,) int8, :class:`Lateness`
    """

    due: Days
    net: Days
    late: Days
    lateness: npt.NDArray[np.int8]


def deadlines(start: Days, end: Days, waited: Days, target: Days, days: WorkingDays) -> Deadlines:
    """Return where clocks stand.

    Parameters
    ----------
    start, end
        The day a clock began and the last day it ran (today, where it runs), days since 1970, shapes (n,).
    waited
        Working days in which it stood still.
    target
        Working days that were promised, :data:`NO_TARGET` for none.
    """
    waited = np.maximum(waited, 0)
    net = np.maximum(days.count(start, end) - waited, 0)
    has = target >= 0
    promised = np.where(has, target, 0)
    late = np.where(has, np.maximum(net - promised, 0), 0)
    due = np.where(has, days.reached(start, promised + waited), NO_TARGET)
    over = net > _SEVERAL_TIMES * np.maximum(promised, 1)
    lateness = np.where(late == 0, Lateness.ON_TIME, np.where(over, Lateness.VERY_LATE, Lateness.LATE))
    return Deadlines(due, net, late, lateness.astype(np.int8))


@dataclass(frozen=True, slots=True)
class Standing:
    """One clock of one report. ``due_on`` is None where nothing was promised."""

    target_days: int | None
    due_on: date | None
    net_days: int
    gross_days: int
    waited_days: int
    late_days: int
    lateness: Lateness


def standing(start: date, end: date, waited_days: int, target_days: int | None, days: WorkingDays) -> Standing:
    """Return where one clock stands; see :func:`deadlines`."""
    target = np.array([NO_TARGET if target_days is None else target_days], dtype=np.int64)
    found = deadlines(_numbers([start]), _numbers([end]), np.array([waited_days], dtype=np.int64), target, days)
    return Standing(
        target_days=target_days,
        due_on=None if target_days is None else day_of(int(found.due[0])),
        net_days=int(found.net[0]),
        gross_days=max(0, (end - start).days),
        waited_days=max(0, waited_days),
        late_days=int(found.late[0]),
        lateness=Lateness(int(found.lateness[0])),
    )
