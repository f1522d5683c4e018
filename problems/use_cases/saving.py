"""Saving a changed record together with the event that says what changed, by whom and why."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from enum import Enum
from typing import TypeVar

from problems.actions import Action
from problems.errors import NotAllowed, Stale
from problems.events import EventKind, Subject, event
from problems.people import Principal, Role, any_of
from problems.problem import SIGHTING_FIELDS, Problem
from problems.store import Store, Unit

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
        why = f"Only {any_of(roles)} may do that; {principal.name} may not."
        raise NotAllowed(asked, why, "Ask somebody with that role.")


def check_seen(store: Store, asked: str, record: Record, seen_version: int) -> None:
    """Refuse with :class:`Stale` when somebody saved since ``seen_version``, and tell what and who.

    Asked before the table of moves: whoever looks at an old picture is told what changed in it, not
    that their move makes no sense in the new one.
    """
    if record.version == seen_version:
        return
    subject = Subject.PROBLEM if isinstance(record, Problem) else Subject.ACTION
    edits = [one for one in store.events(subject, record.id) if one.changes and one.kind is not EventKind.CREATED]
    later = edits[seen_version - record.version :] if record.version > seen_version else []
    seen: dict[str, object] = {}
    now: dict[str, object] = {}
    for one in later:
        now |= one.changes
        seen = {**one.before, **seen}
    raise Stale(
        asked,
        f"{later[-1].by_name if later else 'Somebody'} saved in the meantime.",
        "Look at what changed and try again.",
        changes={name: (seen.get(name), value) for name, value in now.items() if seen.get(name) != value},
        changed_by=later[-1].by_name if later else "",
    )


def save(
    unit: Unit,
    at: datetime,
    principal: Principal,
    before: Record,
    after: Record,
    seen_version: int,
    kind: EventKind,
    *,
    reason: str = "",
    note: str = "",
    details: Mapping[str, object] | None = None,
) -> Record:
    """Write ``after`` over ``before`` and append the event that tells the difference."""
    if isinstance(after, Problem):
        saved = unit.save_problem(replace(after, last_event_at=at), seen_version)
    else:
        saved = unit.save_action(after, seen_version)
    changes, old = differences(before, after)
    told_change = event(
        at,
        principal,
        Subject.PROBLEM if isinstance(after, Problem) else Subject.ACTION,
        after.id,
        kind,
        changes=changes,
        before=old,
        reason=reason,
        note=note.strip(),
        details={key: plain(value) for key, value in (details or {}).items()},
    )
    unit.add_events([told_change])
    return saved
