"""The tables of the store. What is in them is said by the nouns in :mod:`problems`.

A column bears the name of the field that it keeps (``key`` where the name in the database has to
differ). A place is two plain columns, ``lon`` and ``lat``, in degrees; ``cell`` numbers the square
of the ground it lies in, so that a box on the map is a few ranges of one index. The numbered
migrations in ``data/migrations`` build exactly these tables; a test compares the two.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from data.sql.types import Code, Day, Flags, Id, Instant, ListedIds, PackedIds, Steps, Words
from problems.actions import ActionStatus, ActionType
from problems.areas import AreaKind
from problems.audit import BEGINNING
from problems.categories import Group
from problems.events import EventKind, Subject
from problems.hot_spots import PileDecision, Standing
from problems.people import Role
from problems.problem import ProblemStatus
from problems.reports import BatchState, ReportFlag, ReportStatus
from problems.sources import PlacePrecision, TimePrecision

#: The number of the newest migration.
SCHEMA_VERSION = "0009"
#: Where a store says which schema it has.
VERSION_TABLE = "fixpoint_schema_version"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True)


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False, default=1)


def _words(name: str) -> Column[str]:
    return Column(name, Words, nullable=False, default="")


def _later_words(name: str) -> Column[str]:
    """Return a column that came with a later migration: rows that were there before got an empty text."""
    return Column(name, Words, nullable=False, default="", server_default=text("''"))


def _group(*, nullable: bool = False) -> Column[Group]:
    # "group" is a reserved word of SQL, and people do look into the tables by hand.
    return Column("group_code", Code(Group), key="group", nullable=nullable)


#: One row. ``version`` grows by one with every unit that was kept and is the key of every cache; the others
#: say where the audit chain ends, so that its end cannot be cut off unseen.
store_state = Table(
    "store_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("reports_version", BigInteger, nullable=False),
    Column("events", BigInteger, nullable=False, server_default="0"),
    Column("event_id", BigInteger, nullable=False, server_default="0"),
    Column("event_hash", String(64), nullable=False, server_default=text(f"'{BEGINNING}'")),
    CheckConstraint("id = 1", name="one_row"),
)

fact = Table("fact", metadata, Column("name", String(64), primary_key=True), _words("value"))

organisation = Table(
    "organisation",
    metadata,
    _id(),
    _words("name"),
    _words("kind"),
    _words("email"),
    Column("closed", Boolean, nullable=False, default=False),
    _version(),
)

person = Table(
    "person",
    metadata,
    _id(),
    Column("key", String(200), nullable=False, unique=True),
    _words("name"),
    Column("role", Code(Role), nullable=False),
    Column("organisation_id", Id, ForeignKey("organisation.id")),
    Column("active", Boolean, nullable=False, default=True),
    _version(),
)

area = Table(
    "area",
    metadata,
    _id(),
    Column("kind", Code(AreaKind), nullable=False),
    _words("name"),
    Column("geometry", JSON, nullable=False),
    _later_words("code"),
)

street = Table(
    "street",
    metadata,
    _id(),
    _words("name"),
    Column("rank", Integer, nullable=False),
    Column("geometry", JSON, nullable=False),
)

batch = Table(
    "batch",
    metadata,
    _id(),
    _words("source"),
    _words("file_name"),
    Column("sha256", String(64), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    _words("by"),
    Column("rows", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("unplaced", Integer, nullable=False),
    Column("unmapped", Integer, nullable=False),
    Column("columns", JSON, nullable=False),
    _later_words("kind"),
    Column("late", Integer, nullable=False, default=0, server_default="0"),
    Column("masked", Integer, nullable=False, default=0, server_default="0"),
    # May be empty in the database only: rows that were there before were given an empty one.
    Column("flagged", JSON, default=dict),
    Column("state", Code(BatchState), nullable=False, default=BatchState.DONE, server_default=text("'done'")),
    Column("undone_at", Instant),
    _later_words("undone_by"),
)

source = Table(
    "source",
    metadata,
    _id(),
    Column("name", String(60), nullable=False, unique=True),
    Column("precision", Code(PlacePrecision), nullable=False),
    Column("time_precision", Code(TimePrecision), nullable=False),
    Column("lattice_m", Float(53)),
    _words("columns"),
    _words("decided_by"),
    _words("why"),
    _version(),
)

rejected_row = Table(
    "rejected_row",
    metadata,
    _id(),
    Column("batch_id", Id, ForeignKey("batch.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("column_name", Words, key="column", nullable=False, default=""),
    _words("value"),
    _words("reason"),
    Column("row", JSON, nullable=False),
    Index(None, "batch_id", "line"),
)

report = Table(
    "report",
    metadata,
    _id(),
    Column("reported_at", Instant, nullable=False),
    Column("lon", Float(53)),
    Column("lat", Float(53)),
    Column("cell", BigInteger),
    _group(nullable=True),
    Column("status", Code(ReportStatus), nullable=False),
    # Equal for equal reporters, 0 for unknown ones: made when writing, so that a million rows are
    # read without hashing a million texts.
    Column("reporter_key", BigInteger, nullable=False),
    _version(),
    Column("batch_id", Id, ForeignKey("batch.id")),
    Column("source", Words, nullable=False),
    Column("source_id", Words, nullable=False),
    Column("category", String(32)),
    _words("category_name"),
    Column("occurred_at", Instant),
    Column("closed_at", Instant),
    _words("resolution"),
    _words("area"),
    _words("channel"),
    _words("reporter"),
    _words("address"),
    _words("text"),
    Column("content", LargeBinary, nullable=False),
    Column("due_at", Instant),
    Column("updated_at", Instant),
    _later_words("asset"),
    Column("flags", Flags, nullable=False, default=ReportFlag(0), server_default="0"),
    # No foreign keys: boundaries are replaced as a whole, and a million rows are written at once.
    Column("main_id", Id),
    Column("ward_id", Id),
    Column("beat_id", Id),
    Column("neighbourhood_id", Id),
    Column("undone", Boolean, nullable=False, default=False, server_default=false()),
    UniqueConstraint("source", "source_id"),
    # Holds all that a box, a period and groups are looked up by: only what is found is read from the table.
    Index("ix_report_view", "cell", "reported_at", "group", "lon", "lat"),
    Index(None, "reported_at"),
    Index(None, "batch_id"),
)
Index(
    "ix_report_unmapped",
    report.c.source,
    report.c.category_name,
    sqlite_where=text("category IS NULL"),
    postgresql_where=text("category IS NULL"),
)
Index(
    "ix_report_duplicates",
    report.c.main_id,
    sqlite_where=text("main_id IS NOT NULL"),
    postgresql_where=text("main_id IS NOT NULL"),
)

#: Which reports are open, in the words of their index: only in these does SQLite know it again.
OPEN_REPORTS = text("status IN ('new', 'acknowledged', 'in_progress')")
Index("ix_report_open", report.c.reported_at, sqlite_where=OPEN_REPORTS, postgresql_where=OPEN_REPORTS)
#: What the search finds: an index holds no endless text. A query that says the same words reads the index alone.
SEARCHED_ADDRESSES = text("length(address) BETWEEN 1 AND 400")
SEARCHED_ASSETS = text("length(asset) BETWEEN 1 AND 200")
Index(
    "ix_report_address",
    report.c.address,
    sqlite_where=SEARCHED_ADDRESSES,
    postgresql_where=SEARCHED_ADDRESSES,
)
Index(
    "ix_report_asset",
    report.c.asset,
    sqlite_where=SEARCHED_ASSETS,
    postgresql_where=SEARCHED_ASSETS,
    postgresql_ops={"asset": "text_pattern_ops"},
)

apart = Table(
    "apart",
    metadata,
    _id(),
    Column("first_id", Id, nullable=False),
    Column("second_id", Id, nullable=False),
    _words("decided_by"),
    Column("decided_at", Instant, nullable=False),
    UniqueConstraint("first_id", "second_id"),
)

contact = Table(
    "contact",
    metadata,
    _id(),
    Column("report_id", Id, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

refresh = Table(
    "refresh",
    metadata,
    _id(),
    Column("as_of", Day, nullable=False, index=True),
    Column("window_days", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("duration_s", Float(53), nullable=False),
    _words("by"),
    Column("reports", Integer, nullable=False),
    Column("distinct_incidents", Integer, nullable=False),
    Column("clusters", Integer, nullable=False),
    Column("hot_spots", Integer, nullable=False),
    Column("excluded_default_points", Integer, nullable=False),
    Column("excluded_reports", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("survived", Integer, nullable=False),
    Column("split", Integer, nullable=False),
    Column("merged", Integer, nullable=False),
    Column("dormant", Integer, nullable=False),
    Column("recurred", Integer, nullable=False),
    Column("epsg", Integer, nullable=False),
    _words("input_digest"),
    Column("settings", JSON, nullable=False),
    Column("unmapped", Integer, nullable=False),
)

problem = Table(
    "problem",
    metadata,
    _id(),
    _words("name"),
    _group(),
    Column("category", String(32), nullable=False),
    Column("status", Code(ProblemStatus), nullable=False),
    Column("lon", Float(53), nullable=False),
    Column("lat", Float(53), nullable=False),
    Column("width_m", Float(53), nullable=False),
    Column("footprint", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("reports", Integer, nullable=False),
    Column("incidents", Integer, nullable=False),
    _words("owner"),
    Column("owner_organisation_id", Id, ForeignKey("organisation.id")),
    _words("objective"),
    Column("review_on", Day),
    _words("area"),
    _words("outcome"),
    # No foreign key: hot spots point at their problem, and each would have to be written first.
    Column("hot_spot_id", Id),
    Column("last_seen_on", Day),
    Column("misses", Integer, nullable=False),
    Column("dormant_since", Day),
    Column("remediated_on", Day),
    Column("parent_id", Id, ForeignKey("problem.id")),
    Column("successor_ids", ListedIds, nullable=False),
    Column("reopened", Integer, nullable=False),
    _words("done_by"),
    Column("last_event_at", Instant),
    # May be empty in the database only: problems that were there before were given an empty one.
    Column("shares", JSON, default=dict),
    _version(),
)

hot_spot = Table(
    "hot_spot",
    metadata,
    _id(),
    Column("refresh_id", Id, ForeignKey("refresh.id"), nullable=False, index=True),
    # Empty in the mixed view of all groups together.
    _group(nullable=True),
    Column("category", String(32), nullable=False),
    Column("lon", Float(53), nullable=False),
    Column("lat", Float(53), nullable=False),
    Column("width_m", Float(53), nullable=False),
    Column("outline", JSON, nullable=False),
    Column("reports", Integer, nullable=False),
    Column("incidents", Integer, nullable=False),
    Column("reporters", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("members", PackedIds, nullable=False),
    Column("problem_id", Id, ForeignKey("problem.id"), index=True),
    _words("change"),
    Column("expected", Float(53)),
    Column("q_value", Float(53)),
    Column("standing", Code(Standing), nullable=False, server_default=text("'untested'")),
    Column("ratio", Float(53)),
    Column("ratio_low", Float(53)),
    Column("ratio_high", Float(53)),
    Column("dispersion", Float(53)),
)

pile = Table(
    "pile",
    metadata,
    _id(),
    Column("lon", Float(53), nullable=False),
    Column("lat", Float(53), nullable=False),
    Column("reports", Integer, nullable=False),
    Column("groups", Integer, nullable=False),
    Column("share", Float(53), nullable=False),
    Column("heavy", Boolean, nullable=False),
    Column("last_refresh_id", Id, ForeignKey("refresh.id")),
    Column("decision", Code(PileDecision), nullable=False),
    _words("decided_by"),
    _version(),
)

action = Table(
    "action",
    metadata,
    _id(),
    Column("problem_id", Id, ForeignKey("problem.id"), nullable=False, index=True),
    Column("organisation_id", Id, ForeignKey("organisation.id"), nullable=False),
    Column("type", Code(ActionType), nullable=False),
    _words("title"),
    Column("status", Code(ActionStatus), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_on", Day),
    Column("first_promised_on", Day),
    Column("moved_count", Integer, nullable=False),
    _words("person"),
    _words("reason"),
    Column("done_at", Instant),
    _words("done_by"),
    Column("blocked_since", Instant),
    Column("blocked_days", Float(53), nullable=False),
    _words("last_note"),
    Column("status_since", Instant),
    Column("cost", BigInteger),
    # May be empty in the database only: rows that were there before were given an empty list.
    Column("waits_for", ListedIds, default=()),
    Column("checklist", Steps, default=()),
    _later_words("advice"),
    Column("proposed_at", Instant),
    Column("accepted_at", Instant),
    _version(),
)

#: Append-only: the first migration puts triggers on it that refuse every change and removal, and each row is
#: sealed together with the one before it (:mod:`problems.audit`).
event = Table(
    "event",
    metadata,
    _id(),
    Column("at", Instant, nullable=False, index=True),
    _words("by"),
    _words("by_name"),
    Column("subject", Code(Subject), nullable=False),
    Column("subject_id", Id, nullable=False),
    Column("kind", Code(EventKind), nullable=False),
    Column("changes", JSON, nullable=False),
    Column("before", JSON, nullable=False),
    _words("reason"),
    _words("note"),
    Column("details", JSON, nullable=False),
    # No foreign key: the record of the past must not depend on what may be merged later.
    Column("organisation_id", Id),
    Column("hash", String(64), nullable=False, server_default=text("''")),
    Index(None, "subject", "subject_id", "id"),
)
