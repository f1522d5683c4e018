"""Which points lie on or near an outline that is kept in degrees."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import shapely

from geo.geojson import box_round, from_geojson
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
    near_it = np.zeros(len(lon_lat), dtype=np.bool_)
    shape = from_geojson(geometry)
    west, south, east, north = box_round(shape)
    # Most points are far away: they are told by their degrees, with room to spare at any latitude.
    room_lat = distance_m / 110_000.0
    room_lon = room_lat / max(float(np.cos(np.radians(max(abs(south), abs(north)) + room_lat))), 1e-6)
    around = (
        (lon_lat[:, 0] >= west - room_lon)
        & (lon_lat[:, 0] <= east + room_lon)
        & (lon_lat[:, 1] >= south - room_lat)
        & (lon_lat[:, 1] <= north + room_lat)
    )
    if not around.any():
        return near_it
    outline = shapely.transform(shape, lambda corners: to_metres(corners, epsg))
    shapely.prepare(outline)
    near_it[around] = shapely.dwithin(shapely.points(to_metres(lon_lat[around], epsg)), outline, distance_m)
    return near_it
