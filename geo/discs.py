"""Places of one size: where points concentrate most, cut as discs that do not overlap, and what lies in them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from geo.arrays import Floats, Ints, Mask, as_points, as_positive
from geo.geojson import from_geojson
from geo.projection import to_metres


@dataclass(frozen=True, slots=True)
class Discs:
    """Discs of one radius: their centres (k, 2) in metres and how many points each holds (k,)."""

    centre_m: Floats
    counts: Ints


def busiest_discs(xy_m: npt.ArrayLike, *, radius_m: float) -> Discs:
    """Cut the places where points lie closest together, each round one of the points.

    The disc with the most points comes first; then the next among those that overlap none before.

    Parameters
    ----------
    xy_m : array_like, shape (n, 2)
        Metres; a point that counts three times is there three times.
    radius_m : float
        Radius of every disc, above 0; its edge counts as inside.

    Returns
    -------
    Discs
        Most points first, equals from south-west to north-east; the same whatever the order of the points.

    Raises
    ------
    GeoError
        For NaN or infinity, or a radius that is not above 0.

    Notes
    -----
    Points in the gaps between discs belong to none, so the counts add up to less than all. A disc
    is found for its count: like every place picked for being high it was partly lucky.

    Examples
    --------
    >>> found = busiest_discs([(0, 0), (5, 0), (500, 0)], radius_m=50)
    >>> found.counts.tolist(), found.centre_m.tolist()
    ([2, 1], [[0.0, 0.0], [500.0, 0.0]])
    """
    points = as_points(xy_m, "xy_m")
    radius = as_positive(radius_m, "radius_m")
    if len(points) == 0:
        return Discs(points, np.zeros(0, dtype=np.int64))
    centres = np.unique(points, axis=0)
    counts = np.asarray(cKDTree(points).query_ball_point(centres, radius, return_length=True), dtype=np.int64)
    near = cKDTree(centres)
    taken = np.zeros(len(centres), dtype=np.bool_)
    chosen: list[int] = []
    # Discs that do not overlap share no point, so the counts of the rest stay what they are.
    for at in np.argsort(-counts, kind="stable").tolist():
        if not taken[at]:
            chosen.append(at)
            taken[near.query_ball_point(centres[at], 2 * radius)] = True
    return Discs(centres[chosen], counts[chosen])


def empty_squares(xy_m: npt.ArrayLike, ground_m: npt.ArrayLike, *, radius_m: float) -> int:
    """Count the places of a disc's area in which something else is known, and none of the points.

    Parameters
    ----------
    xy_m, ground_m : array_like, shape (n, 2)
        The points in metres, and points of any other kind that tell where there is something at all.
    radius_m : float
        Radius of the disc, above 0.

    Returns
    -------
    int
        Squares of a lattice, each as large as the disc.

    Raises
    ------
    GeoError
        As :func:`busiest_discs`.

    Examples
    --------
    >>> empty_squares([(0, 0)], [(1, 1), (500, 0), (510, 0)], radius_m=50)
    1
    """
    side_m = as_positive(radius_m, "radius_m") * math.sqrt(math.pi)
    known = {tuple(square) for square in np.floor(as_points(ground_m, "ground_m") / side_m).tolist()}
    return len(known - {tuple(square) for square in np.floor(as_points(xy_m, "xy_m") / side_m).tolist()})


def area_m2(geometry: Mapping[str, object], *, epsg: int) -> float:
    """Return how much ground an outline in degrees covers, in square metres; 0 for one without an area.

    Raises
    ------
    GeoError
        When it is not GeoJSON or the system is not metric.

    Examples
    --------
    >>> ring = [[-3, 52], [-2.999, 52], [-2.999, 52.001], [-3, 52.001], [-3, 52]]
    >>> round(area_m2({"type": "Polygon", "coordinates": [ring]}, epsg=32630), -1)
    7640.0
    """
    return float(_metric(geometry, epsg).area)


def distance_m(xy_m: npt.ArrayLike, geometry: Mapping[str, object], *, epsg: int) -> Floats:
    """Return how far points are from an outline in degrees, in metres; 0 inside.

    Raises
    ------
    GeoError
        As :func:`area_m2`, and for NaN or infinity among the points.

    Examples
    --------
    >>> ring = [[-3, 52], [-2.999, 52], [-2.999, 52.001], [-3, 52.001], [-3, 52]]
    >>> points = to_metres([(-2.9995, 52.0005), (-2.9975, 52.0005)], 32630)
    >>> distance_m(points, {"type": "Polygon", "coordinates": [ring]}, epsg=32630).round().tolist()
    [0.0, 103.0]
    """
    points = as_points(xy_m, "xy_m")
    outline = _metric(geometry, epsg)
    shapely.prepare(outline)
    return np.asarray(shapely.distance(shapely.points(points), outline), dtype=np.float64)


def within(xy_m: npt.ArrayLike, centre_m: tuple[float, float], *, inner_m: float = 0.0, outer_m: float) -> Mask:
    """Tell which points lie in a disc, or in the ring from ``inner_m`` (not included) to ``outer_m``.

    Examples
    --------
    >>> within([(0, 0), (60, 0), (200, 0)], (0, 0), outer_m=75).tolist()
    [True, True, False]
    >>> within([(0, 0), (60, 0), (200, 0)], (0, 0), inner_m=50, outer_m=75).tolist()
    [False, True, False]
    """
    away = np.hypot(*(as_points(xy_m, "xy_m") - np.asarray(centre_m, dtype=np.float64)).T)
    return np.asarray((away <= outer_m) & ((away > inner_m) | (inner_m == 0)), dtype=np.bool_)


def _metric(geometry: Mapping[str, object], epsg: int) -> shapely.geometry.base.BaseGeometry:
    return shapely.transform(from_geojson(geometry), lambda corners: to_metres(corners, epsg))
