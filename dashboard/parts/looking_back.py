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
from problems.looking_back import LookedBack, last_moment, look_back
from problems.seeing import seen_as_today, whole
from problems.store import Store

#: Whether the page that is shown can be looked at as on a past day; set by the frame before it draws a page.
_CAN: Final = "fx_can_look_back"
#: A few people go through a few days: what was folded for one is there for the next.
_days: Final = Remembered(most=6, one_at_a_time=True)


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


def wait_for_reports(store: Store, on: date | None) -> None:
    """Work out how the reports stood, saying so while it takes long; of today there is nothing to do."""
    if on is not None:
        with st.spinner(f"Working out how every report stood at the end of {day(on)}"):
            whole(store).counts()


def lost(store: Store) -> tuple[str, ...]:
    """Return in words what cannot be told of the reports of the past day that a store shows."""
    then = whole(store)
    return then.known.notes if isinstance(then, LookedBack) else ()


def knows_categories(store: Store) -> bool:
    """Tell whether a store knows of which category the reports were on its day; that of today does."""
    then = whole(store)
    return not isinstance(then, LookedBack) or then.known.knows_categories


def show_lost(store: Store) -> None:
    """Say what cannot be told of the past day that is looked at."""
    for note in lost(store):
        draw(element("p", note, css="fx-note fx-note-warn"))


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
        help="Problems, Board, Inbox and the other pages of work show how things stood at the end of that day.",
    )


def show_banner(elsewhere: Mapping[str, str], *, can_look_back: bool, of_its_own: date | None = None) -> None:
    """Say which day is looked at, and offer the way back in one click.

    Parameters
    ----------
    elsewhere
        The pages that can show a past day: what they are called, by their path.
    can_look_back
        Whether the page that follows can.
    of_its_own
        The day of knowledge of a page that has a choice of its own, which the day in the bar only proposes.
    """
    st.session_state[_CAN] = can_look_back
    asked = st.session_state.get(session.ON)
    if not isinstance(asked, date):
        return
    with st.container(key="fx-past", horizontal=True, vertical_alignment="center", gap="small"):
        if of_its_own is not None:
            told = element("b", f"As known on {day(of_its_own)}.")
            chosen = "" if of_its_own == asked else f" That was chosen on this page; elsewhere it is {day(asked)}."
            draw(element("p", told, chosen, " You see what was known then; nothing can be changed.", role="status"))
        elif can_look_back:
            told = element("b", f"So it stood at the end of {day(asked)}.")
            draw(element("p", told, " You see what was known then; nothing can be changed.", role="status"))
        else:
            ways = joined([link(path, name) for path, name in elsewhere.items()], ", ")
            draw(element("p", f"This page shows today. As known on {day(asked)} there are: ", ways, ".", role="status"))
        st.button(plain_label("Back to today"), key="fx-today", on_click=_back)


def _back() -> None:
    st.session_state[session.ON] = None
