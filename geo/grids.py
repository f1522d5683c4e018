"""Which projected coordinate system numbers are in, and degrees from any of them, feet included.

The metric system that a deployment measures in is another matter: see :mod:`geo.projection`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import CRSError

from geo.arrays import Floats, as_lon_lat
from geo.errors import GeoError

#: West, south, east, north in degrees.
Box = tuple[float, float, float, float]

#: The systems that exports of councils and cities use, by what they are called; best known first.
_FAMILIES = tuple(
    re.compile(pattern)
    for pattern in (
        r"OSGB36 / British National Grid$",
        r"IRENET95 / Irish Transverse Mercator$|TM65 / Irish Grid$|TM75 / Irish Grid$",
        r"Amersfoort / RD New$|CH1903\+? / LV\d\d$|RGF93 v1 / Lambert-93$|BD72 / Belgian Lambert 72$",
        r"ETRS89 / Belgian Lambert 2008$|SWEREF99 TM$|NZGD2000 / New Zealand Transverse Mercator 2000$",
        r"NAD83 / (?!UTM|MTM|Canada|US |.*(?:Albers|BLM|Conus|Equal|Statistics|Ontario|Quebec|MTQ)).*\(ft(?:US)?\)$",
        r"NAD83 / (?!UTM|Canada|US |.*(?:Albers|BLM|Conus|Equal|Statistics|\(ft))",
        r"WGS 84 / UTM zone \d+[NS]$",
        r"NAD83 / UTM zone \d+N$|ETRS89 / UTM zone \d+N$|GDA(?:94|2020) / MGA zone \d+$",
        r"WGS 84 / Pseudo-Mercator$",
        r"DHDN / 3-degree Gauss-Kruger zone \d$",
        r"NAD27 / (?!UTM|US |.*(?:Albers|BLM|Equal))",
    )
)
#: Two systems that put a point this close together are one for a report: national shifts differ by metres.
_SAME_PLACE_DEG = 0.0005
#: Points a little outside of the area that a system is made for are still its points.
_EDGE_DEG = 0.2
_MOST = 0.9
_NEAR_M = 150.0
_DEGREE_M = 111_320.0
_MOST_POINTS = 300


@dataclass(frozen=True, slots=True)
class Grid:
    """A projected coordinate system; ``area`` is what it is made for, ``rank`` grows with its rarity."""

    epsg: int
    name: str
    area: Box
    rank: int


@dataclass(frozen=True, slots=True)
class GridFit:
    """How points lie when they are read in a grid.

    ``share`` of them lie where they should, ``example`` is the middle of these (longitude, latitude).
    """

    grid: Grid
    share: float
    example: tuple[float, float]


def degrees_from(xy: npt.ArrayLike, epsg: int) -> Floats:
    """Turn numbers of any projected system into degrees (WGS 84), longitude first.

    Parameters
    ----------
    xy : array_like, shape (n, 2)
        Easting and northing in the unit of the system: metres, feet or US survey feet.

    Returns
    -------
    ndarray, shape (n, 2), float64
        NaN where a number is not finite and where the system cannot hold the point.

    Raises
    ------
    GeoError
        For an unknown system and for one in degrees.

    Examples
    --------
    >>> degrees_from([(1026839.0, 190733.0)], 2263).round(4).tolist()  # New York, in US survey feet
    [[-73.8464, 40.6901]]
    """
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    lon, lat = _to_degrees(epsg).transform(points[:, 0], points[:, 1])
    degrees = np.column_stack((lon, lat))
    degrees[~(np.isfinite(degrees).all(axis=1) & np.isfinite(points).all(axis=1))] = np.nan
    return degrees


def grid_name(epsg: int) -> str:
    """Return what a system is called.

    Raises
    ------
    GeoError
        For an unknown system and for one in degrees.

    Examples
    --------
    >>> grid_name(27700)
    'OSGB36 / British National Grid'
    """
    return _system(epsg).name


def area_of(epsg: int) -> Box | None:
    """Return the box that a system is made for, or None where it is not known.

    Raises
    ------
    GeoError
        For an unknown system and for one in degrees.

    Examples
    --------
    >>> [round(edge) for edge in area_of(27700)]
    [-9, 50, 2, 61]
    """
    area = _system(epsg).area_of_use
    return (area.west, area.south, area.east, area.north) if area else None


@lru_cache(maxsize=64)
def grids_near(home: Box) -> tuple[Grid, ...]:
    """Return the systems in use whose area touches a box of degrees, best known first.

    Examples
    --------
    >>> [grid.epsg for grid in grids_near((-112.3, 33.2, -111.8, 33.8))][:2]
    [2223, 26949]
    """
    found: dict[int, Grid] = {}
    told = query_crs_info(
        auth_name="EPSG", pj_types=[PJType.PROJECTED_CRS], area_of_interest=AreaOfInterest(*home), contains=False
    )
    for each in told:
        rank = next((rank for rank, family in enumerate(_FAMILIES) if family.match(each.name)), None)
        if rank is not None and each.area_of_use:
            area = each.area_of_use
            found[int(each.code)] = Grid(
                int(each.code), each.name, (area.west, area.south, area.east, area.north), rank
            )
    return tuple(sorted(found.values(), key=lambda grid: (grid.rank, grid.epsg)))


def fitting_grids(xy: npt.ArrayLike, home: Box, *, called: str = "") -> list[GridFit]:
    """Return the systems in which points lie in a box, those that hold most of them first.

    Parameters
    ----------
    xy : array_like, shape (n, 2)
        Easting and northing; the first few hundred are enough.
    home
        Where they should lie.
    called
        A pattern that the name of the system must hold.

    Returns
    -------
    list of GridFit
        Without those in which no point lies in the box. Of systems that put the points in the same
        place, the best known.

    Examples
    --------
    >>> found = fitting_grids([(457000, 341000)], (-1.3, 52.8, -1.0, 53.1), called="British")
    >>> [(fit.grid.epsg, fit.share) for fit in found]
    [(27700, 1.0)]
    """
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)[:_MOST_POINTS]
    fits: list[GridFit] = []
    for grid in grids_near(home):
        if not re.search(called, grid.name):
            continue
        degrees = degrees_from(points, grid.epsg)
        there = inside(degrees, home) & inside(degrees, grid.area, _EDGE_DEG)
        if not there.any():
            continue
        lon, lat = (float(middle) for middle in np.median(degrees[there], axis=0))
        share = float(there.mean())
        if not any(_same(fit, share, lon, lat) for fit in fits):
            fits.append(GridFit(grid, share, (lon, lat)))
    return sorted(fits, key=lambda fit: (-round(fit.share, 2), fit.grid.rank))


def only_grid(fits: Sequence[GridFit]) -> GridFit | None:
    """Return the one system that holds nearly all points where every other one holds nearly none, or None.

    Examples
    --------
    >>> fits = fitting_grids([(457000, 341000)], (-1.3, 52.8, -1.0, 53.1), called="British")
    >>> only_grid(fits).grid.epsg, only_grid([*fits, *fits])
    (27700, None)
    """
    sure = [fit for fit in fits if fit.share >= _MOST]
    if len(sure) == 1 and all(fit.share <= 1 - _MOST for fit in fits if fit is not sure[0]):
        return sure[0]
    return None


def grid_of_pairs(xy: npt.ArrayLike, lon_lat: npt.ArrayLike) -> GridFit | None:
    """Return the system that turns points into the degrees that are told for them, or None.

    Parameters
    ----------
    xy, lon_lat : array_like, shape (n, 2)
        The same points, projected and in degrees.

    Examples
    --------
    >>> pairs = [(457000.0, 341000.0), (458000.0, 342000.0)]
    >>> grid_of_pairs(pairs, degrees_from(pairs, 27700)).grid.epsg
    27700
    """
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)[:_MOST_POINTS]
    told = as_lon_lat(lon_lat)[:_MOST_POINTS]
    if len(told) == 0:
        return None
    low, high = np.quantile(told, 0.05, axis=0), np.quantile(told, 0.95, axis=0)
    best: GridFit | None = None
    for grid in grids_near((float(low[0]), float(low[1]), float(high[0]), float(high[1]))):
        degrees = degrees_from(points, grid.epsg)
        east = (degrees[:, 0] - told[:, 0]) * np.cos(np.radians(told[:, 1])) * _DEGREE_M
        north = (degrees[:, 1] - told[:, 1]) * _DEGREE_M
        share = float((np.nan_to_num(np.hypot(east, north), nan=np.inf) <= _NEAR_M).mean())
        if share >= _MOST and (best is None or share > best.share + 0.01):
            middle = np.median(told, axis=0)
            best = GridFit(grid, share, (float(middle[0]), float(middle[1])))
    return best


def inside(lon_lat: Floats, box: Box, margin: float = 0.0) -> npt.NDArray[np.bool_]:
    """Tell which points (n, 2) lie in a box or within ``margin`` degrees of it; NaN does not.

    Examples
    --------
    >>> inside(np.array([[-1.2, 52.9], [-1.45, 52.9], [np.nan, 52.9]]), (-1.3, 52.8, -1.0, 53.1), 0.2).tolist()
    [True, True, False]
    """
    west, south, east, north = box
    lon, lat = lon_lat[:, 0], lon_lat[:, 1]
    within: npt.NDArray[np.bool_] = (
        (lon >= west - margin) & (lon <= east + margin) & (lat >= south - margin) & (lat <= north + margin)
    )
    return within


def _same(fit: GridFit, share: float, lon: float, lat: float) -> bool:
    near = abs(fit.example[0] - lon) < _SAME_PLACE_DEG and abs(fit.example[1] - lat) < _SAME_PLACE_DEG
    return near and abs(fit.share - share) < 0.05


@lru_cache(maxsize=256)
def _system(epsg: int) -> CRS:
    asked = f"The coordinate system EPSG:{epsg} was asked for."
    possible = "Whoever made the file knows its number, such as 27700 for the British National Grid."
    try:
        system = CRS.from_epsg(epsg)
    except CRSError:
        raise GeoError(asked, "No such system is known.", possible) from None
    if not system.is_projected:
        raise GeoError(asked, "It counts in degrees, not in metres or feet.", possible)
    return system


@lru_cache(maxsize=256)
def _to_degrees(epsg: int) -> Transformer:
    return Transformer.from_crs(_system(epsg), CRS.from_epsg(4326), always_xy=True)
