"""Answers about all reports, worked out once for each state of them: a page must not count a million rows twice."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final, TypeVar

from problems.seeing import whole
from problems.store import Store

_KEPT: Final = 64
Answer = TypeVar("Answer")


class Answers:
    """What was answered, as long as no report and no boundary was written."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of: tuple[Store, int] | None = None
        self._kept: OrderedDict[tuple[object, ...], object] = OrderedDict()

    def once(self, store: Store, key: tuple[object, ...], ask: Callable[[], Answer]) -> Answer:
        """Return what ``ask`` answered before under this key, or ask."""
        store = whole(store)  # counted for everybody alike
        version = store.reports_version()
        with self._lock:
            if self._of is None or self._of[0] is not store or self._of[1] != version:
                self._of = (store, version)
                self._kept.clear()
            if key in self._kept:
                return self._kept[key]  # type: ignore[return-value] # kept under a key that only this question has
        answer = ask()
        with self._lock:
            if self._of == (store, version):
                self._kept[key] = answer
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return answer


#: The answers of this process.
answers: Final = Answers()
