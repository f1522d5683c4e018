"""What an organisation owes, what waits for it, and how it has kept its dates so far."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from statistics import median
from typing import Final

from problems.actions import Action, ActionStatus
from problems.events import Event, EventKind
from problems.problem import Problem, ProblemStatus

#: Below so many a middle value says little, and is not told.
FEWEST_FOR_A_MIDDLE: Final = 5
_SENT_BACK_FROM: Final = (ActionStatus.DONE, ActionStatus.VERIFIED)


@dataclass(frozen=True, slots=True)
class SentBack:
    """Work that was reported as done and is not: what was said, by whom and when."""

    action: Action
    note: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FailedVisit:
    """A visit that found a problem still there after the organisation had reported its work as done."""

    problem: Problem
    note: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """How an organisation kept its dates: counts with the number they are of, never a share of a few.

    ``dated`` of its ``ended`` actions had a due date; ``by_first`` of these were done by the date that was promised
    first, ``by_last`` by the one that held in the end. The middle days are None below
    :data:`FEWEST_FOR_A_MIDDLE`: from proposed to accepted, and from accepted to done, with (gross) and without
    (net) the days in which the work was blocked.
    """

    ended: int = 0
    dated: int = 0
    by_first: int = 0
    by_last: int = 0
    answered: int = 0
    declined: int = 0
    answer_days: float | None = None
    timed: int = 0
    gross_days: float | None = None
    net_days: float | None = None


@dataclass(frozen=True, slots=True)
class OrganisationWork:
    """Everything that concerns one organisation, each list with what is due first on top."""

    organisation_id: int
    to_answer: tuple[Action, ...]
    sent_back: tuple[SentBack, ...]
    failed_visits: tuple[FailedVisit, ...]
    owed: tuple[Action, ...]
    blocked: tuple[Action, ...]
    waiting_for_check: tuple[Action, ...]
    shared: tuple[Problem, ...]
    record: Record = field(default_factory=Record)

    @property
    def live(self) -> tuple[Action, ...]:
        """Every action that the organisation still owes."""
        return (*self.to_answer, *(one.action for one in self.sent_back), *self.owed, *self.blocked)


def work_of(
    organisation_id: int,
    problems: Sequence[Problem],
    actions: Sequence[Action],
    events_of: Mapping[int, Sequence[Event]],
    visits: Sequence[Event],
    zone: tzinfo,
    shared: Sequence[Problem] = (),
) -> OrganisationWork:
    """Sort out what an organisation has to do with.

    Parameters
    ----------
    problems, actions
        All there are.
    events_of
        The events of each action of the organisation, by its id, in their order.
    visits
        The events of problems, in their order.
    shared
        The problems that are shared with the organisation, as far as they are.
    """
    own = sorted((one for one in actions if one.organisation_id == organisation_id), key=_due_first)
    back = [told for one in own if (told := _sent_back(one, events_of.get(one.id, ()))) is not None]
    returned = {told.action.id for told in back}
    by_status: dict[ActionStatus, list[Action]] = {status: [] for status in ActionStatus}
    for one in own:
        if one.id not in returned:
            by_status[one.status].append(one)
    return OrganisationWork(
        organisation_id,
        to_answer=tuple(by_status[ActionStatus.PROPOSED]),
        sent_back=tuple(back),
        failed_visits=tuple(_failed_visits(own, problems, visits)),
        owed=tuple(sorted((*by_status[ActionStatus.ACCEPTED], *by_status[ActionStatus.IN_PROGRESS]), key=_due_first)),
        blocked=tuple(by_status[ActionStatus.BLOCKED]),
        waiting_for_check=tuple(by_status[ActionStatus.DONE]),
        shared=tuple(shared),
        record=record_of(organisation_id, own, events_of, zone),
    )


def _due_first(action: Action) -> tuple[bool, date, int]:
    return action.due_on is None, action.due_on or action.created_at.date(), action.id


def _moves(events: Iterable[Event]) -> list[Event]:
    return [one for one in events if "status" in one.changes]


def _sent_back(action: Action, events: Sequence[Event]) -> SentBack | None:
    moves = _moves(events)
    if action.status is not ActionStatus.IN_PROGRESS or not moves:
        return None
    last = moves[-1]
    if last.before.get("status") not in _SENT_BACK_FROM:
        return None
    return SentBack(action, last.note, last.by_name, last.at)


def _failed_visits(own: Sequence[Action], problems: Sequence[Problem], told: Sequence[Event]) -> list[FailedVisit]:
    by_id = {one.id: one for one in problems if one.status.is_open}
    done = {one.problem_id for one in own if one.done_at is not None}
    latest: dict[int, Event] = {}
    for one in told:
        if one.subject_id in done and "status" in one.changes:
            latest[one.subject_id] = one
    found = [
        FailedVisit(by_id[number], one.note, one.by_name, one.at)
        for number, one in latest.items()
        if number in by_id
        and one.before.get("status") == ProblemStatus.REMEDIATED
        and one.changes["status"] == ProblemStatus.IN_PROGRESS
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)


def record_of(
    organisation_id: int, own: Sequence[Action], events_of: Mapping[int, Sequence[Event]], zone: tzinfo
) -> Record:
    """Return how an organisation kept its dates, from its actions and what happened with each."""
    ended = [one for one in own if one.done_at is not None]
    answers: list[float] = []
    gross: list[float] = []
    net: list[float] = []
    declined = 0
    for one in own:
        asked_at, answered_at, said_no = _answer(organisation_id, one, events_of.get(one.id, ()))
        declined += said_no
        if answered_at is not None:
            answers.append(max(0.0, (answered_at - asked_at).total_seconds() / 86400))
        if one.done_at is not None and answered_at is not None and not said_no:
            days = max(0.0, (one.done_at - answered_at).total_seconds() / 86400)
            gross.append(days)
            net.append(max(0.0, days - one.blocked_days))
    dated = [one for one in ended if one.due_on is not None]
    return Record(
        ended=len(ended),
        dated=len(dated),
        by_first=sum(_done_on(one, zone) <= (one.first_promised_on or one.due_on or date.max) for one in dated),
        by_last=sum(_done_on(one, zone) <= (one.due_on or date.max) for one in dated),
        answered=len(answers),
        declined=declined,
        answer_days=_middle(answers),
        timed=len(gross),
        gross_days=_middle(gross),
        net_days=_middle(net),
    )


def _answer(organisation_id: int, action: Action, events: Sequence[Event]) -> tuple[datetime, datetime | None, bool]:
    """Return when the organisation was asked, when it first answered (None: not yet), and whether it said no."""
    asked_at, owner = action.created_at, organisation_id
    for one in events:
        if one.kind is EventKind.CREATED:
            told = one.changes.get("organisation_id", organisation_id)
            owner = int(str(told)) if told is not None else organisation_id
            asked_at = one.at
            continue
        status = one.changes.get("status")
        if "organisation_id" in one.changes and one.changes["organisation_id"] is not None:
            owner = int(str(one.changes["organisation_id"]))
        if status == ActionStatus.PROPOSED:
            asked_at = one.at
        elif owner == organisation_id and status in (ActionStatus.ACCEPTED, ActionStatus.DECLINED):
            return asked_at, one.at, status == ActionStatus.DECLINED
    return asked_at, None, False


def _done_on(action: Action, zone: tzinfo) -> date:
    return action.done_at.astimezone(zone).date() if action.done_at else date.max


def _middle(days: Sequence[float]) -> float | None:
    return median(days) if len(days) >= FEWEST_FOR_A_MIDDLE else None
