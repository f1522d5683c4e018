"""Create every table of the first release.

Migrations say in their own words what they make: they must go on building what they built on the
day they were released, whatever becomes of ``data/sql/schema.py``.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()
DAY = sa.String(10)
CODE = sa.String(32)
REAL = sa.Float(53)
TEXT = sa.Text()
COUNT = sa.Integer()
JSON = sa.JSON()


def must(kind: Any, *names: str) -> list[sa.Column[Any]]:
    """Return columns that always have a value."""
    return [sa.Column(name, kind, nullable=False) for name in names]


def may(kind: Any, *names: str) -> list[sa.Column[Any]]:
    """Return columns that may be empty."""
    return [sa.Column(name, kind, nullable=True) for name in names]


def upgrade() -> None:
    """Create the tables in the order in which they refer to each other, then the triggers."""
    create_area()
    create_batch()
    create_event()
    create_fact()
    create_organisation()
    create_refresh()
    create_store_state()
    create_street()
    create_person()
    create_pile()
    create_problem()
    create_rejected_row()
    create_report()
    create_action()
    create_hot_spot()
    op.execute("INSERT INTO store_state (id, version, reports_version) VALUES (1, 0, 0)")
    if op.get_bind().dialect.name == "sqlite":
        guard_events_in_a_file()
    else:
        guard_events_on_a_server()


def downgrade() -> None:
    """Refuse: going back would throw away what people wrote."""
    raise NotImplementedError("restore the copy that was made before the upgrade instead")


def create_area() -> None:
    """Create the table ``area``."""
    op.create_table(
        "area",
        *must(ID, "id"),
        *must(CODE, "kind"),
        *must(TEXT, "name"),
        *must(JSON, "geometry"),
        sa.PrimaryKeyConstraint("id", name="pk_area"),
    )


def create_batch() -> None:
    """Create the table ``batch``."""
    op.create_table(
        "batch",
        *must(ID, "id"),
        *must(TEXT, "source", "file_name"),
        *must(sa.String(length=64), "sha256"),
        *must(INSTANT, "started_at", "finished_at"),
        *must(TEXT, "by"),
        *must(COUNT, "rows", "accepted", "unchanged", "updated", "rejected", "unplaced", "unmapped"),
        *must(JSON, "columns"),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
    )


def create_event() -> None:
    """Create the table ``event``."""
    op.create_table(
        "event",
        *must(ID, "id"),
        *must(INSTANT, "at"),
        *must(TEXT, "by", "by_name"),
        *must(CODE, "subject"),
        *must(ID, "subject_id"),
        *must(CODE, "kind"),
        *must(JSON, "changes", "before"),
        *must(TEXT, "reason", "note"),
        *must(JSON, "details"),
        *may(ID, "organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_at", "event", ["at"])
    op.create_index("ix_event_subject_subject_id_id", "event", ["subject", "subject_id", "id"])


def create_fact() -> None:
    """Create the table ``fact``."""
    op.create_table(
        "fact",
        *must(sa.String(length=64), "name"),
        *must(TEXT, "value"),
        sa.PrimaryKeyConstraint("name", name="pk_fact"),
    )


def create_organisation() -> None:
    """Create the table ``organisation``."""
    op.create_table(
        "organisation",
        *must(ID, "id"),
        *must(TEXT, "name", "kind", "email"),
        *must(sa.Boolean(), "closed"),
        *must(COUNT, "version"),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
    )


def create_refresh() -> None:
    """Create the table ``refresh``."""
    op.create_table(
        "refresh",
        *must(ID, "id"),
        *must(DAY, "as_of"),
        *must(COUNT, "window_days"),
        *must(INSTANT, "started_at"),
        *must(REAL, "duration_s"),
        *must(TEXT, "by"),
        *must(
            COUNT,
            "reports",
            "distinct_incidents",
            "clusters",
            "hot_spots",
            "excluded_default_points",
            "excluded_reports",
            "new",
            "survived",
            "split",
            "merged",
            "dormant",
            "recurred",
            "epsg",
        ),
        *must(TEXT, "input_digest"),
        *must(JSON, "settings"),
        *must(COUNT, "unmapped"),
        sa.PrimaryKeyConstraint("id", name="pk_refresh"),
    )
    op.create_index("ix_refresh_as_of", "refresh", ["as_of"])


def create_store_state() -> None:
    """Create the table ``store_state``."""
    op.create_table(
        "store_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        *must(sa.BigInteger(), "version", "reports_version"),
        sa.CheckConstraint("id = 1", name="ck_store_state_one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_store_state"),
    )


def create_street() -> None:
    """Create the table ``street``."""
    op.create_table(
        "street",
        *must(ID, "id"),
        *must(TEXT, "name"),
        *must(COUNT, "rank"),
        *must(JSON, "geometry"),
        sa.PrimaryKeyConstraint("id", name="pk_street"),
    )


def create_person() -> None:
    """Create the table ``person``."""
    op.create_table(
        "person",
        *must(ID, "id"),
        *must(sa.String(length=200), "key"),
        *must(TEXT, "name"),
        *must(CODE, "role"),
        *may(ID, "organisation_id"),
        *must(sa.Boolean(), "active"),
        *must(COUNT, "version"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_person_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("key", name="uq_person_key"),
    )


def create_pile() -> None:
    """Create the table ``pile``."""
    op.create_table(
        "pile",
        *must(ID, "id"),
        *must(REAL, "lon", "lat"),
        *must(COUNT, "reports", "groups"),
        *must(REAL, "share"),
        *must(sa.Boolean(), "heavy"),
        *may(ID, "last_refresh_id"),
        *must(CODE, "decision"),
        *must(TEXT, "decided_by"),
        *must(COUNT, "version"),
        sa.ForeignKeyConstraint(["last_refresh_id"], ["refresh.id"], name="fk_pile_last_refresh_id_refresh"),
        sa.PrimaryKeyConstraint("id", name="pk_pile"),
    )


def create_problem() -> None:
    """Create the table ``problem``."""
    op.create_table(
        "problem",
        *must(ID, "id"),
        *must(TEXT, "name"),
        *must(CODE, "group_code"),
        *must(sa.String(length=32), "category"),
        *must(CODE, "status"),
        *must(REAL, "lon", "lat", "width_m"),
        *must(JSON, "footprint"),
        *must(INSTANT, "created_at"),
        *must(COUNT, "reports", "incidents"),
        *must(TEXT, "owner"),
        *may(ID, "owner_organisation_id"),
        *must(TEXT, "objective"),
        *may(DAY, "review_on"),
        *must(TEXT, "area", "outcome"),
        *may(ID, "hot_spot_id"),
        *may(DAY, "last_seen_on"),
        *must(COUNT, "misses"),
        *may(DAY, "dormant_since", "remediated_on"),
        *may(ID, "parent_id"),
        *must(JSON, "successor_ids"),
        *must(COUNT, "reopened"),
        *must(TEXT, "done_by"),
        *may(INSTANT, "last_event_at"),
        *must(COUNT, "version"),
        sa.ForeignKeyConstraint(
            ["owner_organisation_id"], ["organisation.id"], name="fk_problem_owner_organisation_id_organisation"
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["problem.id"], name="fk_problem_parent_id_problem"),
        sa.PrimaryKeyConstraint("id", name="pk_problem"),
    )


def create_rejected_row() -> None:
    """Create the table ``rejected_row``."""
    op.create_table(
        "rejected_row",
        *must(ID, "id", "batch_id"),
        *must(COUNT, "line"),
        *must(TEXT, "column_name", "value", "reason"),
        *must(JSON, "row"),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_rejected_row_batch_id_batch"),
        sa.PrimaryKeyConstraint("id", name="pk_rejected_row"),
    )
    op.create_index("ix_rejected_row_batch_id_line", "rejected_row", ["batch_id", "line"])


def create_report() -> None:
    """Create the table ``report``."""
    op.create_table(
        "report",
        *must(ID, "id"),
        *must(INSTANT, "reported_at"),
        *may(REAL, "lon", "lat"),
        *may(sa.BigInteger(), "cell"),
        *may(CODE, "group_code"),
        *must(CODE, "status"),
        *must(sa.BigInteger(), "reporter_key"),
        *must(COUNT, "version"),
        *may(ID, "batch_id"),
        *must(TEXT, "source", "source_id"),
        *may(sa.String(length=32), "category"),
        *must(TEXT, "category_name"),
        *may(INSTANT, "occurred_at", "closed_at"),
        *must(TEXT, "resolution", "area", "channel", "reporter", "address", "text"),
        *must(sa.LargeBinary(), "content"),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_report_batch_id_batch"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.UniqueConstraint("source", "source_id", name="uq_report_source_source_id"),
    )
    op.create_index("ix_report_view", "report", ["cell", "reported_at", "group_code", "lon", "lat"])
    op.create_index("ix_report_reported_at", "report", ["reported_at"])
    op.create_index(
        "ix_report_unmapped",
        "report",
        ["source", "category_name"],
        sqlite_where=sa.text("category IS NULL"),
        postgresql_where=sa.text("category IS NULL"),
    )


def create_action() -> None:
    """Create the table ``action``."""
    op.create_table(
        "action",
        *must(ID, "id", "problem_id", "organisation_id"),
        *must(CODE, "type"),
        *must(TEXT, "title"),
        *must(CODE, "status"),
        *must(INSTANT, "created_at"),
        *may(DAY, "due_on", "first_promised_on"),
        *must(COUNT, "moved_count"),
        *must(TEXT, "person", "reason"),
        *may(INSTANT, "done_at"),
        *must(TEXT, "done_by"),
        *may(INSTANT, "blocked_since"),
        *must(REAL, "blocked_days"),
        *must(TEXT, "last_note"),
        *may(INSTANT, "status_since"),
        *must(COUNT, "version"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_action_organisation_id_organisation"
        ),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name="fk_action_problem_id_problem"),
        sa.PrimaryKeyConstraint("id", name="pk_action"),
    )
    op.create_index("ix_action_problem_id", "action", ["problem_id"])


def create_hot_spot() -> None:
    """Create the table ``hot_spot``."""
    op.create_table(
        "hot_spot",
        *must(ID, "id", "refresh_id"),
        *must(CODE, "group_code"),
        *must(sa.String(length=32), "category"),
        *must(REAL, "lon", "lat", "width_m"),
        *must(JSON, "outline"),
        *must(COUNT, "reports", "incidents", "reporters"),
        *must(INSTANT, "first_at", "last_at"),
        *must(sa.LargeBinary(), "members"),
        *may(ID, "problem_id"),
        *must(TEXT, "change"),
        *may(REAL, "expected", "q_value"),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name="fk_hot_spot_problem_id_problem"),
        sa.ForeignKeyConstraint(["refresh_id"], ["refresh.id"], name="fk_hot_spot_refresh_id_refresh"),
        sa.PrimaryKeyConstraint("id", name="pk_hot_spot"),
    )
    op.create_index("ix_hot_spot_problem_id", "hot_spot", ["problem_id"])
    op.create_index("ix_hot_spot_refresh_id", "hot_spot", ["refresh_id"])


def guard_events_in_a_file() -> None:
    """Refuse every change and removal of an event in SQLite."""
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER event_no_{change.lower()} BEFORE {change} ON event "
            "BEGIN SELECT RAISE(ABORT, 'events are never changed or removed'); END"
        )
    # INSERT OR REPLACE removes a row without a DELETE, unless the connection asked for it.
    op.execute(
        "CREATE TRIGGER event_no_replace BEFORE INSERT ON event "
        "WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'events are never changed or removed'); END"
    )


def guard_events_on_a_server() -> None:
    """Refuse every change and removal of an event in PostgreSQL."""
    op.execute(
        "CREATE FUNCTION event_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are never changed or removed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER event_is_kept BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_is_kept()"
    )
    op.execute(
        "CREATE TRIGGER event_is_not_emptied BEFORE TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION event_is_kept()"
    )
