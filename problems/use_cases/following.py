"""What a newer row of a feed makes of a report that is kept: its fields, and its status where it may move."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from problems.events import EventKind
from problems.fingerprints import status_stands
from problems.lifecycle import moves_from
from problems.reports import PLACE_FAULTS, Report, ReportFlag, ReportStatus
from problems.store import SaidByPeople
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
_CORRECTED = "The feed says otherwise; what people corrected stays."
_CLOSING = ReportFlag.CLOSED_BEFORE_REPORTED | ReportFlag.CLOSED_AT_ONCE
#: Fields that people correct one by one; with a place go the boundaries that hold it.
_CORRECTABLE = ("category", "lon_lat", "occurred_at", "address", "text", "asset")
_WITH_PLACE = ("area", "ward_id", "beat_id", "neighbourhood_id")
#: People said that the others are about the same as this one: it has to stand for them.
_STANDS_FOR_NONE = frozenset({ReportStatus.DUPLICATE, ReportStatus.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a kept report: its new state, and what is to be told of it (no ``kind``: nothing)."""

    after: Report
    kind: EventKind | None
    fields: tuple[str, ...] = ()
    changes: Mapping[str, object] = field(default_factory=dict)
    before: Mapping[str, object] = field(default_factory=dict)
    note: str = ""
    outside: Mapping[str, object] = field(default_factory=dict)
    reopened: bool = False
    #: Whether the row is what the feed says now; one that tells of an older state is not.
    heard: bool = True


def outside_time(report: Report) -> datetime | None:
    """Return the latest time at which the feed itself said something of the report's state."""
    return max((moment for moment in (report.updated_at, report.closed_at) if moment is not None), default=None)


def _closing_flags(before: Report, reported_at: datetime, closed_at: datetime | None) -> ReportFlag:
    """Return what is odd about the closing time that stays."""
    if closed_at is None:
        return ReportFlag(0)
    if closed_at < reported_at:
        return ReportFlag.CLOSED_BEFORE_REPORTED
    # Whether its dates are exact enough to say so is known where the time came in.
    return before.flags & ReportFlag.CLOSED_AT_ONCE


def follow(before: Report, told: Report, was: bytes, said: SaidByPeople, *, is_main: bool = False) -> Followed:
    """Return what a newer row makes of a kept report.

    Parameters
    ----------
    before
        The report as it is kept.
    told
        As the row tells it.
    was
        Fingerprint of what the feed told last time.
    said
        What people said of the report. What they corrected stays until they change it again.
    is_main
        Whether people made other reports duplicates of it: it then stays in the count, whatever the feed says.
    """
    if told.updated_at and before.updated_at and told.updated_at < before.updated_at:
        return Followed(before, EventKind.NOTED, note=_OLDER, outside=_status_fields(told), heard=False)
    differs = _differs(before, told, was)
    may_move = differs and not (is_main and told.status in _STANDS_FOR_NONE)
    status = _followed_status(before, told, was, said.moved_at) if may_move else None
    stands = before if status is None else status
    flags = told.flags | (before.flags & ReportFlag.LATE)
    if stands.closed_at != told.closed_at:
        flags = (flags & ~_CLOSING) | _closing_flags(before, told.reported_at, stands.closed_at)
    corrected = tuple(name for name in _CORRECTABLE if name in said.corrected)
    kept = {name: getattr(before, name) for name in corrected}
    if "lon_lat" in kept:
        kept |= {name: getattr(before, name) for name in _WITH_PLACE}
        flags = (flags & ~PLACE_FAULTS) | (before.flags & PLACE_FAULTS)
    if corrected:
        flags |= before.flags & ReportFlag.MASKED
    if "category" not in kept:
        kept["category"] = told.category or (before.category if before.category_name == told.category_name else None)
    after = replace(
        told,
        id=before.id,
        version=before.version,
        status=stands.status,
        resolution=stands.resolution,
        closed_at=stands.closed_at,
        flags=flags,
        main_id=before.main_id,
        **kept,
    )
    outside = _status_fields(told) if differs else {}
    unheard = [name for name in corrected if getattr(told, name) != getattr(before, name)]
    outside |= {name: _CHANGED if name in _UNREPEATED else plain(getattr(told, name)) for name in unheard}
    return _told(before, after, outside, differs=differs, moves=status is not None, unheard=bool(unheard))


def _differs(before: Report, told: Report, was: bytes) -> bool:
    """Tell whether the feed says another status than last time, and than is kept."""
    same = all(getattr(before, name) == getattr(told, name) for name in STATUS_FIELDS)
    return not same and not status_stands(told, was)


def _followed_status(before: Report, told: Report, was: bytes, moved_at: datetime | None) -> Report | None:
    """Return a report with the status that the kept one takes, or None where it stays."""
    # People said that another report tells of it: what becomes of a duplicate follows its main report.
    if before.main_id is not None:
        return None
    told_at, known_at = outside_time(told), outside_time(before)
    if before.status not in OPEN and told.status in OPEN:
        # A closed matter is opened again by a later change only, one that the feed dates.
        if told.updated_at is None or (known_at is not None and told.updated_at <= known_at):
            return None
        return _reopened(before, told) if _is_later(told.updated_at, moved_at) else None
    if before.status is not told.status and told_at and known_at and told_at < known_at:
        return None
    if status_stands(before, was):
        return told
    return told if _is_later(told_at, moved_at) else None


def _is_later(told_at: datetime | None, moved_at: datetime | None) -> bool:
    return moved_at is None or (told_at is not None and told_at > moved_at)


def _reopened(before: Report, told: Report) -> Report | None:
    target = next((move.target for move in moves_from(before.status) if move.verb == "Re-open"), None)
    return replace(told, status=target, resolution="", closed_at=None) if isinstance(target, ReportStatus) else None


def _told(
    before: Report, after: Report, outside: Mapping[str, object], *, differs: bool, moves: bool, unheard: bool
) -> Followed:
    changed = tuple(name for name in FED_FIELDS if getattr(before, name) != getattr(after, name))
    changes = {name: _CHANGED if name in _UNREPEATED else plain(getattr(after, name)) for name in changed}
    old = {name: plain(getattr(before, name)) for name in changed}
    reopened = moves and before.status not in OPEN and after.status in OPEN
    kind: EventKind | None = EventKind.EDITED if changed else None
    note = _CORRECTED if unheard else ""
    if differs:
        kind = EventKind.MOVED if moves else EventKind.NOTED
        note = _REOPENED if reopened else note if moves else _STAYS
    return Followed(after, kind, changed, changes, old, note, outside, reopened)


def _status_fields(report: Report) -> dict[str, object]:
    return {name: plain(getattr(report, name)) for name in STATUS_FIELDS}
