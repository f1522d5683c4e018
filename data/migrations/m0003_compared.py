"""Make room for what a hot spot was compared with, for candidates, and for the mixed view of all groups."""

import sqlalchemy as sa
from alembic import op

from data.migrations.m0001_first_tables import CODE, REAL, may

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the table ``hot_spot``: what is there was never compared with anything, and says so."""
    # SQLite cannot make a column optional: the table is written anew, which nothing else refers to.
    with op.batch_alter_table("hot_spot") as hot_spot:
        hot_spot.alter_column("group_code", existing_type=CODE, nullable=True)
        hot_spot.add_column(sa.Column("standing", CODE, nullable=False, server_default=sa.text("'untested'")))
        for column in may(REAL, "ratio", "ratio_low", "ratio_high", "dispersion"):
            hot_spot.add_column(column)
