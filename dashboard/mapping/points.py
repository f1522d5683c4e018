"""The reports as columns in memory, for a map that answers at once.

One picture per process, rebuilt when reports or boundaries were written. Reports that lie close
together on the map are counted in hexagons of the H3 grid: the finest cell of every report is worked out once
and the coarser ones are its parents, so that a million reports are counted in milliseconds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt

from geo import areas as geo_areas
from geo import hexagons, projection
from problems.categories import Group
from problems.finding import incident_index
from problems.hot_spots import DetectionSettings
from problems.reports import ReportPoints
from problems.seeing import FEWEST_OF_A_DISPUTE, whole
from problems.store import Box, Store

#: Up to this many reports in view are drawn one by one, more are counted in hexagons.
MAX_POINTS: Final = 2_500
FINEST: Final = 11
#: The finest one (about 350 m wide), and the smallest count, for readers who may not see single reports.
COARSE: Final = 9
FEWEST_TOLD: Final = 3
#: How much of the middle box the map shows beside it, on each side.
_MARGIN: Final = 0.15

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class View:
    """What is asked of the map: where, how close, when (seconds since 1970, half open), what."""

    box: Box
    zoom: int
    since_s: int | None = None
    until_s: int | None = None
    groups: frozenset[Group] = frozenset()
    area_id: int | None = None


@dataclass(frozen=True, slots=True)
class PointsInView:
    """Single reports: ids (n,), lon_lat (n, 2) and group (n,), index into ``tuple(Group)`` or -1."""

    ids: npt.NDArray[np.int64]
    lon_lat: npt.NDArray[np.float64]
    group: npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class HexagonsInView:
    """Counts by hexagon: cell (k,) uint64 and count (k,), and the resolution of the grid."""

    cell: npt.NDArray[np.uint64]
    count: npt.NDArray[np.int64]
    resolution: int


@dataclass(slots=True)
class MapPoints:
    """The placed reports and the boundaries of the store; ``version`` is its ``reports_version``.

    ``points`` are drawn; ``moved`` are reports whose source moved their points: they count by area
    only, because a dot would point at the wrong door.
    """

    version: int
    points: ReportPoints
    geometries: Mapping[int, Mapping[str, object]]
    moved: ReportPoints
    _finest: npt.NDArray[np.uint64] | None = None
    _cells: dict[int, tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]] = field(default_factory=dict)
    _in_area: dict[int, Mask] = field(default_factory=dict)
    _incident: npt.NDArray[np.int64] | None = None
    _lock: Lock = field(default_factory=Lock)

    def incidents(self, store: Store, settings: DetectionSettings, zone: tzinfo) -> npt.NDArray[np.int64]:
        """Return a number for each drawn report (n,), equal for those of one distinct incident."""
        with self._lock:
            if self._incident is None:
                self._incident = _incidents(store, self.points, settings, zone)
            return self._incident

    def selected(self, view: View) -> Mask:
        """Return which of the drawn reports (n,) the filters of ``view`` leave, wherever they lie."""
        keep = _selected(self.points, view)
        if view.area_id is not None:
            keep &= self.inside(view.area_id)
        return keep

    def count_moved(self, view: View) -> int:
        """Return how many reports on moved points the filters of ``view`` leave, wherever they lie."""
        keep = _selected(self.moved, view)
        geometry = self.geometries.get(view.area_id or 0)
        if view.area_id is not None and geometry is None:
            return 0
        if geometry is None or not keep.any():
            return int(keep.sum())
        return int(geo_areas.inside(self.moved.lon_lat[keep], geometry).sum())

    def in_view(self, view: View) -> PointsInView | HexagonsInView:
        """Return the reports in the box of ``view``: single ones, or counts where they are many."""
        lon, lat = self.points.lon_lat[:, 0], self.points.lon_lat[:, 1]
        box = view.box
        keep = (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)
        keep &= self.selected(view)
        if int(np.count_nonzero(keep)) <= MAX_POINTS:
            here = np.flatnonzero(keep)
            return PointsInView(self.points.ids[here], self.points.lon_lat[here], self.points.group[here])
        resolution = min(FINEST, hexagons.resolution_for_zoom(view.zoom))
        cells, cell_of = self.cells(resolution)
        count = np.bincount(cell_of[keep], minlength=len(cells))
        some = np.flatnonzero(count)
        return HexagonsInView(cells[some], count[some], resolution)

    def in_view_coarse(self, view: View) -> HexagonsInView:
        """Return counts for readers who may not see single reports: nobody is found by asking again and again.

        Hexagons are never finer than :data:`COARSE`, each counts all that lies in it, wherever the edge of the
        box runs, and is told as :data:`FEWEST_TOLD` at least; disputes count only where there are many.
        """
        resolution = min(COARSE, hexagons.resolution_for_zoom(view.zoom))
        cells, cell_of = self.cells(resolution)
        if not len(cells):
            return HexagonsInView(cells, np.zeros(0, dtype=np.int64), resolution)
        keep = self.selected(view)
        dispute = keep & (self.points.group == tuple(Group).index(Group.DISPUTES))
        disputes = np.bincount(cell_of[dispute], minlength=len(cells))
        count = np.bincount(cell_of[keep], minlength=len(cells))
        count -= np.where(disputes < FEWEST_OF_A_DISPUTE, disputes, 0)
        lon_lat = hexagons.centres(cells)
        box = view.box
        here = (lon_lat[:, 0] >= box.west) & (lon_lat[:, 0] <= box.east)
        here &= (lon_lat[:, 1] >= box.south) & (lon_lat[:, 1] <= box.north)
        some = np.flatnonzero((count > 0) & here)
        return HexagonsInView(cells[some], np.maximum(count[some], FEWEST_TOLD), resolution)

    def inside(self, area_id: int) -> Mask:
        """Return which reports (n,) lie in an area; none for an area that does not exist."""
        if area_id not in self._in_area:
            geometry = self.geometries.get(area_id)
            nowhere = np.zeros(len(self.points), dtype=np.bool_)
            self._in_area[area_id] = nowhere if geometry is None else geo_areas.inside(self.points.lon_lat, geometry)
        return self._in_area[area_id]

    def cells(self, resolution: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
        """Return the cells of a resolution (k,), and for every report (n,) which of them it lies in."""
        with self._lock:
            if self._finest is None:
                cell, _, cell_of = hexagons.hexagons(self.points.lon_lat, FINEST)
                self._finest = cell[cell_of] if len(cell) else np.zeros(0, np.uint64)
            if resolution not in self._cells:
                cells, cell_of = np.unique(parents(self._finest, resolution), return_inverse=True)
                self._cells[resolution] = (cells, cell_of.astype(np.int64))
            return self._cells[resolution]


def _incidents(store: Store, points: ReportPoints, settings: DetectionSettings, zone: tzinfo) -> npt.NDArray[np.int64]:
    known = store.fact("epsg")
    epsg = int(known) if known else projection.metric_epsg(points.lon_lat) if len(points) else 0
    # A place on another continent cannot be measured: it is an incident of its own.
    incident = -1 - np.arange(len(points), dtype=np.int64)
    if len(points):
        here = projection.holds(points.lon_lat, epsg)
        incident[here] = incident_index(points.where(here), epsg=epsg, settings=settings, zone=zone)
    return incident


def _selected(points: ReportPoints, view: View) -> Mask:
    keep = np.ones(len(points), dtype=np.bool_)
    if view.since_s is not None:
        keep &= points.reported_s >= view.since_s
    if view.until_s is not None:
        keep &= points.reported_s < view.until_s
    if view.groups:
        order = tuple(Group)
        keep &= np.isin(points.group, [order.index(group) for group in view.groups])
    return keep


def parents(cell: npt.NDArray[np.uint64], resolution: int) -> npt.NDArray[np.uint64]:
    """Return the H3 cells of ``resolution`` that contain finer cells ``cell`` (n,).

    An H3 index keeps its resolution in bits 52 to 55 and one digit of three bits per resolution below
    them, the coarsest first; digits finer than the resolution are 7.
    """
    unused = np.uint64((1 << (3 * (15 - resolution))) - 1)
    cleared = cell & ~np.uint64(0xF << 52)
    return cleared | np.uint64(resolution << 52) | unused


class PointsCache:
    """The picture of the current version, made by one caller at a time while others wait for it."""

    def __init__(self, read: Callable[[Store], MapPoints] | None = None) -> None:
        self._read = read or read_points
        self._lock = Lock()
        self._kept: tuple[Store, MapPoints] | None = None

    def get(self, store: Store) -> MapPoints:
        """Return the reports of ``store`` as it is now."""
        store = whole(store)  # counted for everybody alike
        version = store.reports_version()
        with self._lock:
            if self._kept is None or self._kept[0] is not store or self._kept[1].version != version:
                self._kept = (store, self._read(store))
            return self._kept[1]


def read_points(store: Store) -> MapPoints:
    """Read the placed reports and the boundaries of ``store``."""
    version = store.reports_version()
    points = store.report_points()
    geometries = {area.id: area.geometry for area in store.areas()}
    return MapPoints(version, points.exact(), geometries, points.where(points.snapped))


def extent(lon_lat: npt.NDArray[np.float64], fallback: Sequence[Mapping[str, object]] = ()) -> Box | None:
    """Return the box of the middle 98 % of the places with a margin, so that one stray point does not shrink the map.

    The margin shows what lies just outside of the 98 %, and goes no farther than there are places.
    Without reports the box of the ``fallback`` geometries; None where there is nothing at all.
    """
    from geo.geojson import bounds

    if len(lon_lat):
        low, high = np.quantile(lon_lat, (0.01, 0.99), axis=0)
        margin = _MARGIN * (high - low)
        west, south = np.maximum(low - margin, lon_lat.min(axis=0))
        east, north = np.minimum(high + margin, lon_lat.max(axis=0))
        return Box(float(west), float(south), float(east), float(north))
    boxes = np.array([bounds(geometry) for geometry in fallback])
    if not len(boxes):
        return None
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    return Box(float(west), float(south), float(east), float(north))


#: The cache of this process, shared by the routes and the Map page.
cache: Final = PointsCache()
