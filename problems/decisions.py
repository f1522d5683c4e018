"""What waits for a decision of command: each with its facts, and what was decided of late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from problems.actions import Action, ActionStatus
from problems.case_review import GROUPS, WITHIN_DAYS, CaseReview, case_reviews
from problems.events import Event, EventKind
from problems.kept_assessments import KeptAssessment
from problems.lifecycle import COMMAND, moves_from
from problems.problem import Problem, ProblemStatus
from problems.store import Store

#: What asks command for no action, in the details of its event; and what answers it.
NO_ACTION: Final = "no_action"
CASE_REVIEW: Final = "case_review"
STANDS: Final = "stands"
#: Decisions are “of late” for so many days.
LATE_DAYS: Final = 60
#: What was never going to be paid: work that nobody does.
_NOT_WORKED: Final = (ActionStatus.DECLINED, ActionStatus.CANCELLED)


class DecisionKind(StrEnum):
    """Why a problem waits for command."""

    CLOSE = "close"
    RECURRED = "recurred"
    NO_ACTION_ASKED = "no_action_asked"
    REVIEW_DUE = "review_due"
    CASE_REVIEW = "case_review"

    @property
    def label(self) -> str:
        """Plain words for what is to be decided."""
        return {
            DecisionKind.CLOSE: "Assessed, waiting to be closed",
            DecisionKind.RECURRED: "It came back",
            DecisionKind.NO_ACTION_ASKED: "No action is asked for",
            DecisionKind.REVIEW_DUE: "No action, and its review is due",
            DecisionKind.CASE_REVIEW: "Case review is due",
        }[self]


@dataclass(frozen=True, slots=True)
class Asked:
    """An open request for no action: who asked, why."""

    by_name: str
    reason: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that waits: the problem, since when, and the facts to decide it by.

    ``done`` are the actions that were reported as done, ``assessment`` the newest one kept of its work, ``cost``
    the sum of what is noted as the cost of its actions, but those declined or cancelled; ``asked`` and ``review``
    say what is particular to the kind.
    ``came_back`` is when the problem last did, for every kind.
    """

    kind: DecisionKind
    problem: Problem
    since: datetime
    actions: tuple[Action, ...] = ()
    done: tuple[Action, ...] = ()
    assessment: KeptAssessment | None = None
    cost: int | None = None
    asked: Asked | None = None
    review: CaseReview | None = None
    came_back: datetime | None = None

    @property
    def is_of_before(self) -> bool:
        """Whether the assessment was made before the problem last came back: nothing later is counted in it."""
        return self.assessment is not None and self.came_back is not None and self.assessment.made_at < self.came_back

    @property
    def owed(self) -> tuple[Action, ...]:
        """The actions that are still owed: until each of them ends, the problem cannot."""
        return tuple(one for one in self.actions if one.status.is_owed)

    @property
    def unpriced(self) -> int:
        """How many of the actions that ``cost`` is of have none noted."""
        return sum(one.cost is None for one in self.actions if one.status not in _NOT_WORKED)


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision that command took: the event that tells it, and its problem."""

    problem: Problem
    event: Event


@dataclass(frozen=True, slots=True)
class Docket:
    """Everything that waits for command, the longest first in each kind, and what was decided of late, newest first.

    ``unassessed`` are problems that were verified and cannot be closed yet: nobody has assessed their work.
    """

    waiting: tuple[Decision, ...]
    unassessed: tuple[Problem, ...]
    taken: tuple[Taken, ...]


def only_for_command() -> frozenset[tuple[ProblemStatus, ProblemStatus]]:
    """Return the moves of problems (from, to) that only command may make."""
    return frozenset(
        (status, ProblemStatus(str(move.target)))
        for status in ProblemStatus
        for move in moves_from(status)
        if move.roles == COMMAND
    )


def can_end_in_no_action(problem: Problem) -> bool:
    """Tell whether command may decide on no action from where a problem stands."""
    return any(move.target is ProblemStatus.NO_ACTION for move in moves_from(problem.status))


def open_request(events: Sequence[Event]) -> Asked | None:
    """Return the request for no action about a problem that nobody has answered, from its events in their order."""
    asked: Asked | None = None
    for one in events:
        if one.kind is EventKind.PROPOSED and one.details.get("proposal") == NO_ACTION:
            asked = Asked(one.by_name, one.reason, one.note, one.at)
        elif "status" in one.changes or _answers(one):
            asked = None
    return asked


def _answers(one: Event) -> bool:
    return one.kind is EventKind.REVIEWED and one.details.get("proposal") == NO_ACTION


def last_case_review(events: Sequence[Event]) -> datetime | None:
    """Return when command last looked at the case of a problem, from its events."""
    times = [one.at for one in events if one.kind is EventKind.REVIEWED and one.details.get(CASE_REVIEW)]
    return max(times, default=None)


def case_reviews_due(
    store: Store, problems: Sequence[Problem], told: Mapping[int, Sequence[Event]], now: datetime, epsg: int | None
) -> list[CaseReview]:
    """Return the case reviews that are due in these problems; ``told`` are their events by problem.

    ``epsg`` is the metric CRS of the deployment; without one none is looked for.
    """
    open_ones = [one for one in problems if one.group in GROUPS and one.status.is_open]
    if epsg is None or not open_ones:
        return []
    reports = store.reports_of_known_reporters(now - timedelta(days=WITHIN_DAYS), GROUPS)
    reviewed = {one.id: at for one in open_ones if (at := last_case_review(told.get(one.id, ()))) is not None}
    return case_reviews(open_ones, reports, reviewed, epsg=epsg)


def docket(
    problems: Sequence[Problem],
    actions: Sequence[Action],
    events_of: Mapping[int, Sequence[Event]],
    assessments: Mapping[int, KeptAssessment],
    reviews: Sequence[CaseReview],
    *,
    today: date,
    now: datetime,
) -> Docket:
    """Sort out what waits for command.

    Parameters
    ----------
    problems, actions
        All there are.
    events_of
        The events of each problem by its id, in their order.
    assessments
        The newest assessment of each problem that counts for closing it, by its id.
    reviews
        The problems in which a case review is due.
    """
    of_problem: dict[int, list[Action]] = {}
    for one in actions:
        of_problem.setdefault(one.problem_id, []).append(one)
    waiting: list[Decision] = []
    unassessed = []
    for problem in problems:
        told = events_of.get(problem.id, ())
        kept = assessments.get(problem.id)
        if problem.status is ProblemStatus.VERIFIED and kept is None:
            unassessed.append(problem)
        for kind, since, asked in _reasons(problem, told, kept, today, now):
            decision = _decision(kind, problem, since, of_problem.get(problem.id, []), kept, asked, None)
            waiting.append(replace(decision, came_back=_came_back(told)))
    for review in reviews:
        own = of_problem.get(review.problem.id, [])
        kept = assessments.get(review.problem.id)
        decision = _decision(DecisionKind.CASE_REVIEW, review.problem, review.since, own, kept, None, review)
        waiting.append(replace(decision, came_back=_came_back(events_of.get(review.problem.id, ()))))
    order = list(DecisionKind)
    waiting.sort(key=lambda each: (order.index(each.kind), each.since, each.problem.id))
    return Docket(tuple(waiting), tuple(unassessed), tuple(_taken(problems, events_of, now)))


def _reasons(
    problem: Problem, told: Sequence[Event], kept: KeptAssessment | None, today: date, now: datetime
) -> list[tuple[DecisionKind, datetime, Asked | None]]:
    found: list[tuple[DecisionKind, datetime, Asked | None]] = []
    asked = open_request(told)
    if problem.status is ProblemStatus.VERIFIED and kept is not None:
        found.append((DecisionKind.CLOSE, max(kept.made_at, _since(problem, told)), None))
    if problem.status is ProblemStatus.RECURRED:
        found.append((DecisionKind.RECURRED, _since(problem, told), None))
    if asked is not None and can_end_in_no_action(problem):
        found.append((DecisionKind.NO_ACTION_ASKED, asked.at, asked))
    if problem.status is ProblemStatus.NO_ACTION and problem.review_on is not None and problem.review_on <= today:
        found.append((DecisionKind.REVIEW_DUE, now - timedelta(days=(today - problem.review_on).days), None))
    return found


def _since(problem: Problem, told: Sequence[Event]) -> datetime:
    moved = [one.at for one in told if one.changes.get("status") == problem.status]
    return moved[-1] if moved else problem.created_at


def _came_back(told: Sequence[Event]) -> datetime | None:
    return max((one.at for one in told if one.changes.get("status") == ProblemStatus.RECURRED), default=None)


def _decision(
    kind: DecisionKind,
    problem: Problem,
    since: datetime,
    actions: Sequence[Action],
    kept: KeptAssessment | None,
    asked: Asked | None,
    review: CaseReview | None,
) -> Decision:
    costs = [cost for one in actions if one.status not in _NOT_WORKED and (cost := one.cost) is not None]
    return Decision(
        kind,
        problem,
        since,
        actions=tuple(one for one in actions if one.status is not ActionStatus.CANCELLED),
        done=tuple(one for one in actions if one.done_at is not None),
        assessment=kept,
        cost=sum(costs) if costs else None,
        asked=asked,
        review=review,
    )


def _taken(problems: Sequence[Problem], events_of: Mapping[int, Sequence[Event]], now: datetime) -> list[Taken]:
    ours = only_for_command()
    first = now - timedelta(days=LATE_DAYS)
    found = [
        Taken(problem, one)
        for problem in problems
        for one in events_of.get(problem.id, ())
        if one.at >= first and _is_decision(one, ours)
    ]
    return sorted(found, key=lambda each: (each.event.at, each.event.id), reverse=True)


def _is_decision(one: Event, ours: frozenset[tuple[ProblemStatus, ProblemStatus]]) -> bool:
    was, now = one.before.get("status"), one.changes.get("status")
    if was in tuple(ProblemStatus) and now in tuple(ProblemStatus):
        return (ProblemStatus(str(was)), ProblemStatus(str(now))) in ours
    return _answers(one) or bool(one.details.get(CASE_REVIEW)) or one.details.get("decision") == STANDS
