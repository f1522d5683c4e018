"""Reports by the million: past SQLAlchemy, in the quickest way that each database has.

SQLite is handed tuples by its own driver, with what is the same in a whole stretch written into the
statement; PostgreSQL is handed a stream (``COPY``).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, islice
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Index, select

from data.sql import schema
from data.sql.records import EVENT, reporter_key
from data.sql.types import microseconds, plain
from geo.cells import cell_of
from problems.events import Event, Subject
from problems.report_columns import AREA_IDS, NEVER, TEXTS, TIMES, ReportColumns, moment_of
from problems.store import KnownReport

#: Kept in memory while many reports are written: a key at random touches any page of the index.
_CACHE_KIB = 128 * 1024
_WAL_LEFT_BYTES = 64 << 20
#: Parameters of one SQLite statement: several rows at once save going back and forth.
_PARAMETERS = 4_000
_IDS_AT_ONCE = 500
_KNOWN = {
    "sqlite": (
        "SELECT report.source_id, report.id, report.content, report.undone FROM json_each(?) AS asked"
        " CROSS JOIN report ON report.source = ? AND report.source_id = asked.value"
    ),
    "postgresql": "SELECT source_id, id, content, undone FROM report WHERE source_id = ANY(%s) AND source = %s",
}
_UNDONE = {
    "sqlite": (
        "UPDATE report SET undone = ?, batch_id = ?, version = version + 1 WHERE id IN (SELECT value FROM json_each(?))"
    ),
    "postgresql": "UPDATE report SET undone = %s, batch_id = %s, version = version + 1 WHERE id = ANY(%s)",
}
#: By time, so that the first one found is the newest; the sign keeps SQLite from sorting a whole source.
#: Reports of an undone import stay where people worked on them; what it covered was covered by nobody.
_NEWEST = {
    "sqlite": "SELECT reported_at FROM report WHERE +source = ? AND NOT undone AND reported_at <= ?"
    " AND (batch_id IS NULL OR batch_id NOT IN (SELECT id FROM batch WHERE state = 'undone'))"
    " ORDER BY reported_at DESC LIMIT 1",
    "postgresql": "SELECT max(reported_at) FROM report WHERE source = %s AND NOT undone AND reported_at <= %s"
    " AND (batch_id IS NULL OR batch_id NOT IN (SELECT id FROM batch WHERE state = 'undone'))",
}


def known_reports(connection: Connection, source: str, source_ids: Sequence[str]) -> Mapping[str, KnownReport]:
    """Return what is kept of ``source_ids``, by source id; absent ones are left out."""
    asked = {plain(source_id): source_id for source_id in source_ids}
    name = connection.dialect.name
    listed: Any = json.dumps(list(asked)) if name == "sqlite" else list(asked)
    rows = connection.exec_driver_sql(_KNOWN[name], (listed, source)).all()
    return {
        asked[source_id]: KnownReport(number, bytes(content), bool(undone))
        for source_id, number, content, undone in rows
    }


def newest_report_at(connection: Connection, source: str, until: datetime) -> datetime | None:
    """Return the newest date up to ``until`` of a source's reports of living imports, or None without any."""
    any_kept = select(schema.report.c.id).where(schema.report.c.source == source).limit(1)
    if connection.execute(any_kept).first() is None:
        return None
    found = connection.exec_driver_sql(_NEWEST[connection.dialect.name], (source, microseconds(until))).scalar()
    return None if found is None else moment_of(int(found))


def events_of_reports(connection: Connection, ids: Sequence[int]) -> list[Event]:
    """Return the events about these reports, in their order."""
    event = schema.event.c
    found: list[Event] = []
    for start in range(0, len(ids), _IDS_AT_ONCE):
        some = event.subject_id.in_([int(one) for one in ids[start : start + _IDS_AT_ONCE]])
        query = EVENT.select().where(event.subject == Subject.REPORT, some)
        found += [EVENT.of_row(row) for row in connection.execute(query)]
    return sorted(found, key=lambda one: one.id)


def batch_reports(connection: Connection, batch_id: int) -> list[int]:
    """Return the ids of the reports that an import was the last one to write, in ascending order."""
    report = schema.report.c
    return list(connection.execute(select(report.id).where(report.batch_id == batch_id).order_by(report.id)).scalars())


def mark_undone(connection: Connection, batch_id: int, ids: Sequence[int], *, undone: bool) -> int:
    """Mark reports as undone, or bring them back with the import ``batch_id``; return how many."""
    name = connection.dialect.name
    listed: Any = json.dumps([int(one) for one in ids]) if name == "sqlite" else [int(one) for one in ids]
    return connection.exec_driver_sql(_UNDONE[name], (undone, batch_id, listed)).rowcount


