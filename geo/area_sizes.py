"""How many kilometres of street lie in each area."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from geo.arrays import Floats
from geo.boundaries import mended
from geo.projection import metric_epsg, to_metres

_M_OF_KM = 1_000.0


def street_km(geometries: Sequence[Mapping[str, object]], lines: Sequence[npt.NDArray[np.float64]]) -> Floats:
    """Return the length of the streets within areas in kilometres; a street on an edge counts on both sides.

    Parameters
    ----------
    geometries : sequence of mapping
        GeoJSON polygons or multipolygons in degrees (WGS 84); one that crosses itself is mended.
    lines : sequence of ndarray, shape (k, 2)
        Streets in degrees, longitude first; those of a single point are left out.

    Returns
    -------
    ndarray, shape (n,), float64

    Examples
    --------
    >>> square = {"type": "Polygon", "coordinates": [[[0, 52], [0.1, 52], [0.1, 52.1], [0, 52.1], [0, 52]]]}
    >>> street_km([square], [np.array([[0.05, 52.05], [0.15, 52.05]])]).round(2).tolist()
    [3.43]
    """
    streets = [shapely.LineString(one) for one in lines if len(one) > 1]
    shapes = [mended(one)[0] for one in geometries]
    if not streets or not shapes:
        return np.zeros(len(shapes))
    moved = _in_metres([*shapes, *streets])
    areas, ways = moved[: len(shapes)], moved[len(shapes) :]
    area, way = shapely.STRtree(ways).query(areas, predicate="intersects")
    long = shapely.length(shapely.intersection(ways[way], areas[area])) / _M_OF_KM
    return np.asarray(np.bincount(area, weights=long, minlength=len(shapes)), dtype=np.float64)


def _in_metres(shapes: Sequence[shapely.Geometry]) -> npt.NDArray[np.object_]:
    every = np.array(shapes, dtype=np.object_)
    epsg = metric_epsg(shapely.get_coordinates(every))
    found: npt.NDArray[np.object_] = shapely.transform(every, lambda corners: to_metres(corners, epsg))
    return found
