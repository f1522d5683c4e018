"""What a newer row of a feed makes of a report that is kept: its fields, and its status where it may move."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from problems.events import EventKind
from problems.fingerprints import status_stands
from problems.lifecycle import moves_from
from problems.reports import Report, ReportFlag, ReportStatus
from problems.use_cases.saving import plain

OPEN = frozenset({ReportStatus.NEW, ReportStatus.ACKNOWLEDGED, ReportStatus.IN_PROGRESS})
STATUS_FIELDS = ("status", "resolution", "closed_at")
#: Fields that a row of a feed may change, with what Fixpoint works out from them.
FED_FIELDS = (
    "category", "category_name", "reported_at", *STATUS_FIELDS, "lon_lat", "occurred_at", "due_at", "updated_at",
    "asset", "address", "text", "area", "channel", "reporter", "flags", "ward_id", "beat_id", "neighbourhood_id",
)  # fmt: skip
#: What the feed says now is in the report. Events outlive the words, so they hold no more than undoing needs.
_UNREPEATED = frozenset({"text", "address", "reporter"})
_CHANGED = "changed"
_OLDER = "The feed told of an older state; nothing was changed."
_STAYS = "The feed says otherwise; the status stays as people or a newer time set it."
_REOPENED = "The feed opened it again."


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a kept report: its new state, and what is to be told of it (no ``kind``: nothing)."""

    after: Report
    kind: EventKind | None
    changes: Mapping[str, object] = field(default_factory=dict)
    before: Mapping[str, object] = field(default_factory=dict)
    note: str = ""
    outside: Mapping[str, object] = field(default_factory=dict)
    reopened: bool = False


def outside_time(report: Report) -> datetime | None:
    """Return the latest time at which the feed itself said something of the report's state."""
    return max((moment for moment in (report.updated_at, report.closed_at) if moment is not None), default=None)


def follow(before: Report, told: Report, was: bytes, moved_at: Callable[[], datetime | None]) -> Followed:
    """Return what a newer row makes of a kept report.

    Parameters
    ----------
    before
        The report as it is kept.
    told
        As the row tells it.
    was
        Fingerprint of what the feed told last time.
    moved_at
        Asked where it matters: when people last moved the report.
    """
    if told.updated_at and before.updated_at and told.updated_at < before.updated_at:
        return Followed(before, EventKind.NOTED, note=_OLDER, outside=_status_fields(told))
    status = _followed_status(before, told, was, moved_at)
    stands = before if status is None else status
    after = replace(
        told,
        id=before.id,
        category=told.category or (before.category if before.category_name == told.category_name else None),
        version=before.version,
        status=stands.status,
        resolution=stands.resolution,
        closed_at=stands.closed_at,
        flags=told.flags | (before.flags & ReportFlag.LATE),
        main_id=before.main_id,
    )
    return _told(before, after, told, differs=_differs(before, told, was), moves=status is not None)


def _differs(before: Report, told: Report, was: bytes) -> bool:
    """Tell whether the feed says another status than last time, and than is kept."""
    return not status_stands(told, was) and _status_fields(before) != _status_fields(told)


def _followed_status(
    before: Report, told: Report, was: bytes, moved_at: Callable[[], datetime | None]
) -> Report | None:
    """Return a report with the status that the kept one takes, or None where it stays."""
    # People said that another report tells of it: what becomes of a duplicate follows its main report.
    if before.main_id is not None or not _differs(before, told, was):
        return None
    told_at, known_at = outside_time(told), outside_time(before)
    if before.status not in OPEN and told.status in OPEN:
        # A closed matter is opened again by a later change only, one that the feed dates.
        if told.updated_at is None or (known_at is not None and told.updated_at <= known_at):
            return None
        return _reopened(before, told) if _is_later(told.updated_at, moved_at()) else None
    if before.status is not told.status and told_at and known_at and told_at < known_at:
        return None
    if status_stands(before, was):
        return told
    return told if _is_later(told_at, moved_at()) else None


def _is_later(told_at: datetime | None, moved_at: datetime | None) -> bool:
    return moved_at is None or (told_at is not None and told_at > moved_at)


def _reopened(before: Report, told: Report) -> Report | None:
    target = next((move.target for move in moves_from(before.status) if move.verb == "Re-open"), None)
    return replace(told, status=target, resolution="", closed_at=None) if isinstance(target, ReportStatus) else None


def _told(before: Report, after: Report, told: Report, *, differs: bool, moves: bool) -> Followed:
    changed = [name for name in FED_FIELDS if getattr(before, name) != getattr(after, name)]
    changes = {name: _CHANGED if name in _UNREPEATED else plain(getattr(after, name)) for name in changed}
    old = {name: plain(getattr(before, name)) for name in changed}
    reopened = moves and before.status not in OPEN and after.status in OPEN
    kind: EventKind | None = EventKind.EDITED if changed else None
    note = ""
    if differs:
        kind = EventKind.MOVED if moves else EventKind.NOTED
        note = _REOPENED if reopened else "" if moves else _STAYS
    return Followed(after, kind, changes, old, note, _status_fields(told) if differs else {}, reopened)


def _status_fields(report: Report) -> dict[str, object]:
    return {name: plain(getattr(report, name)) for name in STATUS_FIELDS}
