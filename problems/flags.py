"""What calls for somebody's attention on a problem, each with the reason in words. Facts, never states.

A problem is *stalled* when nothing happened to it for two weeks, *overdue* when work is late or its review has passed,
*blocked* when work waits for somebody. A *case review* is due when one reporter told of three incidents within six
months, each within a month of it: the UK rule for antisocial behaviour. What was remedied is *watched* for a while.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from enum import StrEnum

from geo import projection
from problems.actions import Action, ActionStatus
from problems.categories import Group
from problems.clock import day_end, day_start
from problems.events import Subject
from problems.figures import is_review_late, problem_points
from problems.problem import Problem, ProblemStatus
from problems.reasons import Reason
from problems.reports import Report
from problems.store import Store

STALLED_DAYS = 14
CASE_REPORTS, CASE_DAYS, CASE_TOLD_WITHIN_DAYS = 3, 183, 31
#: Kinds to which the rule for case reviews applies.
CASE_GROUPS = frozenset({Group.ANTISOCIAL, Group.DISPUTES})
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
_WATCHED = frozenset({ProblemStatus.REMEDIATED, ProblemStatus.VERIFIED, ProblemStatus.CLOSED})


class FlagKind(StrEnum):
    """What calls for attention, the most pressing first."""

    CASE_REVIEW = "case_review"
    OVERDUE = "overdue"
    BLOCKED = "blocked"
    STALLED = "stalled"
    WATCHED = "watched"

    @property
    def label(self) -> str:
        """Plain word for it."""
        return {
            FlagKind.CASE_REVIEW: "Case review due",
            FlagKind.OVERDUE: "Overdue",
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
    case_reports: int,
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
    case_reports
        The most reports of one reporter that count for a case review, see :func:`most_of_one_reporter`.
    watch_days
        For how long what was remedied is watched.
    """
    found: list[Flag] = []
    if problem.status.is_open and case_reports >= CASE_REPORTS:
        why = f"One reporter told of {case_reports} incidents within six months: they may ask for a case review."
        found.append(Flag(FlagKind.CASE_REVIEW, why))
    if late := _late_words(problem, actions, today):
        found.append(Flag(FlagKind.OVERDUE, late))
    blocked = [one for one in actions if one.status is ActionStatus.BLOCKED]
    if problem.status.is_open and blocked:
        found.append(Flag(FlagKind.BLOCKED, " ".join(_blocked_words(one) for one in blocked)))
    still_days = (today - last_event_on).days if last_event_on else 0
    if problem.status in _WORKED_ON and still_days >= STALLED_DAYS:
        found.append(Flag(FlagKind.STALLED, f"Nothing has happened for {still_days} days."))
    until = problem.remediated_on and problem.remediated_on + timedelta(days=watch_days)
    if until and problem.status in _WATCHED and today <= until:
        why = f"For a recurrence, until {until.day} {until:%b} {until.year}."
        found.append(Flag(FlagKind.WATCHED, why))
    return found


def _late_words(problem: Problem, actions: Iterable[Action], today: date) -> str:
    late = [one.days_late(today) for one in actions if one.days_late(today)] if problem.status.is_open else []
    words = []
    if late:
        many = "1 action is" if len(late) == 1 else f"{len(late)} actions are"
        words.append(f"{many} late, by up to {_days(max(late))}.")
    if is_review_late(problem, today) and problem.review_on:
        words.append(f"The review was due {_days((today - problem.review_on).days)} ago.")
    return " ".join(words)


def _blocked_words(action: Action) -> str:
    reason = Reason(action.reason).label if action.reason in tuple(Reason) else action.reason
    return f"“{action.title}”: {reason[:1].lower() + reason[1:] if reason else 'no reason given'}."


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def most_of_one_reporter(reports: Iterable[Report], today: date, zone: tzinfo) -> int:
    """Return the most reports that one known reporter made within six months up to today, each within a month.

    A report without the day on which it happened counts as told at once. Merged duplicates tell of one incident.
    """
    first = today - timedelta(days=CASE_DAYS)
    counts: dict[str, int] = defaultdict(int)
    for one in reports:
        told_on = one.reported_at.astimezone(zone).date()
        happened_on = (one.occurred_at or one.reported_at).astimezone(zone).date()
        in_time = (told_on - happened_on).days <= CASE_TOLD_WITHIN_DAYS
        if one.reporter and one.main_id is None and first < told_on <= today and in_time:
            counts[one.reporter] += 1
    return max(counts.values(), default=0)


# -- read from a store --


def last_events(store: Store, actions: Iterable[Action], problems: Sequence[Problem]) -> Mapping[int, date]:
    """Return the day of the last event about each problem or its actions, in UTC, by the problem's number."""
    of_action = {action.id: action.problem_id for action in actions}
    last: dict[int, date] = {}
    numbers = {problem.id for problem in problems}
    few = len(problems) == 1
    for subject in (Subject.PROBLEM, Subject.ACTION):
        of_one = [number for number, whose in of_action.items() if whose in numbers]
        subjects: Iterable[int | None] = (numbers if subject is Subject.PROBLEM else of_one) if few else [None]
        for one in (told for each in subjects for told in store.events(subject, each)):
            number = one.subject_id if subject is Subject.PROBLEM else of_action.get(one.subject_id, 0)
            if number in numbers:
                last[number] = max(last.get(number, one.at.date()), one.at.date())
    return last


def case_reports_of(store: Store, problem: Problem, today: date, zone: tzinfo) -> int:
    """Return the most reports of one reporter on a problem that count for a case review; 0 for other kinds."""
    if problem.group not in CASE_GROUPS or not problem.status.is_open or not problem.footprint.get("coordinates"):
        return 0
    known = store.fact("epsg")
    epsg = int(known) if known else projection.metric_epsg([problem.lon_lat])
    since, until = day_start(today - timedelta(days=CASE_DAYS), zone), day_end(today, zone)
    points = problem_points(store, problem, since, until, epsg)
    return most_of_one_reporter(store.reports(points.ids.tolist()), today, zone) if len(points) else 0


def flags_for(
    store: Store, problems: Sequence[Problem], today: date, zone: tzinfo, *, watch_days: int
) -> Mapping[int, list[Flag]]:
    """Return what calls for attention on each of these problems, by its number; those without anything are left out."""
    actions_of: dict[int, list[Action]] = defaultdict(list)
    actions = store.actions()
    for action in actions:
        actions_of[action.problem_id].append(action)
    last = last_events(store, actions, problems)
    found = {
        problem.id: flags_of(
            problem,
            actions_of[problem.id],
            last_event_on=last.get(problem.id),
            case_reports=case_reports_of(store, problem, today, zone),
            today=today,
            watch_days=watch_days,
        )
        for problem in problems
    }
    return {number: flags for number, flags in found.items() if flags}
