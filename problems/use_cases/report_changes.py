"""Saving a changed report together with the event that says what changed, by whom and why."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from problems.errors import NotFound, Stale
from problems.events import Event, EventKind, Subject, event
from problems.people import Principal
from problems.reports import Report
from problems.store import Store, Unit
from problems.use_cases.saving import plain

#: Fields of a report that people change. The words of a report are not repeated in its events: these are
#: kept for years after the words are gone.
CHANGEABLE = (
    "category", "lon_lat", "address", "asset", "occurred_at", "status", "main_id", "resolution", "closed_at", "area",
    "flags", "text",
)  # fmt: skip
_UNREPEATED = frozenset({"text", "address"})
_CHANGED = "corrected"


def reports_seen(
    store: Store, unit: Unit, asked: str, ids: Iterable[int], seen_versions: Mapping[int, int]
) -> dict[int, Report]:
    """Return the reports with these ids as they are now, each still at the version that was seen.

    Raises
    ------
    NotFound
        When there is no such report, or its import was undone.
    Stale
        When somebody else saved one of them in between; it tells what they changed.
    """
    wanted = list(dict.fromkeys(ids))
    found = {report.id: report for report in unit.reports(wanted) if not report.undone}
    for number in wanted:
        if number not in found:
            raise NotFound(asked, f"There is no report R-{number:06d}.", "Choose another one.")
        if number in seen_versions:
            check_report_seen(store, asked, found[number], seen_versions[number])
    return found


def check_report_seen(store: Store, asked: str, report: Report, seen_version: int) -> None:
    """Refuse with :class:`Stale` when somebody saved the report since ``seen_version``; it tells what they changed."""
    if report.version == seen_version:
        return
    told = store.events(Subject.REPORT, report.id)
    later = [one for one in told if one.changes and _version_after(one) > seen_version]
    seen: dict[str, object] = {}
    now: dict[str, object] = {}
    for one in later:
        now |= one.changes
        seen = {**one.before, **seen}
    who = later[-1].by_name if later else "An import"
    raise Stale(
        asked,
        f"{who} changed {report.ref} in the meantime.",
        "Look at what is there now and try again.",
        changes={name: (seen.get(name), value) for name, value in now.items() if seen.get(name) != value},
        changed_by=who,
    )


def _version_after(one: Event) -> int:
    version = one.details.get("version", 0)
    return version if isinstance(version, int) else 0


def save_report_change(
    unit: Unit,
    at: datetime,
    principal: Principal,
    before: Report,
    after: Report,
    kind: EventKind,
    *,
    note: str = "",
    details: Mapping[str, object] | None = None,
) -> Report:
    """Write ``after`` over ``before`` and append the event that tells the difference."""
    saved = unit.save_report(replace(after, version=before.version), before.version)
    changed = [name for name in CHANGEABLE if getattr(before, name) != getattr(after, name)]
    unit.add_events(
        [
            event(
                at,
                principal,
                Subject.REPORT,
                before.id,
                kind,
                changes={name: _CHANGED if name in _UNREPEATED else plain(getattr(after, name)) for name in changed},
                before={name: plain(getattr(before, name)) for name in changed if name not in _UNREPEATED},
                note=note.strip(),
                details={**(details or {}), "version": saved.version},
            )
        ]
    )
    return saved
