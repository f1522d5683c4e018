"""Reports: one notification of an issue at a place and time, and the batches they came in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntFlag, StrEnum

import numpy as np
import numpy.typing as npt

from problems.categories import Group


class ReportStatus(StrEnum):
    """Where a report stands. The moves between these are in :mod:`problems.lifecycle`."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    VERIFIED = "verified"
    NO_ACTION = "no_action"
    NOT_OURS = "not_ours"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """Plain name of the status."""
        return {
            ReportStatus.NEW: "New",
            ReportStatus.ACKNOWLEDGED: "Acknowledged",
            ReportStatus.IN_PROGRESS: "Under way",
            ReportStatus.RESOLVED: "Said to be fixed",
            ReportStatus.VERIFIED: "Fix verified",
            ReportStatus.NO_ACTION: "No action",
            ReportStatus.NOT_OURS: "Referred elsewhere",
            ReportStatus.DUPLICATE: "Duplicate",
            ReportStatus.WITHDRAWN: "Withdrawn",
        }[self]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self in (ReportStatus.NEW, ReportStatus.ACKNOWLEDGED, ReportStatus.IN_PROGRESS)


class ReportFlag(IntFlag):
    """What is known to be odd about a report. Facts beside its status, kept as one number."""

    PLACE_MISSING = 1
    PLACE_ZERO = 2
    PLACE_SWAPPED = 4
    PLACE_OUTSIDE = 8
    PLACE_FEET = 16
    PLACE_UNREADABLE = 32
    CLOSED_BEFORE_REPORTED = 64
    CLOSED_AT_ONCE = 128
    REPORTED_IN_FUTURE = 256
    #: Came with a later import, although its date lies in what an earlier import already covered.
    LATE = 512
    #: Its source moves every point to one of a few: good for counts by area, not for points on a map.
    SNAPPED = 1024
    #: Only the month is known.
    MONTH_ONLY = 2048
    #: Contact details in its text were masked.
    MASKED = 4096

    @property
    def label(self) -> str:
        """Plain name of one flag."""
        return _FLAG_LABELS[self]


NO_FLAGS = ReportFlag(0)
_FLAG_LABELS = {
    ReportFlag.PLACE_MISSING: "No coordinates",
    ReportFlag.PLACE_ZERO: "Coordinates are 0, 0",
    ReportFlag.PLACE_SWAPPED: "Latitude and longitude swapped",
    ReportFlag.PLACE_OUTSIDE: "Far outside the area",
    ReportFlag.PLACE_FEET: "Feet or metres in place of degrees",
    ReportFlag.PLACE_UNREADABLE: "Coordinates cannot be read",
    ReportFlag.CLOSED_BEFORE_REPORTED: "Closed before it was reported",
    ReportFlag.CLOSED_AT_ONCE: "Closed within a minute of being reported",
    ReportFlag.REPORTED_IN_FUTURE: "Reported in the future",
    ReportFlag.LATE: "Came late",
    ReportFlag.SNAPPED: "Place moved to an anonymous point",
    ReportFlag.MONTH_ONLY: "Only the month is known",
    ReportFlag.MASKED: "Contact details masked",
}
#: Why a report has no place on the map.
#: What an import keeps of its columns: fields of which only the month or the day is told, joined with ", ".
COARSE_DATES = ("months only", "days only")
PLACE_FAULTS = (
    ReportFlag.PLACE_MISSING
    | ReportFlag.PLACE_ZERO
    | ReportFlag.PLACE_SWAPPED
    | ReportFlag.PLACE_OUTSIDE
    | ReportFlag.PLACE_FEET
    | ReportFlag.PLACE_UNREADABLE
)


