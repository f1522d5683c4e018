"""Reading what people said belongs together, what they entered by hand, and whose contacts are kept."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from data.sql import points, schema
from data.sql.reading import Reading
from data.sql.records import REPORT
from data.sql.types import plain
from problems.duplicates import OpenReports
from problems.reports import Report


class MergedReading(Reading):
    """The reading half of a store, with duplicates, receipts and contacts."""

    def report_known_as(self, source: str, source_id: str) -> Report | None:
        """Return the report that a source calls ``source_id``, or None."""
        report = schema.report.c
        query = REPORT.select().where(report.source == source, report.source_id == plain(source_id))
        found = self._all(REPORT, query)
        return found[0] if found else None

    def merged_reports(self) -> Mapping[int, tuple[int, ...]]:
        """Return every main report with its duplicates, by id; of undone imports there are none."""
        report = schema.report.c
        found: dict[int, tuple[int, ...]] = {}
        with self._reading() as connection:
            query = select(report.main_id, report.id).where(report.main_id.is_not(None), report.undone.is_(False))
            for main, number in connection.execute(query.order_by(report.id)).all():
                found[main] = (*found.get(main, ()), number)
        return found

    def open_reports(self, since: datetime) -> OpenReports:
        """Return the open, placed, categorised reports since a moment; points that a source moved are left out."""
        with self._reading() as connection:
            return points.open_reports(connection, since)

    def reports_with_contact(self) -> list[int]:
        """Return the ids of the reports whose reporter can be reached, in ascending order."""
        contact = schema.contact.c
        with self._reading() as connection:
            return list(connection.execute(select(contact.report_id).order_by(contact.report_id)).scalars())
