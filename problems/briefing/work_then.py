"""Problems and the work on them as they were known at a moment: nothing that was kept later about days before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from problems.actions import Action
from problems.briefing.columns import SpotSeen
from problems.briefing.weeks import Moment
from problems.events import Event, Subject
from problems.history import History
from problems.hot_spots import HotSpot, Refresh
from problems.kept_assessments import KeptAssessment
from problems.people import SYSTEM
from problems.problem import Problem
from problems.store import Store


@dataclass(frozen=True)
class Work:
    """Problems and what was done about them, as it was known then."""

    problems: tuple[Problem, ...]
    actions: tuple[Action, ...]
    events: Mapping[int, tuple[Event, ...]]
    action_events: Mapping[int, tuple[Event, ...]]
    store_events: tuple[Event, ...]
    assessments: tuple[KeptAssessment, ...]
    refreshes: tuple[Refresh, ...]
    spots: tuple[SpotSeen, ...]
    organisations: Mapping[int, str]
    epsg: int | None

    def actions_on(self, problem_id: int) -> list[Action]:
        """Return the actions on a problem."""
        return [one for one in self.actions if one.problem_id == problem_id]


class _KnownThen:
    """A store in which nothing is told that was kept later about days before: for :class:`History`."""

    def __init__(self, store: Store, moment: Moment) -> None:
        self._store = store
        self._refreshes = [one for one in store.refreshes() if one.started_at < moment.known_at]
        late = [one for one in store.refreshes() if one.started_at >= moment.known_at]
        self._late = {one.id for one in late if one.as_of <= moment.as_of}
        self._events = self._kept_then(moment)

    def _kept_then(self, moment: Moment) -> dict[Subject, list[Event]]:
        subjects = (Subject.PROBLEM, Subject.ACTION, Subject.REFRESH)
        every = sorted((one for each in subjects for one in self._store.events(each)), key=lambda one: one.id)
        left_out: set[int] = set()
        for at, one in enumerate(every):
            if one.subject is Subject.REFRESH and one.subject_id in self._late:
                left_out.add(one.id)
                # All that a refresh tells is kept in one stretch that ends with itself.
                before = at - 1
                while before >= 0 and every[before].by == SYSTEM.key and every[before].subject is not Subject.REFRESH:
                    left_out.add(every[before].id)
                    before -= 1
        until = min(moment.ends_at, moment.known_at)
        found: dict[Subject, list[Event]] = {each: [] for each in subjects}
        for one in every:
            if one.id not in left_out and one.at < until:
                found[one.subject].append(one)
        return found

    def events(self, subject: Subject) -> list[Event]:
        return self._events[subject]

    def problems(self) -> list[Problem]:
        return self._store.problems()

    def actions(self) -> list[Action]:
        return self._store.actions()

    def refreshes(self) -> list[Refresh]:
        return self._refreshes

    def last_hot_spots(self, until: date) -> list[HotSpot]:
        if not self._late:
            return self._store.last_hot_spots(until)
        known = {one.id for one in self._refreshes if one.as_of <= until}
        found: list[HotSpot] = []
        for problem in self._store.problems():
            own = [spot for spot in self._store.hot_spots_of(problem.id) if spot.refresh_id in known]
            newest = max((spot.refresh_id for spot in own), default=0)
            found += [spot for spot in own if spot.refresh_id == newest]
        return found


def work_then(store: Store, moment: Moment, store_events: Sequence[Event]) -> Work:
    """Return the problems and the work on them as they were known; ``store_events`` are those about the store."""
    known = _KnownThen(store, moment)
    history = History(cast(Store, known), moment.zone)
    until = min(moment.ends_at, moment.known_at)
    refreshes = tuple(one for one in known.refreshes() if one.as_of <= moment.as_of)
    numbers = {one.id for one in refreshes}
    epsg = store.fact("epsg")
    return Work(
        problems=tuple(history.problems_on(moment.as_of)),
        actions=tuple(history.actions_on(moment.as_of)),
        events=_by_subject(known.events(Subject.PROBLEM)),
        action_events=_by_subject(known.events(Subject.ACTION)),
        store_events=tuple(one for one in store_events if one.at < until),
        assessments=tuple(one for one in store.assessments() if one.made_at < until),
        refreshes=refreshes,
        spots=tuple(one for one in store.spots_seen() if one.refresh_id in numbers),
        organisations={one.id: one.name for one in store.organisations()},
        epsg=int(epsg) if epsg else None,
    )


def _by_subject(events: Sequence[Event]) -> Mapping[int, tuple[Event, ...]]:
    found: dict[int, list[Event]] = defaultdict(list)
    for one in events:
        found[one.subject_id].append(one)
    return {number: tuple(every) for number, every in found.items()}
