"""Outlines of hot spots, in metres."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial.distance import cdist
from shapely.geometry.base import BaseGeometry

from geo.arrays import Floats, as_points, as_positive
from geo.errors import GeoError

_QUARTER_SEGMENTS = 8
# A buffer is drawn as a polygon inside of its circle; this makes it reach a little beyond instead,
# so that cores at exactly the radius from each other end up in one piece.
_REACH = 0.5 / math.cos(math.pi / (4 * _QUARTER_SEGMENTS)) * 1.001
_MOST_DRAWN = 2_000


def outline(core_xy_m: npt.ArrayLike, *, radius_m: float) -> shapely.Polygon | shapely.MultiPolygon:
    """Draw the outline round the core points of a cluster.

    It is the union of discs of half the radius round the core points, with narrow necks filled,
    small holes closed and corners simplified (up to 3 % of the radius). It follows the points: no
    hull spans a river or a park. Core points within the radius of each other are in one piece.

    Parameters
    ----------
    core_xy_m : array_like, shape (k, 2)
        Metres; at least one point.
    radius_m : float
        The radius of the clustering, above 0.

    Returns
    -------
    Polygon or MultiPolygon
        In metres, valid, not empty, the same whatever the order of the points.

    Raises
    ------
    GeoError
        Without a point, for NaN or infinity, or a radius that is not above 0.

    Notes
    -----
    An outline says where reports lie close together, not where the cause of the problem ends.

    Examples
    --------
    >>> shape = outline([(0, 0), (75, 0)], radius_m=75)
    >>> shape.geom_type, [round(edge) for edge in shape.bounds]
    ('Polygon', [-37, -38, 113, 37])
    """
    points = as_points(core_xy_m, "core_xy_m")
    radius = as_positive(radius_m, "radius_m")
    if len(points) == 0:
        raise GeoError("An outline without any core point was asked for.", "It has no place.", "Leave it out.")
    discs = shapely.buffer(shapely.points(_thinned(points, radius)), radius * _REACH, quad_segs=_QUARTER_SEGMENTS)
    joined = shapely.union_all(discs)
    # Out and in again: fills the notches between discs that barely touch.
    closed = joined.buffer(radius / 8.0, quad_segs=4).buffer(-radius / 8.0, quad_segs=4)
    shape = _without_small_holes(closed, math.pi * radius * radius / 4.0).simplify(0.03 * radius)
    return _polygonal(shape if shape.is_valid else shapely.make_valid(shape))


def width_m(xy_m: npt.ArrayLike) -> float:
    """Measure how wide a set of points is: the largest distance between two of them.

    Parameters
    ----------
    xy_m : array_like, shape (n, 2)
        Metres; at least one point.

    Returns
    -------
    float
        Metres; 0 for a single place.

    Raises
    ------
    GeoError
        Without a point, for NaN or infinity.

    Examples
    --------
    >>> width_m([(0, 0), (3, 4), (1, 1)])
    5.0
    """
    points = as_points(xy_m, "xy_m")
    if len(points) == 0:
        raise GeoError("The width of no point was asked for.", "It has none.", "Pass at least one point.")
    corners = shapely.get_coordinates(shapely.convex_hull(shapely.MultiPoint(points)))
    return float(cdist(corners, corners).max())


def apart(polygons: Sequence[shapely.Polygon | shapely.MultiPolygon]) -> list[shapely.Polygon | shapely.MultiPolygon]:
    """Cut outlines so that no two of them overlap.

    The smaller outline keeps the ground that two of them share: taken from the larger one it
    matters less. Outlines of equal area: the earlier keeps it. One that is wholly covered by
    smaller ones keeps a small spot. Slivers below 1 m2 are dropped.

    Parameters
    ----------
    polygons : sequence of Polygon or MultiPolygon
        In metres, valid, not empty.

    Returns
    -------
    list of Polygon or MultiPolygon
        In the order of the input, valid, none of them empty; outlines may still touch.

    Raises
    ------
    GeoError
        For an outline without ground or one that is not valid.

    Examples
    --------
    >>> pieces = apart([shapely.box(0, 0, 10, 10), shapely.box(8, 0, 12, 10)])
    >>> [piece.area for piece in pieces]
    [80.0, 40.0]
    """
    pieces = list(polygons)
    for number, piece in enumerate(pieces):
        if not piece.is_valid or piece.area <= 0.0:
            raise GeoError(
                f"Outline {number} was to be cut from its neighbours.",
                "It has no ground or crosses itself.",
                "Draw it with outline().",
            )
    order = sorted(range(len(pieces)), key=lambda at: (pieces[at].area, at))
    tree = shapely.STRtree(pieces)
    rank = {at: place for place, at in enumerate(order)}
    for at in order:
        smaller = [
            int(other) for other in tree.query(polygons[at], predicate="intersects") if rank[int(other)] < rank[at]
        ]
        if not smaller:
            continue
        left = _without_slivers(pieces[at].difference(shapely.union_all([pieces[other] for other in smaller])))
        if left.is_empty:
            # Wholly covered: it keeps a spot that costs each of the others at most 4 % of its ground.
            spot = pieces[at].representative_point().buffer(0.1 * min(pieces[other].area for other in smaller) ** 0.5)
            left = _without_slivers(pieces[at].intersection(spot))
            for other in smaller:
                pieces[other] = _without_slivers(pieces[other].difference(left))
        pieces[at] = left
    return pieces


def _thinned(points: Floats, radius_m: float) -> Floats:
    order = np.lexsort((points[:, 1], points[:, 0]))
    first_of_place = np.ones(len(points), dtype=bool)
    first_of_place[1:] = (points[order[1:]] != points[order[:-1]]).any(axis=1)
    places = points[order[first_of_place]]
    if len(places) <= _MOST_DRAWN:
        return places
    first = np.unique(np.floor(places / (radius_m / 20.0)), axis=0, return_index=True)[1]
    return places[np.sort(first)]


def _without_small_holes(shape: BaseGeometry, smallest_m2: float) -> BaseGeometry:
    if isinstance(shape, shapely.Polygon) and not shape.interiors:
        return shape
    filled = [
        shapely.Polygon(part.exterior, [ring for ring in part.interiors if shapely.Polygon(ring).area >= smallest_m2])
        for part in shapely.get_parts(shape)
    ]
    return shapely.union_all(filled)


def _polygonal(shape: BaseGeometry) -> shapely.Polygon | shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 0]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _without_slivers(shape: BaseGeometry) -> shapely.Polygon | shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 0.0]
    largest = max((part.area for part in parts), default=0.0)
    return _polygonal(shapely.MultiPolygon([part for part in parts if part.area >= min(1.0, largest)]))


def without_points(
    polygons: Sequence[shapely.Polygon | shapely.MultiPolygon], xy_m: npt.ArrayLike, *, clear_m: float
) -> list[shapely.Polygon | shapely.MultiPolygon]:
    """Cut small discs round points out of outlines, so that no outline holds one of the points.

    Parameters
    ----------
    polygons : sequence of shapely Polygon or MultiPolygon
        In metres.
    xy_m : array_like, shape (n, 2)
        Metres; as a rule the few points that are no places.
    clear_m : float
        Radius of a disc, above 0.

    Returns
    -------
    list of Polygon or MultiPolygon
        In the order of the input, valid. An outline that would vanish stays as it is.

    Raises
    ------
    GeoError
        For NaN, infinity, another shape, or a radius that is not above 0.

    Examples
    --------
    >>> (cut,) = without_points([shapely.box(0, 0, 100, 100)], [(50, 50), (900, 900)], clear_m=5)
    >>> cut.contains(shapely.Point(50, 50)), cut.contains(shapely.Point(60, 50))
    (False, True)
    """
    points, clear = as_points(xy_m, "xy_m"), as_positive(clear_m, "clear_m")
    if len(points) == 0:
        return list(polygons)
    discs = shapely.union_all(shapely.buffer(shapely.points(points), clear))
    shapely.prepare(discs)
    cut = [shapely.difference(each, discs) if discs.intersects(each) else each for each in polygons]
    return [
        after if isinstance(after, (shapely.Polygon, shapely.MultiPolygon)) and not after.is_empty else before
        for before, after in zip(polygons, cut, strict=True)
    ]
