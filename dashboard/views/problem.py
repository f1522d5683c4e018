"""The page of one problem: where it stands, what is owed, what happened, and what can be done next."""

import streamlit as st

from dashboard.parts.agreed import show_agreed
from dashboard.parts.analyse import show_analysis
from dashboard.parts.assess import show_assessment
from dashboard.parts.decision_forms import ask_no_action_form
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.evidence import show_evidence
from dashboard.parts.flags import show_flags
from dashboard.parts.forms import draw_open_form, form_button
from dashboard.parts.lineage import show_relations
from dashboard.parts.markup import (
    draw,
    element,
    joined,
    link,
    page_head,
    section,
    show_sheet,
    status_mark,
)
from dashboard.parts.move_forms import (
    edit_problem_form,
    is_onward,
    move_problem_form,
    note_form,
    problem_moves,
)
from dashboard.parts.notices import refusal, remark, said
from dashboard.parts.problem_list import show_list
from dashboard.parts.respond import show_response
from dashboard.parts.scan import show_scan
from dashboard.parts.sharing import show_sharing
from dashboard.parts.stage_tabs import show_stage_tabs
from dashboard.parts.telling import timeline
from dashboard.parts.timeline import show_stepper, show_timeline
from dashboard.parts.triangle import show_triangle
from dashboard.wording import NOTHING, count, day
from problems.actions import Action
from problems.briefing.figure import NOT_TOLD
from problems.combining import merged_in
from problems.decisions import can_end_in_no_action
from problems.errors import NotFound
from problems.events import Event, Subject
from problems.people import Role
from problems.problem import Problem, ProblemStatus, SaraStage, problem_number
from problems.seeing import READS_EVERYTHING, sharing_level
from problems.sharing import SharingLevel, is_placed
from problems.use_cases.combining import MAY_COMBINE
from problems.use_cases.commanding import MAY_ASK
from problems.use_cases.working import owed_before


def show() -> None:
    """Draw the problem that the address names, or the list of problems."""
    desk = this_desk()
    show_sheet()
    ref = st.query_params.get("problem", "")
    if not ref:
        page_head("Problems", "Places that a team works on, from the first report to a verified fix.")
        said()
        show_list(desk)
        return
    try:
        problem = desk.store.problem(problem_number(ref))
    except NotFound as missing:
        page_head("Problem not found")
        refusal(missing)
        draw(element("p", link("/problem", "See all problems"), css="fx-ways"))
        return
    if is_placed(problem):
        _one(desk, problem)
    else:
        _outside(desk, problem)
    draw_open_form()


def _outside(desk: Desk, problem: Problem) -> None:
    """Draw what an organisation sees that only knows that a problem exists: its own actions."""
    actions, events = desk.store.actions(problem.id), desk.store.events(Subject.PROBLEM, problem.id)
    _head(desk, problem)
    said()
    remark("Your organisation sees that this problem exists, and its own actions. Ask a coordinator to see more.")
    main, side = st.columns([7, 3], gap="large")
    with main:
        show_response(desk, problem, actions)
        show_evidence(desk, problem)
    with side:
        _timeline(desk, problem, actions, events)


def _one(desk: Desk, problem: Problem) -> None:
    actions = desk.store.actions(problem.id)
    events = desk.store.events(Subject.PROBLEM, problem.id)
    _head(desk, problem)
    said()
    show_relations(desk, problem)
    if desk.principal.has(*READS_EVERYTHING):
        show_flags(desk, problem)
    show_stepper(problem.status, events)
    _next_steps(desk, problem)
    main, side = st.columns([7, 3], gap="large")
    with main:
        show_stage_tabs(
            problem,
            {
                SaraStage.SCANNING: lambda: show_scan(desk, problem, events),
                SaraStage.ANALYSIS: lambda: _analyse(desk, problem, events),
                SaraStage.RESPONSE: lambda: _respond(desk, problem, actions),
                SaraStage.ASSESSMENT: lambda: show_assessment(desk, problem),
            },
            # A partner comes for the work.
            begin_with=SaraStage.RESPONSE if actions and _is_only_partner(desk) else SaraStage.SCANNING,
        )
    with side:
        _timeline(desk, problem, actions, events)


def _analyse(desk: Desk, problem: Problem, events: list[Event]) -> None:
    show_agreed(desk, problem)
    if sharing_level(desk.principal, desk.store, problem.id) is SharingLevel.FULL:
        show_triangle(desk, problem, events)
    show_analysis(desk, problem)


