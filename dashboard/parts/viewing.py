"""Who looks: the person chosen in the bar, the note that says so, and the box to search in."""

from collections.abc import Mapping
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import session
from dashboard.design import plain_label
from dashboard.parts.markup import draw, element
from problems.people import Role

#: What is typed in the bar, and what is to be looked for on the page of the search.
_BOX: Final = "fx_search"
_LOOK_FOR: Final = "fx_look_for"
SEARCH_PATH: Final = "search"
SEARCHED: Final = "q"


def choose_person() -> None:
    """Draw the choice of whom to look as (in the sample city) or to work as; nothing where there is nobody."""
    people = {person.key: person for person in session.people_to_work_as()}
    if not people:
        return
    word, short = ("View as", "View as …") if session.is_sample_city() else ("Working as", "Work as …")
    labels = {key: session.person_label(person) for key, person in people.items()}
    st.selectbox(
        word,
        ["", *people],
        # There is no room for the word before the box: the box says it, short enough for a phone.
        format_func=lambda key: labels.get(key, short),
        key=session.WORKING_AS,
        bind="query-params",
        label_visibility="collapsed",
    )


def show_banner() -> None:
    """Say with whose eyes the sample city is seen, and offer the way back in one click."""
    person = session.person_chosen()
    if person is None or not session.is_sample_city():
        return
    with st.container(key="fx-viewing", horizontal=True, vertical_alignment="center", gap="small"):
        # A heading would come before that of the page, and a note alone is not read out.
        told = element("b", f"You see Fixpoint as {session.person_label(person)}.")
        draw(element("p", told, f" {_SEES[person.role]}", role="status"))
        st.button(plain_label("Back to everything"), key="fx-back", on_click=_back)


def _back() -> None:
    st.session_state[session.WORKING_AS] = ""


_SEES: Final[Mapping[Role, str]] = {
    Role.VIEWER: "Viewers see counts and where problems stand: no single reports, no names, no notes.",
    Role.PARTNER: "Partners see what is shared with their organisation, and nobody who reported anything.",
    Role.OFFICER: "Officers see every report and problem; they visit, check and note.",
    Role.COORDINATOR: "Coordinators see everything, take problems on and give out the work.",
    Role.COMMAND: "Command sees every problem and every result, and decides on closing and on no action.",
    Role.ADMIN: "Administrators look after people, names and targets; they decide no case.",
    Role.SYSTEM: "",
}


def search_box() -> None:
    """Draw the box in the bar; Enter leads to the page with what was found."""
    st.text_input(
        "Search",
        key=_BOX,
        placeholder="Search",
        label_visibility="collapsed",
        on_change=_look_for,
        max_chars=200,
        help=None,
    )


def _look_for() -> None:
    typed = str(st.session_state.get(_BOX) or "").strip()
    if typed:
        st.session_state[_LOOK_FOR] = typed
        st.session_state[_BOX] = ""


def go_where_asked(pages: Mapping[str, StreamlitPage], shown: StreamlitPage) -> None:
    """Go to the page of the search when something was typed in the bar; ``shown`` is the page that stands there now."""
    typed = st.session_state.pop(_LOOK_FOR, "")
    if typed and shown.url_path == SEARCH_PATH:
        # Its own box has hold of the address: what it is to look for goes through the box.
        st.session_state[SEARCHED] = typed
    elif typed:
        st.session_state.pop(SEARCHED, None)
        st.switch_page(pages[SEARCH_PATH], query_params={SEARCHED: typed})
