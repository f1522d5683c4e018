"""Reports and boundaries: where reports lie, in which boundary, and how many in each."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    cast,
    func,
    or_,
    select,
    update,
)

from data.sql import schema
from data.sql.reading import Reading
from data.sql.writing import SqlUnit
from problems.areas import AreaCount, AreaKind, KnownAddress
from problems.categories import Group
from problems.reports import ReportFlag, ReportStatus

_PLACE = np.dtype({"names": ["lon", "lat"], "formats": ["<f8", "<f8"]})
_ROWS_AT_ONCE = 50_000
#: Where each place lies, for as long as one statement needs it.
_LIES_IN = Table(
    "lies_in",
    MetaData(),
    Column("lon", Float(53), primary_key=True),
    Column("lat", Float(53), primary_key=True),
    Column("area_id", BigInteger),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
_report = schema.report.c
_SNAPPED = cast(_report.flags, Integer).bitwise_and(int(ReportFlag.SNAPPED)) != 0


class PlaceReading(Reading):
    """What a store says about places."""

    def distinct_places(self) -> npt.NDArray[np.float64]:
        """Return the different coordinates (k, 2) of the kept reports, longitude first, ordered."""
        places = np.unique(self._places(select(_report.lon, _report.lat).where(_report.lon.is_not(None))))
        return np.column_stack([places["lon"], places["lat"]])

    def source_places(self, source: str) -> npt.NDArray[np.float64]:
        """Return the coordinates (n, 2) of every placed report of a source, longitude first, in no order."""
        query = select(_report.lon, _report.lat).where(_report.source == source, _report.lon.is_not(None))
        places = self._places(query.where(_report.undone.is_(False)))
        return np.column_stack([places["lon"], places["lat"]])

    def _places(self, query: Select[tuple[float | None, float | None]]) -> npt.NDArray[np.void]:
        with self._reading() as connection:
            # Straight from the driver, as for points: a million rows would become a million objects.
            result = connection.execute(query)
            cursor = result.cursor
            pieces = [np.empty(0, dtype=_PLACE)]
            while cursor is not None and (rows := cursor.fetchmany(_ROWS_AT_ONCE)):
                pieces.append(np.fromiter(rows, dtype=_PLACE, count=len(rows)))
            result.close()
        return np.concatenate(pieces)

    def snapped_reports(self) -> dict[str, int]:
        """Return how many placed reports on moved points each source has, by its name; without the others."""
        query = (
            select(_report.source, func.count().label("total"))
            .where(_report.lon.is_not(None), _report.undone.is_(False), _counts(), _SNAPPED)
            .group_by(_report.source)
        )
        with self._reading() as connection:
            return {row.source: int(row.total) for row in connection.execute(query)}

    def addresses(self, words: str, limit: int) -> list[KnownAddress]:
        """Return the addresses of placed reports that hold every one of the ``words``, most reports first."""
        parts = words.casefold().split()[:8]
        if not parts or limit <= 0:
            return []
        total = func.count().label("total")
        query = (
            select(_report.address, _report.lon, _report.lat, total)
            .where(_report.lon.is_not(None), _report.undone.is_(False), _counts(), ~_SNAPPED)
            .where(*(func.lower(_report.address).contains(part, autoescape=True) for part in parts))
            .group_by(_report.address, _report.lon, _report.lat)
            .order_by(total.desc(), _report.address, _report.lon, _report.lat)
            .limit(20 * limit)
        )
        found: dict[str, KnownAddress] = {}
        with self._reading() as connection:
            for address, lon, lat, reports in connection.execute(query):
                known = found.get(address)
                found[address] = KnownAddress(
                    address, known.lon_lat if known else (lon, lat), reports + (known.reports if known else 0)
                )
        return sorted(found.values(), key=lambda one: (-one.reports, one.address))[:limit]

    def area_counts(
        self,
        kind: AreaKind,
        since: datetime | None = None,
        until: datetime | None = None,
        groups: Iterable[Group] | None = None,
    ) -> list[AreaCount]:
        """Return how many placed reports lie in each boundary of a kind, in order of its id, outside last."""
        boundary = _report[f"{kind}_id"]
        query = (
            select(boundary, func.count(), func.sum(cast(_SNAPPED, Integer)))
            .where(_report.lon.is_not(None), _report.undone.is_(False), _counts())
            .group_by(boundary)
        )
        if since is not None:
            query = query.where(_report.reported_at >= since)
        if until is not None:
            query = query.where(_report.reported_at < until)
        if groups is not None:
            query = query.where(_report.group.in_(sorted(set(groups))))
        with self._reading() as connection:
            found = [AreaCount(area_id, total, int(snapped)) for area_id, total, snapped in connection.execute(query)]
        return sorted(found, key=lambda one: (one.area_id is None, one.area_id or 0))


def _counts() -> ColumnElement[bool]:
    """Return the condition for reports that count: not withdrawn, no duplicate unless people merged it."""
    left_out = _report.status.in_((ReportStatus.WITHDRAWN, ReportStatus.DUPLICATE))
    return or_(~left_out, and_(_report.status == ReportStatus.DUPLICATE, _report.main_id.is_not(None)))


class PlaceUnit(SqlUnit):
    """What a unit writes about places."""

    def set_areas(self, kind: AreaKind, lon_lat: npt.NDArray[np.float64], area_ids: npt.NDArray[np.int64]) -> int:
        """Say in which boundary of a kind each different place lies (0: none), for all reports there.

        Return how many reports changed.
        """
        boundary = _report[f"{kind}_id"]
        connection = self._connection
        _LIES_IN.drop(connection, checkfirst=True)
        _LIES_IN.create(connection)
        ids = [number or None for number in area_ids.tolist()]
        _fill(connection, list(zip(lon_lat[:, 0].tolist(), lon_lat[:, 1].tolist(), ids, strict=True)))
        place = _LIES_IN.c
        change = (
            update(schema.report)
            .where(_report.lon == place.lon, _report.lat == place.lat, boundary.is_distinct_from(place.area_id))
            .values({boundary.key: place.area_id})
        )
        changed = connection.execute(change).rowcount
        _LIES_IN.drop(connection)
        self.wrote = self.wrote or changed > 0
        self.wrote_reports = self.wrote_reports or changed > 0
        return changed


def _fill(connection: Connection, rows: Sequence[tuple[float, float, int | None]]) -> None:
    """Fill the temporary table by what each database is quickest at: a million rows in a few seconds."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO lies_in VALUES (?, ?, ?)", list(rows))
        return
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection to the database is gone")
    with driver.cursor() as cursor, cursor.copy("COPY lies_in FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
