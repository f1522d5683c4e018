"""Looking at the work as it was known on a past day: the day in the address, and the store and the clock of it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.design import plain_label
from dashboard.parts.markup import draw, element, joined, link
from dashboard.remembered import Remembered
from dashboard.wording import day, local_day
from problems.clock import Clock
from problems.looking_back import last_moment, look_back
from problems.seeing import seen_as_today, whole
from problems.store import Store

#: Whether the page that is shown can be looked at as on a past day; set by the frame before it draws a page.
_CAN: Final = "fx_can_look_back"
#: A few people go through a few days: what was folded for one is there for the next.
_days: Final = Remembered(most=30, one_at_a_time=True)


def day_chosen() -> date | None:
    """Return the past day that the reader asked for on a page that can show one, None for today."""
    asked = st.session_state.get(session.ON)
    return asked if isinstance(asked, date) and st.session_state.get(_CAN) else None


def store_and_clock() -> tuple[Store, Clock]:
    """Return the store as the reader sees it and the clock, those of a past day where one is looked at."""
    seen = session.seen_store()
    on = day_chosen()
    if on is None:
        return seen, session.get_clock()
    every, zone = whole(seen), session.get_settings().zone
    then = _days.once("store", (every, every.version()), lambda: look_back(every, on, zone), key=on)
    moment = last_moment(on, zone).astimezone(zone)
    return seen_as_today(then, seen), lambda: moment


def choose_day() -> None:
    """Draw the choice of a past day."""
    yesterday = local_day(session.get_clock()(), session.get_settings().zone) - timedelta(days=1)
    st.date_input(
        "As known on",
        value=None,
        max_value=yesterday,
        format="DD/MM/YYYY",
        key=session.ON,
        bind="query-params",
        help="Problems, My organisation, Decisions and Board show how things stood at the end of that day.",
    )


def show_banner(elsewhere: Mapping[str, str], *, can_look_back: bool) -> None:
    """Say which day is looked at, and offer the way back in one click.

    Parameters
    ----------
    elsewhere
        The pages that can show a past day: what they are called, by their path.
    can_look_back
        Whether the page that follows can.
    """
    st.session_state[_CAN] = can_look_back
    asked = st.session_state.get(session.ON)
    if not isinstance(asked, date):
        return
    with st.container(key="fx-past", horizontal=True, vertical_alignment="center", gap="small"):
        if can_look_back:
            told = element("b", f"So it stood at the end of {day(asked)}.")
            draw(element("p", told, " You see what was known then; nothing can be changed.", role="status"))
        else:
            ways = joined([link(path, name) for path, name in elsewhere.items()], ", ")
            draw(element("p", f"This page shows today. As known on {day(asked)} there are: ", ways, ".", role="status"))
        st.button(plain_label("Back to today"), key="fx-today", on_click=_back)


def _back() -> None:
    st.session_state[session.ON] = None
