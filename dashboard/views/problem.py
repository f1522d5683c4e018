"""The page of one problem: where it stands, what is owed, what happened, and what can be done next."""

from typing import Final

import streamlit as st

from dashboard.design import Html
from dashboard.parts.cards import late_first, show_card
from dashboard.parts.charts import weekly_bars
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.footprint import past_year, total_words
from dashboard.parts.forms import draw_open_form, form_button
from dashboard.parts.lineage import show_lineage
from dashboard.parts.locator import show_locator
from dashboard.parts.markup import (
    draw,
    element,
    facts,
    joined,
    key_figures,
    link,
    page_head,
    section,
    show_sheet,
    status_mark,
)
from dashboard.parts.move_forms import (
    add_action_form,
    edit_problem_form,
    is_onward,
    move_problem_form,
    note_form,
    problem_moves,
)
from dashboard.parts.notices import refusal, remark, said
from dashboard.parts.problem_list import show_list
from dashboard.parts.reports_table import show_reports
from dashboard.parts.telling import timeline
from dashboard.parts.timeline import show_stepper, show_timeline
from dashboard.wording import NOTHING, count, day, day_of, days, days_since, metres, review_state
from problems.actions import Action
from problems.errors import NotFound
from problems.events import Event, Subject
from problems.figures import is_review_late, known_reporters, remediation_progress, status_since
from problems.people import Role
from problems.problem import UNTOUCHED, Problem, problem_number
from problems.reasons import Outcome

_CARDS_IN_A_ROW: Final = 2


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
    _one(desk, problem)
    draw_open_form()


def _one(desk: Desk, problem: Problem) -> None:
    actions = desk.store.actions(problem.id)
    events = desk.store.events(Subject.PROBLEM, problem.id)
    _head(desk, problem)
    said()
    show_lineage(desk, problem)
    show_stepper(problem.status, events)
    _next_steps(desk, problem)
    _figures(desk, problem, events)
    main, side = st.columns([5, 3], gap="large")
    with main:
        _reports(desk, problem)
        _actions(desk, problem, actions)
    with side:
        show_locator(desk, problem)
        _written(desk, problem)
        _timeline(desk, problem, actions, events)


def _head(desk: Desk, problem: Problem) -> None:
    where = [problem.ref, problem.group.label, *([problem.area] if problem.area else [])]
    page_head(problem.name, kicker=" · ".join(where))
    owner = f"Owner: {problem.owner}" if problem.owner else "No owner yet"
    organisation = problem.owner_organisation_id
    if organisation:
        owner += f", {desk.names.organisation(organisation)}"
    parts = [status_mark(problem.status), element("span", owner)]
    if problem.dormant_since:
        parts.append(element("span", f"Quiet since {day(problem.dormant_since)}"))
    if problem.reopened:
        parts.append(element("span", f"Re-opened {count(problem.reopened, 'time')}"))
    ways = [link("/", "Show on the map", query={"problem": problem.ref}), link("/problem", "All problems")]
    draw(element("p", joined([*parts, *ways], " "), css="fx-line"))


def _next_steps(desk: Desk, problem: Problem) -> None:
    moves = problem_moves(desk, problem)
    with st.container(horizontal=True, gap="small", key="next-steps"):
        for place, move in enumerate(moves):
            form = move_problem_form(desk, problem, move)
            form_button(form, key=f"move-{problem.ref}-{move.target}", primary=place == 0 and is_onward(move))
        if desk.principal.has(Role.COORDINATOR):
            form_button(edit_problem_form(desk, problem), key="edit", label="Edit")
        with st.popover("Copy link"):
            st.code(f"{_origin()}/problem?problem={problem.ref}", language=None, wrap_lines=True)
    if not moves and not problem.status.is_open:
        remark(f"“{problem.status.label}”: nobody’s work or decision is asked for here.")
    elif not moves:
        remark(f"{desk.principal.name} cannot move this problem on from “{problem.status.label}”.")


def _origin() -> str:
    """Return the address of this installation as the reader's browser knows it."""
    return str(st.context.url or "").split("/problem")[0].rstrip("/")


def _figures(desk: Desk, problem: Problem, events: list[Event]) -> None:
    age = days_since(problem.created_at, desk.today, desk.zone) or 0
    standing = days_since(status_since(events) or problem.created_at, desk.today, desk.zone) or 0
    key_figures(
        [
            ("Reports", f"{problem.reports:,}", _told_words(desk, problem)),
            _width(problem),
            ("Age", days(age), f"found {day_of(problem.created_at, desk.zone)}"),
            ("In this status", days(standing), problem.status.label),
            ("Last seen", day(problem.last_seen_on), "as a hot spot"),
        ]
    )


def _told_words(desk: Desk, problem: Problem) -> str:
    told = f"tell of {count(problem.incidents, 'distinct incident')}"
    reporters = known_reporters(desk.store, problem)
    return f"{told}, from {count(reporters, 'known reporter')}" if reporters else told


def _width(problem: Problem) -> tuple[str, str, str]:
    if round(problem.width_m):
        return "Width", metres(problem.width_m), "where reports concentrate"
    return "Width", "1 address", "all its reports come from there"


def _written(desk: Desk, problem: Problem) -> None:
    section("What is agreed")
    outcome = Outcome(problem.outcome).label if problem.outcome in tuple(Outcome) else ""
    pairs: list[tuple[str, object]] = [
        ("Objective", problem.objective or "None written yet"),
        ("Next review", _review(desk, problem)),
    ]
    if problem.remediated_on:
        pairs.append(("Work reported done", day(problem.remediated_on)))
    if outcome:
        pairs.append(("Outcome", outcome))
    draw(facts(pairs))


def _review(desk: Desk, problem: Problem) -> Html:
    if is_review_late(problem, desk.today):
        return element("span", review_state(problem.review_on, desk.today), css="fx-late")
    return element("span", day(problem.review_on) if problem.review_on else "None planned")


def _reports(desk: Desk, problem: Problem) -> None:
    year = past_year(desk, problem)
    section("Reports over time", total_words(year.weeks))
    marks = [(problem.remediated_on, "Work done")] if problem.remediated_on else []
    weekly_bars(year.weeks, marks)
    show_reports(desk, year.points)


def _actions(desk: Desk, problem: Problem, actions: list[Action]) -> None:
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


def _progress_words(actions: list[Action]) -> str:
    progress = remediation_progress(actions)
    if not progress.total:
        return ""
    told = f"{progress.done} of {count(progress.total, 'action')} done"
    return f"{told}, {progress.verified} checked" if progress.done else told


def _timeline(desk: Desk, problem: Problem, actions: list[Action], events: list[Event]) -> None:
    told = [*events]
    for action in actions:
        told.extend(desk.store.events(Subject.ACTION, action.id))
    lines = timeline(told, {action.id: action for action in actions}, desk.names)
    section("What happened", count(len(lines), "entry", "entries") if lines else NOTHING)
    if desk.principal.has(Role.OFFICER, Role.COORDINATOR, Role.COMMAND, Role.PARTNER):
        form_button(note_form(problem), key="add-note", label="Add a note")
    show_timeline(lines)
