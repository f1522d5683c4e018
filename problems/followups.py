"""What people did about a report beside its status: who owns it, where it was referred, what was told.

A *matter* is a report together with its follow-up. The two are saved together, under the version of the
report, so that nobody overwrites what they have not seen.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from problems.events import Event
from problems.reports import Report, ReportStatus


class Satisfaction(StrEnum):
    """What a reporter answered when asked whether the matter was dealt with to their satisfaction."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"

    @property
    def label(self) -> str:
        """Plain words for the answer."""
        return {Satisfaction.YES: "Yes", Satisfaction.PARTLY: "Partly", Satisfaction.NO: "No"}[self]


@dataclass(frozen=True, slots=True)
class Followup:
    """What is known of the work on one report.

    ``owner`` is whoever sees to it, ``organisation_id`` the partner that it was given to, ``body`` the
    one outside that is responsible, ``referred_on`` the day of either. ``problem_id`` is the problem of
    which the report tells. ``responded_at`` is the first response; re-opening does not ask for a second.
    ``outcome`` is the sentence that the reporter is told, ``done_by`` the key of whoever said that it is
    fixed. ``waiting_since`` and ``waiting_for`` tell of the running wait, ``waited_days`` sums the
    working days of those that are over.
    """

    report_id: int
    owner: str = ""
    organisation_id: int | None = None
    body: str = ""
    referred_on: date | None = None
    problem_id: int | None = None
    responded_at: datetime | None = None
    outcome: str = ""
    done_by: str = ""
    reopened: int = 0
    waiting_since: datetime | None = None
    waiting_for: str = ""
    waited_days: int = 0
    told_at: datetime | None = None
    told_by: str = ""
    satisfied: Satisfaction | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """A report with what people did about it."""

    report: Report
    followup: Followup

    @property
    def id(self) -> int:
        """The number of the report."""
        return self.report.id

    @property
    def ref(self) -> str:
        """Its number as people say it."""
        return self.report.ref

    @property
    def version(self) -> int:
        """The version of the report, which counts for both."""
        return self.report.version

    @property
    def status(self) -> ReportStatus:
        """Where it stands."""
        return self.report.status

    @property
    def is_waiting(self) -> bool:
        """Whether work on it stands still because of somebody else."""
        return self.followup.waiting_since is not None and self.status.is_open


#: Fields of a report that answering it changes; events carry them with those of the follow-up.
ANSWERED_FIELDS = ("status", "main_id", "resolution", "closed_at")
FOLLOWUP_FIELDS = tuple(field.name for field in fields(Followup) if field.name != "report_id")
#: Each of these ended the matter; only some of them solved it.
ENDED = frozenset(status for status in ReportStatus if not status.is_open)

_READERS: Mapping[str, Callable[[Any], object]] = {
    "status": ReportStatus,
    "satisfied": Satisfaction,
    "referred_on": date.fromisoformat,
    **dict.fromkeys(("closed_at", "responded_at", "waiting_since", "told_at"), datetime.fromisoformat),
}


def told_fields(matter: Matter) -> dict[str, object]:
    """Return every field of a matter that the events about answering it carry, by name."""
    of_report = {name: getattr(matter.report, name) for name in ANSWERED_FIELDS}
    return of_report | {name: getattr(matter.followup, name) for name in FOLLOWUP_FIELDS}


def opened_again(followup: Followup, *, counted: bool) -> Followup:
    """Return a follow-up whose end no longer holds; ``counted`` where that is a re-opening."""
    return replace(
        followup,
        outcome="",
        done_by="",
        told_at=None,
        told_by="",
        satisfied=None,
        reopened=followup.reopened + int(counted),
        body="",
        # A referral to a partner of ours stands; that to a body outside has come back.
        referred_on=None if followup.body else followup.referred_on,
    )


def followup_fields(values: Mapping[str, object]) -> dict[str, Any]:
    """Return those of the values of an event that are fields of a follow-up, read."""
    return {
        name: _READERS[name](value) if value is not None and name in _READERS else value
        for name, value in values.items()
        if name in FOLLOWUP_FIELDS
    }


def fold(start: Matter, events: Iterable[Event]) -> Matter:
    """Return a matter as ``events`` left it, from how it stood when it came in.

    Parameters
    ----------
    start
        The report as it came in; its version and words are not folded, events do not repeat them.
    events
        Those about this report, in the order they were kept.
    """
    state: dict[str, Any] = {}
    for one in events:
        state.update(one.changes)
    read: dict[str, Any] = {
        name: _READERS[name](value) if value is not None and name in _READERS else value
        for name, value in state.items()
        if name in ANSWERED_FIELDS
    }
    return Matter(replace(start.report, **read), replace(start.followup, **followup_fields(state)))
