"""Make addresses and the numbers of assets quick to search, among a million reports too."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: An index holds no endless text: a server refuses one of more than a third of a page.
_ADDRESSES = sa.text("length(address) BETWEEN 1 AND 400")
_ASSETS = sa.text("length(asset) BETWEEN 1 AND 200")


def upgrade() -> None:
    """Create an index of the addresses, and one of the numbers of assets."""
    op.create_index("ix_report_address", "report", ["address"], sqlite_where=_ADDRESSES, postgresql_where=_ADDRESSES)
    op.create_index(
        "ix_report_asset",
        "report",
        ["asset"],
        sqlite_where=_ASSETS,
        postgresql_where=_ASSETS,
        # Found by how they begin, whatever order the server's language puts letters in.
        postgresql_ops={"asset": "text_pattern_ops"},
    )
