"""Make room for the levels on which each problem is shared with organisations."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the levels; problems that are there have none but those that follow from the rules."""
    op.add_column("problem", sa.Column("shares", sa.JSON()))
    op.execute("UPDATE problem SET shares = '{}'")
