"""Did it come back? Incidents inside a footprint after the work on it was done."""

from datetime import date, datetime, timedelta, tzinfo

from geo import geojson
from geo.footprints import near
from geo.rates import upper_count
from problems.clock import day_end, day_start
from problems.deciding import RETURNING
from problems.finding import count_incidents
from problems.hot_spots import DetectionSettings
from problems.problem import Problem
from problems.reasons import Outcome
from problems.store import Box, Store

#: The pre-period of a recurrence check, in days, and the least of it that must be known.
PRE_PERIOD_DAYS = 365
LEAST_PRE_PERIOD_DAYS = 90
#: Work that was closed as useless does not "come back": it never went.
_NEVER_WENT = frozenset({Outcome.NO_EFFECT, Outcome.WORSE})


def incidents_since_remediation(
    store: Store, problem: Problem, as_of: date, epsg: int, settings: DetectionSettings, zone: tzinfo
) -> int:
    """Return the incidents inside the footprint since the work was done if they are a recurrence, else 0.

    They are one when there are at least the set minimum, more than the upper end of what the
    pre-period expects for the days since, and the watch still runs. The pre-period is the year
    before the window in which the place was first found; where less than 90 days of it are known,
    the time from then to the end of the work takes its place.
    """
    done_on = problem.remediated_on
    if problem.status not in RETURNING or done_on is None or problem.outcome in _NEVER_WENT:
        return 0
    elapsed_days = (as_of - done_on).days
    if not 0 < elapsed_days <= settings.recurrence_watch_days:
        return 0
    since_done = _incidents_between(store, problem, day_end(done_on, zone), day_end(as_of, zone), epsg, settings, zone)
    if since_done < settings.recurrence_min_incidents:
        return 0
    first = problem.created_at.astimezone(zone).date() - timedelta(days=settings.window_days)
    start = first - timedelta(days=PRE_PERIOD_DAYS)
    oldest = store.counts().oldest_report_at
    if oldest is not None:
        start = max(start, oldest.astimezone(zone).date())
    if (first - start).days < LEAST_PRE_PERIOD_DAYS:
        start, first = max(start, first), done_on
    usual = _incidents_between(store, problem, day_start(start, zone), day_start(first, zone), epsg, settings, zone)
    expected = usual / max((first - start).days, 1) * elapsed_days
    return since_done if since_done > upper_count(expected) else 0


def _incidents_between(
    store: Store,
    problem: Problem,
    since: datetime,
    until: datetime,
    epsg: int,
    settings: DetectionSettings,
    zone: tzinfo,
) -> int:
    """Return the distinct incidents of the problem's group inside its footprint in a period."""
    points = store.report_points(since, until, [problem.group], Box(*geojson.bounds(problem.footprint)))
    inside = points.where(near(points.lon_lat, problem.footprint, epsg=epsg))
    return count_incidents(inside, epsg=epsg, settings=settings, zone=zone)
