"""The service that residents get: what came in and went out, what is open and how old, what was in time.

All of it works on columns, one row for each report, and on days of the deployment's own calendar. What is not
known yet on the day that is asked for counts as open: a past week gives the figures of that week again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.proportions import Proportion, proportion
from problems.errors import InputRefused
from problems.reasons import SOLVING, Reason
from problems.reports import ReportStatus
from problems.targets import Days, WorkingDays, day_number, day_of

#: Shares and middle values of fewer are not told.
FEWEST_TOLD: Final = 10
#: What ends so soon after it came in was not worked on in between: it was entered when it was over, or closed unseen.
INSTANT_MINUTES: Final = 10
#: Marks what has not ended, in arrays of whole days.
NOT_ENDED: Final = -1
_STATUSES = tuple(ReportStatus)

Codes = npt.NDArray[np.int8]


class Ending(StrEnum):
    """How a report ended, as far as service is concerned."""

    OPEN = "open"
    FIXED = "fixed"
    SAID = "said"
    INSTANT = "instant"
    ADMINISTRATIVE = "administrative"
    WITHOUT_WORK = "without_work"
    SET_ASIDE = "set_aside"

    @property
    def label(self) -> str:
        """Plain words for it."""
        return {
            Ending.OPEN: "Open",
            Ending.FIXED: "Fixed",
            Ending.SAID: "Closed, not said how",
            Ending.INSTANT: "Closed on receipt",
            Ending.ADMINISTRATIVE: "Closed administratively",
            Ending.WITHOUT_WORK: "Ended without work of ours",
            Ending.SET_ASIDE: "Duplicate or withdrawn",
        }[self]

    @property
    def is_fix(self) -> bool:
        """Whether it ends the time to a fix; that a feed says no more than "closed" is taken at its word."""
        return self in (Ending.FIXED, Ending.SAID)


ENDINGS: Final = tuple(Ending)
_ASIDE = (ReportStatus.DUPLICATE, ReportStatus.WITHDRAWN)
_UNSAID = ("", Reason.UNSPECIFIED.value)


def endings(
    status: Codes,
    resolution: npt.NDArray[np.str_],
    received_s: Days,
    ended_s: Days,
    *,
    until_s: int,
    instant_minutes: float = INSTANT_MINUTES,
) -> Codes:
    """Return how each report had ended by a moment.

    Parameters
    ----------
    status : (n,) int8
        Index into ``tuple(ReportStatus)``.
    resolution : (n,) text
        Reason codes, empty where none was given.
    received_s, ended_s : (n,) int64
        Seconds since 1970 UTC; ``ended_s`` 0 where it has not ended.
    until_s
        The moment: what ended later is open.
    instant_minutes
        What ended within so many minutes is *instant* whatever was said of it, unless a visit verified it.

    Returns
    -------
    (n,) int8
        Index into :data:`ENDINGS`.
    """
    closed = np.array([not each.is_open for each in _STATUSES])[status] & (ended_s > 0) & (ended_s <= until_s)
    aside = np.isin(status, [_STATUSES.index(each) for each in _ASIDE])
    resolved = status == _STATUSES.index(ReportStatus.RESOLVED)
    found = np.full(len(status), ENDINGS.index(Ending.WITHOUT_WORK), dtype=np.int8)
    found[resolved & np.isin(resolution, _UNSAID)] = ENDINGS.index(Ending.SAID)
    found[resolved & np.isin(resolution, sorted(each.value for each in SOLVING))] = ENDINGS.index(Ending.FIXED)
    found[resolution == Reason.ADMINISTRATIVE_TIMEOUT.value] = ENDINGS.index(Ending.ADMINISTRATIVE)
    found[ended_s - received_s <= round(60 * instant_minutes)] = ENDINGS.index(Ending.INSTANT)
    found[status == _STATUSES.index(ReportStatus.VERIFIED)] = ENDINGS.index(Ending.FIXED)
    found[aside] = ENDINGS.index(Ending.SET_ASIDE)
    found[~closed] = ENDINGS.index(Ending.OPEN)
    return found


# -- what came in and went out --


@dataclass(frozen=True, slots=True)
class WeekFlow:
    """One week: ``open_at_end = open_at_start + received - closed`` always holds.

    ``closed_as`` shares the closed ones out by how they ended and adds up to ``closed``.
    """

    starts_on: date
    open_at_start: int
    received: int
    closed: int
    open_at_end: int
    closed_as: Mapping[Ending, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse figures that do not add up."""
        if self.open_at_end != self.open_at_start + self.received - self.closed:
            raise ValueError(
                f"{self.open_at_start} open + {self.received} in - {self.closed} out is not {self.open_at_end}"
            )
        if self.closed_as and sum(self.closed_as.values()) != self.closed:
            raise ValueError(f"{dict(self.closed_as)} does not add up to {self.closed} closed")


