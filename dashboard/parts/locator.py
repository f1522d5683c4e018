"""Where a problem lies: the map in small, with the problem chosen and the reports of its kind."""

import streamlit as st

from dashboard import session
from dashboard.mapping import layers, live_layer
from dashboard.mapping.features import selected_problems
from dashboard.mapping.layers import Asked
from dashboard.parts.desk import Desk
from dashboard.parts.markup import section
from problems.problem import Problem

_DAYS = 365


def show_locator(desk: Desk, problem: Problem) -> None:
    """Draw the surroundings of a problem; another problem that is chosen there is opened."""
    section("Where it is", f"{problem.group.label.lower()}, past 12 months")
    asked = Asked(
        days=_DAYS,
        last=layers.last_day(desk.store, desk.today, desk.zone),
        groups=(problem.group,),
    )
    seen = selected_problems(desk.store, asked.of_problems())
    state = layers.map_state(desk.store, session.get_settings(), asked, session.colours(), problem, seen)
    with st.container(key="fx-locator"):
        live_layer.draw(state, key=f"locator-{problem.ref}", chosen=_open)


def _open(ref: str) -> None:
    st.query_params["problem"] = ref
