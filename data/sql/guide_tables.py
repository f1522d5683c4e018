"""The tables of what an installation usually does, and of where advice was given."""

from sqlalchemy import JSON, Column, Float, ForeignKey, Integer, Table, UniqueConstraint

from data.sql.schema import metadata
from data.sql.types import Code, Day, Id, Instant, Words
from problems.categories import Group
from problems.guides import GuideKind


def _words(name: str) -> Column[str]:
    return Column(name, Words, nullable=False, default="")


#: What an installation says in place of what came with Fixpoint; a row whose content is empty says nothing.
guide = Table(
    "guide",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Code(GuideKind), nullable=False),
    Column("group_code", Code(Group), key="group", nullable=False),
    Column("content", JSON, nullable=False),
    _words("edited_by"),
    Column("edited_at", Instant, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    UniqueConstraint("kind", "group", name="uq_guide_kind_group_code"),
)

advice_given = Table(
    "advice_given",
    metadata,
    Column("id", Id, primary_key=True),
    Column("action_id", Id, ForeignKey("action.id"), nullable=False),
    Column("problem_id", Id, ForeignKey("problem.id"), nullable=False, index=True),
    Column("group_code", Code(Group), key="group", nullable=False),
    _words("text"),
    _words("place"),
    Column("lon", Float(53)),
    Column("lat", Float(53)),
    Column("given_on", Day, nullable=False),
    Column("at", Instant, nullable=False),
    _words("by"),
    _words("by_name"),
    Column("organisation_id", Id),
    _words("withdrawn_by"),
    _words("withdrawn_why"),
    Column("version", Integer, nullable=False, default=1),
)
