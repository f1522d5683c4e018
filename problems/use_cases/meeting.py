"""The weekly meeting: notes on a briefing, decisions taken in it, and what became of them."""

from datetime import date, datetime

from problems.briefing.meetings import (
    DECIDED,
    MEETING,
    SETTLES,
    MeetingDecision,
    MeetingNote,
    Settled,
    meeting_decisions,
    meeting_notes,
)
from problems.briefing.weeks import IsoWeek
from problems.clock import Clock
from problems.errors import InputRefused, NotFound
from problems.events import EventKind, Subject, event
from problems.people import Principal, Role
from problems.store import Store
from problems.use_cases.checks import LONGEST_NAME, LONGEST_NOTE, checked_text
from problems.use_cases.saving import require

MAY_NOTE = (Role.OFFICER, Role.COORDINATOR, Role.COMMAND)
MAY_DECIDE = (Role.COORDINATOR, Role.COMMAND)


def note_meeting(store: Store, principal: Principal, clock: Clock, seed: int, *, week: IsoWeek, text: str) -> None:
    """Keep a note on the briefing of a week.

    Raises
    ------
    NotAllowed
        For a viewer, a partner or an administrator.
    InputRefused
        When nothing is written, or the week has not begun.
    """
    asked = "The note was not kept."
    require(principal, asked, *MAY_NOTE)
    note = _written(asked, text)
    with store.writing() as unit:
        now = clock()
        _check_begun(asked, week, now.date())
        details = {MEETING: str(week)}
        unit.add_events([event(now, principal, Subject.STORE, 0, EventKind.NOTED, note=note, details=details)])


def decide_in_meeting(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    week: IsoWeek,
    text: str,
    owner: str = "",
    due_on: date | None = None,
    problem_id: int | None = None,
) -> MeetingDecision:
    """Keep a decision of the meeting about the briefing of a week, and return it.

    Nothing moves by it: closing a problem, or deciding on no action, is done on the problem itself.

    Raises
    ------
    NotAllowed
        For all but coordinators and command.
    NotFound
        When there is no such problem.
    InputRefused
        When nothing is written, the day has passed, or the week has not begun.
    """
    asked = "The decision was not kept."
    require(principal, asked, *MAY_DECIDE)
    note, who = _written(asked, text), checked_text(asked, owner, LONGEST_NAME)
    with store.writing() as unit:
        now = clock()
        _check_begun(asked, week, now.date())
        _check_due(asked, due_on, now.date())
        if problem_id is not None:
            store.problem(problem_id)
        told: dict[str, object] = {MEETING: str(week), DECIDED: True, "owner": who}
        if due_on is not None:
            told["due_on"] = due_on.isoformat()
        if problem_id is not None:
            told["problem_id"] = problem_id
        unit.add_events([event(now, principal, Subject.STORE, 0, EventKind.NOTED, note=note, details=told)])
    return meeting_decisions(store.events(Subject.STORE))[-1]


def settle_decision(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    decision_id: int,
    state: Settled,
    note: str = "",
    due_on: date | None = None,
) -> MeetingDecision:
    """Keep what became of a decision of a meeting, and return it as it stands.

    Raises
    ------
    NotAllowed
        For all but coordinators and command.
    NotFound
        When there is no such decision.
    InputRefused
        When it is blocked or moved without a reason, or moved without a later day.
    """
    asked = "What became of the decision was not kept."
    require(principal, asked, *MAY_DECIDE)
    said = checked_text(asked, note, LONGEST_NOTE)
    if state in (Settled.MOVED, Settled.BLOCKED) and not said:
        raise InputRefused(asked, "No reason is given.", "Say why; the next meeting will ask.")
    if (state is Settled.MOVED) is not (due_on is not None):
        raise InputRefused(asked, "A decision is moved to another day.", "Give the day, or choose another word.")
    with store.writing() as unit:
        now = clock()
        _check_due(asked, due_on, now.date())
        if decision_id not in {one.id for one in meeting_decisions(store.events(Subject.STORE))}:
            raise NotFound(asked, "There is no such decision.", "The briefing lists those of the meetings.")
        told: dict[str, object] = {SETTLES: decision_id, "state": str(state)}
        if due_on is not None:
            told["due_on"] = due_on.isoformat()
        unit.add_events([event(now, principal, Subject.STORE, 0, EventKind.NOTED, note=said, details=told)])
    every = meeting_decisions(store.events(Subject.STORE))
    return next(one for one in every if one.id == decision_id)


def meeting_of(
    store: Store, principal: Principal, clock: Clock, seed: int, *, week: IsoWeek, until: datetime | None = None
) -> tuple[list[MeetingNote], list[MeetingDecision]]:
    """Return the notes and the decisions of the meeting about the briefing of a week, as told before ``until``.

    Raises
    ------
    NotAllowed
        For a viewer or a partner.
    """
    require(principal, "The meeting is not shown.", *MAY_NOTE, Role.ADMIN)
    events = store.events(Subject.STORE, until=until)
    notes = [one for one in meeting_notes(events) if one.week == week]
    return notes, [one for one in meeting_decisions(events) if one.week == week]


def _written(asked: str, text: str) -> str:
    note = checked_text(asked, text, LONGEST_NOTE)
    if not note:
        raise InputRefused(asked, "Nothing is written.", "Write what was said or decided.")
    return note


def _check_begun(asked: str, week: IsoWeek, today: date) -> None:
    if week.first > today:
        raise InputRefused(asked, f"{week!s} has not begun.", "Choose this week or an earlier one.")


def _check_due(asked: str, due_on: date | None, today: date) -> None:
    if due_on is not None and due_on < today:
        raise InputRefused(asked, f"{due_on.isoformat()} has passed.", "Choose today or a later day.")
