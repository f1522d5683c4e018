"""Reading the store: each call is one short read-only transaction, a consistent picture of its own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, func, select

from data.sql import bulk, schema
from data.sql.engine import Address, Engines, refusing
from data.sql.points import report_points
from data.sql.records import (
    ACTION,
    APART,
    AREA,
    BATCH,
    CONTACT,
    EVENT,
    HOT_SPOT,
    ORGANISATION,
    PERSON,
    PILE,
    PROBLEM,
    REFRESH,
    REJECTED,
    REPORT,
    SOURCE,
    STREET,
    Kind,
    Record,
)
from problems.actions import Action
from problems.areas import Area, AreaKind, Street
from problems.categories import Group
from problems.duplicates import Apart, Contact
from problems.errors import NotFound
from problems.events import Event, Subject
from problems.hot_spots import HotSpot, Pile, Refresh, Standing
from problems.people import Organisation, Person
from problems.problem import Problem
from problems.reports import Batch, BatchState, RejectedRow, Report, ReportPoints
from problems.sources import Source
from problems.store import Box, KnownReport, NameUse, StoreCounts

#: Databases limit how many values one statement may carry.
IDS_AT_ONCE = 500
#: Databases keep ids in eight bytes.
LARGEST_ID = 2**63 - 1
# Asked all day long, so built once.
_VERSION = select(schema.store_state.c.version)
_REPORTS_VERSION = select(schema.store_state.c.reports_version)
_FACT = select(schema.fact.c.value).where(schema.fact.c.name == bindparam("name"))
_PROBLEMS = PROBLEM.select().order_by(schema.problem.c.id)
_ACTIONS = ACTION.select().order_by(schema.action.c.id)
_ACTIONS_OF = _ACTIONS.where(schema.action.c.problem_id == bindparam("problem_id"))


def chunks(values: Sequence[Any], size: int = IDS_AT_ONCE) -> Iterator[Sequence[Any]]:
    """Cut ``values`` into pieces of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def ids_of(numbers: Iterable[int]) -> list[int]:
    """Return the numbers that an id can be, each once, in ascending order: others name nothing that is kept."""
    return sorted({number for one in numbers if 0 < (number := int(one)) <= LARGEST_ID})


def reports_with(connection: Connection, ids: Sequence[int]) -> list[Report]:
    """Return the reports with these ids as ``connection`` sees them, in ascending order of id."""
    found: list[Report] = []
    for some in chunks(ids_of(ids)):
        query = REPORT.select().where(schema.report.c.id.in_(some)).order_by(schema.report.c.id)
        found += [REPORT.of_row(row) for row in connection.execute(query).all()]
    return found


