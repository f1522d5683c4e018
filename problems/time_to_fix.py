"""How long a fix takes, with what is still open counted, and how often what was fixed comes back.

The mean of what was closed leaves out whatever takes long: with a third still open it may tell half of the true time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.survival import EndedShare, Quantile, Survival, kaplan_meier
from problems.errors import InputRefused
from problems.service import ENDINGS, FEWEST_TOLD, Codes, Ending, days_words
from problems.targets import Days

#: How long a finished problem is watched for its return.
WATCHED_DAYS: Final = 180
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class TimeToFix:
    """How long fixes take of one kind of report or of one partner.

    ``count`` reports were open at some time in the window, ``fixed`` of them were fixed in it (``said`` of these said
    no more than that they were closed) and ``open`` are open at its end; the rest ended without a fix, and are
    followed up to that day. ``instant`` and ``administrative`` closes are counted here and nowhere else.
    ``median`` and ``ninetieth`` are None under :data:`problems.service.FEWEST_TOLD` reports.
    """

    name: str
    count: int
    fixed: int
    said: int
    open: int
    instant: int
    administrative: int
    median: Quantile | None
    ninetieth: Quantile | None
    watched_days: float

    @property
    def sentence(self) -> str:
        """What the numbers support, in words."""
        other = self.count - self.fixed - self.open
        rest = (
            f", {self.open:,} are open and {other:,} ended without a fix" if other else f" and {self.open:,} are open"
        )
        of = f"of {self.count:,} reports {self.fixed:,} were fixed{rest}"
        if self.median is None or self.ninetieth is None:
            reports = "1 report" if self.count == 1 else f"{self.count} reports"
            return f"{reports}: too few to say how long a fix takes."
        if self.median.days is None:
            return f"Half fixed: not reached within the {days_words(self.watched_days)} that are known; {of}."
        half = f"Half were fixed within {days_words(self.median.days)} ({_between(self.median)})"
        if self.ninetieth.days is None:
            return f"{half}; nine in ten: not reached; {of}."
        return f"{half}, nine in ten within {days_words(self.ninetieth.days)} ({_between(self.ninetieth)}); {of}."


def time_to_fix(name: str, received_s: Days, ended_s: Days, ending: Codes, *, since_s: int, until_s: int) -> TimeToFix:
    """Return how long fixes take, from what was open at some time in a window.

    Parameters
    ----------
    name
        What they are called together: a category, a partner.
    received_s, ended_s : (n,) int64
        Seconds since 1970 UTC; ``ended_s`` 0 where it has not ended.
    ending : (n,) int8
        Index into :data:`problems.service.ENDINGS`, as of ``until_s`` (:func:`problems.service.endings`).
    since_s, until_s
        The window. What was open when it began counts from the age that it had by then.

    Returns
    -------
    TimeToFix
        Kaplan and Meier's curve: what is open counts as long as it is known. Duplicates and withdrawn reports are
        left out; so are instant and administrative closes, which are counted apart.

    Raises
    ------
    InputRefused
        When the window ends before it begins, or the columns differ in length.
    """
    if until_s <= since_s or not received_s.shape == ended_s.shape == ending.shape:
        raise InputRefused(
            f"Times to a fix of {received_s.size}, {ended_s.size} and {ending.size} values were asked for.",
            "Each report has a receipt, an end or none, and the window ends after it begins.",
            "Give columns of one length and a window of at least one day.",
        )
    kinds = {kind: ending == at for at, kind in enumerate(ENDINGS)}
    end = np.where(kinds[Ending.OPEN], until_s, np.maximum(ended_s, received_s))
    seen = (received_s < until_s) & (end >= since_s) & ~kinds[Ending.SET_ASIDE]
    apart = kinds[Ending.INSTANT] | kinds[Ending.ADMINISTRATIVE]
    rows = seen & ~apart
    fixed = kinds[Ending.FIXED] | kinds[Ending.SAID]
    curve = kaplan_meier(
        (end[rows] - received_s[rows]) / _DAY_S,
        fixed[rows],
        entered_days=np.maximum(0, since_s - received_s[rows]) / _DAY_S,
    )
    enough = int(rows.sum()) >= FEWEST_TOLD
    return TimeToFix(
        name=name,
        count=int(rows.sum()),
        fixed=int((rows & fixed).sum()),
        said=int((rows & kinds[Ending.SAID]).sum()),
        open=int((rows & kinds[Ending.OPEN]).sum()),
        instant=int((seen & kinds[Ending.INSTANT]).sum()),
        administrative=int((seen & kinds[Ending.ADMINISTRATIVE]).sum()),
        median=curve.quantile(0.5) if enough else None,
        ninetieth=curve.quantile(0.9) if enough else None,
        watched_days=_known_days(curve),
    )


def times_to_fix(
    names: Sequence[str],
    which: npt.NDArray[np.int64],
    received_s: Days,
    ended_s: Days,
    ending: Codes,
    *,
    since_s: int,
    until_s: int,
) -> list[TimeToFix]:
    """Return :func:`time_to_fix` of several kinds or partners, in the order of ``names``.

    ``which`` (n,) is the place in ``names`` of each report, -1 for none of them.
    """
    order = np.argsort(which, kind="stable")
    edges = np.searchsorted(which[order], np.arange(len(names) + 1))
    found = []
    for name, (start, stop) in zip(names, pairwise(edges.tolist()), strict=True):
        rows = order[start:stop]
        found.append(time_to_fix(name, received_s[rows], ended_s[rows], ending[rows], since_s=since_s, until_s=until_s))
    return found


def _between(found: Quantile) -> str:
    if found.low_days is None:
        return "its interval is not known"
    if found.high_days is None:
        return f"at least {days_words(found.low_days)}"
    low, high = days_words(found.low_days), days_words(found.high_days)
    return low if low == high else f"{low.split()[0]} to {high}"


def _known_days(curve: Survival) -> float:
    return curve.watched_until_days if curve.broken_at_days is None else curve.broken_at_days


# -- what comes back --


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How many of the problems that were fixed came back within some days.

    ``count`` problems were fixed, ``returned`` of them came back in that time so far, and ``watched`` were followed
    for all of it. ``share`` is None under :data:`problems.service.FEWEST_TOLD` problems, and while none of them could
    be followed for so long.
    """

    days: int
    count: int
    returned: int
    watched: int
    share: EndedShare | None

    @property
    def sentence(self) -> str:
        """What the numbers support, in words."""
        fixed = "1 problem" if self.count == 1 else f"{self.count} problems"
        if self.count == 0:
            return "No problem was fixed."
        if self.count < FEWEST_TOLD:
            return f"{fixed} fixed, {self.returned} came back: too few to say how many do."
        if self.share is None:
            return f"{fixed} fixed, {self.returned} came back: none of the others is {self.days} days old yet."
        likely = f"{round(100 * self.share.low)} to {round(100 * self.share.high)} in a hundred do."
        told = f"Of {fixed} fixed, {self.returned} came back within {self.days} days so far"
        if young := self.count - self.watched:
            others = "1 other is" if young == 1 else f"{young} others are"
            return f"{told}; {others} not that old yet. Each counted for as long as it was watched, likely {likely}"
        return f"{told}: likely {likely}"


