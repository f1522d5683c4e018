"""An action: one piece of work by a partner organisation on a problem."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


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


_OWED = frozenset({ActionStatus.PROPOSED, ActionStatus.ACCEPTED, ActionStatus.IN_PROGRESS, ActionStatus.BLOCKED})


@dataclass(frozen=True, slots=True)
class Action:
    """A task owned by one organisation.

    ``first_promised_on`` keeps the first due date when ``due_on`` moves; ``moved_count`` says how
    often it did. ``done_by`` is the key of whoever claimed it done: they cannot verify it.
    ``blocked_days`` sums finished spells of being blocked, ``blocked_since`` the running one.
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
    version: int = 1

    @property
    def ref(self) -> str:
        """The identity that people use, such as ``A-0007``."""
        return f"A-{self.id:04d}"

    def days_late(self, today: date) -> int:
        """Return by how many days the work is late on ``today``; 0 when it is not, or is ended."""
        if self.due_on is None or not self.status.is_owed:
            return 0
        return max(0, (today - self.due_on).days)
