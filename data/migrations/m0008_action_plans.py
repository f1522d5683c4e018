"""Make room for what plans hold: cost, order, checklist and advice of an action, the lists of usual actions.

When an action was proposed and accepted is told by the events that are there, so that days from the one to
the other are known for the past too.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from data.migrations.m0001_first_tables import CODE, COUNT, DAY, ID, INSTANT, JSON, REAL, TEXT, may, must

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the table ``action`` and create ``guide`` and ``advice_given``."""
    op.add_column("action", sa.Column("cost", sa.BigInteger(), nullable=True))
    for column in may(JSON, "waits_for", "checklist"):
        op.add_column("action", column)
    op.execute("UPDATE action SET waits_for = '[]', checklist = '[]'")
    op.add_column("action", sa.Column("advice", TEXT, nullable=False, server_default=sa.text("''")))
    op.add_column("action", sa.Column("proposed_at", INSTANT, nullable=True))
    op.add_column("action", sa.Column("accepted_at", INSTANT, nullable=True))
    tell_referrals(op.get_bind())
    create_guide()
    create_advice_given()


def tell_referrals(connection: sa.Connection) -> None:
    """Set when each action was last proposed to its organisation and when that one accepted it, from the events."""
    query = sa.text("SELECT subject_id, at, changes FROM event WHERE subject = 'action' ORDER BY id")
    known: dict[int, list[int | None]] = {}
    for number, at, changes in connection.execute(query):
        told: Any = json.loads(changes) if isinstance(changes, str) else changes
        status = told.get("status")
        if status == "proposed":
            known[number] = [at, None]
        elif status == "accepted":
            known.setdefault(number, [None, None])[1] = at
    change = sa.text("UPDATE action SET proposed_at = :proposed, accepted_at = :accepted WHERE id = :number")
    rows = [{"number": number, "proposed": times[0], "accepted": times[1]} for number, times in known.items()]
    if rows:
        connection.execute(change, rows)


def create_guide() -> None:
    """Create the table ``guide``."""
    op.create_table(
        "guide",
        *must(ID, "id"),
        *must(CODE, "kind", "group_code"),
        *must(JSON, "content"),
        *must(TEXT, "edited_by"),
        *must(INSTANT, "edited_at"),
        *must(COUNT, "version"),
        sa.PrimaryKeyConstraint("id", name="pk_guide"),
        sa.UniqueConstraint("kind", "group_code", name="uq_guide_kind_group_code"),
    )


def create_advice_given() -> None:
    """Create the table ``advice_given``."""
    op.create_table(
        "advice_given",
        *must(ID, "id", "action_id", "problem_id"),
        *must(CODE, "group_code"),
        *must(TEXT, "text", "place"),
        *may(REAL, "lon", "lat"),
        *must(DAY, "given_on"),
        *must(INSTANT, "at"),
        *must(TEXT, "by", "by_name"),
        *may(ID, "organisation_id"),
        *must(TEXT, "withdrawn_by", "withdrawn_why"),
        *must(COUNT, "version"),
        sa.PrimaryKeyConstraint("id", name="pk_advice_given"),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name="fk_advice_given_action_id_action"),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name="fk_advice_given_problem_id_problem"),
    )
    op.create_index("ix_advice_given_problem_id", "advice_given", ["problem_id"])
