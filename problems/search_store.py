"""What the search asks of a store beside what it has for other pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from problems.case_review import Told
from problems.categories import Group


@dataclass(frozen=True, slots=True)
class FoundText:
    """An address or the number of an asset as it is written in reports: how many there are, and the newest of them."""

    text: str
    reports: int
    newest: tuple[int, ...] = ()


class SearchStore(Protocol):
    """The part of :class:`problems.store.Store` that the search reads."""

    def find_addresses(self, words: Sequence[str], limit: int) -> list[FoundText]:
        """Return the addresses that hold every one of the words, most reports first; undone imports are left out."""
        ...

    def find_assets(self, typed: str, limit: int) -> list[FoundText]:
        """Return the numbers of assets that begin with what was typed, in order, with their newest reports."""
        ...

    def reports_of_known_reporters(self, since: datetime, groups: Iterable[Group]) -> list[Told]:
        """Return the placed reports since then, of these groups, of every reporter who made at least three of them.

        Withdrawn reports and those of undone imports are left out; in order of id.
        """
        ...
