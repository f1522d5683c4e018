"""The choices above a briefing: its week, its place, the day of knowledge, and a week to compare it with."""

from datetime import date
from typing import Final

import streamlit as st

from dashboard.design import plain_label
from dashboard.parts.briefing_asked import (
    AGAINST,
    AREA,
    FIGURE,
    KNOWN,
    LIST,
    PRESENT,
    SLIDE,
    WEEK,
    AskedBriefing,
    week_words,
    weeks_known,
)
from dashboard.parts.desk import Desk
from dashboard.wording import day
from problems.areas import AreaKind
from problems.briefing.weeks import IsoWeek, day_of_meeting
from problems.errors import InputRefused

_KEYS: Final = {name: f"briefing-{name}" for name in (WEEK, AREA, KNOWN, AGAINST)}


def show_choices(desk: Desk, asked: AskedBriefing) -> None:
    """Draw the choices as they stand in the address; another choice is another address."""
    weeks = weeks_known(desk)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="briefing-choices"):
        _step("Week before", asked.week.before, known=asked.week.before in weeks)
        _choose_week(asked, weeks)
        _step("Week after", asked.week.back(-1), known=asked.week.back(-1) in weeks)
        _choose_area(desk, asked)
        st.session_state[_KEYS[KNOWN]] = min(asked.known_on, desk.today)
        st.date_input(
            "As known on",
            max_value=desk.today,
            format="DD/MM/YYYY",
            key=_KEYS[KNOWN],
            on_change=_know_on,
            args=(desk, asked),
            width=150,
            help=f"What was imported or changed later is left out. Usual is the Monday after the week: "
            f"{day(day_of_meeting(asked.week, desk.today))}.",
        )
        _choose_against(asked, weeks)


def _step(label: str, week: IsoWeek, *, known: bool) -> None:
    st.button(label, key=f"briefing-{label.split()[1]}", disabled=not known, on_click=go_to_week, args=(str(week),))


def go_to_week(week: str) -> None:
    """Go to a week, as known on its own Monday after; the rest of the address stays."""
    st.query_params[WEEK] = week
    for name in (KNOWN, LIST, FIGURE, AGAINST):
        st.query_params.pop(name, None)


def _choose_week(asked: AskedBriefing, weeks: list[IsoWeek]) -> None:
    words = {str(one): week_words(one) for one in weeks}
    st.session_state[_KEYS[WEEK]] = str(asked.week) if str(asked.week) in words else None

    def chosen() -> None:
        found = st.session_state.get(_KEYS[WEEK])
        if found:
            go_to_week(str(found))

    st.selectbox(
        "Week",
        list(words),
        index=None,
        format_func=lambda one: words.get(one, one),
        key=_KEYS[WEEK],
        on_change=chosen,
        placeholder="Choose a week",
        width=290,
    )


def _choose_area(desk: Desk, asked: AskedBriefing) -> None:
    names = {"": "The whole place"}
    for kind in AreaKind:
        names |= {f"{kind}:{one.name}": f"{kind.label}: {one.name}" for one in desk.store.areas(kind)}
    if len(names) == 1 and not asked.area:
        return
    if asked.area not in names:
        names[asked.area] = asked.area
    st.session_state[_KEYS[AREA]] = asked.area

    def chosen() -> None:
        _put(AREA, str(st.session_state.get(_KEYS[AREA]) or ""))

    st.selectbox(
        "Area",
        list(names),
        format_func=lambda one: plain_label(names.get(one, one)),
        key=_KEYS[AREA],
        on_change=chosen,
        width=210,
    )


def _know_on(desk: Desk, asked: AskedBriefing) -> None:
    found = st.session_state.get(_KEYS[KNOWN])
    usual = desk.on or day_of_meeting(asked.week, desk.today)
    _put(KNOWN, found.isoformat() if isinstance(found, date) and found != usual else "")


def _choose_against(asked: AskedBriefing, weeks: list[IsoWeek]) -> None:
    words = {str(one): week_words(one) for one in weeks if one < asked.week}
    if not words:
        return
    told = st.query_params.get(AGAINST, "")
    st.session_state[_KEYS[AGAINST]] = told if told in words else None

    def chosen() -> None:
        _put(AGAINST, str(st.session_state.get(_KEYS[AGAINST]) or ""))

    st.selectbox(
        "Compare with",
        list(words),
        index=None,
        format_func=lambda one: words.get(one, one),
        key=_KEYS[AGAINST],
        on_change=chosen,
        placeholder="No other week",
        width=290,
    )


def week_against(asked: AskedBriefing) -> IsoWeek | None:
    """Return the earlier week that the address asks to compare with, if any.

    Raises
    ------
    InputRefused
        When it is not an earlier week.
    """
    told = st.query_params.get(AGAINST, "")
    if not told:
        return None
    week = IsoWeek.read(told)
    if week >= asked.week:
        asked_for = f"{asked.week} and {week} were not compared."
        raise InputRefused(asked_for, "The second week is not earlier.", "Choose an earlier week.")
    return week


def _put(name: str, value: str) -> None:
    """Put a choice into the address, and close the list that belonged to the former one."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)
    st.query_params.pop(LIST, None)
    st.query_params.pop(FIGURE, None)


def present(*, slide: int | None) -> None:
    """Go to a slide, or leave the presentation (None)."""
    if slide is None:
        st.query_params.pop(PRESENT, None)
        st.query_params.pop(SLIDE, None)
        return
    st.query_params[PRESENT] = "true"
    st.query_params[SLIDE] = str(slide)
