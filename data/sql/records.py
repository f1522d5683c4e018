"""Between the nouns of :mod:`problems` and rows of the tables: nothing is decided here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import blake2b
from typing import Any, Generic, TypeVar

import numpy as np
from sqlalchemy import Column, Insert, Select, Table, Update, bindparam, insert, select, update

from data.sql import evidence_tables, guide_tables, schema, work_tables
from geo.cells import cell_of
from problems.actions import Action
from problems.advice import AdviceGiven
from problems.areas import Area, Street
from problems.duplicates import Apart, Contact
from problems.events import Event, Subject
from problems.followups import Followup
from problems.guides import Guide
from problems.hot_spots import HotSpot, Pile, Refresh
from problems.kept_assessments import KeptAssessment
from problems.people import Organisation, Person
from problems.problem import Problem
from problems.reports import Batch, RejectedRow, Report
from problems.sources import Source
from problems.visits import Photo, Visit

Record = TypeVar("Record")

#: The one field that takes two columns.
_PLACE = "lon_lat"


@dataclass(frozen=True)
class Kind(Generic[Record]):
    """One kind of record: its class, its table, and what people call it when it is refused."""

    record: type[Record]
    table: Table
    name: str = ""
    subject: Subject | None = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The fields of the record, in order."""
        return tuple(field.name for field in fields(self.record))  # type: ignore[arg-type] # all are dataclasses

    @cached_property
    def columns(self) -> list[Column[Any]]:
        """The columns that keep the fields, in order; a place is two of them."""
        found: list[Column[Any]] = []
        for name in self.names:
            found += [self.table.c.lon, self.table.c.lat] if name == _PLACE else [self.table.c[name]]
        return found

    @cached_property
    def _everything(self) -> Select[Any]:
        return select(*self.columns)

    def select(self) -> Select[Any]:
        """Return the query for all records, to be narrowed and ordered."""
        return self._everything

    # Built once: putting a statement together takes as long as the database takes to answer it.

    @cached_property
    def one(self) -> Select[Any]:
        """The query for the record whose id is ``this``."""
        return self._everything.where(self.table.c.id == bindparam("this"))

    @cached_property
    def insert(self) -> Insert:
        """The statement that adds the rows that it is executed with."""
        return insert(self.table)

    @cached_property
    def update(self) -> Update:
        """The statement that writes what it is executed with over the record ``this``, still at version ``seen``."""
        return update(self.table).where(self.table.c.id == bindparam("this"), self.table.c.version == bindparam("seen"))

    @cached_property
    def _place_at(self) -> int | None:
        return self.names.index(_PLACE) if _PLACE in self.names else None

    def of_row(self, row: Sequence[Any]) -> Record:
        """Return the record that a row of :meth:`select` keeps."""
        values = list(row)
        at = self._place_at
        if at is not None:
            lon, lat = values[at], values[at + 1]
            values[at : at + 2] = [None if lon is None else (lon, lat)]
        return self.record(*values)

    def row(self, record: Record, *, without: Sequence[str] = ()) -> dict[str, Any]:
        """Return the values to be written, by column; without its id and ``without``."""
        values: dict[str, Any] = {}
        for name in self.names:
            if name == "id" or name in without:
                continue
            value = getattr(record, name)
            if name == _PLACE:
                values["lon"], values["lat"] = value or (None, None)
            else:
                # JSON columns take plain dictionaries only, the nouns allow any mapping.
                values[name] = dict(value) if isinstance(value, Mapping) else value
        return values


REPORT = Kind(Report, schema.report, "report", Subject.REPORT)
REJECTED = Kind(RejectedRow, schema.rejected_row)
BATCH = Kind(Batch, schema.batch, "import", Subject.IMPORT)
REFRESH = Kind(Refresh, schema.refresh, "refresh", Subject.REFRESH)
HOT_SPOT = Kind(HotSpot, schema.hot_spot, "hot spot")
PILE = Kind(Pile, schema.pile, "point", Subject.DEFAULT_POINT)
PROBLEM = Kind(Problem, schema.problem, "problem", Subject.PROBLEM)
ACTION = Kind(Action, schema.action, "action", Subject.ACTION)
EVENT = Kind(Event, schema.event)
ORGANISATION = Kind(Organisation, schema.organisation, "organisation", Subject.ORGANISATION)
PERSON = Kind(Person, schema.person, "person", Subject.PERSON)
AREA = Kind(Area, schema.area)
STREET = Kind(Street, schema.street)
SOURCE = Kind(Source, schema.source, "source", Subject.SOURCE)
APART = Kind(Apart, schema.apart)
CONTACT = Kind(Contact, schema.contact)
ASSESSMENT = Kind(KeptAssessment, work_tables.assessment, "assessment")
FOLLOWUP = Kind(Followup, work_tables.followup)
VISIT = Kind(Visit, evidence_tables.visit, "visit")
PHOTO = Kind(Photo, evidence_tables.photo, "photo")
GUIDE = Kind(Guide, guide_tables.guide, "list", Subject.GUIDE)
ADVICE_GIVEN = Kind(AdviceGiven, guide_tables.advice_given, "record of advice")

_REPORT_FIELDS = tuple(name for name in REPORT.names if name not in {"id", "lon_lat", "batch_id", "version"})


def reporter_key(reporter: str) -> int:
    """Return a number that is equal for equal reporters on every machine; 0 for an unknown one."""
    if not reporter:
        return 0
    key = int.from_bytes(blake2b(reporter.encode("utf-8", "replace"), digest_size=8).digest(), "little", signed=True)
    return key or 1


def report_rows(batch_id: int | None, reports: Sequence[tuple[Report, bytes]]) -> list[dict[str, Any]]:
    """Return the rows of ``reports`` with what is derived: group, cell, reporter's key."""
    placed = [report.lon_lat for report, _ in reports if report.lon_lat is not None]
    cells = iter(cell_of(np.asarray(placed, dtype=np.float64)).tolist() if placed else ())
    rows = []
    for report, content in reports:
        row = {name: getattr(report, name) for name in _REPORT_FIELDS}
        row["group"] = report.group
        row["reporter_key"] = reporter_key(report.reporter)
        row["batch_id"] = batch_id
        row["content"] = content
        if report.lon_lat is None:
            row["lon"] = row["lat"] = row["cell"] = None
        else:
            row["lon"], row["lat"] = report.lon_lat
            row["cell"] = next(cells)
        rows.append(row)
    return rows


def differences(wanted: Record, now: Record, kind: Kind[Record]) -> dict[str, tuple[object, object]]:
    """Return the fields in which two records differ, as (wanted, now); bookkeeping is left out."""
    found: dict[str, tuple[object, object]] = {}
    for name in kind.names:
        if name in {"id", "version", "last_event_at"}:
            continue
        before, after = getattr(wanted, name), getattr(now, name)
        if before != after:
            found[name] = (before, after)
    return found
