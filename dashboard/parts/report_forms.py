"""The forms that work on reports, for one of them or for many at once: each asks exactly what it needs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form
from dashboard.parts.nearness import nearest_first
from dashboard.parts.ticks import untick
from dashboard.wording import count, metres
from data.calendars import working_days
from problems.errors import InputRefused
from problems.followups import Matter, Satisfaction
from problems.lifecycle import Move, MoveAnswers, Need, moves_for
from problems.people import Role
from problems.problem import ProblemStatus
from problems.reasons import OBSTACLES
from problems.reports import ReportStatus
from problems.targets import WorkingDays
from problems.use_cases import answering, referring, telling
from problems.use_cases.answer_changes import EVERY_REPORT, Outcomes, matters_of, the_one

#: What became of the last work on several reports, until the page has shown it.
OUTCOMES: Final = "inbox_outcomes"
NOBODY: Final = 0
_ORDER: Final = (
    ReportStatus.ACKNOWLEDGED,
    ReportStatus.IN_PROGRESS,
    ReportStatus.RESOLVED,
    ReportStatus.VERIFIED,
    ReportStatus.NOT_OURS,
    ReportStatus.DUPLICATE,
    ReportStatus.NO_ACTION,
    ReportStatus.WITHDRAWN,
)
_ONWARD: Final = frozenset({"Acknowledge", "Start work", "Resolve", "Verify on site"})
GIVE, LINK, UNLINK = "Give to an organisation", "Link to a problem", "Unlink from its problem"
PAUSE, RESUME, TELL = "Waiting for somebody", "Work goes on again", "The reporter was told"

Work = Callable[[Desk, Answers, Mapping[int, int]], Outcomes]


def calendar() -> WorkingDays:
    """Return the working days of this installation."""
    return working_days(session.get_settings().calendar)


@dataclass(frozen=True)
class Task:
    """One thing that can be done with reports: what it asks, and what doing it means."""

    label: str
    questions: tuple[Field, ...]
    work: Work
    done: str
    is_onward: bool = False


def tasks_for(desk: Desk, matters: Sequence[Matter]) -> dict[str, Task]:
    """Return what the person may do with at least one of these reports, in the order to offer it, by its label."""
    moves: dict[tuple[str, ReportStatus], Move] = {}
    for matter in matters:
        for move in moves_for(matter.status, desk.principal, done_by=matter.followup.done_by):
            moves.setdefault((move.verb, ReportStatus(str(move.target))), move)
    verbs = [verb for verb, _ in moves]
    found: dict[str, Task] = {}
    for (verb, target), move in sorted(moves.items(), key=lambda pair: _ORDER.index(pair[0][1])):
        label = verb if verbs.count(verb) == 1 else f"{verb}: {target.label.lower()}"
        found[label] = _move_task(desk, label, target, move)
    for task in _beside(desk, matters):
        found[task.label] = task
    return found


def _move_task(desk: Desk, label: str, target: ReportStatus, move: Move) -> Task:
    def work(at: Desk, answers: Answers, versions: Mapping[int, int]) -> Outcomes:
        return answering.move_reports(
            *at.asking,
            report_ids=list(versions),
            target=target,
            answers=report_answers(answers),
            seen_versions=versions,
            days=calendar(),
        )

    questions = tuple(replace(_question(desk, need, move), needed=True) for need in move.needs)
    return Task(label, questions, work, f"now “{target.label}”", is_onward=move.verb in _ONWARD)


def _question(desk: Desk, need: Need, move: Move) -> Field:
    today = desk.today
    fields: Mapping[Need, Field] = {
        Need.NOTE: Field("note", need.label, "text", help="The reporter is told this sentence, word for word."),
        Need.REASON: Field("reason", need.label, "choice", choices={one: one.label for one in move.reasons}),
        Need.VISIT: Field("visited_on", need.label, "day", today),
        Need.BODY: Field("body", need.label, placeholder="Water company, housing association, county council"),
        Need.REFERRED: Field("referred_on", need.label, "day", today),
        Need.TARGET: Field("target", "Main report", placeholder="R-000123"),
    }
    return fields[need]


def report_answers(answers: Answers) -> MoveAnswers:
    """Return what was filled in as the lifecycle wants it."""
    typed = str(answers.get("target") or "")
    return MoveAnswers(
        note=_text(answers.get("note")),
        reason=_text(answers.get("reason")),
        visited_on=answers.get("visited_on"),
        body=_text(answers.get("body")),
        referred_on=answers.get("referred_on"),
        target_id=report_number(typed) if typed.strip() else None,
    )


def report_number(typed: str) -> int:
    """Return the number of a report that somebody typed, such as ``R-000123`` or ``123``.

    Raises
    ------
    InputRefused
        When it cannot be one.
    """
    digits = typed.strip().upper().removeprefix("R-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        raise InputRefused(f"“{typed.strip()[:40]}” is not the number of a report.", "", "It looks like R-000123.")
    return int(digits)


# -- what is done beside the status --


def _beside(desk: Desk, matters: Sequence[Matter]) -> Iterable[Task]:
    every = desk.principal.has(*EVERY_REPORT)
    if every and any(matter.status.is_open for matter in matters):
        yield _give(desk)
    if every:
        yield _link(desk, matters)
    if every and any(matter.followup.problem_id for matter in matters):
        yield Task(UNLINK, (), _linking(None), "no longer linked to a problem")
    can_wait = [matter for matter in matters if matter.status in referring.CAN_WAIT]
    if desk.principal.has(*EVERY_REPORT, Role.PARTNER):
        if any(not matter.is_waiting for matter in can_wait):
            yield _pause()
        if any(matter.is_waiting for matter in can_wait):
            yield Task(RESUME, (_remark(),), _resume, "worked on again")
    if every and any(matter.followup.outcome and not matter.followup.told_at for matter in matters):
        yield Task(TELL, (_remark(),), tell, "noted as told")


def _remark() -> Field:
    return Field("note", "Note (if there is something to say)", "text")


def _give(desk: Desk) -> Task:
    def work(at: Desk, answers: Answers, versions: Mapping[int, int]) -> Outcomes:
        chosen = answers.get("organisation_id")
        if chosen is None:
            raise InputRefused("The report was not referred.", "No organisation is chosen.", "Choose who sees to it.")
        return referring.give_reports(
            *at.asking,
            report_ids=list(versions),
            organisation_id=chosen or None,
            owner=_text(answers.get("owner")),
            referred_on=answers.get("referred_on"),
            note=_text(answers.get("note")),
            seen_versions=versions,
        )

    questions = (
        Field(
            "organisation_id",
            "Organisation",
            "choice",
            choices={**desk.open_organisations(), NOBODY: "None of them"},
            needed=True,
        ),
        Field("owner", "Person (if known)"),
        Field("referred_on", Need.REFERRED.label, "day", desk.today),
        _remark(),
    )
    return Task(GIVE, questions, work, "referred")


def _link(desk: Desk, matters: Sequence[Matter]) -> Task:
    def work(at: Desk, answers: Answers, versions: Mapping[int, int]) -> Outcomes:
        chosen = answers.get("problem_id")
        if chosen is None:
            raise InputRefused("The report was not linked.", "No problem is chosen.", "Choose the one it tells of.")
        return _linking(int(chosen))(at, answers, versions)

    question = Field("problem_id", "Problem", "choice", choices=_linkable(desk, matters), needed=True)
    return Task(LINK, (question, _remark()), work, "linked")


def _linkable(desk: Desk, matters: Sequence[Matter]) -> dict[int, str]:
    """Return the open problems to choose from: nearest to the first report with a place, else by their numbers."""
    live = [one for one in desk.store.problems() if one.status.is_open and one.status is not ProblemStatus.SUPERSEDED]
    place = next((one.report.lon_lat for one in matters if one.report.lon_lat), None)
    if place is None:
        return {one.id: f"{one.ref} {one.name}" for one in live}
    return {one.id: f"{one.ref} {one.name}, {metres(away)} away" for one, away in nearest_first(desk, place, live)}


def _linking(problem_id: int | None) -> Work:
    def work(at: Desk, answers: Answers, versions: Mapping[int, int]) -> Outcomes:
        note = _text(answers.get("note"))
        return referring.link_reports(
            *at.asking, report_ids=list(versions), problem_id=problem_id, note=note, seen_versions=versions
        )

    return work


def _pause() -> Task:
    def work(at: Desk, answers: Answers, versions: Mapping[int, int]) -> Outcomes:
        return referring.pause_reports(
            *at.asking,
            report_ids=list(versions),
            reason=_text(answers.get("reason")),
            note=_text(answers.get("note")),
            seen_versions=versions,
        )

    questions = (
        Field("reason", "Waiting for", "choice", choices={reason: reason.label for reason in OBSTACLES}, needed=True),
        Field("note", Need.NOTE.label, "text", needed=True),
    )
    return Task(PAUSE, questions, work, "waiting: their net clock stands still")


def _resume(at: Desk, answers: Answers, versions: Mapping[int, int]) -> Outcomes:
    return referring.resume_reports(
        *at.asking,
        report_ids=list(versions),
        note=_text(answers.get("note")),
        seen_versions=versions,
        days=calendar(),
    )


def tell(at: Desk, answers: Answers, versions: Mapping[int, int]) -> Outcomes:
    """Note that reporters were told."""
    note = _text(answers.get("note"))
    return telling.mark_told(*at.asking, report_ids=list(versions), note=note, seen_versions=versions)


# -- the forms --


def one_form(desk: Desk, matter: Matter, task: Task) -> Form:
    """Return the form that does a task with one report; whoever is second keeps what they wrote."""

    def save(at: Desk, answers: Answers, seen_version: int) -> str:
        saved = the_one(task.work(at, answers, {matter.id: seen_version}))
        untick([matter.id])
        return f"{saved.ref} is {task.done}."

    def renew(at: Desk) -> Form:
        now = matters_of(at.store, [matter.id])[0]
        possible = tasks_for(at, [now])
        same = possible.get(task.label)
        if same is not None:
            return one_form(at, now, same)
        onward = tuple((each.label, one_form(at, now, each)) for each in possible.values())
        intro = f"“{task.label}” is no longer possible: {now.ref} is “{now.status.label}” now."
        return Form(f"{now.ref}: {task.label}", task.label, seen=now, intro=intro, onward=onward)

    intro = f"It is “{matter.status.label}” now."
    return Form(f"{matter.ref}: {task.label}", task.label, task.questions, save, matter, intro, renew=renew)


def many_form(versions: Mapping[int, int], task: Task) -> Form:
    """Return the form that does a task with several reports."""

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        return do_many(at, task, answers, versions)

    words = count(len(versions), "report")
    intro = f"{words} at once. Those for which it is not possible stay as they are and are named."
    return Form(f"{words}: {task.label}", task.label, task.questions, save, None, intro)


def do_many(desk: Desk, task: Task, answers: Answers, versions: Mapping[int, int]) -> str:
    """Do a task with several reports, remember what became of each, and return the sentence to say."""
    outcomes = task.work(desk, answers, versions)
    untick(versions)
    st.session_state[OUTCOMES] = outcomes
    done = len(outcomes.done)
    return f"{count(done, 'report')} {'is' if done == 1 else 'are'} {task.done}." if done else ""


def satisfaction_form(matter: Matter) -> Form:
    """Return the form that keeps what a reporter answered."""

    def save(at: Desk, answers: Answers, seen_version: int) -> str:
        chosen = _text(answers.get("satisfied"))
        if chosen not in tuple(Satisfaction):
            raise InputRefused("The answer was not kept.", "No answer is chosen.", "Choose yes, partly or no.")
        saved = telling.record_satisfaction(
            *at.asking,
            report_id=matter.id,
            satisfied=Satisfaction(chosen),
            seen_version=seen_version,
            note=_text(answers.get("note")),
        )
        return f"The answer of the reporter of {saved.ref} is kept."

    def renew(at: Desk) -> Form:
        return satisfaction_form(matters_of(at.store, [matter.id])[0])

    choices = {one: one.label for one in Satisfaction}
    questions = (
        Field("satisfied", "Was it dealt with to their satisfaction?", "choice", choices=choices, needed=True),
        _remark(),
    )
    return Form(f"{matter.ref}: What the reporter answered", "Keep the answer", questions, save, matter, renew=renew)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
