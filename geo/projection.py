"""Degrees to metres and back: one metric coordinate system for each deployment.

Distances are never taken in degrees: at 53.5 N a step of 0.001 degree is 111 m to the north and
66 m to the east. Web Mercator is refused too: there, a "metre" at 53.5 N is 0.6 m on the ground.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geo.arrays import Floats, Mask, as_lon_lat, as_points
from geo.errors import GeoError

BRITISH_NATIONAL_GRID = 27700

# Drawn by hand through the sea round Great Britain with the Isle of Man, Orkney, Shetland and the
# Hebrides: a plain box would also hold Dublin, Belfast, Cherbourg and Calais.
_SEA_ROUND_GREAT_BRITAIN = (
    (-6.8, 49.7), (-4.5, 49.75), (-2.0, 50.15), (0.3, 50.4), (1.0, 50.7), (1.42, 50.98), (1.75, 51.15), (2.0, 51.5),
    (2.2, 52.5), (2.2, 53.2), (1.0, 54.5), (-0.5, 55.5), (-1.0, 57.0), (-1.0, 58.5), (-0.3, 59.5), (-0.3, 61.2),
    (-2.5, 61.2), (-4.0, 59.6), (-6.5, 59.3), (-9.0, 58.2), (-9.0, 57.3), (-8.0, 56.4), (-7.2, 55.75), (-6.2, 55.45),
    (-5.92, 55.25), (-5.35, 54.75), (-5.1, 54.3), (-5.3, 53.5), (-5.75, 52.0), (-6.5, 50.5),
)  # fmt: skip


def metric_epsg(lon_lat: npt.ArrayLike) -> int:
    """Choose the metric coordinate system for a deployment from its reports.

    The centre of the reports (median longitude, median latitude, so that a few wrong points do not
    matter) decides: the British National Grid where it lies in Great Britain, by a ring drawn
    through the surrounding sea; elsewhere the UTM zone of WGS 84, northern or southern.

    Parameters
    ----------
    lon_lat : array_like, shape (n, 2)
        Degrees, longitude first; at least one point.

    Returns
    -------
    int
        27700, or 32601..32660 (north), or 32701..32760 (south).

    Raises
    ------
    GeoError
        Without a point, for NaN or values outside the range of degrees, and where the centre lies
        beyond 84 N or 80 S, where UTM ends.

    Notes
    -----
    The wider zones of southern Norway and Svalbard are not treated apart: the plain zone is as
    good for the size of a city. A UTM zone stays true to 1 in 1,000 well beyond its own 6 degrees;
    the code does not say that all reports lie inside it.

    Examples
    --------
    >>> metric_epsg([(-1.55, 53.80)])  # Leeds
    27700
    >>> metric_epsg([(-6.26, 53.35)])  # Dublin
    32629
    >>> metric_epsg([(151.2, -33.87)])  # Sydney
    32756
    """
    points = as_lon_lat(lon_lat)
    if len(points) == 0:
        raise GeoError(
            "A coordinate system was asked for without any point.",
            "It is chosen from where the reports lie.",
            "Import reports with a place first.",
        )
    lon, lat = (float(middle) for middle in np.median(points, axis=0))
    if shapely.contains_xy(_great_britain(), lon, lat):
        return BRITISH_NATIONAL_GRID
    if not -80.0 <= lat <= 84.0:
        raise GeoError(
            f"A coordinate system was asked for at latitude {lat:.2f}.",
            "UTM, the system used outside Great Britain, ends at 84 N and 80 S.",
            "Check the latitudes of the reports.",
        )
    zone = min(int((lon + 180.0) // 6.0) + 1, 60)
    return (32600 if lat >= 0.0 else 32700) + zone


def to_metres(lon_lat: npt.ArrayLike, epsg: int) -> Floats:
    """Project degrees to metres.

    Parameters
    ----------
    lon_lat : array_like, shape (n, 2)
        Degrees (WGS 84), longitude first.
    epsg : int
        A metric system, see :func:`metric_epsg`.

    Returns
    -------
    ndarray, shape (n, 2), float64
        Easting and northing in metres, in the order of the input.

    Raises
    ------
    GeoError
        For a system in degrees, in feet or of the Mercator family, for an unknown code, for NaN,
        and for points that the system cannot hold.

    Notes
    -----
    Without the national shift grid installed, PROJ places British points up to about 2 m off;
    all points of a deployment move together, so that distances between them hold.

    Examples
    --------
    >>> to_metres([(-2.0, 49.0)], 32630).round(0).tolist()
    [[573142.0, 5427938.0]]
    """
    points = as_lon_lat(lon_lat)
    x_m, y_m = _transformer(epsg).transform(points[:, 0], points[:, 1])
    return _finite(np.column_stack((x_m, y_m)), epsg)


def holds(lon_lat: npt.ArrayLike, epsg: int) -> Mask:
    """Tell which points a metric system can place without great distortion.

    Parameters
    ----------
    lon_lat : array_like, shape (n, 2)
        Degrees (WGS 84), longitude first.
    epsg : int
        A metric system, see :func:`metric_epsg`.

    Returns
    -------
    ndarray, shape (n,), bool
        True within the area that the system is made for and five degrees round it. A report from
        elsewhere is a fault in the records, not a place of this deployment.

    Raises
    ------
    GeoError
        As :func:`to_metres`, but for points that the system cannot hold.

    Examples
    --------
    >>> holds([(-1.2, 52.9), (90.0, 0.5)], 27700).tolist()
    [True, False]
    """
    points = as_lon_lat(lon_lat)
    _transformer(epsg)
    area = CRS.from_epsg(epsg).area_of_use
    if area is None:
        return np.ones(len(points), dtype=np.bool_)
    lon, lat = points[:, 0], points[:, 1]
    inside: Mask = (lon >= area.west - 5) & (lon <= area.east + 5) & (lat >= area.south - 5) & (lat <= area.north + 5)
    return inside


def to_lon_lat(xy_m: npt.ArrayLike, epsg: int) -> Floats:
    """Turn metres of a system back into degrees (WGS 84), longitude first.

    Parameters
    ----------
    xy_m : array_like, shape (n, 2)
        Easting and northing in metres.
    epsg : int
        The system of these metres.

    Returns
    -------
    ndarray, shape (n, 2), float64
        Degrees in the order of the input; :func:`to_metres` and back agree to a few
        millimetres.

    Raises
    ------
    GeoError
        As :func:`to_metres`.

    Examples
    --------
    >>> to_lon_lat([(500000.0, 0.0)], 32630).round(9).tolist()
    [[-3.0, 0.0]]
    """
    points = as_points(xy_m, "xy_m")
    lon, lat = _transformer(epsg).transform(points[:, 0], points[:, 1], direction="INVERSE")
    return _finite(np.column_stack((lon, lat)), epsg)


@lru_cache(maxsize=1)
def _great_britain() -> shapely.Polygon:
    return shapely.Polygon(_SEA_ROUND_GREAT_BRITAIN)


# A Transformer keeps its PROJ context in thread-local storage since pyproj 3.1, so that one cached
# object serves every thread (tests/test_geo_projection.py holds it to that).
@lru_cache(maxsize=32)
def _transformer(epsg: int) -> Transformer:
    asked = f"The coordinate system EPSG:{epsg} was asked for."
    possible = "Choose a metric one: EPSG:27700 in Great Britain, elsewhere the UTM zone."
    try:
        system = CRS.from_epsg(epsg)
    except CRSError:
        raise GeoError(asked, "No such system is known.", possible) from None
    if not system.is_projected:
        raise GeoError(asked, "It counts in degrees, in which distances differ by direction.", possible)
    if any(axis.unit_name != "metre" for axis in system.axis_info):
        raise GeoError(asked, f"It counts in {system.axis_info[0].unit_name}, not in metres.", possible)
    method = system.coordinate_operation.method_name if system.coordinate_operation else ""
    if "Mercator" in method and "Transverse" not in method:
        raise GeoError(asked, "Its metres are stretched away from the equator.", possible)
    return Transformer.from_crs(CRS.from_epsg(4326), system, always_xy=True)


def _finite(points: Floats, epsg: int) -> Floats:
    lost = ~np.isfinite(points).all(axis=1)
    if lost.any():
        raise GeoError(
            f"{int(lost.sum())} points were to be projected with EPSG:{epsg}.",
            "They lie outside of what this system can hold.",
            "Check these points, or choose the system by where the reports lie.",
        )
    return points
