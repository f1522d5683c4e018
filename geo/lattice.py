"""Coordinates that were rounded: the grid that the points of a feed lie on, and how often they repeat.

A feed that gives 53.801, -1.549 does not know the place better than 111 m, however many rows it has.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.arrays import Floats
from geo.errors import GeoError
from geo.projection import metric_epsg, to_metres

METRES_PER_DEGREE = 111_195.0
#: From so many decimals of a degree on (1 cm) coordinates count as exact.
EXACT_DECIMALS = 7
#: So many places on a grid may be chance no more.
LEAST_PLACES = 20
#: Fewer values than this on one axis say nothing about its step.
_LEAST_VALUES = 8
#: This share of the places must lie on the grid; a few corrected by hand do not hide it.
LEAST_SHARE = 0.98
_GRIDS_M = (1000.0, 100.0, 10.0)
_MOST_PLACES_PROJECTED = 20_000


@dataclass(frozen=True, slots=True)
class Lattice:
    """A grid that coordinates lie on.

    ``step_deg`` and ``step_m`` are its steps to the east and to the north. ``decimals`` is the number
    of decimals of the degrees, None where the grid is one of metres. ``share`` of the distinct places
    lie on it; ``distinct`` is the number of these places, ``most_repeated`` the most rows on one of them.
    """

    step_deg: tuple[float, float]
    step_m: tuple[float, float]
    decimals: int | None
    share: float
    distinct: int
    most_repeated: int

    @property
    def widest_m(self) -> float:
        """The larger of the two steps, in metres."""
        return max(self.step_m)


def distinct_places(lon_lat: npt.ArrayLike) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return the distinct coordinates (k, 2), ordered, and how many rows lie on each (k,).

    Rows with NaN are left out.

    Examples
    --------
    >>> places, rows = distinct_places([(1.0, 2.0), (1.0, 2.0), (0.5, 2.0), (float("nan"), 1.0)])
    >>> places.tolist(), rows.tolist()
    ([[0.5, 2.0], [1.0, 2.0]], [1, 2])
    """
    points = np.asarray(lon_lat, dtype=np.float64)
    if points.size == 0:
        return np.empty((0, 2)), np.empty(0, dtype=np.int64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise GeoError(f"lon_lat has the shape {points.shape}.", "Points are rows of two degrees.", "Pass (n, 2).")
    points = points[np.isfinite(points).all(axis=1)]
    points = points[np.lexsort((points[:, 1], points[:, 0]))]
    first = np.ones(len(points), dtype=np.bool_)
    first[1:] = (np.diff(points, axis=0) != 0.0).any(axis=1)
    starts = np.flatnonzero(first)
    return points[starts], np.diff(np.append(starts, len(points)))


def find_lattice(lon_lat: npt.ArrayLike) -> Lattice | None:
    """Find the grid that coordinates were rounded to.

    Looked for are grids of degrees (a number of decimals, or halves and fifths of the last one) and,
    where the degrees are finer than a metre, grids of 10, 100 and 1000 m of the national or UTM system.

    Parameters
    ----------
    lon_lat : array_like, shape (n, 2)
        Degrees (WGS 84), longitude first; rows with NaN are left out.

    Returns
    -------
    Lattice or None
        The coarsest grid that at least 98 % of the distinct places lie on; None for coordinates with
        seven decimals (1 cm) or more, and where fewer than 20 distinct places say nothing.

    Notes
    -----
    It tells how coordinates are written, not how well the place was known: a point in the middle of
    a street may have ten decimals. Grids of feet or of another projection are not found.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> homes = rng.uniform((-71.2, 42.2), (-71.0, 42.4), (500, 2))
    >>> found = find_lattice(homes.round(4))
    >>> found.decimals, [round(step, 1) for step in found.step_m]
    (4, [8.2, 11.1])
    >>> find_lattice(homes) is None
    True
    """
    places, rows = distinct_places(lon_lat)
    if len(places) < LEAST_PLACES:
        return None
    most = int(rows.max())
    written = _in_degrees(places, most)
    if written is not None and written.widest_m >= 1.0:
        return written
    return _in_metres(places, most) or written


def _in_degrees(places: Floats, most: int) -> Lattice | None:
    steps, shares = zip(*(_step(places[:, axis]) for axis in (0, 1)), strict=True)
    if not all(steps):
        return None
    middle = float(np.median(places[:, 1]))
    step_m = (steps[0] * METRES_PER_DEGREE * float(np.cos(np.radians(middle))), steps[1] * METRES_PER_DEGREE)
    decimals = max(_decimals(step) for step in steps)
    return Lattice((steps[0], steps[1]), step_m, decimals, min(shares), len(places), most)


def _decimals(step: float) -> int:
    return next(
        number for number in range(EXACT_DECIMALS + 2) if abs(step * 10**number - round(step * 10**number)) < 1e-6
    )


def _step(degrees: Floats) -> tuple[float, float]:
    """Return the step of one axis in degrees and the share on it; (0, 0) for one that is exact.

    Places in one line, along a street or a parallel, say nothing about how the other axis is written.
    """
    if len(np.unique(degrees)) < _LEAST_VALUES:
        return 0.0, 0.0
    for decimals in range(EXACT_DECIMALS):
        scaled = degrees * 10.0**decimals
        whole = np.rint(scaled)
        on_it = np.abs(scaled - whole) < 1e-4
        if on_it.mean() >= LEAST_SHARE:
            for multiple in (5, 2):
                share = float((on_it & (np.mod(whole, multiple) == 0)).mean())
                if share >= LEAST_SHARE:
                    return multiple * 10.0**-decimals, share
            return 10.0**-decimals, float(on_it.mean())
    return 0.0, 0.0


def _in_metres(places: Floats, most: int) -> Lattice | None:
    usable = places[(np.abs(places[:, 0]) <= 180.0) & (np.abs(places[:, 1]) < 80.0)]
    if len(usable) < LEAST_PLACES:
        return None
    # Evenly over the ordered places, so that the answer is the same every time.
    some = usable[np.linspace(0, len(usable) - 1, min(len(usable), _MOST_PLACES_PROJECTED)).astype(np.int64)]
    epsg = metric_epsg(some)
    near = some[(np.abs(some - np.median(some, axis=0)) < 5.0).all(axis=1)]
    xy_m = to_metres(near, epsg)
    for step_m in _GRIDS_M:
        share = _share_on_grid(xy_m, step_m)
        if share >= LEAST_SHARE:
            lat = float(np.median(near[:, 1]))
            north = step_m / METRES_PER_DEGREE
            step_deg = (north / float(np.cos(np.radians(lat))), north)
            return Lattice(step_deg, (step_m, step_m), None, share, len(places), most)
    return None


def _share_on_grid(xy_m: Floats, step_m: float) -> float:
    """Return the share of places (k, 2) within a tenth of a step of a grid, wherever its origin lies.

    The origin is not asked for: a shift between two systems moves all points of a city together.
    0 where several places share one node: they are finer than the grid and merely lie close together.
    """
    turn = 2.0 * np.pi * xy_m / step_m
    origin_m = np.arctan2(np.sin(turn).mean(axis=0), np.cos(turn).mean(axis=0)) * step_m / (2.0 * np.pi)
    node = np.rint((xy_m - origin_m) / step_m)
    if len(np.unique(node, axis=0)) < LEAST_SHARE * len(xy_m):
        return 0.0
    away_m = np.abs(xy_m - origin_m - node * step_m).max(axis=1)
    return float((away_m <= step_m / 10.0).mean())
