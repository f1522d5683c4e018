"""An action: one piece of work by a partner organisation on a problem."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class ActionType(StrEnum):
    """What kind of work an action is."""

    REPAIR = "repair"
    SECURE = "secure"
    CLEAN = "clean"
    PATROL = "patrol"
    MEDIATE = "mediate"
    ENFORCE = "enforce"
    ADVISE = "advise"
    ENGAGE = "engage"
    INSPECT = "inspect"
    DESIGN = "design"

    @property
    def label(self) -> str:
        """Plain name of the kind of work."""
        return {
            ActionType.REPAIR: "Repair",
            ActionType.SECURE: "Secure",
            ActionType.CLEAN: "Clean up",
            ActionType.PATROL: "Patrol",
            ActionType.MEDIATE: "Mediate",
            ActionType.ENFORCE: "Enforce",
            ActionType.ADVISE: "Give advice",
            ActionType.ENGAGE: "Meet residents",
            ActionType.INSPECT: "Inspect",
            ActionType.DESIGN: "Change the design",
        }[self]


class ActionStatus(StrEnum):
    """Where an action stands. The moves between these are in :mod:`problems.lifecycle`."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    DONE = "done"
    VERIFIED = "verified"
    DECLINED = "declined"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """Plain name of the status."""
        return {
            ActionStatus.PROPOSED: "Proposed",
            ActionStatus.ACCEPTED: "Accepted",
            ActionStatus.IN_PROGRESS: "Under way",
            ActionStatus.BLOCKED: "Blocked",
            ActionStatus.DONE: "Done, not checked",
            ActionStatus.VERIFIED: "Checked",
            ActionStatus.DECLINED: "Declined",
            ActionStatus.CANCELLED: "Cancelled",
        }[self]

    @property
    def is_owed(self) -> bool:
        """Tell whether an organisation still owes this work."""
        return self in _OWED

    @property
    def is_ended(self) -> bool:
        """Tell whether nothing more is expected of the organisation (done counts as ended)."""
        return self not in _OWED


#: What is in nobody's way any more: others that waited for it may start.
SETTLED = frozenset({ActionStatus.DONE, ActionStatus.VERIFIED, ActionStatus.CANCELLED})
_OWED = frozenset({ActionStatus.PROPOSED, ActionStatus.ACCEPTED, ActionStatus.IN_PROGRESS, ActionStatus.BLOCKED})


class Step(NamedTuple):
    """One line of an action's checklist, with when it was ticked and by whom, once it was."""

    text: str
    ticked_at: datetime | None = None
    ticked_by: str = ""

    @property
    def is_ticked(self) -> bool:
        """Tell whether somebody has ticked it."""
        return self.ticked_at is not None


@dataclass(frozen=True, slots=True)
class Action:
    """A task owned by one organisation.

    ``first_promised_on`` keeps the first due date when ``due_on`` moves; ``moved_count`` says how
    often it did. ``done_by`` is the key of whoever claimed it done: they cannot verify it.
    ``blocked_days`` sums finished spells of being blocked, ``blocked_since`` the running one.
    ``cost`` is in whole units of the money of the installation. ``waits_for`` are the ids of the actions
    that have to be settled before it starts. ``advice`` is the text that an action of giving advice hands
    out. ``proposed_at`` is when it was last proposed to its organisation, ``accepted_at`` when that
    organisation said yes.
    """

    id: int
    problem_id: int
    organisation_id: int
    type: ActionType
    title: str
    status: ActionStatus
    created_at: datetime
    due_on: date | None = None
    first_promised_on: date | None = None
    moved_count: int = 0
    person: str = ""
    reason: str = ""
    done_at: datetime | None = None
    done_by: str = ""
    blocked_since: datetime | None = None
    blocked_days: float = 0.0
    last_note: str = ""
    status_since: datetime | None = None
    cost: int | None = None
    waits_for: tuple[int, ...] = ()
    checklist: tuple[Step, ...] = ()
    advice: str = ""
    proposed_at: datetime | None = None
    accepted_at: datetime | None = None
    version: int = 1

    @property
    def ref(self) -> str:
        """The identity that people use, such as ``A-0007``."""
        return action_ref(self.id)

    def days_late(self, today: date) -> int:
        """Return by how many days the work is late on ``today``; 0 when it is not, or is ended."""
        if self.due_on is None or not self.status.is_owed:
            return 0
        return max(0, (today - self.due_on).days)

    def ended_at(self) -> datetime | None:
        """Return when the work ended: done, declined or cancelled; None while it is owed."""
        if self.status.is_owed:
            return None
        return self.done_at or self.status_since

    def gross_days(self, now: datetime) -> float:
        """Return the days since it was first proposed, up to its end or ``now``, as a resident sees them."""
        return _days(self.created_at, self.ended_at() or now)

    def net_days(self, now: datetime) -> float:
        """Return the gross days without those in which it was blocked."""
        running = 0.0 if self.blocked_since is None else _days(self.blocked_since, self.ended_at() or now)
        return max(0.0, self.gross_days(now) - self.blocked_days - running)

    def days_to_accept(self) -> float | None:
        """Return the days from being proposed to its organisation to its yes, or None without one."""
        if self.accepted_at is None:
            return None
        return _days(self.proposed_at or self.created_at, self.accepted_at)

    def ticked(self) -> int:
        """Return how many steps of the checklist are ticked."""
        return sum(step.is_ticked for step in self.checklist)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What can be said of an action beside what it is, whose and by when; all of it can be left out.

    ``checklist`` are the texts of its steps, the others as in :class:`Action`.
    """

    cost: int | None = None
    waits_for: tuple[int, ...] = ()
    checklist: tuple[str, ...] = ()
    advice: str = ""


def action_ref(number: int) -> str:
    """Return the reference of action ``number``: ``A-0007``."""
    return f"A-{number:04d}"


def _days(start: datetime, end: datetime) -> float:
    # A computer's clock may be set back; nothing takes less than no time.
    return max(0.0, (end - start).total_seconds() / 86_400)
