"""Finding hot spots: from placed reports to outlined places, per category group.

The arithmetic is in :mod:`geo`, what is usual in :mod:`problems.references`, what may be said of a place
in :mod:`problems.standing`; here is the order in which it is applied and what is counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from geo import geojson, projection
from geo.background import Background
from geo.clusters import find_clusters, split_wide
from geo.outlines import apart, outline, width_m, without_points
from geo.piles import Places, collapse
from problems.categories import Group
from problems.hot_spots import DetectionSettings, Pile, Standing
from problems.incidents import count_incidents, incident_index, incidents_at, local_days
from problems.piling import kept_out, review_list
from problems.progress import Progress, silent
from problems.references import CoreRule, References, Told
from problems.reports import NO_POINTS, ReportPoints
from problems.standing import GROUPS, Judgement, judged

__all__ = [
    "GROUPS",
    "Finding",
    "Found",
    "count_incidents",
    "find_hot_spots",
    "incident_index",
    "local_days",
    "references_of",
]
#: Outlines stay this far away from a default point, in metres.
CLEAR_OF_DEFAULT_M = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """A place where one group concentrates, before it is matched to a problem.

    ``members`` are report ids, ascending. The figures from ``standing`` on are those of
    :class:`problems.hot_spots.HotSpot`; ``group`` is None in the mixed view.
    """

    group: Group | None
    lon_lat: tuple[float, float]
    width_m: float
    outline: Mapping[str, object]
    reports: int
    incidents: int
    reporters: int
    first_at: datetime
    last_at: datetime
    members: npt.NDArray[np.int64]
    standing: Standing = Standing.UNTESTED
    expected: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    q_value: float | None = None
    dispersion: float | None = None

    @property
    def own_group(self) -> Group:
        """The group of a place that may belong to a problem; the mixed view has none, and asking is a bug."""
        if self.group is None:
            raise ValueError("A place of the mixed view belongs to no group.")
        return self.group


@dataclass(frozen=True, slots=True)
class Finding:
    """What one window of reports holds.

    ``found`` are the hot spots, and where nothing was there to compare with, the dense places;
    ``candidates`` what did not stand up to the comparison; ``mixed`` the hot spots of all groups taken
    together, which is only to be looked at. ``looked_at`` counts the places that were examined.
    """

    found: tuple[Found, ...]
    piles: tuple[Pile, ...]
    reports: int
    distinct_incidents: int
    clusters: int
    excluded_reports: int
    unmapped: int
    incident: npt.NDArray[np.int64]
    candidates: tuple[Found, ...] = ()
    mixed: tuple[Found, ...] = ()
    looked_at: int = 0


@dataclass(frozen=True, slots=True)
class _Placed:
    """Reports of a window at their places: ``out`` (k,) marks places that are kept out."""

    points: ReportPoints
    places: Places
    out: npt.NDArray[np.bool_]
    incident: npt.NDArray[np.int64]

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """Which reports are not on a point that is kept out, (n,)."""
        return ~self.out[self.places.place] if len(self.points) else np.zeros(0, dtype=np.bool_)

    def first_told(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the first of the ascending rows of each distinct incident among them, by incident."""
        first = np.full(int(self.incident.max(initial=-1)) + 1, -1, dtype=np.int64)
        # Of several rows written to one slot the last stays.
        first[self.incident[rows[::-1]]] = rows[::-1]
        return first[first >= 0]

    def told(self) -> Told:
        """Return each distinct incident once."""
        first = self.first_told(np.flatnonzero(self.kept))
        return Told(self.places.xy_m[self.places.place[first]], self.points.group[first], self.points.reported_s[first])


@dataclass(frozen=True, slots=True)
class _Part:
    """One cluster: the rows of its reports, its places and dense places (rows of ``xy_m``)."""

    rows: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    cores: npt.NDArray[np.int64]
    incidents: int


@dataclass(frozen=True, slots=True)
class _Pass:
    """What the search of one group (None: all together) came upon, with what is usual at each part."""

    group: Group | None
    looked_at: int
    clusters: int
    xy_m: npt.NDArray[np.float64]
    parts: tuple[_Part, ...]
    usual: Background
    chance: npt.NDArray[np.float64]
    swing: float


_NOWHERE = Background(np.zeros(0), np.zeros(0), np.zeros(0))


