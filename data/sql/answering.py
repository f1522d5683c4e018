"""Answering reports: what waits for somebody, what people did about it, and who has to be told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    TextClause,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    update,
)

from data.sql import schema, work_tables
from data.sql.places import PlaceUnit
from data.sql.reading import Reading, chunks, ids_of
from data.sql.records import FOLLOWUP
from data.sql.types import MICROSECONDS
from problems.followups import Followup, Satisfaction
from problems.inbox import WAITING, Asked, InboxColumns
from problems.reports import ReportStatus

_ROWS_AT_ONCE = 50_000
_ROW = np.dtype(
    {
        "names": ["id", "status", "leaf", "reported", "responded", "closed", "since", "waited"],
        "formats": ["<i8", "<i1", "<U32", "<i8", "<i8", "<i8", "<i8", "<i8"],
    }
)
_report, _followup = schema.report.c, work_tables.followup.c
_STATUS_NUMBER = case({status: at for at, status in enumerate(ReportStatus)}, value=_report.status, else_=-1)
_MOST_DIGITS = 12
#: Not a parameter, which would be taken for a moment beside a column of moments.
_NEVER = literal_column("0", Integer)
_ENDED = [status for status in ReportStatus if not status.is_open]


class AnswerReading(Reading):
    """What a store says about the answering of reports."""

    def inbox(self, asked: Asked) -> InboxColumns:
        """Return the reports that are asked for as columns, ordered by id; those of undone imports are left out."""
        with self._reading() as connection:
            earliest = _earliest_by_main(connection)
            # Straight from the driver, as for points: many rows would become many objects on the way.
            result = connection.execute(_inbox(asked))
            cursor = result.cursor
            pieces = [np.empty(0, dtype=_ROW)]
            while cursor is not None and (rows := cursor.fetchmany(_ROWS_AT_ONCE)):
                pieces.append(np.fromiter(rows, dtype=_ROW, count=len(rows)))
            result.close()
        found = np.concatenate(pieces)
        found = found[np.argsort(found["id"], kind="stable")]
        reported = found["reported"].copy()
        for place in np.flatnonzero(np.isin(found["id"], list(earliest))).tolist():
            reported[place] = min(reported[place], earliest[int(found["id"][place])])
        return InboxColumns(
            ids=found["id"].copy(),
            status=found["status"].copy(),
            leaf=found["leaf"].copy(),
            reported_s=reported // MICROSECONDS,
            responded_s=found["responded"] // MICROSECONDS,
            closed_s=found["closed"] // MICROSECONDS,
            waiting_since_s=found["since"] // MICROSECONDS,
            waited_days=found["waited"].copy(),
        )

    def statuses(self) -> Mapping[ReportStatus, int]:
        """Return how many reports have each status; those of undone imports are left out."""
        query = select(_report.status, func.count()).where(_report.undone.is_(False)).group_by(_report.status)
        with self._reading() as connection:
            found = {status: int(number) for status, number in connection.execute(query).all()}
        return {status: found.get(status, 0) for status in ReportStatus}

    def report_sources(self) -> list[str]:
        """Return the names of the sources that reports are kept of, in order."""
        found: list[str] = []
        with self._reading() as connection:
            # One step in the index for each source, however many reports it has.
            query = select(func.min(_report.source))
            while (name := connection.execute(query).scalar()) is not None:
                found.append(name)
                query = select(func.min(_report.source)).where(_report.source > name)
        return sorted(found, key=str.casefold)

    def followups(self, report_ids: Sequence[int]) -> Mapping[int, Followup]:
        """Return what people did about these reports, by id; those about which nobody did anything are left out."""
        with self._reading() as connection:
            return _followups(connection, report_ids)

    def to_be_told(self) -> list[int]:
        """Return the ended reports whose reporter can be reached and was not told, those that ended first first."""
        main, main_followup = schema.report.alias("main"), work_tables.followup.alias("main_followup")
        told = func.coalesce(main_followup.c.outcome, _followup.outcome, "")
        query = (
            select(_report.id)
            .join(schema.contact, schema.contact.c.report_id == _report.id)
            .outerjoin(work_tables.followup, _followup.report_id == _report.id)
            .outerjoin(main, main.c.id == _report.main_id)
            .outerjoin(main_followup, main_followup.c.report_id == main.c.id)
            .where(_report.undone.is_(False), _followup.told_at.is_(None), told != "")
            .where(func.coalesce(main.c.status, _report.status).in_(_ENDED))
            .order_by(func.coalesce(main.c.closed_at, _report.closed_at, _NEVER), _report.id)
        )
        with self._reading() as connection:
            return list(connection.execute(query).scalars())

    def earliest_of_duplicates(self, report_ids: Sequence[int]) -> Mapping[int, datetime]:
        """Return when the earliest duplicate of each of these reports was reported; those without are left out."""
        found: dict[int, datetime] = {}
        with self._reading() as connection:
            for some in chunks(ids_of(report_ids)):
                query = (
                    select(_report.main_id, func.min(_report.reported_at, type_=_report.reported_at.type))
                    .where(_report.main_id.in_(some), _report.undone.is_(False))
                    .group_by(_report.main_id)
                )
                found.update((int(main), at) for main, at in connection.execute(query).all())
        return found

    def answers_on_satisfaction(self) -> Mapping[Satisfaction, int]:
        """Return how many reporters answered what when they were asked whether they are satisfied."""
        query = select(_followup.satisfied, func.count()).where(_followup.satisfied.is_not(None))
        with self._reading() as connection:
            told = connection.execute(query.group_by(_followup.satisfied)).all()
        return dict.fromkeys(Satisfaction, 0) | {Satisfaction(answer): int(number) for answer, number in told}


class AnswerUnit(PlaceUnit):
    """What a unit reads and writes about the answering of reports."""

    def followups(self, report_ids: Sequence[int]) -> Mapping[int, Followup]:
        """Return what people did about these reports as this unit has it by now."""
        return _followups(self._connection, report_ids)

    def save_followup(self, followup: Followup) -> None:
        """Keep what people did about a report; save the report in the same unit, its version counts for both."""
        self.wrote = True
        row = FOLLOWUP.row(followup)
        change = update(work_tables.followup).where(_followup.report_id == followup.report_id).values(row)
        if self._connection.execute(change).rowcount == 0:
            self._connection.execute(FOLLOWUP.insert, row)


def _followups(connection: Connection, report_ids: Sequence[int]) -> Mapping[int, Followup]:
    found: dict[int, Followup] = {}
    for some in chunks(ids_of(report_ids)):
        rows = connection.execute(FOLLOWUP.select().where(_followup.report_id.in_(some))).all()
        found.update((one.report_id, one) for one in map(FOLLOWUP.of_row, rows))
    return found


def _earliest_by_main(connection: Connection) -> dict[int, int]:
    """Return when the earliest duplicate of each main report was reported, in microseconds since 1970."""
    # Without its type, so that the number comes as it is kept.
    query = select(_report.main_id, func.min(_report.reported_at, type_=_report.id.type))
    query = query.where(_report.main_id.is_not(None), _report.undone.is_(False)).group_by(_report.main_id)
    return {int(main): int(at) for main, at in connection.execute(query).all()}


def _inbox(asked: Asked) -> Select[Any]:
    query = (
        select(
            _report.id,
            _STATUS_NUMBER,
            func.coalesce(_report.category, ""),
            _report.reported_at,
            func.coalesce(_followup.responded_at, _NEVER),
            func.coalesce(_report.closed_at, _NEVER),
            func.coalesce(_followup.waiting_since, _NEVER),
            func.coalesce(_followup.waited_days, 0),
        )
        .outerjoin(work_tables.followup, _followup.report_id == _report.id)
        .where(_report.undone.is_(False), *_by_status(asked), *_by_kind(asked), *_by_work(asked))
    )
    return query.where(_by_words(asked)) if asked.words.strip() else query


def _by_status(asked: Asked) -> list[ColumnElement[bool] | TextClause]:
    if not asked.statuses:
        return []
    wanted: list[ColumnElement[bool] | TextClause] = []
    if asked.statuses <= set(WAITING):
        wanted.append(schema.OPEN_REPORTS)
    if asked.statuses != frozenset(WAITING):
        wanted.append(_report.status.in_(sorted(asked.statuses)))
    return wanted


def _by_kind(asked: Asked) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked.group is not None:
        wanted.append(_report.group == asked.group)
    if asked.category:
        wanted.append(_report.category == asked.category)
    if asked.unmapped:
        wanted.append(_report.category.is_(None))
    if asked.area is not None:
        kind, number = asked.area
        wanted.append(_report[f"{kind}_id"] == number)
    if asked.source:
        wanted.append(_report.source == asked.source)
    return wanted


def _by_work(asked: Asked) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked.organisation_id is not None:
        wanted.append(_followup.organisation_id == asked.organisation_id)
    if asked.owner:
        wanted.append(_followup.owner == asked.owner)
    if asked.assigned is not None:
        given = _followup.organisation_id.is_not(None)
        wanted.append(given if asked.assigned else ~given)
    if asked.waiting is not None:
        is_waiting = and_(_followup.waiting_since.is_not(None), _report.status.in_(WAITING))
        wanted.append(is_waiting if asked.waiting else or_(_followup.waiting_since.is_(None), ~is_waiting))
    if asked.problem_id is not None:
        wanted.append(_followup.problem_id == asked.problem_id)
    return wanted


def _by_words(asked: Asked) -> ColumnElement[bool]:
    """Return the condition that every word is found somewhere; a number such as R-000123 is its report's."""
    words = asked.words.split()
    digits = words[0].upper().removeprefix("R-") if len(words) == 1 else ""
    if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS:
        return or_(_report.id == int(digits), _report.source_id == words[0])
    places = [_report.source_id, _report.address, _report.area, _report.asset]
    if asked.in_text:
        places.append(_report.text)
    return and_(*(or_(*(place.icontains(word, autoescape=True) for place in places)) for word in words))