@dataclass(frozen=True, slots=True)
class Report:
    """One report as it is kept.

    ``source`` and ``source_id`` identify it; where the source has no ids, ``source_id`` is a key
    made from the content. ``category`` is a leaf code, or None for an unmapped name (which stays
    in ``category_name``). ``lon_lat`` is None for a report without a usable place. ``reporter`` is
    a one-way key, never a name. All times are aware UTC; ``updated_at`` is when the feed last changed
    it. ``area`` is what the feed calls the place, ``ward_id``, ``beat_id`` and ``neighbourhood_id`` are
    boundaries that hold it. ``main_id`` is the report of which this one is a duplicate. ``undone``
    tells that its import was undone: it is kept, and counted nowhere.
    """

    id: int
    source: str
    source_id: str
    category: str | None
    category_name: str
    reported_at: datetime
    status: ReportStatus
    lon_lat: tuple[float, float] | None
    occurred_at: datetime | None = None
    closed_at: datetime | None = None
    resolution: str = ""
    address: str = ""
    text: str = ""
    area: str = ""
    channel: str = ""
    reporter: str = ""
    batch_id: int | None = None
    version: int = 1
    due_at: datetime | None = None
    updated_at: datetime | None = None
    asset: str = ""
    flags: ReportFlag = NO_FLAGS
    main_id: int | None = None
    ward_id: int | None = None
    beat_id: int | None = None
    neighbourhood_id: int | None = None
    undone: bool = False

    @property
    def ref(self) -> str:
        """Its number as people say it, such as R-000123."""
        return f"R-{self.id:06d}"

    @property
    def group(self) -> Group | None:
        """The category group, or None while the category is unmapped."""
        return Group(self.category[:3]) if self.category else None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that could not become a report, kept as it was with the reason."""

    line: int
    column: str
    value: str
    reason: str
    row: Mapping[str, str] = field(default_factory=dict)


class BatchState(StrEnum):
    """What became of an import. Of a running one that nobody works on any more, nothing was kept."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Batch:
    """One import of one file: who, when, what, how many.

    ``rows = accepted + unchanged + updated + rejected`` always holds; ``unplaced``, ``unmapped``,
    ``late`` (accepted rows that came after their time) and ``flagged`` (by name of the flag) count
    within the accepted and updated rows, ``masked`` the contact details masked in them. ``kind`` is
    the format of the file in words.
    """

    id: int
    source: str
    file_name: str
    sha256: str
    started_at: datetime
    finished_at: datetime
    by: str
    rows: int
    accepted: int
    unchanged: int
    updated: int
    rejected: int
    unplaced: int
    unmapped: int
    columns: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    late: int = 0
    masked: int = 0
    flagged: Mapping[str, int] = field(default_factory=dict)
    state: BatchState = BatchState.DONE
    undone_at: datetime | None = None
    undone_by: str = ""

    def __post_init__(self) -> None:
        """Refuse counts that do not add up: every row is in exactly one of the four."""
        if self.rows != self.accepted + self.unchanged + self.updated + self.rejected:
            raise ValueError(
                f"{self.rows} rows, but {self.accepted} accepted + {self.unchanged} unchanged + "
                f"{self.updated} updated + {self.rejected} rejected"
            )


@dataclass(frozen=True, slots=True)
class ReportPoints:
    """Placed, categorised reports as columns, ordered by id; what clustering and the map work on.

    Attributes
    ----------
    ids : (n,) int64, ascending
    lon_lat : (n, 2) float64, degrees
    group : (n,) int8, index into ``tuple(Group)``; -1 for a report whose category is unmapped
    reported_s : (n,) int64, seconds since 1970 UTC
    reporter : (n,) int64, equal for equal reporters, 0 where the reporter is unknown
    snapped : (n,) bool, true where the source moved the point: for counts by area only
    main : (n,) int64, the report of which people made this one a duplicate, 0 for any other; a
        duplicate has the place and the group of its main report
    """

    ids: npt.NDArray[np.int64]
    lon_lat: npt.NDArray[np.float64]
    group: npt.NDArray[np.int8]
    reported_s: npt.NDArray[np.int64]
    reporter: npt.NDArray[np.int64]
    snapped: npt.NDArray[np.bool_]
    main: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of reports."""
        return len(self.ids)

    def where(self, keep: npt.NDArray[np.bool_]) -> "ReportPoints":
        """Return the rows for which ``keep`` (n,) is true, in the same order."""
        return ReportPoints(
            self.ids[keep],
            self.lon_lat[keep],
            self.group[keep],
            self.reported_s[keep],
            self.reporter[keep],
            self.snapped[keep],
            self.main[keep],
        )

    def exact(self) -> "ReportPoints":
        """Return the reports whose points their source did not move: those that may be clustered and drawn."""
        return self.where(~self.snapped) if self.snapped.any() else self

    def joined(self, other: "ReportPoints") -> "ReportPoints":
        """Return the reports of both, of which none may be in the other, ordered by id again."""
        ids = np.concatenate([self.ids, other.ids])
        order = np.argsort(ids)
        return ReportPoints(
            ids[order],
            np.concatenate([self.lon_lat, other.lon_lat])[order],
            np.concatenate([self.group, other.group])[order],
            np.concatenate([self.reported_s, other.reported_s])[order],
            np.concatenate([self.reporter, other.reporter])[order],
            np.concatenate([self.snapped, other.snapped])[order],
            np.concatenate([self.main, other.main])[order],
        )


#: No report at all.
NO_POINTS = ReportPoints(
    np.zeros(0, dtype=np.int64),
    np.zeros((0, 2)),
    np.zeros(0, dtype=np.int8),
    np.zeros(0, dtype=np.int64),
    np.zeros(0, dtype=np.int64),
    np.zeros(0, dtype=np.bool_),
    np.zeros(0, dtype=np.int64),
)