def find_hot_spots(
    points: ReportPoints,
    known_piles: Sequence[Pile],
    *,
    epsg: int,
    settings: DetectionSettings,
    zone: tzinfo,
    before: ReportPoints = NO_POINTS,
    window_days: int | None = None,
    progress: Progress = silent,
) -> Finding:
    """Find where more distinct incidents of a group lie close together than is usual there.

    What people called duplicates counts as reports of the place of their main report, and weighs
    no more than it: together they are one incident.

    Identical coordinates are one place whose weight is its number of distinct incidents; places on
    the review list that are kept out take no part, neither among what is tested nor among what it is
    compared with. Clusters wider than the setting allows are split. Every cluster is then judged, with
    an allowance for all the places that were looked at. The result is the same whatever the order of
    the reports: places come by group, then by their lowest report id.

    Parameters
    ----------
    points
        Placed reports of the window, unmapped ones included (they tell how busy a place is).
    known_piles
        The review list so far, with its decisions.
    epsg
        Metric CRS of the deployment.
    settings, zone
        How to find, and where a day begins.
    before
        Placed reports of the time before the window.
    window_days
        Length of the window; as in the settings where not given, 0 for all reports.
    """
    progress("Placing the reports", 0.0)
    placed, piles = _placed_window(points, known_piles, epsg, settings, zone)
    earlier = _placed_before(before, piles, known_piles, epsg, settings, zone)
    days = settings.window_days if window_days is None else window_days
    references = References(placed.told(), earlier.told(), settings, days)
    takes_part = placed.kept & (points.group >= 0)
    passes = []
    for index, group in enumerate(GROUPS):
        progress(f"Looking for hot spots: {group.label}", 0.1 + 0.8 * index / len(GROUPS))
        passes.append(_search(placed, np.flatnonzero(takes_part & (points.group == index)), index, references))
    progress("Looking at all groups together", 0.9)
    together = _search(placed, np.flatnonzero(takes_part), None, references)
    found = _described(placed, passes, epsg, settings)
    return Finding(
        found=tuple(one for one in found if one.standing is not Standing.CANDIDATE),
        piles=tuple(piles),
        reports=len(points),
        distinct_incidents=len(np.unique(placed.incident[takes_part])),
        clusters=sum(one.clusters for one in passes),
        excluded_reports=int((~placed.kept).sum()),
        unmapped=int((placed.kept & (points.group < 0)).sum()),
        incident=placed.incident,
        candidates=tuple(one for one in found if one.standing is Standing.CANDIDATE),
        mixed=tuple(one for one in _described(placed, [together], epsg, settings) if one.standing is Standing.HOT_SPOT),
        looked_at=sum(one.looked_at for one in passes),
    )


def references_of(
    points: ReportPoints,
    before: ReportPoints,
    known_piles: Sequence[Pile],
    *,
    epsg: int,
    settings: DetectionSettings,
    zone: tzinfo,
    window_days: int,
) -> References:
    """Return what areas of a window can be compared with, as :func:`find_hot_spots` does it."""
    placed, piles = _placed_window(points, known_piles, epsg, settings, zone)
    earlier = _placed_before(before, piles, known_piles, epsg, settings, zone)
    return References(placed.told(), earlier.told(), settings, window_days)


def _placed_window(
    points: ReportPoints, known_piles: Sequence[Pile], epsg: int, settings: DetectionSettings, zone: tzinfo
) -> tuple[_Placed, list[Pile]]:
    places = _places(points, epsg, settings)
    piles = review_list(points, places, known_piles, settings, epsg)
    out = kept_out(places, piles, known_piles, epsg)
    return _Placed(points, places, out, incidents_at(points, places, zone)), piles


def _placed_before(
    before: ReportPoints,
    piles: Sequence[Pile],
    known_piles: Sequence[Pile],
    epsg: int,
    settings: DetectionSettings,
    zone: tzinfo,
) -> _Placed:
    places = _places(before, epsg, settings)
    # A default point of this window was one before, too, as a rule with fewer reports.
    out = kept_out(places, piles, known_piles, epsg)
    return _Placed(before, places, out, incidents_at(before, places, zone))


def _places(points: ReportPoints, epsg: int, settings: DetectionSettings) -> Places:
    xy_m = projection.to_metres(points.lon_lat, epsg) if len(points) else np.zeros((0, 2))
    return collapse(xy_m, tolerance_m=settings.same_place_m)


