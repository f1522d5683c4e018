"""What a place makes one expect within a radius, and how sure that is.

An expectation is gamma distributed (Clayton and Kaldor 1987, "Empirical Bayes estimates of
age-standardized relative risks", Biometrics 43(3)): ``count`` reference reports, each standing for
``factor`` expected ones. :mod:`geo.surroundings` works it out.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo import engine
from geo.arrays import Floats, as_points, as_positive
from geo.errors import GeoError
from geo.neighbours import neighbours, weight_near


@dataclass(frozen=True, slots=True)
class Background:
    """What is expected at every place, (n,) each.

    ``count`` reference reports stand behind it (what they are worth), each for ``factor`` expected ones; they lie
    within ``radius_m``. A count of 0 is no reference, not an expectation of nothing.

    Examples
    --------
    >>> usual = Background(count=np.array([16.0]), factor=np.array([0.25]), radius_m=np.array([75.0]))
    >>> usual.expected.tolist(), usual.expected_se.tolist()
    ([4.0], [1.0])
    """

    count: Floats
    factor: Floats
    radius_m: Floats

    @property
    def expected(self) -> Floats:
        """Return the expected counts, (n,)."""
        return self.count * self.factor

    @property
    def expected_se(self) -> Floats:
        """Return the standard errors of the expected counts from the number of references, (n,)."""
        return np.sqrt(self.count) * self.factor


def weight_within(
    at_xy_m: npt.ArrayLike, xy_m: npt.ArrayLike, *, radius_m: float, weights: npt.ArrayLike | None = None
) -> Floats:
    """Return the weight of the points within a radius of every place.

    Parameters
    ----------
    at_xy_m : array_like, shape (k, 2)
        Places, metres.
    xy_m : array_like, shape (n, 2)
        Points, metres.
    radius_m : float
        Above 0; a distance of exactly the radius counts.
    weights : array_like, shape (n,), optional
        0 or more; 1 where not given.

    Returns
    -------
    ndarray, shape (k,), float64
        0 where nothing is near.

    Raises
    ------
    GeoError
        For NaN, infinity, other shapes, negative weights or a radius that is not above 0.

    Notes
    -----
    A count within a circle knows no river, no railway and no border of the town.

    Examples
    --------
    >>> weight_within([(0, 0), (90, 0)], [(0, 0), (3, 4)], radius_m=5).tolist()
    [2.0, 0.0]
    """
    asked, points, weight = as_points(at_xy_m, "at_xy_m"), as_points(xy_m, "xy_m"), _as_weights(weights, xy_m)
    radius = as_positive(radius_m, "radius_m")
    plane = engine.plane(points, weight, radius, asked)
    return plane.weight_within(asked) if plane else weight_near(neighbours(points, radius), asked, weight)


def _as_weights(weights: npt.ArrayLike | None, points: npt.ArrayLike) -> Floats:
    length = len(np.asarray(points))
    weight = np.ones(length) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != (length,) or not np.isfinite(weight).all() or (weight < 0.0).any():
        raise GeoError(
            f"Weights of the shape {weight.shape} were passed for {length} points.",
            "Each point has one weight of 0 or more.",
            "Leave out points without a weight.",
        )
    return weight
