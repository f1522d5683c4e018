"""Asking command for a decision, seeing what waits for one, and deciding what is no move of a problem."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, tzinfo

from problems.clock import Clock
from problems.decisions import (
    CASE_REVIEW,
    NO_ACTION,
    STANDS,
    Docket,
    can_end_in_no_action,
    case_reviews_due,
    docket,
    open_request,
)
from problems.errors import InputRefused, MoveRefused
from problems.events import Event, EventKind, Subject, event
from problems.kept_assessments import KeptAssessment, of_its_work
from problems.people import Principal, Role
from problems.problem import Problem, ProblemStatus, problem_ref
from problems.proposals import ANSWER, DECLINED
from problems.reasons import NO_ACTION_REASONS
from problems.sharing import EVERYWHERE
from problems.store import Store
from problems.use_cases.checks import LONGEST_NOTE, checked_text, is_told
from problems.use_cases.saving import check_seen, require, save
from problems.words import has_words

MAY_LOOK = (*EVERYWHERE, Role.ADMIN)
MAY_ASK = (Role.OFFICER, Role.COORDINATOR)
MAY_DECIDE = (Role.COMMAND,)


def decisions_waiting(
    store: Store, principal: Principal, clock: Clock, seed: int, *, zone: tzinfo, epsg: int | None = None
) -> Docket:
    """Return what waits for command, and what it decided of late.

    Parameters
    ----------
    epsg
        Metric CRS of the deployment; without one no case review is looked for.

    Raises
    ------
    NotAllowed
        When the principal is a viewer or a partner.
    """
    require(principal, "The decisions are not shown.", *MAY_LOOK)
    now = clock()
    problems = store.problems()
    told: dict[int, list[Event]] = {}
    for one in store.events(Subject.PROBLEM):
        told.setdefault(one.subject_id, []).append(one)
    verified = [one for one in problems if one.status in (ProblemStatus.VERIFIED, ProblemStatus.RECURRED)]
    return docket(
        problems,
        store.actions(),
        told,
        _newest_assessments(store, verified),
        case_reviews_due(store, problems, told, now, epsg),
        today=now.astimezone(zone).date(),
        now=now,
    )


def _newest_assessments(store: Store, problems: Sequence[Problem]) -> dict[int, KeptAssessment]:
    newest = {problem.id: of_its_work(problem, store.assessments(problem.id)) for problem in problems}
    return {number: record for number, record in newest.items() if record is not None}


def ask_no_action(
    store: Store, principal: Principal, clock: Clock, seed: int, *, problem_id: int, reason: str, note: str
) -> Problem:
    """Ask command to decide on no action, with the reason and a sentence; the problem stays where it is.

    Raises
    ------
    NotAllowed
        When the principal is neither an officer nor a coordinator.
    InputRefused
        When the reason is none for no action, or there is no sentence.
    MoveRefused
        When that cannot be decided from where the problem stands, or it is asked for already.
    """
    asked = f"No action was not asked for on {problem_ref(problem_id)}."
    require(principal, asked, *MAY_ASK)
    with store.writing() as unit:
        problem = store.problem(problem_id)
        if not can_end_in_no_action(problem):
            raise MoveRefused(asked, f"It is “{problem.status.label}”.", "It can be asked for while it is worked on.")
        if reason not in NO_ACTION_REASONS:
            known = ", ".join(one.label for one in NO_ACTION_REASONS)
            raise InputRefused(asked, "It needs a reason.", f"Reasons are: {known}.")
        text = checked_text(asked, note, LONGEST_NOTE)
        if not has_words(text):
            raise InputRefused(asked, "Nothing says why.", "Write what residents could be told.")
        pending = open_request(store.events(Subject.PROBLEM, problem.id))
        if pending is not None:
            raise MoveRefused(asked, f"{pending.by_name} has asked for it already.", "Command decides; wait for it.")
        told = _told(clock, principal, problem, EventKind.PROPOSED, text, {"proposal": NO_ACTION}, reason)
        unit.add_events([told])
    return problem


def decline_no_action(
    store: Store, principal: Principal, clock: Clock, seed: int, *, problem_id: int, note: str
) -> Problem:
    """Answer a request for no action with no: the problem goes on being worked on.

    Raises
    ------
    NotAllowed
        When the principal is not command.
    InputRefused
        When no reason is given.
    MoveRefused
        When nobody asks for it (any more).
    """
    asked = f"The request on {problem_ref(problem_id)} was not answered."
    require(principal, asked, *MAY_DECIDE)
    with store.writing() as unit:
        problem = store.problem(problem_id)
        text = _reason_given(asked, note)
        if open_request(store.events(Subject.PROBLEM, problem.id)) is None:
            raise MoveRefused(asked, "Nobody asks for no action here any more.", "Look at its timeline.")
        details = {"proposal": NO_ACTION, ANSWER: DECLINED}
        unit.add_events([_told(clock, principal, problem, EventKind.REVIEWED, text, details)])
    return problem


def keep_no_action(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    review_on: date,
    note: str,
    seen_version: int,
) -> Problem:
    """Let a decision on no action stand until another review, and say why.

    Raises
    ------
    NotAllowed
        When the principal is not command.
    InputRefused
        When no reason is given, or the day of the review has passed.
    MoveRefused
        When the problem is not one on which no action was decided.
    Stale
        When somebody else saved since ``seen_version``.
    """
    asked = f"The decision on {problem_ref(problem_id)} was not kept."
    require(principal, asked, *MAY_DECIDE)
    with store.writing() as unit:
        now = clock()
        problem = store.problem(problem_id)
        check_seen(store, asked, problem, seen_version)
        if problem.status is not ProblemStatus.NO_ACTION:
            raise MoveRefused(asked, f"It is “{problem.status.label}”.", "Look at its page.")
        text = _reason_given(asked, note)
        if review_on <= now.date():
            raise InputRefused(asked, f"{review_on} is no later day.", "Choose a day after today for the next review.")
        after = replace(problem, review_on=review_on)
        details = {"decision": STANDS}
        return save(unit, now, principal, problem, after, seen_version, EventKind.EDITED, note=text, details=details)


def review_case(store: Store, principal: Principal, clock: Clock, seed: int, *, problem_id: int, note: str) -> Problem:
    """Keep that command looked at the case of those who reported again and again, and what came of it.

    Raises
    ------
    NotAllowed
        When the principal is not command.
    InputRefused
        When nothing is written.
    """
    asked = f"The case review of {problem_ref(problem_id)} was not kept."
    require(principal, asked, *MAY_DECIDE)
    with store.writing() as unit:
        problem = store.problem(problem_id)
        text = _reason_given(asked, note)
        told = _told(clock, principal, problem, EventKind.REVIEWED, text, {CASE_REVIEW: True})
        if not is_told(told, store.events(Subject.PROBLEM, problem.id)):
            unit.add_events([told])
    return problem


def _reason_given(asked: str, note: str) -> str:
    text = checked_text(asked, note, LONGEST_NOTE)
    if not has_words(text):
        raise InputRefused(asked, "No reason is given.", "Say why; those who work on it will ask.")
    return text


def _told(
    clock: Clock,
    principal: Principal,
    problem: Problem,
    kind: EventKind,
    note: str,
    details: Mapping[str, object],
    reason: str = "",
) -> Event:
    return event(clock(), principal, Subject.PROBLEM, problem.id, kind, reason=reason, note=note, details=details)