def stock_and_flow(
    received: Days, ended: Days, first_week: date, weeks: int, *, ending: Codes | None = None
) -> list[WeekFlow]:
    """Count what came in, went out and was open, week by week.

    Parameters
    ----------
    received, ended : (n,) int64
        Days since 1970; ``ended`` :data:`NOT_ENDED` for what is open. A report that was re-opened is passed once
        for each time it was open. What ended before it was received counts as ended on that day.
    first_week
        The first day of the first week.
    weeks
        How many, from 1.
    ending : (n,) int8, optional
        Index into :data:`ENDINGS`.

    Returns
    -------
    list of WeekFlow
        In order of time; each begins with what the one before left open.
    """
    if weeks < 1 or received.shape != ended.shape:
        raise InputRefused(
            f"{weeks} weeks of {received.size} receipts and {ended.size} ends were asked for.",
            "There is at least one week, and an end or none for each receipt.",
            "Ask for one week or more.",
        )
    start = day_number(first_week)
    out = np.where(ended == NOT_ENDED, np.iinfo(np.int64).max, np.maximum(ended, received))
    standing = int((received < start).sum() - (out < start).sum())
    came = _by_week(received, start, weeks)
    kinds = np.zeros(len(out), dtype=np.int64) if ending is None else ending.astype(np.int64)
    went = np.stack([_by_week(out[kinds == kind], start, weeks) for kind in range(len(ENDINGS))])
    flows = []
    for week in range(weeks):
        closed = int(went[:, week].sum())
        as_ended = {kind: int(went[at, week]) for at, kind in enumerate(ENDINGS) if went[at, week]}
        left = standing + int(came[week]) - closed
        told = {} if ending is None else as_ended
        flows.append(WeekFlow(day_of(start + 7 * week), standing, int(came[week]), closed, left, told))
        standing = left
    return flows


def _by_week(day: Days, start: int, weeks: int) -> Days:
    within = day[(day >= start) & (day < start + 7 * weeks)]
    return np.bincount((within - start) // 7, minlength=weeks).astype(np.int64)


@dataclass(frozen=True, slots=True)
class OpenAges:
    """How old what is open is, in days; the ages are None under :data:`FEWEST_TOLD` of them."""

    count: int
    median_days: float | None
    ninetieth_days: float | None

    @property
    def sentence(self) -> str:
        """The ages in words."""
        if self.count == 0:
            return "Nothing is open."
        if self.median_days is None or self.ninetieth_days is None:
            return f"{self.count} open: too few to say how old they usually are."
        return (
            f"{self.count} open: half of them for more than {days_words(self.median_days)}, "
            f"one in ten for more than {days_words(self.ninetieth_days)}."
        )


def ages_of_open(received: Days, ended: Days, on: date) -> OpenAges:
    """Return how old those are that are open at the end of a day; columns as in :func:`stock_and_flow`."""
    today = day_number(on)
    is_open = (received <= today) & ((ended == NOT_ENDED) | (np.maximum(ended, received) > today))
    ages = (today - received[is_open]).astype(np.float64)
    if len(ages) < FEWEST_TOLD:
        return OpenAges(len(ages), None, None)
    median, ninetieth = np.quantile(ages, [0.5, 0.9])
    return OpenAges(len(ages), float(median), float(ninetieth))


# -- in time --


@dataclass(frozen=True, slots=True)
class OnTime:
    """How many ended within their target, of those of which that was decided in a period.

    It is decided of each exactly once: when it ends in time, or on the first day on which it is late. What is
    late and still open is among them, what is open and not yet due is not. ``net`` leaves the working days out
    in which it waited for somebody else, ``gross`` counts them against the same target. They are None where
    fewer than :data:`FEWEST_TOLD` were decided, of which ``net_count`` and ``gross_count`` say how many.
    """

    net: Proportion | None
    gross: Proportion | None
    net_count: int
    gross_count: int

    @property
    def sentence(self) -> str:
        """Both shares in words."""
        if self.net is None or self.gross is None:
            return f"{max(self.net_count, self.gross_count)} were due: too few to say how many were in time."
        return f"In time: {share_words(self.net)}, waiting left out; {share_words(self.gross)} with every working day."


def on_time(
    start: Days, ended: Days, waited: Days, target: Days, days: WorkingDays, *, since: date, until: date
) -> OnTime:
    """Return the share in time of what was decided from ``since`` to ``until``, both included.

    Parameters
    ----------
    start, ended : (n,) int64
        The day a clock began and the day it ended, days since 1970; :data:`NOT_ENDED` where it runs.
    waited : (n,) int64
        Working days in which it stood still, up to ``until``.
    target : (n,) int64
        Working days that were promised; :data:`problems.targets.NO_TARGET` leaves a row out.

    Returns
    -------
    OnTime
        Shares with Wilson's interval.
    """
    if since > until:
        raise InputRefused(
            f"What was due from {since} to {until} was asked for.", "It ends before it begins.", "Exchange the two."
        )
    has = target >= 0
    first, last = day_number(since), day_number(until)
    end = np.where(ended == NOT_ENDED, np.iinfo(np.int64).max, np.maximum(ended, start))[has]
    found = []
    for stood in (np.maximum(waited, 0)[has], np.zeros(int(has.sum()), dtype=np.int64)):
        late_from = days.reached(start[has], target[has] + stood + 1)
        in_time = end < late_from
        decided = np.where(in_time, end, late_from)
        now = (decided >= first) & (decided <= last)
        found.append((int((in_time & now).sum()), int(now.sum())))
    net, gross = (proportion(*each) if each[1] >= FEWEST_TOLD else None for each in found)
    return OnTime(net, gross, found[0][1], found[1][1])


def share_words(share: Proportion) -> str:
    """Return a share in words, with the interval of its percent: "84 of 103 (73 to 88 %)"."""
    return f"{share.count:,} of {share.total:,} ({round(100 * share.low)} to {round(100 * share.high)} %)"


def days_words(days: float) -> str:
    """Return a time in words: whole days from ten on, one decimal below, "a day" for one."""
    shown = f"{days:.0f}" if round(days, 1) >= 10 or round(days, 1) == round(days) else f"{days:.1f}"
    return "1 day" if shown == "1" else f"{shown} days"
