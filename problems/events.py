"""The append-only record of every change: the audit line and the timeline are the same thing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from problems.people import Principal


class Subject(StrEnum):
    """What kind of record an event is about."""

    PROBLEM = "problem"
    ACTION = "action"
    REPORT = "report"
    IMPORT = "import"
    REFRESH = "refresh"
    DEFAULT_POINT = "default_point"
    ORGANISATION = "organisation"
    PERSON = "person"
    STORE = "store"
    SOURCE = "source"
    AREA = "area"
    GUIDE = "guide"


class EventKind(StrEnum):
    """What happened. ``moved`` is a change of status; the others are facts beside it."""

    CREATED = "created"
    MOVED = "moved"
    EDITED = "edited"
    NOTED = "noted"
    SURVIVED = "survived"
    SPLIT = "split"
    MERGED = "merged"
    DORMANT = "dormant"
    WOKE = "woke"
    RECURRED = "recurred"
    PROPOSED = "proposed"
    REVIEWED = "reviewed"
    IMPORTED = "imported"
    UNDONE = "undone"
    REFRESHED = "refreshed"
    LOADED = "loaded"
    ASSESSED = "assessed"
    VISITED = "visited"
    PHOTO_ADDED = "photo_added"
    PHOTO_WITHDRAWN = "photo_withdrawn"
    PHOTO_ALLOWED = "photo_allowed"
    HANDED_OUT = "handed_out"
    ADVISED = "advised"
    MAILED = "mailed"


@dataclass(frozen=True, slots=True)
class Event:
    """One immutable change.

    ``changes`` holds the new value of every field that changed, as JSON-ready values, so that the
    state on any past day is the fold of the events up to it. ``note`` is a person's own words or
    the outcome sentence; ``reason`` is a code. ``details`` holds what belongs to the event alone
    (the visit date, the overlap, the successors). ``id`` is 0 until the store has given one.
    """

    at: datetime
    by: str
    by_name: str
    subject: Subject
    subject_id: int
    kind: EventKind
    changes: Mapping[str, object] = field(default_factory=dict)
    before: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""
    note: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    organisation_id: int | None = None
    id: int = 0


def event(
    at: datetime,
    principal: Principal,
    subject: Subject,
    subject_id: int,
    kind: EventKind,
    *,
    changes: Mapping[str, object] | None = None,
    before: Mapping[str, object] | None = None,
    reason: str = "",
    note: str = "",
    details: Mapping[str, object] | None = None,
) -> Event:
    """Return an event by ``principal``, not yet stored."""
    return Event(
        at=at,
        by=principal.key,
        by_name=principal.name,
        subject=subject,
        subject_id=subject_id,
        kind=kind,
        changes=dict(changes or {}),
        before=dict(before or {}),
        reason=reason,
        note=note,
        details=dict(details or {}),
        organisation_id=principal.organisation_id,
    )
