"""The inbox: which reports wait for somebody, and in which order they are looked at."""

from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from problems.areas import AreaKind
from problems.categories import Category, Group, Sensitivity
from problems.finding import local_days
from problems.followups import Matter
from problems.people import Principal, Role
from problems.reports import ReportStatus
from problems.targets import (
    NO_TARGET,
    Days,
    Deadlines,
    Lateness,
    Standing,
    Target,
    Targets,
    WorkingDays,
    day_number,
    deadlines,
    standing,
)

#: What waits for somebody: not looked at, not yet ended, or said to be fixed and not checked.
WAITING = (ReportStatus.NEW, ReportStatus.ACKNOWLEDGED, ReportStatus.IN_PROGRESS)
_STATUSES = tuple(ReportStatus)
_NOTHING_PROMISED = Target()


class Order(StrEnum):
    """In which order reports are listed."""

    LATE = "late"
    OLDEST = "oldest"
    NEWEST = "newest"

    @property
    def label(self) -> str:
        """Plain words for the order."""
        return {Order.LATE: "Most late first", Order.OLDEST: "Oldest first", Order.NEWEST: "Newest first"}[self]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which reports are asked for; what is empty or None limits nothing.

    ``words`` are looked for in the number, the address and, with ``in_text``, what was said.
    ``assigned`` False asks for those without an organisation; ``owner`` is a name to the letter.
    """

    statuses: frozenset[ReportStatus] = frozenset()
    group: Group | None = None
    category: str = ""
    unmapped: bool = False
    area: tuple[AreaKind, int] | None = None
    organisation_id: int | None = None
    assigned: bool | None = None
    waiting: bool | None = None
    source: str = ""
    words: str = ""
    in_text: bool = True
    problem_id: int | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class InboxColumns:
    """Reports that were asked for, as columns of one length, ordered by id.

    Attributes
    ----------
    ids : (n,) int64
    status : (n,) int8, index into ``tuple(ReportStatus)``
    leaf : (n,) text, leaf codes, empty while unmapped
    reported_s : (n,) int64, seconds since 1970 UTC; of the earliest report of the occurrence
    responded, closed, waiting_since_s : (n,) int64, seconds since 1970 UTC, 0 for never
    waited_days : (n,) int64, working days of waits that are over
    """

    ids: Days
    status: npt.NDArray[np.int8]
    leaf: npt.NDArray[np.str_]
    reported_s: Days
    responded_s: Days
    closed_s: Days
    waiting_since_s: Days
    waited_days: Days

    def __len__(self) -> int:
        """Return the number of reports."""
        return len(self.ids)

    def where(self, keep: npt.NDArray[np.bool_] | Days) -> "InboxColumns":
        """Return the rows for which ``keep`` is true, or at these places."""
        return InboxColumns(*(getattr(self, name)[keep] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both clocks of many reports: to the first response, and to the end.

    ``late`` and ``lateness`` are those of the worse of the clocks that still run; ``due`` is the next day
    that something is due, :data:`problems.targets.NO_TARGET` for none.
    """

    response: Deadlines
    resolution: Deadlines
    due: Days
    late: Days
    lateness: npt.NDArray[np.int8]


def is_open(columns: InboxColumns) -> npt.NDArray[np.bool_]:
    """Return which of the reports still ask for somebody's work."""
    open_numbers = [number for number, status in enumerate(_STATUSES) if status.is_open]
    found: npt.NDArray[np.bool_] = np.isin(columns.status, open_numbers)
    return found


def clocks(columns: InboxColumns, targets: Targets, days: WorkingDays, today: date, zone: tzinfo) -> Clocks:
    """Hold both clocks of the reports against their targets.

    A clock that has ended is never late any more: what was answered late is told by
    :func:`problems.targets.standing`.
    """
    start = local_days(columns.reported_s, zone)
    now = np.full(len(columns), day_number(today), dtype=np.int64)
    running = is_open(columns)
    unanswered = (columns.status == _STATUSES.index(ReportStatus.NEW)) & (columns.responded_s == 0)
    answer_by, end_by = _targets_of(columns, targets)
    none = np.zeros(len(columns), dtype=np.int64)
    response = deadlines(start, now, none, np.where(unanswered, answer_by, NO_TARGET), days)
    waited = waited_until(columns, now, days, zone)
    resolution = deadlines(start, now, waited, np.where(running, end_by, NO_TARGET), days)
    first_due = np.where(response.due == NO_TARGET, resolution.due, response.due)
    return Clocks(
        response=response,
        resolution=resolution,
        due=first_due,
        late=np.maximum(response.late, resolution.late),
        lateness=np.maximum(response.lateness, resolution.lateness),
    )


