"""What the rules ask of a store about places: where reports lie, and how many in each boundary."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from problems.areas import Area, AreaCount, AreaKind, KnownAddress, Street
from problems.categories import Group


class PlaceStore(Protocol):
    """The part of :class:`problems.store.Store` that is about places."""

    def areas(self, kind: AreaKind | None = None) -> list[Area]:
        """Return the boundaries (of one kind) by name."""
        ...

    def streets(self) -> list[Street]:
        """Return the streets in order of id."""
        ...

    def distinct_places(self) -> npt.NDArray[np.float64]:
        """Return the different coordinates (k, 2) of the kept reports, longitude first, ordered."""
        ...

    def source_places(self, source: str) -> npt.NDArray[np.float64]:
        """Return the coordinates (n, 2) of every placed report of a source, longitude first, in no order."""
        ...

    def snapped_reports(self) -> dict[str, int]:
        """Return how many placed reports on moved points each source has, by its name; without the others."""
        ...

    def addresses(self, words: str, limit: int) -> list[KnownAddress]:
        """Return the addresses of placed reports that hold every one of the ``words``, most reports first.

        Capitals make no difference; points that a source moved are left out; an empty text finds nothing.
        """
        ...

    def area_counts(
        self,
        kind: AreaKind,
        since: datetime | None = None,
        until: datetime | None = None,
        groups: Iterable[Group] | None = None,
    ) -> list[AreaCount]:
        """Return how many placed reports lie in each boundary of a kind, in order of its id, outside last.

        Counted are the reports with ``since <= reported_at < until``, those on moved points among them.
        """
        ...
