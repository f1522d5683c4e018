"""Whole numbers for places: the cell column by which a store finds what is in view.

The globe is cut into cells of 0.005 degree (556 m to the north; 331 m to the east at 53.5 N),
numbered row by row from the south-west: ``cell = row * 72000 + column``. A box in view is then a
few ranges of whole numbers, which any database answers from a plain index. Cells only narrow the
search: ask for the exact longitude and latitude as well. The numbers exceed 32 bits. A store keeps
them, so the size of a cell is a constant and never a setting.
"""

import numpy as np
import numpy.typing as npt

from geo.arrays import Floats, Ints, as_lon_lat, as_positive
from geo.errors import GeoError

CELLS_PER_DEGREE = 200
COLUMNS = 360 * CELLS_PER_DEGREE
ROWS = 180 * CELLS_PER_DEGREE


def cell_of(lon_lat: npt.ArrayLike) -> Ints:
    """Return the number of the cell of every point.

    Parameters
    ----------
    lon_lat : array_like, shape (n, 2)
        Degrees, longitude first.

    Returns
    -------
    ndarray, shape (n,), int64
        Cells in the order of the input, 0 .. 2,591,999,999. The edges 180 E and 90 N belong to the
        last column and row.

    Raises
    ------
    GeoError
        For NaN, infinity and values outside the range of degrees.

    Examples
    --------
    >>> cell_of([(-180.0, -90.0), (-1.55, 53.8), (180.0, 90.0)]).tolist()
    [0, 2070755690, 2591999999]
    """
    points = as_lon_lat(lon_lat)
    return _rows(points[:, 1]) * COLUMNS + _columns(points[:, 0])


def cell_ranges(west: float, south: float, east: float, north: float, *, max_ranges: int = 64) -> list[tuple[int, int]]:
    """Cover a box by ranges of cells.

    Every point of the box (edges included) lies in one of the ranges. When the box has more rows
    than ``max_ranges``, neighbouring rows are joined into one range, which then also holds cells to
    the east and west of the box: a superset.

    Parameters
    ----------
    west, south, east, north : float
        Degrees, west <= east and south <= north. Values beyond the globe (a map zoomed far out) are
        cut to it. The box does not cross the date line.
    max_ranges : int
        At most so many ranges, 1 or more.

    Returns
    -------
    list of (first, last)
        Ranges with both ends included, ascending, without overlap.

    Raises
    ------
    GeoError
        For NaN, a box whose edges are swapped, or fewer than one range.

    Examples
    --------
    >>> cell_ranges(-1.551, 53.801, -1.549, 53.806)
    [(2070755689, 2070755690), (2070827689, 2070827690)]
    >>> cell_ranges(-1.551, 53.801, -1.549, 53.806, max_ranges=1)
    [(2070755689, 2070827690)]
    """
    as_positive(max_ranges, "max_ranges")
    if not (west <= east and south <= north):
        raise GeoError(
            f"The box west {west}, south {south}, east {east}, north {north} was asked for.",
            "West must not be east of east, nor south north of north.",
            "Swap the edges; a box across the date line is two boxes.",
        )
    corners = np.clip([(west, south), (east, north)], (-180.0, -90.0), (180.0, 90.0))
    first_column, last_column = _columns(corners[:, 0]).tolist()
    first_row, last_row = _rows(corners[:, 1]).tolist()
    step = -(-(last_row - first_row + 1) // int(max_ranges))
    return [
        (row * COLUMNS + first_column, min(row + step - 1, last_row) * COLUMNS + last_column)
        for row in range(first_row, last_row + 1, step)
    ]


# Rounding keeps order, so a point inside a box never falls into a row or column outside of it.
def _rows(lat: Floats) -> Ints:
    return np.minimum(np.floor((lat + 90.0) * CELLS_PER_DEGREE), ROWS - 1).astype(np.int64)


def _columns(lon: Floats) -> Ints:
    return np.minimum(np.floor((lon + 180.0) * CELLS_PER_DEGREE), COLUMNS - 1).astype(np.int64)
