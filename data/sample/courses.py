"""What becomes of a problem and of an action: one course of events each, as a generator.

A course yields the time at which it wants to go on. Before each step it looks at how the matter
stands; where a refresh or somebody else has moved it meanwhile, the course ends.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.sample.desk import A, Desk, P
from data.sample.people import (
    ANALYSIS_NOTES,
    BLOCKED_NOTES,
    CLOSING_WORDS,
    MOVED_NOTES,
    OBJECTIVES,
    PLAN_NOTES,
    WORKS,
    Work,
)
from data.sample.spots import Fate
from problems.people import Role
from problems.questions import Question
from problems.reasons import Outcome, Reason
from problems.verdicts import Verdict
from problems.visits import Shows

Course = Iterator[datetime]
#: Starts another course beside the running one.
Begin = Callable[[Course], None]
_ENOUGH = timedelta(days=420)
#: So many of the questions of an analysis are answered.
_ANSWERED = 0.75


@dataclass
class Case:
    """One problem as its people see it: what it will come to and when the work is meant to be done."""

    problem_id: int
    fate: Fate | None
    fixed_at: datetime | None = None


def later(desk: Desk, low: float, high: float) -> datetime:
    """Return a working moment between ``low`` and ``high`` days from now."""
    return workday(desk, desk.now + timedelta(days=float(desk.rng.uniform(low, high))))


def workday(desk: Desk, when: datetime) -> datetime:
    """Return the moment moved to a weekday between 8 and 16 h, never before now."""
    when += timedelta(days=max(0, 7 - when.weekday()) if when.weekday() > 4 else 0)
    shown = when.replace(hour=int(desk.rng.integers(8, 16)), minute=int(desk.rng.integers(60)), second=0, microsecond=0)
    return max(shown, desk.now + timedelta(minutes=7))


def dismissed(desk: Desk, case: Case) -> Course:
    """Look at a hot spot once and dismiss it."""
    yield later(desk, 5, 30)
    if desk.problem(case.problem_id).status is not P.DETECTED:
        return
    reason, note = {
        Fate.ONE_CALLER: (Reason.ONE_CALLER, "Nearly all reports come from one household; we will visit it."),
        Fate.DISMISSED: (Reason.ARTEFACT, "A contractor entered old jobs again; the place is in order."),
    }.get(case.fate or Fate.FADED, (Reason.BELOW_THRESHOLD, "A short burst that is ending; we keep watching."))
    desk.move(case.problem_id, P.DISMISSED, Role.COORDINATOR, reason=str(reason), note=note)


def set_aside(desk: Desk, case: Case) -> Course:
    """Take a problem on, analyse it, and decide not to act."""
    yield from _adopted(desk, case, 1.0)
    if desk.problem(case.problem_id).status is not P.ANALYSING:
        return
    desk.note(case.problem_id, _one(desk, ANALYSIS_NOTES))
    yield later(desk, 10, 30)
    if desk.problem(case.problem_id).status is not P.ANALYSING:
        return
    reason, note = (
        (Reason.RESOLVED_ITSELF, "The reports have stopped without us; nothing is left to do.")
        if case.fate is Fate.FADED
        else (Reason.PRIVATE_LAND_NO_POWER, "The land is private and the council has no power here.")
    )
    desk.move(
        case.problem_id, P.NO_ACTION, Role.COMMAND, reason=str(reason), note=note,
        review_on=desk.now.date() + timedelta(days=180),
    )  # fmt: skip


def worked_on(desk: Desk, case: Case, begin: Begin) -> Course:
    """Take a problem through all stages; how far it comes depends on the time that is left."""
    pace = _pace(desk, case)
    yield from _adopted(desk, case, pace)
    if desk.problem(case.problem_id).status is not P.ANALYSING:
        return
    yield later(desk, 6 * pace, 16 * pace)
    desk.note(case.problem_id, _one(desk, ANALYSIS_NOTES))
    for question in Question:
        if desk.rng.random() < _ANSWERED:
            desk.now += timedelta(minutes=5)
            desk.answer(case.problem_id, question)
    yield later(desk, 4 * pace, 10 * pace)
    yield from respond(desk, case, begin)


def respond(desk: Desk, case: Case, begin: Begin) -> Course:
    """Plan the response, give out the actions, and follow them to a verified and closed problem."""
    if desk.problem(case.problem_id).status not in (P.CONFIRMED, P.ANALYSING, P.RECURRED):
        return
    review_on = desk.now.date() + timedelta(days=int(desk.rng.integers(60, 130)))
    desk.move(case.problem_id, P.PLANNED, Role.COORDINATOR, note=_one(desk, PLAN_NOTES), review_on=review_on)
    works = WORKS[desk.problem(case.problem_id).group]
    _give_out(desk, case, begin, int(desk.rng.integers(1, min(3, len(works)) + 1)))
    yield from _finished(desk, case, begin)


def again(desk: Desk, case: Case, begin: Begin) -> Course:
    """Deal with a problem that came back: close it where the work was useless or it moved on, or plan again."""
    yield later(desk, 24, 40)
    if desk.problem(case.problem_id).status is not P.RECURRED:
        return
    if case.fate is Fate.FAILED:
        known = any(problem.outcome == Outcome.NO_EFFECT for problem in desk.store.problems())
        outcome = Outcome.WORSE if known and desk.rng.random() < 0.3 else Outcome.NO_EFFECT
        note = "The work was done as planned, and the reports went on as before. Another approach is needed."
        yield from _closed(desk, case, P.RECURRED, (outcome, note))
        return
    if case.fate is Fate.DISPLACED:
        yield from _closed(desk, case, P.RECURRED)
        return
    desk.move(case.problem_id, P.ANALYSING, Role.COORDINATOR)
    desk.note(case.problem_id, "Back after a quiet spell: the first repair did not reach the cause.")
    yield later(desk, 14, 30)
    case.fixed_at = None
    yield from respond(desk, case, begin)


def _adopted(desk: Desk, case: Case, pace: float) -> Course:
    yield later(desk, 2 * pace, 9 * pace)
    problem = desk.problem(case.problem_id)
    if problem.status is not P.DETECTED:
        return
    review_on = desk.now.date() + timedelta(days=int(desk.rng.integers(40, 120)))
    desk.take_on(case.problem_id, P.CONFIRMED, OBJECTIVES[problem.group], review_on)
    yield later(desk, 2 * pace, 9 * pace)
    if desk.problem(case.problem_id).status is P.CONFIRMED:
        desk.photo(case.problem_id, Shows.BEFORE)
        desk.move(case.problem_id, P.ANALYSING, Role.OFFICER)


def _finished(desk: Desk, case: Case, begin: Begin) -> Course:
    deadline = desk.now + _ENOUGH
    while True:
        yield later(desk, 2, 6)
        status = desk.problem(case.problem_id).status
        if desk.now > deadline or status not in (P.PLANNED, P.IN_PROGRESS):
            return
        actions = desk.store.actions(case.problem_id)
        if not all(action.status.is_ended for action in actions):
            continue
        if status is P.PLANNED or not any(action.done_at for action in actions):
            _give_out(desk, case, begin, 1)
        elif not _still_coming_in(desk, case):
            break
    note = "All agreed work is done; we ask residents to tell us if it starts again."
    review_on = desk.now.date() + timedelta(days=90)
    desk.move(case.problem_id, P.REMEDIATED, Role.COORDINATOR, note=note, review_on=review_on)
    yield from _visited(desk, case)


def _visited(desk: Desk, case: Case) -> Course:
    """Let officers see on site that the work is done, and what comes of it be assessed and decided on."""
    yield later(desk, 7, 30)
    while any(action.status.is_owed for action in desk.store.actions(case.problem_id)):
        # What an officer sent back meanwhile is done before anybody says that the place is in order.
        yield later(desk, 2, 6)
    if desk.problem(case.problem_id).status is not P.REMEDIATED:
        return
    for action in desk.store.actions(case.problem_id):
        if action.status is A.DONE:
            desk.act(action.id, A.VERIFIED, Role.OFFICER, note="Seen on site: done as reported.")
    seen = "Visited in the evening: the place is in order and neighbours confirm it."
    visited_on = desk.now.date() - timedelta(days=int(desk.rng.integers(0, 2)))
    desk.move(case.problem_id, P.VERIFIED, Role.OFFICER, visited_on=visited_on, note=seen)
    desk.photo(case.problem_id, Shows.AFTER)
    yield later(desk, 50, 95)
    if desk.problem(case.problem_id).status is P.VERIFIED:
        yield from _closed(desk, case, P.VERIFIED)


def _closed(desk: Desk, case: Case, source: P, decided: tuple[Outcome, str] | None = None) -> Course:
    """Let an officer assess the work, as soon as enough is known, and command close the problem by it."""
    while (kept := desk.assess(case.problem_id)) is None:
        yield desk.now + timedelta(days=7)
        if desk.problem(case.problem_id).status is not source:
            return
    outcome, note = decided or _outcome(desk, case, kept.verdict)
    yield later(desk, 8, 40)
    if desk.problem(case.problem_id).status is not source:
        return
    desk.move(case.problem_id, P.CLOSED, Role.COMMAND, outcome=str(outcome), note=note)


def _give_out(desk: Desk, case: Case, begin: Begin, count: int) -> None:
    works = WORKS[desk.problem(case.problem_id).group]
    for k in desk.rng.permutation(len(works))[:count]:
        days_left = _days_left(desk, case)
        desk.now += timedelta(minutes=4)
        optimism = 0.35 if desk.rng.random() < 0.4 else 1.1
        action = desk.propose(case.problem_id, works[int(k)], optimism * days_left)
        begin(action_course(desk, action.id, works[int(k)], days_left))


def _still_coming_in(desk: Desk, case: Case) -> bool:
    """Tell whether reports still come in as before: nobody then says that the work is done."""
    return case.fate is not Fate.FAILED and case.fixed_at is not None and desk.now < case.fixed_at + timedelta(days=8)


def _outcome(desk: Desk, case: Case, verdict: Verdict) -> tuple[Outcome, str]:
    """Return what command makes of an assessment, in words of its own."""
    if case.fate is Fate.DISPLACED:
        return Outcome.INCONCLUSIVE, "Quiet here, but the same trouble began two streets away at the same time."
    outcome, lines = CLOSING_WORDS[verdict]
    return outcome, _one(desk, lines)


def _pace(desk: Desk, case: Case) -> float:
    """Return how fast the stages follow: work that took effect at a known time was done by then."""
    if case.fixed_at is not None:
        days = (case.fixed_at - desk.now).total_seconds() / 86400
        return min(2.5, max(0.15, days / 75))
    return float(desk.rng.choice([0.7, 1.0, 1.6, 3.0], p=[0.3, 0.35, 0.2, 0.15]))


def _days_left(desk: Desk, case: Case) -> float:
    if case.fixed_at is not None:
        return max(5.0, (case.fixed_at - desk.now).total_seconds() / 86400)
    if case.fate in (Fate.LIVE, Fate.ECHO):
        # The work on today's trouble is mostly still under way today.
        return float(desk.rng.uniform(60, 140))
    return float(desk.rng.uniform(20, 60))


def _one(desk: Desk, lines: tuple[str, ...]) -> str:
    return lines[int(desk.rng.integers(len(lines)))]


def action_course(desk: Desk, action_id: int, work: Work, days: float) -> Course:
    """Follow one action for about ``days`` days: most go well, some are refused, blocked, late or sent back."""
    fortune = str(
        desk.rng.choice(
            ["plain", "moved", "blocked", "declined", "cancelled", "sent back", "at once"],
            p=[0.42, 0.18, 0.15, 0.06, 0.05, 0.06, 0.08],
        )
    )
    yield later(desk, 0.05 * days, 0.25 * days)
    if desk.store.action(action_id).status is not A.PROPOSED:
        return
    if fortune == "declined":
        yield from _declined(desk, action_id, work, days)
        return
    desk.act(action_id, A.ACCEPTED)
    if fortune == "cancelled":
        yield later(desk, 0.2 * days, 0.5 * days)
        note = "Another partner's work has made this unnecessary."
        desk.act(action_id, A.CANCELLED, Role.COORDINATOR, reason=str(Reason.NO_LONGER_NEEDED), note=note)
        return
    yield later(desk, 0.1 * days, 0.3 * days)
    if fortune != "at once":
        desk.act(action_id, A.IN_PROGRESS)
    if fortune == "blocked":
        yield from _blocked(desk, action_id, days)
    if fortune == "moved":
        for _ in range(int(desk.rng.integers(1, 4))):
            desk.now += timedelta(minutes=3)
            desk.postpone(action_id, int(desk.rng.integers(7, 21)), _one(desk, MOVED_NOTES))
            yield later(desk, 0.1 * days, 0.3 * days)
    yield later(desk, 0.25 * days, 0.45 * days)
    yield from _done(desk, action_id, work, sent_back=fortune == "sent back")


def _blocked(desk: Desk, action_id: int, days: float) -> Course:
    reason = list(BLOCKED_NOTES)[int(desk.rng.integers(len(BLOCKED_NOTES)))]
    yield later(desk, 1, 3)
    desk.act(action_id, A.BLOCKED, reason=reason, note=BLOCKED_NOTES[reason])
    yield later(desk, 0.3 * days, 0.3 * days + 25)
    desk.act(action_id, A.IN_PROGRESS)


def _declined(desk: Desk, action_id: int, work: Work, days: float) -> Course:
    desk.act(action_id, A.DECLINED, reason=str(Reason.NOT_OURS), note="This piece of ground is not ours to keep.")
    yield later(desk, 4, 12)
    other = "safety" if work.organisation != "safety" else "highways"
    note = "Agreed at the partnership meeting that another team takes this."
    number = desk.organisations[other]
    desk.act(action_id, A.PROPOSED, Role.COORDINATOR, organisation_id=number, note=note)
    yield later(desk, 1, 6)
    desk.act(action_id, A.ACCEPTED)
    yield later(desk, 1, 6)
    desk.act(action_id, A.IN_PROGRESS)
    yield later(desk, 0.2 * days, 0.5 * days)
    yield from _done(desk, action_id, work, sent_back=False)


def _done(desk: Desk, action_id: int, work: Work, *, sent_back: bool) -> Course:
    desk.tick_off(action_id)
    desk.act(action_id, A.DONE, note=work.done)
    yield later(desk, 3, 12)
    # Whoever checked the whole problem meanwhile has checked this too.
    if sent_back and desk.store.action(action_id).status is A.DONE:
        desk.act(action_id, A.IN_PROGRESS, Role.OFFICER, note="Half of it is still to do.")
        yield later(desk, 4, 10)
        desk.act(action_id, A.DONE, note=f"{work.done} The rest was done today.")
        yield later(desk, 3, 12)
    if desk.rng.random() < 0.8 and desk.store.action(action_id).status is A.DONE:
        desk.act(action_id, A.VERIFIED, Role.OFFICER, note="Seen on site: done as reported.")
