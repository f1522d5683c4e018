"""Read the next part of a file while the part before it is written: the two take about as long."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from queue import Full, Queue
from typing import Generic, TypeVar

Part = TypeVar("Part")

_WAITING = 2
_LOOK_AGAIN_S = 0.05


class _Ahead(Generic[Part]):
    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = parts
        self._queue: Queue[tuple[Part] | BaseException | None] = Queue(_WAITING)
        self.stopped = threading.Event()

    def work(self) -> None:
        try:
            for part in self._parts:
                self._hand_over((part,))
                if self.stopped.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - raised again where the parts are taken
            self._hand_over(error)
        else:
            self._hand_over(None)

    def _hand_over(self, one: tuple[Part] | BaseException | None) -> None:
        while not self.stopped.is_set():
            try:
                self._queue.put(one, timeout=_LOOK_AGAIN_S)
            except Full:
                continue
            return

    def taken(self) -> Iterator[Part]:
        while (one := self._queue.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one[0]


@contextmanager
def read_ahead(parts: Iterable[Part]) -> Iterator[Iterator[Part]]:
    """Yield the same parts in the same order, made in a thread of their own.

    What goes wrong while they are made is raised where they are taken. After the block nothing is
    made any more, whether all parts were taken or not.
    """
    ahead = _Ahead(parts)
    thread = threading.Thread(target=ahead.work, name="reading ahead", daemon=True)
    thread.start()
    try:
        yield ahead.taken()
    finally:
        ahead.stopped.set()
        thread.join()
