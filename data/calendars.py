"""The days on which nobody works: public holidays by the calendar of the deployment, and its own closed days.

The holidays come from the package ``holidays``, substitute days included. A calendar reaches from
:data:`FIRST_YEAR` to :data:`LAST_YEAR`; beyond, only weekends are days off.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from problems.targets import WorkingDays

FIRST_YEAR: Final = 2005
LAST_YEAR: Final = 2040
WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORKING_WEEK: Final = frozenset(WEEK[:5])


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """Which days are working days. ``calendar`` is one of :data:`CALENDARS`."""

    calendar: str = "england"
    week: frozenset[str] = _WORKING_WEEK
    closed: frozenset[date] = field(default_factory=frozenset)


#: Each calendar: what people call it, the country, and the part of it.
CALENDARS: Final[Mapping[str, tuple[str, str, str]]] = {
    "england": ("public holidays of England", "GB", "ENG"),
    "wales": ("public holidays of Wales", "GB", "WLS"),
    "scotland": ("public holidays of Scotland", "GB", "SCT"),
    "northern-ireland": ("public holidays of Northern Ireland", "GB", "NIR"),
    "us-federal": ("federal holidays of the United States", "US", ""),
    "none": ("no public holidays", "", ""),
}


@lru_cache(maxsize=8)
def working_days(settings: CalendarSettings) -> WorkingDays:
    """Return the working days that ``settings`` choose."""
    words, country, part = CALENDARS[settings.calendar]
    own = f", {len(settings.closed)} closed days of our own" if settings.closed else ""
    return WorkingDays(
        name=f"{_week_words(settings.week)}, {words}{own}",
        week=settings.week,
        closed=settings.closed | _public_holidays(country, part),
    )


def _public_holidays(country: str, part: str) -> frozenset[date]:
    if not country:
        return frozenset()
    import holidays

    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=range(FIRST_YEAR, LAST_YEAR + 1)))


def _week_words(week: frozenset[str]) -> str:
    if week == _WORKING_WEEK:
        return "Monday to Friday"
    if len(week) == len(WEEK):
        return "every day of the week"
    return ", ".join(day.capitalize() for day in WEEK if day in week)
