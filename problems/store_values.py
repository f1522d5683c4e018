"""What is asked of a store and what it answers, beside the nouns themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from problems.reports import Report


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """How much the store holds, and the span of its reports (aware UTC; None while empty)."""

    reports: int
    placed: int
    unmapped: int
    problems: int
    actions: int
    refreshes: int
    batches: int
    oldest_report_at: datetime | None
    newest_report_at: datetime | None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was ever put in: no report, no problem, no import."""
        return self.reports == 0 and self.problems == 0 and self.batches == 0


@dataclass(frozen=True, slots=True)
class Box:
    """A bounding box in degrees, edges included; ``west <= east`` and ``south <= north``."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class KnownReport:
    """What an import needs of a report that is already kept: its id and its content's fingerprint.

    ``undone`` tells that the import that brought it was undone.
    """

    id: int
    content: bytes
    undone: bool = False


@dataclass(frozen=True, slots=True)
class ChangedReport:
    """A kept report with what it is from now on: the fields that differ, and its new content's fingerprint."""

    report: Report
    content: bytes
    fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class SaidByPeople:
    """What people, not feeds, said of a report: when they last moved it, and which fields they corrected."""

    moved_at: datetime | None = None
    corrected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NameUse:
    """How many reports of one source have a category name, and a category (None: unmapped), in common."""

    source: str
    name: str
    code: str | None
    reports: int
