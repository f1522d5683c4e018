"""Hexagons for the map: how many reports in each cell of the H3 grid.

For display only: the cells are not of equal area (they differ by up to a factor of two over the
globe, by less than 1 % within a city), so that no rate or test is computed on them.
Uber Technologies, H3: a hexagonal hierarchical geospatial indexing system, https://h3geo.org
"""

import math

import h3.api.numpy_int as h3
import numpy as np
import numpy.typing as npt

from geo.arrays import Floats, Ints, as_lon_lat
from geo.errors import GeoError

Cells = npt.NDArray[np.uint64]

_FINEST, _COARSEST = 13, 3
_TARGET_PX = 34.0
_EQUATOR_M_PER_PX = 156_543.03392804097
# Hexagons are drawn for cities, and most of these lie about here.
_LATITUDE = 52.0


def hexagons(lon_lat: npt.ArrayLike, resolution: int) -> tuple[Cells, Ints, Ints]:
    """Count points in hexagons.

    Parameters
    ----------
    lon_lat : array_like, shape (n, 2)
        Degrees, longitude first.
    resolution : int
        Of H3, 0 (coarsest) to 15, see :func:`resolution_for_zoom`.

    Returns
    -------
    cell : ndarray, shape (k,), uint64
        The hexagons with at least one point, ascending.
    count : ndarray, shape (k,), int64
        Points in each.
    cell_of : ndarray, shape (n,), int64
        The row in ``cell`` of every point.

    Raises
    ------
    GeoError
        For NaN, values outside the range of degrees, or an unknown resolution.

    Notes
    -----
    Volume, not risk: a hexagon with many reports may simply have many residents.

    Examples
    --------
    >>> cell, count, cell_of = hexagons([(-1.55, 53.8), (-1.55, 53.8), (-1.6, 53.8)], 9)
    >>> count.sum().item(), cell_of[0] == cell_of[1], len(cell)
    (3, np.True_, 2)
    """
    points = as_lon_lat(lon_lat)
    if resolution not in range(16):
        raise GeoError(f"The hexagon resolution {resolution} was asked for.", "H3 has 0 to 15.", "Choose one of them.")
    find = h3.latlng_to_cell
    each = np.fromiter((find(lat, lon, resolution) for lon, lat in points.tolist()), dtype=np.uint64, count=len(points))
    cell, cell_of, count = np.unique(each, return_inverse=True, return_counts=True)
    return cell, count.astype(np.int64), cell_of.astype(np.int64)


def resolution_for_zoom(zoom: float) -> int:
    """Choose the resolution whose hexagons are about 34 pixels across at a zoom of the map.

    Each resolution is 2.6 times finer than the one before and each zoom level twice as fine, so
    that hexagons are between 21 and 56 pixels across in the middle latitudes, from a region
    (zoom 6) to a street (zoom 18).

    Parameters
    ----------
    zoom : float
        Of a web map with tiles of 256 pixels.

    Returns
    -------
    int
        3 to 13.

    Examples
    --------
    >>> [resolution_for_zoom(zoom) for zoom in (10, 12, 14, 16)]
    [7, 8, 10, 11]
    """
    m_per_px = _EQUATOR_M_PER_PX * math.cos(math.radians(_LATITUDE)) / 2.0**zoom
    # Flat to flat, a hexagon is sqrt(3) edges wide; the ratio is compared, hence the logarithm.
    return min(
        range(_COARSEST, _FINEST + 1),
        key=lambda each: abs(
            math.log(h3.average_hexagon_edge_length(each, unit="m") * math.sqrt(3.0) / m_per_px / _TARGET_PX)
        ),
    )


def boundary(cell: int) -> Floats:
    """Return the ring of a hexagon.

    Parameters
    ----------
    cell : int
        From :func:`hexagons`.

    Returns
    -------
    ndarray, shape (m, 2), float64
        Degrees, longitude first, anti-clockwise, the first point repeated at the end (7 points for
        nearly every hexagon; 12 of the globe's cells are pentagons).

    Raises
    ------
    GeoError
        When it is not an H3 cell.

    Examples
    --------
    >>> cell, _, _ = hexagons([(-1.55, 53.8)], 9)
    >>> boundary(int(cell[0])).shape
    (7, 2)
    """
    number = int(cell)
    if not h3.is_valid_cell(number):
        raise GeoError(f"The ring of hexagon {number} was asked for.", "No such cell exists.", "Pass a cell of H3.")
    ring = np.array(h3.cell_to_boundary(number), dtype=np.float64)[:, ::-1]
    return np.vstack((ring, ring[:1]))


def centres(cells: Cells) -> Floats:
    """Return the centres of cells (k,) as longitude and latitude in degrees (k, 2).

    Notes
    -----
    The middle of a cell (Uber's H3), not of the reports in it: it points at nobody's door.

    Examples
    --------
    >>> centres(hexagons([(-1.55, 53.8)], 9)[0]).round(2).tolist()
    [[-1.55, 53.8]]
    """
    lat_lon = [h3.cell_to_latlng(int(cell)) for cell in cells]
    return np.array(lat_lon, dtype=np.float64).reshape(-1, 2)[:, ::-1]
