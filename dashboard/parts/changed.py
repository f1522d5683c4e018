"""What an import changed of reports that were here already: report by report, before and after."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, table
from dashboard.parts.notices import remark
from dashboard.parts.reports_table import taxonomy
from dashboard.wording import NOTHING, count, moment
from problems.events import Event, EventKind, Subject
from problems.reports import Batch, Report, ReportStatus

_SHOWN: Final = 200
_NOT_FOLLOWED: Final = "older than what is known: noted, not followed"
_OTHERWISE: Final = "what people set stays: noted, not followed"
_WORDS: Final[Mapping[str, str]] = {
    "status": "status",
    "resolution": "how it was closed",
    "category": "category",
    "category_name": "category name",
    "reported_at": "date reported",
    "occurred_at": "date it happened",
    "closed_at": "date closed",
    "due_at": "date due",
    "updated_at": "last change",
    "asset": "asset",
    "area": "area",
    "channel": "channel",
}
#: Personal, or close to it: only that they changed is told.
_UNTOLD: Final[Mapping[str, str]] = {
    "text": "text changed",
    "address": "address changed",
    "reporter": "reporter changed",
    "lon_lat": "place changed",
}


def show_changed(desk: Desk, batch: Batch) -> None:
    """Draw the reports that an import changed, and those of which it told an older state."""
    if not batch.updated:
        return
    told = [
        one
        for one in desk.store.events(
            Subject.REPORT, since=batch.started_at, until=batch.finished_at + timedelta(seconds=1)
        )
        if one.details.get("batch_id") == batch.id
    ]
    if not told:
        return
    unheard = sum(_is_older(one) for one in told)
    if unheard:
        remark(f"{count(unheard, 'report')}: {_NOT_FOLLOWED}.")
    reports = {each.id: each for each in desk.store.reports([one.subject_id for one in told[:_SHOWN]])}
    rows = [row for one in told[:_SHOWN] for row in _rows(desk, one, reports)]
    draw(table("Changed reports", ("Report", "Number in the file", "What", "Before", "After"), rows))
    if len(told) > _SHOWN:
        remark(f"{_SHOWN} of {count(len(told), 'changed report')} are shown.")


def _is_older(one: Event) -> bool:
    return one.kind is EventKind.NOTED and not one.changes and "older" in one.note


def _rows(desk: Desk, one: Event, reports: Mapping[int, Report]) -> Iterator[Sequence[object]]:
    report = reports.get(one.subject_id)
    who = (report.ref, report.source_id) if report else (NOTHING, NOTHING)
    shown = False
    for field, now in one.changes.items():
        if field in _UNTOLD:
            yield (*who, _UNTOLD[field], NOTHING, NOTHING)
        elif field in _WORDS:
            yield (*who, _WORDS[field], _value(desk, field, one.before.get(field)), _value(desk, field, now))
        else:
            continue
        shown = True
    outside = one.details.get("outside")
    if one.kind is EventKind.NOTED and isinstance(outside, Mapping):
        told = _value(desk, "status", outside.get("status"))
        why = _NOT_FOLLOWED if _is_older(one) else _OTHERWISE
        yield (*who, "status", _value(desk, "status", report.status if report else None), f"{told} ({why})")
    elif not shown:
        yield (*who, "what Fixpoint works out", NOTHING, NOTHING)


def _value(desk: Desk, field: str, value: object) -> str:
    if value is None or value == "":
        return NOTHING
    text = str(value)
    if field.endswith("_at"):
        return moment(datetime.fromisoformat(text), desk.zone)
    if field == "category" and text in taxonomy().categories:
        return taxonomy().categories[text].name
    return ReportStatus(text).label if field == "status" and text in tuple(ReportStatus) else text