def _respond(desk: Desk, problem: Problem, actions: list[Action]) -> None:
    show_response(desk, problem, actions)
    show_evidence(desk, problem)
    show_sharing(desk, problem)


def _head(desk: Desk, problem: Problem) -> None:
    st.set_page_config(page_title=f"{problem.ref} {problem.name} · Fixpoint")
    where = [problem.ref, problem.group.label, *([problem.area] if problem.area else [])]
    page_head(problem.name, kicker=" · ".join(where))
    owner = f"Owner: {problem.owner}" if problem.owner else "No owner yet"
    if not is_placed(problem):
        owner = f"Owner: {NOT_TOLD.lower()}"
    organisation = problem.owner_organisation_id
    if organisation:
        owner += f", {desk.names.organisation(organisation)}"
    parts = [status_mark(problem.status), element("span", owner)]
    if problem.dormant_since:
        quiet = f"Quiet since {day(problem.dormant_since)}" if is_placed(problem) else "Gone quiet"
        parts.append(element("span", quiet))
    if problem.reopened:
        parts.append(element("span", f"Re-opened {count(problem.reopened, 'time')}"))
    ways = [link("/", "Show on the map", query={"problem": problem.ref}), link("/problem", "All problems")]
    if desk.on is None and problem.status.is_open and desk.principal.has(*MAY_COMBINE):
        ways.append(link("/combine", "Merge or split", query={"problem": problem.ref}))
    draw(element("p", joined([*parts, *ways], " "), css="fx-line"))


def _next_steps(desk: Desk, problem: Problem) -> None:
    moves = problem_moves(desk, problem)
    actions = desk.store.actions(problem.id)
    with st.container(horizontal=True, gap="small", key="next-steps"):
        for place, move in enumerate(moves):
            form = move_problem_form(desk, problem, move)
            # While work is owed, it is that work that comes next.
            is_next = place == 0 and is_onward(move) and not owed_before(actions, ProblemStatus(str(move.target)))
            form_button(form, key=f"move-{problem.ref}-{move.target}", primary=is_next)
        if desk.principal.has(Role.COORDINATOR):
            form_button(edit_problem_form(desk, problem), key="edit", label="Edit")
        if _may_ask_for_no_action(desk, problem):
            form_button(ask_no_action_form(problem), key="ask-no-action", label="Ask for no action")
        with st.popover("Copy link"):
            st.code(f"{_origin()}/problem?problem={problem.ref}", language=None, wrap_lines=True)
    if desk.on is not None:
        return
    if not moves and not problem.status.is_open:
        remark(f"“{problem.status.label}”: nobody’s work or decision is asked for here.")
    elif not moves:
        remark(_not_theirs(desk, problem))


def _is_only_partner(desk: Desk) -> bool:
    return desk.principal.has(Role.PARTNER) and not desk.principal.has(*READS_EVERYTHING)


def _not_theirs(desk: Desk, problem: Problem) -> str:
    """Say why there is no move to choose, and what there is for a partner."""
    if _is_only_partner(desk):
        return "Its owner moves the problem on. What your organisation does about it is under “Respond”."
    return f"{desk.principal.name} cannot move this problem on from “{problem.status.label}”."


def _may_ask_for_no_action(desk: Desk, problem: Problem) -> bool:
    """Tell whether the person may ask command for what they may not decide themselves."""
    may_ask = desk.principal.has(*MAY_ASK) and not desk.principal.has(Role.COMMAND)
    return may_ask and can_end_in_no_action(problem)


def _origin() -> str:
    """Return the address of this installation as the reader's browser knows it."""
    return str(st.context.url or "").split("/problem")[0].rstrip("/")


def _timeline(desk: Desk, problem: Problem, actions: list[Action], events: list[Event]) -> None:
    told = [*events]
    for action in actions:
        told.extend(desk.store.events(Subject.ACTION, action.id))
    for one in merged_in(desk.store.problems(), problem.id):
        told.extend(desk.store.events(Subject.PROBLEM, one.id))
    lines = timeline(told, {action.id: action for action in actions}, desk.names, problem.id)
    if is_placed(problem):
        section("What happened", count(len(lines), "entry", "entries") if lines else NOTHING)
    else:
        section("What happened", "only what your organisation did, and what happened to its actions")
    if desk.principal.has(Role.OFFICER, Role.COORDINATOR, Role.COMMAND, Role.PARTNER):
        form_button(note_form(problem), key="add-note", label="Add a note")
    show_timeline(lines)
