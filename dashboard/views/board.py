"""The board: what each partner organisation owes, by status or by organisation, the late work first."""

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard.parts.cards import late_first, show_card
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.forms import draw_open_form
from dashboard.parts.markup import draw, element, key_figures, link, page_head, problem_link, section, show_sheet, table
from dashboard.parts.notices import empty, remark, said
from dashboard.wording import NOTHING, count, day, days_in_status, lateness
from problems.actions import Action, ActionStatus
from problems.problem import Problem
from problems.use_cases.seeing import see_actions, see_problems

EVERYBODY: Final = "All organisations"
BY_STATUS: Final = "By status"
BY_ORGANISATION: Final = "By organisation"
#: Cards drawn in a lane before "Show all": each has buttons, and nobody reads a lane of fifty.
CARDS_AT_FIRST: Final = 6
_LANES_IN_A_ROW: Final = 5
_LANES: Final = (
    ActionStatus.PROPOSED,
    ActionStatus.ACCEPTED,
    ActionStatus.IN_PROGRESS,
    ActionStatus.BLOCKED,
    ActionStatus.DONE,
)
_ENDED: Final = tuple(status for status in ActionStatus if status not in _LANES)


def show() -> None:
    """Draw the board."""
    desk = this_desk()
    show_sheet()
    page_head("Board", "What each organisation owes, the late work first.")
    said()
    actions = see_actions(*desk.asking)
    if not actions:
        empty(
            "No work is planned yet",
            "Take on a problem and add an action to it: it appears here for the organisation that owes it.",
            [("/problem", "See the problems")],
        )
        return
    problems = {problem.id: problem for problem in see_problems(*desk.asking)}
    chosen, late_only, by_organisation = _filters(desk)
    wanted = [action for action in actions if _wanted(desk, action, chosen, late_only)]
    live = [action for action in wanted if action.status in _LANES]
    _figures(desk, live)
    if not live:
        remark("Nothing is owed here. Choose another organisation, or show work that is not late as well.")
    for row in _rows_of_lanes(_lanes(desk, live, by_organisation=by_organisation)):
        _draw_lanes(desk, row, problems)
    _totals(desk, actions)
    _twin(desk, wanted, problems)
    draw_open_form()


def _filters(desk: Desk) -> tuple[str, bool, bool]:
    names = [EVERYBODY, *(each.name for each in desk.organisations)]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="board-filters"):
        chosen = st.selectbox("Organisation", names, key="organisation", bind="query-params", width=300)
        lanes = st.segmented_control(
            "Lanes", [BY_STATUS, BY_ORGANISATION], default=BY_STATUS, required=True, key="lanes", bind="query-params"
        )
        late_only = st.toggle("Only late work", key="late", bind="query-params")
    return chosen or EVERYBODY, bool(late_only), lanes == BY_ORGANISATION


def _wanted(desk: Desk, action: Action, chosen: str, late_only: bool) -> bool:
    if late_only and not action.days_late(desk.today):
        return False
    return chosen == EVERYBODY or desk.names.organisation(action.organisation_id) == chosen


def _figures(desk: Desk, live: Sequence[Action]) -> None:
    owed = [action for action in live if action.status.is_owed]
    late = [action for action in owed if action.days_late(desk.today)]
    worst = max((action.days_late(desk.today) for action in late), default=0)
    blocked = sum(action.status is ActionStatus.BLOCKED for action in owed)
    unchecked = sum(action.status is ActionStatus.DONE for action in live)
    key_figures(
        [
            ("Owed", len(owed), count(len({action.organisation_id for action in owed}), "organisation")),
            ("Late", len(late), f"up to {count(worst, 'day')}" if late else "none"),
            ("Blocked", blocked, ""),
            ("Done, not checked", unchecked, ""),
        ]
    )


def _lanes(desk: Desk, live: Sequence[Action], *, by_organisation: bool) -> list[tuple[str, list[Action]]]:
    if not by_organisation:
        return [(status.label, [each for each in live if each.status is status]) for status in _LANES if live]
    lanes = [
        (each.name, [action for action in live if action.organisation_id == each.id]) for each in desk.organisations
    ]
    return [(name, actions) for name, actions in lanes if actions]


def _rows_of_lanes(lanes: list[tuple[str, list[Action]]]) -> list[list[tuple[str, list[Action]]]]:
    return [lanes[start : start + _LANES_IN_A_ROW] for start in range(0, len(lanes), _LANES_IN_A_ROW)]


def _draw_lanes(desk: Desk, lanes: Sequence[tuple[str, list[Action]]], problems: Mapping[int, Problem]) -> None:
    for column, (name, actions) in zip(st.columns(_LANES_IN_A_ROW), lanes, strict=False):
        with column:
            draw(element("h2", name, element("span", f" {len(actions)}"), css="fx-lane"))
            if not actions:
                draw(element("p", "Nothing", css="fx-quiet"))
            ordered = late_first(actions)
            shown = len(ordered) if st.session_state.get(f"all-{name}") else CARDS_AT_FIRST
            for action in ordered[:shown]:
                show_card(desk, action, problems.get(action.problem_id))
            if len(ordered) > CARDS_AT_FIRST:
                st.toggle(f"Show all {len(ordered)}", key=f"all-{name}")


def _totals(desk: Desk, actions: Sequence[Action]) -> None:
    section("By organisation", "all work, whatever is chosen above")
    rows = []
    for each in desk.organisations:
        own = [action for action in actions if action.organisation_id == each.id]
        owed = [action for action in own if action.status.is_owed]
        late = [action.days_late(desk.today) for action in owed if action.days_late(desk.today)]
        rows.append(
            (
                link("/board", each.name, query={"organisation": each.name}),
                len(owed),
                len(late),
                count(max(late), "day") if late else NOTHING,
                sum(action.status is ActionStatus.BLOCKED for action in own),
                sum(action.status is ActionStatus.DONE for action in own),
                sum(action.status is ActionStatus.VERIFIED for action in own),
            )
        )
    heads = ("Organisation", "Owed", "Late", "Latest", "Blocked", "Done, not checked", "Checked")
    draw(table("What each organisation owes", heads, rows, numeric=(1, 2, 3, 4, 5, 6)))


def _twin(desk: Desk, actions: Sequence[Action], problems: Mapping[int, Problem]) -> None:
    with st.expander(f"The same as a table, with ended work ({len(actions)})"):
        rows = [
            (
                action.title,
                desk.names.organisation(action.organisation_id),
                action.status.label,
                day(action.due_on),
                lateness(action, desk.today) or NOTHING,
                days_in_status(action, desk.today, desk.zone),
                problem_link(problems[action.problem_id]) if action.problem_id in problems else NOTHING,
            )
            for action in sorted(late_first(actions), key=lambda each: each.status in _ENDED)
        ]
        heads = ("Work", "Organisation", "Status", "Due", "How it stands", "Days in status", "Problem")
        draw(table("All work that is chosen above", heads, rows, numeric=(5,)))
