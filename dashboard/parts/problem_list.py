"""The list of problems with its filters, each kept in the address, so that a list can be shared."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, problem_link, status_mark, table
from dashboard.parts.notices import empty
from dashboard.wording import NOTHING, count, day, review_state
from problems.categories import Group
from problems.problem import Problem, ProblemStatus

ANY: Final = "All"
OPEN: Final = "Open"
ENDED: Final = "Ended"
NOBODY: Final = "Nobody yet"
_ROWS_AT_FIRST: Final = 60


def show_list(desk: Desk) -> None:
    """Draw the filters and the problems that pass them, those that ask for most first."""
    problems = desk.store.problems()
    if not problems:
        empty(
            "No problems yet",
            "Import reports and find hot spots: each hot spot can be taken on as a problem.",
            [("/import", "Import a file"), ("/", "Go to the map")],
        )
        return
    wanted = _filters(problems)
    chosen = [problem for problem in problems if _passes(problem, wanted)]
    draw(element("p", f"{count(len(chosen), 'problem')} of {len(problems):,}", css="fx-quiet", role="status"))
    if not chosen:
        empty("No problem fits", "Take one of the filters away.", [("/problem", "Show all open problems")])
        return
    ordered = sorted(chosen, key=_place)
    shown = len(ordered) if st.session_state.get("list_all") else _ROWS_AT_FIRST
    rows = [_row(desk, problem) for problem in ordered[:shown]]
    heads = ("Problem", "Status", "Kind", "Area", "Owner", "Incidents", "Last seen", "Next review")
    draw(table("Problems", heads, rows, numeric=(5,), narrow_without=(2, 3, 4, 6, 7)))
    if len(ordered) > _ROWS_AT_FIRST:
        st.toggle(f"Show all {len(ordered):,}", key="list_all")


def _filters(problems: Sequence[Problem]) -> tuple[str, str, str, str, str]:
    statuses = [OPEN, ENDED, ANY, *(status.label for status in ProblemStatus)]
    groups = [ANY, *(group.label for group in Group)]
    areas = [ANY, *sorted({problem.area for problem in problems if problem.area})]
    owners = [ANY, NOBODY, *sorted({problem.owner for problem in problems if problem.owner})]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="list-filters"):
        words = st.text_input("Find by name or number", key="find", bind="query-params", width=240)
        status = st.selectbox("Status", statuses, key="list_status", bind="query-params", width=200)
        group = st.selectbox("Kind", groups, key="list_kind", bind="query-params", width=200)
        area = st.selectbox("Area", areas, key="list_area", bind="query-params", width=180)
        owner = st.selectbox("Owner", owners, key="list_owner", bind="query-params", width=180)
    return words or "", status or OPEN, group or ANY, area or ANY, owner or ANY


def _passes(problem: Problem, wanted: tuple[str, str, str, str, str]) -> bool:
    words, status, group, area, owner = wanted
    return (
        all(word in f"{problem.ref} {problem.name}".casefold() for word in words.casefold().split())
        and _has_status(problem.status, status)
        and group in (ANY, problem.group.label)
        and area in (ANY, problem.area)
        and owner in (ANY, problem.owner or NOBODY)
    )


def _has_status(status: ProblemStatus, wanted: str) -> bool:
    if wanted in (OPEN, ENDED):
        return status.is_open == (wanted == OPEN)
    return wanted in (ANY, status.label)


def _place(problem: Problem) -> tuple[bool, bool, int, int]:
    """Open before ended, awake before dormant, then by how many incidents the place has."""
    return not problem.status.is_open, problem.dormant_since is not None, -problem.incidents, problem.id


def _row(desk: Desk, problem: Problem) -> tuple[object, ...]:
    return (
        problem_link(problem),
        status_mark(problem.status),
        problem.group.label,
        problem.area or NOTHING,
        problem.owner or NOTHING,
        problem.incidents,
        day(problem.last_seen_on),
        review_state(problem.review_on, desk.today) if problem.review_on else NOTHING,
    )
