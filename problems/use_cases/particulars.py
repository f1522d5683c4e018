"""What can be said of an action beside its status: title, person, cost, order, checklist, advice."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import date

from problems.actions import Action, ActionType, Particulars, Step, action_ref
from problems.clock import Clock
from problems.errors import InputRefused, NotAllowed, NotFound
from problems.events import EventKind
from problems.guides import LONGEST_ADVICE, LONGEST_STEP, MOST_STEPS
from problems.ordering import check_order
from problems.people import Principal, Role
from problems.store import Store
from problems.use_cases.checks import LONGEST_NAME, check_person, checked_text
from problems.use_cases.saving import check_seen, require, save
from problems.words import has_words

MAY_TICK = (Role.PARTNER, Role.OFFICER, Role.COORDINATOR)
MAY_EDIT = (Role.PARTNER, Role.COORDINATOR)
#: Nobody spends more on one action of this kind; a number beyond it is a slip.
HIGHEST_COST = 1_000_000_000


def edit_action(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    action_id: int,
    title: str,
    person: str,
    particulars: Particulars,
    seen_version: int,
) -> Action:
    """Change what is written about an action and return it as saved.

    A step whose text stays keeps its tick. A partner changes the person, the cost and the steps of their own
    organisation's actions; title, order and advice are a coordinator's.

    Raises
    ------
    NotAllowed
        When the principal is neither a coordinator nor a partner of the owning organisation, or a partner
        changes what is a coordinator's.
    InputRefused
        When the title is empty, a text is too long, the cost is below nothing, or actions would wait for each
        other in a ring.
    Stale
        When somebody else saved since ``seen_version``.
    """
    asked = f"{action_ref(action_id)} was not changed."
    require(principal, asked, *MAY_EDIT)
    with store.writing() as unit:
        now = clock()
        action = action_for(asked, principal, store, action_id, MAY_EDIT)
        check_seen(store, asked, action, seen_version)
        named = checked_text(asked, title, LONGEST_NAME)
        if not has_words(named):
            raise InputRefused(asked, "It has no title.", "Say in a few words what is to be done.")
        who = checked_text(asked, person, LONGEST_NAME)
        if who != action.person:
            check_person(store, asked, who)
        after = with_particulars(store, asked, replace(action, title=named, person=who), particulars)
        if not principal.has(Role.COORDINATOR) and _of_coordinators(after) != _of_coordinators(action):
            why = "Title, order and advice are what was agreed."
            raise NotAllowed(asked, why, "Ask a coordinator to change them.")
        if after == action:
            raise InputRefused(asked, "Nothing differs from what is there.", "Change something first.")
        details = {"problem_id": action.problem_id}
        return save(unit, now, principal, action, after, seen_version, EventKind.EDITED, details=details)


def tick_step(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    action_id: int,
    step: int,
    text: str,
    ticked: bool,
) -> Action:
    """Tick a step of an action's checklist, or take the tick back, and return the action as saved.

    The step is named by its place (from 0) and its text, so that two people can tick different steps of one
    list at once; a list that was changed meanwhile is refused.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator, nor a partner of the owning organisation.
    InputRefused
        When there is no such step any more, or the action has been checked.
    """
    asked = f"The step of {action_ref(action_id)} was not {'ticked' if ticked else 'unticked'}."
    require(principal, asked, *MAY_TICK)
    with store.writing() as unit:
        now = clock()
        action = action_for(asked, principal, store, action_id, MAY_TICK)
        if not 0 <= step < len(action.checklist) or action.checklist[step].text != text:
            raise InputRefused(asked, "The list was changed in the meantime.", "Look at it again.")
        was = action.checklist[step]
        if was.is_ticked == ticked:
            # A double click, or a colleague was quicker: what was wanted is so.
            return action
        if not action.status.is_owed:
            raise InputRefused(asked, f"The work is “{action.status.label}”.", "Steps are ticked while it is owed.")
        now_step = Step(text, now, principal.name) if ticked else Step(text)
        steps = (*action.checklist[:step], now_step, *action.checklist[step + 1 :])
        details = {"problem_id": action.problem_id, "step": text, "ticked": ticked}
        after = replace(action, checklist=steps)
        return save(unit, now, principal, action, after, action.version, EventKind.EDITED, details=details)


def with_particulars(store: Store, asked: str, action: Action, particulars: Particulars) -> Action:
    """Return ``action`` with its particulars, checked; steps whose text stays keep their ticks.

    Raises
    ------
    InputRefused
        When one of them cannot be kept.
    """
    cost = particulars.cost
    if cost is not None and not 0 <= cost <= HIGHEST_COST:
        raise InputRefused(asked, f"The cost {cost:,} cannot be meant.", f"Give 0 to {HIGHEST_COST:,}, or nothing.")
    texts = tuple(text for one in particulars.checklist if (text := checked_text(asked, one, LONGEST_STEP)))
    if len(texts) > MOST_STEPS:
        raise InputRefused(asked, f"The checklist has {len(texts)} steps.", f"At most {MOST_STEPS} are kept.")
    if len(set(texts)) < len(texts):
        raise InputRefused(asked, "Two steps of the checklist say the same.", "Say each step once.")
    advice = checked_text(asked, particulars.advice, LONGEST_ADVICE)
    if advice and action.type is not ActionType.ADVISE:
        why = f"It is of the kind “{action.type.label}”."
        raise InputRefused(asked, why, f"Advice belongs to actions of the kind “{ActionType.ADVISE.label}”.")
    waits_for: tuple[int, ...] = ()
    if particulars.waits_for:
        waits_for = check_order(asked, action, particulars.waits_for, {one.id: one for one in store.actions()})
    ticked = {step.text: step for step in action.checklist}
    steps = tuple(ticked.get(text, Step(text)) for text in texts)
    return replace(action, cost=cost, waits_for=waits_for, checklist=steps, advice=advice)


def action_for(asked: str, principal: Principal, store: Store, action_id: int, roles: Collection[Role]) -> Action:
    """Return an action; ``roles`` are those that may do at all what is asked.

    Numbers run on: a partner is refused another organisation's action in the same words as one that is not there.
    """
    if _is_of_any(principal, roles):
        return store.action(action_id)
    with suppress(NotFound):
        action = store.action(action_id)
        check_own(asked, principal, action, roles)
        return action
    raise _not_own(asked)


def check_own(asked: str, principal: Principal, action: Action, roles: Collection[Role]) -> None:
    """Refuse a partner another organisation's action; ``roles`` are those that may do it at all."""
    if not _is_of_any(principal, roles) and principal.organisation_id != action.organisation_id:
        raise _not_own(asked)


def _is_of_any(principal: Principal, roles: Collection[Role]) -> bool:
    return principal.organisation_id is None or principal.has(*(set(roles) - {Role.PARTNER}))


def _not_own(asked: str) -> NotAllowed:
    why = "It does not exist, or it belongs to another organisation."
    return NotAllowed(asked, why, "Ask that organisation, or a coordinator.")


def check_due(asked: str, due_on: date | None, today: date) -> None:
    """Refuse a due date that has passed."""
    if due_on is not None and due_on < today:
        raise InputRefused(asked, f"The due date {due_on} has passed.", "Choose today or a later day.")


def _of_coordinators(action: Action) -> tuple[object, ...]:
    return action.title, action.waits_for, action.advice
