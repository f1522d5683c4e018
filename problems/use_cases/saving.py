"""Saving a changed record together with the event that says what changed, by whom and why."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from enum import Enum
from typing import TypeVar

from problems.actions import Action
from problems.errors import NotAllowed
from problems.events import Event, EventKind, Subject, event
from problems.people import Principal, Role
from problems.problem import SIGHTING_FIELDS, Problem
from problems.store import Unit

Record = TypeVar("Record", Problem, Action)

#: Fields that events do not carry: bookkeeping, and what refreshes keep in their own record.
UNTOLD = frozenset({"id", "version", "last_event_at", *SIGHTING_FIELDS})


def plain(value: object) -> object:
    """Return ``value`` as JSON can carry it: dates as ISO text, tuples as lists, codes as text."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    return value


def told(record: Problem | Action) -> dict[str, object]:
    """Return every field of a record that events carry, ready for JSON."""
    return {f.name: plain(getattr(record, f.name)) for f in fields(record) if f.name not in UNTOLD}


def differences(before: Record, after: Record) -> tuple[dict[str, object], dict[str, object]]:
    """Return (new values, old values) of the fields in which two states of a record differ."""
    old, new = told(before), told(after)
    changed = [name for name in new if new[name] != old[name]]
    return {name: new[name] for name in changed}, {name: old[name] for name in changed}


def require(principal: Principal, asked: str, *roles: Role) -> None:
    """Refuse with :class:`NotAllowed` unless ``principal`` holds one of ``roles``."""
    if not principal.has(*roles):
        who = " or ".join(sorted(role.label.lower() for role in roles))
        raise NotAllowed(asked, f"Only {who} may do that; {principal.name} may not.", "Ask somebody with that role.")


def save_problem(
    unit: Unit,
    at: datetime,
    principal: Principal,
    before: Problem,
    after: Problem,
    seen_version: int,
    kind: EventKind,
    *,
    reason: str = "",
    note: str = "",
    details: Mapping[str, object] | None = None,
) -> Problem:
    """Write ``after`` over ``before`` and append the event that tells the difference."""
    saved = unit.save_problem(replace(after, last_event_at=at), seen_version)
    unit.add_events([_change(at, principal, Subject.PROBLEM, before, after, kind, reason, note, details)])
    return saved


def save_action(
    unit: Unit,
    at: datetime,
    principal: Principal,
    before: Action,
    after: Action,
    seen_version: int,
    kind: EventKind,
    *,
    reason: str = "",
    note: str = "",
    details: Mapping[str, object] | None = None,
) -> Action:
    """Write ``after`` over ``before`` and append the event that tells the difference."""
    saved = unit.save_action(after, seen_version)
    unit.add_events([_change(at, principal, Subject.ACTION, before, after, kind, reason, note, details)])
    return saved


def _change(
    at: datetime,
    principal: Principal,
    subject: Subject,
    before: Record,
    after: Record,
    kind: EventKind,
    reason: str,
    note: str,
    details: Mapping[str, object] | None,
) -> Event:
    changes, old = differences(before, after)
    return event(
        at,
        principal,
        subject,
        after.id,
        kind,
        changes=changes,
        before=old,
        reason=reason,
        note=note.strip(),
        details={key: plain(value) for key, value in (details or {}).items()},
    )
