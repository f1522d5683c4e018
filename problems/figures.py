"""The figures that pages show: counted from records, never stored, each with one definition."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

import numpy as np

from geo.footprints import near
from geo.geojson import bounds
from problems.actions import Action, ActionStatus
from problems.categories import Group
from problems.events import Event
from problems.finding import incident_index, local_days
from problems.hot_spots import DetectionSettings
from problems.problem import Problem, ProblemStatus, Remediation
from problems.reports import Report, ReportPoints
from problems.store import Box, Store

#: Reports still arrive for the last days: they are drawn as incomplete.
INCOMPLETE_DAYS = 14


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list or map is limited to; None or empty means everything.

    ``include_quiet`` shows dormant problems too, ``include_ended`` those that were set aside.
    """

    since: date | None = None
    until: date | None = None
    groups: frozenset[Group] = frozenset()
    remediations: frozenset[Remediation] = frozenset()
    areas: frozenset[str] = frozenset()
    include_quiet: bool = False
    include_ended: bool = False


def is_live(problem: Problem) -> bool:
    """Tell whether the problem belongs on today's map.

    Work that is under way or waits for a check stays there also when its place has gone quiet;
    what nobody has taken on leaves with its hot spot; what has ended or was set aside is off.
    """
    if problem.status is ProblemStatus.DETECTED:
        return problem.dormant_since is None
    return problem.status.is_open


def selected(problems: Iterable[Problem], filters: Filters) -> list[Problem]:
    """Return the problems that the filters leave, in their order."""
    return [problem for problem in problems if _passes(problem, filters)]


def _passes(problem: Problem, filters: Filters) -> bool:
    ended = not problem.status.is_open
    if ended and not (filters.include_ended or problem.status.remediation in filters.remediations):
        return False
    if not ended and not filters.include_quiet and not is_live(problem):
        return False
    if filters.groups and problem.group not in filters.groups:
        return False
    if filters.remediations and problem.status.remediation not in filters.remediations:
        return False
    return not filters.areas or problem.area in filters.areas


@dataclass(frozen=True, slots=True)
class MapFigures:
    """The four figures above the map, and what they are about."""

    open_problems: int
    not_taken_on: int
    reports: int
    late_actions: int


def map_figures(
    problems: Sequence[Problem], actions: Iterable[Action], reports: int, filters: Filters, today: date
) -> MapFigures:
    """Return the figures for what the filters leave; ``reports`` is counted by the caller's window."""
    shown = selected(problems, filters)
    ids = {problem.id for problem in shown}
    return MapFigures(
        open_problems=sum(problem.status.is_open for problem in shown),
        not_taken_on=sum(problem.status is ProblemStatus.DETECTED for problem in shown),
        reports=reports,
        late_actions=sum(action.days_late(today) > 0 for action in actions if action.problem_id in ids),
    )


def is_review_late(problem: Problem, today: date) -> bool:
    """Tell whether the next review of an open problem, or of a no-action decision, has passed."""
    due = problem.review_on is not None and problem.review_on < today
    return due and (problem.status.is_open or problem.status is ProblemStatus.NO_ACTION)


def status_since(events: Iterable[Event]) -> datetime | None:
    """Return when the present status began: the last event that changed it, or None without one."""
    moments = [one.at for one in events if "status" in one.changes]
    return moments[-1] if moments else None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the remediation is: actions checked, done (checked ones included), and all that count."""

    verified: int
    done: int
    total: int


def remediation_progress(actions: Iterable[Action]) -> Progress:
    """Count the actions of a problem; declined and cancelled ones are nobody's work."""
    counted = [one for one in actions if one.status not in (ActionStatus.DECLINED, ActionStatus.CANCELLED)]
    verified = sum(one.status is ActionStatus.VERIFIED for one in counted)
    return Progress(verified, verified + sum(one.status is ActionStatus.DONE for one in counted), len(counted))


@dataclass(frozen=True, slots=True)
class Week:
    """The reports and distinct incidents of one week, which begins on a Monday.

    ``complete`` is false while reports about the week are still expected to arrive.
    """

    starts_on: date
    reports: int
    incidents: int
    complete: bool


def problem_points(store: Store, problem: Problem, since: datetime, until: datetime, epsg: int) -> ReportPoints:
    """Return the reports of the problem's group inside its footprint in a period, without those on moved points."""
    return area_points(store, problem.footprint, [problem.group], since, until, epsg)


def area_points(
    store: Store,
    geometry: Mapping[str, object],
    groups: Iterable[Group],
    since: datetime,
    until: datetime,
    epsg: int,
) -> ReportPoints:
    """Return the reports of some groups inside an area in a period, without those on moved points."""
    points = store.report_points(since, until, groups, Box(*bounds(geometry))).exact()
    return points.where(near(points.lon_lat, geometry, epsg=epsg))


def problem_weeks(
    points: ReportPoints, first: date, last: date, *, epsg: int, settings: DetectionSettings, zone: tzinfo
) -> list[Week]:
    """Count reports and distinct incidents by week from ``first`` to ``last``, empty weeks included.

    A distinct incident counts in the week of its first report.
    """
    start = first - timedelta(days=first.weekday())
    count = (last - start).days // 7 + 1
    week_of = (local_days(points.reported_s, zone) - (start - date(1970, 1, 1)).days) // 7
    incident = incident_index(points, epsg=epsg, settings=settings, zone=zone)
    by_time = np.lexsort((points.ids, points.reported_s))
    first_of_each = by_time[np.unique(incident[by_time], return_index=True)[1]]
    reports, incidents = (
        np.bincount(weeks[(weeks >= 0) & (weeks < count)], minlength=count)
        for weeks in (week_of, week_of[first_of_each])
    )
    return [
        Week(
            starts_on=start + timedelta(weeks=week),
            reports=int(reports[week]),
            incidents=int(incidents[week]),
            complete=start + timedelta(weeks=week + 1, days=INCOMPLETE_DAYS) <= last + timedelta(days=1),
        )
        for week in range(count)
    ]


def known_reporters(store: Store, problem: Problem) -> int:
    """Return how many reporters that are known told of the last hot spot of a problem."""
    return next((spot.reporters for spot in store.hot_spots_of(problem.id) if spot.id == problem.hot_spot_id), 0)


def latest_reports(store: Store, points: ReportPoints, limit: int) -> list[Report]:
    """Return the newest of these reports, newest first; duplicates are told with their main report."""
    points = points.where(~np.isin(points.main, points.ids))
    newest = np.lexsort((-points.ids, -points.reported_s))[:limit]
    by_id = {report.id: report for report in store.reports(points.ids[newest].tolist())}
    return [by_id[int(number)] for number in points.ids[newest] if int(number) in by_id]
