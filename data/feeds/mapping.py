"""What a service request says, as the one table that an import reads."""

from collections.abc import Mapping
from datetime import tzinfo

from data.feeds.georeport import moment_of
from data.reading.columns import DATE_FIELDS, Columns
from data.reading.statuses import read_status
from problems.reports import ReportStatus

_OPEN = frozenset({ReportStatus.NEW, ReportStatus.ACKNOWLEDGED, ReportStatus.IN_PROGRESS})
_NAMES: Mapping[str, str] = {
    "id": "service_request_id",
    "category": "service_name",
    "text": "description",
    "reported": "requested_datetime",
    "closed": "closed_datetime",
    "updated": "updated_datetime",
    "due": "expected_datetime",
    "status": "status",
    "lat": "lat",
    "lon": "long",
    "address": "address",
}
#: The columns of the merged table, in order. The last two are not read: rejected rows show them.
TABLE = (*_NAMES.values(), "agency_responsible", "service_code")


def columns_for(zone: str) -> Columns:
    """Return how the merged table is read.

    Parameters
    ----------
    zone
        Zone of dates without one; empty for that of the deployment.
    """
    return Columns(_NAMES, {name: "iso" for name in DATE_FIELDS if name in _NAMES}, zone or None)


def table_row(record: Mapping[str, str], zone: tzinfo) -> list[str]:
    """Return the cells of a service request in the order of :data:`TABLE`.

    A closed request was closed when it was last changed: the feed has no other time for it. Dates
    other than that of the report are left out where they cannot be read; a report is not lost for them.
    """
    told = dict(record)
    told["service_name"] = record.get("service_name") or record.get("service_code", "")
    for name in ("updated_datetime", "expected_datetime"):
        if moment_of(record, name, zone) is None:
            told[name] = ""
    status, _ = read_status(record.get("status", ""), closed=False)
    told["closed_datetime"] = "" if status in _OPEN else told["updated_datetime"]
    told["description"] = _text(record)
    return [told.get(name, "") for name in TABLE]


def _text(record: Mapping[str, str]) -> str:
    said, answer = record.get("description", ""), record.get("status_notes", "")
    told = [said] if said else []
    if answer and answer != said:
        told.append(f"Status: {answer}")
    return "\n".join(told)
