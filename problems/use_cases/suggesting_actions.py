"""Proposing the usual actions on a problem: several at once, each to the organisation that does such work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from problems.actions import Action, ActionStatus, ActionType, Particulars
from problems.clock import Clock
from problems.errors import InputRefused
from problems.people import Principal, Role
from problems.store import Store
from problems.use_cases.acting import check_takes_actions, keep_new
from problems.use_cases.checks import LONGEST_NAME, check_organisation, checked_text
from problems.use_cases.particulars import check_due
from problems.use_cases.saving import require
from problems.words import has_words

MOST_PLANNED = 20


@dataclass(frozen=True, slots=True)
class Planned:
    """One action to be proposed. ``after`` are the places in the same plan (from 0) of what has to come first."""

    type: ActionType
    title: str
    organisation_id: int | None
    due_on: date | None
    after: tuple[int, ...] = ()
    checklist: tuple[str, ...] = ()
    advice: str = ""


def add_actions(
    store: Store, principal: Principal, clock: Clock, seed: int, *, problem_id: int, planned: Sequence[Planned]
) -> list[Action]:
    """Propose several actions on a problem, all of them or none, and return them as saved.

    Raises
    ------
    NotAllowed
        When the principal is not a coordinator.
    InputRefused
        When nothing is planned, one has no title or no organisation, its due date has passed, its organisation
        is closed, or it waits for one that does not come before it.
    """
    asked = "The actions were not added."
    require(principal, asked, Role.COORDINATOR)
    if not planned:
        raise InputRefused(asked, "None is chosen.", "Keep at least one of them.")
    if len(planned) > MOST_PLANNED:
        raise InputRefused(asked, f"{len(planned)} are too many at once.", f"Add at most {MOST_PLANNED}.")
    kept: list[Action] = []
    with store.writing() as unit:
        now = clock()
        problem = store.problem(problem_id)
        check_takes_actions(asked, problem)
        for at, one in enumerate(planned):
            title = checked_text(asked, one.title, LONGEST_NAME)
            if not has_words(title):
                raise InputRefused(asked, f"Action {at + 1} has no title.", "Say in a few words what is to be done.")
            if one.organisation_id is None:
                raise InputRefused(asked, f"Nobody is chosen for “{title}”.", "Choose who does it, or leave it out.")
            if any(not 0 <= before < at for before in one.after):
                why = f"“{title}” waits for one that does not come before it."
                raise InputRefused(asked, why, "An action can wait for those above it.")
            check_due(asked, one.due_on, now.date())
            check_organisation(store, asked, one.organisation_id)
            action = Action(
                id=0,
                problem_id=problem.id,
                organisation_id=one.organisation_id,
                type=one.type,
                title=title,
                status=ActionStatus.PROPOSED,
                created_at=now,
                due_on=one.due_on,
                first_promised_on=one.due_on,
                status_since=now,
                proposed_at=now,
            )
            particulars = Particulars(checklist=one.checklist, advice=one.advice)
            # Those of the same plan can make no ring: each waits for earlier ones.
            waits_for = tuple(sorted({kept[before].id for before in one.after}))
            kept.append(keep_new(unit, store, principal, asked, action, particulars, waits_for))
    return kept
