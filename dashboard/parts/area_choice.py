"""The choice of the area that a page of results tells of, in its address."""

from typing import Final

import streamlit as st

from dashboard.design import plain_label
from dashboard.parts.desk import Desk
from problems.areas import AreaKind

#: How the address calls it.
AREA: Final = "area"


def area_asked() -> str:
    """Return what the address says of the area; empty for the whole place."""
    return st.query_params.get(AREA, "")


def choose_area(desk: Desk, key: str) -> None:
    """Draw the choice; what is not an area of today stays in it, as the address has it."""
    asked = area_asked()
    names = {"": "The whole place"}
    for kind in AreaKind:
        names |= {f"{kind}:{one.name}": f"{kind.label}: {one.name}" for one in desk.store.areas(kind)}
    names.setdefault(asked, asked)
    st.session_state[key] = asked
    st.selectbox(
        "Area",
        list(names),
        format_func=lambda one: plain_label(names.get(one, one)),
        key=key,
        on_change=lambda: put(AREA, str(st.session_state.get(key) or "")),
        width=230,
    )


def put(name: str, value: str) -> None:
    """Write a choice into the address, or take it out where it is empty."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)
