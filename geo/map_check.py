"""A map of outlines for several kinds of events, checked against the events that came after it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from scipy.stats import beta
from shapely.geometry.base import BaseGeometry

from geo.arrays import Floats, Ints, as_points, as_positive
from geo.errors import GeoError
from geo.geojson import from_geojson
from geo.prediction import at_share, outline_accuracy, ranked_map
from geo.projection import holds, to_metres

# Squares are made larger where a town would have more of them.
_MOST_SQUARES = 20_000
# The hull of all reports would reach to the one that was written down in the wrong county.
_MIDDLE = 0.99


class MapCheck(NamedTuple):
    """What the outlines of each kind held of the events of the same kind.

    ``hits`` of ``events`` lie in an outline of their kind; ``share`` of the study area is outlined for a
    kind, on average over the events. ``pai`` = (hits / events) / share with its exact 95 % interval;
    ``pei`` = hits / the most that as much area could hold, in squares of ``side_m``; ``rri`` = predicted /
    hits. ``outside`` events lie beyond the study area and do not count. NaN where a divisor is 0.
    """

    hits: int
    events: int
    outside: int
    share: float
    pai: float
    pai_low: float
    pai_high: float
    pei: float
    rri: float
    side_m: float


class StudyArea(NamedTuple):
    """The ground that a map is checked on, in metres of the system ``epsg``.

    ``from_boundaries`` tells that it is made of boundaries and not of the reports themselves.
    """

    shape: BaseGeometry
    epsg: int
    from_boundaries: bool

    @property
    def area_km2(self) -> float:
        """How large it is, in square kilometres; 0 where nothing is known."""
        return float(self.shape.area) / 1e6


def study_area(geometries: Sequence[Mapping[str, object]], lon_lat: npt.ArrayLike, epsg: int) -> StudyArea:
    """Return the area that a town is taken to have: its boundaries, else a hull of its reports.

    Parameters
    ----------
    geometries : sequence of mapping
        GeoJSON polygons in degrees that together are the town; may be empty.
    lon_lat : array_like, shape (n, 2)
        Places of reports in degrees, of which the hull is made where there is no boundary.
    epsg : int
        Metric CRS of the result.

    Returns
    -------
    StudyArea
        The hull is convex and goes round the 99 % of the places that lie nearest to the middle one.
        Without area where there is neither a boundary nor a hull.

    Raises
    ------
    GeoError
        For a CRS that is not metric, or a geometry that is none.

    Notes
    -----
    A hull takes in water, fields and places where nobody can report: every map looks better on it
    than it is. Compare figures of one study area only.

    Examples
    --------
    >>> places = [(-3.0, 0.0), (-2.99, 0.0), (-2.99, 0.01), (-3.0, 0.01)] * 100
    >>> round(study_area([], places, 32630).area_km2, 1)
    1.2
    """
    if geometries:
        shapes = [shapely.make_valid(from_geojson(geometry)) for geometry in geometries]
        town = shapely.transform(shapely.union_all(shapes), lambda corners: to_metres(corners, epsg))
        return StudyArea(town, epsg, True)
    degrees = as_points(lon_lat, "lon_lat")
    here = degrees[holds(degrees, epsg)] if len(degrees) else degrees
    if not len(here):
        return StudyArea(shapely.Polygon(), epsg, False)
    xy_m = to_metres(here, epsg)
    far = np.hypot(*(xy_m - np.median(xy_m, axis=0)).T)
    hull = shapely.convex_hull(shapely.multipoints(xy_m[far <= np.quantile(far, _MIDDLE)]))
    return StudyArea(hull if hull.area > 0.0 else shapely.Polygon(), epsg, False)


def check_map(
    outlines: Sequence[Sequence[Mapping[str, object]]],
    predicted: Sequence[float],
    study: StudyArea,
    lon_lat: Sequence[npt.ArrayLike],
    *,
    side_m: float = 100.0,
) -> MapCheck:
    """Count how many events of each kind lie in the outlines that were drawn for their kind before.

    Parameters
    ----------
    outlines : sequence of sequences of mapping, k kinds
        Outlines as GeoJSON in degrees; within a kind overlaps count once.
    predicted : sequence of float, k
        Events that were to be expected in the outlines of each kind; NaN where nothing was said.
    study : StudyArea
        The area that was looked at; not empty.
    lon_lat : sequence of array_like, shape (n, 2), k kinds
        Distinct incidents of the window after the map, in degrees.
    side_m : float
        Side of the squares of which the best choice is made, in metres; longer in large areas.

    Returns
    -------
    MapCheck
        Independent of the order of the events.

    Raises
    ------
    GeoError
        When the kinds do not fit, and as :func:`geo.prediction.outline_accuracy`.

    Notes
    -----
    PAI: Chainey, Tompson and Uhlig (2008), Security Journal 21; PEI: Hunt (2016); RRI after Levine (2008)
    as predicted / held. The best choice is made afterwards, among squares of all kinds together: nobody
    could have known it. The interval takes events as independent; repeats at one place make it too
    narrow. None of it says that going there helps, and events that are found because somebody looks
    there confirm any map.

    Examples
    --------
    >>> def box(size): return {"type": "Polygon", "coordinates": [[[0, 0], [size, 0], [size, size], [0, size], [0, 0]]]}
    >>> town = study_area([box(0.01)], [], 32631)
    >>> found = check_map([[box(0.001)], []], [4.0, 0.0], town, [[(0.0005, 0.0005)] * 2, [(0.009, 0.009)]])
    >>> found.hits, found.events, round(found.share, 4), round(found.pai), found.rri
    (2, 3, 0.0067, 100, 2.0)
    """
    if not len(outlines) == len(predicted) == len(lon_lat):
        raise GeoError("The kinds of the outlines and of the events differ.", "Each has both.", "Pass empty ones.")
    events = [_metres(places, study.epsg) for places in lon_lat]
    shapes = [[_shape(outline, study.epsg) for outline in kind] for kind in outlines]
    each = [outline_accuracy(drawn, study.shape, xy_m) for drawn, xy_m in zip(shapes, events, strict=True)]
    hits, total = sum(one.hits for one in each), sum(one.events for one in each)
    covered = [one.share for one in each]
    share = sum(one.events * one.share for one in each) / total if total else float(np.mean(covered or [0.0]))
    low = float(beta.ppf(0.025, hits, total - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, total - hits)) if hits < total else 1.0
    scale = share if share > 0.0 and total else np.nan
    expected = float(np.sum(predicted)) if len(predicted) else np.nan
    side = max(as_positive(side_m, "side_m"), float(np.sqrt(study.shape.area / _MOST_SQUARES)))
    return MapCheck(
        hits=hits,
        events=total,
        outside=sum(one.outside for one in each),
        share=share,
        pai=(hits / total if total else np.nan) / scale,
        pai_low=low / scale,
        pai_high=high / scale,
        pei=_pei(shapes, covered, study.shape, events, side),
        rri=expected / hits if hits else float("nan"),
        side_m=side,
    )


def _metres(lon_lat: npt.ArrayLike, epsg: int) -> Floats:
    degrees = np.asarray(lon_lat, dtype=np.float64)
    return to_metres(degrees, epsg) if degrees.size else np.zeros((0, 2))


def _shape(outline: Mapping[str, object], epsg: int) -> BaseGeometry:
    return shapely.transform(shapely.make_valid(from_geojson(outline)), lambda corners: to_metres(corners, epsg))


def _pei(
    outlines: Sequence[Sequence[BaseGeometry]],
    covered: Sequence[float],
    study: BaseGeometry,
    events: Sequence[Floats],
    side_m: float,
) -> float:
    west, south, east, north = study.bounds
    columns, rows = (int(np.ceil((end - start) / side_m)) for start, end in ((west, east), (south, north)))
    column, row = (each.ravel() for each in np.meshgrid(np.arange(columns), np.arange(rows)))
    shapely.prepare(study)
    half = side_m / 2.0
    square = np.flatnonzero(shapely.intersects_xy(study, west + column * side_m + half, south + row * side_m + half))
    number = np.full(columns * rows, -1, dtype=np.int64)
    number[square] = np.arange(len(square))
    drawn, came = np.zeros((len(outlines), len(square))), np.zeros((len(outlines), len(square)))
    for kind, (shapes, xy_m) in enumerate(zip(outlines, events, strict=True)):
        for part in shapely.get_parts(shapely.union_all(list(shapes))):
            cells, parts = _parts_by_square(part, (west, south), (columns, rows), side_m)
            inside = number[cells] >= 0
            drawn[kind, number[cells][inside]] += parts[inside]
        at = np.floor((xy_m - (west, south)) / side_m).astype(np.int64)
        here = at[((at >= 0) & (at < (columns, rows))).all(axis=1)]
        found = number[here[:, 1] * columns + here[:, 0]]
        np.add.at(came[kind], found[found >= 0], 1.0)
    share = float(np.mean(covered)) if len(covered) else 0.0
    if not drawn.size or not 0.0 < share <= 1.0:
        return float("nan")
    ranked = ranked_map(drawn.ravel(), came.ravel(), np.ones(drawn.size), rank_by=drawn.ravel())
    cut = at_share(ranked, share)
    return float("nan") if cut is None else cut.pei


def _parts_by_square(
    shape: BaseGeometry, corner: tuple[float, float], size: tuple[int, int], side_m: float
) -> tuple[Ints, Floats]:
    """Return the numbers of the squares that a shape may reach into, and which part of each it covers."""
    low, high = (np.floor((np.array(end) - corner) / side_m).astype(int) for end in np.split(np.array(shape.bounds), 2))
    low, high = np.maximum(low, 0), np.minimum(high, np.array(size) - 1)
    column, row = (each.ravel() for each in np.meshgrid(np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1)))
    left, bottom = corner[0] + column * side_m, corner[1] + row * side_m
    boxes = shapely.box(left, bottom, left + side_m, bottom + side_m)
    return row * size[0] + column, np.asarray(shapely.area(shapely.intersection(boxes, shape))) / side_m**2