def _search(placed: _Placed, rows: npt.NDArray[np.int64], index: int | None, references: References) -> _Pass:
    group = None if index is None else GROUPS[index]
    settings, places = references.settings, placed.places
    incidents_at_place = np.bincount(places.place[placed.first_told(rows)], minlength=len(places.xy_m))
    used = np.flatnonzero(incidents_at_place)
    xy_m, weight = places.xy_m[used], incidents_at_place[used]
    if len(rows) == 0:
        return _Pass(group, 0, 0, xy_m, (), _NOWHERE, np.zeros(0), 1.0)
    swing = references.swing(index)
    rule = CoreRule(xy_m, references.surroundings(index), swing, settings)
    radius_m, min_weight, weights = settings.radius_m, float(settings.min_incidents), weight.astype(np.float64)
    everywhere = np.arange(len(xy_m))
    whole = find_clusters(
        xy_m, radius_m=radius_m, min_weight=min_weight, weights=weights, is_core=rule.at(radius_m, everywhere)
    )
    fitting = split_wide(
        xy_m,
        whole,
        radius_m=radius_m,
        min_weight=min_weight,
        max_width_m=settings.max_width_m,
        shrink=settings.shrink,
        weights=weights,
        core_test_for=rule.at,
    )
    label_of_place = np.full(len(places.xy_m), -1, dtype=np.int64)
    label_of_place[used] = fitting.label
    label_of_row = label_of_place[places.place[rows]]
    parts = [
        _Part(rows[own], at, at[fitting.core[at]], len(np.unique(placed.incident[rows[own]])))
        for own, at in zip(_by_label(label_of_row, fitting.count), _by_label(fitting.label, fitting.count), strict=True)
    ]
    usual = rule.usual_inside([part.cores for part in parts])
    densest = np.array([rule.chance[part.cores].min() for part in parts])
    return _Pass(group, len(xy_m), whole.count, xy_m, tuple(parts), usual, densest, swing)


def _by_label(label: npt.NDArray[np.integer], count: int) -> list[npt.NDArray[np.int64]]:
    """Return the rows of each label from 0 to ``count``, ascending; rows with a label below 0 are left out."""
    order = np.argsort(label, kind="stable")
    ends = np.searchsorted(label[order], np.arange(count + 1))
    return [order[begin:end] for begin, end in pairwise(ends.tolist())]


def _described(placed: _Placed, passes: Sequence[_Pass], epsg: int, settings: DetectionSettings) -> list[Found]:
    """Judge the parts of all passes together, as they were all looked for, and describe them."""
    standing = judged(
        [one.group for one in passes for _part in one.parts],
        [part.incidents for one in passes for part in one.parts],
        Background(*(np.concatenate([getattr(one.usual, name) for one in passes]) for name in _BACKGROUND)),
        [one.swing for one in passes for _part in one.parts],
        densest=np.concatenate([one.chance for one in passes]),
        family=sum(one.looked_at for one in passes),
        settings=settings,
    )
    told = iter(standing)
    found: list[Found] = []
    for one in passes:
        # Outlines of one group stay apart, those of candidates too: a report belongs to one place.
        shapes = apart([outline(one.xy_m[part.places], radius_m=settings.radius_m) for part in one.parts])
        # What is counted inside an outline later on must not count the default point again.
        outlines = without_points(shapes, placed.places.xy_m[placed.out], clear_m=CLEAR_OF_DEFAULT_M)
        described = [
            _describe(placed, part, one.xy_m[part.places], geojson.to_lon_lat(shape, epsg), next(told), epsg)
            for part, shape in zip(one.parts, outlines, strict=True)
        ]
        found.extend(sorted(described, key=lambda each: int(each.members[0])))
    return found


_BACKGROUND = ("count", "factor", "radius_m")


def _describe(
    placed: _Placed,
    part: _Part,
    xy_m: npt.NDArray[np.float64],
    shape: Mapping[str, object],
    told: Judgement,
    epsg: int,
) -> Found:
    points, rows = placed.points, part.rows
    reporters = np.unique(points.reporter[rows])
    lon, lat = projection.to_lon_lat(xy_m.mean(axis=0, keepdims=True), epsg)[0]
    return Found(
        group=told.group,
        lon_lat=(round(float(lon), 7), round(float(lat), 7)),
        width_m=float(width_m(xy_m)),
        outline=shape,
        reports=len(rows),
        incidents=part.incidents,
        reporters=int((reporters != 0).sum()),
        first_at=datetime.fromtimestamp(int(points.reported_s[rows].min()), UTC),
        last_at=datetime.fromtimestamp(int(points.reported_s[rows].max()), UTC),
        members=np.sort(points.ids[rows]),
        standing=told.standing,
        expected=told.expected,
        ratio=told.ratio,
        ratio_low=told.ratio_low,
        ratio_high=told.ratio_high,
        q_value=told.q_value,
        dispersion=told.dispersion,
    )
