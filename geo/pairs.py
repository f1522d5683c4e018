"""Pairs of points that are near in place and in time: what may be told of twice."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from geo.arrays import Floats, Ints, as_codes, as_points, as_positive

# Rounding must not lose a pair whose distance is the limit itself.
_HAIR = 1e-9


class NearPairs(NamedTuple):
    """Pairs (m,): ``first`` < ``second`` are rows, ``metres`` and ``seconds`` how far they are apart."""

    first: Ints
    second: Ints
    metres: Floats
    seconds: Ints


def near_pairs(xy_m: npt.ArrayLike, at_s: npt.ArrayLike, *, within_m: float, within_s: int) -> NearPairs:
    """Find every pair of points that are near each other in place and in time.

    Parameters
    ----------
    xy_m : array_like, shape (n, 2)
        Metres.
    at_s : array_like, shape (n,), integer
        Seconds.
    within_m, within_s : float, int
        The furthest apart, both included; above 0.

    Returns
    -------
    NearPairs
        In ascending order of rows.

    Raises
    ------
    GeoError
        For NaN, infinity, another shape, or a limit that is not above 0.

    Notes
    -----
    Time is a third axis of the tree, so that years of reports about one place do not make pairs.

    Examples
    --------
    >>> pairs = near_pairs([(0, 0), (3, 4), (3, 4)], [0, 60, 9000], within_m=5, within_s=60)
    >>> pairs.first.tolist(), pairs.second.tolist(), pairs.metres.tolist(), pairs.seconds.tolist()
    ([0], [1], [5.0], [60])
    """
    points = as_points(xy_m, "xy_m")
    moments = as_codes(at_s, "at_s", len(points))
    reach_m, reach_s = as_positive(within_m, "within_m"), as_positive(within_s, "within_s")
    if len(points) < 2:
        empty = np.empty(0, dtype=np.int64)
        return NearPairs(empty, empty, np.empty(0), empty)
    scaled = np.column_stack([points / reach_m, (moments - moments.min()) / reach_s])
    found = cKDTree(scaled).query_pairs(1.0 + _HAIR, p=np.inf, output_type="ndarray").astype(np.int64)
    first, second = found.T
    metres = np.hypot(*(points[first] - points[second]).T)
    seconds = np.abs(moments[first] - moments[second])
    close = np.flatnonzero((metres <= reach_m) & (seconds <= within_s))
    close = close[np.lexsort((second[close], first[close]))]
    return NearPairs(first[close], second[close], metres[close], seconds[close])
