"""The checklist of an action: steps to tick, with who ticked them and when."""

import streamlit as st

from dashboard.design import plain_label
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.markup import draw, element
from dashboard.parts.notices import refusal
from dashboard.wording import day_of
from problems.actions import Action
from problems.errors import ProblemError
from problems.sharing import is_own
from problems.use_cases import particulars

_REFUSED = "checklist_refused"


def show_checklist(desk: Desk, action: Action) -> None:
    """Draw the steps of an action; those who may can tick them while the work is owed."""
    if not action.checklist:
        return
    may_tick = desk.principal.has(*particulars.MAY_TICK) and is_own(desk.principal, action)
    can_tick = desk.on is None and action.status.is_owed and may_tick
    label = f"Steps: {action.ticked()} of {len(action.checklist)} ticked"
    with st.expander(label, expanded=can_tick and action.ticked() < len(action.checklist), key=f"steps-{action.ref}"):
        for at, step in enumerate(action.checklist):
            # The version is part of the key: what somebody else ticked is shown, not what this page remembers.
            key = f"step-{action.ref}-{at}-{action.version}"
            st.checkbox(
                plain_label(step.text),
                value=step.is_ticked,
                key=key,
                disabled=not can_tick,
                on_change=_tick,
                args=(action.id, at, step.text, key),
            )
            if step.is_ticked:
                told = f"{step.ticked_by}, {day_of(step.ticked_at, desk.zone)}"
                draw(element("p", told, css="fx-quiet fx-under-box"))


def show_refused() -> None:
    """Draw why the last tick was not kept, once."""
    refused = st.session_state.pop(_REFUSED, None)
    if isinstance(refused, ProblemError):
        refusal(refused)


def _tick(action_id: int, step: int, text: str, key: str) -> None:
    try:
        particulars.tick_step(
            *this_desk().asking, action_id=action_id, step=step, text=text, ticked=bool(st.session_state.get(key))
        )
    except ProblemError as refused:
        st.session_state[_REFUSED] = refused
