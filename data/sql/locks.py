"""One writer at a time: among the threads of this process and among processes on one machine.

SQLite lets one connection write at a time by itself, but before version 3.51.3 two connections
that checkpoint at the same moment can damage the file. Holding this lock for the whole unit,
its commit and the checkpoint that may follow, keeps that from happening.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from problems.errors import StoreRefused

_LOOK_AGAIN_S = 0.01


def too_long(wait_s: float) -> StoreRefused:
    """Return the refusal for having waited ``wait_s`` seconds for somebody else's writing."""
    return StoreRefused(
        "Your change was not kept.",
        f"Something else has been writing to the store for more than {wait_s:g} seconds.",
        "Wait until the running import or refresh has ended, then try again.",
    )


class Door:
    """The door to writing. ``path`` is the lock file shared by processes; None where there is none.

    Entering twice from the same thread is a bug (it would wait for itself) and raises RuntimeError.
    """

    def __init__(self, path: Path | None, wait_s: float) -> None:
        self._path = path
        self._wait_s = wait_s
        self._threads = threading.Lock()
        self._inside: int | None = None

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Hold the door; raises :class:`StoreRefused` when it does not open in time."""
        if self._inside == threading.get_ident():
            raise RuntimeError("a unit is already open in this thread")
        until = time.monotonic() + self._wait_s
        if not self._threads.acquire(timeout=self._wait_s):
            raise too_long(self._wait_s)
        try:
            self._inside = threading.get_ident()
            with self._among_processes(until):
                yield
        finally:
            self._inside = None
            self._threads.release()

    @contextmanager
    def _among_processes(self, until: float) -> Iterator[None]:
        if self._path is None:
            yield
            return
        try:
            # Opened anew each time: a descriptor kept open would be shared with forked processes.
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        except OSError as error:
            raise StoreRefused(
                f"The store next to “{self._path.name}” cannot be written.",
                f"{error.strerror or error}.",
                f"Make the folder “{self._path.parent}” writable, or set FIXPOINT_STORE to a file elsewhere.",
            ) from error
        try:
            while not _taken(descriptor):
                if time.monotonic() >= until:
                    raise too_long(self._wait_s)
                time.sleep(_LOOK_AGAIN_S)
            yield
        finally:
            # Closing gives the lock back on every system.
            os.close(descriptor)


if os.name == "nt":  # pragma: no cover - the tests run where there is flock
    import msvcrt

    def _taken(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore] # Windows only
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
