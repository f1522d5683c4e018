"""What a file tells, and taking it in, for the tests that follow a report from file to file."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from data.stores import SqlStore
from problems.people import LAPTOP
from problems.reports import Batch, RejectedRow, Report, ReportStatus
from problems.use_cases.importing import accept_import

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
BEFORE = START - timedelta(days=30)


def fed(source_id: str, **more: Any) -> Report:
    """Return a report that a file tells of."""
    plain = Report(
        0, "council", source_id, "LGT-OUT", "Street lighting", BEFORE, ReportStatus.NEW, (-0.1, 51.5), text="Out"
    )
    return replace(plain, **more)


def closed(source_id: str, at: datetime = START, **more: Any) -> Report:
    """Return a report whose work ended."""
    return fed(source_id, status=ReportStatus.RESOLVED, resolution="unspecified", closed_at=at, **more)


def take(store: SqlStore, *rows: Report | RejectedRow, file: str = "one", at: datetime = START, **more: Any) -> Batch:
    """Take a file in, at nine in the morning unless told otherwise."""
    return accept_import(
        store,
        LAPTOP,
        lambda: at,
        1,
        source="council",
        file_name=f"{file}.csv",
        sha256=file,
        columns={},
        rows=rows,
        **more,
    )
