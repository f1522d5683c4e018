"""What calls for somebody's attention on a problem, each with the reason in words. Facts, never states.

A problem is *stalled* when nothing happened to it for two weeks, *overdue* when work is late or its review has passed,
*declined* when an organisation said no and no other was asked, *blocked* when work waits for somebody. A *case review*
is due when a reporter told of it again and again (:mod:`problems.case_review`). What was remedied is *watched* for a
while.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from enum import StrEnum

import numpy as np

from geo import projection
from problems.actions import Action, ActionStatus
from problems.case_review import CaseReview
from problems.clock import day_end
from problems.decisions import case_reviews_due
from problems.events import Event, Subject
from problems.figures import is_review_late
from problems.problem import Problem, ProblemStatus
from problems.reasons import Reason
from problems.store import Store

STALLED_DAYS = 14
_WORKED_ON = frozenset(
    {
        ProblemStatus.CONFIRMED,
        ProblemStatus.ANALYSING,
        ProblemStatus.PLANNED,
        ProblemStatus.IN_PROGRESS,
        ProblemStatus.REMEDIATED,
        ProblemStatus.RECURRED,
    }
)
#: While these hold, work that an organisation declined is still looked for somebody to do.
_TO_BE_DONE = _WORKED_ON - {ProblemStatus.REMEDIATED}
_WATCHED = frozenset({ProblemStatus.REMEDIATED, ProblemStatus.VERIFIED, ProblemStatus.CLOSED})


class FlagKind(StrEnum):
    """What calls for attention, the most pressing first."""

    CASE_REVIEW = "case_review"
    OVERDUE = "overdue"
    DECLINED = "declined"
    BLOCKED = "blocked"
    STALLED = "stalled"
    WATCHED = "watched"

    @property
    def label(self) -> str:
        """Plain word for it."""
        return {
            FlagKind.CASE_REVIEW: "Case review due",
            FlagKind.OVERDUE: "Overdue",
            FlagKind.DECLINED: "Declined",
            FlagKind.BLOCKED: "Blocked",
            FlagKind.STALLED: "Stalled",
            FlagKind.WATCHED: "Watched",
        }[self]

    @property
    def is_warning(self) -> bool:
        """Whether somebody has to do something; a watch runs by itself."""
        return self is not FlagKind.WATCHED


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that calls for attention, and why."""

    kind: FlagKind
    why: str


def flags_of(
    problem: Problem,
    actions: Sequence[Action],
    *,
    last_event_on: date | None,
    case_review: CaseReview | None,
    today: date,
    watch_days: int,
) -> list[Flag]:
    """Return what calls for attention on a problem, the most pressing first.

    Parameters
    ----------
    actions
        Those on the problem.
    last_event_on
        The day on which anything happened to it or its actions last.
    case_review
        The case review that is due in it, if any.
    watch_days
        For how long what was remedied is watched.
    """
    found: list[Flag] = []
    if problem.status.is_open and case_review is not None:
        who = "One reporter" if case_review.reporters == 1 else f"{case_review.reporters} reporters"
        why = f"{who} told of it {case_review.reports} times within six months: they may ask for a case review."
        found.append(Flag(FlagKind.CASE_REVIEW, why))
    if late := _late_words(problem, actions, today):
        found.append(Flag(FlagKind.OVERDUE, late))
    if declined := nobodys_work(problem, actions):
        found.append(Flag(FlagKind.DECLINED, f"{_named(declined)} Propose it to another organisation."))
    blocked = [one for one in actions if one.status is ActionStatus.BLOCKED]
    if problem.status.is_open and blocked:
        found.append(Flag(FlagKind.BLOCKED, _named(blocked)))
    still_days = (today - last_event_on).days if last_event_on else 0
    if problem.status in _WORKED_ON and still_days >= STALLED_DAYS:
        found.append(Flag(FlagKind.STALLED, f"Nothing has happened for {still_days} days."))
    until = problem.remediated_on and problem.remediated_on + timedelta(days=watch_days)
    if until and problem.status in _WATCHED and today <= until:
        why = f"For a recurrence, until {until.day} {until:%b} {until.year}."
        found.append(Flag(FlagKind.WATCHED, why))
    return found


