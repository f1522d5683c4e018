"""The reports of a past moment as tables of their own: what is known of them is copied there and put back.

Every question about reports is then asked of these tables as it is of today's, so that no page needs a second way of
counting. They live in a temporary file of SQLite that has no name and goes with its connection.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Index,
    Integer,
    MetaData,
    Table,
    and_,
    bindparam,
    cast,
    create_engine,
    delete,
    insert,
    or_,
    select,
)
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from data.sql import schema, work_tables
from data.sql.engine import Engines
from data.sql.locks import Door
from data.sql.reading import chunks, reports_with
from data.sql.records import APART, BATCH, FOLLOWUP, SOURCE, Kind, report_rows
from problems.errors import StoreRefused
from problems.followups import Followup
from problems.reports import ReportFlag
from problems.then.known import KnownThen

_ROWS_AT_ONCE: Final = 20_000
_CACHE_KIB: Final = 65_536
_report, _followup = schema.report.c, work_tables.followup.c
_Columns = ReadOnlyColumnCollection[str, Any]
_Where = Callable[[_Columns], Sequence[ColumnElement[bool]]]
#: What the kept store is called beside the empty one.
_KEPT: Final = "kept"
#: What is asked of reports; problems and the like are counted there too, and are none.
_TABLES: Final = (
    *(schema.store_state, schema.batch, schema.source, schema.rejected_row, schema.report, schema.apart),
    *(schema.contact, schema.problem, schema.action, schema.refresh, work_tables.followup),
)
_VERSION: Final = select(schema.store_state.c.version)
#: Hardly ever is anything kept between two statements.
_TRIES: Final = 100
_INDEXES: Final = frozenset({"ix_report_open", "ix_report_duplicates", "ix_report_unmapped", "ix_report_address"})


def passing_engines() -> Engines:
    """Return engines of an empty SQLite store without a name: one connection, which goes with them."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect("file:", uri=True, check_same_thread=False, isolation_level=None),
        poolclass=StaticPool,
        hide_parameters=True,
    )
    return Engines(engine, engine, Door(None, 0.0))


def see_one_state(kept: Connection, then: Connection) -> int:
    """Begin reading the store ``kept`` by both connections in the same state, and return its version.

    Raises
    ------
    StoreRefused
        When it is written to without a pause.
    """
    for name, value in (("journal_mode", "OFF"), ("synchronous", "OFF"), ("cache_size", f"-{_CACHE_KIB}")):
        then.exec_driver_sql(f"PRAGMA {name}={value}")
    _open_beside(kept, then)
    for _ in range(_TRIES):
        then.exec_driver_sql("BEGIN")
        version = int(kept.execute(_VERSION).scalar_one())
        if kept.dialect.name != "sqlite":
            return version
        # The file that is open beside is read by a transaction of its own: was anything kept between the two?
        if then.exec_driver_sql(f"SELECT version FROM {_KEPT}.store_state").scalar_one() == version:  # noqa: S608 - our own name
            return version
        then.exec_driver_sql("ROLLBACK")
        kept.rollback()
    raise StoreRefused(
        "The past day was not read.", "The store is being written to without a pause.", "Try again in a moment."
    )


def copy_known(kept: Connection, then: Connection, known: KnownThen) -> None:
    """Copy the reports that were known from the store ``kept`` into the empty one ``then``, as they were known.

    Both are to see one state of it, that of ``known``: see :func:`see_one_state`.
    """
    for table in _TABLES:
        then.execute(CreateTable(table))
    _copy_reports(kept, then, known)
    _copy_followups(kept, then, known)
    _copy_imports(kept, then, known)
    _copy_contacts(kept, then, known)
    _put(then, SOURCE, [{"id": one.id, **SOURCE.row(one)} for one in known.sources])
    _put(then, APART, [{"id": one.id, **APART.row(one)} for one in known.aparts])
    for source, snapped in known.snapped.items():
        _mark(then, source, snapped=snapped)
    _copy_raw(kept, then, schema.store_state)
    for index in sorted(_every_index(), key=lambda one: str(one.name)):
        index.create(then)
    then.exec_driver_sql("COMMIT")
    if kept.dialect.name == "sqlite":
        then.exec_driver_sql(f"DETACH DATABASE {_KEPT}")
    then.exec_driver_sql("PRAGMA query_only=ON")


def _open_beside(kept: Connection, then: Connection) -> None:
    """Open the file of the kept store beside the empty one, for reading."""
    path = kept.engine.url.database
    if kept.dialect.name == "sqlite" and path:
        then.exec_driver_sql(f"ATTACH DATABASE ? AS {_KEPT}", (f"{Path(path).as_uri()}?mode=ro",))


