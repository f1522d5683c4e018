"""The past as it was known then: problems and actions folded from their events."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from functools import cached_property
from typing import Any, TypeVar

from problems.actions import Action, ActionStatus, ActionType, Step
from problems.categories import Group
from problems.clock import day_end
from problems.events import Event, Subject
from problems.hot_spots import HotSpot
from problems.problem import Problem, ProblemStatus
from problems.store import Store

Record = TypeVar("Record", Problem, Action)
Readers = Mapping[str, Callable[[Any], object]]

#: How the plain values of events become the values of records; fields that are absent are plain.
_PROBLEM_READERS: Readers = {
    "status": ProblemStatus,
    "group": Group,
    "created_at": datetime.fromisoformat,
    "review_on": date.fromisoformat,
    "dormant_since": date.fromisoformat,
    "remediated_on": date.fromisoformat,
    "successor_ids": tuple,
}


def _steps(value: Sequence[Sequence[Any]]) -> tuple[Step, ...]:
    return tuple(Step(text, datetime.fromisoformat(at) if at else None, by) for text, at, by in value)


_ACTION_READERS: Readers = {
    "status": ActionStatus,
    "type": ActionType,
    "created_at": datetime.fromisoformat,
    "due_on": date.fromisoformat,
    "first_promised_on": date.fromisoformat,
    "done_at": datetime.fromisoformat,
    "blocked_since": datetime.fromisoformat,
    "status_since": datetime.fromisoformat,
    "waits_for": tuple,
    "checklist": _steps,
    "proposed_at": datetime.fromisoformat,
    "accepted_at": datetime.fromisoformat,
}


def fold(record: Record, events: Iterable[Event]) -> Record | None:
    """Return ``record`` with every field as ``events`` left it, or None when they do not create it.

    Parameters
    ----------
    record
        Supplies what events do not carry: the id, the version and what refreshes saw.
    events
        Those of this one record, in the order they were kept.
    """
    readers = _PROBLEM_READERS if isinstance(record, Problem) else _ACTION_READERS
    state: dict[str, Any] = {}
    for one in events:
        state.update(one.changes)
    if not state:
        return None
    values: dict[str, Any] = {
        name: readers[name](value) if value is not None and name in readers else value for name, value in state.items()
    }
    return replace(record, **values)


def problems_on(store: Store, day: date, zone: tzinfo) -> list[Problem]:
    """Return the problems as they were known at the end of ``day``, in order of id; see :class:`History`."""
    return History(store, zone).problems_on(day)


@dataclass(frozen=True)
class History:
    """What is told of a store's problems and actions, read once, so that many past days can be asked for."""

    store: Store
    zone: tzinfo

    def problems_on(self, day: date) -> list[Problem]:
        """Return the problems as they were known at the end of ``day``, in order of id.

        Status, owner and everything that people decide come from the events up to then; reports,
        incidents and (until the problem was taken on) the place come from the last refresh up to then.
        """
        until = day_end(day, self.zone)
        spots_of: dict[int, list[HotSpot]] = defaultdict(list)
        for spot in self.store.last_hot_spots(day):
            # A refresh that was kept after this history was read is not part of it.
            if spot.refresh_id in self._refreshed_on:
                spots_of[spot.problem_id or 0].append(spot)
        result = []
        for problem in self._problems:
            every = self._told_of_problems[problem.id]
            told = [one for one in every if one.at < until]
            then = fold(_where_it_was(problem, every[len(told) :]), told)
            if then is not None:
                result.append(_as_seen(then, told, spots_of[problem.id], self._refreshed_on))
        return result

    def actions_on(self, day: date) -> list[Action]:
        """Return the actions as they were known at the end of ``day``, in order of id."""
        until = day_end(day, self.zone)
        told = self._told_of_actions
        folded = (fold(action, [one for one in told[action.id] if one.at < until]) for action in self._actions)
        return [then for then in folded if then is not None]

    @cached_property
    def _problems(self) -> list[Problem]:
        return self.store.problems()

    @cached_property
    def _actions(self) -> list[Action]:
        return self.store.actions()

    @cached_property
    def _refreshed_on(self) -> dict[int, date]:
        return {done.id: done.as_of for done in self.store.refreshes()}

    @cached_property
    def _told_of_problems(self) -> dict[int, list[Event]]:
        return self._told(Subject.PROBLEM)

    @cached_property
    def _told_of_actions(self) -> dict[int, list[Event]]:
        return self._told(Subject.ACTION)

    def _told(self, subject: Subject) -> dict[int, list[Event]]:
        told: dict[int, list[Event]] = defaultdict(list)
        for one in self.store.events(subject):
            told[one.subject_id].append(one)
        return told


def _where_it_was(problem: Problem, later: Iterable[Event]) -> Problem:
    """Return the problem on the ground that it had before people merged or split it."""
    was = next((one.details["place_was"] for one in later if "place_was" in one.details), None)
    if not isinstance(was, Mapping):
        return problem
    lon, lat = was["lon_lat"]
    return replace(problem, footprint=was["footprint"], lon_lat=(lon, lat), width_m=was["width_m"])


def is_drawn(told: Sequence[Event]) -> bool:
    """Tell from a problem's events whether people drew its outline: then no refresh draws it anew."""
    return bool(told) and told[0].details.get("drawn") is True


def _as_seen(
    problem: Problem, told: Sequence[Event], spots: Sequence[HotSpot], refreshed_on: Mapping[int, date]
) -> Problem:
    """Return the problem with what the refresh that found ``spots`` saw of it; nothing without them."""
    if not spots:
        counts = {name: int(told[0].details.get(name, 0)) for name in ("reports", "incidents")}  # type: ignore[call-overload] # counts are whole numbers
        return replace(problem, hot_spot_id=None, last_seen_on=None, **counts)
    largest = max(spots, key=lambda spot: (spot.incidents, -spot.id))
    seen = replace(
        problem,
        category=largest.category or problem.category,
        reports=sum(spot.reports for spot in spots),
        incidents=sum(spot.incidents for spot in spots),
        hot_spot_id=largest.id,
        last_seen_on=refreshed_on[largest.refresh_id],
    )
    if is_drawn(told) or any(one.changes.get("status") == ProblemStatus.CONFIRMED for one in told):
        return seen
    return replace(seen, lon_lat=largest.lon_lat, width_m=largest.width_m, footprint=largest.outline)
