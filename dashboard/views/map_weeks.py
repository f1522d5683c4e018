"""Replaying the weeks: the slider above the map, and the mark that says that the past is shown."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import streamlit as st

from dashboard import design
from dashboard.mapping import past
from dashboard.mapping.layers import first_of
from dashboard.parts.markup import draw as draw_markup
from dashboard.parts.markup import element
from dashboard.wording import day
from problems.errors import InputRefused, ProblemError
from problems.hot_spots import Refresh
from problems.store import Store

_WEEK: Final = "week"
_SLIDER: Final = "week-shown"
_ONE_ONLY: Final = "The weeks can be replayed here once hot spots were looked for on two days."


def chosen(store: Store) -> tuple[Refresh | None, ProblemError | None]:
    """Return the past refresh that the address names, None for the latest, and the refusal where there is none."""
    text = st.query_params.get(_WEEK, "")
    if not text:
        return None, None
    known = past.weeks(store)
    found = next((done for done in known if done.as_of.isoformat() == text), None)
    if found is None:
        asked = f"The map was asked for the week to “{text[:20]}”, which cannot be shown."
        return None, InputRefused(asked, "No hot spots were looked for as of that day.", "The latest is shown instead.")
    return (None if found is known[-1] else found), None


def draw(store: Store, shown: Refresh | None) -> None:
    """Draw the slider with a step back, a step on and the way back to the latest; ``shown`` None is the latest."""
    known = past.weeks(store)
    if len(known) < 2:
        if known:
            st.html(design.note(_ONE_ONLY))
        return
    days = [done.as_of for done in known]
    at = days.index(shown.as_of) if shown else len(days) - 1
    # What stands in the address is what is shown, also where somebody opened a link.
    st.session_state[_SLIDER] = days[at]
    with st.container(key="fx-weeks", horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Previous week", key="week-before", disabled=at == 0, on_click=_go, args=(days, max(at - 1, 0)))
        st.select_slider(
            "Replay the weeks",
            days,
            format_func=week_words,
            key=_SLIDER,
            on_change=_slid,
            args=(days,),
            label_visibility="collapsed",
        )
        last = len(days) - 1
        st.button("Next week", key="week-after", disabled=at == last, on_click=_go, args=(days, min(at + 1, last)))
        st.button(
            "Latest",
            key="week-latest",
            type="secondary" if at == last else "primary",
            disabled=at == last,
            on_click=_go,
            args=(days, last),
        )


def mark(shown: Refresh | None) -> None:
    """Say that the past is shown; the place for it is always there, so that screen readers hear it change."""
    draw_markup(element("p", past_words(shown) if shown else "", css="fx-replayed", role="status"))


def past_words(shown: Refresh) -> str:
    """Return what the past is that is shown."""
    first = first_of(shown.as_of, shown.window_days)
    window = f"from {day(first)} to {day(shown.as_of)}" if first else f"up to {day(shown.as_of)}"
    return (
        f"You are looking at the past: hot spots and problems as known on {day(shown.as_of)}, "
        f"with the reports {window}."
    )


def week_words(last: date) -> str:
    """Return what a week is called: ``Week to 12 October 2026``."""
    return f"Week to {last.day} {last:%B} {last.year}"


def _slid(days: Sequence[date]) -> None:
    _go(days, list(days).index(st.session_state[_SLIDER]))


def _go(days: Sequence[date], at: int) -> None:
    if at == len(days) - 1:
        st.query_params.pop(_WEEK, None)
    else:
        st.query_params[_WEEK] = days[at].isoformat()
