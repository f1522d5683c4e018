"""Reading for briefings: reports by the million as columns, and what was changed since a moment."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, Float, Integer, Select, and_, case, cast, func, or_, select
from sqlalchemy.sql.elements import ColumnClause

from data.sql import schema, work_tables
from data.sql.reading import Reading, chunks
from data.sql.types import MICROSECONDS
from problems.briefing.columns import ANSWERS, STATUSES, BriefingColumns, ReportChange, SpotSeen
from problems.events import Subject
from problems.hot_spots import Standing

_ROWS_AT_ONCE: Final = 50_000
_report, _followup, _event = schema.report.c, work_tables.followup.c, schema.event.c
_TEXTS: Final = ("leaf", "resolution", "source")
_TIMES: Final = ("reported_s", "closed_s", "occurred_s", "responded_s", "waiting_since_s", "told_s")


def _number(column: ColumnElement[Any]) -> ColumnElement[Any]:
    # As a plain number: a moment beside a 0 would be asked to be a moment too.
    return func.coalesce(ColumnClause(f"report.{column.key}", Integer, is_literal=True), 0)


_COLUMNS: Final[Mapping[str, ColumnElement[Any]]] = {
    "ids": _report.id,
    "status": case({status: at for at, status in enumerate(STATUSES)}, value=_report.status, else_=-1),
    "leaf": func.coalesce(_report.category, ""),
    "resolution": _report.resolution,
    "source": _report.source,
    "reported_s": _number(_report.reported_at),
    "closed_s": _number(_report.closed_at),
    "occurred_s": _number(_report.occurred_at),
    "lon": func.coalesce(cast(_report.lon, Float), 999.0),
    "lat": func.coalesce(cast(_report.lat, Float), 999.0),
    "ward": func.coalesce(_report.ward_id, 0),
    "beat": func.coalesce(_report.beat_id, 0),
    "neighbourhood": func.coalesce(_report.neighbourhood_id, 0),
    "batch": func.coalesce(_report.batch_id, 0),
    "main": func.coalesce(_report.main_id, 0),
    "flags": cast(_report.flags, Integer),
    "reporter": _report.reporter_key,
    "undone": cast(_report.undone, Integer),
}
_QUERY: Final = select(*(column.label(name) for name, column in _COLUMNS.items()))
_HELD: Final[Mapping[str, str]] = {
    "responded_s": "responded_at",
    "waiting_since_s": "waiting_since",
    "waited_days": "waited_days",
    "organisation": "organisation_id",
    "told_s": "told_at",
    "reopened": "reopened",
}


class BriefingReading(Reading):
    """What a store says for a briefing."""

    def briefing_columns(self, since: datetime, ended_since: datetime, until: datetime) -> BriefingColumns:
        """Return the reports of a time, and the older ones that had not ended before ``ended_since``."""
        earlier = and_(_report.reported_at < since, or_(_report.closed_at.is_(None), _report.closed_at >= ended_since))
        wanted = _QUERY.where(_report.reported_at < until, or_(_report.reported_at >= since, earlier))
        with self._reading() as connection:
            return _columns(connection, [wanted], None)

    def briefing_columns_of(self, ids: Sequence[int]) -> BriefingColumns:
        """Return the reports with these ids."""
        wanted = sorted({int(one) for one in ids})
        with self._reading() as connection:
            return _columns(connection, [_QUERY.where(_report.id.in_(some)) for some in chunks(wanted)], wanted)

    def report_changes(self, since: datetime) -> list[ReportChange]:
        """Return the changes of reports that were kept from a moment on, in the order they were kept."""
        query = (
            select(_event.id, _event.subject_id, _event.at, _event.kind, _event.before, _event.details, _event.changes)
            .where(_event.subject == Subject.REPORT, _event.at >= since)
            .order_by(_event.id)
        )
        with self._reading() as connection:
            return [
                ReportChange(number, of, at, str(kind), before, details, frozenset(changes))
                for number, of, at, kind, before, details, changes in connection.execute(query)
            ]

    def named_reports(self, source: str | None, name: str, code: str | None) -> list[int]:
        """Return the reports of a source (None: of all) that a feed called ``name`` and that have this category."""
        has = _report.category.is_(None) if code is None else _report.category == code
        query = select(_report.id).where(_report.category_name == name, has).order_by(_report.id)
        if source is not None:
            query = query.where(_report.source == source)
        with self._reading() as connection:
            return list(connection.execute(query).scalars())

    def spots_seen(self) -> list[SpotSeen]:
        """Return which refresh found a place of which problem, in order of refresh."""
        spot = schema.hot_spot.c
        hot = func.max(case((spot.standing != Standing.CANDIDATE, 1), else_=0))
        query = select(spot.problem_id, spot.refresh_id, hot).where(spot.problem_id.is_not(None))
        query = query.group_by(spot.problem_id, spot.refresh_id).order_by(spot.refresh_id, spot.problem_id)
        with self._reading() as connection:
            return [SpotSeen(problem, refresh, bool(is_hot)) for problem, refresh, is_hot in connection.execute(query)]


def _columns(connection: Connection, queries: Sequence[Select[Any]], ids: Sequence[int] | None) -> BriefingColumns:
    words: dict[str, int] = {"": 0}
    pieces: list[dict[str, npt.NDArray[Any]]] = []
    for query in queries:
        # Straight from the driver, as for points: many rows would become many objects on the way.
        result = connection.execute(query)
        cursor = result.cursor
        while cursor is not None and (rows := cursor.fetchmany(_ROWS_AT_ONCE)):
            pieces.append(_piece(rows, words))
        result.close()
    found = {name: _joined(pieces, name) for name in _COLUMNS}
    order = np.argsort(found["ids"], kind="stable")
    found = {name: column[order] for name, column in found.items()}
    lon_lat = np.column_stack([found.pop("lon"), found.pop("lat")])
    lon_lat[lon_lat[:, 0] > 900.0] = np.nan
    for name in ("reported_s", "closed_s", "occurred_s"):
        found[name] = found[name] // MICROSECONDS
    held = _held(connection, found["ids"], ids)
    return BriefingColumns(
        words=tuple(words),
        lon_lat=lon_lat,
        **{name: column.astype(_TYPES.get(name, np.int64)) for name, column in (found | held).items()},
    )


_TYPES: Final[Mapping[str, type[Any]]] = {
    **dict.fromkeys(_TEXTS, np.int32),
    **dict.fromkeys(("status", "satisfied"), np.int8),
    **dict.fromkeys(("undone", "outcome"), np.bool_),
}


def _piece(rows: Sequence[Sequence[Any]], words: dict[str, int]) -> dict[str, npt.NDArray[Any]]:
    piece: dict[str, npt.NDArray[Any]] = {}
    for name, column in zip(_COLUMNS, zip(*rows, strict=True), strict=True):
        if name in _TEXTS:
            for text in set(column):
                words.setdefault(text, len(words))
            piece[name] = np.fromiter(map(words.__getitem__, column), dtype=np.int32, count=len(column))
        else:
            piece[name] = np.array(column, dtype=np.float64 if name in ("lon", "lat") else np.int64)
    return piece


def _joined(pieces: Sequence[dict[str, npt.NDArray[Any]]], name: str) -> npt.NDArray[Any]:
    if not pieces:
        return np.zeros(0, dtype=np.float64 if name in ("lon", "lat") else np.int64)
    return np.concatenate([piece[name] for piece in pieces])


def _held(
    connection: Connection, reports: npt.NDArray[np.int64], ids: Sequence[int] | None
) -> dict[str, npt.NDArray[Any]]:
    """Return what people did about reports as columns beside them."""
    answers = case({str(answer): at for at, answer in enumerate(ANSWERS)}, value=_followup.satisfied, else_=-1)
    query = select(
        _followup.report_id,
        *(func.coalesce(ColumnClause(f"followup.{column}", Integer, is_literal=True), 0) for column in _HELD.values()),
        answers,
        case((_followup.outcome != "", 1), else_=0),
    ).select_from(work_tables.followup)
    queries = [query] if ids is None else [query.where(_followup.report_id.in_(some)) for some in chunks(ids)]
    rows = list(chain.from_iterable(connection.execute(one).all() for one in queries))
    names = (*_HELD, "satisfied", "outcome")
    kept = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(len(rows), 1 + len(names))
    at = np.searchsorted(reports, kept[:, 0])
    there = at < len(reports)
    there[there] = reports[at[there]] == kept[there, 0]
    found: dict[str, npt.NDArray[Any]] = {}
    for place, name in enumerate(names, start=1):
        column = np.full(len(reports), -1 if name == "satisfied" else 0, dtype=np.int64)
        column[at[there]] = kept[there, place]
        found[name] = column // MICROSECONDS if name in _TIMES else column
    return found
