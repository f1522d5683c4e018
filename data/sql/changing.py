"""Many kept reports changed at once, and what is told of them: past SQLAlchemy, only what is different."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection

from data.sql.audit import Chain
from data.sql.records import reporter_key
from data.sql.types import microseconds, plain
from geo.cells import cell_of
from problems.events import Event, EventKind
from problems.report_columns import AREA_IDS, TEXTS, TIMES, moment_of
from problems.reports import Report
from problems.store import ChangedReport, SaidByPeople

_MARK = {"sqlite": "?", "postgresql": "%s"}
_SAID = (
    "SELECT subject_id, kind, at, changes FROM event WHERE subject = 'report' AND kind IN ('moved', 'edited')"
    " AND details ->> 'batch_id' IS NULL AND subject_id "
)
_AMONG = {"sqlite": "IN (SELECT value FROM json_each(?))", "postgresql": "= ANY(%s)"}
#: The columns that keep a field, where they are not one of the same name.
_KEPT_IN: Mapping[str, tuple[str, ...]] = {
    "category": ("category", "group_code"),
    "reporter": ("reporter", "reporter_key"),
    "lon_lat": ("lon", "lat", "cell"),
}


def said_by_people(connection: Connection, ids: Sequence[int]) -> Mapping[int, SaidByPeople]:
    """Return when people last moved each of these reports and what they corrected; nothing for the others."""
    name = connection.dialect.name
    asked = [int(one) for one in ids]
    rows = connection.exec_driver_sql(_SAID + _AMONG[name], (json.dumps(asked) if name == "sqlite" else asked,))
    found: dict[int, SaidByPeople] = {}
    for number, kind, at, changes in rows.all():
        said = found.get(number, SaidByPeople())
        if kind == EventKind.MOVED:
            moved = moment_of(at)
            said = SaidByPeople(
                moved if said.moved_at is None else max(said.moved_at, moved or said.moved_at), said.corrected
            )
        else:
            told = json.loads(changes) if isinstance(changes, str) else changes
            said = SaidByPeople(said.moved_at, said.corrected | set(told or ()))
        found[number] = said
    return found


def change_reports(connection: Connection, batch_id: int | None, changed: Sequence[ChangedReport]) -> None:
    """Write the changed fields of kept reports, each with its content's fingerprint; their versions grow."""
    mark = _MARK[connection.dialect.name]
    together: defaultdict[tuple[str, ...], list[ChangedReport]] = defaultdict(list)
    for one in changed:
        together[tuple(one.fields)].append(one)
    for fields, some in together.items():
        columns = [column for name in fields for column in _KEPT_IN.get(name, (name,))]
        sets = ", ".join(f"{column} = {mark}" for column in (*columns, "content", "batch_id"))
        statement = f"UPDATE report SET {sets}, version = version + 1 WHERE id = {mark}"  # noqa: S608 - names of columns alone
        lists = [values for name in fields for values in _values(name, [one.report for one in some])]
        contents = [one.content for one in some]
        numbers = [one.report.id for one in some]
        rows = list(zip(*lists, contents, [batch_id] * len(some), numbers, strict=True))
        connection.exec_driver_sql(statement, rows)


def add_events(connection: Connection, events: Sequence[Event], chain: Chain) -> None:
    """Append events in this order to the chain."""
    written = json.JSONEncoder().encode
    rows = [
        (
            microseconds(one.at),
            plain(one.by),
            plain(one.by_name),
            one.organisation_id,
            one.subject.value,
            int(one.subject_id),
            one.kind.value,
            plain(one.reason),
            plain(one.note),
            written(one.before),
            written(one.changes),
            written(one.details),
        )
        for one in events
    ]
    chain.append(connection, rows)


def _values(name: str, reports: Sequence[Report]) -> Iterable[list[Any]]:
    """Return one list of values for each column that keeps a field."""
    if name == "lon_lat":
        return _places(reports)
    told = [getattr(report, name) for report in reports]
    if name == "category":
        return told, [code[:3] if code else None for code in told]
    if name == "reporter":
        return [plain(text) for text in told], [reporter_key(text) for text in told]
    written = _WRITTEN.get(name)
    return ([None if value is None else written(value) for value in told] if written else told,)


def _places(reports: Sequence[Report]) -> Iterable[list[Any]]:
    places = [report.lon_lat for report in reports]
    there = [place for place in places if place is not None]
    cells = iter(cell_of(np.asarray(there, dtype=np.float64)).tolist() if there else ())
    return (
        [place and place[0] for place in places],
        [place and place[1] for place in places],
        [place and next(cells) for place in places],
    )


_WRITTEN: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(TEXTS, plain),
    **dict.fromkeys(TIMES, microseconds),
    **dict.fromkeys(AREA_IDS, int),
    "status": str,
    "flags": int,
}
