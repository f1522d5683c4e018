"""The tables of visits and photos, beside those of :mod:`data.sql.schema`."""

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table

from data.sql.schema import metadata
from data.sql.types import Code, Day, Id, Instant, Words
from problems.visits import Purpose, Shows


def _words(name: str) -> Column[str]:
    return Column(name, Words, nullable=False, default="")


visit = Table(
    "visit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("problem_id", Id, ForeignKey("problem.id"), nullable=False, index=True),
    Column("action_id", Id, ForeignKey("action.id")),
    Column("visited_on", Day, nullable=False),
    _words("note"),
    Column("at", Instant, nullable=False),
    _words("by"),
    _words("by_name"),
    Column("organisation_id", Id),
)

photo = Table(
    "photo",
    metadata,
    Column("id", Id, primary_key=True),
    Column("problem_id", Id, ForeignKey("problem.id"), nullable=False, index=True),
    Column("action_id", Id, ForeignKey("action.id")),
    Column("visit_id", Id, ForeignKey("visit.id")),
    Column("shows", Code(Shows), nullable=False),
    _words("alt"),
    _words("note"),
    Column("at", Instant, nullable=False),
    _words("by"),
    _words("by_name"),
    Column("organisation_id", Id),
    Column("original_sha256", String(64), nullable=False),
    Column("shown_sha256", String(64), nullable=False),
    Column("thumbnail_sha256", String(64), nullable=False),
    _words("format"),
    Column("size_bytes", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("withdrawn_at", Instant),
    _words("withdrawn_by"),
    _words("withdrawn_why"),
    Column("version", Integer, nullable=False, default=1),
)

#: The pictures themselves, by the hash of their content; originals are sealed with the installation's key.
photo_file = Table(
    "photo_file",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("purpose", Code(Purpose), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
