"""Finding hot spots: from placed reports to outlined places, per category group.

The arithmetic is in :mod:`geo`; here is the order in which it is applied and what is counted.
No claim of significance is made yet: the seam for it is ``is_core`` of :func:`geo.clusters.find_clusters`
and the ``expected`` and ``q_value`` of :class:`problems.hot_spots.HotSpot`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import numpy.typing as npt

from geo import geojson, incidents, projection
from geo.clusters import find_clusters, split_wide
from geo.outlines import apart, outline, width_m, without_points
from geo.piles import Places, collapse
from problems.categories import Group
from problems.hot_spots import DetectionSettings, Pile, Standing
from problems.piling import kept_out, review_list
from problems.progress import Progress, silent
from problems.reports import ReportPoints

GROUPS = tuple(Group)
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
    """What one window of reports holds."""

    found: tuple[Found, ...]
    piles: tuple[Pile, ...]
    reports: int
    distinct_incidents: int
    clusters: int
    excluded_reports: int
    unmapped: int
    incident: npt.NDArray[np.int64]
    xy_m: npt.NDArray[np.float64]


def local_days(seconds: npt.NDArray[np.int64], zone: tzinfo) -> npt.NDArray[np.int64]:
    """Return the day number (since 1970-01-01, in ``zone``) of each time in seconds UTC.

    The offset from UTC is taken once per UTC day, at noon: within the hours of a clock change a
    report may be put on the neighbouring day.
    """
    if len(seconds) == 0:
        return np.zeros(0, dtype=np.int64)
    utc_days = seconds // 86400
    days, index = np.unique(utc_days, return_inverse=True)
    noon = [datetime(1970, 1, 1, 12, tzinfo=UTC) + timedelta(days=int(day)) for day in days]
    offsets = np.array([moment.astimezone(zone).utcoffset() or timedelta() for moment in noon])
    offset_s = np.array([offset.total_seconds() for offset in offsets], dtype=np.int64)
    return np.asarray((seconds + offset_s[index]) // 86400, dtype=np.int64)


def find_hot_spots(
    points: ReportPoints,
    known_piles: Sequence[Pile],
    *,
    epsg: int,
    settings: DetectionSettings,
    zone: tzinfo,
    progress: Progress = silent,
) -> Finding:
    """Find where the distinct incidents of each group concentrate.

    What people called duplicates counts as reports of the place of their main report, and weighs
    no more than it: together they are one incident.

    Identical coordinates are one place whose weight is its number of distinct incidents; places on
    the review list that are kept out take no part; clusters wider than the setting allows are
    split. The result is the same whatever the order of the reports: hot spots come by group, then
    by their lowest report id.

    Parameters
    ----------
    points
        Placed reports of the window, unmapped ones included (they count for the piles only).
    known_piles
        The review list so far, with its decisions.
    epsg
        Metric CRS of the deployment.
    settings, zone
        How to find, and where a day begins.
    """
    progress("Placing the reports", 0.0)
    xy_m = projection.to_metres(points.lon_lat, epsg) if len(points) else np.zeros((0, 2))
    places = collapse(xy_m, tolerance_m=settings.same_place_m)
    piles = review_list(points, places, known_piles, settings, epsg)
    out = kept_out(places, piles, known_piles, epsg)
    kept = ~out[places.place] if len(points) else np.zeros(0, dtype=np.bool_)
    incident = _incidents(points, places, zone)
    takes_part = kept & (points.group >= 0)
    found: list[Found] = []
    clusters = 0
    for index, group in enumerate(GROUPS):
        progress(f"Looking for hot spots: {group.label}", 0.1 + 0.9 * index / len(GROUPS))
        rows = np.flatnonzero(takes_part & (points.group == index))
        group_found, group_clusters = _find_in_group(points, places, out, incident, rows, group, epsg, settings)
        found.extend(group_found)
        clusters += group_clusters
    return Finding(
        found=tuple(found),
        piles=tuple(piles),
        reports=len(points),
        distinct_incidents=len(np.unique(incident[takes_part])),
        clusters=clusters,
        excluded_reports=int((~kept).sum()),
        unmapped=int((kept & (points.group < 0)).sum()),
        incident=incident,
        xy_m=xy_m,
    )


def incident_index(
    points: ReportPoints, *, epsg: int, settings: DetectionSettings, zone: tzinfo
) -> npt.NDArray[np.int64]:
    """Return a number for each report (n,), equal for reports of one distinct incident."""
    if len(points) == 0:
        return np.zeros(0, dtype=np.int64)
    places = collapse(projection.to_metres(points.lon_lat, epsg), tolerance_m=settings.same_place_m)
    return _incidents(points, places, zone)


def _incidents(points: ReportPoints, places: Places, zone: tzinfo) -> npt.NDArray[np.int64]:
    day = local_days(points.reported_s, zone)
    told = incidents.distinct_incidents(places.place, points.reporter, day, points.group)
    return incidents.with_duplicates(told, points.ids, points.main)


def count_incidents(points: ReportPoints, *, epsg: int, settings: DetectionSettings, zone: tzinfo) -> int:
    """Return how many distinct incidents a set of reports tells of."""
    return len(np.unique(incident_index(points, epsg=epsg, settings=settings, zone=zone)))


def _find_in_group(
    points: ReportPoints,
    places: Places,
    out: npt.NDArray[np.bool_],
    incident: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    group: Group,
    epsg: int,
    settings: DetectionSettings,
) -> tuple[list[Found], int]:
    if len(rows) == 0:
        return [], 0
    first_of_incident = rows[np.unique(incident[rows], return_index=True)[1]]
    used, weight = np.unique(places.place[first_of_incident], return_counts=True)
    xy_m = places.xy_m[used]
    radius_m, min_weight = settings.radius_m, float(settings.min_incidents)
    weights = weight.astype(np.float64)
    whole = find_clusters(xy_m, radius_m=radius_m, min_weight=min_weight, weights=weights)
    fitting = split_wide(
        xy_m,
        whole,
        radius_m=radius_m,
        min_weight=min_weight,
        max_width_m=settings.max_width_m,
        shrink=settings.shrink,
        weights=weights,
    )
    if fitting.count == 0:
        return [], whole.count
    label_of_place = np.full(len(places.xy_m), -1, dtype=np.int64)
    label_of_place[used] = fitting.label
    label_of_row = label_of_place[places.place[rows]]
    shapes = apart(
        [
            outline(xy_m[(fitting.label == label) & fitting.core], radius_m=settings.radius_m)
            for label in range(fitting.count)
        ]
    )
    # What is counted inside an outline later on must not count the default point again.
    outlines = without_points(shapes, places.xy_m[out], clear_m=CLEAR_OF_DEFAULT_M)
    found = [
        _describe(points, incident, rows[label_of_row == label], xy_m[fitting.label == label], shape, group, epsg)
        for label, shape in enumerate(geojson.to_lon_lat(polygon, epsg) for polygon in outlines)
    ]
    return sorted(found, key=lambda one: int(one.members[0])), whole.count


def _describe(
    points: ReportPoints,
    incident: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    xy_m: npt.NDArray[np.float64],
    shape: Mapping[str, object],
    group: Group,
    epsg: int,
) -> Found:
    reporters = np.unique(points.reporter[rows])
    lon, lat = projection.to_lon_lat(xy_m.mean(axis=0, keepdims=True), epsg)[0]
    return Found(
        group=group,
        lon_lat=(round(float(lon), 7), round(float(lat), 7)),
        width_m=float(width_m(xy_m)),
        outline=shape,
        reports=len(rows),
        incidents=len(np.unique(incident[rows])),
        reporters=int((reporters != 0).sum()),
        first_at=datetime.fromtimestamp(int(points.reported_s[rows].min()), UTC),
        last_at=datetime.fromtimestamp(int(points.reported_s[rows].max()), UTC),
        members=np.sort(points.ids[rows]),
    )
