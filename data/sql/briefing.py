"""Reading for briefings: reports by the million as columns, and what was changed since a moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnClause

from data.sql import schema, work_tables
from data.sql.reading import Reading, chunks
from data.sql.types import MICROSECONDS
from problems.briefing.columns import ANSWERS, STATUSES, BriefingColumns, ReportedTimes, SpotSeen
from problems.events import Subject
from problems.hot_spots import Standing
from problems.reports import ReportStatus
from problems.then.changes import ReportChange

#: More at once would not fit into the cache of the processor, and take longer.
_ROWS_AT_ONCE: Final = 8_000
_report, _followup, _event = schema.report.c, work_tables.followup.c, schema.event.c
_TIMES: Final = ("reported_s", "closed_s", "occurred_s", "responded_s", "waiting_since_s", "told_s")
#: Stands between the texts of a list, and before each, so that the place in it names one of them.
_BETWEEN: Final = "\x1f"
#: More than the codes of all categories are long, and with a second before it no longer than a float is exact.
_PLACES: Final = 2**20
#: So many numbers a status and whether it was undone make together.
_STATES: Final = 32
#: In place of a degree where there is none.
_NO_DEGREE: Final = 999.0
_ASIDE: Final = (ReportStatus.DUPLICATE, ReportStatus.WITHDRAWN)
_HELD: Final[Mapping[str, str]] = {
    "responded_s": "responded_at",
    "waiting_since_s": "waiting_since",
    "waited_days": "waited_days",
    "organisation": "organisation_id",
    "told_s": "told_at",
    "reopened": "reopened",
}
_TYPES: Final[Mapping[str, type[Any]]] = {
    **dict.fromkeys(("leaf", "resolution", "source"), np.int32),
    **dict.fromkeys(("status", "satisfied"), np.int8),
    **dict.fromkeys(("undone", "outcome"), np.bool_),
}


def _plain(table: str, name: str) -> ColumnElement[Any]:
    # As a plain number: a moment beside a 0 would be asked to be a moment too.
    return func.coalesce(ColumnClause(f"{table}.{name}", Integer, is_literal=True), 0)


@dataclass(frozen=True)
class _Texts:
    """The texts of a column, each named by its place in one long text: the databases find it there by themselves."""

    known: tuple[str, ...]
    dialect: str

    def number(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return the place of a text, 0 for one that is not known or empty."""
        every = _BETWEEN + "".join(f"{text}{_BETWEEN}" for text in self.known)
        wanted = literal(_BETWEEN).concat(func.coalesce(column, "")).concat(_BETWEEN)
        find = func.instr if self.dialect == "sqlite" else func.strpos
        return case((func.coalesce(column, "") == "", 0), else_=find(every, wanted))

    def indexed(self, places: npt.NDArray[np.int64], words: dict[str, int]) -> npt.NDArray[np.int32]:
        """Return for each place the number of its text among ``words``, to which the texts are added."""
        at = 1
        of_place = {0: words.setdefault("", len(words))}
        for text in self.known:
            of_place[at] = words.setdefault(text, len(words))
            at += len(text) + 1
        used, which = np.unique(places, return_inverse=True)
        return np.array([of_place[int(one)] for one in used], dtype=np.int32)[which]


@dataclass(frozen=True)
class _Query:
    """What is read of each report: the names of the columns, and the statement that reads them."""

    texts: Mapping[str, _Texts]
    names: tuple[str, ...]
    statement: Select[Any]


def _whole(texts: Mapping[str, _Texts]) -> _Query:
    columns: dict[str, ColumnElement[Any]] = {
        "ids": _report.id,
        # Each value that is read costs as much as the work on it: small ones are read as one number.
        "state": cast(_report.flags, BigInteger) * _STATES
        + case({status: 2 * at for at, status in enumerate(STATUSES)}, value=_report.status, else_=_STATES - 2)
        + cast(_report.undone, Integer),
        "leaf": texts["leaf"].number(_report.category),
        "resolution": texts["resolution"].number(_report.resolution),
        "source": texts["source"].number(_report.source),
        "reported_s": _plain("report", "reported_at"),
        "closed_s": _plain("report", "closed_at"),
        "occurred_s": _plain("report", "occurred_at"),
        "lon": func.coalesce(cast(_report.lon, Float), _NO_DEGREE),
        "lat": func.coalesce(cast(_report.lat, Float), _NO_DEGREE),
        **{name: _plain("report", f"{name}_id") for name in ("ward", "beat", "neighbourhood", "batch", "main")},
        "reporter": _report.reporter_key,
    }
    return _Query(texts, tuple(columns), select(*(column.label(name) for name, column in columns.items())))


