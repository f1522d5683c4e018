"""What the rules ask of a store about the quality of its records."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from problems.hot_spots import Pile
from problems.quality import Aspect, RejectedReason, SourceQuality
from problems.reports import RejectedRow, Report
from problems.sources import Source


class QualityStore(Protocol):
    """The part of :class:`problems.store.Store` that is about the quality of its records."""

    def sources(self) -> list[Source]:
        """Return the sources by name."""
        ...

    def source(self, name: str) -> Source | None:
        """Return the source called ``name``, or None."""
        ...

    def rejected_rows(self, batch_id: int | None = None) -> list[RejectedRow]:
        """Return the rejected rows of one import (or of all that were not undone), in order of batch and line."""
        ...

    def source_quality(self) -> list[SourceQuality]:
        """Return what is known of the reports of each source, by name."""
        ...

    def reports_about(
        self, source: str, aspect: Aspect, limit: int, point: tuple[float, float] | None = None
    ) -> tuple[list[Report], int]:
        """Return the newest reports of a source that an aspect is about, at most ``limit``, and how many there are.

        ``point`` is the place that :attr:`problems.quality.Aspect.POINT` asks about.
        """
        ...

    def every_report_about(
        self, source: str, aspect: Aspect, point: tuple[float, float] | None = None
    ) -> Iterator[Report]:
        """Go through every report of a source that an aspect is about, in order of id, without holding them all."""
        ...

    def reports_on(self, piles: Sequence[Pile]) -> list[dict[str, int]]:
        """Return for each point under review how many reports each source has on it."""
        ...

    def rejected_reasons(self) -> list[RejectedReason]:
        """Return why rows of each source were rejected, most first within a source."""
        ...

    def rejected_about(self, source: str, reason: str | None, limit: int | None) -> tuple[list[RejectedRow], int]:
        """Return the rejected rows of a source (for one reason), latest import first, and how many there are."""
        ...
