"""Where problems and actions stood at past moments, from their events alone: quick enough for many moments."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from problems.actions import Action, ActionStatus
from problems.briefing.scope import Scope
from problems.events import Event
from problems.problem import ProblemStatus

#: What somebody works on: taken on, and not yet seen to be in order.
IN_WORK = frozenset(
    {
        ProblemStatus.CONFIRMED, ProblemStatus.ANALYSING, ProblemStatus.PLANNED, ProblemStatus.IN_PROGRESS,
        ProblemStatus.REMEDIATED, ProblemStatus.RECURRED,
    }
)  # fmt: skip
#: An organisation that has said yes and not gone again is active.
_ACTIVE = frozenset(
    {
        ActionStatus.ACCEPTED, ActionStatus.IN_PROGRESS, ActionStatus.BLOCKED, ActionStatus.DONE, ActionStatus.VERIFIED,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Statuses:
    """The statuses of one problem or action with the moments from which they held."""

    since: tuple[datetime, ...]
    codes: tuple[str, ...]

    def before(self, at: datetime) -> str:
        """Return the status just before a moment, empty where there was none yet."""
        place = bisect_left(self.since, at)
        return self.codes[place - 1] if place else ""


def statuses(events: Sequence[Event]) -> Statuses:
    """Return the statuses that events tell of, in their order."""
    told = [(one.at, str(one.changes["status"])) for one in events if "status" in one.changes]
    return Statuses(tuple(at for at, _ in told), tuple(code for _, code in told))


@dataclass(frozen=True)
class States:
    """Those of all problems of a place and of the actions on them."""

    problems: Mapping[int, Statuses]
    actions: Mapping[int, Statuses]
    actions_on: Mapping[int, tuple[Action, ...]]

    def in_work(self, at: datetime) -> list[int]:
        """Return the problems that were being worked on just before a moment."""
        return [number for number, one in self.problems.items() if one.before(at) in IN_WORK]

    def active_organisations(self, problem_id: int, at: datetime) -> set[int]:
        """Return the organisations that were active on a problem just before a moment."""
        return {
            one.organisation_id
            for one in self.actions_on.get(problem_id, ())
            if self.actions[one.id].before(at) in _ACTIVE
        }


def states_of(scope: Scope) -> States:
    """Return the states of what a place holds."""
    work = scope.then.work
    on: dict[int, tuple[Action, ...]] = {}
    for one in scope.actions:
        on[one.problem_id] = (*on.get(one.problem_id, ()), one)
    return States(
        {one.id: statuses(work.events.get(one.id, ())) for one in scope.problems},
        {one.id: statuses(work.action_events.get(one.id, ())) for one in scope.actions},
        on,
    )