def nobodys_work(problem: Problem, actions: Iterable[Action]) -> list[Action]:
    """Return the actions that were declined, and that nobody does unless another organisation is asked.

    What was declined before the work on the problem was last reported done is left out: it was done without.
    """
    if problem.status not in _TO_BE_DONE:
        return []
    declined = [one for one in actions if one.status is ActionStatus.DECLINED]
    done_on = problem.remediated_on
    return [one for one in declined if done_on is None or (one.status_since or one.created_at).date() > done_on]


def _late_words(problem: Problem, actions: Iterable[Action], today: date) -> str:
    late = [one.days_late(today) for one in actions if one.days_late(today)] if problem.status.is_open else []
    words = []
    if late:
        many = "1 action is" if len(late) == 1 else f"{len(late)} actions are"
        words.append(f"{many} late, by up to {_days(max(late))}.")
    if is_review_late(problem, today) and problem.review_on:
        words.append(f"The review was due {_days((today - problem.review_on).days)} ago.")
    return " ".join(words)


def _named(actions: Iterable[Action]) -> str:
    return " ".join(_reason_words(one) for one in actions)


def _reason_words(action: Action) -> str:
    reason = Reason(action.reason).label if action.reason in tuple(Reason) else action.reason
    return f"“{action.title}”: {reason[:1].lower() + reason[1:] if reason else 'no reason given'}."


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


# -- read from a store --


def flags_for(
    store: Store, problems: Sequence[Problem], today: date, zone: tzinfo, *, watch_days: int
) -> Mapping[int, list[Flag]]:
    """Return what calls for attention on each of these problems, by its number; those without anything are left out."""
    actions_of: dict[int, list[Action]] = defaultdict(list)
    actions = store.actions()
    for action in actions:
        actions_of[action.problem_id].append(action)
    told = _events_of(store, problems)
    last = _last_events(store, actions, problems, told, zone)
    known = store.fact("epsg")
    placed = [problem.lon_lat for problem in problems if any(problem.lon_lat)]
    epsg = int(known) if known else projection.metric_epsg(np.array(placed)) if placed else None
    reviews = case_reviews_due(store, problems, told, day_end(today, zone), epsg)
    due = {one.problem.id: one for one in reviews}
    found = {
        problem.id: flags_of(
            problem,
            actions_of[problem.id],
            last_event_on=last.get(problem.id),
            case_review=due.get(problem.id),
            today=today,
            watch_days=watch_days,
        )
        for problem in problems
    }
    return {number: flags for number, flags in found.items() if flags}


def _events_of(store: Store, problems: Sequence[Problem]) -> Mapping[int, list[Event]]:
    """Return the events of each problem; those of a single one are asked for alone."""
    told: dict[int, list[Event]] = {problem.id: [] for problem in problems}
    for one in store.events(Subject.PROBLEM, problems[0].id if len(problems) == 1 else None):
        if one.subject_id in told:
            told[one.subject_id].append(one)
    return told


def _last_events(
    store: Store,
    actions: Sequence[Action],
    problems: Sequence[Problem],
    told: Mapping[int, Sequence[Event]],
    zone: tzinfo,
) -> Mapping[int, date]:
    """Return the day of the last event about each problem or its actions, by the problem's number."""
    last = {number: max(one.at for one in events) for number, events in told.items() if events}
    of_action = {action.id: action.problem_id for action in actions if action.problem_id in told}
    subjects: Iterable[int | None] = of_action if len(problems) == 1 else [None]
    for each in subjects:
        for one in store.events(Subject.ACTION, each):
            if (number := of_action.get(one.subject_id)) is not None:
                last[number] = max(last.get(number, one.at), one.at)
    return {number: at.astimezone(zone).date() for number, at in last.items()}
