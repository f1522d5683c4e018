"""How densely points lie, as a smooth surface.

Kernel density estimation with a round kernel: Silverman (1986), "Density Estimation for Statistics
and Data Analysis", section 4.2. The bandwidth is always an argument: a map whose bandwidth was
chosen to look hot shows the choice.
"""

import numpy as np
import numpy.typing as npt

from geo.arrays import Floats, as_points, as_positive
from geo.errors import GeoError
from geo.neighbours import BLOCK_PAIRS, neighbours


def gaussian_density(
    at_xy_m: npt.ArrayLike, xy_m: npt.ArrayLike, *, bandwidth_m: float, weights: npt.ArrayLike | None = None
) -> Floats:
    """Return the density of points under a Gaussian kernel, exactly: every point counts everywhere.

    Parameters
    ----------
    at_xy_m : array_like, shape (k, 2)
        Places where the density is asked, metres.
    xy_m : array_like, shape (n, 2)
        The points, metres.
    bandwidth_m : float
        Standard deviation of the kernel, above 0 (``MASS::kde2d`` calls four times this ``h``).
    weights : array_like, shape (n,), optional
        0 or more; 1 where not given.

    Returns
    -------
    ndarray, shape (k,), float64
        Per square metre; the integral over the plane is 1. Times the number of points (or the sum of
        weights) it is points per square metre. NaN everywhere without points.

    Raises
    ------
    GeoError
        For NaN, infinity, other shapes, negative weights or a bandwidth that is not above 0.

    Notes
    -----
    Time grows with k * n, memory does not. It is volume, not risk: busy places are dense, and near
    the border of the town it reads low, as nothing is known beyond. A surface has no test.

    Examples
    --------
    >>> density = gaussian_density([(0, 0), (100, 0)], [(0, 0), (0, 0)], bandwidth_m=100)
    >>> (density * 1e6).round(3).tolist()
    [15.915, 9.653]
    """
    asked, points, bandwidth, share = _checked(at_xy_m, xy_m, bandwidth_m, weights)
    if share is None:
        return np.full(len(asked), np.nan)
    density = np.empty(len(asked))
    rows = max(BLOCK_PAIRS // len(points), 1)
    for start in range(0, len(asked), rows):
        block = slice(start, start + rows)
        square = np.square(asked[block, 0, None] - points[:, 0])
        square += np.square(asked[block, 1, None] - points[:, 1])
        square *= -0.5 / bandwidth**2
        density[block] = np.exp(square, out=square) @ share
    density /= 2.0 * np.pi * bandwidth**2
    return density


def quartic_density(
    at_xy_m: npt.ArrayLike, xy_m: npt.ArrayLike, *, radius_m: float, weights: npt.ArrayLike | None = None
) -> Floats:
    """Return the density of points under a quartic kernel, which ends at the radius.

    Parameters
    ----------
    at_xy_m : array_like, shape (k, 2)
        Places where the density is asked, metres.
    xy_m : array_like, shape (n, 2)
        The points, metres.
    radius_m : float
        Where the kernel ends, above 0. About as smooth as a Gaussian of a standard deviation of
        radius / sqrt(8).
    weights : array_like, shape (n,), optional
        0 or more; 1 where not given.

    Returns
    -------
    ndarray, shape (k,), float64
        Per square metre; the integral over the plane is 1; see :func:`gaussian_density`.

    Raises
    ------
    GeoError
        As :func:`gaussian_density`.

    Notes
    -----
    Silverman's K2: 3 / (pi radius**2) * (1 - (d / radius)**2)**2. Some programs scale it by 116 / (5
    pi), with which it does not integrate to 1. Time grows with the pairs within the radius. It does
    not say more than :func:`gaussian_density` does, only faster.

    Examples
    --------
    >>> density = quartic_density([(0, 0), (50, 0), (100, 0)], [(0, 0)], radius_m=100)
    >>> (density * 1e6).round(3).tolist()
    [95.493, 53.715, 0.0]
    """
    asked, points, radius, share = _checked(at_xy_m, xy_m, radius_m, weights)
    if share is None:
        return np.full(len(asked), np.nan)
    density = np.zeros(len(asked))
    for pairs in neighbours(points, radius).near(asked):
        if len(pairs.asked):
            kernel = np.square(1.0 - pairs.square / radius**2) * share[pairs.found]
            first = int(pairs.asked[0])
            part = np.bincount(pairs.asked - first, weights=kernel)
            density[first : first + len(part)] += part
    density *= 3.0 / (np.pi * radius**2)
    return density


def _checked(
    at_xy_m: npt.ArrayLike, xy_m: npt.ArrayLike, width_m: float, weights: npt.ArrayLike | None
) -> tuple[Floats, Floats, float, Floats | None]:
    """Return what was passed, checked, and the share of every point, None without any weight."""
    asked, points = as_points(at_xy_m, "at_xy_m"), as_points(xy_m, "xy_m")
    weight = np.ones(len(points)) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != (len(points),) or not np.isfinite(weight).all() or (weight < 0.0).any():
        raise GeoError(
            f"Weights of the shape {weight.shape} were passed for {len(points)} points.",
            "Each point has one weight of 0 or more.",
            "Leave out points without a weight.",
        )
    total = float(weight.sum())
    return asked, points, as_positive(width_m, "bandwidth"), weight / total if total > 0.0 else None
