"""Saying with whom a problem is shared, and looking at it."""

from dataclasses import dataclass, replace

from problems.clock import Clock
from problems.errors import InputRefused
from problems.events import EventKind
from problems.people import Principal, Role
from problems.problem import Problem, problem_ref
from problems.seeing import too_few_behind
from problems.sharing import EVERYWHERE, SharingLevel, level_for
from problems.store import Store
from problems.use_cases.saving import check_seen, require, save

MAY_SHARE = (Role.COORDINATOR,)


@dataclass(frozen=True, slots=True)
class Shared:
    """How a problem is shared with one organisation: ``told`` by a coordinator, or following from the rules."""

    organisation_id: int
    name: str
    level: SharingLevel
    told: SharingLevel | None


def look_at_sharing(store: Store, principal: Principal, clock: Clock, seed: int, *, problem_id: int) -> list[Shared]:
    """Return on which level each open organisation sees a problem, by name.

    Raises
    ------
    NotAllowed
        When the principal is neither officer, coordinator nor command.
    NotFound
        When there is no such problem.
    """
    asked = "With whom it is shared is not shown."
    require(principal, asked, *EVERYWHERE)
    problem = store.problem(problem_id)
    actions, few = store.actions(problem.id), too_few_behind(store, problem)
    found = []
    for each in store.organisations():
        told = problem.shares.get(str(each.id), "")
        if each.closed and not told:
            continue
        level = level_for(each.id, problem, actions, too_few=few)
        found.append(Shared(each.id, each.name, level, SharingLevel(told) if told in tuple(SharingLevel) else None))
    return found


def set_sharing(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    organisation_id: int,
    level: SharingLevel | None,
    seen_version: int,
) -> Problem:
    """Say on which level an organisation sees a problem, and return the problem as saved; who said so is kept.

    Parameters
    ----------
    level
        None leaves it to the rules again.

    Raises
    ------
    NotAllowed
        When the principal is not a coordinator.
    InputRefused
        When there is no such organisation, it is closed, or it is so already.
    NotFound, Stale
        When there is no such problem, or somebody else saved it since ``seen_version``.
    """
    asked = f"With whom {problem_ref(problem_id)} is shared was not changed."
    require(principal, asked, *MAY_SHARE)
    with store.writing() as unit:
        now = clock()
        problem = store.problem(problem_id)
        check_seen(store, asked, problem, seen_version)
        known = {each.id: each for each in store.organisations()}
        if organisation_id not in known:
            raise InputRefused(asked, f"There is no organisation {organisation_id}.", "Choose one from the list.")
        if known[organisation_id].closed and level not in (None, SharingLevel.NOTHING):
            raise InputRefused(asked, f"{known[organisation_id].name} is closed.", "Choose another organisation.")
        key = str(organisation_id)
        after = {name: told for name, told in problem.shares.items() if name != key}
        if level is not None:
            after[key] = str(level)
        if after == dict(problem.shares):
            raise InputRefused(asked, f"It is so for {known[organisation_id].name} already.", "Choose another level.")
        details = {"organisation_id": organisation_id, "level": None if level is None else str(level)}
        changed = replace(problem, shares=after)
        return save(unit, now, principal, problem, changed, seen_version, EventKind.EDITED, details=details)
