"""Decisions: everything that waits for command, each with its facts on one card and one click with a reason."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import streamlit as st

from dashboard import analysed
from dashboard.design import Html
from dashboard.parts.decision_forms import case_form, decline_form, stands_form
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.forms import Form, draw_open_form, form_button
from dashboard.parts.markup import (
    draw,
    element,
    facts,
    key_figures,
    link,
    page_head,
    problem_link,
    section,
    show_sheet,
    status_mark,
    table,
)
from dashboard.parts.move_forms import move_problem_form, problem_moves
from dashboard.parts.notices import empty, remark, said
from dashboard.parts.telling import sentence
from dashboard.wording import count, day, day_of, days_since, listed, number
from problems.actions import Action
from problems.decisions import LATE_DAYS, Decision, DecisionKind, Docket, Taken, only_for_command
from problems.errors import InputRefused
from problems.kept_assessments import KeptAssessment, made_again
from problems.lifecycle import COMMAND, Move, moves_from
from problems.people import Role, any_of
from problems.problem import Problem, ProblemStatus
from problems.reasons import Outcome, Reason
from problems.use_cases.commanding import decisions_waiting

PATH: Final = "decisions"
_FIRST: Final = 10
_KINDS_FIRST: Final = 6


def show() -> None:
    """Draw the page."""
    desk = this_desk()
    show_sheet()
    page_head("Decisions", "What only command may decide, the longest waiting first.")
    said()
    epsg = analysed.metric_epsg(desk.store)
    found = decisions_waiting(*desk.asking, zone=desk.zone, epsg=epsg or None)
    decides = desk.principal.has(Role.COMMAND)
    if not decides:
        who = [one.name for one in desk.store.people() if one.active and one.role is Role.COMMAND]
        named = f" Here that is {listed(who, last='or')}." if who else ""
        remark(f"You may read this; command decides.{named}")
    _figures(found)
    if not found.waiting:
        empty(
            "Nothing waits for a decision",
            "What is verified and assessed, came back, or is asked for appears here.",
            [("/problem", "See the problems")],
        )
    for kind, group in groupby(found.waiting, key=lambda each: each.kind):
        waiting = list(group)
        section(kind.label, f"{len(waiting)}")
        everything = len(waiting) <= _KINDS_FIRST or st.toggle(f"Show all {len(waiting)}", key=f"all-{kind}")
        for decision in waiting if everything else waiting[:_KINDS_FIRST]:
            _card(desk, decision, decides=decides)
    _unassessed(found)
    _taken(desk, found.taken)
    draw_open_form()


def _figures(found: Docket) -> None:
    kinds = [each.kind for each in found.waiting]
    key_figures([(_SHORT[kind], kinds.count(kind), "") for kind in DecisionKind])


_SHORT: Final = {
    DecisionKind.CLOSE: "To be closed",
    DecisionKind.RECURRED: "Came back",
    DecisionKind.NO_ACTION_ASKED: "No action asked for",
    DecisionKind.REVIEW_DUE: "Reviews due",
    DecisionKind.CASE_REVIEW: "Case reviews due",
}


# -- one card --


def _card(desk: Desk, decision: Decision, *, decides: bool) -> None:
    problem = decision.problem
    waited = days_since(decision.since, desk.today, desk.zone) or 0
    with st.container(key=f"decision-{decision.kind}-{problem.ref}"):
        draw(
            element(
                "div",
                element("h3", problem_link(problem)),
                element(
                    "p",
                    status_mark(problem.status),
                    element("span", f"Waiting for {count(waited, 'day')}, since {day_of(decision.since, desk.zone)}"),
                    css="fx-line",
                ),
                css="fx-decision",
            )
        )
        draw(facts(_facts(desk, decision)))
        if decides:
            _buttons(desk, decision)


def _facts(desk: Desk, decision: Decision) -> list[tuple[str, object]]:
    problem = decision.problem
    told: list[tuple[str, object]] = []
    if decision.asked is not None:
        reason = decision.asked.reason
        words = f"{Reason(reason).label}: " if reason in tuple(Reason) else ""
        told.append(("What is asked", f"{decision.asked.by_name}: {words}“{decision.asked.note}”"))
    if decision.review is not None:
        review = decision.review
        who = count(review.reporters, "reporter")
        told.append(("Why", f"{who} made three reports or more within six months, {review.reports:,} in all"))
    told.append(("What was found", _found(desk, problem)))
    told.append(("What was done", _done(decision.done, len(decision.actions))))
    if decision.owed:
        named = listed([f"{one.ref} {one.title}" for one in decision.owed])
        told.append(("Still owed", f"{named}. A coordinator ends it first: only then can the problem end."))
    told.append(("Did it work", _worked(desk, decision)))
    told.append(("Cost", _cost(decision)))
    if decision.kind is DecisionKind.RECURRED and not _again(problem_moves(desk, problem)):
        told.append(("Working on it again", _work_again(problem)))
    return told


def _found(desk: Desk, problem: Problem) -> str:
    found = f"{count(problem.incidents, 'distinct incident')} in {count(problem.reports, 'report')}"
    if problem.last_seen_on is not None:
        return f"{found} of its last hot spot, on {day(problem.last_seen_on)}"
    # Drawn, made of reports, or part of one that was split: counted once, when it was made.
    made = day_of(problem.created_at, desk.zone)
    return f"{found} when it was made, on {made}; it has not been found as a hot spot since"


def _again(moves: Iterable[Move]) -> list[Move]:
    """Return the moves that put a problem back to work, which command alone does not make."""
    return [move for move in moves if move.roles != COMMAND]


def _work_again(problem: Problem) -> str:
    moves = _again(moves_from(problem.status))
    verbs = listed([f"“{move.verb}”" for move in moves], last="or")
    who = any_of({role for move in moves for role in move.roles})
    owner = f" Its owner is {problem.owner}." if problem.owner else ""
    return f"That is for {who} to do on its page, by {verbs}.{owner}"


def _done(done: Sequence[Action], planned: int) -> str:
    if not done:
        return f"Nothing yet, of {count(planned, 'action')}" if planned else "Nothing, and nothing is planned"
    return "; ".join(action.title for action in done)


def _worked(desk: Desk, decision: Decision) -> object:
    if decision.assessment is None:
        return link("/problem", "Not assessed yet", query={"problem": decision.problem.ref, "tab": "assess"})
    record = decision.assessment
    words = f"Assessed on {day_of(record.made_at, desk.zone)}: {record.sentence}"
    if decision.is_of_before:
        # Its counts end before those that the card shows above.
        back = day_of(decision.came_back, desk.zone)
        words += f" That was before it came back on {back}; nothing later is counted in it."
    return words


def _cost(decision: Decision) -> str:
    if decision.cost is None:
        return "Not recorded"
    words = number(decision.cost)
    return f"{words}, and {count(decision.unpriced, 'action')} without a cost noted" if decision.unpriced else words


def _buttons(desk: Desk, decision: Decision) -> None:
    problem = decision.problem
    with st.container(horizontal=True, gap="small"):
        for place, (form, label, written) in enumerate(_ways(desk, decision)):
            key = f"decide-{decision.kind}-{problem.ref}-{place}"
            form_button(form, key=key, label=label, primary=place == 0 and _is_first(decision), written=written)


def _is_first(decision: Decision) -> bool:
    return decision.kind is DecisionKind.CLOSE


def _ways(desk: Desk, decision: Decision) -> list[tuple[Form, str, dict[str, object] | None]]:
    problem = decision.problem
    ours = only_for_command()
    every, back = problem_moves(desk, problem), decision.kind is DecisionKind.RECURRED
    moves = [move for move in every if back or (problem.status, ProblemStatus(str(move.target))) in ours]
    outcome = _suggested(decision.assessment) if decision.assessment else None
    ways: list[tuple[Form, str, dict[str, object] | None]] = []
    for move in moves:
        closes = move.target is ProblemStatus.CLOSED
        if decision.owed and move.target in (ProblemStatus.CLOSED, ProblemStatus.NO_ACTION):
            continue  # the card says what is owed
        if closes and decision.assessment is None:
            continue
        written: dict[str, object] | None = {"outcome": outcome} if closes and outcome else None
        if decision.asked is not None and move.target is ProblemStatus.NO_ACTION:
            written = {"reason": decision.asked.reason, "note": decision.asked.note}
        ways.append((move_problem_form(desk, problem, move), move.verb, written))
    if decision.asked is not None:
        ways.append((decline_form(problem, decision.asked), "Work goes on", None))
    if decision.kind is DecisionKind.REVIEW_DUE:
        ways.insert(0, (stands_form(desk, problem), "No action stands", None))
    if decision.kind is DecisionKind.CASE_REVIEW:
        return [(case_form(problem), "Case reviewed", None)]
    return ways


def _suggested(record: KeptAssessment) -> Outcome | None:
    """Return what closing is filled in with, from what was assessed; whoever decides may choose another."""
    try:
        return made_again(record).assessment.suggested_outcome
    except InputRefused:
        return None


# -- beside what waits --


def _unassessed(found: Docket) -> None:
    if not found.unassessed:
        return
    section("Verified, and not assessed yet", f"{len(found.unassessed)}")
    remark("They come to command once an officer or coordinator has kept an assessment of the work.")
    rows = [(problem_link(one), one.area or "–", day(one.remediated_on), _assess(one.ref)) for one in found.unassessed]
    draw(table("Verified problems without an assessment", ("Problem", "Area", "Work done", "Next"), rows, stacked=True))


def _assess(ref: str) -> Html:
    return link("/problem", "Assess it", query={"problem": ref, "tab": "assess"})


def _taken(desk: Desk, taken: Sequence[Taken]) -> None:
    section("Decided of late", f"{len(taken)} in the last {LATE_DAYS} days")
    if not taken:
        remark(f"Command decided nothing in the last {LATE_DAYS} days.")
        return
    shown = taken if len(taken) <= _FIRST or st.toggle(f"Show all {len(taken)}", key="all-taken") else taken[:_FIRST]
    rows = [
        (
            day_of(each.event.at, desk.zone),
            each.event.by_name,
            problem_link(each.problem),
            sentence(each.event, {}, desk.names),
            _why(each),
        )
        for each in shown
    ]
    draw(table("Decisions of late", ("When", "Who", "Problem", "What", "Why"), rows, stacked=True))


def _why(taken: Taken) -> str:
    reason = taken.event.reason
    words = Reason(reason).label if reason in tuple(Reason) else ""
    return ": ".join(part for part in (words, taken.event.note) if part) or "–"
