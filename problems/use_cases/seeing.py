"""Reading problems as far as they are shared with whoever asks, and saying with whom they are shared."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from geo import projection
from problems.actions import Action
from problems.categories import Group
from problems.clock import Clock
from problems.errors import InputRefused, NotAllowed, NotFound
from problems.events import Event, EventKind, Subject
from problems.figures import problem_points
from problems.people import Principal, Role
from problems.problem import Problem, problem_ref
from problems.sharing import (
    LEAST_ADDRESSES,
    LEAST_REPORTS,
    SharingLevel,
    is_limited,
    is_own,
    level_for,
    level_of,
    shown,
    shown_actions,
    shown_events,
)
from problems.store import Store
from problems.use_cases.saving import check_seen, require, save

MAY_SHARE = (Role.COORDINATOR,)
#: So far back are the reports counted that stand behind a dispute.
_COUNTED_DAYS = 365


@dataclass(frozen=True, slots=True)
class SeenProblem:
    """A problem as far as it is shared: itself, its actions, and what happened, in the order it was kept."""

    problem: Problem
    level: SharingLevel
    actions: list[Action]
    events: list[Event]


def see_problem(store: Store, principal: Principal, clock: Clock, seed: int, *, problem_id: int) -> SeenProblem:
    """Return a problem with its actions and events, as far as it is shared with the principal.

    Raises
    ------
    NotFound
        When there is none, or it is not shared at all: that it exists is part of what is not shared.
    """
    problem = store.problem(problem_id)
    actions = store.actions(problem.id)
    events = store.events(Subject.PROBLEM, problem.id)
    if not is_limited(principal):
        return SeenProblem(problem, SharingLevel.FULL, actions, events)
    level = level_of(principal, problem, actions, too_few=too_few_behind(store, problem))
    if level is SharingLevel.NOTHING:
        raise NotFound(f"There is no problem {problem_ref(problem_id)}.", "", "The list shows all there are.")
    own = [action.id for action in actions if is_own(principal, action)]
    return SeenProblem(
        shown(problem, level),
        level,
        shown_actions(principal, actions, level),
        shown_events(principal, events, level, own),
    )


def action_events(principal: Principal, store: Store, seen: SeenProblem) -> list[Event]:
    """Return what happened to the actions of a problem that was seen, as far as it is shared."""
    own = [action.id for action in seen.actions if is_own(principal, action)]
    told = [one for action in seen.actions for one in store.events(Subject.ACTION, action.id)]
    return shown_events(principal, told, seen.level, own)


def see_problems(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problems: Sequence[Problem] | None = None,
    least: SharingLevel = SharingLevel.EXISTS,
) -> list[Problem]:
    """Return the problems that are shared with the principal on at least a level, each as far as it is shared.

    Parameters
    ----------
    problems
        Those to choose from, as they were known on some day (all of today). What is shared is decided by today.
    least
        Lower ones are left out; what has a place begins with :attr:`SharingLevel.WITHOUT_NOTES`.
    """
    every = store.problems() if problems is None else list(problems)
    if not is_limited(principal):
        return list(every)
    now = {problem.id: problem for problem in store.problems()}
    actions_of = _by_problem(store)
    found = []
    for problem in every:
        today = now.get(problem.id, problem)
        level = level_of(principal, today, actions_of.get(problem.id, []))
        if level.rank > SharingLevel.EXISTS.rank and too_few_behind(store, today):
            level = SharingLevel.EXISTS
        if level is not SharingLevel.NOTHING and level.rank >= least.rank:
            found.append(shown(problem, level))
    return found


def see_actions(
    store: Store, principal: Principal, clock: Clock, seed: int, *, actions: Iterable[Action] | None = None
) -> list[Action]:
    """Return the actions (of today, unless others are given) that are shared with the principal."""
    every = store.actions() if actions is None else list(actions)
    if not is_limited(principal):
        return list(every)
    actions_of = _by_problem(store)
    levels = {
        problem.id: level_of(principal, problem, actions_of.get(problem.id, []), too_few=too_few_behind(store, problem))
        for problem in store.problems()
    }
    return [
        seen
        for action in every
        for seen in shown_actions(principal, [action], levels.get(action.problem_id, SharingLevel.NOTHING))
    ]


def _by_problem(store: Store) -> dict[int, list[Action]]:
    found: dict[int, list[Action]] = defaultdict(list)
    for action in store.actions():
        found[action.problem_id].append(action)
    return found


def check_takes_all(asked: str, principal: Principal) -> None:
    """Refuse a partner what holds everything, whoever it is shared with."""
    if is_limited(principal):
        raise NotAllowed(
            asked,
            f"It holds more than is shared with {principal.name}’s organisation.",
            "Ask a coordinator, or take the file of the problems: it holds those that are shared with you.",
        )


def sharing_level(principal: Principal, store: Store, problem: Problem) -> SharingLevel:
    """Return on which level somebody sees what was seen, said and done on a problem."""
    return level_of(principal, problem, store.actions(problem.id), too_few=too_few_behind(store, problem))


def too_few_behind(store: Store, problem: Problem) -> bool:
    """Tell whether a dispute has too few reports or addresses behind it, in the past year, to be shown to partners."""
    if problem.group is not Group.DISPUTES:
        return False
    newest = store.counts().newest_report_at
    if newest is None or not problem.footprint.get("coordinates"):
        return True
    known = store.fact("epsg")
    epsg = int(known) if known else projection.metric_epsg(np.array([problem.lon_lat]))
    until = newest + timedelta(seconds=1)
    points = problem_points(store, problem, until - timedelta(days=_COUNTED_DAYS), until, epsg)
    addresses = len(np.unique(points.lon_lat.round(5), axis=0)) if len(points) else 0
    return len(points) < LEAST_REPORTS or addresses < LEAST_ADDRESSES


# -- with whom it is shared --


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
    require(principal, asked, Role.OFFICER, Role.COORDINATOR, Role.COMMAND)
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
        When there is no such organisation, or it is so already.
    NotFound, Stale
        When there is no such problem, or somebody else saved it since ``seen_version``.
    """
    now = clock()
    with store.writing() as unit:
        problem = store.problem(problem_id)
        asked = f"With whom {problem.ref} is shared was not changed."
        require(principal, asked, *MAY_SHARE)
        check_seen(store, asked, problem, seen_version)
        known = {each.id: each for each in store.organisations()}
        if organisation_id not in known:
            raise InputRefused(asked, f"There is no organisation {organisation_id}.", "Choose one from the list.")
        key = str(organisation_id)
        after = {name: told for name, told in problem.shares.items() if name != key}
        if level is not None:
            after[key] = str(level)
        if after == dict(problem.shares):
            raise InputRefused(asked, f"It is so for {known[organisation_id].name} already.", "Choose another level.")
        details = {"organisation_id": organisation_id, "level": None if level is None else str(level)}
        changed = replace(problem, shares=after)
        return save(unit, now, principal, problem, changed, seen_version, EventKind.EDITED, details=details)
