"""Outlines as GeoJSON: what the map, the store and the files speak."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.arrays import Floats
from geo.errors import GeoError
from geo.projection import to_lon_lat as points_to_lon_lat

DECIMALS = 7  # about a centimetre


def to_lon_lat(polygon: BaseGeometry, epsg: int) -> dict[str, Any]:
    """Turn an outline in metres into a GeoJSON geometry in degrees.

    Parameters
    ----------
    polygon : shapely geometry
        In metres of the system ``epsg``; a Polygon or MultiPolygon as a rule.
    epsg : int
        The metric system, see :func:`geo.projection.metric_epsg`.

    Returns
    -------
    dict
        ``{"type": ..., "coordinates": ...}`` with lists, longitude first, rounded to 7 decimals
        (1 cm), valid, with outer rings anti-clockwise (RFC 7946).

    Raises
    ------
    GeoError
        For an empty geometry, and as :func:`geo.projection.to_lon_lat`.

    Examples
    --------
    >>> square = shapely.box(500000, 0, 500100, 100)
    >>> to_lon_lat(square, 32630)["coordinates"][0][0]
    [-3.0, 0.0]
    """
    if polygon.is_empty:
        raise GeoError("An empty outline was to be turned into GeoJSON.", "It has no place.", "Leave it out.")

    def project(xy_m: Floats) -> Floats:
        return points_to_lon_lat(xy_m, epsg)

    degrees = _snapped(shapely.transform(polygon, project))
    if degrees.is_empty:
        raise GeoError("An outline was to be turned into GeoJSON.", "It is smaller than a centimetre.", "Leave it out.")
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(shapely.orient_polygons(degrees)))
    return {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])}


def _snapped(polygon: BaseGeometry) -> BaseGeometry:
    """Return an outline on the grid of whole decimals, valid."""
    grid = 10.0**-DECIMALS
    try:
        return shapely.set_precision(polygon, grid)
    except shapely.errors.GEOSException:
        # Where many holes touch on the grid, GEOS gives up: each corner goes to the grid alone, then all is mended.
        mended = shapely.make_valid(shapely.set_precision(polygon, grid, mode="pointwise"))
        return shapely.union_all([part for part in shapely.get_parts(mended) if part.geom_type.endswith("Polygon")])


def bounds(geometry: Mapping[str, object]) -> tuple[float, float, float, float]:
    """Return the box round a GeoJSON geometry.

    Parameters
    ----------
    geometry : mapping
        Any GeoJSON geometry in degrees that does not cross the date line.

    Returns
    -------
    tuple of float
        West, south, east, north.

    Raises
    ------
    GeoError
        When it is not a GeoJSON geometry, or an empty one.

    Examples
    --------
    >>> bounds({"type": "LineString", "coordinates": [[-1.5, 53.8], [-1.6, 53.7]]})
    (-1.6, 53.7, -1.5, 53.8)
    """
    return box_round(from_geojson(geometry))


def box_round(shape: BaseGeometry) -> tuple[float, float, float, float]:
    """Return the box round a geometry that was read: west, south, east, north.

    Raises
    ------
    GeoError
        For an empty geometry.

    Examples
    --------
    >>> box_round(shapely.Point(-1.5, 53.8))
    (-1.5, 53.8, -1.5, 53.8)
    """
    if shape.is_empty:
        raise GeoError("The box round an empty geometry was asked for.", "It has no place.", "Leave it out.")
    west, south, east, north = shape.bounds
    return west, south, east, north


def from_geojson(geometry: Mapping[str, object]) -> BaseGeometry:
    """Read a GeoJSON geometry in degrees.

    Raises
    ------
    GeoError
        When it is not a GeoJSON geometry (a Feature is not one: pass its ``geometry``).

    Examples
    --------
    >>> from_geojson({"type": "Point", "coordinates": [-1.5, 53.8]}).x
    -1.5
    """
    try:
        return shapely.from_geojson(json.dumps(geometry))
    except (shapely.GEOSException, TypeError, ValueError) as reason:
        raise GeoError(
            "A geometry was to be read.",
            f"It is not GeoJSON ({reason}).",
            "Pass a mapping with a type and coordinates in degrees.",
        ) from reason


def _rounded(coordinates: list[Any]) -> list[Any]:
    """Round lists of positions, however deep, or one position."""
    if isinstance(coordinates[0], list) and isinstance(coordinates[0][0], list):
        return [_rounded(part) for part in coordinates]
    rounded: list[Any] = np.round(np.array(coordinates, dtype=np.float64), DECIMALS).tolist()
    return rounded
