"""Actions as cards: what is owed, by whom, how late, and the next move as one button."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from dashboard.design import Html
from dashboard.parts.desk import Desk
from dashboard.parts.forms import form_button
from dashboard.parts.markup import draw, element, joined, problem_link
from dashboard.parts.move_forms import action_moves, closed_words, more_form, move_action_form, sets_aside
from dashboard.wording import acceptance, clocks, days, days_in_status, lateness, listed, postponed
from problems.actions import Action, ActionStatus
from problems.ordering import in_the_way
from problems.problem import Problem
from problems.reasons import Reason


def lateness_mark(desk: Desk, action: Action) -> Html:
    """Return the lateness in words; late work is marked by weight and a sign, not by colour alone."""
    words = lateness(action, desk.today)
    late = action.days_late(desk.today) > 0
    return element("span", words, css="fx-late" if late else "fx-due") if words else Html("")


def action_card(
    desk: Desk, action: Action, problem: Problem | None, others: Mapping[int, Action] | None = None
) -> Html:
    """Return a card: title, organisation, lateness, days in status, and the problem it belongs to.

    ``others`` are the actions by id that it may wait for.
    """
    organisation = desk.names.organisation(action.organisation_id)
    who = f"{organisation}, {action.person}" if action.person else organisation
    stood = days_in_status(action, desk.today, desk.zone)
    since = f"{action.status.label} for {days(stood)}" if stood else f"{action.status.label} today"
    lines = [
        element(
            "p", element("span", action.ref, css="fx-due"), " ", element("span", action.title), css="fx-card-title"
        ),
        element("p", who, css="fx-card-who"),
        element("p", lateness_mark(desk, action), element("span", since), css="fx-card-when"),
    ]
    lines += [
        element("p", text, css="fx-quiet")
        for text in (_extra(action), _more(desk, action), closed_words(desk, action))
        if text
    ]
    waits = waiting_words(action, others or {})
    if waits:
        lines.append(element("p", waits, css="fx-waits"))
    if problem is not None:
        lines.append(element("p", problem_link(problem), css="fx-card-problem"))
    late = action.days_late(desk.today) > 0
    return element(
        "div",
        joined(lines),
        css="fx-card fx-card-late" if late else "fx-card",
        tabindex="-1",
        role="group",
        aria_label=f"{action.ref} {action.title}",
    )


def waiting_words(action: Action, others: Mapping[int, Action]) -> str:
    """Say what an action that has not begun waits for; empty where nothing is in its way."""
    begun = not action.status.is_owed or action.status is ActionStatus.IN_PROGRESS
    named = [f"{one.ref} {one.title}" for one in in_the_way(action, others)]
    return "" if begun or not named else f"Waits for {listed(named)}"


def _more(desk: Desk, action: Action) -> str:
    """Say what else is known: steps, cost, both clocks."""
    steps = f"{action.ticked()} of {len(action.checklist)} steps" if action.checklist else ""
    cost = f"Cost {action.cost:,}" if action.cost is not None else ""
    has_clocks = action.status not in (ActionStatus.PROPOSED, ActionStatus.DECLINED, ActionStatus.CANCELLED)
    told = [clocks(action, desk.clock()), acceptance(action)] if has_clocks else []
    return ". ".join(part for part in (steps, cost, *told) if part)


def _extra(action: Action) -> str:
    parts = [postponed(action)]
    if action.status in (ActionStatus.BLOCKED, ActionStatus.DECLINED, ActionStatus.CANCELLED) and action.reason:
        known = action.reason in tuple(Reason)
        parts.append(Reason(action.reason).label if known else action.reason)
    return ". ".join(part for part in parts if part)


def show_card(desk: Desk, action: Action, problem: Problem | None, others: Mapping[int, Action] | None = None) -> None:
    """Draw a card with its next move as one button and the other moves behind a second one."""
    # One box for the words and the buttons beneath: every box more is felt where a board has a hundred of them.
    with st.container(key=f"card-{action.ref}", horizontal=True, gap="small"):
        draw(action_card(desk, action, problem, others))
        moves = action_moves(desk, action)
        if not moves:
            return
        first, beside = (None, moves) if sets_aside(moves[0]) else (moves[0], moves[1:])
        # Only the form that is opened is made: a board has a hundred of them.
        if first:
            form = partial(move_action_form, desk, action, first)
            form_button(form, key=f"move-{action.ref}-{first.target}", label=first.verb)
        if beside or action.status.is_owed:
            form_button(partial(more_form, desk, action, beside), key=f"more-{action.ref}", label="More")


def late_first(actions: Sequence[Action]) -> list[Action]:
    """Return actions by due date, the latest first to be owed on top; those without one come last."""
    return sorted(
        actions, key=lambda action: (action.due_on is None, action.due_on or action.created_at.date(), action.id)
    )
