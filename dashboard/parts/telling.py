"""Events as plain sentences: who, when, what, old to new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from dashboard.wording import NOTHING, Names, count, day, listed, moment
from problems.actions import Action, ActionStatus
from problems.decisions import CASE_REVIEW, NO_ACTION, STANDS
from problems.events import Event, EventKind, Subject
from problems.hot_spots import PileDecision
from problems.problem import ProblemStatus, problem_ref
from problems.public import PublicLevel
from problems.questions import Question
from problems.reasons import Outcome, Reason
from problems.sharing import SharingLevel
from problems.sources import PlacePrecision
from problems.visits import Shows

#: Names of the fields that people know. Others are bookkeeping that the sentence itself tells.
FIELD_WORDS: Final[Mapping[str, str]] = {
    "status": "Status",
    "name": "Name",
    "owner": "Owner",
    "owner_organisation_id": "Owner’s organisation",
    "objective": "Objective",
    "review_on": "Next review",
    "outcome": "Outcome",
    "successor_ids": "Continued in",
    "organisation_id": "Organisation",
    "person": "Person",
    "title": "Title",
    "due_on": "Due date",
    "cost": "Cost",
    "waits_for": "Waits for",
    "checklist": "Checklist",
    "advice": "Advice",
    "category": "Category",
    "area": "Area",
    "reports": "Reports",
    "incidents": "Distinct incidents",
    "width_m": "Width in metres",
    "decision": "Decision",
    "precision": "Places",
    "why": "Why",
}
_NONE: Final[tuple[object, ...]] = (None, "", [], ())
#: Their words lead on to other problems or actions: “Continued in P-0012”.
_OTHERS: Final = frozenset({"successor_ids", "waits_for"})
_DAYS: Final = frozenset({"review_on", "due_on"})
_ORGANISATIONS: Final = frozenset({"owner_organisation_id", "organisation_id"})
_SIGHTINGS: Final[Mapping[EventKind, str]] = {
    EventKind.SURVIVED: "Still a hot spot.",
    EventKind.SPLIT: "The hot spot split.",
    EventKind.MERGED: "Hot spots merged.",
    EventKind.DORMANT: "Went quiet: too few reports in two refreshes.",
    EventKind.WOKE: "Woke up: reports concentrate here again.",
    EventKind.RECURRED: "Came back inside the footprint.",
    EventKind.PROPOSED: "A change was proposed.",
    EventKind.REVIEWED: "Reviewed.",
    EventKind.NOTED: "Added a note.",
    EventKind.ASSESSED: "Kept an assessment.",
}


@dataclass(frozen=True)
class Line:
    """One line of a timeline, all plain text."""

    at: datetime
    when: str
    who: str
    what: str
    note: str = ""


def value_words(field: str, value: object, names: Names) -> str:
    """Return the value of a field in words: labels for codes, days for dates, names for ids."""
    if value in _NONE:
        return NOTHING
    if field == "status":
        return _label(value)
    if field == "decision":
        return PileDecision(str(value)).label
    if field == "precision":
        return PlacePrecision(str(value)).label
    if field == "outcome":
        return Outcome(str(value)).label if str(value) in tuple(Outcome) else str(value)
    if field in _DAYS:
        return day(value if isinstance(value, date) else date.fromisoformat(str(value)))
    if field in _ORGANISATIONS:
        return names.organisation(value)
    if field == "cost":
        return f"{int(str(value)):,}"
    return _several(field, value) if isinstance(value, (list, tuple)) else str(value)


def _several(field: str, values: Sequence[object]) -> str:
    """Return a field that holds several values in words."""
    if field == "waits_for":
        return listed([f"A-{int(str(number)):04d}" for number in values])
    if field == "checklist":
        return listed([str(step[0]) for step in values if isinstance(step, (list, tuple))])
    return listed([problem_ref(int(str(number))) for number in values])


def _label(value: object) -> str:
    for states in (ProblemStatus, ActionStatus):
        if isinstance(value, states):
            return value.label
    text = str(value)
    if text in tuple(ProblemStatus):
        return ProblemStatus(text).label
    return ActionStatus(text).label if text in tuple(ActionStatus) else text


def action_label(value: object) -> str:
    """Return the words for an action's status code (it shares codes with the problem's)."""
    text = str(value)
    return ActionStatus(text).label if text in tuple(ActionStatus) else text


def changed_fields(
    changes: Mapping[str, tuple[object, object]], names: Names, *, of_action: bool = False
) -> list[tuple[str, str, str]]:
    """Return (field, was, is now) in words for the fields that people know."""
    found = []
    for field, (was, now) in changes.items():
        if field not in FIELD_WORDS:
            continue
        if of_action and field == "status":
            found.append((FIELD_WORDS[field], action_label(was), action_label(now)))
        else:
            found.append((FIELD_WORDS[field], value_words(field, was, names), value_words(field, now, names)))
    return found


def timeline(
    events: list[Event], actions: Mapping[int, Action], names: Names, problem_id: int | None = None
) -> list[Line]:
    """Return events as lines, newest first; ``actions`` gives the titles of the actions among them.

    Events about other problems than ``problem_id``, which were merged into it, say of which.
    """
    ordered = sorted(enumerate(events), key=lambda pair: (pair[1].at, pair[1].id, pair[0]), reverse=True)
    return [
        Line(
            event.at,
            moment(event.at, names.zone),
            event.by_name or "Fixpoint",
            _of_whom(event, problem_id) + sentence(event, actions, names),
            event.note,
        )
        for _, event in ordered
    ]


def _of_whom(event: Event, problem_id: int | None) -> str:
    other = event.subject is Subject.PROBLEM and problem_id not in (None, event.subject_id)
    return f"{problem_ref(event.subject_id)}: " if other else ""


def sentence(event: Event, actions: Mapping[int, Action], names: Names) -> str:
    """Return what happened in an event, without who and when."""
    told = _seen_told(event, actions)
    if not told:
        told = _action_told(event, actions, names) if event.subject is Subject.ACTION else _problem_told(event, names)
    return " ".join(part for part in (told, *_added(event)) if part)


def _seen_told(event: Event, actions: Mapping[int, Action]) -> str:
    """Return what an event says of visits and photos, empty for all others."""
    alt, shows = str(event.details.get("alt", "")).rstrip("."), event.details.get("shows")
    side = f" ({Shows(str(shows)).label.lower()})" if shows in tuple(Shows) else ""
    told = {
        EventKind.VISITED: "A visit was noted.",
        EventKind.PHOTO_ADDED: f"Photo added{side}: “{alt}”.",
        EventKind.PHOTO_WITHDRAWN: f"Photo withdrawn{side}: “{alt}”.",
        EventKind.PHOTO_ALLOWED: f"Photo {_allowed_words(event)}{side}: “{alt}”.",
        EventKind.ADVISED: _advised(event),
    }.get(event.kind, "")
    if event.kind is EventKind.REVIEWED and event.details.get("original"):
        told = "Looked at the original of a photo."
    if not told or event.subject is not Subject.ACTION:
        return told
    action = actions.get(event.subject_id)
    return f"Action “{action.title}”: {told}" if action else told


def _allowed_words(event: Event) -> str:
    return "allowed for the public" if event.details.get("public") else "no longer allowed for the public"


def _advised(event: Event) -> str:
    where = f"at “{event.details.get('place')}”"
    if event.details.get("withdrawn"):
        return f"The record of advice {where} was withdrawn."
    given_on = event.details.get("given_on")
    on = f" on {day(date.fromisoformat(str(given_on)))}" if given_on else ""
    return f"Advice was given {where}{on}."


def _problem_told(event: Event, names: Names) -> str:
    if event.kind is EventKind.CREATED:
        return _drawn(event) if event.details.get("drawn") else _found(event)
    pairs = _pairs(event)
    if event.kind is EventKind.MOVED:
        return " ".join(_change(field, was, now, names) for field, (was, now) in _status_first(pairs))
    opening = _for_command(event) or _asked_words(event, names) or _answered(event) or _SIGHTINGS.get(event.kind, "")
    changes = " ".join(_change(field, was, now, names) for field, (was, now) in pairs.items())
    return f"{opening} {changes}".strip()


def _for_command(event: Event) -> str:
    """Return what was asked of command, or decided by it, that is no move; empty for all others."""
    if event.details.get("proposal") == NO_ACTION:
        asks = event.kind is EventKind.PROPOSED
        return "Asked command to decide on no action." if asks else "Command decided that the work goes on."
    if event.details.get(CASE_REVIEW):
        return "Command reviewed the case of those who reported again and again."
    return "Command let the decision on no action stand." if event.details.get("decision") == STANDS else ""


def _asked_words(event: Event, names: Names) -> str:
    """Return which question of the analysis an event answers, with whom people merged or split, or nothing."""
    question = str(event.details.get("question", ""))
    if question in tuple(Question):
        return f"Answered “{Question(question).label}”" + ("" if event.note else " with nothing: it was taken back.")
    if event.kind is EventKind.SPLIT and isinstance(parts := event.details.get("parts"), list):
        return f"Split by hand: {listed([problem_ref(int(one)) for one in parts])} became problems of their own."
    if event.kind is EventKind.MERGED and "place_was" in event.details:
        others = event.details.get("with")
        refs = [problem_ref(int(one)) for one in others] if isinstance(others, list) else []
        return f"{listed(refs)} became one with it."
    level = event.details.get("level", "")
    if event.kind is EventKind.EDITED and "public_level" in event.details:
        told = event.details["public_level"]
        shown = PublicLevel(str(told)).label if told in tuple(PublicLevel) else "what follows from its kind"
        return f"What residents are told: {shown[:1].lower()}{shown[1:]}."
    if event.kind is EventKind.EDITED and "level" in event.details:
        seen = SharingLevel(str(level)).label if level in tuple(SharingLevel) else "what follows from its work"
        who = names.organisation(event.details.get("organisation_id"))
        return f"Who sees it: {who}, {seen[:1].lower()}{seen[1:]}."
    return ""


def _answered(event: Event) -> str:
    """Return what was answered to a proposal, or nothing where the event is no answer."""
    answer, numbers = event.details.get("answer"), event.details.get("with")
    if not answer:
        return ""
    refs = listed([problem_ref(int(number)) for number in numbers]) if isinstance(numbers, list) else ""
    return f"The proposed {event.details.get('proposal')}{f' with {refs}' if refs else ''} was {answer}."


def _drawn(event: Event) -> str:
    how = str(event.details.get("how") or "drawn by hand")
    counts = [event.details.get(name) for name in ("incidents", "reports")]
    held = ""
    if all(isinstance(number, int) for number in counts):
        incidents, reports = (int(str(number)) for number in counts)
        held = f", with {count(incidents, 'distinct incident')} in {count(reports, 'report')} at the time"
    return f"{how[:1].upper()}{how[1:]}{held}."


def _found(event: Event) -> str:
    reports, incidents = event.details.get("reports"), event.details.get("incidents")
    if isinstance(reports, int) and isinstance(incidents, int):
        return f"Found by a refresh: {count(reports, 'report')} of {count(incidents, 'incident')}."
    return "Found by a refresh."


def _status_first(
    pairs: Mapping[str, tuple[object, object]],
) -> list[tuple[str, tuple[object, object]]]:
    return sorted(pairs.items(), key=lambda pair: pair[0] != "status")


def _action_told(event: Event, actions: Mapping[int, Action], names: Names) -> str:
    action = actions.get(event.subject_id)
    title = f"“{action.title}”" if action else f"A-{event.subject_id:04d}"
    pairs = _pairs(event)
    if event.kind is EventKind.CREATED:
        to = names.organisation(event.changes.get("organisation_id"))
        due = event.changes.get("due_on")
        until = f", due {value_words('due_on', due, names)}" if due else ""
        return f"Action {title} proposed to {to}{until}."
    parts = []
    step = event.details.get("step")
    if step:
        verb = "ticked" if event.details.get("ticked") else "no longer ticked"
        return f"Action {title}: “{step}” {verb}."
    for field, (was, now) in _status_first(pairs):
        if field == "status":
            parts.append(f"from “{action_label(was)}” to “{action_label(now)}”")
        else:
            parts.append(f"{FIELD_WORDS[field].lower()} {_from_to(field, was, now, names)}")
    return f"Action {title}: {', '.join(parts) or 'noted'}."


def _pairs(event: Event) -> dict[str, tuple[object, object]]:
    return {field: (event.before.get(field), now) for field, now in event.changes.items() if field in FIELD_WORDS}


def _change(field: str, was: object, now: object, names: Names) -> str:
    if field in _OTHERS and was in _NONE and now not in _NONE:
        return f"{FIELD_WORDS[field]} {value_words(field, now, names)}."
    return f"{FIELD_WORDS[field]} {_from_to(field, was, now, names)}."


def _from_to(field: str, was: object, now: object, names: Names) -> str:
    old, new = value_words(field, was, names), value_words(field, now, names)
    if old == NOTHING:
        return f"set to “{new}”"
    return "removed" if new == NOTHING else f"changed from “{old}” to “{new}”"


def _added(event: Event) -> list[str]:
    parts = []
    if event.reason:
        known = event.reason in tuple(Reason)
        parts.append(f"Reason: {Reason(event.reason).label if known else event.reason}.")
    visited = event.details.get("visited_on")
    if visited:
        parts.append(f"Visited on {day(date.fromisoformat(str(visited)))}.")
    return parts
