"""How an area stands, kind by kind: what was reported in it beside what is usual there.

The usual count comes from reports other than those that are tested, counted inside of the same area:
all other kinds in the same days (how busy is the place), and the same kind before (what did it always
have). Whoever draws an area has looked at the map first, so each count is judged twice: as a place that
was chosen beforehand, and as the worst of all places of its size.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

import numpy as np
import numpy.typing as npt

from geo import projection
from geo.background import Background, blend
from geo.boundaries import surface_km2
from geo.drawn import in_metres
from geo.footprints import near
from geo.significance import Judged, Verdict, dispersion, judge
from problems.categories import Group
from problems.clock import day_end, day_start
from problems.finding import GROUPS, incident_index
from problems.hot_spots import DetectionSettings, Pile
from problems.piling import SAME_PILE_M
from problems.references import References
from problems.reports import ReportPoints

#: How far back the earlier reports of a kind go, and the least of it that says anything, in days.
EARLIER_DAYS = 365
LEAST_EARLIER_DAYS = 90
#: Reports elsewhere from which the town's own rise and fall between the two periods is taken.
_ENOUGH_ELSEWHERE = 20
_DEGREE_M = 111_320.0
#: The share of places, by how much is reported there, that tell how counts vary.
_ORDINARY = 0.95
#: Added to the other reports in an area, so that one without any still expects a little.
_HALF = 0.5
#: How counts vary is learnt from places up to this wide: larger ones nearly all hold a hot spot.
_WIDEST_ORDINARY_M = 250.0

#: From an area to what is usual in it, and the variance of such counts over their mean; (9,) by kind each.
Usual = Callable[[Mapping[str, object]], tuple[Background, npt.NDArray[np.float64]]]

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

    ``first`` and ``last`` are the days of the window; ``earlier_days`` how many days before it were
    looked at (0: none were known).
    """

    first: date
    last: date
    earlier_days: int
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
    *,
    last: date,
    epsg: int,
    settings: DetectionSettings,
    zone: tzinfo,
    piles: Sequence[Pile] = (),
    incident: Ints | None = None,
    usual: Usual | None = None,
) -> AreaJudged:
    """Judge every kind of report in an area over the window that ends with ``last``.

    Parameters
    ----------
    points
        The placed reports of the whole town, of the window and of the year before it at least; those
        on points that their source moved left out.
    geometry
        The area, a valid GeoJSON polygon or multipolygon in degrees.
    last
        Last day of the window; its length is that of the settings.
    piles
        The review list: what is kept out of clustering counts nowhere here either.
    incident
        A number for each of the ``points``, equal for those of one distinct incident; worked out here
        where it is not known yet.
    usual
        What is usual by another comparison, such as the one that hot spots were found by.

    Returns
    -------
    AreaJudged
        The same whatever the order of the reports.
    """
    usable = projection.holds(points.lon_lat, epsg) if len(points) else np.zeros(0, dtype=np.bool_)
    incident = incident[usable] if incident is not None else None
    points = points.where(usable)
    if incident is None:
        incident = incident_index(points, epsg=epsg, settings=settings, zone=zone)
    no_place = _on_default_points(points, piles, epsg)
    inside = near(points.lon_lat, geometry, epsg=epsg)
    first = last - timedelta(days=settings.window_days - 1)
    spans = _Spans.of(points, first, last, zone)
    counts = _Counts.of(points, incident, inside & ~no_place, ~no_place & (points.group >= 0), spans)
    side_m = _side_m(geometry)
    cell = _cells(points.lon_lat, side_m)
    known = ~no_place & (spans.now | spans.before)
    places = max(1, len(np.unique(cell[known])))
    if usual is None:
        narrow = cell if side_m <= _WIDEST_ORDINARY_M else _cells(points.lon_lat, _WIDEST_ORDINARY_M)
        spread = _dispersions(points, incident, narrow, ~no_place, spans)
        background = _background(counts, spans.earlier_days, settings.window_days)
    else:
        background, spread = usual(geometry)
    judged = _judged(counts.inside, background, spread, places)
    window = inside & spans.now
    standings = [
        _standing(group, index, points.where(window & ~no_place), counts, *judged, places)
        for index, group in enumerate(GROUPS)
    ]
    return AreaJudged(
        first=first,
        last=last,
        earlier_days=spans.earlier_days,
        standings=tuple(sorted(standings, key=lambda one: (-one.incidents, GROUPS.index(one.group)))),
        unmapped=int((window & ~no_place & (points.group < 0)).sum()),
        left_out=int((window & no_place).sum()),
    )


