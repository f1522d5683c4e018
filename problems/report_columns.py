"""Many reports at once, column by column: how an import carries them from a file into the store."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from problems.reports import RejectedRow, Report, ReportFlag

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
#: An array of Python objects: text, or None where a field may be empty.
Objects = npt.NDArray[np.object_]

#: The number that stands for no moment.
NEVER = int(np.iinfo(np.int64).min)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

TIMES = ("reported_at", "occurred_at", "closed_at", "due_at", "updated_at")
TEXTS = ("source_id", "category_name", "resolution", "address", "text", "area", "channel", "reporter", "asset")
AREA_IDS = ("ward_id", "beat_id", "neighbourhood_id")


@dataclass(frozen=True, slots=True)
class ReportColumns:
    """New reports of one source as columns of one length, in the order of their file.

    Attributes
    ----------
    category
        Leaf codes, None where the name is unmapped.
    status
        :class:`problems.reports.ReportStatus`.
    reported_at, occurred_at, closed_at, due_at, updated_at
        Microseconds since 1970 in UTC, :data:`NEVER` where there is none.
    lon_lat
        Degrees, shape (n, 2), NaN where there is no place.
    flags
        :class:`problems.reports.ReportFlag` as numbers.
    ward_id, beat_id, neighbourhood_id
        0 for none.
    masked
        How many contact details were masked in each.
    """

    source: str
    source_id: Objects
    category: Objects
    category_name: Objects
    status: Objects
    resolution: Objects
    reported_at: Ints
    occurred_at: Ints
    closed_at: Ints
    due_at: Ints
    updated_at: Ints
    lon_lat: Floats
    address: Objects
    text: Objects
    area: Objects
    channel: Objects
    reporter: Objects
    asset: Objects
    flags: Ints
    ward_id: Ints
    beat_id: Ints
    neighbourhood_id: Ints
    masked: Ints

    def __len__(self) -> int:
        """Return the number of reports."""
        return len(self.source_id)

    def take(self, which: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> "ReportColumns":
        """Return the reports at these places, or where ``which`` is true."""
        return ReportColumns(self.source, *(getattr(self, name)[which] for name in _COLUMNS))

    def flagged(self, flag: ReportFlag, where: npt.NDArray[np.bool_]) -> "ReportColumns":
        """Return the reports with ``flag`` set where ``where`` is true and clear elsewhere."""
        flags = np.where(where, self.flags | int(flag), self.flags & ~int(flag))
        return replace(self, flags=flags)

    def within(self, **area_ids: Ints) -> "ReportColumns":
        """Return the reports with the boundaries that hold them: ``ward_id``, ``beat_id``, ``neighbourhood_id``."""
        return replace(self, **area_ids)  # type: ignore[arg-type] # each is a column of whole numbers

    @property
    def placed(self) -> npt.NDArray[np.bool_]:
        """Which of them have a place."""
        found: npt.NDArray[np.bool_] = np.isfinite(self.lon_lat[:, 0])
        return found

    def report(self, place: int) -> Report:
        """Return one of them as it would be kept, without id and batch."""
        lon, lat = self.lon_lat[place].tolist()
        told: dict[str, Any] = {name: getattr(self, name)[place] for name in TEXTS}
        told.update({name: moment_of(int(getattr(self, name)[place])) for name in TIMES})
        told.update({name: int(getattr(self, name)[place]) or None for name in AREA_IDS})
        return Report(
            id=0,
            source=self.source,
            category=self.category[place],
            status=self.status[place],
            lon_lat=(lon, lat) if lon == lon else None,
            flags=ReportFlag(int(self.flags[place])),
            **told,
        )

    def reports(self) -> Iterator[Report]:
        """Go through them one by one."""
        return (self.report(place) for place in range(len(self)))

    @classmethod
    def of(cls, reports: Sequence[Report]) -> "ReportColumns":
        """Return reports of one source as columns."""
        columns: dict[str, npt.NDArray[np.generic]] = {
            name: objects(getattr(report, name) for report in reports) for name in (*TEXTS, "category", "status")
        }
        for name in TIMES:
            columns[name] = _numbers(microseconds_of(getattr(report, name)) for report in reports)
        for name in AREA_IDS:
            columns[name] = _numbers(getattr(report, name) or 0 for report in reports)
        columns["flags"] = _numbers(int(report.flags) for report in reports)
        columns["masked"] = np.zeros(len(reports), dtype=np.int64)
        columns["lon_lat"] = np.array(
            [report.lon_lat or (np.nan, np.nan) for report in reports], dtype=np.float64
        ).reshape(-1, 2)
        return cls(reports[0].source if reports else "", *(columns[name] for name in _COLUMNS))  # type: ignore[arg-type] # each column was made with its type


_COLUMNS = tuple(field.name for field in fields(ReportColumns))[1:]


@dataclass(frozen=True, slots=True)
class TableStretch:
    """What a stretch of a table held: its reports, and the rows that could not become one.

    ``contents`` are the fingerprints of the reports (:func:`problems.fingerprints.contents_of`),
    where they were made already.
    """

    reports: ReportColumns
    rejected: tuple[RejectedRow, ...] = ()
    contents: tuple[bytes, ...] | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.reports) + len(self.rejected)


def objects(values: Iterable[object]) -> Objects:
    """Return any values as an array of objects, shape (n,)."""
    listed = list(values)
    array = np.empty(len(listed), dtype=np.object_)
    array[:] = listed
    return array


def microseconds_of(moment: datetime | None) -> int:
    """Return whole microseconds since 1970 in UTC, :data:`NEVER` for no moment."""
    return NEVER if moment is None else (moment - EPOCH) // _MICROSECOND


def moment_of(microseconds: int) -> datetime | None:
    """Return the aware moment of :func:`microseconds_of`."""
    return None if microseconds == NEVER else EPOCH + timedelta(microseconds=microseconds)


def _numbers(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