class Reading:
    """The reading half of a store. Safe to use from any number of threads."""

    def __init__(self, address: Address, engines: Engines, wait_s: float) -> None:
        self._address = address
        self._engines = engines
        self._wait_s = wait_s
        self._counted: tuple[int, StoreCounts] | None = None

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with refusing(self._address, self._wait_s), self._engines.reader.connect() as connection:
            yield connection

    def _all(self, kind: Kind[Record], query: Select[Any], **values: object) -> list[Record]:
        with self._reading() as connection:
            return [kind.of_row(row) for row in connection.execute(query, values).all()]

    def _one(self, kind: Kind[Record], number: int, ref: str) -> Record:
        with self._reading() as connection:
            row = connection.execute(kind.one, {"this": number}).first() if 0 < number <= LARGEST_ID else None
        if row is None:
            raise NotFound(f"There is no {kind.name} {ref}.", "", "The list shows all there are.")
        return kind.of_row(row)

    def version(self) -> int:
        """Return a number that grows with every unit that was kept; the key of every cache."""
        with self._reading() as connection:
            return _version(connection)

    def reports_version(self) -> int:
        """Return a number that grows with every unit that wrote reports, their categories or boundaries."""
        with self._reading() as connection:
            return int(connection.execute(_REPORTS_VERSION).scalar_one())

    def fact(self, name: str) -> str | None:
        """Return a fact about the whole store, or None."""
        with self._reading() as connection:
            return connection.execute(_FACT, {"name": name}).scalar()

    def counts(self) -> StoreCounts:
        """Return how much the store holds; counted once for each version of the store."""
        with self._reading() as connection:
            version = _version(connection)
            known = self._counted
            if known is not None and known[0] == version:
                return known[1]
            counts = _counts(connection)
        self._counted = (version, counts)
        return counts

    # -- reports --

    def report_points(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        groups: Iterable[Group] | None = None,
        box: Box | None = None,
    ) -> ReportPoints:
        """Return placed reports with ``since <= reported_at < until`` as columns, ordered by id.

        Duplicates that people merged are among them, each at the place and of the group of its main report.
        """
        with self._reading() as connection:
            return report_points(connection, since, until, groups, box)

    def reports(self, ids: Sequence[int]) -> list[Report]:
        """Return the reports with these ids, in ascending order of id; unknown ids are left out."""
        with self._reading() as connection:
            return reports_with(connection, ids)

    def categories_of(self, ids: Sequence[int]) -> Mapping[int, str]:
        """Return the leaf code of each of these reports, by id; unmapped and unknown ones are left out."""
        report = schema.report.c
        found: dict[int, str] = {}
        with self._reading() as connection:
            for some in chunks(sorted({int(one) for one in ids})):
                query = select(report.id, report.category).where(report.id.in_(some), report.category.is_not(None))
                found.update((number, code) for number, code in connection.execute(query).all())
        return found

    def all_reports(self) -> Iterator[Report]:
        """Go through every report in order of id without holding them all."""
        with self._reading() as connection:
            streaming = connection.execution_options(yield_per=2_000)
            query = REPORT.select().where(schema.report.c.undone.is_(False)).order_by(schema.report.c.id)
            with streaming.execute(query) as rows:
                for row in rows:
                    yield REPORT.of_row(row)

    # -- imports --

    def batches(self) -> list[Batch]:
        """Return the imports, newest first."""
        return self._all(BATCH, BATCH.select().order_by(schema.batch.c.id.desc()))

    def known_reports(self, source: str, source_ids: Sequence[str]) -> Mapping[str, KnownReport]:
        """Return what is kept of ``source_ids``, by source id; absent ones are left out."""
        with self._reading() as connection:
            return bulk.known_reports(connection, source, source_ids)

    def has_reports_of(self, source: str) -> bool:
        """Tell whether any report of a source is kept, one of an undone import too."""
        query = select(schema.report.c.id).where(schema.report.c.source == source).limit(1)
        with self._reading() as connection:
            return connection.execute(query).first() is not None

    def newest_report_at(self, source: str, until: datetime) -> datetime | None:
        """Return the newest date up to ``until`` of a source's reports, or None without any."""
        with self._reading() as connection:
            return bulk.newest_report_at(connection, source, until)

    def rejected_rows(self, batch_id: int | None = None) -> list[RejectedRow]:
        """Return the rejected rows of one import (or of all that were not undone), in order of batch and line."""
        rejected, batch = schema.rejected_row.c, schema.batch.c
        query = REJECTED.select().order_by(rejected.batch_id, rejected.line, rejected.id)
        if batch_id is not None:
            return self._all(REJECTED, query.where(rejected.batch_id == batch_id))
        undone = select(batch.id).where(batch.state == BatchState.UNDONE)
        return self._all(REJECTED, query.where(rejected.batch_id.not_in(undone)))

    def unmapped_names(self) -> list[tuple[str, str, int]]:
        """Return (source, name, reports) of the category names that nobody has mapped, most first."""
        report = schema.report.c
        query = (
            select(report.source, report.category_name, func.count())
            .where(report.category.is_(None), report.undone.is_(False))
            .group_by(report.source, report.category_name)
        )
        with self._reading() as connection:
            found = [(source, name, count) for source, name, count in connection.execute(query)]
        return sorted(found, key=lambda one: (-one[2], one[0], one[1]))

    def names_in_use(self) -> list[NameUse]:
        """Return every category name of every source with the category that its reports have, most first.

        Names that only reports of undone imports have are among them, with no report.
        """
        report = schema.report.c
        each = (report.source, report.category_name, report.category)
        counted = func.sum(case((report.undone.is_(False), 1), else_=0))
        query = select(*each, counted).group_by(*each)
        with self._reading() as connection:
            found = [NameUse(*row) for row in connection.execute(query)]
        return sorted(found, key=lambda one: (-one.reports, one.source, one.name, one.code or ""))

    def unmapped_reports(self, source: str, name: str, limit: int) -> list[Report]:
        """Return the newest unmapped reports of a source with this category name, at most ``limit``."""
        report = schema.report.c
        query = (
            REPORT.select()
            .where(report.category.is_(None), report.undone.is_(False))
            .where(report.source == source, report.category_name == name)
            .order_by(report.id.desc())
            .limit(limit)
        )
        return self._all(REPORT, query)

    # -- refreshes --

    def refreshes(self) -> list[Refresh]:
        """Return all refreshes, newest (highest id) first."""
        return self._all(REFRESH, REFRESH.select().order_by(schema.refresh.c.id.desc()))

    def latest_refresh(self, until: date | None = None) -> Refresh | None:
        """Return the newest refresh (with ``as_of`` on or before ``until``), or None."""
        query = REFRESH.select().order_by(schema.refresh.c.id.desc()).limit(1)
        found = self._all(REFRESH, query if until is None else query.where(schema.refresh.c.as_of <= until))
        return found[0] if found else None

    def hot_spots(self, refresh_id: int) -> list[HotSpot]:
        """Return the hot spots of a refresh, of one group each and no mere candidates, in order of id."""
        spot = schema.hot_spot.c
        query = HOT_SPOT.select().where(spot.refresh_id == refresh_id, spot.group.is_not(None))
        return self._all(HOT_SPOT, query.where(spot.standing != Standing.CANDIDATE).order_by(spot.id))

    def places_of(self, refresh_id: int) -> list[HotSpot]:
        """Return all that a refresh found, in order of id: hot spots, candidates, and the mixed view."""
        spot = schema.hot_spot.c
        return self._all(HOT_SPOT, HOT_SPOT.select().where(spot.refresh_id == refresh_id).order_by(spot.id))

    def last_hot_spots(self, until: date | None = None) -> list[HotSpot]:
        """Return, for every problem, the hot spots that the last refresh to see it matched to it.

        With ``until`` the last refresh with ``as_of`` on or before that day.
        """
        spot, last = schema.hot_spot, schema.hot_spot.alias()
        problem = schema.problem.c
        if until is None:
            named = select(problem.id, last.c.refresh_id).join(last, last.c.id == problem.hot_spot_id).subquery()
        else:
            seen = select(last.c.problem_id.label("id"), func.max(last.c.refresh_id).label("refresh_id"))
            done = schema.refresh.c
            seen = seen.join(schema.refresh, done.id == last.c.refresh_id).where(done.as_of <= until)
            named = seen.group_by(last.c.problem_id).subquery()
        own = and_(spot.c.problem_id == named.c.id, spot.c.refresh_id == named.c.refresh_id)
        return self._all(HOT_SPOT, HOT_SPOT.select().join(named, own).order_by(spot.c.id))

    def hot_spots_of(self, problem_id: int) -> list[HotSpot]:
        """Return the hot spots that were matched to a problem, in order of refresh."""
        spot = schema.hot_spot.c
        query = HOT_SPOT.select().where(spot.problem_id == problem_id).order_by(spot.refresh_id, spot.id)
        return self._all(HOT_SPOT, query)

    def piles(self) -> list[Pile]:
        """Return the points on the review list, most reports first."""
        return self._all(PILE, PILE.select().order_by(schema.pile.c.reports.desc(), schema.pile.c.id))

    # -- problems --

    def problems(self) -> list[Problem]:
        """Return every problem in order of id."""
        return self._all(PROBLEM, _PROBLEMS)

    def problem(self, problem_id: int) -> Problem:
        """Return a problem, or raise :class:`problems.errors.NotFound`."""
        return self._one(PROBLEM, problem_id, f"P-{problem_id:04d}")

    def actions(self, problem_id: int | None = None) -> list[Action]:
        """Return the actions (of one problem) in order of id."""
        if problem_id is None:
            return self._all(ACTION, _ACTIONS)
        return self._all(ACTION, _ACTIONS_OF, problem_id=problem_id)

    def action(self, action_id: int) -> Action:
        """Return an action, or raise :class:`problems.errors.NotFound`."""
        return self._one(ACTION, action_id, f"A-{action_id:04d}")

    def events(
        self,
        subject: Subject | None = None,
        subject_id: int | None = None,
        until: datetime | None = None,
        since: datetime | None = None,
    ) -> list[Event]:
        """Return events in the order they were kept, with ``since <= at < until`` where they are given."""
        query = EVENT.select().order_by(schema.event.c.id)
        if subject is not None:
            query = query.where(schema.event.c.subject == subject)
        if subject_id is not None:
            query = query.where(schema.event.c.subject_id == subject_id)
        if until is not None:
            query = query.where(schema.event.c.at < until)
        if since is not None:
            query = query.where(schema.event.c.at >= since)
        return self._all(EVENT, query)

    # -- people and places --
    # Sorted here: databases disagree about the order of capital and accented letters.

    def organisations(self) -> list[Organisation]:
        """Return the organisations by name."""
        return sorted(self._all(ORGANISATION, ORGANISATION.select()), key=lambda one: (one.name.casefold(), one.id))

    def people(self) -> list[Person]:
        """Return the people by name."""
        return sorted(self._all(PERSON, PERSON.select()), key=lambda one: (one.name.casefold(), one.id))

    def areas(self, kind: AreaKind | None = None) -> list[Area]:
        """Return the boundaries (of one kind) by name."""
        query = AREA.select() if kind is None else AREA.select().where(schema.area.c.kind == kind)
        return sorted(self._all(AREA, query), key=lambda one: (one.name.casefold(), one.id))

    def sources(self) -> list[Source]:
        """Return the sources by name."""
        return sorted(self._all(SOURCE, SOURCE.select()), key=lambda one: (one.name.casefold(), one.id))

    def source(self, name: str) -> Source | None:
        """Return the source called ``name``, or None."""
        found = self._all(SOURCE, SOURCE.select().where(schema.source.c.name == name))
        return found[0] if found else None

    def aparts(self) -> list[Apart]:
        """Return every decision that two reports are not the same, in order of id."""
        return self._all(APART, APART.select().order_by(schema.apart.c.id))

    def duplicates_of(self, report_ids: Sequence[int]) -> Mapping[int, tuple[int, ...]]:
        """Return the ids of the duplicates of each of these reports; those without any are left out."""
        report = schema.report.c
        found: dict[int, tuple[int, ...]] = {}
        with self._reading() as connection:
            for some in chunks(sorted({int(one) for one in report_ids})):
                query = select(report.main_id, report.id).where(report.main_id.in_(some)).order_by(report.id)
                for main, number in connection.execute(query).all():
                    found[main] = (*found.get(main, ()), number)
        return found

    def contact(self, report_id: int) -> Contact | None:
        """Return the sealed contact of a report, or None."""
        found = self._all(CONTACT, CONTACT.select().where(schema.contact.c.report_id == report_id))
        return found[0] if found else None

    def streets(self) -> list[Street]:
        """Return the streets in order of id."""
        return self._all(STREET, STREET.select().order_by(schema.street.c.id))


