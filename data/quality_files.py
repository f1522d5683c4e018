"""The list behind a figure of the Data quality page, as a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from data.writing import csv_writer, safe_cell
from problems.quality import Aspect
from problems.reports import PLACE_FAULTS, RejectedRow, Report, ReportFlag
from problems.store import Store

_REPORT: Final = (
    *("id", "source", "source_id", "category", "category_name", "status", "reported_at", "closed_at"),
    *("longitude", "latitude", "address", "what_is_odd"),
)
_REJECTED: Final = ("line", "column", "value", "reason")


def write_reports(
    store: Store, source: str, aspect: Aspect, out: Path, point: tuple[float, float] | None = None
) -> int:
    """Write every report of a source that an aspect is about as CSV, and return how many.

    Neither what people said nor who reported is in it. Text that a spreadsheet would run as a
    formula gets an apostrophe in front; times are ISO 8601 in UTC.
    """
    return _write(out, _REPORT, (_of_report(report) for report in store.every_report_about(source, aspect, point)))


def write_rejected(store: Store, source: str, reason: str | None, out: Path) -> int:
    """Write the rejected rows of a source (for one reason) as CSV, and return how many: where each was wrong."""
    rows, _ = store.rejected_about(source, reason, None)
    return _write(out, _REJECTED, (_of_rejected(row) for row in rows))


def flags_words(flags: ReportFlag) -> str:
    """Return what is odd about a report in plain words, its place first."""
    ordered = sorted((flag for flag in ReportFlag if flag & flags), key=lambda flag: not flag & PLACE_FAULTS)
    return "; ".join(flag.label for flag in ordered)


def _write(out: Path, head: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> int:
    count = 0
    # Marked as UTF-8, so that spreadsheets read names beyond English right.
    with out.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv_writer(stream)
        writer.writerow(head)
        for row in rows:
            writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in row])
            count += 1
    return count


def _of_report(report: Report) -> tuple[object, ...]:
    lon, lat = report.lon_lat or (None, None)
    return (
        report.id,
        report.source,
        report.source_id,
        report.category,
        report.category_name,
        str(report.status),
        report.reported_at.isoformat(),
        report.closed_at.isoformat() if report.closed_at else None,
        lon,
        lat,
        report.address,
        flags_words(report.flags),
    )


def _of_rejected(row: RejectedRow) -> tuple[object, ...]:
    return row.line, row.column, row.value, row.reason
