"""The third stage of a problem's page: the actions of the partners."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.parts.cards import late_first, show_card
from dashboard.parts.desk import Desk
from dashboard.parts.forms import form_button
from dashboard.parts.markup import section
from dashboard.parts.move_forms import add_action_form
from dashboard.parts.notices import remark
from dashboard.wording import count
from problems.actions import Action
from problems.figures import remediation_progress
from problems.people import Role
from problems.problem import UNTOUCHED, Problem

_CARDS_IN_A_ROW: Final = 2


def show_response(desk: Desk, problem: Problem, actions: Sequence[Action]) -> None:
    """Draw the actions, those that are owed first, and the way to add one."""
    section("Actions", _progress_words(actions))
    if not actions:
        remark("No action yet. Actions are what partner organisations do about the problem.")
    live = [action for action in late_first(actions) if action.status.is_owed]
    ended = [action for action in late_first(actions) if not action.status.is_owed]
    ordered = [*live, *ended]
    for start in range(0, len(ordered), _CARDS_IN_A_ROW):
        row = ordered[start : start + _CARDS_IN_A_ROW]
        for column, action in zip(st.columns(_CARDS_IN_A_ROW), row, strict=False):
            with column:
                show_card(desk, action, None)
    if not desk.principal.has(Role.COORDINATOR) or not problem.status.is_open:
        return
    if problem.status in UNTOUCHED:
        remark("Take the problem on first; then actions can be added.")
    else:
        form_button(add_action_form(desk, problem), key="add-action", label="Add an action")


def _progress_words(actions: Sequence[Action]) -> str:
    progress = remediation_progress(actions)
    if not progress.total:
        return ""
    told = f"{progress.done} of {count(progress.total, 'action')} done"
    return f"{told}, {progress.verified} checked" if progress.done else told
