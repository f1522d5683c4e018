"""The map as it was known on a past day: problems, actions, refreshes, worked out once for each state of the store."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from dashboard import session
from dashboard.remembered import Remembered, State
from problems.actions import Action
from problems.history import History
from problems.hot_spots import Refresh
from problems.problem import Problem
from problems.seeing import Seen, whole
from problems.store import Store

#: Going through the weeks and back again is answered from memory; one at a time, as they share a history.
_past: Final = Remembered(most=60, one_at_a_time=True)


def problems_known(store: Store, on: date | None) -> Sequence[Problem]:
    """Return the problems as they were known at the end of a day, or as they are (None), in order of id.

    What is shared is decided by today, also of what was known on a past day.
    """
    if on is None:
        return store.problems()
    every = whole(store)
    state = (every, every.version())
    known = _past.once("problems", state, lambda: tuple(_history(every, state).problems_on(on)), key=on)
    return store.problems_as_shared(known) if isinstance(store, Seen) else known


def actions_known(store: Store, on: date | None, problem_id: int | None = None) -> Sequence[Action]:
    """Return the actions (of one problem) as they were known at the end of a day, or as they are (None), by id."""
    if on is None:
        return store.actions(problem_id)
    every = whole(store)
    state = (every, every.version())
    known: Sequence[Action] = _past.once("actions", state, lambda: tuple(_history(every, state).actions_on(on)), key=on)
    shown = store.actions_as_shared(known) if isinstance(store, Seen) else known
    return shown if problem_id is None else [action for action in shown if action.problem_id == problem_id]


def weeks(store: Store) -> Sequence[Refresh]:
    """Return the refreshes that can be replayed, oldest first: of each day the last one."""
    return _past.once("weeks", (store, store.version()), lambda: tuple(_weeks(store.refreshes())))


def _history(store: Store, state: State) -> History:
    zone = session.get_settings().zone
    return _past.once("history", state, lambda: History(store, zone))


def _weeks(refreshes: Sequence[Refresh]) -> list[Refresh]:
    by_day: dict[date, Refresh] = {}
    for done in refreshes:  # newest first
        by_day.setdefault(done.as_of, done)
    return [by_day[day] for day in sorted(by_day)]
