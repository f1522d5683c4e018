"""Make room for assessments: what work on a problem achieved, with everything that it was made from."""

import sqlalchemy as sa
from alembic import op

from data.migrations.m0001_first_tables import CODE, ID, INSTANT, JSON, TEXT, must

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table ``assessment``."""
    op.create_table(
        "assessment",
        *must(ID, "id", "problem_id"),
        *must(INSTANT, "made_at"),
        *must(TEXT, "by", "by_name"),
        *must(CODE, "method", "verdict", "obstacle"),
        *must(TEXT, "sentence"),
        *must(JSON, "words", "settings", "evidence", "layout", "figures"),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name="fk_assessment_problem_id_problem"),
    )
    op.create_index("ix_assessment_problem_id", "assessment", ["problem_id"])
