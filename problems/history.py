"""The past as it was known then: problems and actions folded from their events."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo
from typing import Any, TypeVar

from problems.actions import Action, ActionStatus, ActionType
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
_ACTION_READERS: Readers = {
    "status": ActionStatus,
    "type": ActionType,
    "created_at": datetime.fromisoformat,
    "due_on": date.fromisoformat,
    "first_promised_on": date.fromisoformat,
    "done_at": datetime.fromisoformat,
    "blocked_since": datetime.fromisoformat,
    "status_since": datetime.fromisoformat,
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
    """Return the problems as they were known at the end of ``day``, in order of id.

    Status, owner and everything that people decide come from the events up to then; reports,
    incidents and (until the problem was taken on) the place come from the last refresh up to then.
    """
    until = day_end(day, zone)
    told: dict[int, list[Event]] = defaultdict(list)
    for one in store.events(Subject.PROBLEM, until=until):
        told[one.subject_id].append(one)
    refreshed_on = {done.id: done.as_of for done in store.refreshes()}
    result = []
    for problem in store.problems():
        then = fold(problem, told.get(problem.id, ()))
        if then is None:
            continue
        spots = [spot for spot in store.hot_spots_of(problem.id) if refreshed_on[spot.refresh_id] <= day]
        last = [spot for spot in spots if spot.refresh_id == spots[-1].refresh_id]
        result.append(_as_seen(then, told[problem.id], last, refreshed_on))
    return result


def is_drawn(told: Sequence[Event]) -> bool:
    """Tell from a problem's events whether people drew its outline: then no refresh draws it anew."""
    return bool(told) and told[0].details.get("drawn") is True


def _as_seen(
    problem: Problem, told: Sequence[Event], spots: Sequence[HotSpot], refreshed_on: Mapping[int, date]
) -> Problem:
    """Return the problem with what the refresh that found ``spots`` saw of it; nothing without them."""
    if not spots:
        drawn = told[0].details.get("footprint")
        footprint = drawn if isinstance(drawn, Mapping) else problem.footprint
        counts = {name: int(told[0].details.get(name, 0)) for name in ("reports", "incidents")}  # type: ignore[call-overload] # counts are whole numbers
        return replace(problem, footprint=footprint, hot_spot_id=None, last_seen_on=None, **counts)
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
