"""How an area stands, kind by kind: what was reported in it beside what is usual there.

What is usual is what hot spots are compared with (:mod:`problems.references`), inside of the same area.
Whoever draws an area has looked at the map first, so each count is judged twice: as a place that was
chosen beforehand, and as the worst of all places of its size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

import numpy as np
import numpy.typing as npt

from geo import projection
from geo.background import Background
from geo.boundaries import surface_km2
from geo.drawn import in_metres
from geo.footprints import near
from geo.significance import Judged, Verdict, judge
from problems.categories import Group
from problems.clock import day_end, day_start
from problems.finding import GROUPS, incident_index
from problems.hot_spots import Pile
from problems.piling import on_default_points
from problems.references import References
from problems.reports import ReportPoints

#: Where anybody reports is told by the window and by the year before it, once a quarter of that is known; in days.
EARLIER_DAYS = 365
LEAST_EARLIER_DAYS = 90
_DEGREE_M = 111_320.0

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class KindJudged:
    """One kind of report in an area, over the window.

    ``expected`` and what follows from it are None without a reference. ``q`` is the chance of a count
    as large at a place that was chosen beforehand, adjusted for all kinds that were tested;
    ``q_picked`` the same for the worst of ``places`` of its size.
    """

    group: Group
    reports: int
    incidents: int
    reporters: int
    expected: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    q: float | None
    verdict: Verdict
    q_picked: float | None
    verdict_picked: Verdict
    places: int


@dataclass(frozen=True, slots=True)
class AreaJudged:
    """An area over one window: its kinds, most incidents first; reports on points that are no places are left out.

    ``first`` and ``last`` are the days of the window.
    """

    first: date
    last: date
    standings: tuple[KindJudged, ...]
    unmapped: int
    left_out: int

    @property
    def days(self) -> int:
        """The length of the window in days."""
        return (self.last - self.first).days + 1

    def of(self, group: Group) -> KindJudged:
        """Return the standing of one kind."""
        return next(one for one in self.standings if one.group is group)


def judge_area(
    points: ReportPoints,
    geometry: Mapping[str, object],
    references: References,
    *,
    last: date,
    epsg: int,
    zone: tzinfo,
    piles: Sequence[Pile] = (),
    incident: Ints | None = None,
) -> AreaJudged:
    """Judge every kind of report in an area over the window that ends with ``last``.

    Parameters
    ----------
    points
        The placed reports of the whole town, of the window and of the year before it at least; those
        on points that their source moved left out.
    geometry
        The area, a valid GeoJSON polygon or multipolygon in degrees.
    references
        What hot spots of that window are compared with, see :func:`problems.use_cases.refreshing.references`.
    last
        Last day of the window; its length is that of the references.
    piles
        The review list: what is kept out of clustering counts nowhere here either.
    incident
        A number for each of the ``points``, equal for those of one distinct incident; worked out here
        where it is not known yet.

    Returns
    -------
    AreaJudged
        The same whatever the order of the reports.
    """
    usable = projection.holds(points.lon_lat, epsg) if len(points) else np.zeros(0, dtype=np.bool_)
    incident = incident[usable] if incident is not None else None
    points = points.where(usable)
    if incident is None:
        incident = incident_index(points, epsg=epsg, settings=references.settings, zone=zone)
    no_place = on_default_points(points.lon_lat, piles, epsg)
    first = last - timedelta(days=references.window_days - 1)
    now, before = _spans(points, first, last, zone)
    window = near(points.lon_lat, geometry, epsg=epsg) & now
    counts = _by_kind(points, incident, window & ~no_place)
    cell = _cells(points.lon_lat, _side_m(geometry))
    places = max(1, len(np.unique(cell[~no_place & (now | before)])))
    judged = _judged(counts, geometry, references, places, epsg)
    standings = [
        _standing(group, index, points.where(window & ~no_place), counts, *judged, places)
        for index, group in enumerate(GROUPS)
    ]
    return AreaJudged(
        first=first,
        last=last,
        standings=tuple(sorted(standings, key=lambda one: (-one.incidents, GROUPS.index(one.group)))),
        unmapped=int((window & ~no_place & (points.group < 0)).sum()),
        left_out=int((window & no_place).sum()),
    )


def _spans(points: ReportPoints, first: date, last: date, zone: tzinfo) -> tuple[Mask, Mask]:
    """Return which reports (n,) lie in the window and in the time before it."""
    start, end = (int(moment.timestamp()) for moment in (day_start(first, zone), day_end(last, zone)))
    told = points.reported_s
    days = 0
    if len(told):
        oldest = datetime.fromtimestamp(int(told.min()), UTC).astimezone(zone).date()
        days = min(EARLIER_DAYS, max((first - oldest).days, 0))
    days = days if days >= LEAST_EARLIER_DAYS else 0
    begin = int(day_start(first - timedelta(days=days), zone).timestamp())
    return (told >= start) & (told < end), (told >= begin) & (told < start)


def _by_kind(points: ReportPoints, incident: Ints, which: Mask) -> Ints:
    """Return the distinct incidents of each kind (9,)."""
    # An incident lies at one place, is of one group and of one day: its first report stands for it.
    rows = np.flatnonzero(which & (points.group >= 0))
    rows = rows[np.unique(incident[rows], return_index=True)[1]]
    return np.bincount(points.group[rows], minlength=len(GROUPS)).astype(np.int64)


def _judged(
    counts: Ints, geometry: Mapping[str, object], references: References, places: int, epsg: int
) -> tuple[Floats, Judged, Judged]:
    """Return the expected counts (9,), and both judgements of the counts inside."""
    shape = in_metres(geometry, epsg=epsg)
    rows = [references.surroundings(index).usual_in(shape) for index in range(len(GROUPS))]
    count, factor, radius_m = (
        np.concatenate([getattr(row, name) for row in rows]) for name in ("count", "factor", "radius_m")
    )
    background = Background(count, factor, radius_m)
    usual, error = background.expected, background.expected_se
    swings = np.array([references.swing(index) for index in range(len(GROUPS))])
    kinds = max(1, int((usual > 0.0).sum()))
    alone, picked = (
        judge(counts, usual, dispersion=swings, expected_se=error, family=family) for family in (kinds, kinds * places)
    )
    return usual, alone, picked


def _side_m(geometry: Mapping[str, object]) -> float:
    return float(np.clip(np.sqrt(surface_km2(geometry) * 1e6), 50.0, 5_000.0))


def _cells(lon_lat: Floats, side_m: float) -> Ints:
    """Return a number for the square of about ``side_m`` that each point (n,) lies in."""
    if not len(lon_lat):
        return np.zeros(0, dtype=np.int64)
    squeeze = float(np.cos(np.radians(np.median(lon_lat[:, 1]))))
    column, row = (np.floor(degrees * _DEGREE_M / side_m) for degrees in (lon_lat[:, 0] * squeeze, lon_lat[:, 1]))
    return (row.astype(np.int64) << 32) + column.astype(np.int64)


def _standing(
    group: Group,
    index: int,
    window: ReportPoints,
    counts: Ints,
    expected: Floats,
    alone: Judged,
    picked: Judged,
    places: int,
) -> KindJudged:
    own = window.where(window.group == index)
    reporters = np.unique(own.reporter)

    def told(values: Floats) -> float | None:
        return float(values[index]) if np.isfinite(values[index]) else None

    return KindJudged(
        group=group,
        reports=len(own),
        incidents=int(counts[index]),
        reporters=int((reporters != 0).sum()),
        expected=float(expected[index]) if expected[index] > 0 else None,
        ratio=told(alone.ratio),
        ratio_low=told(alone.ratio_low),
        ratio_high=told(alone.ratio_high),
        q=told(alone.q),
        verdict=Verdict(int(alone.verdict[index])),
        q_picked=told(picked.q),
        verdict_picked=Verdict(int(picked.verdict[index])),
        places=places,
    )
