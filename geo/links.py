"""Which places are near which, as a sparse array of links.

Row i holds the neighbours of place i. The neighbours of one place need not have it as theirs.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.arrays import as_points, as_positive
from geo.errors import GeoError
from geo.neighbours import neighbours


def links_within(xy_m: npt.ArrayLike, radius_m: float) -> csr_array:
    """Link every two places within a radius, without the place itself.

    Parameters
    ----------
    xy_m : array_like, shape (n, 2)
        Metres.
    radius_m : float
        Above 0; a distance of exactly the radius counts. Add a hair for a square grid whose
        coordinates are not exact (1000 * sqrt(2) reaches the eight cells round a 1 km cell).

    Returns
    -------
    csr_array, shape (n, n), float64
        1 where two places are linked; symmetric. A place with no neighbour has an empty row.

    Raises
    ------
    GeoError
        For NaN, infinity, other shapes, or a radius that is not above 0.

    Notes
    -----
    Memory grows with the number of links. Distances are straight lines: a river or a railway
    between two places is not seen.

    Examples
    --------
    >>> links_within([(0, 0), (0, 10), (500, 0)], 10).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    points, radius = as_points(xy_m, "xy_m"), as_positive(radius_m, "radius_m")
    size = len(points)
    asked, found = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for pairs in neighbours(points, radius).near(points) if size else ():
        other = pairs.asked != pairs.found
        asked.append(pairs.asked[other])
        found.append(pairs.found[other])
    rows, columns = np.concatenate(asked), np.concatenate(found)
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))


def links_of(near: Iterable[Iterable[int]]) -> csr_array:
    """Link places by lists of their neighbours.

    Parameters
    ----------
    near : iterable of n iterables of int
        Row numbers of the neighbours of every place, from 0. A repeated number counts once.

    Returns
    -------
    csr_array, shape (n, n), float64
        1 where a place has the other as its neighbour.

    Raises
    ------
    GeoError
        For a number that is not a row.

    Notes
    -----
    Whatever the lists mean (a shared border, a street in common) is what "near" means in the result.

    Examples
    --------
    >>> links_of([[1], [0, 2], []]).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """
    lists = [np.unique(np.fromiter(each, dtype=np.int64)) for each in near]
    size = len(lists)
    columns = np.concatenate([np.empty(0, dtype=np.int64), *lists])
    if columns.size and (columns.min() < 0 or columns.max() >= size):
        raise GeoError(
            f"A neighbour in row {int(columns.max() if columns.max() >= size else columns.min())} was named.",
            f"There are {size} places, the rows 0 to {size - 1}.",
            "Name the neighbours by the rows of the places.",
        )
    rows = np.repeat(np.arange(size), [len(each) for each in lists])
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
