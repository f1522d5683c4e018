"""Did it come back? Incidents inside a footprint after the work on it was done."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property

from geo import geojson
from geo.footprints import near
from geo.rates import upper_count
from problems.clock import day_end, day_start
from problems.deciding import RETURNING
from problems.finding import GROUPS, count_incidents
from problems.hot_spots import DetectionSettings
from problems.problem import Problem
from problems.reasons import Outcome
from problems.reports import ReportPoints
from problems.store import Box, Store

#: The pre-period of a recurrence check, in days, and the least of it that must be known.
PRE_PERIOD_DAYS = 365
LEAST_PRE_PERIOD_DAYS = 90
#: Work that was closed as useless does not "come back": it never went.
_NEVER_WENT = frozenset({Outcome.NO_EFFECT, Outcome.WORSE})


@dataclass(frozen=True)
class Watch:
    """The watch over finished work as of one day.

    ``window`` holds every placed report from the moment ``window_since`` (None: from the first) to
    the end of that day. What is watched before it is loaded once, for all problems.
    """

    store: Store
    window: ReportPoints
    window_since: datetime | None
    as_of: date
    epsg: int
    settings: DetectionSettings
    zone: tzinfo

    @cached_property
    def _watched(self) -> ReportPoints:
        """Every placed report since the earliest day on which work that is still watched was done."""
        earliest = day_end(self.as_of - timedelta(days=self.settings.recurrence_watch_days), self.zone)
        if self.window_since is None or self.window_since <= earliest:
            return self.window
        return self.store.report_points(earliest, self.window_since).exact().joined(self.window)

    def incidents_since_remediation(self, problem: Problem) -> int:
        """Return the incidents inside the footprint since the work was done if they are a recurrence, else 0.

        They are one when there are at least the set minimum, more than the upper end of what the
        pre-period expects for the days since (with an allowance for looking again every week), and the
        watch still runs. The pre-period is the year before the window in which the place was first found;
        where less than 90 days of it are known, the time from then to the end of the work takes its place.
        """
        done_on = problem.remediated_on
        if problem.status not in RETURNING or done_on is None or problem.outcome in _NEVER_WENT:
            return 0
        elapsed_days = (self.as_of - done_on).days
        if not 0 < elapsed_days <= self.settings.recurrence_watch_days:
            return 0
        watched = self._watched
        of_group = watched.group == GROUPS.index(problem.group)
        since_s = day_end(done_on, self.zone).timestamp()
        # Somebody who tells again of what was told before is no new incident: clocks run from the earliest.
        new = of_group & (watched.reported_s >= since_s) & (watched.main == 0)
        since_done = self._incidents(watched.where(new), problem)
        if since_done < self.settings.recurrence_min_incidents:
            return 0
        known, known_days = self._before(problem, done_on)
        return since_done if since_done > upper_count(known, known_days, elapsed_days) else 0

    def _before(self, problem: Problem, done_on: date) -> tuple[int, int]:
        """Return the incidents of the pre-period and its days."""
        first = problem.created_at.astimezone(self.zone).date() - timedelta(days=self.settings.window_days)
        start = first - timedelta(days=PRE_PERIOD_DAYS)
        oldest = self.store.counts().oldest_report_at
        if oldest is not None:
            start = max(start, oldest.astimezone(self.zone).date())
        if (first - start).days < LEAST_PRE_PERIOD_DAYS:
            start, first = max(start, first), done_on
        box = Box(*geojson.bounds(problem.footprint))
        period = day_start(start, self.zone), day_start(first, self.zone)
        usual = self._incidents(self.store.report_points(*period, [problem.group], box).exact(), problem)
        return usual, max((first - start).days, 1)

    def _incidents(self, points: ReportPoints, problem: Problem) -> int:
        inside = points.where(near(points.lon_lat, problem.footprint, epsg=self.epsg))
        return count_incidents(inside, epsg=self.epsg, settings=self.settings, zone=self.zone)