def _every_index() -> list[Index]:
    return [index for index in schema.report.indexes if index.name in _INDEXES]


def _copy_raw(kept: Connection, then: Connection, table: Table, where: _Where | None = None) -> None:
    """Copy rows as the database keeps them, those for which ``where`` of the columns holds."""
    if kept.dialect.name == "sqlite":
        # Within SQLite itself, without a word of it in this program.
        own = table.to_metadata(MetaData(), schema=_KEPT)
        query = select(*own.c).where(*(where(own.c) if where else ()))
        then.execute(insert(table).from_select([column.key for column in table.c], query))
        return
    names = ", ".join(f'"{column.name}"' for column in table.c)
    marks = ", ".join("?" * len(table.c))
    put = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - the names of our own tables
    # Straight from the driver to the driver: many rows would become many objects on the way.
    result = kept.execute(select(*table.c).where(*(where(table.c) if where else ())))
    cursor = result.cursor
    packed = [at for at, column in enumerate(table.c) if isinstance(column.type, JSON)]
    while cursor is not None and (rows := cursor.fetchmany(_ROWS_AT_ONCE)):
        then.exec_driver_sql(put, [_in_text(row, packed) for row in rows])
    result.close()


def _in_text(row: Sequence[Any], packed: Sequence[int]) -> tuple[Any, ...]:
    """Return a row of a server with the values at some places as the text that SQLite keeps of them."""
    if not packed:
        return tuple(row)
    return tuple(json.dumps(value) if at in packed else value for at, value in enumerate(row))


def _without(then: Connection, table: Table, ids: Iterable[int]) -> None:
    """Remove rows by their first column."""
    rows = [{"this": int(one)} for one in ids]
    if rows:
        then.execute(delete(table).where(next(iter(table.c)) == bindparam("this")), rows)


def _copy_reports(kept: Connection, then: Connection, known: KnownThen) -> None:
    def there(report: _Columns) -> list[ColumnElement[bool]]:
        stands = report.batch_id.in_(known.standing)
        left = and_(or_(report.batch_id.is_(None), report.batch_id.in_(sorted(known.undone))), report.undone.is_(False))
        return [or_(stands, left)]

    touched = sorted(known.touched)
    _copy_raw(kept, then, schema.report, there)
    # An import that was undone later had not been: its reports counted.
    then.exec_driver_sql("UPDATE report SET undone = 0 WHERE undone <> 0")
    _without(then, schema.report, touched)
    for some in chunks(touched, _ROWS_AT_ONCE):
        reports = known.reports_then(reports_with(kept, some))
        rows = report_rows(None, [(one, b"") for one in reports])
        for one, row in zip(reports, rows, strict=True):
            row |= {"id": one.id, "version": one.version, "batch_id": one.batch_id, "undone": False}
        if rows:
            then.execute(insert(schema.report), rows)


def _copy_followups(kept: Connection, then: Connection, known: KnownThen) -> None:
    touched = sorted(known.touched)
    _copy_raw(kept, then, work_tables.followup)
    _without(then, work_tables.followup, touched)
    held: dict[int, Followup] = {}
    for some in chunks(touched):
        rows = kept.execute(FOLLOWUP.select().where(_followup.report_id.in_(some))).all()
        held.update((one.report_id, one) for one in map(FOLLOWUP.of_row, rows))
    _put(then, FOLLOWUP, [FOLLOWUP.row(one) for one in known.followups_then(held).values()])


def _copy_imports(kept: Connection, then: Connection, known: KnownThen) -> None:
    _put(then, BATCH, [{"id": one.id, **BATCH.row(one)} for one in known.batches])
    ids = [one.id for one in known.batches]
    _copy_raw(kept, then, schema.rejected_row, lambda rejected: [rejected.batch_id.in_(ids)])


def _copy_contacts(kept: Connection, then: Connection, known: KnownThen) -> None:
    """Copy whose reporter could be reached, not how: the past needs no more."""
    contact = schema.contact.c
    rows = kept.execute(select(contact.report_id).where(contact.created_at < known.known_at)).scalars()
    ids = sorted({*rows, *known.no_contact_now} - known.told.came_later)
    values = [{"report_id": number, "sealed": b"", "created_at": known.known_at} for number in ids]
    if values:
        then.execute(insert(schema.contact), values)


def _mark(then: Connection, source: str, *, snapped: bool) -> None:
    flags, bit = cast(_report.flags, Integer), int(ReportFlag.SNAPPED)
    other = flags.bitwise_and(bit) == (0 if snapped else bit)
    change = schema.report.update().where(_report.source == source, other)
    then.execute(change.values(flags=flags + bit if snapped else flags - bit))


def _put(then: Connection, kind: Kind[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        then.execute(kind.insert, rows)
