"""Which briefing is asked for: its week, area and day of knowledge, all in the address, and the briefing itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.parts.desk import Desk
from dashboard.remembered import Remembered
from dashboard.wording import local_day
from data.calendars import working_days
from data.targets import targets_of
from data.taxonomy import names_of_kinds
from problems.briefing.briefing import Briefing
from problems.briefing.figure import Behind
from problems.briefing.lists import ReportsBehind
from problems.briefing.weeks import IsoWeek, day_of_meeting
from problems.errors import InputRefused
from problems.seeing import whole
from problems.use_cases.briefing import brief, reports_behind

#: The parameters of the address, which are the keys of the widgets too.
WEEK, AREA, KNOWN, AGAINST = "week", "area", "known", "against"
LIST, FIGURE, PRESENT, SLIDE = "list", "figure", "present", "slide"

#: A few people go through a few weeks, each in their own eyes; a click must not make the briefing again.
_made: Final = Remembered(most=40, one_at_a_time=True)


@dataclass(frozen=True)
class AskedBriefing:
    """A week of the whole place or of an ``area``, as known on a day, which the reader may have ``chosen``."""

    week: IsoWeek
    known_on: date
    area: str = ""
    chosen: bool = False
    #: Whether the day is the one that is looked at on all pages.
    of_the_bar: bool = False

    @property
    def query(self) -> dict[str, str]:
        """What stands in the address of it."""
        found = {WEEK: str(self.week), AREA: self.area, KNOWN: self.known_on.isoformat() if self.chosen else ""}
        return {name: value for name, value in found.items() if value}

    def of_week(self, week: IsoWeek, today: date) -> "AskedBriefing":
        """Return the same of another week: as known on the day that was chosen, else on its own Monday after."""
        known = self.known_on if self.chosen or self.of_the_bar else day_of_meeting(week, today)
        return replace(self, week=week, known_on=known)


def week_words(week: IsoWeek) -> str:
    """Return a week as it is headed: “Week 47, 16 to 22 November 2026”."""
    first, last = week.first, week.last
    start = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
    if first.year != last.year:
        start = f"{start} {first.year}"
    return f"Week {week.number}, {start} to {last.day} {last:%B} {last.year}"


def read_asked(desk: Desk) -> AskedBriefing:
    """Return what the address asks for; without a week the latest that is over.

    Raises
    ------
    InputRefused
        When the week or the day cannot be read.
    """
    query: Mapping[str, str] = st.query_params
    week = IsoWeek.read(query[WEEK]) if query.get(WEEK) else IsoWeek.of(desk.on or desk.today).before
    told = query.get(KNOWN, "")
    if not told:
        known = day_of_meeting(week, desk.today) if desk.on is None else desk.on
        return AskedBriefing(week, known, query.get(AREA, ""), of_the_bar=desk.on is not None)
    try:
        known = date.fromisoformat(told)
    except ValueError:
        why = "Write the day as 2026-11-23."
        raise InputRefused(f"“{told[:40]}” is not a day.", "", why) from None
    return AskedBriefing(week, known, query.get(AREA, ""), chosen=True)


def weeks_known(desk: Desk) -> list[IsoWeek]:
    """Return the weeks from the first report to the present one, the newest first."""
    oldest = desk.store.counts().oldest_report_at
    present = IsoWeek.of(desk.on or desk.today)
    if oldest is None:
        return []
    first = IsoWeek.of(local_day(oldest, desk.zone))
    weeks = max(0, (present.first - first.first).days // 7)
    return [present.back(back) for back in range(weeks + 1)]


def briefing_of(desk: Desk, asked: AskedBriefing) -> Briefing:
    """Return the briefing that was asked for, made once for each reader until something is written.

    Raises
    ------
    NotAllowed, InputRefused
        As :func:`problems.use_cases.briefing.brief`.
    """
    store, settings = whole(desk.store), session.get_settings()
    return _made.once(
        "briefing",
        (store, store.version(), desk.today),
        lambda: brief(
            *desk.asking,
            week=asked.week,
            zone=desk.zone,
            settings=settings.detection,
            targets=targets_of(store),
            days=working_days(settings.calendar),
            kinds=names_of_kinds(),
            area=asked.area,
            known_on=asked.known_on,
        ),
        key=(str(asked.week), asked.area, asked.known_on, desk.principal),
    )


def reports_of(desk: Desk, asked: AskedBriefing, behind: Behind) -> ReportsBehind:
    """Return the reports behind a figure, worked out once for each list.

    Raises
    ------
    NotAllowed, InputRefused
        As :func:`problems.use_cases.briefing.reports_behind`.
    """
    store, settings = whole(desk.store), session.get_settings()
    return _made.once(
        "reports",
        (store, store.version(), desk.today),
        lambda: reports_behind(
            *desk.asking,
            week=asked.week,
            zone=desk.zone,
            settings=settings.detection,
            targets=targets_of(store),
            days=working_days(settings.calendar),
            behind=behind,
            area=asked.area,
            known_on=asked.known_on,
        ),
        key=(str(asked.week), asked.area, asked.known_on, behind.address, desk.principal),
    )
