"""The board: what each partner organisation owes, by status or by organisation, the late work first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard.parts.board_keys import show_keys
from dashboard.parts.board_many import show_many
from dashboard.parts.cards import late_first, show_card, waiting_words
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.forms import draw_open_form
from dashboard.parts.markup import draw, element, key_figures, link, page_head, problem_link, section, show_sheet, table
from dashboard.parts.notices import empty, remark, said
from dashboard.wording import NOTHING, count, day, days_in_status, lateness
from problems.actions import Action, ActionStatus
from problems.categories import Group
from problems.flags import nobodys_work
from problems.problem import Problem
from problems.seeing import READS_EVERYTHING

EVERYBODY: Final = "All organisations"
BY_STATUS: Final = "By status"
BY_ORGANISATION: Final = "By organisation"
BY_PERSON: Final = "By person"
ALL_KINDS: Final = "All kinds of problem"
_NO_PERSON: Final = "No person named"
#: Cards drawn in a lane before "Show all": each has buttons, and nobody reads a lane of fifty.
CARDS_AT_FIRST: Final = 4
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
    actions = desk.store.actions()
    if not actions:
        _nothing_planned(desk)
        return
    problems = {problem.id: problem for problem in desk.store.problems()}
    chosen = _filters(desk)
    wanted = [action for action in actions if _wanted(desk, action, problems.get(action.problem_id), chosen)]
    live = [action for action in wanted if action.status in _LANES]
    _figures(desk, live)
    _nobodys(desk, wanted, problems)
    if not live:
        remark("Nothing is owed here. Choose another organisation, or show work that is not late as well.")
    others = {action.id: action for action in actions}
    for row in _rows_of_lanes(_lanes(desk, live, chosen.lanes)):
        _draw_lanes(desk, row, problems, others)
    show_keys()
    show_many(desk, late_first(wanted), problems)
    _totals(desk, actions)
    _twin(desk, wanted, problems, others)
    draw_open_form()


def _nothing_planned(desk: Desk) -> None:
    if desk.on is not None:
        empty(f"No work was planned by {day(desk.on)}", "Choose a later day under Display, or go back to today.")
        return
    empty(
        "No work is planned yet",
        "Take on a problem and add an action to it: it appears here for the organisation that owes it.",
        [("/problem", "See the problems")],
    )


@dataclass(frozen=True)
class _Chosen:
    """What the board is limited to, and how its lanes are made."""

    organisation: str
    kind: str
    late_only: bool
    lanes: str


def _filters(desk: Desk) -> _Chosen:
    names = [EVERYBODY, *(each.name for each in desk.organisations)]
    kinds = [ALL_KINDS, *(group.label for group in Group)]
    ways = [BY_STATUS, BY_ORGANISATION, BY_PERSON]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="board-filters"):
        organisation = st.selectbox("Organisation", names, key="organisation", bind="query-params", width=280)
        kind = st.selectbox("Kind of problem", kinds, key="kind", bind="query-params", width=220)
        lanes = st.segmented_control("Lanes", ways, default=BY_STATUS, required=True, key="lanes", bind="query-params")
        late_only = st.toggle("Only late work", key="late", bind="query-params")
    return _Chosen(organisation or EVERYBODY, kind or ALL_KINDS, bool(late_only), lanes or BY_STATUS)


def _wanted(desk: Desk, action: Action, problem: Problem | None, chosen: _Chosen) -> bool:
    if chosen.late_only and not action.days_late(desk.today):
        return False
    if chosen.kind != ALL_KINDS and (problem is None or problem.group.label != chosen.kind):
        return False
    return chosen.organisation in (EVERYBODY, desk.names.organisation(action.organisation_id))


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


def _nobodys(desk: Desk, wanted: Sequence[Action], problems: Mapping[int, Problem]) -> None:
    """Draw the work that was declined: it is in no lane, and falls through unless another organisation is asked."""
    if not desk.principal.has(*READS_EVERYTHING):
        return  # whoever said no has not to find another
    declined = [
        action
        for action in wanted
        if (problem := problems.get(action.problem_id)) is not None and nobodys_work(problem, [action])
    ]
    if not declined:
        return
    section("Declined, nobody does it", f"{count(len(declined), 'piece')} of work: propose it to another organisation")
    for start in range(0, len(declined), _LANES_IN_A_ROW):
        row = declined[start : start + _LANES_IN_A_ROW]
        for column, action in zip(st.columns(_LANES_IN_A_ROW), row, strict=False):
            with column:
                show_card(desk, action, problems.get(action.problem_id))


def _lanes(desk: Desk, live: Sequence[Action], way: str) -> list[tuple[str, list[Action]]]:
    if way == BY_PERSON:
        people = sorted({action.person for action in live if action.person}, key=str.casefold)
        named = [(name, [each for each in live if each.person == name]) for name in people]
        return [*named, *[(_NO_PERSON, nobody) for nobody in [[each for each in live if not each.person]] if nobody]]
    if way == BY_STATUS:
        return [(status.label, [each for each in live if each.status is status]) for status in _LANES if live]
    lanes = [
        (each.name, [action for action in live if action.organisation_id == each.id]) for each in desk.organisations
    ]
    return [(name, actions) for name, actions in lanes if actions]


def _rows_of_lanes(lanes: list[tuple[str, list[Action]]]) -> list[list[tuple[str, list[Action]]]]:
    return [lanes[start : start + _LANES_IN_A_ROW] for start in range(0, len(lanes), _LANES_IN_A_ROW)]


def _draw_lanes(
    desk: Desk,
    lanes: Sequence[tuple[str, list[Action]]],
    problems: Mapping[int, Problem],
    others: Mapping[int, Action],
) -> None:
    for column, (name, actions) in zip(st.columns(_LANES_IN_A_ROW), lanes, strict=False):
        with column:
            draw(element("h2", name, element("span", f" {len(actions)}"), css="fx-lane"))
            if not actions:
                draw(element("p", "Nothing", css="fx-quiet"))
            ordered = late_first(actions)
            shown = len(ordered) if st.session_state.get(f"all-{name}") else CARDS_AT_FIRST
            for action in ordered[:shown]:
                show_card(desk, action, problems.get(action.problem_id), others)
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


def _twin(desk: Desk, actions: Sequence[Action], problems: Mapping[int, Problem], others: Mapping[int, Action]) -> None:
    drawer = st.expander(f"The same as a table, with ended work ({len(actions)})", key="twin", on_change="rerun")
    if not drawer.open:
        return  # hundreds of rows that nobody looks at would be drawn anew with every move
    rows = [
        (
            action.title,
            desk.names.organisation(action.organisation_id),
            action.status.label,
            day(action.due_on),
            ". ".join(part for part in (lateness(action, desk.today), waiting_words(action, others)) if part)
            or NOTHING,
            days_in_status(action, desk.today, desk.zone),
            problem_link(problems[action.problem_id]) if action.problem_id in problems else NOTHING,
        )
        for action in sorted(late_first(actions), key=lambda each: each.status in _ENDED)
    ]
    heads = ("Work", "Organisation", "Status", "Due", "How it stands", "Days in status", "Problem")
    with drawer:
        draw(table("All work that is chosen above", heads, rows, numeric=(5,)))
