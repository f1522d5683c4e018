"""What was worked out once is remembered for as long as what it was worked out from stays the same.

A page is drawn again with every click, and must not count the town again.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import Final, TypeVar, cast

from problems.seeing import whole
from problems.store import Store

Answer = TypeVar("Answer")
#: What answers are the answers to: a store, compared by identity, then versions and settings, by value.
State = tuple[object, ...]

#: Stands for no answer, as None may be one.
_NOTHING: Final = object()


@dataclass
class _Room:
    """The answers to one question under one state, by what they were asked for; the latest asked last."""

    state: State
    answers: OrderedDict[Hashable, object] = field(default_factory=OrderedDict)


class Remembered:
    """Answers to questions, each under one state; those of another state are forgotten with the first of it.

    Parameters
    ----------
    most
        How many answers to each question are kept; the one that was asked for longest ago goes first.
    one_at_a_time
        Whether one answer is worked out at a time: who asks for the same waits for it instead of doing
        it twice. What is known already is told at once all the same.

    Notes
    -----
    While a question is answered it may ask others here: the thread that answers keeps its turn. Nobody
    waits while holding anything else of this object, so threads that ask the same questions in
    another order cannot wait for each other. Two such objects may ask each other in one direction only,
    and a question must not wait for another thread that asks here. Answers are shared by all who ask:
    what is told is not to be changed.
    """

    def __init__(self, *, most: int, one_at_a_time: bool = False) -> None:
        self._most = most
        self._reading = Lock()
        self._turn: AbstractContextManager[object] = RLock() if one_at_a_time else nullcontext()
        self._rooms: dict[str, _Room] = {}

    def once(self, question: str, state: State, ask: Callable[[], Answer], *, key: Hashable = None) -> Answer:
        """Return what ``ask`` answered before for this key under this state, or ask.

        What ``ask`` raises is raised, and nothing is kept. An answer that came when another state had been
        asked for meanwhile is told, but not kept.
        """
        found = self._look(question, state, key)
        if found is _NOTHING:
            with self._turn:
                found = self._look(question, state, key)
                if found is _NOTHING:
                    room = self._room(question, state)
                    found = ask()
                    self._put(question, room, key, found)
        return cast("Answer", found)

    def find(self, question: str, state: State, *, key: Hashable = None) -> object | None:
        """Return what is kept for this key under this state, or None."""
        found = self._look(question, state, key)
        return None if found is _NOTHING else found

    def keep(self, question: str, state: State, answer: object, *, key: Hashable = None) -> None:
        """Keep an answer that was worked out elsewhere."""
        self._put(question, self._room(question, state), key, answer)

    def _look(self, question: str, state: State, key: Hashable) -> object:
        with self._reading:
            room = self._rooms.get(question)
            if room is None or key not in room.answers or not _same(room.state, state):
                return _NOTHING
            room.answers.move_to_end(key)
            return room.answers[key]

    def _room(self, question: str, state: State) -> _Room:
        """Return the room of a state, which replaces that of any other one."""
        with self._reading:
            room = self._rooms.get(question)
            if room is None or not _same(room.state, state):
                room = self._rooms[question] = _Room(state)
            return room

    def _put(self, question: str, room: _Room, key: Hashable, answer: object) -> None:
        with self._reading:
            if self._rooms.get(question) is room:
                room.answers[key] = answer
                room.answers.move_to_end(key)
                while len(room.answers) > self._most:
                    room.answers.popitem(last=False)


def _same(one: State, other: State) -> bool:
    """Compare states: a store is compared by identity, and no store has an equal."""
    return len(one) == len(other) and all(a is b or a == b for a, b in zip(one, other, strict=True))


_of_reports: Final = Remembered(most=32)


def by_reports(store: Store, question: str, ask: Callable[[], Answer], *, key: Hashable = None) -> Answer:
    """Return an answer, counted for all readers alike, that holds until a report or a boundary is written."""
    store = whole(store)
    return _of_reports.once(question, (store, store.reports_version()), ask, key=key)