def waited_until(columns: InboxColumns, end: Days, days: WorkingDays, zone: tzinfo) -> Days:
    """Return the working days in which the clock of each report stood still, the running wait among them."""
    is_waiting = (columns.waiting_since_s > 0) & is_open(columns)
    since = np.where(is_waiting, local_days(columns.waiting_since_s, zone), end)
    return np.asarray(columns.waited_days + days.count(since, end), dtype=np.int64)


def _targets_of(columns: InboxColumns, targets: Targets) -> tuple[Days, Days]:
    codes, which = np.unique(columns.leaf, return_inverse=True)
    promised = [targets.get(str(code), _NOTHING_PROMISED) for code in codes]
    response = [NO_TARGET if one.response_days is None else one.response_days for one in promised]
    resolution = [NO_TARGET if one.resolution_days is None else one.resolution_days for one in promised]
    return np.array(response, dtype=np.int64)[which], np.array(resolution, dtype=np.int64)[which]


def ordered(columns: InboxColumns, held: Clocks, order: Order) -> Days:
    """Return the places of the reports in the order to look at them; ties go to the older report."""
    if order is Order.NEWEST:
        return np.lexsort((-columns.ids, -columns.reported_s))
    if order is Order.OLDEST:
        return np.lexsort((columns.ids, columns.reported_s))
    return np.lexsort((columns.ids, columns.reported_s, -held.late, -held.lateness))


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many reports wait for what; ``late`` and ``very_late`` count among the open ones."""

    new: int
    acknowledged: int
    in_progress: int
    waiting: int
    late: int
    very_late: int

    @property
    def open(self) -> int:
        """How many are open."""
        return self.new + self.acknowledged + self.in_progress


def counts_of(columns: InboxColumns, held: Clocks) -> InboxCounts:
    """Count what waits for what."""
    new, acknowledged, in_progress = (
        int(np.count_nonzero(columns.status == _STATUSES.index(status))) for status in WAITING
    )
    running = is_open(columns)
    return InboxCounts(
        new=new,
        acknowledged=acknowledged,
        in_progress=in_progress,
        waiting=int(np.count_nonzero((columns.waiting_since_s > 0) & running)),
        late=int(np.count_nonzero(held.lateness >= Lateness.LATE)),
        very_late=int(np.count_nonzero(held.lateness == Lateness.VERY_LATE)),
    )


class Sight(StrEnum):
    """How much of single reports somebody is shown."""

    ALL = "all"
    OWN = "own"
    NONE = "none"


def sight_of(principal: Principal) -> Sight:
    """Return how much of single reports ``principal`` is shown: a partner those of their own organisation."""
    if principal.has(Role.OFFICER, Role.COORDINATOR):
        return Sight.ALL
    return Sight.OWN if principal.has(Role.PARTNER) and principal.organisation_id is not None else Sight.NONE


def limited(asked: Asked, principal: Principal) -> Asked:
    """Return what is asked for within what ``principal`` may see; nobody without a sight may ask."""
    if sight_of(principal) is Sight.ALL:
        return asked
    return replace(asked, organisation_id=principal.organisation_id, assigned=None, in_text=False)


def shows_place(sight: Sight, category: Category | None) -> bool:
    """Tell whether somebody with this sight is shown where a report of this category is from.

    Places of reports about people stay with officers, and of those that nobody has put into a category.
    """
    if sight is Sight.ALL:
        return True
    return category is not None and category.sensitivity is not Sensitivity.RESTRICTED


def clocks_of(
    matter: Matter, earliest: datetime | None, targets: Targets, days: WorkingDays, today: date, zone: tzinfo
) -> tuple[Standing, Standing]:
    """Return the clock to the first response and the clock to the end of one report.

    ``earliest`` is when the earliest of its duplicates was reported: the clocks run from there. A clock
    that has ended tells how long it took.
    """
    report, followup = matter.report, matter.followup
    reported_at = min(report.reported_at, earliest or report.reported_at)
    start = reported_at.astimezone(zone).date()
    target = targets.get(report.category or "", _NOTHING_PROMISED)
    answered = followup.responded_at.astimezone(zone).date() if followup.responded_at else today
    closed = report.closed_at.astimezone(zone).date() if report.closed_at and not report.status.is_open else today
    waited = followup.waited_days
    if followup.waiting_since is not None and report.status.is_open:
        waited += days.between(followup.waiting_since.astimezone(zone).date(), today)
    return (
        standing(start, max(start, answered), 0, target.response_days, days),
        standing(start, max(start, closed), waited, target.resolution_days, days),
    )
