"""Merge or split: see what will happen to everything that hangs on a problem, then do it with one click."""

from typing import Final

import streamlit as st

from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.markup import draw, element, link, page_head, show_sheet
from dashboard.parts.merging import show_merge
from dashboard.parts.notices import empty, refusal, remark, said
from dashboard.parts.splitting import show_split
from problems.errors import NotFound
from problems.problem import Problem, problem_number
from problems.use_cases.combining import MAY_COMBINE

#: The address of the page, below the root.
PATH: Final = "combine"
DO: Final = "do"
MERGE, SPLIT = "Merge", "Split"


def show() -> None:
    """Draw the page for the problem that the address names."""
    desk = this_desk()
    show_sheet()
    problem = _named(desk)
    page_head("Merge or split", problem.name if problem else "", kicker=problem.ref if problem else "")
    said()
    if problem is None:
        empty("No problem is chosen", "Open a problem and choose “Merge or split” there.", [("/problem", "Problems")])
        return
    draw(element("p", link("/problem", f"Back to {problem.ref}", query={"problem": problem.ref}), css="fx-ways"))
    if desk.on is not None:
        remark("Nothing can be merged or split on a past day. Go back to today to do it.")
        return
    if not desk.principal.has(*MAY_COMBINE):
        remark(f"Coordinators merge and split problems; {desk.principal.name} may look at them.")
        return
    chosen = st.segmented_control(
        "What is to happen",
        (MERGE, SPLIT),
        default=MERGE,
        required=True,
        key=DO,
        bind="query-params",
        label_visibility="collapsed",
    )
    if chosen == SPLIT:
        show_split(desk, problem)
    else:
        show_merge(desk, problem)


def _named(desk: Desk) -> Problem | None:
    ref = st.query_params.get("problem", "")
    if not ref:
        return None
    try:
        return desk.store.problem(problem_number(ref))
    except NotFound as missing:
        refusal(missing)
        return None
