"""Working on problems: take on, move, edit, note.

Each function loads, checks by the table in :mod:`problems.lifecycle`, and saves the change with
its event in one unit. ``seen_version`` is the version the person had on the screen.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime

from problems.actions import Action
from problems.clock import Clock, day_words
from problems.errors import InputRefused, MoveRefused, NotAllowed, NotFound
from problems.events import EventKind, Subject, event
from problems.kept_assessments import KeptAssessment, of_its_work, outcomes_of
from problems.lifecycle import Move, MoveAnswers, Need, check_move
from problems.people import Principal, Role
from problems.problem import Problem, ProblemStatus, problem_ref
from problems.reasons import Outcome
from problems.seeing import too_few_behind
from problems.sharing import EVERYWHERE, shares_in
from problems.store import Store, Unit
from problems.use_cases.acting import begun, start_problem
from problems.use_cases.checks import (
    LONGEST_NAME,
    LONGEST_NOTE,
    check_answers_fit,
    check_name,
    check_organisation,
    check_person,
    check_reaches,
    checked_text,
    is_told,
)
from problems.use_cases.combining import combine
from problems.use_cases.saving import check_seen, require, save
from problems.visits import Visit
from problems.words import has_words


def move_problem(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    target: ProblemStatus,
    answers: MoveAnswers,
    seen_version: int,
) -> Problem:
    """Move a problem to ``target`` and return it as saved.

    One that is planned when an action on it has begun already becomes ``in_progress`` at once: no later start
    would say so.

    Raises
    ------
    MoveRefused, NotAllowed
        When the table has no such move from here, for this principal, with these answers, or when
        its actions stand against it, or no assessment of its work is kept.
    Stale
        When somebody else saved since ``seen_version``.
    """
    asked = f"Problem {problem_ref(problem_id)} was not moved."
    check_reaches(asked, principal, target)
    with store.writing() as unit:
        now = clock()
        problem = store.problem(problem_id)
        check_seen(store, asked, problem, seen_version)
        move = check_move(problem.ref, problem.status, target, principal, answers, done_by=problem.done_by)
        check_answers_fit(store, asked, answers, now.date())
        if target is ProblemStatus.SUPERSEDED:
            stays = _successor(store, asked, problem, answers.target_id)
            note = checked_text("The note cannot be kept.", answers.note, LONGEST_NOTE)
            return combine(unit, store, now, principal, stays, [problem], note)[0]
        if target in _SETTLED:
            _check_actions_ended(store, problem, target)
        _check_visit(asked, problem, move, answers)
        if move.assessed:
            _check_assessed(store, problem, answers)
        after = _moved(problem, target, principal, answers, now.date())
        if Need.VISIT in move.needs and answers.visited_on is not None:
            unit.add_visit(_visit(problem, principal, answers.visited_on, answers.note.strip(), now))
        details = {"verb": move.verb, "visited_on": answers.visited_on, "outcome": answers.outcome or None}
        saved = save(
            unit,
            now,
            principal,
            problem,
            after,
            seen_version,
            EventKind.MOVED,
            reason=answers.reason,
            note=checked_text("The note cannot be kept.", answers.note, LONGEST_NOTE),
            details={key: value for key, value in details.items() if value is not None},
        )
        return _under_way(unit, store, problem, saved, now)


def _under_way(unit: Unit, store: Store, before: Problem, saved: Problem, now: datetime) -> Problem:
    """Put a problem under way that was just planned and on which an action has begun already."""
    first = begun(saved, store.actions(saved.id)) if before.status in _BEFORE_A_PLAN else None
    return saved if first is None else start_problem(unit, saved, first, now)


def _visit(problem: Problem, principal: Principal, visited_on: date, note: str, now: datetime) -> Visit:
    """Return the visit that a move asks for; the event of the move tells of it."""
    return Visit(
        id=0,
        problem_id=problem.id,
        visited_on=visited_on,
        note=note,
        at=now,
        by=principal.key,
        by_name=principal.name,
        organisation_id=principal.organisation_id,
    )


def _successor(store: Store, asked: str, problem: Problem, successor_id: int | None) -> Problem:
    possible = f"Choose another open problem about {problem.group.label.lower()}."
    successor = next((other for other in store.problems() if other.id == successor_id), None)
    if successor is None:
        raise MoveRefused(asked, f"There is no problem {successor_id} to merge it into.", possible)
    if successor.id == problem.id:
        raise MoveRefused(asked, "A problem cannot be merged into itself.", possible)
    if not successor.status.is_open:
        raise MoveRefused(asked, f"{successor.ref} is “{successor.status.label}”.", possible)
    if successor.group is not problem.group:
        raise MoveRefused(asked, f"{successor.ref} is about {successor.group.label.lower()}.", possible)
    return successor


def owed_before(actions: Iterable[Action], target: ProblemStatus) -> str:
    """Return which actions have to end before their problem is moved to ``target``, in words; empty where none."""
    owed = [f"{action.ref} “{action.title}”" for action in actions if action.status.is_owed]
    return ", ".join(owed) if target in _SETTLED else ""


def _check_actions_ended(store: Store, problem: Problem, target: ProblemStatus) -> None:
    """Refuse to settle a problem while anybody still owes work on it: nobody would look after that any more."""
    actions = store.actions(problem.id)
    asked = f"Problem {problem.ref} cannot become “{target.label}”."
    if target is ProblemStatus.REMEDIATED:
        asked = f"Problem {problem.ref} cannot be reported as done."
    if owed := owed_before(actions, target):
        raise MoveRefused(asked, f"Work is still owed: {owed}.", "Finish, decline or cancel these actions first.")
    if target is ProblemStatus.REMEDIATED and not any(action.done_at for action in actions):
        raise MoveRefused(asked, "None of its actions was done.", "Report at least one action as done first.")


def _check_visit(asked: str, problem: Problem, move: Move, answers: MoveAnswers) -> None:
    """Refuse a visit before the work was reported done: it cannot have seen it."""
    done_on, visited_on = problem.remediated_on, answers.visited_on
    if Need.VISIT in move.needs and done_on is not None and visited_on is not None and visited_on < done_on:
        why = f"The work was reported done on {done_on}, after the visit on {visited_on}."
        raise MoveRefused(asked, why, "Visit again, and give that day.")


def _check_assessed(store: Store, problem: Problem, answers: MoveAnswers) -> None:
    records = store.assessments(problem.id)
    newest = of_its_work(problem, records)
    if newest is not None:
        _check_claims_no_more(problem, newest, answers)
        return
    if _cannot_be_assessed(store, problem):
        if answers.outcome == Outcome.NOT_ASSESSABLE:
            return
        raise MoveRefused(
            f"Problem {problem.ref} cannot be closed as “{Outcome(answers.outcome).label}”.",
            "No assessment of its work can be made: it has no outline, or not one whole week of reports is known from "
            "before the work was done.",
            f"Close it as “{Outcome.NOT_ASSESSABLE.label}” and say why.",
        )
    why = "Nobody has kept an assessment of what the work achieved."
    if records:
        why = (
            f"Its newest assessment was made on {day_words(records[0].made_at.date())}, before the work was last "
            f"reported done{f' on {day_words(problem.remediated_on)}' if problem.remediated_on else ''}."
        )
    raise MoveRefused(
        f"Problem {problem.ref} cannot be closed.",
        why,
        "An officer or coordinator makes one on the tab “Assess” of its page, with “Keep this assessment”; "
        "then it can be closed.",
    )


def _check_claims_no_more(problem: Problem, assessment: KeptAssessment, answers: MoveAnswers) -> None:
    """Refuse an end that the counts do not bear out."""
    if answers.outcome not in outcomes_of(assessment):
        raise MoveRefused(
            f"Problem {problem.ref} cannot be closed as “{Outcome(answers.outcome).label}”.",
            f"Its newest assessment, of {day_words(assessment.made_at.date())}, found: {assessment.verdict.label}.",
            "Choose an outcome that claims no more, or have an officer or coordinator assess the work again.",
        )


def _cannot_be_assessed(store: Store, problem: Problem) -> bool:
    """Tell whether nobody can assess the work on a problem: it would stay open for good."""
    done_on, oldest = problem.remediated_on, store.counts().oldest_report_at
    if not problem.footprint.get("coordinates") or oldest is None:
        return True
    return done_on is not None and (done_on - oldest.date()).days < _A_WEEK


def _moved(problem: Problem, target: ProblemStatus, principal: Principal, answers: MoveAnswers, today: date) -> Problem:
    after = replace(problem, status=target)
    if answers.owner.strip():
        after = replace(after, owner=answers.owner.strip(), owner_organisation_id=answers.owner_organisation_id)
    if answers.objective.strip():
        after = replace(after, objective=answers.objective.strip())
    if answers.review_on:
        after = replace(after, review_on=answers.review_on)
    if target is ProblemStatus.REMEDIATED:
        after = replace(after, remediated_on=today, done_by=principal.key)
    if target is ProblemStatus.CLOSED:
        after = replace(after, outcome=answers.outcome)
    if _is_reopening(problem.status, target):
        after = replace(after, reopened=problem.reopened + 1, outcome="", done_by="")
    return after


#: So many days before the work have to be known at the least for a comparison.
_A_WEEK = 7
#: Actions can be added, and begun, before the response is planned.
_BEFORE_A_PLAN = frozenset({ProblemStatus.CONFIRMED, ProblemStatus.ANALYSING, ProblemStatus.RECURRED})
_SETTLED = frozenset({ProblemStatus.REMEDIATED, ProblemStatus.VERIFIED, ProblemStatus.CLOSED, ProblemStatus.NO_ACTION})
_STARTED = frozenset({ProblemStatus.IN_PROGRESS, ProblemStatus.RECURRED, ProblemStatus.CONFIRMED})


def _is_reopening(source: ProblemStatus, target: ProblemStatus) -> bool:
    return source in _SETTLED and target in _STARTED


def edit_problem(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    seen_version: int,
    name: str | None = None,
    owner: str | None = None,
    owner_organisation_id: int | None = None,
    objective: str | None = None,
    review_on: date | None = None,
) -> Problem:
    """Change what is written about a problem; None leaves a field as it is.

    Raises
    ------
    NotAllowed
        When the principal is not a coordinator.
    InputRefused
        When the name is empty or a text is too long, owner or objective would be gone, the owner has left, or the
        review date has passed.
    Stale
        When somebody else saved since ``seen_version``.
    """
    asked = f"Problem {problem_ref(problem_id)} cannot be changed like this."
    require(principal, asked, Role.COORDINATOR)
    with store.writing() as unit:
        now = clock()
        problem = store.problem(problem_id)
        check_seen(store, asked, problem, seen_version)
        check_organisation(store, asked, owner_organisation_id)
        after = problem
        if name is not None:
            if not has_words(name):
                raise InputRefused(asked, "A problem needs a name.", "Say what and where, such as a street.")
            after = replace(after, name=checked_text(asked, name, LONGEST_NAME))
            if after.name != problem.name:
                check_name(asked, after, store.problems())
        if owner is not None:
            _check_owner(store, asked, problem, owner)
            after = replace(
                after, owner=checked_text(asked, owner, LONGEST_NAME), owner_organisation_id=owner_organisation_id
            )
        if objective is not None:
            after = replace(after, objective=checked_text(asked, objective, LONGEST_NOTE))
            if problem.objective and not has_words(after.objective):
                raise InputRefused(asked, "It would have no objective.", "Say what is to be reached.")
        if review_on is not None:
            if review_on < now.date() and review_on != problem.review_on:
                raise InputRefused(asked, f"The review date {review_on} has passed.", "Choose today or a later day.")
            after = replace(after, review_on=review_on)
        if after == problem:
            return problem
        return save(unit, now, principal, problem, after, seen_version, EventKind.EDITED)


def _check_owner(store: Store, asked: str, problem: Problem, owner: str) -> None:
    """Refuse to leave a problem that had an owner without one, or with one who is known to have left."""
    if owner.strip() == problem.owner:
        return
    if problem.owner and not has_words(owner):
        raise InputRefused(asked, "It would have no owner.", "Name the person who sees to it.")
    check_person(store, asked, owner)


def note_problem(store: Store, principal: Principal, clock: Clock, seed: int, *, problem_id: int, note: str) -> None:
    """Add a person's note to the timeline of a problem; nothing else changes.

    The very same note of the same person within seconds is a second click: it stands there once.

    Raises
    ------
    NotAllowed
        When the principal may only look, or is a partner with whom the problem is not shared.
    InputRefused
        When the note is empty or longer than 4,000 characters.
    """
    asked = f"The note on problem {problem_ref(problem_id)} was not kept."
    require(principal, asked, Role.OFFICER, Role.COORDINATOR, Role.COMMAND, Role.PARTNER)
    with store.writing() as unit:
        now = clock()
        problem = _shared(store, asked, principal, problem_id)
        text = checked_text(asked, note, LONGEST_NOTE)
        if not has_words(text):
            why = "It has no words." if text else "It is empty."
            raise InputRefused(asked, why, "Write what happened or what was seen.")
        told = event(now, principal, Subject.PROBLEM, problem.id, EventKind.NOTED, note=text)
        if not is_told(told, store.events(Subject.PROBLEM, problem.id)):
            unit.add_events([told])


def _shared(store: Store, asked: str, principal: Principal, problem_id: int) -> Problem:
    """Return a problem; one that is not shared is refused in the same words as one that is not there."""
    if principal.has(*EVERYWHERE):
        return store.problem(problem_id)
    with suppress(NotFound):
        problem = store.problem(problem_id)
        if shares_in(principal, problem, store.actions(problem.id), too_few=too_few_behind(store, problem)):
            return problem
    why = f"It does not exist, or it is not shared with {principal.name}."
    possible = "Ask a coordinator: it is shared with the organisations that have an action on it."
    raise NotAllowed(asked, why, possible)
