"""The third stage of a problem's page: the actions of the partners."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.parts.action_forms import add_action_form, usual_actions_form
from dashboard.parts.advice_given import show_advice
from dashboard.parts.cards import late_first, show_card
from dashboard.parts.checklists import show_checklist, show_refused
from dashboard.parts.desk import Desk
from dashboard.parts.forms import form_button
from dashboard.parts.markup import section
from dashboard.parts.notices import remark
from dashboard.wording import count
from problems.actions import Action
from problems.figures import remediation_progress
from problems.ordering import in_order
from problems.people import Role
from problems.problem import UNTOUCHED, Problem
from problems.sharing import is_placed

_CARDS_IN_A_ROW: Final = 2


def show_response(desk: Desk, problem: Problem, actions: Sequence[Action]) -> None:
    """Draw the actions, those that are owed first, and the way to add one."""
    section("Actions", _progress_words(actions))
    if not actions:
        remark(
            "No action yet. Actions are what partner organisations do about the problem."
            if is_placed(problem)
            else "Your organisation has no action on it. What others do about it is not told."
        )
    show_refused()
    by_day = in_order(late_first(actions))
    ordered = [*(one for one in by_day if one.status.is_owed), *(one for one in by_day if not one.status.is_owed)]
    others = {action.id: action for action in desk.store.actions()} if any(one.waits_for for one in actions) else {}
    for start in range(0, len(ordered), _CARDS_IN_A_ROW):
        row = ordered[start : start + _CARDS_IN_A_ROW]
        for column, action in zip(st.columns(_CARDS_IN_A_ROW), row, strict=False):
            with column:
                show_card(desk, action, None, others)
                show_checklist(desk, action)
    _ways(desk, problem, actions)
    show_advice(desk, problem, actions)


def _ways(desk: Desk, problem: Problem, actions: Sequence[Action]) -> None:
    if not desk.principal.has(Role.COORDINATOR) or not problem.status.is_open:
        return
    if problem.status in UNTOUCHED:
        remark("Take the problem on first; then actions can be added.")
        return
    with st.container(horizontal=True, gap="small", key="action-ways"):
        usual = usual_actions_form(desk, problem)
        form_button(usual, key="add-usual", label="Add the usual actions", primary=not actions)
        form_button(add_action_form(desk, problem), key="add-action", label="Add an action")


def _progress_words(actions: Sequence[Action]) -> str:
    progress = remediation_progress(actions)
    if not progress.total:
        return ""
    told = f"{progress.done} of {count(progress.total, 'action')} done"
    return f"{told}, {progress.verified} checked" if progress.done else told
