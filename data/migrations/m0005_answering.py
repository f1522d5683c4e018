"""Make room for what people do about reports: owner, referral, waits, the sentence told, the answer to it."""

import sqlalchemy as sa
from alembic import op

from data.migrations.m0001_first_tables import CODE, COUNT, DAY, ID, INSTANT, TEXT, may, must

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OPEN = sa.text("status IN ('new', 'acknowledged', 'in_progress')")


def upgrade() -> None:
    """Create the table of follow-ups, and an index that finds open reports among a million ended ones."""
    create_followup()
    op.create_index("ix_report_open", "report", ["reported_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)


def create_followup() -> None:
    """Create the table ``followup``."""
    op.create_table(
        "followup",
        sa.Column("report_id", ID, nullable=False, autoincrement=False),
        *must(TEXT, "owner"),
        *may(ID, "organisation_id"),
        *must(TEXT, "body"),
        *may(DAY, "referred_on"),
        *may(ID, "problem_id"),
        *may(INSTANT, "responded_at"),
        *must(TEXT, "outcome", "done_by"),
        *must(COUNT, "reopened"),
        *may(INSTANT, "waiting_since"),
        *must(TEXT, "waiting_for"),
        *must(COUNT, "waited_days"),
        *may(INSTANT, "told_at"),
        *must(TEXT, "told_by"),
        *may(CODE, "satisfied"),
        sa.PrimaryKeyConstraint("report_id", name="pk_followup"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_followup_organisation_id_organisation"
        ),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name="fk_followup_problem_id_problem"),
    )
    op.create_index("ix_followup_problem_id", "followup", ["problem_id"])