def usual_as_for_hot_spots(references: References, *, epsg: int) -> Usual:
    """Return the comparison that hot spots are found by, for :func:`judge_area`."""
    swings = np.array([references.swing(index) for index in range(len(GROUPS))])

    def usual(geometry: Mapping[str, object]) -> tuple[Background, npt.NDArray[np.float64]]:
        shape = in_metres(geometry, epsg=epsg)
        rows = [references.surroundings(index).usual_in(shape) for index in range(len(GROUPS))]
        count, factor, radius_m = (
            np.concatenate([getattr(row, name) for row in rows]) for name in ("count", "factor", "radius_m")
        )
        return Background(count, factor, radius_m), swings

    return usual


@dataclass(frozen=True, slots=True)
class _Spans:
    """Which reports (n,) lie in the window and in the time before it, and when that began (seconds UTC)."""

    now: Mask
    before: Mask
    earlier_days: int
    before_from_s: int
    now_from_s: int

    @classmethod
    def of(cls, points: ReportPoints, first: date, last: date, zone: tzinfo) -> "_Spans":
        start = int(day_start(first, zone).timestamp())
        end = int(day_end(last, zone).timestamp())
        told = points.reported_s
        days = 0
        if len(told):
            oldest = datetime.fromtimestamp(int(told.min()), UTC).astimezone(zone).date()
            days = min(EARLIER_DAYS, max((first - oldest).days, 0))
        days = days if days >= LEAST_EARLIER_DAYS else 0
        begin = int(day_start(first - timedelta(days=days), zone).timestamp())
        return cls((told >= start) & (told < end), (told >= begin) & (told < start), days, begin, start)


@dataclass(frozen=True, slots=True)
class _Counts:
    """Distinct incidents by kind (9,): inside now and before, elsewhere in the town now and before."""

    inside: Ints
    inside_before: Ints
    elsewhere: Ints
    elsewhere_before: Ints

    @classmethod
    def of(cls, points: ReportPoints, incident: Ints, inside: Mask, counted: Mask, spans: _Spans) -> "_Counts":
        def by_group(which: Mask) -> Ints:
            # An incident lies at one place, is of one group and of one day: its first report stands for it.
            rows = np.flatnonzero(which)
            rows = rows[np.unique(incident[rows], return_index=True)[1]]
            return np.bincount(points.group[rows], minlength=len(GROUPS)).astype(np.int64)

        here, there = inside & counted, counted & ~inside
        return cls(
            by_group(here & spans.now),
            by_group(here & spans.before),
            by_group(there & spans.now),
            by_group(there & spans.before),
        )


def _judged(
    inside: Ints, background: Background, spread: npt.NDArray[np.float64], places: int
) -> tuple[npt.NDArray[np.float64], Judged, Judged]:
    """Return the expected counts (9,), and both judgements of the counts inside."""
    usual, error = background.expected, background.expected_se
    kinds = max(1, int((usual > 0.0).sum()))
    alone, picked = (
        judge(inside, usual, dispersion=spread, expected_se=error, family=family) for family in (kinds, kinds * places)
    )
    return usual, alone, picked


