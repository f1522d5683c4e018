"""The reports inside a problem's footprint over the past year, and what their weeks say in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dashboard import session
from dashboard.parts.desk import Desk
from dashboard.wording import count, day, local_day, number
from geo import projection
from problems.clock import day_end, day_start
from problems.figures import Week, problem_points, problem_weeks
from problems.problem import Problem
from problems.reports import ReportPoints

WEEKS_SHOWN: Final = 52
WEEKS_COMPARED: Final = 8


@dataclass(frozen=True)
class PastYear:
    """The reports inside a footprint over the weeks shown, as points and counted by week."""

    points: ReportPoints
    weeks: list[Week]


def past_year(desk: Desk, problem: Problem) -> PastYear:
    """Read the reports of the problem's group in its footprint, up to the last day that is known."""
    counts = desk.store.counts()
    newest, oldest = counts.newest_report_at, counts.oldest_report_at
    last = desk.today if newest is None else min(desk.today, local_day(newest, desk.zone))
    first = last - timedelta(days=last.weekday(), weeks=WEEKS_SHOWN - 1)
    if oldest is not None:
        # Weeks before the first report of the store are not empty, they are unknown.
        began = min(local_day(oldest, desk.zone), last)
        first = max(first, began - timedelta(days=began.weekday()))
    epsg = metric_epsg(desk, problem)
    points = problem_points(desk.store, problem, day_start(first, desk.zone), day_end(last, desk.zone), epsg)
    settings = session.get_settings().detection
    return PastYear(points, problem_weeks(points, first, last, epsg=epsg, settings=settings, zone=desk.zone))


def metric_epsg(desk: Desk, problem: Problem) -> int:
    """Return the metric coordinate system of the store, else the one that fits the problem's place."""
    known = desk.store.fact("epsg")
    return int(known) if known else projection.metric_epsg([problem.lon_lat])


def reading(weeks: Sequence[Week]) -> str:
    """Say in one sentence how the last complete weeks compare with those before them."""
    complete = [week for week in weeks if week.complete]
    late, early = complete[-WEEKS_COMPARED:], complete[-2 * WEEKS_COMPARED : -WEEKS_COMPARED]
    if not late or not sum(week.reports for week in weeks):
        return f"No report of this kind came from inside the outline in the past {len(weeks)} weeks."
    until = day(_last_day(late[-1]))
    after, before = _per_week(late), _per_week(early)
    now = f"{number(after)} {'report' if after == 1 else 'reports'} a week in the {len(late)} complete weeks to {until}"
    if len(early) < len(late):
        return f"{now}; too little is known from before to compare."
    if after == before:
        return f"{now}, as many as in the {len(early)} before."
    return f"{now}, against {number(before)} a week in the {len(early)} before."


def total_words(weeks: Sequence[Week]) -> str:
    """Return how many reports and distinct incidents the weeks hold together; nothing where there is none."""
    if not any(week.reports for week in weeks):
        return ""
    incidents = count(sum(week.incidents for week in weeks), "distinct incident")
    reports = count(sum(week.reports for week in weeks), "report")
    return f"{reports} of {incidents} in {len(weeks)} weeks, inside the outline"


def _last_day(week: Week) -> date:
    return week.starts_on + timedelta(days=6)


def _per_week(weeks: Sequence[Week]) -> float:
    return round(sum(week.reports for week in weeks) / len(weeks), 1) if weeks else 0.0
