"""Weeks of the calendar that people plan by: ISO 8601, Monday to Sunday, 52 or 53 in a year."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Self

from problems.clock import FIRST_YEAR, LAST_YEAR, day_end, day_start
from problems.errors import InputRefused

_WRITTEN = re.compile(r"(\d{4})-?[Ww](\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class IsoWeek:
    """One week: ``year`` is the one that most of its days are in.

    >>> week = IsoWeek.read("2026-W53")
    >>> week.first, week.last, str(week.before)
    (datetime.date(2026, 12, 28), datetime.date(2027, 1, 3), '2026-W52')
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        """Refuse a week that the calendar does not have."""
        asked = f"The week {self.year:04d}-W{self.number:02d} cannot be looked at."
        if not FIRST_YEAR < self.year < LAST_YEAR:
            raise InputRefused(asked, "", f"Give a year from {FIRST_YEAR + 1} to {LAST_YEAR - 1}.")
        most = date(self.year, 12, 28).isocalendar().week
        if not 1 <= self.number <= most:
            raise InputRefused(asked, f"{self.year} has the weeks 1 to {most}.", "Choose one of them.")

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the week that is written as 2026-W47.

        Raises
        ------
        InputRefused
            When it is not a week, or the year does not have it.
        """
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            why = "Write it as year and week: 2026-W47."
            raise InputRefused(f"“{text[:40]}” is not a week.", "", why)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the week that a day is in."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    def __str__(self) -> str:
        """Return the week as it is written: ``2026-W47``."""
        return f"{self.year:04d}-W{self.number:02d}"

    @property
    def first(self) -> date:
        """Its Monday."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + timedelta(days=6)

    @property
    def before(self) -> Self:
        """The week before."""
        return self.back(1)

    def back(self, weeks: int) -> Self:
        """Return the week so many weeks before (negative: after) this one."""
        return self.of(self.first - timedelta(weeks=weeks))

    def starts_at(self, zone: tzinfo) -> datetime:
        """Return its first moment in a zone, as aware UTC."""
        return day_start(self.first, zone)

    def ends_at(self, zone: tzinfo) -> datetime:
        """Return the first moment after it in a zone, as aware UTC: 167, 168 or 169 hours after it began."""
        return day_end(self.last, zone)

    @property
    def words(self) -> str:
        """The week in words: “week 47 of 2026, 16 to 22 November”."""
        first, last = self.first, self.last
        start = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
        if first.year != last.year:
            start = f"{first.day} {first:%B} {first.year}"
        end = f"{last.day} {last:%B}" + (f" {last.year}" if last.year != self.year or first.year != last.year else "")
        return f"week {self.number} of {self.year}, {start} to {end}"


def day_of_meeting(week: IsoWeek, today: date) -> date:
    """Return the Monday after a week, on which most import and talk about it, or today where that has not come."""
    return min(week.last + timedelta(days=1), today)


@dataclass(frozen=True)
class Moment:
    """Which week is told of, up to which day, as it was known when."""

    week: IsoWeek
    zone: tzinfo
    as_of: date
    known_on: date

    @property
    def starts_at(self) -> datetime:
        """The first moment of the week."""
        return self.week.starts_at(self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first moment that is not told of."""
        return day_end(self.as_of, self.zone)

    @property
    def known_at(self) -> datetime:
        """The first moment whose knowledge is left out."""
        return day_end(self.known_on, self.zone)

    @property
    def is_over(self) -> bool:
        """Whether the week was over by then."""
        return self.as_of == self.week.last

    @property
    def end_s(self) -> int:
        """The first second that is not told of, since 1970."""
        return int(self.ends_at.timestamp())

    @property
    def start_s(self) -> int:
        """The first second of the week, since 1970."""
        return int(self.starts_at.timestamp())
