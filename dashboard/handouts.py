"""Files made for one reader: kept in memory for a while, handed out once, by an address that nobody can guess.

A page knows who is asking, an address of ours does not. What only some may have is therefore made on
the page, and its address is the proof that the page made it.
"""

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

from problems.errors import NotFound

_KEPT_S: Final = 15 * 60
_MOST: Final = 40
_LARGEST_BYTES: Final = 64_000_000


@dataclass(frozen=True, slots=True)
class Handout:
    """A file with the name that it is saved under."""

    file_name: str
    content: bytes
    kept_at: float


class Handouts:
    """The files that wait to be fetched. Safe to use from any number of threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: OrderedDict[str, Handout] = OrderedDict()

    def keep(self, file_name: str, content: bytes) -> str:
        """Keep a file and return what it is asked for by."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._drop_old()
            self._waiting[token] = Handout(file_name, content, time.monotonic())
            while (
                len(self._waiting) > _MOST or sum(len(each.content) for each in self._waiting.values()) > _LARGEST_BYTES
            ):
                self._waiting.popitem(last=False)
        return token

    def take(self, token: str) -> Handout:
        """Return a file and forget it.

        Raises
        ------
        NotFound
            When there is none (any more).
        """
        with self._lock:
            self._drop_old()
            found = self._waiting.pop(token, None)
        if found is None:
            raise NotFound(
                "This file is no longer there.",
                "A file is handed out once, within a quarter of an hour.",
                "Go back to the page and make it again.",
            )
        return found

    def is_waiting(self, token: str) -> bool:
        """Tell whether a file is still there to be fetched."""
        with self._lock:
            self._drop_old()
            return token in self._waiting

    def _bytes(self) -> int:
        return sum(len(each.content) for each in self._waiting.values())

    def _drop_old(self) -> None:
        old = time.monotonic() - _KEPT_S
        for token in [token for token, each in self._waiting.items() if each.kept_at < old]:
            del self._waiting[token]


#: Those of this process.
handouts: Final = Handouts()