def _version(connection: Connection) -> int:
    return int(connection.execute(_VERSION).scalar_one())


def _counts(connection: Connection) -> StoreCounts:
    report = schema.report.c
    counted = report.undone.is_(False)
    reports, placed = connection.execute(
        select(func.count(), func.count(report.cell)).select_from(schema.report).where(counted)
    ).one()
    unmapped = select(func.count()).select_from(schema.report).where(report.category.is_(None), counted)
    tables = (schema.problem, schema.action, schema.refresh)
    problems, actions, refreshes = (
        connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables
    )
    # Of an import that was cut short or cancelled, nothing is there.
    ended = (BatchState.DONE, BatchState.UNDONE)
    batches = connection.execute(
        select(func.count()).select_from(schema.batch).where(schema.batch.c.state.in_(ended))
    ).scalar_one()
    # Two questions: an index answers each end at once, but not both ends together.
    oldest = connection.execute(select(func.min(report.reported_at)).where(counted)).scalar()
    newest = connection.execute(select(func.max(report.reported_at)).where(counted)).scalar()
    return StoreCounts(
        reports=reports,
        placed=placed,
        unmapped=connection.execute(unmapped).scalar_one(),
        problems=problems,
        actions=actions,
        refreshes=refreshes,
        batches=batches,
        oldest_report_at=oldest,
        newest_report_at=newest,
    )
