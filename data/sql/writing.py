"""Writing to the store: one unit, kept together or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, cast, delete, insert, select, update

from data.sql import bulk, changing, schema
from data.sql.audit import Chain
from data.sql.reading import chunks, reports_with
from data.sql.records import (
    ACTION,
    APART,
    AREA,
    BATCH,
    CONTACT,
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
    differences,
    report_rows,
)
from problems.actions import Action
from problems.areas import Area, AreaKind, Street
from problems.categories import Group
from problems.duplicates import Apart, Contact
from problems.errors import NotFound, Stale
from problems.events import Event
from problems.hot_spots import HotSpot, Pile, Refresh
from problems.people import Organisation, Person
from problems.problem import SIGHTING_FIELDS, Problem
from problems.report_columns import ReportColumns
from problems.reports import Batch, RejectedRow, Report, ReportFlag
from problems.sources import Source
from problems.store import ChangedReport, KnownReport, SaidByPeople

_ROWS_AT_ONCE = 5_000
#: What a refresh may change of a pile that is already on the list.
_PILE_COUNTS = ("reports", "groups", "share", "heavy", "last_refresh_id")


class SqlUnit:
    """One open transaction.

    ``wrote`` tells whether anything was written in it, ``wrote_reports`` whether reports, their
    categories or boundaries were. ``chain`` is the end of the audit chain as this unit leaves it.
    """

    def __init__(self, connection: Connection, chain: Chain) -> None:
        self._connection = connection
        self.chain = chain
        self.wrote = False
        self.wrote_reports = False

    # -- reports and imports --

    def known_reports(self, source: str, source_ids: Sequence[str]) -> Mapping[str, KnownReport]:
        """Return what is kept of ``source_ids``, by source id; absent ones are left out."""
        return bulk.known_reports(self._connection, source, source_ids)

    def reports(self, ids: Sequence[int]) -> list[Report]:
        """Return the reports with these ids as this unit has them by now, in ascending order of id."""
        return reports_with(self._connection, ids)

    def add_batch(self, batch: Batch) -> int:
        """Keep the head of an import; its counts may still change until the unit ends."""
        return self._add(BATCH, batch)

    def finish_batch(self, batch: Batch) -> None:
        """Replace the counts and times of the batch with this id (once, in the same unit)."""
        self.wrote = True
        done = self._connection.execute(
            update(schema.batch).where(schema.batch.c.id == batch.id).values(BATCH.row(batch))
        )
        if done.rowcount != 1:
            raise _not_found(BATCH, batch.id)

    def make_newest(self, batch: Batch) -> int:
        """Give the head of an import that has no rows yet the highest id of all, and return it."""
        number = self._add(BATCH, batch)
        self._connection.execute(delete(schema.batch).where(schema.batch.c.id == batch.id))
        return number

    def add_reports(self, batch_id: int | None, reports: Sequence[tuple[Report, bytes]]) -> None:
        """Keep new reports, each with its content fingerprint; None is no import: entered by hand."""
        for some in chunks(reports, _ROWS_AT_ONCE):
            rows = report_rows(batch_id, some)
            for row in rows:
                row["version"] = 1
            self._insert(REPORT, rows)
            self.wrote_reports = True

    @contextmanager
    def many_reports(self) -> Iterator[None]:
        """Prepare for many new reports inside the block: the same result, sooner."""
        with bulk.many_reports(self._connection):
            yield

    def add_report_columns(self, batch_id: int, columns: ReportColumns, contents: Sequence[bytes]) -> None:
        """Keep many new reports, each with its content fingerprint."""
        if len(columns):
            self.wrote = self.wrote_reports = True
            bulk.add_report_columns(self._connection, batch_id, columns, contents)

    def said_by_people(self, ids: Sequence[int]) -> Mapping[int, SaidByPeople]:
        """Return what people said of these reports; those of which they said nothing are left out."""
        return changing.said_by_people(self._connection, ids)

    def events_of_reports(self, ids: Sequence[int]) -> list[Event]:
        """Return the events about these reports, in their order."""
        return bulk.events_of_reports(self._connection, ids)

    def batch_reports(self, batch_id: int) -> list[int]:
        """Return the ids of the reports that an import was the last one to write, in ascending order."""
        return bulk.batch_reports(self._connection, batch_id)

    def mark_undone(self, batch_id: int, ids: Sequence[int], *, undone: bool) -> int:
        """Mark reports as undone, or bring them back with the import ``batch_id``; return how many."""
        changed = bulk.mark_undone(self._connection, batch_id, ids, undone=undone) if len(ids) else 0
        self.wrote, self.wrote_reports = self.wrote or changed > 0, self.wrote_reports or changed > 0
        return changed

    def update_reports(self, batch_id: int | None, reports: Sequence[tuple[Report, bytes]]) -> None:
        """Replace kept reports (by id) with a newer content and its fingerprint.

        Their versions grow: who is editing one of them is told.
        """
        report = schema.report.c
        for some in chunks(reports, _ROWS_AT_ONCE):
            rows = report_rows(batch_id, some)
            change = (
                update(schema.report)
                .where(report.id == bindparam("kept_id"))
                .values({name: bindparam(f"new_{name}") for name in rows[0]})
                .values(version=report.version + 1)
            )
            values = [
                {"kept_id": old.id, **{f"new_{name}": value for name, value in row.items()}}
                for row, (old, _) in zip(rows, some, strict=True)
            ]
            self.wrote = self.wrote_reports = True
            self._connection.execute(change, values)

    def change_reports(self, batch_id: int | None, changed: Sequence[ChangedReport]) -> None:
        """Write what is different about kept reports: the same as replacing them, sooner."""
        if changed:
            self.wrote = self.wrote_reports = True
            changing.change_reports(self._connection, batch_id, changed)

    def add_rejected(self, batch_id: int, rows: Sequence[RejectedRow]) -> None:
        """Keep rows that could not become reports."""
        for some in chunks(rows, _ROWS_AT_ONCE):
            self._insert(REJECTED, [{**REJECTED.row(row), "batch_id": batch_id} for row in some])

    def map_category(
        self,
        source: str | None,
        name: str,
        code: str | None,
        *,
        was: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> int:
        """Give every report called ``name`` whose category is ``was`` the category ``code``; return how many."""
        report = schema.report.c
        group = Group(code[:3]) if code else None
        change = (
            update(schema.report)
            .where(report.category.is_(None) if was is None else report.category == was, report.category_name == name)
            .values({"category": code, "group": group, "version": report.version + 1})
        )
        if source is not None:
            change = change.where(report.source == source)
        if since is not None:
            change = change.where(report.reported_at >= since)
        if until is not None:
            change = change.where(report.reported_at < until)
        # Those of undone imports come back as they are when the file is imported again.
        hidden, mapped = (
            self._connection.execute(change.where(report.undone.is_(one))).rowcount for one in (True, False)
        )
        self.wrote = self.wrote or hidden + mapped > 0
        self.wrote_reports = self.wrote_reports or hidden + mapped > 0
        return mapped

    def save_report(self, report: Report, seen_version: int) -> Report:
        """Write over a report that is still at ``seen_version`` (a person's edit)."""
        row = report_rows(report.batch_id, [(report, b"")])[0]
        del row["content"]
        saved = self._save(REPORT, report, seen_version, row)
        self.wrote_reports = True
        return saved

    # -- refreshes --

    def add_refresh(self, refresh: Refresh) -> int:
        """Keep a refresh."""
        return self._add(REFRESH, refresh)

    def add_hot_spots(self, hot_spots: Sequence[HotSpot]) -> list[int]:
        """Keep the hot spots of a refresh (``refresh_id`` set) and return their ids in order."""
        if not hot_spots:
            return []
        self.wrote = True
        query = insert(schema.hot_spot).returning(schema.hot_spot.c.id, sort_by_parameter_order=True)
        return list(self._connection.execute(query, [HOT_SPOT.row(spot) for spot in hot_spots]).scalars())

    def save_piles(self, piles: Sequence[Pile]) -> None:
        """Add piles (``id`` 0) or replace the counts of kept ones; decisions stay as they are."""
        self._insert(PILE, [PILE.row(pile) for pile in piles if pile.id == 0])
        for pile in piles:
            if pile.id:
                counts = {name: getattr(pile, name) for name in _PILE_COUNTS}
                change = update(schema.pile).where(schema.pile.c.id == pile.id).values(counts)
                self.wrote = True
                if self._connection.execute(change).rowcount != 1:
                    raise _not_found(PILE, pile.id)

    def save_pile_decision(self, pile: Pile, seen_version: int) -> Pile:
        """Keep a person's decision about a pile; its counts stay those of the last refresh."""
        row = {"decision": pile.decision, "decided_by": pile.decided_by}
        self._save(PILE, pile, seen_version, row)
        return self._now(PILE, pile.id)

    # -- problems and actions --

    def add_problem(self, problem: Problem) -> int:
        """Keep a new problem."""
        return self._add(PROBLEM, problem)

    def save_problem(self, problem: Problem, seen_version: int) -> Problem:
        """Write over a problem that is still at ``seen_version``."""
        return self._save(PROBLEM, problem, seen_version, PROBLEM.row(problem))

    def save_sightings(self, problems: Sequence[Problem]) -> None:
        """Write what a refresh saw of problems: their ``SIGHTING_FIELDS`` and nothing else."""
        if not problems:
            return
        others = [name for name in PROBLEM.names if name not in SIGHTING_FIELDS]
        rows = [PROBLEM.row(problem, without=others) | {"this": problem.id} for problem in problems]
        self._connection.execute(update(schema.problem).where(schema.problem.c.id == bindparam("this")), rows)
        self.wrote = True

    def add_action(self, action: Action) -> int:
        """Keep a new action."""
        return self._add(ACTION, action)

    def save_action(self, action: Action, seen_version: int) -> Action:
        """Write over an action that is still at ``seen_version``."""
        return self._save(ACTION, action, seen_version, ACTION.row(action))

    def add_events(self, events: Sequence[Event]) -> None:
        """Append events in this order; nothing ever changes or removes one."""
        if events:
            self.wrote = True
            changing.add_events(self._connection, events, self.chain)

    # -- people and places --

    def add_organisation(self, organisation: Organisation) -> int:
        """Keep a new organisation."""
        return self._add(ORGANISATION, organisation)

    def save_organisation(self, organisation: Organisation, seen_version: int) -> Organisation:
        """Write over an organisation that is still at ``seen_version``."""
        return self._save(ORGANISATION, organisation, seen_version, ORGANISATION.row(organisation))

    def add_person(self, person: Person) -> int:
        """Keep a new person."""
        return self._add(PERSON, person)

    def save_person(self, person: Person, seen_version: int) -> Person:
        """Write over a person that is still at ``seen_version``."""
        return self._save(PERSON, person, seen_version, PERSON.row(person))

    def add_areas(self, areas: Sequence[Area]) -> list[int]:
        """Keep boundaries and return their ids in order."""
        if not areas:
            return []
        self.wrote = self.wrote_reports = True
        query = insert(schema.area).returning(schema.area.c.id, sort_by_parameter_order=True)
        return list(self._connection.execute(query, [AREA.row(area) for area in areas]).scalars())

    def remove_areas(self, kind: AreaKind) -> int:
        """Remove the boundaries of one kind, and from the reports that lay in them; return how many."""
        column = schema.report.c[f"{kind}_id"]
        self._connection.execute(update(schema.report).where(column.is_not(None)).values({column.key: None}))
        removed = self._connection.execute(delete(schema.area).where(schema.area.c.kind == kind)).rowcount
        self.wrote = self.wrote or removed > 0
        self.wrote_reports = self.wrote_reports or removed > 0
        return removed

    # -- sources, duplicates, contacts --

    def add_source(self, source: Source) -> int:
        """Keep a new source of reports."""
        return self._add(SOURCE, source)

    def save_source(self, source: Source, seen_version: int) -> Source:
        """Write over a source that is still at ``seen_version``."""
        return self._save(SOURCE, source, seen_version, SOURCE.row(source))

    def mark_snapped(self, source: str, snapped: bool) -> int:
        """Set or clear the flag ``SNAPPED`` on every report of a source; return how many changed."""
        report = schema.report.c
        flags, bit = cast(report.flags, Integer), int(ReportFlag.SNAPPED)
        other = flags.bitwise_and(bit) == (0 if snapped else bit)
        changed = self._connection.execute(
            update(schema.report)
            .where(report.source == source, other)
            .values(flags=flags + bit if snapped else flags - bit)
        ).rowcount
        self.wrote = self.wrote or changed > 0
        self.wrote_reports = self.wrote_reports or changed > 0
        return changed

    def add_apart(self, apart: Apart) -> int:
        """Keep the decision that two reports are not the same."""
        return self._add(APART, apart)

    def remove_aparts(self, apart_ids: Sequence[int]) -> int:
        """Take decisions that two reports are not the same back; return how many there were."""
        removed = 0
        for some in chunks(list(apart_ids)):
            removed += self._connection.execute(delete(schema.apart).where(schema.apart.c.id.in_(some))).rowcount
        self.wrote = self.wrote or removed > 0
        return removed

    def add_contact(self, contact: Contact) -> int:
        """Keep a sealed contact."""
        return self._add(CONTACT, contact)

    def remove_contacts(self, report_ids: Sequence[int]) -> int:
        """Remove the contacts of these reports for good; return how many there were."""
        removed = 0
        for some in chunks(list(report_ids)):
            query = delete(schema.contact).where(schema.contact.c.report_id.in_(some))
            removed += self._connection.execute(query).rowcount
        self.wrote = self.wrote or removed > 0
        return removed

    def add_streets(self, streets: Sequence[Street]) -> None:
        """Keep streets."""
        self._insert(STREET, [STREET.row(street) for street in streets])

    def set_fact(self, name: str, value: str) -> None:
        """Remember a fact about the whole store (its metric CRS, that it is synthetic …)."""
        self.wrote = True
        change = update(schema.fact).where(schema.fact.c.name == name).values(value=value)
        if self._connection.execute(change).rowcount == 0:
            self._connection.execute(insert(schema.fact).values(name=name, value=value))

    # -- what all of them share --

    def _insert(self, kind: Kind[Any], rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self.wrote = True
            self._connection.execute(kind.insert, list(rows))

    def _add(self, kind: Kind[Record], record: Record) -> int:
        self.wrote = True
        row = kind.row(record)
        if "version" in row:
            row["version"] = 1
        done = self._connection.execute(kind.insert, row)
        key = done.inserted_primary_key
        if key is None:
            raise RuntimeError(f"the database gave the new {kind.name} no id")
        return int(key[0])

    def _save(self, kind: Kind[Record], record: Record, seen_version: int, row: dict[str, Any]) -> Record:
        number: int = record.id  # type: ignore[attr-defined] # all that is saved has an id
        values = {**row, "version": seen_version + 1, "this": number, "seen": seen_version}
        if self._connection.execute(kind.update, values).rowcount != 1:
            raise self._stale(kind, record, number)
        self.wrote = True
        return replace(record, version=seen_version + 1)  # type: ignore[type-var] # all are dataclasses

    def _now(self, kind: Kind[Record], number: int) -> Record:
        row = self._connection.execute(kind.one, {"this": number}).first()
        if row is None:
            raise _not_found(kind, number)
        return kind.of_row(row)

    def _stale(self, kind: Kind[Record], wanted: Record, number: int) -> Stale:
        now = self._now(kind, number)
        event = schema.event.c
        by = self._connection.execute(
            select(event.by_name)
            .where(event.subject == kind.subject, event.subject_id == number)
            .order_by(event.id.desc())
            .limit(1)
        ).scalar()
        return Stale(
            f"Your change to the {kind.name} {getattr(now, 'ref', number)} was not kept.",
            f"{by or 'Somebody else'} saved it while you had it open.",
            "Look at what is there now, then make your change again.",
            changes=differences(wanted, now, kind),
            changed_by=by or "",
        )


def _not_found(kind: Kind[Any], number: int) -> NotFound:
    return NotFound(f"There is no {kind.name} {number}.", "", "The list shows all there are.")
