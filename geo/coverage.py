"""Boundaries as shapes: parts of one name put together, and outlines light enough to be drawn."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundaries import mended
from geo.geojson import DECIMALS

#: Outlines are drawn this close to where they are, in degrees (about 3 m to the north).
DRAWN_WITHIN_DEG = 3e-5


def together(geometries: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    """Return several boundaries as one, without the edges between them.

    Parameters
    ----------
    geometries : sequence of mapping
        GeoJSON areas in degrees; at least one.

    Returns
    -------
    dict
        A GeoJSON Polygon or MultiPolygon, valid, at 7 decimals (1 cm).

    Raises
    ------
    GeoError
        As :func:`geo.boundaries.mended`.

    Examples
    --------
    >>> west = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
    >>> east = {"type": "Polygon", "coordinates": [[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]]}
    >>> together([west, east])["type"], together([west])["type"]
    ('Polygon', 'Polygon')
    """
    shapes = [mended(geometry)[0] for geometry in geometries]
    whole: BaseGeometry = shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
    return _geojson(whole)


def light(geometry: Mapping[str, object]) -> dict[str, Any]:
    """Return a boundary for drawing: at most 3 m off, with as few corners as that takes.

    Neighbours are made light each for itself, so that thin gaps of a few metres may appear between
    them; who lies in which is asked of the exact ones.

    Raises
    ------
    GeoError
        As :func:`geo.boundaries.mended`.

    Examples
    --------
    >>> ring = [[0, 0], [0.5, 0.00001], [1, 0], [1, 1], [0, 1], [0, 0]]
    >>> len(light({"type": "Polygon", "coordinates": [ring]})["coordinates"][0])
    5
    """
    return _geojson(shapely.simplify(mended(geometry)[0], DRAWN_WITHIN_DEG, preserve_topology=True))


def _geojson(shape: BaseGeometry) -> dict[str, Any]:
    rounded = shapely.set_precision(shapely.orient_polygons(shape), 10.0**-DECIMALS)
    if rounded.is_empty:
        rounded = shape
    written: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return {"type": written["type"], "coordinates": written["coordinates"]}
