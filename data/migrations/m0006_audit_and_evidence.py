"""Chain the events to each other by their hashes, and make room for visits and photos.

The events that are there are sealed in their order as they are found, a few thousand at a time.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from json import JSONEncoder
from typing import Any

import sqlalchemy as sa
from alembic import op

from data.migrations.m0001_first_tables import CODE, COUNT, DAY, ID, INSTANT, TEXT, guard_events_in_a_file, may, must

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

HASH = sa.String(64)
_BEGINNING = "0" * 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROWS_AT_ONCE = 5_000
_COLUMNS = "id, at, by, by_name, organisation_id, subject, subject_id, kind, reason, note, before, changes, details"
_TEXTS = "::text, ".join(_COLUMNS.rpartition("note, ")[2].split(", ")) + "::text"
_quoted = JSONEncoder().encode


def upgrade() -> None:
    """Add the hashes, seal what is there, and create the new tables."""
    op.add_column("event", sa.Column("hash", HASH, nullable=False, server_default=sa.text("''")))
    op.add_column("store_state", sa.Column("events", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("store_state", sa.Column("event_id", sa.BigInteger(), nullable=False, server_default="0"))
    beginning = sa.text(f"'{_BEGINNING}'")
    op.add_column("store_state", sa.Column("event_hash", HASH, nullable=False, server_default=beginning))
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for change in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER event_no_{change}")
        seal_events(connection)
        guard_events_in_a_file()
    else:
        op.execute("ALTER TABLE event DISABLE TRIGGER event_is_kept")
        seal_events(connection)
        op.execute("ALTER TABLE event ENABLE TRIGGER event_is_kept")
    create_visit()
    create_photo()
    create_photo_file()


def seal_events(connection: sa.Connection) -> None:
    """Give every event its hash, and note where the chain ends."""
    is_file = connection.dialect.name == "sqlite"
    mark = "?" if is_file else "%s"
    columns = _COLUMNS if is_file else _COLUMNS.rpartition("note, ")[0] + "note, " + _TEXTS
    query = f"SELECT {columns} FROM event WHERE id > {mark} ORDER BY id LIMIT {_ROWS_AT_ONCE}"  # noqa: S608 - names of columns alone
    last_id, last_hash, count = -(1 << 62), _BEGINNING, 0
    while rows := connection.exec_driver_sql(query, (last_id,)).all():
        hashes = []
        for row in rows:
            last_hash = sha256(f"{last_hash}\n{event_text(*row)}".encode()).hexdigest()
            hashes.append(last_hash)
        ids = [row[0] for row in rows]
        if is_file:
            connection.exec_driver_sql("UPDATE event SET hash = ? WHERE id = ?", list(zip(hashes, ids, strict=True)))
        else:
            connection.exec_driver_sql(
                "UPDATE event SET hash = told.hash FROM unnest(%s::bigint[], %s::text[]) AS told(id, hash)"
                " WHERE event.id = told.id",
                (ids, hashes),
            )
        last_id, count = ids[-1], count + len(ids)
    change = sa.text("UPDATE store_state SET events = :count, event_id = :last_id, event_hash = :last_hash")
    connection.execute(change, {"count": count, "last_id": max(last_id, 0), "last_hash": last_hash})


def event_text(*values: Any) -> str:
    """Return what is hashed of an event, as it was on the day of this migration."""
    number, at, by, by_name, organisation_id, subject, subject_id, kind, reason, note, before, changes, details = values
    moment = (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="microseconds")
    organisation = "null" if organisation_id is None else str(organisation_id)
    return (
        f'{{"id":{number},"at":"{moment}","by":{_quoted(by)},"by_name":{_quoted(by_name)},'
        f'"organisation_id":{organisation},"subject":{_quoted(subject)},"subject_id":{subject_id},'
        f'"kind":{_quoted(kind)},"reason":{_quoted(reason)},"note":{_quoted(note)},'
        f'"before":{before},"changes":{changes},"details":{details}}}'
    )


def _references(table: str, names: Sequence[str]) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}.id"], name=f"fk_{table}_{name}_id_{name}") for name in names
    ]


def create_visit() -> None:
    """Create the table ``visit``."""
    op.create_table(
        "visit",
        *must(ID, "id", "problem_id"),
        *may(ID, "action_id"),
        *must(DAY, "visited_on"),
        *must(TEXT, "note"),
        *must(INSTANT, "at"),
        *must(TEXT, "by", "by_name"),
        *may(ID, "organisation_id"),
        *_references("visit", ("problem", "action")),
        sa.PrimaryKeyConstraint("id", name="pk_visit"),
    )
    op.create_index("ix_visit_problem_id", "visit", ["problem_id"])


def create_photo() -> None:
    """Create the table ``photo``."""
    op.create_table(
        "photo",
        *must(ID, "id", "problem_id"),
        *may(ID, "action_id", "visit_id"),
        *must(CODE, "shows"),
        *must(TEXT, "alt", "note"),
        *must(INSTANT, "at"),
        *must(TEXT, "by", "by_name"),
        *may(ID, "organisation_id"),
        *must(HASH, "original_sha256", "shown_sha256", "thumbnail_sha256"),
        *must(TEXT, "format"),
        *must(COUNT, "size_bytes", "width", "height"),
        *may(INSTANT, "withdrawn_at"),
        *must(TEXT, "withdrawn_by", "withdrawn_why"),
        *must(COUNT, "version"),
        *_references("photo", ("problem", "action", "visit")),
        sa.PrimaryKeyConstraint("id", name="pk_photo"),
    )
    op.create_index("ix_photo_problem_id", "photo", ["problem_id"])


def create_photo_file() -> None:
    """Create the table ``photo_file``."""
    op.create_table(
        "photo_file",
        *must(HASH, "sha256"),
        *must(CODE, "purpose"),
        *must(sa.LargeBinary(), "content"),
        sa.PrimaryKeyConstraint("sha256", "purpose", name="pk_photo_file"),
    )