def recurrence(
    fixed_on: Sequence[date], returned_on: Sequence[date | None], as_of: date, *, days: int = WATCHED_DAYS
) -> Recurrence:
    """Return how many problems came back within ``days`` of their fix, those too young to tell included.

    Parameters
    ----------
    fixed_on, returned_on
        For each fix the day of it, and the day on which the problem came back or None. What is later than ``as_of``
        is not known yet.
    as_of
        The day as of which this is asked.
    days
        The time in which a return counts, from 1.

    Returns
    -------
    Recurrence
        A problem that was fixed lately is followed as long as it can be (Kaplan and Meier): it counts neither as
        good nor as bad.

    Raises
    ------
    InputRefused
        When a problem came back before it was fixed, or the rows differ in length.
    """
    if len(fixed_on) != len(returned_on) or days < 1:
        raise InputRefused(
            f"{len(fixed_on)} fixes with {len(returned_on)} returns within {days} days were given.",
            "Each fix has a return or none, and the time is at least one day.",
            "Give None for a problem that did not come back.",
        )
    known = [
        (fixed, back if back is not None and back <= as_of else None)
        for fixed, back in zip(fixed_on, returned_on, strict=True)
        if fixed <= as_of
    ]
    early = next(((fixed, back) for fixed, back in known if back is not None and back < fixed), None)
    if early is not None:
        raise InputRefused(
            f"A problem that was fixed on {early[0]} is said to have come back on {early[1]}.",
            "Nothing comes back before it is fixed.",
            "Give for each fix the return that followed it.",
        )
    ages = np.array([((back or as_of) - fixed).days for fixed, back in known], dtype=np.float64)
    back_in_time = np.array([back is not None for _, back in known], dtype=np.bool_) & (ages <= days)
    # After its time a return does not count, and before it nobody looked longer than that.
    curve = kaplan_meier(np.minimum(ages, days), back_in_time)
    share = curve.ended_by(days) if len(known) >= FEWEST_TOLD else None
    watched = int(((ages >= days) | back_in_time).sum())
    return Recurrence(days, len(known), int(back_in_time.sum()), watched, share)
