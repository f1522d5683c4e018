"""The audit chain in the database: sealed while it is written, checked as one picture of the store."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from data.sql import schema
from data.sql.reading import Reading
from problems.audit import BEGINNING, AuditHead, AuditLine, KeptEvent, Verification, hash_of, verified
from problems.progress import Progress, silent

_MARK = {"sqlite": "?", "postgresql": "%s"}
_COLUMNS = (
    "id", "at", "by", "by_name", "organisation_id", "subject", "subject_id", "kind", "reason", "note", "before",
    "changes", "details",
)  # fmt: skip
_JSON = frozenset({"before", "changes", "details"})
_ROWS_AT_ONCE = 5_000
_HEAD = select(schema.store_state.c.events, schema.store_state.c.event_id, schema.store_state.c.event_hash)
_DOING = "Checking the record of changes"


class Chain:
    """The end of the chain in an open unit; nobody else can append while it is open."""

    def __init__(self, head: AuditHead) -> None:
        self.head = head

    def append(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Keep events, numbered and sealed; each row has the columns of :class:`KeptEvent` without the id."""
        number, last = self.head.last_id, self.head.hash
        sealed = []
        for row in rows:
            number += 1
            kept = KeptEvent(number, *row)
            last = hash_of(last, kept.text)
            sealed.append((number, *row, last))
        marks = ", ".join([_MARK[connection.dialect.name]] * (len(_COLUMNS) + 1))
        statement = f"INSERT INTO event ({', '.join(_COLUMNS)}, hash) VALUES ({marks})"  # noqa: S608 - names of columns alone
        connection.exec_driver_sql(statement, sealed)
        self.head = AuditHead(self.head.events + len(rows), number, last)


def audit_head(connection: Connection) -> AuditHead:
    """Return where the store says that the chain ends."""
    return AuditHead(*connection.execute(_HEAD).one())


def audit_lines(connection: Connection, progress: Progress = silent) -> Iterator[AuditLine]:
    """Go through the events in order of id, a few at a time, to the letter as they are kept."""
    total = connection.execute(select(func.count()).select_from(schema.event)).scalar_one()
    texts = connection.dialect.name == "postgresql"
    columns = ", ".join(f"{name}::text" if texts and name in _JSON else name for name in _COLUMNS)
    mark = _MARK[connection.dialect.name]
    query = f"SELECT {columns}, hash FROM event WHERE id > {mark} ORDER BY id LIMIT {_ROWS_AT_ONCE}"  # noqa: S608 - names of columns alone
    last_id, last_hash, seen = -(1 << 62), BEGINNING, 0
    while rows := connection.exec_driver_sql(query, (last_id,)).all():
        for *values, own in rows:
            line = AuditLine(KeptEvent(*values), last_hash, own)
            yield line
            last_hash = own
        last_id, seen = rows[-1][0], seen + len(rows)
        progress(_DOING, min(1.0, seen / max(1, total)))


class AuditReading(Reading):
    """The part of a store that reads the audit chain."""

    def verify_audit(self, progress: Progress = silent, noted: str = "") -> Verification:
        """Check the whole chain as it is at this moment; see :func:`problems.audit.verified`."""
        with self._reading() as connection:
            return verified(audit_lines(connection, progress), audit_head(connection), noted)

    def audit_lines(self, progress: Progress = silent) -> Iterator[AuditLine]:
        """Go through the chain in order, as it is at this moment, without holding it."""
        with self._reading() as connection:
            yield from audit_lines(connection, progress)
