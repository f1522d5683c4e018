"""Make room for what a careful import keeps: flags, sources, duplicates, contacts, and undone imports."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from data.migrations.m0001_first_tables import CODE, COUNT, ID, INSTANT, JSON, REAL, TEXT, may, must

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the tables of reports, imports and boundaries, then create the new ones."""
    widen_report()
    widen_batch()
    op.add_column("area", _with_default(TEXT, "code", "''"))
    create_source()
    create_apart()
    create_contact()


def _with_default(kind: Any, name: str, default: str) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, server_default=sa.text(default))


def widen_report() -> None:
    """Add what is odd about a report, where it lies, and of which it is a duplicate."""
    for column in may(INSTANT, "due_at", "updated_at"):
        op.add_column("report", column)
    op.add_column("report", _with_default(TEXT, "asset", "''"))
    op.add_column("report", _with_default(COUNT, "flags", "0"))
    for column in may(ID, "main_id", "ward_id", "beat_id", "neighbourhood_id"):
        op.add_column("report", column)
    op.add_column("report", sa.Column("undone", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_report_batch_id", "report", ["batch_id"])
    op.create_index(
        "ix_report_duplicates",
        "report",
        ["main_id"],
        sqlite_where=sa.text("main_id IS NOT NULL"),
        postgresql_where=sa.text("main_id IS NOT NULL"),
    )


def widen_batch() -> None:
    """Add the format, more counts, and what became of an import."""
    op.add_column("batch", _with_default(TEXT, "kind", "''"))
    op.add_column("batch", _with_default(COUNT, "late", "0"))
    op.add_column("batch", _with_default(COUNT, "masked", "0"))
    op.add_column("batch", sa.Column("flagged", JSON, nullable=True))
    op.execute("UPDATE batch SET flagged = '{}'")
    op.add_column("batch", _with_default(CODE, "state", "'done'"))
    op.add_column("batch", sa.Column("undone_at", INSTANT, nullable=True))
    op.add_column("batch", _with_default(TEXT, "undone_by", "''"))


def create_source() -> None:
    """Create the table ``source``."""
    op.create_table(
        "source",
        *must(ID, "id"),
        *must(sa.String(60), "name"),
        *must(CODE, "precision", "time_precision"),
        *may(REAL, "lattice_m"),
        *must(TEXT, "columns", "decided_by", "why"),
        *must(COUNT, "version"),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
        sa.UniqueConstraint("name", name="uq_source_name"),
    )


def create_apart() -> None:
    """Create the table ``apart``."""
    op.create_table(
        "apart",
        *must(ID, "id", "first_id", "second_id"),
        *must(TEXT, "decided_by"),
        *must(INSTANT, "decided_at"),
        sa.PrimaryKeyConstraint("id", name="pk_apart"),
        sa.UniqueConstraint("first_id", "second_id", name="uq_apart_first_id_second_id"),
    )


def create_contact() -> None:
    """Create the table ``contact``."""
    op.create_table(
        "contact",
        *must(ID, "id", "report_id"),
        *must(sa.LargeBinary(), "sealed"),
        *must(INSTANT, "created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
        sa.UniqueConstraint("report_id", name="uq_contact_report_id"),
    )
