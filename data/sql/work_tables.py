"""The tables of what people did about reports and problems, beside those of :mod:`data.sql.schema`."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table

from data.sql.schema import metadata
from data.sql.types import Code, Day, Id, Instant, Words
from problems.followups import Satisfaction
from problems.verdicts import Verdict


def _words(name: str) -> Column[str]:
    return Column(name, Words, nullable=False, default="")


#: What people did about a report; one row for each that somebody worked on.
followup = Table(
    "followup",
    metadata,
    Column("report_id", Id, primary_key=True, autoincrement=False),
    _words("owner"),
    Column("organisation_id", Id, ForeignKey("organisation.id")),
    _words("body"),
    Column("referred_on", Day),
    Column("problem_id", Id, ForeignKey("problem.id"), index=True),
    Column("responded_at", Instant),
    _words("outcome"),
    _words("done_by"),
    Column("reopened", Integer, nullable=False),
    Column("waiting_since", Instant),
    _words("waiting_for"),
    Column("waited_days", Integer, nullable=False),
    Column("told_at", Instant),
    _words("told_by"),
    Column("satisfied", Code(Satisfaction)),
)

#: Written once: a new assessment is a new row.
assessment = Table(
    "assessment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("problem_id", Id, ForeignKey("problem.id"), nullable=False, index=True),
    Column("made_at", Instant, nullable=False),
    _words("by"),
    _words("by_name"),
    Column("method", String(32), nullable=False),
    Column("verdict", Code(Verdict), nullable=False),
    Column("obstacle", String(32), nullable=False),
    _words("sentence"),
    Column("words", JSON, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("layout", JSON, nullable=False),
    Column("figures", JSON, nullable=False),
)