def _background(counts: _Counts, earlier_days: int, window_days: int) -> Background:
    """Return what is usual inside by kind: how busy the place is, drawn towards what it had before."""
    elsewhere = counts.elsewhere.astype(np.float64)
    others_here = (counts.inside.sum() - counts.inside).astype(np.float64)
    others_there = elsewhere.sum() - elsewhere
    share = np.divide(elsewhere, others_there, out=np.zeros(len(GROUPS)), where=others_there > 0)
    none = np.zeros(len(GROUPS))
    # A share of nothing expects nothing, which is no reference; no other report expects a little.
    busy = Background(np.where(share > 0, others_here + _HALF, 0.0), share, none)
    if not earlier_days:
        return busy
    before_there = counts.elsewhere_before.astype(np.float64)
    by_days = window_days / earlier_days
    by_town = np.divide(elsewhere, before_there, out=np.full(len(GROUPS), by_days), where=before_there > 0)
    enough = np.minimum(elsewhere, before_there) >= _ENOUGH_ELSEWHERE
    earlier = Background(counts.inside_before.astype(np.float64), np.where(enough, by_town, by_days), none)
    return blend(busy, earlier)


def _dispersions(
    points: ReportPoints, incident: Ints, cell: Ints, counted: Mask, spans: _Spans
) -> npt.NDArray[np.float64]:
    """Return for each kind (9,) how much more than Poisson the counts of places of this size vary; 1 if unknown.

    The time before the window is cut into periods of its length; the town's own rise and fall from
    period to period is no variation of a place.
    """
    found = np.ones(len(GROUPS))
    length_s = (spans.now_from_s - spans.before_from_s) // 4
    if spans.earlier_days < EARLIER_DAYS or length_s <= 0:
        return found
    rows = np.flatnonzero(spans.before & counted & (points.group >= 0))
    rows = rows[np.unique(incident[rows], return_index=True)[1]]
    period = np.minimum((points.reported_s[rows] - spans.before_from_s) // length_s, 3)
    for index in range(len(GROUPS)):
        own = points.group[rows] == index
        if own.sum() < 100:
            continue
        cells, at = np.unique(cell[rows[own]], return_inverse=True)
        table = np.zeros((len(cells), 4))
        np.add.at(table, (at, period[own]), 1.0)
        table = _ordinary(table)
        totals = table.sum(axis=0)
        if (totals > 0).all():
            value = dispersion(table, lengths=totals)
            found[index] = value if np.isfinite(value) else 1.0
    return found


def _ordinary(table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the rows of ordinary places: what rose and fell at a hot spot says nothing of the others."""
    total = table.sum(axis=1)
    is_ordinary: Mask = total <= np.quantile(total, _ORDINARY)
    return table[is_ordinary]


def _on_default_points(points: ReportPoints, piles: Sequence[Pile], epsg: int) -> Mask:
    out = np.zeros(len(points), dtype=np.bool_)
    for pile in piles:
        if pile.kept_out:
            close = (np.abs(points.lon_lat - np.array(pile.lon_lat)) < 1e-4).all(axis=1)
            if close.any():
                there = projection.to_metres(points.lon_lat[close], epsg)
                target = projection.to_metres([pile.lon_lat], epsg)[0]
                out[np.flatnonzero(close)] |= np.hypot(*(there - target).T) <= SAME_PILE_M
    return out


def _side_m(geometry: Mapping[str, object]) -> float:
    return float(np.clip(np.sqrt(surface_km2(geometry) * 1e6), 50.0, 5_000.0))


def _cells(lon_lat: npt.NDArray[np.float64], side_m: float) -> Ints:
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
    counts: _Counts,
    expected: npt.NDArray[np.float64],
    alone: Judged,
    picked: Judged,
    places: int,
) -> KindJudged:
    own = window.where(window.group == index)
    reporters = np.unique(own.reporter)

    def told(values: npt.NDArray[np.float64]) -> float | None:
        return float(values[index]) if np.isfinite(values[index]) else None

    return KindJudged(
        group=group,
        reports=len(own),
        incidents=int(counts.inside[index]),
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
