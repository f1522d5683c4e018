"""Work on many actions at once: give them to somebody else, or move their due dates; each tells how it went."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from problems.actions import Action, ActionStatus, action_ref
from problems.clock import Clock
from problems.errors import InputRefused, NotAllowed, ProblemError
from problems.events import EventKind
from problems.lifecycle import MoveAnswers, check_move
from problems.people import Principal, Role
from problems.reasons import Reason
from problems.store import Store, Unit
from problems.use_cases.acting import moved, postponed
from problems.use_cases.checks import LONGEST_NAME, LONGEST_NOTE, check_organisation, check_person, checked_text
from problems.use_cases.particulars import action_for, check_due
from problems.use_cases.saving import check_seen, require, save
from problems.words import has_words

#: So many actions are changed by one click: the others wait meanwhile.
MOST_AT_ONCE = 200
MAY_ASSIGN = (Role.COORDINATOR,)
MAY_POSTPONE = (Role.COORDINATOR, Role.PARTNER)


@dataclass(frozen=True, slots=True)
class ActionOutcomes:
    """What became of each of several actions: those that were changed, and why the others were not."""

    done: tuple[Action, ...] = ()
    refused: tuple[tuple[str, ProblemError], ...] = ()


def assign_actions(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    seen_versions: Mapping[int, int],
    organisation_id: int | None = None,
    person: str = "",
    note: str = "",
) -> ActionOutcomes:
    """Give actions to another person or another organisation, and return what became of each.

    Another organisation is always asked first: what was accepted or begun is cancelled and proposed to it, with
    both steps in the record. What is proposed or declined is proposed to it at once.

    Parameters
    ----------
    seen_versions
        The actions by id, each with the version that was seen.
    organisation_id
        None leaves each with the organisation that has it.
    person
        Empty leaves the person open where the organisation changes.

    Raises
    ------
    NotAllowed
        When the principal is not a coordinator.
    InputRefused
        When nobody is chosen, the organisation is closed, the person has left, or another organisation is
        chosen and nothing is said about why.
    """
    asked = "The action was not given to somebody else."
    require(principal, asked, *MAY_ASSIGN)
    name, told = checked_text(asked, person, LONGEST_NAME), checked_text(asked, note, LONGEST_NOTE)
    if organisation_id is None and not name:
        raise InputRefused(asked, "Nobody is chosen.", "Choose an organisation, or write the name of a person.")
    if organisation_id is not None and not has_words(told):
        raise InputRefused(asked, "No reason is given.", "Say why another organisation does it.")

    def change(action: Action) -> Action:
        return reassigned(unit, now, principal, asked, action, organisation_id, name, told)

    with store.writing() as unit:
        now = clock()
        # In here, so that neither is closed or leaves while this waits for its turn.
        check_organisation(store, asked, organisation_id)
        check_person(store, asked, name)
        return _one_by_one(store, asked, seen_versions, store.action, change)


def postpone_actions(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    seen_versions: Mapping[int, int],
    due_on: date,
    note: str,
) -> ActionOutcomes:
    """Move the due dates of actions to one day, and return what became of each.

    Raises
    ------
    NotAllowed
        When the principal is neither a coordinator nor a partner, or all are of other organisations.
    InputRefused
        When the day has passed, or nothing is said about why.
    """
    asked = "The due date was not moved."
    require(principal, asked, *MAY_POSTPONE)
    now = clock()
    check_due(asked, due_on, now.date())
    if not has_words(note):
        raise InputRefused(asked, "No reason is given.", "Say why the date moves; residents may ask.")

    def change(action: Action) -> Action:
        if action.due_on == due_on:
            raise InputRefused(asked, "It is due on that day already.", "There is nothing to do.")
        return postponed(unit, now, principal, asked, action, due_on, note, action.version)

    def own(number: int) -> Action:
        return action_for(asked, principal, store, number, MAY_POSTPONE)

    with store.writing() as unit:
        # Again: this may have waited for its turn, and what happens is told in order.
        now = clock()
        outcomes = _one_by_one(store, asked, seen_versions, own, change)
        not_own = [why for _, why in outcomes.refused if isinstance(why, NotAllowed)]
        if not_own and len(not_own) == len(outcomes.refused) and not outcomes.done:
            raise not_own[0]
        return outcomes


def reassigned(
    unit: Unit,
    now: datetime,
    principal: Principal,
    asked: str,
    action: Action,
    organisation_id: int | None,
    person: str,
    note: str,
) -> Action:
    """Give one action to another person or organisation, and return it as saved."""
    details = {"problem_id": action.problem_id}
    is_declined = action.status is ActionStatus.DECLINED
    if not action.status.is_owed and not is_declined:
        raise InputRefused(asked, f"It is “{action.status.label}”.", "Only work that is still owed changes hands.")
    if organisation_id in (None, action.organisation_id):
        if is_declined:
            raise InputRefused(asked, "That organisation has declined it.", "Choose another organisation.")
        if not person or person == action.person:
            raise InputRefused(asked, "They have it already.", "Choose somebody else.")
        after = replace(action, person=person, last_note=note or action.last_note)
        return save(unit, now, principal, action, after, action.version, EventKind.EDITED, note=note, details=details)
    if action.status is ActionStatus.PROPOSED:
        after = replace(action, organisation_id=organisation_id or 0, person=person, proposed_at=now, last_note=note)
        return save(unit, now, principal, action, after, action.version, EventKind.EDITED, note=note, details=details)
    if not is_declined:
        answers = MoveAnswers(note=note, reason=str(Reason.HANDED_OVER))
        action = _move(unit, now, principal, action, ActionStatus.CANCELLED, answers)
    answers = MoveAnswers(note=note, organisation_id=organisation_id)
    return _move(unit, now, principal, action, ActionStatus.PROPOSED, answers, person)


def _move(
    unit: Unit,
    now: datetime,
    principal: Principal,
    action: Action,
    target: ActionStatus,
    answers: MoveAnswers,
    person: str = "",
) -> Action:
    move = check_move(action.ref, action.status, target, principal, answers, done_by=action.done_by)
    after = replace(moved(action, target, principal, answers, now), last_note=answers.note)
    details = {"verb": move.verb, "problem_id": action.problem_id}
    return save(
        unit,
        now,
        principal,
        action,
        replace(after, person=person or after.person),
        action.version,
        EventKind.MOVED,
        reason=answers.reason,
        note=answers.note,
        details=details,
    )


def _one_by_one(
    store: Store,
    asked: str,
    seen_versions: Mapping[int, int],
    find: Callable[[int], Action],
    change: Callable[[Action], Action],
) -> ActionOutcomes:
    """Change the actions of one unit that it may ``find``; ``change`` checks everything before it writes anything."""
    if not seen_versions:
        raise InputRefused(asked, "No action is chosen.", "Tick at least one.")
    if len(seen_versions) > MOST_AT_ONCE:
        raise InputRefused(asked, f"{len(seen_versions)} are chosen.", f"Choose at most {MOST_AT_ONCE} at once.")
    done: list[Action] = []
    refused: list[tuple[str, ProblemError]] = []
    for number, seen_version in seen_versions.items():
        try:
            action = find(number)
            check_seen(store, asked, action, seen_version)
            done.append(change(action))
        except ProblemError as why:
            refused.append((action_ref(number), why))
    return ActionOutcomes(tuple(done), tuple(refused))
