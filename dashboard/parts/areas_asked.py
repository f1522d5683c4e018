"""Which areas are asked for: their kind and what they are held against, or one area; all in the address."""

from datetime import date
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.parts.briefing_asked import AskedBriefing
from dashboard.parts.desk import Desk
from dashboard.remembered import Remembered
from dashboard.wording import local_day
from data.calendars import working_days
from data.targets import targets_of
from data.taxonomy import names_of_kinds
from problems.areas import AreaKind
from problems.briefing.area_page import AreaPage
from problems.briefing.areas_compared import Against, AreasCompared
from problems.briefing.weeks import day_of_meeting
from problems.use_cases.looking_at_areas import compare_areas_now, look_at_area

#: The parameters of the address.
AREA, KIND, AGAINST = "area", "kind", "against"

#: A few people go through all areas, each in their own eyes; a click must not count the town again.
_looked: Final = Remembered(most=60, one_at_a_time=True)


def today(desk: Desk) -> date:
    """Return the day that it is, also where a past day is looked at."""
    return local_day(session.get_clock()(), desk.zone)


def compared_areas(desk: Desk) -> AreasCompared:
    """Return the comparison that the address asks for; what it names wrongly is left to the usual.

    Raises
    ------
    NotAllowed, InputRefused
        As :func:`problems.use_cases.looking_at_areas.compare_areas_now`.
    """
    kind, against = st.query_params.get(KIND, ""), st.query_params.get(AGAINST, "")
    wanted = AreaKind(kind) if kind in tuple(AreaKind) else None
    held = Against(against) if against in tuple(Against) else None
    # The day is looked back to by the use case itself: its figures are those of the briefing as known on that day.
    return _looked.once(
        "areas",
        _state(desk),
        lambda: compare_areas_now(
            session.get_store(), desk.principal, session.get_clock(), desk.seed,
            zone=desk.zone, kinds=names_of_kinds(), kind=wanted, against=held, on=desk.on,
        ),
        key=(wanted, held, desk.on, desk.principal),
    )  # fmt: skip


def area_asked(desk: Desk, words: str) -> AreaPage:
    """Return the page of one area, made once for each reader until something is written.

    Raises
    ------
    NotAllowed, InputRefused
        As :func:`problems.use_cases.looking_at_areas.look_at_area`.
    """
    store, settings = session.get_store(), session.get_settings()
    return _looked.once(
        "area",
        _state(desk),
        lambda: look_at_area(
            store, desk.principal, session.get_clock(), desk.seed,
            zone=desk.zone, settings=settings.detection, targets=targets_of(store),
            days=working_days(settings.calendar), kinds=names_of_kinds(), area=words, on=desk.on,
        ),
        key=(words, desk.on, desk.principal),
    )  # fmt: skip


def _state(desk: Desk) -> tuple[object, ...]:
    store = session.get_store()
    return (store, store.version(), today(desk))


def briefing_asked(desk: Desk, page: AreaPage) -> AskedBriefing:
    """Return the address of the briefing that the figures of a page are of."""
    week = page.briefing.header.week
    chosen = page.on != day_of_meeting(week, today(desk))
    return AskedBriefing(week, page.on, f"{page.area.kind}:{page.area.name}", chosen)
