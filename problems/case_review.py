"""Case review: somebody who reported again and again may ask for one, and nobody should have to know that to get it.

The rule is that of the antisocial behaviour case review in England and Wales: three reports within six months by the
same reporter or household, each made within a month of what happened.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from geo.footprints import near
from problems.categories import Group
from problems.problem import UNTOUCHED, Problem

#: What the rule asks for.
REPORTS: Final = 3
WITHIN_DAYS: Final = 183
REPORTED_WITHIN_DAYS: Final = 31
#: The kinds of trouble that it is about.
GROUPS: Final = (Group.ANTISOCIAL, Group.DISPUTES)


@dataclass(frozen=True, slots=True)
class Told:
    """A report of a known reporter: ``reporter`` is a one-way key, never a name."""

    reporter: str
    group: Group
    reported_at: datetime
    occurred_at: datetime | None
    lon_lat: tuple[float, float]


@dataclass(frozen=True, slots=True)
class CaseReview:
    """A problem with reporters who reported so often that a case review is due; ``since`` is when it first was."""

    problem: Problem
    reporters: int
    reports: int
    since: datetime


def due_since(times: Sequence[datetime]) -> datetime | None:
    """Return when the latest run of three reports within six months was complete for the first time, or None."""
    ordered = sorted(times)
    for place in range(len(ordered) - REPORTS + 1):
        last = ordered[place + REPORTS - 1]
        if last - ordered[place] <= timedelta(days=WITHIN_DAYS):
            return last
    return None


def case_reviews(
    problems: Sequence[Problem], told: Sequence[Told], reviewed: Mapping[int, datetime], *, epsg: int
) -> list[CaseReview]:
    """Return the open problems in which a case review is due, the longest due first.

    Parameters
    ----------
    told
        Reports of the last six months of reporters that are known.
    reviewed
        When command last looked at the case of a problem, by its id: only what came later counts.
    epsg
        Metric CRS of the deployment.
    """
    in_time = [
        one
        for one in told
        if one.occurred_at is None or one.reported_at - one.occurred_at <= timedelta(days=REPORTED_WITHIN_DAYS)
    ]
    found = []
    for problem in problems:
        if problem.group not in GROUPS or not problem.status.is_open or problem.status in UNTOUCHED:
            continue
        after = reviewed.get(problem.id)
        own = [one for one in in_time if one.group is problem.group and (after is None or one.reported_at > after)]
        if not own:
            continue
        inside = near(np.array([one.lon_lat for one in own]), problem.footprint, epsg=epsg)
        times: dict[str, list[datetime]] = defaultdict(list)
        for one, here in zip(own, inside.tolist(), strict=True):
            if here:
                times[one.reporter].append(one.reported_at)
        due = {reporter: since for reporter, reported in times.items() if (since := due_since(reported))}
        if due:
            reports = sum(len(times[reporter]) for reporter in due)
            found.append(CaseReview(problem, len(due), reports, min(due.values())))
    return sorted(found, key=lambda each: (each.since, each.problem.id))
