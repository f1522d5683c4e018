"""Which points lie on or near an outline that is kept in degrees."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import shapely

from geo.geojson import from_geojson
from geo.projection import to_metres


def near(
    lon_lat: npt.NDArray[np.float64], geometry: Mapping[str, object], *, epsg: int, distance_m: float = 0.0
) -> npt.NDArray[np.bool_]:
    """Tell which points lie inside an outline or at most ``distance_m`` outside it.

    Parameters
    ----------
    lon_lat : (n, 2) float64
        Points in degrees.
    geometry : mapping
        GeoJSON polygon or multipolygon in degrees.
    epsg : int
        Metric CRS in which the distance is measured.
    distance_m : float
        How far outside the edge still counts, in metres.

    Returns
    -------
    (n,) bool
        In the order of the points. The edge itself counts as inside.

    Raises
    ------
    GeoError
        When the CRS is not metric or a coordinate is not finite.

    Examples
    --------
    >>> square = {"type": "Polygon", "coordinates": [[[-1, 53], [-0.99, 53], [-0.99, 53.01], [-1, 53.01], [-1, 53]]]}
    >>> points = np.array([[-0.995, 53.005], [-0.9893, 53.005], [-0.98, 53.005]])
    >>> near(points, square, epsg=27700, distance_m=75.0).tolist()
    [True, True, False]
    """
    if len(lon_lat) == 0:
        return np.zeros(0, dtype=np.bool_)
    outline = shapely.transform(from_geojson(geometry), lambda corners: to_metres(corners, epsg))
    shapely.prepare(outline)
    return np.asarray(shapely.dwithin(shapely.points(to_metres(lon_lat, epsg)), outline, distance_m), dtype=np.bool_)
