"""Actions: propose work to an organisation, and follow it until somebody has checked it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from problems.actions import Action, ActionStatus, ActionType, Particulars, action_ref
from problems.clock import Clock
from problems.errors import InputRefused
from problems.events import EventKind, Subject, event
from problems.lifecycle import MoveAnswers, check_move, roles_to
from problems.ordering import check_may_start
from problems.people import SYSTEM, Principal, Role
from problems.problem import Problem, ProblemStatus
from problems.sharing import shares_in
from problems.store import Store, Unit
from problems.use_cases.checks import (
    LONGEST_NAME,
    LONGEST_NOTE,
    check_organisation,
    check_person,
    check_reaches,
    checked_text,
    is_second_click,
)
from problems.use_cases.particulars import action_for, check_due, check_own, with_particulars
from problems.use_cases.saving import check_seen, require, save, told
from problems.words import has_words

_NOT_BEGUN = frozenset({ActionStatus.ACCEPTED, ActionStatus.BLOCKED})
_BEGINS = frozenset({ActionStatus.IN_PROGRESS, ActionStatus.DONE})
_BEGUN = frozenset({ActionStatus.IN_PROGRESS, ActionStatus.DONE, ActionStatus.VERIFIED})
_TAKES_ACTIONS = frozenset(
    {
        ProblemStatus.CONFIRMED,
        ProblemStatus.ANALYSING,
        ProblemStatus.PLANNED,
        ProblemStatus.IN_PROGRESS,
        ProblemStatus.RECURRED,
    }
)


def add_action(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    organisation_id: int,
    type: ActionType,  # noqa: A002 - the field's own word
    title: str,
    due_on: date | None = None,
    person: str = "",
    particulars: Particulars | None = None,
) -> Action:
    """Propose an action on a problem to an organisation and return it as saved.

    The very same proposal of the same person within seconds is a second click: it returns the first one's action.

    Raises
    ------
    NotAllowed
        When the principal is not a coordinator.
    InputRefused
        When the title is empty, the due date has passed, the organisation is unknown or closed, the
        problem is not one that is worked on, or the particulars cannot be kept.
    """
    asked = "The action was not added."
    require(principal, asked, Role.COORDINATOR)
    if not has_words(title):
        raise InputRefused(asked, "It has no title.", "Say in a few words what is to be done.")
    with store.writing() as unit:
        now = clock()
        check_due(asked, due_on, now.date())
        problem = store.problem(problem_id)
        check_takes_actions(asked, problem)
        check_organisation(store, asked, organisation_id)
        check_person(store, asked, person)
        action = Action(
            id=0,
            problem_id=problem.id,
            organisation_id=organisation_id,
            type=type,
            title=checked_text(asked, title, LONGEST_NAME),
            status=ActionStatus.PROPOSED,
            created_at=now,
            due_on=due_on,
            first_promised_on=due_on,
            person=checked_text(asked, person, LONGEST_NAME),
            status_since=now,
            proposed_at=now,
        )
        wanted = with_particulars(store, asked, action, particulars or Particulars())
        first = _added_already(store, principal, wanted)
        return first or keep_new(unit, store, principal, asked, action, particulars or Particulars())


def _added_already(store: Store, principal: Principal, wanted: Action) -> Action | None:
    """Return the action that a first click added, where this is the second one."""
    for one in store.actions(wanted.problem_id):
        moments = replace(wanted, id=one.id, created_at=one.created_at, status_since=one.status_since)
        if replace(moments, proposed_at=one.proposed_at) != one or not is_second_click(
            one.created_at, wanted.created_at
        ):
            continue
        if store.events(Subject.ACTION, one.id)[0].by == principal.key:
            return one
    return None


def keep_new(
    unit: Unit,
    store: Store,
    principal: Principal,
    asked: str,
    action: Action,
    particulars: Particulars,
    waits_for: tuple[int, ...] = (),
) -> Action:
    """Keep a new action with its particulars and the event that tells of it, and return it as kept.

    ``waits_for`` are actions of the same unit, which the store does not show yet, instead of those among the
    particulars.
    """
    action = with_particulars(store, asked, action, particulars)
    action = replace(action, waits_for=waits_for or action.waits_for)
    action = replace(action, id=unit.add_action(action))
    told_of = event(
        action.created_at,
        principal,
        Subject.ACTION,
        action.id,
        EventKind.CREATED,
        changes=told(action),
        details={"problem_id": action.problem_id},
    )
    unit.add_events([told_of])
    return action


def check_takes_actions(asked: str, problem: Problem) -> None:
    """Refuse a problem on which nobody works, or the work on which is reported as done."""
    if problem.status not in _TAKES_ACTIONS:
        raise InputRefused(
            asked,
            f"Problem {problem.ref} is “{problem.status.label}”.",
            "Actions can be added once it is taken on and until the work is reported as done.",
        )


def move_action(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    action_id: int,
    target: ActionStatus,
    answers: MoveAnswers,
    seen_version: int,
) -> Action:
    """Move an action to ``target`` and return it as saved.

    When the first action of a planned problem starts (or is done at once), the problem becomes
    ``in_progress`` by itself.

    Raises
    ------
    MoveRefused, NotAllowed
        When the table has no such move from here, for this principal, with these answers; a
        partner moves only their own organisation's actions. When it would start and something that
        it waits for is not settled.
    InputRefused
        When it is proposed to a closed organisation, to the one that declined it, or for a day that has passed;
        when it would be owed again by an organisation that was closed.
    Stale
        When somebody else saved since ``seen_version``.
    """
    asked = f"Action {action_ref(action_id)} cannot become “{target.label}”."
    check_reaches(asked, principal, target)
    with store.writing() as unit:
        now = clock()
        action = action_for(asked, principal, store, action_id, roles_to(target))
        check_seen(store, asked, action, seen_version)
        move = check_move(action.ref, action.status, target, principal, answers, done_by=action.done_by)
        check_own(asked, principal, action, move.roles)
        asks_id = action.organisation_id if target is ActionStatus.PROPOSED else None
        check_organisation(store, asked, answers.organisation_id or asks_id)
        if is_owed_again(action, target):
            _check_still_there(store, asked, action)
        check_due(asked, answers.due_on if target is ActionStatus.PROPOSED else None, now.date())
        if target in _BEGINS and action.status in _NOT_BEGUN:
            titled = shares_in(principal, store.problem(action.problem_id), store.actions(action.problem_id))
            check_may_start(asked, action, {one.id: one for one in store.actions()}, titled=titled)
        if action.status is ActionStatus.DECLINED and answers.organisation_id == action.organisation_id:
            raise InputRefused(asked, "That organisation has declined it.", "Choose another organisation.")
        after = moved(action, target, principal, answers, now)
        note = checked_text(asked, answers.note, LONGEST_NOTE)
        saved = save(
            unit,
            now,
            principal,
            action,
            replace(after, last_note=note or action.last_note),
            seen_version,
            EventKind.MOVED,
            reason=answers.reason,
            note=note,
            details={"verb": move.verb, "problem_id": action.problem_id},
        )
        if target in (ActionStatus.IN_PROGRESS, ActionStatus.DONE):
            start_problem(unit, store.problem(action.problem_id), saved, now)
        return saved


def is_owed_again(action: Action, target: ActionStatus) -> bool:
    """Tell whether a move makes work owed that is not owed now: refused where its organisation was closed."""
    return target in _BEGINS and not action.status.is_owed


def _check_still_there(store: Store, asked: str, action: Action) -> None:
    """Refuse to let an organisation that was closed owe work again: nobody there would hear of it."""
    found = next(known for known in store.organisations() if known.id == action.organisation_id)
    if found.closed:
        possible = "Open it again, or add the work as an action of another organisation; this one stays as it is."
        raise InputRefused(asked, f"{found.name} was closed.", possible)


def postpone_action(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    action_id: int,
    due_on: date,
    note: str,
    seen_version: int,
) -> Action:
    """Move the due date of an action; the first promised date stays, and the moves are counted.

    Raises
    ------
    NotAllowed
        When the principal is neither a coordinator nor a partner of the owning organisation.
    InputRefused
        When the new date has passed, the note is empty, or nothing is owed any more.
    Stale
        When somebody else saved since ``seen_version``.
    """
    asked = f"The due date of {action_ref(action_id)} was not moved."
    require(principal, asked, Role.COORDINATOR, Role.PARTNER)
    with store.writing() as unit:
        now = clock()
        action = action_for(asked, principal, store, action_id, (Role.COORDINATOR, Role.PARTNER))
        check_seen(store, asked, action, seen_version)
        return postponed(unit, now, principal, asked, action, due_on, note, seen_version)


def postponed(
    unit: Unit,
    now: datetime,
    principal: Principal,
    asked: str,
    action: Action,
    due_on: date,
    note: str,
    seen_version: int,
) -> Action:
    """Move the due date of an action that may be moved by ``principal``, and return it as saved."""
    check_due(asked, due_on, now.date())
    text = checked_text(asked, note, LONGEST_NOTE)
    if not has_words(text):
        raise InputRefused(asked, "No reason is given.", "Say why the date moves; residents may ask.")
    if not action.status.is_owed:
        raise InputRefused(asked, f"It is “{action.status.label}”.", "Only work that is still owed has a due date.")
    has_moved = action.due_on is not None and due_on != action.due_on
    after = replace(
        action,
        due_on=due_on,
        first_promised_on=action.first_promised_on or due_on,
        moved_count=action.moved_count + int(has_moved),
        last_note=text,
    )
    details = {"problem_id": action.problem_id}
    return save(unit, now, principal, action, after, seen_version, EventKind.EDITED, note=text, details=details)


def moved(action: Action, target: ActionStatus, principal: Principal, answers: MoveAnswers, now: datetime) -> Action:
    """Return ``action`` as a move that was checked leaves it."""
    after = replace(action, status=target, status_since=now, reason=answers.reason)
    if action.blocked_since is not None:
        # A computer's clock may be set back; nothing stands still for less than no time.
        spell_days = max(0.0, (now - action.blocked_since).total_seconds() / 86400)
        after = replace(after, blocked_since=None, blocked_days=action.blocked_days + spell_days)
    if target is ActionStatus.BLOCKED:
        after = replace(after, blocked_since=now)
    if target is ActionStatus.DONE:
        after = replace(after, done_at=now, done_by=principal.key)
    if target is ActionStatus.IN_PROGRESS and action.done_at is not None:
        after = replace(after, done_at=None, done_by="")
    if target is ActionStatus.ACCEPTED:
        after = replace(after, accepted_at=now)
    if target is ActionStatus.PROPOSED:
        organisation_id = answers.organisation_id or action.organisation_id
        after = replace(after, organisation_id=organisation_id, person="", proposed_at=now, accepted_at=None)
        # Nobody is late on the day that they are asked: a day that has passed was another proposal's.
        has_passed = action.due_on is not None and action.due_on < now.date()
        due_on = answers.due_on or (None if has_passed else action.due_on)
        has_moved = action.due_on is not None and due_on not in (None, action.due_on)
        after = replace(after, due_on=due_on, moved_count=action.moved_count + int(has_moved))
    return after


def begun(problem: Problem, actions: Iterable[Action]) -> Action | None:
    """Return the first of the actions with which the work on a problem began, or None where none has.

    What was done before the work was last reported done belongs to another round.
    """
    done_on = problem.remediated_on
    for action in actions:
        is_new = action.done_at is None or done_on is None or action.done_at.date() > done_on
        if action.status in _BEGUN and is_new:
            return action
    return None


def start_problem(unit: Unit, problem: Problem, action: Action, now: datetime) -> Problem:
    """Move a planned problem to ``in_progress``, because ``action`` has begun, and return it as it is then."""
    if problem.status is not ProblemStatus.PLANNED:
        return problem
    return save(
        unit,
        now,
        SYSTEM,
        problem,
        replace(problem, status=ProblemStatus.IN_PROGRESS),
        problem.version,
        EventKind.MOVED,
        note=f"{action.ref} started: {action.title}",
        details={"action_id": action.id},
    )