@contextmanager
def many_reports(connection: Connection) -> Iterator[None]:
    """Prepare an open transaction for many new reports, and finish it after them.

    The indexes of an SQLite store without reports are built at the end: sorting once takes a quarter of the
    time of putting each report into its place. The transaction still is all or nothing.
    """
    if connection.dialect.name != "sqlite":
        # On a server, taking an index away would keep every reader waiting until the end.
        yield
        return
    cache = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA journal_size_limit={_WAL_LEFT_BYTES}")
    connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KIB}")
    later: list[Index] = []
    if connection.execute(select(schema.report.c.id).limit(1)).first() is None:
        # The other partial ones hold few reports, and building one reads them all.
        large = (
            index
            for index in schema.report.indexes
            if index.dialect_options["sqlite"]["where"] in (None, schema.SEARCHED_ADDRESSES)
        )
        later = sorted(large, key=lambda index: str(index.name))
        for index in later:
            index.drop(connection)
    try:
        yield
        for index in later:
            index.create(connection)
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size={cache}")


def add_report_columns(
    connection: Connection, batch_id: int, columns: ReportColumns, contents: Sequence[bytes]
) -> None:
    """Write new reports, each with its content's fingerprint."""
    told = _values(batch_id, columns, contents)
    if connection.dialect.name == "sqlite":
        _into_sqlite(connection, told, len(columns))
    else:
        _into_postgresql(connection, told, len(columns))


def _values(batch_id: int, columns: ReportColumns, contents: Sequence[bytes]) -> dict[str, Any]:
    """Return a list for each column of the table, or one value that is the same for every row."""
    place = columns.placed
    cells = np.zeros(len(columns), dtype=np.int64)
    if place.any():
        cells[place] = cell_of(columns.lon_lat[place])
    told: dict[str, Any] = {
        "batch_id": batch_id,
        "version": 1,
        "undone": False,
        "main_id": None,
        "source": [plain(columns.source)] * len(columns),
        "content": list(contents),
        "lon": _or_none(columns.lon_lat[:, 0], place),
        "lat": _or_none(columns.lon_lat[:, 1], place),
        "cell": _or_none(cells, place),
        "flags": _shared(columns.flags.tolist()),
        "status": [str(one) for one in columns.status],
        "category": _shared(columns.category.tolist()),
    }
    told["group_code"] = _groups(told["category"])
    for name in TEXTS:
        told[name] = _shared(_plain(getattr(columns, name).tolist()))
    told["reporter_key"] = _reporter_keys(told["reporter"])
    for name in TIMES:
        told[name] = _or_none(getattr(columns, name), getattr(columns, name) != NEVER)
    for name in AREA_IDS:
        told[name] = _or_none(getattr(columns, name), getattr(columns, name) != 0)
    return told


def _or_none(values: npt.NDArray[Any], there: npt.NDArray[np.bool_]) -> Any:
    if not there.any():
        return None
    listed = values.tolist()
    for place in np.flatnonzero(~there).tolist():
        listed[place] = None
    return listed


def _shared(values: list[Any]) -> Any:
    """Return the one value of a list that holds nothing, "" or one number throughout; else the list."""
    first = values[0] if values else None
    if (first is None or first == "" or isinstance(first, int)) and values.count(first) == len(values):
        return first
    return values


def _plain(texts: list[str]) -> list[str]:
    """Return texts as every database can keep them; nearly always they are that already."""
    joined = "".join(texts)
    try:
        joined.encode()
    except UnicodeEncodeError:
        return [plain(text) for text in texts]
    return [plain(text) for text in texts] if "\0" in joined else texts


def _groups(categories: Any) -> Any:
    if categories is None:
        return None
    groups = {code: code[:3] if code else None for code in set(categories)}
    return [groups[code] for code in categories]


def _reporter_keys(reporters: Any) -> Any:
    if reporters == "":
        return 0
    keys = {reporter: reporter_key(reporter) for reporter in set(reporters)}
    return [keys[reporter] for reporter in reporters]


def _into_sqlite(connection: Connection, told: Mapping[str, Any], count: int) -> None:
    lists = {name: value for name, value in told.items() if isinstance(value, list)}
    fixed = {name: _written(value) for name, value in told.items() if name not in lists}
    names = ", ".join([*lists, *fixed])
    row = f"({', '.join([*('?' for _ in lists), *fixed.values()])})"
    statement = f"INSERT INTO report ({names}) VALUES "  # noqa: S608 - names of columns and fixed values alone
    at_once = max(1, _PARAMETERS // max(1, len(lists)))
    left = count % at_once
    values = chain.from_iterable(zip(*lists.values(), strict=True))
    driver: Any = connection.connection.driver_connection
    together = (tuple(islice(values, at_once * len(lists))) for _ in range(count // at_once))
    driver.executemany(statement + ", ".join([row] * at_once), together)
    driver.executemany(statement + row, (tuple(islice(values, len(lists))) for _ in range(left)))


def _written(value: object) -> str:
    """Return a value that is the same for all rows as SQL: nothing, a whole number or the empty text."""
    if value is None:
        return "NULL"
    if value == "" and isinstance(value, str):
        return "''"
    if isinstance(value, int):
        return str(int(value))
    raise TypeError(f"{type(value).__name__} is not written into a statement")


def _into_postgresql(connection: Connection, told: Mapping[str, Any], count: int) -> None:
    names = list(told)
    lists = [value if isinstance(value, list) else [value] * count for value in told.values()]
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY report ({', '.join(names)}) FROM STDIN") as copy:
        for row in zip(*lists, strict=True):
            copy.write_row(row)
