"""How good the records of each source are: what is missing, odd, late or rejected, in counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np

from problems.reports import ReportFlag
from problems.sources import Source

#: So many gaps between days with reports are looked at, and so many are needed, to know a rhythm.
_GAPS_SEEN = 90
_GAPS_NEEDED = 5


class Aspect(StrEnum):
    """What a list of reports can be about; each figure of a source's quality has the list behind it."""

    ALL = "all"
    UNPLACED = "unplaced"
    UNMAPPED = "unmapped"
    OPEN = "open"
    POINT = "point"
    PLACE_MISSING = "place_missing"
    PLACE_ZERO = "place_zero"
    PLACE_SWAPPED = "place_swapped"
    PLACE_OUTSIDE = "place_outside"
    PLACE_FEET = "place_feet"
    PLACE_UNREADABLE = "place_unreadable"
    CLOSED_BEFORE_REPORTED = "closed_before_reported"
    CLOSED_AT_ONCE = "closed_at_once"
    REPORTED_IN_FUTURE = "reported_in_future"
    LATE = "late"
    SNAPPED = "snapped"
    MONTH_ONLY = "month_only"
    MASKED = "masked"

    @property
    def flag(self) -> ReportFlag | None:
        """The flag that the reports bear, or None where it is no flag that tells them."""
        return ReportFlag[self.name] if self.name in ReportFlag.__members__ else None

    @property
    def label(self) -> str:
        """Plain name of what the reports have in common."""
        return self.flag.label if self.flag is not None else _LABELS[self]


_LABELS = {
    Aspect.ALL: "All reports",
    Aspect.UNPLACED: "Without a place",
    Aspect.UNMAPPED: "Without a category",
    Aspect.OPEN: "Not closed",
    Aspect.POINT: "On one point",
}


@dataclass(frozen=True, slots=True)
class SourceQuality:
    """What is known of the reports of one source; those of undone imports are not counted.

    ``flags`` counts the reports that bear each flag (absent: none), ``days`` are the day numbers (since
    1970, UTC) on which reports were made, ascending, without those dated in the future. A source
    that nobody has described yet has the id 0.
    """

    source: Source
    reports: int = 0
    placed: int = 0
    mapped: int = 0
    closed: int = 0
    oldest_at: datetime | None = None
    newest_at: datetime | None = None
    flags: Mapping[ReportFlag, int] = field(default_factory=dict)
    days: tuple[int, ...] = ()

    def flagged(self, flag: ReportFlag) -> int:
        """Return how many reports bear a flag."""
        return self.flags.get(flag, 0)

    def about(self, aspect: Aspect) -> int:
        """Return how many reports an aspect is about; those on one point are not known here."""
        if aspect.flag is not None:
            return self.flagged(aspect.flag)
        counts = {
            Aspect.ALL: self.reports,
            Aspect.UNPLACED: self.reports - self.placed,
            Aspect.UNMAPPED: self.reports - self.mapped,
            Aspect.OPEN: self.reports - self.closed,
        }
        return counts.get(aspect, 0)


@dataclass(frozen=True, slots=True)
class RejectedReason:
    """How many rows of a source could not become reports for one reason, and in which column it lay."""

    source: str
    column: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a source brings reports: ``usual_days`` between days with reports, ``quiet_days`` without by now."""

    usual_days: int
    quiet_days: int
    is_late: bool


def rhythm(days: Sequence[int], today: int) -> Rhythm | None:
    """Tell whether a source has been quiet for longer than it usually is.

    Parameters
    ----------
    days
        Numbers of the days with reports, ascending.
    today
        The number of the present day.

    Returns
    -------
    Rhythm or None
        Late when it has been quiet for more than three times the usual gap between two days with
        reports and for longer than nearly all gaps before; None where there are too few to know.
    """
    until_now = [day for day in days if day <= today][-_GAPS_SEEN - 1 :]
    if len(until_now) <= _GAPS_NEEDED:
        return None
    gaps = np.diff(np.array(until_now, dtype=np.int64))
    usual = max(1, round(float(np.median(gaps))))
    quiet = today - until_now[-1]
    return Rhythm(usual, quiet, quiet > max(3 * usual, float(np.quantile(gaps, 0.98))))