@dataclass(frozen=True)
class _Times:
    """Reads when reports came in and of which category, both as one number: the second times the places of texts."""

    connection: Connection
    texts: _Texts
    since: datetime
    until: datetime
    batches: Sequence[int]

    def of(self, ids: Sequence[int] | None = None) -> npt.NDArray[np.float64]:
        """Return one number for each report, or for each of these."""
        second = cast(_plain("report", "reported_at") // MICROSECONDS, BigInteger)
        query = select(second * _PLACES + self.texts.number(_report.category)).where(
            _report.reported_at >= self.since,
            _report.reported_at < self.until,
            _report.status.not_in(_ASIDE),
            _report.undone.is_(False),
            or_(_report.batch_id.is_(None), _report.batch_id.in_(self.batches)),
        )
        return _numbers(self.connection, query if ids is None else query.where(_report.id.in_(ids)), 1)[:, 0]


def _without(every: npt.NDArray[np.float64], some: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return ``every`` in order of size, with one left out for each of ``some``, all of which are in it."""
    every, some = np.sort(every), np.sort(some)
    first = np.searchsorted(some, some)
    at = np.searchsorted(every, some) + np.arange(len(some)) - first
    return np.delete(every, at)


class BriefingReading(Reading):
    """What a store says for a briefing."""

    _known_texts: tuple[int, Mapping[str, _Texts]] | None = None

    def briefing_columns(self, since: datetime, ended_since: datetime, until: datetime) -> BriefingColumns:
        """Return the reports of a time, and the older ones that had not ended before ``ended_since``."""
        earlier = or_(_report.closed_at.is_(None), _report.closed_at >= ended_since)
        with self._reading() as connection:
            query = _whole(self._texts(connection))
            wanted = query.statement.where(_report.reported_at < until, or_(_report.reported_at >= since, earlier))
            return _columns(connection, query, [wanted], None)

    def briefing_columns_of(self, ids: Sequence[int]) -> BriefingColumns:
        """Return the reports with these ids."""
        numbers = sorted({int(one) for one in ids})
        with self._reading() as connection:
            query = _whole(self._texts(connection))
            some = [query.statement.where(_report.id.in_(few)) for few in chunks(numbers)]
            return _columns(connection, query, some, numbers)

    def reported_times(
        self, since: datetime, until: datetime, batches: Sequence[int], without: Sequence[int] = ()
    ) -> ReportedTimes:
        """Return when reports of each category came in; see :class:`problems.briefing.columns.BriefingStore`."""
        with self._reading() as connection:
            texts = self._texts(connection)["leaf"]
            read = _Times(connection, texts, since, until, [int(one) for one in batches])
            every = read.of()
            for few in chunks(sorted({int(one) for one in without})):
                every = _without(every, read.of(few))
        words: dict[str, int] = {"": 0}
        leaf = texts.indexed((every % _PLACES).astype(np.int64), words)
        return ReportedTimes(tuple(words), (every // _PLACES).astype(np.int64), leaf)

    def _texts(self, connection: Connection) -> Mapping[str, _Texts]:
        """Return the texts that the reports have; asked once for each state of the reports."""
        state = int(connection.execute(select(schema.store_state.c.reports_version)).scalar_one())
        known = self._known_texts
        if known is None or known[0] != state:
            rows = connection.execute(select(_report.category, _report.resolution, _report.source).distinct()).all()
            columns = zip(*rows, strict=True) if rows else ((), (), ())
            found = {
                name: _Texts(tuple(sorted({text for text in texts if text})), connection.dialect.name)
                for name, texts in zip(("leaf", "resolution", "source"), columns, strict=True)
            }
            known = self._known_texts = (state, found)
        return known[1]

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


def _columns(
    connection: Connection, query: _Query, statements: Sequence[Select[Any]], ids: Sequence[int] | None
) -> BriefingColumns:
    tables = [_numbers(connection, one, len(query.names)) for one in statements]
    table = np.concatenate([np.zeros((0, len(query.names))), *tables])
    table = table[np.argsort(table[:, 0], kind="stable")]
    words: dict[str, int] = {"": 0}
    found: dict[str, npt.NDArray[Any]] = {}
    for at, name in enumerate(query.names):
        whole = table[:, at] if name in ("lon", "lat") else table[:, at].astype(np.int64)
        if name in query.texts:
            whole = query.texts[name].indexed(whole, words)
        found[name] = whole // MICROSECONDS if name in _TIMES else whole
    state = found.pop("state")
    found |= {"flags": state // _STATES, "status": state % _STATES // 2, "undone": state % 2}
    found["status"][found["status"] == _STATES // 2 - 1] = -1
    lon_lat = np.column_stack([found.pop("lon"), found.pop("lat")])
    lon_lat[lon_lat[:, 0] == _NO_DEGREE] = np.nan
    found |= _held(connection, found["ids"], ids)
    return BriefingColumns(
        words=tuple(words),
        lon_lat=lon_lat,
        **{name: column.astype(_TYPES.get(name, np.int64)) for name, column in found.items()},
    )


def _numbers(connection: Connection, query: Select[Any], width: int) -> npt.NDArray[np.float64]:
    """Return what a statement reads as one table of numbers, all of which a float holds to the last digit."""
    # Straight from the driver, as for points: many rows would become many objects on the way.
    result = connection.execute(query)
    cursor = result.cursor
    pieces = [np.zeros(0)]
    while cursor is not None and (rows := cursor.fetchmany(_ROWS_AT_ONCE)):
        pieces.append(np.fromiter(chain.from_iterable(rows), dtype=np.float64, count=len(rows) * width))
    result.close()
    return np.concatenate(pieces).reshape(-1, width)


def _held(
    connection: Connection, reports: npt.NDArray[np.int64], ids: Sequence[int] | None
) -> dict[str, npt.NDArray[Any]]:
    """Return what people did about reports as columns beside them."""
    answers = case({str(answer): at for at, answer in enumerate(ANSWERS)}, value=_followup.satisfied, else_=-1)
    query = select(
        _followup.report_id,
        *(_plain("followup", column) for column in _HELD.values()),
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
