"""The meeting about a briefing: notes, decisions, and what became of those of the meeting before."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import streamlit as st

from dashboard.design import Html
from dashboard.parts.briefing_asked import week_words
from dashboard.parts.briefing_figures import Reading
from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form, form_button
from dashboard.parts.markup import draw, element, joined, problem_link, table
from dashboard.parts.notices import remark
from dashboard.wording import NOTHING, day, moment
from problems.briefing.meetings import MeetingDecision, MeetingNote, Settled
from problems.briefing.weeks import IsoWeek
from problems.clock import day_end
from problems.people import Role
from problems.use_cases.meeting import (
    MAY_DECIDE,
    MAY_NOTE,
    decide_in_meeting,
    meeting_of,
    note_meeting,
    settle_decision,
)

#: Who reads the notes of a meeting; see :func:`problems.use_cases.meeting.meeting_of`.
_MAY_READ: Final = (*MAY_NOTE, Role.ADMIN)
_A_WEEK: Final = timedelta(days=7)


def is_at_meeting(desk: Desk) -> bool:
    """Tell whether somebody is shown what was noted and decided in meetings."""
    return desk.principal.has(*_MAY_READ)


def note_form(week: IsoWeek) -> Form:
    """Return the form that keeps a note."""

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        note_meeting(*at.asking, week=week, text=str(answers.get("text") or ""))
        return "The note is kept."

    intro = "Write nobody’s name who reported something: everybody who reads the briefing reads it."
    return Form(
        f"Note on {week_words(week)}", "Keep the note", (Field("text", "Note", "text", needed=True),), save, intro=intro
    )


def decision_form(desk: Desk, week: IsoWeek, problem_id: int | None = None) -> Form:
    """Return the form that records a decision of the meeting; of one problem where it is given."""
    problems = {one.id: f"{one.ref} {one.name}" for one in desk.store.problems() if one.status.is_open}
    if problem_id is not None and problem_id not in problems:
        problems |= {one.id: f"{one.ref} {one.name}" for one in desk.store.problems() if one.id == problem_id}

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        chosen = answers.get("problem")
        due_on = answers.get("due_on")
        decide_in_meeting(
            *at.asking,
            week=week,
            text=str(answers.get("text") or ""),
            owner=str(answers.get("owner") or ""),
            due_on=due_on if isinstance(due_on, date) else None,
            problem_id=chosen if isinstance(chosen, int) else None,
        )
        return "The decision is kept. The briefing of the next week asks what became of it."

    questions = (
        Field("text", "What was decided", "text", needed=True),
        Field("problem", "About which problem", "choice", problem_id, problems, placeholder="About no one problem"),
        Field("owner", "Who does it"),
        Field("due_on", "By when", "day", desk.today + _A_WEEK, beside=True),
    )
    intro = "It is kept with the meeting. Nothing moves by it: close a problem, or take it on, on its own page."
    return Form("Record a decision", "Keep the decision", questions, save, intro=intro)


def settle_form(desk: Desk, decision: MeetingDecision, state: Settled) -> Form:
    """Return the form that says what became of a decision: done, moved to another day, or blocked."""

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        due_on = answers.get("due_on")
        settle_decision(
            *at.asking,
            decision_id=decision.id,
            state=state,
            note=str(answers.get("note") or ""),
            due_on=due_on if isinstance(due_on, date) else None,
        )
        return f"“{_short(decision.text)}” is now “{state.label}”."

    done = state is Settled.DONE
    note = Field("note", "What was done (may be left empty)" if done else "Why", "text", needed=not done)
    new_day = Field("due_on", "New day", "day", needed=True)
    questions = (note, new_day) if state is Settled.MOVED else (note,)
    return Form(f"{state.label}: {_short(decision.text)}", "Keep it", questions, save)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:59]}…"


def decision_button(reading: Reading, *, key: str, text: str, owner: str, problem_id: int) -> None:
    """Offer to record what is recommended as the decision that was taken, to be put in other words."""
    desk, week = reading.desk, reading.asked.week
    if not desk.principal.has(*MAY_DECIDE):
        return
    form_button(
        lambda: decision_form(desk, week, problem_id),
        key=key,
        label="Record the decision",
        written={"text": text, "owner": owner, "problem": problem_id},
    )


def _until(reading: Reading) -> datetime | None:
    """Return when a past day that is looked at was over: what meetings told later is not told of it; None of today."""
    return None if reading.desk.on is None else day_end(reading.asked.known_on, reading.desk.zone)


def settled_before(reading: Reading) -> Sequence[MeetingDecision]:
    """Return the decisions of the meeting before as they stand today; none for whom they are not."""
    if not is_at_meeting(reading.desk) or reading.briefing.header.area is not None:
        return ()
    return meeting_of(*reading.desk.asking, week=reading.asked.week.before, until=_until(reading))[1]


def settle_rows(reading: Reading, decisions: Sequence[MeetingDecision] | None = None) -> None:
    """Draw the decisions of the meeting before (or some of them), with the ways to settle them for whom they are."""
    desk = reading.desk
    before = settled_before(reading) if decisions is None else decisions
    stands = "stands today" if desk.on is None else f"stood on {day(reading.asked.known_on)}"
    if before:
        draw(reading.subhead(f"What the meeting before decided, as it {stands}"))
    for one in before:
        with st.container(key=f"settle-{one.id}", horizontal=True, vertical_alignment="center", gap="small"):
            _settle_row(desk, one)


def _settle_row(desk: Desk, one: MeetingDecision) -> None:
    stands = f"{one.settled.label}{f': {one.why}' if one.why else ''}"
    due = f", due {day(one.due_on)}" if one.due_on else ""
    who = f" {one.owner or 'Nobody named'}{due}. "
    when = "Today" if desk.on is None else "That day"
    draw(element("p", element("b", one.text), who, element("small", f"{when}: {stands}"), css="fx-row"))
    if not desk.principal.has(*MAY_DECIDE):
        return
    for state, label in ((Settled.DONE, "Done"), (Settled.MOVED, "Move"), (Settled.BLOCKED, "Blocked")):
        if state is not one.settled or state is Settled.MOVED:
            form_button(settle_form(desk, one, state), key=f"settle-{one.id}-{state}", label=label)


def meeting_buttons(reading: Reading, *, suffix: str = "") -> None:
    """Draw the buttons that note and record something, for whom they are."""
    desk, week = reading.desk, reading.asked.week
    with st.container(horizontal=True, gap="small"):
        if desk.principal.has(*MAY_NOTE):
            form_button(note_form(week), key=f"note{suffix}", label="Add a note")
        if desk.principal.has(*MAY_DECIDE):
            form_button(lambda: decision_form(desk, week), key=f"decide{suffix}", label="Record a decision")


def show_meeting(reading: Reading, *, buttons: bool = True) -> None:
    """Draw the notes and decisions of the meeting about this week, and the ways to add to them."""
    notes, decisions = noted(reading)
    if buttons:
        meeting_buttons(reading)
    show_noted(reading, notes, decisions)


def noted(reading: Reading) -> tuple[Sequence[MeetingNote], Sequence[MeetingDecision]]:
    """Return what was noted and decided in the meeting about this week."""
    return meeting_of(*reading.desk.asking, week=reading.asked.week, until=_until(reading))


def show_noted(reading: Reading, notes: Sequence[MeetingNote], decisions: Sequence[MeetingDecision]) -> None:
    """Draw some notes and decisions of the meeting about this week, or that there are none."""
    desk = reading.desk
    if decisions:
        heads = ("Decision", "Problem", "Who", "Due", "Stands")
        rows = [_row(desk, one) for one in decisions]
        draw(table("Decisions of this meeting", heads, rows, stacked=True))
    if notes:
        draw(element("ol", joined(_note(desk, one) for one in notes), css="fx-timeline"))
    if not notes and not decisions:
        known = "yet" if desk.on is None else f"by {day(reading.asked.known_on)}"
        remark(f"Nothing was noted or decided {known}.")


def _row(desk: Desk, one: MeetingDecision) -> Sequence[object]:
    problem: object = NOTHING
    if one.problem_id is not None:
        found = next((each for each in desk.store.problems() if each.id == one.problem_id), None)
        problem = problem_link(found) if found else NOTHING
    return one.text, problem, one.owner or NOTHING, day(one.due_on), one.settled.label


def _note(desk: Desk, one: MeetingNote) -> Html:
    when = f"{one.by_name}, {moment(one.at, desk.zone)}"
    return element("li", element("p", when, css="fx-when"), element("p", one.text))
