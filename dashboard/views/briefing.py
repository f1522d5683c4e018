"""Briefing: a week in ten sections, decisions first, every figure with the list behind it; and the meeting about it."""

from datetime import date
from pathlib import Path
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.parts.briefing_all_areas import show_all_areas
from dashboard.parts.briefing_asked import (
    AGAINST,
    FIGURE,
    KNOWN,
    LIST,
    PRESENT,
    SLIDE,
    AskedBriefing,
    briefing_of,
    read_asked,
    week_words,
)
from dashboard.parts.briefing_choice import present, show_choices
from dashboard.parts.briefing_compare import show_comparison
from dashboard.parts.briefing_download import show_files
from dashboard.parts.briefing_figures import Reading
from dashboard.parts.briefing_list import show_list
from dashboard.parts.briefing_meeting import is_at_meeting, show_meeting
from dashboard.parts.briefing_present import show_slide
from dashboard.parts.briefing_sections import show_sections
from dashboard.parts.desk import Desk, desk_of_today
from dashboard.parts.forms import draw_open_form
from dashboard.parts.markup import draw, element, link, page_head, section, show_sheet
from dashboard.parts.notices import empty, refusal, remark, said
from dashboard.wording import day
from problems.briefing.briefing import Briefing
from problems.errors import InputRefused, ProblemError

PATH: Final = "briefing"
_LEAD: Final = "One week for the meeting: what is decided today, what changed, and how sure that is."
_SHEET: Final = Path(__file__).parents[1] / "assets" / "briefing.css"


def show() -> None:
    """Draw the page: the briefing, the list behind one of its figures, or one slide of it."""
    desk = desk_of_today()
    show_sheet()
    st.html(_SHEET)
    if not desk.store.counts().reports:
        page_head("Briefing", _LEAD)
        empty("There is no report yet", "A briefing tells of a week with reports.", [("/import", "Import reports")])
        return
    try:
        asked = read_asked(desk)
    except InputRefused as refused:
        page_head("Briefing", _LEAD)
        refusal(refused)
        draw_choices_again(desk)
        return
    slide = _slide() if st.query_params.get(PRESENT) == "true" else 0
    found = _made(desk, asked, quiet=bool(slide or st.query_params.get(LIST)))
    if found is None:
        return
    reading = Reading(desk, asked, found, slide)
    if wanted := st.query_params.get(LIST, ""):
        _list(reading, wanted)
        return
    said()
    if slide:
        show_slide(reading)
    else:
        _whole(reading)
    draw_open_form()


def day_of_knowledge() -> date | None:
    """Return the day as known on which the page tells, while a past day is looked at elsewhere; None of today."""
    asked = st.session_state.get(session.ON)
    try:
        return date.fromisoformat(st.query_params.get(KNOWN, ""))
    except ValueError:
        return asked if isinstance(asked, date) else None


def draw_choices_again(desk: Desk) -> None:
    """Draw the choices of the latest week, where the address asks for what cannot be read."""
    for name in ("week", KNOWN, AGAINST):
        st.query_params.pop(name, None)
    show_choices(desk, read_asked(desk))


def _list(reading: Reading, wanted: str) -> None:
    try:
        show_list(reading, wanted, st.query_params.get(FIGURE, ""))
    except ProblemError as refused:
        page_head("Briefing", _LEAD, kicker=week_words(reading.asked.week))
        refusal(refused)
        draw(element("p", link(f"/{PATH}", "Back to the briefing", query=reading.query), css="fx-ways"))


def _slide() -> int:
    told = st.query_params.get(SLIDE, "1")
    return max(1, int(told)) if told.isdecimal() and len(told) < 4 else 1


def _made(desk: Desk, asked: AskedBriefing, *, quiet: bool) -> Briefing | None:
    """Return the briefing under its choices, or draw why there is none and what is possible."""
    if not quiet:
        page_head("Briefing", _LEAD, kicker=week_words(asked.week))
        show_choices(desk, asked)
    try:
        with st.spinner(f"Making the briefing of {week_words(asked.week)}"):
            return briefing_of(desk, asked)
    except ProblemError as refused:
        if quiet:
            page_head("Briefing", _LEAD, kicker=week_words(asked.week))
            show_choices(desk, asked)
        refusal(refused)
        _know_today(desk, asked)
        return None


def _know_today(desk: Desk, asked: AskedBriefing) -> None:
    """Offer to tell the week as it is known today: its reports may have been imported since."""
    if asked.known_on >= desk.today or asked.week.first > desk.today:
        return

    def know() -> None:
        st.query_params[KNOWN] = desk.today.isoformat()

    remark("Reports that were imported later were not known on that day.")
    st.button("Tell it as known today", key="briefing-today", on_click=know)


def _whole(reading: Reading) -> None:
    header = reading.briefing.header
    over = "" if header.is_over else " The week is not over."
    place = header.area.name if header.area else "The whole place"
    told = f"{place}, up to {day(header.as_of)}, as known on {day(header.known_on)}.{over}"
    draw(element("p", told, css="fx-quiet"))
    if not header.received.value and not header.closed.value:
        remark(f"Nothing came in or ended in this week as it was known on {day(header.known_on)}.", tone="accent")
        _know_today(reading.desk, reading.asked)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="briefing-ways"):
        st.button("Present it", key="briefing-present", type="primary", on_click=present, kwargs={"slide": 1})
        show_files(reading)
    show_all_areas(reading)
    show_comparison(reading)
    show_sections(reading)
    if is_at_meeting(reading.desk):
        section("This meeting", "what is noted and decided about this week")
        show_meeting(reading)
