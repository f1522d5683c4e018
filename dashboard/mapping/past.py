"""The map as it was known on a past day: problems, actions, refreshes, worked out once for each state of the store."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date
from threading import Lock
from typing import Final, TypeVar

from dashboard import session
from problems.actions import Action
from problems.history import History
from problems.hot_spots import Refresh
from problems.problem import Problem
from problems.store import Store

#: Going through the weeks and back again is answered from memory for so many questions.
_KEPT: Final = 120
Answer = TypeVar("Answer")


class Past:
    """What was known on past days, as long as nothing is written."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of: tuple[Store, int] | None = None
        self._kept: OrderedDict[tuple[str, date | None], object] = OrderedDict()

    def once(self, store: Store, key: tuple[str, date | None], ask: Callable[[], Answer]) -> Answer:
        """Return what ``ask`` answered before under this key, or ask; one caller at a time."""
        with self._lock:
            version = store.version()
            if self._of is None or self._of[0] is not store or self._of[1] != version:
                self._of = (store, version)
                self._kept.clear()
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]  # type: ignore[return-value] # kept under a key that only this question has
            answer = ask()
            self._kept[key] = answer
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return answer


_past: Final = Past()


def problems_known(store: Store, on: date | None) -> Sequence[Problem]:
    """Return the problems as they were known at the end of a day, or as they are (None), in order of id."""
    if on is None:
        return store.problems()
    history = _history(store)
    return _past.once(store, ("problems", on), lambda: tuple(history.problems_on(on)))


def actions_known(store: Store, on: date | None) -> Sequence[Action]:
    """Return the actions as they were known at the end of a day, or as they are (None), in order of id."""
    if on is None:
        return store.actions()
    history = _history(store)
    return _past.once(store, ("actions", on), lambda: tuple(history.actions_on(on)))


def weeks(store: Store) -> Sequence[Refresh]:
    """Return the refreshes that can be replayed, oldest first: of each day the last one."""
    return _past.once(store, ("weeks", None), lambda: tuple(_weeks(store.refreshes())))


def _history(store: Store) -> History:
    zone = session.get_settings().zone
    return _past.once(store, ("history", None), lambda: History(store, zone))


def _weeks(refreshes: Sequence[Refresh]) -> list[Refresh]:
    by_day: dict[date, Refresh] = {}
    for done in refreshes:  # newest first
        by_day.setdefault(done.as_of, done)
    return [by_day[day] for day in sorted(by_day)]
