"""Contacts: how a reporter can be reached. Shown to few, each time with a trace, and dropped in time."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from problems.clock import Clock
from problems.entries import Caller
from problems.errors import NotFound
from problems.events import EventKind, Subject, event
from problems.people import Principal, Role
from problems.reports import Report, ReportStatus
from problems.store import Store
from problems.use_cases.saving import require

MAY_SEE_CONTACTS = (Role.OFFICER, Role.COORDINATOR)
#: A contact is kept for so long after its report was closed.
KEPT_DAYS = 90


def show_contact(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_id: int,
    opened: Callable[[bytes], Caller],
) -> Caller:
    """Return who told of a report and how to reach them; that somebody looked is kept for good.

    Parameters
    ----------
    opened
        Opens the seal; :class:`data.sealing.Sealer` has it.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator.
    NotFound
        When no contact is kept for this report.
    """
    asked = "The contact was not shown."
    require(principal, asked, *MAY_SEE_CONTACTS)
    with store.writing() as unit:
        contact = store.contact(report_id)
        if contact is None:
            raise NotFound(asked, "None is kept for this report.", f"Contacts go {KEPT_DAYS} days after it was closed.")
        caller = opened(contact.sealed)
        unit.add_events(
            [event(clock(), principal, Subject.REPORT, report_id, EventKind.REVIEWED, details={"contact": "shown"})]
        )
    return caller


def drop_old_contacts(
    store: Store, principal: Principal, clock: Clock, seed: int, *, after_days: int = KEPT_DAYS
) -> int:
    """Remove the contacts of reports that were closed more than ``after_days`` days ago; return how many.

    A duplicate is closed when its main report is.

    Raises
    ------
    NotAllowed
        When the principal may not look after the store.
    """
    require(principal, "The contacts were not dropped.", Role.ADMIN, Role.SYSTEM)
    kept = store.reports_with_contact()
    if not kept:
        return 0
    with store.writing() as unit:
        now = clock()
        old = _closed_before(store, kept, now - timedelta(days=after_days))
        removed = unit.remove_contacts(old)
        unit.add_events(
            [
                event(now, principal, Subject.REPORT, number, EventKind.EDITED, details={"contact": "dropped"})
                for number in old
            ]
        )
    return removed


def _closed_before(store: Store, ids: Iterable[int], limit: datetime) -> list[int]:
    reports = store.reports(list(ids))
    mains = {main.id: main for main in store.reports([each.main_id for each in reports if each.main_id is not None])}
    old: list[int] = []
    for report in reports:
        telling = mains.get(report.main_id, report) if report.main_id is not None else report
        closed_at = None if telling.status.is_open else _closed_at(store, telling)
        if closed_at is not None and closed_at < limit:
            old.append(report.id)
    return old


def _closed_at(store: Store, report: Report) -> datetime | None:
    """Return when a report left the open states: what the feed says, else when somebody moved it."""
    if report.closed_at is not None:
        return report.closed_at
    moved = [
        one.at
        for one in store.events(Subject.REPORT, report.id)
        if "status" in one.changes and not ReportStatus(str(one.changes["status"])).is_open
    ]
    return max(moved, default=report.updated_at)
