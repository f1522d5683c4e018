"""Events about a report as plain sentences, and its changes as a second editor is told of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from dashboard.parts.reports_table import category_words
from dashboard.parts.telling import Line
from dashboard.wording import NOTHING, Names, day, moment
from problems.events import Event, EventKind
from problems.followups import Satisfaction
from problems.problem import problem_ref
from problems.reasons import Reason
from problems.reports import ReportStatus

#: Names of the fields that people know. Others are bookkeeping that the sentence itself tells.
FIELD_WORDS: Final[Mapping[str, str]] = {
    "status": "Status",
    "main_id": "Main report",
    "resolution": "Reason",
    "owner": "Owner",
    "organisation_id": "Given to",
    "body": "Responsible body",
    "referred_on": "Referred on",
    "problem_id": "Problem",
    "outcome": "What the reporter is told",
    "waiting_for": "Waiting for",
    "told_at": "Reporter told",
    "satisfied": "Satisfied",
    "category": "Category",
    "lon_lat": "Place",
    "address": "Address",
    "asset": "Asset number",
    "text": "What was seen",
    "occurred_at": "Happened",
}
_DAYS: Final = frozenset({"referred_on"})
_MOMENTS: Final = frozenset({"told_at", "occurred_at"})
_OPENINGS: Final[Mapping[EventKind, str]] = {
    EventKind.CREATED: "Written down.",
    EventKind.NOTED: "Heard from the feed.",
    EventKind.UNDONE: "An import was taken back.",
    EventKind.SPLIT: "A duplicate was taken apart from it.",
    EventKind.MERGED: "Another report was merged into it.",
}
_OF_AN_END: Final = frozenset({"resolution", "outcome", "body", "referred_on", "told_at", "satisfied"})
_SEEN: Final[Mapping[str, str]] = {
    "shown": "Looked at the contact.",
    "dropped": "The contact was dropped.",
    "written to a file": "Wrote the contact to a file for letters.",
}


def value_words(name: str, value: object, names: Names) -> str:
    """Return the value of a field in words."""
    if value is None or value in ("", [], ()):
        return NOTHING
    text = str(value)
    if name in _DAYS:
        return day(value if isinstance(value, date) else date.fromisoformat(text))
    if name in _MOMENTS:
        return moment(value if isinstance(value, datetime) else datetime.fromisoformat(text), names.zone)
    known: Mapping[str, type[ReportStatus | Reason | Satisfaction]] = {
        "status": ReportStatus,
        "resolution": Reason,
        "waiting_for": Reason,
        "satisfied": Satisfaction,
    }
    if name in known:
        words = known[name]
        return words(text).label if text in tuple(words) else text
    if name == "organisation_id":
        return names.organisation(value)
    if name == "main_id":
        return f"R-{int(text):06d}"
    if name == "problem_id":
        return problem_ref(int(text))
    return category_words(text, text) if name == "category" else text


def changed_words(changes: Mapping[str, tuple[object, object]], names: Names) -> list[tuple[str, str, str]]:
    """Return (field, was, is now) in words for the fields that people know."""
    return [
        (FIELD_WORDS[name], value_words(name, was, names), value_words(name, now, names))
        for name, (was, now) in changes.items()
        if name in FIELD_WORDS
    ]


def report_lines(events: Sequence[Event], names: Names) -> list[Line]:
    """Return the events about a report as lines, newest first."""
    ordered = sorted(enumerate(events), key=lambda pair: (pair[1].at, pair[1].id, pair[0]), reverse=True)
    return [
        Line(one.at, moment(one.at, names.zone), one.by_name or "Fixpoint", sentence(one, names), one.note)
        for _, one in ordered
    ]


def sentence(one: Event, names: Names) -> str:
    """Return what happened in an event about a report, without who and when."""
    told = [_OPENINGS.get(one.kind, "")]
    contact = one.details.get("contact")
    if isinstance(contact, str):
        told.append(_SEEN.get(contact, ""))
    # What the reporter is told is the note of the same event: once is enough.
    named = [name for name in one.changes if name in FIELD_WORDS and not (name == "outcome" and one.note)]
    if one.reason or one.changes.get("status"):
        # What re-opening takes away with the end is not told one by one.
        named = [name for name in named if name not in _OF_AN_END or one.changes[name]]
    if one.kind is not EventKind.CREATED:
        told += [_change(name, one.before.get(name), one.changes[name], names) for name in named]
    if one.reason and "resolution" not in one.changes and "waiting_for" not in one.changes:
        told.append(f"Reason: {value_words('resolution', one.reason, names)}.")
    if visited := one.details.get("visited_on"):
        told.append(f"Visited on {day(date.fromisoformat(str(visited)))}.")
    return " ".join(part for part in told if part) or "Looked at."


def _change(name: str, was: object, now: object, names: Names) -> str:
    old, new = value_words(name, was, names), value_words(name, now, names)
    if name == "waiting_for":
        return "No longer waiting." if new == NOTHING else f"{new}."
    if old == NOTHING:
        return f"{FIELD_WORDS[name]}: {new}."
    return f"{FIELD_WORDS[name]} removed." if new == NOTHING else f"{FIELD_WORDS[name]}: “{old}” is now “{new}”."
