"""How unusual each count of a row is, on one scale that does not depend on how small the counts are."""

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from geo.arrays import Floats
from geo.significance import upper_tail

# A chance smaller than float64 can tell apart from 0 or 1 would be an infinite score.
_EDGE = 1e-300


def count_scores(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    dispersion: npt.ArrayLike = 1.0,
    expected_se: npt.ArrayLike = 0.0,
) -> Floats:
    """Return z-scores of counts: above 0 where a count is higher than expected, below where it is lower.

    The score is the point of the normal law with as much above it as the law of counts has above the
    observed count, the count itself taken half (mid-p).

    Parameters
    ----------
    observed, expected : array_like, shape (m, t)
        Counts of m places in t periods, and what was expected there, 0 or more.
    dispersion : array_like
        Variance / mean of such counts; up to 1.2 they are taken for Poisson.
    expected_se : array_like
        Standard error of the expected counts.

    Returns
    -------
    ndarray, shape (m, t), float64
        Standard deviations of the normal law, always finite; 0 where nothing was expected and
        nothing came. Where nothing was expected and something came the expectation cannot be
        right: the score is 0 too.

    Raises
    ------
    GeoError
        For shapes that do not fit, and for values that are negative or missing.

    Notes
    -----
    Mid-p: Lancaster (1961), Journal of the American Statistical Association 56. With expected counts
    below 1 the plain residual (x - e) / sqrt(e) calls a single report unusual (at e = 0.1 it is 2.8);
    this one does not (1.6). It does not say why a count is high, and only as much as the expectation
    is right.

    Examples
    --------
    >>> count_scores([[0, 1, 2, 9]], [[0.1, 0.1, 4.0, 4.0]]).round(2).tolist()
    [[-0.12, 1.65, -0.97, 2.18]]
    """
    counts = np.asarray(observed, dtype=np.float64)
    usual, wide, error = (
        np.broadcast_to(np.asarray(each, dtype=np.float64), counts.shape).ravel()
        for each in (expected, dispersion, expected_se)
    )
    at_least = upper_tail(counts.ravel(), usual, dispersion=wide, expected_se=error)
    above = upper_tail(counts.ravel() + 1.0, usual, dispersion=wide, expected_se=error)
    middle = np.nan_to_num((at_least + above) / 2.0, nan=0.5)
    return np.asarray(norm.isf(np.clip(middle, _EDGE, 1.0 - 1e-16)), dtype=np.float64).reshape(counts.shape)
