"""Areas that people choose: circles, strips along streets, and how much of each other they cover."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.arrays import Floats, as_lon_lat, as_positive
from geo.boundaries import mended
from geo.errors import GeoError
from geo.geojson import from_geojson, to_lon_lat
from geo.outlines import width_m, without_points
from geo.projection import to_metres

# A circle of 4 * 8 corners is at most 0.5 % narrower than a true one.
_QUARTER_SEGMENTS = 8


def round_points(lon_lat: npt.ArrayLike, *, radius_m: float, epsg: int) -> dict[str, Any]:
    """Return the area within a radius of any of the points; of one point it is a circle.

    Parameters
    ----------
    lon_lat : array_like, shape (n, 2)
        Degrees, longitude first; at least one point.
    radius_m : float
        Above 0.
    epsg : int
        Metric CRS.

    Returns
    -------
    dict
        GeoJSON Polygon, or MultiPolygon where the circles do not all touch.

    Raises
    ------
    GeoError
        Without a point, for a radius that is not above 0, and as :func:`geo.projection.to_metres`.

    Examples
    --------
    >>> len(round_points([(-1.5, 53.8)], radius_m=100, epsg=27700)["coordinates"][0])
    33
    >>> round_points([(-1.5, 53.8), (-1.6, 53.8)], radius_m=100, epsg=27700)["type"]
    'MultiPolygon'
    """
    points = as_lon_lat(lon_lat)
    if len(points) == 0:
        raise GeoError("An area round no point was asked for.", "It would be nowhere.", "Name at least one point.")
    places = shapely.points(to_metres(points, epsg))
    discs = shapely.buffer(places, as_positive(radius_m, "radius_m"), quad_segs=_QUARTER_SEGMENTS)
    return to_lon_lat(shapely.union_all(discs), epsg)


def along_lines(lines: Sequence[Mapping[str, object]], *, within_m: float, epsg: int) -> dict[str, Any]:
    """Return the strip of ground on both sides of lines, such as the pieces of a street.

    Parameters
    ----------
    lines : sequence of mapping
        GeoJSON lines in degrees; at least one.
    within_m : float
        How far the strip reaches to each side, above 0.
    epsg : int
        Metric CRS.

    Raises
    ------
    GeoError
        Without a line, for a geometry that is none, and as :func:`round_points`.

    Examples
    --------
    >>> street = {"type": "LineString", "coordinates": [[-1.551, 53.8], [-1.549, 53.8]]}
    >>> along_lines([street], within_m=30, epsg=27700)["type"]
    'Polygon'
    """
    shapes = [from_geojson(line) for line in lines]
    if not shapes or any(not shape.geom_type.endswith("LineString") or shape.is_empty for shape in shapes):
        raise GeoError("An area along a street was asked for.", "It has no line.", "Choose a street that is drawn.")
    metric = [shapely.transform(shape, lambda corners: to_metres(corners, epsg)) for shape in shapes]
    strip = shapely.buffer(shapely.union_all(metric), as_positive(within_m, "within_m"), quad_segs=4)
    # Streets are mapped to the metre at best: corners closer than that only make the outline heavy.
    return to_lon_lat(strip.simplify(0.5), epsg)


def without_places(
    geometry: Mapping[str, object], lon_lat: npt.ArrayLike, *, clear_m: float, epsg: int
) -> dict[str, Any]:
    """Cut small discs round places out of an area, such as points that stand for “somewhere in town”.

    Parameters
    ----------
    geometry : mapping
        GeoJSON area in degrees.
    lon_lat : array_like, shape (n, 2)
        The places, in degrees.
    clear_m : float
        Radius of a disc, above 0.
    epsg : int
        Metric CRS.

    Returns
    -------
    dict
        GeoJSON; an area that would vanish, and one that holds none of the places, stays as it is.

    Raises
    ------
    GeoError
        As :func:`geo.boundaries.mended` and :func:`geo.outlines.without_points`.

    Examples
    --------
    >>> square = {"type": "Polygon", "coordinates": [[[-3, 0], [-2.999, 0], [-2.999, 0.001], [-3, 0.001], [-3, 0]]]}
    >>> len(without_places(square, [(-2.9995, 0.0005), (10, 10)], clear_m=5, epsg=32630)["coordinates"])
    2
    """
    places = as_lon_lat(lon_lat)
    degrees = mended(geometry)[0]
    within = places[shapely.intersects_xy(degrees, places[:, 0], places[:, 1])] if len(places) else places
    if len(within) == 0:
        return dict(geometry)
    (cut,) = without_points([_metric(degrees, epsg)], to_metres(within, epsg), clear_m=clear_m)
    return to_lon_lat(cut, epsg)


def hull_round(lon_lat: npt.ArrayLike, *, margin_m: float, epsg: int) -> dict[str, Any]:
    """Return the area that a tight band round some points encloses, so many metres away from them.

    Parameters
    ----------
    lon_lat : array_like, shape (n, 2)
        Degrees, longitude first; at least one point.
    margin_m : float
        Above 0.
    epsg : int
        Metric CRS.

    Returns
    -------
    dict
        GeoJSON Polygon, convex; of one point, or of equal ones, it is a circle.

    Raises
    ------
    GeoError
        Without a point, for a margin that is not above 0, and as :func:`geo.projection.to_metres`.

    Notes
    -----
    It holds ground between the points that nobody told of: it says where they lie, not how many.

    Examples
    --------
    >>> hull_round([(-1.5, 53.8), (-1.499, 53.8), (-1.4995, 53.801)], margin_m=30, epsg=27700)["type"]
    'Polygon'
    >>> len(hull_round([(-1.5, 53.8)], margin_m=30, epsg=27700)["coordinates"][0])
    33
    """
    points = as_lon_lat(lon_lat)
    if len(points) == 0:
        raise GeoError("An area round no point was asked for.", "It would be nowhere.", "Name at least one point.")
    hull = shapely.MultiPoint(to_metres(points, epsg)).convex_hull
    return to_lon_lat(shapely.buffer(hull, as_positive(margin_m, "margin_m"), quad_segs=_QUARTER_SEGMENTS), epsg)


def without_areas(
    geometry: Mapping[str, object], others: Sequence[Mapping[str, object]], *, epsg: int
) -> dict[str, Any] | None:
    """Return what is left of an area without other ones; slivers of less than a square metre are no ground.

    Parameters
    ----------
    geometry, others
        GeoJSON areas in degrees.
    epsg : int
        Metric CRS.

    Returns
    -------
    dict or None
        GeoJSON; None where nothing is left.

    Raises
    ------
    GeoError
        As :func:`geo.boundaries.mended`.

    Examples
    --------
    >>> def box(west, east):
    ...     return {"type": "Polygon", "coordinates": [[[west, 0], [east, 0], [east, 0.01], [west, 0.01], [west, 0]]]}
    >>> rest = without_areas(box(-3.0, -2.98), [box(-2.99, -2.97)], epsg=32630)
    >>> shares(box(-3.0, -2.98), [rest], epsg=32630).round(2).tolist()
    [[0.5, 1.0]]
    >>> without_areas(box(-3.0, -2.98), [box(-3.1, -2.9)], epsg=32630) is None
    True
    """
    own = in_metres(geometry, epsg=epsg)
    rest = own.difference(shapely.union_all([in_metres(other, epsg=epsg) for other in others]))
    kept = [part for part in shapely.get_parts(rest) if isinstance(part, shapely.Polygon) and part.area >= 1.0]
    return to_lon_lat(kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept), epsg) if kept else None


def middle(geometry: Mapping[str, object]) -> tuple[float, float]:
    """Return a point (longitude, latitude) inside an area, near its middle where the middle is inside.

    Raises
    ------
    GeoError
        As :func:`geo.boundaries.mended`.

    Examples
    --------
    >>> middle({"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]})
    (1.0, 1.0)
    """
    shape, _ = mended(geometry)
    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    point = shape.centroid if largest.contains(shape.centroid) else largest.representative_point()
    return round(point.x, 7), round(point.y, 7)


def width_of(geometry: Mapping[str, object], *, epsg: int) -> float:
    """Return the largest distance between two corners of an area, in metres.

    Raises
    ------
    GeoError
        As :func:`geo.projection.to_metres`.

    Examples
    --------
    >>> square = {"type": "Polygon", "coordinates": [[[-3, 0], [-2.999, 0], [-2.999, 0.001], [-3, 0.001], [-3, 0]]]}
    >>> round(width_of(square, epsg=32630))
    157
    """
    return width_m(to_metres(shapely.get_coordinates(from_geojson(geometry)), epsg))


def shares(geometry: Mapping[str, object], others: Sequence[Mapping[str, object]], *, epsg: int) -> Floats:
    """Return how much of an area each other one covers, and how much of each other it covers.

    Parameters
    ----------
    geometry, others
        GeoJSON areas in degrees.
    epsg : int
        Metric CRS in which ground is measured.

    Returns
    -------
    ndarray, shape (n, 2), float64
        For each other: the share of ``geometry`` that it covers, the share of it that ``geometry`` covers.

    Raises
    ------
    GeoError
        As :func:`geo.boundaries.mended`.

    Examples
    --------
    >>> def box(west, east):
    ...     return {"type": "Polygon", "coordinates": [[[west, 0], [east, 0], [east, 0.01], [west, 0.01], [west, 0]]]}
    >>> shares(box(-3.0, -2.98), [box(-2.99, -2.98), box(-2.9, -2.8)], epsg=32630).round(2).tolist()
    [[0.5, 1.0], [0.0, 0.0]]
    """
    found = np.zeros((len(others), 2))
    own_degrees = mended(geometry)[0]
    west, south, east, north = own_degrees.bounds
    own: BaseGeometry | None = None
    for at, other in enumerate(others):
        degrees = mended(other)[0]
        box = degrees.bounds
        if box[0] > east or box[2] < west or box[1] > north or box[3] < south:
            continue
        if own is None:
            own = _metric(own_degrees, epsg)
        there = _metric(degrees, epsg)
        common = own.intersection(there).area
        found[at] = common / own.area, common / there.area
    return found


def in_metres(geometry: Mapping[str, object], *, epsg: int) -> shapely.MultiPolygon:
    """Return an area in metres, valid, as the pieces that it consists of.

    Parameters
    ----------
    geometry : mapping
        GeoJSON polygon or multipolygon in degrees.
    epsg : int
        Metric CRS of the result.

    Returns
    -------
    shapely.MultiPolygon
        Metres.

    Raises
    ------
    GeoError
        As :func:`geo.boundaries.mended` and :func:`geo.projection.to_metres`.

    Examples
    --------
    >>> square = {"type": "Polygon", "coordinates": [[[-3, 0], [-2.999, 0], [-2.999, 0.001], [-3, 0.001], [-3, 0]]]}
    >>> round(in_metres(square, epsg=32630).area, -2)
    12300.0
    """
    return _metric(mended(geometry)[0], epsg)


def _metric(degrees: BaseGeometry, epsg: int) -> shapely.MultiPolygon:
    shape = shapely.transform(degrees, lambda corners: to_metres(corners, epsg))
    # What is valid in degrees may just not be in metres: corners are rounded in either.
    whole = shape if shape.is_valid else shapely.make_valid(shape)
    return shapely.MultiPolygon([part for part in shapely.get_parts(whole) if isinstance(part, shapely.Polygon)])
