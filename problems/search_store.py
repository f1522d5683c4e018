"""What the search asks of a store beside what it has for other pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


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
