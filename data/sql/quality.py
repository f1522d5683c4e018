"""How good the records of each source are, asked in as few questions as there are tables."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Integer, between, cast, func, select, type_coerce

from data.sql import schema
from data.sql.reading import Reading
from data.sql.records import REJECTED, REPORT
from data.sql.types import EPOCH, MICROSECONDS
from geo.cells import cell_ranges
from problems.hot_spots import Pile
from problems.quality import Aspect, RejectedReason, SourceQuality
from problems.reports import BatchState, RejectedRow, Report, ReportFlag, ReportStatus
from problems.sources import Source

_OPEN = (ReportStatus.NEW, ReportStatus.ACKNOWLEDGED, ReportStatus.IN_PROGRESS)
#: Reports this close to a point under review, in degrees (about a metre), lie on it.
_BESIDE_DEGREES = 1e-5
_DAY = 86_400 * MICROSECONDS
_report = schema.report.c
_flags = cast(_report.flags, Integer)


@dataclass
class _Sum:
    """The counts of one source while they are added up."""

    reports: int = 0
    placed: int = 0
    mapped: int = 0
    closed: int = 0
    oldest: int | None = None
    newest: int | None = None
    flags: Counter[int] = field(default_factory=Counter)
    days: set[int] = field(default_factory=set)


class QualityReading(Reading):
    """What a store says about the quality of its records."""

    def source_quality(self) -> list[SourceQuality]:
        """Return what is known of the reports of each source, by name."""
        moment = type_coerce(_report.reported_at, BigInteger)
        each = (
            _report.source,
            (moment // _DAY).label("day"),
            _flags.label("flags"),
            _report.lon.is_not(None).label("placed"),
            _report.category.is_not(None).label("mapped"),
            _report.status.not_in(_OPEN).label("closed"),
        )
        query = select(*each, func.count(), func.min(moment), func.max(moment)).where(_report.undone.is_(False))
        query = query.group_by(*(one for one in each))
        sums: dict[str, _Sum] = defaultdict(_Sum)
        with self._reading() as connection:
            for source, day, flags, placed, mapped, closed, reports, oldest, newest in connection.execute(query):
                total = sums[source]
                total.reports += reports
                total.placed += reports * bool(placed)
                total.mapped += reports * bool(mapped)
                total.closed += reports * bool(closed)
                total.flags[flags] += reports
                total.oldest = oldest if total.oldest is None else min(total.oldest, oldest)
                total.newest = newest if total.newest is None else max(total.newest, newest)
                if not flags & ReportFlag.REPORTED_IN_FUTURE:
                    total.days.add(day)
        known = {source.name: source for source in self.sources()}
        names = sorted({*known, *sums}, key=lambda name: (name.casefold(), name))
        return [_quality(known.get(name, Source(0, name)), sums.get(name, _Sum())) for name in names]

    def reports_about(
        self, source: str, aspect: Aspect, limit: int, point: tuple[float, float] | None = None
    ) -> tuple[list[Report], int]:
        """Return the newest reports of a source that an aspect is about, at most ``limit``, and how many there are."""
        wanted = _wanted(source, aspect, point)
        newest = REPORT.select().where(*wanted).order_by(_report.reported_at.desc(), _report.id.desc()).limit(limit)
        with self._reading() as connection:
            found = [REPORT.of_row(row) for row in connection.execute(newest).all()]
            if len(found) < limit:
                return found, len(found)
            total = connection.execute(select(func.count()).select_from(schema.report).where(*wanted)).scalar_one()
        return found, total

    def every_report_about(
        self, source: str, aspect: Aspect, point: tuple[float, float] | None = None
    ) -> Iterator[Report]:
        """Go through every report of a source that an aspect is about, in order of id, without holding them all."""
        query = REPORT.select().where(*_wanted(source, aspect, point)).order_by(_report.id)
        with self._reading() as connection, connection.execution_options(yield_per=2_000).execute(query) as rows:
            for row in rows:
                yield REPORT.of_row(row)

    def reports_on(self, piles: Sequence[Pile]) -> list[dict[str, int]]:
        """Return for each point under review how many reports each source has on it."""
        found = []
        with self._reading() as connection:
            for pile in piles:
                query = (
                    select(_report.source, func.count().label("number"))
                    .where(*_on_point(pile.lon_lat), _report.undone.is_(False))
                    .group_by(_report.source)
                )
                found.append({row.source: row.number for row in connection.execute(query)})
        return found

    def rejected_reasons(self) -> list[RejectedReason]:
        """Return why rows of each source were rejected, most first within a source."""
        rejected, batch = schema.rejected_row.c, schema.batch.c
        each = (batch.source, rejected.column, rejected.reason)
        query = select(*each, func.count()).join(schema.batch, batch.id == rejected.batch_id).group_by(*each)
        query = query.where(batch.state != BatchState.UNDONE)
        with self._reading() as connection:
            found = [RejectedReason(*row) for row in connection.execute(query)]
        return sorted(found, key=lambda one: (one.source, -one.rows, one.column, one.reason))

    def rejected_about(self, source: str, reason: str | None, limit: int | None) -> tuple[list[RejectedRow], int]:
        """Return the rejected rows of a source (for one reason), latest import first, and how many there are."""
        rejected, batch = schema.rejected_row.c, schema.batch.c
        wanted = [
            batch.source == source,
            batch.state != BatchState.UNDONE,
            *([] if reason is None else [rejected.reason == reason]),
        ]
        query = REJECTED.select().join(schema.batch, batch.id == rejected.batch_id).where(*wanted)
        query = query.order_by(rejected.batch_id.desc(), rejected.line, rejected.id).limit(limit)
        total = select(func.count()).select_from(schema.rejected_row).join(schema.batch, batch.id == rejected.batch_id)
        with self._reading() as connection:
            found = [REJECTED.of_row(row) for row in connection.execute(query).all()]
            return found, connection.execute(total.where(*wanted)).scalar_one()


def _quality(source: Source, total: _Sum) -> SourceQuality:
    flags = {flag: sum(number for value, number in total.flags.items() if value & flag) for flag in ReportFlag}
    return SourceQuality(
        source=source,
        reports=total.reports,
        placed=total.placed,
        mapped=total.mapped,
        closed=total.closed,
        oldest_at=_moment(total.oldest),
        newest_at=_moment(total.newest),
        flags={flag: number for flag, number in flags.items() if number},
        days=tuple(sorted(total.days)),
    )


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


def _wanted(source: str, aspect: Aspect, point: tuple[float, float] | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [_report.source == source, _report.undone.is_(False)]
    if aspect.flag is not None:
        conditions.append(_flags.bitwise_and(int(aspect.flag)) != 0)
    elif aspect is Aspect.UNPLACED:
        conditions.append(_report.lon.is_(None))
    elif aspect is Aspect.UNMAPPED:
        conditions.append(_report.category.is_(None))
    elif aspect is Aspect.OPEN:
        conditions.append(_report.status.in_(_OPEN))
    elif aspect is Aspect.POINT and point is not None:
        conditions += _on_point(point)
    return conditions


def _on_point(point: tuple[float, float]) -> list[ColumnElement[bool]]:
    lon, lat = point
    west, east = lon - _BESIDE_DEGREES, lon + _BESIDE_DEGREES
    south, north = lat - _BESIDE_DEGREES, lat + _BESIDE_DEGREES
    first, last = cell_ranges(west, south, east, north, max_ranges=1)[0]
    return [between(_report.cell, first, last), between(_report.lon, west, east), between(_report.lat, south, north)]
