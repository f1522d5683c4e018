"""Reports as columns: what the map and the search for hot spots read, a million rows at a time."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    and_,
    between,
    case,
    cast,
    literal,
    or_,
    select,
)

from data.sql import schema
from data.sql.types import MICROSECONDS
from geo.cells import cell_ranges
from problems.categories import Group
from problems.duplicates import OpenReports
from problems.reports import ReportFlag, ReportPoints, ReportStatus
from problems.store import Box

_ROWS_AT_ONCE = 50_000
_OPEN = [status for status in ReportStatus if status.is_open]
_LEFT_OUT = (ReportStatus.WITHDRAWN, ReportStatus.DUPLICATE)
_POINT = np.dtype(
    {
        "names": ["id", "lon", "lat", "group", "at", "reporter", "snapped", "main"],
        "formats": ["<i8", "<f8", "<f8", "<i1", "<i8", "<i8", "?", "<i8"],
    }
)
_OPEN_POINT = np.dtype({"names": ["id", "lon", "lat", "leaf", "at"], "formats": ["<i8", "<f8", "<f8", "<U32", "<i8"]})


def _group_number(table: FromClause) -> ColumnElement[int]:
    return case({group: at for at, group in enumerate(Group)}, value=table.c.group, else_=-1)


def _snapped(table: FromClause) -> ColumnElement[bool]:
    return cast(table.c.flags, Integer).bitwise_and(int(ReportFlag.SNAPPED)) != 0


_report, _duplicate = schema.report, schema.report.alias("duplicate")
_POINTS = select(
    _report.c.id, _report.c.lon, _report.c.lat, _group_number(_report), _report.c.reported_at,
    _report.c.reporter_key, _snapped(_report), literal(0),
).where(_report.c.lon.is_not(None), _report.c.status.not_in(_LEFT_OUT), _report.c.undone.is_(False))  # fmt: skip
#: What people merged counts where its main report lies and as that kind, also without a place of its own.
_MERGED = (
    select(
        _duplicate.c.id, _report.c.lon, _report.c.lat, _group_number(_report), _duplicate.c.reported_at,
        _duplicate.c.reporter_key, _snapped(_report), _duplicate.c.main_id,
    )
    .join(_report, _report.c.id == _duplicate.c.main_id)
    .where(_duplicate.c.main_id.is_not(None), _duplicate.c.status == ReportStatus.DUPLICATE)
    .where(_duplicate.c.undone.is_(False), _report.c.lon.is_not(None))
)  # fmt: skip
_OPEN_POINTS = select(
    _report.c.id, _report.c.lon, _report.c.lat, _report.c.category, _report.c.reported_at
).where(
    _report.c.lon.is_not(None), _report.c.category.is_not(None), _report.c.status.in_(_OPEN),
    _report.c.undone.is_(False), ~_snapped(_report),
)  # fmt: skip


def report_points(
    connection: Connection,
    since: datetime | None,
    until: datetime | None,
    groups: Iterable[Group] | None,
    box: Box | None,
) -> ReportPoints:
    """Return placed reports with ``since <= reported_at < until`` as columns, ordered by id.

    Duplicates that people merged are among them, each at the place and of the group of its main report.
    """
    wanted = [*_of_groups(groups), *(_inside(box) if box else ())]
    pieces = [np.empty(0, dtype=_POINT)]
    for query, table in ((_POINTS, _report), (_MERGED, _duplicate)):
        narrowed = query.where(*_in_period(table, since, until), *wanted).order_by(table.c.id)
        pieces.extend(_rows(connection, narrowed, _POINT))
    points = np.concatenate(pieces)
    if points["main"].any():
        points = points[np.argsort(points["id"], kind="stable")]
    return ReportPoints(
        ids=points["id"].copy(),
        lon_lat=np.column_stack([points["lon"], points["lat"]]),
        group=points["group"].copy(),
        reported_s=points["at"] // MICROSECONDS,
        reporter=points["reporter"].copy(),
        snapped=points["snapped"].copy(),
        main=points["main"].copy(),
    )


def open_reports(connection: Connection, since: datetime) -> OpenReports:
    """Return the open, placed, categorised reports since a moment, as columns ordered by id."""
    query = _OPEN_POINTS.where(*_in_period(_report, since, None)).order_by(_report.c.id)
    points = np.concatenate([np.empty(0, dtype=_OPEN_POINT), *_rows(connection, query, _OPEN_POINT)])
    return OpenReports(
        ids=points["id"].copy(),
        lon_lat=np.column_stack([points["lon"], points["lat"]]),
        leaf=points["leaf"].copy(),
        reported_s=points["at"] // MICROSECONDS,
    )


def _rows(connection: Connection, query: Select[Any], kind: np.dtype[Any]) -> Iterator[npt.NDArray[Any]]:
    # Straight from the driver: a million rows would become a million objects on the way.
    # Not streamed by SQLAlchemy, which would fetch the first row for itself.
    result = connection.execute(query)
    cursor = result.cursor
    while cursor is not None and (rows := cursor.fetchmany(_ROWS_AT_ONCE)):
        yield np.fromiter(rows, dtype=kind, count=len(rows))
    result.close()


def _inside(box: Box) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions for reports inside ``box``: the cells, which an index finds, and the exact edges."""
    ranges = cell_ranges(box.west, box.south, box.east, box.north)
    return (
        or_(*(between(_report.c.cell, first, last) for first, last in ranges)),
        and_(between(_report.c.lon, box.west, box.east), between(_report.c.lat, box.south, box.north)),
    )


def _of_groups(groups: Iterable[Group] | None) -> list[ColumnElement[bool]]:
    return [] if groups is None else [_report.c.group.in_(sorted(set(groups)))]


def _in_period(table: FromClause, since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions.append(table.c.reported_at >= since)
    if until is not None:
        conditions.append(table.c.reported_at < until)
    return conditions
